"""When to ask again, how long to wait for an answer, and how fast to ask at all (STRIPE.md 2, 4, 5)."""

from __future__ import annotations

import io
import random
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

RATES: Mapping[str, float | None] = {"live": 95.0, "test": 23.0, "sandbox": None}
"""Requests a second, a little below Stripe's limits of 100 and 25; the sandbox on this machine has none."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Backoff with full jitter within a budget of time.

    ``attempts`` is the most for one call, ``first`` the most while nothing was ever reached, so that a wrong address
    is told soon; ``budget`` are seconds for one call with all its repeats, and the most for one answer.
    """

    attempts: int = 6
    first: int = 3
    base: float = 0.4
    longest: float = 8.0
    budget: float = 60.0

    def wait(self, attempt: int, asked: float | None, draw: Callable[[], float] = random.random) -> float:
        """Seconds before attempt ``attempt + 1``; ``asked`` is the server's Retry-After."""
        ceiling = min(self.longest, self.base * 2.0**attempt)
        return max(ceiling * (0.5 + 0.5 * draw()), asked or 0.0)


def again(status: int | None, should: str | None, *, safe: bool) -> bool:
    """Whether a failed call may be sent again.

    ``status`` None means no (whole) answer came; ``should`` is the header ``stripe-should-retry``; ``safe`` says
    that a repeat cannot write twice: a GET, or a POST with its own idempotency key.
    """
    if should == "false":
        return False
    if status == 429 or should == "true":
        return True
    if not safe:
        return False
    return status is None or status == 409 or status >= 500 or status == 200


class Dated(io.RawIOBase):
    """The bytes of an answer, all of which must have come by a deadline: a server that drips never runs into a timeout.

    ``seconds`` are for the whole answer, ``idle`` for the next bytes of it. TimeoutError where they are over.
    """

    def __init__(self, stream: Any, sock: socket.socket, seconds: float, idle: float) -> None:
        self._stream, self._sock, self._idle = stream, sock, idle
        self._end = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int | None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        self._sock.settimeout(min(left, self._idle))
        read: int | None = self._stream.readinto(into)
        return read

    def close(self) -> None:
        self._stream.close()
        super().close()


class Limiter:
    """A token bucket that threads share. A 429 halves the pace for a while; calm restores it.

    Several 429s within a second are one: they answer requests that were under way together.
    """

    def __init__(
        self,
        rate: float | None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._full = rate
        self._rate = rate
        self._clock = clock
        self._sleep = sleep
        self._next = clock()
        self._slowed = float("-inf")
        self._lock = threading.Lock()

    def take(self, sleep: Callable[[float], None] | None = None) -> None:
        """Wait until one more request fits, by ``sleep`` where it is given."""
        if self._rate is None:
            return
        with self._lock:
            now = self._clock()
            start = max(now, self._next)
            self._next = start + 1.0 / self._rate
        if start > now:
            (sleep or self._sleep)(start - now)

    def slow(self) -> None:
        """Stripe said 429: half the pace, though never under one a second."""
        with self._lock:
            now = self._clock()
            if now - self._slowed >= 1.0:
                self._slowed = now
                self._rate = max(1.0, (self._rate or self._full or 50.0) / 2)

    def calm(self) -> None:
        """A request went through: a little faster again."""
        with self._lock:
            if self._rate is not None and self._rate != self._full:
                self._rate = self._rate * 1.05
                if self._rate >= (self._full or 50.0):
                    self._rate = self._full


def limiter(
    rate: float | Limiter | None, mode: str, clock: Callable[[], float], sleep: Callable[[float], None]
) -> Limiter:
    """The pace of one account: requests a second, what others keep to as well, or that of the key's mode."""
    return rate if isinstance(rate, Limiter) else Limiter(rate or RATES[mode], clock=clock, sleep=sleep)
