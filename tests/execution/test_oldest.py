"""The oldest few are found without reading the whole list."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flarite_nl.execution.oldest import oldest
from flarite_nl.execution.pages import Trouble
from tests.execution.fakes import FakeWire, charges


def found(wire: FakeWire, count: int, **params: Any) -> list[int]:
    rows = [row for page in oldest(wire, "charges.list", params, count, Trouble()) for row in page]
    assert len({row["id"] for row in rows}) == len(rows)
    return sorted(row["created"] for row in rows)[:count]


@settings(max_examples=60, deadline=None)
@given(
    total=st.integers(0, 4000),
    step=st.sampled_from([0, 1, 60, 86_400]),
    count=st.integers(1, 100),
    since=st.one_of(st.none(), st.integers(0, 3000)),
)
def test_the_oldest_are_found(total: int, step: int, count: int, since: int | None) -> None:
    rows = charges(total, step=step)
    bounds = {"gte": rows[since]["created"]} if since is not None and since < total else {}
    expected = sorted(row["created"] for row in rows if row["created"] >= bounds.get("gte", 0))[:count]
    params: dict[str, Any] = {"created": bounds} if bounds else {}
    assert found(FakeWire(rows), count, **params) == expected


@pytest.mark.parametrize("count", [1, 10, 100])
def test_a_long_list_costs_few_requests(count: int) -> None:
    rows = charges(50_000)
    wire = FakeWire(rows)
    assert found(wire, count) == sorted(row["created"] for row in rows)[:count]
    assert len(wire.calls) < 40


def test_a_short_list_costs_its_pages() -> None:
    wire = FakeWire(charges(350))
    found(wire, 10)
    assert len(wire.calls) == 4
