"""``flarite-nl ask``: carry out a prompt and show the answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import click

from flarite_nl.cli import exits, prompts, session, terminal
from flarite_nl.cli.app import complain, sentence
from flarite_nl.cli.options import Clock, clock, clock_options, grammar_option, zone_of
from flarite_nl.cli.understood import errors_as_json, not_understood, understood
from flarite_nl.cli.writing import Writes, write_options

if TYPE_CHECKING:
    from flarite_nl.grammar.schema import Grammar
    from flarite_nl.model.outcome import Outcome


@click.command("ask")
@click.argument("prompt", nargs=-1, required=True)
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--dry-run", is_flag=True, help="Find what a write would change, and write nothing.")
@click.option("--api-base", metavar="URL", help="A Stripe-compatible server to ask instead of Stripe.")
@grammar_option
@clock_options
@write_options
@click.pass_context
def command(
    ctx: click.Context,
    prompt: tuple[str, ...],
    style: str,
    dry_run: bool,
    api_base: str | None,
    grammar: tuple[str, ...],
    now: datetime | None,
    zone: str | None,
    writes: Writes,
) -> None:
    """Carry out PROMPT and show the answer.

    The Stripe key is taken from STRIPE_API_KEY; without one, a sandbox with made-up data answers. A write asks first.
    """
    with errors_as_json(style == "json"):
        text = prompts.argument(prompt).text
        at = clock(now, zone)
        outcome, loaded = _answer(text, at, api_base, grammar, writes, dry_run=dry_run)
        _show(outcome, loaded, at, style, api_base)
    ctx.exit(exits.of_outcome(outcome))


def _answer(
    text: str, at: Clock, api_base: str | None, own: tuple[str, ...], writes: Writes, *, dry_run: bool
) -> tuple[Outcome, Grammar]:
    key = session.key_for(api_base)
    parse, grammar = understood(text, at, own)
    if parse.status != "ok":
        from flarite_nl.model.outcome import Outcome

        return Outcome(text, session.mode_of(key), None, parse, error=not_understood(parse)), grammar
    with session.opened(at, key, api_base, grammar, terminal.go_on, **writes.bounds()) as engine:
        outcome = engine.run(engine.plan(parse), parse=parse, dry_run=dry_run, **writes.answers())
    return replace(outcome, prompt=text), grammar


def _show(outcome: Outcome, grammar: Grammar, at: Clock, style: str, api_base: str | None) -> None:
    from flarite_nl.rendering.clean import to_json
    from flarite_nl.rendering.outcomes import Style, outcome_text
    from flarite_nl.rendering.parses import problem_text

    if style == "json":
        click.echo(to_json(outcome.to_dict(), indent=2))
    elif outcome.results:
        click.echo(outcome_text(outcome, Style(grammar.resources, zone_of(at.zone), at.zone, api_base)))
    if outcome.parse.status != "ok":
        click.echo(problem_text(outcome.parse), err=True)
    elif outcome.error:
        complain(sentence(outcome.error))
