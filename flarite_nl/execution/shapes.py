"""Writes on targets: the frame's params → Stripe's calls (STRIPE.md, "Shapes", "Refunds and money")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flarite_nl.errors import Ambiguous, PreflightError
from flarite_nl.execution.given import Given, Skip, compact, in_words, minor, usable
from flarite_nl.model.change import Call, Change
from flarite_nl.model.currencies import THREE_DECIMAL, to_major
from flarite_nl.model.outcome import Row
from flarite_nl.model.values import Money

Shape = Callable[[Row, Given], Change]


def _customer(row: Row) -> str | None:
    held = row.get("customer")
    return str(held["id"]) if isinstance(held, Mapping) else held


def _refund(row: Row, given: Given, charge: Row, param: str) -> Change:
    """A refund of a charge, itself or that of a payment intent."""
    currency = str(charge["currency"])
    captured = charge["amount_captured"] if charge.get("captured") else charge["amount"]
    left = captured - charge["amount_refunded"]
    if charge["status"] != "succeeded":
        raise Skip(f"{row['id']} {charge['status']}: there is nothing to refund.")
    if left <= 0:
        raise Skip(f"{row['id']} is refunded already.")
    if not charge.get("captured"):
        raise Skip(f"{row['id']} is not captured yet: there is nothing to refund; canceling it releases the money.")
    disputed = _disputed(charge, given)
    amount, rounding = _asked(row, given, captured, currency)
    if amount is not None and amount > left:
        raise Skip(f"{in_words(amount, currency)} is more than the {in_words(left, currency)} left of {row['id']}.")
    reason = given.text("reason")
    effects = [rounding] if rounding else []
    if reason == "fraudulent":
        effects.append("Stripe adds the card and the email to its block lists.")
    effects += disputed
    moved = left if amount is None else amount
    part = "all that is left" if amount is None else "a part"
    return Change(
        row["id"],
        (Call("refunds.create", compact(**{param: row["id"]}, amount=amount, reason=reason)),),
        f"Refund {in_words(moved, currency)}, {part}, of {row['id']} ({in_words(left, currency)} left to refund)",
        Money(to_major(moved, currency), currency),
        _customer(row),
        tuple(effects),
        row,
    )


def _disputed(charge: Row, given: Given) -> list[str]:
    """What a dispute means for a refund: an inquiry is settled by it, money charged back is gone (STRIPE.md 19)."""
    if not charge.get("disputed"):
        return []
    disputes = given.look("disputes.list", {"charge": charge["id"]})["data"]
    for each in disputes:
        if not each.get("is_charge_refundable") and each["status"] != "won":
            raise Skip(f"{charge['id']} is disputed ({each['id']}, {each['status']}): it cannot be refunded.")
    return [f"{charge['id']} is disputed ({each['id']}, {each['status']})." for each in disputes]


def _asked(row: Row, given: Given, whole: int, currency: str) -> tuple[int | None, str | None]:
    """The amount to refund in minor units, None for all; and how it was rounded, if it was."""
    value = given.params.get("amount")
    percent = given.params.get("percent")
    if isinstance(value, Money):
        if value.currency and value.currency != currency:
            raise Skip(f"{row['id']} is in {currency.upper()}, not in {value.currency.upper()}.")
        return minor(value, currency)[0], None
    if percent is None:
        return None, None
    share = Decimal(str(percent))
    if not 0 < share <= 100:
        raise PreflightError(f"A refund is of 0 to 100 percent, not {share}.")
    step = 10 if currency in THREE_DECIMAL else 1
    exact = Decimal(whole) * share / 100
    amount = int((exact / step).quantize(Decimal(1), ROUND_HALF_UP)) * step
    if amount <= 0:
        raise Skip(f"{share:f}% of {in_words(whole, currency)} is less than can be refunded.")
    note = (
        f"{share:f}% of {in_words(whole, currency)} is rounded to {in_words(amount, currency)}."
        if amount != exact
        else None
    )
    return amount, note


def refund_charge(row: Row, given: Given) -> Change:
    return _refund(row, given, row, "charge")


def refund_intent(row: Row, given: Given) -> Change:
    charge = row.get("latest_charge")
    if not isinstance(charge, Mapping):
        raise Skip(f"{row['id']} has no charge to refund.")
    return _refund(row, given, charge, "payment_intent")


def _capture(row: Row, given: Given, call: str, param: str, most: int) -> Change:
    currency = str(row["currency"])
    asked = given.money("amount", currency)
    if asked and asked[1] != currency:
        raise Skip(f"{row['id']} is in {currency.upper()}, not in {asked[1].upper()}.")
    amount = asked[0] if asked else None
    if amount is not None and amount > most:
        raise Skip(f"{in_words(amount, currency)} is more than the {in_words(most, currency)} that {row['id']} holds.")
    moved = amount if amount is not None else most
    return Change(
        row["id"], (Call(call, compact(**{param: amount}), row["id"]),),
        f"Capture {in_words(moved, currency)} of {row['id']}",
        Money(to_major(moved, currency), currency), _customer(row),
        (f"The other {in_words(most - moved, currency)} are released.",) if moved < most else (), row,
    )  # fmt: skip


def capture_charge(row: Row, given: Given) -> Change:
    return _capture(row, given, "charges.capture", "amount", row["amount"])


def capture_intent(row: Row, given: Given) -> Change:
    most = row.get("amount_capturable") or row["amount"]
    return _capture(row, given, "payment_intents.capture", "amount_to_capture", most)


def _plain(row: Row, call: str, summary: str, params: Mapping[str, Any] | None = None, *effects: str) -> Change:
    return Change(row["id"], (Call(call, params or {}, row["id"]),), summary, None, _customer(row), effects, row)


def confirm_intent(row: Row, given: Given) -> Change:
    amount = Money(to_major(row["amount"], row["currency"]), row["currency"])
    method = given.text("payment_method")
    if method is None and row.get("payment_method") is None:
        method = _only_card(row, given)
        if method is None:
            raise Skip(f"{row['id']} has no payment method: say which one to charge.")
    call = Call("payment_intents.confirm", compact(payment_method=method), row["id"])
    paid = f" to {method or row['payment_method']}"
    summary = f"Confirm {row['id']}: charge {in_words(row['amount'], row['currency'])}{paid}"
    return Change(row["id"], (call,), summary, amount, _customer(row), (), row)


def _only_card(row: Row, given: Given) -> str | None:
    """The customer's one payment method, None where there is none.

    Raises:
        Ambiguous: where there are several.
    """
    customer = _customer(row)
    if customer is None:
        return None
    methods = given.look("payment_methods.list", {"customer": customer})["data"]
    if len(methods) > 1:
        shown = ", ".join(_card(each) for each in methods)
        raise Ambiguous(f"{customer} has {len(methods)} payment methods: {shown}. Say which one, by ID.")
    return str(methods[0]["id"]) if methods else None


def _card(method: Row) -> str:
    card = method.get("card") or {}
    return f"{method['id']} ({card.get('brand')} {card.get('last4')})" if card else str(method["id"])


def pay_invoice(row: Row, given: Given) -> Change:
    """Stripe charges the default payment method; without one, several cards are an ambiguity."""
    if not given.text("payment_method") and not row.get("default_payment_method"):
        customer = given.look("customers.retrieve", id=_customer(row))
        default = (customer.get("invoice_settings") or {}).get("default_payment_method")
        if not default and not customer.get("default_source") and not _subscription(row):
            _only_card(row, given)
    return _invoice("invoices.pay", "Pay")(row, given)


def _subscription(row: Row) -> Any:
    return ((row.get("parent") or {}).get("subscription_details") or {}).get("subscription")


def cancel_subscription(row: Row, given: Given) -> Change:
    if given.params.get("at_period_end") is True:
        if row.get("cancel_at_period_end"):
            raise Skip(f"{row['id']} is set to end with its period already.")
        effect = "It stays active until its period ends."
        call = "subscriptions.update"
        return _plain(row, call, f"Cancel {row['id']} at the end of its period", {"cancel_at_period_end": True}, effect)
    effect = "It ends at once and cannot be taken up again."
    return _plain(row, "subscriptions.cancel", f"Cancel {row['id']} at once", None, effect)


def pause_subscription(row: Row, given: Given) -> Change:
    until = given.moment("until")
    params = {"pause_collection": compact(behavior="void", resumes_at=until)}
    day = f" until {given.text('until')}" if until else ""
    effect = "Its invoices are void while it is paused; the subscription itself stays active."
    return _plain(row, "subscriptions.update", f"Pause the billing of {row['id']}{day}", params, effect)


def resume_subscription(row: Row, given: Given) -> Change:
    if row["status"] == "paused":
        effect = "Stripe bills it again from now on."
        return _plain(row, "subscriptions.resume", f"Resume {row['id']}", None, effect)
    if not row.get("pause_collection"):
        raise Skip(f"{row['id']} is not paused.")
    return _plain(row, "subscriptions.update", f"Resume the billing of {row['id']}", {"pause_collection": ""})


def update_subscription(row: Row, given: Given) -> Change:
    params: dict[str, Any] = {}
    said: list[str] = []
    if given.has("price") or given.has("quantity"):
        items = row["items"]["data"]
        if len(items) != 1:
            raise Skip(f"{row['id']} has {len(items)} items: it is not clear which one is meant.")
        usable(given, "price")
        price, quantity = given.id("price"), given.whole("quantity")
        params["items"] = [compact(id=items[0]["id"], price=price, quantity=quantity)]
        said += [f"price {price}"] if price else []
        said += [f"quantity {quantity}"] if quantity else []
    if given.has("coupon"):
        usable(given, "coupon")
        params["discounts"] = [{"coupon": given.id("coupon")}]
        said.append(f"coupon {given.id('coupon')}")
    if given.has("trial_end"):
        params["trial_end"] = given.moment("trial_end")
        said.append(f"trial until {given.text('trial_end')}")
    effects = ["Stripe prorates the difference on the next invoice."] if "items" in params else []
    return _plain(row, "subscriptions.update", f"Change {row['id']}: {', '.join(said)}", params, *effects)


def _invoice(call: str, verb: str, *effects: str) -> Shape:
    def shape(row: Row, given: Given) -> Change:
        due, currency = row["amount_remaining"], row["currency"]
        params = compact(payment_method=given.text("payment_method"))
        number = f"{row['number']}, " if row.get("number") else ""
        summary = f"{verb} {row['id']} ({number}{in_words(due, currency)} due)"
        amount = Money(to_major(due, currency), currency) if call == "invoices.pay" else None
        return Change(row["id"], (Call(call, params, row["id"]),), summary, amount, _customer(row), effects, row)

    return shape


def update_customer(row: Row, given: Given) -> Change:
    params = compact(**{name: given.text(name) for name in ("email", "name", "phone", "description")})
    params |= given.nested("metadata", "address")
    return _plain(row, "customers.update", f"Change {row['id']}: {_listed(params)}", params)


def update_product(row: Row, given: Given) -> Change:
    params = compact(name=given.text("name"), description=given.text("description")) | given.nested("metadata")
    return _plain(row, "products.update", f"Change {row['id']}: {_listed(params)}", params)


def update_price(row: Row, given: Given) -> Change:
    params = compact(nickname=given.text("nickname"))
    return _plain(row, "prices.update", f"Change {row['id']}: {_listed(params)}", params)


def _listed(params: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in params.items())


def _simple(call: str, verb: str, params: Mapping[str, Any] | None = None, *effects: str) -> Shape:
    return lambda row, given: _plain(row, call, f"{verb} {row['id']}", params, *effects)


INACTIVE = {"active": False}
SHAPES: Mapping[str, Shape] = {
    "charges.refund": refund_charge,
    "charges.capture": capture_charge,
    "payment_intents.refund": refund_intent,
    "payment_intents.capture": capture_intent,
    "payment_intents.confirm": confirm_intent,
    "payment_intents.cancel": _simple(
        "payment_intents.cancel", "Cancel", None, "Money that is only held is released; this cannot be undone."
    ),
    "subscriptions.cancel": cancel_subscription,
    "subscriptions.pause": pause_subscription,
    "subscriptions.resume": resume_subscription,
    "subscriptions.update": update_subscription,
    "invoices.finalize": _invoice("invoices.finalize_invoice", "Finalize", "It can no longer be changed."),
    "invoices.send": _invoice("invoices.send_invoice", "Send", "Stripe finalizes a draft, and emails the customer."),
    "invoices.pay": pay_invoice,
    "invoices.void": _invoice("invoices.void_invoice", "Void", "This cannot be undone."),
    "invoices.mark_uncollectible": _invoice("invoices.mark_uncollectible", "Mark as uncollectible"),
    "disputes.close": _simple("disputes.close", "Accept", None, "The dispute is lost, and this cannot be undone."),
    "customers.update": update_customer,
    "customers.delete": _simple(
        "customers.delete", "Delete", None, "This cannot be undone, and cancels the customer's subscriptions at once."
    ),
    "products.update": update_product,
    "products.archive": _simple("products.update", "Archive", INACTIVE),
    "prices.update": update_price,
    "prices.archive": _simple("prices.update", "Archive", INACTIVE),
    "coupons.delete": _simple("coupons.delete", "Delete", None, "Discounts already given go on."),
    "promotion_codes.deactivate": _simple("promotion_codes.update", "Deactivate", INACTIVE),
    "payment_links.deactivate": _simple("payment_links.update", "Deactivate", INACTIVE),
    "payouts.cancel": _simple("payouts.cancel", "Cancel", None, "The money goes back to the balance."),
}
"""Every write on a target."""
