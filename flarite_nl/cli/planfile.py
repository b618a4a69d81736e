"""``flarite-nl plan PROMPT --out FILE``: what a write would do, kept for someone else to approve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from flarite_nl.cli import exits, files, session
from flarite_nl.cli.app import complain_of
from flarite_nl.cli.exits import Exit
from flarite_nl.cli.options import Clock

if TYPE_CHECKING:
    from flarite_nl.grammar.schema import Grammar
    from flarite_nl.model.outcome import Outcome
    from flarite_nl.model.parse import Parse
    from flarite_nl.model.prepared import Prepared


def prepare(
    parse: Parse, grammar: Grammar, at: Clock, out: str, api_base: str | None, most: int | None, style: str
) -> Exit:
    """Read the targets, write the file (for its owner only), and show what stands in it."""
    from flarite_nl.rendering.clean import to_json

    with session.opened(at, session.key_for(api_base), api_base, grammar, max_targets=most or 1) as engine:
        prepared, outcome = engine.prepare(parse)
        if prepared is None:
            if style == "json":
                click.echo(to_json(outcome.to_dict(), indent=2))
            if outcome.error:
                complain_of(outcome.error, parse)
            return exits.of_outcome(outcome)
        text = to_json(prepared.to_dict(engine.secret), indent=2)
    files.put(out, f"{text}\n".encode())
    if style == "json":
        click.echo(text)
    else:
        _show(prepared, outcome, out)
    return Exit.DONE


def _show(prepared: Prepared, outcome: Outcome, out: str) -> None:
    from flarite_nl.rendering.badges import badge
    from flarite_nl.rendering.clean import clean_line
    from flarite_nl.rendering.confirmations import question_lines

    click.echo(badge(prepared.mode, prepared.name, prepared.server))
    for result in outcome.results:
        if result.question is not None:
            click.echo("\n".join(question_lines(result.question)))
        elif result.kind == "write":
            click.echo(f"{result.name} waits for what comes before it: {' '.join(result.problems)}")
    click.echo(f"Nothing was written. Carry it out with: flarite-nl apply {clean_line(out)}")
