"""The kinds of object: their IDs, tables, and the columns by which lists and searches find them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flarite_nl.sandbox.types import Obj


@dataclass(frozen=True, slots=True)
class Kind:
    """``columns`` maps a column of the table to the object's field that it copies."""

    name: str
    table: str
    prefix: str
    columns: dict[str, str] = field(default_factory=dict)
    indexes: tuple[str, ...] = ()
    date: str | None = "created"
    label: str = ""

    def values(self, obj: Obj) -> list[Any]:
        """The columns of an object, as SQLite keeps them."""
        return [read(obj) for read in _readers(self.name)]


@cache
def _readers(kind: str) -> list[Callable[[Obj], Any]]:
    return [_reader(path) for path in KINDS[kind].columns.values()]


def _reader(path: str) -> Callable[[Obj], Any]:
    """Reads one column; ``*list:path`` joins a field of the items of a list, each between spaces."""
    if path.startswith("*"):
        holder, inner = path[1:].split(":")
        return lambda obj: " " + "".join(f"{lookup(each, inner)} " for each in lookup(obj, holder) or ())
    if path == "metadata":
        return lambda obj: json.dumps(obj[path], ensure_ascii=False) if obj.get(path) else None
    if "." in path:
        return lambda obj: lookup(obj, path)
    return lambda obj: obj.get(path)


def lookup(obj: Any, path: str) -> Any:
    """The field at a dotted path, None where a step is missing."""
    for step in path.split("."):
        if not isinstance(obj, dict):
            return None
        obj = obj.get(step)
    return obj


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


_CARD = {
    "card_brand": "payment_method_details.card.brand",
    "card_last4": "payment_method_details.card.last4",
    "card_exp_month": "payment_method_details.card.exp_month",
    "card_exp_year": "payment_method_details.card.exp_year",
    "card_fingerprint": "payment_method_details.card.fingerprint",
    "card_country": "payment_method_details.card.country",
}

_ALL = [
    Kind(
        "customer",
        "customers",
        "cus_",
        _same("email", "name", "phone", "metadata"),
        ("email",),
    ),
    Kind("payment_method", "payment_methods", "pm_1", _same("customer", "type", "allow_redisplay"), ("customer",)),
    Kind(
        "charge",
        "charges",
        "ch_3",
        _same("customer", "payment_intent", "transfer_group", "amount", "currency", "status", "captured")
        | _same("amount_refunded", "refunded", "disputed", "balance_transaction", "failure_code", "description")
        | _CARD
        | _same("metadata"),
        ("customer", "payment_intent"),
    ),
    Kind(
        "payment_intent",
        "payment_intents",
        "pi_3",
        _same("customer", "amount", "currency", "status", "latest_charge", "payment_method", "metadata"),
        ("customer",),
    ),
    Kind("refund", "refunds", "re_3", _same("charge", "payment_intent", "amount"), ("charge", "payment_intent")),
    Kind("dispute", "disputes", "du_1", _same("charge", "payment_intent"), ("charge", "payment_intent")),
    Kind(
        "balance_transaction",
        "balance_transactions",
        "txn_3",
        _same("available_on", "amount", "fee", "net", "currency", "type", "source", "description")
        | {"payout": "payout"},
        ("source", "payout"),
        label="balance transaction",
    ),
    Kind(
        "payout",
        "payouts",
        "po_1",
        _same("arrival_date", "destination", "status", "currency", "amount"),
    ),
    Kind("product", "products", "prod_", _same("active", "name", "description", "url", "shippable", "metadata")),
    Kind(
        "price",
        "prices",
        "price_1",
        _same("active", "currency", "product", "type", "lookup_key", "metadata")
        | {"interval": "recurring.interval", "usage_type": "recurring.usage_type", "meter": "recurring.meter"},
        ("product",),
    ),
    Kind("coupon", "coupons", "", _same("redeem_by")),
    Kind(
        "promotion_code",
        "promotion_codes",
        "promo_1",
        _same("active", "code", "customer") | {"coupon": "promotion.coupon"},
        ("code",),
        label="promotion code",
    ),
    Kind(
        "subscription",
        "subscriptions",
        "sub_1",
        _same("customer", "status", "collection_method", "trial_end", "cancel_at", "metadata")
        | {
            "automatic_tax": "automatic_tax.enabled",
            "prices": "*items.data:price.id",
            "item_ids": "*items.data:id",
            "period_start": "items.data_first.current_period_start",
            "period_end": "items.data_first.current_period_end",
        },
        ("customer", "status"),
    ),
    Kind(
        "invoice",
        "invoices",
        "in_1",
        _same("customer", "status", "collection_method", "due_date", "number", "currency", "total", "metadata")
        | {"subscription": "parent.subscription_details.subscription"},
        ("customer", "subscription", "number"),
    ),
    Kind("invoiceitem", "invoiceitems", "ii_1", _same("customer", "invoice"), ("customer", "invoice"), date="date"),
    Kind("invoice_payment", "invoice_payments", "inpay_1", _same("invoice"), ("invoice",)),
    Kind("discount", "discounts", "di_", date="start"),
    Kind("payment_link", "payment_links", "plink_1", _same("active"), date=None),
]

KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}
"""Every kind by the value of its ``object`` field."""

TABLES: dict[str, Kind] = {kind.table: kind for kind in _ALL}
