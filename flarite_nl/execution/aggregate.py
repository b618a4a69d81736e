"""Counts and sums over rows that are looked at once: memory grows with the groups, not with the rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import product
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from flarite_nl.errors import PlanError
from flarite_nl.execution.judge import Objects, reach
from flarite_nl.model.currencies import exponent, shown, to_major
from flarite_nl.model.outcome import Figure, Row
from flarite_nl.model.plan import Figures, Group
from flarite_nl.model.values import Money, moment_text, plain

Key: TypeAlias = tuple[tuple[Any, ...], str | None]
"""The values of the groups, and the currency."""

NUMERIC = frozenset({"money", "number", "percent"})


@dataclass(slots=True)
class Tally:
    count: int = 0
    total: Decimal = Decimal(0)
    least: Decimal | None = None
    most: Decimal | None = None

    def add(self, value: Decimal) -> None:
        self.count += 1
        self.total += value
        self.least = value if self.least is None or value < self.least else self.least
        self.most = value if self.most is None or value > self.most else self.most


def aggregate(
    figures: Figures, rows: Iterable[Row], objects: Objects, zone: ZoneInfo, notes: list[str] | None = None
) -> tuple[Figure, ...]:
    """The groups of an aggregate, in order: as asked, else dates forwards, or figures downwards currency by currency.

    ``notes`` takes what a person should know of the order.

    Raises:
        PlanError: a figure of a field that is no number.
    """
    if figures.place is not None and figures.place.type not in NUMERIC and figures.function != "count":
        raise PlanError(f"{figures.place.name} is no number: there is no {figures.function} of it.")
    tallies: dict[Key, Tally] = {}
    for row in rows:
        for key, value in _entries(figures, row, objects, zone):
            tallies.setdefault(key, Tally()).add(value)
    if not tallies and not figures.groups and figures.function in ("count", "sum"):
        tallies[((), None)] = Tally()
    found = [_figure(figures, key, tally) for key, tally in tallies.items()]
    found = [each for each in found if _kept(figures, each)]
    found = _sorted(figures, found)
    if notes is not None:
        notes += _across(figures, found)
    return tuple(found if figures.limit is None else found[: figures.limit])


def _entries(figures: Figures, row: Row, objects: Objects, zone: ZoneInfo) -> Iterator[tuple[Key, Decimal]]:
    """The groups that a row belongs to, and its value in each: several where a group's field holds several."""
    held: list[tuple[str | None, Decimal]] = [(None, Decimal(0))]
    if figures.place is not None and figures.function != "count":
        money = figures.place.type == "money"
        reached = reach(row, figures.place, objects)
        held = [(holder.get("currency") if money else None, Decimal(str(value))) for value, holder in reached]
    labels = [_labels(group, row, objects, zone) for group in figures.groups]
    for combination in product(*labels):
        key = tuple(label for label, _ in combination)
        coin = next((currency for _, currency in combination if currency), None)
        for currency, value in held:
            yield (key, currency or coin), value


def _labels(group: Group, row: Row, objects: Objects, zone: ZoneInfo) -> list[tuple[Any, str | None]]:
    found: dict[tuple[Any, str | None], None] = {}
    for value, holder in reach(row, group.place, objects):
        if group.place.type == "money":
            currency = holder.get("currency")
            found[shown(to_major(value, currency), currency), currency] = None
        elif group.place.type == "time":
            found[period(value, group.grain, zone), None] = None
        else:
            found[value, None] = None
    return list(found) or [(None, None)]


def period(moment: int, grain: str | None, zone: ZoneInfo) -> str:
    """The label of the calendar period that a moment falls in: ``2026-03-18``, ``2026-03``, ``2026-Q1``, ``2026``.

    A week is labelled by its Monday.
    """
    local = datetime.fromtimestamp(moment, zone)
    day: date = local.date()
    if grain == "day":
        return day.isoformat()
    if grain == "week":
        return (day - timedelta(days=day.weekday())).isoformat()
    if grain == "month":
        return f"{day:%Y-%m}"
    if grain == "quarter":
        return f"{day.year:04d}-Q{(day.month + 2) // 3}"
    if grain == "year":
        return f"{day.year:04d}"
    return str(moment_text(datetime.fromtimestamp(moment, UTC)))


def _figure(figures: Figures, key: Key, tally: Tally) -> Figure:
    labels, currency = key
    named = {group.label: label for group, label in zip(figures.groups, labels, strict=True)}
    if figures.function == "count":
        return Figure(named, currency, tally.count)
    raw: Decimal | None
    match figures.function:
        case "sum":
            raw = tally.total
        case "avg":
            raw = tally.total / tally.count if tally.count else None
        case "min":
            raw = tally.least
        case "max":
            raw = tally.most
        case _:
            raise PlanError(f"There is no function {figures.function!r}.")
    value = Decimal(0) if raw is None else raw
    money = figures.place is not None and figures.place.type == "money" and currency is not None
    return Figure(named, currency if money else None, rounded(value, currency if money else None))


def rounded(value: Decimal, currency: str | None) -> Decimal:
    """Minor units → major units with the currency's decimals, halves up; other figures to six decimals."""
    if currency is not None:
        whole = value.quantize(Decimal(1), ROUND_HALF_UP)
        return whole.scaleb(-exponent(currency))
    return tidy(value)


def tidy(value: Decimal) -> Decimal:
    """At most six decimals, without trailing zeros or exponent."""
    short = value.quantize(Decimal("0.000001"), ROUND_HALF_UP).normalize()
    return Decimal(plain(short))


def _kept(figures: Figures, figure: Figure) -> bool:
    having = figures.having
    if having is None:
        return True
    wanted: Any = having.value
    if isinstance(wanted, Money):
        if wanted.currency is not None and wanted.currency != figure.currency:
            return False
        wanted = wanted.amount
    compare = {
        "eq": figure.value == wanted,
        "ne": figure.value != wanted,
        "gt": figure.value > wanted,
        "gte": figure.value >= wanted,
        "lt": figure.value < wanted,
        "lte": figure.value <= wanted,
    }
    if having.op not in compare:
        raise PlanError(f"A group cannot be kept by {having.op!r}.")
    return bool(compare[having.op])


def _across(figures: Figures, found: list[Figure]) -> list[str]:
    """What to say where money of several currencies was put in one order, or cut as if it had one."""
    currencies = sorted({each.currency for each in found if each.currency})
    labels = {name for group in figures.groups for name in (group.label, group.place.name)}
    by_figure = figures.sort is not None and figures.sort.field not in labels
    cut = figures.limit is not None and figures.limit < len(found)
    if len(currencies) < 2 or not (by_figure or (cut and figures.sort is None)):
        return []
    order = "sorted by number, not by worth" if by_figure else "the groups are cut off currency by currency"
    return [f"The figures are in several currencies ({', '.join(currencies).upper()}): {order}."]


def _sorted(figures: Figures, found: list[Figure]) -> list[Figure]:
    def label(each: Figure) -> tuple[Any, ...]:
        return (*((value is None, str(value)) for value in each.key.values()), each.currency or "")

    found = sorted(found, key=label)
    sort = figures.sort
    if sort is None:
        dated = bool(figures.groups) and figures.groups[0].grain is not None
        return found if dated else sorted(found, key=lambda each: (each.currency or "", -each.value))
    down = sort.order == "desc"
    for group in figures.groups:
        if sort.field in (group.label, group.place.name):
            return sorted(found, key=lambda each: str(each.key[group.label]), reverse=down)
    return sorted(found, key=lambda each: -each.value if down else each.value)
