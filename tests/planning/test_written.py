"""Search is never asked for what was just written, nor for what a write changes besides."""

from __future__ import annotations

import pytest

from flarite_nl.grammar.loader import load
from flarite_nl.planning.planner import plan
from flarite_nl.planning.select import Options
from flarite_nl.planning.written import BESIDES, changed
from tests.conftest import NOW
from tests.engine.prompts import intent, parse

GRAMMAR = load()


def test_a_write_changes_its_resource_and_others() -> None:
    assert changed([]) == frozenset()
    assert changed(["invoices"]) >= {"invoices", "charges", "payment_intents", "subscriptions"}
    assert changed(["disputes"]) == {"disputes"}


def test_the_resources_are_those_of_the_grammar() -> None:
    assert set(BESIDES).union(*BESIDES.values()) <= set(GRAMMAR.resources)


SEARCHED = {
    "charges": ("card.last4", "eq", "4242"),
    "customers": ("name", "contains", "jenny"),
    "invoices": ("number", "eq", "A-1"),
    "payment_intents": ("metadata.order", "eq", "A-1"),
    "products": ("name", "contains", "gold"),
    "subscriptions": ("metadata.order", "eq", "A-1"),
}
"""What a list cannot filter, and a search can."""


@pytest.mark.parametrize("written", sorted({*BESIDES, "customers", "disputes"}))
def test_no_search_of_what_a_write_changes(written: str) -> None:
    options = Options(written=changed([written]))
    for resource in sorted(set(SEARCHED) & changed([written])):
        asked = parse(intent(f"{resource}.list", SEARCHED[resource]))
        usual, after = (plan(asked, GRAMMAR, now=NOW, options=each).steps[0].selection for each in (None, options))
        assert usual is not None
        assert after is not None
        assert usual.fetches[0].call == f"{resource}.search"
        assert [fetch.call for fetch in after.fetches] == [f"{resource}.list"]
        assert "just written" in after.search


def test_within_one_prompt_too() -> None:
    steps = plan(
        parse(
            intent("invoices.pay", ("id", "eq", "in_1")),
            intent("charges.list", ("card.last4", "eq", "4242")),
        ),
        GRAMMAR,
        now=NOW,
    ).steps
    assert steps[1].selection is not None
    assert [fetch.call for fetch in steps[1].selection.fetches] == ["charges.list"]
