"""What a subscription owes when it starts, renews or changes within a period."""

from __future__ import annotations

from flarite_nl.sandbox import periods
from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.handlers import invoicing, paying
from flarite_nl.sandbox.shapes import billing
from flarite_nl.sandbox.types import Obj
from flarite_nl.sandbox.world import DAY, World


def cycle_invoice(world: World, subscription: Obj, customer: Obj, reason: str) -> Obj:
    """The invoice of the current period, finalized; what waits as an invoice item goes on it too."""
    sent = subscription["collection_method"] == "send_invoice"
    invoice = billing.invoice(
        world.new_id("in_1"),
        world.now,
        customer,
        subscription["currency"],
        [],
        auto_advance=True,
        billing_reason=reason,
        collection_method=subscription["collection_method"],
        discounts=list(subscription["discounts"]),
        due_date=world.now + subscription["days_until_due"] * DAY if sent else None,
        parent=billing.subscription_parent(subscription["id"]),
    )
    trial = subscription["status"] == "trialing"
    invoice["lines"]["data"] = invoicing.subscription_lines(world, invoice["id"], subscription, trial=trial)
    world.add(invoice)
    pending = [] if trial else invoicing.pending_items(world, customer["id"], subscription["currency"])
    invoicing.gather(world, invoice, pending)
    invoicing.finalize(world, invoice)
    world.save(invoice)
    subscription["latest_invoice"] = invoice["id"]
    return invoice


def restart(world: World, subscription: Obj, customer: Obj, reason: str) -> None:
    """A new period from now on, invoiced at once; a refused payment leaves the subscription past due."""
    subscription["billing_cycle_anchor"] = world.now
    for item in subscription["items"]["data"]:
        rhythm = item["price"]["recurring"]
        end = periods.step(world.now, rhythm["interval"], rhythm["interval_count"])
        item |= {"current_period_start": world.now, "current_period_end": end}
    invoice = cycle_invoice(world, subscription, customer, reason)
    _pay_or_past_due(world, subscription, customer, invoice)


def _pay_or_past_due(world: World, subscription: Obj, customer: Obj, invoice: Obj) -> None:
    if invoice["status"] == "paid" or subscription["collection_method"] == "send_invoice":
        return
    try:
        invoicing.pay(world, invoice, paying.default_method(world, customer, subscription))
    except StripeError:
        subscription["status"] = "past_due"
    world.save(invoice)


def apply(world: World, subscription: Obj, before: list[Obj], behavior: str) -> None:
    """Credit what is unused of the old items and charge the new ones for the rest of the period."""
    customer = world.get("customer", subscription["customer"])
    after = {item["id"]: item for item in subscription["items"]["data"]}
    rhythm = before[0]["price"]["recurring"]
    new_rhythm = next(iter(after.values()))["price"]["recurring"]
    same = (rhythm["interval"], rhythm["interval_count"]) == (new_rhythm["interval"], new_rhythm["interval_count"])
    items = []
    if behavior != "none" and subscription["status"] in ("active", "past_due"):
        for old in before:
            new = after.get(old["id"])
            if new is None or _cost(old) != _cost(new) or old["price"]["id"] != new["price"]["id"]:
                items.append(_item(world, subscription, old, -1))
                if new is not None and same:
                    items.append(_item(world, subscription, new, 1))
        known = {old["id"] for old in before}
        items += [_item(world, subscription, new, 1) for id, new in after.items() if id not in known and same]
    world.add(*items)
    if subscription["status"] == "trialing":
        return
    if not same:
        restart(world, subscription, customer, "subscription_update")
    elif behavior == "always_invoice" and items:
        invoice = _change_invoice(world, subscription, customer, items)
        _pay_or_past_due(world, subscription, customer, invoice)


def _change_invoice(world: World, subscription: Obj, customer: Obj, items: list[Obj]) -> Obj:
    invoice = billing.invoice(
        world.new_id("in_1"), world.now, customer, subscription["currency"], [],
        billing_reason="subscription_update", collection_method=subscription["collection_method"],
        parent=billing.subscription_parent(subscription["id"]),
    )  # fmt: skip
    world.add(invoice)
    invoicing.gather(world, invoice, items)
    invoicing.finalize(world, invoice)
    world.save(invoice)
    subscription["latest_invoice"] = invoice["id"]
    return invoice


def _cost(item: Obj) -> int:
    return int((item["price"]["unit_amount"] or 0) * item.get("quantity", 1))


def _item(world: World, subscription: Obj, item: Obj, sign: int) -> Obj:
    start, end = item["current_period_start"], item["current_period_end"]
    left = max(end - world.now, 0)
    amount = sign * round(_cost(item) * left / max(end - start, 1))
    name = world.get("product", item["price"]["product"])["name"]
    made = billing.invoice_item(
        world.new_id("ii_1"),
        world.now,
        subscription["customer"],
        amount,
        subscription["currency"],
        description=f"{'Unused' if sign < 0 else 'Remaining'} time on {name}",
        discountable=False,
        parent={
            "subscription_details": {"subscription": subscription["id"], "subscription_item": item["id"]},
            "type": "subscription_details",
        },
        pricing=billing.pricing(item["price"]),
        proration=True,
        quantity=item.get("quantity", 1),
    )
    return made | {"period": {"start": world.now, "end": end}}
