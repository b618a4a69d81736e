"""Pass 3, order and number: "last 5", "biggest first", "how many", "by month", "top 10 … by revenue"."""

from __future__ import annotations

from decimal import Decimal

from flarite_nl.grammar.lexicon import Sense
from flarite_nl.model.parse import Sort
from flarite_nl.parsing import references
from flarite_nl.parsing.compares import CENTS
from flarite_nl.parsing.listing import columns_from
from flarite_nl.parsing.reading import Reading

TIMES = {"newest": "desc", "oldest": "asc"}
_MANY = frozenset({"most", "fewest", "smallest"})
SIZES = {"largest": "desc", "smallest": "asc", "best": "desc", "worst": "asc", "most": "desc", "fewest": "asc"}


def order(r: Reading, at: int, end: int, sense: Sense) -> int:
    """An order word, with its number on either side: "last 5", "5 most recent", "the biggest"."""
    key = sense.key
    spans = r.spans
    rank = spans.at(at - 1, "ordinal") if at > r.first else None
    if rank is not None and rank[1] == at and rank[0].key != "1":
        # "the second largest": no frame says which place.
        return 0
    if (key in SIZES or key in TIMES) and "pivot" not in r.marks and r.operation is None and _of_others(r, end):
        # "customers with the largest payments", "last 3 payments of every customer": what decides is another's.
        return 0
    following = spans.skip(end, ("filler",), r.end)
    deadline = _soonest_field(r, following)
    summed = spans.at(following, "aggregate") if r.functions and r.head_at >= 0 else None
    if summed and spans.is_at(summed[1], "sort", "first") and [each[0] for each in r.functions] != [summed[0].key]:
        # "count and total …, biggest total first": each has an order of its own.
        return 0
    first = spans.is_at(
        deadline or (summed or (None, 0))[1] or _of_group(r, following) or spans.is_at(end, "amount_word") or end,
        "sort",
        "first",
    )
    if first and not _noun_follows(r, first):
        r.say(at, first, f"order {key} first")
        named = r.spans.at(following, "field", r.resource.name) if deadline else None
        if named and key in TIMES:
            # "earliest due date first"
            r.sort = Sort(named[0].key, "desc" if key == "newest" else "asc")
            return first
        return first if sort_by(r, key) else 0
    counted = spans.at(following, "event", r.resource.name) if key in _MANY and not r.functions else None
    if counted and r.resource.fields[counted[0].key].type == "number" and not r.order:
        # "the most redeemed coupon"
        r.order, r.order_field, r.order_from, r.order_at = key, counted[0].key, at, counted[1]
        return counted[1]
    if deadline and key in {"soonest", "newest", "oldest"}:
        _picks_by(r, key, following, deadline)
        following = deadline
        end = deadline
    number = spans.tokens[following] if following < r.end else None
    if (
        number is not None
        and number.kind == "number"
        and isinstance(number.value, Decimal)
        and _countable(r, following)
    ):
        r.limit = int(number.value)
        end = following + 1
    if r.order and r.order != key and (r.head_at < 0 or r.order not in TIMES or key not in TIMES):
        return _other_end(r, at, end, key)
    if key == "oldest" and r.head_at >= 0 and r.order:
        return 0
    r.order, r.order_from, r.order_at = key, at, end
    r.say(at, end, f"order {key}")
    return end


def _picks_by(r: Reading, key: str, at: int, end: int) -> None:
    """ "the earliest due date among open invoices", "the latest deadline": by that date, and not by the usual one."""
    named = r.spans.at(at, "field", r.resource.name)
    if named is None or key not in TIMES or r.order:
        return
    r.order_field = named[0].key
    if r.head_at < 0 and r.spans.is_at(end, "glue", "prep", "where", "inside"):
        r.marks.add("single")


def _other_end(r: Reading, at: int, end: int, key: str) -> int:
    """ "the smallest and the largest payout": the first from either end, each by itself."""
    ways = next((each for each in (TIMES, SIZES) if r.order in each and key in each), None)
    joint = r.spans.is_at(r.order_at, "and")
    if ways is None or not joint or r.spans.skip(joint, ("filler",), r.end) not in (at, joint) or at < joint:
        return 0
    if r.head_at >= 0 or r.operation is not None or r.both_ends or ways[r.order] == ways[key]:
        return 0
    r.both_ends = True
    return end


def _of_group(r: Reading, at: int) -> int:
    """ "customers who spent …, biggest spender first": behind an order word the noun of what is grouped."""
    if not r.group_by or r.head_at < 0:
        return 0
    for sense, end in r.spans.every(at, "noun"):
        nouns = r.spans.grammar.resources[sense.resource].nouns
        if sense.resource == r.resource.name and nouns[sense.extra].group in r.group_by:
            return end
        path = r.path_to(sense.resource)
        if path is not None and path[0] in r.group_by:
            return end
    return 0


def _of_others(r: Reading, at: int) -> bool:
    """Does an order word belong to the noun of another resource that follows it, whatever describes that?"""
    spans = r.spans
    limit = min(r.end, at + 6)
    while at < limit and not spans.every(at, "noun"):
        described = [stop for kind in ("meaning", "value") for _, stop in spans.every(at, kind)]
        step = max([*described, spans.is_at(at, "filler"), at + 1 if spans.tokens[at].kind == "number" else 0])
        if not step:
            return False
        at = step
    nouns = spans.every(at, "noun") if at < limit else []
    if not nouns or any(sense.resource == r.resource.name for sense, _ in nouns):
        return False
    if any(sense.resource == r.resource.name for sense, _ in spans.every(nouns[0][1], "noun")):
        # "the largest customer payments"
        return False
    return all(spans.at(at, kind, r.resource.name) is None for kind in ("field", "event", "value", "meaning")) and (
        spans.at(at, "grain") is None
    )


def _soonest_field(r: Reading, at: int) -> int:
    """ "soonest deadline first", "earliest due date": the field's name between the order word and the rest."""
    field = r.spans.at(at, "field", r.resource.name)
    if field and r.resource.fields[field[0].key].type == "time":
        return field[1]
    event = r.spans.at(at, "event", r.resource.name)
    return event[1] if event and r.resource.fields[event[0].key].ahead and not _time_at(r, event[1]) else 0


def _time_at(r: Reading, at: int) -> bool:
    return at in r.spans.times


def _noun_follows(r: Reading, at: int) -> bool:
    end = r.spans.skip(at, ("filler",), r.end)
    return end < r.end and (bool(r.spans.every(end, "noun")) or r.spans.tokens[end].kind == "number")


def _countable(r: Reading, at: int) -> bool:
    """Is the number at ``at`` how many, rather than the start of a range or an amount?"""
    token = r.spans.tokens[at]
    value = token.value
    whole = isinstance(value, Decimal) and value == int(value) and value > 0
    return whole and r.limit is None and not CENTS.search(token.text)  # "the 89.00 payment"


def sort_by(r: Reading, key: str) -> bool:
    """ "newest first": a sort without a limit."""
    resource = r.resource
    if key in TIMES and resource.time:
        r.sort = Sort(resource.time, "desc" if key == "newest" else "asc")
    elif key in {"best", "worst"} and resource.name == "customers" and not r.functions:
        # "our best customer" owes us nothing.
        return False
    elif key in SIZES and (resource.amount or r.functions):
        r.marks.add("sized")
        r.sort = Sort(resource.amount or "", "desc" if SIZES[key] == "desc" else "asc")
    elif key in {"soonest", "upcoming"}:
        ahead = ahead_of(r)
        if ahead is None:
            return False
        r.sort = Sort(ahead, "asc")
    else:
        return False
    return True


def ahead_of(r: Reading) -> str | None:
    """The date of the resource that lies ahead: a payout's arrival, a dispute's deadline, a renewal."""
    if r.scopes[0].noun is not None and r.scopes[0].noun.time:
        return r.scopes[0].noun.time
    return next((each.name for each in r.resource.fields.values() if each.ahead), None)


def number(r: Reading, at: int) -> int:
    """A bare number before a noun or an order word is how many: "10 customers", "five latest"."""
    spans = r.spans
    if not _countable(r, at):
        return 0
    named = next((each.value for each in r.filters if each.op == "in"), ())
    if isinstance(named, tuple) and len(named) == spans.tokens[at].value and spans.is_at(at - 1, "filler"):
        # "ch_1, ch_2 and ch_3: show all three"
        return at + 1
    following = spans.skip(at + 1, ("filler",), r.end)
    if spans.is_at(following, "order") or noun_ahead_of(r, following) or (r.order and r.order_at == at):
        value = spans.tokens[at].value
        r.limit = int(value) if isinstance(value, Decimal) else None
        r.say(at, at + 1, "limit")
        return at + 1
    return 0


def limit(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "…, limit 3": how many, where no order selects by it."""
    token = r.spans.tokens[end] if end < r.end else None
    if token is None or token.kind != "number" or r.operation is not None or not _countable(r, end):
        return 0
    stop = r.spans.is_at(end + 1, "rows") or end + 1
    if r.spans.skip(stop, ("comma", "and", "stop", "filler"), r.end) == stop < r.end:
        return 0
    r.limit = int(str(token.value))
    r.say(at, stop, "limit")
    return stop


def noun_ahead_of(r: Reading, at: int) -> bool:
    """Does a noun of this clause come, with only words that describe it in between?"""
    if r.head_at >= 0 and r.head_at < at:
        return False
    limit = min(r.end, at + 6)
    while at < limit:
        if any(sense.resource == r.resource.name for sense, _ in r.spans.every(at, "noun")):
            return True
        step = max((end for end, entry in r.spans.entries_at(at) if _describes(r, entry)), default=0)
        if not step and r.spans.tokens[at].kind != "money":
            return False
        at = step or at + 1
    return False


def _describes(r: Reading, entry: object) -> bool:
    kinds = {kind for kind, resource in entry if resource in ("", r.resource.name)}  # type: ignore[attr-defined]
    return bool(kinds & {"meaning", "value", "order", "filler", "country", "currency", "not", "or", "and", "event"})


def aggregate(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "how many", "total", "average": the function; its field is named next, or is the resource's amount."""
    if r.operation is not None or r.resource.name in {"balance", "account", "metrics"}:
        return 0
    if _names_column(r, at, end, sense.key):
        return 0
    if sense.key.endswith("_them"):
        return _of_them(r, end, sense.key.removesuffix("_them"))
    if "pivot" in r.marks and (r.functions[0][0] == sense.key or sense.key in {"count", "sum"}):
        r.functions = [[sense.key, None]] if r.functions[0][0] != "sum" else r.functions
        return end
    if sense.key == "sum" and r.functions and r.functions[-1][0] == "sum":
        r.say(at, end, "aggregate sum")
        return end
    if sense.key == "count" and r.functions and r.functions[-1][0] in {"avg", "max", "min"} and figure_before(r, at):
        # "average number of payments per day": no figure of a figure
        return 0
    if r.spans.is_at(at, "group", "by") == end:
        # "invoice items totalled by customer"
        return 0
    r.functions.append([sense.key, None])
    if r.head_at < 0:
        r.marks.add("led figure")
    r.say(at, end, f"aggregate {sense.key}")
    return end


def _of_them(r: Reading, end: int, function: str) -> int:
    """ "add them up": a figure of what an earlier request found."""
    if not r.follow_up:  # in a later turn what the earlier one restricted still holds
        found = references.antecedent(r, "pronoun", "them")
        if found is None:
            return 0
        r.add(found[0], "eq", found[1])
    r.functions.append([function, None])
    return end


def _names_column(r: Reading, at: int, end: int, function: str) -> bool:
    """Is a word for a figure the name of a field here?"""
    if function == "count" and _names_field(r, at) and (_had(r, at) or _written_to(r, end)):
        # "invoices having no number", "invoice #1042"
        return True
    if function in {"sum", "max", "min"} and (_is_field_here(r, at, end) or _figured(r, at)):
        return True
    if function in {"count", "sum"} and "with" in r.marks and columns_from(r.spans, at, r.resource):
        # "with number and amount remaining"
        return True
    # "show in_1 with its total"
    return function == "sum" and r.own_id and _names_field(r, at) and r.spans.is_at(at - 1, "possessive") == at


def _written_to(r: Reading, at: int) -> bool:
    """Does what follows stand right behind, without a blank?"""
    tokens = r.spans.tokens
    return at < r.end and tokens[at - 1].end == tokens[at].start and tokens[at].kind in {"code", "number", "word"}


def _had(r: Reading, at: int) -> bool:
    if "with" in r.marks and r.spans.is_at(at - 1, "definite") == at:
        # "the invoice with the number": which number, the words break off
        return r.spans.skip(at + 1, ("stop",), r.end) >= r.end
    return "without" in r.marks or ("with" in r.marks and r.spans.is_at(at - 1, "indefinite") == at)


def _figured(r: Reading, at: int) -> bool:
    """ "average total of invoices": right behind another function the word is the field it is of."""
    before = r.functions[-1] if r.functions else ["count", None]
    led = figure_before(r, at)
    return before[0] in {"avg", "max", "min"} and before[1] is None and led and _names_field(r, at)


def figure_before(r: Reading, at: int) -> bool:
    """Does a word for another figure stand right before a token?"""
    return any(r.spans.is_at(back, "aggregate") == at for back in range(max(r.first, at - 3), at))


def _names_field(r: Reading, at: int) -> bool:
    return r.spans.at(at, "field", r.resource.name) is not None


def _is_field_here(r: Reading, at: int, end: int) -> bool:
    """ "invoices with a total of exactly $5": the word is a field's name, and its value follows."""
    if not r.spans.at(at, "field", r.resource.name):
        return False
    following = r.skip_glue(end)
    if following >= r.end:
        return False
    kind = r.spans.tokens[following].kind
    return bool(r.spans.is_at(following, "compare") or r.spans.is_at(following, "between", "from")) or kind in {"money"}


def beside_count(r: Reading, at: int) -> bool:
    """ "refunds in January: count and value": is the word behind a joint the second of two figures?"""
    joint = next((back for back in (at - 1, at - 2) if r.spans.furthest(back, ("and", "comma")) == at), 0)
    counted = any(r.spans.is_at(back, "aggregate", "count") == joint for back in range(max(r.first, joint - 3), joint))
    return r.functions == [["count", None]] and joint > r.first and counted


def amount_word(r: Reading, at: int, end: int) -> int:
    """ "amount", "value" behind a function or an order word: the resource's own amount."""
    if beside_count(r, at):
        r.functions.append(["sum", None])
        return end
    if r.functions or (r.order in SIZES and r.order_at == at) or r.spans.is_at(r.skip_glue(end), "compare"):
        return end
    return 0
