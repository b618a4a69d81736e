"""A scan that takes many requests: the cost is said before it is made; without a yes, the answer is a marked part."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from flarite_nl.cli.exits import Exit
from flarite_nl.sandbox import Sandbox, Server, serve
from tests.conftest import NOW
from tests.end_to_end.conftest import CLOCK, Run
from tests.end_to_end.test_going_wrong import at_a_terminal

PROMPT = "how many payments"
SIZE = 6000


@pytest.fixture(scope="module")
def long_account() -> Iterator[Server]:
    with Sandbox(now=NOW, size=SIZE) as sandbox, serve(sandbox) as running:
        yield running


def given(server: Server, most: int) -> list[str]:
    return ["--api-base", server.url, "--max-requests", str(most), *CLOCK]


def charges(server: Server) -> int:
    return server.sandbox.world.store.count("charge")


@pytest.mark.parametrize(("press", "code"), [(b"y\n", Exit.DONE), (b"n\n", Exit.PARTIAL), (b"\x04", Exit.PARTIAL)])
def test_the_cost_is_asked_about_at_a_terminal(long_account: Server, press: bytes, code: Exit) -> None:
    ended, shown = at_a_terminal(["ask", PROMPT, *given(long_account, 20)], press)
    assert ended == code
    said = re.search(r"Reading all charges takes about (\d+) more requests\.", shown)
    assert said is not None
    assert 40 < int(said[1]) < 80
    assert shown.count("Go on?") == 1
    assert (f"{charges(long_account):,}" in shown) is (code is Exit.DONE)
    assert ("INCOMPLETE" in shown) is (code is Exit.PARTIAL)


def test_without_a_terminal_it_is_a_marked_part(run: Run, long_account: Server) -> None:
    done = run("ask", PROMPT, *given(long_account, 20))
    assert done.returncode == Exit.PARTIAL
    assert re.search(r"INCOMPLETE.*\n  Only the first 400 objects were read: Reading all charges takes", done.stdout)
    assert "--max-requests" in done.stdout

    outcome = json.loads(run("ask", PROMPT, *given(long_account, 20), "--format", "json").stdout)
    assert (outcome["complete"], outcome["results"][0]["complete"]) == (False, False)
    assert "takes about" in outcome["results"][0]["problems"][0]
    assert outcome["requests"] < 20


def test_a_period_is_refused_before_it_is_read(run: Run, long_account: Server) -> None:
    done = run("ask", "how many payments since 2020", *given(long_account, 20))
    assert done.returncode == Exit.REFUSED
    assert "Reading all charges of the period takes about" in done.stderr
    assert done.stdout == ""


def test_more_are_allowed_by_option(run: Run, long_account: Server) -> None:
    done = run("ask", PROMPT, *given(long_account, 120))
    assert done.returncode == Exit.DONE
    assert f"{charges(long_account):,}" in done.stdout
