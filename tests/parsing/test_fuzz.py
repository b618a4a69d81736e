"""The short run of the fuzz target: its seeds and some mutations of them, without atheris."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flarite_nl.model.parse import Parse, Span
from flarite_nl.parsing.parser import Parser
from fuzz import parse_fuzz
from tests.conftest import NOW
from tests.parsing.invariants import check


def test_the_seeds_and_their_mutations_hold() -> None:
    assert parse_fuzz.plain(600) == len(parse_fuzz.SEEDS) + 600


def test_the_mutations_are_the_same_each_time_and_differ() -> None:
    first = list(parse_fuzz.mutations(300))
    assert first == list(parse_fuzz.mutations(300))
    assert len(set(first)) > 250


def test_both_ways_of_writing_a_prompt_are_drawn() -> None:
    drawn = list(parse_fuzz.mutations(600))
    assert {data[0] % 2 for data in drawn if data} == {0, 1}
    assert "refund" in parse_fuzz.prompt(bytes([1, parse_fuzz.WORDS.index("refund")]))


def test_some_of_them_reach_the_grammar() -> None:
    """A run in which everything is refused at the door would prove little."""
    parses = [Parser().parse(parse_fuzz.prompt(data), NOW) for data in parse_fuzz.mutations(400)]
    assert {parse.status for parse in parses} == {"ok", "clarify", "rejected"}
    assert any(parse.writes for parse in parses)


GOOD = Parser().parse("refund ch_1 frobnicated", NOW)


@pytest.mark.parametrize(
    "broken",
    [
        replace(GOOD, text="something else"),
        replace(GOOD, status="ok"),
        replace(GOOD, status="clarify", reason=None),
        replace(GOOD, reason=None),
        replace(GOOD, unrecognized=(Span(0, 6, "refunds"),)),
        replace(GOOD, unrecognized=(Span(0, 999, "refund ch_1 frobnicated"),)),
        replace(GOOD, unrecognized=(Span(3, 3, ""),)),
        replace(GOOD, corrections=((Span(0, 6, "refund"), "refund"),)),
    ],
)
def test_a_broken_parse_is_noticed(broken: Parse) -> None:
    check(GOOD, GOOD.text)
    with pytest.raises(AssertionError):
        check(broken, GOOD.text)
