"""What the ledger remembers of each write: ``Entry``, of one target, and ``Run``, of one command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from flarite_nl.model.change import Call
from flarite_nl.model.currencies import shown
from flarite_nl.model.outcome import Mode
from flarite_nl.model.values import moment_text

State = Literal["planned", "sent", "done", "failed", "dropped"]
"""``planned``: not sent, or seen not to have happened · ``sent``: no answer recorded, so nobody knows · ``done`` ·
``failed``: Stripe refused · ``dropped``: given up."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One target of a write, recorded before it is sent and after its answer.

    ``calls`` are what is sent; ``made`` the ID that each call so far has given; ``key`` the idempotency key of the
    first call; ``at`` the machine's clock and ``now`` the prompt's moment when it was last sent; ``before`` what
    the target held before; ``spent`` that Stripe keeps an error of its own under the key.
    """

    id: int
    run: int
    state: State
    target: str | None
    summary: str
    calls: tuple[Call, ...]
    key: str
    attempt: int = 0
    amount: Decimal | None = None
    currency: str | None = None
    customer: str | None = None
    made: tuple[str, ...] = ()
    object: str | None = None
    request_id: str | None = None
    problem: str | None = None
    at: datetime | None = None
    now: datetime | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    spent: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """One command as it was carried out, or begun: its entries, in the order of its targets.

    ``scope`` is mode, account and server; ``told`` says that whoever asked got the whole answer; ``finished`` counts
    up with every run of the ledger that ends.
    """

    id: int
    scope: str
    mode: Mode
    account: str | None
    name: str
    prompt: str
    began: datetime
    entries: tuple[Entry, ...]
    note: str | None = None
    nonce: str = ""
    told: bool = False
    finished: int | None = None

    @property
    def done(self) -> tuple[Entry, ...]:
        return tuple(each for each in self.entries if each.state == "done")

    @property
    def left(self) -> tuple[Entry, ...]:
        """What the same command still has to do: unsent, unanswered, or refused after a part was done."""
        begun = any(each.state in ("planned", "sent", "done") or each.made for each in self.entries)
        return tuple(each for each in self.entries if begun and each.state in ("planned", "sent", "failed"))

    def to_dicts(self) -> list[dict[str, Any]]:
        """One flat mapping an entry, for exports; amounts in major units as decimal strings, times in UTC."""
        return [
            {
                "id": f"{self.id}.{number}",
                "at": moment_text(each.at or self.began),
                "state": each.state,
                "mode": self.mode,
                "account": self.account,
                "name": self.name,
                "target": each.target,
                "customer": each.customer,
                "amount": shown(each.amount, each.currency) if each.amount is not None else None,
                "currency": each.currency,
                "object": each.object,
                "summary": each.summary,
                "prompt": self.prompt,
                "note": self.note,
                "request_id": each.request_id,
                "idempotency_key": each.key,
                "problem": each.problem,
            }
            for number, each in enumerate(self.entries, 1)
        ]
