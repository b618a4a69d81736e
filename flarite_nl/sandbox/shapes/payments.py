"""Charges, payment intents, refunds, disputes."""

from __future__ import annotations

from typing import Any

from flarite_nl.sandbox.shapes.customers import address
from flarite_nl.sandbox.types import Obj

FAILURES = {
    "card_declined": ("generic_decline", "Your card was declined."),
    "insufficient_funds": ("insufficient_funds", "Your card has insufficient funds."),
    "expired_card": ("expired_card", "Your card has expired."),
    "incorrect_cvc": ("incorrect_cvc", "Your card's security code is incorrect."),
    "processing_error": (
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
}
"""A charge's ``failure_code``: the bank's decline code and Stripe's message."""


def paid_card(amount: int, details: Obj) -> Obj:
    """``payment_method_details`` of a charge, from a payment method's ``card``."""
    return {
        "card": {
            "amount_authorized": amount,
            "authorization_code": "123456",
            "brand": details["brand"],
            "checks": details["checks"],
            "country": details["country"],
            "exp_month": details["exp_month"],
            "exp_year": details["exp_year"],
            "extended_authorization": {"status": "disabled"},
            "fingerprint": details["fingerprint"],
            "funding": details["funding"],
            "incremental_authorization": {"status": "unavailable"},
            "installments": None,
            "last4": details["last4"],
            "mandate": None,
            "multicapture": {"status": "unavailable"},
            "network": details["brand"],
            "network_token": {"used": False},
            "network_transaction_id": None,
            "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
            "regulated_status": "unregulated",
            "three_d_secure": None,
            "wallet": None,
        },
        "type": "card",
    }


def outcome(failure: str | None) -> Obj:
    """What the bank and Stripe's risk rules said."""
    if failure is None:
        said = {"network_status": "approved_by_network", "reason": None, "type": "authorized"}
        return {
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": None,
            **said,
            "risk_level": "normal",
            "risk_score": 12,
            "seller_message": "Payment complete.",
        }
    return {
        "advice_code": "try_again_later",
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network",
        "reason": FAILURES[failure][0],
        "risk_level": "normal",
        "risk_score": 34,
        "seller_message": "The bank did not return any further details with this decline.",
        "type": "issuer_declined",
    }


def charge(id: str, created: int, amount: int, currency: str, details: Obj | None, **given: Any) -> Obj:
    """A succeeded, captured charge unless ``given`` says otherwise; ``details`` is a payment method's ``card``."""
    failure = given.get("failure_code")
    paid = given.get("status", "succeeded") == "succeeded"
    captured = given.pop("captured", paid)
    return {
        "id": id,
        "object": "charge",
        "amount": amount,
        "amount_captured": amount if captured else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": {"address": address(), "email": None, "name": None, "phone": None, "tax_id": None},
        "calculated_statement_descriptor": "NORTHWIND PAPER",
        "captured": captured,
        "created": created,
        "currency": currency,
        "customer": None,
        "description": None,
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": FAILURES[failure][1] if failure else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": {},
        "on_behalf_of": None,
        "outcome": outcome(failure),
        "paid": paid,
        "payment_intent": None,
        "payment_method": None,
        "payment_method_details": paid_card(amount, details) if details else None,
        "receipt_email": None,
        "receipt_number": None,
        "receipt_url": f"https://pay.stripe.com/receipts/payment/{id}",
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "succeeded",
        "transfer_data": None,
        "transfer_group": None,
        **given,
    }


def payment_intent(id: str, created: int, amount: int, currency: str, status: str, **given: Any) -> Obj:
    return {
        "id": id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": amount if status == "requires_capture" else 0,
        "amount_details": {"tip": {}},
        "amount_received": amount if status == "succeeded" else 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": {"allow_redirects": "always", "enabled": True},
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": f"{id}_secret_{id[-10:]}{id[5:15]}",
        "confirmation_method": "automatic",
        "created": created,
        "currency": currency,
        "customer": None,
        "customer_account": None,
        "description": None,
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": status,
        "transfer_data": None,
        "transfer_group": None,
        **given,
    }


def refund(id: str, created: int, charge: Obj, amount: int, *, status: str = "succeeded", **given: Any) -> Obj:
    return {
        "id": id,
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": created,
        "currency": charge["currency"],
        "destination_details": {
            "card": {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"},
            "type": "card",
        },
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": status,
        "transfer_reversal": None,
        **given,
    }


_EVIDENCE = (
    "access_activity_log billing_address cancellation_policy cancellation_policy_disclosure cancellation_rebuttal "
    "customer_communication customer_email_address customer_name customer_purchase_ip customer_signature "
    "duplicate_charge_documentation duplicate_charge_explanation duplicate_charge_id product_description receipt "
    "refund_policy refund_policy_disclosure refund_refusal_explanation service_date service_documentation "
    "shipping_address shipping_carrier shipping_date shipping_documentation shipping_tracking_number "
    "uncategorized_file uncategorized_text"
).split()


def dispute(
    id: str, created: int, charge: Obj, *, status: str, reason: str, due_by: int | None, now: int, **given: Any
) -> Obj:
    """``due_by`` in seconds, or None: some disputes have no deadline (STRIPE.md 18)."""
    card = (charge["payment_method_details"] or {}).get("card") or {"brand": "visa"}
    inquiry = status.startswith("warning_")
    answered = status not in ("needs_response", "warning_needs_response", "lost")
    return {
        "id": id,
        "object": "dispute",
        "amount": charge["amount"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": created,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(_EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": due_by,
            "enhanced_eligibility": {},
            "has_evidence": answered,
            "past_due": due_by is not None and due_by < now and not answered,
            "submission_count": int(answered),
        },
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": card["brand"],
                "case_type": "inquiry" if inquiry else "chargeback",
                "network_reason_code": "83" if reason == "fraudulent" else "13.1",
            },
            "type": "card",
        },
        "reason": reason,
        "status": status,
        **given,
    }


def last_error(charge: Obj) -> Obj:
    """``last_payment_error`` of a payment intent whose charge failed."""
    code = charge["failure_code"]
    decline, message = FAILURES[code]
    return {
        "charge": charge["id"],
        "code": code,
        "decline_code": decline,
        "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}",
        "message": message,
        "type": "card_error",
    }
