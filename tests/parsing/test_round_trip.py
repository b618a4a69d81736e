"""What is said back is read as the same frame again, whatever the frame (``grammar/describe.py``).

The short run is the same each time. A long one: ``FLARITE_ROUND_TRIPS=100000 pytest tests/parsing/test_round_trip.py``.
"""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flarite_nl.grammar.describe import describe_parse
from flarite_nl.model.parse import Intent, Parse
from flarite_nl.parsing.parser import Parser
from tests.conftest import NOW
from tests.parsing.anyframes import GRAMMAR, prompts

ROUND_TRIPS = int(os.environ.get("FLARITE_ROUND_TRIPS", "400"))
ZONES = ("UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Apia")
PARSERS = {zone: Parser(zone) for zone in ZONES}

random_frames = settings(
    max_examples=ROUND_TRIPS, deadline=None, derandomize=ROUND_TRIPS <= 400, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


def meaning(intent: Intent) -> str:
    """A frame in the one form in which two of them compare: filters are a set, all else is exact."""
    form: dict[str, Any] = intent.to_dict()
    form["filters"] = sorted(map(dumped, form.get("filters", ())))
    return dumped(form)


def dumped(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def said(*intents: Intent, zone: str = "UTC") -> str:
    return describe_parse(Parse("", "ok", intents), grammar=GRAMMAR, tz=zone)


@pytest.mark.timeout(max(120, ROUND_TRIPS // 5))
@random_frames
@given(prompts(), st.sampled_from(ZONES))
def test_any_frame_is_read_from_its_own_sentence(prompt: tuple[Intent | None, tuple[Intent, ...]], zone: str) -> None:
    previous, intents = prompt
    sentence = said(*intents, zone=zone)
    context = [said(previous, zone=zone)] if previous else []
    again = PARSERS[zone].parse(sentence, NOW, context)
    assert again.status == "ok", sentence
    assert list(map(meaning, again.intents)) == list(map(meaning, intents)), sentence
