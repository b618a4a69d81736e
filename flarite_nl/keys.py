"""Stripe keys: where one comes from, what kind it is, and how it is shown. No key is ever printed whole.

For now a key comes from the environment variable ``STRIPE_API_KEY`` only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from flarite_nl.errors import KeyProblem

VARIABLE = "STRIPE_API_KEY"

Mode = Literal["test", "live"]

_USABLE = re.compile(r"(?P<kind>sk|rk)_(?P<mode>test|live)_[A-Za-z0-9_]+")
_KEY_LIKE = re.compile(r"\b(?P<prefix>(?:sk|rk|pk)_(?:test|live)_|whsec_)[A-Za-z0-9_]*?(?P<end>[A-Za-z0-9]{0,4})\b")
_SHORTEST = 16  # real keys are longer; made-up test keys ("sk_test_123", which the sandbox takes) may not be


@dataclass(frozen=True, slots=True)
class Key:
    """A secret or restricted key. ``secret`` is left out of ``repr``; ``str`` shows ``sk_test_…wxyz``."""

    secret: str = field(repr=False)
    mode: Mode
    restricted: bool = False

    def __str__(self) -> str:
        return redact(self.secret)


def from_environment(environment: Mapping[str, str]) -> Key | None:
    """The key in ``STRIPE_API_KEY``; None where the variable is not set or empty.

    Raises:
        KeyProblem: where it is set to something that cannot be a usable key.
    """
    value = environment.get(VARIABLE, "")
    return check(value, source=VARIABLE) if value else None


def check(value: str, *, source: str) -> Key:
    """Tell a usable key from everything that is pasted in its place, without asking Stripe.

    Raises:
        KeyProblem: one sentence that says what is wrong and what to do; it never holds the key.
    """
    bare = value.strip().strip("\"'`").strip()
    if not bare:
        raise KeyProblem(f"{source} holds no key, only blanks or quotes.")
    if bare.startswith("pk_"):
        raise KeyProblem(
            f"{source} holds a publishable key (pk_…), which can read nothing. Use a secret key (sk_…) or, better, "
            "a restricted one (rk_…) from the dashboard's page of API keys."
        )
    if bare.startswith("whsec_"):
        raise KeyProblem(f"{source} holds a webhook signing secret (whsec_…), not an API key (sk_… or rk_…).")
    if bare != value:
        raise KeyProblem(f"{source} has blanks or quotes around the key: set it to the key alone.")
    match = _USABLE.fullmatch(value)
    if match is None:
        raise KeyProblem(
            f"{source} does not look like a Stripe key: one begins with sk_test_, sk_live_, rk_test_ or rk_live_."
        )
    if match["mode"] == "live" and len(value) < _SHORTEST:
        raise KeyProblem(f"{source} holds only the beginning of a key ({len(value)} characters): copy it whole.")
    return Key(value, "live" if match["mode"] == "live" else "test", match["kind"] == "rk")


def redact(text: str) -> str:
    """``text`` with every key in it cut down to its prefix and last four characters: ``sk_live_…wxyz``."""
    return _KEY_LIKE.sub(lambda found: f"{found['prefix']}…{_tail(found)}", text)


def _tail(found: re.Match[str]) -> str:
    # Of a short (made-up or cut-off) key, four characters would be most of it.
    return found["end"] if len(found[0]) >= _SHORTEST else ""
