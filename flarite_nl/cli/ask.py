"""``flarite-nl ask``: carry out a prompt and show the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import click

from flarite_nl.cli import exits, prompts, session, terminal
from flarite_nl.cli.app import complain, sentence
from flarite_nl.cli.options import Clock, clock, clock_options, grammar_option, key_options, zone_of
from flarite_nl.cli.understood import errors_as_json, not_understood, understood
from flarite_nl.cli.writing import Writes, write_options

if TYPE_CHECKING:
    from flarite_nl.grammar.schema import Grammar
    from flarite_nl.model.outcome import Outcome
    from flarite_nl.model.parse import Parse
    from flarite_nl.model.plan import Plan


@click.command("ask")
@click.argument("prompt", nargs=-1, required=True)
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--max-requests", type=click.IntRange(min=1), default=200, show_default=True, help="Ask before more.")
@click.option("--explain", is_flag=True, help="Say what each word was taken for, and the calls.")
@click.option("--dry-run", is_flag=True, help="Find what a write would change, and write nothing.")
@key_options
@grammar_option
@clock_options
@write_options
@click.pass_context
def command(
    ctx: click.Context,
    prompt: tuple[str, ...],
    style: str,
    max_requests: int,
    explain: bool,
    dry_run: bool,
    api_base: str | None,
    grammar: tuple[str, ...],
    now: datetime | None,
    zone: str | None,
    writes: Writes,
) -> None:
    """Carry out PROMPT and show the answer.

    The key is that of --key-name, else of STRIPE_API_KEY, else the one in use (flarite-nl keys); without any, a
    sandbox with made-up data answers. A write asks first.
    """
    with errors_as_json(style == "json"):
        text = prompts.argument(prompt).text
        at = clock(now, zone)
        asked = Asked(api_base, max_requests, explain and style == "table", dry_run)
        outcome, loaded = _answer(text, at, asked, grammar, writes)
        _show(outcome, loaded, at, style, api_base)
    ctx.exit(exits.of_outcome(outcome))


@dataclass(frozen=True, slots=True)
class Asked:
    """How a prompt is to be carried out."""

    api_base: str | None
    max_requests: int
    explain: bool
    dry_run: bool


def _answer(text: str, at: Clock, asked: Asked, own: tuple[str, ...], writes: Writes) -> tuple[Outcome, Grammar]:
    key = session.key_for(asked.api_base)
    parse, grammar = understood(text, at, own)
    if parse.status != "ok":
        from flarite_nl.model.outcome import Outcome

        return Outcome(text, session.mode_of(key), None, parse, error=not_understood(parse)), grammar
    bounds = {**writes.bounds(), "max_requests": asked.max_requests}
    with session.opened(at, key, asked.api_base, grammar, terminal.go_on, **bounds) as engine:
        plan = engine.plan(parse)
        if asked.explain:
            _explain(parse, plan)
        outcome = engine.run(plan, parse=parse, dry_run=asked.dry_run, **writes.answers())
    return replace(outcome, prompt=text), grammar


def _explain(parse: Parse, plan: Plan) -> None:
    """The words and what each was taken for, then the calls, before the answer."""
    for intent in parse.intents:
        for each in intent.evidence:
            click.echo(f"  {each.span.text!r}: {each.rule}")
    for line in plan.describe():
        click.echo(f"  {line}")
    click.echo()


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
