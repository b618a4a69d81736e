"""What the demo's makers share: a random source, IDs, money, and a pile of objects to be stored."""

from __future__ import annotations

from binascii import b2a_base64
from random import Random
from typing import Any

from flarite_nl.sandbox import money
from flarite_nl.sandbox.shapes import customers, payments
from flarite_nl.sandbox.shapes import money as treasury
from flarite_nl.sandbox.types import Obj
from flarite_nl.sandbox.world import DAY, World

PILE = 4000
"""Objects held in memory before they go to the store."""

_ALNUM = bytes.maketrans(b"+/", b"xZ")


class Builder:
    """Makes objects of the past. Everything it does depends on the world's seed and moment alone."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.now = world.now
        self.random = Random(f"flarite-nl sandbox {world.seed}")
        self.pile: list[Obj] = []
        self.cards: dict[str, Obj] = {}
        """By customer: the payment method that is its default."""

    def stem(self) -> str:
        """The part of an ID that charge, payment intent and balance transaction share: 23 letters and digits."""
        return b2a_base64(self.random.randbytes(18), newline=False).translate(_ALNUM)[:23].decode()

    def id(self, prefix: str, length: int = 23) -> str:
        return prefix + self.stem()[:length]

    def ago(self, days: float) -> int:
        """That many days before now, in seconds; negative days lie ahead."""
        return self.now - int(days * DAY)

    def keep(self, obj: Obj) -> Obj:
        self.pile.append(obj)
        if len(self.pile) >= PILE:
            self.flush()
        return obj

    def flush(self) -> None:
        self.world.store.insert(self.pile)
        self.pile.clear()

    def card(self, brand: str, last4: str, country: str) -> Obj:
        month, year = 1 + self.random.randrange(12), 2028 + self.random.randrange(5)
        return customers.card(brand, last4, country, exp_month=month, exp_year=year, fingerprint=self.stem()[:16])

    def entry(
        self, at: int, amount: int, currency: str, *, type: str, source: str, id: str = "", fee: int = 0, wait: int = 2
    ) -> Obj:
        """A balance transaction; ``wait`` is the number of days until it is available."""
        return self.keep(
            treasury.balance_transaction(
                id or self.id("txn_3"),
                at,
                amount,
                currency,
                type=type,
                source=source,
                fee=fee,
                available_on=at - at % DAY + wait * DAY,
                now=self.now,
            )
        )

    def payment(self, customer: str | None, at: int, amount: int, currency: str, **given: Any) -> Obj:
        """A charge with its payment intent and balance transaction; ``given`` goes to the charge."""
        stem = self.stem()
        method = self.cards.get(customer or "")
        status = given.get("status", "succeeded")
        captured = given.get("captured", status == "succeeded")
        charge = payments.charge(
            "ch_3" + stem,
            at,
            amount,
            currency,
            method["card"] if method else self.card("visa", "4242", "US"),
            customer=customer,
            payment_intent="pi_3" + stem,
            payment_method=method["id"] if method else "pm_1" + stem,
            **{"balance_transaction": "txn_3" + stem if captured else None, **given},
        )
        if captured:
            self.entry(at, amount, currency, type="charge", source=charge["id"], id="txn_3" + stem,
                       fee=money.fee(amount, currency))  # fmt: skip
        states = {"failed": "requires_payment_method", "pending": "processing", "succeeded": "succeeded"}
        self.keep(
            payments.payment_intent(
                "pi_3" + stem,
                at,
                amount,
                currency,
                states[status] if captured or status != "succeeded" else "requires_capture",
                capture_method="automatic_async" if captured or status != "succeeded" else "manual",
                customer=customer,
                description=given.get("description"),
                last_payment_error=payments.last_error(charge) if status == "failed" else None,
                latest_charge=charge["id"],
                payment_method=None if status == "failed" else charge["payment_method"],
            )
        )
        return self.keep(charge)

    def refund(self, charge: Obj, at: int, amount: int, *, status: str = "succeeded", reason: str | None = None) -> Obj:
        """A refund of a charge that isn't stored yet, or whose amounts already say so."""
        more: dict[str, Any] = {}
        if status == "failed":
            more["failure_reason"] = "lost_or_stolen_card"
        if status == "pending":
            more["pending_reason"] = "processing"
        refund = payments.refund(self.id("re_3"), at, charge, amount, status=status, reason=reason, **more)
        taken = self.entry(at, -amount, charge["currency"], type="refund", source=refund["id"], wait=0)
        refund["balance_transaction"] = taken["id"]
        if status in ("failed", "canceled"):
            back = self.entry(at, amount, charge["currency"], type="refund_failure", source=refund["id"], wait=0)
            refund["failure_balance_transaction"] = back["id"]
        return self.keep(refund)

    def dispute(self, charge: Obj, at: int, *, status: str, reason: str, due_by: int | None) -> Obj:
        """A dispute with the money that it takes and gives back."""
        dispute = payments.dispute(
            self.id("du_1"), at, charge, status=status, reason=reason, due_by=due_by, now=self.now
        )
        if not status.startswith("warning_") and status != "prevented":
            fee = {0: 1500, 3: 5000}.get(money.decimals(charge["currency"]), 1500)
            entries = [self.entry(at, -charge["amount"], charge["currency"], type="adjustment", source=dispute["id"],
                                  fee=fee, wait=0)]  # fmt: skip
            if status == "won":
                later = min(at + 30 * DAY, self.now)
                entries.append(
                    self.entry(later, charge["amount"], charge["currency"], type="adjustment", source=dispute["id"],
                               fee=-fee, wait=0)
                )  # fmt: skip
            dispute["balance_transactions"] = entries
        return self.keep(dispute)
