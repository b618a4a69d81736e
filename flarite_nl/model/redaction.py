"""What looks like a Stripe key is never shown whole: it is cut down to ``sk_live_…wxyz``."""

from __future__ import annotations

import re

_PREFIX = r"(?:[srpeu]k_(?:org_)?(?:test|live)_|whsec_)"
# Behind a letter ("\\nsk_live_…" in a quoted argument, "31msk_live_…" after a colour) only what is long counts as a
# key, so that a word such as task_test_1 stays as it is.
_KEY_LIKE = re.compile(
    rf"(?:\b|(?={_PREFIX}[A-Za-z0-9]{{16}}))(?P<prefix>{_PREFIX})(?=[A-Za-z0-9_])"
    rf"[A-Za-z0-9_]*?(?P<end>[A-Za-z0-9]{{0,4}})(?![A-Za-z0-9_])"
)
_SIGNS = ("k_test_", "k_live_", "k_org_", "whsec_")

SHORTEST = 16
"""Characters of a key from which on its last four are shown: of a shorter one they would be most of it."""


def redact(text: str) -> str:
    """``text`` with every key in it cut down to its prefix and last four characters: ``sk_live_…wxyz``."""
    # Looking for a plain text first is many times as fast, and most texts hold no key.
    if not any(sign in text for sign in _SIGNS):
        return text
    return _KEY_LIKE.sub(lambda found: f"{found['prefix']}…{_tail(found)}", text)


def holds_key(text: str) -> bool:
    """Whether something in ``text`` looks like a key."""
    return redact(text) != text


def _tail(found: re.Match[str]) -> str:
    return found["end"] if len(found[0]) >= SHORTEST else ""
