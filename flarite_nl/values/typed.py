"""Raw tokens → tokens with typed values: what a figure, an ID, a quoted phrase or a number in words is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from flarite_nl.model.currencies import exponent
from flarite_nl.model.values import Money
from flarite_nl.text import Token
from flarite_nl.values.numbers import NumberWords, decimal, figure, spoken


@dataclass(frozen=True, slots=True)
class ValueWords:
    """What the grammar says of values: words of numbers and currencies, symbols, ID prefixes, and all its words."""

    numbers: NumberWords
    halves: Set[str]
    percents: Set[str]
    symbols: Mapping[str, str]
    currencies: Mapping[tuple[str, ...], str]
    codes: Set[str]
    ambiguous: Set[str]
    placeholders: Set[str]
    prefixes: Mapping[str, str]
    words: Set[str]
    spoken: Set[str]
    """The words that a number can begin with."""


def typed(tokens: list[Token], known: ValueWords, dollar: str = "usd") -> list[Token]:
    """Give each token its value; join what is one value in several tokens ("two hundred euros", "USD 50").

    A token that only looks like a value (``in_transit`` has the shape of an ID) becomes a word again.
    """
    figures = False
    for token in tokens:
        if token.kind in _READERS:
            _READERS[token.kind](token, known, dollar)
            figures = figures or token.kind in _FIGURES
    words = [token.lower for token in tokens]
    begins = known.spoken
    if begins.isdisjoint(words) and not figures and not any(word[0].isdigit() for word in words):
        # No number is there, neither in words nor in figures ("2x" is one too): nothing is to be joined.
        return tokens
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        token, word = tokens[at], words[at]
        if (token.kind == "word" and word not in begins and not word[0].isdigit()) or token.kind == "mark":
            at += 1
        else:
            token, at = _spoken(tokens, words, at, known)
        out.append(token)
    return _with_currency(out, known, dollar)


def _id(token: Token, known: ValueWords, dollar: str) -> None:
    if token.lower in known.words:
        token.kind = "word"
    else:
        token.value = known.prefixes[token.text[: token.text.index("_") + 1]]


_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")


def _amount(token: Token, known: ValueWords, dollar: str) -> None:
    number, symbol = figure(token.text)
    if _THOUSANDS.fullmatch(token.text.removesuffix(symbol).strip()):
        # "3.000 €": who writes the symbol behind the figure parts thousands by a full stop.
        number = decimal(token.text.removesuffix(symbol).strip().replace(".", ""))
    currency = known.symbols.get(symbol.lower())
    token.value = Money(number or Decimal(0), dollar if currency == "dollar" else currency)
    _settle(token, token.text.removeprefix(symbol).strip())


def _settle(token: Token, figure: str) -> Token:
    """ "$3.000", "1.500 EUR", "1.500": three, or three thousand? Only some currencies have three decimals."""
    currency = token.value.currency if isinstance(token.value, Money) else None
    if _THOUSANDS.fullmatch(figure) and exponent(currency) != 3:
        token.kind, token.value = "bad", None
    return token


def _figure(token: Token, known: ValueWords, dollar: str) -> None:
    """``1,200.50USD`` is an amount, ``250abc`` a word."""
    number, code = figure(token.text)
    if code.lower() in known.codes and number is not None:
        token.kind, token.value = "money", Money(number, code.lower())
        _settle(token, token.text[: -len(code)].strip())
    else:
        token.kind = "word"


def _number(token: Token, known: ValueWords, dollar: str) -> None:
    text = token.text.rstrip("% ").replace(",", ".") if token.kind == "percent" else token.text
    token.value = decimal(text)


def _quote(token: Token, known: ValueWords, dollar: str) -> None:
    token.value = token.text[1:-1].strip()


def _phone(token: Token, known: ValueWords, dollar: str) -> None:
    token.value = "+" + "".join(char for char in token.text if char.isdigit())


def _redacted(token: Token, known: ValueWords, dollar: str) -> None:
    token.kind = "redacted" if token.lower[1:-1].replace("&#160;", " ") in known.placeholders else "bad"


def _malformed(token: Token, known: ValueWords, dollar: str) -> None:
    """An ID in the wrong case or with a hyphen, half an email: not what it should be, unless a word looks so."""
    token.kind = "word" if token.kind == "badcase" and token.lower in known.words else "bad"


_FIGURES = frozenset({"number", "money"})
"""The kinds that a word beside them can be a part of."""
_READERS: dict[str, Callable[[Token, ValueWords, str], None]] = {
    "id": _id, "money": _amount, "figure": _figure, "percent": _number, "number": _number, "quote": _quote,
    "phone": _phone, "redacted": _redacted, "badcase": _malformed, "badmail": _malformed, "badid": _malformed,
}  # fmt: skip


def _spoken(tokens: list[Token], words: list[str], at: int, known: ValueWords) -> tuple[Token, int]:
    """The token at ``at``, or the number in words that starts there."""
    token = tokens[at]
    word = token.lower
    if token.kind == "number" and at + 1 < len(tokens) and words[at + 1] in known.percents:
        last = tokens[at + 1]
        return Token(
            token.start, last.end, f"{token.text} {last.text}", f"{token.lower} %", "percent", token.value
        ), at + 2
    if (
        token.kind == "number"
        and at + 1 < len(tokens)
        and words[at + 1] in known.numbers.scales
        and isinstance(token.value, Decimal)
    ):
        last = tokens[at + 1]
        number = token.value * Decimal(known.numbers.scales[words[at + 1]])
        return Token(token.start, last.end, f"{token.text} {last.text}", str(number), "number", number), at + 2
    if token.kind != "word":
        return token, at + 1
    if word[0].isdigit() and word[-1] == "x" and word[:-1].isdigit():
        return Token(token.start, token.end, token.text, word, "number", Decimal(word[:-1])), at + 1
    if (
        word in known.halves
        and words[at + 1 : at + 2]
        and words[at + 1] in known.numbers.ones
        and words[at + 2 : at + 3]
    ):
        scale = known.numbers.scales.get(words[at + 2])
        if scale is not None:
            return _joined(tokens, at, at + 3, Decimal(scale) / 2), at + 3
    if word not in known.numbers.units and word not in known.numbers.scales:
        return token, at + 1
    found = spoken(words, at, known.numbers)
    if found is None:
        return token, at + 1
    number, end = found
    if words[end : end + 1] and words[end] in known.percents:
        return Token(token.start, tokens[end].end, "", f"{number} %", "percent", number), end + 1
    return _joined(tokens, at, end, number), end


def _joined(tokens: list[Token], first: int, end: int, number: Decimal) -> Token:
    text = " ".join(token.text for token in tokens[first:end])
    return Token(tokens[first].start, tokens[end - 1].end, text, text.lower(), "number", number)


def _with_currency(tokens: list[Token], known: ValueWords, dollar: str) -> list[Token]:
    """Join a number and the currency beside it: "50 bucks", "2 k euros", "EUR 300", "€120 EUR"."""
    kinds = [token.kind for token in tokens]
    if "number" not in kinds and "money" not in kinds:
        return tokens
    if kinds.count("number") > 1:
        tokens = _with_cents(tokens, known)
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "number" and isinstance(token.value, Decimal):
            found = _currency_at(tokens, at + 1, known)
            if found is not None:
                code, end = found
                out.append(_money(tokens, at, end, token.value, dollar if code == "dollar" else code))
                at = end
                continue
        elif token.kind == "money" and isinstance(token.value, Money) and at + 1 < len(tokens):
            code = tokens[at + 1].lower
            if tokens[at + 1].kind == "word" and code == token.value.currency and code in known.codes:
                out.append(_money(tokens, at, at + 2, token.value.amount, code))
                at += 2
                continue
        elif (
            token.kind == "word"
            and token.lower in known.codes
            and at + 1 < len(tokens)
            and tokens[at + 1].kind == "number"
        ):
            amount = tokens[at + 1].value
            ahead = _currency_at(tokens, at + 2, known)
            if isinstance(amount, Decimal) and ahead is None and _is_code(token, tokens, known):
                out.append(_money(tokens, at, at + 2, amount, token.lower))
                at += 2
                continue
        out.append(_settle(token, token.text) if token.kind == "number" else token)
        at += 1
    return _with_thousands(out) if kinds.count("number") + kinds.count("money") > 1 else out


def _with_cents(tokens: list[Token], known: ValueWords) -> list[Token]:
    """ "99,99 EUR": two figures behind a comma, and then a currency."""
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        token, parts = tokens[at], tokens[at : at + 3]
        if (
            token.kind == "number"
            and [each.text for each in parts[1:2]] == [","]
            and all(before.end == each.start for before, each in pairwise(parts))
            and re.fullmatch(r"\d+,\d\d", text := "".join(each.text for each in parts))
            and _currency_at(tokens, at + 3, known)
        ):
            out.append(Token(token.start, parts[2].end, text, text, "number", decimal(text)))
            at += 3
            continue
        out.append(token)
        at += 1
    return out


_SPACED = re.compile(r"\D*\d{1,3} \d{3}(?P<cents>,\d{2})?(?!\d).*")


def _with_thousands(tokens: list[Token]) -> list[Token]:
    """ "1 200,50 €" is one amount; of "1 200 €" and "€1 200" nobody knows whether the one is how many of the other."""
    out: list[Token] = []
    for token in tokens:
        before = out[-1] if out else None
        if before is None or {before.kind, token.kind} != {"number", "money"} or token.start != before.end + 1:
            out.append(token)
            continue
        spaced = _SPACED.fullmatch(text := f"{before.text} {token.text}")
        if spaced is None:
            out.append(token)
            continue
        joined = Token(before.start, token.end, text, text.lower(), "bad")
        if spaced["cents"] and isinstance(token.value, Money) and isinstance(before.value, Decimal):
            joined.kind, joined.value = "money", Money(before.value * 1000 + token.value.amount, token.value.currency)
        out[-1] = joined
    return out


def _is_code(token: Token, tokens: list[Token], known: ValueWords) -> bool:
    """A code that is no English word, or one in capitals where not all is: "try 50", "TOP 5 CUSTOMERS" are no money."""
    if token.lower not in known.ambiguous:
        return True
    return token.text.isupper() and any(char.islower() for each in tokens if each.kind == "word" for char in each.text)


def _currency_at(tokens: list[Token], at: int, known: ValueWords) -> tuple[str, int] | None:
    if at >= len(tokens) or tokens[at].kind != "word":
        return None
    for length in (3, 2, 1):
        words = tuple(token.lower for token in tokens[at : at + length])
        if len(words) == length and words in known.currencies:
            return known.currencies[words], at + length
    word = tokens[at].lower
    if word in known.codes and _is_code(tokens[at], tokens, known):
        return word, at + 1
    return None


def _money(tokens: list[Token], first: int, end: int, amount: Decimal, currency: str) -> Token:
    text = " ".join(token.text for token in tokens[first:end])
    made = Token(tokens[first].start, tokens[end - 1].end, text, text.lower(), "money", Money(amount, currency))
    figure = next(token.text for token in tokens[first:end] if token.kind in {"number", "money"})
    return _settle(made, figure)
