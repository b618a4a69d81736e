"""What ``ask`` and ``plan`` share: read the prompt, and end here where it is not one to carry out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from flarite_nl.cli.options import Clock
from flarite_nl.errors import FlariteError

if TYPE_CHECKING:
    from flarite_nl.grammar.schema import Grammar
    from flarite_nl.model.outcome import Failure
    from flarite_nl.model.parse import Parse


def understood(text: str, at: Clock, own: Sequence[str] = ()) -> tuple[Parse, Grammar]:
    """What the prompt means, and the grammar that says so, with a person's ``own`` files."""
    from flarite_nl.parsing.parser import Parser, shared_matcher

    matcher = shared_matcher(own)
    parser = Parser(tz=at.zone, matcher=matcher)
    return parser.suggested(parser.parse(text, now=at.now)), matcher.lexicon.grammar


def not_understood(parse: Parse) -> Failure:
    """Why the prompt is not carried out, in the form that errors have in JSON (FRAME.md)."""
    from flarite_nl.model.outcome import Failure
    from flarite_nl.rendering.parses import reason_sentence

    span = parse.unrecognized[0].to_dict() if parse.unrecognized else None
    return Failure(parse.reason or parse.status, reason_sentence(parse), span=span)


@contextmanager
def errors_as_json(wanted: bool) -> Iterator[None]:
    """With ``--format json`` an error that ends the command is JSON too; its sentence still goes to stderr."""
    try:
        yield
    except FlariteError as error:
        if wanted:
            from flarite_nl.model.outcome import Failure
            from flarite_nl.rendering.clean import to_json

            failure = Failure(error.kind, error.message, error.request_id)
            click.echo(to_json({"error": failure.to_dict()}, indent=2))
        raise
