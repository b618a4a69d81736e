"""What a write is about to do, as it is shown before anything is asked or sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flarite_nl.model.currencies import shown
from flarite_nl.model.outcome import Mode, Row
from flarite_nl.model.values import Money

MADE = "{made}"
"""Stands in a later call's params for the ID of what the first call of the change made."""

PENDING = "(not made yet)"
"""Stands in a rehearsal for the ID of what an earlier step would make."""

WATCHED = (
    "status", "amount", "amount_captured", "amount_refunded", "amount_remaining", "total", "currency", "disputed",
    "refunded", "captured", "customer", "cancel_at_period_end", "pause_collection", "active", "valid", "balance",
    "unit_amount", "deleted",
)  # fmt: skip
"""Fields of a target that tell whether it is still what a person agreed to."""


@dataclass(frozen=True, slots=True)
class Call:
    """One API call of a write: ``call`` is ``service.method``, ``id`` positional, money in minor units."""

    call: str
    params: Mapping[str, Any] = field(default_factory=dict)
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One target and the calls that change it.

    Attributes:
        target: the object's ID; None for what is made anew.
        calls: the API calls in their order, money in minor units.
        summary: one sentence.
        amount: the money that moves or is given up, in major units.
        customer: the ID of whose it is.
        effects: what else Stripe does, a sentence each.
        row: the target as it was read; no part of equality.
        risk: that of this change, where it is another than its action's.

    >>> from datetime import UTC, datetime
    >>> from flarite_nl import Engine, Parser, Sandbox
    >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
    >>> with Sandbox(now=moment) as sandbox:
    ...     refund = Parser().parse("refund the last payment of cus_TokyoTaro00001", now=moment)
    ...     outcome = Engine(wsgi=sandbox.wsgi, now=moment).run(refund, dry_run=True)
    >>> change = outcome.results[0].question.changes[0]
    >>> change.amount, change.calls[0].call, change.state["amount_refunded"]
    (Money(amount=Decimal('1600'), currency='jpy'), 'refunds.create', 0)
    >>> change.to_dict()["amount"]
    {'amount': '1600', 'currency': 'jpy'}
    """

    target: str | None
    calls: tuple[Call, ...]
    summary: str
    amount: Money | None = None
    customer: str | None = None
    effects: tuple[str, ...] = ()
    row: Row | None = field(default=None, compare=False)
    risk: str | None = None

    @property
    def state(self) -> dict[str, Any]:
        """The target as it was read, in what matters to a write; of an expanded object its ID."""
        row = self.row or {}
        held = {name: row[name] for name in WATCHED if name in row}
        charge = row.get("latest_charge")
        if isinstance(charge, Mapping):
            held |= {f"charge.{name}": charge[name] for name in WATCHED if name in charge and name != "customer"}
        items = row.get("items")
        if isinstance(items, Mapping):
            held["items"] = [[each["id"], each["price"]["id"], each.get("quantity")] for each in items["data"]]
        return {name: each["id"] if isinstance(each, Mapping) and "id" in each else each for name, each in held.items()}

    def to_dict(self) -> dict[str, Any]:
        """The frame's form; money in major units, but in ``calls`` and ``state`` as Stripe has it."""
        return {
            "target": self.target,
            "summary": self.summary,
            "amount": self.amount.to_dict() if self.amount else None,
            "customer": self.customer,
            "effects": list(self.effects),
            "calls": [{"call": each.call, "id": each.id, "params": dict(each.params)} for each in self.calls],
            "state": self.state,
        }


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a person is asked to agree to: ``changes``, where, and what was left out and why.

    Attributes:
        name: ``resource.action``.
        mode: sandbox, test or live.
        account: the account's name, where it is known.
        risk: write, money or irreversible.
        changes: what would be done, target by target.
        skipped: IDs that would be left out, each with a sentence that says why.
        note: the words that would be kept with it.
        remarks: what else to know before saying yes.
        corrections: the misspelt words of the prompt and what they were read as, which no ``--yes`` confirms.
        typed: the words of which one must be typed for a yes; empty where a plain yes will do.
        step: the intent's number in the prompt, 0 for the first.
        resumed: whether an earlier run of this command was cut off, and these are the rest.
        sentence: in canonical words what the prompt was taken to mean.

    >>> from datetime import UTC, datetime
    >>> from flarite_nl import Confirmation, Engine, Parser, Sandbox
    >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
    >>> def small(question: Confirmation) -> bool:
    ...     print(question.name, question.risk, question.targets, question.totals, question.effects)
    ...     return question.totals.keys() <= {"jpy"} and sum(question.totals.values()) < 5000
    >>> with Sandbox(now=moment) as sandbox:
    ...     refund = Parser().parse("refund the last payment of cus_TokyoTaro00001", now=moment)
    ...     outcome = Engine(wsgi=sandbox.wsgi, now=moment).run(refund, confirm=small)
    charges.refund money 1 {'jpy': Decimal('1600')} ()
    >>> outcome.results[0].written[0]["amount"]
    1600
    >>> with Sandbox(now=moment) as sandbox:
    ...     outcome = Engine(wsgi=sandbox.wsgi, now=moment).run(refund, dry_run=True)
    >>> outcome.results[0].question.to_dict()["totals"]
    {'jpy': '1600'}
    """

    name: str
    mode: Mode
    account: str | None
    risk: str
    changes: tuple[Change, ...]
    skipped: tuple[tuple[str, str], ...] = ()
    note: str | None = None
    remarks: tuple[str, ...] = ()
    corrections: tuple[tuple[str, str], ...] = ()
    typed: tuple[str, ...] = ()
    step: int = 0
    resumed: bool = False
    sentence: str = ""

    @property
    def totals(self) -> dict[str, Decimal]:
        """Money that moves or is given up, in major units, by currency."""
        sums: dict[str, Decimal] = {}
        for change in self.changes:
            if change.amount is not None and change.amount.currency is not None:
                currency = change.amount.currency
                sums[currency] = sums.get(currency, Decimal(0)) + change.amount.amount
        return sums

    @property
    def targets(self) -> int:
        """How many objects would be changed; what is made anew is none."""
        return sum(change.target is not None for change in self.changes)

    @property
    def effects(self) -> tuple[str, ...]:
        """What else Stripe does, one sentence each, of all changes."""
        return tuple(dict.fromkeys(effect for change in self.changes for effect in change.effects))

    def to_dict(self) -> dict[str, Any]:
        """The frame's form (``would`` of a dry run); totals in major units, as text."""
        return {
            "name": self.name,
            "sentence": self.sentence,
            "mode": self.mode,
            "account": self.account,
            "risk": self.risk,
            "changes": [change.to_dict() for change in self.changes],
            "targets": self.targets,
            "totals": {currency: shown(amount, currency) for currency, amount in self.totals.items()},
            "effects": list(self.effects),
            "skipped": [{"id": id, "why": why} for id, why in self.skipped],
            "note": self.note,
            "remarks": list(self.remarks),
            "corrections": [{"text": text, "read_as": word} for text, word in self.corrections],
            "step": self.step,
        }
