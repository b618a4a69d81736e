"""Which columns a table has: those of the resource's grammar file, and those that the prompt asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flarite_nl.grammar.schema import Resource
from flarite_nl.rendering.cells import Column

RIGHT = frozenset({"money", "number", "percent"})
"""Types whose cells stand at the right of their column."""


def columns_of(resource: Resource, asked: Sequence[str] = ()) -> tuple[Column, ...]:
    """The columns of a table of ``resource``; fields that the prompt names (``asked``) stand right after the first."""
    usual = list(resource.columns)
    names = [*usual[:1], *(name for name in asked if name not in usual[:1])]
    names += [name for name in usual if name not in names]
    return tuple(_column(resource, name, heading) for name, heading in zip(names, headings(names), strict=True))


def headings(names: Sequence[str]) -> list[str]:
    """``evidence_details.due_by`` is "due by"; where two would read the same, both keep their whole path."""
    short = [name.rpartition(".")[2].replace("_", " ") for name in names]
    count = Counter(short)
    return [each if count[each] == 1 else name.replace("_", " ") for each, name in zip(short, names, strict=True)]


def guessed_columns(row: Mapping[str, Any]) -> tuple[Column, ...]:
    """Columns for an object that no grammar file describes: its first few plain values."""
    plain = (name for name, value in row.items() if isinstance(value, (str, int, float)) and name != "object")
    names = [name for name, _ in zip(plain, range(6), strict=False)]
    return tuple(Column(heading, name) for name, heading in zip(names, headings(names), strict=True))


def by_object(resources: Iterable[Resource]) -> dict[str, Resource]:
    """Resources by the ``object`` that Stripe writes into them (``"refund"``)."""
    return {resource.object: resource for resource in resources}


def _column(resource: Resource, name: str, heading: str) -> Column:
    field = resource.fields.get(name)
    return Column(heading, field.path, field.type) if field else Column(heading, name)
