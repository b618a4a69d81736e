"""Passes 1 and 2: a prompt as tokens with typed values, and at each token the phrases that start there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from flarite_nl.grammar.compiler import Matcher
from flarite_nl.grammar.lexicon import Entry, Lexicon, Sense
from flarite_nl.grammar.schema import Grammar
from flarite_nl.text import Token, normalise, split
from flarite_nl.values.times import TimeSpan, find_times
from flarite_nl.values.typed import typed

_NONE: list[tuple[Sense, int]] = []
_NOTHING: frozenset[str] = frozenset()


def _kinds(entries: list[tuple[int, Entry]]) -> Collection[str]:
    """The kinds of all phrases that start at a token: most questions are answered by what is not there."""
    if not entries:
        return _NOTHING
    if len(entries) == 1:
        return entries[0][1].all.keys()
    return {kind for _, entry in entries for kind in entry.all}


class Spans:
    """One prompt after the first two passes. Positions are token indices; ends are exclusive."""

    __slots__ = (
        "_every",
        "dollar",
        "entries",
        "grammar",
        "kinds",
        "lexicon",
        "n",
        "now",
        "plain",
        "subjects",
        "text",
        "timed",
        "times",
        "title",
        "tokens",
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
        self.tokens: list[Token] = typed(
            split(self.plain, self.lexicon.scan, self.lexicon.ranged), self.lexicon.values, dollar
        )
        for at, word in (read_as or {}).items():
            self.tokens[at].lower = word
        self.words = [token.lower for token in self.tokens]
        self.n = len(self.tokens)
        self.entries = matcher.match(self.words)
        self.kinds = [_kinds(each) for each in self.entries]
        self.subjects: dict[tuple[int, int], list[str]] = {}
        self._every: dict[tuple[int, str], list[tuple[Sense, int]]] = {}
        self.times: dict[int, TimeSpan] = {span.first: span for span in find_times(self.tokens, self.lexicon.times)}
        self.until = {
            at: span.last
            for span in self.times.values()
            if span.expr.kind == "window"
            for at in range(span.first, span.last + 1)
        }
        self.timed = set(self.until)
        self.n = self._signed_off()
        letters = [char for char in self.plain if char.isalpha()]
        words = [token.text for token in self.tokens if token.kind == "word" and len(token.text) > 2]
        # Nor does a prompt in Title Case.
        self.title = len(words) > 3 and sum(word[:1].isupper() for word in words) > 0.7 * len(words)
        # A prompt all in capitals says nothing by its capitals.
        self.upper = len(letters) > 3 and all(
            char.isupper() for token in self.tokens if token.kind == "word" for char in token.text if char.isalpha()
        )

    def retime(self, at: int) -> bool:
        """Is there a time at a token whose preposition other words took ("went through | last week")?"""
        if at in self.times or at not in self.timed:
            return at in self.times
        last = self.until[at]
        for span in find_times(self.tokens[at : last + 1], self.lexicon.times):
            if span.first == 0:
                self.times[at] = TimeSpan(at, at + span.last, span.expr)
            break
        return at in self.times

    def _signed_off(self) -> int:
        """Where the request ends: before "Kind regards, Hugh" or ", thx, Bob"."""
        for at in range(max(0, self.n - 6), self.n - 1):
            end = self.is_at(at, "signoff")
            if end and end < self.n and all(self._signature(each) for each in range(end, self.n)):
                return at
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
        if not 0 <= at < self.n or kind not in self.kinds[at]:
            return 0
        for end, entry in self.entries[at]:
            senses = entry.plain.get(kind)
            if senses is None:
                continue
            if not keys:
                return end
            for sense in senses:
                if sense.key in keys:
                    return end
        return 0

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
            here = self.kinds[at]
            if not here:
                return at
            for kind in kinds:
                if kind in here and (end := self.is_at(at, kind)):
                    at = end
                    break
            else:
                return at
        return at

    def words_of(self, first: int, end: int) -> str:
        """The prompt's own words under some tokens."""
        if first >= end:
            return ""
        return self.text[self.tokens[first].start : self.tokens[end - 1].end]

    def capital(self, at: int) -> bool:
        """Does a word start with a capital that means something?"""
        return at < self.n and not self.upper and self.tokens[at].text[:1].isupper()
