"""``flarite-nl ask``: carry out a prompt and show the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from flarite_nl.cli import completing, exits, prompts, session, terminal
from flarite_nl.cli.app import complain_of
from flarite_nl.cli.explaining import Explaining
from flarite_nl.cli.options import Clock, clock, clock_options, grammar_option, key_options
from flarite_nl.cli.output import Answering, Output, deliver, named_file, output_options, with_fields
from flarite_nl.cli.progress import Meter
from flarite_nl.cli.understood import errors_as_json, not_understood, understood
from flarite_nl.cli.writing import Writes, write_options

if TYPE_CHECKING:
    from flarite_nl.engine import Engine
    from flarite_nl.grammar.schema import Grammar
    from flarite_nl.model.outcome import Outcome
    from flarite_nl.model.parse import Parse
    from flarite_nl.model.plan import Plan


@click.command("ask", cls=Answering)
@click.argument("prompt", nargs=-1, required=True, shell_complete=completing.saved_phrases)
@output_options
@click.option("--max-requests", type=click.IntRange(min=1), default=200, show_default=True, help="Ask before more.")
@click.option(
    "--explain", callback=named_file, metavar="[FILE.html]",
    help="Say what each word was taken for, the plan and the calls; or write that to a page.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Find what a write would change, and write nothing.")
@key_options
@grammar_option
@clock_options
@write_options
@click.pass_context
def command(
    ctx: click.Context,
    prompt: tuple[str, ...],
    output: Output,
    max_requests: int,
    explain: str | None,
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
    with errors_as_json(output.style == "json"):
        text = prompts.argument(prompt).text
        at = clock(now, zone)
        explaining = Explaining(explain, output)
        explaining.check()
        output.check()
        asked = Asked(api_base, max_requests, explaining, dry_run, output)
        outcome, loaded = _answer(text, at, asked, grammar, writes)
        deliver(outcome, loaded.resources, at, output, api_base)
        _complain(outcome)
    ctx.exit(exits.of_outcome(outcome))


@dataclass(frozen=True, slots=True)
class Asked:
    """How a prompt is to be carried out."""

    api_base: str | None
    max_requests: int
    explaining: Explaining
    dry_run: bool
    output: Output


def _answer(text: str, at: Clock, asked: Asked, own: tuple[str, ...], writes: Writes) -> tuple[Outcome, Grammar]:
    key = session.key_for(asked.api_base)
    parse, grammar = understood(text, at, own)
    if parse.status != "ok":
        from flarite_nl.model.outcome import Outcome

        return Outcome(text, session.mode_of(key), None, parse, error=not_understood(parse)), grammar
    asked.output.check_prompt(parse)
    with Meter() as meter:
        bounds = {**writes.bounds(asked.dry_run), "max_requests": asked.max_requests, "observer": meter}
        more = meter.around(terminal.go_on)
        with session.opened(at, key, asked.api_base, grammar, more, **bounds) as engine:
            plan = engine.plan(with_fields(parse, grammar.resources, asked.output.fields))
            asked.explaining.show(parse, plan, grammar, engine, asked.api_base)
            outcome = _run(engine, plan, parse, asked, writes, meter)
    return replace(outcome, prompt=text), grammar


def _run(engine: Engine, plan: Plan, parse: Parse, asked: Asked, writes: Writes, meter: Meter) -> Outcome:
    answers: dict[str, Any] = writes.answers()
    answers = {name: meter.around(each) if callable(each) else each for name, each in answers.items()}
    try:
        return engine.run(plan, parse=parse, dry_run=asked.dry_run, **answers)
    except KeyboardInterrupt:
        if not plan.writes or asked.dry_run:
            raise terminal.Stopped(f"Stopped after {meter.text()}; nothing was written.") from None
        # What a write has done by now stands in the ledger, and nowhere else for sure.
        raise terminal.Stopped(
            "Stopped. flarite-nl history says what was written; the same command again does the rest, nothing twice."
        ) from None


def _complain(outcome: Outcome) -> None:
    if outcome.parse.status != "ok":
        from flarite_nl.rendering.parses import problem_text

        click.echo(problem_text(outcome.parse), err=True)
    elif outcome.error:
        complain_of(outcome.error, outcome.parse)
