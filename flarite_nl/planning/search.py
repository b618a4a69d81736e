"""Stripe's search query language (STRIPE.md 10–12): only clauses that are sure to find all that is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from flarite_nl.grammar.schema import Field, Resource
from flarite_nl.model.currencies import to_minor
from flarite_nl.model.parse import Filter
from flarite_nl.model.values import Moment, Money, Window

SHORTEST = 3
"""Characters that a substring clause needs."""

IDENTIFYING = frozenset({"email", "text", "code", "metadata"})
"""Types whose value picks few objects: only these are worth the lag of search."""


@dataclass(frozen=True, slots=True)
class Query:
    """``text`` is the query, ``used`` the filters in it; ``identifying`` where one of them picks few objects."""

    text: str
    used: tuple[Filter, ...]
    identifying: bool


def quoted(value: str) -> str:
    """A value that cannot end its own quotes: backslashes and quotes are escaped, whatever a name holds."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def query(resource: Resource, filters: Sequence[Filter], zone: ZoneInfo) -> Query | None:
    """All clauses that these filters allow, joined by AND; None where there is none."""
    clauses: list[str] = []
    used: list[Filter] = []
    identifying = False
    for each in filters:
        field = _field(resource, each.field)
        made = _clause(field, each, zone) if field else ()
        if field and made:
            clauses += made
            used.append(each)
            identifying = identifying or (field.type in IDENTIFYING and each.op in ("eq", "contains"))
    return Query(" AND ".join(clauses), tuple(used), identifying) if clauses else None


def _field(resource: Resource, name: str) -> Field | None:
    known = resource.fields.get(name)
    if known is None and name.startswith("metadata."):
        known = resource.fields.get("metadata")
    return known if known and known.search else None


def _clause(field: Field, each: Filter, zone: ZoneInfo) -> tuple[str, ...]:
    value, name = each.value, str(field.search)
    if each.op == "during" and isinstance(value, Window):
        bounds = ((">", value.start), ("<", value.end))
        # `>` on whole seconds: one less, so that the first second counts.
        return tuple(
            f"{name}{sign}{seconds(moment, zone) - (sign == '>')}" for sign, moment in bounds if moment is not None
        )
    if field.type == "metadata" and each.op == "eq" and isinstance(value, str | int | Decimal):
        key = each.field.removeprefix("metadata.")
        return (f"{name}[{quoted(key)}]:{quoted(str(value))}",) if str(value).isascii() and value != "" else ()
    if isinstance(value, Money):
        return _money(name, each.op, value)
    if isinstance(value, bool) and each.op == "eq":
        return (f'{name}:"{str(value).lower()}"',)
    return _text(field, each.op, name, value) if isinstance(value, str) and value.strip() else ()


def _text(field: Field, op: str, name: str, value: str) -> tuple[str, ...]:
    # A phone is written in many ways; beyond ASCII, case is folded in more than one way: a list is sure to find both.
    if field.type == "phone" or not value.isascii() or not any(each.isalnum() for each in value):
        return ()
    if op == "eq":
        return (f"{name}:{quoted(value)}",)
    if op == "contains" and field.type in ("text", "email") and len(value.strip()) >= SHORTEST:
        return (f"{name}~{quoted(value.strip())}",)
    return ()


def _money(name: str, op: str, value: Money) -> tuple[str, ...]:
    sign = {"eq": ":", "gt": ">", "lt": "<"}.get(op)
    if sign is None or value.currency is None:
        return ()
    try:
        return (f"{name}{sign}{to_minor(value.amount, value.currency)}",)
    except ValueError:
        return ()


def seconds(moment: Moment, zone: ZoneInfo) -> int:
    """Unix seconds of a moment; a day is its midnight in the zone."""
    if isinstance(moment, datetime):
        return int(moment.timestamp())
    return int(datetime(moment.year, moment.month, moment.day, tzinfo=zone).timestamp())
