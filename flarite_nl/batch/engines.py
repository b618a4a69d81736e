"""One engine a thread, all of one account and at one pace."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from flarite_nl.batch.closing import Closing
from flarite_nl.execution.retry import Limiter

if TYPE_CHECKING:
    from flarite_nl.engine import Engine

C = TypeVar("C")
R = TypeVar("R")

THREADS = 8
"""Prompts under way at once; each may have a few calls."""

AHEAD = 4
"""Prompts waiting to be taken, for each thread."""


class Engines(Closing):
    """``make`` gives an engine that keeps pace with a limiter; ``own`` is the one for whoever writes."""

    def __init__(self, make: Callable[[Limiter], Engine], rate: float | None, threads: int = THREADS) -> None:
        self._limiter = Limiter(rate)
        self._make = make
        self._held = threading.local()
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads)
        self.own = make(self._limiter)

    def in_order(self, work: Callable[[Engine, C], R], given: Iterable[C], alone: Callable[[C], bool]) -> Iterator[R]:
        """``work`` on each, side by side, but for those that are done ``alone``: after all before, and before the rest.

        Results come in the order of what is given.
        """
        waiting: deque[Future[R]] = deque()
        for each in given:
            if alone(each):
                while waiting:
                    yield waiting.popleft().result()
                yield work(self.own, each)
                continue
            waiting.append(self._pool.submit(self._work, work, each))
            while waiting and (len(waiting) >= AHEAD * self._threads or waiting[0].done()):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def _work(self, work: Callable[[Engine, C], R], each: C) -> R:
        if getattr(self._held, "engine", None) is None:
            self._held.engine = self._make(self._limiter)
        return work(self._held.engine, each)

    def close(self) -> None:
        """What is under way ends first; what waits is not begun."""
        self._pool.shutdown(wait=True, cancel_futures=True)
