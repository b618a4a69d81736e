"""``flarite-nl apply``: carry out a plan file, and nothing but what stands in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from flarite_nl.cli import exits, session
from flarite_nl.cli.app import complain_of
from flarite_nl.cli.options import Clock, key_options, local_zone
from flarite_nl.cli.output import Output, answer_options, deliver
from flarite_nl.cli.understood import errors_as_json
from flarite_nl.cli.writing import Writes, write_options
from flarite_nl.errors import DataError, Drift, InputError

if TYPE_CHECKING:
    from flarite_nl.model.outcome import Outcome

LARGEST = 16 << 20
"""Bytes of a plan file."""


@click.command("apply")
@click.argument("file", type=click.File("rb"))
@answer_options
@click.option("--dry-run", is_flag=True, help="Find out whether it could be carried out, and write nothing.")
@key_options
@write_options
@click.pass_context
def command(ctx: click.Context, file: Any, output: Output, api_base: str | None, dry_run: bool, writes: Writes) -> None:
    """Carry out the plan in FILE, which flarite-nl plan PROMPT --out FILE has made.

    Refuses if a target has changed since, if the file was edited, or if the key, account or server is another one.
    """
    with errors_as_json(output.style == "json"):
        raw = _read(file)
        if isinstance(raw, dict) and str(raw.get("form")).startswith("flarite-nl batch plan"):
            from flarite_nl.cli import batchplan

            ctx.exit(batchplan.apply(raw, api_base, dry_run, writes))
        output.check()
        outcome, at, resources = _carried_out(raw, api_base, dry_run, writes)
        deliver(outcome, resources, at, output, api_base)
        if outcome.error:
            complain_of(outcome.error, outcome.parse)
    ctx.exit(exits.of_outcome(outcome))


def _read(file: Any) -> Any:
    try:
        return json.loads(file.read(LARGEST))
    except (ValueError, RecursionError):
        raise InputError("This is no plan file: it is not JSON.") from None


def _carried_out(raw: Any, api_base: str | None, dry_run: bool, writes: Writes) -> tuple[Outcome, Clock, Any]:
    from flarite_nl.grammar.loader import load
    from flarite_nl.model.prepared import Prepared

    grammar = load()
    key = session.key_for(api_base)
    plan = raw.get("plan") if isinstance(raw, dict) else None
    now = _moment(plan) if key is None else datetime.now(UTC)
    at = Clock(now, str(plan.get("tz") or local_zone()) if isinstance(plan, dict) else local_zone())
    with session.opened(at, key, api_base, grammar, **writes.bounds(dry_run)) as engine:
        try:
            prepared = Prepared.from_dict(raw, engine.secret, str(key) if key else engine.secret)
        except (KeyError, TypeError, ValueError) as problem:
            said = str(problem) if isinstance(problem, DataError) else "This is no plan file of this version."
            raise Drift(said) from None
        return engine.apply(prepared, dry_run=dry_run, **writes.answers()), at, grammar.resources


def _moment(plan: Any) -> datetime:
    """The embedded sandbox is made anew each time: around the plan's moment it holds what the plan was made with."""
    try:
        return datetime.fromisoformat(plan["now"]["utc"])
    except (KeyError, TypeError, ValueError):
        return datetime.now(UTC)
