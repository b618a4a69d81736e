"""Columns in front of what they are of: "number, total and due date of the open invoices"."""

from __future__ import annotations

from typing import NamedTuple

from flarite_nl.parsing.openings import noun_ahead
from flarite_nl.parsing.spans import Spans

_LED = ("filler", "read", "question", "polite", "follow_up")
_BETWEEN = ("and", "comma", "filler")


class Columns(NamedTuple):
    """The fields of ``resource`` that tokens ``first`` to ``end`` (exclusive) name, the preposition included."""

    first: int
    end: int
    resource: str
    fields: tuple[str, ...]


def columns_of(spans: Spans, first: int, end: int) -> Columns | None:
    """Two columns or more that a clause begins with, and the noun behind a preposition that all of them belong to.

    Where every word could ask for a figure as well ("number and total of payments"), or for other objects ("customers
    and invoices of …"), it is no list of columns.
    """
    if ("field" not in spans.places and "column" not in spans.places) or "and" not in spans.places:
        return None
    start = at = spans.skip(first, _LED, end)
    named: list[dict[str, str]] = []
    kinds: set[str] = set()
    while True:
        found = _named(spans, at, end)
        if not found:
            return None
        stop = max(stop for stop, _, _ in found)
        named.append({resource: name for each, resource, name in found if each == stop})
        kinds.add(_kind(spans, at))
        joint = spans.skip(stop, _BETWEEN, end)
        if joint == stop:
            break
        at = joint
    led = spans.is_at(stop, "glue", "prep", "where")
    if (
        len(named) < 2
        or not ("plain" in kinds or kinds == {"figure", "one"})
        or not led
        or led >= end
        or not noun_ahead(spans, led)
    ):
        return None
    noun = _noun(spans, led, end)
    for resource in dict.fromkeys(sense.resource for sense, _ in spans.every(noun, "noun")):
        if all(resource in each for each in named):
            return Columns(start, led, resource, tuple(dict.fromkeys(each[resource] for each in named)))
    return None


def _named(spans: Spans, at: int, end: int) -> list[tuple[int, str, str]]:
    """The fields that may be named at a token: where the words end, whose field it is, and which."""
    return [
        (stop, sense.resource, sense.key)
        for kind in ("field", "column")
        for sense, stop in spans.every(at, kind)
        if stop <= end and not (kind == "field" and sense.extra)
    ]


def _kind(spans: Spans, at: int) -> str:
    """May a column's name ask for a figure, or for objects (one or many), or for nothing but the column?"""
    if spans.is_at(at, "aggregate"):
        return "figure"
    return next((sense.key for sense, _ in spans.every(at, "noun")), "plain")


def _noun(spans: Spans, at: int, end: int) -> int:
    """The first noun from a token on."""
    return next(iter(spans.spots("noun", at, end)), end)
