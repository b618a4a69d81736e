"""The named times, as nodes that a moment and a zone turn into two ends (FRAME.md, "Time").

A node is *floating* where the words leave its year (month, week) open: which one is meant then depends on whether the
prompt looks back or ahead.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar

from flarite_nl.model.values import Moment
from flarite_nl.values.vantage import CLOCK, Bounds, ImpossibleTime, Node, Vantage, add, floor


def _sign(number: int | None) -> int:
    return 0 if not number else 1 if number > 0 else -1


def _hours(now: datetime, n: int, unit: str) -> datetime:
    return now.astimezone(UTC) + timedelta(seconds=n * CLOCK[unit])


# ---------------------------------------------------------------- named periods


@dataclass(frozen=True, slots=True)
class Year:
    """Which year: a number, or one counted from the current year."""

    number: int | None = None
    shift: int = 0

    def at(self, at: Vantage) -> int:
        return self.number if self.number is not None else at.today.year + self.shift


@dataclass(frozen=True, slots=True)
class Calendar:
    """This (0), last (-1), next (1) day, week, weekend, month, quarter or year."""

    unit: str
    shift: int
    floating: ClassVar[bool] = False

    @property
    def grain(self) -> str | None:
        return None if self.unit == "weekend" else self.unit

    @property
    def tense(self) -> int:
        return _sign(self.shift)

    def bounds(self, at: Vantage) -> Bounds:
        start = add(floor(at.today, self.unit), self.shift, self.unit)
        if self.unit == "weekend":
            return start + timedelta(days=5), start + timedelta(days=7)
        return start, add(start, 1, self.unit)


@dataclass(frozen=True, slots=True)
class Weekend:
    """ "The weekend", without saying which."""

    floating: ClassVar[bool] = True
    grain: ClassVar[None] = None
    tense: ClassVar[int] = 0

    def bounds(self, at: Vantage) -> Bounds:
        near = at.near.date()
        start = floor(near, "week") + timedelta(days=5)
        if start > near and not at.onward:
            start -= timedelta(days=7)
        return start, start + timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Weekday:
    """A weekday (1 is Monday): bare, "this", "last", "next", or the nearest one "past" or "coming"."""

    weekday: int
    which: str = ""
    grain: ClassVar[str] = "day"

    @property
    def floating(self) -> bool:
        return not self.which

    @property
    def tense(self) -> int:
        return {"last": -1, "past": -1, "next": 1, "coming": 1}.get(self.which, 0)

    def bounds(self, at: Vantage) -> Bounds:
        day = self._day(at)
        return day, day + timedelta(days=1)

    def _day(self, at: Vantage) -> date:
        near, onward = (at.today, self.which in ("next", "coming")) if self.which else (at.near.date(), at.onward)
        if self.which == "this":
            here = floor(near, "week") + timedelta(days=self.weekday - 1)
            return here if here >= near or not at.ahead else here + timedelta(days=7)
        if self.which == "next" and near.isoweekday() < self.weekday:
            raise ImpossibleTime("this week's or next week's?")
        away = self.weekday - near.isoweekday() if onward else near.isoweekday() - self.weekday
        days = away % 7 or (7 if self.which else 0)
        return near + timedelta(days=days if onward else -days)


@dataclass(frozen=True, slots=True)
class WeekdayOf:
    """Monday (1) of this, last or next week."""

    weekday: int
    shift: int
    floating: ClassVar[bool] = False
    grain: ClassVar[str] = "day"

    @property
    def tense(self) -> int:
        return _sign(self.shift)

    def bounds(self, at: Vantage) -> Bounds:
        day = floor(at.today, "week") + timedelta(days=7 * self.shift + self.weekday - 1)
        return day, day + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Months:
    """A month, quarter, half or whole year: ``count`` months from month ``first`` on.

    ``which`` counts among those over, or not yet begun: "last January" (-1), "next Q1" (1), "this March" (0).
    """

    first: int
    count: int
    year: Year | None = None
    which: int | None = None

    @property
    def floating(self) -> bool:
        return self.year is None and self.which is None

    @property
    def grain(self) -> str | None:
        return {1: "month", 3: "quarter", 12: "year"}.get(self.count)

    @property
    def tense(self) -> int:
        return _sign(self.year.shift if self.year else self.which)

    def bounds(self, at: Vantage) -> Bounds:
        if self.year is not None:
            return self._in(self.year.at(at))
        if self.which is None:
            near = at.near.date()
            found = self._in(near.year)
            if at.onward:
                return found if found[1] > near else self._in(near.year + 1)
            return found if found[0] <= near else self._in(near.year - 1)
        found = self._in(at.today.year)
        if self.which < 0 and found[1] > at.today:
            return self._in(at.today.year - 1)
        if self.which > 0 and found[0] <= at.today:
            return self._in(at.today.year + 1)
        return found

    def _in(self, year: int) -> tuple[date, date]:
        start = date(year, self.first, 1)
        return start, add(start, self.count, "month")


@dataclass(frozen=True, slots=True)
class Day:
    """A date: ``month`` None is the day of some month, ``of`` counts that month from the current one."""

    year: Year | None
    month: int | None
    day: int
    of: int | None = None
    weekday: int | None = None
    grain: ClassVar[str] = "day"

    @property
    def floating(self) -> bool:
        return self.year is None and self.of is None

    @property
    def tense(self) -> int:
        return _sign(self.year.shift if self.year else self.of)

    def bounds(self, at: Vantage) -> Bounds:
        day = self._find(at)
        if day is None or (self.weekday is not None and day.isoweekday() != self.weekday):
            raise ImpossibleTime("there is no such day")
        return day, day + timedelta(days=1)

    def _find(self, at: Vantage) -> date | None:
        if self.year is not None:
            return _date(self.year.at(at), self.month or 1, self.day)
        if self.of is not None:
            month = add(floor(at.today, "month"), self.of, "month")
            return _date(month.year, month.month, self.day)
        found = self._nearest(at.near.date(), at.onward)
        if self.weekday is None or found is None or found.isoweekday() == self.weekday:
            return found
        # "Friday, March 20": the weekday may tell that the year is the one on the other side.
        return self._nearest(at.near.date(), not at.onward)

    def _nearest(self, near: date, onward: bool) -> date | None:
        step = 1 if onward else -1
        # February 29 may lie eight years off (1900 was no leap year), the 31st two months.
        months = (near.year * 12 + near.month - 1 + step * n for n in range(13))
        years = (near.year + step * n for n in range(9))
        tries = ((y, self.month) for y in years) if self.month else ((m // 12, m % 12 + 1) for m in months)
        for year, month in tries:
            day = _date(year, month, self.day)
            if day is not None and (day >= near if onward else day <= near):
                return day
        return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


# ---------------------------------------------------------------- counted from now


@dataclass(frozen=True, slots=True)
class Ago:
    """The day ``n`` units ago, or from now where ``n`` is below zero; with hours, that very moment."""

    n: int
    unit: str
    floating: ClassVar[bool] = False

    @property
    def grain(self) -> str | None:
        return None if self.unit in CLOCK else "day"

    @property
    def tense(self) -> int:
        return -_sign(self.n)

    def bounds(self, at: Vantage) -> Bounds:
        if self.unit in CLOCK:
            moment = _hours(at.now, -self.n, self.unit)
            return moment, moment
        day = add(at.today, -self.n, self.unit)
        return day, day + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rolling:
    """The last or next ``n`` units; ``ahead`` None is as the prompt looks. ``full`` counts whole calendar units."""

    n: int
    unit: str
    ahead: bool | None
    full: bool = False
    floating: ClassVar[bool] = False
    grain: ClassVar[None] = None

    @property
    def tense(self) -> int:
        return 0 if self.ahead is None else 1 if self.ahead else -1

    def bounds(self, at: Vantage) -> Bounds:
        ahead = at.ahead if self.ahead is None else self.ahead
        if self.full:
            start = add(floor(at.today, self.unit), 1 if ahead else -self.n, self.unit)
            return start, add(start, self.n, self.unit)
        if self.unit in CLOCK:
            return (
                (at.now, _hours(at.now, self.n, self.unit)) if ahead else (_hours(at.now, -self.n, self.unit), at.now)
            )
        if ahead:
            return at.now, add(at.today, self.n, self.unit) + timedelta(days=1)
        return add(at.today, -self.n, self.unit), at.now


@dataclass(frozen=True, slots=True)
class Now:
    """This very moment."""

    floating: ClassVar[bool] = False
    grain: ClassVar[None] = None
    tense: ClassVar[int] = 0

    def bounds(self, at: Vantage) -> Bounds:
        return at.now, at.now


@dataclass(frozen=True, slots=True)
class Beside:
    """ "The week before": the unit before (-1) or after (1) the window of the turn before."""

    unit: str
    shift: int
    floating: ClassVar[bool] = False
    grain: ClassVar[None] = None

    @property
    def tense(self) -> int:
        return _sign(self.shift)

    def bounds(self, at: Vantage) -> Bounds:
        raise ImpossibleTime("before or after what?")


# ---------------------------------------------------------------- times of day


@dataclass(frozen=True, slots=True)
class Stamp:
    """One second, written as a timestamp; in the caller's zone where it names none."""

    moment: datetime
    floating: ClassVar[bool] = False
    grain: ClassVar[None] = None
    tense: ClassVar[int] = 0

    def bounds(self, at: Vantage) -> Bounds:
        if self.moment.tzinfo is None:
            moment = _wall(self.moment.date(), self.moment.time(), at)
        else:
            moment = self.moment.astimezone(UTC)
        return moment, moment


@dataclass(frozen=True, slots=True)
class ClockAt:
    """A time of day, on ``day`` where one was said."""

    clock: time
    day: Node | None = None
    grain: ClassVar[None] = None

    @property
    def floating(self) -> bool:
        return self.day is None or self.day.floating

    @property
    def tense(self) -> int:
        return 0 if self.day is None else self.day.tense

    def bounds(self, at: Vantage) -> Bounds:
        if self.day is not None:
            moment = _wall(self.day.bounds(at)[0], self.clock, at)
            return moment, moment
        near = at.near
        moment = _wall(near.date(), self.clock, at)
        if at.onward and moment <= near:
            moment = _wall(near.date() + timedelta(days=1), self.clock, at)
        elif not at.onward and moment > near:
            moment = _wall(near.date() - timedelta(days=1), self.clock, at)
        return moment, moment


def _wall(day: Moment, clock: time, at: Vantage) -> datetime:
    """What the clock on the wall shows, as a moment; a time that the clock skips does not exist."""
    shown = datetime.combine(day, clock).replace(tzinfo=at.now.tzinfo)
    moment = shown.astimezone(UTC)
    if moment.astimezone(at.now.tzinfo).replace(tzinfo=None) != shown.replace(tzinfo=None):
        raise ImpossibleTime("the clock skips that hour")
    return moment
