"""Windows read side by side give what one page after another gives."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flarite_nl.errors import Unreachable
from flarite_nl.execution.pages import Trouble, pages
from flarite_nl.execution.windows import windowed
from tests.execution.fakes import FakeWire, charges, failing


def side_by_side(wire: FakeWire, trouble: Trouble | None = None, **params: Any) -> list[str]:
    return [row["id"] for page in windowed(wire, "charges.list", params, trouble or Trouble()) for row in page]


def account(count: int, seed: int, steps: tuple[int, ...]) -> list[dict[str, Any]]:
    """Charges of any density: bursts within one second, quiet years, even spacing."""
    source = random.Random(seed)
    moment, rows = 1_773_847_800, []
    for number in range(count):
        rows.append({"id": f"ch_{number}", "object": "charge", "created": max(1, moment)})
        moment -= source.choice(steps)
    return rows


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(0, 3000),
    seed=st.integers(0, 10**6),
    steps=st.sampled_from([(0, 0, 0, 1), (0, 60, 3600), (1,), (0,), (86_400, 5_000_000, 0, 1)]),
    bounded=st.booleans(),
    closed=st.booleans(),
)
def test_same_objects_as_one_page_after_another(
    count: int, seed: int, steps: tuple[int, ...], bounded: bool, closed: bool
) -> None:
    rows = account(count, seed, steps)
    params: dict[str, Any] = {}
    if rows and bounded:
        params["created"] = {"gte": rows[len(rows) * 3 // 4]["created"]}
        if closed:
            params["created"]["lt"] = rows[len(rows) // 4]["created"]
    found = side_by_side(FakeWire(rows, workers=4), **params)
    expected = [row["id"] for page in pages(FakeWire(rows), "charges.list", params, Trouble()) for row in page]
    assert len(found) == len(set(found))
    assert sorted(found) == sorted(expected)


def test_objects_of_one_second_keep_their_order() -> None:
    rows = charges(1500, step=0)
    found = side_by_side(FakeWire(rows, workers=4))
    assert found == [row["id"] for row in rows]


@pytest.mark.parametrize("bounded", [True, False])
def test_costs_little_more_requests_than_pages(bounded: bool) -> None:
    rows = charges(20_000)
    wire = FakeWire(rows, workers=8)
    params: dict[str, Any] = {"created": {"gte": rows[-1]["created"]}} if bounded else {}
    assert len(side_by_side(wire, **params)) == 20_000
    assert len(wire.calls) <= 200 * 1.4


@pytest.mark.parametrize(("count", "cost"), [(0, 1), (100, 1), (350, 4), (400, 4)])
def test_short_lists_cost_no_more_than_their_pages(count: int, cost: int) -> None:
    wire = FakeWire(charges(count), workers=8)
    assert len(side_by_side(wire)) == count
    assert len(wire.calls) == cost


def test_calls_are_under_way_at_once() -> None:
    class Counting(FakeWire):
        running = most = 0
        guard = threading.Lock()

        def call(self, call: str, params: Mapping[str, Any], *, id: str | None = None, key: str | None = None) -> Any:
            with self.guard:
                self.running += 1
                self.most = max(self.most, self.running)
            time.sleep(0.01)
            with self.guard:
                self.running -= 1
            return super().call(call, params)

    rows = charges(5000)
    wire = Counting(rows, workers=4)
    assert sorted(side_by_side(wire)) == sorted(row["id"] for row in rows)
    assert wire.most == 4


def test_an_error_in_one_window_marks_the_answer() -> None:
    wire = FakeWire(charges(5000), workers=4)
    wire.before = failing(Unreachable("no answer"), 20)
    trouble = Trouble()
    found = side_by_side(wire, trouble)
    assert 400 <= len(found) < 5000
    assert isinstance(trouble.error, Unreachable)
    assert trouble.problems


def test_objects_deleted_while_they_are_cursors_lose_nothing() -> None:
    rows = charges(5000)
    gone: set[str] = set()

    def delete(number: int, params: Mapping[str, Any]) -> None:
        cursor = params.get("starting_after")
        if cursor and len(gone) < 12 and number % 3 == 0:
            gone.add(cursor)
            wire.rows = [row for row in wire.rows if row["id"] not in gone]

    wire = FakeWire(rows, workers=4)
    wire.before = delete
    trouble = Trouble()
    found = side_by_side(wire, trouble)
    assert len(gone) == 12
    assert trouble.error is None
    assert sorted(found) == sorted(row["id"] for row in rows)


def test_a_bug_in_a_thread_is_raised_and_hangs_nothing() -> None:
    def crash(number: int, params: Mapping[str, Any]) -> None:
        if number == 10:
            raise RuntimeError("a bug")

    wire = FakeWire(charges(5000), workers=4)
    wire.before = crash
    with pytest.raises(RuntimeError, match="a bug"):
        side_by_side(wire)


def test_stopping_early_ends_the_threads() -> None:
    wire = FakeWire(charges(20_000), workers=4)
    before = threading.active_count()
    found = windowed(wire, "charges.list", {}, Trouble())
    for _ in range(8):
        next(found)
    found.close()
    for _ in range(100):
        if threading.active_count() <= before:
            break
        time.sleep(0.02)
    assert threading.active_count() <= before
    assert len(wire.calls) < 60
