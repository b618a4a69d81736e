"""Billing periods: calendar steps from an anchor, in UTC."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, timedelta


def step(moment: int, interval: str, count: int) -> int:
    """``moment`` (seconds) moved by ``count`` intervals; the 31st becomes the last day of a shorter month."""
    at = datetime.fromtimestamp(moment, UTC)
    if interval in ("day", "week"):
        return int((at + timedelta(days=count * (7 if interval == "week" else 1))).timestamp())
    months = at.year * 12 + at.month - 1 + count * (12 if interval == "year" else 1)
    year, month = divmod(months, 12)
    day = min(at.day, monthrange(year, month + 1)[1])
    return int(at.replace(year=year, month=month + 1, day=day).timestamp())


def current(anchor: int, now: int, interval: str, count: int) -> tuple[int, int]:
    """The period that holds ``now``, counted from ``anchor`` (which may lie ahead: then the one before it)."""
    start, number = anchor, 0
    while step(anchor, interval, (number + 1) * count) <= now:
        number += 1
        start = step(anchor, interval, number * count)
    return start, step(anchor, interval, (number + 1) * count)
