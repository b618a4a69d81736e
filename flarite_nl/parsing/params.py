"""Pass 3, writes: what is written. Typed slots are filled by words ("quantity 3", "until June") or by type alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from flarite_nl.grammar.schema import Operation, Param
from flarite_nl.model.values import Money, Ref, Value
from flarite_nl.parsing.names import code_at, name_at
from flarite_nl.parsing.nouns import antecedent
from flarite_nl.parsing.reading import Reading

DAYS = {"day": 1, "week": 7}
MONTHS = {"month": 1, "quarter": 3, "year": 12}
Found = tuple[Value, int]


def phrase(r: Reading, at: int) -> int:
    """A param's words with their value at a token, or one of its values by itself; 0 where there is none."""
    operation = r.operation
    if operation is None:
        return 0
    for end, entry in r.spans.entries_at(at):
        for sense in entry.get(("pvalue", r.resource.name), ()):
            action, name = sense.extra
            if action == operation.name and _free(r, name) and not _adjective(r, at, end, operation):
                return _set(r, at, end, name, _word_value(operation.params[name], sense.key))
        for sense in entry.get(("param", r.resource.name), ()):
            if sense.extra == operation.name:
                after = _named(r, at, end, operation.params[sense.key])
                if after:
                    return after
        for sense in entry.get(("fraction", ""), ()):
            if "percent" in operation.params and _free(r, "percent") and "amount" not in r.params:
                if sense.key == "100":
                    return end if _object_follows(r, end) else 0
                return _set(r, at, end, "percent", Decimal(sense.key))
        for sense in entry.get(("recipient", r.resource.name), ()):
            if sense.key == operation.name:
                return end
        if ("whole", "") in entry and "percent" in operation.params and not _is_noun(r, end):
            r.whole = True
            return end
    return _pending(r, at, operation)


def _object_follows(r: Reading, end: int) -> bool:
    """"all of ch_1" is the whole charge; "all of cus_1's payments" are several."""
    following = r.skip_glue(end)
    return following < r.end and r.spans.tokens[following].kind == "id" and r.spans.tokens[following].value == r.resource.name


def _is_noun(r: Reading, at: int) -> bool:
    return bool(r.spans.every(at, "noun"))


def _adjective(r: Reading, at: int, end: int, operation: Operation) -> bool:
    """"the duplicate payment" describes the target: only behind the target is it a reason."""
    return operation.name != "create" and r.head_at < 0 and any(
        sense.resource == r.resource.name for sense, _ in r.spans.every(end, "noun")
    )  # fmt: skip


def _word_value(param: Param, key: str) -> Value:
    return key == "true" if param.type == "boolean" else key


def _free(r: Reading, name: str) -> bool:
    return name not in r.params or r.params[name] is None


def _set(r: Reading, at: int, end: int, name: str, value: Value) -> int:
    r.params[name] = value
    r.marks.discard(f"pending {name}")
    r.say(at, end, f"param {name}")
    return end


def _named(r: Reading, at: int, end: int, param: Param) -> int:
    """A param's word and, behind it, its value; or the word alone, its value still to come ("the quantity of sub_1 to 3")."""
    if not _free(r, param.name):
        return 0
    start = end
    if r.operation is not None and r.operation.name == "update" and r.spans.is_at(end, "glue", "prep") and not r.spans.is_at(end, "into"):
        # "the quantity of sub_1 to 5": its value comes behind the target.
        if _waits(r, at, end, param):
            r.marks.add(f"pending {param.name}")
            return end
        return 0
    while start < r.end:
        step = r.spans.is_at(start, "compare", "eq") or r.spans.is_at(start, "glue") or r.spans.is_at(start, "filler")
        if r.spans.words[start] in {":", "-"}:
            step = start + 1
        if not step or (r.spans.capital(start) and param.type == "text"):
            break
        start = step
    for begin in dict.fromkeys((start, end)):
        found = value_of(r, begin, param, named=True)
        if found is not None:
            return _set_typed(r, at, _sized(r, found[1], param), param, found[0])
    if r.operation is not None and r.operation.name == "update" and _waits(r, at, end, param):
        r.marks.add(f"pending {param.name}")
        return end
    return 0


def _waits(r: Reading, at: int, end: int, param: Param) -> bool:
    """May the word stand before its value ("change the quantity on sub_1 to 5")? A bare preposition may not."""
    return not r.spans.is_at(at, "glue") and not any(mark.startswith("pending") for mark in r.marks)


def _set_typed(r: Reading, at: int, end: int, param: Param, value: Value) -> int:
    if param.type == "metadata" and isinstance(value, dict):
        for key, each in value.items():
            r.params[f"{param.name}.{key}"] = each
        r.say(at, end, f"param {param.name}")
        r.marks.discard(f"pending {param.name}")
        return end
    if param.name == "recurring.interval" and isinstance(value, tuple):
        unit, count = value
        r.params["recurring.interval"] = unit
        if count != 1:
            r.params["recurring.interval_count"] = count
        r.say(at, end, f"param {param.name}")
        return end
    return _set(r, at, end, param.name, value)


def _pending(r: Reading, at: int, operation: Operation) -> int:
    """The value of a param that was named before its target: "to 5"."""
    waiting = next((mark[8:] for mark in sorted(r.marks) if mark.startswith("pending ")), None)
    if waiting is None:
        return 0
    param = operation.params[waiting]
    start = r.spans.is_at(at, "into")
    if not start:
        return 0
    found = value_of(r, r.spans.skip(start, ("filler",), r.end), param, named=True)
    return _set_typed(r, at, found[1], param, found[0]) if found else 0


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
    if token.kind == "number" and isinstance(token.value, Decimal) and param.words:
        if token.value <= 0:
            r.missing.append(param.name)
            return None
        if _counts(r, at + 1):
            return None
        return Money(token.value), at + 1
    return None


def _counts(r: Reading, at: int) -> bool:
    """Does a figure count something ("3 seats", "30 days") rather than say an amount?"""
    if at < r.end and (r.spans.tokens[at].kind == "id" or r.spans.words[at] in {"x"}):
        return True
    return (at - 1) in r.spans.times or any(sense.extra for sense, _ in r.spans.every(at, "param") if sense.resource == r.resource.name)


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
            return Decimal(units[token.lower]), _sized(r, at + 1, param)
        return None
    if token.value != int(token.value) or token.value < 0 or (token.value == 0 and param.name != "quantity"):
        r.missing.append(param.name)
        return None
    return token.value, _sized(r, at + 1, param)


def _sized(r: Reading, at: int, param: Param) -> int:
    """Past the word that says what was counted ("3 seats")."""
    for end, entry in r.spans.entries_at(at):
        senses = entry.get(("param", r.resource.name), ())
        if any(sense.key == param.name and sense.extra == (r.operation.name if r.operation else "") for sense in senses):
            if not r.spans.is_at(at, "glue"):
                return end
    return at


def _length(units: dict[str, int]) -> Callable[[Reading, int, Param], Found | None]:
    def read(r: Reading, at: int, param: Param) -> Found | None:
        for start in (at, at - 1):
            span = r.spans.times.get(start)
            if span is not None and span.expr.n is not None and span.expr.unit in units and span.last < r.end and span.last >= at:
                return Decimal(span.expr.n * units[span.expr.unit]), _sized(r, span.last + 1, param)
        token = r.spans.tokens[at]
        if at not in r.spans.times and token.kind == "number" and isinstance(token.value, Decimal) and param.words:
            if token.value == int(token.value) and token.value > 0 and not r.spans.is_at(at + 1, "grain"):
                end = _sized(r, at + 1, param)
                return (token.value, end) if end > at + 1 or units is DAYS else None
        return None

    return read


def _word(r: Reading, at: int, param: Param) -> Found | None:
    operation = r.operation.name if r.operation else ""
    for end, entry in r.spans.entries_at(at):
        for sense in entry.get(("pvalue", r.resource.name), ()):
            if sense.extra == (operation, param.name):
                return _word_value(param, sense.key), end
    if param.name == "recurring.interval":
        span = r.spans.times.get(at)
        if span is not None and span.expr.kind == "duration" and span.expr.n and span.expr.unit in {"day", "week", "month", "year"}:
            return (span.expr.unit, Decimal(span.expr.n)), span.last + 1
    return None


def _text(r: Reading, at: int, param: Param) -> Found | None:
    token = r.spans.tokens[at]
    if token.kind == "quote" and isinstance(token.value, str):
        return token.value, at + 1
    if token.kind == "url":
        return (token.text, at + 1) if param.name.endswith("url") else None
    if param.name.endswith("url"):
        return None
    if param.words:
        found = name_at(r, at, marked=True)
        return (found[0], found[1]) if found else None
    return None


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
    while end < r.end and (r.spans.tokens[end].kind == "number" or (digits and r.spans.words[end] in {"-", "(", ")", "."})):
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
        return (_product(param, token.text), start + 1) if token.value == to else None
    if token.kind == "bad" or token.kind == "redacted":
        r.missing.append(param.name)
        return None
    if param.name == "customer" and token.kind == "email":
        return {"email": token.text}, start + 1
    if param.name == "coupon":
        found = _code(r, start, param) if token.kind != "word" or start > at or param.words else None
        if found and token.kind == "word" and not (_shaped(token.text) or not spans.entries[start]):
            found = None
        return found or _pronoun(r, start, to)
    pronoun = _pronoun(r, start, to)
    if pronoun:
        return pronoun
    return _by_name(r, at, start, param)


def _product(param: Param, text: str) -> Value:
    return text


def _shaped(text: str) -> bool:
    return len(text) > 2 and (text.isupper() or any(char.isdigit() for char in text))


def _by_name(r: Reading, at: int, start: int, param: Param) -> Found | None:
    """A customer or product in words: "for Jane Doe", "for the Gold plan"."""
    spans = r.spans
    if param.name not in {"customer", "product"} or r.resource.name == "invoice_items" and param.name == "product":
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
    """"Gold plan" is named Gold: the word plan, product or tier is no part of the name."""
    last = end
    if last - first > 1 and any(sense.resource in {"prices", "products"} for sense, _ in r.spans.every(last - 1, "noun")):
        last -= 1
    return r.spans.words_of(first, last), end


def _pronoun(r: Reading, at: int, to: str) -> Found | None:
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


def pronoun(r: Reading, at: int) -> int:
    """"give it a price", "invoice him": the pronoun fills the param for what it stands for."""
    for param in r.operation.params.values() if r.operation else ():
        if param.type == "reference":
            found = _pronoun(r, at, TARGETS[param.name])
            if found is not None and r.params.get(param.name) in (None, found[0]):
                return _set(r, at, found[1], param.name, found[0])
    return 0


def _metadata(r: Reading, at: int, param: Param) -> Found | None:
    """"plan=pro", "order_id 123", "tier: gold"."""
    spans = r.spans
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
    value = str(token.value) if token.kind == "quote" else token.text
    return {name: value}, start + 1


_READERS: dict[str, Callable[[Reading, int, Param], Found | None]] = {
    "money": _money, "percent": _percent, "number": _number, "days": _length(DAYS), "months": _length(MONTHS),
    "word": _word, "boolean": _word, "text": _text, "email": _email, "phone": _phone, "time": _time, "code": _code,
    "id": _id, "reference": _reference, "metadata": _metadata,
}  # fmt: skip

_BARE = ("money", "percent", "days", "months", "number", "email", "phone", "reference", "text", "id")


def bare(r: Reading, at: int) -> int:
    """A value without words of its own: its type says which param it fills."""
    operation = r.operation
    if operation is None:
        return 0
    token = r.spans.tokens[at]
    if token.kind == "money" and _premodifies(r, at + 1):
        return 0
    for kind in _BARE:
        for param in operation.params.values():
            if param.type != kind or not _free(r, param.name) or not _takes(r, at, operation, param):
                continue
            found = _bare_value(r, at, param)
            if found is not None:
                return _set_typed(r, at, _sized(r, found[1], param), param, found[0])
    return 0


def _premodifies(r: Reading, at: int) -> bool:
    """"the $50 payment of cus_1" selects by the amount."""
    if r.operation is None or r.operation.name == "create":
        return False
    return any(sense.resource == r.resource.name for sense, _ in r.spans.every(at, "noun"))


def _takes(r: Reading, at: int, operation: Operation, param: Param) -> bool:
    kind = r.spans.tokens[at].kind
    if param.type == "reference":
        if kind == "quote":
            return param.name == "product" and operation.name == "create"
        return kind in {"id", "email"} and (operation.name == "create" or _behind_to(r, at))
    if param.type in {"text", "email", "phone"}:
        return operation.name == "create" and (param.type != "text" or kind == "quote")
    if param.type == "number":
        return kind == "number" and _measured(r, at, param)
    if param.type == "id":
        return False
    return True


def _behind_to(r: Reading, at: int) -> bool:
    return at > r.first and r.spans.is_at(at - 1, "into") == at


def _measured(r: Reading, at: int, param: Param) -> bool:
    """A bare number needs what it counts: "3 seats", "2 x price_1", "5 price_1"."""
    if _sized(r, at + 1, param) > at + 1:
        return True
    following = r.spans.skip(at + 1, ("filler", "glue"), r.end)
    return param.name == "quantity" and following < r.end and r.spans.tokens[following].kind == "id" and r.spans.tokens[following].value == "prices"


def _bare_value(r: Reading, at: int, param: Param) -> Found | None:
    if param.type in {"days", "months"}:
        span = r.spans.times.get(at)
        if span is None or span.expr.kind != "duration":
            return None
        found = value_of(r, at, param)
        return found if found and found[1] > span.last + 1 else None
    return value_of(r, at, param)
