"""Which fields can be expanded, and to what (OpenAPI document; ``test_contract.py`` compares).

``path:kind`` holds that kind's ID; ``@kind`` is such an object already; ``[]`` and ``{}`` are left out, or there
anyway, unless asked for; ``-`` is a kind that the sandbox never holds, so null; ``*`` goes by the ID's prefix.
"""

from __future__ import annotations

from functools import cache

_TEXT = """
customer
  cash_balance:{} default_source:- discount:@discount invoice_settings.default_payment_method:payment_method
  sources:[] subscriptions:[] subscriptions.data:@subscription tax:{} tax_ids:[] test_clock:-
charge
  application:- application_fee:- balance_transaction:balance_transaction customer:customer
  failure_balance_transaction:balance_transaction on_behalf_of:- outcome.rule:- payment_intent:payment_intent
  refunds:[] refunds.data:@refund review:- source_transfer:- transfer:- transfer_data.destination:-
payment_intent
  amount_details.line_items:[] application:- customer:customer latest_charge:charge on_behalf_of:-
  payment_method:payment_method review:- transfer_data.destination:-
refund
  balance_transaction:balance_transaction charge:charge failure_balance_transaction:balance_transaction
  payment_intent:payment_intent source_transfer_reversal:- transfer_reversal:-
dispute
  balance_transactions:@balance_transaction charge:charge evidence.cancellation_policy:-
  evidence.customer_communication:- evidence.customer_signature:- evidence.duplicate_charge_documentation:-
  evidence.receipt:- evidence.refund_policy:- evidence.service_documentation:- evidence.shipping_documentation:-
  evidence.uncategorized_file:- payment_intent:payment_intent
balance_transaction
  source:*
payout
  application_fee:- balance_transaction:balance_transaction destination:-
  failure_balance_transaction:balance_transaction original_payout:payout reversed_by:payout
product
  default_price:price tax_code:-
price
  currency_options:{} product:product tiers:{}
coupon
  applies_to:{} currency_options:{}
promotion_code
  customer:customer promotion.coupon:coupon
subscription
  application:- automatic_tax.liability.account:- billing_schedules.applies_to.price:price customer:customer
  default_payment_method:payment_method default_source:- discounts:discount invoice_settings.account_tax_ids:-
  invoice_settings.issuer.account:- items:[] items.data:@subscription_item latest_invoice:invoice on_behalf_of:-
  pending_setup_intent:- schedule:- test_clock:- transfer_data.destination:-
subscription_item
  discounts:discount price:@price
invoice
  account_tax_ids:- application:- automatic_tax.liability.account:- customer:customer
  default_payment_method:payment_method default_source:- discounts:discount from_invoice.invoice:invoice
  issuer.account:- latest_revision:invoice lines:[] lines.data:@line_item on_behalf_of:-
  parent.subscription_details.subscription:subscription payments:[] payments.data:@invoice_payment
  shipping_cost.shipping_rate:- test_clock:- total_discount_amounts.discount:discount
  total_pretax_credit_amounts.credit_balance_transaction:- total_pretax_credit_amounts.discount:discount
  total_taxes.tax_rate_details.tax_rate:-
line_item
  discount_amounts.discount:discount discounts:discount pretax_credit_amounts.credit_balance_transaction:-
  pretax_credit_amounts.discount:discount pricing.price_details.price:price subscription:subscription
  taxes.tax_rate_details.tax_rate:-
invoiceitem
  customer:customer discounts:discount invoice:invoice pricing.price_details.price:price
  proration_details.discount_amounts.discount:discount test_clock:-
invoice_payment
  invoice:invoice payment.charge:charge payment.payment_intent:payment_intent payment.payment_record:-
payment_link
  application:- automatic_tax.liability.account:- invoice_creation.invoice_data.account_tax_ids:-
  invoice_creation.invoice_data.issuer.account:- line_items:[] line_items.data:@item on_behalf_of:-
  shipping_options.shipping_rate:- subscription_data.invoice_settings.issuer.account:- transfer_data.destination:-
item
  discounts.discount:@discount price:@price
discount
  customer:customer promotion_code:promotion_code source.coupon:coupon
payment_method
  card.generated_from.setup_attempt:- customer:customer
"""


@cache
def expansions() -> dict[str, dict[str, str]]:
    """By kind, then by dotted path."""
    out: dict[str, dict[str, str]] = {}
    kind = ""
    for line in _TEXT.strip().split("\n"):
        if line.startswith("  "):
            for pair in line.split():
                path, target = pair.rsplit(":", 1)
                out[kind][path] = target
        else:
            kind = line
            out[kind] = {}
    return out
