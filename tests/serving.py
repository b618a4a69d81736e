"""Fixtures of a sandbox over HTTP: one server for a module, its data as at the start for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flarite_nl.sandbox import Sandbox, Server, serve
from tests.conftest import NOW


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Sandbox, Server]]:
    with Sandbox(now=NOW) as made, serve(made) as running:
        yield made, running


@pytest.fixture
def sandbox(served: tuple[Sandbox, Server]) -> Sandbox:
    """As it was at the start, whatever the test before did."""
    served[0].reset()
    return served[0]


@pytest.fixture
def server(served: tuple[Sandbox, Server], sandbox: Sandbox) -> Server:
    return served[1]
