"""What a person reads about a key: what to use instead of a secret one, and what to do when Stripe refuses it."""

from __future__ import annotations

import re

from flarite_nl.errors import ApiError, AuthenticationError, FlariteError, InvalidRequest, PermissionError_
from flarite_nl.keys.key import DASHBOARD, Key
from flarite_nl.keys.permissions import RECOMMENDED, named_in

LONGEST_PROMPT = 120
"""Characters of a prompt in a sentence about it."""

_OTHER_MODE = re.compile(r"similar object exists in (?P<there>live|test) mode")


def restricted_instead(key: Key) -> str | None:
    """The advice that a secret key draws; None for a restricted one."""
    if key.restricted:
        return None
    reads = ", ".join(each.label for each in RECOMMENDED)
    return (
        f"This secret key may do everything. Safer is a restricted key (rk_{key.mode}_…) with read on {reads}, and "
        f"write on Refunds only where refunds are issued: {DASHBOARD[key.mode]}."
    )


def explained(error: FlariteError, key: Key | None, prompt: str | None = None) -> str:
    """The sentence for an error of Stripe's that is about the key, with its remedy; else the error's own."""
    if key is None or not isinstance(error, ApiError):
        return error.message
    if isinstance(error, AuthenticationError):
        return _not_taken(error, key)
    if isinstance(error, PermissionError_):
        return _not_allowed(error, key, prompt)
    found = _OTHER_MODE.search(error.message) if isinstance(error, InvalidRequest) else None
    if found is not None and found["there"] != key.mode:
        there = found["there"]
        return (
            f"{error.message.rstrip('.')}. The key {key} is of {key.mode} mode: choose one of {there} mode with "
            f"--key-name (flarite-nl keys list), or add one from {DASHBOARD[there]}."
        )
    return error.message


def _not_taken(error: ApiError, key: Key) -> str:
    remedy = f"make a new one at {DASHBOARD[key.mode]} and add it with flarite-nl keys add"
    if error.code == "api_key_expired":
        return f"The key {key} was revoked or has expired: {remedy}."
    if not key.whole:
        return (
            f"Stripe does not know the key {key}, which is only the beginning of one ({len(key.secret)} characters): "
            f"copy it whole from {DASHBOARD[key.mode]}."
        )
    return (
        f"Stripe does not know the key {key}: a part of it may be missing, or it was revoked. Copy it whole from "
        f"{DASHBOARD[key.mode]}, or {remedy}."
    )


def _not_allowed(error: ApiError, key: Key, prompt: str | None) -> str:
    what = named_in(error.message)
    needs = ""
    if prompt:
        said = prompt if len(prompt) <= LONGEST_PROMPT else prompt[: LONGEST_PROMPT - 1] + "…"
        needs = f', which "{said}" needs'
    if what is None:
        return f"{error.message.rstrip('.')}{needs and f' ({needs[2:]})'}."
    return (
        f"The key {key} lacks the permission {what}{needs}: allow it at {DASHBOARD[key.mode]}, or choose another key "
        "with --key-name."
    )
