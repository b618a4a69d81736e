"""Colour for terminals: statuses, headings, totals. Words say the same, so that nothing is lost without it."""

from __future__ import annotations

from collections.abc import Mapping

_TONES: Mapping[str, str] = {
    "good": "32",
    "wait": "33",
    "bad": "31",
    "dim": "2",
    "bold": "1",
    "heading": "1;36",
}
"""Names and the numbers of SGR, the terminal's own colours: they fit light and dark backgrounds."""

_STATUSES: Mapping[str, frozenset[str]] = {
    "good": frozenset(
        """active succeeded paid won complete completed available trialing prevented warning_closed done""".split()
    ),
    "wait": frozenset(
        """pending processing open draft in_transit incomplete paused requires_action requires_capture
        requires_confirmation requires_payment_method under_review warning_under_review sent planned""".split()
    ),
    "bad": frozenset(
        """failed lost canceled past_due unpaid uncollectible incomplete_expired needs_response void
        warning_needs_response expired""".split()
    ),
}
"""Stripe's statuses, and those of the ledger. One that is not listed has no colour."""

_TONE_OF = {status: tone for tone, statuses in _STATUSES.items() for status in statuses}


def paint(text: str, tone: str | None, *, colour: bool = True) -> str:
    """``text`` in a tone; as it is without ``colour``, without a tone, and where there is nothing to paint."""
    number = _TONES.get(tone or "")
    return f"\x1b[{number}m{text}\x1b[0m" if colour and number and text else text


def tone_of_status(status: str) -> str | None:
    """Good, wait or bad; None for what is no status known here."""
    return _TONE_OF.get(status)


def tone_of_cut(head: str) -> str | None:
    """The tone of a status of which only the beginning is shown, where all that begin so have the same."""
    tones = {tone for status, tone in _TONE_OF.items() if status.startswith(head)}
    return tones.pop() if len(tones) == 1 else None
