"""A person's own grammar files: what they add to the resources, the shared vocabulary and the saved phrases.

    resources:
      subscriptions:
        nouns: [{one: [membership], many: [memberships]}]
        fields: {status: {values: {past_due: [in arrears]}}}
        operations: {cancel: {verbs: [terminate]}}
        meanings: [{say: [parked], conditions: [[pause_collection, exists, true]]}]
        metadata: {sales_region: [region, sales region]}
    vocabulary: {read: {show: [gander at]}}
    saved: {morning numbers: how much did we make yesterday}

They can only add words: no file of a person's own takes a word away, or changes what is sent to Stripe.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flarite_nl.grammar import checked
from flarite_nl.grammar.places import Place, mapping, take, words
from flarite_nl.grammar.schema import Field, Grammar, Operation, Param, Resource

_FILE = ("resources", "vocabulary", "saved", "examples", "counterexamples")
_RESOURCE = ("nouns", "fields", "meanings", "operations", "metadata")
_FIELD = ("words", "events", "measures", "values")
_OPERATION = ("verbs", "participles", "orders", "recipients", "params")


def extended(grammar: Grammar, raw: dict[str, Any], place: Place) -> Grammar:
    """The grammar with what one file adds.

    Raises:
        GrammarError: with file and line, where the file adds to what is not there.
    """
    take(raw, _FILE, "a grammar file", place)
    resources = dict(grammar.resources)
    given = mapping(raw.get("resources"), "resources", place / "resources")
    checked.known(given, resources, "resource", place / "resources")
    for name, each in given.items():
        resources[name] = _resource(resources[name], each, place / "resources" / name)
    return replace(
        grammar,
        resources=resources,
        vocabulary=_vocabulary(grammar.vocabulary, raw.get("vocabulary"), place / "vocabulary"),
        saved={**grammar.saved, **saved_phrases(raw.get("saved"), place / "saved")},
        examples=(*grammar.examples, *checked.examples(raw.get("examples"), place / "examples")),
        counterexamples=(
            *grammar.counterexamples,
            *checked.examples(raw.get("counterexamples"), place / "counterexamples", refused=True),
        ),
    )


def saved_phrases(raw: Any, place: Place) -> dict[str, str]:
    """Phrases and the prompts that they stand for."""
    saved: dict[str, str] = {}
    for phrase, prompt in mapping(raw, "saved", place).items():
        if not isinstance(prompt, str) or not prompt.strip():
            raise (place / phrase).error(f"the saved phrase {phrase!r} needs the prompt that it stands for")
        saved[str(phrase)] = prompt
    return saved


def _vocabulary(vocabulary: Mapping[str, Any], raw: Any, place: Place) -> dict[str, Any]:
    out = dict(vocabulary)
    for section, each in mapping(raw, "vocabulary", place).items():
        at = place / section
        shared = vocabulary.get(section)
        if not isinstance(shared, Mapping) or not all(isinstance(held, list) for held in shared.values()):
            sections = (name for name, held in vocabulary.items() if isinstance(held, Mapping))
            raise at.error(f"vocabulary has no section {section} to add to; it has {', '.join(sections)}")
        added = mapping(each, section, at)
        checked.known(added, shared, f"key of {section}", at)
        out[section] = {**shared, **{key: [*shared[key], *words(said, at / key)] for key, said in added.items()}}
    return out


def _resource(resource: Resource, given: Any, place: Place) -> Resource:
    raw = take(given, _RESOURCE, f"an addition to {resource.name}", place)
    fields = dict(resource.fields)
    spoken = mapping(raw.get("fields"), "fields", place / "fields")
    checked.known(spoken, fields, "field", place / "fields")
    for name, each in spoken.items():
        fields[name] = _field(fields[name], each, place / "fields" / name)
    if raw.get("metadata"):
        fields["metadata"] = _metadata(resource, raw["metadata"], place / "metadata")
    operations = dict(resource.operations)
    ordered = mapping(raw.get("operations"), "operations", place / "operations")
    checked.known(ordered, operations, "operation", place / "operations")
    for name, each in ordered.items():
        operations[name] = _operation(operations[name], each, place / "operations" / name)
    return replace(
        resource,
        nouns=(*resource.nouns, *checked.nouns(raw.get("nouns"), place / "nouns")),
        meanings=(*resource.meanings, *checked.meanings(raw.get("meanings"), place / "meanings")),
        fields=fields,
        operations=operations,
    )


def _metadata(resource: Resource, raw: Any, place: Place) -> Field:
    field = resource.fields.get("metadata")
    if field is None:
        raise place.error(f"{resource.name} cannot be asked for by metadata")
    return replace(field, keys=_joined(field.keys, checked.phrases(raw, place)))


def _field(field: Field, given: Any, place: Place) -> Field:
    raw = take(given, _FIELD, f"an addition to the field {field.name}", place)
    values = checked.phrases(raw.get("values"), place / "values")
    if field.type == "word" and field.one_of:
        checked.known(values, field.one_of, f"value of {field.name}", place / "values")
    return replace(
        field,
        words=(*field.words, *words(raw.get("words"), place / "words")),
        events=(*field.events, *words(raw.get("events"), place / "events")),
        measures=(*field.measures, *words(raw.get("measures"), place / "measures")),
        values=_joined(field.values, values),
    )


def _operation(operation: Operation, given: Any, place: Place) -> Operation:
    raw = take(given, _OPERATION, f"an addition to the operation {operation.name}", place)
    said = checked.verbs(raw, place)
    params = dict(operation.params)
    spoken = mapping(raw.get("params"), "params", place / "params")
    checked.known(spoken, params, f"param of {operation.name}", place / "params")
    for name, each in spoken.items():
        params[name] = _param(params[name], each, place / "params" / name)
    return replace(
        operation,
        verbs=(*operation.verbs, *said["verbs"]),
        participles=(*operation.participles, *said["participles"]),
        orders=(*operation.orders, *said["orders"]),
        recipients=(*operation.recipients, *said["recipients"]),
        params=params,
    )


def _param(param: Param, given: Any, place: Place) -> Param:
    raw = take(given, ("words", "values"), f"an addition to the param {param.name}", place)
    values = _joined(param.values, checked.phrases(raw.get("values"), place / "values"))
    return replace(param, words=(*param.words, *words(raw.get("words"), place / "words")), values=values)


def _joined(there: Mapping[str, tuple[str, ...]], added: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {**there, **{key: (*there.get(key, ()), *said) for key, said in added.items()}}
