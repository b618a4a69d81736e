"""What a canonical sentence may say: which value fits which field or param, and what makes a request whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from flarite_nl.grammar.schema import Resource
from flarite_nl.grammar.sentences import EMAIL, Named
from flarite_nl.model.parse import Filter, Intent
from flarite_nl.model.values import Money, Ref, Value, Window

NUMERIC = frozenset({"money", "number", "percent"})
ORDERS = frozenset({"gt", "gte", "lt", "lte"})
WHOLE = frozenset({"number", "days", "months"})


def fits(kind: str, op: str, value: Value) -> bool:
    """Can a field of this type be compared with the value by this op?"""
    if op == "exists":
        return True
    if op in {"during", "not_during"}:
        return kind == "time" and isinstance(value, Window)
    if op in ORDERS:
        return kind in NUMERIC and _typed(kind, value)
    if op == "contains":
        return isinstance(value, str)
    if op in {"in", "not_in"}:
        return isinstance(value, tuple) and all(_typed(kind, each) for each in value)
    return _typed(kind, value)


def _typed(kind: str, value: Value) -> bool:
    if kind == "money":
        return isinstance(value, Money)
    if kind in NUMERIC:
        return isinstance(value, Decimal)
    if kind == "boolean":
        return isinstance(value, bool)
    return kind not in {"time", "relation", "metadata"} and isinstance(value, str | Ref)


def settable(param: Named, value: Value) -> bool:
    """Can a param be set to the value, as far as the general rules would let it?"""
    kind = param.type
    if kind == "money":
        return isinstance(value, Money) and value.amount > 0
    if kind == "percent":
        return isinstance(value, Decimal) and 0 < value <= 100
    if kind in WHOLE:
        whole = isinstance(value, Decimal) and value == value.to_integral_value()
        return whole and (value > 0 or (value == 0 and param.text == "quantity"))  # type: ignore[operator]
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "time":
        return isinstance(value, date) and not isinstance(value, datetime)
    if kind == "email":
        return isinstance(value, str) and EMAIL.fullmatch(value) is not None
    if kind == "word":
        return value in param.values
    if kind == "reference":
        return isinstance(value, str | Ref | Mapping)
    if kind == "lines":
        return isinstance(value, tuple)
    return isinstance(value, str | Ref)


def complete(intent: Intent, resource: Resource) -> bool:
    """Does a request say all that it must: its target, and what it cannot run without?"""
    operation = resource.operations.get(intent.action)
    if intent.action in {"list", "aggregate"}:
        return not intent.params
    if intent.action == "get":
        one = len(intent.filters) == 1 and _names_one(intent.filters[0]) and not (intent.sort or intent.limit)
        return one if "list" in resource.operations else operation is not None
    if operation is None:
        return False
    if intent.action == "create":
        chosen = bool(intent.filters or intent.sort or intent.limit)
        return not chosen and all(any(name in intent.params for name in group) for group in operation.needs)
    targeted = bool(intent.filters or (intent.sort and intent.limit))
    return targeted and (intent.action != "update" or bool(intent.params))


def _names_one(only: Filter) -> bool:
    return only.field == "id" and only.op == "eq" and isinstance(only.value, str | Ref)
