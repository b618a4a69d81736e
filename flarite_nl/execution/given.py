"""The params of a write, ready to be shaped: objects found, money in minor units, days as seconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flarite_nl.errors import PreflightError
from flarite_nl.execution.judge import seconds
from flarite_nl.model.currencies import shown, to_major, to_minor
from flarite_nl.model.outcome import Row
from flarite_nl.model.values import Money, Value


class Skip(PreflightError):
    """This target is left out, and why: the others may go on."""


@dataclass(frozen=True, slots=True)
class Given:
    """``params`` as the frame has them, ``ids`` of the objects that they name, ``objects`` as they were read.

    ``currency`` gives the account's own, for amounts without one; ``look`` carries out one reading call. Both may
    cost a request.
    """

    params: Mapping[str, Value]
    ids: Mapping[str, str]
    objects: Mapping[str, Row]
    zone: ZoneInfo
    currency: Callable[[], str]
    look: Callable[..., Row]

    def has(self, name: str) -> bool:
        return self.params.get(name) is not None or name in self.ids

    def id(self, name: str) -> str | None:
        return self.ids.get(name)

    def text(self, name: str) -> str | None:
        value = self.params.get(name)
        return None if value is None else str(value)

    def whole(self, name: str) -> int | None:
        """A count such as a quantity.

        Raises:
            PreflightError: where it is no whole number, or below one.
        """
        value = self.params.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != int(value) or value < 1:
            raise PreflightError(f"{name} must be a whole number of at least 1, not {value}.")
        return int(value)

    def moment(self, name: str, *, last: bool = False) -> int | None:
        """Unix seconds of a day in the given zone: its midnight, or its last second where the day still counts."""
        value = self.params.get(name)
        if value is None:
            return None
        if not isinstance(value, date):
            try:
                value = date.fromisoformat(str(value))
            except ValueError:
                raise PreflightError(f"{name} must be a day, not {value}.") from None
        start = seconds(value, self.zone)
        return start + 86_399 if last else start

    def money(self, name: str, *currencies: str | None) -> tuple[int, str, Money] | None:
        """An amount in minor units, its currency, and the same for a person.

        ``currencies`` are tried in order where the amount names none; the account's own comes last.

        Raises:
            PreflightError: a fraction that the currency does not have, or an amount that is not above zero.
        """
        value = self.params.get(name)
        if value is None:
            return None
        if not isinstance(value, Money):
            raise PreflightError(f"{name} must be an amount of money, not {value}.")
        return minor(value, next((each for each in (value.currency, *currencies) if each), None) or self.currency())

    def nested(self, *heads: str) -> dict[str, Any]:
        """``metadata.KEY`` and ``address.KEY`` as mappings."""
        out: dict[str, Any] = {}
        for name, value in self.params.items():
            head, dot, key = name.partition(".")
            if dot and head in heads:
                out.setdefault(head, {})[key] = str(value)
        return out


def minor(value: Money, currency: str) -> tuple[int, str, Money]:
    """An amount in minor units, its currency, and the same for a person.

    Raises:
        PreflightError: a fraction that the currency does not have, or an amount that is not above zero.
    """
    code = currency.lower()
    if value.amount <= 0:
        raise PreflightError(f"The amount must be above zero, not {value.amount:f} {code.upper()}.")
    try:
        return to_minor(value.amount, code), code, Money(value.amount, code)
    except ValueError as problem:
        raise PreflightError(str(problem)) from None


def usable(given: Given, name: str) -> None:
    """An archived price or product, a deleted customer, a spent coupon cannot be used.

    Raises:
        PreflightError: where the object that the param ``name`` means is one of these.
    """
    row = given.objects.get(name)
    if row is None:
        return
    if row.get("deleted"):
        raise PreflightError(f"The {name} {row['id']} is deleted.")
    if row.get("active") is False:
        raise PreflightError(f"The {name} {row['id']} is archived.")
    if row.get("object") == "coupon" and row.get("valid") is False:
        raise PreflightError(f"The coupon {row['id']} is no longer valid.")


def listed(params: Mapping[str, Any]) -> str:
    """What is set to what, for a person: ``name Ann, metadata.order 7``."""
    flat: dict[str, Any] = {}
    for name, value in params.items():
        inner = value.items() if isinstance(value, Mapping) else None
        flat |= {f"{name}.{key}": each for key, each in inner} if inner is not None else {name: value}
    return ", ".join(f"{name} {value}" for name, value in flat.items())


def every(recurring: Mapping[str, Any] | None) -> str:
    """How often a price is paid: `` a month``, `` every 3 months``; empty where it is paid once."""
    interval = (recurring or {}).get("interval")
    if not recurring or not interval:
        return ""
    count = recurring.get("interval_count") or 1
    return f" every {count} {interval}s" if count != 1 else f" a{'n' if str(interval)[0] in 'aeiou' else ''} {interval}"


def day(moment: int, zone: ZoneInfo) -> str:
    """The day on which a moment of Stripe's falls: ``2026-04-13``."""
    return datetime.fromtimestamp(moment, zone).date().isoformat()


def in_words(amount: int, currency: str) -> str:
    """Minor units for a person: ``1250, "usd"`` is ``12.50 USD``."""
    return f"{shown(to_major(amount, currency), currency)} {currency.upper()}"


def compact(**params: Any) -> dict[str, Any]:
    """The params that are set."""
    return {name: value for name, value in params.items() if value is not None}
