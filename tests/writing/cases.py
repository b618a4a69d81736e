"""Every write of FRAME.md's table: what is asked, and how the answer shows that it was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flarite_nl.model.parse import Intent
from tests.engine.prompts import intent

CUSTOMER = "cus_ABC123"
Obj = dict[str, Any]


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "usd"}


@dataclass
class Demo:
    """Objects of the demo account by what can be done to them."""

    objects: list[Obj]

    def one(self, kind: str, fits: Callable[[Obj], bool] = lambda obj: True, number: int = 0) -> Obj:
        return [obj for obj in self.objects if obj["object"] == kind and fits(obj)][number]

    def charge(self, number: int = 0, currency: str = "usd") -> Obj:
        def fits(obj: Obj) -> bool:
            whole = obj["status"] == "succeeded" and obj["captured"] and not obj["amount_refunded"]
            return whole and not obj["disputed"] and obj["currency"] == currency and obj["amount"] > 1000

        return self.one("charge", fits, number)

    def charged_back(self, obj: Obj) -> bool:
        """A charge whose dispute takes the money: no inquiry, and not won."""
        return obj["disputed"] and any(
            each["object"] == "dispute" and each["charge"] == obj["id"] and each["status"] == "needs_response"
            for each in self.objects
        )

    def invoice(self, status: str) -> Obj:
        return self.one("invoice", lambda obj: obj["status"] == status)

    def subscription(self) -> Obj:
        def fits(obj: Obj) -> bool:
            plain = not obj["pause_collection"] and not obj["cancel_at_period_end"]
            return obj["status"] == "active" and plain and len(obj["items"]["data"]) == 1

        return self.one("subscription", fits)

    def intent(self, status: str) -> Obj:
        return self.one("payment_intent", lambda obj: obj["status"] == status)


Case = tuple[Callable[[Demo], Intent], Callable[[Obj], bool]]

MAKING: dict[str, tuple[Intent, Callable[[Obj], bool]]] = {
    "payment link": (
        intent("payment_links.create", params={"price": "price_XYZ", "quantity": 1}),
        lambda row: row["active"] and row["url"].startswith("https://"),
    ),
    "payment link of a new price": (
        intent(
            "payment_links.create",
            params={
                "product": {"name": "Mug"}, "unit_amount": usd("20"), "recurring.interval": "month", "quantity": 2,
                "adjustable_quantity": True, "redirect_url": "https://shop.example/thanks",
            },
        ),
        lambda row: row["after_completion"]["redirect"]["url"] == "https://shop.example/thanks",
    ),
    "subscription": (
        intent("subscriptions.create", params={"customer": CUSTOMER, "price": "price_XYZ", "trial_period_days": 14}),
        lambda row: row["status"] == "trialing" and row["items"]["data"][0]["price"]["id"] == "price_XYZ",
    ),
    "subscription by email": (
        intent(
            "subscriptions.create",
            params={"customer": {"email": "JENNY.rosen@example.com"}, "price": "price_XYZ", "quantity": 3},
        ),
        lambda row: row["customer"] == "cus_JennyRosen0001" and row["items"]["data"][0]["quantity"] == 3,
    ),
    "payment intent": (
        intent("payment_intents.create", params={"amount": usd("20.05"), "customer": CUSTOMER, "metadata.order": "7"}),
        lambda row: (row["amount"], row["metadata"]) == (2005, {"order": "7"}),
    ),
    "customer": (
        intent("customers.create", params={"email": "a@b.example", "name": "Ann", "address.city": "Paris"}),
        lambda row: row["email"] == "a@b.example" and row["address"]["city"] == "Paris",
    ),
    "product": (intent("products.create", params={"name": "Widget"}), lambda row: row["name"] == "Widget"),
    "price": (
        intent(
            "prices.create",
            params={"product": {"name": "Brand new"}, "unit_amount": {"amount": "500", "currency": "jpy"}},
        ),
        lambda row: (row["unit_amount"], row["currency"], row["type"]) == (500, "jpy", "one_time"),
    ),
    "recurring price": (
        intent(
            "prices.create",
            params={
                "product": {"name": "Brand new"}, "unit_amount": {"amount": "1.250", "currency": "kwd"},
                "recurring.interval": "week", "recurring.interval_count": 2, "nickname": "two weeks",
            },
        ),
        lambda row: (row["unit_amount"], row["recurring"]["interval_count"], row["nickname"]) == (1250, 2, "two weeks"),
    ),
    "coupon": (
        intent(
            "coupons.create",
            params={
                "percent_off": 12.5, "duration": "repeating", "duration_in_months": 3, "id": "SUMMER25",
                "redeem_by": "2026-06-30",
            },
        ),
        # The day still counts: its last second.
        lambda row: (row["id"], row["percent_off"], row["redeem_by"]) == ("SUMMER25", 12.5, 1_782_863_999),
    ),
    "coupon of an amount": (
        intent("coupons.create", params={"amount_off": {"amount": "5", "currency": None}, "name": "Five"}),
        lambda row: (row["amount_off"], row["currency"], row["duration"]) == (500, "usd", "once"),
    ),
    "invoice": (
        intent("invoices.create", params={"customer": CUSTOMER, "amount": usd("100"), "description": "Work"}),
        lambda row: (row["total"], row["status"], row["lines"]["data"][0]["description"]) == (10000, "draft", "Work"),
    ),
    "invoice of lines": (
        intent(
            "invoices.create",
            params={
                "customer": CUSTOMER, "due_date": "2026-04-30",
                "lines": [
                    {"description": "a", "quantity": 2, "unit_amount": usd("5")},
                    {"description": "b", "quantity": 1, "unit_amount": usd("7")},
                ],
            },
        ),
        lambda row: row["total"] == 1700 and row["due_date"] == 1_777_593_599,
    ),
    "empty invoice": (
        intent("invoices.create", params={"customer": CUSTOMER}),
        lambda row: row["total"] == 0 and row["status"] == "draft",
    ),
    "invoice item": (
        intent("invoice_items.create", params={"customer": CUSTOMER, "amount": usd("3"), "description": "Fee"}),
        lambda row: (row["amount"], row["description"]) == (300, "Fee"),
    ),
    "payout": (intent("payouts.create", params={"amount": usd("5")}), lambda row: row["amount"] == 500),
}  # fmt: skip


def by_id(obj: Obj, action: str, /, **params: Any) -> Intent:
    return intent(action, ("id", "eq", obj["id"]), params=params)


CHANGES: dict[str, Case] = {
    "refund": (
        lambda demo: intent("charges.refund", ("customer", "eq", CUSTOMER), sort="created desc", limit=1),
        lambda row: row["object"] == "refund" and row["status"] == "succeeded",
    ),
    "part refund": (
        lambda demo: by_id(demo.charge(), "charges.refund", amount=usd("1.50"), reason="duplicate"),
        lambda row: (row["amount"], row["reason"]) == (150, "duplicate"),
    ),
    "half refund": (
        lambda demo: by_id(demo.charge(), "charges.refund", percent=50),
        lambda row: row["amount"] > 0,
    ),
    "refund of an intent": (
        lambda demo: intent("payment_intents.refund", ("id", "eq", demo.charge()["payment_intent"])),
        lambda row: row["object"] == "refund",
    ),
    "capture": (
        lambda demo: intent("charges.capture", ("captured", "eq", False), limit=1),
        lambda row: row["captured"] is True,
    ),
    "capture of an intent": (
        lambda demo: by_id(demo.intent("requires_capture"), "payment_intents.capture"),
        lambda row: row["status"] == "succeeded",
    ),
    "confirm": (
        lambda demo: by_id(
            demo.intent("requires_confirmation"), "payment_intents.confirm", payment_method="pm_card_visa"
        ),
        lambda row: row["status"] in ("succeeded", "processing", "requires_action"),
    ),
    "cancel an intent": (
        lambda demo: by_id(demo.intent("requires_payment_method"), "payment_intents.cancel"),
        lambda row: row["status"] == "canceled",
    ),
    "cancel at once": (
        lambda demo: by_id(demo.subscription(), "subscriptions.cancel", at_period_end=False),
        lambda row: row["status"] == "canceled",
    ),
    "cancel at the end": (
        lambda demo: by_id(demo.subscription(), "subscriptions.cancel", at_period_end=True),
        lambda row: row["status"] == "active" and row["cancel_at_period_end"],
    ),
    "pause": (
        lambda demo: by_id(demo.subscription(), "subscriptions.pause", until="2026-06-01"),
        lambda row: row["status"] == "active" and row["pause_collection"]["resumes_at"] == 1_780_272_000,
    ),
    "resume": (
        lambda demo: by_id(demo.one("subscription", lambda obj: obj["status"] == "paused"), "subscriptions.resume"),
        lambda row: row["status"] == "active",
    ),
    "resume billing": (
        lambda demo: by_id(demo.one("subscription", lambda obj: bool(obj["pause_collection"])), "subscriptions.resume"),
        lambda row: row["pause_collection"] is None,
    ),
    "change of price": (
        lambda demo: by_id(demo.subscription(), "subscriptions.update", price="price_XYZ", quantity=3),
        lambda row: [(item["price"]["id"], item["quantity"]) for item in row["items"]["data"]] == [("price_XYZ", 3)],
    ),
    "coupon on a subscription": (
        lambda demo: by_id(demo.subscription(), "subscriptions.update", coupon=_coupon(demo)["id"]),
        lambda row: len(row["discounts"]) == 1,
    ),
    "longer trial": (
        lambda demo: by_id(demo.subscription(), "subscriptions.update", trial_end="2026-05-01"),
        lambda row: row["trial_end"] == 1_777_593_600,
    ),
    "customer": (
        lambda demo: intent("customers.update", ("email", "eq", "Jenny.Rosen@Example.com"), params={"name": "J"}),
        lambda row: row["name"] == "J",
    ),
    "deletion": (lambda demo: intent("customers.delete", ("id", "eq", CUSTOMER)), lambda row: row["deleted"] is True),
    "product": (
        lambda demo: by_id(demo.one("product"), "products.update", name="New"),
        lambda row: row["name"] == "New",
    ),
    "archive": (
        lambda demo: by_id(demo.one("product", lambda obj: obj["active"]), "products.archive"),
        lambda row: row["active"] is False,
    ),
    "nickname": (
        lambda demo: intent("prices.update", ("id", "eq", "price_XYZ"), params={"nickname": "n"}),
        lambda row: row["nickname"] == "n",
    ),
    "coupon gone": (lambda demo: by_id(_coupon(demo), "coupons.delete"), lambda row: row["deleted"] is True),
    "code": (
        lambda demo: intent("promotion_codes.create", params={"coupon": _coupon(demo)["id"], "code": "SUN"}),
        lambda row: row["code"] == "SUN",
    ),
    "code off": (
        lambda demo: by_id(demo.one("promotion_code", lambda obj: obj["active"]), "promotion_codes.deactivate"),
        lambda row: row["active"] is False,
    ),
    "link off": (
        lambda demo: by_id(demo.one("payment_link", lambda obj: obj["active"]), "payment_links.deactivate"),
        lambda row: row["active"] is False,
    ),
    "item on a draft": (
        lambda demo: intent(
            "invoice_items.create",
            params={"invoice": demo.invoice("draft")["id"], "amount": {"amount": "3", "currency": None}},
        ),
        lambda row: row["amount"] == 300,
    ),
    "finalize": (lambda demo: by_id(demo.invoice("draft"), "invoices.finalize"), lambda row: row["status"] == "open"),
    "pay": (lambda demo: by_id(demo.invoice("open"), "invoices.pay"), lambda row: row["status"] == "paid"),
    "void": (lambda demo: by_id(demo.invoice("open"), "invoices.void"), lambda row: row["status"] == "void"),
    "write off": (
        lambda demo: by_id(demo.invoice("open"), "invoices.mark_uncollectible"),
        lambda row: row["status"] == "uncollectible",
    ),
    "payout off": (
        lambda demo: intent("payouts.cancel", ("status", "eq", "pending"), limit=1),
        lambda row: row["status"] == "canceled",
    ),
    "dispute": (
        lambda demo: intent("disputes.close", ("status", "eq", "needs_response"), limit=1),
        lambda row: row["status"] == "lost",
    ),
}


def _coupon(demo: Demo) -> Obj:
    return demo.one("coupon", lambda obj: obj["valid"])


REFUSED: dict[str, tuple[Callable[[Demo], Intent], str]] = {
    "more than is left": (
        lambda demo: by_id(demo.charge(), "charges.refund", amount=usd("1000000")), "is more than the"),
    "another currency": (
        lambda demo: by_id(demo.charge(), "charges.refund", amount={"amount": "1", "currency": "eur"}), "not in EUR"),
    "too fine": (lambda demo: by_id(demo.charge(), "charges.refund", amount=usd("10.999")), "too fine"),
    "refunded": (
        lambda demo: by_id(demo.one("charge", lambda obj: obj["refunded"]), "charges.refund"), "refunded already"),
    "failed": (
        lambda demo: by_id(demo.one("charge", lambda obj: obj["status"] == "failed"), "charges.refund"), "is failed"),
    "120 percent": (lambda demo: by_id(demo.charge(), "charges.refund", percent=120), "0 to 100 percent"),
    "canceled": (
        lambda demo: by_id(demo.one("subscription", lambda obj: obj["status"] == "canceled"), "subscriptions.cancel"),
        "is canceled"),
    "not paused": (lambda demo: by_id(demo.subscription(), "subscriptions.resume"), "is not paused"),
    "paid": (lambda demo: by_id(demo.invoice("paid"), "invoices.void"), "is paid"),
    "void": (lambda demo: by_id(demo.invoice("void"), "invoices.pay"), "is void"),
    "archived price": (
        lambda demo: intent(
            "payment_links.create", params={"price": demo.one("price", lambda obj: not obj["active"])["id"]}),
        "is archived"),
    "unknown product": (
        lambda demo: intent("payment_links.create", params={"product": {"name": "zzz"}}), "no product 'zzz'"),
    "unknown customer": (
        lambda demo: intent("subscriptions.create", params={"customer": {"email": "no@body"}, "price": "price_XYZ"}),
        "no customer"),
    "coupon of 120": (lambda demo: intent("coupons.create", params={"percent_off": 120}), "0 to 100"),
    "coupon of nothing": (lambda demo: intent("coupons.create"), "either"),
    "repeating for ever": (
        lambda demo: intent("coupons.create", params={"percent_off": 5, "duration": "repeating"}), "months"),
    "spent coupon": (
        lambda demo: intent(
            "promotion_codes.create", params={"coupon": demo.one("coupon", lambda obj: not obj["valid"])["id"]}),
        "no longer valid"),
    "no price": (lambda demo: intent("prices.create", params={"product": "prod_1"}), ""),
    "half a yen": (
        lambda demo: intent("payouts.create", params={"amount": {"amount": "0.5", "currency": "jpy"}}), "no decimals"),
    "charged back": (
        lambda demo: by_id(demo.one("charge", demo.charged_back), "charges.refund"),
        "it cannot be refunded",
    ),
    "only held": (
        lambda demo: by_id(
            demo.one("charge", lambda obj: obj["status"] == "succeeded" and not obj["captured"]), "charges.refund"
        ),
        "not captured yet",
    ),
    "less than a cent": (lambda demo: by_id(demo.charge(), "charges.refund", percent=0.0001), "less than can be"),
    "more than the balance": (
        lambda demo: intent("payouts.create", params={"amount": usd("1000000")}),
        "more than the",
    ),
    "change to an archived price": (
        lambda demo: by_id(
            demo.subscription(), "subscriptions.update", price=demo.one("price", lambda obj: not obj["active"])["id"]
        ),
        "is archived",
    ),
    "a payment that no card pays": (
        lambda demo: by_id(
            demo.one("payment_intent", lambda obj: obj["status"].startswith("requires_p") and not obj["customer"]),
            "payment_intents.confirm",
        ),
        "no payment method",
    ),
    "nobody's charges": (
        lambda demo: intent("charges.refund", ("amount", "gt", usd("99999999")), limit=1), "nothing to refund"),
}  # fmt: skip
