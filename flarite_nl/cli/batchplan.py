"""The plan file of a whole batch: written by ``batch --dry-run``, carried out by ``apply``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flarite_nl.cli import files, session, terminal
from flarite_nl.cli.app import tell
from flarite_nl.cli.exits import Exit, of_outcome, worst
from flarite_nl.cli.options import Clock
from flarite_nl.cli.writing import Writes
from flarite_nl.errors import DataError, Declined, Drift, PlanError

if TYPE_CHECKING:
    from flarite_nl.batch.engines import Engines
    from flarite_nl.batch.items import Read
    from flarite_nl.batch.job import Agree, Job
    from flarite_nl.batch.journal import Journal
    from flarite_nl.batch.output import Tally
    from flarite_nl.batch.preparing import Rules
    from flarite_nl.batch.whole import Whole


def rehearse(job: Job, engines: Engines, rules: Rules, out: Path | None) -> None:
    """Find out what all writes would do, and keep that in a file (standard output where there is none)."""
    from flarite_nl.batch.planfile import made
    from flarite_nl.rendering.clean import to_json

    whole = job.prepare(engines, rules)
    if not whole.writes:
        why = f" {whole.left_out.first[0]}" if whole.left_out.first else ""
        raise PlanError(f"No line of this batch would write: there is nothing to approve.{why}")
    text = to_json(made(whole, job.journal, engines.own.secret, job.reading.now), indent=2) + "\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        files.put(str(out), text.encode())
    click.echo(whole.text(), err=True)
    tell(f"Nothing was written. Carry it out with: flarite-nl apply {out or 'FILE'}")


def agreeing(writes: Writes) -> Agree:
    """How a whole batch is confirmed: ``--yes`` says yes, else the person does, else nobody."""

    def agree(whole: Whole, typed: tuple[str, ...]) -> None:
        click.echo(whole.text(), err=True)
        if writes.yes:
            return
        if not terminal.is_interactive():
            raise Declined("Nothing was carried out: there is no terminal to confirm this at. --yes confirms it.")
        if not terminal.agreed(typed):
            raise Declined("Nothing was carried out.")

    return agree


def apply(raw: dict[str, Any], api_base: str | None, dry_run: bool, writes: Writes) -> Exit:
    """Carry out the writes of a plan file, each only as it was approved: one result a line on standard output.

    With ``dry_run`` only find out whether that could be done.
    """
    from flarite_nl.batch.engines import THREADS, Engines
    from flarite_nl.batch.journal import Journal
    from flarite_nl.batch.planfile import taken
    from flarite_nl.execution.retry import RATES
    from flarite_nl.grammar.loader import load

    key, now, tz = session.key_for(api_base), datetime.now(UTC), "UTC"
    try:
        plan = raw["lines"][0]["write"]["plan"]
        tz = str(plan["tz"])
        now = datetime.fromisoformat(plan["now"]["utc"]) if key is None else now
    except (KeyError, IndexError, TypeError, ValueError):
        raise Drift("This is no plan file of this version.") from None
    unseen = writes.yes or not (dry_run or terminal.is_interactive())
    with session.making(Clock(now, tz), key, api_base, load()) as make, Journal(None) as journal:
        rate = RATES[session.mode_of(key)]
        threads = THREADS if dry_run else 1
        with Engines(lambda limiter: make(rate=limiter, max_targets=None), rate, threads) as engines:
            try:
                whole, reads, server = taken(raw, journal, engines.own.secret, unseen=unseen)
            except (KeyError, TypeError, ValueError) as problem:
                said = str(problem) if isinstance(problem, DataError) else "This is no plan file of this version."
                raise Drift(said) from None
            here = (api_base or "").rstrip("/") or None
            if here != server:
                raise Drift(f"This plan is for {server or 'Stripe'}, and {here or 'Stripe'} would be asked.")
            whole.bounded(writes.targets, writes.limits)
            if dry_run:
                return _found_out(whole, reads, engines, journal)
            return _carried_out(whole, reads, engines, journal, writes, unseen)


def _carried_out(
    whole: Whole, reads: list[Read], engines: Engines, journal: Journal, writes: Writes, unseen: bool
) -> Exit:
    from flarite_nl.batch.job import thresholds
    from flarite_nl.batch.output import Tally, line_of
    from flarite_nl.batch.preparing import Rules
    from flarite_nl.batch.running import run

    tally = Tally()
    agreeing(writes)(whole, whole.typed(thresholds(whole)))
    for done in run(reads, engines, journal, Rules(unseen, writes.again, writes.nonce)):
        click.echo(line_of(done.record), nl=False)
        if done.runs:
            engines.own.ledger.tell(done.runs)
        tally.add(done.record["status"])
    return summed(tally)


def _found_out(whole: Whole, reads: list[Read], engines: Engines, journal: Journal) -> Exit:
    """The exit code is that of a single plan: of the first line that could not be carried out."""
    from flarite_nl.batch.output import line_of
    from flarite_nl.batch.preparing import where
    from flarite_nl.batch.running import rehearse as rehearsed

    click.echo(whole.text(), err=True)
    codes = []
    for read, (record, outcome) in zip(reads, rehearsed(reads, engines, journal), strict=True):
        click.echo(line_of(record), nl=False)
        codes.append(of_outcome(outcome))
        if outcome.error is not None:
            tell(f"{where(read.item)}: {outcome.error.message}")
    could = codes.count(Exit.DONE)
    tell(f"Nothing was written. {could:,} of {len(codes):,} could still be carried out as approved.")
    return worst(codes)


def summed(tally: Tally, before: int = 0, seconds: float | None = None) -> Exit:
    """Say how many results of each kind there are; the exit code says whether all are well."""
    counts = sorted(tally.counts.items(), key=lambda each: (each[0] != "ok", each[0]))
    kinds = ", ".join(f"{number:,} {status}" for status, number in counts) or "none"
    earlier = f" ({before:,} of them before)" if before else ""
    took = f" in {seconds:.1f} s" if seconds is not None and tally.total > before else ""
    tell(f"{tally.total:,} prompt{'' if tally.total == 1 else 's'}{earlier}: {kinds}{took}.")
    return Exit.DONE if set(tally.counts) <= {"ok"} else Exit.PARTIAL
