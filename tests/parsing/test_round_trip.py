"""What is said back is read as the same frame again, whatever the frame (``grammar/describe.py``).

The short run is the same each time. A long one: ``FLARITE_ROUND_TRIPS=100000 pytest tests/parsing/test_round_trip.py``.
"""

from __future__ import annotations

import json
import os
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flarite_nl.grammar.describe import describe_parse
from flarite_nl.model.parse import Intent, Parse
from flarite_nl.parsing.exact import Exact
from flarite_nl.parsing.parser import Parser, shared_matcher
from flarite_nl.parsing.spans import Spans
from tests.conftest import NOW
from tests.parsing.anyframes import GRAMMAR, prompts

ROUND_TRIPS = int(os.environ.get("FLARITE_ROUND_TRIPS", "400"))
ZONES = ("UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Apia")
MATCHER = shared_matcher()
EXACT = Exact(MATCHER.lexicon)
PARSERS = {zone: Parser(zone) for zone in ZONES}

random_frames = settings(
    max_examples=ROUND_TRIPS, deadline=None, derandomize=ROUND_TRIPS <= 400, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


def meaning(intent: Intent) -> str:
    """A frame in the one form in which two of them compare: filters are a set, all else is exact."""
    form: dict[str, Any] = intent.to_dict()
    form["filters"] = sorted({dumped(each) for each in form.get("filters", ())})
    return dumped(form)


def dumped(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def said(*intents: Intent, zone: str = "UTC") -> str:
    return describe_parse(Parse("", "ok", intents), grammar=GRAMMAR, tz=zone)


@pytest.mark.timeout(max(120, ROUND_TRIPS // 5))
@random_frames
@given(prompts(), st.sampled_from(ZONES))
def test_any_frame_is_read_from_its_own_sentence(prompt: tuple[Intent | None, tuple[Intent, ...]], zone: str) -> None:
    previous, intents = prompt
    sentence = said(*intents, zone=zone)
    context = [said(previous, zone=zone)] if previous else []
    again = PARSERS[zone].parse(sentence, NOW, context)
    assert again.status == "ok", sentence
    assert list(map(meaning, again.intents)) == list(map(meaning, intents)), sentence


@settings(random_frames, max_examples=ROUND_TRIPS // 2)
@given(prompts(), st.data())
def test_no_word_of_a_sentence_is_passed_over(
    prompt: tuple[Intent | None, tuple[Intent, ...]], data: st.DataObject
) -> None:
    """A sentence with a word left out is none, or it means something else that says all the words that are left."""
    previous, intents = prompt
    words = [token.text for token in _spans(said(*intents)).tokens]
    words.pop(data.draw(st.integers(0, len(words) - 1)))
    left = " ".join(words)
    again = EXACT.read(_spans(left), previous)
    if again is not None and " & " not in left:
        assert _words(said(*again)) == _words(left)


def _spans(text: str) -> Spans:
    return Spans(text, MATCHER, NOW, ZoneInfo("UTC"))


def _words(text: str) -> list[str]:
    """All words in no order: those of lists are sorted."""
    return sorted(token.lower for token in _spans(text).tokens)


@pytest.mark.parametrize(
    "prompt",
    [
        "Refund the charges",
        "Refund the charges, limited to 1",
        "Cancel the subscriptions with cancellation at period end set to true",
        "Update the customer cus_1",
        "Create a new coupon",
        "Create a new coupon with duration set to once",
        "Create a new price with product set to prod_1",
        "Refund the charge ch_1 with percent set to 120%",
        "Refund the charge ch_1 with percent set to 0%",
        "Refund the charge ch_1 with amount set to 0 USD",
        "Refund the charge ch_1 with amount set to -5 USD",
        "Refund the charge ch_1 with reason set to boredom",
        "Refund the charge ch_1 with amount set to 5 USD and amount set to 6 USD",
        'Update the customer cus_1 with email set to "jo at acme"',
        "Create a new payment link with price set to price_1 and quantity set to 1.5",
        "Refund the charges whose id is among the results of the previous request",
        "Refund the charges whose id is among the results of request 1",
        "Refund the charges whose id is result 0 of the previous request",
        "Don't refund the charge ch_1",
        "Should we refund the charge ch_1",
        "Refund the charge ch_1 if the customer asks",
        "Refund the charge ch_1; then never refund the charge ch_2",
        'Refund the charge "ch_1',
    ],
)
def test_a_sentence_that_lacks_what_an_order_needs_is_none(prompt: str) -> None:
    assert EXACT.read(_spans(prompt), None) is None
    assert not Parser().parse(prompt, NOW).writes


@pytest.mark.parametrize(
    "prompt",
    [
        "Show the charge whose status is failed",
        "Show the charges whose id is ch_1",
        "Count charge",
        "Refund the charges ch_1",
        "Refund the charge whose status is succeeded",
        "Cancel the subscription cus_1",
        "Show the charge cus_1",
        "Show the charge",
        "List charges whose customer is the customer of result 1 of request 1",
        "List charges whose status is more than failed",
        "List charges whose amount contains 5",
        "List charges whose amount is at least true",
        "List charges whose creation date is 30 February 2026",
        "List charges whose creation date is from 18 March 2026 25:00 UTC on",
        "List metrics",
        "Count charges, keeping groups whose sum is more than 5",
        "List charges, grouped by status",
    ],
)
def test_what_no_frame_can_hold_is_no_sentence(prompt: str) -> None:
    assert EXACT.read(_spans(prompt), None) is None


@pytest.mark.parametrize("prompt", ["refund the CHARGE ch_1.", "  Refund   the charge ch_1"])
def test_case_blanks_and_a_full_stop_do_not_matter(prompt: str) -> None:
    assert [intent.to_dict() for intent in EXACT.read(_spans(prompt), None) or ()] == [
        {"resource": "charges", "action": "refund", "filters": [{"field": "id", "op": "eq", "value": "ch_1"}]}
    ]


def test_each_part_is_backed_by_the_words_that_say_it() -> None:
    prompt = "List charges whose status is failed, sorted by amount descending"
    (intent,) = Parser().parse(prompt, NOW).intents
    assert [(each.span.text, each.rule) for each in intent.evidence] == [
        ("List charges", "sentence charges.list"),
        ("whose status is failed", "sentence status"),
        (", sorted by amount descending", "sentence sort"),
    ]
