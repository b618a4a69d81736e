"""A hassil grammar that covers what ``grammars/`` covers, made from the same files.

It has the same resources, nouns, fields, words of values, verbs, params and order words as the grammar that
flarite-nl reads with, as hassil's documentation has one write them: rules for the parts, lists for words of values,
wildcards for IDs and names, ``required_keywords`` for every intent. Up to ``MODIFIERS`` conditions follow a noun, in
any order; flarite-nl has no such limit. What hassil has no means for is left out: conversations, several requests in
one prompt, relative clauses inside one another, spelling, and the safety of writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flarite_nl.grammar.schema import Field, Grammar, Operation, Resource

MODIFIERS = 3
"""How many conditions may follow a noun."""

_UNITS = "(second|minute|hour|day|week|month|quarter|year)[s]"
_MONTHS = "january february march april may june july august september october november december".split()
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_RULES = {
    "unit": _UNITS,
    "month": f"({'|'.join(_MONTHS)}) [[the] {{day}}[(st|nd|rd|th)]] [[,] {{year}}]",
    "named_time": "(today|yesterday|tomorrow|now|<month>|" + "|".join(_DAYS) + "|q1|q2|q3|q4|{year})",
    "moment": "(<named_time>|{number} <unit> (ago|from now)|[the] (start|end) of <window>)",
    "window": "((this|last|next|past|current|previous|coming) [{number}] <unit>|<named_time>|[the] <unit> to date)",
    "period": "[(from|in|during|for|within|on|of|over|the|from the|in the|during the|over the|within the)] <window>"
    "|(since|after|before|until|by) [the] <moment>|(between|from) <moment> (and|to|until) <moment>",
    "money": "[$|€|£]{amount} [dollars|bucks|usd|euros|eur|pounds|gbp]",
}
_LISTS: dict[str, dict[str, Any]] = {
    "id": {"wildcard": True},
    "text": {"wildcard": True},
    "key": {"wildcard": True},
    "number": {"range": {"from": 1, "to": 1000, "words": False}},
    "day": {"range": {"from": 1, "to": 31, "words": False}},
    "year": {"range": {"from": 2010, "to": 2039, "words": False}},
    "amount": {"range": {"from": 0, "to": 1_000_000, "words": False}},
}
_SPECIAL = re.compile(r"[()\[\]{}<>|;:\\@#\"=~≤≥≠+]")


def grammar(ours: Grammar) -> dict[str, Any]:
    """What ``hassil.Intents.from_dict`` takes."""
    rules = {**_RULES, **dict(_shared(ours))}
    lists = {**_LISTS, **dict(_code_lists(ours))}
    intents: dict[str, Any] = {}
    for resource in ours.resources.values():
        name = resource.name
        rules[f"{name}_noun"] = _any(_nouns(resource))
        lists[f"{name}_adjective"] = {"values": sorted(set(_adjectives(resource))) or ["none"]}
        rules[f"{name}_field"] = _any({word for each in resource.fields.values() for word in _names(each)}) or "field"
        rules[f"{name}_condition"] = "|".join(_conditions(ours, resource))
        rules[f"{name}_group"] = f"(by|per|grouped by|for each|broken down by) [the] (<{name}_field>|<unit>)"
        rules[f"{name}_conditions"] = " ".join([f"[<{name}_condition>]"] * MODIFIERS)
        nouns = {word for noun in _nouns(resource) for word in noun.split()}
        for action, sentences in _questions(resource):
            named = [each for each in sentences if f"<{name}_noun>" in each]
            intents[f"{name}_{action}"] = {
                "data": [
                    {"sentences": named, "required_keywords": sorted(nouns)},
                    *([{"sentences": rest}] if (rest := [each for each in sentences if each not in named]) else []),
                ]
            }
        for operation in resource.operations.values():
            sentences = list(_orders(resource, operation))
            if sentences:
                verbs = {verb.split()[0] for verb in map(_clean, operation.verbs) if verb}
                intents[f"{name}_{operation.name}"] = {
                    "data": [{"sentences": sentences, "required_keywords": sorted(verbs)}]
                }
    return {
        "language": "en",
        "settings": {"ignore_whitespace": False},
        "intents": intents,
        "expansion_rules": rules,
        "lists": lists,
    }


def phrases(made: Mapping[str, Any]) -> dict[str, int]:
    """How large a grammar is: its intents, sentence templates and entries of lists."""
    data = [each for intent in made["intents"].values() for each in intent["data"]]
    return {
        "intents": len(made["intents"]),
        "sentence templates": sum(len(each["sentences"]) for each in data),
        "alternatives in rules": sum(rule.count("|") + 1 for rule in made["expansion_rules"].values()),
        "entries of lists": sum(len(each.get("values", ())) for each in made["lists"].values()),
    }


def _clean(phrase: str) -> str:
    """A phrase as a template can have it; none where it holds marks that mean something there."""
    plain = phrase.replace("...", " {id} ").lower().strip()
    bare = plain.replace("{id}", "")
    return "" if _SPECIAL.search(bare) or not re.search(r"[a-z]", bare) else " ".join(plain.split())


def _any(words: Iterable[str]) -> str:
    """One of some phrases, the longest first."""
    kept = sorted(
        {each for each in map(_clean, words) if each and "{" not in each}, key=lambda each: (-len(each), each)
    )
    return f"({'|'.join(kept)})" if kept else ""


def _shared(ours: Grammar) -> Iterator[tuple[str, str]]:
    """The rules that all resources share, from the vocabulary."""
    said = ours.vocabulary
    yield "show", f"{_any(said['read']['show'])} [(all|the|all the|my|our|any|every)]"
    yield "polite", _any([*said["polite"]["order"], "please"])
    yield "order", _any(word for words in said["order"].values() for word in words)
    yield "compare", _any(word for key, words in said["compare"].items() if key != "eq" for word in words)
    for name in ("count", "sum", "avg", "max", "min"):
        yield name, _any(said["aggregate"][name])
    yield "amount_word", _any(said["amount_word"]["amount"])
    yield "called", _any(said["naming"]["called"])
    yield "contains", _any(said["contains"]["contains"])
    yield "or_more", _any(word for words in said["compare_after"].values() for word in words)


def _code_lists(ours: Grammar) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in ("countries", "currencies"):
        entries = [
            {"in": cleaned, "out": code}
            for code, names in ours.codes[name].items()
            if (cleaned := _any([*names, code]))
        ]
        yield name, {"values": entries}


def _nouns(resource: Resource) -> list[str]:
    return [phrase for noun in resource.nouns for phrase in (*noun.one, *noun.many)]


def _id(resource: Resource) -> str:
    """An ID of the resource: a prefix, and the rest of the word."""
    return f"({'|'.join(resource.prefixes)}){{id}}" if resource.prefixes else ""


def _names(field: Field) -> Iterator[str]:
    yield from (field.name.replace("_", " ").replace(".", " "), *field.words)


def _adjectives(resource: Resource) -> Iterator[str]:
    """Words for states: of meanings, and of values of fields."""
    for meaning in resource.meanings:
        yield from filter(None, map(_clean, meaning.say))
    for field in resource.fields.values():
        for value in dict.fromkeys((*field.one_of, *field.values)):
            spoken = (value.replace("_", " "), *field.values.get(value, ()))
            yield from filter(None, map(_clean, spoken))


def _conditions(ours: Grammar, resource: Resource) -> Iterator[str]:
    """One template for each way to narrow a resource down: its states, then each of its fields by its type."""
    name = resource.name
    yield f"[(that|which|who)] (are|is|were|was|have been|has been|got) [not] {{{name}_adjective}}"
    yield f"{{{name}_adjective}}"
    yield "<period>"
    yield "[(for|of|worth)] (<compare> <money>|<money> [<or_more>]|between <money> and <money>)"
    for field in resource.fields.values():
        yield from _condition(ours, field)


def _condition(ours: Grammar, field: Field) -> Iterator[str]:
    words = _any(_names(field))
    if not words:
        return
    led = f"[(with|whose|where|having)] [(a|an|the)] {words} [(is|are|was|of)]"
    if field.type in {"money", "number", "percent"}:
        yield f"{led} (<compare> <money>|<money> [<or_more>]|between <money> and <money>)"
    elif field.type == "time":
        events = _any(field.events)
        yield f"{led} <period>"
        if events:
            yield f"[(that|which|who)] [(were|was|are|is)] {events} <period>"
    elif field.type == "reference" and field.to and field.to in ours.resources:
        other = ours.resources[field.to]
        yield f"(of|from|for|by|on|with) [(the|a)] [{_any(_nouns(other))}] {_id(other) or '{id}'}"
    elif field.type == "country":
        yield f"(in|from|based in|living in) {{countries}}|{led} {{countries}}"
    elif field.type == "currency":
        yield "(in|paid in|made in) {currencies}"
    elif field.type in {"text", "email", "phone", "code"}:
        yield f"(<called>|(with|whose|where) [(a|an|the)] {words} [(is|<contains>)]) {{text}}"
        yield f"(with|without|who have|that have) [(a|an|any|no)] {words}"
    elif field.type == "metadata":
        yield "(with|where|whose) metadata {key} [(is|=)] {text}"


def _questions(resource: Resource) -> Iterator[tuple[str, list[str]]]:
    """The intents that read: to list, to get one, to count, to add up."""
    name, own = resource.name, _id(resource)
    noun, state, conditions = f"<{name}_noun>", f"{{{name}_adjective}}", f"<{name}_conditions>"
    one, group = f"<{name}_condition>", f"[<{name}_group>]"
    yield (
        "list",
        [
            f"[<polite>] <show> [<order>] [{{number}}] [{state}] {noun} {conditions} [(newest|oldest|largest) first]",
            f"[<order>] [{{number}}] [{state}] {noun} {one} {conditions}",
            f"{state} {noun} {conditions}",
            f"(which|what|who) [{noun}] (are|were|have been|was|is|got) [not] {state} {conditions}",
            f"(which|what) {noun} {one} {conditions}",
            f"(are|were) there [any] [{state}] {noun} {conditions}",
        ],
    )
    if own:
        asked = f"(what is|what's|<show>) [the] <{name}_field> of [the]"
        yield (
            "get",
            [
                *(f"[<polite>] <show> {noun} {own}", f"[<polite>] <show> {own}"),
                *(f"{asked} {noun} {own}", f"{asked} {own}"),
                *(f"(is|was|has) [the] {noun} {own} [(been|already)] {state}", f"(is|was|has) {own} {state}"),
            ],
        )
    else:
        yield "get", [f"(what is|what's|<show>) [(my|our|the)] {noun}"]
    asking = "[(are|were|do we have|did we get|have|was|is)] [there]"
    yield "count", [f"<count> [the] [{state}] {noun} {asking} {conditions} {group}"]
    figure = "(<sum>|<avg>|<max>|<min>) [(of|the|of the|for)] [<amount_word>] [(of|for)]"
    yield "sum", [f"[<show>] {figure} [{state}] {noun} {conditions} {group}"]
    if name == "charges":
        yield "earned", [f"how much (did we make|was paid|did we take|did we earn) [<period>] {group}"]


def _orders(resource: Resource, operation: Operation) -> Iterator[str]:
    """The sentences of one operation: its verbs with their object, and its params behind."""
    name, own = resource.name, _id(resource)
    verbs = [each for each in map(_clean, operation.verbs) if each]
    plain = _any(each for each in verbs if "{" not in each)
    filled = [template for param in operation.params.values() if (template := _param(param.type, param.words))]
    params = f" [({'|'.join(filled)})]" * min(len(filled), MODIFIERS) if filled else ""
    if operation.name == "create":
        if plain:
            yield f"[<polite>] {plain} [(a|an|the|another|new|a new)] <{name}_noun> [(for|of|to|on) {{text}}]{params}"
        return
    if plain and own:
        yield f"[<polite>] {plain} [(the|my|our|this)] [<{name}_noun>] {own}{params}"
        yield f"[<polite>] {plain} (<money>|half|all|{{number}}%) (of|on|for|from) [the] [<{name}_noun>] {own}{params}"
    if plain:
        yield f"[<polite>] {plain} the <order> [{{number}}] <{name}_noun> <{name}_conditions>{params}"
    for verb in verbs:
        if "{id}" in verb and own:
            yield f"[<polite>] {verb.replace('{id}', own)}{params}"


def _param(kind: str, words: Iterable[str]) -> str:
    said = _any(words)
    value = {"money": "<money>", "percent": "{number}%", "number": "{number}", "time": "<moment>"}.get(kind, "{text}")
    return f"{said} [(is|of|to|as)] {value}" if said else ""
