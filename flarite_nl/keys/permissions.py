"""What a restricted key should be allowed (STRIPE.md 23), and finding out whether it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from flarite_nl.errors import InvalidRequest, PermissionError_
from flarite_nl.keys.key import Key
from flarite_nl.model.outcome import Mode, Row

Call = Callable[[str, Mapping[str, Any]], Row]
"""Carries out a call of ``StripeClient.v1`` such as ``charges.list``; raises ApiError where Stripe refuses."""

Need = Literal["recommended", "refunds", "further"]


@dataclass(frozen=True, slots=True)
class Permission:
    """One right of a restricted key, as the dashboard names it, and the call that shows whether the key has it."""

    label: str
    access: Literal["read", "write"]
    call: str
    need: Need = "recommended"

    def __str__(self) -> str:
        return f"{self.label}: {self.access}"


RECOMMENDED = (
    Permission("Customers", "read", "customers.list"),
    Permission("Charges", "read", "charges.list"),
    Permission("Payment Intents", "read", "payment_intents.list"),
    Permission("Subscriptions", "read", "subscriptions.list"),
    Permission("Invoices", "read", "invoices.list"),
    Permission("Products", "read", "products.list"),
    Permission("Prices", "read", "prices.list"),
    Permission("Disputes", "read", "disputes.list"),
)
REFUNDS = Permission("Refunds", "write", "refunds.create", "refunds")
FURTHER = (
    Permission("Refunds", "read", "refunds.list", "further"),
    Permission("Balance", "read", "balance.retrieve", "further"),
    Permission("Balance Transactions", "read", "balance_transactions.list", "further"),
    Permission("Payouts", "read", "payouts.list", "further"),
    Permission("Invoice Items", "read", "invoice_items.list", "further"),
    Permission("Coupons", "read", "coupons.list", "further"),
    Permission("Promotion Codes", "read", "promotion_codes.list", "further"),
    Permission("Payment Links", "read", "payment_links.list", "further"),
)
ALL = (*RECOMMENDED, REFUNDS, *FURTHER)

_NAMED = re.compile(r"\brak_[a-z0-9_]+")
_ACCOUNT = re.compile(r"\bacct_[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Probe:
    """Whether the key has a permission; where it lacks it, ``named`` is Stripe's own name for it."""

    permission: Permission
    granted: bool
    named: str | None = None

    def to_dict(self) -> dict[str, Any]:
        what = self.permission
        return {
            "permission": what.label, "access": what.access, "need": what.need, "granted": self.granted,
            "name": self.named,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verified:
    """What Stripe says of a key. ``name`` and ``country`` are None where the key may not read them."""

    mode: Mode
    account: str | None
    name: str | None
    country: str | None
    probes: tuple[Probe, ...] = ()

    @property
    def missing(self) -> tuple[Probe, ...]:
        """The recommended permissions that the key lacks."""
        return tuple(each for each in self.probes if not each.granted and each.permission.need == "recommended")


def named_in(message: str) -> str | None:
    """The permission that a 403 names, such as ``rak_dispute_read``."""
    found = _NAMED.search(message)
    return found[0] if found else None


def verify(
    key: Key | None, mode: Mode, call: Call, name_of: Callable[[Row], str | None], *, probing: bool = False
) -> Verified:
    """Ask the account endpoint whose key it is and, with ``probing``, what a restricted one may do.

    ``key`` None is the embedded sandbox; ``name_of`` finds the name in an account.

    Nothing is written: the right to refund shows in how Stripe refuses a refund of nothing.

    Raises:
        ApiError: where Stripe does not take the key or cannot be asked.
    """
    account: str | None
    try:
        row: Row = call("accounts.retrieve_current", {})
        account, name, country = str(row["id"]), name_of(row), row.get("country")
    except PermissionError_ as refusal:
        # The key is good: it only may not read the account, whose ID the refusal names.
        found = _ACCOUNT.search(refusal.message)
        account, name, country = found[0] if found else None, None, None
    probes = tuple(probe(each, call) for each in ALL) if probing and key and key.restricted else ()
    return Verified(mode, account, name, country, probes)


def probe(permission: Permission, call: Call) -> Probe:
    """Whether the key has one permission; one request.

    Raises:
        ApiError: where the answer leaves it open.
    """
    singleton = permission.call.endswith(".retrieve")
    try:
        call(permission.call, {} if singleton or permission.access == "write" else {"limit": 1})
    except PermissionError_ as refusal:
        return Probe(permission, False, named_in(refusal.message))
    except InvalidRequest:
        # Stripe looks at the right before it looks at the parameters.
        if permission.access != "write":
            raise
    return Probe(permission, True)
