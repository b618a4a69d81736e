"""A wire without HTTP: lists that live in memory and go wrong on demand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from flarite_nl.errors import ApiError, InvalidRequest
from flarite_nl.execution.wire import TooMany
from flarite_nl.model.outcome import Mode, Row


class FakeWire:
    """Lists ``rows`` (newest first) as Stripe does: cursors, ``created`` bounds, ``has_more``.

    ``before`` sees each call's number and parameters; it may change ``rows`` or raise.
    """

    def __init__(self, rows: list[dict[str, Any]], *, workers: int = 1) -> None:
        self.rows = rows
        self.workers = workers
        self.mode: Mode = "test"
        self.replayed = False
        self.fingerprint = "fake"
        self.request_ids: list[str] = []
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self.before: Callable[[int, Mapping[str, Any]], None] = lambda number, params: None
        self.announced: list[int] = []
        self.foreseen: list[int] = []
        self.allowed: int | None = None
        self._lock = threading.Lock()

    @property
    def requests(self) -> int:
        return len(self.calls)

    @property
    def left(self) -> int | None:
        return None if self.allowed is None else max(0, self.allowed - len(self.calls))

    def announce(self, requests: int, what: str) -> None:
        self.announced.append(requests)
        if self.allowed is not None and requests > self.allowed - len(self.calls):
            raise TooMany(f"{what} takes about {requests} requests.")

    def foresee(self, requests: int, what: str) -> None:
        self.foreseen.append(requests)

    def call(self, call: str, params: Mapping[str, Any], *, id: str | None = None, key: str | None = None) -> Row:
        with self._lock:
            self.calls.append((call, params))
            self.before(len(self.calls), params)
            rows = self.rows
        bounds = params.get("created") or {}
        rows = [row for row in rows if bounds.get("gte", 0) <= row["created"] < bounds.get("lt", 10**12)]
        if "starting_after" in params:
            ids = [row["id"] for row in self.rows]
            if params["starting_after"] not in ids:
                raise InvalidRequest(
                    f"No such charge: '{params['starting_after']}'", param="starting_after", status=400
                )
            place = ids.index(params["starting_after"])
            later = set(ids[place + 1 :])
            rows = [row for row in rows if row["id"] in later]
        limit = int(params.get("limit", 10))
        return {"object": "list", "data": [dict(row) for row in rows[:limit]], "has_more": len(rows) > limit}


def charges(count: int, *, step: int = 60, newest: int = 1_773_847_800) -> list[dict[str, Any]]:
    """Charges, newest first, ``step`` seconds apart."""
    return [{"id": f"ch_{number}", "object": "charge", "created": newest - number * step} for number in range(count)]


def failing(error: ApiError, at: int) -> Callable[[int, Mapping[str, Any]], None]:
    """Raise at the given call and ever after."""

    def before(number: int, params: Mapping[str, Any]) -> None:
        if number >= at:
            raise error

    return before
