"""Payouts to the bank."""

from __future__ import annotations

from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.handlers.catalog import known_currency
from flarite_nl.sandbox.handlers.reading import finish
from flarite_nl.sandbox.handlers.refunds import merged
from flarite_nl.sandbox.params import positive
from flarite_nl.sandbox.routes import Handler
from flarite_nl.sandbox.shapes import money
from flarite_nl.sandbox.types import Obj, Params
from flarite_nl.sandbox.world import DAY, World

HUNDREDS = ("huf", "twd")
"""Payouts in these must divide by 100 (STRIPE.md 20)."""


def create(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    currency = known_currency(params["currency"])
    amount = positive(params["amount"], "amount")
    if currency in HUNDREDS and amount % 100:
        raise StripeError(f"Payouts in {currency.upper()} must be divisible by 100.", param="amount")
    known = {entry["currency"] for entry in world.balance()["available"]}
    if currency not in known:
        raise StripeError(
            f"Sorry, you don't have any external accounts in that currency ({currency}).", param="currency"
        )
    if amount > world.available(currency):
        raise StripeError(
            "You have insufficient funds in your Stripe account for this transfer. Your card balance is too low. You "
            "can use the /v1/balance endpoint to view your Stripe balance (for more details, see "
            "stripe.com/docs/api#balance).",
            code="balance_insufficient",
        )
    payout = money.payout(
        world.new_id("po_1"),
        world.now,
        amount,
        currency,
        status="pending",
        arrival=world.now - world.now % DAY + 2 * DAY,
        automatic=False,
        description=params.get("description"),
        metadata=params.get("metadata") or {},
        method=params.get("method", "standard"),
        statement_descriptor=params.get("statement_descriptor"),
    )
    entry = world.move_money(-amount, currency, type="payout", source=payout["id"], description="STRIPE PAYOUT")
    payout["balance_transaction"] = entry["id"]
    world.add(payout)
    return finish(world, payout, params)


def update(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    payout = world.get("payout", ids[0])
    payout["metadata"] = merged(payout["metadata"], params, "metadata")
    return finish(world, world.save(payout), params)


def cancel(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    """Only a pending payout can be stopped; its money returns to the balance."""
    payout = world.get("payout", ids[0])
    if payout["status"] != "pending" or payout["automatic"]:
        raise StripeError(
            "Payouts can only be canceled while they are pending and if they were created manually. This payout has a "
            f"status of {payout['status']}.",
            code="payouts_not_allowed",
        )
    payout["status"] = "canceled"
    entry = world.move_money(payout["amount"], payout["currency"], type="payout_cancel", source=payout["id"])
    payout["failure_balance_transaction"] = entry["id"]
    return finish(world, world.save(payout), params)


HANDLERS: dict[str, Handler] = {
    "POST /v1/payouts": create,
    "POST /v1/payouts/{payout}": update,
    "POST /v1/payouts/{payout}/cancel": cancel,
}
