"""Asking Stripe whose key it is and what it may do; nothing is written. The embedded sandbox stands for Stripe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from flarite_nl import Engine
from flarite_nl.errors import AuthenticationError, InvalidRequest, PermissionError_, Unreachable
from flarite_nl.keys.advice import explained, restricted_instead
from flarite_nl.keys.key import Key
from flarite_nl.keys.permissions import ALL, RECOMMENDED, REFUNDS, Permission, probe
from flarite_nl.model.outcome import Row
from flarite_nl.parsing.parser import Parser
from flarite_nl.sandbox import Sandbox, Server, serve
from tests.conftest import NOW

LIMITED = "rk_" + "test_51HxYzAbCdEfGhIjKlMnOpQrWxYz"
FULL = LIMITED.replace("rk", "sk", 1)
SHOWN = "rk_test_…WxYz"

RECOMMENDED_23 = {
    "customers": "read", "charges": "read", "payment_intents": "read", "subscriptions": "read", "invoices": "read",
    "products": "read", "prices": "read", "disputes": "read",
}  # fmt: skip
"""STRIPE.md 23 in the sandbox's words."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Sandbox(now=NOW, size=1) as sandbox, serve(sandbox) as running:
        yield running


def allow(server: Server, **held: str) -> None:
    server.sandbox.app.keyring.permissions = {LIMITED: held}


def engine(server: Server, key: str = LIMITED) -> Engine:
    return Engine(now=NOW, key=key, api_base=server.url)


def test_whose_key_it_is(server: Server) -> None:
    found = engine(server, FULL).verify()
    assert (found.mode, found.account, found.name, found.country, found.probes) == (
        "test", "acct_1SandboxNorthwind", "Northwind Paper Co.", "US", (),
    )  # fmt: skip


def test_a_secret_key_is_not_probed(server: Server) -> None:
    assert engine(server, FULL).verify(probing=True).probes == ()
    assert server.sandbox.app.counts == {"GET /v1/account": 1}


def test_what_is_recommended_is_what_is_probed(server: Server) -> None:
    allow(server, account="read", **RECOMMENDED_23)
    found = engine(server).verify(probing=True)
    assert found.missing == ()
    granted = {each.permission for each in found.probes if each.granted}
    assert granted == set(RECOMMENDED)
    assert {
        each.permission.call.split(".")[0] for each in found.probes if each.permission.need == "recommended"
    } == set(RECOMMENDED_23)


@pytest.mark.parametrize(("lacking", "named"), [
    ("customers", "rak_customer_read"), ("charges", "rak_charge_read"), ("payment_intents", "rak_payment_intent_read"),
    ("subscriptions", "rak_subscription_read"), ("invoices", "rak_invoice_read"), ("products", "rak_product_read"),
    ("prices", "rak_plan_read"), ("disputes", "rak_dispute_read"),
])  # fmt: skip
def test_each_that_is_missing_is_found(server: Server, lacking: str, named: str) -> None:
    allow(server, account="read", **{name: how for name, how in RECOMMENDED_23.items() if name != lacking})
    (missing,) = engine(server).verify(probing=True).missing
    assert (missing.permission.call, missing.named) == (f"{lacking}.list", named)


def test_the_right_to_refund_is_found_without_a_refund(server: Server) -> None:
    before = list(server.sandbox.dump())
    for access, granted in (("write", True), ("read", False)):
        allow(server, account="read", refunds=access)
        probes = {each.permission: each for each in engine(server).verify(probing=True).probes}
        assert probes[REFUNDS].granted is granted
    assert list(server.sandbox.dump()) == before


def test_a_key_that_may_not_see_its_account_is_good_all_the_same(server: Server) -> None:
    allow(server, **RECOMMENDED_23)
    found = engine(server).verify(probing=True)
    assert (found.account, found.name, found.country) == ("acct_1SandboxNorthwind", None, None)
    assert len(found.probes) == len(ALL)


def test_a_probe_that_leaves_it_open_is_an_error() -> None:
    def call(name: str, params: Mapping[str, Any]) -> Row:
        raise InvalidRequest("No.") if name == "charges.list" else Unreachable("gone")

    with pytest.raises(InvalidRequest):
        probe(RECOMMENDED[1], call)
    with pytest.raises(Unreachable):
        probe(REFUNDS, call)


def test_probing_asks_for_one_object_and_refunds_nothing() -> None:
    asked: dict[str, Mapping[str, Any]] = {}

    def call(name: str, params: Mapping[str, Any]) -> Row:
        asked[name] = params
        return {}

    assert all(probe(each, call).granted for each in ALL)
    assert {name: params for name, params in asked.items() if params != {"limit": 1}} == {
        "refunds.create": {}, "balance.retrieve": {},
    }  # fmt: skip


def test_a_revoked_key(server: Server) -> None:
    server.sandbox.app.keyring.revoked[LIMITED] = 0
    with pytest.raises(AuthenticationError, match=f"^The key {SHOWN} was revoked or has expired: make a new") as caught:
        engine(server).verify()
    assert caught.value.request_id


def test_a_later_refusal_names_the_permission_and_the_prompt(server: Server) -> None:
    allow(server, account="read")
    prompt = "list open disputes"
    one = engine(server)
    outcome = one.run(Parser(tz="UTC").parse(prompt, now=NOW))
    assert outcome.error is not None
    assert outcome.error.kind == "permission"
    assert outcome.error.message.startswith(
        f'The key {SHOWN} lacks the permission rak_dispute_read, which "{prompt}" needs: allow it at '
    )
    assert outcome.error.request_id


KEY = Key(FULL, "test")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (AuthenticationError("x", code="api_key_expired"), "was revoked or has expired"),
        (AuthenticationError("Invalid API Key provided: sk_test_***"), "Stripe does not know the key sk_test_…WxYz"),
        (
            InvalidRequest("No such charge: 'ch_1'; a similar object exists in live mode, but a test mode key was used "
                           "to make this request."),
            "The key sk_test_…WxYz is of test mode: choose one of live mode with --key-name",
        ),
        (PermissionError_("This account may not do that."), 'This account may not do that (which "refund" needs).'),
        (InvalidRequest("No such charge: 'ch_1'"), "No such charge: 'ch_1'"),
        (Unreachable("gone"), "gone"),
    ],
)  # fmt: skip
def test_what_stripe_says_of_a_key_is_explained(error: Any, says: str) -> None:
    said = explained(error, KEY, "refund")
    assert says in said
    assert FULL not in said
    assert explained(error, None, "refund") == error.message


def test_a_key_that_was_cut_off_is_told_from_one_that_is_not_known() -> None:
    error = AuthenticationError("Invalid API Key provided: sk_test_***")
    assert "only the beginning of one (11 characters)" in explained(error, Key("sk_test_123", "test"))
    assert "only the beginning" not in explained(error, KEY)


def test_a_long_prompt_is_cut_in_a_sentence() -> None:
    said = explained(PermissionError_("Having the 'rak_charge_read' permission would …"), KEY, "x" * 5000)
    assert len(said) < 400


def test_a_secret_key_draws_advice_and_a_restricted_one_none() -> None:
    said = restricted_instead(KEY)
    assert said is not None
    for label in ("Customers", "Charges", "Payment Intents", "Subscriptions", "Invoices", "Products", "Prices",
                  "Disputes", "write on Refunds only where refunds are issued", "restricted key"):  # fmt: skip
        assert label in said
    assert restricted_instead(Key(LIMITED, "test", restricted=True)) is None


def test_a_permission_reads_as_the_dashboard_names_it() -> None:
    assert str(Permission("Charges", "read", "charges.list")) == "Charges: read"
