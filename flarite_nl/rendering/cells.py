"""One value of a Stripe object → the text of one table cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any

from flarite_nl.model.currencies import exponent, to_major
from flarite_nl.rendering.clean import clean_line
from flarite_nl.rendering.relative import relative

NOTHING = "-"
"""What a cell shows for a value that is not there."""

_SYMBOLS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}
_STEP = re.compile(r"(?P<name>[^\[\]]+)(?P<each>\[(?:|min|max)\])?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, where it stands on the object, and the type of its values.

    ``path`` is dotted; ``[]`` after a name means each item of a list, ``[min]`` the least of them. ``type`` is a
    field type of the grammar (``money``, ``time``, ``boolean``, …). ``name`` is the field's, as people name it.
    """

    heading: str
    path: str
    type: str = "text"
    name: str = ""

    @property
    def is_status(self) -> bool:
        return self.type == "word" and self.path.rpartition(".")[2] == "status"


def cell(row: Mapping[str, Any], column: Column, zone: tzinfo, now: datetime | None = None) -> str:
    """The text of ``column`` for one object; several values (``items.data[]``) stand beside each other.

    With ``now`` a time also says how far away it is.
    """
    found = found_at(row, column)
    if column.type == "money":
        texts = [money_minor(value, code) for value, code in amounts_at(row, column)]
    elif column.type == "time" and now is not None:
        texts = [f"{plain(value, 'time', zone)}{_away(value, now)}" for value in found]
    else:
        texts = [plain(value, column.type, zone) for value in found]
    return ", ".join(dict.fromkeys(texts)) if texts else NOTHING


def found_at(row: Mapping[str, Any], column: Column) -> list[Any]:
    """The values of a column, as Stripe gave them, without those that are missing."""
    found = [value for value in values_at(row, column.path) if value is not None and value != ""]
    if "[min]" in column.path or "[max]" in column.path:
        return [min(found) if "[min]" in column.path else max(found)] if found else []
    return found


def amounts_at(row: Mapping[str, Any], column: Column) -> list[tuple[Any, str | None]]:
    """The amounts of a money column in minor units, each with its currency."""
    found = found_at(row, column)
    return list(zip(found, _currencies(row, column.path, len(found)), strict=True))


def _away(value: Any, now: datetime) -> str:
    return f" ({relative(value, now)})" if isinstance(value, int) and not isinstance(value, bool) and value else ""


def values_at(row: Any, path: str) -> Iterator[Any]:
    """Every value at a dotted path; none where the path leads nowhere.

    A key may itself hold dots (``metadata.order.id``), so the rest of the path is tried as one key first.
    """
    if not path:
        return
    if isinstance(row, Mapping) and path in row:
        yield row[path]
        return
    head, _, rest = path.partition(".")
    match = _STEP.fullmatch(head)
    if match is None or not isinstance(row, Mapping):
        return
    value = row.get(match["name"])
    for each in value if match["each"] and isinstance(value, list) else [value]:
        if rest:
            yield from values_at(each, rest)
        else:
            yield each


def _currencies(row: Mapping[str, Any], path: str, count: int) -> list[str | None]:
    """The currency of each amount at ``path``: of the object or list item that it stands in, else of the row."""
    if "[]" in path:
        siblings = [*values_at(row, path[: path.rindex("[]") + 2] + ".currency")]
        if len(siblings) == count:
            return siblings
    beside = [*values_at(row, path.rpartition(".")[0] + ".currency")] if "." in path and "[" not in path else []
    if len(beside) == 1 and isinstance(beside[0], str):
        return [beside[0]] * count
    currency = row.get("currency")
    return [currency if isinstance(currency, str) else None] * count


def money_minor(amount: Any, currency: str | None) -> str:
    """Minor units as people write them: ``4500, "usd"`` is ``$45.00``."""
    if isinstance(amount, bool) or not isinstance(amount, int):
        return clean_line(str(amount))
    if currency is None:
        # A customer without a currency has a balance of 0; how many decimals another figure had, nobody can say.
        return "0" if amount == 0 else f"{amount:,} (smallest units)"
    return money(to_major(amount, currency), currency)


def money(amount: Decimal, currency: str) -> str:
    """Major units as people write them: ``$1,234.50``, ``¥500``, ``1,234.500 KWD``, ``-€5.00``."""
    code = currency.lower()
    places = max(exponent(code), -int(amount.as_tuple().exponent))
    digits = f"{abs(amount):,.{places}f}"
    sign = "-" if amount < 0 else ""
    if code in _SYMBOLS:
        return f"{sign}{_SYMBOLS[code]}{digits}"
    return f"{sign}{digits} {clean_line(code.upper())}"


def plain(value: Any, kind: str, zone: tzinfo) -> str:
    """Any value that is not money."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if kind == "time" and isinstance(value, int):
        return moment(value, zone) if value else NOTHING  # Stripe writes 0 for a due date that does not exist
    if kind == "percent" and isinstance(value, (int, float, Decimal)):
        return f"{value:g}%" if isinstance(value, float) else f"{value}%"
    if isinstance(value, Mapping):
        # An object where an ID was expected was expanded.
        return clean_line(str(value["id"])) if "id" in value else clean_line(str(dict(value)))
    if isinstance(value, (list, tuple)):
        return ", ".join(plain(each, kind, zone) for each in value) or NOTHING
    return clean_line(str(value))


def moment(seconds: int, zone: tzinfo) -> str:
    """Unix seconds as ``2026-03-18 15:30`` in ``zone``; seconds past the minute are shown where there are any."""
    try:
        local = datetime.fromtimestamp(seconds, UTC).astimezone(zone)
    except (OverflowError, ValueError, OSError):
        return str(seconds)
    return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")
