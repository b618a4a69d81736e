"""The words of time, as ``grammars/time.yaml`` lists them, arranged for quick look-up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar

Words: TypeAlias = frozenset[str]
Phrases: TypeAlias = Mapping[str, tuple[tuple[tuple[str, ...], Any], ...]]
"""First word → the rest of each phrase that begins with it and what it stands for, longest first."""
Key = TypeVar("Key", int, str)
_SHAPED = re.compile(r"(19|20)\d\d|\d{1,4}[-/:].+|\d{1,4}[^\d.,%-].*|'\d\d")


class Token(Protocol):
    """A token of the prompt; ``value`` is its typed value, a Decimal for a plain number."""

    @property
    def lower(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def value(self) -> object | None: ...


@dataclass(frozen=True, slots=True)
class TimeWords:
    """All the words of time. Picklable; made by :func:`load_time_words`."""

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    units: Mapping[str, str]
    short_units: Mapping[str, str]
    quarters: Mapping[str, int]
    halves: Mapping[str, int]
    days: Mapping[str, int]
    clock_words: Mapping[str, str]
    meridiem: Mapping[str, int]
    ordinals: Mapping[str, int]
    middles: Mapping[str, int]
    """``mid-january`` where it is one word."""
    coded: Mapping[str, tuple[int, int, int]]
    """``q1'25``, ``h1-2025`` where it is one word: its first month, how many, the year."""
    to_date: Mapping[str, str]
    trailing: Mapping[str, str]
    ends_of: Mapping[str, str]
    apart: Phrases
    directions: Phrases
    rolling: Phrases
    leads: Phrases
    ages: Phrases
    lists: Mapping[str, Words]
    """Single words by the name of their list."""
    phrases: Mapping[str, Phrases]
    """Phrases by the name of their list; what each stands for is that name."""
    ordinal_suffixes: tuple[str, ...]
    anchors: Words
    """A prompt with none of these words, and no token shaped like a date, holds no time expression."""
    first_words: Words
    """The anchors and what may be one: a prompt with none of these words and no figure holds no time."""
    openers: Words
    """The words that a time can begin with, its preposition apart; a number can too."""
    starters: Words
    """The openers and the prepositions."""
    known: Words
    """Every word that can stand anywhere in a time."""
    goes_on: Words
    """The words that may follow a named time and still be part of its phrase: "to", "until", "so far"."""


YEARS = range(2010, 2040)
"""Which numbers are taken for years where they might be something else: Stripe has no older objects."""
MAPS = {
    "months": int,
    "weekdays": int,
    "units": str,
    "short_units": str,
    "quarters": int,
    "halves": int,
    "days": int,
    "clock_words": str,
    "meridiem": int,
    "ordinals": int,
    "to_date": str,
    "trailing": str,
    "ends_of": str,
}
CHOICES = {"apart": int, "directions": int, "rolling": int, "leads": str, "ages": str}
LISTS = (
    "strict", "names", "relative", "piece_last", "full", "start_words", "end_words", "determiners", "one", "of",
    "edge_of", "on", "at", "possessives", "before", "after", "back_words", "in_words", "blockers", "approximate",
    "unless_after", "counts_after", "counts_before", "no_year_after",
)  # fmt: skip
PHRASES = (
    "now", "alls", "year_shared", "to_date_phrases", "so_far", "middle_words", "wholes", "couples", "week_starts",
    "week_ends", "before_last", "after_next", "ago", "age_suffixes", "from_now", "connectors", "connectors_before",
    "both", "joiners", "onwards", "onwards_final", "backwards", "nearest", "year_leads", "year_leads_weak",
    "time_words",
)  # fmt: skip

FOLLOWING = (
    "connectors", "connectors_before", "both", "joiners", "to_date_phrases", "onwards", "onwards_final", "backwards",
)  # fmt: skip
"""The lists of what may stand behind a named time."""


def load_time_words(raw: Mapping[str, Any]) -> TimeWords:
    """Arrange the parsed YAML of ``grammars/time.yaml``.

    Raises:
        ValueError: naming the list, where one is missing, unknown or holds something other than words.
    """
    known = {*MAPS, *CHOICES, *LISTS, *PHRASES, "ordinal_suffixes"}
    if wrong := known ^ set(raw):
        problem = "has no list" if wrong - set(raw) else "does not know the list"
        raise ValueError(f"time.yaml {problem} {', '.join(sorted(map(str, wrong)))}")
    maps: dict[str, Any] = {name: {word: key for key, word in _pairs(raw, name, kind)} for name, kind in MAPS.items()}
    choices: dict[str, Any] = {
        name: _phrases((word, key) for key, word in _pairs(raw, name, kind)) for name, kind in CHOICES.items()
    }
    lists = {name: frozenset(_words(raw[name], name)) for name in LISTS}
    phrases = {name: _phrases((word, name) for word in _words(raw[name], name)) for name in PHRASES}
    mids = [word for word in _words(raw["middle_words"], "middle_words") if " " not in word]
    middles = {f"{mid}-{month}": number for mid in mids for month, number in maps["months"].items()}
    coded = {
        f"{word}{sep}{year}": part for word, (first, count) in _parts(maps) for sep, year, part in _years(first, count)
    }
    suffixes = tuple(_words(raw["ordinal_suffixes"], "ordinal_suffixes"))
    anchors = frozenset().union(*(maps[name] for name in MAPS if name != "ordinals"), phrases["now"], middles, coded)
    openers = anchors.union(
        maps["ordinals"],
        choices["directions"],
        choices["rolling"],
        *(lists[name] for name in ("determiners", "one", "start_words", "end_words", "in_words", "piece_last")),
        *(phrases[name] for name in ("so_far", "middle_words", "wholes", "couples", "alls")),
    )
    starters = openers.union(choices["leads"], choices["ages"])
    spelled = (
        word
        for each in (*choices.values(), *phrases.values())
        for first, rests in each.items()
        for rest, _ in rests
        for word in (first, *rest)
    )
    goes_on = frozenset("/").union(choices["leads"], *(phrases[name] for name in FOLLOWING))
    return TimeWords(
        **maps,
        **choices,
        middles=middles,
        coded=coded,
        lists=lists,
        phrases=phrases,
        ordinal_suffixes=suffixes,
        anchors=anchors,
        first_words=anchors.union("'", maps["ordinals"]),
        openers=openers,
        starters=starters,
        known=starters.union(*maps.values(), *lists.values(), spelled),
        goes_on=goes_on,
    )


def _parts(maps: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[str, tuple[int, int]]]:
    """The quarters and halves: their words, first months and lengths."""
    for name, count in (("quarters", 3), ("halves", 6)):
        for word, nth in maps[name].items():
            yield word, ((nth - 1) * count + 1, count)


def _years(first: int, count: int) -> Iterator[tuple[str, str, tuple[int, int, int]]]:
    """The ways to write a year right behind a quarter."""
    for year in YEARS:
        for written in (str(year), str(year)[2:]):
            for separator in ("", "-", "'"):
                yield separator, written, (first, count, year)


def anchored(tokens: Sequence[Token], words: TimeWords) -> list[int]:
    """The tokens that no time is without: where there is none, the prompt names no time."""
    anchors, ordinals, determiners = words.anchors, words.ordinals, words.lists["determiners"]
    return [
        at
        for at, token in enumerate(tokens)
        if (word := token.lower) in anchors
        or word == "'"
        or (word[:1].isdecimal() and shaped(word))
        or (word in ordinals and at and tokens[at - 1].lower in determiners)
    ]


def shaped(word: str) -> bool:
    """Could a token with these characters be a date, a time of day or a year?"""
    return _SHAPED.fullmatch(word) is not None


def match(low: Sequence[str], at: int, phrases: Phrases) -> tuple[Any, int] | None:
    """The longest of ``phrases`` that stands at ``at``: what it stands for, and the index behind it."""
    for rest, meaning in phrases.get(low[at], ()):
        end = at + 1 + len(rest)
        if not rest or tuple(low[at + 1 : end]) == rest:
            return meaning, end
    return None


def _words(raw: Any, name: str) -> Iterator[str]:
    for word in raw if isinstance(raw, list) else [raw]:
        if not isinstance(word, str) or not word or word != word.lower():
            raise ValueError(f"time.yaml: {name} holds {word!r}, which is no word in lower case (quote on, no, yes)")
        yield word


def _pairs(raw: Mapping[str, Any], name: str, kind: type[Key]) -> Iterator[tuple[Key, str]]:
    if not isinstance(raw[name], Mapping):
        raise ValueError(f"time.yaml: {name} is no mapping")
    for key, words in raw[name].items():
        if not isinstance(key, kind):
            raise ValueError(f"time.yaml: {name} has the key {key!r}, which is no {kind.__name__}")
        for word in _words(words, name):
            yield key, word


def _phrases(entries: Iterable[tuple[str, Any]]) -> Phrases:
    out: dict[str, list[tuple[tuple[str, ...], Any]]] = {}
    for text, meaning in entries:
        first, *rest = text.split()
        out.setdefault(first, []).append((tuple(rest), meaning))
    return {first: tuple(sorted(found, key=lambda each: -len(each[0]))) for first, found in out.items()}
