"""Expanded objects: reached by a path, and folded back to their IDs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flarite_nl.model.outcome import Row
from flarite_nl.model.plan import Join


def path_of(at: Any, path: str, objects: Mapping[str, Row] | None = None) -> Iterator[Any]:
    """Whatever stands at a path, expanded or not; ``[]`` goes through a list."""
    head, _, rest = path.partition(".")
    name, bracket, _ = head.partition("[")
    if isinstance(at, str) and objects is not None:
        at = objects.get(at)
    if not isinstance(at, Mapping) or at.get(name) is None:
        return
    values = at[name] if bracket else [at[name]]
    for value in values:
        if rest:
            yield from path_of(value, rest, objects)
        else:
            yield value


def fold(row: Row, joins: Iterable[Join], keep: Iterable[str]) -> Row:
    """The row with expanded objects as IDs again, but for those at the paths in ``keep`` and above them."""
    kept = tuple(keep)
    folded: Row = row
    for join in sorted(joins, key=lambda each: -each.path.count(".")):
        if not any(path == join.path or path.startswith(join.path + ".") for path in kept):
            folded = _folded(folded, join.path)
    return folded


def _folded(at: Any, path: str) -> Any:
    head, _, rest = path.partition(".")
    name, bracket, _ = head.partition("[")
    if not isinstance(at, Mapping) or at.get(name) is None:
        return at
    value = at[name]
    if bracket:
        changed: Any = [_folded(each, rest) if rest else _id(each) for each in value]
    else:
        changed = _folded(value, rest) if rest else _id(value)
    return at if changed is value else {**at, name: changed}


def _id(value: Any) -> Any:
    return value["id"] if isinstance(value, Mapping) and "id" in value else value
