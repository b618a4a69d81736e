"""What a filter means on Stripe's objects (FRAME.md), case by case."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flarite_nl.errors import PlanError
from flarite_nl.execution.judge import Judge, reach
from flarite_nl.model.plan import Check, Place
from flarite_nl.model.values import Money, Window

CHARGE: dict[str, Any] = {
    "id": "ch_1",
    "object": "charge",
    "amount": 5000,
    "currency": "usd",
    "created": 1_773_847_800,
    "description": "Order #5 — STRASSE",
    "refunded": False,
    "failure_code": None,
    "receipt_email": "",
    "customer": {"id": "cus_1", "object": "customer", "email": "Jane@Acme.com", "phone": "+1 (415) 555-0100"},
    "metadata": {"order.id": "A 1", "empty": ""},
    "items": {"data": [{"price": {"id": "price_b"}, "end": 20}, {"price": {"id": "price_a"}, "end": 10}]},
    "due_by": 0,
}


def holds(path: str, type_: str, op: str, value: Any, key: str | None = None, **changed: Any) -> bool:
    place = Place("field", type_, path, key)
    return Judge(ZoneInfo("America/New_York"), {}).test(Check(place, op, value))({**CHARGE, **changed})


@pytest.mark.parametrize(
    ("op", "value", "expected"),
    [
        ("eq", Money(Decimal(50), "usd"), True),
        ("eq", Money(Decimal("50.00"), None), True),
        ("eq", Money(Decimal(50), "eur"), False),
        ("gt", Money(Decimal("49.99"), None), True),
        ("gt", Money(Decimal(50), "usd"), False),
        ("gte", Money(Decimal(50), "usd"), True),
        ("lt", Money(Decimal(60), "eur"), False),
        ("lte", Money(Decimal("50.001"), "usd"), True),
        ("ne", Money(Decimal(60), "usd"), True),
        ("ne", Money(Decimal(50), "usd"), False),
        ("ne", Money(Decimal(60), "eur"), False),
    ],
)
def test_money_needs_its_currency(op: str, value: Money, expected: bool) -> None:
    assert holds("amount", "money", op, value) is expected


def test_money_without_a_currency_compares_in_the_objects_own() -> None:
    assert holds("amount", "money", "eq", Money(Decimal(5000)), currency="jpy")
    assert holds("amount", "money", "eq", Money(Decimal(5)), currency="kwd")


@pytest.mark.parametrize("op", ["eq", "in", "gt", "contains", "during"])
@pytest.mark.parametrize("path", ["failure_code", "receipt_email", "nowhere", "nowhere.at_all"])
def test_nothing_fulfils_no_positive_filter(op: str, path: str) -> None:
    value: Any = {"in": ("x",), "during": Window(None, None), "gt": 0}.get(op, "x")
    assert not holds(path, "text", op, value)


@pytest.mark.parametrize("path", ["failure_code", "receipt_email", "nowhere", "nowhere.at_all"])
def test_nothing_fulfils_the_negative_ones(path: str) -> None:
    assert holds(path, "text", "ne", "x")
    assert holds(path, "text", "not_in", ("x",))
    assert holds(path, "time", "not_during", Window(None, None))
    assert holds(path, "text", "exists", False)
    assert not holds(path, "text", "exists", True)


def test_a_time_of_zero_is_none() -> None:
    assert holds("due_by", "time", "exists", False)
    assert not holds("due_by", "time", "during", Window(None, date(2026, 1, 1)))


def test_a_window_is_half_open_and_days_are_the_zones() -> None:
    midnight = int(datetime(2026, 3, 18, 4, 0, tzinfo=UTC).timestamp())  # 00:00 in New York
    day = Window(date(2026, 3, 18), date(2026, 3, 19))
    assert holds("created", "time", "during", day, created=midnight)
    assert not holds("created", "time", "during", day, created=midnight - 1)
    assert holds("created", "time", "during", day, created=midnight + 86_399)
    assert not holds("created", "time", "during", day, created=midnight + 86_400)
    assert holds("created", "time", "not_during", day, created=midnight - 1)


def test_emails_names_and_descriptions_ignore_case_but_codes_do_not() -> None:
    assert holds("customer.email", "email", "eq", "jane@acme.COM")
    assert holds("customer.email", "email", "contains", "@ACME.com")
    assert holds("description", "text", "contains", "straße")
    assert not holds("customer.email", "code", "eq", "jane@acme.com")


def test_a_substring_is_plain() -> None:
    assert holds("description", "text", "contains", "#5 —")
    assert not holds("description", "text", "contains", "#.")


def test_phones_compare_by_their_digits() -> None:
    assert holds("customer.phone", "phone", "eq", "+14155550100")
    assert holds("customer.phone", "phone", "contains", "5550100")
    assert not holds("customer.phone", "phone", "eq", "+14155550101")


def test_metadata_keys_may_hold_dots() -> None:
    assert holds("metadata", "code", "eq", "A 1", key="order.id")
    assert holds("metadata", "code", "eq", 7, key="n", metadata={"n": "7"})
    assert holds("metadata", "code", "exists", False, key="empty")
    assert holds("metadata", "code", "exists", False, key="other")


def test_of_several_values_any_counts_and_for_negatives_all() -> None:
    path = "items.data[].price.id"
    assert holds(path, "reference", "eq", "price_a")
    assert not holds(path, "reference", "ne", "price_a")
    assert holds(path, "reference", "ne", "price_c")
    assert holds("items.data[min].end", "time", "during", Window(None, datetime.fromtimestamp(11, UTC)))
    assert not holds("items.data[min].end", "time", "during", Window(datetime.fromtimestamp(11, UTC), None))


def test_an_expanded_object_stands_for_its_id() -> None:
    assert holds("customer", "reference", "eq", "cus_1")
    assert holds("customer", "reference", "in", ("cus_1", "cus_2"))


def test_objects_that_were_not_expanded_are_looked_up() -> None:
    place = Place("customer.email", "email", "customer.email")
    row = {**CHARGE, "customer": "cus_9"}
    assert reach(row, place, {}) == []
    assert reach(row, place, {"cus_9": {"id": "cus_9", "email": "a@b.c"}})[0][0] == "a@b.c"


def test_yes_and_no_are_no_numbers() -> None:
    assert holds("refunded", "boolean", "eq", False)
    assert not holds("amount", "boolean", "eq", True, amount=1)
    assert not holds("nowhere", "boolean", "eq", False)


def test_an_unknown_op_is_refused() -> None:
    with pytest.raises(PlanError):
        holds("amount", "number", "roughly", 5)
