"""What the checks across files find, each shown on a grammar that is wrong in one place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flarite_nl.execution.gateway import has_call
from flarite_nl.grammar.check import Problem, field_of, problems
from flarite_nl.grammar.loader import load
from flarite_nl.grammar.places import Place
from flarite_nl.grammar.schema import Example, Grammar, Meaning, Noun, Operation, Resource
from flarite_nl.parsing.check_examples import brief, problem_of, problems_of_examples, unused
from flarite_nl.parsing.parser import Parser, shared_matcher

GRAMMAR = load()


def with_(resource: str, **changes: Any) -> Grammar:
    changed = replace(GRAMMAR.resources[resource], **changes)
    return replace(GRAMMAR, resources={**GRAMMAR.resources, resource: changed})


def with_operation(resource: str, operation: str, **changes: Any) -> Grammar:
    operations = GRAMMAR.resources[resource].operations
    return with_(resource, operations={**operations, operation: replace(operations[operation], **changes)})


def with_field(resource: str, field: str, **changes: Any) -> Grammar:
    fields = GRAMMAR.resources[resource].fields
    return with_(resource, fields={**fields, field: replace(fields[field], **changes)})


def only(grammar: Grammar) -> Problem:
    (problem,) = problems(grammar)
    return problem


def test_the_grammar_is_sound() -> None:
    assert [str(each) for each in problems(GRAMMAR, has_call)] == []


def test_its_examples_are_right_and_its_saved_phrases_are_read() -> None:
    parser = Parser(tz="UTC")
    assert [str(each) for each in problems_of_examples(GRAMMAR, parser, ["refunds"])] == []
    saved = replace(GRAMMAR, saved={"fine": "list payments", "odd": "water the plants", "long": "x" * 5000})
    odd, long = problems_of_examples(saved, parser, ["metrics"])
    assert "the saved phrase 'odd' stands for what is rejected: 'water the plants'" in str(odd)
    assert "the prompt is 5,000 characters long" in str(long)


CHARGES = GRAMMAR.resources["charges"]


@pytest.mark.parametrize(
    ("grammar", "message"),
    [
        (with_("charges", nouns=(*CHARGES.nouns, Noun(one=("blip",), time="when"))), "charges have no field when"),
        (with_("charges", nouns=(*CHARGES.nouns, Noun(one=("blip",), measure="size"))), "charges have no field size"),
        (
            with_("charges", meanings=(*CHARGES.meanings, Meaning(("odd",), (("oddity", "eq", True),)))),
            "charges have no field oddity",
        ),
        (
            with_("charges", meanings=(*CHARGES.meanings, Meaning(("odd",), (), (("status", "eq", "odd"),)))),
            "status is never odd; it is one of succeeded",
        ),
        (
            with_("charges", meanings=(*CHARGES.meanings, Meaning(("odd",), (("customer.oddity", "eq", True),)))),
            "charges have no field customer.oddity",
        ),
        (with_("charges", time="when"), "charges have no field when"),
        (with_("charges", amount="size"), "charges have no field size"),
        (with_("charges", prefixes=("ch_", "cus_")), "the prefix cus_ belongs to charges already"),
        (with_("customers", relations={"subscriptions": "memberships"}), "there is no resource memberships"),
        (with_field("charges", "customer", to="clients"), "there is no resource clients"),
        (with_operation("charges", "refund", targets=(("odd", "eq", True),)), "charges have no field odd"),
        (with_operation("charges", "refund", needs=(("sum",),)), "refund has no param sum; it has"),
        (with_operation("charges", "refund", defaults={"sum": 1}), "refund has no param sum"),
        (with_operation("charges", "refund", implying=((("undo",), {"sum": 1}),)), "refund has no param sum"),
        (with_operation("charges", "refund", makes="paybacks"), "there is no resource paybacks"),
        (with_operation("products", "create", also={"prices": "of"}), "create has no param of"),
        (with_operation("products", "create", also={"balance": "of"}), "there is no resource balance"),
    ],
)
def test_what_is_not_there_is_named(grammar: Grammar, message: str) -> None:
    assert message in "\n".join(map(str, problems(grammar)))


def test_a_param_that_implies_one_that_is_not_there() -> None:
    create = GRAMMAR.resources["coupons"].operations["create"]
    name = replace(create.params["name"], implies={"title": "x"})
    grammar = with_operation("coupons", "create", params={**create.params, "name": name})
    assert "create has no param title" in str(only(grammar))


def test_a_call_that_the_client_lacks() -> None:
    (problem,) = problems(with_operation("charges", "capture", call="charges.seize"), has_call)
    assert "capture calls charges.seize, which StripeClient.v1 does not have" in str(problem)
    assert str(problem).startswith("charges.yaml:")


@pytest.mark.parametrize(
    ("call", "there"),
    [("charges.list", True), ("charges.seize", False), ("charge.list", False), ("charges", False), ("", False)],
)
def test_which_calls_there_are(call: str, there: bool) -> None:
    assert has_call(call) is there


def test_a_phrase_that_means_two_things() -> None:
    meanings = (*CHARGES.meanings, Meaning(("refunded",), (("status", "eq", "failed"),)))
    problem = only(with_("charges", meanings=meanings))
    assert '"refunded"' in str(problem)
    assert "means several things for charges" in str(problem)
    assert problem.place is not None
    assert problem.place.file == "charges.yaml"


@pytest.mark.parametrize(
    "grammar",
    [
        with_("charges", nouns=(*CHARGES.nouns, Noun(one=("charge",), conditions=(("status", "eq", "failed"),)))),
        with_field("charges", "status", values={**CHARGES.fields["status"].values, "pending": ("failed",)}),
        with_field("charges", "amount_refunded", words=("amount",)),
        with_field("payouts", "arrival_date", events=("created",)),
    ],
    ids=["noun", "value", "field", "event"],
)
def test_so_does_one_of_each_kind(grammar: Grammar) -> None:
    assert "means several things" in str(problems(grammar)[0])


@pytest.mark.parametrize(
    "grammar",
    [
        with_("charges", meanings=(*CHARGES.meanings, CHARGES.meanings[0])),
        with_("charges", nouns=(*CHARGES.nouns, CHARGES.nouns[0])),
        with_field("charges", "customer", words=("amount",)),
    ],
    ids=["the same meaning", "the same noun", "fields of different types"],
)
def test_the_same_said_twice_is_no_conflict(grammar: Grammar) -> None:
    assert problems(grammar) == []


@pytest.mark.parametrize(
    ("resource", "path", "name"),
    [
        ("charges", "amount", "amount"),
        ("charges", "card.brand", "card.brand"),
        ("charges", "customer.email", "email"),
        ("charges", "metadata.order_id", "metadata"),
        ("customers", "subscriptions.status", "status"),
        ("disputes", "charge.customer.address.country", "address.country"),
        ("charges", "customer.nothing", None),
        ("charges", "amount.nothing", None),
        ("customers", "subscriptions", None),
        ("nothing", "amount", None),
    ],
)
def test_fields_are_found_through_references(resource: str, path: str, name: str | None) -> None:
    found = field_of(GRAMMAR, resource, path)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("text", "expect", "refused", "message"),
    [
        ("list refunds", {"status": "ok", "intents": [{"resource": "charges", "action": "list"}]}, False, "must mean"),
        ("list refunds", {"status": "rejected", "reason": "unsupported"}, False, "rejected (unsupported), and means"),
        ("list refunds", {}, True, "must be refused, and means refunds.list"),
        ("refund it all", {"status": "clarify", "missing": ["price"]}, True, "must mean clarify (price)"),
    ],
)
def test_a_wrong_example_is_told(text: str, expect: dict[str, Any], refused: bool, message: str) -> None:
    place = GRAMMAR.files[0]
    problem = problem_of(Example(text, expect, place=place), refused, Parser(tz="UTC"))
    assert problem is not None
    assert message in str(problem)
    assert str(problem).startswith(f"{place.file}:")


def test_a_frame_is_brief() -> None:
    parse = Parser(tz="UTC").parse("failed payments, newest first").to_dict()
    assert brief(parse).startswith('charges.list {"filters": [["status", "eq", "failed"]], "sort"')


def test_what_no_example_says_is_listed() -> None:
    silent = unused(GRAMMAR, shared_matcher())
    phrases = {phrase for _, phrase in silent}
    assert phrases
    assert "refunds" not in phrases
    assert all(place.line for place, _ in silent)
    nothing_said = replace(GRAMMAR, resources={k: _mute(each) for k, each in GRAMMAR.resources.items()})
    assert phrases < {phrase for _, phrase in unused(nothing_said, shared_matcher())}


def _mute(resource: Resource) -> Resource:
    return replace(resource, examples=(), counterexamples=())


def test_a_problem_without_a_place_has_no_line() -> None:
    problem = Problem(None, "a", "b")
    assert (str(problem), problem.line, problem.error().file) == ("a; b", None, None)


def test_a_place_beyond_the_file_is_on_the_last_line_that_leads_there() -> None:
    (top,) = (each for each in GRAMMAR.files if each.file == "refunds.yaml")
    there = top / "fields" / "status"
    assert there.there
    assert not (there / "nothing").there
    assert (there / "nothing").line == there.line
    assert Place("x").line is None


def test_operations_know_where_they_stand() -> None:
    operation: Operation = GRAMMAR.resources["charges"].operations["capture"]
    assert operation.place is not None
    assert (operation.place.file, operation.place.path) == ("charges.yaml", ("operations", "capture"))
