"""Whatever stands in a prompt: a value comes back, always the same one, and it points into the text."""

from __future__ import annotations

import random
import sys
import unicodedata
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flarite_nl.errors import InputError
from flarite_nl.parsing.parser import Parser
from flarite_nl.text import LIMIT
from tests.conftest import NOW
from tests.parsing.hard import HARD, hard
from tests.parsing.invariants import check, frame
from tests.parsing.phrases import phrases

FRAGMENTS = [
    *[
        "refund",
        "cancel",
        "list",
        "show me",
        "the last",
        "payments",
        "invoices of",
        "customers named",
        "between",
        "and",
    ],
    *["or", "not", "except", "over", "$50", "€1.2k", "50%", "-3", "1,000,000.00", "12/31/2025", "Feb 30", "2026-02-30"],
    *["last week", "next 7 days", "cus_A1b2C3", "ch_", "in-123", "jane@acme.com", "@acme.com", "[email protected]"],
    *['"', "'", "“", "”", "(", ")", "<", ">=", ":", ";", ",", ".", "...", "?", "!", "#", "\\", "{}", "%s", "=", "--"],
    *[
        "'s",
        "their",
        "it",
        "the second one",
        "by",
        "per",
        "group by",
        "how many",
        "sum of",
        "half of",
        "99999999999999999999",
    ],
]
SCARCE = [
    *["\u202e", "\u2066", "\u200f", "\u200b", "\ufeff", "\u00a0", "\u0000", "\u0007", "\u001b[31m", "\r\n", "\t", "\n"],
    *[
        "😀",
        "👩‍👩‍👧",
        "🇩🇪",
        "é",
        "e\u0301",
        "ß",
        "İ",
        "ﬃ",
        "½",
        "²",
        "٣٤",
        "１２３",
        "中文",
        "Ω",
        "\U000e0041",
        "\U0010ffff",
    ],
    *["\ud800", "\udfff", "ǅ", "ŉ", "𝟚𝟘", "＄５０", "﷽", "…", "—", "´", "`", "*", "•"],
]

words = st.sampled_from([*FRAGMENTS, *SCARCE])
prompts = st.one_of(
    st.text(st.characters(), max_size=200),
    st.lists(st.one_of(words, st.text(st.characters(), max_size=12)), max_size=30).map(" ".join),
    st.lists(words, max_size=40).map("".join),
    st.text("0123456789.,-$€%/: ", max_size=300),
    st.builds(
        lambda text, times: (text * times)[:LIMIT],
        st.text(st.characters(), min_size=1, max_size=20),
        st.integers(1, 60),
    ),
)


@cache
def parser() -> Parser:
    return Parser()


@settings(max_examples=800, deadline=None, derandomize=True)
@example("")
@example(" ")
@example("İ refund ch_1")
@example("refund \ud800ch_1")
@example("\u202erefund ch_1\u202c")
@example("1" * 1000)
@example("$" + "9" * 400)
@example("refund " + "9" * 300 + " dollars of ch_1")
@example("payments over 1e999999999")
@example("in 99999999999999999999 days")
@example("the last 99999999999999999999 payments")
@example("payments in the year 99999")
@example("next 999999999 weeks")
@example("0000-00-00")
@given(prompts)
def test_any_text_gives_a_value(text: str) -> None:
    check(parser().parse(text, NOW), text)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(prompts, st.lists(prompts, max_size=3))
def test_so_does_any_conversation(text: str, context: list[str]) -> None:
    check(parser().parse(text, NOW, context), text)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.sampled_from([each.text for each in phrases()]), st.sampled_from(SCARCE), st.integers(0, 60))
def test_a_scarce_character_in_an_order(order: str, scarce: str, at: int) -> None:
    text = order[:at] + scarce + order[at:]
    check(parser().parse(text, NOW), text)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(prompts, st.lists(prompts, max_size=4))
def test_a_parse_depends_on_nothing_before_it(text: str, others: list[str]) -> None:
    first = parser().parse(text, NOW)
    for other in others:
        parser().parse(other, NOW)
    assert parser().parse(text, NOW) == first
    assert frame(parser().parse(text, NOW)) == frame(first)


def test_nor_on_the_parser_that_reads_it() -> None:
    """A fresh parser after thousands of others reads as the first did."""
    texts = [each.text for each in phrases()[::20]]
    before = [frame(Parser().parse(text, NOW)) for text in texts]
    order = list(range(len(texts)))
    random.Random(7).shuffle(order)
    for at in order:
        assert frame(parser().parse(texts[at], NOW)) == before[at]


@pytest.mark.parametrize("length", [LIMIT - 1, LIMIT])
@pytest.mark.parametrize("text", ["refund ch_1 ", "x", "9", '"', "é ", "\u202e", "not "])
def test_the_longest_prompt_is_read(text: str, length: int) -> None:
    whole = (text * LIMIT)[:length]
    check(parser().parse(whole, NOW), whole)


@pytest.mark.parametrize("length", [LIMIT + 1, LIMIT * 10])
def test_a_longer_one_is_refused_with_the_limit_named(length: int) -> None:
    with pytest.raises(InputError, match="4,000"):
        parser().parse("x" * length, NOW)


@pytest.mark.parametrize("name", HARD)
def test_a_hard_prompt_gives_a_value(name: str) -> None:
    text = hard(name, 2000)
    assert 1900 <= len(text) <= 2000
    check(parser().parse(text, NOW), text)


class Calls:
    """How many Python functions a piece of work called: a count, the same on any machine."""

    def __init__(self) -> None:
        self.count = 0

    def _on(self, frame: object, event: str, arg: object) -> None:
        self.count += event == "call"

    def of(self, text: str) -> int:
        self.count = 0
        before = sys.getprofile()
        sys.setprofile(self._on)
        try:
            parser().parse(text, NOW)
        finally:
            sys.setprofile(before)
        return self.count


@pytest.mark.parametrize("name", HARD)
def test_work_grows_in_proportion_to_length(name: str) -> None:
    """Twice the text may cost little more than twice the calls; what grew with its square would cost four times."""
    calls = Calls()
    calls.of(hard(name, 1000))  # whatever is remembered between parses is remembered now
    once, twice = calls.of(hard(name, 1000)), calls.of(hard(name, 2000))
    assert twice < once * 2.8, f"{once:,} calls for 1,000 characters, {twice:,} for 2,000"


def test_every_kind_of_character_was_tried() -> None:
    """The scarce ones above are of all the kinds that normalising treats apart."""
    kinds = {unicodedata.category(char) for text in SCARCE for char in text}
    assert {"Cc", "Cf", "Cs", "Cn", "Zs", "Mn", "No", "Nd", "So", "Lo", "Lt", "Sk"} <= kinds
