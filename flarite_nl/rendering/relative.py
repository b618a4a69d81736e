"""How far a moment is from now, in a few characters: ``in 7d``, ``3h ago``."""

from __future__ import annotations

from datetime import datetime

_UNITS = ((365 * 86400, "y"), (30 * 86400, "mo"), (86400, "d"), (3600, "h"), (60, "m"))
"""Seconds of a unit and its sign; months and years are rough, as this is only there to be glanced at."""


def relative(seconds: int, now: datetime) -> str:
    """Unix seconds against ``now`` (aware), rounded down to the largest unit that fits."""
    away = seconds - int(now.timestamp())
    for length, sign in _UNITS:
        count = abs(away) // length
        if count:
            return f"in {count}{sign}" if away > 0 else f"{count}{sign} ago"
    return "now"
