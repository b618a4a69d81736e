"""Any number of further payments, as rows of columns (see ``sandbox/bulk.py``), oldest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flarite_nl.sandbox import money
from flarite_nl.sandbox.demo import people
from flarite_nl.sandbox.demo.builder import Builder
from flarite_nl.sandbox.types import Obj
from flarite_nl.sandbox.world import DAY

CURRENCIES = ("usd",) * 10 + ("eur",) * 3 + ("gbp",) * 2 + ("jpy", "cad", "kwd")
FAILED = ("card_declined", "card_declined", "insufficient_funds", "expired_card", "incorrect_cvc", "processing_error")
REASONS = (None, None, "requested_by_customer", "requested_by_customer", "duplicate")
HISTORY = 400
"""Days."""

COLUMNS = (
    "id created customer payment_intent amount currency status captured amount_refunded refunded disputed "
    "balance_transaction failure_code description card_brand card_last4 card_exp_month card_exp_year card_fingerprint "
    "card_country metadata"
).split()

Payer = tuple[str | None, str, str, str, int, int, str, str]
"""Customer, currency, then the card: brand, last4, month and year of expiry, fingerprint, country."""


def build(builder: Builder, count: int) -> None:
    """``count`` charges with what belongs to them: one customer for every twenty, refunds, disputes."""
    payers = [_payer(builder, people.stranger(builder, number)) for number in range(max(24, count // 20))]
    for number in range(4):
        card = builder.card("visa", f"{1000 + number}", "US")
        payers.append((None, CURRENCIES[number * 5], *_card(card)))
    builder.flush()
    names = ", ".join(COLUMNS)
    marks = ", ".join("?" * len(COLUMNS))
    store = builder.world.store
    store.db.executemany(f"INSERT INTO charges ({names}) VALUES ({marks})", _rows(builder, payers, count))
    _derive(builder)


def _card(card: Obj) -> tuple[str, str, int, int, str, str]:
    return (card["brand"], card["last4"], card["exp_month"], card["exp_year"], card["fingerprint"], card["country"])


def _payer(builder: Builder, customer: Obj) -> Payer:
    return (customer["id"], builder.random.choice(CURRENCIES), *_card(builder.cards.pop(customer["id"])["card"]))


def _rows(builder: Builder, payers: list[Payer], count: int) -> Iterator[tuple[Any, ...]]:
    """Payments spread over the history; now and then two fall on the same second."""
    start, end = builder.ago(HISTORY), builder.now - 900
    bits, stem = builder.random.getrandbits, builder.stem
    for number in range(count):
        dice = bits(64)
        created = start + (end - start) * (number - (number % 23 == 22)) // max(count, 1)
        payer = payers[dice % len(payers)]
        currency = payer[1]
        amount = 300 + (dice >> 20) % 97 * ((dice >> 27) % 53 + 1) * 5
        amount = amount // 10 * 10 if currency in ("kwd", "jpy") else amount
        state = (dice >> 34) % 1000
        status = "succeeded" if state >= 80 else "failed" if state >= 8 else "pending"
        paid = status == "succeeded"
        refunded = _refunded(dice, amount) if paid and state < 130 else 0
        disputed = paid and not refunded and state > 993
        id = stem()
        yield (
            "ch_3" + id, created, payer[0], "pi_3" + id, amount, currency, status, int(paid), refunded,
            int(refunded == amount), int(disputed), "txn_3" + id if paid else None,
            FAILED[dice % len(FAILED)] if status == "failed" else None,
            f"Order {number + 10_000}" if dice & 3 else None, *payer[2:],
            f'{{"order_id": "{number + 10_000}"}}' if dice & 12 == 0 else None,
        )  # fmt: skip
        if refunded or disputed:
            _consequence(builder, "ch_3" + id, created, amount, currency, refunded, payer[2], dice)


def _refunded(dice: int, amount: int) -> int:
    """Half of the refunds are partial; three-decimal amounts end in 0."""
    return amount if dice >> 50 & 1 else max(amount // 3 // 10 * 10, 10)


def _consequence(
    builder: Builder, id: str, created: int, amount: int, currency: str, refunded: int, brand: str, dice: int
) -> None:
    later = min(created + (1 + (dice >> 52) % 20) * DAY // 2, builder.now - 300)
    charge = {"id": id, "currency": currency, "payment_intent": "pi_3" + id[4:], "amount": amount}
    if refunded:
        builder.refund(charge, later, refunded, reason=REASONS[dice % len(REASONS)])
        return
    charge["payment_method_details"] = {"card": {"brand": brand}}
    recent = builder.now - later < 20 * DAY
    status = "needs_response" if recent else ("lost", "won")[dice >> 51 & 1]
    builder.dispute(charge, later, status=status, reason="fraudulent", due_by=later + 21 * DAY)


def _derive(builder: Builder) -> None:
    """Payment intents and balance transactions follow from the charges; SQLite makes them."""
    db = builder.world.store.db
    db.execute(
        "INSERT INTO payment_intents (id, created, customer, amount, currency, status, latest_charge, payment_method, "
        "metadata) SELECT payment_intent, created, customer, amount, currency, CASE status WHEN 'succeeded' THEN "
        "'succeeded' WHEN 'failed' THEN 'requires_payment_method' ELSE 'processing' END, id, CASE status WHEN 'failed' "
        "THEN NULL ELSE 'pm_1' || substr(id, 5) END, metadata FROM charges WHERE body IS NULL ORDER BY seq"
    )
    fee = f"(amount * 29 / 1000 + CASE WHEN currency = 'kwd' THEN {money.fee(0, 'kwd')} ELSE {money.fee(0, 'usd')} END)"
    db.execute(
        "INSERT INTO balance_transactions (id, created, available_on, amount, fee, net, currency, type, source, "
        f"description) SELECT balance_transaction, created, created - created % {DAY} + {2 * DAY}, amount, {fee}, "
        f"amount - {fee}, currency, 'charge', id, description FROM charges "
        "WHERE body IS NULL AND balance_transaction IS NOT NULL ORDER BY seq"
    )
