"""Each prompt sends the requests that are on tape, and reads the answers on tape as it did when they were recorded."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from flarite_nl import Outcome
from tests.cassettes.record import from_sandbox
from tests.cassettes.scenarios import TEMPLATES, Names, base_of, carry_out, prompt
from tests.cassettes.tape import CASSETTES, tape

KEY = "sk_test_replay"


def on_tape(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((CASSETTES / f"{name}.yaml").read_text("utf-8"))
    return found


def replay(name: str) -> Outcome:
    recorded = on_tape(name)
    base = base_of(recorded["interactions"][0]["request"]["uri"])
    moment = datetime.fromisoformat(recorded["metadata"]["recorded"]["now"])
    with tape("none").use_cassette(f"{name}.yaml") as cassette:
        outcome = carry_out(recorded["metadata"]["recorded"]["prompt"], moment, base, KEY)
        assert cassette.all_played
    assert outcome.error is None
    assert outcome.complete
    assert outcome.requests == len(recorded["interactions"])
    return outcome


def test_every_tape_has_a_prompt_and_every_prompt_a_tape() -> None:
    assert {path.stem for path in CASSETTES.glob("*.yaml")} == set(TEMPLATES)


def test_a_customer_and_their_invoices() -> None:
    customers, invoices = replay("customer_and_invoices").results
    (customer,) = customers.rows
    assert 1 <= len(invoices.rows) <= 5
    assert {row["customer"] for row in invoices.rows} == {customer["id"]}
    created = [row["created"] for row in invoices.rows]
    assert created == sorted(created, reverse=True)


def test_the_balance() -> None:
    (balance,) = replay("balance").results
    assert balance.rows[0]["object"] == "balance"
    assert {"amount", "currency"} <= set(balance.rows[0]["available"][0])


def test_past_due_subscriptions() -> None:
    (found,) = replay("past_due_subscriptions").results
    assert {row["status"] for row in found.rows} == {"past_due"}


def test_the_refund_of_the_last_payment() -> None:
    (refund,) = replay("refund_last_payment").results
    (target,), (written,) = refund.objects, refund.written
    assert (written["object"], written["charge"]) == ("refund", target["id"])
    assert written["amount"] == target["amount"] - target["amount_refunded"]


def test_disputes_with_evidence_due() -> None:
    (found,) = replay("disputes_due").results
    moment = datetime.fromisoformat(on_tape("disputes_due")["metadata"]["recorded"]["now"])
    assert found.rows
    for row in found.rows:
        assert row["status"] in {"needs_response", "under_review", "warning_needs_response", "warning_under_review"}
        assert moment.timestamp() <= row["evidence_details"]["due_by"] < moment.timestamp() + 8 * 86_400


def test_a_payment_link() -> None:
    (made,) = replay("payment_link").results
    (link,) = made.written
    assert link["object"] == "payment_link"
    assert link["url"].startswith("https://")


def test_a_request_that_is_not_on_tape_is_not_sent() -> None:
    recorded = on_tape("disputes_due")
    base = base_of(recorded["interactions"][0]["request"]["uri"])
    moment = datetime.fromisoformat(recorded["metadata"]["recorded"]["now"])
    with tape("none").use_cassette("disputes_due.yaml") as cassette:
        outcome = carry_out("list past due subscriptions", moment, base, KEY)
        assert cassette.play_count == 0
    assert outcome.error is not None
    assert outcome.error.kind == "unreachable"


@pytest.mark.parametrize("name", TEMPLATES)
def test_tapes_of_the_sandbox_are_what_it_answers_today(name: str, tmp_path: Path) -> None:
    recorded = on_tape(name)
    if not recorded["metadata"]["recorded"]["from"].startswith("flarite-nl sandbox"):
        pytest.skip("recorded from Stripe")
    assert recorded["metadata"]["recorded"]["prompt"] == prompt(name, Names())
    again = from_sandbox(name, tmp_path)
    assert yaml.safe_load(again.read_text("utf-8")) == recorded
