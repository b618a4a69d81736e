"""An error for people: one sentence, the words of the prompt that it is about, what to try."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flarite_nl.errors import FlariteError
from flarite_nl.model.outcome import Failure
from flarite_nl.model.parse import Parse, Span
from flarite_nl.rendering.clean import clean_line
from flarite_nl.rendering.parses import underline

TRY: Mapping[str, str] = {
    "rate_limited": "wait a minute and ask again, or ask for less (a period, a limit)",
    "unreachable": "check the connection and https://status.stripe.com, then ask again: a write is never made twice",
    "too_many_requests": "name a period or a limit, or allow more with --max-requests",
    "ambiguous": "name the one that is meant by its ID",
    "drift": "make the plan again with `flarite-nl plan … --out FILE`",
    "repeated": "--again does it once more, --nonce TEXT names a new occasion",
}
"""What helps, by the kind of the error. Where the sentence itself names an option, nothing is added."""

_WORD = re.compile(r"[\w@.+-]*\w")
_TELLING = re.compile(r"[\d_@]")
"""What a word that names one object has: an ID, an email, a number of an invoice."""


def sentence(error: FlariteError | Failure) -> str:
    """The error in one sentence, with Stripe's request ID where there is one."""
    return f"{error.message} (request {error.request_id})" if error.request_id else error.message


def located(error: FlariteError | Failure, parse: Parse | None) -> tuple[Span, ...]:
    """The words of the prompt that an error is about: those its sentence names, as far as they tell one thing.

    A prompt that cannot be planned fails at a field: then they are the words that were taken for that field.
    """
    if parse is None:
        return ()
    named = set(_WORD.findall(error.message))
    found = [each for each in _WORD.finditer(parse.text) if each[0] in named and _TELLING.search(each[0])]
    if found or error.kind != "plan":
        return tuple(Span(each.start(), each.end(), each[0]) for each in found)
    taken = (each for intent in parse.intents for each in intent.evidence)
    return tuple(each.span for each in taken if each.rule.rpartition(" ")[2] in named and " " in each.rule)


def help_text(error: FlariteError | Failure, parse: Parse | None = None) -> str:
    """What stands below the sentence: the prompt, underlined where it failed, and what to try. May be empty."""
    lines: list[str] = []
    spans = located(error, parse)
    if parse is not None and spans:
        lines += [f"  {line}" for line in underline(parse.text, spans)]
    tip = TRY.get(error.kind)
    if tip and not _said(error.message):
        lines.append(f"Try: {clean_line(tip)}.")
    return "\n".join(lines)


def _said(message: str) -> bool:
    return "--" in message
