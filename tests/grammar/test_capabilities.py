"""What can be said, told from the grammar: complete, and in prompts that work."""

from __future__ import annotations

import pytest

from flarite_nl.errors import InputError
from flarite_nl.grammar.capabilities import Capabilities, capabilities
from flarite_nl.grammar.loader import load
from flarite_nl.parsing.check_examples import NOW
from flarite_nl.parsing.parser import Parser
from flarite_nl.rendering.capabilities import detail, overview

GRAMMAR = load()
ALL = capabilities(GRAMMAR)


def one(name: str) -> Capabilities:
    (found,) = capabilities(GRAMMAR, [name])
    return found


def test_every_resource_is_there_once() -> None:
    assert [each.resource for each in ALL] == list(GRAMMAR.resources)
    assert [each.resource for each in capabilities(GRAMMAR, ["refunds", "refund", "refunds"])] == ["refunds"]


@pytest.mark.parametrize("each", ALL, ids=[each.resource for each in ALL])
def test_every_field_and_write_is_told(each: Capabilities) -> None:
    resource = GRAMMAR.resources[each.resource]
    assert [field.field for field in each.fields] == list(resource.fields)
    assert {write.name for write in each.writes} == {
        name for name, operation in resource.operations.items() if operation.risk != "read"
    }
    assert all(write.verbs for write in each.writes)


@pytest.mark.parametrize("each", ALL, ids=[each.resource for each in ALL])
def test_its_prompts_work_as_they_stand(each: Capabilities) -> None:
    parser = Parser(tz="UTC")
    said = [parser.parse(text, now=NOW) for text in (*each.reads[:8], *each.orders[:8])]
    assert said
    assert [parse.text for parse in said if parse.status != "ok"] == []
    assert all(parse.writes for parse in said[len(each.reads[:8]) :])
    assert bool(each.orders) == bool(each.writes)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("invoices", "invoices"),
        ("payment_links", "payment_links"),
        ("payment-links", "payment_links"),
        ("Promo codes", "promotion_codes"),
        ("payments", "charges"),
        ("chargeback", "disputes"),
    ],
)
def test_a_resource_is_found_by_its_words(said: str, name: str) -> None:
    assert one(said).resource == name


def test_an_unknown_one_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match="There is no resource 'unicorns'; there are account, balance"):
        capabilities(GRAMMAR, ["unicorns"])


def test_what_is_needed_is_marked() -> None:
    create = next(write for write in one("subscriptions").writes if write.name == "create")
    assert "customer*" in create.params
    assert "quantity" in create.params


def test_the_overview_is_short_and_the_detail_long() -> None:
    short = overview(ALL)
    assert short.count("\n\n") == len(ALL) - 1
    assert all(len(line) <= 120 for line in short.splitlines())
    long = detail(one("disputes"))
    assert len(long) > len(overview([one("disputes")]))
    assert "evidence_details.due_by (time)" in long
    assert "needs_response" in long
    assert "close (irreversible" in long


def test_as_json_it_says_the_same() -> None:
    told = one("refunds").to_dict()
    assert set(told) == {"resource", "nouns", "fields", "meanings", "writes", "examples"}
    assert told["resource"] == "refunds"
    assert {"field": "charge", "type": "reference"}.items() <= next(
        each for each in told["fields"] if each["field"] == "charge"
    ).items()
    assert told["examples"] == [*one("refunds").reads, *one("refunds").orders]
