"""Currencies without decimals and with three, shares of odd amounts, a dollar sign that could be another dollar."""

from __future__ import annotations

from typing import Any

import pytest

from flarite_nl.model.change import Confirmation
from flarite_nl.model.outcome import Outcome
from flarite_nl.model.parse import Intent, Parse
from flarite_nl.sandbox import Sandbox
from flarite_nl.sandbox.shapes import money
from tests.engine.prompts import intent, parse
from tests.writing.cases import CUSTOMER, Demo
from tests.writing.conftest import Making, Obj, refunds


def run(making: Making, asked: Intent, text: str = "a prompt") -> tuple[Outcome, list[Confirmation]]:
    shown: list[Confirmation] = []

    def yes(question: Confirmation) -> bool:
        shown.append(question)
        return True

    said = parse(asked)
    return making().run(Parse(text, "ok", said.intents), confirm=yes), shown


def charge_in(sandbox: Sandbox, currency: str) -> Obj:
    objects = [dict(obj) for obj in sandbox.dump()]
    demo = Demo(objects)
    return demo.one(
        "charge",
        lambda obj: obj["currency"] == currency and obj["status"] == "succeeded" and obj["captured"]
        and not obj["amount_refunded"] and not obj["disputed"] and obj["amount"] > 500,
    )  # fmt: skip


def refund(charge: Obj, **params: Any) -> Intent:
    return intent("charges.refund", ("id", "eq", charge["id"]), params=params)


@pytest.mark.parametrize(
    ("currency", "amount", "minor", "words"),
    [
        ("jpy", "500", 500, "500 JPY"),
        ("kwd", "1.250", 1250, "1.250 KWD"),
        ("kwd", "1.25", 1250, "1.250 KWD"),
        ("usd", "1.99", 199, "1.99 USD"),
        ("eur", "1", 100, "1.00 EUR"),
    ],
)
@pytest.mark.parametrize("said", [True, False])
def test_an_amount_reaches_stripe_as_meant(
    currency: str, amount: str, minor: int, words: str, said: bool, engine_at: Making, sandbox: Sandbox
) -> None:
    charge = charge_in(sandbox, currency)
    before = refunds(sandbox)
    asked = refund(charge, amount={"amount": amount, "currency": currency if said else None})
    outcome, (question,) = run(engine_at, asked)
    assert outcome.error is None, outcome.error
    assert f"Refund {words}" in question.changes[0].summary
    (new,) = [each for id, each in refunds(sandbox).items() if id not in before]
    assert (new["amount"], new["currency"]) == (minor, currency)


@pytest.mark.parametrize(
    ("currency", "amount"), [("usd", "10.999"), ("jpy", "500.5"), ("kwd", "1.2505"), ("kwd", "1.255")]
)
def test_an_amount_that_the_currency_does_not_have(
    currency: str, amount: str, engine_at: Making, sandbox: Sandbox
) -> None:
    charge = charge_in(sandbox, currency)
    before = refunds(sandbox)
    outcome, shown = run(engine_at, refund(charge, amount={"amount": amount, "currency": currency}))
    assert outcome.error is not None
    assert "too fine" in outcome.error.message
    assert (shown, refunds(sandbox)) == ([], before)


@pytest.mark.parametrize(("currency", "step"), [("usd", 1), ("jpy", 1), ("kwd", 10)])
def test_half_of_an_odd_amount(currency: str, step: int, engine_at: Making, sandbox: Sandbox) -> None:
    charge = charge_in(sandbox, currency)
    odd = charge["amount"] // (2 * step) * 2 * step + step
    with sandbox.app.lock:
        charge |= {"amount": odd, "amount_captured": odd}
        sandbox.world.store.update(charge)
    outcome, (question,) = run(engine_at, refund(charge, percent=50))
    assert outcome.error is None, outcome.error
    assert outcome.results[0].written[0]["amount"] == (odd + step) // 2
    assert any("is rounded to" in effect for effect in question.effects)


def test_half_of_an_even_amount_is_not_rounded(engine_at: Making, sandbox: Sandbox) -> None:
    charge = charge_in(sandbox, "usd")
    with sandbox.app.lock:
        charge |= {"amount": 1000, "amount_captured": 1000}
        sandbox.world.store.update(charge)
    outcome, (question,) = run(engine_at, refund(charge, percent=50))
    assert outcome.results[0].written[0]["amount"] == 500
    assert question.effects == ()


@pytest.mark.parametrize(
    ("text", "own", "asked"),
    [
        ("invoice cus_ABC123 for $100", "cad", True),
        ("invoice cus_ABC123 for 100 USD", "cad", False),
        ("invoice cus_ABC123 for US$100", "cad", False),
        ("invoice cus_ABC123 for $100", "usd", False),
    ],
)
def test_whose_dollars(
    text: str, own: str, asked: bool, engine_at: Making, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = money.account
    monkeypatch.setattr(money, "account", lambda created: {**plain(created), "default_currency": own})
    what = intent("invoices.create", params={"customer": CUSTOMER, "amount": {"amount": "100", "currency": "usd"}})
    outcome, _ = run(engine_at, what, text)
    assert (outcome.error is not None and outcome.error.kind == "ambiguous") is asked
    if asked:
        assert outcome.error is not None
        assert "CAD" in outcome.error.message


def test_two_cards_are_asked_about(engine_at: Making, sandbox: Sandbox) -> None:
    objects = [dict(obj) for obj in sandbox.dump()]
    invoice = next(obj for obj in objects if obj["object"] == "invoice" and obj["status"] == "open")
    method = next(obj for obj in objects if obj["object"] == "payment_method")
    store = sandbox.world.store
    with sandbox.app.lock:
        customer = store.find("customer", invoice["customer"])
        assert customer is not None
        customer["invoice_settings"]["default_payment_method"] = None
        store.update(customer)
        invoice["parent"] = None
        store.update(invoice)
        for name in ("pm_first", "pm_second"):
            store.insert([{**method, "id": name, "customer": customer["id"]}])
    outcome, shown = run(engine_at, intent("invoices.pay", ("id", "eq", invoice["id"])))
    assert outcome.error is not None
    assert outcome.error.kind == "ambiguous"
    assert "pm_first" in outcome.error.message
    assert shown == []
