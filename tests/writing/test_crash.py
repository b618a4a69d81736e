"""A process is killed in the middle of a write, and the same command is given again: the money moves once.

CI kills at 24 random points; ``FLARITE_CRASHES=200 pytest tests/writing/test_crash.py`` kills at as many as it says.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from flarite_nl.sandbox import Sandbox, Server, parse_faults
from tests.writing.conftest import KEY, ROOT, Zygote, refunds
from tests.writing.zygote import STEPS

CRASHES = int(os.environ.get("FLARITE_CRASHES", "24"))

LAST = ["charges.refund", [["customer", "eq", "cus_ABC123"]], {"sort": "created desc", "limit": 1}]
"""The dangerous one: once the last payment is refunded, another one is the last that can be."""

INVOICE = ["invoices.create", [], {"params": {"customer": "cus_ABC123", "amount": {"amount": "5", "currency": "usd"}}}]
"""Two writes in one: the invoice, then its item."""


def told(answer: dict[str, Any]) -> str:
    """The one object that a run tells of, whether it wrote it or found it written."""
    assert answer.get("error") in (None, "repeated"), answer
    (only,) = answer["written"]
    return str(only)


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step(step: str, zygote: Zygote, sandbox: Sandbox, server: Server, tmp_path: Path) -> None:
    before = refunds(sandbox)
    given = {"url": server.url, "data": str(tmp_path / "ledger"), "intent": LAST}
    (cut,) = zygote.run(**given, kill=step)["answers"]
    assert cut == {"killed": signal.SIGKILL}
    (again,) = zygote.run(**given)["answers"]
    after = refunds(sandbox)
    assert {told(again)} == after.keys() - before.keys()
    # Found out, or done now: either way the command has come to its end.
    assert again["error"] is None
    assert again["repeated"] is (step in ("sent", "answered", "done"))
    (third,) = zygote.run(**given)["answers"]
    assert third["error"] == "repeated"
    assert refunds(sandbox) == after


@pytest.mark.parametrize("step", STEPS)
def test_killed_between_two_calls_of_one_write(
    step: str, zygote: Zygote, sandbox: Sandbox, server: Server, tmp_path: Path
) -> None:
    def made() -> list[tuple[str, int]]:
        found = [obj for obj in sandbox.dump() if obj["object"] == "invoice" and obj["customer"] == "cus_ABC123"]
        return [(obj["id"], obj["total"]) for obj in found]

    before = made()
    given = {"url": server.url, "data": str(tmp_path / "ledger"), "intent": INVOICE}
    zygote.run(**given, kill=step)
    (again,) = zygote.run(**given)["answers"]
    (new,) = [each for each in made() if each not in before]
    assert new == (told(again), 500)


@pytest.mark.timeout(5 * max(24, CRASHES))
def test_killed_at_random_points(zygote: Zygote, sandbox: Sandbox, server: Server, tmp_path: Path) -> None:
    draw = random.Random(5)
    ends = {"killed": 0, "finished": 0, "found": 0}
    # Seconds within which the kill falls, from the start or from the ledger entry: they follow the machine's pace.
    spans = {False: 0.1, True: 0.03}
    for number in range(CRASHES):
        sandbox.reset()
        before = refunds(sandbox)
        given = {"url": server.url, "data": str(tmp_path / str(number)), "intent": LAST}
        # Half of them after the ledger entry, where the request is sent and its answer recorded.
        late = number % 2 == 1
        (first,) = zygote.run(**given, after=draw.uniform(0, spans[late]), since=late)["answers"]
        (again,) = zygote.run(**given)["answers"]
        assert {told(again)} == refunds(sandbox).keys() - before.keys(), (number, first, again)
        ends["killed" if "killed" in first else "finished"] += 1
        ends["found"] += again["repeated"]
        spans[late] *= 1.2 if "killed" in first else 0.7
    print(f"{CRASHES} random points: {ends}")
    assert ends["killed"] >= CRASHES // 3
    assert 0 < ends["found"] < CRASHES


def test_two_at_once(zygote: Zygote, sandbox: Sandbox, server: Server, tmp_path: Path) -> None:
    """One writes, the other waits for it and reports what it wrote."""
    for number in range(4):
        sandbox.reset()
        before = refunds(sandbox)
        given = {"url": server.url, "data": str(tmp_path / str(number)), "intent": LAST}
        answers = zygote.run(**given, times=2)["answers"]
        assert {told(each) for each in answers} == refunds(sandbox).keys() - before.keys()
        assert sorted(each["repeated"] for each in answers) == [False, True]


def test_the_command_line_killed_while_it_waits(sandbox: Sandbox, server: Server, tmp_path: Path) -> None:
    """The request was carried out, and nobody is there for the answer."""
    before = refunds(sandbox)
    command = [
        sys.executable, "-m", "flarite_nl", "Refund the last payment from customer cus_ABC123", "--yes",
        "--api-base", server.url, "--now", "2026-03-18T15:30:00Z", "--tz", "UTC",
    ]  # fmt: skip
    environment = {**os.environ, "STRIPE_API_KEY": KEY, "FLARITE_NL_DATA": str(tmp_path)}
    sandbox.app.faults = parse_faults("slow:path=/v1/refunds,method=POST,seconds=30")
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while refunds(sandbox).keys() == before.keys():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    sandbox.app.faults = []
    again = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert again.returncode == 0, again.stderr
    (new,) = refunds(sandbox).keys() - before.keys()
    assert new in again.stdout
    assert "nothing new was written" in again.stdout
    assert KEY not in (tmp_path / "ledger.sqlite3").read_bytes().decode("latin-1")
