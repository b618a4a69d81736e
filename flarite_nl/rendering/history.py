"""The ledger for people and for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flarite_nl.model.ledger import Run
from flarite_nl.rendering.cells import NOTHING
from flarite_nl.rendering.clean import clean_line, to_json

SHOWN = ("id", "at", "state", "mode", "account", "name", "target", "amount", "currency", "object", "prompt")
"""Columns of the table; an export has all."""

WHOLE = ("id", "at (UTC)", "mode", "amount", "currency")
"""Columns that are never cut."""

WIDEST = 60
"""Characters of a prompt in the table."""


def history_text(runs: Sequence[Run], style: str, *, width: int | None = None, colour: bool = False) -> str:
    """Runs as given, one line an entry; ``style`` is table, json, ndjson or csv. Times are in UTC.

    ``width`` are the columns of the terminal that a table must fit.
    """
    entries = [entry for run in runs for entry in run.to_dicts()]
    if style == "json":
        return to_json(entries, indent=2)
    if style == "ndjson":
        return "\n".join(map(to_json, entries))
    if style == "csv":
        from flarite_nl.rendering.delimited import text_table

        return text_table(list(entries[0]), [list(entry.values()) for entry in entries], "csv") if entries else ""
    if not entries:
        return "Nothing was written from this machine yet."
    from flarite_nl.rendering.tables import status_table

    cells = [[_cell(entry[name]) for name in SHOWN] for entry in entries]
    headings = [name if name != "at" else "at (UTC)" for name in SHOWN]
    return status_table(headings, cells, "state", WHOLE, width=width, colour=colour)


def _cell(value: Any) -> str:
    if value is None or value == "":
        return NOTHING
    text = clean_line(str(value))
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"
