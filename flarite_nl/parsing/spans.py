"""Passes 1 and 2: a prompt as tokens with typed values, and at each token the phrases that start there."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flarite_nl.grammar.compiler import Matcher
from flarite_nl.grammar.lexicon import Entry, Lexicon, Sense
from flarite_nl.grammar.schema import Grammar
from flarite_nl.text import Token, normalise, split
from flarite_nl.values.timewords import anchored
from flarite_nl.values.typed import typed

if TYPE_CHECKING:
    from flarite_nl.values.times import TimeSpan

_FIGURE = re.compile(r"\b\d")
_NONE: list[tuple[Sense, int]] = []
_NOWHERE: list[int] = []
_OPENING = frozenset({"verb", "guard", "question", "read", "polite", "finite", "helping", "causative", "holdback"})
_NOTHING: frozenset[str] = frozenset()
_NO_REACH: dict[str, int] = {}


@cache
def _times() -> ModuleType:
    """What reads times. It is loaded with the first prompt that may hold one: the start is the sooner for it."""
    from flarite_nl.values import times

    return times


def _capitals(tokens: list[Token]) -> bool:
    """Is every letter of the words a capital?"""
    for token in tokens:
        word = token.text
        if token.kind == "word" and (word.islower() or any(char.isalpha() and not char.isupper() for char in word)):
            return False
    return True


class Spans:
    """One prompt after the first two passes. Positions are token indices; ends are exclusive."""

    __slots__ = (
        "_every",
        "content",
        "dollar",
        "entries",
        "grammar",
        "kinds",
        "lexicon",
        "n",
        "now",
        "orders",
        "places",
        "plain",
        "reach",
        "subjects",
        "text",
        "timed",
        "times",
        "tokens",
        "types",
        "tz",
        "until",
        "upper",
        "words",
    )

    def __init__(
        self,
        text: str,
        matcher: Matcher,
        now: datetime,
        tz: ZoneInfo,
        dollar: str = "usd",
        read_as: Mapping[int, str] | None = None,
    ) -> None:
        self.lexicon: Lexicon = matcher.lexicon
        self.grammar: Grammar = self.lexicon.grammar
        self.text = text
        self.plain = normalise(text)
        self.now = now
        self.tz = tz
        self.dollar = dollar
        tokens = split(self.plain, self.lexicon.scan, self.lexicon.ranged, self.lexicon.contracted)
        for token in tokens if read_as else ():
            # Before they get their types: "500 dolars" is an amount.
            token.lower = read_as.get(token.start, token.lower) if read_as else token.lower
        self.tokens: list[Token] = typed(tokens, self.lexicon.values, dollar)
        self.words = [token.lower for token in self.tokens]
        self.types = {token.kind for token in self.tokens}
        self.n = len(self.tokens)
        self.entries = matcher.match(self.words)
        if "-" in self.plain:
            self._keep_compounds()
        # A prompt all in capitals says nothing by its capitals.
        self.upper = _capitals(self.tokens) and sum(map(str.isalpha, self.plain)) > 3
        if not self.upper:
            self._keep_codes()
        # Most questions are answered by what is not there.
        self.kinds = [each[0][1].kinds or _NOTHING if each else _NOTHING for each in self.entries]
        self.reach = [each[0][1].reach if each else _NO_REACH for each in self.entries]
        self.subjects: dict[tuple[int, int, bool], list[str]] = {}
        self.orders: dict[tuple[int, int], list[Any]] = {}
        self.content: list[int] | None = None
        self._every: dict[tuple[int, str], list[tuple[Sense, int]]] = {}
        self.places = self._placed()
        self.times = self._find_times()
        self.until: dict[int, int] = {}
        for span in self.times.values():
            if span.expr.kind == "window":
                self.until.update(dict.fromkeys(range(span.first, span.last + 1), span.last))
        self.timed = self.until.keys()
        if "signoff" in self.places:
            self.n = self._signed_off()
            self.places = self._placed()

    def _keep_compounds(self) -> None:
        """ "which one-time prices": "which one" ends inside a compound that means something as a whole."""
        tokens = self.tokens
        for at in range(1, self.n):
            if self.plain[tokens[at - 1].end : tokens[at].start] != "-":
                continue
            if not any(end > at for end, _ in self.entries[at - 1]):
                continue
            for first in range(max(0, at - 4), at - 1):
                here = self.entries[first]
                if len(here) > 1 and here[0][0] == at:
                    self.entries[first] = here[1:]
                    here[1][1].begins(here[1:], first)

    def _keep_codes(self) -> None:
        """ "only for US cards": a pronoun in capitals is a country's code, and no phrase before it goes on over it."""
        for at in range(1, self.n):
            text = self.tokens[at].text
            if len(text) != 2 or not text.isupper() or not self.entries[at]:
                continue
            if not any("ourselves" in entry.all for _, entry in self.entries[at]):
                continue
            for first in range(max(0, at - 3), at):
                here = self.entries[first]
                kept = [each for each in here if each[0] <= at]
                if kept and len(kept) < len(here):
                    kept[0][1].begins(kept, first)
                self.entries[first] = kept

    def _placed(self) -> dict[str, list[int]]:
        """Of each kind of phrase the tokens where one starts, of any resource."""
        places: dict[str, list[int]] = {}
        for at, kinds in enumerate(self.kinds[: self.n]):
            for kind in kinds:
                if kind in places:
                    places[kind].append(at)
                else:
                    places[kind] = [at]
        return places

    def spots(self, kind: str, first: int, end: int) -> list[int]:
        """The tokens of a stretch where a phrase of this kind starts, of any resource."""
        places = self.places.get(kind)
        if not places:
            return _NOWHERE
        if first <= places[0] and end > places[-1]:
            return places
        return places[bisect_left(places, first) : bisect_left(places, end)]

    def holds(self, kind: str, first: int, end: int) -> bool:
        """Does a phrase of this kind that belongs to no resource start in a stretch?"""
        places = self.places.get(kind)
        if not places:
            return False
        for place in range(bisect_left(places, first), len(places)):
            at = places[place]
            if at >= end:
                return False
            if kind in self.reach[at]:
                return True
        return False

    def _find_times(self) -> dict[int, TimeSpan]:
        """The times in the prompt by their first tokens."""
        times = self.lexicon.times
        if times.first_words.isdisjoint(self.words) and not _FIGURE.search(self.plain):
            return {}
        anchors = anchored(self.tokens, times)
        if not anchors:
            return {}
        found: list[TimeSpan] = _times().find_times(self.tokens, self.lexicon.times, anchors)
        if "contrast" in self.places:
            found = [part for span in found for part in self._parted(span)]
        return {span.first: span for span in found}

    def _parted(self, span: TimeSpan) -> list[TimeSpan]:
        """ "compare last month to this month": the two ends of what would be a range are two times."""
        ends = span.expr.ends
        for joint in range(span.first + 1, span.last) if ends is not None else ():
            if not self.is_at(joint, "versus"):
                continue
            parts = [
                _times().TimeSpan(first + part.first, first + part.last, part.expr)
                for first, end in ((span.first, joint), (joint + 1, span.last + 1))
                for part in _times().find_times(self.tokens[first:end], self.lexicon.times)
            ]
            nodes = [part.expr.node for part in parts]
            if ends is not None and nodes == [each.node for each in ends]:
                return parts
        return [span]

    def retime(self, at: int) -> bool:
        """Is there a time at a token whose preposition other words took ("went through | last week")?"""
        if at in self.times or at not in self.timed:
            return at in self.times
        last = self.until[at]
        for span in _times().find_times(self.tokens[at : last + 1], self.lexicon.times):
            if span.first == 0:
                self.times[at] = _times().TimeSpan(at, at + span.last, span.expr)
            break
        return at in self.times

    def _signed_off(self) -> int:
        """Where the request ends: before "Kind regards, Hugh" or ", thx, Bob"."""
        for at in range(max(0, self.n - 6), self.n - 1):
            end = self.is_at(at, "signoff") if "signoff" in self.reach[at] else 0
            if end and end < self.n and all(self._signature(each) for each in range(end, self.n)):
                # "Many thanks and best regards, Annika"
                return at - 1 if at and "and" in self.reach[at - 1] else at
        return self.n

    def _signature(self, at: int) -> bool:
        token = self.tokens[at]
        return token.kind == "mark" or (token.kind == "word" and token.text[:1].isupper() and not self.entries[at])

    def at(self, at: int, kind: str, resource: str = "") -> tuple[Sense, int] | None:
        """The longest phrase at a token that can be of this kind: its first sense, and where it ends."""
        if not 0 <= at < self.n or kind not in self.kinds[at]:
            return None
        key = (kind, resource)
        for end, entry in self.entries[at]:
            senses = entry.get(key)
            if senses is not None:
                return senses[0], end
        return None

    def is_at(self, at: int, kind: str, *keys: str) -> int:
        """The end of a phrase of this kind (and one of these keys) at a token, or 0."""
        if not 0 <= at < self.n or kind not in self.reach[at]:
            return 0
        if not keys:
            return at + self.reach[at][kind]
        for end, entry in self.entries[at]:
            for sense in entry.plain.get(kind, ()):
                if sense.key in keys:
                    return end
        return 0

    def furthest(self, at: int, kinds: tuple[str, ...]) -> int:
        """The end of the longest phrase at a token that is of one of these kinds, or 0."""
        if not 0 <= at < self.n:
            return 0
        here = self.reach[at]
        longest = 0
        for kind in kinds if here else ():
            if kind in here and here[kind] > longest:
                longest = here[kind]
        return at + longest if longest else 0

    def every(self, at: int, kind: str) -> list[tuple[Sense, int]]:
        """All senses of this kind at a token, of any resource, longest first."""
        if not 0 <= at < self.n or kind not in self.kinds[at]:
            return _NONE
        key = (at, kind)
        found = self._every.get(key)
        if found is None:
            found = self._every[key] = [
                (sense, end) for end, entry in self.entries[at] for sense in entry.all.get(kind, ())
            ]
        return found

    def entries_at(self, at: int) -> list[tuple[int, Entry]]:
        return self.entries[at] if at < self.n else []

    def skip(self, at: int, kinds: tuple[str, ...], last: int | None = None) -> int:
        """The first token from ``at`` on that starts no phrase of these kinds."""
        end_of = self.n if last is None else last
        while at < end_of:
            here = self.reach[at] if at < self.n else _NO_REACH
            for kind in kinds if here else ():
                if kind in here:
                    at += here[kind]
                    break
            else:
                return at
        return at

    @property
    def title(self) -> bool:
        """Is the prompt in Title Case, so that its capitals say nothing?"""
        # The first word has a capital in any sentence.
        words = [token.text for token in self.tokens[1:] if token.kind == "word" and len(token.text) > 2]
        return len(words) > 3 and sum(word[:1].isupper() for word in words) > 0.7 * len(words)

    def words_of(self, first: int, end: int) -> str:
        """The prompt's own words under some tokens."""
        if first >= end:
            return ""
        return self.text[self.tokens[first].start : self.tokens[end - 1].end]

    def capital(self, at: int) -> bool:
        """Does a word start with a capital that means something? That of what opens a sentence does not."""
        if at >= self.n or self.upper or not self.tokens[at].text[:1].isupper():
            return False
        return at > 0 or _OPENING.isdisjoint(self.kinds[0])
