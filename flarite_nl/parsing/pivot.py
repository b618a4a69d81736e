"""Questions whose subject is the group, not the row: "top 10 customers by revenue", "customers with more than 3
failed payments". The rows are the second noun's, grouped by the first (FRAME.md, "Order and number")."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from flarite_nl.grammar.lexicon import Sense
from flarite_nl.model.parse import Having
from flarite_nl.model.values import Money, Value
from flarite_nl.parsing.reading import FLIP, Reading
from flarite_nl.parsing.spans import Spans

_BETWEEN = ("filler", "glue", "with", "question", "moment", "bringing")
_GROUPS = frozenset({"who", "grain", "field"})
"""What a clause can list besides the thing of a noun."""
_DESCRIBING = ("filler", "meaning", "value", "country", "currency", "aggregate", "not")


@dataclass(slots=True)
class Pivot:
    """The resource of the rows, the field they are grouped by, and the words that this took."""

    resource: str
    group: str
    function: str
    taken: dict[int, int] = field(default_factory=dict)
    limit: int | None = None
    having: Having | None = None
    single: bool = False
    told: str = ""


def find_pivot(spans: Spans, first: int, end: int) -> Pivot | None:
    """The pivot of a clause, if it has one."""
    places = spans.places
    if "noun" not in places or (len(places["noun"]) == 1 and _GROUPS.isdisjoint(places)):
        return None
    owner = _owner(spans, first, end)
    if owner is None:
        return _by_field(spans, first, end)
    sense, start, stop = owner
    ordered = "order" in places and any(
        spans.is_at(at, "order", "largest", "smallest", "best", "worst", "most")
        for at in spans.spots("order", first, start)
    )
    for at in spans.spots("noun", stop, end):
        for rows, behind in spans.every(at, "noun"):
            group = _points_to(spans, rows.resource, sense.resource)
            if group is None or rows.resource == sense.resource:
                continue
            pivot = _trigger(spans, stop, at, behind, end, rows, group, ordered)
            if pivot is not None:
                pivot.taken[start] = stop
                _count(spans, first, start, pivot)
                pivot.single = pivot.having is None and pivot.limit is None and sense.key == "one"
                figured = spans.grammar.resources[rows.resource].nouns[rows.extra].aggregate
                pivot.told = "of whom" if figured else "whom"
                return pivot
    return _by_field(spans, first, end)


def _owner(spans: Spans, first: int, end: int) -> tuple[Sense, int, int] | None:
    """The first noun of the clause: what the answer lists."""
    who: tuple[Sense, int, int] | None = None
    for at in range(first, end):
        for sense, stop in spans.every(at, "noun") if "noun" in spans.kinds[at] else ():
            if stop <= end:
                # "who are the ten customers with …" names them after all.
                found = (sense, at, stop) if sense.extra in {0, 1} else None
                return found if who is None or sense.resource == "customers" else who
        if spans.tokens[at].kind not in {"word", "number", "suffix"}:
            return who
        if who is None and "who" in spans.reach[at] and spans.is_at(at, "question", "which"):
            who = Sense("noun", "one", "customers", 0), at, spans.is_at(at, "who")
    return who


def _by_field(spans: Spans, first: int, end: int) -> Pivot | None:
    """ "which card brand brought in the most revenue", "top 5 countries by number of customers", "days with over $10k
    in revenue": the groups are the values of a field, or periods."""
    if "grain" not in spans.places and "field" not in spans.places:
        return None
    start = spans.skip(first, ("filler", "question", "order", "read", "glue"), end)
    if not spans.spots("noun", start + 1, end):
        return None
    if start < end and spans.tokens[start].kind == "number":
        start = spans.skip(start + 1, ("filler", "order"), end)  # "our three best quarters"
    grain = spans.at(start, "grain")
    named = [found for found in spans.every(start, "field") if found[1] <= end]
    if (grain is None and not named) or spans.is_at(start, "idiom"):
        return None
    ordered = spans.holds("order", first, start)
    for at in spans.spots("noun", start + 1, end):
        for rows, behind in spans.every(at, "noun"):
            resource = spans.grammar.resources[rows.resource]
            own = next(((sense.key, stop) for sense, stop in named if sense.resource == rows.resource), None)
            if own is not None and resource.fields[own[0]].type in {"money", "id", "metadata", "time", "text"}:
                own = None
            key, stop = own or (
                f"{resource.time}:{grain[0].key}" if grain and resource.time else "",
                grain[1] if grain else 0,
            )
            if not key or stop > at:
                continue
            pivot = _trigger(spans, stop, at, behind, end, rows, key, ordered)
            if pivot is not None:
                pivot.taken[start] = stop
                pivot.taken.update((each, spans.is_at(each, "moment")) for each in spans.spots("moment", stop, at))
                _count(spans, first, start, pivot)
                plural = spans.is_at(start, "plural_grain") if grain and own is None else ordered
                pivot.single = pivot.having is None and pivot.limit is None and not plural
                return pivot
    return None


def _points_to(spans: Spans, rows: str, owner: str) -> str | None:
    for each in spans.grammar.resources[rows].fields.values():
        if each.type == "reference" and each.to == owner:
            return each.name
    return None


def _trigger(
    spans: Spans, stop: int, at: int, behind: int, end: int, rows: Sense, group: str, ordered: bool
) -> Pivot | None:
    said = spans.grammar.resources[rows.resource].nouns[rows.extra]
    told = said.aggregate or _function(spans, stop, at) or _function(spans, behind, min(behind + 1, end))
    # "top 5 customers by refund amount"
    function = told or ("sum" if behind < end and spans.is_at(behind, "amount_word") else "count")
    between = _described_from(spans, stop, at)
    if any(spans.is_at(each, "order", "most", "fewest") for each in spans.spots("order", stop, at)):
        return Pivot(rows.resource, group, function)
    ranked = between > stop and (
        spans.is_at(between - 1, "group", "by")
        or spans.is_at(between - 1, "sort", "by")
        or _sorted(spans, stop, between)
    )
    if ranked and (
        ordered or spans.is_at(between - 1, "sort", "by") or said.aggregate or _sorted(spans, stop, between)
    ):
        return Pivot(rows.resource, group, function)
    totals = said.aggregate or _function(spans, behind, min(behind + 1, end)) or _function(spans, stop, at)
    totals = totals or ("sum" if _summing(spans, behind, rows) else "")
    sized = any(spans.is_at(each, "order", "largest", "smallest") for each in spans.spots("order", stop, at))
    if sized and totals:
        # "customers with the highest refund total"
        return Pivot(rows.resource, group, totals)
    having = _having_before(spans, stop, between)
    if having is not None:
        where, stop_at, op, value = having
        if op == "gte" and value == 1:
            # "customers with at least one open dispute" is a relation, no count.
            return None
        summed = "sum" if isinstance(value, Money) else "count"
        return Pivot(rows.resource, group, summed, {where: stop_at}, having=Having(op, value))
    if totals and _bridged(spans, stop, at if said.aggregate else between):
        return _spending(spans, behind, end, rows, group, totals)
    return None


def _sorted(spans: Spans, stop: int, between: int) -> bool:
    return any(spans.is_at(each, "sort", "by") == between for each in spans.spots("sort", stop, between))


def _function(spans: Spans, first: int, end: int) -> str:
    for at in spans.spots("aggregate", first, end):
        found = spans.at(at, "aggregate")
        if found:
            return found[0].key
    return ""


def _described_from(spans: Spans, stop: int, at: int) -> int:
    """Back over what describes the second noun: "by [number of failed] payments"."""
    place = at
    while place > stop:
        step = place - 1
        while step >= stop and not any(
            spans.is_at(step, kind) >= place or any(e >= place for _, e in spans.every(step, kind))
            for kind in _DESCRIBING
        ):
            step -= 1
            if place - step > 4:
                return place
        if step < stop:
            return place
        place = step
    return place


def _having_before(spans: Spans, stop: int, between: int) -> tuple[int, int, str, Value] | None:
    """ "more than 3 [failed payments]", "over $500 in [refunds]", "at least 2 …", "3 or more …"."""
    behind_figures = [at - 1 for at in spans.spots("compare_after", stop + 1, between + 1)]
    for at in sorted({*spans.spots("compare", stop, between), *behind_figures}):
        compared = spans.at(at, "compare")
        if compared is None:
            number = spans.tokens[at]
            after = spans.at(at + 1, "compare_after")
            if (
                number.kind == "number"
                and isinstance(number.value, Decimal)
                and after
                and spans.skip(after[1], _BETWEEN) >= between
            ):
                return at, between, after[0].key, number.value
            continue
        sense, behind = compared
        if behind >= spans.n:
            return None
        if spans.is_at(at, "glue", "prep"):
            # "months of 2025"
            continue
        token = spans.tokens[behind]
        if not isinstance(token.value, Decimal | Money) or token.kind == "percent":
            continue
        if spans.skip(behind + 1, ("filler", "glue")) >= between and sense.key != "ne":
            return at, behind + 1, sense.key, token.value
    return None


def _bridged(spans: Spans, stop: int, at: int) -> bool:
    while stop < at:
        # "in which months of 2025 was revenue …"
        place = spans.times[stop].last + 1 if stop in spans.times else spans.skip(stop, _BETWEEN, stop + 1)
        if place == stop:
            return False
        stop = place
    return True


def _spending(spans: Spans, behind: int, end: int, rows: Sense, group: str, function: str) -> Pivot | None:
    """ "customers who spent more than $5k", "… disputed more than once", "which customers spent the most"."""
    # "customers whose payments total more than $5,000"
    following = spans.is_at(behind, "aggregate") or _summing(spans, behind, rows) or behind
    taken = {behind: following} if following > behind else {}
    while (step := _passed(spans, following)) and step < end:
        following = step
    negated = spans.is_at(following, "not", "predicate")
    compared = spans.at(negated or following, "compare")
    if compared and compared[1] < end and (not negated or compared[0].key in FLIP):
        bound = _bound(spans, compared[1], function)
        if bound is not None:
            function, value, stop = bound
            taken[following] = stop
            op = FLIP[compared[0].key] if negated else compared[0].key
            return Pivot(rows.resource, group, function, taken, having=Having(op, value))
    for at in range(behind, min(end, behind + 3)):
        if spans.is_at(at, "order", "most", "fewest"):
            return Pivot(rows.resource, group, function)
    return None


def _summing(spans: Spans, at: int, rows: Sense) -> int:
    """ "open invoices totalling more than $10,000": all of a customer's together; "an invoice totalling …" is one."""
    summed = rows.key == "many" and spans.grammar.resources[rows.resource].amount is not None
    return spans.is_at(at, "summing") if summed else 0


def _passed(spans: Spans, at: int) -> int:
    """Past what may stand between a figure and its bound: "revenue [last month was] below €20k"."""
    if spans.is_at(at, "compare") or spans.is_at(at, "not"):
        return 0
    if at in spans.times and spans.times[at].expr.kind == "window":
        return spans.times[at].last + 1
    return spans.is_at(at, "filler") or spans.is_at(at, "glue", "aux")


def _bound(spans: Spans, at: int, function: str) -> tuple[str, Value, int] | None:
    """The function, the value and the end of a figure's bound: "$5k", "5 times", "twice"."""
    token = spans.tokens[at]
    repeats = spans.at(at, "repeats")
    if repeats is not None:
        return "count", Decimal(repeats[0].key), repeats[1]
    if isinstance(token.value, Decimal) and token.kind == "number":
        times = spans.is_at(at + 1, "times_sign")
        if times or function == "count":
            return "count", token.value, times or at + 1
        return function, Money(token.value), at + 1
    return (function, token.value, at + 1) if isinstance(token.value, Money) and function != "count" else None


def _count(spans: Spans, first: int, start: int, pivot: Pivot) -> None:
    """ "five customers …", "top 10 customers …": the number belongs to the groups."""
    for at in range(max(first, start - 3), start):
        token = spans.tokens[at]
        if token.kind == "number" and isinstance(token.value, Decimal) and token.value == int(token.value):
            pivot.limit = int(token.value)
            pivot.taken[at] = at + 1


def pivoted(spans: Spans, first: int, end: int, pivot: Pivot) -> Reading:
    """A reading of the rows, prepared with what the pivot says."""
    resource = spans.grammar.resources[pivot.resource]
    r = Reading(spans, first, end, resource, taken=dict(pivot.taken))
    r.group_by = [pivot.group]
    r.limit = pivot.limit
    r.having = pivot.having
    r.functions = [[pivot.function, None]]
    r.marks |= {"pivot", pivot.told} - {""}
    r.head = "one" if pivot.single else "many"
    return r


def figured_by(r: Reading, at: int, end: int) -> bool:
    """ "totalled by customer", "counted by plan": the figure that the words ask for besides, if none else was."""
    found = r.spans.at(at, "aggregate")
    if found is None or found[1] != end:
        return True
    if not r.functions:
        r.functions.append([found[0].key, None])
    return r.functions[-1][0] == found[0].key


def of_whom(r: Reading, at: int, *, joined: bool) -> bool:
    """ "customers who spent over $500 but never disputed": what is said behind the figure is said of the customers, and
    selects none of the rows."""
    if r.head_at < 0 or r.marks.isdisjoint({"of whom", "whom"}):
        return False
    spans = r.spans
    start = spans.skip(at, ("filler", "glue", "question"), r.end)
    told = any(spans.is_at(each, "not", "predicate") for each in range(at, min(start + 1, r.end)))
    if not told and joined and "of whom" in r.marks:
        told = any(spans.every(start, kind) for kind in ("meaning", "value", "event", "country"))
        # "… and at most $900": of one figure a frame has one bound.
        told = told or any(spans.is_at(each, "compare") for each in range(at, min(start + 1, r.end)))
    if told:
        r.marks.add("of whom no rows")
        r.unread.append(at - 1)
    return told


def standing(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "where does MRR stand right now?": a figure's value is asked; where a payment is, no frame says."""
    spots = r.spans.spots("standing", r.first, r.end)
    other = any(r.spans.is_at(each, "standing", "stand" if sense.key == "where" else "where") for each in spots)
    named = (sense for each in r.spans.spots("noun", r.first, r.end) for sense, _ in r.spans.every(each, "noun"))
    nouns = [
        r.spans.grammar.resources[each.resource].nouns[each.extra] for each in named if each.resource == r.resource.name
    ]
    figure = r.resource.name in {"metrics", "balance"} or any(each.aggregate for each in nouns)
    return end if other and figure and r.operation is None else 0


def bringing(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "which day brought the highest revenue": a verb between what the answer lists and its figure."""
    return end if "pivot" in r.marks and r.head_at < 0 else 0
