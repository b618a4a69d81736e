"""The account that the sandbox plays: what it holds, that it adds up, that the same seed makes it again."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from flarite_nl.sandbox import Sandbox
from flarite_nl.sandbox.kinds import KINDS
from flarite_nl.sandbox.money import THREE_DECIMAL
from tests.sandbox.conftest import NOW, Api
from tests.sandbox.openapi_objects import SCHEMAS

MOMENT = int(NOW.timestamp())
DAY = 86_400


def dumped(sandbox: Sandbox) -> bytes:
    return b"".join(json.dumps(obj, ensure_ascii=False).encode() + b"\n" for obj in sandbox.dump())


def test_the_same_seed_makes_the_same_bytes() -> None:
    with Sandbox(now=NOW) as one, Sandbox(now=NOW) as two, Sandbox(now=NOW, seed=1) as other:
        first = dumped(one)
        assert first == dumped(two)
        assert first != dumped(other)
        api = Api(one)
        api.delete("/v1/customers/cus_ABC123")
        api.control("clock", {"advance": 100})
        assert dumped(one) != first
        one.reset()
        assert dumped(one) == first
        assert one.now == NOW


def test_another_process_makes_the_same_bytes() -> None:
    code = (
        "import hashlib, json, sys; from datetime import datetime, UTC; from flarite_nl.sandbox import Sandbox; "
        "s = Sandbox(now=datetime(2026, 3, 18, 15, 30, tzinfo=UTC), size=100); "
        "print(hashlib.sha256(b''.join(json.dumps(o).encode() for o in s.dump())).hexdigest())"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env).stdout
        for env in ({"PYTHONHASHSEED": "1", "PYTHONPATH": "."}, {"PYTHONHASHSEED": "2", "PYTHONPATH": "."})
    ]
    assert runs[0] == runs[1]


STATUSES = {
    "charge": ("status", set(SCHEMAS["charge"]["properties"]["status"]["enum"])),
    "payment_intent": ("status", set(SCHEMAS["payment_intent"]["properties"]["status"]["enum"])),
    "refund": ("status", {"pending", "requires_action", "succeeded", "failed", "canceled"}),
    "dispute": ("status", set(SCHEMAS["dispute"]["properties"]["status"]["enum"])),
    "subscription": ("status", set(SCHEMAS["subscription"]["properties"]["status"]["enum"])),
    "invoice": ("status", set(SCHEMAS["invoice"]["properties"]["status"]["enum"])),
    "payout": ("status", {"pending", "in_transit", "paid", "failed", "canceled"}),
    "coupon": ("duration", {"once", "repeating", "forever"}),
    "price": ("type", {"one_time", "recurring"}),
}


@pytest.mark.parametrize("kind", sorted(STATUSES))
def test_every_status_of_every_object(shared: Api, kind: str) -> None:
    name, wanted = STATUSES[kind]
    assert {each[name] for each in shared.sandbox.world.store.walk(kind)} == wanted


def test_it_looks_like_a_business(shared: Api) -> None:
    charges = list(shared.sandbox.world.store.walk("charge"))
    assert {"usd", "eur", "gbp", "jpy", "kwd", "cad"} == {each["currency"] for each in charges}
    assert any(0 < each["amount_refunded"] < each["amount"] for each in charges)
    assert any(each["customer"] is None for each in charges)
    assert all(each["amount"] % 10 == 0 for each in charges if each["currency"] in THREE_DECIMAL)
    intervals = {
        (item["price"]["recurring"]["interval"], item["price"]["recurring"]["interval_count"])
        for each in shared.sandbox.world.store.walk("subscription")
        for item in each["items"]["data"]
    }
    assert {("day", 1), ("week", 1), ("week", 2), ("month", 1), ("month", 3), ("year", 1)} == intervals
    names = "".join(each["name"] or "" for each in shared.sandbox.world.store.walk("customer"))
    assert all(sign in names for sign in ("'", '"', "\x1b[31m", "🎈", "山", "خ"))


def test_what_the_prompts_name(shared: Api) -> None:
    (jenny,) = shared.get("/v1/customers", {"email": "jenny.rosen@example.com"})["data"]
    assert jenny["name"] == "Jenny Rosen"
    assert len(shared.all("/v1/invoices", {"customer": jenny["id"]})) >= 7
    ada = shared.all("/v1/charges", {"customer": "cus_ABC123"})
    assert sum(each["status"] == "succeeded" for each in ada) >= 3
    assert (ada[0]["status"], ada[0]["amount_refunded"], ada[0]["disputed"]) == ("succeeded", 0, False)
    price = shared.get("/v1/prices/price_XYZ", {"expand": ["product"]})
    assert (price["active"], price["product"]["active"]) == (True, True)
    assert len(shared.all("/v1/subscriptions", {"status": "past_due"})) >= 3
    due = [
        each["evidence_details"]["due_by"]
        for each in shared.all("/v1/disputes")
        if each["status"] in ("needs_response", "under_review", "warning_needs_response", "warning_under_review")
    ]
    assert sum(MOMENT <= each < MOMENT + 7 * DAY for each in due if each) >= 3
    assert any(each >= MOMENT + 8 * DAY for each in due if each)
    assert None in due
    assert shared.get("/v1/coupons/SPRING25")["percent_off"] == 25
    assert any(
        each["due_date"] and each["due_date"] < MOMENT for each in shared.all("/v1/invoices", {"status": "open"})
    )
    assert list(shared.all("/v1/invoiceitems", {"pending": True}))
    assert {each["active"] for each in shared.all("/v1/payment_links")} == {True, False}
    assert min(each["amount"] for each in shared.get("/v1/balance")["available"]) >= 0


def test_references_lead_somewhere(shared: Api) -> None:
    """Every ID that an object holds is the ID of an object (or of a deleted one)."""
    store = shared.sandbox.world.store
    known = {each["id"] for each in shared.sandbox.dump()}
    paths = {
        "charge": ("customer", "payment_intent", "balance_transaction"),
        "payment_intent": ("customer", "latest_charge"),
        "refund": ("charge", "payment_intent", "balance_transaction"),
        "dispute": ("charge", "payment_intent"),
        "balance_transaction": ("source",),
        "subscription": ("customer", "latest_invoice"),
        "invoice": ("customer",),
        "invoiceitem": ("customer", "invoice"),
        "payout": ("balance_transaction", "failure_balance_transaction"),
        "promotion_code": ("customer",),
        "price": ("product",),
        "product": ("default_price",),
    }
    for kind, names in paths.items():
        for each in store.walk(kind):
            for name in names:
                assert each[name] is None or each[name] in known, (kind, each["id"], name, each[name])


@pytest.mark.parametrize("size", [1, 400])
def test_the_money_adds_up(size: int) -> None:
    with Sandbox(now=NOW, size=size) as sandbox:
        store = sandbox.world.store
        refunded: dict[str, int] = {}
        for refund in store.walk("refund"):
            if refund["status"] not in ("failed", "canceled"):
                refunded[refund["charge"]] = refunded.get(refund["charge"], 0) + refund["amount"]
        for charge in store.walk("charge"):
            assert charge["amount_refunded"] == refunded.get(charge["id"], 0)
            assert charge["refunded"] == (charge["amount_refunded"] == charge["amount"])
            assert charge["paid"] == (charge["status"] == "succeeded")
            assert (charge["balance_transaction"] is not None) == charge["captured"]
            assert charge["created"] <= MOMENT
        disputed = {each["charge"] for each in store.walk("dispute") if each["status"] != "prevented"}
        assert disputed == {each["id"] for each in store.walk("charge") if each["disputed"]}
        for entry in store.walk("balance_transaction"):
            assert (
                entry["net"]
                == entry["amount"] - entry["fee"]
                == entry["amount"] - sum(each["amount"] for each in entry["fee_details"])
            )
            assert (entry["status"] == "available") == (entry["available_on"] <= MOMENT)
        for invoice in store.walk("invoice"):
            assert invoice["total"] == sum(each["amount"] for each in invoice["lines"]["data"])
            assert invoice["amount_due"] == invoice["amount_paid"] + invoice["amount_remaining"]


def test_columns_say_what_the_objects_say() -> None:
    """A bulk row has no JSON: what lists find by its columns must be what the object made from it shows."""
    with Sandbox(now=NOW, size=2500) as sandbox:
        store = sandbox.world.store
        for name in ("refunded", "disputed", "customer", "failure_code", "metadata", "description"):
            values = {row[name] for row in store.rows("charge", "body IS NULL")}
            assert len(values) > 1, f"every bulk charge has the same {name}: this test would show nothing"
        for name in ("charge", "payment_intent", "balance_transaction"):
            kind = KINDS[name]
            rows = store.rows(name, "body IS NULL")
            assert len(rows) > 300
            for row in rows:
                made = dict(zip(kind.columns, kind.values(store.load(name, row)), strict=True))
                kept = {column: row[column] for column in kind.columns}
                if name == "balance_transaction":
                    made.pop("payout"), kept.pop("payout")
                made["metadata"] = json.loads(made.get("metadata") or "{}")
                kept["metadata"] = json.loads(kept.get("metadata") or "{}")
                assert made == kept
                assert json.loads(store.text(name, row)) == store.load(name, row)


@pytest.mark.parametrize("size", [1, 150, 3000])
def test_size_is_the_number_of_charges(size: int) -> None:
    with Sandbox(now=NOW, size=size) as sandbox:
        assert sandbox.world.store.count("charge") == max(size, 108)


def test_a_file_keeps_the_state(tmp_path: Path) -> None:
    path = str(tmp_path / "sandbox.db")
    with Sandbox(now=NOW, size=1, path=path) as sandbox:
        api = Api(sandbox)
        made = api.post("/v1/customers", {"name": "Kept"}, idempotency_key="k")
        sandbox.set_clock(MOMENT + 100)
        before = dumped(sandbox)
    with Sandbox(now=NOW + timedelta(days=3), path=path) as sandbox:
        api = Api(sandbox)
        assert dumped(sandbox) == before
        assert int(sandbox.now.timestamp()) == MOMENT + 100
        assert api.post("/v1/customers", {"name": "Kept"}, idempotency_key="k")["id"] == made["id"]
        other = api.post("/v1/customers", {"name": "New"})
        assert other["id"] != made["id"]
        assert api.get("/v1/customers", {"limit": 1})["data"][0]["id"] == other["id"]


def test_two_processes_share_a_file(tmp_path: Path) -> None:
    path = str(tmp_path / "sandbox.db")
    with Sandbox(now=NOW, size=1, path=path) as one, Sandbox(now=NOW, path=path) as two:
        first, second = Api(one), Api(two)
        assert first.get("/v1/balance") == second.get("/v1/balance")
        made = first.post("/v1/payouts", {"amount": 500, "currency": "usd"})
        assert second.get(f"/v1/payouts/{made['id']}") == made
        assert first.get("/v1/balance") == second.get("/v1/balance")
        first.control("clock", {"advance": 10})
        other = second.post("/v1/payouts", {"amount": 500, "currency": "usd"})
        assert (other["created"], other["id"] == made["id"]) == (MOMENT + 10, False)


def test_now_must_be_aware() -> None:
    with pytest.raises(ValueError, match="aware"):
        Sandbox(now=NOW.replace(tzinfo=None))


def test_reading_is_quick(shared: Api) -> None:
    """Generous: a page of 100 bulk charges takes a few milliseconds, of kept objects less than one."""
    store, best = shared.sandbox.world.store, 1.0
    for _ in range(5):
        start = time.perf_counter()
        text = [store.text("charge", row) for row in store.rows("charge", limit=100)]
        best = min(best, time.perf_counter() - start)
    assert len(text) == 100
    assert best < 0.03
