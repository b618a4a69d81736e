"""Reads months, quarters, halves, dates and weekdays, and the pieces of them, off a row of tokens."""

from __future__ import annotations

from dataclasses import replace

from flarite_nl.values.intervals import NthWeekday, Piece, ToDate
from flarite_nl.values.timetokens import Count, Found, Needs, Tokens
from flarite_nl.values.timewords import match
from flarite_nl.values.windows import Calendar, Day, Months, Weekday, WeekdayOf, Year

CALENDAR = ("week", "month", "quarter", "year")
PIECES = {
    "month": ("quarter", "half", "year"),
    "quarter": ("half", "year"),
    "half": ("year",),
    "day": ("week", "month", "quarter", "year"),
}
"""Of what a unit is a piece with exact ends: a week of a month has none."""


class PeriodReader(Tokens):
    """Reads the times that the calendar has names for. Each rule stands at an index; see :class:`Reader`."""

    def read(self, at: int) -> Found | None:
        """The named time that stands here: :class:`Reader` knows them all."""
        raise NotImplementedError

    def fiscal(self, at: int) -> bool:
        """Does the word here take the time beside it out of our calendar: "fiscal 2025", "early March"?"""
        return self.low[at].rstrip("0123456789") in self.words.lists["blockers"]

    def so_far(self, found: Found) -> Found:
        """ "this month so far", "January to date"."""
        behind = self.phrase(found.end, "so_far") or self.phrase(found.end, "to_date_phrases")
        return found if behind is None or found.node is None else Found(ToDate(found.node), behind)

    # ------------------------------------------------------------ pieces of periods

    def of_time(self, at: int) -> Found | None:
        """The period behind "of", where "of" is followed by one; "the month" is this month."""
        if not self.has(at, "of"):
            return None
        inner = self.read(at + 1)
        if inner is not None and inner.node is not None:
            return inner
        unit_at = self.skip(at + 1, "determiners")
        unit = self.words.units.get(self.low[unit_at])
        if unit in CALENDAR and unit_at > at + 1:
            return Found(Calendar(unit, 0), unit_at + 1)
        return inner

    def piece(self, count: Count, inner: Found, last: bool, skip: int = 0) -> Found | None:
        if inner.node is None or (inner.node.grain is None and not isinstance(inner.node, Months)):
            return None
        grain = "half" if isinstance(inner.node, Months) and inner.node.count == 6 else inner.node.grain
        weeks = count.unit == "week" and count.n > 1 and grain in CALENDAR[1:]
        if grain not in PIECES.get(count.unit, ()) and not weeks:
            return Found(None, inner.end)  # the first week of March: from its first day, or its first Monday?
        return Found(Piece(count.n, count.unit, last, inner.node, skip), inner.end)

    def last_of(self, at: int) -> Found | None:
        """ "last day of the month", "final quarter of 2025"; ``at`` is the unit."""
        unit = self.words.units.get(self.low[at])
        inner = self.of_time(at + 1)
        return None if unit is None or inner is None else self.piece(Count(1, unit, at + 1), inner, last=True)

    def nth(self, at: int, n: int, spelled: bool) -> Found | None:
        """ "first quarter of 2025", "first Friday of March", "first 10 days of March", "5th of March"."""
        word, words = self.low[at + 1], self.words
        unit = words.units.get(word)
        if unit in ("quarter", "half"):
            months = 3 if unit == "quarter" else 6
            return self.months(n, months, at + 2, None) if n * months <= 12 else None
        if unit is not None:
            inner = self.of_time(at + 2)
            return self.piece(Count(1, unit, at + 2), inner, last=False, skip=n - 1) if inner else None
        if word in words.weekdays and (inner := self.of_time(at + 2)):
            if inner.node is None or inner.node.grain not in PIECES["day"]:
                return None
            return Found(NthWeekday(n, words.weekdays[word], inner.node), inner.end)
        if n == 1 and (count := self.count(at + 1)):
            inner = self.of_time(count.end)
            return self.piece(count, inner, last=False) if inner else None
        return self.day_first(at, n, spelled, ordinal=True)

    def part(self, at: int, year: Year | None) -> Found | None:
        """ "Q1 2025", "H2 last year"."""
        word = self.low[at]
        if word in self.words.quarters:
            return self.months(self.words.quarters[word], 3, at + 1, year)
        if word in self.words.halves:
            return self.months(self.words.halves[word], 6, at + 1, year)
        return None

    def months(self, nth: int, count: int, end: int, year: Year | None) -> Found | None:
        """The ``nth`` quarter or half, with the year behind it."""
        if year is None and (behind := self.year_behind(end)):
            year, end = behind
        elif self.fiscal(end) or self.of_time(end) is not None:
            return None  # of a fiscal year, of a month: not ours
        needs = Needs.LOOSE if count == 6 and year is None else Needs.NOTHING
        return self.so_far(Found(Months((nth - 1) * count + 1, count, year), end, needs))

    def part_of_year(self, at: int, year: Year) -> Found | None:
        """What follows "last year's" or "2025": "Q1", "first quarter", "January", "March 5"."""
        if part := self.part(at, year):
            return part
        if self.low[at] in self.words.months and self.low[at] not in self.words.lists["strict"]:
            return self.month(at, year)
        n = self.ordinal(at)
        unit = self.words.units.get(self.low[at + 1]) if n else None
        if n and unit in ("quarter", "half") and n * (months := 3 if unit == "quarter" else 6) <= 12:
            return self.months(n, months, at + 2, year)
        return None

    # ------------------------------------------------------------ months, days, weekdays

    def month(self, at: int, year: Year | None) -> Found | None:
        """ "March", "March 2025", "March 5th, 2025", "March last year"."""
        word = self.low[at]
        month, end = self.words.months[word], at + 1
        if self.low[end] == "." and self.day_number(end + 1):
            end += 1
        day_at = self.skip(end, "determiners")
        day = self.ordinal(day_at) if day_at > end else self.ordinal(end) or self.day_number(end)
        if day and self.low[day_at] not in self.words.ordinals and self.counts(day_at + 1) is False:
            return self.date(month, day, day_at + 1, year)
        if year is None and (behind := self.year_behind(end)):
            return Found(Months(month, 1, behind[0]), behind[1])
        if self.fiscal(end):
            return None
        strict = year is None and self.has(at, "strict") and not self._asked_about(at, end)
        needs, weak = Needs.LOOSE if strict else Needs.NOTHING, year is None and self.has(at, "names")
        return self.so_far(Found(Months(month, 1, year), end, needs, weak=weak))

    def _asked_about(self, at: int, end: int) -> bool:
        """ "May?", "and May?", "what about May?", "May, June": with nothing or another month behind, it is no verb."""
        if not self.last(end):
            return False
        if self.low[end] == "," and self.low[end + 1] in self.words.months:
            return True
        about = at > 1 and self.has(at - 1, "approximate") and self.has(at - 2, "unless_after")
        return at == 0 or about or (at == 1 and self.phrase(0, "both") == 1)

    def day_first(self, at: int, day: int, spelled: bool, ordinal: bool) -> Found | None:
        """ "5 March 2025", "the 5th of March", "the 5th of last month", "the 5th"."""
        of = self.skip(at + 1, "of")
        month_at = of + 1 if self.low[of] == "-" and self.glued(of - 1) and self.glued(of) else of
        if self.low[month_at] in self.words.months and (of > at + 1 or not spelled):
            return self.date(self.words.months[self.low[month_at]], day, month_at + 1, None)
        if not ordinal or day > 31:
            return None
        if of > at + 1:
            inner = self.of_time(at + 1)
            if inner and isinstance(inner.node, Calendar) and inner.node.unit == "month":
                return Found(Day(None, None, day, inner.node.shift), inner.end)
            return None
        return Found(Day(None, None, day), at + 1, Needs.FIRM, final=spelled)

    def date(self, month: int, day: int, end: int, year: Year | None) -> Found | None:
        if year is None and (behind := self.year_behind(end)):
            year, end = behind
        if not self.exists(month, day, year):
            return Found(None, end)
        return Found(Day(year, month, day), end)

    def weekday(self, at: int) -> Found | None:
        """ "Monday", "Monday last week", "Friday, March 20"."""
        weekday, end = self.words.weekdays[self.low[at]], at + 1
        week = self.skip(self.skip(end, "of"), "determiners")
        if direction := match(self.low, week, self.words.directions):
            shift, unit_at = direction
            if self.words.units.get(self.low[unit_at]) == "week":
                return Found(WeekdayOf(weekday, shift), unit_at + 1)
        date_at = self.skip(end + 1 if self.low[end] == "," else end, "determiners")
        found = None
        if self.low[date_at] in self.words.months:
            found = self.month(date_at, None)
        elif (day := self.ordinal(date_at)) and self.low[date_at] not in self.words.ordinals:
            found = self.day_first(date_at, day, spelled=False, ordinal=True)
        elif (number := self.day_number(date_at)) and self.low[date_at + 1] in self.words.months:
            found = self.day_first(date_at, number, spelled=False, ordinal=False)
        if found and isinstance(found.node, Day):
            return found._replace(node=replace(found.node, weekday=weekday), needs=Needs.NOTHING)
        if found and found.node is None:
            return found
        return Found(Weekday(weekday), end, Needs.LOOSE if self.has(at, "strict") else Needs.NOTHING)

    def middle(self, month: int, end: int) -> Found:
        """ "mid-January": the 15th, as one end of a window."""
        year = None
        if behind := self.year_behind(end):
            year, end = behind
        return Found(Day(year, month, 15), end, Needs.ENDPOINT)
