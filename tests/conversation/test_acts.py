"""What is said about the answer before, and that nothing else is taken for it."""

from __future__ import annotations

import pytest

from flarite_nl.conversation.acts import Act, Acts
from flarite_nl.grammar.loader import load
from flarite_nl.parsing.parser import Parser
from tests.conftest import NOW


@pytest.fixture(scope="module")
def acts() -> Acts:
    return Acts(load().conversation)


SAID = {
    "next page": Act("next_page"),
    "Show me the next page, please": Act("next_page"),
    "and more?": Act("next_page"),
    "show the rest": Act("next_page"),
    "previous page": Act("previous_page"),
    "back to the start": Act("first_page"),
    "show it as a chart": Act("chart"),
    "can you plot that": Act("chart"),
    "chart it": Act("chart"),
    "draw them as a bar chart": Act("chart"),
    "put it in a chart as june.svg": Act("chart", file="june.svg"),
    "export that to csv": Act("export", "csv"),
    "Export them all as JSON lines!": Act("export", "ndjson"),
    "save it as june.csv": Act("export", file="june.csv"),
    "save it as csv to 'My June.csv'": Act("export", "csv", "My June.csv"),
    "download the table as a tsv file": Act("export", "tsv"),
    "write that to reports/Q1.md now": Act("export", file="reports/Q1.md"),
    "undo that": Act("undo"),
}


@pytest.mark.parametrize("text", SAID)
def test_what_is_said_about_an_answer(acts: Acts, text: str) -> None:
    assert acts.read(text) == SAID[text]


@pytest.mark.parametrize("text", SAID)
@pytest.mark.parametrize("context", [(), ("list payments from cus_ABC123",), ("how many payments by status",)])
def test_the_parser_understands_none_of_it(text: str, context: tuple[str, ...]) -> None:
    assert Parser(tz="UTC").parse(text, NOW, context).status != "ok"


@pytest.mark.parametrize(
    "text",
    [
        "list invoices",
        "refund it",
        "refund the next one",
        "show me the second one",
        "next payout",
        "show more than 5 payments",
        "write them off as uncollectible",
        "write it as uncollectible",
        "save the customer",
        "export failed payments to csv and refund them",
        "show it as a chart and refund it",
        "do not export that to csv",
        "x" * 4000,
    ],
)
def test_what_is_not_about_an_answer(acts: Acts, text: str) -> None:
    assert acts.read(text) is None


def test_no_example_of_the_grammar_is_taken_for_it(acts: Acts) -> None:
    grammar = load()
    texts = [example.text for resource in grammar.resources.values() for example in resource.examples]
    assert len(texts) > 500
    assert [text for text in texts if acts.read(text)] == []
