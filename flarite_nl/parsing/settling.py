"""Pass 3, the end of a clause: what its order words and groups come to once all of it is known."""

from __future__ import annotations

from flarite_nl.model.parse import Filter, Sort
from flarite_nl.model.values import Value, Window
from flarite_nl.parsing.figures import SIZES, TIMES, ahead_of, figure_before, sort_by
from flarite_nl.parsing.reading import OWNERS, UNIQUE, Reading


def settle_order(r: Reading) -> bool:
    """Turn the order word into a sort and a limit once the whole clause is known; False where it cannot be."""
    key = r.order
    if r.sort is not None and r.group_by:
        _sort_groups(r, r.sort)
    if r.question == "exist" and any((each.field in UNIQUE and each.op == "eq") or _own(each) for each in r.filters):
        # "has Acme paid invoice INV-7?", "did we win du_1?": its number says which, whatever is asked about it.
        r.filters[:] = [each for each in r.filters if not _describes(r, each)]
    if not key or (key == "new" and (r.functions or r.group_by)):
        return True
    singular = r.head == "one" or (r.head == "" and not r.limit and "plural" not in r.marks)
    if r.limit is None and (singular or "single" in r.marks) and key != "new" and r.having is None:
        r.limit = 1
    if r.question == "exist" and key in (*TIMES, *SIZES):
        _about_the_picked(r)
    if r.group_by and not r.functions and not _rated(r, key):
        return False
    if r.functions and (r.group_by or key in {"most", "fewest"}):
        if key not in SIZES:
            return False
        r.sort = Sort(str(r.functions[0][0]), "desc" if SIZES[key] == "desc" else "asc")
        return bool(r.group_by)
    if r.group_by and not r.functions and key in (*TIMES, "largest", "smallest"):
        return _extreme(r, key)
    if r.order_field and key in SIZES and not r.functions and not r.group_by and not _measures(r, r.order_field):
        return _commonest(r, key)
    if r.order_field:
        way = SIZES.get(key) or TIMES.get(key) or "asc"
        r.sort = Sort(r.order_field, "desc" if way == "desc" else "asc")
        return True
    return _settle_plain(r, key)


def _rated(r: Reading, key: str) -> bool:
    """ "best day for payments": by how many there were; "worst month for refunds" may be that of most, or of fewest."""
    if key == "best":
        r.functions = [["count", None]]
    return key != "worst"


def _own(each: Filter) -> bool:
    return each.field == "id" and each.op == "eq" and isinstance(each.value, str)


def _commonest(r: Reading, key: str) -> bool:
    """ "top 5 decline reasons", "the most common failure code of …": of words, the ones that are met most."""
    r.group_by, r.functions = [r.order_field], [["count", None]]
    if r.limit is None and "one value" in r.marks:
        r.limit = 1
    r.sort = Sort("count", "desc" if SIZES[key] == "desc" else "asc")
    return True


def _sort_groups(r: Reading, sort: Sort) -> None:
    if not r.functions and r.group_by == [f"{sort.field}:day"]:
        # "invoices by due date, soonest first": sorted, and not counted.
        r.group_by.clear()
    elif "sized" in r.marks:
        # "total by customer, largest first", "charges by card brand, highest first": the figures are sorted.
        r.sort = Sort(str(r.functions[0][0] if r.functions else "count"), sort.order)


def _about_the_picked(r: Reading) -> None:
    """ "was her last payment refunded?": what is asked about the one that the order picks does not pick it.

    The answer shows the one; of several ("did any of the last 5 fail?") no frame says it.
    """
    spans = r.spans
    for each in list(r.filters):
        at = r.where.get(each, -1)
        if not _describes(r, each) or r.order_at <= at <= r.head_at:
            continue
        if any(spans.is_at(place, "glue", "relative") for place in range(r.head_at, at)):
            continue
        if r.limit == 1:
            r.filters.remove(each)
        else:
            r.unread.append(at)


def _measures(r: Reading, name: str) -> bool:
    """Can a field's values be more or less than each other?"""
    spec = r.resource.fields.get(name)
    return spec is None or spec.type in {"money", "number", "percent", "time"}


def _describes(r: Reading, each: Filter) -> bool:
    """Does a filter say what state the objects are in, rather than whose or when they are?"""
    spec = r.resource.fields.get(each.field)
    if spec is None:
        return False
    return spec.type in {"word", "boolean"} or (spec.type == "time" and r.where.get(each, -1) not in r.spans.timed)


def _extreme(r: Reading, key: str) -> bool:
    """ "smallest payment by currency": the least of each group; which object it is, no frame says."""
    name = r.order_field or r.resource.amount
    if key in TIMES or name is None or (r.limit != 1 and not r.order_field):
        return False
    r.functions = [["max" if key == "largest" else "min", name]]
    r.limit = None
    return True


def _foretold(r: Reading) -> bool:
    """ "how much will we have paid in fees by December?": nobody knows; what has a date ahead may be counted."""
    if not r.spans.spots("foretold", r.first, r.end):
        return False
    fields = r.resource.fields
    return not any(each.field in fields and fields[each.field].ahead for each in r.filters)


def settle_figure(r: Reading) -> None:
    """ "how much was the last payment?", "how much is the Pro plan?": one object tells it, or a price does; no sum."""
    named = any(each.field == "id" and isinstance(each.value, str) for each in r.filters)
    picked = named or (r.limit == 1 and bool(r.order)) or not r.resource.totals
    asked = "which" in r.marks and named
    if asked and r.functions and all(each[0] == "sum" for each in r.functions) and not r.group_by:
        # "what's the total on in_1?", "… the total amount due on in_1?"
        r.functions.clear()
    if r.both_ends and (r.functions or r.group_by or r.sort is None):
        r.unread.append(r.first)
    if "how big" in r.marks and r.functions == [["sum", None]] and not picked:
        # "how big is our customer base?" asks for no amount.
        r.unread.append(r.first)
    if "how much" in r.marks and picked and r.functions == [["sum", None]] and not r.group_by:
        r.functions.clear()
    dates = r.sort is not None and r.sort.field == r.resource.time and "pivot" in r.marks
    if dates and not any(each.startswith(f"{r.resource.time}:") for each in r.group_by):
        # "customers who spent over $500, most recent first": a group has no date.
        r.unread.append(r.first)
    if _of_nobody(r):
        r.unread.append(r.head_at)
    if r.functions and _foretold(r):
        r.unread.append(r.spans.spots("foretold", r.first, r.end)[0])


def _of_nobody(r: Reading) -> bool:
    """ "which were paid", "spent last month": a verb that tells of money, and nothing that asks how much."""
    noun = r.scopes[0].noun
    if (
        noun is None
        or not noun.verbal
        or not r.functions
        or r.group_by
        or not r.marks.isdisjoint({"how much", "pivot"})
    ):
        return False
    start = r.spans.skip(r.first, ("filler",))
    if r.spans.is_at(start, "question", "which") and not r.spans.is_at(start, "choosing"):
        # "what was paid last month?"
        return False
    return not any(each.field in OWNERS for each in r.filters) and not figure_before(r, r.head_at)


def settle_dates(r: Reading) -> None:
    """ "when are they due?" asks for a column of what is listed; of one object it asks for no more than the object."""
    if not r.marks:
        return
    several = r.head != "one" and not r.own_id and not r.functions
    asked = sorted(mark.removeprefix("when ") for mark in r.marks if mark.startswith("when "))
    r.fields += [name for name in asked if several and name not in r.fields]


def settle_said_twice(r: Reading) -> None:
    """ "sent by email rather than charged automatically", "void in_1, not in_2": what has one value has no other."""
    if len(r.filters) < 2:
        return
    if not any(each.op in {"ne", "not_in"} for each in r.filters):
        return
    held = {each.field: _values(each) for each in r.filters if each.op in {"eq", "in"} and _single(r, each.field)}
    r.filters[:] = [
        each
        for each in r.filters
        if each.op not in {"ne", "not_in"}
        or each.field not in held
        or any(value in held[each.field] for value in _values(each))
    ]


def _single(r: Reading, name: str) -> bool:
    spec = r.resource.fields.get(name)
    return spec is not None and spec.type in {"word", "boolean", "id"}


def _values(each: Filter) -> tuple[Value, ...]:
    return each.value if isinstance(each.value, tuple) else (each.value,)


def settle_grain(r: Reading) -> None:
    """ "subscriptions cancelled this year by month": the groups are of the date that was spoken of."""
    if not r.group_by:
        return
    dates = {each.field for each in r.filters if each.op == "during"} & r.resource.fields.keys()
    if len(dates) != 1 or r.resource.time in dates:
        return
    usual, spoken = f"{r.resource.time}:", f"{dates.pop()}:"
    r.group_by = [spoken + each.removeprefix(usual) if each.startswith(usual) else each for each in r.group_by]


def _agrees(r: Reading, sort: Sort, key: str) -> bool:
    """ "last 5 payments, biggest first": picked by one order and shown in another, which no frame says."""
    if r.limit is None or r.spans.is_at(r.order_from, "ranking"):
        return True
    r.sort = None
    agrees = sort_by(r, key) and r.sort == sort
    r.sort = sort
    return agrees


def _settle_plain(r: Reading, key: str) -> bool:
    if r.sort is not None:
        return _agrees(r, r.sort, key)
    if key == "new":
        timed = any(each.op == "during" for each in r.filters)
        if r.resource.time and not timed:
            r.sort = Sort(r.resource.time, "desc")
        return True
    if key == "upcoming":
        ahead = ahead_of(r)
        if ahead is None:
            return False
        if not r.has(ahead):
            r.add(ahead, "during", Window(r.spans.now, None))
        r.sort = Sort(ahead, "asc")
        return True
    return sort_by(r, key)
