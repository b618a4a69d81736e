"""Reads a whole phrase of time: its preposition, a named time or a range of two, and what stands behind them."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple, cast

from flarite_nl.values.intervals import Bound, Edge, Op, Range
from flarite_nl.values.timereader import Reader
from flarite_nl.values.timetokens import Found, Needs
from flarite_nl.values.timewords import YEARS, match
from flarite_nl.values.vantage import Node
from flarite_nl.values.windows import Ago, Beside, ClockAt, Day, Months, Now, Rolling, Stamp, Year

_LEVELS = {"": Needs.NOTHING, "loosely": Needs.LOOSE, "from": Needs.LOOSE, "at": Needs.LOOSE, "during": Needs.FIRM}


class Phrase(NamedTuple):
    """A phrase of time: ``node`` None is impossible, and without a node but with ``n`` it is a mere duration."""

    node: Node | None
    end: int
    n: int | None = None
    unit: str | None = None
    relative: tuple[int, str] | None = None
    weak: bool = False
    skip: bool = False
    """It names a time that is not ours ("every Monday"): no part of it may be read as one."""


class PhraseReader(Reader):
    """Reads phrases of time off the tokens of one prompt."""

    def phrase_at(self, at: int) -> Phrase | None:
        """The phrase of time that starts here, the longest one."""
        word = self.low[at]
        if word in self.words.ages and (age := self._age(at, future=False)):
            return age
        if word in self.words.leads:
            lead = match(self.low, at, self.words.leads)
            if lead and (found := self._led(at, *lead)):
                return found
        if not self.opens(at):
            return None
        if self._blocked(at):
            other = self.read(at)
            return Phrase(None, other.end, skip=True) if other else self._duration(at)
        return self._plain(at) or self._duration(at)

    def _blocked(self, at: int) -> bool:
        """Does the word before make this one mean something else: "every Monday", "early March", "Black Friday"?"""
        before = at - 2 if at > 1 and self.low[at - 1] == "-" else at - 1
        if before < 0:
            return False
        if self.has(before, "approximate"):
            return before == 0 or not self.has(before - 1, "unless_after")
        return self.fiscal(before)

    # ------------------------------------------------------------ without a preposition

    def _plain(self, at: int) -> Phrase | None:
        if numbers := self._number_range(at, ""):
            return numbers
        found = self.read(at)
        if found is None:
            return None
        if found.year:
            phrase = self._finish(found._replace(weak=True), "")
            return None if phrase and self._no_year(at, found, phrase.node) else phrase
        phrase = self._finish(found, "")
        return phrase or Phrase(None, found.end, skip=True)

    def _no_year(self, at: int, found: Found, node: Node | None) -> bool:
        """Is a bare four-digit number at most an amount, a limit or part of a number?"""
        if self._in_a_row(at):
            return False
        glued = at > 0 and self.glued(at - 1) and self.low[at - 1] in "-./#:="
        if not isinstance(node, Range) and self.glued(found.end - 1) and self.low[found.end] in ("-", "/", ":"):
            glued = True
        number = int(self.low[at]) if self.low[at].isdecimal() else 2000
        return glued or number not in YEARS or (at > 0 and self.has(at - 1, "no_year_after"))

    def _in_a_row(self, at: int) -> bool:
        """ "in 2024 and 2025", "for 2023, 2024 and 2025": the years before it say what the number is."""
        before = at
        while before > 1 and (
            joint := next((each for each in (before - 2, before - 1) if self._joins(each, before)), 0)
        ):
            year = self.year(joint - 1) if joint else None
            if year is None or year[0] not in YEARS:
                return False
            before = joint - 1
        leads = ("year_leads", "year_leads_weak")
        starts = range(max(0, before - 4), before)
        return before < at and any(self.phrase(each, name) == before for each in starts for name in leads)

    def _joins(self, at: int, end: int) -> bool:
        return at > 0 and self.phrase(at, "joiners") == end

    def _duration(self, at: int) -> Phrase | None:
        """ "3 months", "14 days": how long, not when."""
        count = self.count(at)
        if count is None or count.unit == "quarter":
            return None
        return Phrase(None, count.end, count.n, count.unit)

    # ------------------------------------------------------------ behind a preposition

    def _led(self, at: int, op: str, behind: int) -> Phrase | None:
        if op == "within":
            if count := self.one(behind):
                if other := self.of_time(count.end):
                    return Phrase(None, other.end)  # within 3 days of today: on both sides?
                return Phrase(Rolling(count.n, count.unit, None), count.end, count.n, count.unit)
            op = "during"
        if self.has(at, "in_words") and behind == at + 1 and (ahead := self._in(behind)):
            return ahead
        behind = self.phrase(behind, "alls") or behind
        if not self.opens(behind):
            return None
        if op == "between":
            return self._between(behind)
        if numbers := self._number_range(behind, op):
            return numbers
        found = self.read(behind)
        if found is None:
            return None
        if found.year:
            sure = self.phrase(at, "year_leads") is not None
            number = int(self.low[behind]) if self.low[behind].isdecimal() else 2025
            if not sure and (number not in YEARS or self.phrase(at, "year_leads_weak") is None):
                return None
            found = found._replace(weak=not sure)
        elif found.weak and op not in ("loosely", "from") and self.phrase(at, "year_leads_weak") is None:
            found = found._replace(weak=False)
        return self._finish(found, op)

    def _in(self, at: int) -> Phrase | None:
        """ "in 3 days", "in 2 weeks' time", "in less than 7 days"."""
        if age := self._age(at, future=True):
            return age
        count = self.one(at)
        if count is None or self.phrase(count.end, "ago"):
            return None
        end = self.phrase(count.end, "time_words") or self.phrase(count.end, "from_now") or count.end
        return Phrase(Ago(-count.n, count.unit), end, count.n, count.unit)

    def _between(self, at: int) -> Phrase | None:
        if numbers := self._number_range(at, "between"):
            return numbers
        first = self.read(at)
        if first is None:
            return None
        if first.node is None:
            return Phrase(None, first.end)
        behind = self._connector(first.end, "between")
        return self._ranged(first, behind, "between") if behind else None

    def _finish(self, found: Found, op: str) -> Phrase | None:
        """Whatever may follow the first named time: another, a time of day, "onwards"."""
        if found.node is None:
            # "from April 31 to May 15": the other end belongs to it, whatever that is.
            behind = self._connector(found.end, op)
            other = self.read(behind) if behind else None
            end = other.end if other else found.end
            return Phrase(None, end) if found.needs <= _LEVELS.get(op, Needs.ENDPOINT) else None
        if self.low[found.end] not in self.words.goes_on:
            return self._alone(found, op)
        short = self.phrase(found.end, "connectors_before")
        behind = None if op in ("before", "until", "at") else short or self._connector(found.end, op)
        if behind and (phrase := self._ranged(found, behind, op, before=bool(short))):
            return phrase
        if phrase := self._both_ends(found, op):
            return phrase
        if (behind := self.phrase(found.end, "to_date_phrases")) and op not in ("before", "until") and _end(found.node):
            return Phrase(Range(found.node, Now(), after=op == "after", back=op == "since"), behind)
        of_a_day = op in ("", "during", "loosely", "from") and found.node.grain == "day" and self._fits(found, op)
        return (self._within_day(found) if of_a_day else None) or self._alone(found, op)

    def _alone(self, found: Found, op: str) -> Phrase | None:
        node = cast(Node, found.node)
        on = self.low[found.end] in self.words.goes_on
        if on and op in _LEVELS and not isinstance(node, (Rolling, Beside)):
            behind = self.phrase(found.end, "onwards")
            if behind is None and op == "from" and (final := self.phrase(found.end, "onwards_final")):
                behind = final if self.last(final) else None
            if behind:
                return Phrase(Bound("onward", node), behind)
            if not isinstance(node, Now) and (behind := self.phrase(found.end, "backwards")):
                return Phrase(Bound("until", node), behind)
        point = found.needs == Needs.ENDPOINT or (isinstance(node, Edge) and not node.end)
        if op == "from" and point and not isinstance(node, Now):
            return Phrase(Bound("onward", node), found.end)
        if op == "at" and not isinstance(node, (Edge, Stamp)):
            return None
        if not self._fits(found, op):
            return None
        if op not in _LEVELS:
            if isinstance(node, Beside):
                return None
            node = Bound(cast(Op, op), node)
        return Phrase(node, found.end, found.n, found.unit, found.relative, found.weak)

    def _fits(self, found: Found, op: str) -> bool:
        """Is the preposition enough for what was read to be a time?"""
        level = _LEVELS.get(op, Needs.ENDPOINT)
        if found.final and not self.last(found.end):
            return False
        if found.needs == Needs.FIRM and level == Needs.LOOSE:
            return self.last(found.end)
        return found.needs <= level

    # ------------------------------------------------------------ two ends

    def _connector(self, at: int, op: str) -> int | None:
        if self.low[at] == "/" and "-" in self.low[at - 1] and "-" in self.low[at + 1]:
            return at + 1  # an ISO 8601 interval
        return self.phrase(at, "connectors") or (self.phrase(at, "both") if op == "between" else None)

    def _ranged(self, first: Found, at: int, op: str, before: bool = False) -> Phrase | None:
        last, first = self._second(first, at)
        if last is None or not _end(first.node):
            return None
        if last.node is None:
            return Phrase(None, last.end)
        if isinstance(first.node, ClockAt) and isinstance(last.node, ClockAt) and first.node.day is None:
            # "between 2pm and 3:30pm on March 3": the day of the second is that of both.
            first = first._replace(node=replace(first.node, day=last.node.day))
        if not _end(last.node) or (last.final and not self.last(last.end)):
            return None
        node = Range(cast(Node, first.node), last.node, after=op == "after", before=before, back=op == "since")
        if _backwards(first.node, last.node):
            return Phrase(None, last.end)
        if last.year and not (first.year and _in_years(first.node) and _in_years(last.node)):
            return None
        return Phrase(node, last.end, weak=last.year and op in ("from", "between", "loosely"))

    def _second(self, first: Found, at: int) -> tuple[Found | None, Found]:
        """The other end of a range; "March 1 to 15" lends it the month, and takes its year for both."""
        node = first.node
        bare = self.skip(at, "determiners")
        if isinstance(node, Day) and node.month is not None and (day := self.day_number(bare) or self.ordinal(bare)):
            behind = bare + 1
            follows = self.low[self.skip(behind, "of")]
            if follows not in self.words.months and not self.counts(behind) and self.low[behind] != "-":
                year, end = node.year, behind
                if year is None and (found := self.year_behind(behind)):
                    year, end = found
                if not (self.exists(node.month, day, year) and self.exists(node.month, node.day, year)):
                    return Found(None, end), first
                return Found(Day(year, node.month, day), end), first._replace(node=replace(node, year=year))
        return self.read(at), first

    def _number_range(self, at: int, op: str) -> Phrase | None:
        """ "1-15 March", "the 1st to the 15th of March", "3 to 5 days ago": only the second says of what."""
        at = self.skip(at, "determiners")
        low = self.number(at) or self.ordinal(at)
        if low is None:
            return None
        behind = self._connector(at + 1, op)
        if behind is None:
            return None
        last = self.read(behind)
        if last is None or (op == "" and at > 0 and self.has(at - 1, "counts_after")):
            return None
        if last.node is None:
            return Phrase(None, last.end) if low <= 31 else None
        if isinstance(last.node, Ago) and self.number(at):
            ends = sorted((Ago(low if last.node.n > 0 else -low, last.node.unit), last.node), key=lambda each: -each.n)
            return Phrase(Range(ends[0], ends[1]), last.end)
        day = last.node
        figures = self.skip(behind, "determiners")
        if not isinstance(day, Day) or (day.month is None and day.of is None) or self.low[figures] in self.words.months:
            return None
        if not (self.ordinal(figures) or self.day_number(figures)) or not (self.ordinal(at) or self.day_number(at)):
            return None
        if low >= day.day or (day.month is not None and not self.exists(day.month, low, day.year)):
            return Phrase(None, last.end)
        return Phrase(Range(replace(day, day=low), day), last.end)

    def _both_ends(self, found: Found, op: str) -> Phrase | None:
        """ "after March 1 and before March 15", in either order."""
        if op not in ("since", "onward", "after", "before", "until") or not _end(found.node):
            return None
        joined = self.phrase(found.end, "joiners") or found.end
        lead = match(self.low, joined, self.words.leads)
        if lead is None or (op in ("before", "until")) == (lead[0] in ("before", "until")):
            return None
        if lead[0] not in ("since", "onward", "after", "before", "until"):
            return None
        other = self.read(lead[1])
        if other is None or other.node is None or not _end(other.node) or (other.final and not self.last(other.end)):
            return None
        (start, opening), (end, closing) = (cast(Node, found.node), op), (other.node, lead[0])
        if op in ("before", "until"):
            start, opening, end, closing = end, closing, start, opening
        node = Range(start, end, after=opening == "after", before=closing == "before", back=opening == "since")
        return Phrase(node, other.end)

    def _within_day(self, found: Found) -> Phrase | None:
        """ "yesterday after 3pm", "today between 9am and 5pm"."""
        lead = match(self.low, found.end, self.words.leads)
        day = cast(Node, found.node)
        clock = self.clock(lead[1]) if lead else None
        if lead is None or clock is None:
            return None
        op, end = lead[0], clock[1]
        node = ClockAt(clock[0], day)
        if op in ("between", "from"):
            behind = self._connector(end, "between")
            closing = self.clock(behind) if behind else None
            if closing is None:
                return Phrase(Range(node, day), end) if op == "from" else None
            return Phrase(Range(node, ClockAt(closing[0], day)), closing[1])
        if op in ("since", "onward", "after"):
            return Phrase(Range(node, day), end)
        return Phrase(Range(day, node, before=True), end) if op in ("before", "until") else None

    # ------------------------------------------------------------ ages

    def _age(self, at: int, future: bool) -> Phrase | None:
        """ "older than 30 days", "more than 30 days ago", "less than 7 days from now"."""
        age = match(self.low, at, self.words.ages)
        count = self.one(age[1]) if age else None
        if age is None or count is None:
            return None
        op, _, bare = str(age[0]).partition("_")
        past = self.phrase(count.end, "age_suffixes")
        ahead = None if bare else self.phrase(count.end, "from_now")
        if not (past or ahead or bare or future):
            return None
        n, unit = count.n, count.unit
        if ahead or (future and not past):
            end = ahead or self.phrase(count.end, "time_words") or count.end
            if op == "newer":
                return Phrase(Rolling(n, unit, True), end, n, unit)
            return Phrase(Bound("after" if op == "before" else "onward", Ago(-n, unit)), end, n, unit)
        end = past or count.end
        if op == "newer":
            return Phrase(Bound("onward", Ago(n, unit), over=True), end, n, unit)
        return Phrase(Bound(cast(Op, op), Ago(n, unit)), end, n, unit)


def _end(node: Node | None) -> bool:
    """Can it be one end of a range?"""
    return node is not None and not isinstance(node, (Rolling, Beside, Bound, Range))


def _in_years(node: Node | None) -> bool:
    return isinstance(node, Months) and node.year is not None and node.year.number in YEARS


def _backwards(first: Node | None, last: Node) -> bool:
    """Does a range within one month run backwards: "March 20 to March 5"?"""
    if not (isinstance(first, Day) and isinstance(last, Day) and first.month is not None):
        return False
    later = first.day > last.day and first.month == last.month
    return later and (first.year == last.year or not (isinstance(first.year, Year) and isinstance(last.year, Year)))
