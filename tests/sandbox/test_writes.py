"""Each write: its change of state, its side effects, Stripe's refusals. (``Api`` checks every answer's schema.)"""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import NOW, Api, Obj

DAY = 86_400
MOMENT = int(NOW.timestamp())


def available(api: Api, currency: str = "usd") -> int:
    return sum(each["amount"] for each in api.get("/v1/balance")["available"] if each["currency"] == currency)


def net(api: Api) -> int:
    balance = api.get("/v1/balance")
    return sum(each["amount"] for part in ("available", "pending") for each in balance[part])


def customer(api: Api, card: str = "pm_card_visa", **fields: Any) -> Obj:
    settings = {"default_payment_method": card} if card else {}
    given = {"email": "new@example.com", "invoice_settings": settings, **fields}
    return api.post("/v1/customers", {name: value for name, value in given.items() if value})  # type: ignore[no-any-return]


def subscribe(api: Api, price: str = "price_XYZ", card: str = "pm_card_visa", **fields: Any) -> Obj:
    owner = customer(api, card)["id"]
    return api.post("/v1/subscriptions", {"customer": owner, "items": [{"price": price}], **fields})  # type: ignore[no-any-return]


# Refunds


def last_payment(api: Api, of: str = "cus_ABC123") -> Obj:
    return api.get("/v1/charges", {"customer": of, "limit": 1})["data"][0]  # type: ignore[no-any-return]


def test_partial_refunds_add_up_and_then_it_is_refunded(api: Api) -> None:
    charge = last_payment(api)
    before = available(api)
    first = api.post("/v1/refunds", {"charge": charge["id"], "amount": 2050, "reason": "duplicate"})
    assert (first["amount"], first["status"], first["reason"]) == (2050, "succeeded", "duplicate")
    assert first["payment_intent"] == charge["payment_intent"]
    now = api.get(f"/v1/charges/{charge['id']}")
    assert (now["amount_refunded"], now["refunded"]) == (2050, False)
    assert available(api) == before - 2050
    rest = api.post("/v1/refunds", {"payment_intent": charge["payment_intent"]})
    assert rest["amount"] == 10_000
    now = api.get(f"/v1/charges/{charge['id']}")
    assert (now["amount_refunded"], now["refunded"]) == (12_050, True)
    assert [each["id"] for each in api.get(f"/v1/charges/{charge['id']}/refunds")["data"]] == [rest["id"], first["id"]]
    entry = api.get(f"/v1/balance_transactions/{first['balance_transaction']}")
    assert (entry["amount"], entry["fee"], entry["type"], entry["source"]) == (-2050, 0, "refund", first["id"])


def test_a_refund_of_too_much_and_of_nothing_left(api: Api) -> None:
    charge = last_payment(api)["id"]
    error = api.error("POST", "/v1/refunds", {"charge": charge, "amount": 12_051})
    assert (error["status"], error["param"]) == (400, "amount")
    assert error["message"] == "Refund amount ($120.51) is greater than unrefunded amount on charge ($120.50)"
    api.post("/v1/refunds", {"charge": charge})
    error = api.error("POST", "/v1/refunds", {"charge": charge})
    assert (error["status"], error["code"]) == (400, "charge_already_refunded")
    assert error["message"] == f"Charge {charge} has already been refunded."


def test_a_disputed_charge_cannot_be_refunded_but_an_inquiry_and_a_won_one_can(api: Api) -> None:
    disputes = {each["status"]: each for each in api.all("/v1/disputes")}
    error = api.error("POST", "/v1/refunds", {"charge": disputes["needs_response"]["charge"]})
    assert (error["code"], error["status"]) == ("charge_disputed", 400)
    for status in ("warning_needs_response", "won"):
        assert api.post("/v1/refunds", {"charge": disputes[status]["charge"], "amount": 100})["status"] == "succeeded"


def test_what_never_succeeded_cannot_be_refunded(api: Api) -> None:
    charges = api.all("/v1/charges")
    for wanted in ("failed", "pending"):
        charge = next(each for each in charges if each["status"] == wanted)
        assert api.error("POST", "/v1/refunds", {"charge": charge["id"]})["status"] == 400
    held = next(each for each in charges if each["status"] == "succeeded" and not each["captured"])
    assert api.error("POST", "/v1/refunds", {"payment_intent": held["payment_intent"]})["status"] == 400


def test_fraud_is_reported_on_the_charge(api: Api) -> None:
    charge = last_payment(api)["id"]
    api.post("/v1/refunds", {"charge": charge, "reason": "fraudulent"})
    assert api.get(f"/v1/charges/{charge}")["fraud_details"] == {"user_report": "fraudulent"}


def test_a_refund_that_waits_can_be_canceled_and_another_not(api: Api) -> None:
    refunds = {each["status"]: each for each in api.all("/v1/refunds")}
    waiting = refunds["requires_action"]
    before = api.get(f"/v1/charges/{waiting['charge']}")["amount_refunded"]
    assert api.post(f"/v1/refunds/{waiting['id']}/cancel")["status"] == "canceled"
    assert api.get(f"/v1/charges/{waiting['charge']}")["amount_refunded"] == before - waiting["amount"]
    assert api.error("POST", f"/v1/refunds/{refunds['succeeded']['id']}/cancel")["status"] == 400


# Payment intents and charges


def test_a_payment_intent_from_creation_to_money(api: Api) -> None:
    intent = api.post("/v1/payment_intents", {"amount": 2000, "currency": "USD"})
    assert (intent["status"], intent["currency"]) == ("requires_payment_method", "usd")
    error = api.error("POST", f"/v1/payment_intents/{intent['id']}/confirm")
    assert error["code"] == "payment_intent_unexpected_state"
    before = net(api)
    done = api.post(f"/v1/payment_intents/{intent['id']}/confirm", {"payment_method": "pm_card_visa"})
    assert (done["status"], done["amount_received"]) == ("succeeded", 2000)
    charge = api.get(f"/v1/charges/{done['latest_charge']}", {"expand": ["balance_transaction"]})
    assert (charge["status"], charge["captured"], charge["payment_intent"]) == ("succeeded", True, intent["id"])
    entry = charge["balance_transaction"]
    assert (entry["fee"], entry["net"], entry["status"]) == (88, 1912, "pending")
    assert net(api) == before + 1912
    error = api.error("POST", f"/v1/payment_intents/{intent['id']}/cancel")
    assert error["payment_intent"]["status"] == "succeeded"


def test_capture_of_a_part(api: Api) -> None:
    given = {"amount": 5000, "currency": "usd", "capture_method": "manual", "payment_method": "pm_card_visa"}
    intent = api.post("/v1/payment_intents", {**given, "confirm": True})
    assert (intent["status"], intent["amount_capturable"]) == ("requires_capture", 5000)
    path = f"/v1/payment_intents/{intent['id']}/capture"
    assert api.error("POST", path, {"amount_to_capture": 5001})["code"] == "amount_too_large"
    done = api.post(path, {"amount_to_capture": 3000})
    assert (done["status"], done["amount_received"], done["amount_capturable"]) == ("succeeded", 3000, 0)
    assert api.error("POST", path)["code"] == "payment_intent_unexpected_state"
    charge = api.get(f"/v1/charges/{intent['latest_charge']}")
    assert (charge["captured"], charge["amount_captured"]) == (True, 3000)
    error = api.error("POST", "/v1/refunds", {"charge": charge["id"], "amount": 3001})
    assert error["param"] == "amount"


def test_capture_by_charge_happens_once(api: Api) -> None:
    held = next(each for each in api.all("/v1/charges") if each["status"] == "succeeded" and not each["captured"])
    done = api.post(f"/v1/charges/{held['id']}/capture")
    assert done["captured"]
    assert done["balance_transaction"]
    assert api.get(f"/v1/payment_intents/{held['payment_intent']}")["status"] == "succeeded"
    assert api.error("POST", f"/v1/charges/{held['id']}/capture")["code"] == "charge_already_captured"


def test_cancel_releases_what_was_held(api: Api) -> None:
    held = next(each for each in api.all("/v1/payment_intents") if each["status"] == "requires_capture")
    path = f"/v1/payment_intents/{held['id']}/cancel"
    done = api.post(path, {"cancellation_reason": "requested_by_customer"})
    assert (done["status"], done["cancellation_reason"], done["canceled_at"]) == (
        "canceled", "requested_by_customer", MOMENT,
    )  # fmt: skip
    assert api.get(f"/v1/charges/{held['latest_charge']}")["refunded"]
    assert api.error("POST", path)["code"] == "payment_intent_unexpected_state"


def test_a_declined_card_leaves_its_failed_charge(api: Api) -> None:
    given = {"amount": 2000, "currency": "usd", "payment_method": "pm_card_chargeDeclinedInsufficientFunds"}
    error = api.error("POST", "/v1/payment_intents", {**given, "confirm": True})
    assert (error["status"], error["type"], error["code"], error["decline_code"]) == (
        402, "card_error", "card_declined", "insufficient_funds",
    )  # fmt: skip
    intent = api.get(f"/v1/payment_intents/{error['payment_intent']['id']}")
    assert intent["status"] == "requires_payment_method"
    assert intent["last_payment_error"]["decline_code"] == "insufficient_funds"
    assert api.get(f"/v1/charges/{error['charge']}")["status"] == "failed"


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (49, "usd", "amount_too_small"),
        (0, "usd", "parameter_invalid_integer"),
        (1255, "kwd", None),
        (99, "xxx", None),
        (100_000_000, "usd", "amount_too_large"),
        (49, "jpy", "amount_too_small"),
        (150_050, "isk", None),
    ],
)
def test_amounts_that_no_charge_can_have(api: Api, amount: int, currency: str, code: str | None) -> None:
    error = api.error("POST", "/v1/payment_intents", {"amount": amount, "currency": currency})
    assert (error["status"], error.get("code")) == (400, code)


# Subscriptions


def test_a_subscription_is_invoiced_and_paid(api: Api) -> None:
    made = subscribe(api, discounts=[{"coupon": "SPRING25"}])
    item = made["items"]["data"][0]
    assert (made["status"], item["current_period_start"]) == ("active", MOMENT)
    assert item["current_period_end"] == MOMENT + 31 * DAY
    invoice = api.get(f"/v1/invoices/{made['latest_invoice']}", {"expand": ["payments", "discounts"]})
    assert (invoice["subtotal"], invoice["total"], invoice["amount_paid"], invoice["status"]) == (
        4900, 3675, 3675, "paid",
    )  # fmt: skip
    assert invoice["parent"]["subscription_details"]["subscription"] == made["id"]
    assert invoice["discounts"][0]["source"]["coupon"] == "SPRING25"
    intent = invoice["payments"]["data"][0]["payment"]["payment_intent"]
    assert api.get(f"/v1/payment_intents/{intent}")["amount_received"] == 3675
    assert api.get("/v1/coupons/SPRING25")["times_redeemed"] == 1


def test_a_trial_costs_nothing_yet(api: Api) -> None:
    made = subscribe(api, card="", trial_period_days=14)
    assert (made["status"], made["trial_end"]) == ("trialing", MOMENT + 14 * DAY)
    assert made["items"]["data"][0]["current_period_end"] == MOMENT + 14 * DAY
    assert api.get(f"/v1/invoices/{made['latest_invoice']}")["total"] == 0


def test_without_a_way_to_pay_there_is_no_subscription(api: Api) -> None:
    owner = customer(api, "")["id"]
    before = len(api.all("/v1/subscriptions", {"status": "all"}))
    given = {"customer": owner, "items": [{"price": "price_XYZ"}]}
    error = api.error("POST", "/v1/subscriptions", given)
    assert error["code"] == "resource_missing"
    assert len(api.all("/v1/subscriptions", {"status": "all"})) == before
    assert api.get("/v1/invoices", {"customer": owner})["data"] == []
    later = api.post("/v1/subscriptions", {**given, "payment_behavior": "default_incomplete"})
    assert later["status"] == "incomplete"
    api.post(f"/v1/invoices/{later['latest_invoice']}/pay", {"payment_method": "pm_card_visa"})
    assert api.get(f"/v1/subscriptions/{later['id']}")["status"] == "active"


def test_a_refused_first_payment_makes_it_incomplete(api: Api) -> None:
    made = subscribe(api, card="pm_card_chargeCustomerFail")
    assert made["status"] == "incomplete"
    assert api.get(f"/v1/invoices/{made['latest_invoice']}")["attempt_count"] == 1


@pytest.mark.parametrize(
    ("item", "param"),
    [
        ({"price": "price_1StickersUSD"}, "items[0][price]"),
        ({"price": "price_1ProMonthOld"}, "items[0][price]"),
        ({"price": "price_none"}, "items[0][price]"),
        ({"quantity": 2}, "items[0][price]"),
        ({"price": "price_XYZ", "quantity": -1}, "items[0][quantity]"),
    ],
)
def test_prices_that_no_subscription_takes(api: Api, item: Obj, param: str) -> None:
    error = api.error("POST", "/v1/subscriptions", {"customer": "cus_ABC123", "items": [item]})
    assert (error["status"], error["param"]) == (400, param)


def test_a_change_of_price_is_prorated(api: Api) -> None:
    made = subscribe(api)
    api.control("clock", {"advance": 31 * DAY // 2})
    item = made["items"]["data"][0]["id"]
    path = f"/v1/subscriptions/{made['id']}"
    changed = api.post(path, {"items": [{"id": item, "price": "price_1GoldMonthUSD"}]})
    assert [each["price"]["id"] for each in changed["items"]["data"]] == ["price_1GoldMonthUSD"]
    pending = api.get("/v1/invoiceitems", {"customer": made["customer"], "pending": True})["data"]
    assert sorted(each["amount"] for each in pending) == [-2450, 4950]
    assert all(each["proration"] for each in pending)
    api.post(path, {"items": [{"id": item, "quantity": 3}], "proration_behavior": "none"})
    assert len(api.get("/v1/invoiceitems", {"customer": made["customer"]})["data"]) == 2


def test_another_interval_starts_a_new_period(api: Api) -> None:
    made = subscribe(api)
    api.control("clock", {"advance": DAY})
    item = made["items"]["data"][0]["id"]
    changed = api.post(f"/v1/subscriptions/{made['id']}", {"items": [{"id": item, "price": "price_1ProYearUSD"}]})
    assert changed["items"]["data"][0]["current_period_start"] == MOMENT + DAY
    assert changed["latest_invoice"] != made["latest_invoice"]
    assert api.get(f"/v1/invoices/{changed['latest_invoice']}")["status"] == "paid"


def test_canceling_at_the_end_at_once_and_twice(api: Api) -> None:
    made = subscribe(api)
    path = f"/v1/subscriptions/{made['id']}"
    ending = api.post(path, {"cancel_at_period_end": True})
    assert (ending["status"], ending["cancel_at"], ending["canceled_at"]) == ("active", MOMENT + 31 * DAY, MOMENT)
    kept = api.post(path, {"cancel_at_period_end": False})
    assert (kept["cancel_at"], kept["canceled_at"]) == (None, None)
    gone = api.delete(path, {"cancellation_details": {"comment": "too dear"}})
    assert (gone["status"], gone["ended_at"]) == ("canceled", MOMENT)
    assert gone["cancellation_details"]["comment"] == "too dear"
    error = api.error("DELETE", path)
    assert (error["status"], error["code"]) == (404, "resource_missing")
    assert api.error("POST", path, {"cancel_at_period_end": True})["status"] == 400
    assert api.post(path, {"metadata": {"why": "x"}})["metadata"] == {"why": "x"}
    listed = {each["id"] for each in api.all("/v1/subscriptions")}
    assert made["id"] not in listed
    assert made["id"] in {each["id"] for each in api.all("/v1/subscriptions", {"status": "canceled"})}


def test_pausing_collection_is_not_pausing(api: Api) -> None:
    path = f"/v1/subscriptions/{subscribe(api)['id']}"
    held = api.post(path, {"pause_collection": {"behavior": "void", "resumes_at": MOMENT + DAY}})
    assert (held["status"], held["pause_collection"]["resumes_at"]) == ("active", MOMENT + DAY)
    assert api.post(path, {"pause_collection": ""})["pause_collection"] is None
    assert api.post(f"{path}/pause")["status"] == "paused"
    assert api.error("POST", f"{path}/pause")["status"] == 400
    assert api.post(f"{path}/resume", {"billing_cycle_anchor": {"type": "unchanged"}})["status"] == "active"
    assert api.error("POST", f"{path}/resume")["status"] == 400


def test_deleting_a_customer_cancels_its_subscriptions(api: Api) -> None:
    made = subscribe(api)
    gone = api.delete(f"/v1/customers/{made['customer']}")
    assert gone["deleted"]
    assert api.get(f"/v1/subscriptions/{made['id']}")["status"] == "canceled"
    assert api.get(f"/v1/customers/{made['customer']}") == {
        "id": made["customer"],
        "object": "customer",
        "deleted": True,
    }
    assert api.error("POST", f"/v1/customers/{made['customer']}", {"name": "x"})["status"] == 404
    expanded = api.get(f"/v1/subscriptions/{made['id']}", {"expand": ["customer"]})
    assert expanded["customer"]["deleted"]
    assert api.error("POST", "/v1/invoices", {"customer": made["customer"]})["code"] == "resource_missing"
