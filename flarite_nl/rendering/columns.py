"""Which columns a table has: those of the resource's grammar file, and those that the prompt asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flarite_nl.rendering.cells import Column

if TYPE_CHECKING:
    from flarite_nl.grammar.schema import Resource
    from flarite_nl.model.outcome import Row
    from flarite_nl.model.parse import Intent

RIGHT = frozenset({"money", "number", "percent"})
"""Types whose cells stand at the right of their column."""


Resources = Mapping[str, "Resource"]


def columns_of(resource: Resource, asked: Sequence[str] = (), others: Resources | None = None) -> tuple[Column, ...]:
    """The columns of a table of ``resource``; fields that the prompt names (``asked``) stand right after the first."""
    usual = list(resource.columns)
    names = [*usual[:1], *(name for name in asked if name not in usual[:1])]
    names += [name for name in usual if name not in names]
    return exact_columns(resource, names, others)


def exact_columns(resource: Resource, names: Sequence[str], others: Resources | None = None) -> tuple[Column, ...]:
    """Just these fields, in this order: what ``--fields`` asks for.

    With the ``others``, a field of the object that one points to (``customer.created``) has its type too.
    """
    pairs = zip(names, headings(names), strict=True)
    return tuple(_column(resource, name, heading, others or {}) for name, heading in pairs)


def headings(names: Sequence[str]) -> list[str]:
    """``evidence_details.due_by`` is "due by"; where two would read the same, both keep their whole path."""
    short = [name.rpartition(".")[2].replace("_", " ") for name in names]
    count = Counter(short)
    return [each if count[each] == 1 else name.replace("_", " ") for each, name in zip(short, names, strict=True)]


def guessed_columns(row: Mapping[str, Any]) -> tuple[Column, ...]:
    """Columns for an object that no grammar file describes: its first few plain values."""
    plain = (name for name, value in row.items() if isinstance(value, (str, int, float)) and name != "object")
    names = [name for name, _ in zip(plain, range(6), strict=False)]
    return tuple(Column(heading, name, name=name) for name, heading in zip(names, headings(names), strict=True))


def kinds_of(
    rows: Iterable[Row], intent: Intent, resources: Resources, fields: Sequence[str] = ()
) -> Iterator[tuple[tuple[Column, ...], list[Row]]]:
    """Rows by their kind of object, each with its columns: a write on one resource may make objects of another.

    ``fields`` are the only columns, where given.
    """
    kinds: dict[str, list[Row]] = {}
    for row in rows:
        kinds.setdefault(str(row.get("object")), []).append(row)
    for some in kinds.values():
        resource = guessed(some[0], intent, resources)
        if resource is None:
            yield guessed_columns(some[0]), some
        elif fields:
            yield exact_columns(resource, fields, resources), some
        else:
            yield columns_of(resource, intent.fields, resources), some


def guessed(row: Row, intent: Intent, resources: Resources) -> Resource | None:
    """The resource that describes an object: by what Stripe calls it, else the one that was asked about."""
    return by_object(resources.values()).get(str(row.get("object"))) or resources.get(intent.resource)


def by_object(resources: Iterable[Resource]) -> dict[str, Resource]:
    """Resources by the ``object`` that Stripe writes into them (``"refund"``)."""
    return {resource.object: resource for resource in resources}


def _column(resource: Resource, name: str, heading: str, others: Resources) -> Column:
    field = resource.fields.get(name)
    if field is not None:
        return Column(heading, field.path, field.type, name)
    for head, known in resource.fields.items():
        inner = others[known.to].fields.get(name[len(head) + 1 :]) if known.to and known.to in others else None
        if inner is not None and name.startswith(head + "."):
            return Column(heading, f"{known.path}.{inner.path}", inner.type, name)
    return Column(heading, name, name=name)
