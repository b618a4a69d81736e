"""Keys, errors, idempotency, rate limit, control: whatever is not about one resource."""

from __future__ import annotations

import base64

import pytest

from flarite_nl.sandbox import Sandbox
from flarite_nl.sandbox.keys import masked
from tests.sandbox.conftest import KEY, NOW, Api

LINK = {"line_items": [{"price": "price_XYZ", "quantity": 1}]}


def test_keys_that_are_taken(shared: Api) -> None:
    for key in (KEY, "rk_test_abc", "sk_live_abc", "rk_live_x1"):
        shared.get("/v1/balance", key=key)
        assert shared.headers["Request-Id"].startswith("req_")
        assert shared.headers["Stripe-Version"] == "2026-10-28.endive"
    basic = base64.b64encode(f"{KEY}:".encode()).decode()
    shared.get("/v1/balance", key=None, authorization=f"Basic {basic}")


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (None, "You did not provide an API key."),
        ("", "You did not provide an API key."),
        ("sk_test", "Invalid API Key provided: ***test"),
        ("hello", "Invalid API Key provided: *ello"),
        ("sk_prod_abcdefgh", "Invalid API Key provided: sk_prod_****efgh"),
        ("pk_test_abcd", "This API call cannot be made with a publishable API key."),
    ],
)
def test_keys_that_are_refused(shared: Api, key: str | None, message: str) -> None:
    error = shared.error("GET", "/v1/balance", key=key)
    assert (error["status"], error["type"]) == (401, "invalid_request_error")
    assert error["message"].startswith(message)


def test_a_key_is_never_shown_whole() -> None:
    assert masked("sk_live_1234567890abcd") == "sk_live_**********abcd"


def test_a_live_key_sees_livemode(shared: Api) -> None:
    name = '"livemode":false'
    assert shared.get("/v1/customers", {"limit": 1})["data"][0]["livemode"] is False
    assert shared.get("/v1/customers", {"limit": 1}, key="sk_live_abc")["data"][0]["livemode"] is True
    assert shared.get("/v1/account", key="sk_live_abc")["country"] == "US"
    with Sandbox(now=NOW, size=1) as sandbox:
        api = Api(sandbox)
        made = api.post("/v1/customers", {"name": name}, key="sk_live_abc")
        assert (made["name"], made["livemode"]) == (name, True)


def test_a_restricted_key_lacks_what_it_was_not_given() -> None:
    permissions = {"rk_test_reader": {"charges": "read", "refunds": "write"}}
    with Sandbox(now=NOW, size=1, permissions=permissions) as sandbox:
        api = Api(sandbox)
        assert api.get("/v1/charges", key="rk_test_reader")["data"]
        assert api.get("/v1/refunds", key="rk_test_reader")["data"]
        error = api.error("GET", "/v1/customers", key="rk_test_reader")
        assert error["status"] == 403
        assert "'rk_test_**ader' does not have the required permissions" in error["message"]
        assert "Having the 'rak_customer_read' permission would allow this request to continue." in error["message"]
        charge = api.get("/v1/charges")["data"][0]["id"]
        error = api.error("POST", f"/v1/charges/{charge}", {"description": "x"}, key="rk_test_reader")
        assert "rak_charge_write" in error["message"]
        assert api.get("/v1/customers", key="rk_test_other")["data"]
        api.control("permissions", {"permissions": {"*": {}}})
        assert api.error("GET", "/v1/customers", key="rk_test_other")["status"] == 403
        assert api.get("/v1/customers")["data"]


def test_a_key_can_be_revoked_in_mid_scan(api: Api) -> None:
    api.control("keys", {"revoke": KEY, "after": 2})
    for _ in range(2):
        api.get("/v1/charges")
    error = api.error("GET", "/v1/charges")
    assert (error["status"], error["code"]) == (401, "api_key_expired")
    assert error["message"].startswith("Expired API Key provided: sk_test_")
    api.control("keys", {"restore": KEY})
    api.get("/v1/charges")


@pytest.mark.parametrize(
    ("method", "path", "status", "code", "message"),
    [
        ("GET", "/v1/charges/ch_none", 404, "resource_missing", "No such charge: 'ch_none'"),
        ("GET", "/v1/payment_intents/pi_none", 404, "resource_missing", "No such payment_intent: 'pi_none'"),
        ("GET", "/v1/subscription_items/si_none", 404, "resource_missing", "No such subscription_item: 'si_none'"),
        ("POST", "/v1/refunds", 400, "parameter_missing", "One of the following params should be provided"),
        ("POST", "/v1/products", 400, "parameter_missing", "Missing required param: name."),
        ("DELETE", "/v1/coupons/none", 404, "resource_missing", "No such coupon: 'none'"),
        ("GET", "/v1/colours", 404, None, "Unrecognized request URL (GET: /v1/colours)."),
        ("DELETE", "/v1/charges/ch_1", 404, None, "Unrecognized request URL (DELETE: /v1/charges/ch_1)."),
        ("GET", "/", 404, None, "Unrecognized request URL (GET: /)."),
        ("GET", "/v1/charges/a/b/c/d", 404, None, "Unrecognized request URL"),
    ],
)
def test_errors(shared: Api, method: str, path: str, status: int, code: str | None, message: str) -> None:
    error = shared.error(method, path)
    assert (error["status"], error.get("code")) == (status, code)
    assert error["message"].startswith(message)
    assert shared.headers["Request-Id"] in error["request_log_url"]


@pytest.mark.parametrize(
    ("form", "code", "param"),
    [
        ("amount=1.5&charge=x", "parameter_invalid_integer", "amount"),
        ("amount[a]=1&charge=x", "parameter_invalid_integer", "amount"),
        ("charge[]=x", None, "charge"),
        ("charge=", "parameter_invalid_empty", "charge"),
        ("reason=because&charge=x", None, "reason"),
        ("refund_application_fee=maybe&charge=x", None, "refund_application_fee"),
        ("metadata=x&charge=x", None, "metadata"),
        ("foo=1&bar[x]=2", "parameter_unknown", "foo"),
        ("charge=x&charge[a]=b", None, "charge"),
        (f"metadata[{'k' * 41}]=x&charge=x", None, "metadata"),
        (f"metadata[k]={'v' * 501}&charge=x", None, "metadata[k]"),
        ("expand=charge&charge=x", None, "expand"),
    ],
)
def test_parameters_of_the_wrong_kind(shared: Api, form: str, code: str | None, param: str) -> None:
    error = shared.error("POST", "/v1/refunds", form)
    assert (error["status"], error.get("code"), error["param"]) == (400, code, param)


def test_bytes_that_are_no_text(shared: Api) -> None:
    assert shared.error("POST", "/v1/refunds", "charge=%ff%fe")["status"] == 404
    assert shared.error("GET", "/v1/charges/ch_\u00e9")["status"] == 404


def test_an_idempotency_key_is_replayed(api: Api) -> None:
    first = api.post("/v1/payment_links", LINK, idempotency_key="one")
    assert "Idempotent-Replayed" not in api.headers
    request = api.headers["Request-Id"]
    again = api.post("/v1/payment_links", LINK, idempotency_key="one")
    assert again == first
    assert (api.headers["Idempotent-Replayed"], api.headers["Original-Request"]) == ("true", request)
    assert api.headers["Request-Id"] != request
    other = api.post("/v1/payment_links", LINK, idempotency_key="two")
    assert other["id"] != first["id"]
    assert api.post("/v1/payment_links", LINK, idempotency_key="one", key="sk_live_x")["id"] != first["id"]


def test_an_idempotency_key_is_bound_to_its_request(api: Api) -> None:
    api.post("/v1/payment_links", LINK, idempotency_key="one")
    more = {**LINK, "metadata": {"a": "b"}}
    error = api.error("POST", "/v1/payment_links", more, idempotency_key="one")
    assert (error["status"], error["type"]) == (400, "idempotency_error")
    assert "same parameters" in error["message"]
    error = api.error("POST", "/v1/customers", idempotency_key="one")
    assert (error["type"], "('/v1/payment_links' vs '/v1/customers')" in error["message"]) == (
        "idempotency_error",
        True,
    )
    assert api.error("POST", "/v1/customers", idempotency_key="k" * 256)["type"] == "idempotency_error"


def test_an_idempotency_key_lasts_a_day(api: Api) -> None:
    first = api.post("/v1/payment_links", LINK, idempotency_key="one")
    api.control("clock", {"advance": 86_399})
    assert api.post("/v1/payment_links", LINK, idempotency_key="one")["id"] == first["id"]
    api.control("clock", {"advance": 1})
    assert api.post("/v1/payment_links", LINK, idempotency_key="one")["id"] != first["id"]


def test_refusals_are_replayed_but_failed_validation_is_not(api: Api) -> None:
    refused = api.error("POST", "/v1/refunds", {"charge": "ch_none"}, idempotency_key="one")
    request = api.headers["Request-Id"]
    again = api.error("POST", "/v1/refunds", {"charge": "ch_none"}, idempotency_key="one")
    assert (again, api.headers["Original-Request"]) == (refused, request)
    api.error("POST", "/v1/payment_links", {"colour": "red"}, idempotency_key="two")
    api.post("/v1/payment_links", LINK, idempotency_key="two")


def test_a_version_must_look_like_one(shared: Api) -> None:
    shared.get("/v1/balance", stripe_version="2026-05-27.dahlia")
    assert shared.headers["Stripe-Version"] == "2026-05-27.dahlia"
    assert shared.error("GET", "/v1/balance", stripe_version="tomorrow")["status"] == 400


def test_the_rate_limit(api: Api) -> None:
    api.control("rate_limit", {"per_second": 3})
    for _ in range(3):
        api.get("/v1/balance")
    error = api.error("GET", "/v1/balance")
    assert (error["status"], error["code"]) == (429, "rate_limit")
    assert "Stripe-Should-Retry" not in api.headers
    api.control("rate_limit", {"per_second": None})
    api.get("/v1/balance")


def test_requests_are_counted(api: Api) -> None:
    api.control("requests", method="DELETE")
    api.get("/v1/charges", {"limit": 3})
    api.get("/v1/charges/search", {"query": "amount>1"})
    api.get("/v1/customers/cus_ABC123")
    api.error("GET", "/v1/customers/cus_none")
    seen = api.control("requests", method="GET")
    assert seen["total"] == 4
    assert seen["counts"]["GET /v1/customers/{customer}"] == 2
    assert next((each["method"], each["path"], each["params"], each["status"]) for each in seen["requests"]) == (
        "GET", "/v1/charges", "limit=3", 200,
    )  # fmt: skip
    assert seen["requests"][-1]["status"] == 404
    assert KEY not in str(seen)


def test_control_says_what_it_does_not_know(api: Api) -> None:
    api.control("colour")
    assert api.status == 404
    for name, given in (("faults", {"faults": "flood"}), ("clock", {}), ("latency", {"seconds": "long"})):
        api.control(name, given)
        assert api.status == 400


def test_time_passes(api: Api) -> None:
    due = next(each for each in api.all("/v1/disputes") if each["status"] == "needs_response")
    assert due["evidence_details"]["past_due"] is False
    pending = api.get("/v1/payouts", {"status": "pending"})["data"]
    assert pending
    before = api.get("/v1/balance")
    trial = api.get("/v1/subscriptions", {"status": "trialing"})["data"]
    ending = next(each for each in api.all("/v1/subscriptions") if each["cancel_at_period_end"] and each not in trial)
    api.control("clock", {"advance": 62 * 86_400})
    assert api.get(f"/v1/disputes/{due['id']}")["evidence_details"]["past_due"] is True
    assert {api.get(f"/v1/payouts/{each['id']}")["status"] for each in pending} == {"paid"}
    after = api.get("/v1/balance")
    assert sum(each["amount"] for each in after["pending"]) == 0
    assert sum(each["amount"] for each in after["available"]) == sum(
        each["amount"] for part in ("available", "pending") for each in before[part]
    )
    assert {api.get(f"/v1/subscriptions/{each['id']}")["status"] for each in trial} == {"active", "canceled"}
    assert api.get(f"/v1/subscriptions/{ending['id']}")["status"] == "canceled"
    summer = api.get("/v1/coupons/SUMMER12")
    assert summer["valid"] is False
    assert api.get("/v1/promotion_codes", {"code": "FIVER"})["data"][0]["active"] is False
    entry = api.get("/v1/balance_transactions", {"limit": 1})["data"][0]
    assert entry["status"] == "available"
    api.control("reset", {})
    assert api.get("/v1/coupons/SUMMER12")["valid"] is True
