"""Every write of FRAME.md against the sandbox: done, refused before or by Stripe, declined, rehearsed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flarite_nl.engine import Engine
from flarite_nl.model.change import Confirmation
from flarite_nl.model.outcome import Outcome
from flarite_nl.model.parse import Intent
from flarite_nl.sandbox import Sandbox, parse_faults
from tests.engine.conftest import Making
from tests.engine.prompts import intent, parse
from tests.writing.cases import Demo, by_id, usd


@pytest.fixture
def demo(sandbox: Sandbox) -> Demo:
    return Demo([dict(obj) for obj in sandbox.dump()])


def yes(question: Confirmation) -> bool:
    return True


def state(sandbox: Sandbox) -> str:
    return json.dumps(list(sandbox.dump()), sort_keys=True)


def run(engine: Engine, *intents: Intent, **options: Any) -> Outcome:
    return engine.run(parse(*intents), **{"confirm": yes, **options})


def _kind(outcome: Outcome) -> str | None:
    return outcome.error.kind if outcome.error else None


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
    run(engine, by_id(charge, "charges.refund", amount=usd("1.50"), reason="fraudulent"), confirm=look)
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

    run(engine, by_id(odd, "charges.refund", percent=50), confirm=look)
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
    plan = engine.plan(parse(by_id(demo.charge(), "charges.refund", amount=usd("1.50"))))
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
    outcome = run(engine_on(sandbox), by_id(demo.charge(), "charges.refund"))
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


@pytest.mark.parametrize("yes", [True, False])
def test_search_is_not_asked_for_what_a_write_changed_besides(yes: bool, engine: Engine) -> None:
    """A refund changes its charge, which search would find as it was; a refund that was declined changes nothing."""
    by_card = intent("charges.list", ("card.last4", "eq", "4242"))
    engine.run(
        parse(intent("charges.refund", ("customer", "eq", "cus_ABC123"), sort="created desc", limit=1)),
        confirm=lambda question: yes,
    )
    selection = engine.plan(parse(by_card)).steps[0].selection
    assert selection is not None
    assert selection.fetches[0].call == ("charges.list" if yes else "charges.search")


def test_nor_for_what_may_have_been_written(sandbox: Sandbox, engine: Engine) -> None:
    """No answer came: whether the customer was made is not known."""
    sandbox.app.faults = parse_faults("reset:method=POST,count=0,when=after")
    outcome = engine.run(parse(intent("customers.create", params={"email": "new@example.com"})), confirm=lambda _: True)
    assert outcome.error is not None
    selection = engine.plan(parse(intent("customers.list", ("email", "eq", "new@example.com")))).steps[0].selection
    assert selection is not None
    assert [fetch.call for fetch in selection.fetches] == ["customers.list"]
