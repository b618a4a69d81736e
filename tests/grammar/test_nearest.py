"""What is suggested where a prompt was not understood: prompts that work, about what was spoken of."""

from __future__ import annotations

from datetime import datetime

import pytest

from flarite_nl.parsing.parser import Parser


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(tz="UTC")


@pytest.mark.parametrize(
    ("text", "resource"),
    [
        ("payments by starsign", "charges"),
        ("create a 120% off coupon", "coupons"),
        ("water in_1 twice", "invoices"),
        ("who are our laziest customers", "customers"),
    ],
)
def test_suggestions_are_about_the_same_and_work(text: str, resource: str, parser: Parser, now: datetime) -> None:
    parse = parser.parse(text, now)
    assert parse.status != "ok"
    suggested = parser.suggested(parse)
    assert 1 <= len(suggested.suggestions) <= 3
    for prompt in suggested.suggestions:
        again = parser.parse(prompt, now)
        assert again.status == "ok"
        assert resource in {intent.resource for intent in again.intents}
    assert parser.suggested(suggested) == suggested


@pytest.mark.parametrize("text", ["what's the weather in Paris", "list invoices"])
def test_nothing_is_suggested_for_what_is_understood_or_not_about_stripe(
    text: str, parser: Parser, now: datetime
) -> None:
    parse = parser.parse(text, now)
    assert parser.suggested(parse) == parse
