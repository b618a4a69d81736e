"""Of English that is about something else, fewer than one sentence in a thousand runs, and none writes."""

from __future__ import annotations

from functools import cache

import pytest

from flarite_nl.model.parse import Parse
from flarite_nl.parsing.parser import Parser
from tests.conftest import NOW
from tests.parsing.unrelated import sentences, skeletons


@cache
def parses() -> list[Parse]:
    parser = Parser()
    return [parser.parse(each.text, NOW) for each in sentences()]


def test_there_are_enough_of_them() -> None:
    assert len({skeleton for _, skeleton in skeletons()}) >= 800
    assert len({each.text.casefold().rstrip(".") for each in sentences()}) >= 5000


def test_every_slot_is_filled_and_every_domain_speaks() -> None:
    assert not [each.text for each in sentences() if "{" in each.text]
    assert {each.domain for each in sentences()} == {domain for domain, _ in skeletons()}


def test_they_are_the_same_each_time() -> None:
    assert sentences() == sentences()


@pytest.mark.parametrize("trap", ["can I get a refund?", "cancel my flight", "open the window", "show me the way"])
def test_the_known_traps_are_among_them(trap: str) -> None:
    assert trap.casefold() in {each.text.casefold().rstrip(".") for each in sentences()}


def test_none_writes() -> None:
    assert [each.text for each in parses() if each.writes] == []


def test_fewer_than_one_in_a_thousand_runs(capsys: pytest.CaptureFixture[str]) -> None:
    ran = [each for each in parses() if each.status == "ok"]
    with capsys.disabled():
        print(f"\nunrelated English: {len(ran)} of {len(parses())} ran ({len(ran) / len(parses()):.4%})")
    names = [f"{each.text} -> {', '.join(intent.name for intent in each.intents)}" for each in ran]
    assert len(ran) * 1000 < len(parses()), "\n" + "\n".join(names)
