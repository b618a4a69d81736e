"""The six prompts of the README, from words to answer over real HTTP, as a table and as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flarite_nl.cli.exits import Exit
from flarite_nl.sandbox import Server
from tests.conftest import NOW
from tests.end_to_end.conftest import Run

CUSTOMER = "Find customer jenny.rosen@example.com and show their last 5 invoices"
BALANCE = "What's my current Stripe account balance?"
PAST_DUE = "List all subscriptions that are past due"
REFUND = "Refund the last payment from customer cus_ABC123"
DISPUTES = "Show me all open disputes with evidence due in the next 7 days"
LINK = "Create a payment link for price_XYZ at quantity 1"

OPEN = {"needs_response", "under_review", "warning_needs_response", "warning_under_review"}
NEXT_7_DAYS = range(int(NOW.timestamp()), int(NOW.timestamp()) + 7 * 86_400 + 8 * 3600 + 1800)


def answer(ask: Run, prompt: str, *arguments: str) -> dict[str, Any]:
    done = ask(prompt, "--format", "json", *arguments)
    assert (done.returncode, done.stderr) == (Exit.DONE, "")
    outcome: dict[str, Any] = json.loads(done.stdout)
    assert outcome["prompt"] == prompt
    assert outcome["complete"] is True
    return outcome


def table(ask: Run, prompt: str, *arguments: str) -> list[str]:
    done = ask(prompt, *arguments)
    assert done.returncode == Exit.DONE, done.stderr
    return done.stdout.splitlines()


def everything(server: Server, kind: str) -> list[dict[str, Any]]:
    """All objects of a kind that the sandbox holds, whatever its API would tell of them."""
    return [each for each in server.sandbox.dump() if each["object"] == kind]


def test_customer_and_invoices(ask: Run, server: Server) -> None:
    customers, invoices = answer(ask, CUSTOMER)["results"]
    assert [row["email"] for row in customers["rows"]] == ["jenny.rosen@example.com"]
    theirs = [row for row in everything(server, "invoice") if row["customer"] == customers["rows"][0]["id"]]
    newest = sorted(theirs, key=lambda row: row["created"], reverse=True)[:5]
    assert [row["created"] for row in invoices["rows"]] == [row["created"] for row in newest]
    assert len(newest) == 5


def test_customer_and_invoices_as_tables(ask: Run) -> None:
    lines = table(ask, CUSTOMER)
    assert "Customers: 1 found" in lines
    assert "Invoices: 5 found" in lines
    assert sum(line.startswith("in_") for line in lines) == 5


def test_balance(ask: Run) -> None:
    (balance,) = answer(ask, BALANCE)["results"]
    assert [row["object"] for row in balance["rows"]] == ["balance"]


def test_balance_as_a_table(ask: Run) -> None:
    lines = table(ask, BALANCE)
    assert "Balance" in lines
    assert "$" in lines[-1]


def test_past_due_subscriptions(ask: Run, server: Server) -> None:
    (found,) = answer(ask, PAST_DUE)["results"]
    wanted = {row["id"] for row in everything(server, "subscription") if row["status"] == "past_due"}
    assert {row["id"] for row in found["rows"]} == wanted
    assert wanted


def test_past_due_subscriptions_as_a_table(ask: Run) -> None:
    lines = table(ask, PAST_DUE)
    rows = [line for line in lines if line.startswith("sub_")]
    assert rows
    assert all("past_due" in line for line in rows)


def test_disputes_due(ask: Run, server: Server) -> None:
    (found,) = answer(ask, DISPUTES)["results"]
    wanted = {
        row["id"]
        for row in everything(server, "dispute")
        if row["status"] in OPEN and row["evidence_details"]["due_by"] in NEXT_7_DAYS
    }
    assert {row["id"] for row in found["rows"]} == wanted
    assert wanted


def test_disputes_due_as_a_table(ask: Run, server: Server) -> None:
    lines = table(ask, DISPUTES)
    rows = [line for line in lines if line.startswith(("dp_", "du_"))]
    assert f"Disputes: {len(rows)} found" in lines


def last_payment(server: Server) -> dict[str, Any]:
    theirs = (row for row in everything(server, "charge") if row["customer"] == "cus_ABC123" and row["paid"])
    return max(theirs, key=lambda row: int(row["created"]))


def test_refund(ask: Run, server: Server) -> None:
    payment = last_payment(server)
    (refund,) = answer(ask, REFUND, "--yes")["results"]
    assert refund["targets"] == [payment["id"]]
    assert [row["amount"] for row in refund["written"]] == [payment["amount"] - payment["amount_refunded"]]
    assert last_payment(server)["amount_refunded"] == payment["amount"]


def test_refund_as_a_table(ask: Run) -> None:
    lines = table(ask, REFUND, "--yes")
    assert "charges.refund: 1 written" in lines
    assert any(line.startswith("re_") for line in lines)


@pytest.mark.parametrize("prompt", [REFUND, LINK])
def test_a_write_is_refused_where_nobody_can_be_asked(ask: Run, server: Server, prompt: str) -> None:
    before = list(server.sandbox.dump())
    done = ask(prompt)
    assert done.returncode == Exit.DECLINED
    assert done.stderr.splitlines()[-1].startswith("flarite-nl: Nothing was written: there is no terminal")
    assert list(server.sandbox.dump()) == before


@pytest.mark.parametrize("prompt", [REFUND, LINK])
def test_a_dry_run_writes_nothing(ask: Run, server: Server, prompt: str) -> None:
    before = list(server.sandbox.dump())
    (result,) = answer(ask, prompt, "--dry-run")["results"]
    assert (result["dry_run"], result["written"]) == (True, [])
    assert list(server.sandbox.dump()) == before


def test_payment_link(ask: Run, server: Server) -> None:
    (made,) = answer(ask, LINK, "--yes")["results"]
    (link,) = made["written"]
    assert link["id"] in {row["id"] for row in everything(server, "payment_link")}
    assert link["url"].startswith("https://")


def test_payment_link_as_a_table(ask: Run) -> None:
    lines = table(ask, LINK, "--yes")
    assert "payment_links.create: 1 written" in lines
    assert any("https://" in line for line in lines)


def test_the_placeholder_for_an_address_is_asked_about(ask: Run) -> None:
    done = ask("Find customer [email protected] and show their last 5 invoices")
    assert done.returncode == Exit.CLARIFY
    assert "email" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("prompt", [CUSTOMER, BALANCE, PAST_DUE, DISPUTES])
def test_without_a_key_the_embedded_sandbox_answers(run: Run, prompt: str) -> None:
    done = run(prompt, "--now", "2026-03-18T15:30:00Z", "--tz", "UTC", key=None)
    assert done.returncode == Exit.DONE, done.stderr
    assert done.stdout.startswith("SANDBOX")
