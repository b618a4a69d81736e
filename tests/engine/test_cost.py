"""What questions cost in requests, pinned: an increase is a decision, not an accident.

The demo account fits on a few pages, so that each number counts calls, not objects.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flarite_nl import Parser
from flarite_nl.engine import Engine
from flarite_nl.model.parse import Intent
from flarite_nl.sandbox import Sandbox
from tests.conftest import NOW
from tests.engine.conftest import Making
from tests.engine.prompts import intent, parse

JENNY = "jenny.rosen@example.com"
OPEN = ["needs_response", "under_review", "warning_needs_response", "warning_under_review"]
WEEK = {"start": "2026-03-18T15:30:00Z", "end": "2026-03-26"}
MARCH = {"start": "2026-03-01", "end": "2026-04-01"}
USD = {"amount": "50", "currency": "usd"}


def count(**more: Any) -> dict[str, Any]:
    return {"function": "count", **more}


COSTS: dict[str, tuple[list[Intent], int]] = {
    "Find customer jenny.rosen@example.com and show their last 5 invoices": (
        [
            intent("customers.list", ("email", "eq", JENNY)),
            intent("invoices.list", ("customer", "eq", {"ref": 0}), sort="created desc", limit=5),
        ],
        2,
    ),
    "What's my current Stripe account balance?": ([intent("balance.get")], 1),
    "List all subscriptions that are past due": ([intent("subscriptions.list", ("status", "eq", "past_due"))], 1),
    "Show me all open disputes with evidence due in the next 7 days": (
        [intent("disputes.list", ("status", "in", OPEN), ("evidence_details.due_by", "during", WEEK))], 1),
    "last 5 invoices of jenny.rosen@example.com": (
        [intent("invoices.list", ("customer.email", "eq", JENNY), sort="created desc", limit=5)], 2),
    "payments of JENNY.ROSEN@EXAMPLE.COM": ([intent("charges.list", ("customer.email", "eq", JENNY.upper()))], 2),
    "show in_...": ([intent("customers.get", ("id", "eq", "cus_ABC123"))], 1),
    "two customers by ID": ([intent("customers.list", ("id", "in", ["cus_ABC123", "cus_JennyRosen0001"]))], 2),
    "last payment of cus_ABC123": (
        [intent("charges.list", ("customer", "eq", "cus_ABC123"), sort="created desc", limit=1)], 1),
    "last payment": ([intent("charges.list", sort="created desc", limit=1)], 1),
    "payments in March": ([intent("charges.list", ("created", "during", MARCH))], 1),
    "count of payments in March by brand": (
        [intent("charges.aggregate", ("created", "during", MARCH), aggregate=count(group_by=["card.brand"]))], 1),
    "revenue in March": (
        [intent("charges.aggregate", ("status", "eq", "succeeded"), ("created", "during", MARCH),
                aggregate={"function": "sum", "field": "amount"})], 1),
    "card ending in 4242": ([intent("charges.list", ("card.last4", "eq", "4242"))], 1),
    "invoice by number": ([intent("invoices.list", ("number", "eq", "NOSUCH-0001"))], 1),
    "customers named jenny": ([intent("customers.list", ("name", "contains", "jenny"))], 1),
    "customers at example.com": ([intent("customers.list", ("email", "contains", "@example.com"))], 1),
    "customers without an email": ([intent("customers.list", ("email", "exists", False))], 1),
    "customers whose subscriptions are past due": (
        [intent("customers.list", ("subscriptions.status", "eq", "past_due"))], 1),
    "customers whose subscriptions end this week": (
        [intent("customers.list", ("subscriptions.current_period_end", "during", WEEK))], 1),
    "customers without a subscription": ([intent("customers.list", ("subscriptions", "exists", False))], 2),
    "does jenny have a subscription": (
        [intent("customers.list", ("email", "eq", JENNY), ("subscriptions", "exists", True))], 2),
    "subscriptions to Pro": ([intent("subscriptions.list", ("product.name", "contains", "pro"))], 2),
    "prices of the Pro product": ([intent("prices.list", ("product.name", "contains", "pro"))], 2),
    "disputed amex payments": ([intent("disputes.list", ("charge.card.brand", "eq", "amex"))], 1),
    "disputes of delinquent customers": ([intent("disputes.list", ("customer.delinquent", "eq", True))], 1),
    "refunds of a charge": ([intent("refunds.list", ("charge", "eq", "{charge}"))], 1),
    "refunds by customer": ([intent("refunds.aggregate", aggregate=count(group_by=["customer.email"]))], 1),
    "next payout": (
        [intent("payouts.list", ("arrival_date", "during", {"start": "2026-03-18T15:30:00Z", "end": None}),
                sort="arrival_date asc", limit=1)], 1),
    "pending payouts": ([intent("payouts.list", ("status", "eq", "pending"))], 1),
    "active prices a month": (
        [intent("prices.list", ("active", "eq", True), ("recurring.interval", "eq", "month"))], 1),
    "subscriptions by status": ([intent("subscriptions.aggregate", aggregate=count(group_by=["status"]))], 1),
    "canceled or unpaid": ([intent("subscriptions.list", ("status", "in", ["canceled", "unpaid"]))], 2),
    "promotion code by its code": ([intent("promotion_codes.list", ("code", "eq", "WELCOME"))], 1),
    "mrr": ([intent("metrics.get", params={"name": "mrr"})], 2),
    "churn": ([intent("metrics.get", params={"name": "churn_rate"})], 1),
    "refund rate": ([intent("metrics.get", params={"name": "refund_rate"})], 1),
    "account": ([intent("account.get")], 1),
    "list and add up": (
        [
            intent("charges.list", ("created", "during", MARCH), limit=3),
            intent("charges.aggregate", ("id", "eq", {"ref": 0}), aggregate={"function": "sum", "field": "amount"}),
        ],
        1,
    ),
    "Refund the last payment from customer cus_ABC123": (
        [intent("charges.refund", ("customer", "eq", "cus_ABC123"), sort="created desc", limit=1)], 2),
    "Create a payment link for price_XYZ at quantity 1": (
        [intent("payment_links.create", params={"price": "price_XYZ", "quantity": 1})], 2),
    "refund jenny's last payment": (
        [intent("charges.refund", ("customer.email", "eq", JENNY), sort="created desc", limit=1)], 4),
}  # fmt: skip


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(tz="UTC")


@pytest.fixture(scope="module")
def some_charge() -> str:
    with Sandbox(now=NOW) as sandbox:
        return str(next(obj["charge"] for obj in sandbox.dump() if obj["object"] == "refund"))


@pytest.mark.parametrize("name", COSTS)
def test_requests(name: str, engine: Engine, some_charge: str) -> None:
    intents, requests = COSTS[name]
    made = [_with(each, some_charge) for each in intents]
    outcome = engine.run(parse(*made), confirm=lambda question: True)
    assert outcome.error is None, outcome.error
    assert outcome.complete
    assert outcome.requests == requests


def _with(asked: Intent, charge: str) -> Intent:
    return replace(asked, filters=tuple(
        replace(each, value=charge) if each.value == "{charge}" else each for each in asked.filters))  # fmt: skip


@pytest.mark.parametrize("name", COSTS)
def test_the_estimate_holds(name: str, engine: Engine, some_charge: str) -> None:
    """What the plan says it costs is what it costs: never less than the least, never more than the most."""
    made = [_with(each, some_charge) for each in COSTS[name][0]]
    plan = engine.plan(parse(*made))
    spent = engine.run(plan, confirm=lambda question: True).requests
    assert sum(step.requests[0] for step in plan.steps) <= spent
    tops = [step.requests[1] for step in plan.steps]
    if None not in tops:
        assert spent <= sum(top for top in tops if top is not None)


PROMPTS: dict[str, int] = {
    "Find customer jenny.rosen@example.com and show their last 5 invoices": 2,
    "What's my current Stripe account balance?": 1,
    "List all subscriptions that are past due": 1,
    "Show me all open disputes with evidence due in the next 7 days": 1,
    "Refund the last payment from customer cus_ABC123": 2,
    "Create a payment link for price_XYZ at quantity 1": 2,
    "last 5 invoices of jenny.rosen@example.com": 2,
    "invoices of JENNY.ROSEN@example.com": 2,
    "payments of cus_ABC123 over $50": 1,
    "last payment": 1,
    "payments in march by card brand": 1,
    "total revenue last month": 1,
    "revenue by month this year": 2,
    "how many payments failed last week": 1,
    "payments with card ending in 4242": 1,
    "customers named jenny": 1,
    "customers at example.com": 1,
    "customers without an email": 1,
    "customers whose subscriptions are past due": 1,
    "customers without a subscription": 2,
    "customers with a canceled subscription": 1,
    "customers who spent over $300 this year": 2,
    "top 3 customers by revenue": 4,
    "largest 3 payments": 4,
    "disputes on amex payments": 1,
    "disputes of delinquent customers": 1,
    "mrr": 2,
    "arr": 2,
    "churn rate last month": 1,
    "refund rate last month": 1,
    "failure rate last month": 1,
    "next payout": 1,
    "pending payouts": 1,
    "active monthly prices": 1,
    "how many subscriptions by status": 1,
    "promotion code WELCOME": 1,
    "what's my balance and pending payouts": 2,
    "which account is this": 1,
    "show cus_ABC123": 1,
    "show cus_ABC123 and cus_JennyRosen0001": 2,
    "refunds this month by reason": 1,
    "average payment this month": 1,
    "overdue invoices": 1,
    "fees last month": 1,
    "payments and refunds since Monday": 2,
    "dispute due soonest": 1,
}
"""Sentences as they are typed, and the requests that each takes; the first six are those of the README."""


def test_enough_prompts_are_pinned() -> None:
    assert len(PROMPTS) >= 30


@pytest.mark.parametrize("prompt", PROMPTS)
def test_requests_of_a_prompt(prompt: str, parser: Parser, engine: Engine) -> None:
    parsed = parser.parse(prompt, now=NOW)
    assert parsed.status == "ok"
    outcome = engine.run(parsed, confirm=lambda question: True)
    assert outcome.error is None, outcome.error
    assert outcome.complete
    assert outcome.requests == PROMPTS[prompt]


def test_a_limit_stops_the_scan(sandbox: Sandbox, engine: Engine) -> None:
    outcome = engine.run(parse(intent("charges.list", ("status", "eq", "succeeded"), limit=3)))
    assert len(outcome.results[0].rows) == 3
    assert outcome.requests == 1


def test_many_ids_are_not_asked_for_one_by_one(sandbox: Sandbox, engine_on: Making) -> None:
    """The 40 customers of an earlier result: one scan of the invoices instead of 40 lists."""
    outcome = engine_on(sandbox).run(
        parse(intent("customers.list"), intent("invoices.list", ("customer", "eq", {"ref": 0})))
    )
    assert outcome.error is None
    assert len(outcome.results[1].rows) > 50
    assert outcome.requests == 2
