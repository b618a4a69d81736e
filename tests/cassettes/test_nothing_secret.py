"""No key and no header of the recording machine is on any tape."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cassettes.tape import CASSETTES, SANDBOX_BASE, complaints

TAPES = sorted(CASSETTES.glob("**/*.yaml"))


def interactions(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))["interactions"]
    return found


def test_there_are_tapes() -> None:
    assert len(TAPES) >= 6


@pytest.mark.parametrize("path", TAPES, ids=lambda path: path.stem)
def test_a_tape_holds_nothing_but_what_is_allowed(path: Path) -> None:
    text = path.read_text("utf-8")
    assert [each for interaction in interactions(path) for each in complaints(interaction, text)] == []


@pytest.mark.parametrize("path", TAPES, ids=lambda path: path.stem)
def test_a_tape_names_no_other_machine(path: Path) -> None:
    for interaction in interactions(path):
        assert interaction["request"]["uri"].startswith((f"{SANDBOX_BASE}/v1/", "https://api.stripe.com/v1/"))


@pytest.mark.parametrize(
    ("headers", "body", "complaint"),
    [
        ({"Authorization": ["Bearer x"]}, "", "request header Authorization"),
        ({"X-Stripe-Client-User-Agent": ["{}"]}, "", "request header X-Stripe-Client-User-Agent"),
        ({"Idempotency-Key": ["1"]}, "", "request header Idempotency-Key"),
        ({}, "key=" + "rk_live" + "_51Hx", "looks like a key: rk_live_51Hx"),
        ({}, "secret=" + "whsec" + "_51Hx", "looks like a key: whsec_51Hx"),
    ],
)
def test_the_check_finds_what_it_looks_for(headers: dict[str, Any], body: str, complaint: str) -> None:
    doctored = {"request": {"headers": headers}, "response": {"headers": {}}}
    assert complaints(doctored, body) == [complaint]
    assert complaints({"request": {"headers": {}}, "response": {"headers": {"Set-Cookie": []}}}, "") != []
