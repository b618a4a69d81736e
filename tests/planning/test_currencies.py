"""Minor units (STRIPE.md 20)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flarite_nl.model.currencies import exponent, shown, to_major, to_minor


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("49.99", "usd", 4999), ("500", "jpy", 500), ("1.250", "kwd", 1250), ("7", "isk", 700), ("-3", "eur", -300)],
)
def test_minor_units(amount: str, currency: str, minor: int) -> None:
    assert to_minor(Decimal(amount), currency) == minor
    assert to_major(minor, currency) == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "currency"), [("10.999", "usd"), ("0.5", "jpy"), ("1.251", "kwd"), ("1.5", "isk"), ("1.5", "ugx")]
)
def test_what_is_too_fine_is_refused_in_words(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match=f"{amount} {currency.upper()} is too fine"):
        to_minor(Decimal(amount), currency)


@given(st.integers(-(10**12), 10**12), st.sampled_from(["usd", "jpy", "kwd", "eur"]))
def test_there_and_back(major: int, currency: str) -> None:
    assert to_major(to_minor(Decimal(major), currency), currency) == major


def test_every_decimal_is_shown() -> None:
    assert shown(Decimal("19.9"), "usd") == "19.90"
    assert shown(Decimal(500), "jpy") == "500"
    assert shown(Decimal(1), "kwd") == "1.000"
    assert exponent(None) == 2
