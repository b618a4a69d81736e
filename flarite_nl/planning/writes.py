"""Plans writes: how their targets are found, what must hold of each, which objects their params name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flarite_nl.errors import PlanError
from flarite_nl.grammar.schema import Condition, Grammar, Operation
from flarite_nl.model.parse import Filter, Intent
from flarite_nl.model.plan import Check, Each, Fetch, Join, Place, Selection, Step, Write
from flarite_nl.model.values import Ref, Value, Window
from flarite_nl.planning.estimate import estimate
from flarite_nl.planning.select import Selector

OBJECTS: Mapping[str, str] = {
    "customer": "customers",
    "price": "prices",
    "product": "products",
    "coupon": "coupons",
    "invoice": "invoices",
}
"""Params that name another object, and the resource it is of."""

WANTED: Mapping[str, tuple[str, ...]] = {
    "payment_intents.refund": ("latest_charge",),
}
"""Objects that the preflight of a write looks at: expanded with the target."""


def write(intent: Intent, grammar: Grammar, selector: Selector, zone: ZoneInfo, now: datetime) -> Step:
    """The step of a write.

    Raises:
        PlanError: where Stripe has no such write, or it names no target.
    """
    resource = grammar.resources[intent.resource]
    operation = resource.operations.get(intent.action)
    if operation is None:
        raise PlanError(f"Stripe cannot {intent.action} {intent.resource}.")
    if intent.action == "create" and (intent.filters or intent.sort or intent.limit is not None):
        raise PlanError(f"{intent.name} makes something new: there is nothing yet that a condition could hold for.")
    conditions = tuple(_condition(each, now) for each in operation.targets)
    selection = None if intent.action == "create" else _targets(intent, selector, conditions)
    planned = Write(
        intent.resource,
        intent.action,
        operation.call,
        operation.risk,
        params=dict(intent.params),
        lookups=_lookups(intent, operation, selector) | _owner(intent, selector, selection),
        conditions=tuple(
            Check(selector.paths.place(intent.resource, each.field), each.op, each.value) for each in conditions
        ),
        note=intent.note,
        effect=operation.effect,
    )
    least, most = estimate(selection) if selection else (0, 0)
    for lookup in planned.lookups.values():
        low, high = estimate(lookup)
        least, most = least + low, None if most is None or high is None else most + high
    return Step("write", intent, selection, write=planned, requests=(least + 1, None), columns=resource.columns)


def _condition(condition: Condition, now: datetime) -> Filter:
    field, op, value = condition
    if isinstance(value, list):
        value = tuple(value)
    if isinstance(value, dict) and set(value) <= {"start", "end"}:
        ends = {key: now if each == "now" else each for key, each in value.items()}
        value = Window(ends.get("start"), ends.get("end"))
    return Filter(field, op, value)


def _targets(intent: Intent, selector: Selector, conditions: tuple[Filter, ...]) -> Selection:
    """An object named by ID is that object; a description picks among those it can be done to."""
    if not intent.filters and intent.sort is None and intent.limit is None:
        raise PlanError(f"{intent.name} names no target.")
    named = any(each.field == "id" and each.op in ("eq", "in") for each in intent.filters)
    filters = intent.filters if named else (*intent.filters, *_not_said(intent, conditions))
    selection = selector.select(intent.resource, filters, sort=intent.sort, limit=intent.limit)
    wanted = WANTED.get(intent.name, ())
    get = selector.paths.resource("charges").operations["get"].call
    joins = tuple(Join(path, "charges", get, expand=True) for path in wanted)
    return replace(selection, joins=(*selection.joins, *joins), keep=(*selection.keep, *wanted))


def _not_said(intent: Intent, conditions: tuple[Filter, ...]) -> tuple[Filter, ...]:
    said = {each.field for each in intent.filters}
    return tuple(each for each in conditions if each.field not in said)


def _lookups(intent: Intent, operation: Operation, selector: Selector) -> dict[str, Selection]:
    """How the objects that params name are found: by ID, email or name; a product without a price, by its prices."""
    found: dict[str, Selection] = {}
    for name, resource in OBJECTS.items():
        value = intent.params.get(name)
        if value is None or isinstance(value, Ref) or name not in operation.params:
            continue
        found[name] = _lookup(resource, value, selector)
    if "product" in intent.params and "price" in operation.params and "unit_amount" not in intent.params:
        found["price"] = _prices(intent.params["product"], selector)
    return found


def _owner(intent: Intent, selector: Selector, selection: Selection | None) -> dict[str, Selection]:
    """The customer whose objects are meant by name or address: it must be one, whichever of several has any.

    Of an object named by its ID the name is but a check, and a selection may find the customers itself.
    """
    known = selector.paths.resource(intent.resource).fields.get("customer")
    if selection is None or known is None or known.to != "customers" or selection.named:
        return {}
    if any(fetch.each is not None and fetch.each.single for fetch in selection.fetches):
        return {}
    said = [each for each in intent.filters if each.field.startswith("customer.") and each.op in ("eq", "contains")]
    behind = [replace(each, field=each.field.removeprefix("customer.")) for each in said]
    return {"customer": selector.select("customers", behind)} if _names(behind) else {}


def _names(filters: list[Filter]) -> bool:
    """Whether filters on customers mean one of them: by name or address, not by country or company."""
    return any(
        each.field in ("name", "email", "phone") and not (each.op == "contains" and str(each.value).startswith("@"))
        for each in filters
    )


def _lookup(resource: str, value: Value, selector: Selector) -> Selection:
    if isinstance(value, str):
        return selector.select(resource, [Filter("id", "eq", value)])
    if not isinstance(value, Mapping):
        raise PlanError(f"A param cannot name one of the {resource} by {value!r}.")
    filters = [Filter(key, "contains" if key == "name" else "eq", each) for key, each in value.items()]
    if resource == "products":
        filters.append(Filter("active", "eq", True))
    return selector.select(resource, filters)


def _prices(product: Value, selector: Selector) -> Selection:
    """The active prices of the product that the write names."""
    call = selector.paths.resource("prices").operations["list"].call
    each = Each("product", ref=product) if isinstance(product, Ref) else Each("product", lookup="product")
    params: dict[str, Any] = {"active": True}
    active = Check(Place("active", "boolean", "active"), "eq", True)
    search = "not used: the list is enough"
    reasons = ("one active price is needed",)
    return Selection("prices", (Fetch(call, params, each=each),), (active,), reasons=reasons, search=search)
