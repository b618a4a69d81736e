"""What the tests of ``arun`` share: an engine over HTTP, and a server whose answers wait to be let go."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from flarite_nl import Confirmation, Engine, Outcome
from flarite_nl.execution.retry import Retry
from flarite_nl.sandbox import Sandbox, Server
from flarite_nl.sandbox.http import Answer, Request
from tests.conftest import NOW
from tests.engine.prompts import intent, parse

KEY = "sk_" + "test_51HxYzAbCdEfGhIjKlMnOpQrWxYz"
QUICK = Retry(attempts=4, first=4, base=0.001, longest=0.002, budget=20.0)
PATIENCE = 60.0
"""Seconds after which a test that waits has failed."""

BALANCE = parse(intent("balance.get"))
CHARGES = parse(intent("charges.list"))
REFUND = parse(intent("charges.refund", ("customer", "eq", "cus_ABC123"), sort="created desc", limit=1))


def engine_at(server: Server, **options: Any) -> Engine:
    usual: dict[str, Any] = {"key": KEY, "api_base": server.url, "now": NOW, "retry": QUICK, "workers": 4, "rate": 1e4}
    return Engine(**{**usual, **options})


def yes(_: Confirmation) -> bool:
    return True


def posts(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [each for each in sandbox.app.log if each["method"] == "POST"]


def told(outcome: Outcome) -> dict[str, Any]:
    """All of an outcome but for the IDs of its requests, which the server counts."""
    said = outcome.to_dict()
    said.pop("request_ids", None)
    if said.get("error"):
        said["error"].pop("request_id", None)
    return said


class Gate:
    """Requests that match wait at the server until ``open``; ``wait`` tells when so many have come."""

    def __init__(self, sandbox: Sandbox, matches: Callable[[Request], bool] = lambda request: True) -> None:
        self._once, self._matches = sandbox.app.handle, matches
        self._let_go = threading.Event()
        self._changed = threading.Condition()
        self.waiting = self.most = 0

    def handle(self, request: Request) -> Answer:
        if self._matches(request):
            with self._changed:
                self.waiting += 1
                self.most = max(self.most, self.waiting)
                self._changed.notify_all()
            assert self._let_go.wait(PATIENCE)
            with self._changed:
                self.waiting -= 1
        return self._once(request)

    async def wait(self, count: int) -> None:
        """Until so many wait at once; in a thread, while the loop goes on."""

        def come() -> bool:
            with self._changed:
                return self._changed.wait_for(lambda: self.most >= count, PATIENCE)

        assert await asyncio.to_thread(come), f"{self.most} of {count} came"

    def open(self) -> None:
        self._let_go.set()


async def turns(count: int = 20) -> None:
    """Let everything on the loop that can go on do so."""
    for _ in range(count):
        await asyncio.sleep(0)
