"""Intents written as FRAME.md's JSON, for tests that need no parser."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flarite_nl.model.parse import Aggregate, Filter, Having, Intent, Parse, Sort
from flarite_nl.model.values import Money, Ref, Value, Window


def value(raw: Any) -> Value:
    """A value of the frame from its JSON."""
    if isinstance(raw, Mapping):
        if set(raw) == {"amount", "currency"}:
            return Money(Decimal(raw["amount"]), raw["currency"])
        if set(raw) == {"start", "end"}:
            return Window(_moment(raw["start"]), _moment(raw["end"]))
        if "ref" in raw:
            position = raw.get("position")
            return Ref(raw["ref"], tuple(position) if isinstance(position, list) else position, raw.get("field"))
        return {name: value(each) for name, each in raw.items()}
    if isinstance(raw, list):
        return tuple(value(each) for each in raw)
    return Decimal(str(raw)) if isinstance(raw, float) else raw


def _moment(raw: str | None) -> date | datetime | None:
    if raw is None:
        return None
    return date.fromisoformat(raw) if len(raw) == 10 else datetime.fromisoformat(raw)


def intent(name: str, *filters: tuple[str, str, Any], **rest: Any) -> Intent:
    """``intent("charges.list", ("status", "eq", "failed"), sort="created desc", limit=5)``."""
    resource, _, action = name.partition(".")
    sort = rest.get("sort")
    asked = rest.get("aggregate")
    return Intent(
        resource,
        action,
        tuple(Filter(field, op, value(each)) for field, op, each in filters),
        _sort(sort) if sort else None,
        rest.get("limit"),
        _aggregate(asked) if asked else None,
        {key: value(each) for key, each in (rest.get("params") or {}).items()},
        tuple(rest.get("fields") or ()),
        rest.get("note"),
    )


def _sort(text: str) -> Sort:
    field, _, order = text.partition(" ")
    return Sort(field, "asc" if order == "asc" else "desc")


def _aggregate(raw: Mapping[str, Any]) -> Aggregate:
    having = raw.get("having")
    return Aggregate(
        raw["function"],
        raw.get("field"),
        tuple(raw.get("group_by") or ()),
        Having(having["op"], value(having["value"])) if having else None,
    )


def parse(*intents: Intent) -> Parse:
    return Parse("a prompt", "ok", intents)
