"""Single dates as people write them: ``3/5/2026``, ``March 5``. The only importer of dateparser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

_NO_YEAR = 1904
"""A leap year before everything at Stripe: where dateparser answers with it, no year was said."""


@dataclass(frozen=True, slots=True)
class LeafDate:
    """The parts of a written date that name a day which exists; ``year`` is None where none was said."""

    year: int | None
    month: int
    day: int


@lru_cache(maxsize=4096)
def read_date(text: str) -> LeafDate | None:
    """Read a date in figures, the month first: ``3/5/2026``, ``3/5/26``, ``3/5``; or the year first: ``2026/3/5``.

    None where no such day exists (``2/30``, ``13/45/2026``): nothing is ever shifted to a day that does, and
    ``13/5`` is not turned round. The 29th of February exists where no year is said.
    """
    numbers = [int(each) for each in re.findall(r"\d+", text)]
    year_first = len(numbers) == 3 and numbers[0] > 99
    month, day = numbers[1:3] if year_first else numbers[:2]
    try:
        found = _reader().get_date_data(text).date_obj
    except (ValueError, OverflowError):  # dateparser lets some malformed figures through to datetime
        return None
    # dateparser turns 13/5 round and reads a day that does not exist as another: only what was written counts.
    if found is None or (found.month, found.day) != (month, day):
        return None
    return LeafDate(None if found.year == _NO_YEAR and len(numbers) == 2 else found.year, month, day)


@lru_cache(maxsize=4096)
def read_iso(text: str) -> LeafDate | None:
    """Read ``2026-03-05`` or ``2026-3-5``; None where no such day exists."""
    year, month, day = (int(each) for each in text.split("-"))
    try:
        date(year, month, day)
    except ValueError:
        return None
    return LeafDate(year, month, day)


@lru_cache(maxsize=4096)
def read_stamp(text: str) -> datetime | None:
    """Read an ISO 8601 timestamp, with or without an offset; None where it is malformed or does not exist."""
    day, clock = text[:10], text[11:].upper()
    try:
        return datetime.fromisoformat(f"{day}T{'0' if clock[1:2] == ':' else ''}{clock}")
    except ValueError:
        return None


@cache
def _reader() -> Any:
    # Imported here: most prompts hold no written date, and the import costs more than parsing a hundred of them.
    from dateparser.date import DateDataParser

    return DateDataParser(
        languages=["en"],
        settings={
            "DATE_ORDER": "MDY",
            "PREFER_LOCALE_DATE_ORDER": False,
            "RELATIVE_BASE": datetime(_NO_YEAR, 1, 1),  # noqa: DTZ001 - dateparser wants a naive one
            "REQUIRE_PARTS": ["month", "day"],
            "PARSERS": ["absolute-time"],
        },
    )
