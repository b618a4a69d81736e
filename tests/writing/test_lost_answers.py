"""The sandbox carries a write out and its answer is lost: it is found out, at once or when the command comes again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from flarite_nl.engine import Engine
from flarite_nl.execution.ledger import Ledger
from flarite_nl.model.outcome import Outcome
from flarite_nl.model.parse import Intent
from flarite_nl.sandbox import Sandbox, parse_faults
from tests.conftest import NOW
from tests.engine.prompts import intent, parse
from tests.writing.cases import CHANGES, MAKING, Demo
from tests.writing.conftest import Making, Obj, refunds

LAST = intent("charges.refund", ("customer", "eq", "cus_ABC123"), sort="created desc", limit=1)
FAULTS = ["reset", "timeout", "500", "502", "truncate", "badjson"]
LATER = timedelta(hours=25)

MADE = {name: asked for name, (asked, _) in MAKING.items()}


def run(engine: Engine, *asked: Intent, **options: Any) -> Outcome:
    return engine.run(parse(*asked), **{"confirm": lambda question: True, **options})


def lose(sandbox: Sandbox, fault: str, *, when: str = "after", count: int = 0, path: str = "/v1/") -> None:
    """Every POST is carried out (or not) and its answer spoilt; ``count`` 0 is each time."""
    how = "" if fault in ("truncate", "badjson") else f",when={when}"
    sandbox.app.faults = parse_faults(f"{fault}:method=POST,path={path},count={count},seconds=0.02{how}")


def pass_time(sandbox: Sandbox) -> None:
    sandbox.set_clock(int((NOW + LATER).timestamp()))


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("count", [1, 0])
def test_a_refund_whose_answer_is_lost(fault: str, count: int, engine_at: Making, sandbox: Sandbox) -> None:
    """Once: the repeat under the same key gets the answer. Always: Stripe's charge shows that it was refunded."""
    before = refunds(sandbox)
    lose(sandbox, fault, count=count)
    outcome = run(engine_at(), LAST)
    (new,) = refunds(sandbox).keys() - before.keys()
    assert outcome.error is None, outcome.error
    assert [row["id"] for row in outcome.results[0].written] == [new]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("later", [False, True])
def test_a_refund_when_nothing_answers_any_more(fault: str, later: bool, engine_at: Making, sandbox: Sandbox) -> None:
    """The write is carried out, then the line is dead: the same command finds it, also when the key is forgotten."""
    before = refunds(sandbox)
    lose(sandbox, fault)
    sandbox.app.faults += parse_faults("500:method=GET,path=/v1/(refunds|charges/),count=0")
    lost = run(engine_at(), LAST)
    assert lost.error is not None
    assert lost.error.kind == "unreachable"
    assert "not known" in lost.problems[-1]
    (new,) = refunds(sandbox).keys() - before.keys()
    sandbox.app.faults = []
    if later:
        pass_time(sandbox)
    again = run(engine_at(now=NOW + LATER if later else NOW), LAST)
    assert again.error is None, again.error
    assert again.results[0].repeated
    assert [row["id"] for row in again.results[0].written] == [new]
    assert refunds(sandbox).keys() - before.keys() == {new}


@pytest.mark.parametrize("later", [False, True])
def test_a_refund_that_never_arrived(later: bool, engine_at: Making, sandbox: Sandbox) -> None:
    before = refunds(sandbox)
    lose(sandbox, "reset", when="before")
    assert run(engine_at(), LAST).error is not None
    assert refunds(sandbox) == before
    sandbox.app.faults = []
    if later:
        pass_time(sandbox)
    again = run(engine_at(now=NOW + LATER if later else NOW), LAST)
    assert again.error is None, again.error
    assert not again.results[0].repeated
    assert {row["id"] for row in again.results[0].written} == refunds(sandbox).keys() - before.keys()


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("arrived", [True, False])
@pytest.mark.parametrize("name", MADE)
def test_what_is_made(name: str, arrived: bool, later: bool, engine_at: Making, sandbox: Sandbox) -> None:
    """Made or not, nobody heard: the same command makes sure that there is one. A day later the key is forgotten."""

    def kinds() -> list[str]:
        return sorted(obj["object"] for obj in sandbox.dump())

    lose(sandbox, "reset", when="after" if arrived else "before")
    lost = run(engine_at(), MADE[name])
    # A coupon with an ID of its own is found by it at once.
    assert (lost.error is None) is (arrived and name == "coupon")
    assert not any(result.repeated for result in lost.results)
    sandbox.app.faults = []
    if later:
        pass_time(sandbox)
    again = run(engine_at(now=NOW + LATER if later else NOW), MADE[name], again=name != "coupon")
    assert again.error is None or again.error.kind == "repeated", again.error
    (made,) = again.results[0].written
    after = kinds()
    sandbox.reset()
    if later:
        pass_time(sandbox)
    other = engine_at(data=sandbox_free(engine_at))
    assert run(other, MADE[name]).error is None
    assert after == kinds()
    assert made["object"]


def sandbox_free(engine_at: Making) -> Any:
    """A folder for a ledger that knows of nothing."""
    from flarite_nl.execution.ledger import folder

    return folder() / "fresh"


STATES = [name for name in CHANGES if name not in ("refund", "part refund", "half refund", "refund of an intent")]


@pytest.mark.parametrize("name", STATES)
def test_what_is_changed(name: str, engine_at: Making, sandbox: Sandbox) -> None:
    """The object shows it: carried out once, and the same command a day later says so."""
    asked = CHANGES[name][0](Demo([dict(obj) for obj in sandbox.dump()]))
    sandbox.app.faults = parse_faults("reset:method=POST,when=after,count=0;reset:method=DELETE,when=after,count=0")
    lost = run(engine_at(), asked)
    sandbox.app.faults = []
    after = _objects(sandbox)
    pass_time(sandbox)
    aged = _objects(sandbox)
    again = run(engine_at(now=NOW + LATER), asked)
    assert again.error is None or again.error.kind == "repeated", (lost.error, again.error)
    assert len(again.results[0].written) == 1
    assert _objects(sandbox) == aged
    assert after.keys() <= aged.keys()


def _objects(sandbox: Sandbox) -> dict[str, Obj]:
    return {obj["id"]: obj for obj in sandbox.dump()}


def test_an_error_that_stripe_keeps_under_the_key(engine_at: Making, sandbox: Sandbox) -> None:
    """A 500 although nothing happened, kept: the same key gives it for a day, so in the end another one is taken."""
    before = refunds(sandbox)
    lose(sandbox, "500")
    sandbox.app.faults += parse_faults("500:method=GET,path=/v1/(refunds|charges/),count=0")
    run(engine_at(), LAST)
    sandbox.app.faults = []
    for id in refunds(sandbox).keys() - before.keys():
        _undo(sandbox, id)
    kept = run(engine_at(), LAST)
    assert kept.error is not None
    assert refunds(sandbox) == before
    again = run(engine_at(), LAST)
    assert again.error is None, again.error
    assert len(refunds(sandbox)) == len(before) + 1


def _undo(sandbox: Sandbox, id: str) -> None:
    """As if the refund had never been: Stripe's error was right."""
    with sandbox.app.lock:
        store = sandbox.world.store
        refund = store.find("refund", id)
        assert refund is not None
        charge = store.find("charge", refund["charge"])
        assert charge is not None
        charge |= {"amount_refunded": 0, "refunded": False}
        store.update(charge)
        store.delete("refund", id)


def test_a_connection_that_dies_between_two_targets(engine_at: Making, sandbox: Sandbox) -> None:
    """Three refunds, the second without an answer: the same command does the third, and none again."""
    three = intent("charges.refund", ("customer", "eq", "cus_ABC123"), sort="created desc", limit=3)
    before = refunds(sandbox)
    sandbox.app.faults = parse_faults(
        "reset:method=POST,path=/v1/refunds,nth=2,count=0,when=after;500:method=GET,path=/v1/(refunds|charges/),count=0"
    )
    lost = run(engine_at(max_targets=3), three)
    assert lost.error is not None
    assert len(refunds(sandbox)) == len(before) + 2
    sandbox.app.faults = []
    again = run(engine_at(max_targets=3), three)
    assert again.error is None, again.error
    new = refunds(sandbox).keys() - before.keys()
    assert {row["id"] for row in again.results[0].written} == new
    assert len(new) == 3
    assert len({refunds(sandbox)[id]["charge"] for id in new}) == 3


def test_the_ledger_names_what_is_open(engine_at: Making, sandbox: Sandbox) -> None:
    lose(sandbox, "reset", when="before")
    made = engine_at()
    run(made, LAST)
    ledger: Ledger = made.ledger
    (held,) = ledger.history()
    assert [entry.state for entry in held.entries] in (["sent"], ["planned"])
    assert ledger.drop(held.id) == 1
    sandbox.app.faults = []
    assert not run(made, LAST).results[0].repeated
