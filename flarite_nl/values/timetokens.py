"""The single tokens that times are made of: numbers, ordinals, years, written dates, times of day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time
from decimal import Decimal
from enum import IntEnum
from typing import NamedTuple

from flarite_nl.values.dates import LeafDate, read_date, read_iso, read_stamp
from flarite_nl.values.timewords import TimeWords, Token, match
from flarite_nl.values.vantage import Node
from flarite_nl.values.windows import Day, Months, Stamp, Year

MAX_DATES = 24
"""How many different dates of one prompt are read: dateparser takes a millisecond for one that it has not met."""
_MAX_NUMBER = 99_999
_ISO = re.compile(r"\d{4}-\d\d?-\d\d?")
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[t ]\d\d?:?\d\d(:?\d\d)?(\.\d+)?(z|[+-]\d\d:?\d\d)?")
_MONTH_OF = re.compile(r"(\d{4})[-/](\d\d)|(\d\d?)/(\d{4})")
_SLASHED = re.compile(r"\d{1,2}/\d{1,2}(/\d{4}|/\d\d)?|\d{4}/\d{1,2}/\d{1,2}")
_CLOCK = re.compile(r"(\d{1,2})(?::(\d\d))?(?::(\d\d))?(?: ?([^\d: ]+))?")
_FIGURE_AND_UNIT = re.compile(r"(\d{1,4})([^\d]+)")
_PADDING = ("",) * 8
"""Lets a rule look a phrase ahead without asking where the prompt ends."""


class Needs(IntEnum):
    """What has to stand before a phrase for it to mean a time at all."""

    NOTHING = 0
    LOOSE = 1
    """Any preposition: "of", "for", "from"."""
    FIRM = 2
    """One that leaves no doubt: "on", "during"."""
    ENDPOINT = 3
    """"since", "until", or a place in a range: it is a mere point in time, or too vague for a window."""


class Found(NamedTuple):
    """A time that was read; ``node`` is None for one that cannot exist."""

    node: Node | None
    end: int
    needs: Needs = Needs.NOTHING
    n: int | None = None
    unit: str | None = None
    relative: tuple[int, str] | None = None
    weak: bool = False
    """It may as well be a name, or a mere number."""
    year: bool = False
    """A mere four-digit number."""
    final: bool = False
    """Only where its clause ends: "on the first", but not "on the first one"."""


class Count(NamedTuple):
    """ "3 days": how many, of what unit, and the index behind; ``full`` for "3 full months"."""

    n: int
    unit: str
    end: int
    full: bool = False


class TooManyDates(Exception):
    """The prompt names more than MAX_DATES different dates."""


class Tokens:
    """The tokens of one prompt, and what a single one of them can be."""

    def __init__(self, tokens: Sequence[Token], words: TimeWords) -> None:
        self.tokens = tokens
        self.words = words
        # What has another type than a number is no word of time, whatever its text.
        self.low = [t.lower if t.value is None or isinstance(t.value, Decimal) else "\0" for t in tokens]
        self.low.extend(_PADDING)
        self.size = len(tokens)
        self.depth = 0
        self.known: dict[int, Found | None] = {}
        self.dates: set[str] = set()

    # ------------------------------------------------------------ words

    def opens(self, at: int) -> bool:
        """Can a time begin with this token?"""
        word = self.low[at]
        if word in self.words.openers or word[:1].isdecimal() or word[:1] == "'":
            return True
        return at < self.size and isinstance(self.tokens[at].value, Decimal)

    def foreign(self, at: int) -> bool:
        """Can this token surely be no part of a time? It is a word that no list of time holds, or has another type."""
        word = self.low[at]
        if word == "\0":
            return True
        return word not in self.words.known and word.isalpha() and self.tokens[at].value is None

    def has(self, at: int, name: str) -> bool:
        """Is the word here on that list?"""
        return self.low[at] in self.words.lists[name]

    def skip(self, at: int, name: str) -> int:
        """The index behind the word of that list, if one is here."""
        return at + 1 if self.low[at] in self.words.lists[name] else at

    def phrase(self, at: int, name: str) -> int | None:
        """The index behind the phrase of that list which stands here."""
        phrases = self.words.phrases[name]
        if self.low[at] not in phrases:
            return None
        found = match(self.low, at, phrases)
        return found[1] if found else None

    def last(self, at: int) -> bool:
        """Does the clause end here?"""
        return at >= self.size or self.low[at] in ",.;:?!)"

    def glued(self, at: int) -> bool:
        """Does the next token follow without a blank?"""
        return at + 1 < self.size and self.tokens[at].end == self.tokens[at + 1].start

    # ------------------------------------------------------------ numbers

    def number(self, at: int) -> int | None:
        """A positive whole number, in digits or words."""
        value = self.tokens[at].value if at < self.size else None
        if (
            value is not None
            and isinstance(value, Decimal)
            and value.is_finite()
            and 0 < value <= _MAX_NUMBER
            and value == int(value)
        ):
            return int(value)
        return None

    def day_number(self, at: int) -> int | None:
        """A number in figures that a day of a month can have."""
        word = self.low[at]
        return int(word) if len(word) <= 2 and word.isdecimal() and word.isascii() and 0 < int(word) <= 31 else None

    def ordinal(self, at: int) -> int | None:
        """ "first", "5th"."""
        word = self.low[at]
        if word in self.words.ordinals:
            return self.words.ordinals[word]
        if word[:1].isdecimal() and len(word) < 5 and word.endswith(self.words.ordinal_suffixes):
            return int(word[:-2]) or None if word[:-2].isdecimal() else None
        return None

    def counts(self, at: int) -> bool:
        """Does the number before this word count things: "March 3 weeks", "in January 15 largest"?"""
        word = self.low[at]
        return word in self.words.lists["counts_before"] or word in self.words.units or word in self.words.meridiem

    def count(self, at: int) -> Count | None:
        """ "3 days", "a couple of weeks", "24h"."""
        n, unit_at = self.number(at), at + 1
        if n is None and (couple := self.phrase(at, "couples")):
            n, unit_at = 2, couple
        if n is None:
            figure = _FIGURE_AND_UNIT.fullmatch(self.low[at]) if self.low[at][:1].isdecimal() else None
            unit = (self.words.short_units.get(figure[2]) or self.words.units.get(figure[2])) if figure else None
            return Count(int(figure[1]), unit, at + 1) if figure and unit and int(figure[1]) else None
        full = self.skip(unit_at, "full")
        if self.low[full] == "-":
            full += 1
        unit = self.words.units.get(self.low[full]) or self.words.short_units.get(self.low[full])
        if unit is None or unit in ("weekend", "half"):
            return None
        end = self.skip(full + 1, "possessives")
        n, unit = (14 * n, "day") if unit == "fortnight" else (n, unit)
        return Count(n, unit, end, full=self.has(unit_at, "full"))

    def one(self, at: int) -> Count | None:
        """ "a week", "an hour"; otherwise as :meth:`count`."""
        if not self.has(at, "one"):
            return self.count(at)
        unit = self.words.units.get(self.low[at + 1])
        if unit is None or unit in ("weekend", "half"):
            return self.count(at)
        return Count(14, "day", at + 2) if unit == "fortnight" else Count(1, unit, at + 2)

    # ------------------------------------------------------------ years

    def year(self, at: int) -> tuple[int, int] | None:
        """A year in four figures, or ``'25``; and the index behind it."""
        word = self.low[at]
        if len(word) == 4 and word[:2] in ("19", "20") and word.isdecimal() and word.isascii():
            return int(word), at + 1
        if word[:1] == "'":
            figures, end = (word[1:], at + 1) if word != "'" else (self.low[at + 1], at + 2)
            if len(figures) == 2 and figures.isdecimal() and figures.isascii():
                return 2000 + int(figures), end
        return None

    def year_behind(self, at: int) -> tuple[Year, int] | None:
        """The year behind a month or a day: "2025", ", 2025", "of 2025", "last year", "of the year"."""
        comma = self.low[at] == ","
        of = self.skip(at, "of")
        start = at + 1 if comma else of
        if self.low[at] == "-" and self.glued(at - 1) and self.glued(at):
            start = at + 1  # 5-Mar-2025, Q4-2025
        if year := self.year(start):
            return Year(year[0]), year[1]
        start = self.skip(start, "determiners")
        if of > at and start > of and self.words.units.get(self.low[start]) == "year":
            return Year(), start + 1
        direction = None if comma else match(self.low, start, self.words.directions)
        if direction and self.words.units.get(self.low[direction[1]]) == "year":
            return Year(shift=direction[0]), direction[1] + 1
        return None

    def iso_month_behind(self, at: int) -> int | None:
        """The month of ``2026-03`` that was split at its dash."""
        whole = self.low[at + 1] == "-" and self.glued(at) and self.glued(at + 1)
        month = self.day_number(at + 2) if whole and len(self.low[at + 2]) == 2 else None
        return month if month and month <= 12 else None

    # ------------------------------------------------------------ dates and times of day

    def exists(self, month: int, day: int, year: Year | None) -> bool:
        """Is there such a day, in that year if one is named?"""
        text = f"{month}/{day}" if year is None or year.number is None else f"{month}/{day}/{year.number}"
        return self._leaf(text) is not None

    def _leaf(self, text: str) -> LeafDate | None:
        self.dates.add(text)
        if len(self.dates) > MAX_DATES:
            raise TooManyDates
        return read_date(text)

    def written_date(self, at: int) -> Found | None:
        """A date, month or timestamp in figures that is one token."""
        word = self.low[at]
        if self.low[at + 1] == "/" and word.isdecimal() and self.glued(at) and self.glued(at + 1):  # 03/2026, split
            word, end = f"{word}/{self.low[at + 2]}", at + 3
        else:
            end = at + 1
        if len(word) < 3 or not ("-" in word or "/" in word):
            return None
        if _ISO.fullmatch(word):
            return _day(read_iso(word), end)
        if _STAMP.fullmatch(word):
            moment = read_stamp(word)
            return Found(Stamp(moment) if moment else None, end)
        if parts := _MONTH_OF.fullmatch(word):
            month, year = int(parts[2] or parts[3]), int(parts[1] or parts[4])
            return Found(Months(month, 1, Year(year)), end) if 0 < month <= 12 and 1900 <= year < 2100 else None
        if not _SLASHED.fullmatch(word):
            return None
        found = _day(self._leaf(word), end)
        if word.count("/") == 2:
            return found
        # 24/7 and 1/2 are no dates unless a preposition says so.
        return Found(found.node, found.end, Needs.NOTHING if found.node else Needs.LOOSE, weak=True)

    def clock(self, at: int) -> tuple[time, int] | None:
        """ "3pm", "3 pm", "15:30", "noon"; and the index behind."""
        word = self.low[at]
        if word in self.words.clock_words:
            return time.fromisoformat(self.words.clock_words[word]), at + 1
        parts = _CLOCK.fullmatch(word) if word[:1].isdecimal() else None
        if parts is None or not word.isascii():
            return None
        suffix, end = (parts[4], at + 1) if parts[4] else (self.low[at + 1], at + 2)
        hour, half = int(parts[1]), self.words.meridiem.get(suffix)
        if half is None:
            if parts[4] or not parts[2]:
                return None
            end = at + 1
        elif not 1 <= hour <= 12:
            return None
        hour = hour if half is None else hour % 12 + half
        minute, second = int(parts[2] or 0), int(parts[3] or 0)
        return (time(hour, minute, second), end) if hour < 24 and minute < 60 and second < 60 else None


def _day(leaf: LeafDate | None, end: int) -> Found:
    if leaf is None:
        return Found(None, end)
    year = None if leaf.year is None else Year(leaf.year)
    return Found(Day(year, leaf.month, leaf.day), end)
