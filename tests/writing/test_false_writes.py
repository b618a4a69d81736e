"""What is no order reaches no plan that writes: questions, negations, quotes, conditions and reports, mixed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from flarite_nl.engine import Engine
from flarite_nl.errors import PlanError
from flarite_nl.parsing.parser import Parser
from tests.conftest import NOW
from tests.parsing.phrases import Phrase, chosen, phrases

FAMILIES: Mapping[str, list[str]] = yaml.safe_load(Path(__file__).with_name("no_orders.yaml").read_text("utf-8"))
LINES = [line for lines in FAMILIES.values() for line in lines]


@cache
def parser() -> Parser:
    return Parser()


@cache
def engine() -> Engine:
    """It needs neither key nor network to plan."""
    return Engine(now=NOW)


def plans_a_write(text: str) -> bool:
    """Whether carrying the prompt out would write anything, had somebody said yes."""
    parse = parser().parse(text, NOW)
    if parse.status != "ok":
        with pytest.raises(PlanError):
            engine().plan(parse)
        return False
    try:
        return engine().plan(parse).writes
    except PlanError:
        return False


def mixed(line: str, order: Phrase, other: Phrase) -> str:
    return line.replace("{order}", order.text).replace("{other}", other.text)


def test_the_orders_themselves_do_write() -> None:
    """Without it the laws below would hold for want of a write; they are of every action."""
    silent = [phrase.text for phrase in chosen() if not plans_a_write(phrase.text)]
    assert not silent


@pytest.mark.parametrize("family", FAMILIES)
def test_no_write_is_planned(family: str) -> None:
    orders = chosen()
    texts = [
        mixed(line, orders[(number * 5 + step * 11) % len(orders)], orders[(number + step) % len(orders)])
        for number, line in enumerate(FAMILIES[family])
        for step in range(6)
    ]
    false = [text for text in texts if plans_a_write(text)]
    assert not false, "\n".join(false)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.sampled_from(LINES), st.sampled_from(phrases()), st.sampled_from(chosen()))
def test_whatever_the_order(line: str, order: Phrase, other: Phrase) -> None:
    assert not plans_a_write(mixed(line, order, other))
