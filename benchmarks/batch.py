"""Files of prompts in figures, in one run: ``python -m benchmarks.batch [--prompts 1000000]`` (README.md)."""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SMALL = 10_000
TWICE = 1.7
"""What two processes must be faster by."""

SLOWER = 1.3
"""What the cluster may take as many times as two processes."""

MOST = 400
"""MiB that one process may need, however long the file."""

ROOM = 1.1
"""What the memory for a long file may be as many times as that for a short one."""


@dataclass(frozen=True, slots=True)
class Ran:
    """Seconds on the clock from start to end, and the peak of the process's resident memory in MiB."""

    seconds: float
    memory: float
    prompts: int

    @property
    def rate(self) -> float:
        return self.prompts / self.seconds


def written(path: Path, number: int) -> Path:
    """Prompts that all differ in a number or an ID."""
    known = [line for line in (HERE / "prompts.txt").read_text("utf-8").splitlines() if line.strip()]
    with path.open("w", encoding="utf-8") as file:
        for index in range(number):
            text = known[index % len(known)]
            file.write(re.sub(r"(?<=_)[A-Za-z0-9]{4,}", lambda found, at=index: f"{found[0]}{at}", text) + "\n")
    return path


def run(file: Path, number: int, *options: str) -> Ran:
    """The command in a process of its own; SystemExit where a line has no result."""
    out = file.with_suffix(".ndjson")
    out.unlink(missing_ok=True)
    command = [sys.executable, "-m", "flarite_nl", "batch", str(file), "--parse-only", "--out", str(out), *options]
    began = time.perf_counter()
    _, status, usage = os.wait4(os.spawnv(os.P_NOWAIT, sys.executable, command), 0)
    seconds = time.perf_counter() - began
    with out.open("rb") as results:
        found = sum(1 for _ in results)
    if os.waitstatus_to_exitcode(status) not in (0, 9) or found != number:
        raise SystemExit(f"{' '.join(command)}: {found:,} results of {number:,}")
    return Ran(seconds, usage.ru_maxrss / (1 << 10 if sys.platform != "darwin" else 1 << 20), number)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--prompts", type=int, default=1_000_000)
    number = options.parse_args().prompts
    with tempfile.TemporaryDirectory() as folder:
        short = run(written(Path(folder) / "short.txt", SMALL), SMALL)
        file = written(Path(folder) / "long.txt", number)
        one = run(file, number)
        two = run(file, number, "--workers", "2")
        cluster = run(file, number, "--workers", "2", "--cluster", "local")
    for name, each in (("1 worker", one), ("2 workers", two), ("Dask, 2 local workers", cluster)):
        say(f"{name:22} {each.seconds:8.1f} s {each.rate:8,.0f} prompts/s {each.memory:6.0f} MiB")
    say(f"{'1 worker, 10,000':22} {short.seconds:8.1f} s {'':18} {short.memory:6.0f} MiB")
    longer = cluster.seconds / two.seconds
    verdicts = [
        (f"2 workers are {two.rate / one.rate:.2f} times as fast", two.rate / one.rate >= TWICE),
        (f"1 worker needs {one.memory:.0f} MiB", one.memory < MOST),
        (f"that is {one.memory / short.memory:.2f} times what 10,000 need", one.memory / short.memory <= ROOM),
        (f"the cluster takes {longer:.2f} times as long", longer <= SLOWER),
    ]
    for text, good in verdicts:
        say(f"{'ok  ' if good else 'MISS'} {text}")
    return 0 if all(good for _, good in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
