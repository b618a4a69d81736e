from __future__ import annotations

from datetime import UTC
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flarite_nl.rendering.cells import Column, cell, moment, money, values_at


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1234.5", "usd", "$1,234.50"),
        ("-5", "eur", "-€5.00"),
        ("500", "jpy", "¥500"),
        ("1.25", "kwd", "1.250 KWD"),
        ("19.99", "CHF", "19.99 CHF"),
        ("1000000", "isk", "1,000,000.00 ISK"),
        ("0.125", "usd", "$0.125"),
    ],
)
def test_money_has_the_decimals_of_its_currency(amount: str, currency: str, shown: str) -> None:
    assert money(Decimal(amount), currency) == shown


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ({"amount": 4500, "currency": "usd"}, "$45.00"),
        ({"amount": 4500, "currency": "jpy"}, "¥4,500"),
        ({"amount": 4500, "currency": "bhd"}, "4.500 BHD"),
        ({"amount": -4500, "currency": "gbp"}, "-£45.00"),
        ({"amount": 0, "currency": None}, "0"),
        ({"amount": None, "currency": "usd"}, "-"),
        ({}, "-"),
    ],
)
def test_minor_units_become_major_ones(row: dict[str, Any], shown: str) -> None:
    assert cell(row, Column("amount", "amount", "money"), UTC) == shown


def test_each_amount_of_a_balance_has_the_currency_that_stands_beside_it() -> None:
    balance = {"available": [{"amount": 12345, "currency": "usd"}, {"amount": 500, "currency": "jpy"}]}
    assert cell(balance, Column("available", "available[].amount", "money"), UTC) == "$123.45, ¥500"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("items.data[].price.id", ["price_1", "price_2"]),
        ("items.data[].price.nothing", [None, None]),
        ("metadata.order.id", ["A-1"]),
        ("customer", ["cus_1"]),
        ("customer.email", []),
        ("nowhere.at.all", []),
        ("", []),
    ],
)
def test_paths(path: str, found: list[Any]) -> None:
    row = {
        "customer": "cus_1",
        "items": {"data": [{"price": {"id": "price_1"}}, {"price": {"id": "price_2"}}]},
        "metadata": {"order.id": "A-1"},
    }
    assert list(values_at(row, path)) == found


def test_the_least_of_several_times_is_shown() -> None:
    row = {"items": {"data": [{"end": 1773848400}, {"end": 1773762000}]}}
    assert cell(row, Column("end", "items.data[min].end", "time"), UTC) == "2026-03-17 15:40"


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (True, "boolean", "yes"),
        (False, "boolean", "no"),
        (1773847800, "time", "2026-03-18 16:30"),
        (0, "time", "-"),
        (12.5, "percent", "12.5%"),
        (25, "percent", "25%"),
        ("", "text", "-"),
        ({"id": "cus_9", "name": "x"}, "reference", "cus_9"),
        (["card", "link"], "text", "card, link"),
        ("\x1b]0;owned\a", "text", "\\x1b]0;owned\\x07"),
    ],
)
def test_other_values(value: Any, kind: str, shown: str) -> None:
    assert cell({"field": value}, Column("field", "field", kind), ZoneInfo("Europe/Berlin")) == shown


@pytest.mark.parametrize(("seconds", "shown"), [(1773847800, "2026-03-18 15:30"), (1773847801, "2026-03-18 15:30:01")])
def test_seconds_show_where_there_are_any(seconds: int, shown: str) -> None:
    assert moment(seconds, UTC) == shown


def test_a_time_beyond_the_calendar_is_shown_as_it_came() -> None:
    assert moment(10**18, UTC) == str(10**18)
