"""``flarite-nl batch``: files of prompts, one result a line."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from flarite_nl.cli import session, terminal
from flarite_nl.cli.exits import Exit
from flarite_nl.cli.options import Clock, clock, clock_options, grammar_option, key_options
from flarite_nl.cli.writing import Writes, write_options
from flarite_nl.errors import FlariteError, InputError

if TYPE_CHECKING:
    from flarite_nl.batch.cluster import Cluster
    from flarite_nl.batch.items import Item
    from flarite_nl.batch.job import Job
    from flarite_nl.batch.journal import Journal
    from flarite_nl.batch.sources import Source
    from flarite_nl.cli.bar import Bar
    from flarite_nl.keys import Key


@dataclass(frozen=True, slots=True)
class Asked:
    """What was said about the batch, but for its files."""

    out: Path | None
    parse_only: bool
    resume: bool
    dry_run: bool
    workers: int
    cluster: str | None
    rate: float | None
    max_requests: int
    api_base: str | None
    grammar: tuple[str, ...]
    now: datetime | None
    zone: str | None
    writes: Writes


@click.command("batch")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="OUT",
    help="Where results go [default: standard output].",
)
@click.option(
    "--input",
    "form",
    type=click.Choice(["text", "jsonl", "csv"]),
    help="What the files hold [default: as their names say].",
)
@click.option("--column", metavar="NAME", help="The column or key of the prompt [default: prompt, or text].")
@click.option("--parse-only", is_flag=True, help="Only say what the prompts mean. Needs no key.")
@click.option("--resume", is_flag=True, help="Go on with what OUT holds already.")
@click.option("--dry-run", is_flag=True, help="Carry nothing out; write a plan file of all writes to OUT.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="Processes that read prompts.",
)
@click.option(
    "--cluster",
    metavar="URL",
    help="Read prompts on Dask: tcp://HOST:PORT of a scheduler, or local for --workers processes.",
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    metavar="N",
    help="Requests a second [default: a little below Stripe's limit].",
)
@click.option(
    "--max-requests",
    type=click.IntRange(min=1),
    default=200,
    show_default=True,
    metavar="N",
    help="The most for one prompt.",
)
@key_options
@grammar_option
@clock_options
@write_options
@click.pass_context
def command(ctx: click.Context, /, files: tuple[str, ...], form: Any, column: str | None, **given: Any) -> None:
    """Carry out every prompt of FILEs, and write one JSON object a line for each, in order.

    FILE is plain text (one prompt a line, # begins a comment), JSONL or CSV, compressed or not; - is standard input,
    and anything that fsspec knows will do, such as s3://bucket/*.jsonl.gz.

    Where prompts write, all of them are checked and added up first, and confirmed once. --max-targets and
    --max-amount then bound the whole batch.
    """
    asked = Asked(**given)
    _usable(asked)
    from flarite_nl.batch.sources import found

    ctx.exit(_batch(found(files, form, column), asked))


def _usable(asked: Asked) -> None:
    if asked.resume and asked.out is None:
        raise click.UsageError("--resume needs the --out that it goes on with.")
    if asked.parse_only and (asked.dry_run or asked.writes != Writes()):
        raise click.UsageError("--parse-only carries nothing out: it takes no options about writing.")
    if asked.dry_run and asked.resume:
        raise click.UsageError("--dry-run has nothing to resume.")
    if asked.out is not None and not asked.resume and (asked.out.exists() or _journal_of(asked.out).exists()):
        raise InputError(f"{asked.out} is there already: --resume goes on with it; or remove it, or name another.")


def _journal_of(out: Path) -> Path:
    from flarite_nl.batch.journal import SUFFIX

    return out.with_name(out.name + SUFFIX)


def _batch(sources: list[Source], asked: Asked) -> Exit:
    from flarite_nl.batch.journal import Journal
    from flarite_nl.cli.bar import Bar
    from flarite_nl.cli.batchplan import summed

    began = time.monotonic()
    key = None if asked.parse_only else session.key_for(asked.api_base)
    complete = asked.resume and asked.out is not None and asked.out.exists() and not _journal_of(asked.out).exists()
    kept = None if asked.out is None or asked.dry_run or complete else _journal_of(asked.out)
    bar = Bar()
    bar.total = _expected(sources) if bar.shown else None
    with ExitStack() as stack:
        cluster = None
        if asked.cluster is not None and not complete:
            from flarite_nl.batch.cluster import Cluster

            cluster = stack.enter_context(Cluster(asked.cluster, asked.workers))
        journal = stack.enter_context(Journal(kept))  # once there is a cluster: without one nothing stays behind
        job = _job(sources, asked, key, journal, bar, stack, cluster)
        try:
            if complete:
                job.check()
            elif asked.parse_only:
                job.parse()
            else:
                _carry_out(job, asked, key, cluster)
        except FlariteError:
            bar.clear()
            if not job.tally.total:
                _take_back(asked, journal)
            raise
        except KeyboardInterrupt:
            bar.clear()
            goes_on = "; --resume goes on" if asked.out and not asked.dry_run else ""
            raise terminal.Stopped(f"Stopped after {job.tally.total:,} results{goes_on}.") from None
        bar.clear()
        if kept is not None:
            journal.remove()
    if asked.dry_run:
        return Exit.DONE
    return summed(job.tally, job.before, time.monotonic() - began)


def _job(
    sources: list[Source],
    asked: Asked,
    key: Key | None,
    journal: Journal,
    bar: Bar,
    stack: ExitStack,
    cluster: Cluster | None,
) -> Job:
    from flarite_nl.batch.job import Job, same
    from flarite_nl.batch.output import Output
    from flarite_nl.batch.reading import Reading, by_processes

    usual = clock(asked.now, asked.zone)
    said = {
        "--now": usual.now.isoformat() if asked.now else None,
        "--tz": asked.zone,
        "--grammar": list(asked.grammar),
        "--parse-only": asked.parse_only,
        "--api-base": asked.api_base or "",
        "key": key.fingerprint if key else "",
        "--nonce": asked.writes.nonce,
        "--again": asked.writes.again,
    }
    facts = same(journal, said, {"--now": usual.now.isoformat(), "--tz": usual.zone})
    reading = Reading(datetime.fromisoformat(facts["--now"]), facts["--tz"], asked.grammar)
    where = asked.out if asked.out is not None and not asked.dry_run else sys.stdout.buffer
    output = stack.enter_context(Output(where))
    return Job(
        _items(sources, asked, stack),
        reading,
        cluster.spread if cluster else by_processes(asked.workers),
        output,
        journal,
        bar.tick,
        bar.clear,
    )


def _remote(cluster: Cluster, asked: Asked, key: Key, rate: float | None) -> Callable[..., Iterator[Any]]:
    """How a batch that writes nothing is carried out on a cluster, all of it at the account's pace."""
    from functools import partial

    from flarite_nl.batch.remote import PARTITION, Way, carried

    share = rate / cluster.threads if rate else None
    way = Way(asked.api_base, key.fingerprint, share, asked.max_requests)
    return partial(cluster.spread, partial(carried, way), partition=PARTITION)


def _items(sources: list[Source], asked: Asked, stack: ExitStack) -> Callable[[], Iterator[Item]]:
    from flarite_nl.batch.sources import STDIN, items

    stdin: BinaryIO | None = None
    if any(each.name == STDIN for each in sources):
        stdin = sys.stdin.buffer
        if not asked.parse_only:  # it is read twice
            with tempfile.TemporaryFile() as spool:
                shutil.copyfileobj(stdin, spool)
                stdin = stack.enter_context(os.fdopen(os.dup(spool.fileno()), "rb"))

    def given() -> Iterator[Item]:
        if stdin is not None and not asked.parse_only:
            stdin.seek(0)
        yield from items(sources, stdin)

    return given


def _carry_out(job: Job, asked: Asked, key: Key | None, cluster: Cluster | None) -> None:
    from flarite_nl.batch.engines import THREADS, Engines
    from flarite_nl.batch.job import Bounds
    from flarite_nl.batch.preparing import Rules
    from flarite_nl.cli.batchplan import agreeing, rehearse
    from flarite_nl.execution.retry import RATES
    from flarite_nl.parsing.parser import shared_matcher

    writes = asked.writes
    seen = terminal.is_interactive() and not writes.yes
    rules = Rules(not seen and not asked.dry_run, writes.again, writes.nonce)
    at = Clock(job.reading.now, job.reading.tz)
    grammar = shared_matcher(asked.grammar).lexicon.grammar
    most = writes.bounds(asked.dry_run)["max_targets"]  # amounts are bounded in all, not line by line
    options = {"max_targets": most, "max_requests": asked.max_requests, "workers": 4}
    rate = asked.rate or RATES[session.mode_of(key)]
    job.remote = _remote(cluster, asked, key, rate) if cluster and key else None
    with session.making(at, key, asked.api_base, grammar) as make:
        threads = THREADS if key is not None else 1
        with Engines(lambda limiter: make(rate=limiter, **options), rate, threads) as engines:
            if asked.dry_run:
                rehearse(job, engines, rules, asked.out)
            else:
                job.carry_out(engines, rules, agreeing(writes), Bounds(writes.targets, writes.limits))


def _take_back(asked: Asked, journal: Journal) -> None:
    """Nothing was done: no empty output stays behind that the same command would stumble over."""
    if asked.out is not None and not asked.dry_run:
        journal.remove()
        asked.out.unlink(missing_ok=True)


def _expected(sources: Sequence[Source]) -> int | None:
    """About how many prompts there are, where that can be found out at once."""
    number = 0
    for source in sources:
        path = Path(source.name)
        if path.suffix in (".gz", ".bz2", ".xz", ".zip", ".zst") or not path.is_file():
            return None
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                number += block.count(b"\n")
    return number
