"""What is offered while a prompt is typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from flarite_nl.conversation.offers import MOST, Offers
from flarite_nl.grammar.loader import load


@pytest.fixture(scope="module")
def offers() -> Offers:
    return Offers(load())


@pytest.mark.parametrize(
    ("text", "phrase", "what"),
    [
        ("list inv", "invoices", "noun"),
        ("list subscriptions tria", "trialing", "status of subscriptions"),
        ("disputes under rev", "under review", "status of disputes"),
        ("payments by card br", "card brand", "field of charges"),
        ("invoices due d", "due date", "field of invoices"),
    ],
)
def test_nouns_fields_and_statuses_are_offered(offers: Offers, text: str, phrase: str, what: str) -> None:
    found = {each.phrase: each for each in offers.after(text)}
    assert found[phrase].what == what
    kept = text[: len(text) - found[phrase].typed]
    assert (kept + phrase).startswith(text)


def test_what_fits_the_noun_that_was_said_comes_first(offers: Offers) -> None:
    assert offers.after("list subscriptions past")[0].what == "status of subscriptions"
    assert offers.after("list invoices past")[0].what.endswith("of invoices")


@pytest.mark.parametrize("text", ["", " ", "l", "list ", "list i", "zzzz"])
def test_little_or_nothing_typed_offers_nothing(offers: Offers, text: str) -> None:
    assert offers.after(text) == []


def test_there_are_never_many(offers: Offers) -> None:
    assert len(offers.after("list ca")) <= MOST


def test_saved_phrases_are_offered_at_the_start(tmp_path: Path) -> None:
    own = tmp_path / "mine.yaml"
    own.write_text("saved: {morning numbers: how much did we make yesterday}\n")
    offers = Offers(load([own]))
    assert [each.phrase for each in offers.after("morn")] == ["morning numbers"]
    assert offers.after("list morn") == []
