"""A person's own grammar files: what they add, and what is said of a wrong one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from flarite_nl.errors import GrammarError
from flarite_nl.grammar.loader import load
from flarite_nl.model.parse import Parse
from flarite_nl.parsing.check_examples import problems_of_examples
from flarite_nl.parsing.parser import Parser

OWN = """\
resources:
  subscriptions:
    nouns:
      - {one: [guild pass], many: [guild passes]}
      - {one: [lapsed member], many: [lapsed members], conditions: [[status, eq, past_due]]}
    fields: {status: {values: {past_due: [in arrears]}}, customer: {words: [member]}}
    operations: {cancel: {verbs: [guillotine]}}
    metadata: {sales_region: [region, sales region]}
  charges:
    meanings: [{say: [chunky], conditions: [[amount, gte, {money: "1000"}]]}]
  customers:
    metadata: {sales_region: [region]}
vocabulary: {read: {show: [gander at]}}
saved:
  morning numbers: how much did we make yesterday
  big ones: list chunky payments
examples:
  - {text: gander at guild passes, intents: [{name: subscriptions.list}]}
counterexamples: [gander at the weather]
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("own") / "ours.yaml"
    path.write_text(OWN)
    return path


@pytest.fixture(scope="module")
def parser(own: Path) -> Parser:
    return Parser(tz="UTC", grammar=[own])


def said(parse: Parse) -> tuple[str, list[tuple[str, str, object]]]:
    assert parse.status == "ok", parse
    (intent,) = parse.to_dict()["intents"]
    filters = [(each["field"], each["op"], each["value"]) for each in intent.get("filters", ())]
    return f"{intent['resource']}.{intent['action']}", filters


@pytest.mark.parametrize(
    ("text", "name", "filters"),
    [
        ("gander at guild passes", "subscriptions.list", []),
        ("guild passes in arrears", "subscriptions.list", [("status", "eq", "past_due")]),
        ("lapsed members", "subscriptions.list", [("status", "eq", "past_due")]),
        ("guillotine sub_1", "subscriptions.cancel", [("id", "eq", "sub_1")]),
        ("guild passes with region north", "subscriptions.list", [("metadata.sales_region", "eq", "north")]),
        ("customers whose region is not north", "customers.list", [("metadata.sales_region", "ne", "north")]),
        ("customers without a region", "customers.list", [("metadata.sales_region", "exists", False)]),
        ("chunky payments", "charges.list", [("amount", "gte", {"amount": "1000", "currency": None})]),
        ("list past due subscriptions", "subscriptions.list", [("status", "eq", "past_due")]),
    ],
)
def test_its_words_are_understood(
    text: str, name: str, filters: list[tuple[str, str, object]], parser: Parser, now: datetime
) -> None:
    assert said(parser.parse(text, now)) == (name, filters)


def test_a_metadata_word_groups_and_sorts(parser: Parser, now: datetime) -> None:
    (counted,) = parser.parse("how many customers by region", now).intents
    assert counted.aggregate is not None
    assert counted.aggregate.group_by == ("metadata.sales_region",)
    (sorted_,) = parser.parse("customers sorted by region", now).intents
    assert sorted_.sort is not None
    assert sorted_.sort.field == "metadata.sales_region"


@pytest.mark.parametrize("text", ["morning numbers", "Morning numbers!", "  MORNING   numbers."])
def test_a_saved_phrase_is_the_prompt_it_stands_for(text: str, parser: Parser, now: datetime) -> None:
    assert parser.parse(text, now) == parser.parse("how much did we make yesterday", now)


def test_a_saved_phrase_may_be_narrowed(parser: Parser, now: datetime) -> None:
    parse = parser.parse("only the failed ones", now, context=["big ones"])
    assert {(each.field, each.op) for each in parse.intents[0].filters} == {("amount", "gte"), ("status", "eq")}


def test_a_saved_phrase_inside_other_words_is_none(parser: Parser, now: datetime) -> None:
    assert parser.parse("morning numbers for Berlin", now).status == "rejected"


@pytest.mark.parametrize("text", ["guild passes", "guillotine sub_1", "morning numbers", "customers with region north"])
def test_without_the_file_they_are_not(text: str, now: datetime) -> None:
    assert Parser(tz="UTC").parse(text, now).status == "rejected"


def test_a_folder_is_read_by_name(tmp_path: Path, now: datetime) -> None:
    (tmp_path / "b.yaml").write_text("saved: {mine: list refunds}\n")
    (tmp_path / "a.yaml").write_text("saved: {mine: list payouts}\n")
    (tmp_path / ".hidden.yaml").write_text("saved: {mine: list prices}\n")
    (tmp_path / "notes.txt").write_text("not a grammar")
    parse = Parser(tz="UTC", grammar=[tmp_path]).parse("mine", now)
    assert said(parse) == ("refunds.list", [])


def test_its_examples_are_tested(own: Path, parser: Parser) -> None:
    grammar = load([own])
    assert [each.text for each in grammar.examples] == ["gander at guild passes"]
    assert problems_of_examples(grammar, parser, ["metrics"]) == []


WRONG = [
    ("resources: [a]\n", 1, "resources is a mapping"),
    ("resorces: {}\n", 1, "a grammar file has no resorces; it knows resources, vocabulary, saved"),
    ("saved:\n  a: list payments\n  b:\n", 3, "the saved phrase 'b' needs the prompt"),
    ("resources:\n  guilds: {}\n", 2, "the resource guilds, which is not there"),
    ("resources:\n  charges:\n    fields:\n      colour: {words: [hue]}\n", 4, "the field colour, which is not there"),
    ("resources:\n  charges:\n    fields:\n      status: {type: word}\n", 4, "has no type; it knows words, events"),
    (
        "resources:\n  charges:\n    fields:\n      status:\n        values:\n          broken: [bust]\n",
        6,
        "the value of status broken, which is not there; there are succeeded",
    ),
    ("resources:\n  charges:\n    operations:\n      burn: {verbs: [burn]}\n", 4, "the operation burn"),
    ("resources:\n  charges:\n    operations:\n      refund: {call: a.b}\n", 4, "has no call; it knows verbs"),
    (
        "resources:\n  charges:\n    meanings:\n      - say: [huge]\n        conditions: [[size, gt, 5]]\n",
        5,
        "charges have no field size; name one of id, amount",
    ),
    (
        "resources:\n  charges:\n    meanings:\n      - {say: [odd], conditions: [[status, like, a]]}\n",
        4,
        "like is no op",
    ),
    (
        "resources:\n  charges:\n    meanings:\n      - {say: [odd], conditions: [[status, eq, lost]]}\n",
        4,
        "status is never lost; it is one of succeeded",
    ),
    (
        "resources:\n  charges:\n    meanings:\n      - {say: [odd], conditions: [[amount, gt, 5]]}\n",
        4,
        "amount gt takes no 5",
    ),
    (
        "resources:\n  charges:\n    meanings:\n      - {say: [odd], conditions: [[status, in, paid]]}\n",
        4,
        "a list of texts",
    ),
    (
        "resources:\n  charges:\n    meanings:\n      - {say: [odd], conditions: [[created, during, may]]}\n",
        4,
        "during",
    ),
    ("resources:\n  charges:\n    meanings:\n      - {conditions: []}\n", 4, "a meaning needs say"),
    ("resources:\n  charges:\n    meanings:\n      - {say: [odd], conditions: [status]}\n", 4, "[field, op, value]"),
    ("resources:\n  charges:\n    meanings:\n      - {say: [odd], time: birthday}\n", 4, "no field birthday"),
    (
        "resources:\n  charges:\n    fields:\n      status:\n        values:\n          pending: [failed]\n",
        6,
        '"failed" (and charges.yaml:',
    ),
    ("resources:\n  charges:\n    nouns:\n      - {one: [ok, true]}\n", 4, "a phrase is a text, not true or false"),
    ("resources:\n  charges:\n    metadata: {size: [size]}\n", 3, "fields amount and metadata.size"),
    ("resources:\n  payouts:\n    metadata: {a: [b]}\n", 3, "payouts cannot be asked for by metadata"),
    ("vocabulary:\n  verbs: {show: [a]}\n", 2, "vocabulary has no section verbs to add to; it has"),
    ("vocabulary:\n  read:\n    glance: [a]\n", 3, "the key of read glance, which is not there"),
    ("saved:\n  a: [b\n", 3, "this is not YAML"),
    ("- a\n- b\n", 1, "a grammar file is a mapping at its top"),
    ("examples:\n  - {text: a, intents: [{name: charges.list, filters: [[status, is, a]]}]}\n", 2, "its op one of eq"),
    ("examples:\n  - {text: a, means: b}\n", 2, "an example has no means"),
    ("examples:\n  - {text: a}\n", 2, "an example needs intents"),
]


@pytest.mark.parametrize(("text", "line", "message"), WRONG, ids=[each[2][:30] for each in WRONG])
def test_what_is_wrong_is_named_with_file_and_line(text: str, line: int, message: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(GrammarError) as caught:
        Parser(tz="UTC", grammar=[path])
    assert message in str(caught.value)
    assert (caught.value.file, caught.value.line) == (str(path), line)
    assert str(caught.value).startswith(f"{path}:{line}: ")


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(GrammarError, match=r"nowhere\.yaml: it cannot be read \(No such file or directory\)"):
        Parser(tz="UTC", grammar=[tmp_path / "nowhere.yaml"])


def test_a_file_that_is_too_long_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "long.yaml"
    path.write_text("# " + "x" * 1_000_000)
    with pytest.raises(GrammarError, match="longer than 1,000,000 bytes"):
        Parser(tz="UTC", grammar=[path])


def test_nesting_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text("saved: " + "[" * 20_000)
    with pytest.raises(GrammarError, match=r"deep\.yaml"):
        Parser(tz="UTC", grammar=[path])


def test_no_file_of_a_persons_own_takes_a_word_away(own: Path) -> None:
    plain, added = load(), load([own])
    for name, resource in plain.resources.items():
        assert added.resources[name].nouns[: len(resource.nouns)] == resource.nouns
        assert {key: each.call for key, each in added.resources[name].operations.items()} == {
            key: each.call for key, each in resource.operations.items()
        }
