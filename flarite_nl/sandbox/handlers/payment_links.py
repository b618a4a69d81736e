"""Payment links."""

from __future__ import annotations

from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.handlers.catalog import inline_price
from flarite_nl.sandbox.handlers.reading import finish
from flarite_nl.sandbox.handlers.refunds import merged
from flarite_nl.sandbox.params import positive
from flarite_nl.sandbox.routes import Handler
from flarite_nl.sandbox.shapes import catalog
from flarite_nl.sandbox.types import Obj, Params
from flarite_nl.sandbox.world import World

COPIED = (
    "allow_promotion_codes billing_address_collection customer_creation inactive_message payment_method_collection "
    "payment_method_types submit_type"
).split()
"""Parameters that show on the link as they were given."""


def create(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    items = [_item(world, each, f"line_items[{at}]") for at, each in enumerate(params["line_items"])]
    if not items:
        raise StripeError("You must pass at least one line item.", param="line_items")
    currencies = {item["currency"] for item in items}
    if len(currencies) > 1:
        raise StripeError("All line items must have the same currency.", param="line_items")
    recurring = any(item["price"]["recurring"] for item in items)
    link = catalog.payment_link(
        world.new_id("plink_1"), items[0]["currency"], recurring=recurring, metadata=params.get("metadata") or {}
    )
    _apply(link, params)
    world.store.include(link["id"], "line_items", items)
    world.add(link)
    return finish(world, link, params)


def _item(world: World, given: Params, param: str) -> Obj:
    if "price" in given:
        price = world.get("price", given["price"], param=f"{param}[price]")
        if not price["active"]:
            raise StripeError(
                "The price specified is inactive. This field only accepts active prices.", param=f"{param}[price]"
            )
    elif "price_data" in given:
        price = inline_price(world, given["price_data"], f"{param}[price_data]")
    else:
        raise StripeError(f"Missing required param: {param}[price].", code="parameter_missing", param=f"{param}[price]")
    product = world.get("product", price["product"])
    adjustable = given.get("adjustable_quantity")
    if adjustable is not None:
        adjustable = {"maximum": adjustable.get("maximum"), "minimum": adjustable.get("minimum"), **adjustable}
    quantity = positive(given.get("quantity", 1), f"{param}[quantity]")
    return catalog.line_item(world.new_id("li_1"), price, quantity, product["name"], adjustable)


def _apply(link: Obj, params: Params) -> None:
    link.update({name: params[name] for name in COPIED if name in params})
    link["metadata"] = merged(link["metadata"], params, "metadata")
    if "active" in params:
        link["active"] = params["active"]
    completion = params.get("after_completion")
    if completion and completion["type"] == "redirect":
        if "redirect" not in completion:
            raise StripeError(
                "Missing required param: after_completion[redirect].",
                code="parameter_missing",
                param="after_completion[redirect]",
            )
        link["after_completion"] = {"redirect": completion["redirect"], "type": "redirect"}
    elif completion:
        message = completion.get("hosted_confirmation", {}).get("custom_message")
        link["after_completion"] = {"hosted_confirmation": {"custom_message": message}, "type": "hosted_confirmation"}


def update(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    link = world.get("payment_link", ids[0])
    _apply(link, params)
    items = {item["id"]: item for item in world.store.included(ids[0], "line_items") or []}
    for at, given in enumerate(params.get("line_items", ())):
        if given.get("id") not in items:
            raise StripeError(f"No such line item: '{given.get('id')}'", param=f"line_items[{at}][id]")
        old = items[given["id"]]
        quantity = positive(given.get("quantity", old["quantity"]), f"line_items[{at}][quantity]")
        fresh = catalog.line_item(old["id"], old["price"], quantity, old["description"], old["adjustable_quantity"])
        items[old["id"]] = fresh
    world.store.include(ids[0], "line_items", list(items.values()))
    return finish(world, world.save(link), params)


HANDLERS: dict[str, Handler] = {
    "POST /v1/payment_links": create,
    "POST /v1/payment_links/{payment_link}": update,
}
