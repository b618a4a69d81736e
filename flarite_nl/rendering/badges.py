"""The badge: whose data an answer shows, in words and, where there is colour, in colour. Imports next to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flarite_nl.rendering.clean import clean_line

if TYPE_CHECKING:
    from flarite_nl.model.outcome import Mode

BADGES: Mapping[Mode, tuple[str, str]] = {
    "sandbox": ("SANDBOX", "made-up data on this machine; nothing reaches Stripe"),
    "test": ("TEST", "no real money"),
    "live": ("LIVE", "real money"),
}

COLOURS: Mapping[Mode, str] = {"sandbox": "30;46", "test": "30;43", "live": "1;97;41"}
"""SGR numbers: black on cyan, black on yellow, bold white on red; the terminal's own colours."""


def badge(mode: Mode, account: str | None = None, server: str | None = None, *, colour: bool = False) -> str:
    """The line that says whose data this is. ``server`` is named where it is not Stripe's own."""
    line = f"{badge_word(mode, colour=colour)}  {BADGES[mode][1]}"
    if account and mode != "sandbox":
        line += f" ({clean_line(account)})"
    return f"{line}, at {clean_line(server)}" if server else line


def badge_word(mode: Mode, *, colour: bool = False) -> str:
    """LIVE, TEST or SANDBOX alone, for a prompt or a table."""
    word = BADGES[mode][0]
    return f"\x1b[{COLOURS[mode]}m {word} \x1b[0m" if colour else word
