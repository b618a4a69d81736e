"""Time from Enter to the first row, on a warm disk, beside ``python -c "import spacy, stripe"`` in the same run.

    python benchmarks/cli.py            # 15 rounds
    python benchmarks/cli.py --rounds 40

Each round runs every command once, one after the other, so that whatever else the machine does falls on all alike;
what is compared are medians. The read is of one page, from a sandbox that is served by a process of its own. The exit
code is 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

NOW = "2026-03-18T15:30:00Z"
READ, SMALL = 1.3, 0.25
"""The targets: at most so many times the import of spacy and stripe."""

IMPORT = "import spacy, stripe"


def first_row(command: Sequence[str], row: bytes, environment: dict[str, str]) -> float:
    """Seconds until a line that begins with ``row`` is there."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(row):
                seconds = time.perf_counter() - began
                process.stdout.read()
                return seconds
        assert process.stderr is not None
        raise SystemExit(f"{' '.join(command)} gave no row: {process.stderr.read().decode()}")


def whole(command: Sequence[str], environment: dict[str, str]) -> float:
    """Seconds until a command has ended."""
    began = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed: {done.stderr.decode()}")
    return time.perf_counter() - began


def has(command: str, environment: dict[str, str]) -> bool:
    """Does this version have a command?"""
    done = subprocess.run([*ours(command), "--help"], capture_output=True, env=environment, check=False)
    return done.returncode == 0 and f"flarite-nl {command}".encode() in done.stdout


def ours(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "flarite_nl", *arguments]


def measure(rounds: int, environment: dict[str, str], url: str) -> dict[str, list[float]]:
    """The times of every command, by its name; the first round warms the disk and does not count."""
    ask = ours("ask", "list past due subscriptions", "--api-base", url, "--now", NOW, "--tz", "UTC")
    small = {name: ours(*name.split()) for name in ("--help", "history", "keys list") if name != "keys list"}
    if has("keys", environment):
        small["keys list"] = ours("keys", "list")
    whole([*ours("ask", "refund ch_3VnyZdbefdQl93LLW9fx9C9p", "--yes", "--api-base", url, "--now", NOW)], environment)
    times: dict[str, list[float]] = {name: [] for name in (IMPORT, "read of one page", *small)}
    for number in range(rounds + 1):
        found = {IMPORT: whole([sys.executable, "-c", IMPORT], environment)}
        found["read of one page"] = first_row(ask, b"sub_", environment)
        found |= {name: whole(command, environment) for name, command in small.items()}
        for name, seconds in found.items() if number else ():
            times[name].append(seconds)
    return times


def report(times: dict[str, list[float]]) -> bool:
    """Print the medians and whether the targets are met."""
    base = statistics.median(times[IMPORT])
    met = True
    sys.stdout.write(f"{'':24}{'median':>9}{'fastest':>9}{'share':>7}  target\n")
    for name, seconds in times.items():
        middle = statistics.median(seconds)
        target = None if name == IMPORT else READ if name.startswith("read") else SMALL
        good = target is None or middle / base <= target
        met = met and good
        verdict = f"  {target:g} {'met' if good else 'MISSED'}" if target else ""
        sys.stdout.write(f"{name:24}{middle:8.3f}s{min(seconds):8.3f}s{middle / base:7.2f}{verdict}\n")
    return met


def main() -> int:
    """Run what is asked for; 1 where a target is missed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=15)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "STRIPE_API_KEY": "sk_test_benchmark", "FLARITE_NL_GRAMMAR": ""}
        environment |= {name: str(Path(folder) / name) for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
        environment["FLARITE_NL_DATA"] = str(Path(folder) / "data")
        # Compiled modules are part of a warm disk.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        serve = ours("sandbox", "serve", "--port", "0", "--now", NOW)
        with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True, env=environment) as server:
            assert server.stdout is not None
            url = re.search(r"http://\S+?(?=;)", server.stdout.readline().replace(" (", "; ("))
            try:
                if url is None:
                    raise SystemExit("The sandbox did not start.")
                times = measure(given.rounds, environment, url[0])
            finally:
                server.terminate()
    return 0 if report(times) else 1


if __name__ == "__main__":
    sys.exit(main())
