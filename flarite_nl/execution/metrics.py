"""MRR, ARR and the rates, by FRAME.md's definitions ("Metrics")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flarite_nl.execution.aggregate import rounded, tidy
from flarite_nl.execution.judge import seconds
from flarite_nl.model.outcome import Figure, Row
from flarite_nl.model.values import Window

MONTHS: Mapping[str, Decimal] = {
    "day": Decimal(365) / 12,
    "week": Decimal(365) / 84,
    "month": Decimal(1),
    "year": Decimal(1) / 12,
}
"""How often an interval comes in an average month."""


def recurring(rows: Iterable[Row], times: int, problems: list[str]) -> tuple[Figure, ...]:
    """MRR times ``times``, one figure a currency. What has no fixed price is left out and said so."""
    sums: dict[str, Decimal] = {}
    unpriced = 0
    for subscription in rows:
        monthly, missing = _monthly(subscription)
        unpriced += missing
        for currency, amount in monthly.items():
            sums[currency] = sums.get(currency, Decimal(0)) + amount
    if unpriced:
        problems.append(f"{unpriced} metered or tiered items have no fixed price and are not counted.")
    return tuple(Figure({}, each, rounded(sums[each] * times, each)) for each in sorted(sums))


def _monthly(subscription: Row) -> tuple[dict[str, Decimal], int]:
    """A subscription's minor units a month by currency after its discounts, and its items without a price."""
    sums: dict[str, Decimal] = {}
    missing = 0
    pace = Decimal(1)
    for item in subscription["items"]["data"]:
        price = item["price"]
        unit = price.get("unit_amount_decimal") or price.get("unit_amount")
        every = price.get("recurring")
        if unit is None or not every or every.get("usage_type") == "metered":
            missing += 1
            continue
        pace = MONTHS[every["interval"]] / int(every.get("interval_count") or 1)
        amount = Decimal(str(unit)) * int(item.get("quantity") or 1) * pace
        amount = _less(amount, price["currency"], pace, item.get("discounts") or ())
        sums[price["currency"]] = sums.get(price["currency"], Decimal(0)) + amount
    for currency, amount in sums.items():
        sums[currency] = _less(amount, currency, pace, subscription.get("discounts") or ())
    return sums, missing


def _less(amount: Decimal, currency: str, pace: Decimal, discounts: Iterable[Any]) -> Decimal:
    """An amount after discounts, never below nothing; a fixed discount comes off once a billing period."""
    for coupon in _coupons(discounts):
        if coupon.get("percent_off") is not None:
            amount *= 1 - Decimal(str(coupon["percent_off"])) / 100
        elif coupon.get("amount_off") is not None and coupon.get("currency") == currency:
            amount -= Decimal(coupon["amount_off"]) * pace
    return max(amount, Decimal(0))


def _coupons(discounts: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    for discount in discounts:
        if isinstance(discount, Mapping):
            coupon = (discount.get("source") or {}).get("coupon") or discount.get("coupon")
            if isinstance(coupon, Mapping):
                yield coupon


def churn(rows: Iterable[Row], period: Window, zone: ZoneInfo, problems: list[str]) -> tuple[Figure, ...]:
    """Subscriptions canceled in the period over those active at its start."""
    start = seconds(period.start, zone) if period.start is not None else 0
    end = seconds(period.end, zone) if period.end is not None else None
    canceled = active = 0
    for row in rows:
        at = row.get("canceled_at") if row["status"] == "canceled" else None
        if at and at >= start and (end is None or at < end):
            canceled += 1
        begun = row["created"] < start and row["status"] not in ("incomplete", "incomplete_expired")
        if begun and (row["status"] != "canceled" or (row.get("ended_at") or at or 0) >= start):
            active += 1
    return _rate(canceled, active, "No subscription was active at the start of the period.", problems)


def charge_rate(name: str, rows: Iterable[Row], problems: list[str]) -> tuple[Figure, ...]:
    """The share of charges that were disputed or refunded (of the succeeded ones), or failed (of all)."""
    hits = succeeded = every = 0
    for row in rows:
        every += 1
        succeeded += row["status"] == "succeeded"
        if name == "dispute_rate":
            hits += bool(row.get("disputed"))
        elif name == "refund_rate":
            hits += bool(row.get("amount_refunded"))
        else:
            hits += row["status"] == "failed"
    over = every if name == "failure_rate" else succeeded
    return _rate(hits, over, "There was no such charge in the period.", problems)


def _rate(hits: int, over: int, nothing: str, problems: list[str]) -> tuple[Figure, ...]:
    if not over:
        problems.append(nothing)
        return ()
    return (Figure({}, None, tidy(Decimal(hits) / Decimal(over))),)
