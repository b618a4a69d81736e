"""Aggregates and metrics: money per currency, calendar periods, discounts."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flarite_nl.errors import PlanError
from flarite_nl.execution.aggregate import aggregate, period
from flarite_nl.execution.metrics import charge_rate, churn, recurring
from flarite_nl.model.outcome import Figure
from flarite_nl.model.parse import Having, Sort
from flarite_nl.model.plan import Figures, Group, Place
from flarite_nl.model.values import Money, Window

UTC_ZONE = ZoneInfo("UTC")
AMOUNT = Place("amount", "money", "amount")
BRAND = Group("card.brand", Place("card.brand", "word", "brand"))
ROWS: list[dict[str, Any]] = [
    {"id": "1", "amount": 1000, "currency": "usd", "brand": "visa", "created": 1_773_847_800},
    {"id": "2", "amount": 2001, "currency": "usd", "brand": "visa", "created": 1_773_847_800},
    {"id": "3", "amount": 500, "currency": "jpy", "brand": "visa", "created": 1_767_225_599},
    {"id": "4", "amount": 1250, "currency": "kwd", "brand": None, "created": 1_767_225_600},
]


def computed(function: str, place: Place | None = AMOUNT, **rest: Any) -> list[Any]:
    figures = Figures(function, place, **rest)
    return [(*each.key.values(), each.currency, each.value) for each in aggregate(figures, ROWS, {}, UTC_ZONE)]


def test_money_is_never_summed_across_currencies() -> None:
    assert computed("sum") == [
        ("jpy", Decimal(500)),
        ("kwd", Decimal("1.250")),
        ("usd", Decimal("30.01")),
    ]


@pytest.mark.parametrize(
    ("rest", "says"),
    [
        ({"sort": Sort("sum", "desc"), "limit": 2}, ["sorted by number, not by worth"]),
        ({"sort": Sort("sum", "asc")}, ["sorted by number, not by worth"]),
        ({"limit": 2}, ["cut off currency by currency"]),
        ({"limit": 9}, []),
        ({}, []),
        ({"sort": Sort("card.brand", "desc"), "limit": 1}, []),
    ],
)
def test_an_order_across_currencies_is_noted(rest: dict[str, Any], says: list[str]) -> None:
    notes: list[str] = []
    aggregate(Figures("sum", AMOUNT, (BRAND,), **rest), ROWS, {}, UTC_ZONE, notes)
    assert len(notes) == len(says)
    for note, part in zip(notes, says, strict=True):
        assert note == f"The figures are in several currencies (JPY, KWD, USD): {note.partition('): ')[2]}"
        assert part in note


def test_counts_are_in_order_whatever_the_currencies() -> None:
    notes: list[str] = []
    aggregate(Figures("count", None, (BRAND,), sort=Sort("count", "desc"), limit=1), ROWS, {}, UTC_ZONE, notes)
    one = [row for row in ROWS if row["currency"] == "usd"]
    aggregate(Figures("sum", AMOUNT, (BRAND,), sort=Sort("sum", "desc"), limit=1), one, {}, UTC_ZONE, notes)
    assert notes == []


def test_an_average_is_rounded_half_up_to_the_currencys_decimals() -> None:
    assert ("usd", Decimal("15.01")) in computed("avg")


def test_least_and_most() -> None:
    assert ("usd", Decimal("10.00")) in computed("min")
    assert ("usd", Decimal("20.01")) in computed("max")


def test_a_count_has_no_currency() -> None:
    assert computed("count", None, groups=(BRAND,)) == [("visa", None, 3), (None, None, 1)]


def test_nothing_counts_and_sums_to_zero_but_has_no_average() -> None:
    assert aggregate(Figures("count"), [], {}, UTC_ZONE) == (Figure({}, None, 0),)
    assert aggregate(Figures("sum", AMOUNT), [], {}, UTC_ZONE)[0].to_dict()["value"] == "0"
    assert aggregate(Figures("avg", AMOUNT), [], {}, UTC_ZONE) == ()
    assert aggregate(Figures("count", None, (BRAND,)), [], {}, UTC_ZONE) == ()


def test_having_keeps_groups_of_its_currency() -> None:
    assert computed("sum", having=Having("gt", Money(Decimal(30), "usd"))) == [("usd", Decimal("30.01"))]
    assert computed("sum", having=Having("gt", Money(Decimal(30), None))) == [
        ("jpy", Decimal(500)),
        ("usd", Decimal("30.01")),
    ]


def test_groups_are_sorted_by_the_figure_and_cut() -> None:
    top = computed("sum", sort=Sort("sum", "desc"), limit=2)
    assert [value for _, value in top] == [Decimal(500), Decimal("30.01")]
    low = computed("sum", sort=Sort("sum", "asc"), limit=1)
    assert low == [("kwd", Decimal("1.250"))]


@pytest.mark.parametrize(
    ("grain", "zone", "label"),
    [
        ("day", "UTC", "2025-12-31"),
        ("day", "Asia/Tokyo", "2026-01-01"),
        ("week", "UTC", "2025-12-29"),
        ("month", "UTC", "2025-12"),
        ("month", "Asia/Tokyo", "2026-01"),
        ("quarter", "UTC", "2025-Q4"),
        ("quarter", "Asia/Tokyo", "2026-Q1"),
        ("year", "UTC", "2025"),
        ("year", "Asia/Tokyo", "2026"),
    ],
)
def test_periods_are_the_zones(grain: str, zone: str, label: str) -> None:
    assert period(1_767_225_599, grain, ZoneInfo(zone)) == label


def test_dates_come_forwards() -> None:
    months = Group("created:month", Place("created", "time", "created"), "month")
    assert [key for key, *_ in computed("count", None, groups=(months,))] == ["2025-12", "2026-01", "2026-03"]


def test_what_is_no_number_has_no_sum() -> None:
    with pytest.raises(PlanError, match="no number"):
        computed("sum", Place("status", "word", "status"))


def test_memory_does_not_grow_with_the_rows() -> None:
    def rows(count: int) -> Iterator[dict[str, Any]]:
        for number in range(count):
            yield {"id": str(number), "amount": number, "currency": "usd", "brand": "visa"}

    peaks = []
    for count in (1_000, 20_000):
        tracemalloc.start()
        aggregate(Figures("sum", AMOUNT, (BRAND,)), rows(count), {}, UTC_ZONE)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 50_000


def subscription(unit: int | None, interval: str, count: int = 1, quantity: int = 1, **more: Any) -> dict[str, Any]:
    price = {"unit_amount": unit, "currency": "usd", "recurring": {"interval": interval, "interval_count": count}}
    return {"items": {"data": [{"price": price, "quantity": quantity, "discounts": []}]}, "discounts": [], **more}


def coupon(**held: Any) -> list[dict[str, Any]]:
    return [{"source": {"type": "coupon", "coupon": {"currency": "usd", **held}}}]


@pytest.mark.parametrize(
    ("held", "monthly"),
    [
        (subscription(1000, "month"), "10.00"),
        (subscription(12000, "year"), "10.00"),
        (subscription(3000, "month", 3), "10.00"),
        (subscription(84, "week"), "3.65"),
        (subscription(12, "day"), "3.65"),
        (subscription(1000, "month", quantity=3), "30.00"),
        (subscription(1000, "month", discounts=coupon(percent_off=25)), "7.50"),
        (subscription(12000, "year", discounts=coupon(amount_off=2400)), "8.00"),
        (subscription(1000, "month", discounts=coupon(amount_off=5000)), "0.00"),
        (subscription(1000, "month", discounts=coupon(amount_off=500, currency="eur")), "10.00"),
    ],
)
def test_monthly_revenue(held: dict[str, Any], monthly: str) -> None:
    notes: list[str] = []
    assert [each.to_dict()["value"] for each in recurring([held], 1, notes)] == [monthly]
    assert recurring([held], 12, notes)[0].value == Decimal(monthly) * 12
    assert notes == []


def test_what_has_no_fixed_price_is_said() -> None:
    notes: list[str] = []
    assert recurring([subscription(None, "month")], 1, notes) == ()
    assert "1 metered or tiered items" in notes[0]


def test_churn_is_canceled_in_the_period_over_active_at_its_start() -> None:
    start, inside = datetime(2026, 2, 1, tzinfo=UTC), int(datetime(2026, 2, 10, tzinfo=UTC).timestamp())
    before = int(start.timestamp()) - 100
    rows: list[dict[str, Any]] = [
        {"status": "active", "created": before, "canceled_at": None, "ended_at": None},
        {"status": "active", "created": before, "canceled_at": inside, "ended_at": None},
        {"status": "canceled", "created": before, "canceled_at": inside, "ended_at": inside},
        {"status": "canceled", "created": before - 9, "canceled_at": before, "ended_at": before},
        {"status": "incomplete_expired", "created": before, "canceled_at": None, "ended_at": None},
        {"status": "active", "created": inside, "canceled_at": None, "ended_at": None},
        {"status": "trialing", "created": before, "canceled_at": None, "ended_at": None},
    ]
    found = churn(rows, Window(date(2026, 2, 1), date(2026, 3, 1)), UTC_ZONE, [])
    assert [each.value for each in found] == [Decimal("0.25")]


def test_rates_of_charges() -> None:
    ok = {"status": "succeeded", "disputed": False, "amount_refunded": 0}
    rows = [ok, {**ok, "disputed": True}, {**ok, "amount_refunded": 5}, {**ok, "status": "failed"}]
    assert charge_rate("dispute_rate", rows, [])[0].value == Decimal("0.333333")
    assert charge_rate("refund_rate", rows, [])[0].value == Decimal("0.333333")
    assert charge_rate("failure_rate", rows, [])[0].value == Decimal("0.25")


def test_a_rate_over_nothing_is_no_figure() -> None:
    notes: list[str] = []
    assert charge_rate("dispute_rate", [], notes) == ()
    assert notes
