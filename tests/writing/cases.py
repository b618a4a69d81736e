"""Every write of FRAME.md's table: what is asked, and how the answer shows that it was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
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

    def spare(self, price: Obj) -> bool:
        """An active price that is not the default of its product."""
        product = self.one("product", lambda obj: bool(obj["id"] == price["product"]))
        return bool(price["active"] and product["default_price"] != price["id"])

    def other_card(self, invoice: Obj) -> str:
        """A payment method of the customer's that an invoice is to be paid with."""
        return str(self.one("payment_method", lambda obj: bool(obj["customer"] == invoice["customer"]))["id"])

    def invoice(self, status: str) -> Obj:
        return self.one("invoice", lambda obj: obj["status"] == status)

    def subscription(self) -> Obj:
        def fits(obj: Obj) -> bool:
            plain = not obj["pause_collection"] and not obj["cancel_at_period_end"]
            return obj["status"] == "active" and plain and len(obj["items"]["data"]) == 1

        return self.one("subscription", fits)

    def intent(self, status: str) -> Obj:
        return self.one("payment_intent", lambda obj: obj["status"] == status)


PERSON = {
    "phone": "+15550100", "description": "Wholesale", "address.line1": "1 Rue", "address.city": "Paris",
    "address.state": "IDF", "address.postal_code": "75001", "address.country": "FR", "metadata.tier": "gold",
}  # fmt: skip


def _is_person(row: Obj) -> bool:
    address = {"line1": "1 Rue", "city": "Paris", "state": "IDF", "postal_code": "75001", "country": "FR"}
    held = {name: row["address"][name] for name in address}
    others = (row["phone"], row["description"], row["metadata"]["tier"])
    return held == address and others == ("+15550100", "Wholesale", "gold")


def _price(row: Obj) -> tuple[str, int]:
    """How often and how much the one item of a subscription costs."""
    (item,) = row["items"]["data"]
    return item["price"]["recurring"]["interval"], item["price"]["unit_amount"]


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
    "subscription at a price of its own": (
        intent(
            "subscriptions.create",
            params={
                "customer": CUSTOMER, "product": {"name": "Gold"}, "unit_amount": usd("7.50"),
                "recurring.interval": "week", "coupon": "WELCOME10",
            },
        ),
        lambda row: _price(row) == ("week", 750) and len(row["discounts"]) == 1,
    ),
    "payment intent": (
        intent(
            "payment_intents.create",
            params={"amount": usd("20.05"), "customer": CUSTOMER, "metadata.order": "7", "description": "Boots"},
        ),
        lambda row: (row["amount"], row["metadata"], row["description"]) == (2005, {"order": "7"}, "Boots"),
    ),
    "customer": (
        intent("customers.create", params={"email": "a@b.example", "name": "Ann", **PERSON}),
        lambda row: (row["email"], row["name"]) == ("a@b.example", "Ann") and _is_person(row),
    ),
    "product": (
        intent("products.create", params={"name": "Widget", "description": "Small", "metadata.shelf": "3"}),
        lambda row: (row["name"], row["description"], row["metadata"]) == ("Widget", "Small", {"shelf": "3"}),
    ),
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
                "redeem_by": date(2026, 6, 30), "max_redemptions": 9,
            },
        ),
        # The day still counts: its last second.
        lambda row: (row["id"], row["percent_off"], row["max_redemptions"]) == ("SUMMER25", 12.5, 9)
        and row["redeem_by"] == 1_782_863_999,
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
                "customer": CUSTOMER, "due_date": date(2026, 4, 30),
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
    "invoice due by and by": (
        intent("invoices.create", params={"customer": CUSTOMER, "amount": usd("9"), "days_until_due": 14}),
        lambda row: row["due_date"] is None or row["due_date"] - row["created"] == 14 * 86_400,
    ),
    "invoice item of a price": (
        intent("invoice_items.create", params={"customer": CUSTOMER, "price": "price_1StickersUSD", "quantity": 4}),
        lambda row: row["quantity"] == 4 and row["pricing"]["price_details"]["price"] == "price_1StickersUSD",
    ),
    "code for one": (
        intent(
            "promotion_codes.create",
            params={
                "coupon": "WELCOME10", "code": "ONLYADA", "max_redemptions": 2, "expires_at": date(2026, 6, 30),
                "customer": CUSTOMER,
            },
        ),
        lambda row: (row["max_redemptions"], row["expires_at"], row["customer"]) == (2, 1_782_863_999, CUSTOMER),
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
    "part refund of an intent": (
        lambda demo: intent(
            "payment_intents.refund",
            ("id", "eq", demo.charge()["payment_intent"]),
            params={"amount": usd("2"), "reason": "requested_by_customer"},
        ),
        lambda row: (row["amount"], row["reason"]) == (200, "requested_by_customer"),
    ),
    "half refund of an intent": (
        lambda demo: intent(
            "payment_intents.refund", ("id", "eq", demo.charge()["payment_intent"]), params={"percent": 50}
        ),
        lambda row: row["amount"] > 0,
    ),
    "part capture": (
        lambda demo: intent("charges.capture", ("captured", "eq", False), limit=1, params={"amount": usd("1")}),
        lambda row: row["amount_captured"] == 100,
    ),
    "part capture of an intent": (
        lambda demo: by_id(demo.intent("requires_capture"), "payment_intents.capture", amount=usd("1")),
        lambda row: row["amount_received"] == 100,
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
        lambda demo: by_id(demo.subscription(), "subscriptions.pause", until=date(2026, 6, 1)),
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
        lambda demo: by_id(demo.subscription(), "subscriptions.update", trial_end=date(2026, 5, 1)),
        lambda row: row["trial_end"] == 1_777_593_600,
    ),
    "customer": (
        lambda demo: intent(
            "customers.update",
            ("email", "eq", "Jenny.Rosen@Example.com"),
            params={"name": "J", "email": "j@b.example", **PERSON},
        ),
        lambda row: (row["name"], row["email"]) == ("J", "j@b.example") and _is_person(row),
    ),
    "deletion": (lambda demo: intent("customers.delete", ("id", "eq", CUSTOMER)), lambda row: row["deleted"] is True),
    "product": (
        lambda demo: by_id(
            demo.one("product"), "products.update", name="New", description="Newer", **{"metadata.shelf": "4"}
        ),
        lambda row: (row["name"], row["description"], row["metadata"]["shelf"]) == ("New", "Newer", "4"),
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
    "send": (lambda demo: by_id(demo.invoice("draft"), "invoices.send"), lambda row: row["status"] == "open"),
    "price off": (
        lambda demo: by_id(demo.one("price", demo.spare), "prices.archive"),
        lambda row: row["active"] is False,
    ),
    "pay with another card": (
        lambda demo: by_id(demo.invoice("open"), "invoices.pay", payment_method=demo.other_card(demo.invoice("open"))),
        lambda row: row["status"] == "paid",
    ),
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
