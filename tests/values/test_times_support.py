"""A tokeniser as simple as the contract of ``find_times`` allows, and what the tests of times share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from flarite_nl.values.times import ImpossibleTime, TimeExpr, TimeWords, find_times, load_time_words

GRAMMAR = Path(__file__).parents[2] / "grammars" / "time.yaml"
NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
"""A Wednesday."""
ZONE = ZoneInfo("UTC")

_PATTERN = re.compile(
    r"(?P<other>[$€£]\s?\d[\d,.]*|\b[a-z]+_\w*\d\w*|\S+@\S+|\"[^\"]*\"|\d+%)"
    r"|(?P<stamp>\d{4}-\d\d-\d\d[t ]\d\d?:\d\d(?::\d\d)?(?:z|[+-]\d\d:?\d\d)?)"
    r"|(?P<date>\d{4}-\d{1,2}-\d{1,2}(?!\w)|\d{4}-(?:0[1-9]|1[0-2])(?![\w-])"
    r"|\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})(?!\w)|\d{1,2}/\d{1,2}(?![\w/]))"
    r"|(?P<clock>\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap]m)?|\d{1,2}\s?[ap]m\b)"
    r"|(?P<ordinal>\d+(?:st|nd|rd|th)\b)"
    r"|(?P<number>\d{1,3}(?:,\d{3})+(?!\w)|\d+(?:\.\d+)?(?!\w))"
    r"|(?P<word>\w+)|(?P<suffix>'s\b|')|(?P<mark>\S)"
)
_NUMBERS = dict(
    zip("one two three four five six seven eight nine ten eleven twelve".split(), range(1, 13), strict=True)
)
_NUMBERS["twenty"] = 20


@dataclass(slots=True)
class Token:
    start: int
    end: int
    lower: str
    value: object = None


@cache
def words() -> TimeWords:
    return load_time_words(yaml.safe_load(GRAMMAR.read_text(encoding="utf-8")))


def tokens(text: str, *, hyphens: bool = True) -> list[Token]:
    """The tokens of a prompt; without ``hyphens`` those inside a word part it and are gone."""
    text = text.lower().translate(str.maketrans("–—’", "--'"))
    out = []
    for found in _PATTERN.finditer(text):
        kind, word = found.lastgroup, found[0]
        inside = text[found.start() - 1 : found.start()].isalpha() and text[found.end() : found.end() + 1].isalpha()
        if word == "-" and inside and not hyphens:
            continue
        value: object = object() if kind == "other" else None
        if kind == "number":
            value = Decimal(word.replace(",", ""))
        elif word in _NUMBERS:
            value = Decimal(_NUMBERS[word])
        out.append(Token(found.start(), found.end(), word, value))
    return out


def spans(text: str) -> list[tuple[str, TimeExpr]]:
    """The words of each time in the text, and what it is."""
    row = tokens(text)
    found = find_times(row, words())
    return [(text[row[each.first].start : row[each.last].end], each.expr) for each in found]


def only(text: str) -> TimeExpr:
    """The one time that the text consists of, apart from the words before a bar: ``due | by Friday``."""
    time = text.rpartition("| ")[2]
    found = spans(text.replace("| ", ""))
    assert [each[0] for each in found] == [time], [each[0] for each in found]
    return found[0][1]


def window(expr: TimeExpr, *, ahead: bool, now: datetime = NOW, zone: ZoneInfo = ZONE) -> str:
    """The window as ``start .. end``, with ``""`` where open; "impossible" where there is none."""
    try:
        found = expr.resolve(now, zone, ahead=ahead).to_dict()
    except ImpossibleTime:
        return "impossible"
    return f"{found['start'] or ''} .. {found['end'] or ''}".strip()
