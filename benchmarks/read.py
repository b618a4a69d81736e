"""How fast lists are read: this package's runner against stripe's own ``auto_paging_iter``, in one run.

    python benchmarks/read.py              # 100,000 charges: seconds at 100 ms a page, CPU time a page
    python benchmarks/read.py --million    # besides: peak memory of counting 1,000,000 charges

The sandbox serves from a process of its own and keeps its data in SQLite files, which are made once. The exit code is
1 where a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import stripe

from flarite_nl.engine import Engine
from flarite_nl.model.parse import Aggregate, Filter, Intent, Parse

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
KEY = "sk_live_benchmark"
"""A live key of no account: the sandbox takes any, and the runner keeps to the pace of live mode."""

REVENUE = Intent("charges", "aggregate", (Filter("status", "eq", "succeeded"),), aggregate=Aggregate("sum", "amount"))
COUNT = Intent("charges", "aggregate", aggregate=Aggregate("count"))

FASTER = 8.0
CPU = 1.5
MEGABYTES = 200.0
"""The targets: at least so many times faster, at most so much CPU time a page, at most so much memory."""


@dataclass(frozen=True, slots=True)
class Measured:
    """An answer, what it took on the clock, and the CPU seconds of this process."""

    answer: Any
    seconds: float
    cpu: float


def measured(function: Callable[[], Any]) -> Measured:
    """Call the function once."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = function()
    return Measured(answer, time.perf_counter() - wall, time.process_time() - cpu)


@contextmanager
def served(file: Path, size: int, latency: float) -> Iterator[str]:
    """The address of a sandbox in a process of its own, ready to answer."""
    command = [sys.executable, "-m", "flarite_nl", "sandbox", "serve", "--port", "0", "--now", NOW.isoformat()]
    command += ["--state", str(file), "--size", str(size), "--latency", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        found = re.search(r"http://\S+", server.stdout.readline())
        try:
            if found is None:
                raise SystemExit("The sandbox did not start.")
            yield found[0]
        finally:
            server.terminate()


# The two ways to read


def ours(url: str, intent: Intent) -> Any:
    """The answer as this package gives it; SystemExit where it is not whole."""
    outcome = Engine(now=NOW, key=KEY, api_base=url, max_requests=None).run(Parse("benchmark", "ok", (intent,)))
    if not outcome.complete:
        raise SystemExit(f"The answer is not whole: {outcome.error or outcome.problems}")
    groups = outcome.results[0].groups
    return {"requests": outcome.requests, "figures": {each.currency: str(each.value) for each in groups}}


def theirs(url: str) -> Iterator[stripe.Charge]:
    """Every charge, one page after another."""
    client = stripe.StripeClient(KEY, base_addresses={"api": url})
    return client.v1.charges.list({"limit": 100}).auto_paging_iter()


def revenue(url: str) -> dict[str, int]:
    """What was paid in each currency, in minor units, by ``auto_paging_iter``."""
    sums: dict[str, int] = {}
    for charge in theirs(url):
        if charge.status == "succeeded":
            sums[charge.currency] = sums.get(charge.currency, 0) + charge.amount
    return sums


def idle(url: str) -> int:
    """Page through everything and do nothing with it."""
    return sum(1 for _ in theirs(url))


def minor(figures: dict[str, str]) -> dict[str, int]:
    """Our figures in minor units, to be compared with Stripe's."""
    places = {"jpy": 0, "kwd": 3}
    return {each: round(float(value) * 10 ** places.get(each, 2)) for each, value in figures.items()}


# The three measurements


def speed(file: Path, size: int, latency: float) -> bool:
    """Side by side against one page after another; the same answer."""
    with served(file, size, latency) as url:
        ahead = measured(lambda: ours(url, REVENUE))
        behind = measured(lambda: revenue(url))
    same = minor(ahead.answer["figures"]) == behind.answer
    faster = behind.seconds / ahead.seconds
    say(f"{size:,} charges, {latency * 1000:.0f} ms a page, revenue by currency:")
    say(f"  auto_paging_iter       {behind.seconds:7.1f} s   {behind.cpu:6.2f} s CPU")
    pace = ahead.answer["requests"] / ahead.seconds
    say(f"  flarite-nl             {ahead.seconds:7.1f} s   {ahead.cpu:6.2f} s CPU   {pace:.0f} requests/s")
    say(f"  same answer            {'yes' if same else 'NO'}")
    return verdict(f"{faster:.1f} times faster", same and faster >= FASTER, f"at least {FASTER:g}")


def effort(file: Path, size: int) -> bool:
    """CPU time a page: counting here against doing nothing with the rows there."""
    with served(file, size, 0.0) as url:
        counted = measured(lambda: ours(url, COUNT))
        idled = measured(lambda: idle(url))
    pages = -(-size // 100)
    share = counted.cpu / idled.cpu
    say(f"{size:,} charges, no latency, CPU time a page:")
    say(f"  auto_paging_iter, idle {idled.cpu / pages * 1000:7.2f} ms")
    say(f"  flarite-nl, count      {counted.cpu / pages * 1000:7.2f} ms")
    same = int(counted.answer["figures"][None]) == idled.answer
    return verdict(f"{share:.2f} times the CPU time", same and share <= CPU, f"at most {CPU:g}")


def memory(file: Path, size: int) -> bool:
    """Peak memory of a fresh process that counts them all."""
    with served(file, size, 0.0) as url:
        done = subprocess.run([sys.executable, __file__, "--count", url], stdout=subprocess.PIPE, check=True)
    found = json.loads(done.stdout)
    say(f"{size:,} charges counted by a fresh process: {found['count']:,} in {found['seconds']:.0f} s")
    right = found["count"] == size
    return verdict(
        f"{found['megabytes']:.0f} MB at most", right and found["megabytes"] < MEGABYTES, f"{MEGABYTES:g} MB"
    )


def count(url: str) -> None:
    """What ``memory`` runs in a process of its own."""
    found = measured(lambda: ours(url, COUNT))
    said = {"count": int(found.answer["figures"][None]), "seconds": found.seconds, "megabytes": peak()}
    sys.stdout.write(json.dumps(said))


def peak() -> float:
    """The most memory that this process ever held, in megabytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not getrusage: on Linux it starts with what the process held that started this one.
        kilobytes = re.search(r"VmHWM:\s+(\d+)", status.read_text())
        return int(kilobytes[1]) / 1000 if kilobytes else 0.0
    import resource

    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held / (1e6 if sys.platform == "darwin" else 1e3)


def verdict(figure: str, good: bool, target: str) -> bool:
    """Say whether a target is met."""
    say(f"  {figure} (target: {target}): {'met' if good else 'MISSED'}\n")
    return good


def say(line: str) -> None:
    """A line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Run what is asked for; 1 where a target is missed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--charges", type=int, default=100_000)
    options.add_argument("--latency", type=float, default=0.1, metavar="S")
    options.add_argument("--million", action="store_true", help="count a million charges as well")
    options.add_argument("--only-million", action="store_true", help="count a million charges and nothing else")
    folder = Path(tempfile.gettempdir()) / "flarite-nl-benchmarks"
    options.add_argument("--folder", type=Path, default=folder, help="where the accounts are kept")
    options.add_argument("--count", metavar="URL", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.count:
        count(given.count)
        return 0
    given.folder.mkdir(parents=True, exist_ok=True)
    say(f"Python {sys.version.split()[0]}, stripe {stripe.VERSION}, {os.cpu_count()} cores\n")
    met = []
    if not given.only_million:
        file = given.folder / f"{given.charges}.sqlite"
        met += [speed(file, given.charges, given.latency), effort(file, given.charges)]
    if given.million or given.only_million:
        met.append(memory(given.folder / "1000000.sqlite", 1_000_000))
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
