"""A grammar file as YAML gives it → the checked dataclasses of ``schema``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast, get_args

from flarite_nl.grammar.frames import expanded
from flarite_nl.grammar.places import Place, listed, mapping, needed, take, words
from flarite_nl.grammar.schema import (
    TYPES,
    Condition,
    Example,
    Field,
    FieldType,
    Meaning,
    Noun,
    Operation,
    Param,
    Resource,
    Risk,
)

_RESOURCE = (
    "resource", "object", "prefixes", "time", "amount", "totals", "fields", "relations", "operations", "columns",
    "language", "examples", "counterexamples",
)  # fmt: skip
_SAID = ("nouns", "before_ids", "fields", "meanings", "operations")
_FIELD = ("type", "path", "list", "search", "to", "one_of", "ahead")
FIELD_WORDS = ("words", "events", "measures", "values", "keys")
_NOUN = ("one", "many", "conditions", "time", "aggregate", "measure", "params", "group", "verbal")
_MEANING = ("say", "conditions", "negated", "time", "always")
_OPERATION = ("call", "risk", "targets", "params", "needs", "exclusive", "beside", "defaults", "also", "effect")
OPERATION_WORDS = ("verbs", "participles", "orders", "recipients", "rename", "implying", "makes", "params")
_PARAM = ("type", "to", "required", "keyed", "values", "implies")


def resource(raw: dict[str, Any], place: Place) -> Resource:
    """One file: the API half at its top level, the language half under ``language``."""
    take(raw, _RESOURCE, "a resource", place)
    said = take(raw.get("language"), _SAID, "language", place / "language")
    fields = mapping(raw.get("fields"), "fields", place / "fields")
    operations = mapping(raw.get("operations"), "operations", place / "operations")
    return Resource(
        name=needed(raw, "resource", "a resource", place),
        object=needed(raw, "object", "a resource", place),
        prefixes=words(raw.get("prefixes"), place / "prefixes"),
        time=raw.get("time"),
        amount=raw.get("amount"),
        totals=bool(raw.get("totals", True)),
        fields=_fields(fields, said, place),
        relations=mapping(raw.get("relations"), "relations", place / "relations"),
        nouns=nouns(said.get("nouns"), place / "language" / "nouns"),
        before_ids=words(said.get("before_ids"), place / "language" / "before_ids"),
        meanings=meanings(said.get("meanings"), place / "language" / "meanings"),
        operations=_operations(operations, said, place),
        columns=words(raw.get("columns"), place / "columns"),
        examples=examples(raw.get("examples"), place / "examples"),
        counterexamples=examples(raw.get("counterexamples"), place / "counterexamples", refused=True),
        file=place.file,
        place=place,
    )


def known(said: Iterable[str], there: Iterable[str], what: str, place: Place) -> None:
    """Language speaks only of what is there."""
    for name in said:
        if name not in there:
            message = f"language speaks of the {what} {name}, which is not there; there are {', '.join(there)}"
            raise (place / name).error(message)


def _fields(raw: dict[str, Any], said: dict[str, Any], place: Place) -> dict[str, Field]:
    at = place / "language" / "fields"
    spoken = mapping(said.get("fields"), "fields", at)
    known(spoken, raw, "field", at)
    return {
        name: _field(name, each, spoken.get(name), place / "fields" / name, at / name) for name, each in raw.items()
    }


def _field(name: str, given: Any, language: Any, place: Place, at: Place) -> Field:
    raw = take(given, _FIELD, f"field {name}", place)
    said = take(language, FIELD_WORDS, f"field {name} of language", at)
    if raw.get("type") not in TYPES:
        types = ", ".join(sorted(TYPES))
        raise (place / "type").error(f"field {name} has the type {raw.get('type')!r}; types are {types}")
    one_of = words(raw.get("one_of"), place / "one_of")
    values = phrases(said.get("values"), at / "values")
    if raw["type"] == "word" and one_of:
        known(values, one_of, f"value of {name}", at / "values")
    return Field(
        name=name,
        type=cast(FieldType, raw["type"]),
        path=raw.get("path", name),
        list=raw.get("list"),
        search=raw.get("search"),
        to=raw.get("to"),
        one_of=one_of,
        ahead=bool(raw.get("ahead")),
        words=words(said.get("words"), at / "words"),
        events=words(said.get("events"), at / "events"),
        measures=words(said.get("measures"), at / "measures"),
        values=values,
        keys=phrases(said.get("keys"), at / "keys"),
    )


def phrases(raw: Any, place: Place) -> dict[str, tuple[str, ...]]:
    """Values and the words for each."""
    return {str(key): words(each, place / key) for key, each in mapping(raw, "values", place).items()}


def nouns(raw: Any, place: Place) -> tuple[Noun, ...]:
    return tuple(_noun(each, place / at) for at, each in enumerate(listed(raw, "nouns", place)))


def _noun(given: Any, place: Place) -> Noun:
    raw = take(given, _NOUN, "a noun", place)
    return Noun(
        words(raw.get("one"), place / "one"),
        words(raw.get("many"), place / "many"),
        conditions(raw.get("conditions"), place / "conditions"),
        raw.get("time"),
        raw.get("aggregate"),
        raw.get("measure"),
        mapping(raw.get("params"), "params", place / "params"),
        raw.get("group"),
        bool(raw.get("verbal")),
        place,
    )


def meanings(raw: Any, place: Place) -> tuple[Meaning, ...]:
    return tuple(_meaning(each, place / at) for at, each in enumerate(listed(raw, "meanings", place)))


def _meaning(given: Any, place: Place) -> Meaning:
    raw = take(given, _MEANING, "a meaning", place)
    return Meaning(
        words(needed(raw, "say", "a meaning", place), place / "say"),
        conditions(raw.get("conditions"), place / "conditions"),
        conditions(raw["negated"], place / "negated") if "negated" in raw else None,
        raw.get("time"),
        bool(raw.get("always")),
        place,
    )


def conditions(raw: Any, place: Place) -> tuple[Condition, ...]:
    out: list[Condition] = []
    for at, each in enumerate(listed(raw, "conditions", place)):
        if not isinstance(each, list) or len(each) != 3:
            raise (place / at).error("a condition is [field, op, value]")
        out.append((str(each[0]), str(each[1]), each[2]))
    return tuple(out)


def _operations(raw: dict[str, Any], said: dict[str, Any], place: Place) -> dict[str, Operation]:
    at = place / "language" / "operations"
    spoken = mapping(said.get("operations"), "operations", at)
    known(spoken, raw, "operation", at)
    there = place / "operations"
    return {name: _operation(name, each, spoken.get(name), there / name, at / name) for name, each in raw.items()}


def _operation(name: str, given: Any, language: Any, place: Place, at: Place) -> Operation:
    raw = take(given, _OPERATION, f"operation {name}", place)
    said = take(language, OPERATION_WORDS, f"operation {name} of language", at)
    risk = raw.get("risk", "write")
    if risk not in get_args(Risk):
        raise (place / "risk").error(f"operation {name} has the risk {risk}; risks are {', '.join(get_args(Risk))}")
    params = mapping(raw.get("params"), "params", place / "params")
    spoken = mapping(said.get("params"), "params", at / "params")
    known(spoken, params, f"param of {name}", at / "params")
    return Operation(
        name=name,
        call=needed(raw, "call", f"operation {name}", place),
        risk=cast(Risk, risk),
        targets=conditions(raw.get("targets"), place / "targets"),
        params={
            key: _param(key, each, spoken.get(key), place / "params" / key, at / "params" / key)
            for key, each in params.items()
        },
        needs=_groups(raw, "needs", place),
        exclusive=_groups(raw, "exclusive", place),
        beside={
            key: words(each, place / "beside" / key)
            for key, each in mapping(raw.get("beside"), "beside", place / "beside").items()
        },
        defaults=mapping(raw.get("defaults"), "defaults", place / "defaults"),
        also=mapping(raw.get("also"), "also", place / "also"),
        **verbs(said, at),
        rename=words(said.get("rename"), at / "rename"),
        implying=tuple(
            _implying(each, at / "implying" / number) for number, each in enumerate(said.get("implying") or ())
        ),
        makes=said.get("makes"),
        effect=raw.get("effect"),
        place=place,
    )


def _groups(raw: Mapping[str, Any], key: str, place: Place) -> tuple[tuple[str, ...], ...]:
    """Lists of params that belong together in some way."""
    groups = listed(raw.get(key), key, place / key)
    return tuple(words(group, place / key / number) for number, group in enumerate(groups))


def verbs(said: Mapping[str, Any], place: Place) -> dict[str, tuple[str, ...]]:
    """The words that ask for an operation."""
    return {kind: words(said.get(kind), place / kind) for kind in ("verbs", "participles", "orders", "recipients")}


def _implying(given: Any, place: Place) -> tuple[tuple[str, ...], Mapping[str, Any]]:
    raw = take(given, ("verbs", "params"), "an entry of implying", place)
    said = words(needed(raw, "verbs", "an entry of implying", place), place / "verbs")
    return said, mapping(raw.get("params"), "params", place / "params")


def _param(name: str, given: Any, language: Any, place: Place, at: Place) -> Param:
    raw = take(given, _PARAM, f"param {name}", place)
    said = take(language, ("words", "values"), f"param {name} of language", at)
    return Param(
        name,
        raw.get("type", "text"),
        raw.get("to"),
        bool(raw.get("required")),
        bool(raw.get("keyed")),
        mapping(raw.get("implies"), "implies", place / "implies"),
        words(said.get("words"), at / "words"),
        {**phrases(raw.get("values"), place / "values"), **phrases(said.get("values"), at / "values")},
    )


def examples(raw: Any, place: Place, *, refused: bool = False) -> tuple[Example, ...]:
    """Prompts and their frames; a counterexample may be the prompt alone, and must not be ``ok``."""
    out: list[Example] = []
    for number, each in enumerate(listed(raw, "examples", place)):
        at = place / number
        if isinstance(each, str):
            each = {"text": each}
        given = mapping(each, "an example", at)
        text = str(needed(given, "text", "an example", at))
        bare = refused and not set(given) - {"text", "context"}
        out.append(Example(text, {} if bare else expanded(given, at), words(given.get("context"), at / "context"), at))
    return tuple(out)
