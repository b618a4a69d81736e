"""Every example of the grammar is a test: what people say, and what it means."""

from __future__ import annotations

import pytest

from flarite_nl.grammar.loader import load
from flarite_nl.grammar.schema import Example
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
    said = {
        (intent["resource"], intent["action"])
        for example, _ in EXAMPLES
        for intent in example.expect.get("intents") or ()
        if example.expect.get("status") == "ok"
    }
    there = {(each.name, name) for each in GRAMMAR.resources.values() for name in each.operations if name != "search"}
    assert there - said == set()


def test_every_field_is_asked_for_in_an_example() -> None:
    said: set[tuple[str, str]] = set()
    for example, _ in EXAMPLES:
        for intent in example.expect.get("intents") or ():
            aggregate = intent.get("aggregate") or {}
            names = [
                *(each["field"] for each in intent.get("filters") or ()),
                *([intent["sort"]["field"]] if intent.get("sort") else []),
                *(intent.get("fields") or ()),
                *([aggregate["field"]] if aggregate.get("field") else []),
                *(each.partition(":")[0] for each in aggregate.get("group_by") or ()),
            ]
            said |= {(intent["resource"], each) for each in names}
            said |= {(intent["resource"], "metadata") for each in names if each.startswith("metadata.")}
    there = {(each.name, field) for each in GRAMMAR.resources.values() for field in each.fields}
    assert there - said == set()
