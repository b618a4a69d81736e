"""Customers: made, changed, deleted."""

from __future__ import annotations

import re

from flarite_nl.sandbox import errors
from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.handlers import paying
from flarite_nl.sandbox.handlers.reading import finish
from flarite_nl.sandbox.handlers.refunds import merged
from flarite_nl.sandbox.routes import Handler
from flarite_nl.sandbox.shapes import customers
from flarite_nl.sandbox.types import Obj, Params
from flarite_nl.sandbox.world import World

COPIED = (
    "balance description email invoice_prefix name next_invoice_sequence phone preferred_locales tax_exempt".split()
)
LONGEST = {"name": 256, "phone": 20, "email": 512}
"""Characters."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")


def create(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    customer = customers.customer(world.new_id("cus_"), world.now)
    world.add(customer)
    _apply(world, customer, params)
    if params.get("payment_method"):
        method = paying.resolve_method(world, params["payment_method"], customer["id"])
        world.save(method | {"customer": customer["id"]})
    return finish(world, world.save(customer), params)


def update(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    if world.store.was_deleted("customer", ids[0]):
        raise errors.missing("customer", ids[0])
    customer = world.get("customer", ids[0])
    _apply(world, customer, params)
    return finish(world, world.save(customer), params)


def _apply(world: World, customer: Obj, params: Params) -> None:
    for name, longest in LONGEST.items():
        if params.get(name) and len(params[name]) > longest:
            raise StripeError(
                f"Invalid string: {params[name][:8]}...{params[name][-8:]}; must be at most {longest} characters",
                param=name,
            )
    if params.get("email") and not _EMAIL.match(params["email"]):
        raise StripeError(f"Invalid email address: {params['email']}", code="email_invalid", param="email")
    customer.update({name: params[name] for name in COPIED if name in params})
    if "address" in params:
        customer["address"] = params["address"] and customers.address(**params["address"])
    if "shipping" in params:
        given = params["shipping"]
        blank = {"carrier": None, "phone": None, "tracking_number": None}
        customer["shipping"] = given and {**blank, **given, "address": customers.address(**given["address"])}
    customer["metadata"] = merged(customer["metadata"], params, "metadata")
    settings = params.get("invoice_settings") or {}
    if isinstance(settings, dict) and settings.get("default_payment_method"):
        method = paying.resolve_method(
            world, settings["default_payment_method"], customer["id"], "invoice_settings[default_payment_method]"
        )
        world.save(method | {"customer": customer["id"]})
        customer["invoice_settings"]["default_payment_method"] = method["id"]


def delete(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    """Deleting a customer cancels its subscriptions at once."""
    world.get("customer", ids[0])
    living = "customer = ? AND status NOT IN ('canceled', 'incomplete_expired')"
    for subscription in world.store.all("subscription", living, ids):
        world.save(subscription | {"status": "canceled", "canceled_at": world.now, "ended_at": world.now})
    world.store.delete("customer", ids[0], tombstone=True)
    return {"id": ids[0], "object": "customer", "deleted": True}


HANDLERS: dict[str, Handler] = {
    "POST /v1/customers": create,
    "POST /v1/customers/{customer}": update,
    "DELETE /v1/customers/{customer}": delete,
}
