"""A scheduler and workers that are processes of their own, as they are on other machines: ``--cluster tcp://…``."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest

from flarite_nl.batch.cluster import Cluster
from flarite_nl.batch.reading import Reading, WorkerLost, read
from flarite_nl.sandbox import Server
from tests.batch.conftest import KEY, ROOT, Batch, results_in
from tests.batch.test_cluster import OWN, items
from tests.conftest import NOW

pytestmark = pytest.mark.filterwarnings("default")  # what Dask's own threads and sockets warn of is not ours


@dataclass(frozen=True, slots=True)
class Started:
    """A process, and what it said it is, such as its address."""

    process: subprocess.Popen[str]
    said: str

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def started(stack: ExitStack, folder: Path, *arguments: str, until: str) -> Started:
    """``dask ARGUMENTS`` once it has said what ``until`` matches; it is killed at the end of the test."""
    there = {**os.environ, "PYTHONPATH": str(ROOT), "STRIPE_API_KEY": KEY, "HOME": str(folder)}
    process = subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments], cwd=folder, env=there, text=True, stderr=subprocess.PIPE
    )
    stack.enter_context(process)
    stack.callback(process.kill)
    assert process.stderr is not None
    said = next((found[1] for line in process.stderr if (found := re.search(until, line))), None)
    assert said, f"{' '.join(arguments)} ended with {process.wait()}"
    drain = Thread(target=process.stderr.read)  # so that it never waits for a reader
    drain.start()
    stack.callback(drain.join)
    stack.callback(process.kill)
    return Started(process, said)


@dataclass(frozen=True, slots=True)
class Machines:
    scheduler: Started
    workers: tuple[Started, ...]

    @property
    def address(self) -> str:
        return self.scheduler.said


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    """A scheduler and two workers that nobody starts anew."""
    with ExitStack() as stack:
        here = "--host", "127.0.0.1", "--no-dashboard"
        scheduler = started(stack, tmp_path, "scheduler", *here, "--port", "0", until=r"Scheduler at: *(tcp://\S+)")
        worker = "worker", scheduler.said, *here, "--nthreads", "1", "--no-nanny"
        workers = [started(stack, tmp_path, *worker, until=r"Registered to: *(tcp://\S+)") for _ in range(2)]
        yield Machines(scheduler, tuple(workers))


def test_a_batch_on_a_scheduler_elsewhere(machines: Machines, batch: Batch, server: Server, tmp_path: Path) -> None:
    """Parsed and carried out, in order, with a grammar that is not where the workers are."""
    own, file = tmp_path / "own.yaml", tmp_path / "prompts.txt"
    own.write_text(OWN)
    lines = [f"list dosh over ${number}" if number % 2 else "sing me a song" for number in range(120)]
    file.write_text("\n".join(lines) + "\n")
    for url in (None, server.url):
        ran = batch(file, "--grammar", own, "--cluster", machines.address, *([] if url else ["--parse-only"]), url=url)
        assert (ran.code, [each["prompt"] for each in ran.results]) == (9, lines), ran.err
        assert [each["status"] for each in ran.results] == ["rejected", "ok"] * 60
        assert all(("results" in each) == (each["status"] == "ok" and url is not None) for each in ran.results)


def test_a_worker_that_is_lost_for_good(machines: Machines, tmp_path: Path) -> None:
    """The other one reads the rest, with the grammar that was sent; then the scheduler goes, and that is said."""
    own = tmp_path / "own.yaml"
    own.write_text(OWN + "      - {one: moolah, many: moolah}\n")
    reading = Reading(NOW, "UTC", (str(own),))
    with Cluster(machines.address) as cluster:
        parts = cluster.spread(read, reading, items(1500), 100)
        first = next(parts)
        own.unlink()
        machines.workers[0].kill()
        found = [*first, *(each for part in parts for each in part)]
        assert [each.item.index for each in found] == list(range(1500))
        assert cluster.threads == 1
        parts = cluster.spread(read, Reading(NOW, "UTC"), items(5000), 100)
        next(parts)
        machines.scheduler.kill()
        with pytest.raises(WorkerLost, match=r"The scheduler of the cluster is gone; --resume goes on\."):
            list(parts)


def test_the_run_says_that_the_scheduler_is_gone(machines: Machines, tmp_path: Path) -> None:
    """In one sentence, with nothing of Dask's own."""
    file = tmp_path / "prompts.txt"
    file.write_text("".join(f"{each.text}\n" for each in items(20_000)))
    given = [sys.executable, "-m", "flarite_nl", "batch", str(file), "--parse-only", "--cluster", machines.address]
    with subprocess.Popen(given, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        first = run.stdout.readline()
        machines.scheduler.kill()
        rest, said = run.stdout.read(), run.stderr.read()
    assert run.returncode == 1
    assert said == "flarite-nl: The scheduler of the cluster is gone; --resume goes on.\n"
    results = results_in(first + rest)
    assert [each["index"] for each in results] == list(range(len(results)))
    assert len(results) < 20_000
