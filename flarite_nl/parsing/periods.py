"""Pass 3, periods without words of their own: which date they are about, and when they are none of an order's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flarite_nl.grammar.schema import Field, Noun
from flarite_nl.model.parse import Filter
from flarite_nl.model.values import Window
from flarite_nl.parsing.compares import used
from flarite_nl.parsing.reading import Reading, Scope
from flarite_nl.parsing.values import window_at
from flarite_nl.values.intervals import shifted
from flarite_nl.values.vantage import ImpossibleTime

if TYPE_CHECKING:
    from flarite_nl.values.times import TimeSpan


def period(r: Reading, at: int) -> int:
    """A period without words of its own: it is about the date that the noun, or the resource, means."""
    span = r.spans.times[at]
    if span.expr.kind == "duration":
        return 0
    alone = r.follow_up and r.spans.skip(span.last + 1, ("stop", "filler"), r.end) >= r.end
    if span.expr.weak and span.first == span.last and r.spans.entries[at] and not (alone or r.spans.capital(at)):
        return 0
    joined = _joined(r, at)
    if joined is not None:
        return _both(r, at, joined)
    scope, name = _time_scope(r)
    if name is None or "lacks" in r.marks:
        # "customers with no payments this year": none of several in a period, which no frame says
        return 0
    if r.operation is not None and not _selects(r, at, span.last + 1):
        return 0
    spec = scope.resource.fields[name]
    if span.expr.explicit_future and not spec.ahead and not r.follow_up and r.head == "one":
        # "our plan for next week": nothing was created next week.
        return 0
    window = _beside(r, span) or window_at(r, at, ahead=spec.ahead)
    if window is None:
        return span.last + 1 if "time" in r.missing else 0
    value = window[0]
    # "between January 5 and February 10 and …": two periods of one date cannot both be meant.
    if any(each.field == scope.prefix + name and each.op == "during" for each in r.filters) and not r.negate:
        return 0
    r.add(scope.prefix + name, "during", value)
    r.say(at, window[1], f"time {name}")
    r.settle(window[1])
    return window[1]


def _joined(r: Reading, at: int) -> Filter | None:
    """ "due this week and next week": the period right before the joint before a token."""
    joint = at - 1
    if joint in r.glue:
        joint -= 1
    before = joint - 1
    if (
        joint <= r.first
        or not (r.spans.is_at(joint, "and") or r.spans.is_at(joint, "or"))
        or before not in r.spans.until
    ):
        return None
    periods = (each for each in reversed(r.filters) if each.op in {"during", "not_during"})
    return next((each for each in periods if isinstance(each.value, Window)), None)


def _both(r: Reading, at: int, earlier: Filter) -> int:
    """ "today and tomorrow": of two periods that meet, both; of others no filter says that."""
    spec = r.resource.fields.get(earlier.field)
    read = spec is not None and r.operation is None and (not r.negate or earlier.op == "not_during")
    found = window_at(r, at, ahead=spec.ahead) if spec is not None and read else None
    if found is None or not isinstance(earlier.value, Window) or found[0].start is None:
        return 0
    if earlier.value.end != found[0].start:
        return 0
    whole = Filter(earlier.field, earlier.op, Window(earlier.value.start, found[0].end))
    r.filters[r.filters.index(earlier)] = whole
    r.where[whole] = r.where.get(earlier, at)
    r.say(at, found[1], f"time {earlier.field}")
    return found[1]


def signed(r: Reading, at: int, scope: Scope, spec: Field) -> int:
    """ "created >= 2026-03-10": the sign of a comparison between a date's name and a day or period."""
    compared = r.spans.at(at, "compare") if at < r.end and r.spans.tokens[at].kind == "compare" else None
    window = window_at(r, compared[1], ahead=spec.ahead) if compared and r.spans.retime(compared[1]) else None
    if compared is None or window is None or window[0].start is None or window[0].end is None:
        return 0
    start, end = window[0].start, window[0].end
    ranges = {"gt": (end, None), "gte": (start, None), "lt": (None, start), "lte": (None, end), "eq": (start, end)}
    if compared[0].key not in ranges or r.negate:
        return 0
    r.add(scope.prefix + spec.name, "during", Window(*ranges[compared[0].key]))
    r.marks.discard("with")
    return used(r, scope, window[1])


def resized(r: Reading, at: int) -> int:
    """ "make it 30 days" after "the last 7 days": as long as is said now, on the same side of this moment."""
    span = r.spans.times.get(at) if r.follow_up and "replace" in r.marks else None
    if span is None or span.expr.kind != "duration":
        return 0
    before = r.previous.filters if r.previous is not None else ()
    for each in before:
        base = each.value
        if not isinstance(base, Window) or each.op != "during" or each.field not in r.resource.fields:
            continue
        ahead = base.start == r.spans.now
        if ahead == (base.end == r.spans.now):
            return 0
        try:
            window = span.expr.resolve(r.spans.now, r.spans.tz, ahead=ahead)
        except ImpossibleTime:
            return 0
        r.add(each.field, "during", window)
        r.say(span.first, span.last + 1, f"time {each.field}")
        return span.last + 1
    return 0


def same_grain(r: Reading, at: int, end: int, grain: str) -> int:
    """ "same quarter the year before": the period of the turn before, a year earlier; of another length it is none."""
    again = any(r.spans.is_at(back, "follow_up", "again", "replace") == at for back in range(max(r.first, at - 2), at))
    start = r.spans.skip(end, ("glue",), r.end)
    span = r.spans.times.get(end) or r.spans.times.get(start)
    if not again or grain == "week" or span is None or r.previous is None or span.expr.relative_to_previous is None:
        return 0
    base = next((each.value for each in r.previous.filters if isinstance(each.value, Window)), None)
    if span.expr.relative_to_previous[1] != "year" or base is None or base.start is None or base.end is None:
        return 0
    try:
        return end if shifted(base, 1, grain, r.spans.tz).start == base.end else 0
    except ImpossibleTime:
        return 0


def corrected(r: Reading, at: int, end: int) -> int:
    """ "not May, June" after invoices due in May: what is taken back is the period of before, and another follows."""
    if r.previous is None or r.negate or at != r.spans.skip(r.first, ("filler", "comma"), r.end):
        return 0
    r.spans.retime(end)
    span = r.spans.times.get(end)
    if span is None:
        return 0
    behind = span.last + 1
    joint = r.spans.is_at(behind, "comma", "comma") or r.spans.is_at(behind, "barring")
    other = r.spans.times.get(joint) if joint else None
    if other is None or r.spans.skip(other.last + 1, ("stop", "filler"), r.end) < r.end:
        return 0
    for each in r.previous.filters:
        spec = r.resource.fields.get(each.field)
        window = window_at(r, end, ahead=spec.ahead) if spec is not None and each.op == "during" else None
        if window is not None and window[0] == each.value:
            r.marks.add("replace")
            return joint
    return 0


def impossible(r: Reading, at: int) -> int:
    """ "from April 31 to May 15": no such day; what is meant instead is asked, and no name is made of it."""
    span = r.spans.times[at]
    if span.expr.kind != "impossible" or span.last >= r.end:
        return 0
    if "time" not in r.missing:
        r.missing.append("time")
    return span.last + 1


def _beside(r: Reading, span: TimeSpan) -> tuple[Window, int] | None:
    """ "the week before" counts from the period of the turn before."""
    if r.previous is None or span.expr.relative_to_previous is None or not r.follow_up:
        return None
    base = next((each.value for each in r.previous.filters if isinstance(each.value, Window)), None)
    if not isinstance(base, Window):
        return None
    try:
        return span.expr.shift(base, r.spans.tz), span.last + 1
    except ImpossibleTime:
        return None


def _time_scope(r: Reading) -> tuple[Scope, str | None]:
    head = r.scopes[0]
    inner = r.scopes[-1]
    if len(r.scopes) > 1 and inner.many and inner.resource.time:
        # "customers with a refund over $300 this year"
        inner.used = True
        return inner, (inner.noun.time if inner.noun is not None else None) or inner.resource.time
    if r.time_field:
        return head, r.time_field
    if head.noun is not None and head.noun.time:
        return head, head.noun.time
    upcoming = _noun_time_ahead(r) if r.head_at < 0 else None
    if upcoming:
        return head, upcoming
    return head, r.resource.time


def _noun_time_ahead(r: Reading) -> str | None:
    """ "next week's renewals": the noun that decides the date comes behind it."""
    for at in range(r.first, r.end):
        for sense, _ in r.spans.every(at, "noun"):
            if sense.resource == r.resource.name:
                said: Noun = r.resource.nouns[sense.extra]
                return said.time
    return None


def _whose(r: Reading, at: int) -> bool:
    """ "the payments from January", "of Monday": "on Monday" and "in April" may be when to do it."""
    return r.spans.is_at(at, "between", "from") > 0 or r.spans.is_at(at, "compare", "eq") > 0


def _selects(r: Reading, at: int, end: int) -> bool:
    """In an order a period must belong to the target ("yesterday's", "made today"); alone it may be a schedule."""
    if r.own_id or r.operation is None or r.operation.name == "create":
        return False
    expr = r.spans.times[at].expr
    if expr.explicit_future:
        return False
    if expr.explicit_past:
        # What lies behind cannot be when to do it.
        return True
    if end < r.end and r.spans.words[end] == "'s":
        return True
    if r.order in {"largest", "smallest"} and any(stop == at for _, stop in r.spans.every(r.head_at, "noun")):
        # "the largest payment this month": the greatest of what?
        return True
    led = _whose(r, at) or (at - 1 in r.glue and (_whose(r, at - 1) or not r.spans.is_at(at - 1, "glue", "place")))
    following = r.spans.skip(end, ("filler",), r.end)
    return bool(led) or any(sense.resource == r.resource.name for sense, _ in r.spans.every(following, "noun"))
