"""What a scan costs is foretold before it is made: for lists with and without a known start, dense, thin and bursty."""

from __future__ import annotations

import random
from typing import Any

import pytest

from flarite_nl.execution.foresee import LATER, LOOKS, foreseen, stretch
from flarite_nl.execution.pages import Trouble, pages
from flarite_nl.execution.windows import windowed
from flarite_nl.execution.wire import TooMany
from tests.execution.fakes import FakeWire, charges

NEWEST = 1_773_847_800
DAY = 86_400


def read(wire: FakeWire, trouble: Trouble, *, whole: bool = True, **params: Any) -> list[str]:
    found = pages(wire, "charges.list", params, trouble, whole=whole)
    return [row["id"] for page in found for row in page]


def business(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Three years of charges that grew from few a day to many, with nights and a burst an hour ago."""
    source = random.Random(seed)
    moments = [NEWEST - source.randrange(3600) for _ in range(150)]
    while len(moments) < count:
        day = int(1100 * (1 - source.random() ** 0.5))
        moments.append(NEWEST - day * DAY - int(source.gauss(12, 4) % 24 * 3600))
    return [
        {"id": f"ch_{number}", "object": "charge", "created": moment}
        for number, moment in enumerate(sorted(moments, reverse=True))
    ]


@pytest.mark.parametrize("count", [6_000, 25_000])
@pytest.mark.parametrize("bounded", [True, False])
def test_the_rest_is_foretold_within_a_third(count: int, bounded: bool) -> None:
    rows = business(count)
    wire = FakeWire(rows)
    params = {"created": {"gte": rows[-1]["created"]}} if bounded else {}
    so_far = stretch(rows[:1000])
    assert so_far is not None
    found = foreseen(wire, "charges.list", params, so_far, 10)
    assert found is not None
    assert 0.67 < found / ((count - 1000) / 100) < 1.5
    assert len(wire.calls) <= LOOKS


@pytest.mark.parametrize("rows", [charges(1500), charges(1100, step=0), business(1800)], ids=["even", "burst", "grown"])
def test_a_short_rest_costs_one_look_and_no_question(rows: list[dict[str, Any]]) -> None:
    wire = FakeWire(rows)
    wire.allowed = 200
    assert len(read(wire, Trouble())) == len(rows)
    assert wire.announced == []
    assert len(wire.calls) <= -(-len(rows) // 100) + 1


@pytest.mark.parametrize("count", [90, 950, 1000])
def test_a_short_list_costs_nothing_more(count: int) -> None:
    wire = FakeWire(charges(count))
    wire.allowed = 200
    read(wire, Trouble())
    assert len(wire.calls) == max(1, -(-count // 100))


def test_without_a_bound_nothing_is_looked_up() -> None:
    wire = FakeWire(charges(3000))
    read(wire, Trouble())
    assert len(wire.calls) == 30


def test_a_long_scan_with_a_known_start_is_refused_after_its_first_page() -> None:
    rows = charges(30_000)
    wire = FakeWire(rows)
    wire.allowed = 200
    with pytest.raises(TooMany, match="Reading all charges of the period takes about"):
        read(wire, Trouble(), created={"gte": rows[-1]["created"]})
    assert wire.announced == [pytest.approx(299, rel=0.1)]
    assert len(wire.calls) <= 1 + LOOKS


def test_a_burst_does_not_make_a_short_list_look_long() -> None:
    """By its first page alone a month of this would take 20,000 requests."""
    rows = charges(150, step=1) + [
        {"id": f"ch_{number}", "object": "charge", "created": NEWEST - number * 800} for number in range(150, 3000)
    ]
    wire = FakeWire(rows)
    wire.allowed = 200
    assert len(read(wire, Trouble(), created={"gte": rows[-1]["created"]})) == 3000


def test_a_long_scan_without_a_known_start_is_refused_early_as_a_marked_part() -> None:
    wire = FakeWire(business(25_000))
    wire.allowed = 200
    trouble = Trouble()
    assert len(read(wire, trouble)) == LATER * 100
    assert len(wire.calls) <= LATER + LOOKS
    assert "Only the first 1000 objects were read: Reading all charges takes about" in trouble.problems[0]
    assert wire.announced == [pytest.approx(240, rel=0.4)]


def test_windows_are_announced_before_they_are_read() -> None:
    wire = FakeWire(business(25_000), workers=4)
    wire.allowed = 200
    trouble = Trouble()
    found = [row for page in windowed(wire, "charges.list", {}, trouble) for row in page]
    assert len(found) == 400
    assert len(wire.calls) <= 4 + LOOKS
    assert "Reading all charges takes about" in trouble.problems[0]

    wire = FakeWire(business(25_000), workers=4)
    wire.allowed = 2000
    assert len([row for page in windowed(wire, "charges.list", {}, Trouble()) for row in page]) == 25_000


def test_a_scan_that_may_stop_early_asks_nothing_and_keeps_it_in_mind() -> None:
    wire = FakeWire(business(25_000))
    wire.allowed = 200
    found = pages(wire, "charges.list", {}, Trouble(), whole=False)
    for _ in range(120):
        next(found)
    assert wire.announced == []
    assert wire.foreseen == [pytest.approx(150, rel=0.4)]
