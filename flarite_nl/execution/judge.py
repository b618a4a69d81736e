"""What a filter means on Stripe's objects (FRAME.md): values reached by a path, and the twelve ops on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from flarite_nl.errors import PlanError
from flarite_nl.model.currencies import exponent
from flarite_nl.model.outcome import Row
from flarite_nl.model.plan import Check, Place
from flarite_nl.model.values import Moment, Money, Value, Window

Objects: TypeAlias = Mapping[str, Row]
"""Objects pointed to, by ID, that were not expanded in place."""

Reached: TypeAlias = tuple[Any, Mapping[str, Any]]
"""A value and the object that holds it, whose ``currency`` is the value's."""

Test: TypeAlias = Callable[[Row], bool]

FOLDED = frozenset({"email", "text"})
"""Types that compare without regard to case."""


def reach(row: Row, place: Place, objects: Objects) -> list[Reached]:
    """The values at a place that are there at all: null, missing and empty are none, nor is a time of 0."""
    steps = tuple(place.path.split("."))
    found = [each for each in _walk(row, steps, 0, objects) if _there(each[0], place)]
    if place.key is not None:
        metadata = [(each.get(place.key), holder) for each, holder in found if isinstance(each, Mapping)]
        return [each for each in metadata if _there(each[0], place)]
    if "[min]" in place.path and len(found) > 1:
        return [min(found, key=lambda each: each[0])]
    return found


def _there(value: Any, place: Place) -> bool:
    if value is None or value in ("", [], {}):
        return False
    return not (place.type == "time" and value == 0 and value is not False)


def _walk(at: Any, steps: tuple[str, ...], number: int, objects: Objects) -> Iterator[Reached]:
    for position in range(number, len(steps)):
        if isinstance(at, str):
            at = objects.get(at)
        if not isinstance(at, Mapping):
            return
        holder, step = at, steps[position]
        name, bracket, _ = step.partition("[")
        at = holder.get(name)
        if bracket:
            yield from _elements(at, holder, steps, position + 1, objects)
            return
        if position == len(steps) - 1:
            yield _identified(at), holder


def _elements(
    values: Any, holder: Mapping[str, Any], steps: tuple[str, ...], number: int, objects: Objects
) -> Iterator[Reached]:
    for each in values or ():
        if number == len(steps):
            yield _identified(each), holder
        else:
            yield from _walk(each, steps, number, objects)


def _identified(value: Any) -> Any:
    """Where an expanded object stands for its ID, the ID."""
    if isinstance(value, Mapping) and "id" in value and "object" in value:
        return value["id"]
    return value


def seconds(moment: Moment, zone: ZoneInfo) -> int:
    """Unix seconds; a day is its midnight in the zone."""
    if isinstance(moment, datetime):
        return int(moment.timestamp())
    return int(datetime(moment.year, moment.month, moment.day, tzinfo=zone).timestamp())


class Judge:
    """Turns checks into tests of a row. ``objects`` may grow while rows are judged."""

    def __init__(self, zone: ZoneInfo, objects: Objects) -> None:
        self._zone = zone
        self._objects = objects

    def test(self, check: Check) -> Test:
        """The test for one check.

        Raises:
            PlanError: an op that the field's type does not have.
        """
        place, op = check.place, check.op
        if op == "exists":
            wanted = bool(check.value)
            return lambda row: bool(reach(row, place, self._objects)) is wanted
        if op in ("ne", "not_in", "not_during"):
            positive = self._matcher(place, {"ne": "eq", "not_in": "in", "not_during": "during"}[op], check.value)
            needed = check.value.currency if isinstance(check.value, Money) else None

            def no_value_matches(row: Row) -> bool:
                for value, holder in reach(row, place, self._objects):
                    if positive(value, holder) or (needed and holder.get("currency") != needed):
                        return False
                return True

            return no_value_matches
        matches = self._matcher(place, op, check.value)
        return lambda row: any(matches(value, holder) for value, holder in reach(row, place, self._objects))

    def _matcher(self, place: Place, op: str, value: Value) -> Callable[[Any, Mapping[str, Any]], bool]:
        if op == "during" and isinstance(value, Window):
            return self._during(value)
        if op == "in" and isinstance(value, tuple):
            each = [self._matcher(place, "eq", one) for one in value]
            return lambda held, holder: any(match(held, holder) for match in each)
        if isinstance(value, Money):
            return _money(op, value)
        if op == "contains" and isinstance(value, str):
            return _contains(place, value)
        return self._compared(place, op, value)

    def _during(self, window: Window) -> Callable[[Any, Mapping[str, Any]], bool]:
        start = seconds(window.start, self._zone) if window.start is not None else None
        end = seconds(window.end, self._zone) if window.end is not None else None
        return lambda held, _: (start is None or held >= start) and (end is None or held < end)

    def _compared(self, place: Place, op: str, value: Value) -> Callable[[Any, Mapping[str, Any]], bool]:
        wanted = seconds(value, self._zone) if isinstance(value, date) else plain(place, value)
        compare = _ops(op)
        return lambda held, _: _compare(compare, plain(place, held), wanted)


def _compare(compare: Callable[[Any, Any], bool], held: Any, wanted: Any) -> bool:
    if isinstance(held, bool) is not isinstance(wanted, bool):
        return False
    try:
        return compare(held, wanted)
    except TypeError:
        return False


def _ops(op: str) -> Callable[[Any, Any], bool]:
    known: dict[str, Callable[[Any, Any], bool]] = {
        "eq": lambda held, wanted: bool(held == wanted),
        "gt": lambda held, wanted: bool(held > wanted),
        "gte": lambda held, wanted: bool(held >= wanted),
        "lt": lambda held, wanted: bool(held < wanted),
        "lte": lambda held, wanted: bool(held <= wanted),
    }
    if op not in known:
        raise PlanError(f"There is no {op!r} for such a value.")
    return known[op]


def _money(op: str, value: Money) -> Callable[[Any, Mapping[str, Any]], bool]:
    """Money with a currency needs that currency; without, it compares in the object's own."""
    compare = _ops(op)

    def matches(held: Any, holder: Mapping[str, Any]) -> bool:
        currency = holder.get("currency")
        if value.currency is not None and value.currency != currency:
            return False
        return compare(Decimal(held), value.amount.scaleb(exponent(currency)))

    return matches


def _contains(place: Place, value: str) -> Callable[[Any, Mapping[str, Any]], bool]:
    if place.type == "phone":
        digits = _digits(value).lstrip("+")
        return lambda held, _: bool(digits) and digits in _digits(str(held))
    wanted = value.casefold()
    return lambda held, _: wanted in str(held).casefold()


def _digits(text: str) -> str:
    """A phone number without what people write between the digits; a leading ``+`` stays."""
    kept = "".join(each for each in text if each.isdigit())
    return "+" + kept if text.strip().startswith("+") else kept


def plain(place: Place, value: Any) -> Any:
    """A value in the form in which values of its type compare."""
    if place.type == "code" and value is not None:
        return str(value)
    if isinstance(value, bool) or value is None:
        return value
    if place.type in FOLDED:
        return str(value).casefold()
    if place.type == "phone":
        return _digits(str(value))
    if place.type == "currency":
        return str(value).lower()
    if place.type in ("number", "percent") and not isinstance(value, Decimal):
        return Decimal(str(value))
    return value
