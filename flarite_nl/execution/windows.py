"""A long list cut into disjoint windows of ``created`` that are read side by side.

A few pages are read one after another first: they tell how dense the list is, and short lists end there. What is
left is cut into windows; one that holds many pages is cut again. Windows end on whole seconds, so no object is in two.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from flarite_nl.errors import ApiError
from flarite_nl.execution.foresee import Ahead, stretch
from flarite_nl.execution.pages import Trouble, listed, pages
from flarite_nl.execution.wire import PAGE, TooMany, Wire
from flarite_nl.model.outcome import Row

OLDEST = 1293840000
"""2011-01-01: Stripe has nothing older, so the last window takes all before it."""

AHEAD = 4
"""Pages that are read one after another before any window is cut."""

WORTH = 8
"""Pages that a window must seem to hold before it is cut."""


@dataclass(frozen=True, slots=True)
class Window:
    """Objects created from ``start`` (inclusive) to ``end`` (exclusive), but for the IDs already seen."""

    start: int
    end: int
    seen: frozenset[str] = frozenset()


def windowed(wire: Wire, call: str, params: Mapping[str, Any], trouble: Trouble) -> Generator[list[Row]]:
    """All pages of a list, in no order but this: objects of one second keep Stripe's order.

    Memory holds a bounded number of pages, however long the list is.
    """
    if wire.workers < 2:
        yield from pages(wire, call, params, trouble, whole=True)
        return
    read: list[Row] = []
    for number, page in enumerate(pages(wire, call, params, trouble, whole=True), 1):
        yield page
        read += page
        if number == AHEAD and trouble.more and read:
            break
    else:
        return
    so_far = stretch(read)
    if so_far is not None:
        try:
            Ahead(wire, call, params, whole=True).announce(so_far)
        except (ApiError, TooMany) as problem:
            trouble.stop(problem)
            return
    windows = _windows(dict(params.get("created") or {}), read)
    yield from _Hands(wire, call, params, trouble).read(windows)


def _windows(bounds: Mapping[str, int], rows: list[Row]) -> list[Window]:
    """What is left after these rows: equal windows down to a known start, else ever longer ones."""
    oldest = rows[-1]["created"]
    seen = _same_second(rows)
    if "gte" in bounds:
        whole = Window(bounds["gte"], oldest + 1, seen)
        return _cut(whole, rows) or [whole]
    found: list[Window] = []
    end, span = oldest + 1, max(1, rows[0]["created"] - oldest)
    while end > 0:
        start = end - span if end - span > OLDEST else 0
        found.append(Window(start, end, seen))
        end, span = start, span * 2
    return found


def _cut(window: Window, rows: list[Row]) -> list[Window]:
    """A window in parts of a few pages, by the density of these rows; none where little seems left."""
    length = window.end - window.start
    span = max(1, rows[0]["created"] - rows[-1]["created"])
    left = length / span * len(rows) / PAGE
    count = min(int(left / WORTH) + 1, 64, length)
    if left < WORTH or count < 2:
        return []
    edges = [window.start + length * number // count for number in range(count + 1)]
    return [Window(start, end, window.seen) for start, end in reversed(list(pairwise(edges)))]


def _same_second(rows: list[Row]) -> frozenset[str]:
    oldest = rows[-1]["created"]
    return frozenset(row["id"] for row in rows if row["created"] == oldest)


class _Hands:
    """Threads that read windows and hand over pages through a bounded queue."""

    def __init__(self, wire: Wire, call: str, params: Mapping[str, Any], trouble: Trouble) -> None:
        self._wire, self._call, self._params, self._trouble = wire, call, params, trouble
        self._todo: deque[Window] = deque()
        self._open = 0
        self._changed = threading.Condition()
        self._stopped = False
        self._failed: ApiError | TooMany | None = None
        self._crashed: Exception | None = None
        self._ready: queue.Queue[list[Row] | None] = queue.Queue(maxsize=2 * wire.workers)

    def read(self, windows: list[Window]) -> Iterator[list[Row]]:
        self._add(windows)
        threads = [threading.Thread(target=self._work, daemon=True) for _ in range(self._wire.workers)]
        for thread in threads:
            thread.start()
        try:
            left = len(threads)
            while left:
                page = self._ready.get()
                if page is None:
                    left -= 1
                    continue
                self._trouble.read += len(page)
                yield page
        except KeyboardInterrupt:
            # Whoever pressed Ctrl-C does not wait for the calls under way: they end behind their back.
            self._stop(None)
            threading.Thread(target=self._drain, args=(threads,), daemon=True).start()
            threads = []
            raise
        finally:
            self._stop(None)
            self._drain(threads)
        if self._crashed is not None:
            raise self._crashed
        if self._failed is not None:
            self._trouble.stop(self._failed, ordered=False)

    def _add(self, windows: list[Window]) -> None:
        with self._changed:
            self._todo.extend(windows)
            self._open += len(windows)
            self._changed.notify_all()

    def _stop(self, problem: ApiError | TooMany | None) -> None:
        with self._changed:
            self._stopped = True
            self._failed = self._failed or problem
            self._changed.notify_all()

    def _drain(self, threads: list[threading.Thread]) -> None:
        """Let every thread put what it holds, and end."""
        while any(thread.is_alive() for thread in threads):
            try:
                self._ready.get(timeout=0.05)
            except queue.Empty:
                continue

    def _work(self) -> None:
        while (window := self._next()) is not None:
            try:
                self._read(window)
            except (ApiError, TooMany) as problem:
                self._stop(problem)
            except Exception as problem:
                self._crashed = problem
                self._stop(None)
            finally:
                with self._changed:
                    self._open -= 1
                    self._changed.notify_all()
        self._ready.put(None)

    def _next(self) -> Window | None:
        with self._changed:
            while not self._todo and self._open and not self._stopped:
                self._changed.wait()
            return self._todo.popleft() if self._todo and not self._stopped else None

    def _read(self, window: Window) -> None:
        params = {**self._params, "created": {"gte": window.start, "lt": window.end}}
        page = listed(self._wire, self._call, {**params, "limit": PAGE})
        data = page["data"]
        self._put(data, window)
        if not page.get("has_more") or not data:
            return
        rest = Window(window.start, data[-1]["created"] + 1, window.seen | _same_second(data))
        parts = _cut(rest, data)
        if parts:
            self._add(parts)
            return
        last = [row["id"] for row in data[-3:]]
        for more in pages(self._wire, self._call, params, Trouble(strict=True), after=last):
            if self._stopped:
                return
            self._put(more, window)

    def _put(self, data: list[Row], window: Window) -> None:
        rows = [row for row in data if row["id"] not in window.seen] if window.seen else data
        self._ready.put(rows)
