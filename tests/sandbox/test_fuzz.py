"""Random requests to every operation: an answer by its schema or a refusal in Stripe's form, never a crash."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest

from flarite_nl.sandbox.kinds import KINDS
from flarite_nl.sandbox.signatures import Parameter, Type, operations, signature
from tests.sandbox.conftest import NOW, Api, Obj

MOMENT = int(NOW.timestamp())
WORDS = ["usd", "jpy", "pm_card_visa", "pm_card_chargeDeclined", "SPRING25", "price_XYZ", "cus_ABC123", "a@b.co"]
WORDS += ["true", "status:\"open\"", "x", "ü\x1b[0m"]  # fmt: skip


def ids(api: Api) -> dict[str, list[str]]:
    """A few IDs of each kind."""
    world = api.sandbox.world
    out = {kind: [each["id"] for each in list(world.store.walk(kind))[:12]] for kind in KINDS}
    held = [item["id"] for each in list(world.store.walk("subscription"))[:12] for item in each["items"]["data"]]
    return {**out, "subscription_item": held}


def value(dice: Random, kind: Type, name: str, known: dict[str, list[str]]) -> Any:
    """Something that the type takes, now and then something that it doesn't."""
    if kind.name == "list":
        assert kind.item is not None
        return [value(dice, kind.item, name, known) for _ in range(dice.randint(0, 2))]
    if kind.name == "object":
        return members(dice, kind.members, known)
    if kind.values and dice.randint(0, 9):
        return dice.choice(kind.values)
    if kind.name in ("int", "num"):
        return dice.choice([1, 2, 30, 1500, 10**9, 0, -5, "1.5", "x"])
    if kind.name == "time":
        return dice.choice([MOMENT + 90_000, MOMENT - 90_000, 0, "now", "soon"])
    if kind.name == "bool":
        return dice.choice(["true", "false", "false", "perhaps"])
    if kind.name == "range":
        return dice.choice([{"gte": MOMENT - 10**6}, MOMENT, {"lt": "x"}, {"lt": MOMENT, "gt": 5}])
    if kind.name in ("map", "hash"):
        return dice.choice([{"a": "b"}, "", {"a": {"b": "c"}}, "x"])
    if name in known and dice.randint(0, 9):
        return dice.choice(known[name])
    return dice.choice([*WORDS, *known["charge"][:1], ""])


def members(dice: Random, given: dict[str, Parameter], known: dict[str, list[str]]) -> Obj:
    wanted = [name for name, each in given.items() if each.required or dice.randint(0, 5) == 0]
    out = {name: value(dice, given[name].type, name, known) for name in wanted}
    if "expand" in out:
        out["expand"] = []
    return out


NOUNS = {"intent": "payment_intent", "subscription_exposed_id": "subscription", "item": "subscription_item"}


@pytest.mark.parametrize("seed", range(6))
def test_any_request_is_answered_or_refused_and_the_books_balance(api: Api, seed: int) -> None:
    """``Api`` checks each answer; in the end the money must still add up."""
    dice, known, seen = Random(seed), ids(api), Counter[int]()
    for _ in range(500):
        method, path = dice.choice(operations()).split(" ")
        steps = []
        for step in path.split("/"):
            if step.startswith("{"):
                noun = step[1:-1]
                noun = path.split("/")[2][:-1] if noun == "id" else NOUNS.get(noun, noun)
                step = dice.choice([*known[noun], "none"])
            steps.append(step)
        params = members(dice, signature(f"{method} {path}"), known)
        answer = api.send(method, "/".join(steps), params)
        assert api.status in (200, 400, 402, 404), (method, path, params, answer)
        seen[api.status] += 1
    assert min(seen[200], seen[400], seen[404]) > 20
    books(api)


def books(api: Api) -> None:
    store = api.sandbox.world.store
    for charge in store.walk("charge"):
        assert 0 <= charge["amount_refunded"] <= charge["amount"]
        assert 0 <= charge["amount_captured"] <= charge["amount"]
    for invoice in store.walk("invoice"):
        assert invoice["amount_remaining"] >= 0
        assert (invoice["status"] == "draft") or invoice["number"]
    for entry in store.walk("balance_transaction"):
        assert entry["net"] == entry["amount"] - entry["fee"]
    kept = sum(each["amount"] for part in ("available", "pending") for each in api.get("/v1/balance")[part])
    assert kept == sum(entry["net"] for entry in store.walk("balance_transaction"))
