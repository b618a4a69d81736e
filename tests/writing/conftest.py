"""A sandbox over HTTP, and processes that write to it and can be killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flarite_nl.engine import Engine
from flarite_nl.execution.retry import Retry
from flarite_nl.grammar.loader import load
from flarite_nl.grammar.schema import Grammar
from flarite_nl.sandbox import Sandbox, Server
from tests.conftest import NOW
from tests.serving import sandbox, served, server

__all__ = ["sandbox", "served", "server"]

ROOT = Path(__file__).parents[2]
KEY = "sk_test_writingwritingwxyz"
QUICK = Retry(attempts=3, first=3, base=0.001, longest=0.002)

Making = Callable[..., Engine]
Obj = dict[str, Any]


@pytest.fixture(scope="session")
def grammar() -> Grammar:
    return load()


@pytest.fixture
def engine_at(grammar: Grammar, server: Server) -> Making:
    """Engines over HTTP; those of one test share a ledger."""

    def make(**options: Any) -> Engine:
        usual = {"now": NOW, "key": KEY, "api_base": server.url, "grammar": grammar, "retry": QUICK, "workers": 1}
        return Engine(**{**usual, "rate": 10_000.0, **options})

    return make


def refunds(sandbox: Sandbox) -> dict[str, Obj]:
    return {obj["id"]: obj for obj in sandbox.dump() if obj["object"] == "refund"}


class Zygote:
    """Writes in processes of their own (zygote.py)."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.writing.zygote"], cwd=ROOT, text=True, env={**os.environ},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def run(self, **given: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(given), file=self._process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        self._process.communicate(timeout=30)


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    made = Zygote()
    yield made
    made.close()
