"""Search: Stripe's query grammar, its limits, its pages, its lag."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flarite_nl.sandbox import query
from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.search import FIELDS, SHORTEST
from tests.sandbox.conftest import Api, Obj


def card(obj: Obj) -> Obj:
    return (obj["payment_method_details"] or {}).get("card", {})  # type: ignore[no-any-return]


CASES: list[tuple[str, str, Callable[[Obj], Any]]] = [
    ("charges", 'status:"failed"', lambda o: o["status"] == "failed"),
    ("charges", "status:'FAILED'", lambda o: o["status"] == "failed"),
    ("charges", '-status:"succeeded"', lambda o: o["status"] != "succeeded"),
    ("charges", "amount>10000", lambda o: o["amount"] > 10000),
    ("charges", "amount>=12050 amount<=12900", lambda o: 12050 <= o["amount"] <= 12900),
    ("charges", "amount:12050", lambda o: o["amount"] == 12050),
    ("charges", 'amount<500 OR currency:"jpy"', lambda o: o["amount"] < 500 or o["currency"] == "jpy"),
    ("charges", 'disputed:"true"', lambda o: o["disputed"]),
    ("charges", 'refunded:"true"', lambda o: o["refunded"]),
    ("charges", 'refunded:"false"', lambda o: not o["refunded"] and o["amount_refunded"] > 0),
    ("charges", "refunded:null", lambda o: o["amount_refunded"] == 0 and not o["refunded"]),
    ("charges", 'customer:"cus_ABC123"', lambda o: o["customer"] == "cus_ABC123"),
    ("charges", "customer:null", lambda o: o["customer"] is None),
    ("charges", 'payment_method_details.card.brand:"amex"', lambda o: card(o).get("brand") == "amex"),
    ("charges", 'payment_method_details.card.last4:"4242"', lambda o: card(o).get("last4") == "4242"),
    ("charges", "payment_method_details.card.exp_year:2030", lambda o: card(o).get("exp_year") == 2030),
    ("charges", 'metadata["order_id"]:"6735"', lambda o: o["metadata"].get("order_id") == "6735"),
    ("charges", '-metadata["order_id"]:null', lambda o: "order_id" in o["metadata"]),
    ("customers", 'email:"jenny.rosen@example.com"', lambda o: o["email"] == "jenny.rosen@example.com"),
    ("customers", 'email:"bob.stone@example.com"', lambda o: o["email"] == "Bob.Stone@Example.com"),
    ("customers", 'email~"@acme.com"', lambda o: "@acme.com" in (o["email"] or "")),
    ("customers", 'name:"smith"', lambda o: "Smith" in (o["name"] or "").split()),
    ("customers", 'name~"ohn"', lambda o: "ohn" in (o["name"] or "")),
    ("customers", r'name:"Conan \"The Barber\" O\'Brien"', lambda o: "Barber" in (o["name"] or "")),
    ("customers", "email:null", lambda o: o["email"] is None),
    ("customers", '-name~"john"', lambda o: "john" not in (o["name"] or "").lower()),
    ("customers", 'phone:"+14155550111"', lambda o: o["phone"] == "+14155550111"),
    ("invoices", 'status:"open" AND total>20000', lambda o: o["status"] == "open" and o["total"] > 20000),
    ("invoices", 'currency:"kwd"', lambda o: o["currency"] == "kwd"),
    ("payment_intents", 'status:"requires_capture"', lambda o: o["status"] == "requires_capture"),
    ("prices", 'active:"false"', lambda o: not o["active"]),
    ("prices", 'type:"recurring" currency:"gbp"', lambda o: o["type"] == "recurring" and o["currency"] == "gbp"),
    ("prices", 'product:"prod_Pro00000000000"', lambda o: o["product"] == "prod_Pro00000000000"),
    ("products", 'active:"true"', lambda o: o["active"]),
    ("products", 'name~"pap"', lambda o: "pap" in o["name"].lower()),
    ("subscriptions", 'status:"past_due"', lambda o: o["status"] == "past_due"),
    ("subscriptions", "-canceled_at:null", lambda o: o["canceled_at"] is not None),
]


@pytest.mark.parametrize(("table", "text", "holds"), CASES)
def test_a_query_finds_just_what_it_says(shared: Api, table: str, text: str, holds: Callable[[Obj], Any]) -> None:
    every = shared.all(f"/v1/{table}", {"status": "all"} if table == "subscriptions" else {})
    page = shared.get(f"/v1/{table}/search", {"query": text, "limit": 100, "expand": ["total_count"]})
    wanted = [each["id"] for each in every if holds(each)]
    assert wanted
    assert page["total_count"] == len(wanted)
    assert [each["id"] for each in page["data"]] == wanted[:100]


@settings(max_examples=15, deadline=None)
@given(limit=st.integers(1, 60))
def test_pages_make_up_the_result(shared: Api, limit: int) -> None:
    text = 'currency:"gbp" OR currency:"kwd"'
    whole = shared.get("/v1/charges/search", {"query": text, "limit": 100})
    assert not whole["has_more"]
    assert whole["next_page"] is None
    found: list[str] = []
    given: Obj = {"query": text, "limit": limit}
    while True:
        page = shared.get("/v1/charges/search", given)
        assert page["object"] == "search_result"
        found += [each["id"] for each in page["data"]]
        if not page["has_more"]:
            break
        given["page"] = page["next_page"]
    assert found == [each["id"] for each in whole["data"]]


@pytest.mark.parametrize(
    "text",
    """ |jenny|email:|email:"a|(email:"a")|email:"a" AND|email:"a" NOT email:"b"|metadata:3|email["a"]:"b"|AND
    email:"a"email:"b"|created:"soon"|email>"a"|email~"ab"|email~null""".replace("\n    ", "|").split("|"),
)
def test_queries_that_cannot_be_read(shared: Api, text: str) -> None:
    error = shared.error("GET", "/v1/customers/search", {"query": text})
    assert (error["status"], error["param"]) == (400, "query")


def test_limits_of_a_query(shared: Api) -> None:
    both = 'email:"a" AND name:"b" OR name:"c"'
    assert "combine AND and OR" in shared.error("GET", "/v1/customers/search", {"query": both})["message"]
    long = " ".join(['name:"a"'] * (query.MOST_CLAUSES + 1))
    assert "at most 10" in shared.error("GET", "/v1/customers/search", {"query": long})["message"]
    assert shared.error("GET", "/v1/customers/search")["code"] == "parameter_missing"
    strange = shared.error("GET", "/v1/customers/search", {"query": 'balance:"5"'})
    assert strange["message"].startswith("Field `balance` is an unsupported search field for resource `customers`.")
    token = shared.get("/v1/charges/search", {"query": "amount>1", "limit": 1})["next_page"]
    for wrong in ({"query": "amount>2", "page": token}, {"query": "amount>1", "page": "x" + token}):
        assert shared.error("GET", "/v1/charges/search", wrong)["param"] == "page"
    assert shared.error("GET", "/v1/charges/search", {"query": 'status~"fail"'})["param"] == "query"


def test_no_search_for_what_has_none(shared: Api) -> None:
    for table in ("refunds", "disputes", "payouts", "coupons"):
        assert shared.error("GET", f"/v1/{table}/search", {"query": "created>1"})["status"] in (400, 404)


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=SHORTEST, max_size=30))
def test_any_text_can_be_quoted(value: str) -> None:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    parsed = query.parse(f'name:"{escaped}" -email~"{escaped}"')
    assert [clause.value for clause in parsed.clauses] == [value, value]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read = query.parse(text)
    except StripeError:
        return
    assert read.clauses


def test_new_objects_are_found_after_the_lag_only(api: Api) -> None:
    made = api.post("/v1/customers", {"email": "brandnew@example.com"})
    wanted = {"query": 'email:"brandnew@example.com"'}
    assert api.get("/v1/customers", {"email": "brandnew@example.com"})["data"]
    assert api.get("/v1/customers/search", wanted)["data"] == []
    api.control("clock", {"advance": 60})
    assert [each["id"] for each in api.get("/v1/customers/search", wanted)["data"]] == [made["id"]]


def test_every_searchable_field_is_searched(shared: Api) -> None:
    for kind, fields in FIELDS.items():
        for name in fields:
            shared.get(f"/v1/{kind}s/search", {"query": f"{name}:null"})
