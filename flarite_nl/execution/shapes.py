"""Writes on targets: the frame's params → Stripe's calls (STRIPE.md, "Shapes", "Refunds and money")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flarite_nl.errors import Ambiguous, PermissionError_, PreflightError
from flarite_nl.execution.given import Given, Skip, compact, day, every, in_words, listed, minor, usable
from flarite_nl.model.change import Call, Change
from flarite_nl.model.currencies import THREE_DECIMAL, WHOLE_ONLY, to_major
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
    step = 10 if currency in THREE_DECIMAL else 100 if currency in WHOLE_ONLY else 1
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


def _worth(row: Row, name: str = "amount") -> Money:
    """The amount of an object: what moves, or is given up."""
    return Money(to_major(row[name], row["currency"]), row["currency"])


def confirm_intent(row: Row, given: Given) -> Change:
    method = given.text("payment_method")
    if method is None and row.get("payment_method") is None:
        method = _only_card(row, given)
        if method is None:
            raise Skip(f"{row['id']} has no payment method: say which one to charge.")
    call = Call("payment_intents.confirm", compact(payment_method=method), row["id"])
    paid = f" to {method or row['payment_method']}"
    summary = f"Confirm {row['id']}: charge {in_words(row['amount'], row['currency'])}{paid}"
    return Change(row["id"], (call,), summary, _worth(row), _customer(row), (), row)


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


def cancel_intent(row: Row, given: Given) -> Change:
    summary = f"Cancel {row['id']} ({in_words(row['amount'], row['currency'])})"
    if row["status"] != "requires_capture":
        return _plain(row, "payment_intents.cancel", summary)
    effect = "The money that it holds is released."
    return replace(_plain(row, "payment_intents.cancel", summary, None, effect), amount=_worth(row))


def pay_invoice(row: Row, given: Given) -> Change:
    """Stripe charges the default payment method; without one, several cards are an ambiguity."""
    method = given.text("payment_method") or row.get("default_payment_method")
    if not method:
        customer = given.look("customers.retrieve", id=_customer(row))
        method = (customer.get("invoice_settings") or {}).get("default_payment_method") or customer.get(
            "default_source"
        )
        if not method and not _subscription(row):
            _only_card(row, given)
    change = _invoice("invoices.pay", "Pay")(row, given)
    return replace(change, summary=f"{change.summary} with {method or 'the payment method on file'}")


def _subscription(row: Row) -> Any:
    return ((row.get("parent") or {}).get("subscription_details") or {}).get("subscription")


def cancel_subscription(row: Row, given: Given) -> Change:
    end = min((item["current_period_end"] for item in row["items"]["data"]), default=None)
    ends = f" on {day(end, given.zone)}" if end else ""
    if given.params.get("at_period_end") is True:
        if row.get("cancel_at_period_end"):
            raise Skip(f"{row['id']} is set to end with its period already.")
        effect = f"It stays active until its period ends{ends}; until then it can be kept after all."
        call = "subscriptions.update"
        summary = f"Cancel {row['id']} at the end of its period"
        return replace(_plain(row, call, summary, {"cancel_at_period_end": True}, effect), risk="write")
    effect = f"It ends at once and not with its period{ends}; nothing is paid back, and it cannot be taken up again."
    return _plain(row, "subscriptions.cancel", f"Cancel {row['id']} at once", None, effect)


def pause_subscription(row: Row, given: Given) -> Change:
    until = given.moment("until")
    params = {"pause_collection": compact(behavior="void", resumes_at=until)}
    till = f" until {given.text('until')}" if until else ""
    effect = "Only its collection pauses: the subscription stays active, and its invoices are void meanwhile."
    return _plain(row, "subscriptions.update", f"Pause the billing of {row['id']}{till}", params, effect)


KEPT = {"void": "void", "keep_as_draft": "drafts", "mark_uncollectible": "uncollectible"}
"""What became of the invoices of a subscription whose collection was paused, by the behavior that was set."""


def resume_subscription(row: Row, given: Given) -> Change:
    if row["status"] == "paused":
        effect = "Stripe bills it again from now on."
        return _plain(row, "subscriptions.resume", f"Resume {row['id']}", None, effect)
    paused = row.get("pause_collection")
    if not paused:
        raise Skip(f"{row['id']} is not paused.")
    effect = f"Its invoices of the pause stay {KEPT.get(paused.get('behavior'), 'as they are')}."
    return _plain(row, "subscriptions.update", f"Resume the billing of {row['id']}", {"pause_collection": ""}, effect)


def update_subscription(row: Row, given: Given) -> Change:
    params: dict[str, Any] = {}
    said: list[str] = []
    effects: list[str] = []
    if given.has("price") or given.has("quantity"):
        item, texts = _item(row, given)
        params["items"] = [item]
        said += texts
        effects.append("Stripe prorates the difference on the next invoice.")
    if given.has("coupon"):
        usable(given, "coupon")
        params["discounts"] = [{"coupon": given.id("coupon")}]
        said.append(f"coupon {given.id('coupon')}")
        if row.get("discounts"):
            effects.append(f"It takes the place of the {len(row['discounts'])} discounts that {row['id']} has.")
    if given.has("trial_end"):
        params["trial_end"] = given.moment("trial_end")
        said.append(f"trial until {given.text('trial_end')}")
        effects.append("Nothing is charged before that day, and its periods begin there anew.")
    if not params:
        raise PreflightError(f"There is nothing to change of {row['id']}.")
    return _plain(row, "subscriptions.update", f"Change {row['id']}: {', '.join(said)}", params, *effects)


def _item(row: Row, given: Given) -> tuple[dict[str, Any], list[str]]:
    """The one item of a subscription as it will be, and what of it changes."""
    items = row["items"]["data"]
    if len(items) != 1:
        raise Skip(f"{row['id']} has {len(items)} items: it is not clear which one is meant.")
    usable(given, "price")
    held, price, quantity = items[0]["price"], given.id("price"), given.whole("quantity")
    new = given.objects.get("price") or held
    if new["currency"] != row["currency"]:
        raise Skip(f"{row['id']} is in {str(row['currency']).upper()}, and {price} in {str(new['currency']).upper()}.")
    if not new.get("recurring"):
        raise Skip(f"{price} is paid once: a subscription needs a recurring price.")
    said = [f"price {price}{_cost(new)}, now {held['id']}{_cost(held)}"] if price else []
    said += [f"quantity {quantity}, now {items[0].get('quantity', 1)}"] if quantity else []
    return compact(id=items[0]["id"], price=price, quantity=quantity), said


def _cost(price: Row) -> str:
    if price.get("unit_amount") is None:
        return ""
    return f" ({in_words(price['unit_amount'], price['currency'])}{every(price.get('recurring'))})"


def _invoice(call: str, verb: str, *effects: str) -> Shape:
    def shape(row: Row, given: Given) -> Change:
        due, currency = row["amount_remaining"], row["currency"]
        params = compact(payment_method=given.text("payment_method"))
        number = f"{row['number']}, " if row.get("number") else ""
        summary = f"{verb} {row['id']} ({number}{in_words(due, currency)} due)"
        worth = _worth(row, "amount_remaining")
        return Change(row["id"], (Call(call, params, row["id"]),), summary, worth, _customer(row), effects, row)

    return shape


def finalize_invoice(row: Row, given: Given) -> Change:
    effects = ["It can no longer be changed."]
    if row.get("auto_advance") and row.get("collection_method") == "charge_automatically":
        effects.append("Stripe then charges the customer by itself.")
    return _invoice("invoices.finalize_invoice", "Finalize", *effects)(row, given)


def send_invoice(row: Row, given: Given) -> Change:
    effects = ["Stripe finalizes the draft: it can no longer be changed."] if row["status"] == "draft" else []
    return _invoice("invoices.send_invoice", "Send", *effects, "Stripe emails it to the customer.")(row, given)


def close_dispute(row: Row, given: Given) -> Change:
    """The customer is that of the charge, where the key may see it."""
    try:
        customer = _customer(given.look("charges.retrieve", id=str(row["charge"])))
    except PermissionError_:
        customer = None
    worth = in_words(row["amount"], row["currency"])
    summary = f"Accept {row['id']} ({row['reason']}, {worth}, on {row['charge']})"
    effect = "Closing a dispute accepts it as lost: the money stays with the cardholder."
    return replace(_plain(row, "disputes.close", summary, None, effect), amount=_worth(row), customer=customer)


def cancel_payout(row: Row, given: Given) -> Change:
    worth, lands = in_words(row["amount"], row["currency"]), day(row["arrival_date"], given.zone)
    summary = f"Cancel {row['id']} ({worth}, to arrive on {lands})"
    return replace(
        _plain(row, "payouts.cancel", summary, None, "The money goes back to the balance."), amount=_worth(row)
    )


def delete_customer(row: Row, given: Given) -> Change:
    who = ", ".join(str(row[name]) for name in ("name", "email") if row.get(name))
    summary = f"Delete {row['id']} ({who or 'no name, no email'})"
    return _plain(row, "customers.delete", summary, None, "Its subscriptions are canceled at once.")


def update_customer(row: Row, given: Given) -> Change:
    params = compact(**{name: given.text(name) for name in ("email", "name", "phone", "description")})
    params |= given.nested("metadata", "address")
    return _plain(row, "customers.update", f"Change {row['id']}: {listed(params)}", params)


def update_product(row: Row, given: Given) -> Change:
    params = compact(name=given.text("name"), description=given.text("description")) | given.nested("metadata")
    return _plain(row, "products.update", f"Change {row['id']}: {listed(params)}", params)


def update_price(row: Row, given: Given) -> Change:
    params = compact(nickname=given.text("nickname"))
    return _plain(row, "prices.update", f"Change {row['id']}: {listed(params)}", params)


def _simple(call: str, verb: str, params: Mapping[str, Any] | None = None, *effects: str) -> Shape:
    return lambda row, given: _plain(row, call, f"{verb} {row['id']}", params, *effects)


INACTIVE = {"active": False}
SHAPES: Mapping[str, Shape] = {
    "charges.refund": refund_charge,
    "charges.capture": capture_charge,
    "payment_intents.refund": refund_intent,
    "payment_intents.capture": capture_intent,
    "payment_intents.confirm": confirm_intent,
    "payment_intents.cancel": cancel_intent,
    "subscriptions.cancel": cancel_subscription,
    "subscriptions.pause": pause_subscription,
    "subscriptions.resume": resume_subscription,
    "subscriptions.update": update_subscription,
    "invoices.finalize": finalize_invoice,
    "invoices.send": send_invoice,
    "invoices.pay": pay_invoice,
    "invoices.void": _invoice("invoices.void_invoice", "Void", "The customer no longer owes it."),
    "invoices.mark_uncollectible": _invoice(
        "invoices.mark_uncollectible",
        "Mark as uncollectible",
        "It counts as a bad debt; it can still be paid or voided.",
    ),
    "disputes.close": close_dispute,
    "customers.update": update_customer,
    "customers.delete": delete_customer,
    "products.update": update_product,
    "products.archive": _simple("products.update", "Archive", INACTIVE, "It can no longer be bought."),
    "prices.update": update_price,
    "prices.archive": _simple("prices.update", "Archive", INACTIVE, "It can no longer be bought; subscriptions go on."),
    "coupons.delete": _simple("coupons.delete", "Delete", None, "Discounts already given go on."),
    "promotion_codes.deactivate": _simple(
        "promotion_codes.update", "Deactivate", INACTIVE, "It can no longer be redeemed; discounts already given go on."
    ),
    "payment_links.deactivate": _simple(
        "payment_links.update", "Deactivate", INACTIVE, "Whoever opens it can no longer pay."
    ),
    "payouts.cancel": cancel_payout,
}
"""Every write on a target."""
