"""Periods of one figure side by side or in a row: "revenue this month vs last month", "in May, June and July"."""

from __future__ import annotations

from flarite_nl.grammar.lexicon import Sense
from flarite_nl.parsing.reading import Reading
from flarite_nl.parsing.spans import Spans


def versus(spans: Spans, at: int) -> int:
    """Behind the joint of two periods that are compared ("this month vs last month"), or 0."""
    joint = spans.is_at(at, "versus") or _either(spans, at)
    if not joint and at < spans.n and spans.words[at] == ",":
        joint = spans.is_at(at + 1, "versus") or (at + 1 if _alike(spans, at) else 0)
    if not joint:
        return 0
    if spans.until.get(at - 1) != at - 1 and not _contrasted(spans, at):
        return _fronted(spans, at, joint)
    repeated = _repeated(spans, at, joint)
    start = spans.skip(repeated or joint, ("filler", "aggregate", "glue"))
    span = next((spans.times[each] for each in range(joint, min(start + 1, spans.n)) if each in spans.times), None)
    if span is None or not _asks_figures(spans, at):
        return 0
    return (repeated or joint) if _ends(spans, span.last + 1) else 0


def _ends(spans: Spans, at: int) -> bool:
    """Is the comparison at its end, but for its groups?"""
    after = spans.skip(at, ("filler", "stop"))
    return after >= spans.n or any(spans.is_at(after, kind) for kind in ("group", "comma", "versus"))


def _contrasted(spans: Spans, at: int) -> bool:
    """ "compare this month's revenue to last month": the first period stands before the figure."""
    return "contrast" in spans.places and any(each.last < at for each in spans.times.values())


def _alike(spans: Spans, at: int) -> bool:
    """ "in January, in February and in March": are the times around a comma periods of one kind?"""
    before = next((each.expr.node for each in spans.times.values() if each.last == at - 1), None)
    behind = spans.times[at + 1].expr.node if at + 1 in spans.times else None
    return before is not None and type(before) is type(behind) and before.grain == behind.grain in _GRAINS


_GRAINS = frozenset({"month", "quarter", "year"})


def _either(spans: Spans, at: int) -> int:
    """ "higher in January or in February", "more this month than last month"."""
    if "comparative" not in spans.places:
        return 0
    joint = spans.is_at(at, "or") or spans.is_at(at, "than")
    return joint if joint and spans.spots("comparative", 0, at) else 0


def compared(spans: Spans, at: int, end: int) -> bool:
    """Is the clause of a token, which ends at ``end``, set against another period?"""
    return at < end and versus(spans, end) > end


def comparing(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "how does Q4 2025 revenue compare to Q4 2024?"."""
    return end if r.operation is None and r.head_at < 0 and compared(r.spans, at, r.end) else 0


def comparative(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "was revenue higher in May or in June?", "did we get more refunds this month than last month?"."""
    if r.operation is not None or not compared(r.spans, at, r.end):
        return 0
    if sense.key == "more" and not r.functions and r.head_at < 0:
        r.functions.append(["count", None])
    return end


def _fronted(spans: Spans, at: int, joint: int) -> int:
    """ "this week's takings against last week's [takings]": each period stands before what it is of."""
    first = next((each for each in spans.times.values() if each.last < at), None)
    span = spans.times.get(spans.skip(joint, ("filler",)))
    if first is None or span is None or not _asks_figures(spans, at):
        return 0
    between = spans.words[first.last + 1 : at]
    named = between and any(_figures_at(spans, each) for each in range(first.last + 1, at))
    if not named or [each for each in spans.times.values() if first.last < each.first < at]:
        return 0
    behind = span.last + 1
    if spans.words[behind : behind + len(between)] == between:
        return joint if _ends(spans, behind + len(between)) else 0
    return joint if _ends(spans, behind) else 0


def _repeated(spans: Spans, end: int, joint: int) -> int:
    """ "refunds in January with [refunds] in February": past the words that stood before the first period too."""
    period = next((each.first for each in spans.times.values() if each.last == end - 1), 0)
    again = next((each for each in range(joint, spans.n) if each in spans.times), joint)
    size = again - joint
    return again if 0 < size <= period and spans.words[period - size : period] == spans.words[joint:again] else 0


def _asks_figures(spans: Spans, end: int) -> bool:
    """Does what stands before ask for a figure?"""
    return (
        spans.holds("aggregate", 0, end)
        or any(spans.is_at(at, "comparative", "more") for at in spans.spots("comparative", 0, end))
        or any(spans.is_at(at, "question", "money") for at in spans.spots("question", 0, end))
        or any(_figures_at(spans, at) for at in spans.spots("noun", 0, end))
    )


def _figures_at(spans: Spans, at: int) -> bool:
    return any(
        figure_noun(spans, sense.resource, sense.extra) or sense.resource == "metrics"
        for sense, _ in spans.every(at, "noun")
    )


def figure_noun(spans: Spans, resource: str, noun: int) -> bool:
    """Is a noun the name of a figure ("revenue", "fees")?"""
    return spans.grammar.resources[resource].nouns[noun].aggregate is not None
