"""What a resource can be asked and done, from the grammar itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flarite_nl.errors import InputError
from flarite_nl.grammar.schema import Example, Field, Grammar, Operation, Resource


@dataclass(frozen=True, slots=True)
class Askable:
    """A field by which a resource can be asked: its type, words for it, and words for its values."""

    field: str
    type: str
    words: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doable:
    """A write: the verbs that order it, its params (``*`` marks what it needs), and how much is at stake."""

    name: str
    verbs: tuple[str, ...]
    params: tuple[str, ...]
    risk: str


@dataclass(frozen=True, slots=True)
class Capabilities:
    """All that can be said of one resource, with prompts to copy."""

    resource: str
    nouns: tuple[str, ...]
    fields: tuple[Askable, ...]
    meanings: tuple[str, ...]
    writes: tuple[Doable, ...]
    reads: tuple[str, ...]
    orders: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        fields = [
            {"field": each.field, "type": each.type, "words": list(each.words), "values": list(each.values)}
            for each in self.fields
        ]
        writes = [
            {"name": each.name, "verbs": list(each.verbs), "params": list(each.params), "risk": each.risk}
            for each in self.writes
        ]
        return {
            "resource": self.resource,
            "nouns": list(self.nouns),
            "fields": fields,
            "meanings": list(self.meanings),
            "writes": writes,
            "examples": [*self.reads, *self.orders],
        }


def capabilities(grammar: Grammar, names: Iterable[str] = ()) -> list[Capabilities]:
    """Those of some resources, or of all; a resource may be named by its words ("promo codes").

    Raises:
        InputError: where there is no such resource.
    """
    wanted = [resource_named(grammar, name).name for name in names] or grammar.resources
    return [_capabilities(grammar.resources[name]) for name in dict.fromkeys(wanted)]


def resource_named(grammar: Grammar, name: str) -> Resource:
    """The resource of that name, or that one of its nouns names.

    Raises:
        InputError: where there is none.
    """
    said = " ".join(name.lower().replace("_", " ").replace("-", " ").split())
    for resource in grammar.resources.values():
        if said == resource.name.replace("_", " "):
            return resource
    for resource in grammar.resources.values():
        if any(said in (*noun.one, *noun.many) for noun in resource.nouns):
            return resource
    raise InputError(f"There is no resource {name!r}; there are {', '.join(grammar.resources)}.")


def _capabilities(resource: Resource) -> Capabilities:
    orders = [each for each in resource.examples if _is_order(each, resource)]
    return Capabilities(
        resource.name,
        tuple(dict.fromkeys(phrase for noun in resource.nouns for phrase in (*noun.many[:3], *noun.one[:1]))),
        tuple(_askable(each) for each in resource.fields.values()),
        tuple(each.say[0] for each in resource.meanings),
        tuple(_doable(each) for each in resource.operations.values() if each.risk != "read"),
        tuple(each.text for each in resource.examples if each not in orders and _is_plain(each)),
        tuple(each.text for each in orders if _is_plain(each)),
    )


def _is_plain(example: Example) -> bool:
    """Is it carried out by itself, without turns before it?"""
    return bool(example.expect.get("status") == "ok" and not example.context)


def _is_order(example: Example, resource: Resource) -> bool:
    intents = example.expect.get("intents") or ()
    return any(each["resource"] == resource.name and _writes(resource, each["action"]) for each in intents)


def _writes(resource: Resource, action: str) -> bool:
    operation = resource.operations.get(action)
    return operation is not None and operation.risk != "read"


def _askable(field: Field) -> Askable:
    values = tuple(
        f"{value} ({said[0]})" if said and said[0] != value else value for value, said in field.values.items()
    )
    keys = tuple(f"{key} ({', '.join(said)})" for key, said in field.keys.items())
    return Askable(field.name, field.type, (*field.words[:3], *field.events[:3]), (*(values or field.one_of), *keys))


def _doable(operation: Operation) -> Doable:
    needed = {name for group in operation.needs for name in group}
    params = tuple(f"{name}*" if name in needed or each.required else name for name, each in operation.params.items())
    return Doable(operation.name, operation.verbs[:5], params, operation.risk)
