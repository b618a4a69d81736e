"""An ``Outcome`` for people: a badge, then one table an intent, then what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from flarite_nl.model.currencies import shown
from flarite_nl.model.outcome import Figure, Outcome, Result, Row
from flarite_nl.model.parse import Intent
from flarite_nl.model.values import plain
from flarite_nl.rendering.badges import badge
from flarite_nl.rendering.cells import NOTHING, money
from flarite_nl.rendering.clean import clean_line
from flarite_nl.rendering.colours import paint
from flarite_nl.rendering.columns import headings, kinds_of
from flarite_nl.rendering.confirmations import question_lines
from flarite_nl.rendering.markdown import escaped
from flarite_nl.rendering.tables import Style, plain_table, table

__all__ = ["INCOMPLETE", "Style", "badge", "figure_text", "figure_title", "group_key", "outcome_text"]

INCOMPLETE = "INCOMPLETE: something is missing from this answer."


def outcome_text(outcome: Outcome, style: Style) -> str:
    """The whole answer, ready to print; an error that ended it early is left to the caller."""
    head = badge(outcome.mode, outcome.account, style.server, colour=style.colour)
    blocks = [f"**{escaped(head)}**" if style.markdown else head]
    blocks += [("\n\n" if style.markdown else "\n").join(_result(each, style)) for each in outcome.results]
    blocks += _remarks(outcome, style)
    return "\n\n".join(blocks)


def _remarks(outcome: Outcome, style: Style) -> Iterator[str]:
    """What is missing from the answer, and what should be known of it."""
    told = {note for each in outcome.results if each.repeated or each.complete for note in each.problems}
    if not outcome.complete and not _only_repeated(outcome):
        lines = [f"  {_line(each, style)}" for each in outcome.problems if each not in told]
        yield "\n".join([_strong(INCOMPLETE, "bad", style), *lines])
        return
    # What a write has to say stands with it.
    notes = [note for each in outcome.results if each.kind != "write" for note in each.problems]
    if outcome.complete and notes:
        yield "\n".join(f"Note: {_line(each, style)}" for each in notes)


def _line(text: str, style: Style) -> str:
    return escaped(text) if style.markdown else clean_line(text)


def _strong(text: str, tone: str, style: Style) -> str:
    return f"**{escaped(text)}**" if style.markdown else paint(text, tone, colour=style.colour)


def _heading(text: str, style: Style) -> str:
    return f"### {escaped(text)}" if style.markdown else paint(text, "heading", colour=style.colour)


def _only_repeated(outcome: Outcome) -> bool:
    """Whether nothing is missing but that what was done before is not done once more: the caller says so."""
    return outcome.error is not None and outcome.error.kind == "repeated" and bool(outcome.results)


def _result(result: Result, style: Style) -> Iterator[str]:
    if result.kind == "groups":
        yield from _figures(result, style)
    elif result.kind == "write":
        yield from _written(result, style)
    else:
        yield from _rows(result, style)


def _rows(result: Result, style: Style) -> Iterator[str]:
    title = _title(result.intent)
    single = result.intent.action == "get" and len(result.rows) == 1
    shown = style.part(result.rows)
    cut = f", {style.first + 1} to {style.first + len(shown)} shown" if 0 < len(shown) < len(result.rows) else ""
    yield _heading(title if single else f"{title}: {len(result.rows) or 'none'} found{cut}", style)
    if shown:
        yield from _tables(shown, result, style, style.numbered and result.intent.action == "list")


def _written(result: Result, style: Style) -> Iterator[str]:
    if result.dry_run:
        yield _heading(f"{result.name}: dry run, nothing was written", style)
        if result.question is not None:
            lines = question_lines(result.question)
            yield from map(escaped, lines) if style.markdown else lines
    else:
        count = len(result.written) or "nothing"
        yield _heading(f"{result.name}: {count} written{' before, nothing new' if result.repeated else ''}", style)
    if result.written:
        yield from _tables(result.written, result, style)
    if result.repeated or result.complete:
        yield from (f"  {_line(each, style)}" for each in result.problems)
    for each in result.skipped:
        yield f"  skipped {_line(each.id, style)}: {_line(each.why, style)}"


def _figures(result: Result, style: Style) -> Iterator[str]:
    if not result.groups:
        yield _heading(f"{figure_title(result.intent)}: none", style)
        return
    yield _heading(f"{figure_title(result.intent)}:", style)
    keys = list(result.groups[0].key)
    # A group's value may be an ID, a code or a period such as 2026-03: each is shown as it came.
    rows = [[*(group_key(group.key.get(key)) for key in keys), figure_text(group)] for group in result.groups]
    yield plain_table([*headings(keys), "value"], rows, ["left"] * len(keys) + ["right"], style)


def figure_title(intent: Intent) -> str:
    """What the figures are: ``Charges, sum of amount``."""
    title = _title(intent)
    if intent.aggregate:
        function, field = intent.aggregate.function, intent.aggregate.field
        return f"{title}, {function} of {clean_line(field)}" if field else f"{title}, {function}"
    name = intent.params.get("name")
    return f"{title}, {clean_line(str(name))}" if name else title


def group_key(value: Any) -> str:
    """What a group is called."""
    return NOTHING if value is None or value == "" else clean_line(str(value))


def figure_text(figure: Figure) -> str:
    """A figure as people write it: money with its currency, counts with commas."""
    if figure.currency:
        # An average has more digits than its currency; the JSON rounds it the same way.
        return money(Decimal(shown(Decimal(figure.value), figure.currency)), figure.currency)
    return f"{figure.value:,}" if isinstance(figure.value, int) else plain(figure.value)


def _tables(rows: Sequence[Row], result: Result, style: Style, numbered: bool = False) -> Iterator[str]:
    """One table for each kind of object among the rows."""
    partial = not result.complete or (not result.written and len(rows) < len(result.rows))
    for columns, some in kinds_of(rows, result.intent, style.resources, style.fields):
        yield table(some, columns, style, style.first + 1 if numbered else None, partial=partial)


def _title(intent: Intent) -> str:
    return clean_line(intent.resource.replace("_", " ").capitalize())
