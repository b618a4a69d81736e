"""Plans: what is pushed down, what is looked up, when search is asked, and that equal prompts give equal bytes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flarite_nl.errors import PlanError
from flarite_nl.grammar.loader import load
from flarite_nl.grammar.schema import Grammar
from flarite_nl.model.parse import Intent, Parse
from flarite_nl.model.plan import Each, Plan, Selection
from flarite_nl.planning.planner import plan
from flarite_nl.planning.search import quoted
from flarite_nl.planning.select import Options
from tests.conftest import NOW
from tests.engine.prompts import intent, parse

JENNY = "jenny@example.com"
MARCH = {"start": "2026-03-01", "end": "2026-04-01"}
SINCE = {"start": "2026-03-10", "end": None}
MARCH_UNIX = {"gte": 1772323200, "lt": 1775001600}


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    return load()


def planned(grammar: Grammar, *intents: Intent, tz: str = "UTC", **options: Any) -> Plan:
    return plan(parse(*intents), grammar, now=NOW, tz=tz, options=Options(**options))


def selection(grammar: Grammar, asked: Intent, **options: Any) -> Selection:
    found = planned(grammar, asked, **options).steps[0].selection
    assert found is not None
    return found


PUSHED: list[tuple[Intent, str, dict[str, Any]]] = [
    (intent("charges.list", ("customer", "eq", "cus_1")), "charges.list", {"customer": "cus_1"}),
    (intent("charges.list", ("created", "during", MARCH)), "charges.list", {"created": MARCH_UNIX}),
    (intent("charges.list", ("status", "eq", "failed")), "charges.list", {}),
    (intent("subscriptions.list"), "subscriptions.list", {}),
    (intent("subscriptions.list", ("status", "eq", "past_due")), "subscriptions.list", {"status": "past_due"}),
    (intent("subscriptions.list", ("status", "ne", "active")), "subscriptions.list", {"status": "all"}),
    (intent("subscriptions.list", ("status", "ne", "canceled")), "subscriptions.list", {}),
    (intent("subscriptions.list", ("canceled_at", "during", MARCH)), "subscriptions.list", {"status": "all"}),
    (intent("subscriptions.list", sort="ended_at desc"), "subscriptions.list", {"status": "all"}),
    (
        intent("subscriptions.list", ("current_period_end", "during", MARCH)),
        "subscriptions.list",
        {"current_period_end": MARCH_UNIX},
    ),
    (
        intent("invoices.list", ("status", "eq", "open"), ("due_date", "during", {"start": None, "end": "2026-03-18"})),
        "invoices.list",
        {"status": "open", "due_date": {"lt": 1773792000}},
    ),
    (intent("prices.list", ("recurring.interval", "eq", "month")), "prices.list", {"recurring": {"interval": "month"}}),
    (intent("products.list", ("active", "eq", False)), "products.list", {"active": False}),
    (intent("products.list", ("id", "in", ["prod_1", "prod_2"])), "products.list", {"ids": ("prod_1", "prod_2")}),
    (intent("payouts.list", ("status", "eq", "no_such_status")), "payouts.list", {}),
    (
        intent(
            "refunds.list", ("created", "during", MARCH), ("created", "during", {"start": "2026-03-10", "end": None})
        ),
        "refunds.list",
        {"created": {"gte": 1773100800, "lt": 1775001600}},
    ),
    (intent("balance_transactions.list", ("payout", "eq", "po_1")), "balance_transactions.list", {"payout": "po_1"}),
    (intent("customers.list", ("email", "exists", False)), "customers.list", {}),
]


@pytest.mark.parametrize(("asked", "call", "params"), PUSHED)
def test_what_a_list_can_filter_it_filters(asked: Intent, call: str, params: dict[str, Any], grammar: Grammar) -> None:
    fetches = selection(grammar, asked).fetches
    assert [(fetch.call, dict(fetch.params)) for fetch in fetches] == [(call, params)]


@pytest.mark.parametrize(("asked", "call", "params"), PUSHED)
def test_every_filter_is_judged_here_again(asked: Intent, call: str, params: dict[str, Any], grammar: Grammar) -> None:
    fields = {check.place.name for check in selection(grammar, asked).checks}
    hidden = {"payout"} if asked.resource == "balance_transactions" else set()
    assert fields == {each.field for each in asked.filters} - hidden


def test_days_are_those_of_the_zone(grammar: Grammar) -> None:
    asked = intent("charges.list", ("created", "during", MARCH))
    steps = planned(grammar, asked, tz="America/New_York").steps
    assert steps[0].selection is not None
    # Summer time begins on March 8: the month is an hour short.
    assert steps[0].selection.fetches[0].params["created"] == {
        "gte": 1772323200 + 5 * 3600,
        "lt": 1775001600 + 4 * 3600,
    }


def test_an_object_named_by_id_is_retrieved(grammar: Grammar) -> None:
    found = selection(grammar, intent("charges.list", ("id", "eq", "ch_1"), ("customer", "eq", "cus_1")))
    assert found.fetches[0].call == "charges.retrieve"
    assert found.fetches[0].each == Each("id", values=("ch_1",))
    assert {check.place.name for check in found.checks} == {"id", "customer"}


def test_few_words_are_asked_for_one_by_one(grammar: Grammar) -> None:
    found = selection(grammar, intent("subscriptions.list", ("status", "in", ["active", "trialing"])))
    assert found.fetches[0].each == Each("status", values=("active", "trialing"))


# Objects pointed to


def test_a_customer_by_email_is_looked_up_without_minding_case(grammar: Grammar) -> None:
    found = selection(grammar, intent("invoices.list", ("customer.email", "eq", JENNY)))
    each = found.fetches[0].each
    assert found.fetches[0].call == "invoices.list"
    assert each is not None
    assert each.param == "customer"
    assert each.selection is not None
    (lookup,) = each.selection.fetches
    assert (lookup.call, lookup.params) == ("customers.search", {"query": f'email:"{JENNY}"'})
    assert lookup.empty is not None
    assert lookup.empty.params == {"email": JENNY}
    assert lookup.refused is not None
    assert lookup.refused.params == {}


def test_without_search_all_customers_are_read(grammar: Grammar) -> None:
    found = selection(grammar, intent("customers.list", ("email", "eq", JENNY)), search=False)
    assert [(fetch.call, fetch.params) for fetch in found.fetches] == [("customers.list", {})]


def test_a_wide_filter_on_another_object_is_judged_on_the_expanded_one(grammar: Grammar) -> None:
    found = selection(grammar, intent("disputes.list", ("charge.card.brand", "eq", "amex")))
    assert [(join.path, join.expand) for join in found.joins] == [("charge", True)]
    assert found.checks[0].place.path == "charge.payment_method_details.card.brand"


def test_the_customer_of_a_refund_is_that_of_its_charge(grammar: Grammar) -> None:
    found = selection(grammar, intent("refunds.list", ("customer", "eq", "cus_1")))
    each = found.fetches[0].each
    assert each is not None
    assert each.param == "charge"
    assert each.selection is not None
    assert each.selection.fetches[0].params == {"customer": "cus_1"}


def test_what_cannot_be_expanded_is_looked_up(grammar: Grammar) -> None:
    """``data.items.data.price.product`` is a level deeper than Stripe expands."""
    found = selection(grammar, intent("subscriptions.list", ("product.name", "contains", "pro")))
    assert found.joins == ()
    assert found.withins[0].selection.resource == "products"
    grouped = planned(
        grammar, intent("subscriptions.aggregate", aggregate={"function": "count", "group_by": ["product.name"]})
    )
    assert grouped.steps[0].selection is not None
    assert [(join.path, join.expand) for join in grouped.steps[0].selection.joins] == [
        ("items.data[].price.product", False)
    ]


def test_what_points_to_nothing_passes_a_negative_filter(grammar: Grammar) -> None:
    found = selection(grammar, intent("charges.list", ("customer.email", "ne", JENNY)))
    assert found.fetches[0].each is None
    assert [join.path for join in found.joins] == ["customer"]


def test_customers_come_with_what_belongs_to_them(grammar: Grammar) -> None:
    found = selection(grammar, intent("customers.list", ("subscriptions.status", "eq", "past_due")))
    each = found.fetches[0].each
    assert each is not None
    assert each.embedded
    assert each.selection is not None
    assert each.selection.fetches[0].params == {"status": "past_due"}
    assert [join.path for join in each.selection.joins] == ["customer"]


def test_few_customers_are_asked_about_what_belongs_to_each(grammar: Grammar) -> None:
    asked = intent("customers.list", ("email", "eq", JENNY), ("subscriptions.status", "eq", "active"))
    found = selection(grammar, asked)
    assert found.fetches[0].call == "customers.search"
    assert [within.bind for within in found.withins] == ["customer"]


# Search


def test_search_is_not_asked_where_a_list_is_narrow(grammar: Grammar) -> None:
    found = selection(grammar, intent("charges.list", ("card.last4", "eq", "4242"), ("customer", "eq", "cus_1")))
    assert found.fetches[0].call == "charges.list"


def test_search_is_not_asked_for_common_words(grammar: Grammar) -> None:
    found = selection(grammar, intent("charges.list", ("status", "eq", "failed")))
    assert found.fetches[0].call == "charges.list"
    assert any("status" in reason for reason in found.reasons)


def test_search_is_never_asked_for_what_was_just_written(grammar: Grammar) -> None:
    asked = intent("customers.list", ("email", "eq", JENNY))
    assert selection(grammar, asked, written=frozenset({"customers"})).fetches[0].call == "customers.list"
    steps = planned(grammar, intent("customers.create", params={"email": JENNY}), asked).steps
    assert steps[1].selection is not None
    assert steps[1].selection.fetches[0].call == "customers.list"


def test_the_target_of_a_write_is_never_left_to_search_alone(grammar: Grammar) -> None:
    found = selection(grammar, intent("customers.update", ("email", "eq", JENNY), params={"name": "J"}))
    assert [fetch.call for fetch in found.fetches] == ["customers.list", "customers.search"]


@pytest.mark.parametrize("name", ["ab", "!!!", "Zoë", "straße", ""])
def test_search_is_not_asked_for_what_it_may_miss(name: str, grammar: Grammar) -> None:
    found = selection(grammar, intent("customers.list", ("name", "contains", name)))
    assert [fetch.call for fetch in found.fetches] == ["customers.list"]


@given(st.text())
def test_a_quoted_value_cannot_end_its_quotes(value: str) -> None:
    text = quoted(value)
    inner = text[1:-1]
    assert text[0] == text[-1] == '"'
    position, plain = 0, ""
    while position < len(inner):
        assert inner[position] != '"'
        position += inner[position] == "\\"
        plain += inner[position]
        position += 1
    assert plain == value


# Writes


def test_a_description_picks_among_what_can_be_refunded(grammar: Grammar) -> None:
    step = planned(grammar, intent("charges.refund", ("customer", "eq", "cus_1"), sort="created desc", limit=1)).steps[
        0
    ]
    assert step.selection is not None
    assert {check.place.name for check in step.selection.checks} == {"customer", "status", "refunded"}
    assert step.selection.limit == 1


def test_an_object_named_by_id_is_never_exchanged_for_another(grammar: Grammar) -> None:
    step = planned(grammar, intent("charges.refund", ("id", "eq", "ch_1"))).steps[0]
    assert step.selection is not None
    assert {check.place.name for check in step.selection.checks} == {"id"}
    assert step.write is not None
    assert {check.place.name for check in step.write.conditions} == {"status", "refunded"}


def test_a_write_without_a_target_is_no_plan(grammar: Grammar) -> None:
    with pytest.raises(PlanError, match="no target"):
        planned(grammar, intent("charges.refund"))


def test_a_product_without_a_price_takes_its_active_one(grammar: Grammar) -> None:
    step = planned(grammar, intent("payment_links.create", params={"product": {"name": "Gold"}})).steps[0]
    assert step.write is not None
    assert set(step.write.lookups) == {"product", "price"}
    assert step.write.lookups["price"].fetches[0].params == {"active": True}


@pytest.mark.parametrize(
    "asked",
    [
        intent("charges.list", ("nonsense", "eq", 1)),
        intent("charges.list", ("status.deeper", "eq", 1)),
        intent("charges.list", sort="nonsense desc"),
        intent("nonsense.list"),
        intent("charges.archive", ("id", "eq", "ch_1")),
        intent("metrics.get", params={"name": "luck"}),
        intent("metrics.get", ("status", "eq", "x"), params={"name": "mrr"}),
        intent("balance.aggregate", aggregate={"function": "count"}),
        intent("charges.aggregate", aggregate={"function": "count", "group_by": ["created:fortnight"]}),
        intent("charges.list", ("id", "eq", {"ref": 0})),
        intent("balance_transactions.list", ("payout", "exists", True)),
    ],
)
def test_what_stripe_cannot_give_is_no_plan(asked: Intent, grammar: Grammar) -> None:
    with pytest.raises(PlanError):
        planned(grammar, asked)


def test_only_understood_prompts_are_planned(grammar: Grammar) -> None:
    with pytest.raises(PlanError):
        plan(Parse("hm", "clarify", missing=("target",)), grammar, now=NOW)


# The plan itself

ASKED = [
    intent("charges.list", ("customer.email", "eq", JENNY), ("created", "during", MARCH), limit=3),
    intent("charges.aggregate", aggregate={"function": "sum", "field": "amount", "group_by": ["created:month"],
                                           "having": {"op": "gt", "value": {"amount": "5", "currency": "usd"}}}),
    intent("charges.refund", ("id", "eq", {"ref": 0, "position": [1, 2]}), params={"percent": 12.5}, note="why"),
    intent("invoices.create", params={"customer": {"ref": 0, "field": "customer"}, "lines": [
        {"description": "a", "quantity": 2, "unit_amount": {"amount": "5", "currency": "usd"}}]}),
]  # fmt: skip


def test_equal_prompts_give_equal_bytes(grammar: Grammar) -> None:
    first, second = planned(grammar, *ASKED), planned(load(), *ASKED)
    assert json.dumps(first.to_dict()) == json.dumps(second.to_dict())
    assert first.hash == second.hash
    assert Plan.from_dict(json.loads(json.dumps(first.to_dict()))) == first


def test_anything_else_gives_another_hash(grammar: Grammar) -> None:
    one = planned(grammar, *ASKED)
    others = [
        planned(grammar, *ASKED[:3]),
        planned(grammar, *ASKED, tz="Asia/Tokyo"),
        planned(grammar, *ASKED, search=False),
        replace(one, now=NOW + timedelta(microseconds=1)),
        replace(one, prompt="another"),
        plan(parse(*ASKED), grammar, now=NOW, previous={"charges": ("ch_1",)}),
    ]
    assert len({each.hash for each in (one, *others)}) == len(others) + 1


@pytest.mark.parametrize("broken", [{}, {"is": "Plan"}, {"is": "Money", "amount": "5"}, {"is": "os.system"}])
def test_what_is_no_plan_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="plan"):
        Plan.from_dict(broken)


@pytest.mark.parametrize("more", [{"limit": 2}, {"sort": "created desc"}])
def test_what_is_made_is_chosen_by_nothing(more: dict[str, Any], grammar: Grammar) -> None:
    """A condition that was read into an order to make something is refused, never dropped."""
    amount = {"amount": {"amount": "500", "currency": "usd"}}
    with pytest.raises(PlanError, match="nothing yet that a condition could hold for"):
        planned(grammar, intent("payouts.create", ("currency", "eq", "brl"), params=amount))
    with pytest.raises(PlanError, match="makes something new"):
        planned(grammar, intent("payouts.create", params=amount, **more))
