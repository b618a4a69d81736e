"""Subscriptions of every status and interval, and the invoices, invoice items and payments that come of them."""

from __future__ import annotations

from typing import Any

from flarite_nl.sandbox import periods
from flarite_nl.sandbox.demo.builder import Builder
from flarite_nl.sandbox.shapes import billing, catalog
from flarite_nl.sandbox.types import Obj
from flarite_nl.sandbox.world import DAY

JENNY = "cus_JennyRosen0001"

SUBSCRIPTIONS: list[tuple[str, list[tuple[str, int]], str, float, dict[str, Any]]] = [
    (JENNY, [("price_1StarterMonthUSD", 1)], "active", 130, {"coupon": "FOREVER5"}),
    ("cus_ABC123", [("price_XYZ", 1)], "active", 95, {"metadata": {"seat": "ada"}}),
    ("cus_JaneDoe0000001", [("price_1EnterpriseQuarter", 5)], "active", 200, {"invoiced": True}),
    ("cus_BobStone000001", [("price_1GoldMonthUSD", 1)], "active", 70, {"cancel_at_period_end": True}),
    ("cus_TokyoTaro00001", [("price_1WeeklyJPY", 2)], "active", 50, {}),
    ("cus_Emoji000000001", [("price_1EnterpriseYear", 1)], "active", 300, {}),
    ("cus_ConanOBrien001", [("price_1WeeklyGBP", 1)], "active", 45, {}),
    ("cus_Formula0000001", [("price_1DailyUSD", 1)], "active", 12, {}),
    ("cus_JohnSmith00001", [("price_1StarterYearUSD", 1), ("price_1ProYearUSD", 2)], "active", 340, {}),
    ("cus_Escape00000001", [("price_XYZ", 1)], "active", 66, {"paused": 20}),
    ("cus_JohnSmith00002", [("price_1StarterMonthUSD", 1)], "active", 100, {"paused": None}),
    ("cus_OwingOlga00001", [("price_XYZ", 1)], "past_due", 64, {}),
    ("cus_NoName00000001", [("price_1StarterMonthUSD", 3)], "past_due", 92, {}),
    ("cus_Lukasz00000001", [("price_1StarterMonthEUR", 1)], "past_due", 35, {}),
    ("cus_JaneDoe0000001", [("price_1GoldMonthUSD", 1)], "past_due", 33, {}),
    ("cus_KuwaitKhalid01", [("price_XYZ", 1)], "trialing", 4, {"trial": 10}),
    ("cus_Formula0000001", [("price_1GoldMonthUSD", 1)], "trialing", 9, {"trial": 5, "cancel_at_period_end": True}),
    ("cus_NoName00000001", [("price_1ProMonthOld", 1)], "canceled", 260, {"ended": 40, "why": "payment_failed"}),
    (JENNY, [("price_1WeeklyGBP", 1)], "canceled", 240, {"ended": 200, "why": "cancellation_requested"}),
    ("cus_BobStone000001", [("price_XYZ", 1)], "canceled", 150, {"ended": 12, "why": "cancellation_requested"}),
    ("cus_OwingOlga00001", [("price_1GoldMonthUSD", 1)], "unpaid", 150, {}),
    ("cus_Lukasz00000001", [("price_1EnterpriseYear", 1)], "incomplete", 0.4, {}),
    ("cus_NoEmail0000001", [("price_1StarterMonthUSD", 1)], "incomplete_expired", 20, {"ended": 19}),
    ("cus_Escape00000001", [("price_1WeeklyGBP", 1)], "paused", 30, {"trial": -16}),
]
"""Customer, prices with quantities, status, age in days, and what is special (days from now, or days ago for ended)."""

LOOSE: list[tuple[str, str, float, int, str, str, float | None]] = [
    (JENNY, "open", 40, 18000, "usd", "Wedding invitations", -10),
    (JENNY, "draft", 0.3, 4500, "usd", "Place cards", None),
    (JENNY, "paid", 75, 7250, "usd", "Letterpress workshop", -45),
    ("cus_JaneDoe0000001", "open", 70, 120000, "usd", "Annual stationery order", -40),
    ("cus_JaneDoe0000001", "open", 5, 33000, "usd", "Envelopes", 9),
    ("cus_TokyoTaro00001", "open", 20, 24000, "jpy", "和紙", -2),
    ("cus_KuwaitKhalid01", "open", 3, 45500, "kwd", "Ledgers", 27),
    ("cus_JohnSmith00001", "uncollectible", 160, 9900, "usd", "Custom stamps", -130),
    ("cus_JohnSmith00002", "void", 33, 2500, "usd", "Issued in error", -3),
    ("cus_Emoji000000001", "paid", 28, 5600, "eur", "Postkarten 🎈", -14),
    ("cus_Emoji000000001", "draft", 1, 8000, "eur", "Kalender", None),
]
"""Customer, status, age in days, amount, currency, description, days until due (None: not sent)."""


def build(builder: Builder, named: dict[str, Obj], prices: dict[str, Obj]) -> None:
    numbers: dict[str, int] = {}
    for customer, wanted, status, age, special in SUBSCRIPTIONS:
        _subscription(builder, named[customer], [(prices[id], count) for id, count in wanted], status, age, special,
                      numbers)  # fmt: skip
    for customer, status, age, amount, currency, description, due in LOOSE:
        _loose(builder, named[customer], status, age, amount, currency, description, due, numbers)
    for customer, age, amount, description in (
        ("cus_ABC123", 6, 1500, "Rush delivery"),
        ("cus_JaneDoe0000001", 2, -2000, "Goodwill credit"),
        (JENNY, 1, 990, "Gift wrap"),
    ):
        builder.keep(
            billing.invoice_item(builder.id("ii_1"), builder.ago(age), customer, amount, "usd", description=description)
        )


def _subscription(
    builder: Builder, customer: Obj, wanted: list[tuple[Obj, int]], status: str, age: float, special: Obj,
    numbers: dict[str, int],
) -> None:  # fmt: skip
    id, born = builder.id("sub_1"), builder.ago(age)
    ended = builder.ago(special["ended"]) if "ended" in special else None
    trial = builder.ago(-special["trial"]) if "trial" in special else None
    recurring = wanted[0][0]["recurring"]
    rhythm = (recurring["interval"], recurring["interval_count"])
    start, end = periods.current(born, ended or builder.now, *rhythm)
    if trial is not None:
        start, end = (born, trial) if trial > builder.now else periods.current(trial, builder.now, *rhythm)
    items = [
        billing.subscription_item(builder.id("si_", 14), born, id, price, quantity=count,
                                  current_period_start=start, current_period_end=end)
        for price, count in wanted
    ]  # fmt: skip
    fields: Obj = {"metadata": special.get("metadata", {}), "trial_start": born if trial else None, "trial_end": trial}
    fields["default_payment_method"] = customer["invoice_settings"]["default_payment_method"]
    if trial is not None:
        fields["billing_cycle_anchor"] = trial
    if special.get("cancel_at_period_end"):
        fields |= {"cancel_at_period_end": True, "cancel_at": end, "canceled_at": builder.ago(min(age, 2))}
        fields["cancellation_details"] = {"comment": None, "feedback": None, "reason": "cancellation_requested"}
    if ended is not None:
        fields |= {"canceled_at": ended, "ended_at": ended}
        fields["cancellation_details"] = {"comment": None, "feedback": None, "reason": special.get("why")}
    if "paused" in special:
        resumes = None if special["paused"] is None else builder.ago(-special["paused"])
        fields["pause_collection"] = {"behavior": "void" if resumes else "keep_as_draft", "resumes_at": resumes}
    if special.get("invoiced"):
        fields |= {"collection_method": "send_invoice", "days_until_due": 30, "default_payment_method": None}
    if "coupon" in special:
        discount = catalog.discount(builder.id("di_", 14), born, special["coupon"], customer=customer["id"],
                                    subscription=id)  # fmt: skip
        fields["discounts"] = [builder.keep(discount)["id"]]
    subscription = billing.subscription(id, born, customer["id"], items, status=status, **fields)
    _cycles(builder, customer, subscription, (born, *rhythm), ended, numbers)
    builder.keep(subscription)


def _cycles(
    builder: Builder, customer: Obj, subscription: Obj, rhythm: tuple[int, str, int], ended: int | None,
    numbers: dict[str, int],
) -> None:  # fmt: skip
    """The invoices of the last few periods; the newest shows the subscription's status."""
    status = subscription["status"]
    if status in ("trialing", "paused"):
        return
    born, interval, count = rhythm
    starts, at = [], born
    while at < (ended or builder.now) and at <= builder.now:
        starts.append(at)
        at = periods.step(born, interval, len(starts) * count)
    for number, start in enumerate(starts[-5:]):
        newest = number == len(starts[-5:]) - 1
        state = "paid"
        if newest:
            state = {"past_due": "open", "unpaid": "open", "incomplete": "open", "incomplete_expired": "void"}.get(
                status, "paid"
            )
        sent = subscription["collection_method"] == "send_invoice"
        reason = "subscription_create" if start == born else "subscription_cycle"
        period = (start, periods.step(start, interval, count))
        invoice = _of_period(builder, customer, subscription, period, reason, numbers)
        if sent and newest:
            state = "open"
        _settle(builder, customer, invoice, state, start + 3600, start + 30 * DAY if sent else None)
        subscription["latest_invoice"] = invoice["id"]


def _of_period(
    builder: Builder, customer: Obj, subscription: Obj, period: tuple[int, int], reason: str, numbers: dict[str, int]
) -> Obj:
    id = builder.id("in_1")
    lines = []
    for item in subscription["items"]["data"]:
        price = item["price"]
        parent = {
            "invoice_item_details": None,
            "subscription_item_details": {
                "invoice_item": None,
                "proration": False,
                "proration_details": {"credited_items": None},
                "subscription": subscription["id"],
                "subscription_item": item["id"],
            },
            "type": "subscription_item_details",
        }
        quantity = item["quantity"]
        text = f"{quantity} × {price['nickname'] or price['id']}"
        lines.append(
            billing.line(builder.id("il_1"), id, price["unit_amount"] * quantity, price["currency"], text, period,
                         quantity=quantity, pricing=billing.pricing(price), parent=parent,
                         subscription=subscription["id"])
        )  # fmt: skip
    return billing.invoice(
        id, period[0], customer, subscription["currency"], lines,
        billing_reason=reason, collection_method=subscription["collection_method"], number=_number(customer, numbers),
        parent=billing.subscription_parent(subscription["id"]), period_start=period[0], period_end=period[0],
    )  # fmt: skip


def _number(customer: Obj, numbers: dict[str, int]) -> str:
    """``JENNYROS-0003``: the customer's own prefix and count."""
    count = numbers[customer["id"]] = numbers.get(customer["id"], 0) + 1
    return f"{customer['invoice_prefix']}-{count:04d}"


def _loose(
    builder: Builder, customer: Obj, status: str, age: float, amount: int, currency: str, description: str,
    due: float | None, numbers: dict[str, int],
) -> None:  # fmt: skip
    """An invoice made by hand, with one invoice item."""
    id, born = builder.id("in_1"), builder.ago(age)
    item = billing.invoice_item(builder.id("ii_1"), born, customer["id"], amount, currency, description=description,
                                invoice=id)  # fmt: skip
    builder.keep(item)
    parent = {
        "invoice_item_details": {
            "invoice_item": item["id"], "proration": False, "proration_details": {"credited_items": None},
            "subscription": None,
        },
        "subscription_item_details": None,
        "type": "invoice_item_details",
    }  # fmt: skip
    line = billing.line(builder.id("il_1"), id, amount, currency, description, (born, born), parent=parent)
    number = None if status == "draft" else _number(customer, numbers)
    invoice = billing.invoice(id, born, customer, currency, [line], number=number, collection_method="send_invoice",
                              description=description)  # fmt: skip
    _settle(builder, customer, invoice, status, born + 600, None if due is None else builder.ago(-due))


def _settle(builder: Builder, customer: Obj, invoice: Obj, status: str, at: int, due: int | None) -> None:
    """Bring a draft to ``status``, with the payment that this takes."""
    at = min(at, builder.now - 30)
    invoice["status"] = status
    invoice["due_date"] = due
    marks = invoice["status_transitions"]
    if status != "draft":
        marks["finalized_at"] = invoice["effective_at"] = invoice["created"]
        invoice["hosted_invoice_url"] = f"https://invoice.stripe.com/i/acct_1SandboxNorthwind/test_{invoice['id']}"
        invoice["invoice_pdf"] = f"{invoice['hosted_invoice_url']}/pdf"
        invoice["ending_balance"] = 0
    if status == "paid":
        charge = builder.payment(
            customer["id"], at, invoice["total"], invoice["currency"], description="Payment for invoice"
        )
        payment = billing.invoice_payment(builder.id("inpay_1"), at, invoice, charge["payment_intent"], paid=at)
        builder.keep(payment)
        invoice |= {"amount_paid": invoice["total"], "amount_remaining": 0, "attempted": True, "attempt_count": 1}
        marks["paid_at"] = at
    if status == "open" and invoice["collection_method"] == "charge_automatically":
        builder.payment(customer["id"], at, invoice["total"], invoice["currency"], status="failed",
                        failure_code="card_declined", description="Payment for invoice")  # fmt: skip
        invoice |= {"attempted": True, "attempt_count": 1, "next_payment_attempt": builder.ago(-2)}
    if status == "void":
        marks["voided_at"] = at
    if status == "uncollectible":
        marks["marked_uncollectible_at"] = at
    builder.keep(invoice)
