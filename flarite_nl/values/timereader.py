"""Reads one named time ("last week", "March 5", "the end of Q3") off a row of tokens.

Each rule is given the index it stands at and answers with what it read and the index behind it, or None. No rule
looks further than a phrase ahead, so reading is linear in the length of the prompt.
"""

from __future__ import annotations

from dataclasses import replace

from flarite_nl.values.intervals import DayBeside, Edge, NthWeekday, Range, ToDate, WeekendOf, WeekOf
from flarite_nl.values.timeperiods import CALENDAR, PIECES, PeriodReader
from flarite_nl.values.timetokens import Found, Needs
from flarite_nl.values.timewords import match
from flarite_nl.values.vantage import CLOCK, Node
from flarite_nl.values.windows import (
    Ago,
    Beside,
    Calendar,
    ClockAt,
    Day,
    Months,
    Now,
    Rolling,
    Weekday,
    WeekdayOf,
    Weekend,
    Year,
)

MAX_DEPTH = 6
"""How deep times may nest: "the end of the week of the day after last Monday"."""


class Reader(PeriodReader):
    """Reads named times off the tokens of one prompt."""

    def read(self, at: int) -> Found | None:
        """The named time that stands here, with the articles before and the time of day behind it."""
        if at in self.known:
            return self.known[at]
        if self.depth == MAX_DEPTH or not self.opens(at):
            return None
        self.depth += 1
        found = self.known[at] = self._read(at)
        self.depth -= 1
        return found

    def _read(self, at: int) -> Found | None:
        whole = self.phrase(at, "wholes")
        start = whole or at
        named = self.skip(start, "determiners")
        if named > at and not self.opens(named):
            return None
        found = self._named(named, the=named > start)
        if found is None or found.node is None:
            return found
        if found.node.grain == "day" and found.needs < Needs.ENDPOINT:
            clock = self.clock(self.skip(found.end, "at"))
            if clock is not None:
                node = ClockAt(clock[0], found.node)
                return Found(node, clock[1], Needs.ENDPOINT)
        if whole:
            found = found._replace(weak=False, year=False)
        if self.has(found.end, "possessives"):
            return found._replace(end=found.end + 1, weak=False)
        return found

    def _named(self, at: int, the: bool) -> Found | None:
        words, word = self.words, self.low[at]
        if word in words.days:
            return self.so_far(Found(Calendar("day", words.days[word]), at + 1))
        if word in words.directions or word in words.rolling:
            return self._directed(at)
        if word in words.months:
            return self.month(at, None)
        if word in words.weekdays:
            return self.weekday(at)
        if word in words.quarters or word in words.halves:
            return self.part(at, None)
        if self.has(at, "start_words") or self.has(at, "end_words"):
            return self._edge(at)
        if word in words.units and (found := self._unit(at, the)):
            return found
        if (word[:1].isdecimal() or word[:1] == "'") and word not in words.coded:
            return self._figures(at)
        return self._other(at)

    def _other(self, at: int) -> Found | None:
        words, word = self.words, self.low[at]
        if word in words.coded:
            first, count, year = words.coded[word]
            return Found(Months(first, count, Year(year)), at + 1)
        if word in words.to_date:
            return Found(ToDate(Calendar(words.to_date[word], 0)), at + 1)
        if word in words.trailing:
            n, unit = words.trailing[word].split()
            return Found(Rolling(int(n), unit, False), at + 1, n=int(n), unit=unit)
        if word in words.ends_of:
            return self._end_of(words.ends_of[word], at + 1)
        if word in words.clock_words:
            return self._clock(at)
        if word in words.middles:
            return self.middle(words.middles[word], at + 1)
        if word in words.ordinals:
            return self.nth(at, words.ordinals[word], spelled=True)
        return self._phrased(at) or self._counted(at)

    def _phrased(self, at: int) -> Found | None:
        """ "mid January", "so far this month", "right now", "final quarter of 2025"."""
        if (behind := self.phrase(at, "middle_words")) and self.low[behind] in self.words.months:
            return self.middle(self.words.months[self.low[behind]], behind + 1)
        if behind := self.phrase(at, "so_far"):
            inner = self.read(self.skip(behind, "in_words"))
            if inner and isinstance(inner.node, (Calendar, Months)) and inner.node.grain:
                return Found(ToDate(inner.node), inner.end)
        if behind := self.phrase(at, "now"):
            return Found(Now(), behind, Needs.ENDPOINT)
        return self.last_of(at + 1) if self.has(at, "piece_last") else None

    def _counted(self, at: int) -> Found | None:
        """ "twenty-first of March", "two weeks ago"."""
        if (tens := self.number(at)) in (20, 30):
            ones_at = at + 2 if self.low[at + 1] == "-" else at + 1
            ones = self.words.ordinals.get(self.low[ones_at], 10)
            if tens and ones < 10:
                return self.nth(ones_at, tens + ones, spelled=True)
        return self._distance(at)

    # ------------------------------------------------------------ last, this, next

    def _directed(self, at: int) -> Found | None:
        rolling = match(self.low, at, self.words.rolling)
        if rolling and (found := self._rolling(rolling[1], rolling[0])):
            return found
        direction = match(self.low, at, self.words.directions)
        if direction is None:
            return None
        shift, behind = direction
        full = self.skip(behind, "full")
        word, words = self.low[full], self.words
        if word in words.units:
            return self._directed_unit(at, full, shift)
        if word in words.months:
            if (dated := self.month(full, None)) and isinstance(dated.node, Day):
                day = replace(dated.node, year=Year()) if shift == 0 and dated.node.year is None else None
                return dated._replace(node=day)  # last December 25: of last year, or the last one there was?
            return Found(Months(words.months[word], 1, which=shift), full + 1)
        if word in words.weekdays:
            return self._directed_weekday(at, full, shift)
        if word in words.quarters:
            return Found(Months(words.quarters[word] * 3 - 2, 3, which=shift), full + 1)
        if word in words.halves:
            return Found(Months(words.halves[word] * 6 - 5, 6, which=shift), full + 1)
        return None

    def _rolling(self, at: int, shift: int) -> Found | None:
        """ "last 7 days", and "last 7 days of March"."""
        full = self.skip(at, "full")
        count = self.count(full)
        if count is None:
            return None
        if (inner := self.of_time(count.end)) is not None:
            return self.piece(count, inner, last=True) if shift < 0 else None
        whole = count.full or full > at
        if whole and count.unit not in CALENDAR:
            whole = False
        node = Rolling(count.n, count.unit, shift > 0, whole)
        return Found(node, count.end, n=count.n, unit=count.unit)

    def _directed_unit(self, start: int, at: int, shift: int) -> Found | None:
        unit, end = self.words.units[self.low[at]], at + 1
        if self.of_time(end) is not None:
            return self.last_of(at) if self.has(start, "piece_last") else None
        if unit in CLOCK or unit in ("day", "fortnight"):
            if shift == 0:
                return None
            n, unit = (14, "day") if unit == "fortnight" else (1, unit)
            needs = Needs.LOOSE if n == 1 and unit == "day" else Needs.NOTHING
            return Found(Rolling(n, unit, shift > 0), end, needs, n, unit)
        if unit == "half":
            return None
        relative = (shift, unit) if self.has(start, "relative") else None
        if unit == "year" and (part := self.part_of_year(self.skip(end, "possessives"), Year(shift=shift))):
            return part
        if unit == "week":
            day = self.skip(self.skip(end, "possessives"), "on")
            if self.low[day] in self.words.weekdays:
                return Found(WeekdayOf(self.words.weekdays[self.low[day]], shift), day + 1)
        return self.so_far(Found(Calendar(unit, shift), end, relative=relative))

    def _directed_weekday(self, start: int, at: int, shift: int) -> Found | None:
        weekday = self.words.weekdays[self.low[at]]
        if (inner := self.of_time(at + 1)) is not None:
            if shift < 0 and self.has(start, "piece_last") and inner.node and inner.node.grain in PIECES["day"]:
                return Found(NthWeekday(-1, weekday, inner.node), inner.end)
            return None
        near = self.phrase(start, "nearest") is not None
        which = {-1: "past" if near else "last", 0: "this", 1: "coming" if near else "next"}[shift]
        return Found(Weekday(weekday, which), at + 1)

    # ------------------------------------------------------------ units

    def _unit(self, at: int, the: bool) -> Found | None:
        """ "month to date", "the week before last", "the day before yesterday", "week of March 2", "year 2025"."""
        unit, end = self.words.units[self.low[at]], at + 1
        if unit == "weekend":
            return self._weekend(end, the)
        if unit not in CALENDAR and unit != "day":
            return None
        if unit != "day" and (so_far := self.so_far(Found(Calendar(unit, 0), end))).end > end:
            return so_far
        if beside := self._beside(unit, end, the):
            return beside
        if unit in ("month", "year") and (inner := self.of_time(end)) and isinstance(inner.node, Months):
            return inner if inner.node.grain == unit else None
        if unit == "year" and (year := self.year(end)):
            return Found(Months(1, 12, Year(year[0])), year[1])
        if unit == "quarter" and (nth := self.number(end)) and nth <= 4:
            return self.months(nth, 3, end + 1, None)
        if unit == "week" and (found := self._week_of(end)):
            return found
        edge = end + 1 if self.low[end] == "-" else end
        if unit in CALENDAR and self.has(edge, "end_words"):
            return Found(Edge(Calendar(unit, 0), True), edge + 1)
        return None

    def _weekend(self, end: int, the: bool) -> Found | None:
        for name, shift in (("before_last", -2), ("after_next", 2)):
            if behind := self.phrase(end, name):
                return Found(Calendar("weekend", shift), behind)
        if (inner := self.of_time(end)) is not None:
            if inner.node is not None and inner.node.grain == "day":
                return Found(WeekendOf(inner.node), inner.end)
            return Found(None, inner.end)
        return Found(Weekend(), end, Needs.NOTHING if the else Needs.FIRM)

    def _beside(self, unit: str, end: int, the: bool) -> Found | None:
        for name, shift in (("before_last", -2), ("after_next", 2)):
            if unit != "day" and (behind := self.phrase(end, name)):
                return Found(Calendar(unit, shift), behind)
        shift = -1 if self.has(end, "before") else 1 if self.has(end, "after") else 0
        if shift == 0:
            return None
        inner = self.read(end + 1)
        if inner is not None:
            if unit == "day" and inner.node is not None and inner.node.grain == "day":
                return Found(DayBeside(inner.node, shift), inner.end)
            return Found(None, inner.end)  # the week before March 5: its last seven days, or the week on the calendar?
        behind = self.skip(end + 1, "back_words")
        return Found(Beside(unit, shift), behind, relative=(shift, unit)) if the else None

    def _week_of(self, end: int) -> Found | None:
        sides = ((self.phrase(end, "week_starts"), 1), (self.phrase(end, "week_ends"), -1), (self.skip(end, "of"), 0))
        for behind, side in sides:
            if behind is not None and behind > end:
                inner = self.read(behind)
                if inner and inner.node is None:
                    return inner
                if inner and inner.node and inner.node.grain == "day":
                    return Found(WeekOf(inner.node, side), inner.end)
        return None

    # ------------------------------------------------------------ edges

    def _edge(self, at: int) -> Found | None:
        """ "the end of the month", "start of Q2"."""
        end = self.has(at, "end_words")
        of = at + 2 if self.low[at + 1] == "-" else at + 1
        if not self.has(of, "edge_of"):
            return None
        inner = self._period(of + 2 if self.low[of + 1] == "-" else of + 1)
        if inner is None or inner.node is None:
            return inner
        if end and isinstance(inner.node, Calendar) and inner.node == Calendar("day", 0):
            return self._end_of("day", inner.end)
        return Found(Edge(inner.node, end), inner.end)

    def _period(self, at: int) -> Found | None:
        """A period with two ends: "next month", "Q2", and "the month", "month", which are the current one."""
        inner = self.read(at)
        if inner is None or isinstance(inner.node, ToDate):
            unit_at = self.skip(at, "determiners")
            unit = self.words.units.get(self.low[unit_at])
            return Found(Calendar(unit, 0), unit_at + 1) if unit in (*CALENDAR, "day") and unit else None
        if inner.node is None:
            return inner
        whole = inner.node.grain is not None or isinstance(inner.node, (Months, Calendar))
        return inner if whole and inner.needs < Needs.FIRM else None

    def _end_of(self, unit: str, end: int) -> Found:
        """ "EOM"; "end of day", which may be that of a day named behind it."""
        node: Node = Calendar(unit, 0)
        if unit == "day" and (inner := self.read(self.skip(end, "on"))) and inner.node and inner.node.grain == "day":
            node, end = inner.node, inner.end
        return Found(Edge(node, True), end)

    # ------------------------------------------------------------ figures

    def _figures(self, at: int) -> Found | None:
        if found := self.written_date(at):
            return found
        if n := self.ordinal(at):
            return self.nth(at, n, spelled=False)
        if year := self.year(at):
            return self._year(at, *year)
        if found := self._clock(at):
            return found
        day = self.day_number(at)
        if day and (at == 0 or not self.has(at - 1, "counts_after")):
            found = self.day_first(at, day, spelled=False, ordinal=False)
            if found:
                return found
        return self._distance(at)

    def _year(self, at: int, year: int, end: int) -> Found | None:
        if year < 1900 or self.words.units.get(self.low[end], "half") != "half":
            return None
        if part := self.part_of_year(self.skip(end, "possessives"), Year(year)):
            return part
        month = self.iso_month_behind(at)
        if month:
            return Found(Months(month, 1, Year(year)), end + 2)
        return self.so_far(Found(Months(1, 12, Year(year)), end, year=True))

    def _clock(self, at: int) -> Found | None:
        """ "3pm", "3pm yesterday"."""
        clock = self.clock(at)
        if clock is None:
            return None
        shown, end = clock
        day_at = self.skip(end, "on")
        start = self.skip(day_at, "determiners")
        inner = None if self.clock(start) else self._named(start, the=start > day_at)
        if inner is not None and inner.node is not None and inner.node.grain == "day":
            if self.low[at] in self.words.clock_words and shown.hour == 0:
                return None  # midnight on Friday: its first or its last moment?
            return Found(ClockAt(shown, inner.node), inner.end, Needs.ENDPOINT)
        return Found(ClockAt(shown), end, Needs.ENDPOINT)

    def _distance(self, at: int) -> Found | None:
        """ "3 days ago", "a week from now", "3 days before March 5"; "the 3 days before March 5" are all three."""
        count = self.one(at)
        if count is None:
            return None
        if behind := self.phrase(count.end, "ago"):
            return Found(Ago(count.n, count.unit), behind, n=count.n, unit=count.unit)
        if behind := self.phrase(count.end, "from_now"):
            return Found(Ago(-count.n, count.unit), behind, n=count.n, unit=count.unit)
        apart = match(self.low, count.end, self.words.apart)
        inner = self.read(apart[1]) if apart and count.unit not in CLOCK else None
        if not (apart and inner and inner.node and inner.node.grain == "day"):
            return None
        day = DayBeside(inner.node, apart[0] * count.n, count.unit)
        if at == 0 or not self.has(at - 1, "determiners"):
            return Found(day, inner.end)
        if apart[0] < 0:
            return Found(Range(day, inner.node, before=True), inner.end)
        return Found(Range(inner.node, day, after=True), inner.end)
