"""A sandbox served over real HTTP, and the command line against it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from flarite_nl.sandbox import Sandbox, Server, serve
from tests.conftest import NOW

Run = Callable[..., subprocess.CompletedProcess[str]]

KEY = "sk_test_endtoend"
CLOCK = ["--now", "2026-03-18T15:30:00Z", "--tz", "UTC"]


@pytest.fixture
def server() -> Iterator[Server]:
    """A fresh sandbox on a free port; tests that write do not see each other."""
    with Sandbox(seed=0, now=NOW) as sandbox, serve(sandbox) as running:
        yield running


@pytest.fixture
def run() -> Run:
    """``flarite-nl`` as a process of its own, without a terminal."""

    def start(*arguments: str, key: str | None = KEY, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, **more}
        if key is not None:
            environment["STRIPE_API_KEY"] = key
        return subprocess.run(
            [sys.executable, "-m", "flarite_nl", *arguments],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, env=environment, check=False,
        )  # fmt: skip

    return start


@pytest.fixture
def ask(server: Server, run: Run) -> Run:
    """``flarite-nl ask`` against the served sandbox, at the pinned moment."""

    def start(prompt: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run("ask", prompt, "--api-base", server.url, *CLOCK, *arguments)

    return start
