"""Tables fit their terminal, cut only what may be cut, and add up each currency by itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wcwidth import wcswidth

from flarite_nl.rendering.cells import Column
from flarite_nl.rendering.relative import relative
from flarite_nl.rendering.tables import Style, cut, table

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
CREATED = int(NOW.timestamp())
COLUMNS = (
    Column("id", "id", "id", "id"),
    Column("created", "created", "time", "created"),
    Column("amount", "amount", "money", "amount"),
    Column("status", "status", "word", "status"),
    Column("description", "description", "text", "description"),
)
ANSI = re.compile(r"\x1b\[[\d;]*m")


def charge(**more: Any) -> dict[str, Any]:
    return {
        "id": "ch_3VnyZdbefdQl93LLW9fx9C9p", "created": CREATED - 86400, "amount": 123450, "currency": "usd",
        "status": "succeeded", "description": "A year of everything that there is to have", **more,
    }  # fmt: skip


ROWS = [
    charge(),
    charge(amount=500, currency="jpy", status="failed", description="日本語の説明文がここに長く続きます"),
    charge(amount=1, id="ch_2", description=""),
]


def lines(*rows: dict[str, Any], columns: tuple[Column, ...] = COLUMNS, **style: Any) -> list[str]:
    made = table(rows or ROWS, columns, Style({}, UTC, "UTC", **style), partial=style.pop("partial", False))
    return [line.rstrip() for line in made.splitlines()]


@settings(deadline=None)
@given(st.integers(30, 200))
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert all(wcswidth(line) <= width for line in lines(width=width, now=NOW))


@settings(deadline=None)
@given(st.integers(30, 200))
def test_amounts_and_dates_are_whole_or_not_there(width: int) -> None:
    shown = "\n".join(lines(width=width, now=NOW))
    assert all(each == "2026-03-17 15:30" for each in re.findall(r"2026-[-\d]*(?: \d\d:?\d*)?…?", shown))
    assert not re.search(r"[$¥][\d,.]*…", shown)


def test_a_wide_terminal_cuts_nothing() -> None:
    shown = "\n".join(lines(width=200, now=NOW))
    assert "…" not in shown
    assert "2026-03-17 15:30 (1d ago)" in shown
    assert shown == "\n".join(lines(now=NOW))


def test_a_narrow_one_names_the_columns_that_it_leaves_out() -> None:
    shown = lines(width=40)
    assert "description" not in shown[0]
    assert " ".join(shown[-2:]).endswith("(--wide shows them).")
    assert "description" in " ".join(shown[-2:])


def test_without_room_how_far_away_a_time_is_goes_before_the_time() -> None:
    shown = "\n".join(lines(width=80, now=NOW))
    assert "2026-03-17 15:30" in shown
    assert "ago" not in shown


def test_each_currency_has_its_total() -> None:
    assert [line.split() for line in lines()[-2:]] == [["total", "JPY", "¥500"], ["total", "USD", "$1,234.51"]]


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        ([charge()], COLUMNS),
        ([charge(unit_amount=1), charge(unit_amount=2)], (COLUMNS[0], Column("unit", "unit_amount", "money", "u"))),
        ([charge(currency=None), charge()], COLUMNS),
        ([charge(), charge()], COLUMNS[:2]),
    ],
    ids=["one row", "prices of one unit", "an amount in no currency", "no amounts"],
)
def test_where_a_total_means_nothing_there_is_none(rows: list[dict[str, Any]], columns: tuple[Column, ...]) -> None:
    assert "total" not in "\n".join(lines(*rows, columns=columns))


def test_a_part_has_no_total() -> None:
    made = table(ROWS, COLUMNS, Style({}, UTC, "UTC"), partial=True)
    assert "so far USD" in made
    assert "total" not in made


def test_statuses_are_coloured_and_nothing_else_changes() -> None:
    plain, painted = "\n".join(lines()), "\n".join(lines(colour=True))
    assert "\x1b[32msucceeded\x1b[0m" in painted
    assert "\x1b[31mfailed\x1b[0m" in painted
    assert [line.rstrip() for line in ANSI.sub("", painted).splitlines()] == plain.splitlines()


def test_a_status_that_is_cut_keeps_its_colour() -> None:
    rows = [charge(status="requires_payment_method"), charge(status="requires_confirmation")]
    assert "\x1b[33mrequir" in "\n".join(lines(*rows, width=60, colour=True))


def test_words_of_the_data_have_no_colour_of_their_own() -> None:
    painted = "\n".join(lines(charge(description="failed"), charge(), colour=True))
    assert "\x1b[31m" not in painted


def test_rows_may_be_numbered() -> None:
    made = table(ROWS, COLUMNS, Style({}, UTC, "UTC"), 11).splitlines()
    assert [line.split()[0] for line in made[2:5]] == ["11", "12", "13"]
    assert made[0].split()[0] == "#"


@settings(deadline=None)
@given(st.text(), st.integers(1, 40))
def test_a_text_is_cut_to_its_width(text: str, width: int) -> None:
    text = "".join(each for each in text if wcswidth(each) >= 0)
    shown = cut(text, width)
    assert wcswidth(shown) <= width
    assert shown == text or shown.endswith("…")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "now"), (59, "now"), (60, "in 1m"), (-3600, "1h ago"), (86399, "in 23h"), (7 * 86400, "in 7d"),
        (-45 * 86400, "1mo ago"), (-800 * 86400, "2y ago"),
    ],
)  # fmt: skip
def test_how_far_a_moment_is_away(seconds: int, said: str) -> None:
    assert relative(CREATED + seconds, NOW) == said
