"""Invoices from draft to paid, void or written off."""

from __future__ import annotations

from flarite_nl.sandbox import errors
from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.handlers import invoicing, paying
from flarite_nl.sandbox.handlers.catalog import known_currency
from flarite_nl.sandbox.handlers.discounts import redeem
from flarite_nl.sandbox.handlers.reading import finish
from flarite_nl.sandbox.handlers.refunds import merged
from flarite_nl.sandbox.routes import Handler
from flarite_nl.sandbox.shapes import billing
from flarite_nl.sandbox.types import Obj, Params
from flarite_nl.sandbox.world import DAY, World

COPIED = "auto_advance custom_fields default_payment_method description footer statement_descriptor".split()


def create(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    subscription = None
    if params.get("subscription"):
        subscription = world.get("subscription", params["subscription"], param="subscription")
    if "customer" not in params and subscription is None:
        raise errors.parameter_missing("customer")
    customer = world.get("customer", params.get("customer") or (subscription or {})["customer"], param="customer")
    currency = known_currency(params.get("currency") or customer["currency"] or "usd")
    invoice = billing.invoice(
        world.new_id("in_1"),
        world.now,
        customer,
        currency,
        [],
        parent=billing.subscription_parent(params.get("subscription")),
    )
    invoice["auto_advance"] = False
    world.add(invoice)
    _apply(world, invoice, params)
    items = []
    if params.get("pending_invoice_items_behavior", "exclude") == "include":
        items = invoicing.pending_items(world, customer["id"], currency)
    invoicing.gather(world, invoice, items)
    return finish(world, world.save(invoice), params)


def _apply(world: World, invoice: Obj, params: Params) -> None:
    invoice.update({name: params[name] for name in COPIED if name in params})
    invoice["metadata"] = merged(invoice["metadata"], params, "metadata")
    if params.get("default_payment_method"):
        method = paying.resolve_method(
            world, params["default_payment_method"], invoice["customer"], "default_payment_method"
        )
        invoice["default_payment_method"] = method["id"]
    if params.get("number"):
        if world.store.count("invoice", "number = ?", (params["number"],)):
            raise StripeError("An invoice with this number already exists.", param="number")
        invoice["number"] = params["number"]
    if "collection_method" in params:
        invoice["collection_method"] = params["collection_method"]
    _terms(world, invoice, params)
    if params.get("discounts"):
        given = redeem(world, params["discounts"], "discounts", customer=invoice["customer"], invoice=invoice["id"])
        invoice["discounts"] = [each["id"] for each in given]
    elif "discounts" in params:
        invoice["discounts"] = []


def _terms(world: World, invoice: Obj, params: Params) -> None:
    """When the invoice is due: only one that is sent has a date."""
    if "due_date" not in params and "days_until_due" not in params:
        if params.get("collection_method") == "send_invoice" and invoice["due_date"] is None:
            invoice["due_date"] = world.now + invoicing.TERMS * DAY
        return
    name = "due_date" if "due_date" in params else "days_until_due"
    if invoice["collection_method"] != "send_invoice":
        raise StripeError(f"You can only specify {name} if collection_method is 'send_invoice'.", param=name)
    if "due_date" in params and "days_until_due" in params:
        raise StripeError("You may only specify one of these parameters: due_date, days_until_due.", param="due_date")
    due = params["due_date"] if name == "due_date" else world.now + params["days_until_due"] * DAY
    if due < world.now - world.now % DAY:
        raise StripeError("Invalid due_date: must be in the future.", param=name)
    invoice["due_date"] = due


def update(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    invoice = world.get("invoice", ids[0])
    free = {"metadata", "expand", "auto_advance", "default_payment_method", "description"}
    if invoice["status"] != "draft" and set(params) - free:
        raise StripeError(
            "Finalized invoices can't be updated in this way.", code="invoice_not_editable",
            param=sorted(set(params) - free)[0],
        )  # fmt: skip
    _apply(world, invoice, params)
    invoicing.total(world, invoice)
    return finish(world, world.save(invoice), params)


def delete(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    invoice = world.get("invoice", ids[0])
    if invoice["status"] != "draft":
        raise StripeError(
            "You can only delete draft invoices. This invoice is no longer a draft; you can void it instead.",
            code="invoice_not_editable",
        )
    for item in world.store.all("invoiceitem", "invoice = ?", ids):
        world.save(item | {"invoice": None})
    world.store.delete("invoice", ids[0])
    return {"id": ids[0], "object": "invoice", "deleted": True}


def finalize(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    invoice = world.get("invoice", ids[0])
    if "auto_advance" in params:
        invoice["auto_advance"] = params["auto_advance"]
    invoicing.finalize(world, invoice)
    return finish(world, world.save(invoice), params)


def send(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    """Sending a draft finalizes it first."""
    invoice = world.get("invoice", ids[0])
    if invoice["collection_method"] != "send_invoice":
        raise StripeError("You can only manually send an invoice if its collection method is 'send_invoice'.")
    if invoice["customer_email"] is None:
        raise StripeError(
            "Missing email. In order to send invoices to the customer, the customer must have a valid email."
        )
    if invoice["status"] == "draft":
        invoicing.finalize(world, invoice)
    elif invoice["status"] not in ("open", "paid"):
        raise StripeError(f"You can't send an invoice that is {invoice['status']}.")
    return finish(world, world.save(invoice), params)


def pay(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    """Paying a draft finalizes it first."""
    invoice = world.get("invoice", ids[0])
    if invoice["status"] == "paid":
        raise StripeError("Invoice is already paid")
    if invoice["status"] == "void":
        raise StripeError("This invoice is voided and can no longer be paid.")
    if invoice["status"] == "draft":
        invoicing.finalize(world, invoice)
    if invoice["status"] != "paid":
        customer = world.get("customer", invoice["customer"])
        if params.get("payment_method"):
            method: Obj | None = paying.resolve_method(world, params["payment_method"], customer["id"])
        else:
            method = paying.default_method(world, customer, invoice, *_subscription(world, invoice))
        invoicing.pay(world, invoice, method, outside=params.get("paid_out_of_band", False))
        _revive(world, invoice)
    return finish(world, world.save(invoice), params)


def _subscription(world: World, invoice: Obj) -> list[Obj]:
    parent = invoice["parent"]
    found = parent and world.store.find("subscription", parent["subscription_details"]["subscription"])
    return [found] if found else []


def _revive(world: World, invoice: Obj) -> None:
    """The payment that a subscription waited for makes it active again."""
    for subscription in _subscription(world, invoice):
        if subscription["latest_invoice"] == invoice["id"] and subscription["status"] in (
            "past_due", "incomplete", "unpaid",
        ):  # fmt: skip
            world.save(subscription | {"status": "active"})


def void(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    invoice = world.get("invoice", ids[0])
    if invoice["status"] not in ("open", "uncollectible"):
        raise StripeError(
            "You can only pass in open or uncollectible invoices. This invoice isn't open or uncollectible."
        )
    invoice["status"] = "void"
    invoice["status_transitions"]["voided_at"] = world.now
    invoice |= {"amount_remaining": invoice["amount_due"], "next_payment_attempt": None, "auto_advance": False}
    return finish(world, world.save(invoice), params)


def mark_uncollectible(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    invoice = world.get("invoice", ids[0])
    if invoice["status"] != "open":
        raise StripeError("You can only pass in open invoices. This invoice isn't open.")
    invoice["status"] = "uncollectible"
    invoice["status_transitions"]["marked_uncollectible_at"] = world.now
    invoice["auto_advance"] = False
    return finish(world, world.save(invoice), params)


HANDLERS: dict[str, Handler] = {
    "POST /v1/invoices": create,
    "POST /v1/invoices/{invoice}": update,
    "DELETE /v1/invoices/{invoice}": delete,
    "POST /v1/invoices/{invoice}/finalize": finalize,
    "POST /v1/invoices/{invoice}/send": send,
    "POST /v1/invoices/{invoice}/pay": pay,
    "POST /v1/invoices/{invoice}/void": void,
    "POST /v1/invoices/{invoice}/mark_uncollectible": mark_uncollectible,
}
