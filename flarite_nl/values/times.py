"""Times in a prompt: where they stand, and the window that each one names (FRAME.md, "Time").

The English words are in ``grammars/time.yaml``; :func:`load_time_words` makes them ready for :func:`find_times`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from flarite_nl.model.values import Window
from flarite_nl.values.intervals import Bound, Range, shifted, the_day, window
from flarite_nl.values.timephrases import Phrase, PhraseReader
from flarite_nl.values.timetokens import TooManyDates
from flarite_nl.values.timewords import TimeWords, Token, anchored, load_time_words
from flarite_nl.values.vantage import ImpossibleTime, Node, vantage
from flarite_nl.values.windows import Ago, Beside, Months, Rolling

__all__ = ["ImpossibleTime", "TimeExpr", "TimeSpan", "TimeWords", "find_times", "load_time_words"]


REACH = 10
"""How many words may stand in a time before the one that makes it one: "over the course of the last three months"."""


@dataclass(frozen=True, slots=True)
class TimeExpr:
    """A time as it was said; :meth:`resolve` turns it into a window once it is known what it is about.

    ``kind`` is ``"window"``, ``"duration"`` ("3 months", without a direction: ``n`` and ``unit`` say how long) or
    ``"impossible"`` ("Feb 30"). ``n`` and ``unit`` are also set where a window was said as a count ("in 30 days").
    """

    kind: Literal["window", "duration", "impossible"]
    node: Node | None = None
    n: int | None = None
    unit: str | None = None
    """``second``, ``minute``, ``hour``, ``day``, ``week``, ``month``, ``quarter``, ``year``; a fortnight is 14 days."""
    weak: bool = False
    """It may also be a name ("April") or a number ("2025"): another reading that fits goes first."""
    relative_to_previous: tuple[int, str] | None = None
    """"The week before", "the previous month": in a conversation, :meth:`shift` the window of the turn before."""

    def resolve(self, now: datetime, tz: ZoneInfo, *, ahead: bool) -> Window:
        """The window that it names at ``now`` (aware) in zone ``tz``.

        A bare month, day or weekday is the next one not ended where the prompt looks ``ahead`` (due, renewing), else
        the latest that has begun. A duration counts from now, as "within" does.

        Raises:
            ImpossibleTime: where there is no such time, its end lies before its start, or "the week before" has
                nothing to count from; always for ``kind`` "impossible".
        """
        return self._guarded(now, tz, ahead)

    def _guarded(self, now: datetime, tz: ZoneInfo, ahead: bool) -> Window:
        try:
            return window(self._node(), vantage(now, tz, ahead))
        except OverflowError:
            raise ImpossibleTime("beyond the calendar") from None

    def day(self, now: datetime, tz: ZoneInfo, *, ahead: bool = True, last: bool = False) -> date | None:
        """The one day that it names, for a param: of a period the first, or with ``last`` the last that counts.

        A duration and "in the next N days" name the day at their end. None where there is no such day.
        """
        try:
            at = vantage(now, tz, ahead)
            node = self._node()
            if isinstance(node, Rolling) and not node.full and node.ahead is not False:
                return the_day(Ago(-node.n, node.unit), at, last)
            return the_day(node, at, last)
        except (ImpossibleTime, OverflowError):
            return None

    def shift(self, base: Window, tz: ZoneInfo) -> Window:
        """For ``relative_to_previous``: the window beside ``base``, the window of the turn before.

        Raises:
            ImpossibleTime: where there is none ("the month before" a week).
        """
        if self.relative_to_previous is None:
            raise ImpossibleTime("it counts from nothing")
        try:
            return shifted(base, *self.relative_to_previous, tz)
        except OverflowError:
            raise ImpossibleTime("beyond the calendar") from None

    def cutoff(self, now: datetime, tz: ZoneInfo) -> Window:
        """For a duration: everything more than that long ago ("overdue by more than 30 days").

        Raises:
            ImpossibleTime: where it is no duration, or longer than the calendar.
        """
        if self.n is None or self.unit is None:
            raise ImpossibleTime("how long?")
        return TimeExpr("window", Bound("before", Ago(self.n, self.unit))).resolve(now, tz, ahead=False)

    @property
    def grain(self) -> str | None:
        """``day``, ``week``, ``month``, ``quarter`` or ``year`` where it names exactly one of them."""
        return None if self.node is None else self.node.grain

    @property
    def needs_base(self) -> bool:
        """Does it mean nothing without the window of the turn before: "the week before"?"""
        return isinstance(self.node, Beside)

    @property
    def explicit_past(self) -> bool:
        """Does it lie in the past whatever the prompt is about: "last 7 days", "since Monday"?"""
        return self.node is not None and self.node.tense < 0

    @property
    def explicit_future(self) -> bool:
        """Does it lie in the future whatever the prompt is about: "next 7 days", "tomorrow"?"""
        return self.node is not None and self.node.tense > 0

    @property
    def ends(self) -> tuple[TimeExpr, TimeExpr] | None:
        """The two times of a range, each by itself, for "compare last month to this month"."""
        if not isinstance(self.node, Range):
            return None
        return TimeExpr("window", self.node.first), TimeExpr("window", self.node.last)

    def _node(self) -> Node:
        if self.node is not None:
            return self.node
        if self.kind == "impossible" or self.n is None or self.unit is None:
            raise ImpossibleTime("there is no such day")
        return Rolling(self.n, self.unit, None)


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """Where a time stands: the indices of its first and its last token."""

    first: int
    last: int
    expr: TimeExpr


def find_times(tokens: Sequence[Token], words: TimeWords, anchors: list[int] | None = None) -> list[TimeSpan]:
    """The times in a prompt, leftmost first, each as long as it goes; they do not overlap.

    Takes time in proportion to the number of tokens, and next to none where no token can be part of a time. Of a
    prompt with more than MAX_DATES different dates, only those are read.

    Args:
        anchors: what :func:`~flarite_nl.values.timewords.anchored` gave for the same tokens, if that was asked before.
    """
    found = anchored(tokens, words) if anchors is None else anchors
    spans: list[TimeSpan] = []
    if found:
        try:
            _collect(PhraseReader(tokens, words), found, spans)
        except TooManyDates:  # what was read before them counts
            return spans
    return spans


def _collect(reader: PhraseReader, anchors: list[int], spans: list[TimeSpan]) -> None:
    starters, low, tokens = reader.words.starters, reader.low, reader.tokens
    at = 0
    for anchor in anchors:
        at = max(at, anchor - REACH)
        while at <= anchor:
            word = low[at]
            phrase = None
            if at < anchor and reader.foreign(at + 1):
                # "from customers … last week": only an anchor is a time by itself.
                pass
            elif word in starters or word[:1].isdecimal() or word[:1] == "'" or isinstance(tokens[at].value, Decimal):
                phrase = reader.phrase_at(at)
            if phrase is not None and not phrase.skip:
                spans.append(TimeSpan(at, phrase.end - 1, _expr(phrase)))
                _share_year(reader, spans)
            at = phrase.end if phrase else at + 1


def _share_year(reader: PhraseReader, spans: list[TimeSpan]) -> None:
    """ "Q1 and Q2 2025", "Jan, Feb and Mar 2025": the year is that of all."""
    for place in range(len(spans) - 1, 0, -1):
        before, span = spans[place - 1], spans[place]
        first, last = before.expr.node, span.expr.node
        if not isinstance(first, Months) or not isinstance(last, Months) or last.year is None or not first.floating:
            return
        if first.first >= last.first or reader.phrase(before.last + 1, "year_shared") != span.first:
            return
        spans[place - 1] = replace(before, expr=replace(before.expr, node=replace(first, year=last.year)))


def _expr(phrase: Phrase) -> TimeExpr:
    if phrase.node is None:
        return TimeExpr("impossible" if phrase.n is None else "duration", None, phrase.n, phrase.unit)
    return TimeExpr("window", phrase.node, phrase.n, phrase.unit, phrase.weak, phrase.relative)
