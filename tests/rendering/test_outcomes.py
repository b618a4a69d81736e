from __future__ import annotations

from datetime import UTC
from decimal import Decimal

import pytest

from flarite_nl.grammar.schema import Field, Resource
from flarite_nl.model.change import Change, Confirmation
from flarite_nl.model.outcome import Figure, Mode, Outcome, Result, Skipped
from flarite_nl.model.parse import Aggregate, Intent, Parse
from flarite_nl.rendering.badges import badge
from flarite_nl.rendering.columns import columns_of, headings
from flarite_nl.rendering.outcomes import Style, outcome_text

DISPUTES = Resource(
    "disputes",
    "dispute",
    fields={
        "amount": Field("amount", "money", "amount"),
        "customer": Field("customer", "reference", "charge.customer"),
        "evidence_details.due_by": Field("evidence_details.due_by", "time", "evidence_details.due_by"),
    },
    columns=("id", "amount", "evidence_details.due_by"),
)
STYLE = Style({"disputes": DISPUTES}, UTC, "UTC")

DUE = 1773847800
DISPUTE = {
    "object": "dispute",
    "id": "dp_1",
    "amount": 4500,
    "currency": "usd",
    "charge": {"id": "ch_1", "customer": "cus_1"},
    "evidence_details": {"due_by": DUE},
}


LIST = Intent("disputes", "list")
REFUND = Intent("charges", "refund")


def shown(*results: Result, mode: Mode = "sandbox", account: str | None = None) -> list[str]:
    outcome = Outcome("…", mode, account, Parse("…", "ok", tuple(each.intent for each in results)), results)
    return [line.rstrip() for line in outcome_text(outcome, STYLE).splitlines()]


def test_rows_become_a_table_with_the_columns_of_the_grammar() -> None:
    assert shown(Result(LIST, (DISPUTE,))) == [
        "SANDBOX  made-up data on this machine; nothing reaches Stripe",
        "",
        "Disputes: 1 found",
        "id    amount  due by (UTC)",
        "----  ------  ----------------",
        "dp_1  $45.00  2026-03-18 15:30",
    ]


def test_no_rows_are_said_so() -> None:
    assert shown(Result(LIST))[2:] == ["Disputes: none found"]


def test_fields_that_the_prompt_names_stand_in_front() -> None:
    intent = Intent("disputes", "list", fields=("customer", "metadata.order"))
    lines = shown(Result(intent, ({**DISPUTE, "metadata": {"order": "A-1"}},)))
    assert lines[3].split()[:3] == ["id", "customer", "order"]
    assert lines[5].split()[:3] == ["dp_1", "cus_1", "A-1"]


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("sandbox", "SANDBOX  made-up data on this machine; nothing reaches Stripe"),
        ("test", "TEST  no real money (Ac\\x1bme)"),
        ("live", "LIVE  real money (Ac\\x1bme)"),
    ],
)
def test_the_badge_says_whose_data_it_is(mode: Mode, says: str) -> None:
    assert shown(mode=mode, account="Ac\x1bme") == [says]


def test_the_badge_names_a_server_that_is_not_stripe() -> None:
    assert badge("test", None, "http://127.0.0.1:1\x1b") == "TEST  no real money, at http://127.0.0.1:1\\x1b"


def test_figures_are_titled_by_what_was_asked() -> None:
    groups = (
        Figure({"card.brand": "visa"}, "usd", Decimal("1234.5")),
        Figure({"card.brand": None}, "jpy", Decimal(500)),
    )
    intent = Intent("charges", "aggregate", aggregate=Aggregate("avg", "amount", ("card.brand",)))
    assert shown(Result(intent, groups=groups, kind="groups"))[2:] == [
        "Charges, avg of amount:",
        "brand      value",
        "-----  ---------",
        "visa   $1,234.50",
        "-           ¥500",
    ]


def test_a_count_is_no_money() -> None:
    intent = Intent("charges", "aggregate", aggregate=Aggregate("count"))
    lines = shown(Result(intent, groups=(Figure({}, None, 1234),), kind="groups"))
    assert lines[2] == "Charges, count:"
    assert lines[-1].strip() == "1,234"


def test_a_metric_is_titled_by_its_name() -> None:
    intent = Intent("metrics", "get", params={"name": "churn_rate"})
    lines = shown(Result(intent, groups=(Figure({}, None, Decimal("0.05")),), kind="groups"))
    assert (lines[2], lines[-1].strip()) == ("Metrics, churn_rate:", "0.05")
    assert shown(Result(intent, kind="groups"))[2:] == ["Metrics, churn_rate: none"]


def test_what_was_written_and_what_was_not() -> None:
    refund = {"object": "refund", "id": "re_1", "amount": 100}
    skipped = (Skipped("ch_2", "already refunded"),)
    lines = shown(Result(REFUND, targets=("ch_1", "ch_2"), written=(refund,), skipped=skipped, kind="write"))
    assert lines[2] == "charges.refund: 1 written"
    assert any(line.split() == ["re_1", "100"] for line in lines)
    assert lines[-1] == "  skipped ch_2: already refunded"


def test_a_dry_run_says_what_would_be_asked() -> None:
    change = Change("ch_1", (), "Refund 1.00 USD of ch_1", effects=("The card is blocked.",))
    question = Confirmation("charges.refund", "test", None, "money", (change,), sentence="Refund the charge ch_1")
    lines = shown(Result(REFUND, targets=("ch_1",), dry_run=True, kind="write", question=question))
    assert lines[2:] == [
        "charges.refund: dry run, nothing was written",
        "Meant: Refund the charge ch_1",
        "charges.refund would, on 1 target:",
        "  Refund 1.00 USD of ch_1",
        "Also: The card is blocked.",
    ]


def test_what_a_write_has_to_say_is_said_once() -> None:
    refund = {"object": "refund", "id": "re_1", "amount": 100}
    lines = shown(Result(REFUND, written=(refund,), kind="write", repeated=True, problems=("Carried out before.",)))
    assert [line for line in lines if "Carried out" in line] == ["  Carried out before."]


def test_what_should_be_known_of_a_whole_answer_is_said() -> None:
    note = "2 metered items have no fixed price\x1b[2J and are not counted."
    lines = shown(Result(LIST, problems=(note,)))
    assert lines[4:] == ["Note: 2 metered items have no fixed price\\x1b[2J and are not counted."]


def test_an_incomplete_answer_says_so() -> None:
    assert shown(Result(LIST, complete=False, problems=("stopped after 3 pages",)))[4:] == [
        "INCOMPLETE: something is missing from this answer.",
        "  stopped after 3 pages",
    ]


def test_a_balance_has_one_line_a_currency() -> None:
    fields = {
        "currency": Field("currency", "currency", "available[].currency"),
        "available": Field("available", "money", "available[].amount"),
        "pending": Field("pending", "money", "pending[].amount"),
    }
    style = Style({"balance": Resource("balance", "balance", fields=fields, columns=tuple(fields))}, UTC, "UTC")
    balance = {
        "object": "balance",
        "available": [{"amount": 12345, "currency": "usd"}, {"amount": 500, "currency": "jpy"}],
        "pending": [{"amount": 7, "currency": "jpy"}, {"amount": -100, "currency": "usd"}],
    }
    result = Result(Intent("balance", "get"), (balance,))
    lines = outcome_text(Outcome("…", "test", None, Parse("…", "ok"), (result,)), style).splitlines()
    assert [line.split() for line in lines[-2:]] == [["jpy", "¥500", "¥7"], ["usd", "$123.45", "-$1.00"]]


def test_data_cannot_steer_the_terminal_or_break_the_table() -> None:
    row = {**DISPUTE, "id": "dp_\x1b[2J\n\u202e1"}
    (line,) = shown(Result(LIST, (row,)))[5:]
    assert line.startswith("dp_\\x1b[2J \\u202e1")


def test_an_id_that_looks_like_a_number_stays_as_it_is() -> None:
    assert shown(Result(LIST, ({**DISPUTE, "id": "123e5"},)))[-1].startswith("123e5 ")


def test_headings_are_short_unless_two_would_be_alike() -> None:
    assert headings(["id", "evidence_details.due_by"]) == ["id", "due by"]
    assert headings(["name", "customer.name"]) == ["name", "customer.name"]


def test_a_column_is_where_the_grammar_says_the_field_stands() -> None:
    (column,) = (each for each in columns_of(DISPUTES, ["customer"]) if each.heading == "customer")
    assert column.path == "charge.customer"
