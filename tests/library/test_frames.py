"""``from_dict`` is the reverse of ``to_dict``; what is no frame is refused in one sentence, whatever it is."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from flarite_nl import DataError, Engine, Outcome, Parse, Parser, Plan, PlanError, schema
from flarite_nl.grammar.loader import load
from flarite_nl.parsing.check_examples import every_example
from flarite_nl.sandbox import Sandbox
from tests.conftest import NOW
from tests.library import schemas

PARSE, PLAN, OUTCOME = (Draft202012Validator(schema(name)) for name in ("parse", "plan", "outcome"))

PROMPTS = (
    "list past due subscriptions",
    "how many charges over $20 last month by card brand",
    "what's my balance",
    "what is our mrr",
    "find customer jane@example.com and show their last 5 invoices",
    "Refund the last payment from customer cus_ABC123",
    "Create a payment link for price_XYZ at quantity 1",
    "create a coupon for 12.5% off called Spring, expiring 2026-05-01",
    "show in_nothing",
    "void in_nothing",
)


@pytest.fixture(scope="module")
def parses() -> list[Parse]:
    parser = Parser(tz="UTC")
    return [parser.parse(each.text, NOW, each.context) for each, _ in every_example(load())]


@pytest.fixture(scope="module")
def outcomes() -> list[tuple[Plan, Outcome]]:
    parser, found = Parser(tz="UTC"), []
    with Sandbox(now=NOW) as sandbox:
        engine = Engine(wsgi=sandbox.wsgi, now=NOW)
        for prompt in PROMPTS:
            parse = parser.parse(prompt, NOW)
            found += [
                (engine.plan(parse), engine.run(parse, dry_run=True)),
                (engine.plan(parse), engine.run(parse, confirm=lambda _: True)),
            ]
    return found


def through(value: Any) -> Any:
    return json.loads(json.dumps(value))


@pytest.mark.parametrize("name", ["parse", "plan", "outcome"])
def test_the_published_schema_is_that_of_the_dataclasses(name: Any) -> None:
    assert (schemas.FOLDER / f"{name}.schema.json").read_text("utf-8") == schemas.text(name)
    Draft202012Validator.check_schema(schema(name))


def test_there_is_no_other_schema() -> None:
    with pytest.raises(ValueError, match="not of 'intent'"):
        schema("intent")  # type: ignore[arg-type]


def test_every_example_of_the_grammar_comes_back_equal(parses: list[Parse]) -> None:
    assert len(parses) > 1000
    assert {each.status for each in parses} == {"ok", "clarify", "rejected"}
    for parse in parses:
        again = Parse.from_dict(through(parse.to_dict()))
        assert again == parse
        assert again.to_dict() == parse.to_dict()
        assert pickle.loads(pickle.dumps(parse)) == parse


def test_a_parse_that_came_back_is_planned_alike_and_fits_the_schemas(parses: list[Parse]) -> None:
    engine = Engine(now=NOW)
    planned = 0
    for parse in parses:
        PARSE.validate(parse.to_dict())
        try:
            plan = engine.plan(parse)
        except PlanError:
            continue
        raw = through(plan.to_dict())
        PLAN.validate(raw)
        assert Plan.from_dict(raw) == plan == pickle.loads(pickle.dumps(plan))
        assert engine.plan(Parse.from_dict(through(parse.to_dict()))).hash == plan.hash
        planned += 1
    assert planned > 800


def test_outcomes_come_back_and_fit_the_schema(outcomes: list[tuple[Plan, Outcome]]) -> None:
    kinds = {result.kind for _, outcome in outcomes for result in outcome.results}
    assert kinds == {"rows", "groups", "write"}
    assert any(outcome.error for _, outcome in outcomes)
    assert any(result.repeated or result.written for _, outcome in outcomes for result in outcome.results)
    for _, outcome in outcomes:
        raw = through(outcome.to_dict())
        OUTCOME.validate(raw)
        again = Outcome.from_dict(raw)
        assert again.to_dict() == outcome.to_dict()
        assert (again.complete, again.problems, again.error) == (outcome.complete, outcome.problems, outcome.error)
        assert pickle.loads(pickle.dumps(outcome)) == outcome


def paths(raw: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inside = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    for key, value in inside:
        yield from paths(value, (*path, key))


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.just({"is": "Plan"}),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["is", "ref", "amount", "x"]), inner),
    max_leaves=5,
)


@given(data=st.data())
def test_a_spoilt_frame_is_refused_or_read_but_never_ends_in_another_error(
    data: st.DataObject, outcomes: list[tuple[Plan, Outcome]]
) -> None:
    plan, outcome = data.draw(st.sampled_from(outcomes))
    kind: Any = data.draw(st.sampled_from([Parse, Plan, Outcome]))
    held: dict[Any, Any] = {Parse: outcome.parse, Plan: plan, Outcome: outcome}
    raw = through(held[kind].to_dict())
    path = data.draw(st.sampled_from(list(paths(raw))))
    junk = data.draw(JUNK)
    if not path:
        raw = junk
    else:
        holder = raw
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = junk
    with suppress(DataError):
        kind.from_dict(raw).to_dict()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({}, "has no 'text'"),
        ({"text": "x", "status": "fine"}, "not one of ok, clarify, rejected"),
        ({"text": "x", "status": "ok", "intent": []}, "holds 'intent', which is not known"),
        ({"text": 5, "status": "ok"}, "not a text"),
        ({"text": "x", "status": "ok", "intents": [{"resource": "refunds", "action": "list", "limit": True}]}, "whole"),
        (None, "not an object"),
    ],
)
def test_what_is_wrong_is_said(raw: Any, said: str) -> None:
    with pytest.raises(DataError, match=said):
        Parse.from_dict(raw)


def test_an_outcome_that_contradicts_itself_is_refused(outcomes: list[tuple[Plan, Outcome]]) -> None:
    raw = through(outcomes[0][1].to_dict())
    with pytest.raises(DataError, match="does not agree with itself"):
        Outcome.from_dict({**raw, "complete": not raw["complete"]})
    with pytest.raises(DataError, match="more results than intents"):
        Outcome.from_dict({**raw, "results": raw["results"] * 5})


@pytest.mark.parametrize(("validator", "at"), [(PARSE, "parse"), (PLAN, "plan"), (OUTCOME, "outcome")])
def test_the_schemas_refuse_what_is_spoilt(
    validator: Draft202012Validator, at: str, outcomes: list[tuple[Plan, Outcome]]
) -> None:
    """A key too many anywhere, but for what is Stripe's or a person's own; and each key that has to be there."""
    for plan, outcome in outcomes:
        held: dict[str, Any] = {"parse": outcome.parse, "plan": plan, "outcome": outcome}
        raw = through(held[at].to_dict())
        assert not validator.is_valid({**raw, "extra": 1})
        assert not validator.is_valid([raw])
        for key in {"parse": ("text", "status", "intents"), "plan": ("is", "steps", "hash")}.get(
            at, ("mode", "results")
        ):
            assert not validator.is_valid({name: value for name, value in raw.items() if name != key})
