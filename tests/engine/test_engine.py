"""The outcome's form, budgets, back references, singletons, search that is refused."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from typing import Any

import pytest

from flarite_nl.engine import Engine
from flarite_nl.model.outcome import Outcome
from flarite_nl.model.parse import Parse
from flarite_nl.model.plan import Plan
from flarite_nl.sandbox import Sandbox, serve
from tests.conftest import NOW
from tests.engine.conftest import Making
from tests.engine.prompts import intent, parse

FIVE = intent("charges.list", limit=5)


def test_an_outcome_is_as_the_frame_says(engine: Engine) -> None:
    outcome = engine.run(parse(FIVE, intent("charges.aggregate", aggregate={"function": "sum", "field": "amount"})))
    said = json.loads(json.dumps(outcome.to_dict()))
    assert set(said) == {"prompt", "mode", "account", "parse", "results", "requests", "complete"}
    assert said["mode"] == "sandbox"
    assert said["complete"] is True
    listed, summed = said["results"]
    assert set(listed) == {"name", "rows", "complete"}
    assert listed["name"] == "charges.list"
    assert set(summed) == {"name", "groups", "complete"}
    assert {group["currency"] for group in summed["groups"]} >= {"usd", "jpy"}
    usd = next(group for group in summed["groups"] if group["currency"] == "usd")
    assert usd["key"] == {}
    assert usd["value"].partition(".")[2] != ""
    assert outcome == pickle.loads(pickle.dumps(outcome))


def test_an_error_is_as_the_frame_says(engine: Engine) -> None:
    said = engine.run(parse(intent("charges.get", ("id", "eq", "ch_missing")))).to_dict()
    assert set(said["error"]) == {"kind", "message", "span", "request_id"}
    assert said["error"]["kind"] == "invalid_request"
    assert said["error"]["request_id"].startswith("req_")
    assert said["results"] == []


def test_one_of_several_ids_that_is_missing_is_a_problem(engine: Engine) -> None:
    outcome = engine.run(parse(intent("customers.list", ("id", "in", ["cus_ABC123", "cus_missing"]))))
    assert [row["id"] for row in outcome.results[0].rows] == ["cus_ABC123"]
    assert not outcome.complete
    assert "cus_missing" in outcome.problems[0]


def test_what_was_not_understood_is_not_run(engine: Engine) -> None:
    outcome = engine.run(Parse("what's the weather", "rejected", reason="out_of_scope"))
    assert outcome.error is not None
    assert outcome.error.kind == "plan"
    assert outcome.requests == 0


def test_planning_needs_no_key_and_no_network(engine_on: Making) -> None:
    plan = Engine(now=NOW).plan(parse(FIVE))
    assert plan.describe() == [
        "0. charges.list: 1 request",
        "   call charges.list(): 1 request for every 100 objects",
        "   stop at 5",
        "   search not used: nothing is filtered",
    ]


def test_without_a_key_nothing_is_run() -> None:
    outcome = Engine(now=NOW).run(parse(FIVE))
    assert outcome.error is not None
    assert outcome.error.kind == "key"


def test_planning_loads_neither_stripe_nor_the_runner() -> None:
    code = (
        "import sys, datetime; from flarite_nl.engine import Engine; from flarite_nl.model.parse import Intent, Parse;"
        "Engine(now=datetime.datetime.now(datetime.UTC)).plan(Parse('x', 'ok', (Intent('charges', 'list'),)));"
        "print(sorted(name for name in sys.modules if name in ('stripe', 'flarite_nl.execution.read', 'requests')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# Budgets


def test_a_budget_ends_a_scan_with_a_marked_part(sandbox: Sandbox, engine_on: Making) -> None:
    outcome = engine_on(sandbox, max_requests=2).run(parse(intent("charges.list", ("status", "eq", "succeeded"))))
    assert outcome.requests == 2
    assert outcome.error is None
    assert not outcome.complete
    assert "max_requests" in outcome.problems[0]
    assert len(outcome.results[0].rows) > 100


def test_threads_keep_to_the_budget(engine_on: Making) -> None:
    with Sandbox(now=NOW, size=3000) as big, serve(big) as server:
        engine = engine_on(big, wsgi=None, key="sk_test_x", api_base=server.url, rate=1000.0, max_requests=12)
        outcome = engine.run(parse(intent("charges.list")))
    assert outcome.requests == 12
    assert not outcome.complete
    assert outcome.error is None


def test_more_requests_are_asked_for(sandbox: Sandbox, engine_on: Making) -> None:
    asked: list[str] = []

    def more(text: str) -> bool:
        asked.append(text)
        return True

    outcome = engine_on(sandbox, max_requests=2, more=more).run(parse(intent("charges.list")))
    assert outcome.complete
    assert len(asked) == 1
    refused = engine_on(sandbox, max_requests=2, more=lambda text: False).run(parse(intent("charges.list")))
    assert not refused.complete


def test_a_scan_whose_length_is_known_is_refused_before_it_is_made(engine_on: Making) -> None:
    with Sandbox(now=NOW, size=3000) as big:
        since = ("created", "during", {"start": "2020-01-01", "end": None})
        asked: list[str] = []
        outcome = engine_on(big, max_requests=5, more=lambda text: bool(asked.append(text))).run(  # type: ignore[func-returns-value]
            parse(intent("charges.aggregate", since, aggregate={"function": "count"}))
        )
    assert outcome.error is not None
    assert outcome.error.kind == "too_many_requests"
    assert outcome.requests == 1
    assert "about" in asked[0]


def test_a_write_never_acts_on_a_part(sandbox: Sandbox, engine_on: Making) -> None:
    asked = intent("charges.refund", sort="amount desc", limit=1)
    outcome = engine_on(sandbox, max_requests=2).run(parse(asked), confirm=lambda question: True)
    assert outcome.error is not None
    assert outcome.results == ()


def test_each_prompt_has_a_budget_of_its_own(sandbox: Sandbox, engine_on: Making) -> None:
    engine = engine_on(sandbox, max_requests=4)
    assert all(engine.run(parse(intent("charges.list"))).complete for _ in range(3))


# References


def test_a_position_picks_from_the_turn_before(engine: Engine) -> None:
    first = engine.run(parse(FIVE))
    rows = first.results[0].rows
    second = engine.run(
        parse(intent("charges.get", ("id", "eq", {"ref": "previous", "position": 2}))), previous=first.results
    )
    assert [row["id"] for row in second.results[0].rows] == [rows[1]["id"]]
    several = engine.run(
        parse(intent("charges.list", ("id", "eq", {"ref": "previous", "position": [1, 3]}))), previous=first.results
    )
    assert [row["id"] for row in several.results[0].rows] == [rows[0]["id"], rows[2]["id"]]


def test_a_position_that_is_not_there(engine: Engine) -> None:
    first = engine.run(parse(FIVE))
    second = engine.run(
        parse(intent("charges.get", ("id", "eq", {"ref": "previous", "position": 9}))), previous=first.results
    )
    assert second.error is not None
    assert "no number 9" in second.error.message


def test_previous_without_a_turn_before(engine: Engine) -> None:
    outcome = engine.run(parse(intent("charges.get", ("id", "eq", {"ref": "previous"}))))
    assert outcome.error is not None
    assert outcome.error.kind == "plan"


@pytest.mark.parametrize("resource", ["charges", "invoices", "subscriptions", "disputes", "refunds", "payment_intents"])
def test_the_customers_of_what_was_found(resource: str, engine: Engine, sandbox: Sandbox) -> None:
    owner = {"ref": 0, "field": "customer"}
    outcome = engine.run(parse(intent(f"{resource}.list", limit=3), intent("customers.list", ("id", "eq", owner))))
    assert outcome.error is None, outcome.error
    found, owners = outcome.results
    charges = {obj["id"]: obj for obj in sandbox.dump() if obj["object"] == "charge"}
    holders = [charges[row["charge"]] if resource in ("refunds", "disputes") else row for row in found.rows]
    expected = {holder["customer"] for holder in holders} - {None}
    assert {row["id"] for row in owners.rows} == expected


def test_a_reference_to_groups_is_to_what_they_were_grouped_by(engine: Engine) -> None:
    spent = {"function": "sum", "field": "amount", "group_by": ["customer"]}
    outcome = engine.run(
        parse(
            intent("charges.aggregate", ("currency", "eq", "usd"), aggregate=spent, sort="sum desc", limit=2),
            intent("subscriptions.list", ("customer", "eq", {"ref": 0})),
        )
    )
    assert outcome.error is None
    top = {figure.key["customer"] for figure in outcome.results[0].groups}
    assert len(top) == 2
    assert {row["customer"] for row in outcome.results[1].rows} <= top


def test_nothing_found_leads_to_nothing(engine: Engine) -> None:
    outcome = engine.run(
        parse(
            intent("customers.list", ("email", "eq", "no@body.example")),
            intent("invoices.list", ("customer", "eq", {"ref": 0})),
        )
    )
    assert outcome.error is None
    assert outcome.results[1].rows == ()
    assert outcome.complete


# Columns, singletons, hidden fields, search


def test_rows_do_not_depend_on_how_they_were_found(engine: Engine, sandbox: Sandbox) -> None:
    objects = {obj["id"]: obj for obj in sandbox.dump()}
    outcome = engine.run(parse(intent("disputes.list", ("charge.customer.email", "exists", True))))
    assert len(outcome.results[0].rows) > 3
    assert all(dict(row) == objects[row["id"]] for row in outcome.results[0].rows)


def test_a_column_of_another_object_stays_in_the_row(engine: Engine) -> None:
    outcome = engine.run(parse(intent("invoices.list", fields=["number", "customer.email"], limit=2)))
    assert all("@" in row["customer"]["email"] for row in outcome.results[0].rows)
    assert outcome.results[0].columns == ("number", "customer.email")


def test_the_balance_of_one_currency(engine: Engine) -> None:
    whole = engine.run(parse(intent("balance.get"))).results[0].rows[0]
    euros = engine.run(parse(intent("balance.get", ("currency", "eq", "eur")))).results[0].rows[0]
    assert len(whole["available"]) > 1
    assert [each["currency"] for each in euros["available"]] == ["eur"]


def test_the_account_gives_the_badge_its_name(sandbox: Sandbox, engine_on: Making) -> None:
    with serve(sandbox) as server:
        engine = engine_on(sandbox, wsgi=None, key="sk_test_x", api_base=server.url)
        assert engine.run(parse(FIVE)).account is None
        outcome = engine.run(parse(intent("account.get")))
    assert outcome.mode == "test"
    assert outcome.account
    assert outcome.results[0].rows[0]["object"] == "account"


def test_transactions_of_a_payout(engine: Engine, sandbox: Sandbox) -> None:
    """No balance transaction shows its payout: Stripe's list is taken at its word."""
    payout = next(obj["id"] for obj in sandbox.dump() if obj["object"] == "payout" and obj["status"] == "paid")
    outcome = engine.run(parse(intent("balance_transactions.list", ("payout", "eq", payout))))
    assert outcome.error is None
    assert outcome.results[0].rows
    refused = engine.run(parse(intent("balance_transactions.list", ("payout", "ne", payout))))
    assert refused.error is not None
    assert refused.error.kind == "plan"


def test_where_search_is_not_offered_a_list_is_read(sandbox: Sandbox, engine_on: Making, engine: Engine) -> None:
    def without_search(environ: dict[str, Any], start: Any) -> Any:
        if environ["PATH_INFO"].endswith("/search"):
            start("400 Bad Request", [("Request-Id", "req_1")])
            return [b'{"error": {"type": "invalid_request_error", "message": "Search is not available in India."}}']
        return sandbox.wsgi(environ, start)

    asked = parse(intent("invoices.list", ("customer.email", "eq", "JENNY.rosen@example.com")))
    expected = engine.run(asked)
    found = engine_on(sandbox, wsgi=without_search).run(asked)
    assert found.error is None
    assert found.results[0].rows == expected.results[0].rows
    assert len(found.results[0].rows) > 0


@pytest.mark.parametrize(
    "name",
    [
        '" OR name:"',
        "a\\",
        '\\" OR email~"@',
        'x" AND created>0 OR name~"e',
        "'; DROP",
        "name:*",
        "\n",
        '-"',
        "a" * 3000,
    ],
)
def test_no_name_changes_the_meaning_of_a_search(name: str, engine: Engine) -> None:
    for field, op in (("name", "contains"), ("name", "eq"), ("email", "eq"), ("metadata.tier", "eq")):
        outcome = engine.run(parse(intent("customers.list", (field, op, name))))
        assert outcome.error is None, (field, outcome.error)
        assert outcome.results[0].rows == ()


def test_a_plan_survives_a_file_and_notices_an_edit(engine: Engine) -> None:
    asked = intent("charges.refund", ("customer", "eq", "cus_ABC123"), sort="created desc", limit=1)
    plan = engine.plan(parse(asked))
    raw = json.loads(json.dumps(plan.to_dict()))
    assert Plan.from_dict(raw) == plan
    assert pickle.loads(pickle.dumps(plan)) == plan
    raw["steps"][0]["selection"]["limit"] = 100
    with pytest.raises(ValueError, match="edited"):
        Plan.from_dict(raw)
    outcome: Outcome = engine.run(Plan.from_dict(plan.to_dict()), dry_run=True)
    assert len(outcome.results[0].targets) == 1
