"""Objects made from bulk rows: charges, payment intents and balance transactions in any number.

Their rows hold columns only. Whatever a column doesn't say follows from the ID, so that reading the same row twice
gives the same object.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flarite_nl.sandbox.shapes import customers, money, payments
from flarite_nl.sandbox.store import Fields, Maker, Row, encode
from flarite_nl.sandbox.types import Obj


def payment_method_of(charge: str) -> str:
    return "pm_1" + charge[4:]


def _card(row: Fields) -> Obj:
    return customers.card(
        row["card_brand"],
        row["card_last4"],
        row["card_country"],
        exp_month=row["card_exp_month"],
        exp_year=row["card_exp_year"],
        fingerprint=row["card_fingerprint"],
    )


def _metadata(row: Fields) -> Any:
    return json.loads(row["metadata"]) if row["metadata"] else {}


def charge(row: Fields, now: int) -> Obj:
    return payments.charge(
        row["id"],
        row["created"],
        row["amount"],
        row["currency"],
        _card(row),
        amount_refunded=row["amount_refunded"],
        balance_transaction=row["balance_transaction"],
        captured=bool(row["captured"]),
        customer=row["customer"],
        description=row["description"],
        disputed=bool(row["disputed"]),
        failure_code=row["failure_code"],
        metadata=_metadata(row),
        payment_intent=row["payment_intent"],
        payment_method=payment_method_of(row["id"]),
        refunded=bool(row["refunded"]),
        status=row["status"],
    )


def payment_intent(row: Fields, now: int) -> Obj:
    failed = row["status"] == "requires_payment_method" and row["latest_charge"] is not None
    return payments.payment_intent(
        row["id"],
        row["created"],
        row["amount"],
        row["currency"],
        row["status"],
        customer=row["customer"],
        last_payment_error=payments.last_error({"id": row["latest_charge"], "failure_code": "card_declined"})
        if failed
        else None,
        latest_charge=row["latest_charge"],
        metadata=_metadata(row),
        payment_method=row["payment_method"],
    )


def balance_transaction(row: Fields, now: int) -> Obj:
    return money.balance_transaction(
        row["id"],
        row["created"],
        row["amount"],
        row["currency"],
        type=row["type"],
        source=row["source"],
        fee=row["fee"],
        available_on=row["available_on"],
        now=now,
        description=row["description"],
    )


MAKERS: dict[str, Maker] = {
    "charge": charge,
    "payment_intent": payment_intent,
    "balance_transaction": balance_transaction,
}

_KEY = ("status", "captured", "refunded", "disputed", "failure_code", "currency", "card_brand", "card_country")
"""What decides the shape of a charge's JSON; all else is filled in."""

_FILLED = (
    "created amount amount_refunded customer payment_intent balance_transaction description card_last4 card_exp_month "
    "card_exp_year card_fingerprint"
).split()

_templates: dict[tuple[Any, ...], str] = {}


def charge_text(row: Row) -> str:
    """The JSON of ``charge``, an order of magnitude faster: charges are what scans read by the million."""
    key = tuple([row[name] for name in _KEY])
    template = _templates.get(key)
    if template is None:
        template = _templates[key] = _template(row)
    filled = {name: encode(row[name]) for name in _FILLED}
    return template % {**filled, "tail": row["id"][4:], "metadata": row["metadata"] or "{}"}


def _template(row: Row) -> str:
    """A charge with marks in place of what varies, turned into a format string."""
    marked: dict[str, Any] = {name: row[name] for name in _KEY}
    marked |= {name: f"§§{name}§§" for name in _FILLED}
    marked |= {"id": "ch_3§§tail§§", "metadata": '"§§metadata§§"'}
    text = encode(charge(marked, 0)).replace("%", "%%")
    for name in (*_FILLED, "metadata"):
        text = text.replace(f'"§§{name}§§"', f"%({name})s")
    return text.replace("§§tail§§", "%(tail)s")


TEXTS: dict[str, Callable[[Row], str]] = {"charge": charge_text}
