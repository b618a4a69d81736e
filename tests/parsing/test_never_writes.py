"""What is no order is never a write: orders inside questions, negations, quotes, conditions, and their mixtures."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from flarite_nl.parsing.parser import Parser
from tests.conftest import NOW
from tests.parsing.corpus import corpus
from tests.parsing.phrases import Phrase, chosen, operations, phrases

WRAPPINGS: Mapping[str, list[str]] = yaml.safe_load(
    Path(__file__).with_name("wrappings.yaml").read_text(encoding="utf-8")
)
LINES = [(family, line) for family, lines in WRAPPINGS.items() for line in lines]
WHOLE = [(family, line) for family, line in LINES if "{order}" in line]
COURTESY = ["", "hi, ", "please ", "ok so ", "hey there, ", "thanks. ", "quick question: ", "urgent! "]
ENDINGS = ["", ".", "!", " please", ", thanks", " asap", " 🙏", " Kind regards, Jane"]


@cache
def parser() -> Parser:
    return Parser()


def writes(text: str, *context: str) -> bool:
    return parser().parse(text, NOW, context).writes


def wrapped(line: str, phrase: Phrase, other: Phrase) -> str:
    return line.replace("{order}", phrase.text).replace("{other}", other.text).replace("{object}", phrase.object)


def _but_ids(case: Callable[[str], str]) -> Callable[[str], str]:
    """The words in another case, the IDs as they are."""
    return lambda text: re.sub(r"\S+", lambda found: found[0] if "_" in found[0] else case(found[0]), text)


CASES: Sequence[Callable[[str], str]] = [
    str,
    str.upper,
    str.title,
    _but_ids(str.upper),
    _but_ids(str.title),
    lambda text: text[:1].upper() + text[1:],
]


def report(texts: Sequence[str]) -> str:
    return f"{len(texts)} became writes:\n" + "\n".join(texts)


def test_there_is_an_order_of_every_operation() -> None:
    """Without it the laws below would hold for want of a write."""
    assert {phrase.name for phrase in chosen()} == {f"{one.name}.{operation.name}" for one, operation in operations()}


@pytest.mark.parametrize("name", sorted({phrase.name for phrase in chosen()}))
def test_an_order_of_each_operation_does_write_with_courtesy_around_it(name: str) -> None:
    phrase = next(each for each in chosen() if each.name == name)
    assert writes(f"please {phrase.text}, thanks")


@pytest.mark.parametrize("family", WRAPPINGS)
def test_wrapped_orders_never_write(family: str) -> None:
    """Every wrapping around an order of every operation."""
    orders = chosen()
    texts = [
        wrapped(line, phrase, orders[(number * 7 + 3) % len(orders)])
        for line in WRAPPINGS[family]
        for number, phrase in enumerate(orders[::2])
    ]
    false = [text for text in texts if writes(text)]
    assert not false, report(false)


@pytest.mark.parametrize("family", WRAPPINGS)
def test_nor_with_courtesy_around_the_wrapping(family: str) -> None:
    orders = chosen()
    texts = [
        COURTESY[number % len(COURTESY)]
        + wrapped(line, orders[number % len(orders)], orders[-1])
        + ENDINGS[(number // 3) % len(ENDINGS)]
        for number, line in enumerate(WRAPPINGS[family] * 3)
    ]
    false = [text for text in texts if writes(text)]
    assert not false, report(false)


@settings(max_examples=250, deadline=None, derandomize=True)
@given(
    st.sampled_from(LINES),
    st.sampled_from(phrases()),
    st.sampled_from(phrases()),
    st.sampled_from(COURTESY),
    st.sampled_from(ENDINGS),
    st.sampled_from(CASES),
)
def test_any_verb_in_any_wrapping(
    line: tuple[str, str], phrase: Phrase, other: Phrase, before: str, after: str, case: Callable[[str], str]
) -> None:
    assert not writes(before + case(wrapped(line[1], phrase, other)) + after)


@settings(max_examples=250, deadline=None, derandomize=True)
@given(st.sampled_from(WHOLE), st.sampled_from(WHOLE), st.sampled_from(phrases()), st.sampled_from(chosen()))
def test_a_wrapping_in_a_wrapping(
    outer: tuple[str, str], inner: tuple[str, str], phrase: Phrase, other: Phrase
) -> None:
    nested = outer[1].replace("{order}", wrapped(inner[1], phrase, other)).replace("{other}", other.text)
    if outer[0] == "negation" and inner[0] == "negation":
        return  # two negations may well be an order
    assert not writes(nested)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.sampled_from(["list charges", "show cus_A1b2C3", "refund ch_A1b2C3", "subscriptions of cus_A1b2C3"]),
    st.sampled_from(LINES),
    st.sampled_from(chosen()),
    st.sampled_from(["refund it", "cancel them", "void the second one", "delete it"]),
)
def test_nor_in_a_conversation(turn: str, line: tuple[str, str], phrase: Phrase, pronoun: str) -> None:
    order = Phrase(pronoun, phrase.name, phrase.verb, "it")
    assert not writes(wrapped(line[1], order, phrase), turn)


def test_no_line_of_the_corpus_that_is_not_a_write_is_one() -> None:
    rows = [row for row in corpus() if "not_a_write" in row["tags"]]
    assert rows, "the corpus has lost its lines that are not writes"
    false = [row["text"] for row in rows if writes(row["text"], *row.get("context", ()))]
    assert not false, report(false)
