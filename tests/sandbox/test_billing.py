"""Writes of invoices, the catalogue, discounts, payment links, payouts, disputes and customers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import Api, Obj
from tests.sandbox.test_writes import DAY, MOMENT, available, customer


def draft(api: Api, amount: int = 1500, **fields: Any) -> Obj:
    owner = fields.pop("customer", None) or customer(api)["id"]
    invoice: Obj = api.post("/v1/invoices", {"customer": owner, **fields})
    given = {"customer": owner, "invoice": invoice["id"], "amount": amount, "currency": "usd", "description": "Ink"}
    api.post("/v1/invoiceitems", given)
    return invoice


def test_an_invoice_from_draft_to_paid(api: Api) -> None:
    invoice = draft(api, collection_method="send_invoice", days_until_due=30)
    path = f"/v1/invoices/{invoice['id']}"
    assert (invoice["status"], invoice["total"], invoice["due_date"]) == ("draft", 0, MOMENT + 30 * DAY)
    assert api.get(path)["total"] == 1500
    assert api.get(f"{path}/lines")["data"][0]["description"] == "Ink"
    done = api.post(f"{path}/finalize")
    assert (done["status"], done["amount_due"]) == ("open", 1500)
    assert done["number"].endswith("-0001")
    error = api.error("POST", f"{path}/finalize")
    assert error["code"] == "invoice_not_editable"
    assert api.post(f"{path}/send")["status"] == "open"
    paid = api.post(f"{path}/pay")
    assert (paid["status"], paid["amount_paid"], paid["amount_remaining"]) == ("paid", 1500, 0)
    assert paid["status_transitions"]["paid_at"] == MOMENT
    assert api.error("POST", f"{path}/pay")["message"] == "Invoice is already paid"
    for action in ("void", "mark_uncollectible", "finalize"):
        assert api.error("POST", f"{path}/{action}")["status"] == 400
    assert api.error("DELETE", path)["status"] == 400


@pytest.mark.parametrize(("action", "status"), [("void", "void"), ("mark_uncollectible", "uncollectible")])
def test_an_open_invoice_given_up(api: Api, action: str, status: str) -> None:
    path = f"/v1/invoices/{draft(api)['id']}"
    assert api.error("POST", f"{path}/{action}")["status"] == 400
    api.post(f"{path}/finalize")
    assert api.post(f"{path}/{action}")["status"] == status
    assert api.error("POST", f"{path}/mark_uncollectible")["status"] == 400


def test_pay_finalizes_a_draft_and_a_declined_card_leaves_it_open(api: Api) -> None:
    invoice = draft(api, customer=customer(api, "pm_card_chargeCustomerFail")["id"])
    path = f"/v1/invoices/{invoice['id']}"
    error = api.error("POST", f"{path}/pay")
    assert (error["status"], error["code"]) == (402, "card_declined")
    kept = api.get(path)
    assert (kept["status"], kept["attempt_count"], kept["amount_paid"]) == ("open", 1, 0)
    paid = api.post(f"{path}/pay", {"payment_method": "pm_card_visa"})
    assert (paid["status"], paid["attempt_count"]) == ("paid", 2)
    outside = draft(api, customer=customer(api, "")["id"])
    assert "default_payment_method" in api.error("POST", f"/v1/invoices/{outside['id']}/pay")["message"]
    assert api.post(f"/v1/invoices/{outside['id']}/pay", {"paid_out_of_band": True})["status"] == "paid"


def test_credit_pays_first(api: Api) -> None:
    owner = customer(api, balance=-1000)["id"]
    done = api.post(f"/v1/invoices/{draft(api, customer=owner)['id']}/finalize")
    assert (done["total"], done["amount_due"], done["starting_balance"]) == (1500, 500, -1000)
    assert api.get(f"/v1/customers/{owner}")["balance"] == 0


def test_pending_items_are_taken_when_asked(api: Api) -> None:
    owner = customer(api)["id"]
    for amount in (300, 400):
        api.post("/v1/invoiceitems", {"customer": owner, "amount": amount, "currency": "usd"})
    assert api.post("/v1/invoices", {"customer": owner})["total"] == 0
    taken = api.post("/v1/invoices", {"customer": owner, "pending_invoice_items_behavior": "include"})
    assert (taken["total"], len(taken["lines"]["data"])) == (700, 2)
    assert api.get("/v1/invoiceitems", {"customer": owner, "pending": True})["data"] == []
    item = api.get("/v1/invoiceitems", {"invoice": taken["id"]})["data"][0]
    api.delete(f"/v1/invoiceitems/{item['id']}")
    assert api.get(f"/v1/invoices/{taken['id']}")["total"] == 300
    api.delete(f"/v1/invoices/{taken['id']}")
    assert api.error("GET", f"/v1/invoices/{taken['id']}")["status"] == 404


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"customer": "cus_ABC123", "due_date": MOMENT + DAY}, "due_date"),
        ({}, "customer"),
        ({"customer": "cus_ABC123", "collection_method": "send_invoice", "due_date": 5}, "due_date"),
        ({"customer": "cus_none"}, "customer"),
    ],
)
def test_invoices_that_cannot_be_made(api: Api, params: Obj, param: str) -> None:
    error = api.error("POST", "/v1/invoices", params)
    assert (error["status"], error["param"]) == (400, param)


def test_an_empty_invoice_is_not_finalized_and_one_without_email_not_sent(api: Api) -> None:
    empty = api.post("/v1/invoices", {"customer": "cus_ABC123"})
    error = api.error("POST", f"/v1/invoices/{empty['id']}/finalize")
    assert error["code"] == "invoice_no_customer_line_items"
    assert "send_invoice" in api.error("POST", f"/v1/invoices/{empty['id']}/send")["message"]
    mute = draft(api, customer="cus_NoEmail0000001", collection_method="send_invoice")
    assert "email" in api.error("POST", f"/v1/invoices/{mute['id']}/send")["message"]


def test_items_by_price(api: Api) -> None:
    item = api.post(
        "/v1/invoiceitems",
        {"customer": "cus_ABC123", "pricing": {"price": "price_1StickersUSD"}, "quantity": 3},
    )
    assert (item["amount"], item["quantity"], item["description"]) == (3600, 3, "Sticker Pack")
    given = {"customer": "cus_ABC123", "pricing": {"price": "price_XYZ"}}
    assert api.error("POST", "/v1/invoiceitems", given)["param"] == "pricing[price]"


def test_products_and_prices(api: Api) -> None:
    given = {"name": "Quill", "default_price_data": {"currency": "eur", "unit_amount": 1999}, "metadata": {"a": "b"}}
    product = api.post("/v1/products", {**given, "expand": ["default_price"]})
    assert product["default_price"]["unit_amount"] == 1999
    price = api.post(
        "/v1/prices",
        {"product": product["id"], "currency": "usd", "unit_amount": 500, "recurring": {"interval": "month"}},
    )
    assert (price["type"], price["recurring"]["interval_count"]) == ("recurring", 1)
    assert api.post(f"/v1/prices/{price['id']}", {"active": False, "nickname": "Old"})["active"] is False
    default = product["default_price"]["id"]
    assert api.error("POST", f"/v1/prices/{default}", {"active": False})["param"] == "active"
    assert api.error("DELETE", f"/v1/products/{product['id']}")["status"] == 400
    changed = api.post(f"/v1/products/{product['id']}", {"active": False, "metadata": {"a": ""}})
    assert (changed["active"], changed["metadata"]) == (False, {})
    bare = api.post("/v1/products", {"name": "Bare"})["id"]
    assert api.delete(f"/v1/products/{bare}")["deleted"]
    assert api.error("GET", f"/v1/products/{bare}")["code"] == "resource_missing"


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"currency": "usd", "unit_amount": 5}, "product"),
        ({"product": "prod_none", "currency": "usd", "unit_amount": 5}, "product"),
        ({"product": "prod_Gold0000000000", "currency": "usd"}, "unit_amount"),
        ({"product": "prod_Gold0000000000", "unit_amount": 5}, "currency"),
        ({"product": "prod_Gold0000000000", "currency": "usd", "unit_amount": -5}, "unit_amount"),
        (
            {"product": "prod_Gold0000000000", "currency": "usd", "unit_amount": 5}
            | {"recurring": {"interval": "year", "interval_count": 4}},
            "recurring[interval_count]",
        ),
    ],
)
def test_prices_that_cannot_be_made(api: Api, params: Obj, param: str) -> None:
    assert api.error("POST", "/v1/prices", params)["param"] == param


def test_coupons_and_promotion_codes(api: Api) -> None:
    coupon = api.post("/v1/coupons", {"id": "HALF", "percent_off": "12.5", "duration": "forever", "max_redemptions": 1})
    assert (coupon["percent_off"], coupon["valid"]) == (12.5, True)
    assert api.error("POST", "/v1/coupons", {"id": "HALF", "percent_off": 5})["code"] == "resource_already_exists"
    given = {"promotion": {"type": "coupon", "coupon": "HALF"}, "code": "HALFOFF"}
    code = api.post("/v1/promotion_codes", given)
    assert code["promotion"]["coupon"] == "HALF"
    assert api.error("POST", "/v1/promotion_codes", {**given, "code": "halfoff"})["param"] == "code"
    owner = customer(api)["id"]
    wanted = {"customer": owner, "items": [{"price": "price_XYZ"}], "discounts": [{"promotion_code": code["id"]}]}
    made = api.post("/v1/subscriptions", wanted)
    assert api.get(f"/v1/invoices/{made['latest_invoice']}")["total"] == 4900 - 612
    assert api.get(f"/v1/promotion_codes/{code['id']}")["times_redeemed"] == 1
    used = api.get("/v1/coupons/HALF")
    assert (used["times_redeemed"], used["valid"]) == (1, False)
    error = api.error("POST", "/v1/subscriptions", wanted)
    assert error["code"] == "coupon_expired"
    assert api.post(f"/v1/promotion_codes/{code['id']}", {"active": False})["active"] is False
    assert api.delete("/v1/coupons/HALF")["deleted"]
    assert api.error("GET", "/v1/coupons/HALF")["status"] == 404


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({}, "percent_off"),
        ({"percent_off": 101}, "percent_off"),
        ({"percent_off": 10, "amount_off": 5}, "percent_off"),
        ({"amount_off": 500}, "currency"),
        ({"percent_off": 10, "duration": "repeating"}, "duration_in_months"),
        ({"percent_off": 10, "redeem_by": 5}, "redeem_by"),
        ({"percent_off": 10, "duration": "twice"}, "duration"),
    ],
)
def test_coupons_that_cannot_be_made(api: Api, params: Obj, param: str) -> None:
    assert api.error("POST", "/v1/coupons", params)["param"] == param


def test_payment_links(api: Api) -> None:
    wanted = {"price": "price_XYZ", "quantity": 1}
    link = api.post("/v1/payment_links", {"line_items": [wanted], "expand": ["line_items"]})
    assert (link["active"], link["currency"]) == (True, "usd")
    assert [(each["price"]["id"], each["quantity"]) for each in link["line_items"]["data"]] == [("price_XYZ", 1)]
    assert link["url"].startswith("https://buy.stripe.com/test_")
    assert "line_items" not in api.get(f"/v1/payment_links/{link['id']}")
    assert api.get(f"/v1/payment_links/{link['id']}/line_items")["data"] == link["line_items"]["data"]
    redirect = {"type": "redirect", "redirect": {"url": "https://x.example/thanks"}}
    adjustable = {"enabled": True, "maximum": 9}
    given = {"line_items": [{**wanted, "adjustable_quantity": adjustable}], "after_completion": redirect}
    assert api.post("/v1/payment_links", given)["after_completion"] == redirect
    assert api.post(f"/v1/payment_links/{link['id']}", {"active": False})["active"] is False
    assert link["id"] in {each["id"] for each in api.all("/v1/payment_links", {"active": False})}


@pytest.mark.parametrize(
    ("item", "param"),
    [
        ({"price": "price_none", "quantity": 1}, "line_items[0][price]"),
        ({"price": "price_1Planner2019", "quantity": 1}, "line_items[0][price]"),
        ({"price": "price_XYZ", "quantity": 0}, "line_items[0][quantity]"),
        ({"price": "price_XYZ", "colour": "red"}, "line_items[0][colour]"),
        ({"quantity": 1}, "line_items[0][price]"),
    ],
)
def test_payment_links_that_cannot_be_made(api: Api, item: Obj, param: str) -> None:
    error = api.error("POST", "/v1/payment_links", {"line_items": [item]})
    assert (error["status"], error["param"]) == (400, param)


def test_payouts_take_from_the_balance_and_give_it_back(api: Api) -> None:
    before = available(api)
    assert before > 1000
    made = api.post("/v1/payouts", {"amount": 1000, "currency": "usd", "expand": ["balance_transaction"]})
    assert (made["status"], made["balance_transaction"]["net"]) == ("pending", -1000)
    assert available(api) == before - 1000
    assert made["id"] in {each["id"] for each in api.all("/v1/payouts", {"status": "pending"})}
    assert api.post(f"/v1/payouts/{made['id']}/cancel")["status"] == "canceled"
    assert available(api) == before
    assert api.error("POST", f"/v1/payouts/{made['id']}/cancel")["status"] == 400
    error = api.error("POST", "/v1/payouts", {"amount": before + 1, "currency": "usd"})
    assert error["code"] == "balance_insufficient"
    assert api.error("POST", "/v1/payouts", {"amount": 150, "currency": "huf"})["param"] == "amount"


def test_disputes_answered_and_conceded(api: Api) -> None:
    disputes = {each["status"]: each["id"] for each in api.all("/v1/disputes")}
    path = f"/v1/disputes/{disputes['warning_needs_response']}"
    told = api.post(path, {"evidence": {"product_description": "Ink"}})
    assert (told["status"], told["evidence"]["product_description"]) == ("warning_under_review", "Ink")
    assert told["evidence_details"]["submission_count"] == 1
    for status, after in (("needs_response", "lost"), ("warning_under_review", "warning_closed")):
        path = f"/v1/disputes/{disputes[status]}/close"
        assert api.post(path)["status"] == after
        assert api.error("POST", path)["message"] == "This dispute is already closed."
    assert api.error("POST", f"/v1/disputes/{disputes['won']}/close")["status"] == 400


def test_customers(api: Api) -> None:
    address = {"city": "Bath", "country": "GB"}
    made = customer(api, name="Eve", phone="+44123", address=address, metadata={"k": "v", "l": "w"})
    assert (made["name"], made["address"]["city"], made["address"]["line1"]) == ("Eve", "Bath", None)
    path = f"/v1/customers/{made['id']}"
    changed = api.post(path, {"name": "Eva", "metadata": {"k": "", "m": "x"}, "address": ""})
    assert (changed["name"], changed["metadata"], changed["address"]) == ("Eva", {"l": "w", "m": "x"}, None)
    assert len(api.get(f"{path}/payment_methods")["data"]) == 1
    assert api.get("/v1/customers", {"limit": 1})["data"][0]["id"] == made["id"]
    error = api.error("POST", "/v1/customers", {"email": "no at sign"})
    assert (error["code"], error["param"]) == ("email_invalid", "email")
    assert api.error("POST", "/v1/customers", {"name": "x" * 257})["param"] == "name"
