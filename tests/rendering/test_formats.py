"""CSV, TSV, Markdown and NDJSON: the same answer for other readers, none of whom it can harm."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Callable
from datetime import UTC
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flarite_nl.grammar.schema import Field, Resource
from flarite_nl.model.outcome import Failure, Figure, Outcome, Result, Skipped
from flarite_nl.model.parse import Aggregate, Intent, Parse
from flarite_nl.rendering.delimited import defused, delimited
from flarite_nl.rendering.markdown import escaped
from flarite_nl.rendering.outcomes import outcome_text
from flarite_nl.rendering.records import answer_json, answer_lines
from flarite_nl.rendering.tables import Style

FIELDS = {
    "id": Field("id", "id", "id"),
    "created": Field("created", "time", "created"),
    "amount": Field("amount", "money", "amount"),
    "currency": Field("currency", "currency", "currency"),
    "status": Field("status", "word", "status"),
    "refunded": Field("refunded", "boolean", "refunded"),
    "description": Field("description", "text", "description"),
    "customer": Field("customer", "reference", "customer", to="customers"),
    "card.brand": Field("card.brand", "word", "payment_method_details.card.brand"),
}
CHARGES = Resource("charges", "charge", fields=FIELDS, columns=("id", "created", "amount", "status", "description"))
CUSTOMERS = Resource(
    "customers", "customer", fields={"created": Field("created", "time", "created")}, columns=("id", "created")
)
RESOURCES = {"charges": CHARGES, "customers": CUSTOMERS}
STYLE = Style(RESOURCES, UTC, "UTC")

ROW: dict[str, Any] = {
    "object": "charge", "id": "ch_1", "created": 1773847800, "amount": -123450, "currency": "usd",
    "status": "succeeded", "refunded": False, "description": "Socks, black", "customer": {"id": "cus_1", "created": 0},
    "payment_method_details": {"card": {"brand": "visa"}},
}  # fmt: skip
NASTY = "\x1b[2J\x1b]0;owned\a\u202egnp\u2066\x00\n=cmd|'/c calc'!A1\t|</td><script>[x](http://evil.example)"
LIST = Intent("charges", "list")


def outcome(*rows: dict[str, Any], complete: bool = True, **more: Any) -> Outcome:
    problems = () if complete else ("Only 1 object was read.",)
    result = Result(LIST, rows, complete=complete, problems=problems, **more)
    return Outcome("list payments", "test", "Acme", Parse("list payments", "ok", (LIST,)), (result,), requests=1)


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def style(fields: tuple[str, ...] = (), zone: str = "UTC") -> Style:
    return Style(RESOURCES, ZoneInfo(zone), zone, fields=fields)


def test_csv_has_numbers_that_a_spreadsheet_can_add_up() -> None:
    names, row = read(delimited(outcome(ROW), STYLE, "csv"))
    assert names == ["id", "created", "amount", "currency", "status", "description"]
    assert row == ["ch_1", "2026-03-18T15:30:00+00:00", "-1234.50", "usd", "succeeded", "Socks, black"]


def test_fields_are_the_only_columns_and_times_are_in_the_chosen_zone() -> None:
    made = delimited(outcome(ROW), style(("card.brand", "created", "refunded", "customer"), "Europe/Berlin"), "csv")
    assert made.splitlines() == ["card.brand,created,refunded,customer", "visa,2026-03-18T16:30:00+01:00,false,cus_1"]


def test_tsv_has_a_line_a_row_whatever_the_data_holds() -> None:
    made = delimited(outcome({**ROW, "description": "a\tb\r\nc"}), STYLE, "tsv")
    assert [line.split("\t") for line in made.splitlines()][1][-1] == "a b c"


def test_without_rows_the_columns_are_still_named() -> None:
    assert delimited(outcome(), STYLE, "csv") == "id,created,amount,currency,status,description"


def test_two_kinds_of_objects_are_two_tables() -> None:
    both = Outcome("…", "test", None, Parse("…", "ok"), (
        Result(Intent("customers", "list"), ({"object": "customer", "id": "cus_1", "created": 1773847800},)),
        Result(LIST, (ROW,)),
    ))  # fmt: skip
    first, second = delimited(both, STYLE, "csv").split("\n\n")
    assert first.splitlines()[0] == "id,created"
    assert second.splitlines()[0].startswith("id,created,amount")


def test_figures_in_csv() -> None:
    groups = (Figure({"card.brand": "=1+1"}, "usd", Decimal("1234.5")), Figure({"card.brand": None}, "jpy", Decimal(5)))
    intent = Intent("charges", "aggregate", aggregate=Aggregate("sum", "amount", ("card.brand",)))
    made = Outcome("…", "test", None, Parse("…", "ok"), (Result(intent, groups=groups, kind="groups"),))
    assert read(delimited(made, STYLE, "csv")) == [
        ["card.brand", "currency", "value"],
        ["'=1+1", "usd", "1234.50"],
        ["", "jpy", "5"],
    ]


@pytest.mark.parametrize(
    "formula",
    ["=1+1", "+1", "-1", "@SUM(A1)", " =1+1", "\t=1", "\r=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20x", "|x", "%x"],
)
def test_a_cell_that_a_spreadsheet_would_run_is_defused(formula: str) -> None:
    assert defused(formula).startswith("'")
    made = delimited(outcome({**ROW, "description": formula}), STYLE, "csv")
    assert read(made)[1][-1].startswith("'")


@settings(deadline=None)
@given(st.text(max_size=30))
def test_whatever_a_text_holds_its_cell_is_one_and_harmless(text: str) -> None:
    for separators in (",", ";", "\t"):
        made = delimited(outcome({**ROW, "description": text}), STYLE, "csv")
        rows = list(csv.reader(io.StringIO(made), delimiter=separators))
        assert len(rows) == 2
        if separators == ",":
            assert len(rows[1]) == 6
        # A spreadsheet of a country where another separator is usual must find no formula behind one either.
        assert not [cell for cell in rows[1][1:] if cell.lstrip()[:1] in set("=+@\uff1d\uff0b\uff20|%")]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a|b", "a\\|b"),
        ("[x](http://evil.example)", "\\[x\\](http&#58;//evil.example)"),
        ("<img src=x>", "&lt;img src=x&gt;"),
        ("price_1GoldMonthUSD", "price_1GoldMonthUSD"),
        ("_a_ *b* `c`", "\\_a\\_ \\*b\\* \\`c\\`"),
        ("jane@acme.com", "jane&#64;acme.com"),
        ("$45.00", "$45.00"),
        ("# no heading\nnor a line", "\\# no heading nor a line"),
    ],
)
def test_markdown_shows_a_text_as_it_stands(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_an_answer_in_markdown() -> None:
    made = outcome_text(outcome(ROW, ROW, complete=False), Style(RESOURCES, UTC, "UTC", markdown=True))
    assert made.startswith("**TEST no real money (Acme)**\n\n### Charges: 2 found\n\n| id ")
    assert "| **so far USD** |" in made
    assert "**INCOMPLETE: something is missing from this answer.**" in made


FORMATS: dict[str, Callable[[Outcome], str]] = {
    "table": lambda each: outcome_text(each, STYLE),
    "narrow": lambda each: outcome_text(each, Style(RESOURCES, UTC, "UTC", width=50)),
    "markdown": lambda each: outcome_text(each, Style(RESOURCES, UTC, "UTC", markdown=True)),
    "csv": lambda each: delimited(each, STYLE, "csv"),
    "tsv": lambda each: delimited(each, STYLE, "tsv").replace("\t", " "),
    "json": lambda each: answer_json(each, RESOURCES),
    "ndjson": lambda each: "\n".join(answer_lines(each, RESOURCES)),
}


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_in_the_data_steers_a_terminal(form: str) -> None:
    row = {**ROW, "id": NASTY, "description": NASTY, "status": NASTY, "currency": NASTY}
    problem = f"Only 1 object was read: {NASTY}"
    result = Result(LIST, (row,), complete=False, problems=(problem,), skipped=(Skipped(NASTY, NASTY),))
    made = FORMATS[form](Outcome(NASTY, "live", NASTY, Parse("…", "ok", (LIST,)), (result,)))
    assert "gnp" in made
    assert not [each for each in made if unicodedata.category(each) in {"Cc", "Cf", "Cs"} and each != "\n"]


def test_ndjson_ends_with_a_line_that_says_whether_it_is_whole() -> None:
    rows = [json.loads(line) for line in answer_lines(outcome(ROW, ROW, complete=False), RESOURCES)]
    assert rows[:2] == [ROW, ROW]
    last = rows[-1]
    assert (last["object"], last["lines"], last["mode"], last["complete"]) == ("flarite_nl.answer", 2, "test", False)
    assert last["problems"] == ["Only 1 object was read."]


def test_an_error_stands_in_the_last_line_of_ndjson() -> None:
    made = Outcome("…", "live", None, Parse("…", "ok"), error=Failure("unreachable", "No answer.", "req_1"))
    (line,) = answer_lines(made, RESOURCES)
    assert json.loads(line)["error"]["request_id"] == "req_1"


def test_fields_narrow_json_to_what_was_asked() -> None:
    made = json.loads(answer_json(outcome(ROW), RESOURCES, ("id", "customer.created", "card.brand", "nothing")))
    assert made["results"][0]["rows"] == [{"id": "ch_1", "customer.created": 0, "card.brand": "visa", "nothing": None}]


def test_a_dry_run_and_what_was_skipped_stand_in_ndjson() -> None:
    refund = Intent("charges", "refund")
    dry = Result(refund, targets=("ch_1",), dry_run=True, kind="write", skipped=(Skipped("ch_2", "refunded"),))
    made = Outcome("…", "test", None, Parse("…", "ok"), (dry,))
    first, second, _ = (json.loads(line) for line in answer_lines(made, RESOURCES))
    assert first == {"object": "flarite_nl.target", "name": "charges.refund", "id": "ch_1"}
    assert second == {"object": "flarite_nl.skipped", "name": "charges.refund", "id": "ch_2", "why": "refunded"}


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.just("id"), inner, max_size=3),
    max_leaves=6,
)
BROKEN = st.fixed_dictionaries(
    dict.fromkeys(("id", "created", "amount", "currency", "status", "description", "refunded"), ANY_JSON)
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(BROKEN, max_size=3))
@pytest.mark.parametrize("form", FORMATS)
def test_objects_of_any_shape_are_shown_somehow(form: str, rows: list[dict[str, Any]]) -> None:
    made = FORMATS[form](outcome(*({"object": "charge", **row} for row in rows)))
    assert not [each for each in made if unicodedata.category(each) in {"Cc", "Cs"} and each != "\n"]
