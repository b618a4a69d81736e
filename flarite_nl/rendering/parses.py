"""A ``Parse`` for people: what was understood, or the prompt with the words underlined that were not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from wcwidth import wcswidth

from flarite_nl.model.parse import Filter, Intent, Parse, Span
from flarite_nl.model.values import Money, Ref, Value, Window, jsonable, moment_text, plain
from flarite_nl.rendering.cells import money
from flarite_nl.rendering.clean import clean_character, clean_line

MARGIN = 30
"""Characters of a long prompt that are shown around what is underlined."""


def parse_text(parse: Parse) -> str:
    """Several lines: the prompt and its intents, or why there are none."""
    if parse.status != "ok":
        return problem_text(parse)
    lines = [clean_line(parse.text)]
    for number, intent in enumerate(parse.intents):
        lines += [f"  {number}. {line}" if not rest else f"     {line}" for rest, line in enumerate(_intent(intent))]
    return "\n".join(lines)


def problem_text(parse: Parse) -> str:
    """One sentence, the prompt with the unrecognized words underlined, and what to try instead."""
    lines = [reason_sentence(parse)]
    if parse.unrecognized:
        lines += [f"  {line}" for line in underline(parse.text, parse.unrecognized)]
    for span, word in parse.corrections:
        lines.append(f"  {clean_line(span.text)} was read as {clean_line(word)}.")
    if parse.suggestions:
        lines.append("Try: " + "; ".join(clean_line(each) for each in parse.suggestions))
    return "\n".join(lines)


def underline(text: str, spans: Sequence[Span]) -> tuple[str, str]:
    """The prompt on one line and, below it, ``^^^`` under each span; a long prompt is cut around the first ones."""
    first = min(span.start for span in spans)
    start = max(0, first - MARGIN) if len(text) > 3 * MARGIN else 0
    end = min(len(text), max(start + 3 * MARGIN, min(spans, key=lambda span: span.start).end + 1))
    end = min(end, start + 6 * MARGIN)
    shown = ("… " if start else "") + "".join(clean_character(each) for each in text[start:end])
    shift = len(shown) - (end - start) - start
    marks = [" "] * max(wcswidth(shown), 0)
    for span in spans:
        if span.start < end:
            # Columns are not characters: letters may be two wide, or join with the one before.
            left, right = (max(wcswidth(shown[: max(at + shift, 0)]), 0) for at in (span.start, span.end))
            marks[left:right] = "^" * len(marks[left:right])
    return shown + (" …" if end < len(text) else ""), "".join(marks).rstrip()


def reason_sentence(parse: Parse) -> str:
    """Why a prompt is not carried out, in one sentence."""
    if parse.message:
        return clean_line(parse.message)
    if parse.status == "clarify":
        what = ", ".join(parse.missing).replace("_", " ")
        return f"Something is missing: {what}." if what else "This can be read in more than one way."
    return {
        "out_of_scope": "This is not about your Stripe account.",
        "unsupported": "This is about Stripe, but nothing here can do it as worded.",
    }.get(parse.reason or "", "Some of these words were not understood, so nothing was done.")


def _intent(intent: Intent) -> Iterator[str]:
    yield intent.name
    if intent.aggregate:
        figure = intent.aggregate
        yield f"{figure.function} of {figure.field}" if figure.field else figure.function
        if figure.group_by:
            yield "by " + ", ".join(figure.group_by)
        if figure.having:
            yield f"where the figure {figure.having.op} {value_text(figure.having.value)}"
    for each in intent.filters:
        yield filter_text(each)
    for key, value in intent.params.items():
        yield f"{key} = {value_text(value)}"
    if intent.sort:
        yield f"sort {intent.sort.field} {intent.sort.order}"
    if intent.limit is not None:
        yield f"limit {intent.limit}"
    if intent.fields:
        yield "show " + ", ".join(intent.fields)
    if intent.note:
        yield f"note: {clean_line(intent.note)}"


def filter_text(each: Filter) -> str:
    """A filter on one line: ``status in needs_response, under_review``."""
    return f"{each.field} {each.op} {value_text(each.value)}"


def value_text(value: Value) -> str:
    """A value of the frame on one line."""
    if isinstance(value, Money):
        return money(value.amount, value.currency) if value.currency else plain(value.amount)
    if isinstance(value, Window):
        return f"{moment_text(value.start) or '…'} to {moment_text(value.end) or '…'}"
    if isinstance(value, Ref):
        return _ref(value)
    if isinstance(value, tuple):
        return ", ".join(value_text(each) for each in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {value_text(each)}" for key, each in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return clean_line(str(jsonable(value)))


def _ref(ref: Ref) -> str:
    whose = "the previous results" if ref.ref == "previous" else f"the results of {ref.ref}"
    picked = f", position {value_text(ref.position)}" if ref.position is not None else ""
    return f"{whose}{picked}" + (f", their {ref.field}" if ref.field else "")
