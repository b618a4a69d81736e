"""Periods of one question side by side or in a row: "this month vs last month", "in January, February and March"."""

from __future__ import annotations

from flarite_nl.parsing.spans import Spans


def versus(spans: Spans, at: int) -> int:
    """Behind the joint of two periods that are compared ("this month vs last month"), or 0."""
    joint = spans.is_at(at, "versus")
    listed = not joint and spans.words[at] == ","
    if listed:
        joint = spans.is_at(at + 1, "versus") or (at + 1 if _alike(spans, at) else 0)
    if not joint or not (spans.until.get(at - 1) == at - 1 or _contrasted(spans, at)):
        return 0
    repeated = _repeated(spans, at, joint)
    start = spans.skip(repeated or joint, ("filler", "aggregate", "glue"))
    span = next((spans.times[each] for each in range(joint, min(start + 1, spans.n)) if each in spans.times), None)
    if span is None or not _asks_figures(spans, at):
        return 0
    after = spans.skip(span.last + 1, ("filler", "stop"))
    whole = after >= spans.n or any(spans.is_at(after, kind) for kind in ("group", "comma", "versus"))
    return (repeated or joint) if whole else 0


def _contrasted(spans: Spans, at: int) -> bool:
    """ "compare this month's revenue to last month": the first period stands before the figure."""
    return "contrast" in spans.places and any(each.last < at for each in spans.times.values())


def _alike(spans: Spans, at: int) -> bool:
    """ "in January, in February and in March": are the times around a comma periods of one kind?"""
    before = next((each.expr.node for each in spans.times.values() if each.last == at - 1), None)
    behind = spans.times[at + 1].expr.node if at + 1 in spans.times else None
    return before is not None and type(before) is type(behind) and before.grain == behind.grain in _GRAINS


_GRAINS = frozenset({"month", "quarter", "year"})


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
        or any(spans.is_at(at, "question", "money") for at in spans.spots("question", 0, end))
        or any(_figures_at(spans, at) for at in spans.spots("noun", 0, end))
    )


def _figures_at(spans: Spans, at: int) -> bool:
    return any(
        figure(spans, sense.resource, sense.extra) or sense.resource == "metrics"
        for sense, _ in spans.every(at, "noun")
    )


def figure(spans: Spans, resource: str, noun: int) -> bool:
    return spans.grammar.resources[resource].nouns[noun].aggregate is not None
