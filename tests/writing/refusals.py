"""What is refused before the call, for every write of FRAME.md's table: what is asked, and words of the refusal."""

from __future__ import annotations

from collections.abc import Callable

from flarite_nl.model.parse import Intent
from tests.engine.prompts import intent
from tests.writing.cases import CUSTOMER, Demo, by_id, usd

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
    "capture of more than is held": (
        lambda demo: intent("charges.capture", ("captured", "eq", False), limit=1, params={"amount": usd("1000000")}),
        "that ch_"),
    "capture of what is captured": (lambda demo: by_id(demo.charge(), "charges.capture"), "captured already"),
    "a coupon that is not there": (
        lambda demo: intent("coupons.delete", ("id", "eq", "NONE")), "No such coupon"),
    "a customer without anything": (lambda demo: intent("customers.create"), "a name or an email"),
    "a customer that is not there": (
        lambda demo: intent("customers.update", ("id", "eq", "cus_none"), params={"name": "x"}), "No such customer"),
    "two of a name": (
        lambda demo: intent("customers.delete", ("name", "contains", "John Smith")), "Say which one"),
    "a closed dispute": (
        lambda demo: by_id(demo.one("dispute", lambda obj: obj["status"] == "won"), "disputes.close"), "is won"),
    "an item on a sent invoice": (
        lambda demo: intent(
            "invoice_items.create", params={"invoice": demo.invoice("open")["id"], "amount": usd("1")}),
        "only a draft takes another item"),
    "an item in another currency": (
        lambda demo: intent(
            "invoice_items.create",
            params={"invoice": demo.invoice("draft")["id"], "amount": {"amount": "1", "currency": "eur"}}),
        "not in EUR"),
    "lines in two currencies": (
        lambda demo: intent(
            "invoices.create",
            params={"customer": CUSTOMER, "lines": [
                {"description": "a", "quantity": 1, "unit_amount": usd("5")},
                {"description": "b", "quantity": 1, "unit_amount": {"amount": "7", "currency": "eur"}},
            ]}),
        "one currency"),
    "finalized": (lambda demo: by_id(demo.invoice("open"), "invoices.finalize"), "is open"),
    "sent though paid": (lambda demo: by_id(demo.invoice("paid"), "invoices.send"), "is paid"),
    "written off though paid": (lambda demo: by_id(demo.invoice("paid"), "invoices.mark_uncollectible"), "is paid"),
    "a payment of less than nothing": (
        lambda demo: intent("payment_intents.create", params={"amount": usd("-5")}), "above zero"),
    "an intent without money": (
        lambda demo: by_id(demo.intent("requires_payment_method"), "payment_intents.refund"),
        "requires_payment_method"),
    "an intent that holds nothing": (
        lambda demo: by_id(demo.intent("succeeded"), "payment_intents.capture"), "is succeeded"),
    "an intent that is paid": (
        lambda demo: by_id(demo.intent("succeeded"), "payment_intents.cancel"), "is succeeded"),
    "a link that is off": (
        lambda demo: by_id(demo.one("payment_link", lambda obj: not obj["active"]), "payment_links.deactivate"),
        "inactive already"),
    "a payout that is paid": (
        lambda demo: by_id(demo.one("payout", lambda obj: obj["status"] == "paid"), "payouts.cancel"), "is paid"),
    "a price that is not there": (
        lambda demo: intent("prices.update", ("id", "eq", "price_none"), params={"nickname": "x"}), "No such price"),
    "a price that is off": (
        lambda demo: by_id(demo.one("price", lambda obj: not obj["active"]), "prices.archive"), "inactive already"),
    "a product without a name": (lambda demo: intent("products.create", params={"description": "x"}), "a name"),
    "a product that is not there": (
        lambda demo: intent("products.update", ("id", "eq", "prod_none"), params={"name": "x"}), "No such product"),
    "a product that is off": (
        lambda demo: by_id(demo.one("product", lambda obj: not obj["active"]), "products.archive"), "inactive already"),
    "a code that is off": (
        lambda demo: by_id(demo.one("promotion_code", lambda obj: not obj["active"]), "promotion_codes.deactivate"),
        "inactive already"),
    "paused twice": (
        lambda demo: by_id(demo.one("subscription", lambda obj: bool(obj["pause_collection"])), "subscriptions.pause"),
        "paused already"),
    "a subscription to what is paid once": (
        lambda demo: intent("subscriptions.create", params={"customer": CUSTOMER, "price": "price_1StickersUSD"}),
        "needs a recurring price"),
    "a price by the week that is paid by the month": (
        lambda demo: intent("payment_links.create", params={"price": "price_XYZ", "recurring.interval": "week"}),
        "is paid a month, not a week"),
    "a change to what is paid once": (
        lambda demo: by_id(demo.subscription(), "subscriptions.update", price="price_1StickersUSD"),
        "needs a recurring price"),
    "a change to another currency": (
        lambda demo: by_id(demo.subscription(), "subscriptions.update", price="price_1StarterMonthEUR"),
        "price_1StarterMonthEUR in EUR"),
}  # fmt: skip
