"""What a list can filter by itself: filters → list parameters (STRIPE.md 6–8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from flarite_nl.errors import PlanError
from flarite_nl.grammar.schema import Field, Resource
from flarite_nl.model.parse import Filter
from flarite_nl.model.plan import Each
from flarite_nl.model.values import Ref, Value, Window
from flarite_nl.planning.search import seconds

SWITCHES = frozenset({"active", "status", "type", "currency", "collection_method", "recurring"})
"""List parameters that leave many objects."""

NEGATIVE = frozenset({"ne", "not_in", "not_during"})


@dataclass(frozen=True, slots=True)
class Pushed:
    """List parameters, the one that is repeated (``each``), and the filters that they hold."""

    params: Mapping[str, Any] = field(default_factory=dict)
    each: Each | None = None
    used: tuple[Filter, ...] = ()

    @property
    def narrow(self) -> bool:
        """More than a switch (active, status, type) limits what comes back."""
        bounded = any("gte" in value for value in self.params.values() if isinstance(value, dict) and value)
        plain = any(name not in SWITCHES for name, value in self.params.items() if not isinstance(value, dict))
        return bounded or plain or (self.each is not None and self.each.param not in SWITCHES)


def push(resource: Resource, filters: Sequence[Filter], zone: ZoneInfo, fanout: int) -> Pushed:
    """The list parameters that these filters allow.

    Raises:
        PlanError: where a field can only be asked for as equal, and is asked for otherwise.
    """
    params: dict[str, Any] = {}
    used: list[Filter] = []
    several: list[tuple[Field, Filter]] = []
    for each in filters:
        known = resource.fields.get(each.field)
        if known is None or not known.list or known.type == "id":
            continue
        listed = each.op == "in" and _asks(known, each.value)
        if listed or (each.op == "eq" and isinstance(each.value, Ref)):
            several.append((known, each))
        elif _put(params, known, each, zone):
            used.append(each)
    each_, chosen = _repeated(several, params, fanout)
    _forbid_hidden(resource, filters, [*used, *chosen])
    return Pushed(params, each_, (*used, *chosen))


def _put(params: dict[str, Any], known: Field, each: Filter, zone: ZoneInfo) -> bool:
    """Add one filter to the parameters; False where the list cannot hold it."""
    name = str(known.list)
    if known.type == "time" and isinstance(each.value, Window) and each.op == "during":
        bounds = dict(params.get(name, {}))
        if each.value.start is not None:
            bounds["gte"] = max(seconds(each.value.start, zone), bounds.get("gte", 0))
        if each.value.end is not None:
            end = seconds(each.value.end, zone)
            bounds["lt"] = min(end, bounds.get("lt", end))
        params[name] = bounds
        return True
    if each.op != "eq" or not _fits(known, each.value) or known.type == "email":
        return False
    head, _, inner = name.partition(".")
    if head in params:
        return False
    params[head] = {inner: each.value} if inner else each.value
    return True


def _fits(known: Field, value: Value) -> bool:
    if isinstance(value, bool):
        return known.type == "boolean"
    return isinstance(value, str) and value != "" and (not known.one_of or value in known.one_of)


def _asks(known: Field, value: Value) -> bool:
    return isinstance(value, tuple) and known.type != "time" and all(_fits(known, each) for each in value)


def _repeated(
    several: list[tuple[Field, Filter]], params: dict[str, Any], fanout: int
) -> tuple[Each | None, tuple[Filter, ...]]:
    """The one parameter that is repeated: objects before words, the fewest values first."""

    def rank(entry: tuple[Field, Filter]) -> tuple[bool, int]:
        known, each = entry
        return known.to is None, len(each.value) if isinstance(each.value, tuple) else 1

    for known, each in sorted(several, key=rank):
        name = str(known.list)
        if "." in name or name in params:
            continue
        if isinstance(each.value, Ref):
            return Each(name, ref=each.value), (each,)
        if isinstance(each.value, tuple) and len(each.value) <= fanout:
            return Each(name, values=each.value), (each,)
    return None, ()


def _forbid_hidden(resource: Resource, filters: Sequence[Filter], used: Sequence[Filter]) -> None:
    """A field that no object shows cannot be judged here: the list must have taken it."""
    for each in filters:
        known = resource.fields.get(each.field)
        if known is not None and not known.path and each not in used:
            raise PlanError(
                f"Stripe lists {resource.name} of one {known.name}; it cannot filter {known.name} otherwise."
            )


def whole(pushed: Pushed, **params: Any) -> Pushed:
    """The same with more parameters."""
    return replace(pushed, params={**pushed.params, **params})
