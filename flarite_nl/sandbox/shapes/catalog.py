"""Products, prices, coupons, promotion codes, discounts, payment links."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flarite_nl.sandbox.types import Obj


def product(id: str, created: int, name: str, **given: Any) -> Obj:
    return {
        "id": id,
        "object": "product",
        "active": True,
        "created": created,
        "default_price": None,
        "description": None,
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": {},
        "name": name,
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "unit_label": None,
        "updated": created,
        "url": None,
        **given,
    }


def recurring(interval: str, count: int = 1, usage_type: str = "licensed", meter: str | None = None) -> Obj:
    return {
        "interval": interval,
        "interval_count": count,
        "meter": meter,
        "usage_type": usage_type,
    }


def price(id: str, created: int, product: str, unit_amount: int | None, currency: str, **given: Any) -> Obj:
    return {
        "id": id,
        "object": "price",
        "active": True,
        "billing_scheme": "per_unit",
        "created": created,
        "currency": currency,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": product,
        "recurring": None,
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring" if given.get("recurring") else "one_time",
        "unit_amount": unit_amount,
        "unit_amount_decimal": None if unit_amount is None else str(unit_amount),
        **given,
    }


def coupon(id: str, created: int, **given: Any) -> Obj:
    return {
        "id": id,
        "object": "coupon",
        "amount_off": None,
        "created": created,
        "currency": None,
        "duration": "once",
        "duration_in_months": None,
        "livemode": False,
        "max_redemptions": None,
        "metadata": {},
        "name": None,
        "percent_off": None,
        "redeem_by": None,
        "times_redeemed": 0,
        "valid": True,
        **given,
    }


def is_valid(coupon: Obj, now: int) -> bool:
    """Redeemable at ``now`` (seconds): neither past ``redeem_by`` nor used up."""
    if coupon["redeem_by"] is not None and coupon["redeem_by"] < now:
        return False
    return coupon["max_redemptions"] is None or coupon["times_redeemed"] < coupon["max_redemptions"]


def off(coupon: Obj, amount: int) -> int:
    """What the coupon takes off ``amount`` minor units, never more than all of it."""
    if coupon["amount_off"] is not None:
        return min(amount, int(coupon["amount_off"]))
    return min(amount, round(amount * Decimal(str(coupon["percent_off"])) / 100))


def promotion_code(id: str, created: int, code: str, coupon: str, **given: Any) -> Obj:
    """The coupon stands in ``promotion`` (STRIPE.md 14)."""
    return {
        "id": id,
        "object": "promotion_code",
        "active": True,
        "code": code,
        "created": created,
        "customer": None,
        "customer_account": None,
        "expires_at": None,
        "livemode": False,
        "max_redemptions": None,
        "metadata": {},
        "promotion": {"coupon": coupon, "type": "coupon"},
        "restrictions": {"first_time_transaction": False, "minimum_amount": None, "minimum_amount_currency": None},
        "times_redeemed": 0,
        **given,
    }


def discount(id: str, start: int, coupon: str, **given: Any) -> Obj:
    return {
        "id": id,
        "object": "discount",
        "checkout_session": None,
        "customer": None,
        "customer_account": None,
        "end": None,
        "invoice": None,
        "invoice_item": None,
        "promotion_code": None,
        "source": {"coupon": coupon, "type": "coupon"},
        "start": start,
        "subscription": None,
        "subscription_item": None,
        **given,
    }


def payment_link(id: str, currency: str, *, recurring: bool, **given: Any) -> Obj:
    return {
        "id": id,
        "object": "payment_link",
        "active": True,
        "after_completion": {"hosted_confirmation": {"custom_message": None}, "type": "hosted_confirmation"},
        "allow_promotion_codes": False,
        "application": None,
        "application_fee_amount": None,
        "application_fee_percent": None,
        "automatic_tax": {"enabled": False, "liability": None},
        "billing_address_collection": "auto",
        "consent_collection": None,
        "currency": currency,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer_creation": "always" if recurring else "if_required",
        "inactive_message": None,
        "invoice_creation": None if recurring else {"enabled": False, "invoice_data": None},
        "livemode": False,
        "managed_payments": {"enabled": False},
        "metadata": {},
        "on_behalf_of": None,
        "optional_items": None,
        "payment_intent_data": None,
        "payment_method_collection": "always" if recurring else "if_required",
        "payment_method_options": None,
        "payment_method_types": None,
        "phone_number_collection": {"enabled": False},
        "restrictions": None,
        "shipping_address_collection": None,
        "shipping_options": [],
        "submit_type": "auto",
        "subscription_data": None,
        "tax_id_collection": {"enabled": False, "required": "never"},
        "transfer_data": None,
        "url": f"https://buy.stripe.com/test_{id[-16:]}",
        **given,
    }


def line_item(id: str, price: Obj, quantity: int, description: str, adjustable: Obj | None = None) -> Obj:
    """A payment link's line item; amounts in minor units."""
    total = (price["unit_amount"] or 0) * quantity
    return {
        "id": id,
        "object": "item",
        "adjustable_quantity": adjustable,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": description,
        "metadata": {},
        "price": price,
        "quantity": quantity,
    }
