"""Payment intents from creation to capture, and the charges that they make."""

from __future__ import annotations

from flarite_nl.sandbox import errors
from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.handlers import paying
from flarite_nl.sandbox.handlers.catalog import known_currency
from flarite_nl.sandbox.handlers.reading import finish
from flarite_nl.sandbox.handlers.refunds import merged
from flarite_nl.sandbox.params import positive
from flarite_nl.sandbox.routes import Handler
from flarite_nl.sandbox.shapes.customers import address
from flarite_nl.sandbox.types import Obj, Params
from flarite_nl.sandbox.world import DAY, World

COPIED = (
    "capture_method confirmation_method description payment_method_types receipt_email setup_future_usage "
    "statement_descriptor statement_descriptor_suffix transfer_group"
).split()
CANCELABLE = ("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action", "processing")


def create(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    currency = known_currency(params["currency"])
    amount = paying.check_amount(params["amount"], currency)
    customer = params.get("customer")
    if customer is not None:
        world.get("customer", customer, param="customer")
    intent = paying.new_intent(world, amount, currency, customer=customer)
    _apply(world, intent, params)
    if params.get("confirm"):
        return finish(world, _confirm(world, intent, params), params)
    return finish(world, world.save(intent), params)


def _apply(world: World, intent: Obj, params: Params) -> None:
    intent.update({name: params[name] for name in COPIED if name in params})
    if "automatic_payment_methods" in params:
        intent["automatic_payment_methods"] = {"allow_redirects": "always", **params["automatic_payment_methods"]}
    if "shipping" in params:
        given = params["shipping"]
        blank = {"carrier": None, "phone": None, "tracking_number": None}
        intent["shipping"] = given and {**blank, **given, "address": address(**given["address"])}
    intent["metadata"] = merged(intent["metadata"], params, "metadata")
    if params.get("payment_method"):
        method = paying.resolve_method(world, params["payment_method"], intent["customer"])
        intent["payment_method"] = method["id"]
        intent["status"] = "requires_confirmation"


def update(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    intent = world.get("payment_intent", ids[0])
    if intent["status"] in ("succeeded", "canceled") and set(params) - {"metadata", "description", "expand"}:
        raise errors.unexpected_state(
            f"This PaymentIntent's {sorted(params)[0]} could not be updated because it has a status of "
            f"{intent['status']}. You may only update the {sorted(params)[0]} of a PaymentIntent with one of the "
            "following statuses: requires_payment_method, requires_confirmation, requires_action.",
            intent,
        )
    if "currency" in params:
        intent["currency"] = known_currency(params["currency"])
    if "amount" in params:
        intent["amount"] = paying.check_amount(params["amount"], intent["currency"])
    if params.get("customer"):
        intent["customer"] = world.get("customer", params["customer"], param="customer")["id"]
    _apply(world, intent, params)
    return finish(world, world.save(intent), params)


def confirm(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    intent = world.get("payment_intent", ids[0])
    if intent["status"] not in ("requires_payment_method", "requires_confirmation", "requires_action"):
        if intent["status"] == "succeeded":
            why = "already succeeded after being previously confirmed"
        else:
            why = f"a status of {intent['status']}"
        raise errors.unexpected_state(
            f"You cannot confirm this PaymentIntent because it has {why}.",
            intent,
        )
    _apply(world, intent, {name: value for name, value in params.items() if name != "metadata"})
    return finish(world, _confirm(world, intent, params), params)


def _confirm(world: World, intent: Obj, params: Params) -> Obj:
    if intent["payment_method"] is None:
        raise errors.unexpected_state(
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
            "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a "
            "payment method or ConfirmationToken.",
            intent,
        )
    method = world.get("payment_method", intent["payment_method"])
    paying.collect(world, intent, method, capture=intent["capture_method"] != "manual")
    return intent


def capture(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    intent = world.get("payment_intent", ids[0])
    if intent["status"] != "requires_capture":
        raise errors.unexpected_state(
            f"This PaymentIntent could not be captured because it has a status of {intent['status']}. Only a "
            "PaymentIntent with one of the following statuses may be captured: requires_capture.",
            intent,
        )
    charge = world.get("charge", intent["latest_charge"])
    amount = positive(params.get("amount_to_capture", intent["amount_capturable"]), "amount_to_capture")
    if amount > intent["amount_capturable"]:
        raise StripeError(
            f"You cannot capture more than the authorized amount ({intent['amount_capturable']}).",
            code="amount_too_large",
            param="amount_to_capture",
        )
    _capture(world, charge, intent, amount)
    return finish(world, world.save(intent), params)


def _capture(world: World, charge: Obj, intent: Obj, amount: int) -> None:
    """Take ``amount`` of what the charge holds; the rest is released."""
    charge |= {"captured": True, "amount_captured": amount}
    paying.book(world, charge)
    world.save(charge)
    intent |= {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}
    world.save(intent)


def cancel(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    intent = world.get("payment_intent", ids[0])
    if intent["status"] not in CANCELABLE:
        raise errors.unexpected_state(
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. Only a PaymentIntent "
            "with one of the following statuses may be canceled: requires_payment_method, requires_capture, "
            "requires_confirmation, requires_action, processing.",
            intent,
        )
    if intent["status"] == "requires_capture":
        charge = world.get("charge", intent["latest_charge"])
        world.save(charge | {"amount_refunded": charge["amount"], "refunded": True})
    intent |= {
        "status": "canceled",
        "amount_capturable": 0,
        "canceled_at": world.now,
        "cancellation_reason": params.get("cancellation_reason"),
        "next_action": None,
    }
    return finish(world, world.save(intent), params)


def capture_charge(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    charge = world.get("charge", ids[0])
    if charge["captured"]:
        raise StripeError(f"Charge {charge['id']} has already been captured.", code="charge_already_captured")
    if charge["status"] != "succeeded":
        raise StripeError(f"Charge {charge['id']} is not in a state that can be captured.")
    if charge["refunded"] or charge["created"] < world.now - 7 * DAY:
        raise StripeError(
            f"Charge {charge['id']} could not be captured because it has expired.",
            code="charge_expired_for_capture",
        )
    amount = positive(params.get("amount", charge["amount"]), "amount")
    if amount > charge["amount"]:
        raise StripeError(
            f"You cannot capture a charge for an amount larger than the original ({charge['amount']}).",
            code="amount_too_large",
            param="amount",
        )
    _capture(world, charge, world.get("payment_intent", charge["payment_intent"]), amount)
    return finish(world, charge, params)


def update_charge(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    charge = world.get("charge", ids[0])
    for name in ("description", "receipt_email", "transfer_group", "fraud_details"):
        if name in params:
            charge[name] = params[name]
    if params.get("customer"):
        charge["customer"] = world.get("customer", params["customer"], param="customer")["id"]
    charge["metadata"] = merged(charge["metadata"], params, "metadata")
    return finish(world, world.save(charge), params)


HANDLERS: dict[str, Handler] = {
    "POST /v1/payment_intents": create,
    "POST /v1/payment_intents/{intent}": update,
    "POST /v1/payment_intents/{intent}/confirm": confirm,
    "POST /v1/payment_intents/{intent}/capture": capture,
    "POST /v1/payment_intents/{intent}/cancel": cancel,
    "POST /v1/charges/{charge}": update_charge,
    "POST /v1/charges/{charge}/capture": capture_charge,
}
