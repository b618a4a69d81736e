"""From where times are read, and the arithmetic of the calendar. Standard library only."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Protocol, TypeAlias, cast
from zoneinfo import ZoneInfo

from flarite_nl.model.values import Moment

Bounds: TypeAlias = tuple[Moment, Moment]
Open: TypeAlias = tuple[Moment | None, Moment | None]
CLOCK = {"second": 1, "minute": 60, "hour": 3600}
_DAYS = {"day": 1, "week": 7, "weekend": 7, "fortnight": 14}
_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_TICK = timedelta(microseconds=1)


class ImpossibleTime(ValueError):
    """The words name a time that does not exist, runs backwards or can be read in two ways: ask which is meant."""


@dataclass(frozen=True, slots=True)
class Vantage:
    """From where a time expression is read."""

    now: datetime
    """Aware, in the caller's zone."""
    ahead: bool
    """Does the prompt look ahead (due, renewing) or back (created, paid)?"""
    near: datetime
    """What a floating date is counted from: now, or the other end of its range."""
    onward: bool
    """Is a floating date the first that ends after ``near``, or the last that begins before it?"""

    @property
    def today(self) -> date:
        return self.now.date()

    def beside(self, moment: Moment, onward: bool) -> Vantage:
        """The same vantage, with floating dates counted from ``moment``."""
        near = instant(moment, cast(ZoneInfo, self.now.tzinfo))
        return Vantage(self.now, self.ahead, near if onward else _earlier(near), onward)

    def back(self) -> Vantage:
        """The same vantage, looking back."""
        return replace(self, ahead=False, near=self.now, onward=False)


@lru_cache(maxsize=64)
def vantage(now: datetime, tz: ZoneInfo, ahead: bool) -> Vantage:
    here = now.astimezone(tz).replace(microsecond=0)
    return Vantage(here, ahead, here, ahead)


class Node(Protocol):
    """Something that words of time name."""

    @property
    def floating(self) -> bool: ...

    @property
    def grain(self) -> str | None:
        """The calendar unit it is one of."""

    @property
    def tense(self) -> int:
        """Does it lie in the past (-1) or in the future (1) whatever the prompt is about? Else 0."""

    def bounds(self, at: Vantage) -> Bounds:
        """Where it begins and where it is over; equal for a mere point in time."""


def instant(moment: Moment, tz: ZoneInfo) -> datetime:
    """The moment as an aware datetime in the zone; a date is its midnight."""
    if isinstance(moment, datetime):
        return moment.astimezone(tz)
    return datetime(moment.year, moment.month, moment.day, tzinfo=tz)


def _earlier(moment: datetime) -> datetime:
    return (moment.astimezone(UTC) - _TICK).astimezone(moment.tzinfo)


def add(day: date, n: int, unit: str) -> date:
    """The day ``n`` units later; the last of its month where the month is too short."""
    if unit in _DAYS:
        return day + timedelta(days=n * _DAYS[unit])
    month = day.year * 12 + day.month - 1 + n * _MONTHS[unit]
    year, month = month // 12, month % 12 + 1
    if not 1 <= year <= 9998:
        raise ImpossibleTime("beyond the calendar")
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def floor(day: date, unit: str) -> date:
    """The first day of the calendar unit that holds ``day``; weeks start on Monday."""
    if unit == "day":
        return day
    if unit in ("week", "weekend"):
        return day - timedelta(days=day.weekday())
    months = _MONTHS[unit]
    return date(day.year, (day.month - 1) // months * months + 1, 1)
