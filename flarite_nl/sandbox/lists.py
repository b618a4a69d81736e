"""``GET /v1/X``: filters, cursors, pages (STRIPE.md 6–8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flarite_nl.sandbox import errors
from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.expand import expand
from flarite_nl.sandbox.kinds import KINDS
from flarite_nl.sandbox.shapes.billing import is_long, shorten
from flarite_nl.sandbox.store import Row, encode
from flarite_nl.sandbox.types import Params
from flarite_nl.sandbox.world import World

Condition = tuple[str, list[Any]]
"""SQL and its arguments."""

COMPARE = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
PAGING = frozenset(("limit", "starting_after", "ending_before", "expand"))
REFERENCES = {"customer": "customer", "charge": "charge", "payment_intent": "payment_intent", "price": "price"} | {
    "subscription": "subscription",
    "invoice": "invoice",
    "product": "product",
    "payout": "payout",
    "coupon": "coupon",
}
"""Filters that name an object: Stripe refuses an ID that it doesn't know."""


def page(world: World, kind: str, params: Params, url: str, *, where: str = "1", args: tuple[Any, ...] = ()) -> str:
    """One page as JSON: newest first, ``has_more`` in the direction of travel."""
    conditions: list[Condition] = [(where, list(args))]
    for name, value in params.items():
        if name not in PAGING:
            conditions.append(_filter(world, kind, name, value))
    if kind == "subscription" and "status" not in params:
        conditions.append(("status != 'canceled'", []))
    limit = page_size(params)
    rows, has_more = _rows(world, kind, conditions, params, limit)
    return render(world, kind, rows, params.get("expand", []), url, f'"has_more":{"true" if has_more else "false"}')


def render(
    world: World, kind: str, rows: list[Row], wanted: list[str], url: str, tail: str, *, of: str = "list"
) -> str:
    """A list object, or with ``of`` a search result; rows keep their JSON unless something is expanded."""
    store = world.store
    if wanted or any(is_long(kind, row) for row in rows):
        objs = [shorten(store.load(kind, row)) for row in rows]
        expand(world, objs, kind, wanted, in_list=True)
        data = ",".join(map(encode, objs))
    else:
        data = ",".join([store.text(kind, row) for row in rows])
    return f'{{"object":"{of}","data":[{data}],{tail},"url":{encode(url)}}}'


def page_size(params: Params) -> int:
    limit = int(params.get("limit", 10))
    if limit > 100:
        raise StripeError(f"This value must be less than or equal to 100 (it currently is '{limit}').", param="limit")
    if limit < 1:
        raise StripeError(f"This value must be greater than or equal to 1 (it currently is '{limit}').", param="limit")
    return limit


def _rows(world: World, kind: str, conditions: list[Condition], params: Params, limit: int) -> tuple[list[Row], bool]:
    backwards = "ending_before" in params
    if backwards and "starting_after" in params:
        raise StripeError("You can only specify one of `starting_after` or `ending_before`.", param="starting_after")
    for name, sign in (("starting_after", "<"), ("ending_before", ">")):
        if name in params:
            place = world.store.place(kind, params[name])
            if place is None:
                raise errors.missing(KINDS[kind].label or kind, params[name], param=name, status=400)
            conditions.append((f"(created, seq) {sign} (?, ?)", list(place)))
    rows = world.store.rows(
        kind,
        " AND ".join(sql for sql, _ in conditions),
        [each for _, args in conditions for each in args],
        order="created ASC, seq ASC" if backwards else "created DESC, seq DESC",
        limit=limit + 1,
    )
    shown = rows[:limit]
    return (shown[::-1] if backwards else shown), len(rows) > limit


def between(column: str, bounds: Params) -> Condition:
    if not bounds:
        return "1", []
    return " AND ".join(f"{column} {COMPARE[name]} ?" for name in bounds), list(bounds.values())


def _filter(world: World, kind: str, name: str, value: Any) -> Condition:
    special = _SPECIAL.get((kind, name))
    if special is not None:
        return special(world, value)
    if isinstance(value, dict):
        return between("created" if name == KINDS[kind].date else name, value)
    if name in REFERENCES and not world.store.was_deleted(REFERENCES[name], value):
        world.get(REFERENCES[name], value, param=name)
    if name not in KINDS[kind].columns:
        # What the sandbox's objects always leave null: customer_account, test_clock.
        return "0", []
    return f"{name} = ?", [int(value) if isinstance(value, bool) else value]


def _status(world: World, value: str) -> Condition:
    if value == "all":
        return "1", []
    if value == "ended":
        return "status IN ('canceled', 'incomplete_expired')", []
    return "status = ?", [value]


def _price(world: World, value: str) -> Condition:
    world.get("price", value, param="price")
    return "instr(prices, ?)", [f" {value} "]


def _recurring(world: World, value: Params) -> Condition:
    names = {"interval": "interval", "usage_type": "usage_type", "meter": "meter"}
    given = [(names[name], each) for name, each in value.items()]
    return " AND ".join(["1", *(f"{name} = ?" for name, _ in given)]), [each for _, each in given]


def _any_of(column: str) -> Callable[[World, list[str]], Condition]:
    return lambda world, values: (f"{column} IN ({', '.join('?' * len(values))})", list(values))


_SPECIAL: dict[tuple[str, str], Callable[[World, Any], Condition]] = {
    ("subscription", "status"): _status,
    ("subscription", "price"): _price,
    ("subscription", "plan"): _price,
    ("subscription", "current_period_start"): lambda world, value: between("period_start", value),
    ("subscription", "current_period_end"): lambda world, value: between("period_end", value),
    ("subscription", "automatic_tax"): lambda world, value: ("automatic_tax = ?", [int(value["enabled"])]),
    ("price", "recurring"): _recurring,
    ("price", "lookup_keys"): _any_of("lookup_key"),
    ("product", "type"): lambda world, value: ("1" if value == "service" else "0", []),
    ("product", "ids"): _any_of("id"),
    ("invoiceitem", "pending"): lambda world, value: ("invoice IS NULL" if value else "invoice IS NOT NULL", []),
    ("balance_transaction", "source"): lambda world, value: ("source = ?", [value]),
}
