"""Paging: cursors, duplicates, lost cursors, partial answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from flarite_nl.errors import AuthenticationError, Unreachable
from flarite_nl.execution.pages import Trouble, pages
from tests.execution.fakes import FakeWire, charges, failing


def read(wire: FakeWire, trouble: Trouble | None = None, **params: Any) -> list[str]:
    found = pages(wire, "charges.list", params, trouble or Trouble(), whole=True)
    return [row["id"] for page in found for row in page]


def test_reads_every_page_in_order() -> None:
    wire = FakeWire(charges(250))
    assert read(wire) == [f"ch_{number}" for number in range(250)]
    assert [params.get("starting_after") for _, params in wire.calls] == [None, "ch_99", "ch_199"]


def test_a_page_that_shifts_brings_no_object_twice() -> None:
    """A server that counts from the front repeats what new objects push back."""
    rows = charges(230)

    def shift(number: int, params: Mapping[str, Any]) -> None:
        if number == 2:
            wire.rows = rows[:90] + rows[95:100] + rows[90:95] + rows[100:103] + rows[98:]

    wire = FakeWire(rows)
    wire.before = shift
    ids = read(wire)
    assert len(ids) == len(set(ids))
    assert set(ids) >= {row["id"] for row in rows[100:]}


def test_a_deleted_cursor_object_loses_nothing() -> None:
    rows = charges(250)

    def delete(number: int, params: Mapping[str, Any]) -> None:
        if number == 2:
            wire.rows = [row for row in rows if row["id"] != "ch_99"]

    wire = FakeWire(rows)
    wire.before = delete
    assert read(wire) == [f"ch_{number}" for number in range(250)]
    assert len(wire.calls) == 4


def test_what_was_read_before_an_error_is_kept_and_marked() -> None:
    wire = FakeWire(charges(250))
    wire.before = failing(AuthenticationError("Expired API Key", request_id="req_1", status=401), 3)
    trouble = Trouble()
    assert len(read(wire, trouble)) == 200
    assert trouble.error is not None
    assert trouble.error.request_id == "req_1"
    assert trouble.problems == ["Only the first 200 objects were read: Expired API Key"]


def test_an_error_on_the_first_page_is_an_error() -> None:
    wire = FakeWire(charges(5))
    wire.before = failing(Unreachable("no answer"), 1)
    with pytest.raises(Unreachable):
        read(wire)


def test_strict_reading_never_gives_a_part() -> None:
    wire = FakeWire(charges(250))
    wire.before = failing(Unreachable("no answer"), 2)
    with pytest.raises(Unreachable):
        read(wire, Trouble(strict=True))


def test_what_is_no_list_is_not_stripe() -> None:
    class Other(FakeWire):
        def call(self, call: str, params: Mapping[str, Any], *, id: str | None = None, key: str | None = None) -> Any:
            return {"hello": "world"}

    with pytest.raises(Unreachable, match="not Stripe"):
        read(Other([]))
