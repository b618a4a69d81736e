"""Each write over HTTP: done, declined, refused by Stripe, refused before the call; the account compared each time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flarite_nl.engine import Engine
from flarite_nl.execution.ledger import folder
from flarite_nl.grammar.schema import Grammar
from flarite_nl.model.change import Confirmation
from flarite_nl.model.outcome import Outcome
from flarite_nl.model.parse import READS, Intent
from flarite_nl.sandbox import Sandbox
from tests.engine.prompts import intent, parse
from tests.writing.cases import CHANGES, MAKING, Demo
from tests.writing.conftest import Making, Obj
from tests.writing.refusals import REFUSED

READER = "rk_test_readerreaderreader"
COLLECTIONS = (
    "account balance charges coupons customers disputes invoiceitems invoices payment_intents payment_links "
    "payment_methods payouts prices products promotion_codes refunds subscriptions"
).split()

EVERY = {**{name: (lambda demo, asked=asked: asked, fits) for name, (asked, fits) in MAKING.items()}}
WRITES = {**{f"make {name}": case for name, case in EVERY.items()}, **CHANGES}


@pytest.fixture
def demo(sandbox: Sandbox) -> Demo:
    return Demo([dict(obj) for obj in sandbox.dump()])


def test_every_write_and_every_param_of_the_table_is_tried(demo: Demo, grammar: Grammar) -> None:
    """Done, declined, rehearsed and refused by Stripe are those of WRITES; refused before the call those of REFUSED."""
    done: dict[str, set[str]] = {}
    for make, _ in WRITES.values():
        done.setdefault(make(demo).name, set()).update(make(demo).params)
    refused = {make(demo).name for make, _ in REFUSED.values()}
    table = {
        f"{resource.name}.{operation.name}": operation.params
        for resource in grammar.resources.values()
        for operation in resource.operations.values()
        if operation.name not in READS | {"search"}
    }
    assert done.keys() == table.keys()
    assert refused == table.keys()
    for name, params in table.items():
        untried = {
            param for param in params if not any(each.split(".")[0] == param or each == param for each in done[name])
        }
        assert not untried, (name, untried)


def objects(sandbox: Sandbox) -> dict[str, Obj]:
    return {obj["id"]: obj for obj in sandbox.dump()}


def run(
    engine: Engine, asked: Intent, answer: bool | None = True, **options: Any
) -> tuple[Outcome, list[Confirmation]]:
    shown: list[Confirmation] = []

    def confirm(question: Confirmation) -> bool:
        shown.append(question)
        return bool(answer)

    return engine.run(parse(asked), confirm=None if answer is None else confirm, **options), shown


def kind(outcome: Outcome) -> str | None:
    return outcome.error.kind if outcome.error else None


@pytest.mark.parametrize("name", WRITES)
def test_nothing_changes_unless_it_is_confirmed_and_allowed(
    name: str, engine_at: Making, sandbox: Sandbox, demo: Demo
) -> None:
    asked = WRITES[name][0](demo)
    before = objects(sandbox)
    declined, (question,) = run(engine_at(), asked, answer=False)
    assert kind(declined) == "declined"
    assert kind(run(engine_at(), asked, answer=None)[0]) == "declined"
    rehearsed, _ = run(engine_at(), asked, dry_run=True)
    assert rehearsed.error is None
    assert rehearsed.results[0].dry_run
    assert rehearsed.results[0].written == ()
    sandbox.app.keyring.permissions = {READER: dict.fromkeys(COLLECTIONS, "read")}
    refused, _ = run(engine_at(key=READER), asked)
    assert kind(refused) == "permission"
    assert refused.error is not None
    assert refused.error.request_id
    assert refused.results[0].written == ()
    assert objects(sandbox) == before
    assert question.changes[0].summary
    assert json.dumps(question.to_dict())
    assert "sk_test_writing" not in (folder() / "ledger.sqlite3").read_bytes().decode("latin-1")


@pytest.mark.parametrize("name", WRITES)
def test_what_is_confirmed_is_done_once(name: str, engine_at: Making, sandbox: Sandbox, demo: Demo) -> None:
    make, fits = WRITES[name]
    asked = make(demo)
    before = objects(sandbox)
    outcome, (question,) = run(engine_at(), asked)
    assert outcome.error is None, outcome.error
    assert outcome.complete
    (written,) = outcome.results[0].written
    assert fits(dict(written)), written
    after = objects(sandbox)
    changed = {id for id in before.keys() | after.keys() if before.get(id) != after.get(id)}
    assert changed
    target = question.changes[0].target
    # Nothing of anybody else's: the object made or changed, and what belongs to it.
    related = {target, question.changes[0].customer, written["id"]} - {None}
    assert all(_about(after.get(id) or before[id], related | changed) for id in changed)
    again, _ = run(engine_at(), asked)
    assert kind(again) in ("repeated", "preflight"), again.error
    assert objects(sandbox) == after


def _about(obj: Obj, ids: set[str | None]) -> bool:
    """Whether an object is one of these, or points to one."""
    return any(f'"{id}"' in json.dumps(obj) for id in ids)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_before_the_call(name: str, engine_at: Making, sandbox: Sandbox, demo: Demo) -> None:
    make, words = REFUSED[name]
    asked = make(demo)
    before = objects(sandbox)
    sandbox.app.log.clear()
    outcome, shown = run(engine_at(), asked)
    assert kind(outcome) in ("preflight", "invalid_request", "ambiguous"), outcome.error
    assert outcome.error is not None
    assert words in outcome.error.message
    assert not outcome.complete
    assert shown == []
    assert not [each for each in sandbox.app.log if each["method"] != "GET"]
    assert objects(sandbox) == before


def test_what_a_person_agrees_to(engine_at: Making, demo: Demo) -> None:
    charge = demo.charge()
    asked = intent("charges.refund", ("id", "eq", charge["id"]), params={"reason": "fraudulent"})
    _, (question,) = run(engine_at(), asked, answer=False)
    said = question.to_dict()
    assert (said["mode"], said["account"], said["risk"]) == ("test", "Northwind Paper Co.", "money")
    assert said["changes"][0]["state"]["amount_refunded"] == 0
    assert said["changes"][0]["customer"] == charge["customer"]
    assert any("block list" in effect for effect in said["effects"])
    assert "left to refund" in said["changes"][0]["summary"]
