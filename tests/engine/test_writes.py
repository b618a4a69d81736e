"""Every write of FRAME.md against the sandbox: done, refused before or by Stripe, declined, rehearsed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from flarite_nl.engine import Engine
from flarite_nl.model.change import Confirmation
from flarite_nl.model.outcome import Outcome
from flarite_nl.model.parse import Intent
from flarite_nl.sandbox import Sandbox
from tests.engine.conftest import Making
from tests.engine.prompts import intent, parse

CUSTOMER = "cus_ABC123"
Obj = dict[str, Any]


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "usd"}


@dataclass
class Demo:
    """Objects of the demo account by what can be done to them."""

    objects: list[Obj]

    def one(self, kind: str, fits: Callable[[Obj], bool] = lambda obj: True, number: int = 0) -> Obj:
        return [obj for obj in self.objects if obj["object"] == kind and fits(obj)][number]

    def charge(self, number: int = 0, currency: str = "usd") -> Obj:
        def fits(obj: Obj) -> bool:
            whole = obj["status"] == "succeeded" and obj["captured"] and not obj["amount_refunded"]
            return whole and not obj["disputed"] and obj["currency"] == currency and obj["amount"] > 1000

        return self.one("charge", fits, number)

    def invoice(self, status: str) -> Obj:
        return self.one("invoice", lambda obj: obj["status"] == status)

    def subscription(self) -> Obj:
        def fits(obj: Obj) -> bool:
            plain = not obj["pause_collection"] and not obj["cancel_at_period_end"]
            return obj["status"] == "active" and plain and len(obj["items"]["data"]) == 1

        return self.one("subscription", fits)

    def intent(self, status: str) -> Obj:
        return self.one("payment_intent", lambda obj: obj["status"] == status)


@pytest.fixture
def demo(sandbox: Sandbox) -> Demo:
    return Demo([dict(obj) for obj in sandbox.dump()])


def yes(question: Confirmation) -> bool:
    return True


def state(sandbox: Sandbox) -> str:
    return json.dumps(list(sandbox.dump()), sort_keys=True)


def run(engine: Engine, *intents: Intent, **options: Any) -> Outcome:
    return engine.run(parse(*intents), **{"confirm": yes, **options})


Case = tuple[Callable[[Demo], Intent], Callable[[Obj], bool]]

MAKING: dict[str, tuple[Intent, Callable[[Obj], bool]]] = {
    "payment link": (
        intent("payment_links.create", params={"price": "price_XYZ", "quantity": 1}),
        lambda row: row["active"] and row["url"].startswith("https://"),
    ),
    "payment link of a new price": (
        intent(
            "payment_links.create",
            params={
                "product": {"name": "Mug"}, "unit_amount": usd("20"), "recurring.interval": "month", "quantity": 2,
                "adjustable_quantity": True, "redirect_url": "https://shop.example/thanks",
            },
        ),
        lambda row: row["after_completion"]["redirect"]["url"] == "https://shop.example/thanks",
    ),
    "subscription": (
        intent("subscriptions.create", params={"customer": CUSTOMER, "price": "price_XYZ", "trial_period_days": 14}),
        lambda row: row["status"] == "trialing" and row["items"]["data"][0]["price"]["id"] == "price_XYZ",
    ),
    "subscription by email": (
        intent(
            "subscriptions.create",
            params={"customer": {"email": "JENNY.rosen@example.com"}, "price": "price_XYZ", "quantity": 3},
        ),
        lambda row: row["customer"] == "cus_JennyRosen0001" and row["items"]["data"][0]["quantity"] == 3,
    ),
    "payment intent": (
        intent("payment_intents.create", params={"amount": usd("20.05"), "customer": CUSTOMER, "metadata.order": "7"}),
        lambda row: (row["amount"], row["metadata"]) == (2005, {"order": "7"}),
    ),
    "customer": (
        intent("customers.create", params={"email": "a@b.example", "name": "Ann", "address.city": "Paris"}),
        lambda row: row["email"] == "a@b.example" and row["address"]["city"] == "Paris",
    ),
    "product": (intent("products.create", params={"name": "Widget"}), lambda row: row["name"] == "Widget"),
    "price": (
        intent(
            "prices.create",
            params={"product": {"name": "Brand new"}, "unit_amount": {"amount": "500", "currency": "jpy"}},
        ),
        lambda row: (row["unit_amount"], row["currency"], row["type"]) == (500, "jpy", "one_time"),
    ),
    "recurring price": (
        intent(
            "prices.create",
            params={
                "product": {"name": "Brand new"}, "unit_amount": {"amount": "1.250", "currency": "kwd"},
                "recurring.interval": "week", "recurring.interval_count": 2, "nickname": "two weeks",
            },
        ),
        lambda row: (row["unit_amount"], row["recurring"]["interval_count"], row["nickname"]) == (1250, 2, "two weeks"),
    ),
    "coupon": (
        intent(
            "coupons.create",
            params={
                "percent_off": 12.5, "duration": "repeating", "duration_in_months": 3, "id": "SUMMER25",
                "redeem_by": "2026-06-30",
            },
        ),
        # The day still counts: its last second.
        lambda row: (row["id"], row["percent_off"], row["redeem_by"]) == ("SUMMER25", 12.5, 1_782_863_999),
    ),
    "coupon of an amount": (
        intent("coupons.create", params={"amount_off": {"amount": "5", "currency": None}, "name": "Five"}),
        lambda row: (row["amount_off"], row["currency"], row["duration"]) == (500, "usd", "once"),
    ),
    "invoice": (
        intent("invoices.create", params={"customer": CUSTOMER, "amount": usd("100"), "description": "Work"}),
        lambda row: (row["total"], row["status"], row["lines"]["data"][0]["description"]) == (10000, "draft", "Work"),
    ),
    "invoice of lines": (
        intent(
            "invoices.create",
            params={
                "customer": CUSTOMER, "due_date": "2026-04-30",
                "lines": [
                    {"description": "a", "quantity": 2, "unit_amount": usd("5")},
                    {"description": "b", "quantity": 1, "unit_amount": usd("7")},
                ],
            },
        ),
        lambda row: row["total"] == 1700 and row["due_date"] == 1_777_593_599,
    ),
    "empty invoice": (
        intent("invoices.create", params={"customer": CUSTOMER}),
        lambda row: row["total"] == 0 and row["status"] == "draft",
    ),
    "invoice item": (
        intent("invoice_items.create", params={"customer": CUSTOMER, "amount": usd("3"), "description": "Fee"}),
        lambda row: (row["amount"], row["description"]) == (300, "Fee"),
    ),
    "payout": (intent("payouts.create", params={"amount": usd("5")}), lambda row: row["amount"] == 500),
}  # fmt: skip


@pytest.mark.parametrize("name", MAKING)
def test_what_is_made(name: str, engine: Engine) -> None:
    asked, fits = MAKING[name]
    outcome = run(engine, asked)
    assert outcome.error is None, outcome.error
    result = outcome.to_dict()["results"][0]
    assert result["targets"] == []
    assert result["dry_run"] is False
    assert fits(result["written"][0]), result["written"][0]


def _by_id(obj: Obj, action: str, /, **params: Any) -> Intent:
    return intent(action, ("id", "eq", obj["id"]), params=params)


CHANGES: dict[str, Case] = {
    "refund": (
        lambda demo: intent("charges.refund", ("customer", "eq", CUSTOMER), sort="created desc", limit=1),
        lambda row: row["object"] == "refund" and row["status"] == "succeeded",
    ),
    "part refund": (
        lambda demo: _by_id(demo.charge(), "charges.refund", amount=usd("1.50"), reason="duplicate"),
        lambda row: (row["amount"], row["reason"]) == (150, "duplicate"),
    ),
    "half refund": (
        lambda demo: _by_id(demo.charge(), "charges.refund", percent=50),
        lambda row: row["amount"] > 0,
    ),
    "refund of an intent": (
        lambda demo: intent("payment_intents.refund", ("id", "eq", demo.charge()["payment_intent"])),
        lambda row: row["object"] == "refund",
    ),
    "capture": (
        lambda demo: intent("charges.capture", ("captured", "eq", False), limit=1),
        lambda row: row["captured"] is True,
    ),
    "capture of an intent": (
        lambda demo: _by_id(demo.intent("requires_capture"), "payment_intents.capture"),
        lambda row: row["status"] == "succeeded",
    ),
    "confirm": (
        lambda demo: _by_id(
            demo.intent("requires_confirmation"), "payment_intents.confirm", payment_method="pm_card_visa"
        ),
        lambda row: row["status"] in ("succeeded", "processing", "requires_action"),
    ),
    "cancel an intent": (
        lambda demo: _by_id(demo.intent("requires_payment_method"), "payment_intents.cancel"),
        lambda row: row["status"] == "canceled",
    ),
    "cancel at once": (
        lambda demo: _by_id(demo.subscription(), "subscriptions.cancel", at_period_end=False),
        lambda row: row["status"] == "canceled",
    ),
    "cancel at the end": (
        lambda demo: _by_id(demo.subscription(), "subscriptions.cancel", at_period_end=True),
        lambda row: row["status"] == "active" and row["cancel_at_period_end"],
    ),
    "pause": (
        lambda demo: _by_id(demo.subscription(), "subscriptions.pause", until="2026-06-01"),
        lambda row: row["status"] == "active" and row["pause_collection"]["resumes_at"] == 1_780_272_000,
    ),
    "resume": (
        lambda demo: _by_id(demo.one("subscription", lambda obj: obj["status"] == "paused"), "subscriptions.resume"),
        lambda row: row["status"] == "active",
    ),
    "resume billing": (
        lambda demo: _by_id(
            demo.one("subscription", lambda obj: bool(obj["pause_collection"])), "subscriptions.resume"
        ),
        lambda row: row["pause_collection"] is None,
    ),
    "change of price": (
        lambda demo: _by_id(demo.subscription(), "subscriptions.update", price="price_XYZ", quantity=3),
        lambda row: [(item["price"]["id"], item["quantity"]) for item in row["items"]["data"]] == [("price_XYZ", 3)],
    ),
    "coupon on a subscription": (
        lambda demo: _by_id(demo.subscription(), "subscriptions.update", coupon=_coupon(demo)["id"]),
        lambda row: len(row["discounts"]) == 1,
    ),
    "longer trial": (
        lambda demo: _by_id(demo.subscription(), "subscriptions.update", trial_end="2026-05-01"),
        lambda row: row["trial_end"] == 1_777_593_600,
    ),
    "customer": (
        lambda demo: intent("customers.update", ("email", "eq", "Jenny.Rosen@Example.com"), params={"name": "J"}),
        lambda row: row["name"] == "J",
    ),
    "deletion": (lambda demo: intent("customers.delete", ("id", "eq", CUSTOMER)), lambda row: row["deleted"] is True),
    "product": (
        lambda demo: _by_id(demo.one("product"), "products.update", name="New"),
        lambda row: row["name"] == "New",
    ),
    "archive": (
        lambda demo: _by_id(demo.one("product", lambda obj: obj["active"]), "products.archive"),
        lambda row: row["active"] is False,
    ),
    "nickname": (
        lambda demo: intent("prices.update", ("id", "eq", "price_XYZ"), params={"nickname": "n"}),
        lambda row: row["nickname"] == "n",
    ),
    "coupon gone": (lambda demo: _by_id(_coupon(demo), "coupons.delete"), lambda row: row["deleted"] is True),
    "code": (
        lambda demo: intent("promotion_codes.create", params={"coupon": _coupon(demo)["id"], "code": "SUN"}),
        lambda row: row["code"] == "SUN",
    ),
    "code off": (
        lambda demo: _by_id(demo.one("promotion_code", lambda obj: obj["active"]), "promotion_codes.deactivate"),
        lambda row: row["active"] is False,
    ),
    "link off": (
        lambda demo: _by_id(demo.one("payment_link", lambda obj: obj["active"]), "payment_links.deactivate"),
        lambda row: row["active"] is False,
    ),
    "item on a draft": (
        lambda demo: intent(
            "invoice_items.create",
            params={"invoice": demo.invoice("draft")["id"], "amount": {"amount": "3", "currency": None}},
        ),
        lambda row: row["amount"] == 300,
    ),
    "finalize": (lambda demo: _by_id(demo.invoice("draft"), "invoices.finalize"), lambda row: row["status"] == "open"),
    "pay": (lambda demo: _by_id(demo.invoice("open"), "invoices.pay"), lambda row: row["status"] == "paid"),
    "void": (lambda demo: _by_id(demo.invoice("open"), "invoices.void"), lambda row: row["status"] == "void"),
    "write off": (
        lambda demo: _by_id(demo.invoice("open"), "invoices.mark_uncollectible"),
        lambda row: row["status"] == "uncollectible",
    ),
    "payout off": (
        lambda demo: intent("payouts.cancel", ("status", "eq", "pending"), limit=1),
        lambda row: row["status"] == "canceled",
    ),
    "dispute": (
        lambda demo: intent("disputes.close", ("status", "eq", "needs_response"), limit=1),
        lambda row: row["status"] == "lost",
    ),
}


def _coupon(demo: Demo) -> Obj:
    return demo.one("coupon", lambda obj: obj["valid"])


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_changed(name: str, engine: Engine, demo: Demo) -> None:
    asked, fits = CHANGES[name]
    outcome = run(engine, asked(demo))
    assert outcome.error is None, outcome.error
    assert outcome.complete
    assert fits(dict(outcome.results[0].written[0])), outcome.results[0].written[0]


@pytest.mark.parametrize("name", CHANGES)
def test_nothing_changes_unless_it_is_confirmed(name: str, engine: Engine, sandbox: Sandbox, demo: Demo) -> None:
    asked = CHANGES[name][0](demo)
    before = state(sandbox)
    shown: list[Confirmation] = []

    def no(question: Confirmation) -> bool:
        shown.append(question)
        return False

    assert _kind(run(engine, asked, confirm=no)) == "declined"
    assert _kind(run(engine, asked, confirm=None)) == "declined"
    rehearsed = run(engine, asked, dry_run=True)
    assert rehearsed.error is None
    assert rehearsed.results[0].dry_run
    assert rehearsed.results[0].written == ()
    assert state(sandbox) == before
    assert shown[0].changes[0].summary
    assert json.dumps(shown[0].to_dict())


def _kind(outcome: Outcome) -> str | None:
    return outcome.error.kind if outcome.error else None


REFUSED: dict[str, tuple[Callable[[Demo], Intent], str]] = {
    "more than is left": (
        lambda demo: _by_id(demo.charge(), "charges.refund", amount=usd("1000000")), "is more than the"),
    "another currency": (
        lambda demo: _by_id(demo.charge(), "charges.refund", amount={"amount": "1", "currency": "eur"}), "not in EUR"),
    "too fine": (lambda demo: _by_id(demo.charge(), "charges.refund", amount=usd("10.999")), "too fine"),
    "refunded": (
        lambda demo: _by_id(demo.one("charge", lambda obj: obj["refunded"]), "charges.refund"), "refunded already"),
    "failed": (
        lambda demo: _by_id(demo.one("charge", lambda obj: obj["status"] == "failed"), "charges.refund"), "is failed"),
    "120 percent": (lambda demo: _by_id(demo.charge(), "charges.refund", percent=120), "0 to 100 percent"),
    "canceled": (
        lambda demo: _by_id(demo.one("subscription", lambda obj: obj["status"] == "canceled"), "subscriptions.cancel"),
        "is canceled"),
    "not paused": (lambda demo: _by_id(demo.subscription(), "subscriptions.resume"), "is not paused"),
    "paid": (lambda demo: _by_id(demo.invoice("paid"), "invoices.void"), "is paid"),
    "void": (lambda demo: _by_id(demo.invoice("void"), "invoices.pay"), "is void"),
    "archived price": (
        lambda demo: intent(
            "payment_links.create", params={"price": demo.one("price", lambda obj: not obj["active"])["id"]}),
        "is archived"),
    "unknown product": (
        lambda demo: intent("payment_links.create", params={"product": {"name": "zzz"}}), "no product 'zzz'"),
    "unknown customer": (
        lambda demo: intent("subscriptions.create", params={"customer": {"email": "no@body"}, "price": "price_XYZ"}),
        "no customer"),
    "coupon of 120": (lambda demo: intent("coupons.create", params={"percent_off": 120}), "0 to 100"),
    "coupon of nothing": (lambda demo: intent("coupons.create"), "either"),
    "repeating for ever": (
        lambda demo: intent("coupons.create", params={"percent_off": 5, "duration": "repeating"}), "months"),
    "spent coupon": (
        lambda demo: intent(
            "promotion_codes.create", params={"coupon": demo.one("coupon", lambda obj: not obj["valid"])["id"]}),
        "no longer valid"),
    "no price": (lambda demo: intent("prices.create", params={"product": "prod_1"}), ""),
    "half a yen": (
        lambda demo: intent("payouts.create", params={"amount": {"amount": "0.5", "currency": "jpy"}}), "no decimals"),
    "nobody's charges": (
        lambda demo: intent("charges.refund", ("amount", "gt", usd("99999999")), limit=1), "nothing to refund"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_before_the_call(name: str, engine: Engine, sandbox: Sandbox, demo: Demo) -> None:
    make, words = REFUSED[name]
    asked = make(demo)
    before = state(sandbox)
    outcome = run(engine, asked)
    assert outcome.error is not None
    assert outcome.error.kind in ("preflight", "invalid_request"), outcome.error
    assert words in outcome.error.message
    assert not outcome.complete
    assert state(sandbox) == before


def test_what_stripe_refuses_is_told_with_its_request_id(engine: Engine, sandbox: Sandbox) -> None:
    before = state(sandbox)
    outcome = run(engine, intent("prices.archive", ("id", "eq", "price_XYZ")))
    assert outcome.error is not None
    assert outcome.error.kind == "invalid_request"
    assert outcome.error.request_id
    result = outcome.to_dict()["results"][0]
    assert result["written"] == []
    assert result["skipped"][0]["id"] == "price_XYZ"
    assert state(sandbox) == before


def test_several_targets_need_leave(sandbox: Sandbox, engine_on: Making, demo: Demo) -> None:
    asked = intent("invoices.void", ("status", "eq", "open"))
    refused = run(engine_on(sandbox), asked)
    assert _kind(refused) == "ambiguous"
    allowed = run(engine_on(sandbox, max_targets=None), asked)
    assert allowed.error is None
    assert len(allowed.results[0].written) == len([obj for obj in demo.objects if obj.get("status") == "open"])


def test_some_targets_may_be_left_out(sandbox: Sandbox, engine_on: Making, demo: Demo) -> None:
    good, bad = demo.charge(), demo.one("charge", lambda obj: obj["refunded"])
    asked = intent("charges.refund", ("id", "in", sorted([good["id"], bad["id"]])))
    result = run(engine_on(sandbox, max_targets=5), asked).to_dict()["results"][0]
    assert result["targets"] == sorted([good["id"], bad["id"]])
    assert [each["charge"] for each in result["written"]] == [good["id"]]
    assert [each["id"] for each in result["skipped"]] == [bad["id"]]


def test_a_description_picks_among_what_it_can_be_done_to(engine: Engine, demo: Demo) -> None:
    """The newest charge of all failed; the last payment that can be refunded is another."""
    outcome = run(engine, intent("charges.refund", sort="created desc", limit=1), dry_run=True)
    target = next(obj for obj in demo.objects if obj["id"] == outcome.results[0].targets[0])
    assert target["status"] == "succeeded"
    assert not target["refunded"]


def test_the_question_says_what_will_happen(engine: Engine, demo: Demo) -> None:
    shown: list[Confirmation] = []

    def look(question: Confirmation) -> bool:
        shown.append(question)
        return True

    charge = demo.charge()
    run(engine, _by_id(charge, "charges.refund", amount=usd("1.50"), reason="fraudulent"), confirm=look)
    said = shown[0].to_dict()
    assert said["mode"] == "sandbox"
    assert said["account"] == "Sandbox"
    assert said["risk"] == "money"
    assert said["totals"] == {"usd": "1.50"}
    assert said["changes"][0]["target"] == charge["id"]
    assert said["changes"][0]["customer"] == charge["customer"]
    assert any("block list" in effect for effect in said["effects"])


def test_how_a_share_is_rounded_is_said(engine: Engine, demo: Demo) -> None:
    odd = demo.one("charge", lambda obj: obj["status"] == "succeeded" and obj["amount"] % 2 == 1 and not obj["disputed"]
                   and not obj["amount_refunded"] and obj["currency"] == "usd")  # fmt: skip
    shown: list[Confirmation] = []

    def look(question: Confirmation) -> bool:
        shown.append(question)
        return False

    run(engine, _by_id(odd, "charges.refund", percent=50), confirm=look)
    assert any("rounded" in effect for effect in shown[0].effects)
    assert shown[0].changes[0].calls[0].params["amount"] == (odd["amount"] + 1) // 2


def test_an_ambiguous_name_is_asked_about(engine: Engine) -> None:
    outcome = run(engine, intent("charges.refund", ("customer.name", "contains", "e"), sort="created desc", limit=1))
    assert _kind(outcome) == "ambiguous"


def test_several_prices_are_asked_about(engine: Engine, demo: Demo) -> None:
    counts: dict[str, int] = {}
    for obj in demo.objects:
        if obj["object"] == "price" and obj["active"]:
            counts[obj["product"]] = counts.get(obj["product"], 0) + 1
    several = next(product for product, count in counts.items() if count > 1)
    single = next(product for product, count in counts.items() if count == 1)
    link = "payment_links.create"
    assert _kind(run(engine, intent(link, params={"product": {"id": several}}))) == "ambiguous"
    assert _kind(run(engine, intent(link, params={"product": {"id": single}}))) is None


def test_the_same_plan_writes_once(engine: Engine, sandbox: Sandbox, demo: Demo) -> None:
    plan = engine.plan(parse(_by_id(demo.charge(), "charges.refund", amount=usd("1.50"))))
    first = engine.run(plan, confirm=yes)
    second = engine.run(plan, confirm=yes)
    assert first.results[0].written == second.results[0].written
    assert second.problems
    assert not second.complete
    refunds = [obj for obj in sandbox.dump() if obj["object"] == "refund" and obj["charge"] == demo.charge()["id"]]
    assert len(refunds) == 1
    third = engine.run(plan, confirm=yes, nonce="again")
    assert third.results[0].written != first.results[0].written


@pytest.mark.parametrize("fault", ["reset", "timeout", "500", "truncate", "badjson"])
def test_a_lost_answer_never_writes_twice(fault: str, engine_on: Making, demo: Demo, sandbox: Sandbox) -> None:
    from flarite_nl.sandbox import parse_faults

    sandbox.app.faults = parse_faults(f"{fault}:method=POST,when=after,path=/v1/refunds")
    outcome = run(engine_on(sandbox), _by_id(demo.charge(), "charges.refund"))
    refunds = [obj for obj in sandbox.dump() if obj["object"] == "refund" and obj["charge"] == demo.charge()["id"]]
    assert len(refunds) == 1
    assert outcome.error is None or "not known" in " ".join(outcome.problems)


def test_what_one_step_makes_the_next_uses(engine: Engine) -> None:
    outcome = run(
        engine,
        intent("customers.create", params={"email": "new@b.example"}),
        intent("invoices.create", params={"customer": {"ref": 0}, "amount": {"amount": "300", "currency": "eur"}}),
        intent("invoices.send", ("id", "eq", {"ref": 1})),
    )
    assert outcome.error is None, outcome.error
    customer, made, sent = (result.written[0] for result in outcome.results)
    assert made["customer"] == customer["id"]
    assert (sent["id"], sent["status"]) == (made["id"], "open")


def test_a_dry_run_of_steps_that_need_each_other_makes_nothing(engine: Engine, sandbox: Sandbox) -> None:
    before = state(sandbox)
    outcome = run(
        engine,
        intent("products.create", params={"name": "Pro"}),
        intent(
            "prices.create", params={"product": {"ref": 0}, "unit_amount": usd("49"), "recurring.interval": "month"}
        ),
        intent("prices.list", ("product", "eq", {"ref": 0})),
        dry_run=True,
    )
    assert outcome.error is None
    assert [len(result.written) for result in outcome.results] == [0, 0, 0]
    assert not outcome.results[2].complete
    assert state(sandbox) == before


def test_finding_and_writing_in_one_prompt(engine: Engine) -> None:
    outcome = run(
        engine,
        intent("customers.list", ("email", "eq", "jenny.rosen@example.com")),
        intent("charges.refund", ("customer", "eq", {"ref": 0}), sort="created desc", limit=1),
        intent("refunds.list", ("charge", "eq", {"ref": 1})),
    )
    assert outcome.error is None, outcome.error
    assert outcome.results[2].rows[0] == outcome.results[1].written[0]


def test_what_was_just_written_is_found_at_once(engine: Engine) -> None:
    """Search lags: it is not asked for what this process wrote."""
    run(engine, intent("customers.create", params={"email": "Fresh@b.example", "name": "Fresh"}))
    for asked in (
        intent("customers.list", ("email", "eq", "fresh@B.example")),
        intent("customers.list", ("name", "contains", "fresh")),
    ):
        assert len(engine.run(parse(asked)).results[0].rows) == 1
