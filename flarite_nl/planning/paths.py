"""Where a field of the frame stands on Stripe's object, and which other objects its path crosses."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flarite_nl.errors import PlanError
from flarite_nl.grammar.schema import Field, Grammar, Resource
from flarite_nl.model.plan import Group, Join, Place

DEEPEST = 4
"""Stripe expands at most four levels of a property, ``data`` of a list included."""

GRAINS = frozenset({"day", "week", "month", "quarter", "year"})


@dataclass(frozen=True, slots=True)
class Split:
    """A dotted field cut at its first reference: ``charge.card.brand`` → ``charge`` and ``card.brand``."""

    reference: Field
    rest: str


class Paths:
    """Reads the API half of a grammar."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar

    def resource(self, name: str) -> Resource:
        try:
            return self._grammar.resources[name]
        except KeyError:
            raise PlanError(f"There is no resource {name!r}.") from None

    def canonical(self, resource: str, field: str) -> str:
        """``refunds.customer`` is the customer of the charge: ``charge.customer``, with what follows it."""
        known = self.resource(resource).fields
        head = self._head(resource, field)
        for other in known.values():
            inner = known[head].path if head else ""
            if head and other.to and other.name != head and inner.startswith(other.path + ".") and other.path:
                return inner + field[len(head) :]
        return field

    def split(self, resource: str, field: str) -> Split | None:
        """The reference that a dotted field goes through, or None for a field of the object itself."""
        known = self.resource(resource).fields
        head = self._head(resource, field)
        if head is None or head == field or not known[head].to:
            return None
        rest = field[len(head) + 1 :]
        return None if rest == "id" else Split(known[head], rest)

    def place(self, resource: str, field: str) -> Place:
        """The place of a field.

        Raises:
            PlanError: where the resource has no such field, or Stripe does not show it.
        """
        found = self._place(resource, self.canonical(resource, field))
        return replace(found, name=field)

    def group(self, resource: str, label: str) -> Group:
        name, _, grain = label.partition(":")
        if grain and grain not in GRAINS:
            raise PlanError(f"Groups are by {', '.join(sorted(GRAINS))}, not by {grain!r}.")
        return Group(label, self.place(resource, name), grain or None)

    def _head(self, resource: str, field: str) -> str | None:
        """The longest field of the resource that this dotted name starts with."""
        known = self.resource(resource).fields
        parts = field.split(".")
        names = (".".join(parts[:size]) for size in range(len(parts), 0, -1))
        return next((name for name in names if name in known), None)

    def _place(self, resource: str, field: str) -> Place:
        head = self._head(resource, field)
        if head is None:
            raise PlanError(f"{resource} have no field {field!r}.")
        known = self.resource(resource).fields[head]
        rest = field[len(head) + 1 :]
        if not known.path:
            raise PlanError(f"Stripe does not show the {known.name} of {resource}; it can only be asked for as equal.")
        if known.type == "metadata":
            if not rest:
                return Place(field, "metadata", known.path)
            return Place(field, "code", known.path, key=rest)
        if not rest or (rest == "id" and known.to):
            return Place(field, known.type, known.path)
        if not known.to:
            raise PlanError(f"{resource} have no field {field!r}.")
        return self._beyond(field, known, self._place(known.to, self.canonical(known.to, rest)))

    def _beyond(self, field: str, reference: Field, inner: Place) -> Place:
        """Put the place on the object pointed to behind the reference."""
        assert reference.to is not None
        inline = reference.path.endswith(".id")
        base = reference.path.removesuffix(".id")
        path = f"{base}.{inner.path}"
        crossed = [] if inline else [self._join(base, reference.to, first=True)]
        usable = all(join.expand for join in crossed)
        for join in inner.joins:
            outer = self._join(f"{base}.{join.path}", join.resource, first=usable)
            usable = usable and outer.expand
            crossed.append(outer)
        return Place(field, inner.type, path, inner.key, tuple(crossed))

    def _join(self, path: str, resource: str, *, first: bool) -> Join:
        plain = path.replace("[]", "").replace("[min]", "")
        depth = len(plain.split(".")) + 1
        call = self.resource(resource).operations["get"].call
        return Join(path, resource, call, first and depth <= DEEPEST)
