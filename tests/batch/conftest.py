"""A sandbox over HTTP, files of prompts, and ``flarite-nl batch`` in this process or in one of its own."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from flarite_nl.cli import main
from flarite_nl.sandbox import Sandbox
from tests.serving import sandbox, served, server

__all__ = ["sandbox", "served", "server"]

ROOT = Path(__file__).parents[2]
KEY = "sk_test_batchbatchbatchwxyz"
CLOCK = ["--now", "2026-03-18T15:30:00Z", "--tz", "UTC"]

Obj = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def results(self) -> list[Obj]:
        return results_in(self.out)


Batch = Callable[..., Ran]


def results_in(text: str) -> list[Obj]:
    assert not text or text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def prompts(tmp_path: Path) -> Callable[..., Path]:
    """A file with these lines."""

    def write(*lines: str, name: str = "prompts.txt") -> Path:
        path = tmp_path / name
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        return path

    return write


@pytest.fixture
def batch(monkeypatch: pytest.MonkeyPatch) -> Batch:
    """``flarite-nl batch`` in this process, at the pinned moment; ``url`` is the server that is asked."""

    def run(*arguments: str | Path, url: str | None = None, stdin: str | bytes = "") -> Ran:
        if url is not None:
            monkeypatch.setenv("STRIPE_API_KEY", KEY)
        server = ["--api-base", url, "--rate", "10000"] if url else []
        ran = CliRunner().invoke(main, ["batch", *CLOCK, *map(str, arguments), *server], input=stdin)
        return Ran(ran.exit_code, ran.stdout, ran.stderr)

    return run


def command(*arguments: str | Path) -> list[str]:
    """The same for a process of its own."""
    return [sys.executable, "-m", "flarite_nl", "batch", *map(str, arguments), *CLOCK]


def environment(data: Path) -> dict[str, str]:
    return {**os.environ, "STRIPE_API_KEY": KEY, "FLARITE_NL_DATA": str(data)}


def refundable(sandbox: Sandbox) -> list[str]:
    """Charges that can be refunded in full, of at least 20.00."""
    objects = list(sandbox.dump())
    disputed = {obj["charge"] for obj in objects if obj["object"] == "dispute"}
    return [
        obj["id"]
        for obj in objects
        if obj["object"] == "charge" and obj["status"] == "succeeded" and obj["captured"] and obj["currency"] == "usd"
        and obj["amount_refunded"] == 0 and obj["amount"] >= 2000 and obj["id"] not in disputed
    ]  # fmt: skip


def refunded(sandbox: Sandbox) -> list[str]:
    """The charge of every refund, as often as it was refunded."""
    return [obj["charge"] for obj in sandbox.dump() if obj["object"] == "refund"]
