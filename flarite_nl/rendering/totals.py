"""What the amounts of a table come to, a line for each currency: sums never mix currencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flarite_nl.rendering.cells import Column, amounts_at, money_minor

SINGLE = frozenset({"unit_amount", "amount_off"})
"""Money of one unit: what several prices come to means nothing."""

Row = Mapping[str, Any]


def totals(rows: Sequence[Row], columns: Sequence[Column]) -> dict[str, list[str]]:
    """By currency, the text for each column: its total, or nothing where it is no money.

    Empty for a single row, and where no column is money. A column with an amount in no currency has no total.
    """
    if len(rows) < 2:
        return {}
    sums = [_sums(rows, column) if _summed(column) else None for column in columns]
    codes = sorted({code for each in sums if each for code in each})
    return {code: [money_minor(each[code], code) if each and code in each else "" for each in sums] for code in codes}


def _summed(column: Column) -> bool:
    return column.type == "money" and column.path.rpartition(".")[2] not in SINGLE


def _sums(rows: Sequence[Row], column: Column) -> dict[str, int] | None:
    found: dict[str, int] = {}
    for row in rows:
        for amount, code in amounts_at(row, column):
            if isinstance(amount, bool) or not isinstance(amount, int):
                return None
            if code is not None:
                found[code] = found.get(code, 0) + amount
            elif amount:
                return None
    return found
