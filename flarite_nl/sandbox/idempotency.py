"""Idempotency keys of POST requests (STRIPE.md 4): replayed for 24 hours, bound to their parameters."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.store import Store

KEPT = 24 * 3600
LONGEST = 255


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored answer: HTTP status, body, and the request that first gave it."""

    status: int
    body: str
    request_id: str


def recall(store: Store, key: str, operation: str, params: dict[str, Any], now: int) -> Kept | None:
    """The answer kept under ``key``; an error where it was used for something else."""
    if len(key) > LONGEST:
        raise StripeError(
            f"Idempotency key is too long: it may be at most {LONGEST} characters.",
            type="idempotency_error",
        )
    row = store.db.execute("SELECT * FROM idempotency WHERE key = ?", (key,)).fetchone()
    if row is None:
        return None
    if row["at"] + KEPT <= now:
        store.db.execute("DELETE FROM idempotency WHERE key = ?", (key,))
        return None
    shown = key.split("\n", 1)[-1]
    if row["operation"] != operation:
        raise StripeError(
            "Keys for idempotent requests can only be used for the same endpoint they were first used for "
            f"('{row['operation'].split(' ')[1]}' vs '{operation.split(' ')[1]}'). Try using a key other than "
            f"'{shown}' if you meant to execute a different request.",
            type="idempotency_error",
        )
    if row["params"] != _canonical(params):
        raise StripeError(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try "
            f"using a key other than '{shown}' if you meant to execute a different request.",
            type="idempotency_error",
        )
    return Kept(row["status"], row["body"], row["request"])


def keep(store: Store, key: str, operation: str, params: dict[str, Any], now: int, kept: Kept) -> None:
    store.db.execute(
        "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?, ?, ?)",
        (key, now, operation, _canonical(params), kept.status, kept.body, kept.request_id),
    )


def _canonical(params: dict[str, Any]) -> str:
    return json.dumps(params, sort_keys=True, ensure_ascii=False)
