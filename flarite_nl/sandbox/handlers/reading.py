"""GET: one object, one page, the singletons."""

from __future__ import annotations

from flarite_nl.sandbox import errors, lists, search
from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.expand import expand, include
from flarite_nl.sandbox.kinds import TABLES
from flarite_nl.sandbox.routes import Handler
from flarite_nl.sandbox.shapes import billing, money
from flarite_nl.sandbox.signatures import operations
from flarite_nl.sandbox.store import encode
from flarite_nl.sandbox.types import Obj, Params
from flarite_nl.sandbox.world import World

TOMBSTONES = ("customer",)
"""Kinds whose deleted objects can still be retrieved, as ``deleted: true``."""


def finish(world: World, obj: Obj, params: Params) -> Obj:
    """The answer to a request about one object: expanded as asked."""
    wanted = params.get("expand")
    billing.shorten(obj)
    if wanted:
        expand(world, [obj], obj["object"], wanted)
    return obj


def _one(kind: str) -> Handler:
    def handler(world: World, ids: tuple[str, ...], params: Params) -> Obj:
        id = ids[-1]
        if kind in TOMBSTONES and world.store.was_deleted(kind, id):
            return {"id": id, "object": kind, "deleted": True}
        obj = world.get(kind, id)
        if kind == "payment_method" and len(ids) == 2 and obj["customer"] != ids[0]:
            raise errors.missing("payment_method", id, param="payment_method")
        return finish(world, obj, params)

    return handler


def _page(kind: str, table: str) -> Handler:
    def handler(world: World, ids: tuple[str, ...], params: Params) -> str:
        return lists.page(world, kind, params, f"/v1/{table}")

    return handler


def _search(kind: str, table: str) -> Handler:
    def handler(world: World, ids: tuple[str, ...], params: Params) -> str:
        return search.page(world, kind, params, f"/v1/{table}/search")

    return handler


def _balance(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    return world.balance()


def _account(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    return money.account(world.founded)


def _payment_methods(world: World, ids: tuple[str, ...], params: Params) -> str:
    """``GET /v1/payment_methods`` lists those of one customer only."""
    if "customer" not in params:
        # Without a customer Stripe lists the account's unattached ones; the sandbox keeps none.
        return lists.page(world, "payment_method", params, "/v1/payment_methods", where="customer IS NULL")
    return lists.page(world, "payment_method", params, "/v1/payment_methods")


def _customer_payment_methods(world: World, ids: tuple[str, ...], params: Params) -> str:
    world.get("customer", ids[0])
    url = f"/v1/customers/{ids[0]}/payment_methods"
    return lists.page(world, "payment_method", params, url, where="customer = ?", args=(ids[0],))


def _sources(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    world.get("customer", ids[0])
    return {"object": "list", "data": [], "has_more": False, "url": f"/v1/customers/{ids[0]}/sources"}


def _refunds_of_charge(world: World, ids: tuple[str, ...], params: Params) -> str:
    world.get("charge", ids[0])
    return lists.page(world, "refund", params, f"/v1/charges/{ids[0]}/refunds", where="charge = ?", args=(ids[0],))


def _held(world: World, data: list[Obj], kind: str, params: Params, url: str) -> str:
    """One page of objects that lie inside another, in their own order."""
    limit = lists.page_size(params)
    ids = [each["id"] for each in data]
    for name in ("starting_after", "ending_before"):
        if name in params and params[name] not in ids:
            raise errors.missing(kind.replace("_", " "), params[name], param=name, status=400)
    if "starting_after" in params:
        data = data[ids.index(params["starting_after"]) + 1 :]
    if "ending_before" in params:
        data = data[: ids.index(params["ending_before"])]
        shown = data[-limit:]
    else:
        shown = data[:limit]
    expand(world, shown, kind, params.get("expand", []), in_list=True)
    return encode({"object": "list", "data": shown, "has_more": len(data) > len(shown), "url": url})


def _invoice_lines(world: World, ids: tuple[str, ...], params: Params) -> str:
    invoice = world.get("invoice", ids[0])
    return _held(world, invoice["lines"]["data"], "line_item", params, f"/v1/invoices/{ids[0]}/lines")


def _link_items(world: World, ids: tuple[str, ...], params: Params) -> str:
    link = world.get("payment_link", ids[0])
    include(world, link, "payment_link", "line_items")
    return _held(world, link["line_items"]["data"], "item", params, f"/v1/payment_links/{ids[0]}/line_items")


def _subscription_items(world: World, ids: tuple[str, ...], params: Params) -> str:
    subscription = world.get("subscription", params["subscription"], param="subscription")
    return _held(world, subscription["items"]["data"], "subscription_item", params, "/v1/subscription_items")


def _subscription_item(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    for subscription in world.store.all("subscription", "instr(item_ids, ?)", (f" {ids[0]} ",)):
        item = next(each for each in subscription["items"]["data"] if each["id"] == ids[0])
        expand(world, [item], "subscription_item", params.get("expand", []))
        return item  # type: ignore[no-any-return]
    raise StripeError(f"No such subscription_item: '{ids[0]}'", status=404, code="resource_missing", param="item")


def _handlers() -> dict[str, Handler]:
    """Lists, searches and retrievals follow one pattern; what doesn't is named."""
    out: dict[str, Handler] = {}
    for operation in operations():
        method, path = operation.split(" ")
        steps = path.split("/")[2:]
        kind = TABLES.get(steps[0])
        if method != "GET" or kind is None or len(steps) > 2:
            continue
        if len(steps) == 1:
            out[operation] = _page(kind.name, kind.table)
        elif steps[1] == "search":
            out[operation] = _search(kind.name, kind.table)
        else:
            out[operation] = _one(kind.name)
    return out


HANDLERS: dict[str, Handler] = {
    **_handlers(),
    "GET /v1/balance": _balance,
    "GET /v1/account": _account,
    "GET /v1/payment_methods": _payment_methods,
    "GET /v1/customers/{customer}/payment_methods": _customer_payment_methods,
    "GET /v1/customers/{customer}/payment_methods/{payment_method}": _one("payment_method"),
    "GET /v1/customers/{customer}/sources": _sources,
    "GET /v1/charges/{charge}/refunds": _refunds_of_charge,
    "GET /v1/invoices/{invoice}/lines": _invoice_lines,
    "GET /v1/payment_links/{payment_link}/line_items": _link_items,
    "GET /v1/subscription_items": _subscription_items,
    "GET /v1/subscription_items/{item}": _subscription_item,
}
