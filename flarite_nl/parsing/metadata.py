"""Metadata keys and their values: "metadata order_id is 6735", "metadata.plan=team"."""

from __future__ import annotations

from flarite_nl.grammar.schema import Field
from flarite_nl.model.values import Value
from flarite_nl.parsing.compares import used
from flarite_nl.parsing.names import unbroken
from flarite_nl.parsing.presences import presence
from flarite_nl.parsing.reading import Reading, Scope
from flarite_nl.parsing.values import add_values


def metadata(r: Reading, at: int, end: int, scope: Scope, spec: Field) -> int:
    """ "metadata order_id is 6735", "metadata channel=marketplace", "metadata tier enterprise"."""
    key_at = r.skip_glue(end)
    if key_at >= r.end or r.spans.tokens[key_at].kind not in {"word", "quote", "id", "code"}:
        return 0
    token = r.spans.tokens[key_at]
    key = token.value if token.kind == "quote" and isinstance(token.value, str) else token.text
    return metadata_value(r, at, key_at + 1, scope, str(key))


def metadata_value(r: Reading, at: int, behind: int, scope: Scope, key: str) -> int:
    """The value of a metadata key; values of metadata are strings."""
    spans = r.spans
    name = f"{scope.prefix}metadata.{key}"
    said = presence(r, behind, name)
    if said:
        return used(r, scope, said)
    value_from = r.skip_glue(behind)
    negated = spans.is_at(value_from, "not")
    if negated:
        value_from = r.skip_glue(negated)
    compared = spans.at(value_from, "compare")
    if compared and compared[0].key in {"eq", "ne"}:
        negated = negated or (1 if compared[0].key == "ne" else 0)
        # "metadata.plan=team": right behind the sign any word is the value.
        signed = spans.tokens[compared[1] - 1].kind == "compare"
        value_from = compared[1] if signed else r.skip_glue(compared[1])
    values: list[Value] = []
    while value_from < r.end and spans.tokens[value_from].kind not in {"mark", "suffix", "compare"}:
        token = spans.tokens[value_from]
        quoted = token.kind == "quote" and isinstance(token.value, str)
        behind = value_from + 1 if quoted else unbroken(r, value_from)
        values.append(str(token.value) if quoted else spans.words_of(value_from, behind))
        joint = spans.is_at(behind, "or")
        if not joint:
            break
        value_from = r.skip_glue(joint)
    if not values:
        if "with" in r.marks or "without" in r.marks:
            present = "with" in r.marks
            r.marks -= {"with", "without"}
            r.add(name, "exists", present)
            return behind
        return 0
    if negated:
        r.negate, r.negated_at = "predicate", at
    add_values(r, name, "eq", tuple(values))
    if negated:
        r.negate = ""
    r.say(at, behind, f"metadata {key}")
    return used(r, scope, behind)
