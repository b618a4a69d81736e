"""Products and prices."""

from __future__ import annotations

from typing import Any

from flarite_nl.sandbox import errors
from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.handlers.reading import finish
from flarite_nl.sandbox.handlers.refunds import merged
from flarite_nl.sandbox.money import KNOWN
from flarite_nl.sandbox.routes import Handler
from flarite_nl.sandbox.shapes import catalog
from flarite_nl.sandbox.types import Obj, Params
from flarite_nl.sandbox.world import World

PRODUCT_FIELDS = ("active description images marketing_features name package_dimensions shippable "
                  "statement_descriptor tax_code unit_label url").split()  # fmt: skip
LONGEST_YEARS = {"day": 1095, "week": 156, "month": 36, "year": 3}
"""A price recurs at least every three years."""


def create_product(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    id = params.get("id") or world.new_id("prod_")
    if world.store.find("product", id) is not None:
        raise StripeError("Product already exists.", code="resource_already_exists", param="id")
    fields = {name: params[name] for name in PRODUCT_FIELDS if name in params}
    product = catalog.product(id, world.now, **fields, metadata=params.get("metadata") or {})
    world.add(product)
    if "default_price_data" in params:
        given = dict(params["default_price_data"])
        price = _price(world, {**given, "product": id}, "default_price_data")
        product["default_price"] = price["id"]
        world.save(product)
    return finish(world, product, params)


def update_product(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    product = world.get("product", ids[0])
    for name in PRODUCT_FIELDS:
        if name in params:
            product[name] = params[name] if params[name] is not None or name not in ("images",) else []
    if params.get("default_price"):
        price = world.get("price", params["default_price"], param="default_price")
        if price["product"] != product["id"]:
            raise StripeError(
                f"The price `{price['id']}` does not belong to the product `{product['id']}`.", param="default_price"
            )
        product["default_price"] = price["id"]
    product["metadata"] = merged(product["metadata"], params, "metadata")
    product["updated"] = world.now
    return finish(world, world.save(product), params)


def delete_product(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    world.get("product", ids[0])
    if world.store.count("price", "product = ?", ids):
        raise StripeError("This product cannot be deleted because it has one or more user-created prices.", param="id")
    world.store.delete("product", ids[0])
    return {"id": ids[0], "object": "product", "deleted": True}


def create_price(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    if "product" not in params and "product_data" not in params:
        raise errors.parameter_missing("product")
    return finish(world, _price(world, params, ""), params)


def _price(world: World, given: Params, prefix: str) -> Obj:
    """A price of a named or a new product; ``prefix`` is the hash that holds the parameters, for messages."""

    def named(name: str) -> str:
        return f"{prefix}[{name}]" if prefix else name

    currency = known_currency(given["currency"], named("currency"))
    if "product" in given:
        product = world.get("product", given["product"], param=named("product"))
    else:
        data = given["product_data"]
        product = catalog.product(data.get("id") or world.new_id("prod_"), world.now, data["name"],
                                  metadata=data.get("metadata") or {})  # fmt: skip
        world.add(product)
    price = catalog.price(
        world.new_id("price_1"),
        world.now,
        product["id"],
        *_amount(given, named),
        active=given.get("active", True),
        lookup_key=given.get("lookup_key"),
        metadata=given.get("metadata") or {},
        nickname=given.get("nickname"),
        recurring=_recurring(given.get("recurring"), named("recurring")),
        tax_behavior=given.get("tax_behavior", "unspecified"),
    )
    price["currency"] = currency
    world.add(price)
    return price


def _amount(given: Params, named: Any) -> tuple[int | None, str]:
    amount = given.get("unit_amount")
    if amount is None and given.get("unit_amount_decimal") is not None:
        amount = int(given["unit_amount_decimal"])
    if amount is None and "custom_unit_amount" not in given and "tiers" not in given:
        raise StripeError(
            f"You must specify one of `{named('unit_amount')}`, `{named('unit_amount_decimal')}`, "
            f"`{named('custom_unit_amount')}`, or `{named('tiers')}`.",
            code="parameter_missing",
            param=named("unit_amount"),
        )
    if amount is not None and amount < 0:
        raise StripeError("Invalid non-negative integer", code="parameter_invalid_integer", param=named("unit_amount"))
    return amount, given["currency"].lower()


def _recurring(given: Params | None, param: str) -> Obj | None:
    if given is None:
        return None
    count = given.get("interval_count", 1)
    if not 1 <= count <= LONGEST_YEARS[given["interval"]]:
        raise StripeError(
            f"The interval count must be between 1 and {LONGEST_YEARS[given['interval']]}.",
            param=f"{param}[interval_count]",
        )
    return catalog.recurring(given["interval"], count, given.get("usage_type", "licensed"), given.get("meter"))


def known_currency(code: str, param: str = "currency") -> str:
    """A three-letter code in lower case; Stripe takes capitals too."""
    lower = code.lower()
    if lower not in KNOWN:
        raise StripeError(
            f"Invalid currency: {code}. Stripe currently supports these currencies: {', '.join(sorted(KNOWN))}",
            param=param,
        )
    return lower


def inline_price(world: World, given: Params, param: str) -> Obj:
    """``price_data``: a price made on the spot."""
    if "product" not in given and "product_data" not in given:
        raise errors.parameter_missing(f"{param}[product]")
    return _price(world, given, param)


def update_price(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    """What a price costs never changes; its name, key and state do."""
    price = world.get("price", ids[0])
    product = world.get("product", price["product"])
    if params.get("active") is False and product["default_price"] == price["id"]:
        raise StripeError(
            "This price cannot be archived because it is the default price of its product.", param="active"
        )
    for name in ("active", "lookup_key", "nickname", "tax_behavior"):
        if name in params:
            price[name] = params[name]
    price["metadata"] = merged(price["metadata"], params, "metadata")
    return finish(world, world.save(price), params)


HANDLERS: dict[str, Handler] = {
    "POST /v1/products": create_product,
    "POST /v1/products/{id}": update_product,
    "DELETE /v1/products/{id}": delete_product,
    "POST /v1/prices": create_price,
    "POST /v1/prices/{price}": update_price,
}
