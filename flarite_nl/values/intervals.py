"""What is built from named times: edges and pieces of them, and the windows that they bound."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar, Literal, TypeAlias, cast
from zoneinfo import ZoneInfo

from flarite_nl.model.values import Moment, Window
from flarite_nl.values.vantage import CLOCK, Bounds, ImpossibleTime, Node, Open, Vantage, add, floor, instant
from flarite_nl.values.windows import Now, Stamp

Op: TypeAlias = Literal["since", "onward", "after", "before", "until"]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Edge:
    """The moment a period begins, or is over."""

    of: Node
    end: bool
    grain: ClassVar[None] = None

    @property
    def floating(self) -> bool:
        return self.of.floating

    @property
    def tense(self) -> int:
        return self.of.tense

    def bounds(self, at: Vantage) -> Bounds:
        moment = self.of.bounds(at)[self.end]
        return moment, moment


@dataclass(frozen=True, slots=True)
class ToDate:
    """A period so far: from its start to now."""

    of: Node
    floating: ClassVar[bool] = False
    grain: ClassVar[None] = None
    tense: ClassVar[int] = -1

    def bounds(self, at: Vantage) -> Bounds:
        return self.of.bounds(at.back())[0], at.now


@dataclass(frozen=True, slots=True)
class _OfDay:
    """What is told by a day: it floats where that day does, and lies where it lies."""

    day: Node

    @property
    def floating(self) -> bool:
        return self.day.floating

    @property
    def tense(self) -> int:
        return self.day.tense


@dataclass(frozen=True, slots=True)
class WeekOf(_OfDay):
    """The week that holds a day (0), begins (1) or ends (-1) with it."""

    side: int = 0
    grain: ClassVar[str] = "week"

    def bounds(self, at: Vantage) -> Bounds:
        day = _day(self.day.bounds(at)[0], at)
        start = (floor(day, "week"), day, add(day, -6, "day"))[self.side]
        return start, add(start, 1, "week")


@dataclass(frozen=True, slots=True)
class WeekendOf(_OfDay):
    """The weekend that holds a day; of a day that is in none, nobody says whether the one before or after."""

    grain: ClassVar[None] = None

    def bounds(self, at: Vantage) -> Bounds:
        day = _day(self.day.bounds(at)[0], at)
        start = add(floor(day, "week"), 5, "day")
        if day < start:
            raise ImpossibleTime("the weekend before it or after it?")
        return start, add(start, 2, "day")


@dataclass(frozen=True, slots=True)
class DayBeside(_OfDay):
    """The day so many units before (below 0) or after another."""

    shift: int
    unit: str = "day"
    grain: ClassVar[str] = "day"

    def bounds(self, at: Vantage) -> Bounds:
        day = add(_day(self.day.bounds(at)[0], at), self.shift, self.unit)
        return day, day + _DAY


@dataclass(frozen=True, slots=True)
class Piece:
    """``n`` units at the start (skipping ``skip``) or the end of a period: "the first 10 days of March"."""

    n: int
    unit: str
    last: bool
    of: Node
    skip: int = 0

    @property
    def floating(self) -> bool:
        return self.of.floating

    @property
    def tense(self) -> int:
        return self.of.tense

    @property
    def grain(self) -> str | None:
        return self.unit if self.n == 1 and self.unit != "half" else None

    def bounds(self, at: Vantage) -> Bounds:
        first, over = (_day(each, at) for each in self.of.bounds(at))
        start = add(over, -self.n, self.unit) if self.last else add(first, self.skip, self.unit)
        end = add(start, self.n, self.unit)
        if start < first or end > over:
            raise ImpossibleTime("there are not that many")
        return start, end


@dataclass(frozen=True, slots=True)
class NthWeekday:
    """The first (1), second, … or last (-1) Friday of a period."""

    n: int
    weekday: int
    of: Node
    grain: ClassVar[str] = "day"

    @property
    def floating(self) -> bool:
        return self.of.floating

    @property
    def tense(self) -> int:
        return self.of.tense

    def bounds(self, at: Vantage) -> Bounds:
        first, over = (_day(each, at) for each in self.of.bounds(at))
        if self.n < 0:
            day = over - timedelta(days=(over.isoweekday() - self.weekday - 1) % 7 + 1)
        else:
            day = first + timedelta(days=(self.weekday - first.isoweekday()) % 7 + 7 * (self.n - 1))
        if not first <= day < over:
            raise ImpossibleTime("there are not that many")
        return day, day + _DAY


@dataclass(frozen=True, slots=True)
class Bound:
    """Everything since, after, before or until a time. "since" always looks back."""

    op: Op
    node: Node
    over: bool = False
    """Nothing after now counts either: "less than 2 days ago"."""
    grain: ClassVar[None] = None

    @property
    def floating(self) -> bool:
        return self.node.floating

    @property
    def tense(self) -> int:
        if isinstance(self.node, Now):
            return -1 if self.op in ("before", "until") else 1
        return -1 if self.op == "since" or self.over else self.node.tense

    def bounds(self, at: Vantage) -> Bounds:
        raise ImpossibleTime("half of time has no two ends")

    def open(self, at: Vantage) -> Open:
        """Its two ends, None where open."""
        start, end = self.node.bounds(at.back() if self.op == "since" else at)
        if self.op in ("before", "until"):
            return None, start if self.op == "before" else end
        return end if self.op == "after" else start, at.now if self.over else None


@dataclass(frozen=True, slots=True)
class Range:
    """From one time to another, both included unless ``after`` the first or ``before`` the last."""

    first: Node
    last: Node
    after: bool = False
    before: bool = False
    back: bool = False
    """"since … until …" looks back."""
    grain: ClassVar[None] = None

    @property
    def floating(self) -> bool:
        return self.first.floating and self.last.floating

    @property
    def tense(self) -> int:
        if isinstance(self.first, Now):
            return 1
        return -1 if isinstance(self.last, Now) or self.back else self.last.tense

    def bounds(self, at: Vantage) -> Bounds:
        at = at.back() if self.back else at
        if self.first.floating and (at.onward or not self.last.floating):
            last = self.last.bounds(at)
            first = self.first.bounds(at.beside(last[1], False))
        else:
            first = self.first.bounds(at)
            last = self.last.bounds(at.beside(first[0], True))
        return first[self.after], last[not self.before]


def window(node: Node, at: Vantage) -> Window:
    """The window that the words name.

    Raises:
        ImpossibleTime: where there is none.
    """
    if isinstance(node, Edge):
        if not node.end:
            raise ImpossibleTime("how long from its start?")
        day = _day(node.bounds(at)[0], at) - _DAY
        return Window(day, day + _DAY)
    start, end = node.open(at) if isinstance(node, Bound) else node.bounds(at)
    if isinstance(node, Stamp) and isinstance(end, datetime):
        end += timedelta(seconds=1)
    if start is not None and end is not None and not _before(start, end, at):
        raise ImpossibleTime("its end is not after its start")
    return Window(_tidy(start, at), _tidy(end, at))


def the_day(node: Node, at: Vantage, last: bool) -> date | None:
    """The one day that the words name; of a longer time its first, or its last where ``last``."""
    if isinstance(node, Bound):
        at = at.back() if node.op == "since" else at
        return the_day(node.node, at, last) if node.op != "before" else _day(node.node.bounds(at)[0], at) - _DAY
    if isinstance(node, Edge):
        return _day(node.bounds(at)[0], at) - (_DAY if node.end else timedelta(0))
    start, end = node.bounds(at)
    if not last or start == end:
        return _day(start, at)
    final = instant(end, cast(ZoneInfo, at.now.tzinfo)).astimezone(UTC) - timedelta(microseconds=1)
    return _day(final, at)


def shifted(base: Window, shift: int, unit: str, tz: ZoneInfo) -> Window:
    """The window one ``unit`` before or after ``base``, the window of the turn before.

    A month before last week is no month that anyone could name: only a year shifts what is shorter than itself.

    Raises:
        ImpossibleTime: where there is no such window.
    """
    if base.start is None or base.end is None or unit in CLOCK:
        raise ImpossibleTime("before or after what?")
    first = instant(base.start, tz).date()
    end = instant(base.end, tz)
    over = end.date() if end.time() == time.min else end.date() + _DAY
    if over >= add(first, 1, unit):
        return Window(add(first, shift, unit), first) if shift < 0 else Window(over, add(over, shift, unit))
    if unit != "year":
        raise ImpossibleTime("it is shorter than that")
    return Window(add(first, shift, unit), add(over, shift, unit))


def _day(moment: Moment, at: Vantage) -> date:
    return moment.astimezone(at.now.tzinfo).date() if isinstance(moment, datetime) else moment


def _before(start: Moment, end: Moment, at: Vantage) -> bool:
    if not isinstance(start, datetime) and not isinstance(end, datetime):
        return start < end
    zone = cast(ZoneInfo, at.now.tzinfo)
    return instant(start, zone).astimezone(UTC) < instant(end, zone).astimezone(UTC)


def _tidy(moment: Moment | None, at: Vantage) -> Moment | None:
    """A midnight of the zone as its date, any other moment in UTC."""
    if isinstance(moment, datetime):
        here = moment.astimezone(at.now.tzinfo)
        return here.date() if here.time() == time.min else moment.astimezone(UTC)
    return moment
