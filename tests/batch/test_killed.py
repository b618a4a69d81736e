"""A batch with refunds is killed again and again, and gone on with: each line has one result, each refund is made once.

CI kills a small one a few times. ``FLARITE_CRASHES=50 pytest -n0 --timeout=3600 tests/batch/test_killed.py`` kills one
of 5,000 lines with 200 refunds 50 times (some minutes).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

from flarite_nl.sandbox import Sandbox, Server
from tests.batch.conftest import ROOT, command, environment, refundable, refunded, results_in

KILLS = int(os.environ.get("FLARITE_CRASHES", "5"))
LINES, REFUNDS = (5000, 200) if KILLS >= 50 else (60 * KILLS, 6 * KILLS)

READS = ("show me the last 2 payments", "how many customers do we have?", "what is the weather?", "list open disputes")


def test_killed_and_resumed(sandbox: Sandbox, server: Server, tmp_path: Path) -> None:
    draw = random.Random(7)
    before = Counter(refunded(sandbox))
    charges = draw.sample(refundable(sandbox), REFUNDS)
    lines = [f"{draw.choice(READS)}" for _ in range(LINES - REFUNDS)] + [f"refund {each}" for each in charges]
    draw.shuffle(lines)
    prompts, out = tmp_path / "prompts.txt", tmp_path / "out.ndjson"
    prompts.write_text("\n".join(lines))
    order = command(prompts, "--out", out, "--yes", "--resume", "--api-base", server.url, "--rate", "10000")
    ways = {"checking": 0, "running": 0, "over": 0}
    for number in range(KILLS):
        ways[_killed(order, out, tmp_path, draw, early=number % 5 == 0)] += 1
        text = out.read_text() if out.exists() else ""
        kept = results_in(text)
        assert [each["index"] for each in kept] == list(range(len(kept)))
    print(f"{KILLS} kills: {ways}, {len(kept)} of {LINES} results by the last")
    last = subprocess.run(
        order, cwd=ROOT, env=environment(tmp_path / "data"), capture_output=True, text=True, check=False, timeout=1800
    )
    results = results_in(out.read_text())
    assert [(each["index"], each["prompt"]) for each in results] == list(enumerate(lines)), last.stderr
    wrong = [each for each in results if each["status"] != "ok" and each["prompt"] != READS[2]]
    assert [each["error"] for each in wrong] == []
    after = Counter(refunded(sandbox)) - before
    assert after == Counter(charges)
    assert not out.with_name("out.ndjson.resume").exists()
    assert ways["running"] >= KILLS // 2


def _killed(order: list[str], out: Path, folder: Path, draw: random.Random, *, early: bool) -> str:
    """Start it, kill it, and say what it was doing."""
    began = out.stat().st_size if out.exists() else 0
    more = draw.randrange(2 * LINES // KILLS)
    with subprocess.Popen(
        order, cwd=ROOT, env=environment(folder / "data"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        if early:
            time.sleep(draw.uniform(0.5, 4))
        else:
            _wait(process, out, began, more)
            time.sleep(draw.uniform(0, 0.03))
        over = process.poll() is not None
        process.send_signal(signal.SIGKILL)
    if over:
        return "over"
    return "running" if out.exists() and out.stat().st_size > began else "checking"


def _wait(process: subprocess.Popen[bytes], out: Path, began: int, more: int) -> None:
    """Until so many more results stand in the output."""
    deadline = time.monotonic() + 1800
    while process.poll() is None:
        assert time.monotonic() < deadline
        if out.exists() and out.stat().st_size > began:
            with out.open("rb") as file:
                file.seek(began)
                if file.read().count(b"\n") > more:
                    return
        time.sleep(0.002)
