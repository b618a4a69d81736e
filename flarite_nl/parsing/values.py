"""Values that follow a field, a comparison or stand alone: one value, a list of them, a range."""

from __future__ import annotations

from decimal import Decimal

from flarite_nl.grammar.schema import Field
from flarite_nl.model.values import Money, Value, Window
from flarite_nl.parsing.names import code_at, name_at
from flarite_nl.parsing.reading import Reading
from flarite_nl.values.vantage import ImpossibleTime


def value_at(r: Reading, at: int, spec: Field) -> tuple[str, Value, int] | None:
    """One value of a field's type at a token: the op that it implies, the value, and where it ends."""
    if at >= r.end:
        return None
    reader = _READERS.get(spec.type)
    return reader(r, at, spec) if reader else None


def _money(r: Reading, at: int, spec: Field) -> tuple[str, Value, int] | None:
    token = r.spans.tokens[at]
    if token.kind == "money" and isinstance(token.value, Money):
        return "eq", token.value, at + 1
    if token.kind == "number" and isinstance(token.value, Decimal) and at not in r.spans.timed:
        return "eq", Money(token.value), at + 1
    return None


def _number(r: Reading, at: int, spec: Field) -> tuple[str, Value, int] | None:
    token = r.spans.tokens[at]
    if token.kind in {"number", "percent"} and isinstance(token.value, Decimal) and at not in r.spans.timed:
        return "eq", token.value, at + 1
    return None


def _time(r: Reading, at: int, spec: Field) -> tuple[str, Value, int] | None:
    window = window_at(r, at, ahead=spec.ahead)
    return ("during", window[0], window[1]) if window else None


def window_at(r: Reading, at: int, *, ahead: bool) -> tuple[Window, int] | None:
    """The window of the time expression at a token, and where it ends."""
    span = r.spans.times.get(at)
    if span is None or span.last >= r.end or span.expr.kind != "window":
        if span is not None and span.expr.kind == "impossible" and "time" not in r.missing:
            r.missing.append("time")
        return None
    end = span.last + 1
    if end < r.end and r.spans.words[end] == "'s":
        end += 1
    try:
        return span.expr.resolve(r.spans.now, r.spans.tz, ahead=ahead), end
    except ImpossibleTime:
        if "time" not in r.missing and not span.expr.needs_base:
            r.missing.append("time")
        return None


def _word(r: Reading, at: int, spec: Field) -> tuple[str, Value, int] | None:
    for end, entry in r.spans.entries_at(at):
        for (kind, _), senses in entry.items():
            if kind == "value":
                for sense in senses:
                    if sense.extra == spec.name and sense.key in (spec.one_of or spec.values):
                        return "eq", sense.key, end
    token = r.spans.tokens[at]
    if token.kind == "quote" and isinstance(token.value, str):
        return "eq", token.value.replace(" ", "_").lower(), at + 1
    if "_" in token.text and (token.kind == "word" or (token.kind == "id" and _unprefixed(r, at))):
        return "eq", token.lower, at + 1
    return None


def _unprefixed(r: Reading, at: int) -> bool:
    """ "failure code card_velocity_exceeded": a word that begins like an ID, and like none of our objects."""
    token = r.spans.tokens[at]
    return (
        token.value not in r.spans.grammar.resources and token.text.replace("_", "").isalpha() and token.text.islower()
    )


def _boolean(r: Reading, at: int, spec: Field) -> tuple[str, Value, int] | None:
    found = r.spans.at(at, "boolean")
    return ("eq", found[0].key == "true", found[1]) if found else None


def _text(r: Reading, at: int, spec: Field) -> tuple[str, Value, int] | None:
    if not r.spans.capital(at) and any(each.resource == r.resource.name for each, _ in r.spans.every(at, "noun")):
        # "names of customers" names none.
        return None
    found = name_at(r, at, marked=True)
    if found and spec.name.startswith("address."):
        return "eq", found[0], found[1]
    return ("contains", found[0], found[1]) if found else None


def _email(r: Reading, at: int, spec: Field) -> tuple[str, Value, int] | None:
    token = r.spans.tokens[at]
    if token.kind == "email":
        return "eq", token.text, at + 1
    if token.kind == "domain":
        return "contains", token.text, at + 1
    if token.kind == "quote" and isinstance(token.value, str):
        return ("eq" if "@" in token.value[1:] else "contains"), token.value, at + 1
    if token.kind == "word" and "." in token.text:
        return "contains", "@" + token.text, at + 1
    return None


def _phone(r: Reading, at: int, spec: Field) -> tuple[str, Value, int] | None:
    token = r.spans.tokens[at]
    if token.kind == "quote" and isinstance(token.value, str) and any(char.isdigit() for char in token.value):
        return "contains", token.value, at + 1
    if token.kind == "phone" and isinstance(token.value, str):
        return "eq", token.value, at + 1
    digits, end = "", at
    while end < r.end and (r.spans.tokens[end].kind == "number" or (digits and r.spans.words[end] in "-().")):
        digits += "".join(char for char in r.spans.tokens[end].text if char.isdigit())
        end += 1
    if digits:
        return ("eq" if len(digits) > 6 else "contains"), digits, end
    return None


def _code(r: Reading, at: int, spec: Field) -> tuple[str, Value, int] | None:
    if spec.name == "card.last4" and r.spans.tokens[at].kind == "id":
        return None
    found = code_at(r, at)
    return ("eq", found[0], found[1]) if found else None


def _currency(r: Reading, at: int, spec: Field) -> tuple[str, Value, int] | None:
    found = r.spans.at(at, "currency")
    if found:
        code = found[0].key
        return "eq", r.spans.dollar if code == "dollar" else code, found[1]
    token = r.spans.tokens[at]
    known = r.spans.lexicon.values
    if (
        token.kind == "word"
        and token.lower in known.codes
        and (token.text.isupper() or token.lower not in known.ambiguous)
    ):
        return "eq", token.lower, at + 1
    symbol = known.symbols.get(token.lower)
    if symbol:
        return "eq", r.spans.dollar if symbol == "dollar" else symbol, at + 1
    return None


def _country(r: Reading, at: int, spec: Field) -> tuple[str, Value, int] | None:
    found = country_at(r, at)
    return ("eq", *found) if found else None


def country_at(r: Reading, at: int) -> tuple[str, int] | None:
    """A country's name or its code in capitals at a token: the code, and where it ends."""
    found = r.spans.at(at, "country")
    if found and not (found[1] < r.end and r.spans.tokens[found[1]].kind == "number"):
        return None if _of_a_name(r, at, found[1]) else (found[0].key, found[1])
    token = r.spans.tokens[at]
    if token.kind == "word" and token.text in r.spans.lexicon.countries and token.text.isupper() and not r.spans.upper:
        return token.text, at + 1
    return None


def _of_a_name(r: Reading, at: int, end: int) -> bool:
    """ "Mexico City": a country's name before another word in capitals that is none of ours, or a field's."""
    spans = r.spans
    if not spans.capital(at) or not spans.capital(end) or spans.title or spans.tokens[end].kind != "word":
        return False
    return end < r.end and (not spans.entries[end] or "field" in spans.kinds[end]) and end not in spans.timed


def _reference(r: Reading, at: int, spec: Field) -> tuple[str, Value, int] | None:
    token = r.spans.tokens[at]
    if token.kind == "id":
        return ("eq", token.text, at + 1) if token.value == spec.to else None
    if spec.to == "coupons":
        return _code(r, at, spec)
    return None


_READERS = {
    "money": _money,
    "number": _number,
    "percent": _number,
    "time": _time,
    "word": _word,
    "boolean": _boolean,
    "text": _text,
    "email": _email,
    "phone": _phone,
    "code": _code,
    "currency": _currency,
    "country": _country,
    "reference": _reference,
    "id": _code,
}


def list_joint(r: Reading, end: int) -> int:
    """The token behind what joins two members of a list (a comma, "and", "or", a comma and either), or 0."""
    at = end + 1 if end < r.end and r.spans.words[end] == "," else end
    return r.spans.is_at(at, "and") or r.spans.is_at(at, "or") or (at if at > end else 0)


def list_at(r: Reading, at: int, spec: Field) -> tuple[str, tuple[Value, ...], int] | None:
    """One value or several: "visa, mastercard and amex", "cus_1 or cus_2"; the op is that of the first."""
    found = value_at(r, at, spec)
    if found is None:
        return None
    op, value, end = found
    values = [value]
    while True:
        following = list_joint(r, end)
        joint = following > end + 1 or r.spans.words[end : end + 1] != [","]
        if not following:
            break
        repeated = r.spans.at(following, "field", r.resource.name)
        if repeated and repeated[0].key == spec.name:
            following = repeated[1]
        if spec.type in {"currency", "country", "word", "reference", "code"}:
            following = r.spans.skip(following, ("glue", "filler"), r.end)
        if r.spans.is_at(following, "not"):
            break
        following_value = value_at(r, following, spec)
        if following_value is None or following_value[0] != op or spec.type in {"money", "time"}:
            break
        if spec.type == "text" and (op != "eq" or not r.spans.capital(following)):
            # "whose city is Rotterdam or Antwerp" is a list, "whose name is Jane or Ann" has no frame.
            break
        if spec.type in {"money", "number"} and not joint:
            break
        values.append(following_value[1])
        end = following_value[2]
    return op, tuple(values), end


def add_values(r: Reading, name: str, op: str, values: tuple[Value, ...], compare: str = "eq") -> None:
    """One filter for one value, ``in`` for several."""
    if op == "eq" and len(values) > 1:
        r.add(name, "in" if compare == "eq" else "not_in", tuple(sorted(set(values), key=repr)))
    elif op == "eq":
        r.add(name, compare, values[0])
    else:
        r.add(name, op, values[0])
        for each in values[1:]:
            r.add(name, op, each)


def range_at(r: Reading, at: int, spec: Field) -> tuple[Value, Value, int] | None:
    """``A and B``, ``A to B`` of one type; a currency said once is meant for both."""
    low = value_at(r, at, spec)
    if low is None:
        return None
    joint = r.spans.is_at(low[2], "between", "to")
    if not joint:
        return None
    high = value_at(r, r.skip_glue(joint), spec)
    if high is None:
        return None
    first, second = low[1], high[1]
    if isinstance(first, Money) and isinstance(second, Money):
        currency = second.currency or first.currency
        first = Money(first.amount, first.currency or currency)
        second = Money(second.amount, second.currency or currency)
    return first, second, high[2]
