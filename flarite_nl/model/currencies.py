"""Minor units: how many decimals Stripe gives each currency (STRIPE.md 20).

Money is a ``Decimal`` in major units everywhere but in a request, where it is an integer of minor units.
"""

from __future__ import annotations

from decimal import Decimal

ZERO_DECIMAL = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())
THREE_DECIMAL = frozenset("bhd jod kwd omr tnd".split())
WHOLE_ONLY = frozenset({"isk", "ugx"})
"""Sent times 100 for backward compatibility, but only whole units exist."""

WHOLE_PAYOUTS = frozenset({"huf", "twd"})
"""Payouts of these must divide by 100."""


def exponent(currency: str | None) -> int:
    """Decimals between Stripe's minor unit and the major one; 2 where the currency is unknown."""
    code = (currency or "").lower()
    return 0 if code in ZERO_DECIMAL else 3 if code in THREE_DECIMAL else 2


def to_major(minor: int | Decimal, currency: str | None) -> Decimal:
    """Minor units as Stripe sends them → major units: ``to_major(1999, "usd") == Decimal("19.99")``."""
    return Decimal(minor).scaleb(-exponent(currency))


def to_minor(amount: Decimal, currency: str) -> int:
    """Major units → the integer that a request carries.

    Raises:
        ValueError: one clear sentence, where the currency does not have that fraction.
    """
    code = currency.lower()
    scaled = amount.scaleb(exponent(code))
    if scaled != scaled.to_integral_value():
        places = exponent(code)
        allowed = "no decimals" if places == 0 else f"{places} decimals"
        raise ValueError(f"{amount:f} {code.upper()} is too fine: {code.upper()} has {allowed}.")
    minor = int(scaled)
    if code in THREE_DECIMAL and minor % 10:
        raise ValueError(f"{amount:f} {code.upper()} is too fine: Stripe takes {code.upper()} in steps of 0.010.")
    if code in WHOLE_ONLY and minor % 100:
        raise ValueError(f"{amount:f} {code.upper()} is too fine: {code.upper()} has whole units only.")
    return minor


def shown(amount: Decimal, currency: str | None) -> str:
    """For a person and for JSON: the currency's own number of decimals, ``19.90`` and not ``19.9``."""
    return format(amount.quantize(Decimal(1).scaleb(-exponent(currency))), "f")
