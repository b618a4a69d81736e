"""The business that the sandbox plays: its objects, its clock, its IDs, its money."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from flarite_nl.sandbox import errors
from flarite_nl.sandbox.kinds import KINDS
from flarite_nl.sandbox.money import fee, totals
from flarite_nl.sandbox.shapes import customers, money
from flarite_nl.sandbox.store import Store
from flarite_nl.sandbox.types import Obj

DAY = 86_400
SEARCH_LAG = 60
"""Seconds until search finds a new object: "under a minute" in normal operation (STRIPE.md 9)."""

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def letters(source: bytes, count: int) -> str:
    number = int.from_bytes(source, "big")
    out = []
    for _ in range(count):
        number, digit = divmod(number, 62)
        out.append(_LETTERS[digit])
    return "".join(out)


class World:
    """What handlers act on. Everything they do happens at ``now`` (seconds since 1970), which stands still."""

    def __init__(self, store: Store, seed: int, now: int) -> None:
        self.store = store
        self.seed = seed
        self.now = now
        self.counter = 0
        self.epoch = 0
        self.founded = now - 900 * DAY
        self._balance: tuple[tuple[int, int], int, Obj] | None = None

    @property
    def now(self) -> int:
        return self.store.now

    @now.setter
    def now(self, moment: int) -> None:
        self.store.now = moment

    def new_id(self, prefix: str) -> str:
        """The next ID: the same for the same seed and history. Lengths are Stripe's own.

        ``epoch`` counts how often a sandbox in a file was opened, so that no process repeats another's IDs.
        """
        self.counter += 1
        digest = blake2b(f"{self.seed}/{self.epoch}/{self.counter}".encode(), digest_size=20).digest()
        return prefix + letters(digest, 14 if prefix in ("cus_", "prod_", "req_", "si_", "il_", "di_") else 23)

    def get(self, kind: str, id: str, *, param: str | None = None) -> Obj:
        """The object, or ``resource_missing``: 404 for an ID in the path, 400 for one in the parameter ``param``."""
        found = self.find(kind, id)
        if found is None:
            label = KINDS[kind].label or kind
            if param is None:
                raise errors.missing(label, id, param=_PATH_PARAMS.get(kind, "id"))
            raise errors.missing(label, id, param=param, status=400)
        return found

    def find(self, kind: str, id: str) -> Obj | None:
        """The object, or None. The payment method of a single payment is known by its charge alone."""
        found = self.store.find(kind, id)
        if found is None and kind == "payment_method":
            charge = self.store.find("charge", KINDS["charge"].prefix + id[4:])
            if charge is not None and charge["payment_method"] == id:
                return customers.of_charge(charge)
        return found

    def add(self, *objs: Obj) -> None:
        """Objects made by a request: search finds them only after its lag."""
        self.store.insert(objs, visible=self.now + SEARCH_LAG)

    def save(self, obj: Obj) -> Obj:
        self.store.update(obj)
        return obj

    def move_money(
        self,
        amount: int,
        currency: str,
        *,
        type: str,
        source: str,
        charged: int = 0,
        settles: int | None = None,
        description: str | None = None,
    ) -> Obj:
        """Write one balance transaction. ``charged`` is Stripe's fee; ``settles`` the seconds until it's available."""
        entry = money.balance_transaction(
            self.new_id("txn_3"),
            self.now,
            amount,
            currency,
            type=type,
            source=source,
            fee=charged,
            available_on=self.now if settles is None else self.now - self.now % DAY + settles,
            now=self.now,
            description=description,
        )
        self.add(entry)
        return entry

    def charge_fee(self, amount: int, currency: str) -> int:
        return fee(amount, currency)

    def balance(self) -> Obj:
        """Per currency, what is available and what is still pending (STRIPE.md 17)."""
        known = self._balance
        state = self.store.state()
        if known is None or known[:2] != (state, self.now):
            query = (
                "SELECT currency, SUM(CASE WHEN available_on <= :now THEN net ELSE 0 END) a, "
                "SUM(CASE WHEN available_on > :now THEN net ELSE 0 END) p FROM balance_transactions GROUP BY currency"
            )
            rows = self.store.db.execute(query, {"now": self.now}).fetchall()
            answer = money.balance(
                totals([(row["currency"], row["a"]) for row in rows]),
                totals([(row["currency"], row["p"]) for row in rows]),
            )
            known = self._balance = (state, self.now, answer)
        return known[2]

    def available(self, currency: str) -> int:
        """Minor units that a payout may take."""
        entries: Iterable[Any] = self.balance()["available"]
        return next((int(entry["amount"]) for entry in entries if entry["currency"] == currency), 0)


_PATH_PARAMS = {
    "payment_intent": "intent",
    "refund": "refund",
    "dispute": "dispute",
    "invoice": "invoice",
    "price": "price",
    "coupon": "coupon",
    "payout": "payout",
    "promotion_code": "promotion_code",
    "payment_link": "payment_link",
    "payment_method": "payment_method",
    "invoiceitem": "invoiceitem",
}
