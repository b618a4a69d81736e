"""Stripe keys: told apart, kept, chosen, verified and never shown whole.

    key.py          one key, and what is wrong with everything that is pasted in its place
    vault.py        where secrets lie: the system's keyring, or a file for its owner only
    store.py        the keys of this user: nicknames, accounts, which is in use; no secret stands in it
    choosing.py     which key a call uses, and why
    permissions.py  what a restricted key should be allowed, and whether it is
    advice.py       what a person reads when Stripe refuses a key

What asks Stripe takes a function that does (the gateway's ``call``), so that nothing here knows stripe.
"""

from __future__ import annotations

from collections.abc import Mapping

from flarite_nl.keys.key import Key, Mode, check
from flarite_nl.model.redaction import holds_key, redact

VARIABLE = "STRIPE_API_KEY"

__all__ = ["VARIABLE", "Key", "Mode", "check", "from_environment", "holds_key", "redact"]


def from_environment(environment: Mapping[str, str]) -> Key | None:
    """The key in ``STRIPE_API_KEY``; None where the variable is not set or empty.

    Raises:
        KeyProblem: where it is set to something that cannot be a usable key.
    """
    value = environment.get(VARIABLE, "")
    return check(value, source=VARIABLE) if value else None
