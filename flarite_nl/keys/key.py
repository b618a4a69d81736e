"""One key: what can be told of it without asking Stripe."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Literal

from flarite_nl.errors import KeyProblem
from flarite_nl.model.redaction import redact

Mode = Literal["test", "live"]

SHORTEST_BODY = 24
"""Characters after the prefix: Stripe has never given out a key with fewer."""

LONGEST = 512
"""Characters of what may be a key."""

DASHBOARD = {"live": "https://dashboard.stripe.com/apikeys", "test": "https://dashboard.stripe.com/test/apikeys"}
"""Where keys are made, copied and changed."""

_USABLE = re.compile(r"(?P<kind>sk|rk)_(?P<mode>test|live)_(?P<body>[A-Za-z0-9_]+)")
_BEGINNING = re.compile(r"(?:sk|rk)(?:_(?:t(?:e(?:s(?:t_?)?)?)?|l(?:i(?:v(?:e_?)?)?)?)?)?")
_QUOTES = "\"'`‘’“”«»"


@dataclass(frozen=True, slots=True)
class Key:
    """A secret or restricted key. ``secret`` is left out of ``repr``; ``str`` shows ``sk_test_…wxyz``."""

    secret: str = field(repr=False)
    mode: Mode
    restricted: bool = False

    def __str__(self) -> str:
        return redact(self.secret)

    @property
    def fingerprint(self) -> str:
        """Tells keys apart without holding one: the beginning of the key's SHA-256."""
        return hashlib.sha256(self.secret.encode()).hexdigest()[:16]

    @property
    def whole(self) -> bool:
        """Long enough to be one of Stripe's own; a sandbox takes made-up ones that are shorter (``sk_test_123``)."""
        return len(self.secret) >= len("sk_test_") + SHORTEST_BODY


def check(value: str, *, source: str) -> Key:
    """Tell a usable key from everything that is pasted in its place, without asking Stripe.

    Args:
        value: what was typed, read or set, without its line end.
        source: what the sentence calls it, such as ``STRIPE_API_KEY``.

    Raises:
        KeyProblem: one sentence that says what is wrong and what to do; it never holds the key.
    """
    if not value.strip().strip(_QUOTES).strip():
        raise KeyProblem(f"{source} holds no key, only blanks or quotes: paste the key alone.")
    _check_wrapping(value, source)
    _check_kind(value, source)
    match = _USABLE.fullmatch(value)
    if match is None or len(value) > LONGEST:
        raise KeyProblem(
            f"{source} does not look like a Stripe key: one begins with sk_test_, sk_live_, rk_test_ or rk_live_, "
            "and letters and digits follow."
        )
    key = Key(value, "live" if match["mode"] == "live" else "test", match["kind"] == "rk")
    return whole(key, source=source) if key.mode == "live" else key


def taken(secret: str | None) -> Key | None:
    """The key that calls are made with; its form is the gateway's to judge. None where there is none."""
    if not secret:
        return None
    return Key(secret, "live" if secret[2:].startswith("_live") else "test", secret.startswith("rk_"))


def whole(key: Key, *, source: str) -> Key:
    """The key itself, where it is long enough to be one of Stripe's.

    Raises:
        KeyProblem: where a part of it is missing.
    """
    if not key.whole:
        raise KeyProblem(
            f"{source} holds only the beginning of a key ({len(key.secret)} characters): copy it whole from "
            f"{DASHBOARD[key.mode]}."
        )
    return key


def in_mode(key: Key, wanted: Mode | None, *, source: str) -> Key:
    """The key itself, where it is of the mode that is wanted.

    Raises:
        KeyProblem: where it is of the other one.
    """
    if wanted is not None and key.mode != wanted:
        raise KeyProblem(
            f"{source} holds a {key.mode} mode key ({key}), and one of {wanted} mode is wanted: copy that from "
            f"{DASHBOARD[wanted]}."
        )
    return key


def _check_wrapping(value: str, source: str) -> None:
    bare = value.strip()
    if bare != value:
        raise KeyProblem(f"{source} has blanks before or after the key: give the key alone.")
    if bare.strip(_QUOTES) != bare:
        raise KeyProblem(f"{source} has quotes around the key: give the key without them.")
    if len(bare.split()) > 1 and "_" in bare.split()[0]:
        raise KeyProblem(f"{source} has blanks or a line break inside the key: give it in one piece.")


def _check_kind(value: str, source: str) -> None:
    if value.startswith("pk_"):
        raise KeyProblem(
            f"{source} holds a publishable key (pk_…), which can read nothing. Use a secret key (sk_…) or, better, "
            f"a restricted one (rk_…) from {DASHBOARD['live' if value.startswith('pk_live') else 'test']}."
        )
    if value.startswith("whsec_"):
        raise KeyProblem(
            f"{source} holds a webhook signing secret (whsec_…), not an API key: use a restricted (rk_…) or secret "
            f"key (sk_…) from {DASHBOARD['live']}."
        )
    if value.startswith(("sk_org_", "rk_org_")):
        raise KeyProblem(
            f"{source} holds the key of an organization (…_org_…): use a key of one account, from {DASHBOARD['live']}."
        )
    if "…" in value or "..." in value or "**" in value:
        raise KeyProblem(
            f"{source} holds the short form of a key that the dashboard shows: reveal the key at "
            f"{DASHBOARD['test' if '_test_' in value else 'live']} and copy it whole."
        )
    if _BEGINNING.fullmatch(value):
        raise KeyProblem(
            f"{source} holds only the beginning of a key ({len(value)} characters): copy it whole from "
            f"{DASHBOARD['live']}."
        )
