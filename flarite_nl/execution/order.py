"""Sorting: by a place, ties newest first, then by ID; what has no value comes last."""

from __future__ import annotations

from collections.abc import Callable
from functools import total_ordering
from typing import Any

from flarite_nl.execution.judge import Objects, plain, reach
from flarite_nl.model.currencies import to_major
from flarite_nl.model.outcome import Row
from flarite_nl.model.plan import Order


@total_ordering
class Descending:
    """Turns the order of any value around, so that one key holds both directions."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Descending) and bool(self.value == other.value)

    def __lt__(self, other: Descending) -> bool:
        return bool(other.value < self.value)

    def __hash__(self) -> int:
        return hash(self.value)


def newest(row: Row) -> int:
    """Stripe's own order; stable sorting keeps objects of one second as they came."""
    return -int(row.get("created") or row.get("date") or 0)


def sort_key(order: Order, objects: Objects) -> Callable[[Row], tuple[Any, ...]]:
    """Amounts of different currencies are ordered by their major units, as if these were alike."""
    place = order.place

    def key(row: Row) -> tuple[Any, ...]:
        found = reach(row, place, objects) if place is not None else []
        if place is None or not found:
            return (1, 0, newest(row), str(row["id"]))
        value, holder = found[0]
        if place.type == "money":
            value = to_major(value, holder.get("currency"))
        value = plain(place, value)
        return (0, Descending(value) if order.descending else value, newest(row), str(row["id"]))

    return key
