"""Values of params at a token, by their type: what may stand in each slot of a write."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from flarite_nl.grammar.schema import Param
from flarite_nl.model.values import Money, Ref, Value
from flarite_nl.parsing.compares import CENTS
from flarite_nl.parsing.names import code_at, name_at, unbroken
from flarite_nl.parsing.reading import Reading
from flarite_nl.parsing.references import antecedent
from flarite_nl.parsing.values import country_at, list_joint

_PAIR = re.compile(r"(\w+)\s*[:=]\s*(\S.*)")
"""A key of metadata and its value in one quotation."""

DAYS = {"day": 1, "week": 7}


MONTHS = {"month": 1, "quarter": 3, "year": 12}


Found = tuple[Value, int]


def word_value(param: Param, key: str) -> Value:
    if param.type == "number":
        return Decimal(key)
    return key == "true" if param.type == "boolean" else key


def value_of(r: Reading, at: int, param: Param, *, named: bool = False) -> Found | None:
    """A value of a param's type at a token."""
    reader = _READERS.get(param.type)
    if at >= r.end or reader is None:
        return None
    return reader(r, at, param) if named else reader(r, at, replace(param, words=()))


def _money(r: Reading, at: int, param: Param) -> Found | None:
    token = r.spans.tokens[at]
    if token.kind == "money" and isinstance(token.value, Money):
        if token.value.amount <= 0:
            r.missing.append(param.name)
            return None
        return token.value, at + 1
    if token.kind == "number" and isinstance(token.value, Decimal) and (param.words or CENTS.search(token.text)):
        if token.value <= 0:
            r.missing.append(param.name)
            return None
        if _counts(r, at + 1) and not CENTS.search(token.text):
            return None
        return Money(token.value), at + 1
    return None


def _counts(r: Reading, at: int) -> bool:
    """Does a figure count something ("3 seats", "30 days") rather than say an amount?"""
    if at < r.end and (r.spans.tokens[at].kind == "id" or r.spans.is_at(at, "times_sign")):
        return True
    return (at - 1) in r.spans.times or any(
        sense.extra for sense, _ in r.spans.every(at, "param") if sense.resource == r.resource.name
    )


def _percent(r: Reading, at: int, param: Param) -> Found | None:
    token = r.spans.tokens[at]
    if token.kind != "percent" or not isinstance(token.value, Decimal):
        return None
    if not 0 < token.value <= 100:
        r.missing.append(param.name)
        return None
    return token.value, at + 1


def _number(r: Reading, at: int, param: Param) -> Found | None:
    token = r.spans.tokens[at]
    if token.kind != "number" or not isinstance(token.value, Decimal):
        if token.kind == "word" and token.lower in r.spans.lexicon.values.numbers.weak:
            units = r.spans.lexicon.values.numbers.units
            return Decimal(units[token.lower]), sized(r, at + 1, param)
        return None
    if token.value != int(token.value) or token.value < 0 or (token.value == 0 and param.name != "quantity"):
        r.missing.append(param.name)
        return None
    return token.value, sized(r, at + 1, param)


def sized(r: Reading, at: int, param: Param) -> int:
    """Past the word that says what was counted ("3 seats")."""
    if param.name == "quantity" and r.spans.is_at(at, "times_sign"):
        return r.spans.is_at(at, "times_sign")
    for end, entry in r.spans.entries_at(at):
        senses = entry.get(("param", r.resource.name), ())
        if (
            any(
                sense.key == param.name and sense.extra == (r.operation.name if r.operation else "") for sense in senses
            )
            and r.spans.is_at(at, "glue") < end
        ):
            return end
    return at


def _length(units: dict[str, int]) -> Callable[[Reading, int, Param], Found | None]:
    def read(r: Reading, at: int, param: Param) -> Found | None:
        for start in (at, at - 1):
            span = r.spans.times.get(start)
            if (
                span is not None
                and span.expr.n is not None
                and span.expr.unit in units
                and span.last < r.end
                and span.last >= at
            ):
                return Decimal(span.expr.n * units[span.expr.unit]), sized(r, span.last + 1, param)
        token = r.spans.tokens[at]
        counted = isinstance(token.value, Decimal) and token.value == int(token.value) and token.value > 0
        if at in r.spans.times or not counted or not param.words or r.spans.is_at(at + 1, "grain"):
            return None
        end = sized(r, at + 1, param)
        return (Decimal(str(token.value)), end) if end > at + 1 or units is DAYS else None

    return read


def _word(r: Reading, at: int, param: Param) -> Found | None:
    operation = r.operation.name if r.operation else ""
    for end, entry in r.spans.entries_at(at):
        for sense in entry.get(("pvalue", r.resource.name), ()):
            if sense.extra == (operation, param.name):
                return word_value(param, sense.key), end
    if param.name == "recurring.interval":
        span = r.spans.times.get(at)
        if (
            span is not None
            and span.expr.kind == "duration"
            and span.expr.n
            and span.expr.unit in {"day", "week", "month", "year"}
        ):
            return (span.expr.unit, Decimal(span.expr.n)), span.last + 1
    return None


def _text(r: Reading, at: int, param: Param) -> Found | None:
    token = r.spans.tokens[at]
    if token.kind == "quote" and isinstance(token.value, str):
        return token.value, at + 1
    if token.kind == "url":
        return (token.text, at + 1) if param.name.endswith("url") else None
    if param.name.endswith("url") or (token.kind == "number" and r.spans.is_at(at + 1, "times_sign")):
        return None
    if param.words:
        found = name_at(r, at, marked=True)
        said = found is not None and r.spans.skip(at, ("filler", "indefinite"), found[1]) < found[1]
        return found if found and said and not _announces(r, at, found[1]) else None
    return None


def _announces(r: Reading, at: int, end: int) -> bool:
    """ "address line1 '1 Main St'", "the address to city Paris": the words only say what the value behind them is."""
    if end < r.end and r.spans.tokens[end].kind == "quote" and end > at:
        return r.spans.tokens[at].kind != "quote"
    return not r.spans.capital(at) and any(
        sense.resource == r.resource.name
        and r.operation is not None
        and sense.extra == r.operation.name
        and not r.spans.is_at(at, "glue")
        for sense, _ in r.spans.every(at, "param")
    )


def _email(r: Reading, at: int, param: Param) -> Found | None:
    token = r.spans.tokens[at]
    if token.kind in {"bad", "redacted"}:
        r.missing.append(param.name)
    return (token.text, at + 1) if token.kind == "email" else None


def _phone(r: Reading, at: int, param: Param) -> Found | None:
    token = r.spans.tokens[at]
    if token.kind == "phone" and isinstance(token.value, str):
        return token.value, at + 1
    if not param.words:
        return None
    digits, end = "", at
    while end < r.end and (
        r.spans.tokens[end].kind == "number" or (digits and r.spans.words[end] in {"-", "(", ")", "."})
    ):
        digits += "".join(char for char in r.spans.tokens[end].text if char.isdigit())
        end += 1
    return (digits, end) if len(digits) > 5 else None


def _time(r: Reading, at: int, param: Param) -> Found | None:
    last = param.name in {"expires_at", "redeem_by"}
    for start in (at, at - 1):
        span = r.spans.times.get(start)
        if span is not None and span.last < r.end and span.last >= at and span.expr.kind != "duration":
            day = span.expr.day(r.spans.now, r.spans.tz, ahead=True, last=last)
            if day is None:
                r.missing.append("time")
                return None
            if day < r.spans.now.astimezone(r.spans.tz).date():
                # "due yesterday": what is written lies ahead.
                r.missing.append(param.name)
            return day, span.last + 1
    return None


def _code(r: Reading, at: int, param: Param) -> Found | None:
    token = r.spans.tokens[at]
    if token.kind == "number":
        return None
    if token.kind == "word" and not param.words and not (token.text.isupper() and len(token.text) > 2):
        return None
    found = code_at(r, at)
    if found is None and token.kind == "word" and token.text.isupper() and len(token.text) > 2:
        return token.text, at + 1
    return found


def _country(r: Reading, at: int, param: Param) -> Found | None:
    found = country_at(r, at)
    return found if param.words else None


def _id(r: Reading, at: int, param: Param) -> Found | None:
    token = r.spans.tokens[at]
    return (token.text, at + 1) if token.kind == "id" else None


TARGETS = {
    "customer": "customers", "price": "prices", "product": "products", "coupon": "coupons", "invoice": "invoices",
}  # fmt: skip


def _reference(r: Reading, at: int, param: Param) -> Found | None:
    """An ID, or for a customer an email or name, for a product a name, for a coupon its code; or a pronoun."""
    spans = r.spans
    to = TARGETS[param.name]
    start = at
    for sense, end in spans.every(at, "noun"):
        if sense.resource == to:
            start = spans.skip(end, ("filler",), r.end)
            break
    if start >= r.end:
        return None
    token = spans.tokens[start]
    if token.kind == "id":
        return (_by_id(param, token.text), start + 1) if token.value == to else None
    if token.kind == "bad" or token.kind == "redacted":
        r.missing.append(param.name)
        return None
    if param.name == "customer" and token.kind == "email":
        return {"email": token.text}, start + 1
    if param.name == "coupon":
        found = _code(r, start, param) if token.kind != "word" or start > at or param.words else None
        if found and token.kind == "word" and not _shaped(token.text):
            found = None
        return found or pronoun_value(r, start, to)
    pronoun = pronoun_value(r, start, to)
    if pronoun:
        return pronoun
    return _by_name(r, at, start, param)


def _by_id(param: Param, text: str) -> Value:
    """An ID as the frame writes it: beside a name that could stand there too, marked as the ID."""
    return {"id": text} if param.keyed else text


def _shaped(text: str) -> bool:
    return len(text) > 2 and (text.isupper() or any(char.isdigit() for char in text))


def _by_name(r: Reading, at: int, start: int, param: Param) -> Found | None:
    """A customer or product in words: "for Jane Doe", "for the Gold plan"."""
    spans = r.spans
    if param.name not in {"customer", "product"} or (r.resource.name == "invoice_items" and param.name == "product"):
        return None
    called = spans.is_at(start, "naming")
    begin = called or start
    if begin >= r.end or begin in spans.times:
        return None
    marked = bool(called) or spans.tokens[begin].kind == "quote"
    found = name_at(r, begin, marked=marked)
    if found is None:
        return None
    name, end = found
    if not marked and param.name == "product":
        name, end = _without_noun(r, begin, end)
    if not name:
        return None
    trailing = next((stop for sense, stop in spans.every(end, "noun") if sense.resource in {"prices", "products"}), 0)
    return {"name": name}, (trailing or end) if param.name == "product" else end


def _without_noun(r: Reading, first: int, end: int) -> tuple[str, int]:
    """ "Gold plan" is named Gold: the word plan, product or tier is no part of the name."""
    last = end
    if last - first > 1 and any(
        sense.resource in {"prices", "products"} for sense, _ in r.spans.every(last - 1, "noun")
    ):
        last -= 1
    return r.spans.words_of(first, last), end


def pronoun_value(r: Reading, at: int, to: str) -> Found | None:
    for kind in ("pronoun", "possessive"):
        found = r.spans.at(at, kind)
        if found is None:
            continue
        for number, intent in r.references():
            if intent.resource == to:
                return Ref(number), found[1]
        if r.previous is not None and not r.earlier and r.previous.resource == to:
            return Ref("previous"), found[1]
        if r.earlier or r.previous is not None:
            other = antecedent(r, kind, found[0].key)
            if other is not None and other[0] == to[:-1]:
                return other[1], found[1]
    return None


def _metadata(r: Reading, at: int, param: Param) -> Found | None:
    """ "plan=pro", "order_id 123", "tier: gold"."""
    spans = r.spans
    whole = _PAIR.fullmatch(str(spans.tokens[at].value)) if spans.tokens[at].kind == "quote" else None
    if whole is not None:
        return {whole[1]: whole[2]}, at + 1
    if at + 1 >= r.end or spans.tokens[at].kind not in {"word", "quote", "id", "code"}:
        return None
    key = spans.tokens[at]
    start = at + 1
    if spans.words[start] in {"=", ":", "=="} or spans.is_at(start, "compare", "eq") or spans.is_at(start, "glue"):
        start = spans.skip(start + 1, ("glue",), r.end)
    if start >= r.end or spans.tokens[start].kind in {"mark", "suffix"}:
        return None
    token = spans.tokens[start]
    name = str(key.value) if key.kind == "quote" else key.text
    if token.kind == "quote":
        return {name: str(token.value)}, start + 1
    end = unbroken(r, start)
    while end < r.end and spans.tokens[end].kind == "word" and not spans.entries[end]:
        # "source = trade fair": a word that is none of ours goes on with the value.
        end += 1
    return {name: spans.words_of(start, end)}, end


def _lines(r: Reading, at: int, param: Param) -> Found | None:
    """ "3 x Consulting hour at $150 and 1 x Onboarding at $400": the lines of an invoice."""
    lines: list[Value] = []
    end = at
    while True:
        found = _line(r, at, param)
        if found is None:
            break
        line, end = found
        lines.append(line)
        at = list_joint(r, end)
        if not at:
            break
    return (tuple(lines), end) if lines else None


def _line(r: Reading, at: int, param: Param) -> tuple[Value, int] | None:
    spans = r.spans
    token = spans.tokens[at]
    if token.kind != "number" or not isinstance(token.value, Decimal) or token.value != int(token.value):
        return None
    start = spans.is_at(at + 1, "times_sign") or at + 1
    price = next(
        (each for each in range(start + 1, min(start + 10, r.end)) if spans.tokens[each].kind == "money"), None
    )
    if price is None or not spans.is_at(price - 1, "each_at"):
        return None
    described = spans.words_of(start, price - 1)
    end = spans.is_at(price + 1, "apiece") or price + 1
    amount = spans.tokens[price].value
    if not described or not isinstance(amount, Money):
        return None
    return {"description": described, "quantity": token.value, "unit_amount": amount}, end


_READERS: dict[str, Callable[[Reading, int, Param], Found | None]] = {
    "money": _money, "percent": _percent, "number": _number, "days": _length(DAYS), "months": _length(MONTHS),
    "word": _word, "boolean": _word, "text": _text, "email": _email, "phone": _phone, "time": _time, "code": _code,
    "id": _id, "reference": _reference, "metadata": _metadata,
    "lines": _lines, "country": _country,
}  # fmt: skip
