"""``flarite-nl plan``: the calls that would answer a prompt, without making any."""

from __future__ import annotations

from datetime import datetime

import click

from flarite_nl.cli import exits, prompts
from flarite_nl.cli.options import clock, clock_options, grammar_option, key_options
from flarite_nl.cli.understood import errors_as_json, not_understood, understood


@click.command("plan")
@click.argument("prompt", nargs=-1, required=True)
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--out",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Read what a write would change, and keep it all in FILE for flarite-nl apply. Needs a key.",
)
@key_options
@click.option("--max-targets", type=click.IntRange(min=1), metavar="N", help="With --out: the most targets.")
@grammar_option
@clock_options
@click.pass_context
def command(
    ctx: click.Context,
    prompt: tuple[str, ...],
    style: str,
    out: str | None,
    api_base: str | None,
    max_targets: int | None,
    grammar: tuple[str, ...],
    now: datetime | None,
    zone: str | None,
) -> None:
    """Show the Stripe calls for PROMPT without making any. Needs no key and no network, but for --out."""
    with errors_as_json(style == "json"):
        text = prompts.argument(prompt).text
        at = clock(now, zone)
        parse, loaded = understood(text, at, grammar)
        from flarite_nl.rendering.clean import clean_line, to_json
        from flarite_nl.rendering.parses import problem_text

        if parse.status != "ok":
            if style == "json":
                click.echo(to_json({"parse": parse.to_dict(), "error": not_understood(parse).to_dict()}, indent=2))
            click.echo(problem_text(parse), err=True)
            ctx.exit(exits.of_parse(parse))
        if out is not None:
            from flarite_nl.cli.planfile import prepare

            ctx.exit(prepare(parse, loaded, at, out, api_base, max_targets, style))
        from flarite_nl.engine import Engine

        plan = Engine(tz=at.zone, now=at.now, grammar=loaded).plan(parse)
        if style == "json":
            click.echo(to_json(plan.to_dict(), indent=2))
            return
        for line in plan.describe():
            indent = line[: len(line) - len(line.lstrip())]
            click.echo(indent + clean_line(line.strip()))
