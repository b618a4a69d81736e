"""The names in a sentence that says a frame back: nouns, labels of fields and params, paths between resources.

The words stand in ``grammars/sentences.yaml``; ``describe`` writes them, ``parsing/exact.py`` reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flarite_nl.grammar.schema import Field, Grammar, Noun, Operation, Param, Resource
from flarite_nl.model.parse import Intent
from flarite_nl.model.values import Value
from flarite_nl.text import normalise

EMAIL = re.compile(r"[A-Za-z0-9_.+-]*[A-Za-z0-9_+-]@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
"""An address that needs no quotation marks."""


@dataclass(frozen=True, slots=True)
class Named:
    """A field or param as a sentence names it: the words, the type of its values, and the words that these can be.

    ``type`` is ``relation`` for what belongs to a resource (a customer's subscriptions), and empty where the
    grammar knows no such field.
    """

    text: str
    type: str
    values: tuple[str, ...] = ()


class Wording:
    """The grammar's templates and names, looked up."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self.words: Mapping[str, Any] = grammar.sentences

    def label(self, name: str) -> str:
        """Stripe's name of a field or param in words: ``amount_off`` is "amount off"."""
        return str(self.words["labels"].get(name) or spaced(name))

    def nouns(self, resource: Resource) -> Iterator[Noun]:
        """Its plain nouns, the first first: those that restrict nothing but may set params ("mrr")."""
        for each in resource.nouns:
            if each.one and not (each.conditions or each.time or each.aggregate or each.measure):
                yield each

    def noun(self, intent: Intent, *, many: bool) -> tuple[str, Mapping[str, Value]]:
        """The noun of an intent's resource, and the params that it says with it."""
        resource = self.grammar.resources.get(intent.resource)
        for each in self.nouns(resource) if resource else ():
            if all(intent.params.get(key) == value for key, value in each.params.items()):
                return (each.many or each.one)[0] if many else each.one[0], each.params
        return spaced(intent.resource), {}

    def own_id(self, resource: Resource, text: str) -> bool:
        """Is a text an ID of the resource, so that it can stand right behind the noun? No ``cus_1`` is a charge."""
        head, mark, _ = text.partition("_")
        known = {each: found.name for found in self.grammar.resources.values() for each in found.prefixes}
        owner = known.get(f"{head}{mark}")
        return owner == resource.name if resource.prefixes or owner else "@" not in text

    def field(self, resource: str, name: str) -> Named:
        """A dotted path from a resource: ``customer.metadata.plan`` is ``customer's metadata "plan"``."""
        found = self.grammar.resources.get(resource)
        if found is None:
            return Named(self.label(name), "")
        if name in found.fields:
            spec = found.fields[name]
            return Named(self.label(name), spec.type, values_of(spec))
        if name in found.relations:
            return Named(self.label(name), "relation")
        for head, to, template in steps(found):
            if name.startswith(f"{head}."):
                inner = self.field(to, name[len(head) + 1 :])
                text = self.words[template].format(owner=self.label(head), field=inner.text)
                return Named(text, inner.type, inner.values)
        return self._keyed(found.fields.values(), name) or Named(self.label(name), "")

    def param(self, operation: Operation | None, name: str) -> Named:
        """A param of a write; ``metadata.plan`` is ``metadata "plan"``."""
        params = operation.params if operation is not None else {}
        if name in params:
            return Named(self.label(name), params[name].type, tuple(params[name].values))
        return self._keyed(params.values(), name) or Named(self.label(name), "")

    def key(self, resource: str, name: str) -> str:
        """What is grouped by or shown: a path, or a date with its grain (``created:month``)."""
        path, _, grain = name.partition(":")
        text = self.field(resource, path).text
        said = self.words["grains"].get(grain)
        return str(self.words["grained"].format(grain=said, field=text)) if said else text

    def _keyed(self, known: Iterable[Field | Param], name: str) -> Named | None:
        for each in known:
            if each.type == "metadata" and name.startswith(f"{each.name}."):
                text = self.quoted(name[len(each.name) + 1 :])
                return Named(self.words["keyed"].format(field=self.label(each.name), text=text), "text")
        return None

    def quoted(self, text: str) -> str:
        """A text in quotation marks, whatever stands in it (but for a line break, which no prompt's value holds)."""
        plain = "".join(map(normalise, text))
        if '"' not in plain:
            return f'"{text}"'
        if "'" not in plain and not plain[0].isspace():
            return f"'{text}'"
        cuts = [at for at, char in enumerate(plain) if char == '"']
        pieces: list[str] = []
        for start, end in zip([-1, *cuts], [*cuts, len(text)], strict=True):
            pieces += [f"'{text[start]}'"] * (start >= 0)
            pieces += [f'"{text[start + 1 : end]}"'] * (end > start + 1)
        return str(self.words["text_joint"]).join(pieces)


def spaced(name: str) -> str:
    """A name of Stripe's with blanks between its words."""
    return name.replace("_", " ").replace(".", " ")


def values_of(spec: Field) -> tuple[str, ...]:
    """The words that a field's values can be."""
    return spec.one_of or tuple(spec.values)


def steps(resource: Resource) -> Iterator[tuple[str, str, str]]:
    """The ways from a resource to others: by which field or relation, to which, and the template that says so."""
    for each in resource.fields.values():
        if each.to is not None:
            yield each.name, each.to, "owned"
    for name, to in resource.relations.items():
        yield name, to, "owned_many"
