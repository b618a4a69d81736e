"""The lines of long invoices: Stripe shows the first ten of each, and ``has_more``."""

from __future__ import annotations

from collections.abc import Mapping

from flarite_nl.errors import ApiError
from flarite_nl.execution.pages import Trouble, pages
from flarite_nl.execution.wire import TooMany, Wire
from flarite_nl.model.outcome import Row

FEW = 25
"""Long invoices whose lines are all asked for, a request or more for each; of more of them ten lines are given."""


def with_lines(wire: Wire, rows: tuple[Row, ...], trouble: Trouble) -> tuple[Row, ...]:
    """The rows, invoices with all their lines; ``trouble`` says so where some are left out."""
    short = [row for row in rows if row.get("object") == "invoice" and _is_short(row)]
    if len(short) > FEW:
        trouble.notes.append(
            f"Of {len(short)} long invoices the first ten lines are given; asked for by its ID, one has them all."
        )
        return rows
    whole: dict[str, Row] = {}
    try:
        for row in short:
            whole[str(row["id"])] = _whole(wire, row)
    except (ApiError, TooMany) as problem:
        left = ", ".join(str(row["id"]) for row in short if str(row["id"]) not in whole)
        trouble.error = trouble.error or problem
        trouble.problems.append(f"Only the first ten lines were read of {left}: {problem.message}")
    return tuple(whole.get(str(row.get("id")), row) for row in rows)


def _is_short(invoice: Row) -> bool:
    lines = invoice.get("lines")
    return isinstance(lines, Mapping) and bool(lines.get("has_more"))


def _whole(wire: Wire, invoice: Row) -> Row:
    found = pages(wire, "invoices.line_items.list", {}, Trouble(strict=True), of=str(invoice["id"]))
    data = [line for page in found for line in page]
    return {**invoice, "lines": {**invoice["lines"], "data": data, "has_more": False}}
