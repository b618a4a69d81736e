"""Balance transactions, payouts, the balance, the account."""

from __future__ import annotations

from typing import Any

from flarite_nl.sandbox.types import Obj

CATEGORIES = {"payout_cancel": "payout_reversal", "payout_failure": "payout_reversal", "adjustment": "dispute"}
"""``reporting_category`` where it isn't the type's own name."""


def balance_transaction(
    id: str,
    created: int,
    amount: int,
    currency: str,
    *,
    type: str,
    source: str | None,
    fee: int = 0,
    available_on: int,
    now: int,
    **given: Any,
) -> Obj:
    """``amount`` and ``fee`` in minor units of ``currency``; a negative amount leaves the balance."""
    fees = [
        {
            "amount": fee,
            "application": None,
            "currency": currency,
            "description": "Stripe processing fees" if type == "charge" else "Dispute fee",
            "type": "stripe_fee",
        }
    ]
    return {
        "id": id,
        "object": "balance_transaction",
        "amount": amount,
        "available_on": available_on,
        "balance_type": "payments",
        "created": created,
        "currency": currency,
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": fees if fee else [],
        "net": amount - fee,
        "reporting_category": CATEGORIES.get(type, type),
        "source": source,
        "status": "available" if available_on <= now else "pending",
        "type": type,
        **given,
    }


def payout(id: str, created: int, amount: int, currency: str, *, status: str, arrival: int, **given: Any) -> Obj:
    return {
        "id": id,
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": arrival,
        "automatic": True,
        "balance_transaction": None,
        "created": created,
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "destination": f"ba_1Sandbox{currency.upper()}",
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "completed" if given.get("automatic", True) else "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": status,
        "trace_id": {"status": "supported", "value": f"{id[-8:]}"} if status == "paid" else None,
        "type": "bank_account",
        **given,
    }


def balance(available: list[Obj], pending: list[Obj]) -> Obj:
    return {
        "object": "balance",
        "available": available,
        "connect_reserved": [{"amount": 0, "currency": entry["currency"]} for entry in available],
        "livemode": False,
        "pending": pending,
        "refund_and_dispute_prefunding": {
            "available": [{"amount": 0, "currency": entry["currency"]} for entry in available],
            "pending": [{"amount": 0, "currency": entry["currency"]} for entry in available],
        },
    }


ACCOUNT_ID = "acct_1SandboxNorthwind"


def account(created: int) -> Obj:
    """The account has no ``livemode``: the key's prefix says which mode it is (STRIPE.md 24)."""
    return {
        "id": ACCOUNT_ID,
        "object": "account",
        "business_profile": {
            "annual_revenue": None,
            "estimated_worker_count": None,
            "mcc": "5943",
            "minority_owned_business_designation": None,
            "name": "Northwind Paper Co.",
            "product_description": "Stationery by post and by subscription",
            "support_address": None,
            "support_email": "help@northwind.example",
            "support_phone": "+14155550100",
            "support_url": None,
            "url": "https://northwind.example",
        },
        "business_type": "company",
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "controller": {"type": "account"},
        "country": "US",
        "created": created,
        "default_currency": "usd",
        "details_submitted": True,
        "email": "owner@northwind.example",
        "external_accounts": {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": f"/v1/accounts/{ACCOUNT_ID}/external_accounts",
        },
        "metadata": {},
        "payouts_enabled": True,
        "settings": {
            "bacs_debit_payments": {"display_name": None, "service_user_number": None},
            "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
            "card_payments": {
                "decline_on": {"avs_failure": False, "cvc_failure": True},
                "statement_descriptor_prefix": None,
                "statement_descriptor_prefix_kana": None,
                "statement_descriptor_prefix_kanji": None,
            },
            "dashboard": {"display_name": "Northwind Paper Co.", "timezone": "America/Los_Angeles"},
            "invoices": {"default_account_tax_ids": None, "hosted_payment_method_save": "offer"},
            "payments": {
                "statement_descriptor": "NORTHWIND PAPER",
                "statement_descriptor_kana": None,
                "statement_descriptor_kanji": None,
            },
            "payouts": {
                "debit_negative_balances": True,
                "schedule": {"delay_days": 2, "interval": "daily"},
                "statement_descriptor": None,
            },
            "sepa_debit_payments": {},
        },
        "tos_acceptance": {"date": created, "ip": None, "service_agreement": "full", "user_agent": None},
        "type": "standard",
    }
