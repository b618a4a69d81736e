"""Planner and runner against the oracle: random frames, in one process and over real HTTP.

``FLARITE_FRAMES=20000 pytest tests/engine/test_exactness.py`` is the long run.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flarite_nl.engine import Engine
from flarite_nl.grammar.loader import load
from flarite_nl.grammar.schema import Grammar
from flarite_nl.model.parse import Parse
from flarite_nl.sandbox import Sandbox, serve
from tests.conftest import NOW
from tests.engine.compare import difference
from tests.engine.frames import Frames
from tests.engine.oracle import World

FRAMES = int(os.environ.get("FLARITE_FRAMES", "1000"))
ZONES = ("UTC", "America/New_York", "Asia/Kolkata")


@dataclass(frozen=True)
class Account:
    sandbox: Sandbox
    world: World
    grammar: Grammar
    engines: dict[tuple[str, bool], Engine]


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    grammar = load()
    with Sandbox(now=NOW) as sandbox:
        engines = {
            (zone, search): Engine(now=NOW, tz=zone, wsgi=sandbox.wsgi, grammar=grammar, search=search)
            for zone in ZONES
            for search in (True, False)
        }
        yield Account(sandbox, World(sandbox.dump()), grammar, engines)


@pytest.mark.timeout(max(120, FRAMES // 5))
@settings(
    max_examples=FRAMES, deadline=None, derandomize=FRAMES <= 1000, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(st.randoms(use_true_random=False))
def test_any_read_frame_is_answered_as_the_oracle_does(account: Account, source: random.Random) -> None:
    intent = Frames(account.grammar, account.world, source).intent()
    zone = source.choice(ZONES)
    outcome = account.engines[zone, source.random() < 0.5].run(Parse("drawn", "ok", (intent,)))
    wrong = difference(account.world, intent, outcome, ZoneInfo(zone))
    assert wrong is None, f"{intent.to_dict()}: {wrong}"


def test_frames_find_something(account: Account) -> None:
    """The drawn frames are no idle ones: most leave objects, and every resource is asked about."""
    frames = Frames(account.grammar, account.world, random.Random(7))
    drawn = [frames.intent() for _ in range(300)]
    found = [intent for intent in drawn if account.world.select(intent, ZoneInfo("UTC"))]
    assert len(found) > 200
    assert {intent.resource for intent in drawn} == set(account.world.all)
    ops = {each.op for intent in drawn for each in intent.filters}
    assert ops >= {"eq", "ne", "in", "not_in", "gt", "lt", "during", "not_during", "contains", "exists"}


def test_random_frames_over_http_with_windows_side_by_side() -> None:
    """The same over a socket, on an account of many pages, so that lists are cut into windows."""
    grammar = load()
    with Sandbox(now=NOW, size=2500) as sandbox, serve(sandbox) as server:
        world = World(sandbox.dump())
        engine = Engine(now=NOW, key="sk_test_x", api_base=server.url, grammar=grammar, rate=1000.0, workers=4)
        for number in range(40):
            source = random.Random(number)
            intent = Frames(grammar, world, source).intent()
            outcome = engine.run(Parse("drawn", "ok", (intent,)))
            wrong = difference(world, intent, outcome, ZoneInfo("UTC"))
            assert wrong is None, f"{intent.to_dict()}: {wrong}"
