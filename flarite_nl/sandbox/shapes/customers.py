"""Customers and their payment methods."""

from __future__ import annotations

from typing import Any

from flarite_nl.sandbox.types import Obj


def address(**given: Any) -> Obj:
    return {name: given.get(name) for name in ("city", "country", "line1", "line2", "postal_code", "state")}


def customer(id: str, created: int, **given: Any) -> Obj:
    """``balance`` in minor units: negative is credit (STRIPE.md 17)."""
    return {
        "id": id,
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": created,
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": id[4:12].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
        **given,
    }


CARDS: dict[str, tuple[str, str, str, str]] = {
    "pm_card_visa": ("visa", "4242", "US", ""),
    "pm_card_visa_debit": ("visa", "5556", "US", ""),
    "pm_card_mastercard": ("mastercard", "4444", "US", ""),
    "pm_card_amex": ("amex", "8431", "US", ""),
    "pm_card_discover": ("discover", "1117", "US", ""),
    "pm_card_diners": ("diners", "0004", "US", ""),
    "pm_card_jcb": ("jcb", "0505", "JP", ""),
    "pm_card_unionpay": ("unionpay", "0005", "CN", ""),
    "pm_card_gb": ("visa", "0005", "GB", ""),
    "pm_card_de": ("visa", "0016", "DE", ""),
    "pm_card_visa_chargeDeclined": ("visa", "0002", "US", "generic_decline"),
    "pm_card_chargeDeclined": ("visa", "0002", "US", "generic_decline"),
    "pm_card_chargeDeclinedInsufficientFunds": ("visa", "9995", "US", "insufficient_funds"),
    "pm_card_chargeDeclinedExpiredCard": ("visa", "0069", "US", "expired_card"),
    "pm_card_chargeDeclinedIncorrectCvc": ("visa", "0127", "US", "incorrect_cvc"),
    "pm_card_chargeCustomerFail": ("visa", "0341", "US", "generic_decline"),
}
"""Stripe's test payment methods: brand, last four digits, country, and why the bank says no (empty: it says yes)."""

DECLINING = {card[1]: card[3] for card in CARDS.values() if card[3]}
"""Last four digits of the test cards that are declined."""


def card(brand: str, last4: str, country: str, *, exp_month: int, exp_year: int, fingerprint: str) -> Obj:
    return {
        "brand": brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": "pass", "cvc_check": "pass"},
        "country": country,
        "display_brand": brand if brand != "amex" else "american_express",
        "exp_month": exp_month,
        "exp_year": exp_year,
        "fingerprint": fingerprint,
        "funding": "credit",
        "generated_from": None,
        "last4": last4,
        "networks": {"available": [brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def payment_method(id: str, created: int, customer: str | None, details: Obj, **given: Any) -> Obj:
    return {
        "id": id,
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {"address": address(), "email": None, "name": None, "phone": None, "tax_id": None},
        "card": details,
        "created": created,
        "customer": customer,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
        **given,
    }


def of_charge(charge: Obj) -> Obj:
    """The payment method of a single payment, as its charge remembers it."""
    paid = charge["payment_method_details"]["card"]
    details = card(
        paid["brand"],
        paid["last4"],
        paid["country"],
        exp_month=paid["exp_month"],
        exp_year=paid["exp_year"],
        fingerprint=paid["fingerprint"],
    )
    return payment_method(charge["payment_method"], charge["created"], None, details)
