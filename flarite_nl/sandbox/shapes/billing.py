"""Subscriptions and their items, invoices and their lines, invoice items."""

from __future__ import annotations

from typing import Any

from flarite_nl.sandbox.types import Obj

ISSUER = {"type": "self"}


def subscription_item(id: str, created: int, subscription: str, price: Obj, **given: Any) -> Obj:
    """The billing period stands here, not on the subscription (STRIPE.md 13)."""
    item = {
        "id": id,
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": created,
        "current_period_end": created,
        "current_period_start": created,
        "discounts": [],
        "metadata": {},
        "price": price,
        "quantity": 1,
        "subscription": subscription,
        "tax_rates": [],
        **given,
    }
    if price["recurring"]["usage_type"] == "metered":
        del item["quantity"]
    return item


def listed(data: list[Obj], url: str) -> Obj:
    return {"object": "list", "data": data, "has_more": False, "url": url}


SHOWN = 10
"""Items that a subscription shows, and lines of an invoice; lists of their own show them all."""

_LONG = {"subscription": "items", "invoice": "lines"}


def shorten(obj: Obj) -> Obj:
    """Leave out, in place, what Stripe does not show of a long subscription or invoice; others stay as they are."""
    name = _LONG.get(str(obj.get("object")))
    if name and len(obj[name]["data"]) > SHOWN:
        obj[name] = {**obj[name], "data": obj[name]["data"][:SHOWN], "has_more": True}
    return obj


def is_long(kind: str, row: Any) -> bool:
    """Whether a row's object is one that Stripe shows shortened."""
    if kind == "subscription":
        return bool(row["item_ids"].count(" si_") > SHOWN)
    return kind == "invoice" and str(row["body"]).count('"object":"line_item"') > SHOWN


def subscription(id: str, created: int, customer: str, items: list[Obj], *, status: str, **given: Any) -> Obj:
    return {
        "id": id,
        "object": "subscription",
        "application": None,
        "application_fee_percent": None,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": created,
        "billing_cycle_anchor_config": None,
        "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible"},
        "billing_schedules": [],
        "billing_thresholds": None,
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": "charge_automatically",
        "created": created,
        "currency": items[0]["price"]["currency"],
        "customer": customer,
        "customer_account": None,
        "days_until_due": None,
        "default_payment_method": None,
        "default_source": None,
        "default_tax_rates": [],
        "description": None,
        "discounts": [],
        "ended_at": None,
        "invoice_settings": {"account_tax_ids": None, "issuer": ISSUER},
        "items": listed(items, f"/v1/subscription_items?subscription={id}"),
        "latest_invoice": None,
        "livemode": False,
        "managed_payments": {"enabled": False},
        "metadata": {},
        "next_pending_invoice_item_invoice": None,
        "on_behalf_of": None,
        "pause_collection": None,
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "pending_invoice_item_interval": None,
        "pending_setup_intent": None,
        "pending_update": None,
        "schedule": None,
        "start_date": created,
        "status": status,
        "test_clock": None,
        "transfer_data": None,
        "trial_end": None,
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
        "trial_start": None,
        **given,
    }


def line(
    id: str, invoice: str, amount: int, currency: str, description: str | None, period: tuple[int, int], **given: Any
) -> Obj:
    return {
        "id": id,
        "object": "line_item",
        "amount": amount,
        "currency": currency,
        "description": description,
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": invoice,
        "livemode": False,
        "metadata": {},
        "parent": None,
        "period": {"end": period[1], "start": period[0]},
        "pretax_credit_amounts": [],
        "pricing": None,
        "quantity": 1,
        "quantity_decimal": str(given.get("quantity", 1)),
        "subscription": None,
        "subtotal": amount,
        "taxes": [],
        **given,
    }


def pricing(price: Obj) -> Obj:
    return {
        "price_details": {"price": price["id"], "product": price["product"]},
        "type": "price_details",
        "unit_amount_decimal": price["unit_amount_decimal"] or "0",
    }


def subscription_parent(subscription: str | None) -> Obj | None:
    if subscription is None:
        return None
    return {
        "quote_details": None,
        "subscription_details": {"metadata": {}, "subscription": subscription},
        "type": "subscription_details",
    }


def invoice(id: str, created: int, customer: Obj, currency: str, lines: list[Obj], **given: Any) -> Obj:
    """A draft unless ``given`` says otherwise; amounts are those of ``lines``."""
    total = sum(entry["amount"] for entry in lines)
    return {
        "id": id,
        "object": "invoice",
        "account_country": "US",
        "account_name": "Northwind Paper Co.",
        "account_tax_ids": None,
        "amount_due": max(total, 0),
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_paid_off_stripe": 0,
        "amount_remaining": max(total, 0),
        "amount_shipping": 0,
        "application": None,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": False,
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "automatically_finalizes_at": None,
        "billing_reason": "manual",
        "collection_method": "charge_automatically",
        "created": created,
        "currency": currency,
        "custom_fields": None,
        "customer": customer["id"],
        "customer_account": None,
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_phone": customer["phone"],
        "customer_shipping": customer["shipping"],
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
        "default_payment_method": None,
        "default_source": None,
        "default_tax_rates": [],
        "description": None,
        "discounts": [],
        "due_date": None,
        "effective_at": None,
        "ending_balance": None,
        "footer": None,
        "from_invoice": None,
        "hosted_invoice_url": None,
        "invoice_pdf": None,
        "issuer": ISSUER,
        "last_finalization_error": None,
        "latest_revision": None,
        "lines": listed(lines, f"/v1/invoices/{id}/lines"),
        "livemode": False,
        "metadata": {},
        "next_payment_attempt": None,
        "number": None,
        "on_behalf_of": None,
        "parent": None,
        "payment_settings": {"default_mandate": None, "payment_method_options": None, "payment_method_types": None},
        "period_end": created,
        "period_start": created,
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "receipt_number": None,
        "rendering": None,
        "shipping_cost": None,
        "shipping_details": None,
        "starting_balance": 0,
        "statement_descriptor": None,
        "status": "draft",
        "status_transitions": dict.fromkeys(("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")),
        "subtotal": total,
        "subtotal_excluding_tax": total,
        "test_clock": None,
        "total": total,
        "total_discount_amounts": [],
        "total_excluding_tax": total,
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        "webhooks_delivered_at": created,
        **given,
    }


def invoice_item(id: str, date: int, customer: str, amount: int, currency: str, **given: Any) -> Obj:
    quantity = given.get("quantity", 1)
    return {
        "id": id,
        "object": "invoiceitem",
        "amount": amount,
        "currency": currency,
        "customer": customer,
        "customer_account": None,
        "date": date,
        "description": None,
        "discountable": True,
        "discounts": [],
        "invoice": None,
        "livemode": False,
        "metadata": {},
        "net_amount": amount,
        "parent": None,
        "period": {"end": date, "start": date},
        "pricing": None,
        "proration": False,
        "quantity": quantity,
        "quantity_decimal": str(quantity),
        "tax_rates": [],
        "test_clock": None,
        **given,
    }


def invoice_payment(id: str, created: int, invoice: Obj, payment_intent: str, *, paid: int | None) -> Obj:
    """One attempt to pay an invoice; ``paid`` is the moment of success, None while open."""
    return {
        "id": id,
        "object": "invoice_payment",
        "amount_paid": invoice["amount_due"] if paid is not None else None,
        "amount_requested": invoice["amount_due"],
        "created": created,
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": True,
        "livemode": False,
        "payment": {"payment_intent": payment_intent, "type": "payment_intent"},
        "status": "open" if paid is None else "paid",
        "status_transitions": {"canceled_at": None, "paid_at": paid},
    }
