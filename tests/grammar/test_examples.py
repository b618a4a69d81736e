"""Every example of the grammar is a test: what people say, and what it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from flarite_nl.grammar.loader import load
from flarite_nl.grammar.schema import Example
from flarite_nl.model.parse import OPS
from flarite_nl.parsing.check_examples import every_example, problem_of
from flarite_nl.parsing.parser import Parser

GRAMMAR = load()
EXAMPLES = list(every_example(GRAMMAR))
BIG = ("customers", "charges", "refunds", "subscriptions", "invoices", "prices", "disputes", "coupons", "payouts")


def name(example: Example) -> str:
    return f"{example.place.file}:{example.place.line}" if example.place else example.text


@pytest.fixture(scope="session")
def parser() -> Parser:
    return Parser(tz="UTC")


@pytest.mark.parametrize(("example", "refused"), EXAMPLES, ids=[name(each) for each, _ in EXAMPLES])
def test_it_means_what_it_must(example: Example, refused: bool, parser: Parser) -> None:
    problem = problem_of(example, refused, parser)
    assert problem is None, str(problem)


def test_there_are_enough_of_them() -> None:
    assert len(EXAMPLES) >= 400
    few = {each: len(GRAMMAR.resources[each].examples) for each in BIG if len(GRAMMAR.resources[each].examples) < 20}
    assert few == {}


def test_no_prompt_stands_there_twice() -> None:
    said = [(each.text.lower(), each.context) for each, _ in EXAMPLES]
    assert len(said) == len(set(said))


def test_every_operation_has_an_example() -> None:
    said = {(intent["resource"], intent["action"]) for intent in intents()}
    there = {(each.name, name) for each in GRAMMAR.resources.values() for name in each.operations if name != "search"}
    assert there - said == set()


def fields_of(intent: Mapping[str, Any]) -> Iterator[str]:
    """Every field that an intent names, ``metadata`` for any of its keys."""
    aggregate, sort = intent.get("aggregate") or {}, intent.get("sort") or {}
    named = [each["field"] for each in intent.get("filters") or ()]
    named += [*(intent.get("fields") or ()), *aggregate.get("group_by", ())]
    named += [each["field"] for each in (aggregate, sort) if each.get("field")]
    for each in named:
        plain = each.partition(":")[0]
        yield "metadata" if plain.startswith("metadata.") else plain


def intents() -> Iterator[Mapping[str, Any]]:
    for example, _ in EXAMPLES:
        yield from example.expect.get("intents") or ()


def test_every_field_is_asked_for_in_an_example() -> None:
    said = {(intent["resource"], field) for intent in intents() for field in fields_of(intent)}
    there = {
        (each.name, field)
        for each in GRAMMAR.resources.values()
        for field in each.fields
        if each.name not in {"account", "balance"}  # there is one of each: nobody asks which
    }
    assert there - said == set()


def test_every_param_is_written_in_an_example() -> None:
    def group(name: str) -> str:
        return name.partition(".")[0] if name.startswith(("metadata.", "address.")) else name

    said = {
        (intent["resource"], intent["action"], group(name)) for intent in intents() for name in intent.get("params", ())
    }
    there = {
        (each.name, operation.name, group(name))
        for each in GRAMMAR.resources.values()
        for operation in each.operations.values()
        for name in operation.params
    }
    assert there - said == set()


def test_every_op_is_used_in_an_example() -> None:
    said = {each["op"] for intent in intents() for each in intent.get("filters") or ()}
    assert said == set(OPS)
