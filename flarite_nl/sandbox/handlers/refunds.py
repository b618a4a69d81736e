"""Refunds: money back, in whole or in part (STRIPE.md 19)."""

from __future__ import annotations

from flarite_nl.sandbox import errors
from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.handlers.reading import finish
from flarite_nl.sandbox.params import positive
from flarite_nl.sandbox.routes import Handler
from flarite_nl.sandbox.shapes import payments
from flarite_nl.sandbox.types import Obj, Params
from flarite_nl.sandbox.world import World


def create(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    charge = _charge(world, params)
    _refundable(world, charge)
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = positive(params.get("amount", left), "amount")
    if amount > left:
        raise errors.too_much(left, amount, charge["currency"])
    refund = payments.refund(
        world.new_id("re_3"),
        world.now,
        charge,
        amount,
        metadata=params.get("metadata") or {},
        reason=params.get("reason"),
    )
    entry = world.move_money(
        -amount, charge["currency"], type="refund", source=refund["id"], description="REFUND FOR CHARGE"
    )
    refund["balance_transaction"] = entry["id"]
    world.add(refund)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    if params.get("reason") == "fraudulent":
        charge["fraud_details"] = {"user_report": "fraudulent"}
    world.save(charge)
    return finish(world, refund, params)


def _charge(world: World, params: Params) -> Obj:
    """The charge named, itself or by its payment intent."""
    if "charge" not in params and "payment_intent" not in params:
        raise StripeError(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
        )
    if "payment_intent" not in params:
        found = world.store.find("charge", params["charge"])
        if found is None:
            raise errors.missing("charge", params["charge"], param="charge")
        return found
    intent = world.store.find("payment_intent", params["payment_intent"])
    if intent is None:
        raise errors.missing("payment_intent", params["payment_intent"], param="payment_intent")
    if intent["status"] != "succeeded":
        raise StripeError(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.", param="payment_intent"
        )
    if params.get("charge", intent["latest_charge"]) != intent["latest_charge"]:
        raise StripeError(f"Charge {params['charge']} does not belong to {intent['id']}.", param="charge")
    return world.get("charge", intent["latest_charge"])


def _refundable(world: World, charge: Obj) -> None:
    if charge["status"] != "succeeded":
        raise StripeError(f"Charge {charge['id']} is not paid and cannot be refunded.", param="charge")
    if not charge["captured"]:
        raise StripeError(f"Charge {charge['id']} has not been captured and cannot be refunded.", param="charge")
    if charge["refunded"]:
        raise StripeError(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded", param="charge"
        )
    disputes = world.store.all("dispute", "charge = ?", (charge["id"],))
    if any(not each["is_charge_refundable"] and each["status"] != "won" for each in disputes):
        raise StripeError(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
            param="charge",
        )


def update(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    refund = world.get("refund", ids[0])
    refund["metadata"] = merged(refund["metadata"], params, "metadata")
    return finish(world, world.save(refund), params)


def merged(kept: Obj, params: Params, name: str) -> Obj:
    """Metadata after an update: named keys replaced, empty ones removed, all of it cleared by an empty string."""
    if name not in params:
        return kept
    given = params[name]
    if given is None:
        return {}
    return {key: value for key, value in {**kept, **given}.items() if value != ""}


def cancel(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    """Only a refund that waits for something can be canceled; its charge is then whole again."""
    refund = world.get("refund", ids[0])
    if refund["status"] != "requires_action":
        raise StripeError(
            f"Refund {refund['id']} cannot be canceled because it has a status of {refund['status']}. Only refunds "
            "with a status of requires_action can be canceled.",
        )
    refund["status"] = "canceled"
    charge = world.get("charge", refund["charge"])
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    world.save(charge)
    return finish(world, world.save(refund), params)


HANDLERS: dict[str, Handler] = {
    "POST /v1/refunds": create,
    "POST /v1/refunds/{refund}": update,
    "POST /v1/refunds/{refund}/cancel": cancel,
}
