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
from dataclasses import dataclass
from pathlib import Path

from flarite_nl.sandbox import Sandbox, Server, serve
from tests.batch.conftest import ROOT, command, environment, refundable, refunded, results_in
from tests.conftest import NOW

KILLS = int(os.environ.get("FLARITE_CRASHES", "5"))
LINES, REFUNDS = (5000, 200) if KILLS >= 50 else (60 * KILLS, 6 * KILLS)

RATE = 10000 if KILLS >= 50 else LINES // 3
"""Requests a second: a small batch takes seconds on any machine, so that most kills find it at work."""

READS = ("show me the last 2 payments", "how many customers do we have?", "what is the weather?", "list open disputes")


def test_killed_and_resumed(tmp_path: Path) -> None:
    with Sandbox(now=NOW, size=2000 if REFUNDS > 90 else None) as sandbox, serve(sandbox) as server:
        _run(sandbox, server, tmp_path)


def _run(sandbox: Sandbox, server: Server, tmp_path: Path) -> None:
    draw = random.Random(7)
    before = Counter(refunded(sandbox))
    charges = draw.sample(refundable(sandbox), REFUNDS)
    lines = [f"{draw.choice(READS)}" for _ in range(LINES - REFUNDS)] + [f"refund {each}" for each in charges]
    draw.shuffle(lines)
    prompts, out = tmp_path / "prompts.txt", tmp_path / "out.ndjson"
    prompts.write_text("\n".join(lines))
    order = command(prompts, "--out", out, "--yes", "--resume", "--api-base", server.url, "--rate", str(RATE))
    ways = {"checking": 0, "running": 0, "over": 0}
    for number in range(KILLS):
        at = Seen(out).count() + draw.randrange(max(1, int(0.8 * LINES / KILLS)))
        if number % 5 > 1:  # most of them where a refund is under way
            at = next((place for place in range(at, LINES) if lines[place].startswith("refund")), at)
        ways[_killed(order, out, tmp_path, draw, None if number % 5 == 0 else at)] += 1
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


def _killed(order: list[str], out: Path, folder: Path, draw: random.Random, at: int | None) -> str:
    """Start it, kill it once ``at`` results are there (None: soon after the start), and say what it was doing."""
    seen = Seen(out)
    began = seen.count()
    with subprocess.Popen(
        order, cwd=ROOT, env=environment(folder / "data"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        deadline = time.monotonic() + (1800 if at is not None else draw.uniform(0.5, 4))
        while process.poll() is None and time.monotonic() < deadline and (at is None or seen.count() < at):
            time.sleep(0.001)
        time.sleep(draw.uniform(0, 0.03))
        over = process.poll() is not None
        process.send_signal(signal.SIGKILL)
    if over:
        return "over"
    return "running" if seen.count() > began else "checking"


@dataclass(slots=True)
class Seen:
    """Counts the lines of a file that grows."""

    path: Path
    size: int = 0
    lines: int = 0

    def count(self) -> int:
        if self.path.exists() and self.path.stat().st_size > self.size:
            with self.path.open("rb") as file:
                file.seek(self.size)
                new = file.read()
            self.size += len(new)
            self.lines += new.count(b"\n")
        return self.lines
