"""Checks across the files of a grammar: what one file alone cannot show to be wrong.

A phrase may have many senses; composition picks by what stands around it. Two of the same kind in one resource are a
mistake where nothing around them could tell them apart: nouns, meanings, values, dates, and words of a param. Verbs
are told apart by their objects, params and measures by the type of what follows, and are left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flarite_nl.errors import GrammarError
from flarite_nl.grammar.lexicon import Sense, build
from flarite_nl.grammar.places import Place
from flarite_nl.grammar.schema import Condition, Field, Grammar, Operation, Resource
from flarite_nl.model.parse import OPS
from flarite_nl.text import words_of

COMPUTED = "computed"
"""The ``call`` of what no call answers: a figure of our own."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a grammar file, where it stands, and what to do about it."""

    place: Place | None
    message: str
    remedy: str

    @property
    def line(self) -> int | None:
        return self.place.line if self.place else None

    def __str__(self) -> str:
        where = f"{self.place.file}:{self.line}: " if self.place else ""
        return f"{where}{self.message}; {self.remedy}"

    def error(self) -> GrammarError:
        return GrammarError(
            f"{self.message}; {self.remedy}", file=self.place.file if self.place else None, line=self.line
        )


def problems(grammar: Grammar, calls: Callable[[str], bool] | None = None) -> list[Problem]:
    """Everything that is wrong across the files, in the order of the resources.

    Args:
        calls: whether Stripe's client has a call such as ``charges.list``; not asked if left out.
    """
    found: list[Problem] = []
    prefixes: dict[str, str] = {}
    for resource in grammar.resources.values():
        found += _references(grammar, resource)
        for each in resource.prefixes:
            if prefixes.setdefault(each, resource.name) != resource.name:
                place = _at(resource.place, "prefixes")
                message = f"the prefix {each} belongs to {prefixes[each]} already"
                found.append(Problem(place, message, "take it out of one of the two"))
        for operation in resource.operations.values():
            if calls and operation.call != COMPUTED and not calls(operation.call):
                message = f"{operation.name} calls {operation.call}, which StripeClient.v1 does not have"
                found.append(Problem(_at(operation.place, "call"), message, "name a method of one of its services"))
    return [*found, *_conflicts(grammar)]


def _at(place: Place | None, *keys: str | int) -> Place | None:
    for key in keys:
        place = place / key if place else None
    return place


def field_of(grammar: Grammar, resource: str, path: str) -> Field | None:
    """The field that a dotted path names, through references and relations; None where there is none."""
    known = grammar.resources.get(resource)
    if known is None:
        return None
    parts = path.split(".")
    for size in range(len(parts), 0, -1):
        head, rest = ".".join(parts[:size]), ".".join(parts[size:])
        field = known.fields.get(head)
        if field is not None and (not rest or field.type == "metadata"):
            return field
        to = field.to if field is not None else known.relations.get(head)
        if to is not None and rest:
            return field_of(grammar, to, rest)
    return None


def _references(grammar: Grammar, resource: Resource) -> Iterator[Problem]:
    """Names of fields, resources and params that are not there."""
    name, place = resource.name, resource.place
    for at, noun in enumerate(resource.nouns):
        here = noun.place or _at(place, "language", "nouns", at)
        yield from _conditions(grammar, name, noun.conditions, _at(here, "conditions"))
        yield from _fields(grammar, name, (noun.time, noun.measure, noun.group), here)
    for at, meaning in enumerate(resource.meanings):
        here = meaning.place or _at(place, "language", "meanings", at)
        yield from _conditions(grammar, name, meaning.conditions, _at(here, "conditions"))
        yield from _conditions(grammar, name, meaning.negated or (), _at(here, "negated"))
        yield from _fields(grammar, name, (meaning.time,), here)
    yield from _fields(grammar, name, (resource.time, resource.amount), place)
    for field in resource.fields.values():
        if field.to is not None and field.to not in grammar.resources:
            yield _nowhere(field.to, grammar, _at(place, "fields", field.name, "to"))
    for relation, to in resource.relations.items():
        if to not in grammar.resources:
            yield _nowhere(to, grammar, _at(place, "relations", relation))
    for operation in resource.operations.values():
        yield from _operation(grammar, name, operation)


def _operation(grammar: Grammar, resource: str, operation: Operation) -> Iterator[Problem]:
    place = operation.place
    yield from _conditions(grammar, resource, operation.targets, _at(place, "targets"))
    for key, groups in (("needs", operation.needs), ("exclusive", operation.exclusive)):
        for number, group in enumerate(groups):
            yield from _params(operation, group, _at(place, key, number))
    for name, group in operation.beside.items():
        yield from _params(operation, (name, *group), _at(place, "beside", name))
    yield from _params(operation, operation.defaults, _at(place, "defaults"))
    for name, param in operation.params.items():
        yield from _params(operation, param.implies, _at(place, "params", name, "implies"))
    for _, given in operation.implying:
        yield from _params(operation, given, place)
    for other, back in operation.also.items():
        made = grammar.resources[other].operations.get("create") if other in grammar.resources else None
        if made is None:
            yield _nowhere(other, grammar, _at(place, "also"))
        else:
            yield from _params(made, (back,), _at(place, "also", other))
    if operation.makes is not None and operation.makes not in grammar.resources:
        yield _nowhere(operation.makes, grammar, place)


def _params(operation: Operation, names: Iterable[str], place: Place | None) -> Iterator[Problem]:
    for name in names:
        if name not in operation.params:
            there = ", ".join(operation.params) or "no params"
            yield Problem(place, f"{operation.name} has no param {name}", f"it has {there}")


def _nowhere(name: str, grammar: Grammar, place: Place | None) -> Problem:
    return Problem(place, f"there is no resource {name}", f"there are {', '.join(grammar.resources)}")


def _fields(grammar: Grammar, resource: str, names: Sequence[str | None], place: Place | None) -> Iterator[Problem]:
    for name in names:
        if name is not None and field_of(grammar, resource, name) is None:
            yield _unknown(grammar, resource, name, place)


def _unknown(grammar: Grammar, resource: str, name: str, place: Place | None) -> Problem:
    there = ", ".join(grammar.resources[resource].fields)
    return Problem(place, f"{resource} have no field {name}", f"name one of {there}, or add it under fields")


def _conditions(
    grammar: Grammar, resource: str, conditions: Sequence[Condition], place: Place | None
) -> Iterator[Problem]:
    for at, (name, op, value) in enumerate(conditions):
        here = _at(place, at)
        field = field_of(grammar, resource, name)
        if field is None and op == "exists" and name in grammar.resources[resource].relations:
            continue
        if field is None:
            yield _unknown(grammar, resource, name, here)
        elif op not in OPS:
            yield Problem(here, f"{op} is no op", f"write one of {', '.join(OPS)}")
        elif not _is_value(field, op, value):
            yield Problem(here, f"{name} {op} takes no {value!r}", _VALUES)
        elif field.type == "word" and field.one_of and op in {"eq", "ne", "in", "not_in"}:
            for each in value if isinstance(value, list) else [value]:
                if each not in field.one_of:
                    yield Problem(here, f"{name} is never {each}", f"it is one of {', '.join(field.one_of)}")


_VALUES = (
    'write a text, a number, true or false; a list of texts for in and not_in; {money: "50"} for money; '
    "past or future for during"
)


def _is_value(field: Field, op: str, value: Any) -> bool:
    """Can a condition hold this value?"""
    if op in {"during", "not_during"}:
        return value in ("past", "future")
    if op == "exists":
        return isinstance(value, bool)
    if op in {"in", "not_in"}:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if field.type == "money":
        return isinstance(value, dict) and set(value) == {"money"} and isinstance(value["money"], str)
    return isinstance(value, bool if field.type == "boolean" else str | int | float)


_Reading = Callable[[Resource, Sense], Any]

# Kinds whose senses nothing around them tells apart, and what a sense of theirs comes to: equal ones do not conflict.
_READINGS: Mapping[str, _Reading] = {
    "noun": lambda resource, sense: _read_noun(resource, sense),
    "meaning": lambda resource, sense: _read_meaning(resource, sense),
    "value": lambda _, sense: (sense.extra, sense.key),
    "event": lambda _, sense: sense.key,
    "field": lambda resource, sense: (resource.fields[sense.key].type, sense.key, sense.extra),
    "pvalue": lambda _, sense: (sense.extra, sense.key),
    "participle": lambda _, sense: sense.key,
    "orders": lambda _, sense: sense.key,
}


def _read_noun(resource: Resource, sense: Sense) -> str:
    noun = resource.nouns[sense.extra]
    return repr((noun.conditions, noun.time, noun.aggregate, noun.measure, noun.params, noun.group, noun.verbal))


def _read_meaning(resource: Resource, sense: Sense) -> str:
    meaning = resource.meanings[int(sense.key)]
    return repr((meaning.conditions, meaning.negated, meaning.time, meaning.always))


def _conflicts(grammar: Grammar) -> Iterator[Problem]:
    """Phrases that mean two things at once in one resource."""
    lexicon = build(grammar)
    for words, entry in lexicon.phrases.items():
        for (kind, name), senses in entry.items():
            if len(senses) < 2 or kind not in _READINGS or not name:
                continue
            resource = grammar.resources[name]
            readings = {_READINGS[kind](resource, each): each for each in senses}
            if not _clash(kind, list(readings)):
                continue
            places = [each for top in _tops(grammar, resource) for each in _found(top, words, lexicon.scan)]
            also = "".join(f" (and {each.file}:{each.line})" for each in places[1:])
            said = " and ".join(sorted({_named(kind, each) for each in readings.values()}))
            message = f'"{" ".join(words)}"{also} means several things for {name}: {kind}s {said}'
            place = places[0] if places else resource.place
            yield Problem(place, message, "take the phrase out of all but one of them")


def _clash(kind: str, readings: Sequence[Any]) -> bool:
    if kind == "field":  # the value that follows tells fields of different types apart; metadata takes any
        types = {each[0] for each in readings}
        return len(types) < len(readings) or (len(readings) > 1 and "metadata" in types)
    if kind == "pvalue":  # the verb before tells operations apart
        return len({each[0][0] for each in readings}) < len(readings)
    return len(readings) > 1


def _named(kind: str, sense: Sense) -> str:
    """A sense in words, for a message."""
    if kind in {"value", "pvalue"}:
        return f"{sense.key} of {sense.extra if kind == 'value' else '.'.join(sense.extra)}"
    if kind == "noun":
        return str(sense.extra + 1)
    if kind == "meaning":
        return str(int(sense.key) + 1)
    return f"{sense.key}.{sense.extra}" if kind == "field" and sense.extra else sense.key


def _tops(grammar: Grammar, resource: Resource) -> tuple[Place, ...]:
    """The files in which phrases of a resource stand: a person's own first."""
    return (*grammar.own_files, *((resource.place,) if resource.place else ()))


def _found(top: Place, words: tuple[str, ...], scan: Any) -> list[Place]:
    """Everywhere in a file where a phrase stands."""
    return [each for each, text in top.texts("examples", "counterexamples") if words_of(text, scan) == words]


def phrase_places(grammar: Grammar, phrases: Iterable[tuple[str, ...]], scan: Any) -> dict[tuple[str, ...], Place]:
    """Where phrases stand, each where it is met first; those of the calendar and made ones are left out."""
    wanted = set(phrases)
    found: dict[tuple[str, ...], Place] = {}
    for top in grammar.files:
        for place, text in top.texts("examples", "counterexamples"):
            words = words_of(text, scan)
            if words in wanted:
                found.setdefault(words, place)
    return found
