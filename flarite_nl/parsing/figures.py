"""Pass 3, order and number: "last 5", "biggest first", "how many", "by month", "top 10 … by revenue"."""

from __future__ import annotations

from decimal import Decimal

from flarite_nl.grammar.lexicon import Sense
from flarite_nl.model.parse import Sort
from flarite_nl.parsing import references
from flarite_nl.parsing.pivot import figured_by
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
    first = spans.is_at(deadline or end, "sort", "first")
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
    if r.order and r.order != key and not (r.order in TIMES and key in TIMES):
        return 0
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
    value = r.spans.tokens[at].value
    return isinstance(value, Decimal) and value == int(value) and value > 0 and r.limit is None


def sort_by(r: Reading, key: str) -> bool:
    """ "newest first": a sort without a limit."""
    resource = r.resource
    if key in TIMES and resource.time:
        r.sort = Sort(resource.time, "desc" if key == "newest" else "asc")
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
    if spans.is_at(following, "order") or _noun_ahead(r, following) or (r.order and r.order_at == at):
        value = spans.tokens[at].value
        r.limit = int(value) if isinstance(value, Decimal) else None
        r.say(at, at + 1, "limit")
        return at + 1
    return 0


def _noun_ahead(r: Reading, at: int) -> bool:
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
    if sense.key == "count" and _had(r, at) and _names_field(r, at):
        # "invoices having no number"
        return 0
    if sense.key in {"sum", "max", "min"} and (_is_field_here(r, at, end) or _figured(r, at)):
        return 0
    if sense.key.endswith("_them"):
        if r.follow_up:
            # "count them by …" after a list: what it restricted still holds.
            r.functions.append([sense.key.removesuffix("_them"), None])
            return end
        found = references.antecedent(r, "pronoun", "them")
        if found is None:
            return 0
        r.add(found[0], "eq", found[1])
        r.functions.append([sense.key.removesuffix("_them"), None])
        return end
    if "pivot" in r.marks and (r.functions[0][0] == sense.key or sense.key in {"count", "sum"}):
        r.functions = [[sense.key, None]] if r.functions[0][0] != "sum" else r.functions
        return end
    if sense.key == "sum" and r.functions and r.functions[-1][0] == "sum":
        r.say(at, end, "aggregate sum")
        return end
    if r.spans.is_at(at, "group", "by") == end:
        # "invoice items totalled by customer"
        return group(r, at, end, sense)
    r.functions.append([sense.key, None])
    if r.head_at < 0:
        r.marks.add("led figure")
    r.say(at, end, f"aggregate {sense.key}")
    return end


def _had(r: Reading, at: int) -> bool:
    return "without" in r.marks or ("with" in r.marks and r.spans.is_at(at - 1, "indefinite") == at)


def _figured(r: Reading, at: int) -> bool:
    """ "average total of invoices": right behind another function the word is the field it is of."""
    before = r.functions[-1] if r.functions else ["count", None]
    led = any(r.spans.is_at(back, "aggregate") == at for back in range(max(r.first, at - 3), at))
    return before[0] in {"avg", "max", "min"} and before[1] is None and led and _names_field(r, at)


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


def amount_word(r: Reading, at: int, end: int) -> int:
    """ "amount", "value" behind a function or an order word: the resource's own amount."""
    if r.functions or (r.order in SIZES and r.order_at == at) or r.spans.is_at(r.skip_glue(end), "compare"):
        return end
    return 0


def group(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "by month", "per card brand", "split by reason and currency"."""
    if sense.key == "only":
        if not r.functions:
            r.functions.append(["count", None])
        return end
    if r.operation is not None:
        return 0
    ranked = _ranked_by(r, end)
    if ranked:
        return ranked
    start = end
    taken = 0
    while True:
        start = r.spans.skip(start, ("filler",), r.end)
        found = _group_key(r, start)
        if found is None:
            break
        if found[0] not in r.group_by:
            r.group_by.append(found[0])
        taken = found[1]
        joint = r.spans.skip(taken, ("comma",), r.end)
        joint = r.spans.is_at(joint, "and") or (joint if joint > taken else 0)
        again = r.spans.is_at(joint, "group", "by") if joint else 0
        if not joint:
            break
        start = again or joint
    if taken and not figured_by(r, at, end):
        return 0
    if taken:
        r.say(at, taken, "group by")
    return taken


def _ranked_by(r: Reading, at: int) -> int:
    """ "top 3 disputes by amount", "largest 5 coupons by percent off": what the order is of."""
    if r.order not in SIZES or r.functions or r.group_by or r.order_field or r.head_at < 0:
        return 0
    start = r.spans.skip(at, ("filler",), r.end)
    named = r.spans.at(start, "field", r.resource.name)
    measured = named and r.resource.fields[named[0].key].type in {"money", "number", "percent"}
    stop = named[1] if named and measured else r.spans.is_at(start, "amount_word") if r.resource.amount else 0
    joint = r.spans.is_at(stop, "and") if stop else 0
    if joint and r.spans.at(r.spans.skip(joint, ("filler",), r.end), "field", r.resource.name):
        # "by amount and status": two keys, which no frame has
        return 0
    r.order_field = named[0].key if named and measured else ""
    return stop


def _group_key(r: Reading, at: int) -> tuple[str, int] | None:
    spans = r.spans
    grain = spans.at(at, "grain")
    if grain and at not in spans.timed:
        dated = _dated(r, spans.is_at(grain[1], "glue", "prep"))
        if dated:
            return f"{dated[0]}:{grain[0].key}", dated[1]
        name = r.time_field or _noun_time(r) or r.resource.time
        return (f"{name}:{grain[0].key}", grain[1]) if name else None
    for scope in (each for each in reversed(r.scopes) if not each.many):
        field = spans.at(at, "field", scope.resource.name)
        if field and field[0].extra and scope.resource.fields[field[0].key].type == "metadata":
            return f"{scope.prefix}metadata.{field[0].extra}", field[1]
        if field and scope.resource.fields[field[0].key].type not in {"money", "id", "metadata"}:
            spec = scope.resource.fields[field[0].key]
            if spec.type == "time":
                grained = spans.at(field[1], "grain")
                unit, stop = (grained[0].key, grained[1]) if grained else ("day", field[1])
                return f"{scope.prefix}{spec.name}:{unit}", stop
            if not _has_value(r, field[1]):
                return scope.prefix + spec.name, field[1]
    for sense, end in spans.every(at, "noun"):
        path = r.path_to(sense.resource)
        if path and not path[1] and sense.extra == 0 and not _has_value(r, end):
            return path[0], end
    return None


def _dated(r: Reading, at: int) -> tuple[str, int] | None:
    """ "by month of cancellation": the date that a period is of."""
    field = r.spans.at(r.spans.skip(at, ("filler",), r.end), "field", r.resource.name) if at else None
    if field is None or r.resource.fields[field[0].key].type != "time":
        return None
    return field[0].key, field[1]


def _noun_time(r: Reading) -> str | None:
    noun = r.scopes[0].noun
    return noun.time if noun is not None else None


def _has_value(r: Reading, at: int) -> bool:
    """Is what follows a noun its value, or says more of it ("by customers at acme.com")? Then nothing is grouped."""
    if at >= r.end or at in r.spans.times:
        return False
    if r.spans.is_at(at, "with") and (r.spans.is_at(at, "finite") or _bounded(r, at)):
        return False
    named = r.spans.tokens[at].kind in {"id", "email", "quote", "domain"}
    return (
        named
        or any(r.spans.is_at(at, "glue", key) > 0 for key in ("where", "inside", "relative"))
        or r.spans.is_at(at, "with") > 0
        or r.spans.is_at(at, "naming") > 0
    )


def _bounded(r: Reading, at: int) -> bool:
    """ "by reason with more than $500 in total" keeps the groups whose figure passes."""
    return r.spans.is_at(r.spans.skip(r.spans.is_at(at, "with"), ("filler",), r.end), "compare") > 0


def grain_word(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "daily takings", "best month for revenue", "which month had the most refunds"."""
    name = r.time_field or r.resource.time
    if name is None or sense.key == "hour" or r.operation is not None:
        return 0
    adverb = (r.scopes[0].noun is not None and r.scopes[0].noun.aggregate) or r.functions or _aggregates_ahead(r, end)
    if not (adverb or r.order in SIZES or _superlative_ahead(r, end)):
        return 0
    key = f"{name}:{sense.key}"
    if key not in r.group_by:
        r.group_by.append(key)
    if (r.order in SIZES or _superlative_ahead(r, end)) and r.limit is None and not r.spans.is_at(at, "plural_grain"):
        r.marks.add("single")
    r.say(at, end, f"group by {sense.key}")
    return end


def _aggregates_ahead(r: Reading, at: int) -> bool:
    for each in range(at, min(r.end, at + 6)):
        if r.spans.is_at(each, "aggregate"):
            return True
        for sense, _ in r.spans.every(each, "noun"):
            if sense.resource == r.resource.name and r.resource.nouns[sense.extra].aggregate:
                return True
    return False


def _superlative_ahead(r: Reading, at: int) -> bool:
    return any(
        r.spans.is_at(each, "order", "most", "fewest", "largest", "smallest", "best", "worst")
        for each in range(at, min(r.end, at + 6))
    )
