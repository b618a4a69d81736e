"""An ``Outcome`` for people: a badge, then one table an intent, then what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from decimal import Decimal
from typing import Any

from tabulate import tabulate

from flarite_nl.grammar.schema import Resource
from flarite_nl.model.currencies import shown
from flarite_nl.model.outcome import Figure, Outcome, Result, Row
from flarite_nl.model.parse import Intent
from flarite_nl.model.values import plain
from flarite_nl.rendering.badges import badge
from flarite_nl.rendering.cells import NOTHING, Column, cell, money
from flarite_nl.rendering.clean import clean_line
from flarite_nl.rendering.columns import RIGHT, by_object, columns_of, guessed_columns, headings


@dataclass(frozen=True, slots=True)
class Style:
    """What a table depends on besides its data: the grammar's resources by name, and the zone of its times.

    ``server`` is named in the badge where it is not Stripe's own.
    """

    resources: Mapping[str, Resource]
    zone: tzinfo
    zone_name: str
    server: str | None = None


def outcome_text(outcome: Outcome, style: Style) -> str:
    """The whole answer, ready to print; an error that ended it early is left to the caller."""
    blocks = [badge(outcome.mode, outcome.account, style.server)]
    blocks += ["\n".join(_result(each, style)) for each in outcome.results]
    told = {note for each in outcome.results if each.repeated or each.complete for note in each.problems}
    if not outcome.complete and not _only_repeated(outcome):
        lines = [f"  {clean_line(each)}" for each in outcome.problems if each not in told]
        blocks.append("\n".join(["INCOMPLETE: something is missing from this answer.", *lines]))
    elif outcome.problems:
        blocks.append("\n".join(f"Note: {clean_line(each)}" for each in outcome.problems))
    return "\n\n".join(blocks)


def _only_repeated(outcome: Outcome) -> bool:
    """Whether nothing is missing but that what was done before is not done once more: the caller says so."""
    return outcome.error is not None and outcome.error.kind == "repeated" and bool(outcome.results)


def _result(result: Result, style: Style) -> Iterator[str]:
    if result.kind == "groups":
        yield from _figures(result)
    elif result.kind == "write":
        yield from _written(result, style)
    else:
        yield from _rows(result, style)


def _rows(result: Result, style: Style) -> Iterator[str]:
    title = _title(result.intent)
    single = result.intent.action == "get" and len(result.rows) == 1
    yield title if single else f"{title}: {len(result.rows) or 'none'} found"
    if result.rows:
        yield from _tables(result.rows, result.intent, style)


def _written(result: Result, style: Style) -> Iterator[str]:
    if result.dry_run:
        yield f"{result.name}: dry run, nothing was written"
        yield from (f"  would act on {clean_line(each)}" for each in result.targets)
    else:
        count = len(result.written) or "nothing"
        yield f"{result.name}: {count} written{' before, nothing new' if result.repeated else ''}"
    if result.written:
        yield from _tables(result.written, result.intent, style)
    if result.repeated or result.complete:
        yield from (f"  {clean_line(each)}" for each in result.problems)
    for each in result.skipped:
        yield f"  skipped {clean_line(each.id)}: {clean_line(each.why)}"


def _figures(result: Result) -> Iterator[str]:
    if not result.groups:
        yield f"{_figure_title(result.intent)}: none"
        return
    yield f"{_figure_title(result.intent)}:"
    keys = list(result.groups[0].key)
    # A group's value may be an ID, a code or a period such as 2026-03: each is shown as it came.
    rows = [[*(_key(group.key.get(key)) for key in keys), _figure(group)] for group in result.groups]
    yield _tabulate([*headings(keys), "value"], rows, ["left"] * len(keys) + ["right"])


def _figure_title(intent: Intent) -> str:
    title = _title(intent)
    if intent.aggregate:
        function, field = intent.aggregate.function, intent.aggregate.field
        return f"{title}, {function} of {clean_line(field)}" if field else f"{title}, {function}"
    name = intent.params.get("name")
    return f"{title}, {clean_line(str(name))}" if name else title


def _key(value: Any) -> str:
    return NOTHING if value is None or value == "" else clean_line(str(value))


def _figure(figure: Figure) -> str:
    if figure.currency:
        # An average has more digits than its currency; the JSON rounds it the same way.
        return money(Decimal(shown(Decimal(figure.value), figure.currency)), figure.currency)
    return f"{figure.value:,}" if isinstance(figure.value, int) else plain(figure.value)


def _tables(rows: Sequence[Row], intent: Intent, style: Style) -> Iterator[str]:
    """One table for each kind of object among the rows: a write on one resource may make objects of another."""
    known = by_object(style.resources.values())
    kinds = list(dict.fromkeys(str(row.get("object")) for row in rows))
    for kind in kinds:
        described = known.get(kind) or style.resources.get(intent.resource)
        some = [row for row in rows if str(row.get("object")) == kind]
        yield table(some, columns_of(described, intent.fields) if described else guessed_columns(some[0]), style)


def table(rows: Iterable[Row], columns: Sequence[Column], style: Style) -> str:
    """Stripe objects as a table; the heading of a time names its zone."""
    names = [f"{each.heading} ({style.zone_name})" if each.type == "time" else each.heading for each in columns]
    split = (part for row in rows for part in _by_currency(row, columns))
    cells = [[cell(row, column, style.zone) for column in columns] for row in split]
    return _tabulate(names, cells, ["right" if column.type in RIGHT else "left" for column in columns])


def _by_currency(row: Row, columns: Sequence[Column]) -> list[Row]:
    """A balance holds lists of amounts, one of each currency: it gets one line a currency."""
    heads = {column.path.partition("[]")[0] for column in columns if "[]." in column.path}
    lists = {head: row[head] for head in heads if _are_amounts(row.get(head))}
    codes = dict.fromkeys(each["currency"] for amounts in lists.values() for each in amounts)
    if len(codes) < 2:
        return [row]
    return [
        {**row, **{head: [each for each in lists[head] if each["currency"] == code] for head in lists}}
        for code in sorted(codes)
    ]


def _are_amounts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, Mapping) and "currency" in each for each in value)


def _tabulate(names: Sequence[str], cells: Sequence[Sequence[str]], sides: Sequence[str]) -> str:
    # Without disable_numparse, tabulate would take an ID such as 123e5 for a number and rewrite it.
    return tabulate(cells, names, tablefmt="simple", disable_numparse=True, colalign=sides, headersalign=sides)


def _title(intent: Intent) -> str:
    return clean_line(intent.resource.replace("_", " ").capitalize())
