"""Whoever watches a gateway is told of every request, every answer, and what is foreseen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flarite_nl import Engine, Parser
from flarite_nl.sandbox import Sandbox
from tests.conftest import NOW


class Watch:
    def __init__(self) -> None:
        self.calls: list[str] = []
        self.objects = 0

    def asked(self) -> None:
        self.calls.append("asked")

    def answered(self, row: Mapping[str, Any]) -> None:
        self.calls.append("answered")
        self.objects += len(row["data"])

    def expect(self, requests: int) -> None:
        self.calls.append(f"expect {requests}")


def test_a_scan_with_a_known_start_is_foreseen() -> None:
    watch = Watch()
    with Sandbox(now=NOW) as sandbox:
        engine = Engine(now=NOW, wsgi=sandbox.wsgi, observer=watch)
        outcome = engine.run(Parser().parse("count payments since january 1, 2026", now=NOW))
    assert outcome.complete
    assert watch.calls.count("asked") == watch.calls.count("answered") == outcome.requests
    assert watch.calls[:2] == ["asked", "answered"]
    assert watch.objects == outcome.results[0].groups[0].value
    foreseen = [int(call.split()[1]) for call in watch.calls if call.startswith("expect")]
    assert len(foreseen) == 1
    assert abs(foreseen[0] + 1 - outcome.requests) <= 2
