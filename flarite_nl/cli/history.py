"""``flarite-nl history``: what was written from this machine, from the ledger."""

from __future__ import annotations

import click

from flarite_nl.cli.exits import Exit
from flarite_nl.cli.output import Output, colour_wanted, terminal_width


@click.command("history")
@click.option("--format", "style", type=click.Choice(["table", "json", "ndjson", "csv"]), default="table")
@click.option("--wide", is_flag=True, help="Cut nothing to fit the terminal.")
@click.option("--no-color", is_flag=True, help="No colours; the variable NO_COLOR means the same.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the last N commands.")
@click.option("--drop", type=int, metavar="RUN", help="Give up what is left of a command that was cut off.")
@click.pass_context
def command(ctx: click.Context, style: str, wide: bool, no_color: bool, limit: int | None, drop: int | None) -> None:
    """List what was written from this machine, newest first, or export it.

    Needs no key and no network. An entry is DONE, FAILED (Stripe refused), SENT (no answer was recorded: the same
    command finds out), PLANNED (not sent) or DROPPED.
    """
    from flarite_nl.execution.ledger import Ledger, folder
    from flarite_nl.rendering.history import history_text

    where = folder()
    if not (where / "ledger.sqlite3").exists():
        runs = []
        if drop is not None:
            raise click.UsageError(f"The ledger has no run {drop}.")
    else:
        ledger = Ledger(where)
        if drop is not None:
            click.echo(f"Given up: {ledger.drop(drop)} of the writes of {drop}.")
            ctx.exit(Exit.DONE)
        runs = list(ledger.history(limit=limit))
    shown = Output(style, wide=wide, colour=not no_color)
    text = history_text(runs, style, width=terminal_width(shown), colour=colour_wanted(shown))
    if text:
        click.echo(text)
