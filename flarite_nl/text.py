"""Prompt → tokens with offsets.

Normalisation replaces one character by one character, so an offset into the normalised text is an offset into
the prompt. What has a type by its shape alone (an ID, an email, ``$45.50``, a date) is one token with its typed
value; a tokeniser that came first would split it. Words are lower-cased, hyphens inside a word part it
("past-due" is two tokens), apostrophe-s stands alone.

The tokens become a spaCy ``Doc`` in ``parsing/spans.py`` by their words, not by spaCy's own tokeniser: its rules
for English contractions and its infix splitting would undo the above.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache

from flarite_nl.errors import InputError

LIMIT = 4000
"""Longest prompt, in characters. Time grows with the length; nobody types more by hand."""

_SINGLE = {
    **dict.fromkeys("\u2018\u2019\u201b\u02bc\u2032\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    **dict.fromkeys("\u2264", "\u2264"),
    **dict.fromkeys("*`\u2022\u00b7\u2026\u200b\u200c\u200d\u200e\u200f\ufeff\u00a0\u2009\u202f", " "),
}
_TABLE = str.maketrans(_SINGLE)


@dataclass(slots=True)
class Token:
    """One token: ``kind`` is ``word``, ``mark`` (punctuation) or the kind of value that ``value`` holds."""

    start: int
    end: int
    text: str
    lower: str
    kind: str
    value: object = None

    def __repr__(self) -> str:
        return f"<{self.text!r} {self.kind}{'' if self.value is None else f' {self.value!r}'}>"


_BULLET = re.compile(r"(?:^|\n)[ \t]*(?:\d{1,2}[.)]|[-*\u2022])[ \t]+(?=\S)")


def _bullets(text: str) -> str:
    """A list's markers become blanks, the end of the line before a full stop."""
    return _BULLET.sub(lambda match: ("." if match.group()[0] == "\n" else " ") + " " * (len(match.group()) - 1), text)


QUOTE = r"\"[^\"\n]*\"|(?<![\w'])'(?=[^\s'])[^'\n]*(?:'(?=\w)[^'\n]*)*'(?!\w)"
_TICKS = re.compile(rf"{QUOTE}|`(?P<ticked>[^`\n]*)`")


def _ticked(match: re.Match[str]) -> str:
    """One word in backticks is that word, several are a quotation; inside one they mean nothing."""
    inner = match.group("ticked")
    if inner is None:
        return match.group()
    mark = '"' if " " in inner.strip() else " "
    return mark + inner + mark


def normalise(text: str) -> str:
    """Same length, plain quotes, dashes and spaces; control characters become spaces.

    Raises:
        InputError: if the prompt is longer than ``LIMIT`` characters.
    """
    if len(text) > LIMIT:
        raise InputError(f"the prompt is {len(text):,} characters long; the limit is {LIMIT:,}")
    if "\n" in text or text[:1] in "-*\u20221":
        text = _bullets(text)
    if "`" in text:
        text = _TICKS.sub(_ticked, text)
    if text.isascii() and text.isprintable():
        return text.translate(_TABLE) if "*" in text or "`" in text else text
    return "".join(_plain(char) for char in text.translate(_TABLE))


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    if char == "\n":
        return char
    category = unicodedata.category(char)
    if category in {"Cc", "Cf", "Zs", "Zl", "Zp", "Co", "Cs", "Cn"}:
        return " "
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 else char


def lower(text: str) -> str:
    """Lower case of the same length (``İ`` would become two characters)."""
    folded = text.lower()
    return folded if len(folded) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


_NONE: Mapping[str, tuple[str, ...]] = {}

SUFFIX = r"(?:(?:k|K|m|M|bn)\b)?"
CENTS = r"\d+,\d{2}(?!\d|[.,]\d)"
"""Behind a currency's symbol two figures after a comma can only be its cents: "€99,99"."""
NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+,\d{1,2}|\d+,\d{2}(?=\s?[€£])|\d+(?:\.\d+)?)" + SUFFIX


@lru_cache(maxsize=8)
def scanner(prefixes: tuple[str, ...], symbols: tuple[str, ...]) -> re.Pattern[str]:
    """The one pattern that splits a prompt; the group that matched is the token's kind."""
    prefix = "|".join(sorted(map(re.escape, prefixes), key=len, reverse=True))
    symbol = "|".join(sorted(map(re.escape, symbols), key=len, reverse=True))
    parts = {
        # Most tokens are plain words and points: with what follows here they cannot be part of any value.
        "plain": r"[A-Za-z]+(?=[\s,;!?)]|\.?\Z|\.\s)",
        "point": r"[,.;?!](?=\s|\Z)",
        "url": r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]",
        # What runs up to an @ is given up as a whole: a long word of many hyphens is not tried part by part.
        "email": r"[\w.+-]++(?:'[\w.+-]++)?@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}(?![\w@])",
        "domain": r"@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}\b",
        "redacted": r"\[\w+(?:\s|&#160;)*\w+\](?!\w)",
        "badmail": r"[\w.+-]*+@[\w.-]*",
        "quote": QUOTE,
        "id": rf"(?<![^\W_])(?:{prefix})_?(?<=_)[A-Za-z0-9_]+",
        "badid": rf"(?<!\w)(?:{prefix.replace('_', '')})-(?=[A-Za-z]*\d)[A-Za-z0-9]+(?!\w)",
        "badcase": rf"(?<![^\W_])(?i:{prefix})(?=[A-Za-z0-9_]*\d)[A-Za-z0-9_]+(?!\w)",
        "stamp": r"\d{4}-\d{2}-\d{2}[tT ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[zZ]|[+-]\d{2}:?\d{2})?",
        "date": r"\d{4}-\d{1,2}-\d{1,2}(?!\w)|\d{4}-(?:0[1-9]|1[0-2])(?![\w-])"
        r"|\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})(?!\w)|\d{1,2}/\d{1,2}(?![\w/])",
        "phone": r"\+\d(?:[\s().-]{0,3}\d){6,}(?!\w)",
        "money": rf"(?:(?<![\w)])-\s?)?(?:{symbol})\s?-?(?:{CENTS}|{NUMBER})(?!\w)"
        rf"|(?:(?<![\w)])-)?{NUMBER}\s?(?:{symbol})(?![\w])",
        "figure": rf"(?:(?<![\w)])-)?{NUMBER[: -len(SUFFIX)]}[A-Za-z]{{3}}(?!\w)",
        "percent": r"(?:(?<![\w)])-)?\d+(?:[.,]\d+)?\s?%",
        "clock": r"\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?m\b\.?)?|\d{1,2}\s?[ap]m\b",
        "ordinal": r"\d+(?:st|nd|rd|th)\b",
        "code": r"(?<!\w)(?=[A-Z0-9-]*[A-Z])(?=[A-Z0-9-]*\d)(?=[A-Z0-9-]*[A-Z0-9]{3})[A-Z0-9]+(?:-[A-Z0-9]+)+(?!\w)",
        "number": rf"(?:(?<![\w)\-])-)?{NUMBER}(?![\w])",
        "word": r"[^\W_][\w]*(?:\.[^\W\d][\w]*(?:\.[\w]+)*)?(?:'(?!(?:s|d|m|ve|ll|re)\b)\w+)?",
        "suffix": r"'(?:s|d|m|ve|ll|re)\b|'",
        "compare": r"[<>!=]=|=>|=<|[<>=\u2264\u2265\u2260~]",
        "mark": r".",
    }
    return re.compile(
        r"\s*(?:" + "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in parts.items()) + ")", re.DOTALL
    )


def split(
    text: str,
    pattern: re.Pattern[str],
    ranged: Set[str] = frozenset(),
    contracted: Mapping[str, tuple[str, ...]] = _NONE,
) -> list[Token]:
    """Tokens of a normalised text in order; blanks and hyphens inside a word make none.

    Behind a word of ``ranged`` ("Oct-Dec") a hyphen is no part of the word but means "to". ``contracted`` are words
    that lost their apostrophe ("dont", "whats") and the tokens that they stand for.
    """
    tokens = _split(text, pattern, ranged)
    if contracted and not contracted.keys().isdisjoint([token.lower for token in tokens]):
        return [each for one in tokens for each in _expanded(one, contracted)]
    return tokens


def _expanded(token: Token, contracted: Mapping[str, tuple[str, ...]]) -> list[Token]:
    """A contraction as it should be written: "dont" is read as "don't", "whats" as "what" and "'s"."""
    meant = contracted.get(token.lower)
    if meant is None or token.kind != "word":
        return [token]
    if len(meant) == 1:
        token.lower = meant[0]
        return [token]
    cut = token.start + len(meant[0])
    size = cut - token.start
    return [
        Token(token.start, cut, token.text[:size], meant[0], "word"),
        Token(cut, token.end, token.text[size:], meant[1], "suffix"),
    ]


def _split(text: str, pattern: re.Pattern[str], ranged: Set[str]) -> list[Token]:
    folded = lower(text)
    ascii_only = text.isascii()
    tokens: list[Token] = []
    at = end = 0
    for chunk, low in zip(text.split(" "), folded.split(" "), strict=True):
        stop = at + len(chunk)
        if end <= at and chunk.isalpha() and (ascii_only or chunk.isascii()):
            # Most tokens are letters between two blanks: the pattern would call them plain and need not be asked.
            tokens.append(Token(at, stop, chunk, low, "word"))
            end = stop
        while end < stop:
            # What it finds may reach into the chunks that follow ("$ 20", a quotation).
            match = pattern.match(text, max(at, end))
            if match is None:
                break
            kind = match.lastgroup or "mark"
            start, end = match.span(kind)
            kind = _KINDS.get(kind, kind)
            hidden = kind == "mark" and (text[start].isspace() or _joins(text, start, tokens, ranged))
            if not hidden:
                tokens.append(Token(start, end, text[start:end], folded[start:end], kind))
        at = stop + 1
    return tokens


_KINDS = {"plain": "word", "point": "mark"}


def _joins(text: str, at: int, tokens: list[Token], ranged: Set[str]) -> bool:
    """Is the mark at ``at`` a hyphen inside a word, which is no token?"""
    return text[at] == "-" and _inside(text, at) and tokens[-1].lower not in ranged


def _inside(text: str, at: int) -> bool:
    """Is the hyphen at ``at`` between two letters of one word?"""
    return 0 < at < len(text) - 1 and text[at - 1].isalpha() and text[at + 1].isalpha()


def words_of(
    phrase: str, pattern: re.Pattern[str], contracted: Mapping[str, tuple[str, ...]] = _NONE
) -> tuple[str, ...]:
    """How a phrase of the grammar is tokenised: just as a prompt is."""
    return tuple(token.lower for token in split(lower(phrase), pattern, contracted=contracted))


def joined(tokens: Iterable[Token], text: str) -> str:
    """The prompt's own words under some tokens, from the first one's start to the last one's end."""
    run = list(tokens)
    return text[run[0].start : run[-1].end] if run else ""
