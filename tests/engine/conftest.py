"""A fresh account in this process for each test, and an engine on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from flarite_nl.engine import Engine
from flarite_nl.execution.retry import Retry
from flarite_nl.grammar.loader import load
from flarite_nl.grammar.schema import Grammar
from flarite_nl.sandbox import Sandbox
from tests.conftest import NOW

QUICK = Retry(attempts=4, first=3, base=0.001, longest=0.002)

Making = Callable[..., Engine]


@pytest.fixture(scope="session")
def grammar() -> Grammar:
    return load()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(now=NOW) as made:
        yield made


@pytest.fixture
def engine_on(grammar: Grammar) -> Making:
    def make(sandbox: Sandbox, **options: Any) -> Engine:
        return Engine(**{"now": NOW, "wsgi": sandbox.wsgi, "grammar": grammar, "retry": QUICK, **options})

    return make


@pytest.fixture
def engine(sandbox: Sandbox, engine_on: Making) -> Engine:
    return engine_on(sandbox)
