"""What stands right behind a noun and names one of them: "customer Jane Doe", "coupons SPRING10 and FALL20"."""

from __future__ import annotations

from flarite_nl.grammar.schema import Resource
from flarite_nl.model.values import Value
from flarite_nl.parsing.names import code_at, name_at
from flarite_nl.parsing.reading import Reading, Scope
from flarite_nl.parsing.values import add_values, list_joint

_JOINING = ("with", "without", "glue", "and", "or", "not", "group", "sort", "limit")
"""Words that join what is around them: in capitals they are no code."""


def apposition(r: Reading, end: int, scope: Scope, resource: Resource, prefix: str) -> int:
    """What stands right behind a noun and names one of its kind: "customer cus_1", "customer Jane Doe", "coupon X"."""
    spans = r.spans
    made = r.operation is not None and r.operation.name == "create"
    start = spans.skip(end, ("comma",), r.end) if made else end
    behind = spans.skip(end, ("filler",), r.end) if made else r.end
    if start == end < behind < r.end and spans.words[behind] == ":":
        # "new customer please: Jane Doe"
        start = behind + 1
    called = spans.is_at(start, "naming")
    if called and "name" in resource.fields and not spans.is_at(called, "compare"):
        named = _names(r, spans.skip(called, ("glue",), r.end), scope, marked=True)
        if named:
            return named
    if start >= r.end:
        return 0
    token = spans.tokens[start]
    if token.lower == "'" and prefix == "" and spans.at(start + 1, "field", resource.name):
        # "our customers' phone numbers"
        return start + 1
    if token.kind in {"word", "code", "quote", "number"}:
        return _plain_name(r, start, scope, resource, prefix)
    return 0


def _plain_name(r: Reading, start: int, scope: Scope, resource: Resource, prefix: str) -> int:
    spans = r.spans
    token = spans.tokens[start]
    if token.kind == "word" and capital_code(token.text) and not spans.upper and spans.furthest(start, _JOINING):
        # "invoices WHERE status IN (open, void)"
        return 0
    coded = "code" if "code" in resource.fields else "number" if "number" in resource.fields else ""
    own_id = resource.name == "coupons"
    if coded or own_id:
        found = code_at(r, start)
        shaped = found is not None and (token.kind in {"code", "quote"} or (codelike(token.text) and not spans.upper))
        if found and shaped and start not in spans.times:
            codes, end = _codes(r, found)
            add_values(r, (prefix or "id") if own_id else scope.prefix + coded, "eq", codes)
            r.own_id = r.own_id or (scope.prefix == "" and own_id)
            r.settle(end)
            return end
    if "name" in resource.fields and start not in spans.times and (token.kind == "quote" or _free(r, start)):
        return _names(r, start, scope, marked=False)
    return 0


def _codes(r: Reading, first: tuple[str, int]) -> tuple[tuple[Value, ...], int]:
    """One code or several: "coupons SPRING5 and FALL5"; what is made has one."""
    codes: list[Value] = [first[0]]
    end = first[1]
    while r.operation is None or r.operation.name != "create":
        joint = list_joint(r, end)
        again = code_at(r, joint) if joint and joint < r.end else None
        if again is None or not codelike(again[0]) or r.spans.upper or r.spans.tokens[joint].kind == "id":
            break
        codes.append(again[0])
        end = again[1]
    return tuple(dict.fromkeys(codes)), end


def capital_code(text: str) -> bool:
    """Is a word surely a code: capitals and figures only?"""
    return len(text) > 2 and text.upper() == text and any(char.isalpha() for char in text)


def codelike(text: str) -> bool:
    return len(text) > 2 and (
        text.isupper() or (any(char.isdigit() for char in text) and any(char.isalpha() for char in text))
    )


def _free(r: Reading, at: int) -> bool:
    """Is a capitalised word a name here, rather than a word of the vocabulary at the start of a sentence?"""
    if not r.spans.capital(at) or (r.spans.title and r.spans.entries[at]):
        return False
    for end, entry in r.spans.entries_at(at):
        kinds = {kind for kind, resource in entry if resource in ("", r.resource.name)}
        if (
            kinds & {"meaning", "value", "with", "without", "or", "and", "compare", "event", "noun", "field"}
            and end > at
        ):
            return r.spans.capital(at + 1) and not r.spans.entries_at(at + 1)
    return True


def _names(r: Reading, at: int, scope: Scope, *, marked: bool) -> int:
    found = name_at(r, at, marked=marked)
    if found is None:
        return 0
    names: list[Value] = [found[0]]
    end = found[1]
    while True:
        joint = r.spans.is_at(end, "or")
        again = name_at(r, joint, marked=marked) if joint else None
        if again is None:
            break
        names.append(again[0])
        end = again[1]
    if len(names) > 1:
        return 0
    r.add(scope.prefix + "name", "contains", names[0])
    scope.used = True
    r.say(at, end, "name")
    r.settle(end)
    return end


def named(r: Reading, at: int, end: int) -> int:
    """ "called Oduya", "with the name Acme Corp": the nearest noun that has a name."""
    for scope in reversed(r.scopes):
        if "name" in scope.resource.fields:
            start = r.spans.skip(end, ("glue",), r.end)
            if r.spans.is_at(start, "contains"):
                start = r.spans.is_at(start, "contains")
            return _names(r, start, scope, marked=True)
    path = r.path_to("customers")
    if path is None:
        return 0
    scope = r.push(r.spans.grammar.resources["customers"], path[0], path[1], None, at)
    return _names(r, r.spans.skip(end, ("glue",), r.end), scope, marked=True)
