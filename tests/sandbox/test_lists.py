"""Lists: order, cursors, filters, expansion."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flarite_nl.sandbox import Sandbox
from flarite_nl.sandbox.kinds import TABLES
from flarite_nl.sandbox.signatures import signature
from tests.sandbox.conftest import NOW, Api, Obj

LISTED = [table for table in TABLES if table not in ("invoice_payments", "discounts", "payment_methods")]
MOMENT = int(NOW.timestamp())

_api: list[Api] = []


def api() -> Api:
    """One sandbox for the whole module: hypothesis takes no fixtures of a test's scope."""
    if not _api:
        _api.append(Api(Sandbox(now=NOW)))
    return _api[0]


def walk(path: str, limit: int, params: Obj, cursor: str) -> list[str]:
    """IDs page by page; with ``ending_before`` from the end backwards."""
    out: list[str] = []
    place: Obj = {}
    while True:
        page = api().get(path, {"limit": limit, **params, **place})
        ids = [each["id"] for each in page["data"]]
        assert len(ids) <= limit
        assert page["url"] == path
        out = out + ids if cursor == "starting_after" else ids + out
        if not page["has_more"]:
            return out
        assert len(ids) == limit
        place = {cursor: ids[-1] if cursor == "starting_after" else ids[0]}


@settings(max_examples=25, deadline=None)
@given(table=st.sampled_from(LISTED), limit=st.integers(7, 100))
def test_pages_make_up_the_list_in_both_directions(table: str, limit: int) -> None:
    path = f"/v1/{table}"
    params = {"status": "all"} if table == "subscriptions" else {}
    whole = api().all(path, params)
    ids = [each["id"] for each in whole]
    assert len(set(ids)) == len(ids) == api().sandbox.world.store.count(TABLES[table].name)
    assert walk(path, limit, params, "starting_after") == ids
    date = TABLES[table].date
    if date:
        dates = [each[date] for each in whole]
        assert dates == sorted(dates, reverse=True)
    last = ids[-1]
    before = walk(path, limit, {**params, "ending_before": last}, "ending_before") if len(ids) > 1 else []
    assert before == ids[:-1]


def test_there_are_ties_and_they_keep_their_order() -> None:
    created = [each["created"] for each in api().all("/v1/charges")]
    assert len(set(created)) < len(created)


@settings(max_examples=25, deadline=None)
@given(
    table=st.sampled_from([table for table in LISTED if f"GET /v1/{table}" and table != "payment_links"]),
    start=st.integers(MOMENT - 300 * 86_400, MOMENT),
    span=st.integers(0, 60 * 86_400),
    low=st.sampled_from(["gt", "gte"]),
    high=st.sampled_from(["lt", "lte"]),
)
def test_created_windows(table: str, start: int, span: int, low: str, high: str) -> None:
    date = TABLES[table].date
    assert date
    params = {"status": "all"} if table == "subscriptions" else {}
    end = start + span

    def inside(moment: int) -> bool:
        return (moment > start or (low == "gte" and moment == start)) and (
            moment < end or (high == "lte" and moment == end)
        )

    every = api().all(f"/v1/{table}", params)
    found = api().all(f"/v1/{table}", {**params, f"created[{low}]": start, f"created[{high}]": end})
    assert [each["id"] for each in found] == [each["id"] for each in every if inside(each[date])]
    if every:
        exact = api().all(f"/v1/{table}", {**params, "created": every[0][date]})
        assert {each[date] for each in exact} == {every[0][date]}


def field(obj: Obj, path: str) -> Any:
    value: Any = obj
    for step in path.split("."):
        value = value[step] if value else None
    return value


FILTERS = [
    ("charges", "customer", "customer"),
    ("charges", "payment_intent", "payment_intent"),
    ("payment_intents", "customer", "customer"),
    ("refunds", "charge", "charge"),
    ("refunds", "payment_intent", "payment_intent"),
    ("disputes", "charge", "charge"),
    ("disputes", "payment_intent", "payment_intent"),
    ("customers", "email", "email"),
    ("invoices", "customer", "customer"),
    ("invoices", "status", "status"),
    ("invoices", "collection_method", "collection_method"),
    ("invoices", "subscription", "parent.subscription_details.subscription"),
    ("invoices", "due_date", "due_date"),
    ("invoiceitems", "customer", "customer"),
    ("invoiceitems", "invoice", "invoice"),
    ("products", "active", "active"),
    ("prices", "active", "active"),
    ("prices", "product", "product"),
    ("prices", "currency", "currency"),
    ("prices", "type", "type"),
    ("prices", "recurring[interval]", "recurring.interval"),
    ("promotion_codes", "code", "code"),
    ("promotion_codes", "active", "active"),
    ("promotion_codes", "coupon", "promotion.coupon"),
    ("promotion_codes", "customer", "customer"),
    ("payouts", "status", "status"),
    ("payouts", "arrival_date", "arrival_date"),
    ("payouts", "destination", "destination"),
    ("balance_transactions", "type", "type"),
    ("balance_transactions", "currency", "currency"),
    ("balance_transactions", "source", "source"),
    ("payment_links", "active", "active"),
    ("subscriptions", "customer", "customer"),
    ("subscriptions", "collection_method", "collection_method"),
]


@pytest.mark.parametrize(("table", "param", "path"), FILTERS)
def test_filters_select_just_what_they_say(table: str, param: str, path: str) -> None:
    every = api().all(f"/v1/{table}")
    values = sorted({field(each, path) for each in every} - {None}, key=str)[:5]
    assert values
    for value in values:
        found = api().all(f"/v1/{table}", {param: value})
        assert [each["id"] for each in found] == [each["id"] for each in every if field(each, path) == value]


OTHERS = {
    "subscriptions": {"status", "price", "current_period_end", "current_period_start", "automatic_tax", "plan"},
    "products": {"ids", "url", "shippable", "type"},
    "prices": {"lookup_keys", "recurring"},
    "invoiceitems": {"pending"},
    "balance_transactions": {"payout"},
    "charges": {"transfer_group"},
}
PAGING = {"limit", "starting_after", "ending_before", "expand", "created", "customer_account", "test_clock"}


@pytest.mark.parametrize("table", LISTED)
def test_no_filter_of_the_api_is_untested(table: str) -> None:
    tested = {param.split("[")[0] for name, param, _ in FILTERS if name == table} | OTHERS.get(table, set())
    assert set(signature(f"GET /v1/{table}")) - PAGING == tested


def test_subscriptions_leave_canceled_ones_out() -> None:
    every = api().all("/v1/subscriptions", {"status": "all"})
    statuses = {each["status"] for each in every}
    assert len(statuses) == 8
    plain = api().all("/v1/subscriptions")
    assert [each["id"] for each in plain] == [each["id"] for each in every if each["status"] != "canceled"]
    ended = api().all("/v1/subscriptions", {"status": "ended"})
    assert {each["status"] for each in ended} == {"canceled", "incomplete_expired"}
    for status in statuses:
        assert {each["status"] for each in api().all("/v1/subscriptions", {"status": status})} == {status}


def test_subscriptions_by_price_and_period() -> None:
    every = api().all("/v1/subscriptions")
    found = api().all("/v1/subscriptions", {"price": "price_1ProYearUSD"})
    assert found
    for each in found:
        assert "price_1ProYearUSD" in [item["price"]["id"] for item in each["items"]["data"]]
    soon = api().all("/v1/subscriptions", {"current_period_end[lt]": MOMENT + 7 * 86_400})
    ends = {each["id"]: each["items"]["data"][0]["current_period_end"] for each in every}
    assert [each["id"] for each in soon] == [id for id, end in ends.items() if end < MOMENT + 7 * 86_400]
    assert api().all("/v1/subscriptions", {"automatic_tax[enabled]": True}) == []


def test_filters_of_their_own_kind() -> None:
    assert {each["id"] for each in api().all("/v1/prices", {"lookup_keys": ["pro_monthly", "none"]})} == {"price_XYZ"}
    ids = ["prod_Gold0000000000", "prod_Pro00000000000"]
    assert {each["id"] for each in api().all("/v1/products", {"ids": ids})} == set(ids)
    assert all(each["shippable"] for each in api().all("/v1/products", {"shippable": True}))
    assert len(api().all("/v1/products", {"url": "https://northwind.example/stickers"})) == 1
    pending = api().all("/v1/invoiceitems", {"pending": True})
    assert pending
    assert {each["invoice"] for each in pending} == {None}
    payout = next(each for each in api().all("/v1/payouts") if each["status"] == "paid" and each["automatic"])
    paid = api().all("/v1/balance_transactions", {"payout": payout["id"]})
    assert sum(each["net"] for each in paid) == payout["amount"]
    assert api().all("/v1/charges", {"transfer_group": "none"}) == []


def test_email_has_case_here() -> None:
    assert len(api().get("/v1/customers", {"email": "Bob.Stone@Example.com"})["data"]) == 1
    assert api().get("/v1/customers", {"email": "bob.stone@example.com"})["data"] == []


@pytest.mark.parametrize(
    ("params", "param", "code"),
    [
        ({"limit": 0}, "limit", None),
        ({"limit": 101}, "limit", None),
        ({"limit": "ten"}, "limit", "parameter_invalid_integer"),
        ({"colour": "red"}, "colour", "parameter_unknown"),
        ({"created[after]": 1}, "created[after]", "parameter_unknown"),
        ({"created[gte]": "today"}, "created[gte]", "parameter_invalid_integer"),
        ({"customer": "cus_none"}, "customer", "resource_missing"),
        ({"starting_after": "ch_none"}, "starting_after", "resource_missing"),
        ({"expand": ["data.colour"]}, "expand", None),
        ({"expand": ["customer"]}, "expand", None),
        ({"expand": ["data.customer.default_source.a.b"]}, "expand", None),
    ],
)
def test_requests_that_a_list_refuses(params: Obj, param: str, code: str | None) -> None:
    error = api().error("GET", "/v1/charges", params)
    assert (error["status"], error["param"], error.get("code")) == (400, param, code)


def test_expansion_five_levels_deep() -> None:
    error = api().error("GET", "/v1/subscriptions", {"expand": ["data.items.data.price.product"]})
    assert error["message"] == (
        "You cannot expand more than 4 levels of a property. Property: data.items.data.price.product"
    )
    assert api().get("/v1/subscriptions", {"limit": 1, "expand": ["data.latest_invoice.customer"]})["data"]


def test_expansion_four_levels_deep() -> None:
    wanted = ["data.latest_invoice.payments.data", "data.customer", "data.items.data.price"]
    with_ids = api().get("/v1/subscriptions", {"customer": "cus_ABC123"})["data"][0]
    found = api().get("/v1/subscriptions", {"customer": "cus_ABC123", "expand": wanted})["data"][0]
    assert found["customer"]["id"] == "cus_ABC123"
    assert found["latest_invoice"]["id"] == with_ids["latest_invoice"]
    assert found["latest_invoice"]["payments"]["data"][0]["invoice"] == with_ids["latest_invoice"]
    deep = api().get("/v1/refunds", {"limit": 1, "expand": ["data.charge.payment_intent.latest_charge"]})["data"][0]
    assert deep["charge"]["payment_intent"]["latest_charge"]["id"] == deep["charge"]["id"]
    link = api().get("/v1/payment_links", {"limit": 1, "expand": ["data.line_items.data.price"]})["data"][0]
    assert link["line_items"]["data"][0]["price"]["object"] == "price"
    source = api().get("/v1/balance_transactions", {"type": "refund", "limit": 1, "expand": ["data.source.charge"]})
    assert source["data"][0]["source"]["charge"]["object"] == "charge"
