"""``flarite-nl parse``: what prompts mean. Needs no key and no network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from flarite_nl.cli import exits, prompts
from flarite_nl.cli.app import complain
from flarite_nl.cli.exits import Exit
from flarite_nl.cli.options import Clock, clock, clock_options, grammar_option
from flarite_nl.cli.prompts import Prompt, Unreadable
from flarite_nl.errors import FlariteError, InputError

if TYPE_CHECKING:
    from flarite_nl.model.parse import Parse

Result = tuple[Prompt | Unreadable, "Parse | InputError"]


@click.command("parse")
@click.argument("prompt", nargs=-1)
@click.option("--file", "file", type=click.File("rb"), metavar="F|-", help="Read one prompt a line from a file or '-'.")
@click.option(
    "--input",
    "form",
    type=click.Choice(["text", "jsonl"]),
    default="text",
    show_default=True,
    help="What a line of --file holds: a prompt, or a JSON object with 'text' and perhaps 'context'.",
)
@click.option("--format", "style", type=click.Choice(["json", "jsonl", "text"]), default="json", show_default=True)
@grammar_option
@clock_options
@click.pass_context
def command(
    ctx: click.Context,
    prompt: tuple[str, ...],
    file: BinaryIO | None,
    form: str,
    style: str,
    grammar: tuple[str, ...],
    now: datetime | None,
    zone: str | None,
) -> None:
    """Show what each PROMPT means, without asking Stripe.

    With PROMPTs the exit code says how the worst of them was understood. With --file every line gets its result, and
    the exit code only says whether all of them could be read.
    """
    if bool(prompt) == bool(file):
        raise click.UsageError("Give one or more PROMPTs, or --file.")
    if file:
        given: Iterable[Prompt | Unreadable] = prompts.lines(file, jsonl=form == "jsonl")
    else:
        given = [prompts.argument(each) for each in prompt]
    results = _parsed(given, clock(now, zone), grammar, helping=style == "text")
    codes = _show(results, style, several=bool(file) or len(prompt) > 1)
    if file:
        ctx.exit(Exit.PARTIAL if Exit.USAGE in codes else Exit.DONE)
    ctx.exit(exits.worst(codes))


def _parsed(
    given: Iterable[Prompt | Unreadable], at: Clock, own: tuple[str, ...], *, helping: bool
) -> Iterator[Result]:
    from flarite_nl.parsing.parser import Parser

    parser = Parser(tz=at.zone, grammar=own)
    for each in given:
        if isinstance(each, Unreadable):
            yield each, each.error
            continue
        try:
            parse = parser.parse(each.text, now=at.now, context=list(each.context))
            yield each, parser.suggested(parse) if helping else parse
        except InputError as error:
            yield each, error


def _show(results: Iterator[Result], style: str, *, several: bool) -> set[Exit]:
    """Print each result as soon as it is there, and tell the ways they went."""
    from flarite_nl.rendering.clean import to_json
    from flarite_nl.rendering.parses import parse_text
    from flarite_nl.rendering.problems import sentence

    array = style == "json" and several
    codes: set[Exit] = set()
    for each, result in results:
        before = bool(codes)
        if isinstance(result, FlariteError):
            codes.add(exits.of_error(result))
            complain(f"line {each.line}: {sentence(result)}" if each.line else sentence(result))
            body = _error(each, result)
        else:
            codes.add(exits.of_parse(result))
            body = result.to_dict()
        if style == "json":
            click.echo(("," if before else "[") if array else "", nl=False)
            click.echo(to_json(body, indent=2))
        elif style == "jsonl":
            click.echo(to_json(body))
        elif not isinstance(result, FlariteError):
            click.echo(parse_text(result))
    if array:
        click.echo("]" if codes else "[]")
    return codes


def _error(each: Prompt | Unreadable, error: InputError) -> dict[str, Any]:
    body: dict[str, Any] = {"line": each.line} if each.line else {}
    return {**body, "error": {"kind": error.kind, "message": error.message, "span": None, "request_id": None}}
