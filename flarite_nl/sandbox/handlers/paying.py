"""How a payment is taken: the payment method, the bank's answer, the charge and its balance transaction."""

from __future__ import annotations

from flarite_nl.sandbox import errors
from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.money import LEAST, THREE_DECIMAL, WHOLE_UNITS, decimals, spoken
from flarite_nl.sandbox.params import positive
from flarite_nl.sandbox.shapes import customers, payments
from flarite_nl.sandbox.types import Obj
from flarite_nl.sandbox.world import DAY, World

SETTLES = 2 * DAY


def check_amount(amount: int, currency: str, param: str = "amount") -> int:
    """An amount that a charge may have (STRIPE.md 20): at least the currency's minimum, no fractions it lacks."""
    positive(amount, param)
    least = LEAST.get(currency, {0: 50, 2: 50, 3: 150}[decimals(currency)])
    if amount < least:
        raise StripeError(
            f"Amount must be at least {spoken(least, currency)} {currency}", code="amount_too_small", param=param
        )
    if (currency in THREE_DECIMAL and amount % 10) or (currency in WHOLE_UNITS and amount % 100):
        raise StripeError(
            f"Invalid amount: {amount}. Amounts in {currency.upper()} must be divisible by "
            f"{10 if currency in THREE_DECIMAL else 100}.",
            param=param,
        )
    return amount


def resolve_method(world: World, id: str, customer: str | None, param: str = "payment_method") -> Obj:
    """A stored payment method, or a new one made from a test token such as ``pm_card_visa``."""
    known = customers.CARDS.get(id)
    if known is None:
        method = world.get("payment_method", id, param=param)
        if method["customer"] is not None and method["customer"] != customer:
            raise StripeError(
                f"The provided PaymentMethod ({id}) belongs to another Customer. Please use a PaymentMethod of this "
                "Customer.",
                param=param,
            )
        return method
    brand, last4, country, _ = known
    card = customers.card(brand, last4, country, exp_month=12, exp_year=2034, fingerprint=world.new_id("")[:16])
    method = customers.payment_method(world.new_id("pm_1"), world.now, customer, card)
    world.add(method)
    return method


def default_method(world: World, customer: Obj, *holders: Obj) -> Obj | None:
    """The payment method of an invoice or subscription, else the customer's default."""
    for holder in holders:
        if holder.get("default_payment_method"):
            return world.get("payment_method", holder["default_payment_method"])
    id = customer["invoice_settings"]["default_payment_method"]
    return world.get("payment_method", id) if id else None


def new_intent(world: World, amount: int, currency: str, **fields: object) -> Obj:
    intent = payments.payment_intent(world.new_id("pi_3"), world.now, amount, currency, "requires_payment_method")
    intent.update(fields)
    world.add(intent)
    return intent


def collect(world: World, intent: Obj, method: Obj, *, capture: bool = True) -> Obj:
    """Charge ``method`` for a payment intent and save both; 402 where the bank says no.

    Returns the charge.
    """
    charge = _charge(world, intent, method, captured=capture)
    decline = customers.DECLINING.get(method["card"]["last4"])
    intent["latest_charge"] = charge["id"]
    if decline is not None:
        return _refuse(world, intent, charge, decline)
    intent |= {"payment_method": method["id"], "next_action": None, "last_payment_error": None}
    if capture:
        book(world, charge)
        intent |= {"status": "succeeded", "amount_received": charge["amount"], "amount_capturable": 0}
    else:
        intent |= {"status": "requires_capture", "amount_capturable": charge["amount"]}
    world.add(charge)
    world.save(intent)
    return charge


def _charge(world: World, intent: Obj, method: Obj, *, captured: bool) -> Obj:
    return payments.charge(
        # Stripe's charge and payment intent share the first part of their IDs.
        "ch_3" + intent["id"][4:20] + world.new_id("")[:7],
        world.now,
        intent["amount"],
        intent["currency"],
        method["card"],
        billing_details=method["billing_details"],
        captured=captured,
        customer=intent["customer"],
        description=intent["description"],
        metadata=intent["metadata"],
        payment_intent=intent["id"],
        payment_method=method["id"],
        receipt_email=intent["receipt_email"],
        shipping=intent["shipping"],
    )


def _refuse(world: World, intent: Obj, charge: Obj, decline: str) -> Obj:
    code = decline if decline in payments.FAILURES and decline != "insufficient_funds" else "card_declined"
    failure = decline if decline in payments.FAILURES else "card_declined"
    charge |= {
        "amount_captured": 0,
        "captured": False,
        "failure_code": code,
        "failure_message": payments.FAILURES[failure][1],
        "outcome": payments.outcome(failure),
        "paid": False,
        "status": "failed",
    }
    intent |= {"status": "requires_payment_method", "payment_method": None}
    intent["last_payment_error"] = {**payments.last_error(charge), "decline_code": decline}
    world.add(charge)
    world.save(intent)
    raise errors.declined(
        code, charge["failure_message"], decline_code=decline, charge=charge["id"], payment_intent=intent
    )


def book(world: World, charge: Obj) -> None:
    """The money of a captured charge, less Stripe's fee, on its way to the balance."""
    amount, currency = charge["amount_captured"], charge["currency"]
    entry = world.move_money(
        amount,
        currency,
        type="charge",
        source=charge["id"],
        charged=world.charge_fee(amount, currency),
        settles=SETTLES,
        description=charge["description"],
    )
    charge["balance_transaction"] = entry["id"]
