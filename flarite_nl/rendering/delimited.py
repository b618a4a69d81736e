"""CSV and TSV: values that a spreadsheet reads as what they are, and runs none of.

Amounts are numbers in major units with their currency beside them, times ISO 8601 in the chosen zone. RFC 4180: a
text that holds a separator of any locale is quoted. TSV has no quotes; white space in its texts is one blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any

from flarite_nl.model.currencies import shown, to_major
from flarite_nl.model.outcome import Figure, Outcome, Result, Row
from flarite_nl.model.values import plain as plain_number
from flarite_nl.rendering.cells import Column, amounts_at, found_at
from flarite_nl.rendering.clean import clean_line
from flarite_nl.rendering.columns import kinds_of
from flarite_nl.rendering.tables import Style, by_currency

SEPARATORS = {"csv": ",", "tsv": "\t"}

_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20|%]|[\t\r]")
"""Beginnings that Excel, LibreOffice or Google Sheets may take for a formula or a command, full-width ones too."""

_QUOTED = re.compile(r'[",;\t|\r\n]|^\s|\s$')


def delimited(outcome: Outcome, style: Style, form: str) -> str:
    """One table a kind of object, with a blank line between two; ``form`` is csv or tsv. Empty without any."""
    return "\n\n".join(table for each in outcome.results for table in _tables(each, style, form))


def text_table(names: Sequence[str], rows: Iterable[Sequence[Any]], form: str) -> str:
    """A heading and rows of texts and numbers: texts are defused, numbers stand as they are."""
    lines = [_line(names, form), *(_line(row, form) for row in rows)]
    return "\n".join(lines)


def defused(text: str) -> str:
    """``text`` on one line; an apostrophe goes before what a spreadsheet would run."""
    return f"'{clean_line(text)}" if _FORMULA.match(text) else clean_line(text)


def _tables(result: Result, style: Style, form: str) -> Iterator[str]:
    if result.kind == "groups":
        yield _figures(result.groups, form)
        return
    rows = result.written if result.kind == "write" else result.rows
    if result.dry_run:
        yield text_table(["id"], [[target] for target in result.targets], form)
    for columns, some in kinds_of(rows, result.intent, style.resources, style.fields):
        yield _objects(columns, some, style.zone, form)
    if not rows and not result.dry_run:
        # A file without rows still says what it would hold.
        for columns, _ in kinds_of(({},), result.intent, style.resources, style.fields):
            yield text_table(_names(columns), [], form)


def _objects(columns: Sequence[Column], rows: Iterable[Row], zone: tzinfo, form: str) -> str:
    split = (part for row in rows for part in by_currency(row, columns))
    return text_table(_names(columns), (list(_cells(row, columns, zone)) for row in split), form)


def _names(columns: Sequence[Column]) -> list[str]:
    """The fields' names; behind the first amount its currency, where that is no column anyway."""
    names = [column.name for column in columns]
    money = [at for at, column in enumerate(columns) if column.type == "money"]
    if money and "currency" not in names:
        names.insert(money[0] + 1, "currency")
    return names


def _cells(row: Row, columns: Sequence[Column], zone: tzinfo) -> Iterator[Any]:
    said = any(column.name == "currency" for column in columns)
    for column in columns:
        if column.type != "money":
            yield _value(row, column, zone)
            continue
        amounts = amounts_at(row, column)
        yield _amount(amounts)
        if not said:
            codes = {str(code) for column in columns if column.type == "money" for _, code in amounts_at(row, column)}
            yield " ".join(sorted(codes - {"None"}))
            said = True


def _amount(amounts: Sequence[tuple[Any, str | None]]) -> Any:
    if len(amounts) != 1:
        return "; ".join(str(_amount([each])) for each in amounts)
    amount, code = amounts[0]
    if isinstance(amount, bool) or not isinstance(amount, int) or (code is None and amount):
        return str(amount)
    return Decimal(shown(to_major(amount, code), code)) if code else Decimal(0)


def _value(row: Row, column: Column, zone: tzinfo) -> Any:
    texts = [_text(value, column.type, zone) for value in found_at(row, column)]
    if len(texts) == 1 and column.type in ("number", "percent") and not isinstance(texts[0], str):
        return texts[0]
    return "; ".join(dict.fromkeys(map(str, texts)))


def _text(value: Any, kind: str, zone: tzinfo) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and kind == "time":
        return moment(value, zone) if value else ""  # Stripe writes 0 for a due date that does not exist
    if isinstance(value, (int, float, Decimal)):
        return value
    if isinstance(value, Mapping):
        return str(value["id"]) if "id" in value else str(dict(value))
    if isinstance(value, (list, tuple)):
        return "; ".join(str(_text(each, kind, zone)) for each in value)
    return str(value)


def moment(seconds: int, zone: tzinfo) -> str:
    """ISO 8601 with its distance from UTC."""
    try:
        return datetime.fromtimestamp(seconds, UTC).astimezone(zone).isoformat()
    except (OverflowError, ValueError, OSError):
        return str(seconds)


def _figures(groups: Sequence[Figure], form: str) -> str:
    keys = list(groups[0].key) if groups else []
    money = any(group.currency for group in groups)
    names = [*keys, *(["currency"] if money else []), "value"]
    rows = ([*(_key(group.key.get(key)) for key in keys), *_figure(group, money)] for group in groups)
    return text_table(names, rows, form)


def _key(value: Any) -> str:
    return "" if value is None else str(value)


def _figure(figure: Figure, money: bool) -> Iterator[Any]:
    if money:
        yield figure.currency or ""
    if isinstance(figure.value, int):
        yield figure.value
    else:
        yield Decimal(shown(figure.value, figure.currency) if figure.currency else plain_number(figure.value))


def _line(values: Sequence[Any], form: str) -> str:
    return SEPARATORS[form].join(_cell(value, form) for value in values)


def _cell(value: Any, form: str) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    text = defused("" if value is None else str(value))
    if form == "csv" and _QUOTED.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text
