"""What makes an invoice: lines, totals, discounts, finalization, payment. Shared by invoices and subscriptions."""

from __future__ import annotations

from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.handlers import paying
from flarite_nl.sandbox.shapes import billing, catalog
from flarite_nl.sandbox.types import Obj
from flarite_nl.sandbox.world import DAY, World

TERMS = 30
"""Days until due where neither the request nor the account says otherwise."""


def subscription_lines(world: World, invoice: str, subscription: Obj, *, trial: bool = False) -> list[Obj]:
    """One line an item for its current period; a trial costs nothing."""
    out = []
    for item in subscription["items"]["data"]:
        price, quantity = item["price"], item.get("quantity", 0)
        amount = 0 if trial else (price["unit_amount"] or 0) * quantity
        name = world.get("product", price["product"])["name"]
        text = f"Trial period for {name}" if trial else f"{quantity} × {name}"
        out.append(
            billing.line(
                world.new_id("il_1"),
                invoice,
                amount,
                price["currency"],
                text,
                (item["current_period_start"], item["current_period_end"]),
                quantity=quantity,
                pricing=billing.pricing(price),
                subscription=subscription["id"],
                parent={
                    "invoice_item_details": None,
                    "subscription_item_details": {
                        "invoice_item": None,
                        "proration": False,
                        "proration_details": {"credited_items": None},
                        "subscription": subscription["id"],
                        "subscription_item": item["id"],
                    },
                    "type": "subscription_item_details",
                },
            )
        )
    return out


def item_line(world: World, item: Obj, invoice: str) -> Obj:
    """The line that shows an invoice item."""
    return billing.line(
        world.new_id("il_1"),
        invoice,
        item["amount"],
        item["currency"],
        item["description"],
        (item["period"]["start"], item["period"]["end"]),
        quantity=item["quantity"],
        pricing=item["pricing"],
        discountable=item["discountable"],
        metadata=item["metadata"],
        parent={
            "invoice_item_details": {
                "invoice_item": item["id"],
                "proration": item["proration"],
                "proration_details": {"credited_items": None},
                "subscription": None,
            },
            "subscription_item_details": None,
            "type": "invoice_item_details",
        },
    )


def pending_items(world: World, customer: str, currency: str) -> list[Obj]:
    """Invoice items that wait for an invoice, oldest first."""
    found = world.store.all("invoiceitem", "customer = ? AND invoice IS NULL", (customer,), order="created, seq")
    return [item for item in found if item["currency"] == currency]


def gather(world: World, invoice: Obj, items: list[Obj]) -> None:
    """Put invoice items on a draft."""
    for item in items:
        item["invoice"] = invoice["id"]
        world.save(item)
        invoice["lines"]["data"].append(item_line(world, item, invoice["id"]))
    total(world, invoice)


def total(world: World, invoice: Obj) -> None:
    """Add up the lines, take discounts and the customer's credit off (minor units)."""
    lines = invoice["lines"]["data"]
    subtotal = sum(line["amount"] for line in lines)
    left, taken = subtotal, []
    for id in invoice["discounts"]:
        coupon = world.store.find("coupon", _coupon_of(world, id))
        worth = catalog.off(coupon, max(left, 0)) if coupon else 0
        left -= worth
        taken.append({"amount": worth, "discount": id})
    due = max(left + invoice["starting_balance"], 0) if left > 0 else 0
    invoice |= {
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal,
        "total": left,
        "total_excluding_tax": left,
        "total_discount_amounts": taken,
        "amount_due": due,
        "amount_remaining": due - invoice["amount_paid"],
    }


def _coupon_of(world: World, discount: str) -> str:
    return str(world.get("discount", discount)["source"]["coupon"])


def finalize(world: World, invoice: Obj) -> None:
    """Draft to open: numbered, due, its link made; nothing to pay means paid."""
    if invoice["status"] != "draft":
        raise StripeError(
            "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
            code="invoice_not_editable",
        )
    customer = world.get("customer", invoice["customer"])
    if not invoice["lines"]["data"] and invoice["parent"] is None:
        raise StripeError(
            "You must add at least one invoice item before finalizing this invoice.",
            code="invoice_no_customer_line_items",
        )
    _use_credit(world, invoice, customer)
    if invoice["number"] is None:
        count = 1 + world.store.count("invoice", "customer = ? AND number IS NOT NULL", (customer["id"],))
        count = max(count, customer["next_invoice_sequence"])
        invoice["number"] = f"{customer['invoice_prefix']}-{count:04d}"
        customer["next_invoice_sequence"] = count + 1
    world.save(customer)
    url = f"https://invoice.stripe.com/i/acct_1SandboxNorthwind/test_{invoice['id']}"
    invoice |= {"status": "open", "effective_at": world.now, "hosted_invoice_url": url, "invoice_pdf": f"{url}/pdf"}
    invoice["status_transitions"]["finalized_at"] = world.now
    invoice["automatically_finalizes_at"] = None
    if invoice["collection_method"] == "send_invoice" and invoice["due_date"] is None:
        invoice["due_date"] = world.now + TERMS * DAY
    if invoice["amount_due"] == 0:
        _paid(world, invoice)


def _use_credit(world: World, invoice: Obj, customer: Obj) -> None:
    """A negative balance pays first, a positive one is added (STRIPE.md 17)."""
    before = customer["balance"] if customer["currency"] in (None, invoice["currency"]) else 0
    invoice["starting_balance"] = before
    total(world, invoice)
    after = min(before + invoice["total"], 0) if before < 0 else 0
    if invoice["total"] < 0:
        after = before + invoice["total"]
    invoice["ending_balance"] = after
    customer["balance"] = after
    if customer["currency"] is None:
        customer["currency"] = invoice["currency"]


def _paid(world: World, invoice: Obj) -> None:
    invoice |= {"status": "paid", "amount_paid": invoice["amount_due"], "amount_remaining": 0, "attempted": True}
    invoice["status_transitions"]["paid_at"] = world.now
    invoice["next_payment_attempt"] = None


def pay(world: World, invoice: Obj, method: Obj | None, *, outside: bool = False) -> None:
    """Take the money for an open invoice; a refusal by the bank leaves it open, with one more attempt."""
    if outside:
        invoice["amount_paid_off_stripe"] = invoice["amount_due"]
        _paid(world, invoice)
        return
    if method is None:
        raise StripeError(
            "There is no `default_payment_method` set on this Customer or Invoice. Please set one prior to attempting "
            "payment on the invoice.",
            code="invoice_payment_intent_requires_action",
        )
    intent = paying.new_intent(
        world,
        invoice["amount_due"],
        invoice["currency"],
        customer=invoice["customer"],
        description="Payment for Invoice",
    )
    invoice |= {"attempted": True, "attempt_count": invoice["attempt_count"] + 1}
    world.save(invoice)
    payment = billing.invoice_payment(world.new_id("inpay_1"), world.now, invoice, intent["id"], paid=None)
    try:
        paying.collect(world, intent, method)
    except StripeError:
        world.add(payment)
        raise
    world.add(billing.invoice_payment(payment["id"], world.now, invoice, intent["id"], paid=world.now))
    _paid(world, invoice)
