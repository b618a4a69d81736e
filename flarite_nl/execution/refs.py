"""What "it", "those" and ``{"ref": N}`` mean: objects of earlier results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flarite_nl.errors import PlanError
from flarite_nl.execution.fold import path_of
from flarite_nl.model.outcome import Result, Row
from flarite_nl.model.values import Ref

SINGULAR: Mapping[str, str] = {
    "customers": "customer",
    "charges": "charge",
    "payment_intents": "payment_intent",
    "subscriptions": "subscription",
    "invoices": "invoice",
    "products": "product",
    "prices": "price",
    "coupons": "coupon",
    "payouts": "payout",
}

PATHS: Mapping[str, tuple[str, ...]] = {
    "subscription": ("subscription", "parent.subscription_details.subscription"),
    "price": ("price", "items.data[].price.id"),
    "product": ("product", "items.data[].price.product"),
    "coupon": ("coupon", "promotion.coupon"),
    "customer": ("customer", "charge.customer"),
}
"""Where a field that points to another object may stand."""


class NotMade(PlanError):
    """The object referred to would be made by a step that a dry run leaves out."""

    kind = "not_made"


def resolve(
    ref: Ref, resource: str, results: Sequence[Result], previous: Sequence[Result], charge: Callable[[str], Row]
) -> tuple[tuple[str, ...], Mapping[str, Row]]:
    """The IDs of ``resource`` that a reference means, and their objects where they were read as such.

    ``charge`` reads one: the customer of a refund or dispute is that of its charge.

    Raises:
        PlanError: where the earlier result has nothing of that kind, or no such position.
    """
    result = _result(ref, resource, results, previous)
    if result.kind == "groups":
        return _positions(ref, _keys(result, resource)), {}
    rows = result.found
    if not rows and result.kind == "write" and result.dry_run:
        raise NotMade(f"The object of {result.name} does not exist yet.")
    if ref.field is None and result.intent.resource == resource:
        ids = _positions(ref, tuple(dict.fromkeys(str(row["id"]) for row in rows)))
        held = {} if result.kind == "write" and result.targets else {str(row["id"]): row for row in rows}
        return ids, held
    if ref.position is not None:
        chosen = set(_positions(ref, tuple(str(row["id"]) for row in rows)))
        rows = tuple(row for row in rows if row["id"] in chosen)
    field = ref.field or SINGULAR.get(resource, resource)
    if field == "customer" and result.intent.resource in ("refunds", "disputes"):
        rows = tuple({**row, "charge": charge(row["charge"])} for row in rows if isinstance(row.get("charge"), str))
    return _pointed(field, resource, result, rows), {}


def _result(ref: Ref, resource: str, results: Sequence[Result], previous: Sequence[Result]) -> Result:
    if isinstance(ref.ref, int):
        if ref.ref >= len(results):
            raise PlanError(f"There is no earlier result {ref.ref}.")
        return results[ref.ref]
    if not previous:
        raise PlanError("There is no earlier turn to refer to.")
    fitting = [each for each in previous if each.intent.resource == resource]
    return (fitting or list(previous))[-1]


def _positions(ref: Ref, ids: tuple[str, ...]) -> tuple[str, ...]:
    if ref.position is None:
        return ids
    wanted = ref.position if isinstance(ref.position, tuple) else (ref.position,)
    for each in wanted:
        if not 1 <= each <= len(ids):
            raise PlanError(f"There is no number {each}: the earlier result has {len(ids)}.")
    return tuple(ids[each - 1] for each in wanted)


def _keys(result: Result, resource: str) -> tuple[str, ...]:
    """The IDs that an aggregate was grouped by."""
    name = SINGULAR.get(resource, resource)
    ids = [figure.key[name] for figure in result.groups if figure.key.get(name)]
    if result.groups and not any(name in figure.key for figure in result.groups):
        raise PlanError(f"{result.name} was not grouped by {name}.")
    return tuple(dict.fromkeys(ids))


def _pointed(field: str, resource: str, result: Result, rows: Sequence[Row]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for row in rows:
        for path in PATHS.get(field, (field,)):
            for value in path_of(row, path):
                found[value["id"] if isinstance(value, Mapping) else str(value)] = None
    if rows and not found:
        raise PlanError(f"The {result.intent.resource} found before name no {SINGULAR.get(resource, resource)}.")
    return tuple(found)
