"""Pass 3, what no phrase takes: a metadata key, a text before its field, a name, a code, a raw value."""

from __future__ import annotations

from flarite_nl.grammar.lexicon import Sense
from flarite_nl.grammar.schema import Field
from flarite_nl.parsing import apposed, conditions, identifiers, metadata, nouns, owners, params
from flarite_nl.parsing.reading import Reading


def contains(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "that mention 'overage'": the text that a resource has is its description."""
    found = r.typed("text")
    start = r.spans.skip(end, ("glue", "filler"), r.end)
    if found is None or start >= r.end or r.spans.tokens[start].kind != "quote":
        return 0
    scope, spec = found
    described = scope.resource.fields.get("description", spec)
    behind = in_field(r, start + 1)
    if behind:
        described, after = behind
    else:
        after = start + 1
    r.add(scope.prefix + described.name, "contains", str(r.spans.tokens[start].value))
    r.settle(after)
    return after


def in_field(r: Reading, at: int) -> tuple[Field, int] | None:
    """ "'setup fee' in the description", "bakery in their name": the field behind its value."""
    inside = r.spans.is_at(at, "contains", "in")
    if not inside:
        return None
    start = r.spans.skip(inside, ("filler", "possessive"), r.end)
    for scope in reversed(r.scopes):
        found = r.spans.at(start, "field", scope.resource.name)
        if found and scope.resource.fields[found[0].key].type in {"text", "email", "phone"}:
            return scope.resource.fields[found[0].key], found[1]
    return None


def part_of(r: Reading, at: int) -> int:
    """ "with 7781 in their phone number", "with 1042 in the description": digits that are part of a text."""
    behind = in_field(r, at + 1) if r.operation is None and r.spans.is_at(at + 1, "contains", "in") else None
    token = r.spans.tokens[at]
    if behind is None or not token.text.isdecimal():
        return 0
    spec, after = behind
    scope = next(each for each in reversed(r.scopes) if spec.name in each.resource.fields)
    r.marks.discard("with")
    r.add(scope.prefix + spec.name, "contains", token.text)
    scope.used = True
    r.settle(after)
    return after


def loose(r: Reading, at: int) -> int:
    """A word that no phrase takes: a metadata key, a text before its field, a name, a country code, a raw value."""
    token = r.spans.tokens[at]
    if token.lower.startswith("metadata.") and "metadata" in r.resource.fields:
        return metadata.metadata_value(r, at, at + 1, r.scopes[0], token.text.split(".", 1)[1])
    coded = code_before_noun(r, at)
    if coded:
        return coded
    behind = in_field(r, at + 1)
    if behind and r.operation is None:
        spec, after = behind
        scope = next(each for each in reversed(r.scopes) if spec.name in each.resource.fields)
        r.add(scope.prefix + spec.name, "contains", str(token.value) if token.kind == "quote" else token.text)
        scope.used = True
        r.settle(after)
        return after
    dotted = token.kind == "word" and "." in token.text and not token.lower.startswith("metadata.")
    if dotted and r.spans.is_at(at - 1, "glue") and r.operation is None:
        return identifiers.domain(r, at)
    if token.kind == "word":
        for kind in ("country", "currency"):
            after = conditions.code_word(r, at, kind)
            if after:
                return after
    if r.operation is not None and r.operation.name == "create":
        return params.billed(r, at)
    return nouns.plan(r, at) or owners.owner(r, at) or (owners.other_owner(r, at) if r.follow_up else 0)


def code_before_noun(r: Reading, at: int) -> int:
    """ "SPRING24 coupon": a code right before the noun that it is the code of."""
    slot = (
        "code"
        if "code" in r.resource.fields
        else "id"
        if r.resource.name == "coupons"
        else "number"
        if "number" in r.resource.fields
        else ""
    )
    token = r.spans.tokens[at]
    if not slot or token.kind == "quote" or not apposed.capital_code(token.text) or r.spans.upper:
        return 0
    if not any(sense.resource == r.resource.name for sense, _ in r.spans.every(at + 1, "noun")):
        return 0
    if r.operation is not None and r.operation.name == "create":
        if slot not in r.operation.params or slot in r.params:
            return 0
        r.params[slot] = token.text
    else:
        r.add(slot, "eq", token.text)
        r.own_id = r.own_id or slot == "id"
    return at + 1
