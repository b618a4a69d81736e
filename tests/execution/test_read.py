"""What a reader says of an answer besides its rows."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest

from flarite_nl.engine import Engine
from flarite_nl.execution.gateway import Gateway
from flarite_nl.execution.pages import Trouble
from flarite_nl.execution.read import Reader
from flarite_nl.model.parse import Intent
from flarite_nl.sandbox import Sandbox
from tests.conftest import NOW
from tests.engine.prompts import intent, parse


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(now=NOW) as made:
        yield made


def trouble_of(sandbox: Sandbox, asked: Intent) -> Trouble:
    selection = Engine(now=NOW).plan(parse(asked)).steps[0].selection
    assert selection is not None
    reader = Reader(Gateway(None, wsgi=sandbox.wsgi), ZoneInfo("UTC"), lambda ref, resource: ((), {}))
    assert list(reader.rows(selection))
    return reader.trouble


@pytest.mark.parametrize("rest", [{"limit": 1}, {"limit": 20}, {}])
def test_the_largest_of_several_currencies_is_noted(rest: dict[str, int], sandbox: Sandbox) -> None:
    trouble = trouble_of(sandbox, intent("charges.list", sort="amount desc", **rest))
    assert len(trouble.notes) == 1
    assert "EUR" in trouble.notes[0]
    assert "USD" in trouble.notes[0]
    assert trouble.problems == []


def test_the_largest_of_one_currency_needs_no_note(sandbox: Sandbox) -> None:
    one = intent("charges.list", ("currency", "eq", "usd"), sort="amount desc", limit=1)
    assert trouble_of(sandbox, one).notes == []


def test_the_newest_of_several_currencies_needs_no_note(sandbox: Sandbox) -> None:
    assert trouble_of(sandbox, intent("charges.list", limit=20)).notes == []
