"""Numbers, amounts of money and percentages, in digits and in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_SCALE = {"k": 1000, "m": 1_000_000, "bn": 1_000_000_000}
_DIGITS = re.compile(r"-?[\d.,]+")
_EUROPEAN = re.compile(r"-?\d{1,3}(?:\.\d{3})+,\d{1,2}|-?\d+,\d{1,2}")


def decimal(text: str) -> Decimal | None:
    """``1,234.56``, ``1.234,56``, ``12,50``, ``1.2k``, ``-3``; None where the text is no number."""
    body = text.replace(" ", "").lower()
    scale = 1
    for suffix, factor in _SCALE.items():
        if body.endswith(suffix):
            body, scale = body[: -len(suffix)], factor
            break
    if _EUROPEAN.fullmatch(body):
        body = body.replace(".", "").replace(",", ".")
    try:
        number = Decimal(body.replace(",", ""))
    except InvalidOperation:
        return None
    return _whole(number * scale) if scale != 1 else number


def _whole(number: Decimal) -> Decimal:
    return Decimal(int(number)) if number == int(number) else number.normalize()


def figure(text: str) -> tuple[Decimal | None, str]:
    """The number in a text that holds a currency besides, and the currency's text: ``$1.2k`` → 1200, ``$``."""
    body = text.replace(" ", "")
    negative = body.startswith("-") or "-" in body[:4]
    body = body.replace("-", "")
    match = _DIGITS.search(body)
    if match is None:
        return None, body
    head, tail = body[: match.start()], body[match.end() :]
    folded = tail.lower()
    suffix = next((each for each in _SCALE if folded.startswith(each) and not folded[len(each) :].isalpha()), "")
    number = decimal(match.group() + suffix)
    if number is not None and negative:
        number = -number
    return number, (head + tail[len(suffix) :])


@dataclass(frozen=True, slots=True)
class NumberWords:
    """The words of numbers: units and tens, scales, what may join them, what alone is no number ("one"), and
    behind what a joint is rather between two numbers ("between two hundred and four hundred")."""

    units: Mapping[str, str]
    scales: Mapping[str, str]
    joins: frozenset[str]
    ones: frozenset[str]
    weak: frozenset[str]
    counted: frozenset[str]
    parted: frozenset[str]


def spoken(words: Sequence[str], at: int, known: NumberWords) -> tuple[Decimal, int] | None:
    """A number in words that starts at ``at`` ("two hundred and fifty" is 250), and the index behind it."""
    found = _spoken(words, at, known, joined=True)
    if found is not None and at and words[at - 1] in known.parted:
        # "between one hundred and two thousand": the joint is that of the range, for there is no other.
        other = found[1] < len(words) and words[found[1]] in known.joins
        return found if other else _spoken(words, at, known, joined=False)
    return found


def _spoken(words: Sequence[str], at: int, known: NumberWords, *, joined: bool) -> tuple[Decimal, int] | None:
    total = current = Decimal(0)
    index, seen = at, 0
    while index < len(words):
        word = words[index]
        if word in known.scales and (seen or (at and words[at - 1] in known.ones)):
            scale = Decimal(known.scales[word])
            if scale >= 1000:
                total, current = total + (current or 1) * scale, Decimal(0)
            else:
                current = (current or 1) * scale
        elif word in known.units and not (seen and current and current % 10):
            current += Decimal(known.units[word])
        elif not (joined and word in known.joins and seen and _goes_on(words, index, known)):
            break
        index, seen = index + 1, seen + 1
    if not seen or (seen == 1 and words[at] in known.weak and not (at and words[at - 1] in known.counted)):
        return None
    return total + current, index


def _goes_on(words: Sequence[str], at: int, known: NumberWords) -> bool:
    """Does a number go on behind "and": "two hundred and fifty", but not "two hundred and four hundred"?"""
    scale = words[at - 1]
    if scale not in known.scales or words[at + 1 : at + 2] == [] or words[at + 1] not in known.units:
        return False
    return words[at + 2 : at + 3] != [scale]
