"""A plan in words: each step says what is pushed down, what is filtered here, what it costs, and why not search."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from flarite_nl.grammar.loader import load
from flarite_nl.grammar.schema import Grammar
from flarite_nl.model.parse import Intent
from flarite_nl.model.plan import Plan, Selection
from flarite_nl.planning.planner import plan
from flarite_nl.planning.select import Options
from flarite_nl.sandbox import Sandbox
from tests.conftest import NOW
from tests.engine.frames import Frames
from tests.engine.oracle import World
from tests.engine.prompts import intent, parse

JENNY = "jenny@example.com"
MARCH = {"start": "2026-03-01", "end": "2026-04-01"}
FIFTY = {"amount": "50", "currency": "usd"}
EVERY = "1 request for every 100 objects"


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    return load()


def made(grammar: Grammar, *intents: Intent, options: Options | None = None) -> Plan:
    return plan(parse(*intents), grammar, now=NOW, options=options)


SAID: list[tuple[str, Intent, list[str]]] = [
    (
        "an expanded object",
        intent("disputes.list", ("charge.card.brand", "eq", "amex"), ("status", "in", ["won", "lost"])),
        [
            "0. disputes.list: 1 or more requests",
            f"   call disputes.list(expand[]=data.charge): {EVERY}",
            "   filter here: status in won, lost",
            "   filter here: charge.card.brand eq amex",
            "   because Stripe's list cannot filter charge.card.brand, status: page by page, filtered here",
            "   search not used: Stripe has none for disputes",
        ],
    ),
    (
        "a narrow list, a window and money",
        intent(
            "charges.list", ("customer", "eq", "cus_1"), ("created", "during", MARCH), ("amount", "gt", FIFTY),
            sort="amount desc", limit=3,
        ),
        [
            "0. charges.list: 1 or more requests",
            f"   call charges.list(customer=cus_1, created[gte]=1772323200, created[lt]=1775001600): {EVERY}",
            "   pushed down, checked again: customer eq cus_1",
            "   pushed down, checked again: created during 2026-03-01 to 2026-04-01",
            "   filter here: amount gt 50 usd",
            "   sort by amount descending",
            "   stop at 3",
            "   search not used: the list is narrow already (created, customer)",
        ],
    ),
    (
        "a lookup by search, and what is asked where that fails",
        intent("invoices.list", ("customer.email", "eq", JENNY), limit=5),
        [
            "0. invoices.list: 2 or more requests",
            "   call invoices.list(): 1 request for each customer and every 100 objects",
            "     customer: each one of what this finds:",
            f'       call customers.search(query=email:"{JENNY}"): {EVERY}',
            "         if that finds nothing:",
            f"           call customers.list(email={JENNY}): {EVERY}",
            "         if Stripe does not offer it:",
            f"           call customers.list(): {EVERY}",
            f"       pushed down, checked again: email eq {JENNY}",
            "       search used: a list cannot filter email; search can, up to a minute late",
            "   stop at 5",
            "   because the customers meant are found first",
            "   search not used: the list is enough",
        ],
    ),
    (
        "objects that are too deep to expand, and groups",
        intent("subscriptions.aggregate", aggregate={"function": "count", "group_by": ["product.name"],
                                                     "having": {"op": "gt", "value": 3}}, limit=2),
        [
            "0. subscriptions.aggregate: 1 or more requests",
            f"   call subscriptions.list(): {EVERY}",
            "   look up each product at items.data.price.product: 1 request for every 100 of them",
            "   search not used: nothing is filtered",
            "   compute count by product.name where it is gt 3",
            "   keep the first 2",
        ],
    ),
    (
        "customers that come along",
        intent("customers.list", ("subscriptions.status", "eq", "past_due")),
        [
            "0. customers.list: 1 or more requests",
            "   take the objects that stand expanded at customer in what this finds:",
            f"     call subscriptions.list(status=past_due, expand[]=data.customer): {EVERY}",
            "     pushed down, checked again: status eq past_due",
            "     search not used: the list is enough",
            "   because customers come along with their subscriptions, expanded",
            "   search not used: their subscriptions bring all that is needed",
        ],
    ),
    (
        "customers without any",
        intent("customers.list", ("email", "eq", JENNY), ("subscriptions", "exists", False)),
        [
            "0. customers.list: 2 or more requests",
            f'   call customers.search(query=email:"{JENNY}"): {EVERY}',
            "     if that finds nothing:",
            f"       call customers.list(email={JENNY}): {EVERY}",
            "     if Stripe does not offer it:",
            f"       call customers.list(): {EVERY}",
            f"   pushed down, checked again: email eq {JENNY}",
            "   filter here: id not in what this finds at customer, asked for each customer where these are few:",
            f"     call subscriptions.list(): {EVERY}",
            "     search not used: nothing is filtered",
            "   search used: a list cannot filter email; search can, up to a minute late",
        ],
    ),
    (
        "one object",
        intent("charges.get", ("id", "eq", "ch_1")),
        [
            "0. charges.get: 1 request",
            "   call charges.retrieve(): 1 request for each id",
            "     id: each of ch_1",
            "   pushed down, checked again: id eq ch_1",
            "   search not used: objects are asked for by their IDs",
        ],
    ),
    (
        "a figure of a period",
        intent("metrics.get", ("period", "during", MARCH), params={"name": "refund_rate"}),
        [
            "0. metrics.get: 1 or more requests",
            f"   call charges.list(created[gte]=1772323200, created[lt]=1775001600): {EVERY}",
            "   pushed down, checked again: created during 2026-03-01 to 2026-04-01",
            "   search not used: the list is enough",
            "   compute refund_rate over 2026-03-01 to 2026-04-01",
        ],
    ),
    ("the balance", intent("balance.get"), [
        "0. balance.get: 1 request", "   call balance.retrieve(): 1 request", "   search not used: there is only one",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "lines"), [each[1:] for each in SAID], ids=[each[0] for each in SAID])
def test_what_a_plan_says(asked: Intent, lines: list[str], grammar: Grammar) -> None:
    assert made(grammar, asked).describe() == lines


NAMED = intent("customers.list", ("name", "contains", "jenny"))


@pytest.mark.parametrize(
    ("asked", "options", "why"),
    [
        (NAMED, Options(), "used: a list cannot filter name; search can, up to a minute late"),
        (NAMED, Options(search=False), "not used: it is turned off"),
        (NAMED, Options(written=frozenset({"customers"})), "not used: customers were just written to, and search lags"),
        (
            intent("customers.list", ("name", "contains", "Zoë")),
            Options(),
            "not used: it cannot be asked for name so that nothing is missed",
        ),
        (
            intent("charges.list", ("status", "eq", "failed")),
            Options(),
            "not used: status would leave too many objects to be worth its lag",
        ),
        (intent("subscriptions.list", ("status", "eq", "active")), Options(), "not used: the list is enough"),
        (
            intent("charges.list", ("card.last4", "eq", "4242"), ("created", "during", MARCH)),
            Options(),
            "not used: the list is narrow already (created)",
        ),
    ],
)
def test_why_search_is_asked_or_not(asked: Intent, options: Options, why: str, grammar: Grammar) -> None:
    selection = made(grammar, asked, options=options).steps[0].selection
    assert selection is not None
    assert selection.search == why
    assert any(fetch.call.endswith(".search") for fetch in selection.fetches) is why.startswith("used")


def selections(selection: Selection) -> Iterator[Selection]:
    yield selection
    inner = [within.selection for within in selection.withins]
    inner += [fetch.each.selection for fetch in selection.fetches if fetch.each and fetch.each.selection]
    for each in inner:
        yield from selections(each)


def test_every_selection_of_any_plan_says_why(grammar: Grammar) -> None:
    """Random frames over all resources: each search line agrees with the calls, each filter and join is told."""
    with Sandbox(now=NOW) as sandbox:
        world = World(sandbox.dump())
    for number in range(300):
        asked = Frames(grammar, world, random.Random(number)).intent()
        planned = made(grammar, asked)
        text = "\n".join(planned.describe())
        for step in planned.steps:
            assert step.selection is not None
            for each in selections(step.selection):
                searches = any(fetch.call.endswith(".search") for fetch in each.fetches)
                assert each.search.startswith("used: " if searches else "not used: "), text
                assert all(f": {check.place.name} {check.op} " in text for check in each.checks)
                joined = [join for join in each.joins if join.expand and not each.fetches[0].each]
                assert not joined or "expand[]=" in text


def test_an_estimate_knows_that_status_all_filters_nothing(grammar: Grammar) -> None:
    """Canceled ones are listed with status=all, which leaves more than the limit to filter here."""
    asked = intent("subscriptions.list", ("status", "ne", "active"), limit=3)
    assert made(grammar, asked).steps[0].requests == (1, None)
