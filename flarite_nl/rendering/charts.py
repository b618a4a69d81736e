"""Group-bys as charts: what is drawn, apart from where it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flarite_nl.model.outcome import Figure, Outcome, Result
from flarite_nl.model.parse import Intent, Parse
from flarite_nl.rendering.clean import clean_line
from flarite_nl.rendering.outcomes import figure_text, figure_title, group_key

ADDED = frozenset({"count", "sum"})
"""Functions whose figure is 0 for a period in which nothing happened."""

MOST = 400
"""Periods that gaps are filled up to."""


@dataclass(frozen=True, slots=True)
class Point:
    """One bar, or one dot of a line: ``at`` is its place on the axis, ``text`` the figure as people write it."""

    at: int
    label: str
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Points of one currency (or of a count) in order; ``line`` where they are periods, one after another."""

    title: str
    points: tuple[Point, ...]
    line: bool


def can_be_drawn(parse: Parse) -> bool:
    """Is there anything in the prompt that groups figures?"""
    return any(_grouped(intent) for intent in parse.intents)


def charts(outcome: Outcome) -> list[Chart]:
    """A chart for each group-by and currency: sums never mix currencies, and so no chart does."""
    return [chart for result in outcome.results if _grouped(result.intent) for chart in _charts(result)]


def _grouped(intent: Intent) -> bool:
    return intent.aggregate is not None and bool(intent.aggregate.group_by)


def _charts(result: Result) -> list[Chart]:
    aggregate = result.intent.aggregate
    by = aggregate.group_by if aggregate else ()
    title = f"{figure_title(result.intent)} by {clean_line(', '.join(map(_named, by)))}"
    title += "" if result.complete else " (INCOMPLETE)"
    grain = by[0].partition(":")[2] if len(by) == 1 else ""
    made: list[Chart] = []
    for code in dict.fromkeys(group.currency for group in result.groups):
        groups = [group for group in result.groups if group.currency == code]
        name = f"{title}, {clean_line(code.upper())}" if code else title
        points = _dated(groups, aggregate.function, grain) if aggregate and grain else None
        made.append(Chart(name, tuple(points or _listed(groups)), bool(points)))
    return made


def _named(key: str) -> str:
    name, _, grain = key.partition(":")
    return f"{grain} of {name}" if grain else name


def _listed(groups: Sequence[Figure]) -> list[Point]:
    labels = (" / ".join(group_key(each) for each in group.key.values()) for group in groups)
    return [
        Point(at, label, float(group.value), figure_text(group))
        for at, (label, group) in enumerate(zip(labels, groups, strict=True))
    ]


def _dated(groups: Sequence[Figure], function: str, grain: str) -> list[Point] | None:
    """Periods in their order, the empty ones between them too; None where a group is no period."""
    found: dict[int, Figure] = {}
    for group in groups:
        number = ordinal(str(next(iter(group.key.values()))), grain)
        if number is None:
            return None
        found[number] = group
    numbers = range(min(found), max(found) + 1)
    if len(found) < 2 or len(numbers) > MOST:
        return None
    like = groups[0]
    zero = Figure({}, like.currency, type(like.value)(0)) if function in ADDED else None
    points: list[Point] = []
    for number in numbers:
        figure = found.get(number) or zero
        if figure is not None:
            points.append(Point(number - numbers[0], _said(number, grain), float(figure.value), figure_text(figure)))
    return points


def ordinal(period: str, grain: str) -> int | None:
    """The place of a period among those of its length; a week is written as its Monday."""
    try:
        if grain == "year":
            return int(period)
        if grain == "quarter":
            return int(period[:4]) * 4 + int(period[6:]) - 1
        if grain == "month":
            return int(period[:4]) * 12 + int(period[5:]) - 1
        day = date.fromisoformat(period).toordinal()
    except ValueError:
        return None
    return day // 7 if grain == "week" else day


def _said(number: int, grain: str) -> str:
    """The period at a place."""
    if grain == "year":
        return f"{number:04}"
    if grain == "quarter":
        return f"{number // 4:04}-Q{number % 4 + 1}"
    if grain == "month":
        return f"{number // 12:04}-{number % 12 + 1:02}"
    return date.fromordinal(number * 7 + 1 if grain == "week" else number).isoformat()
