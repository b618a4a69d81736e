"""The requests that one prompt may take before a person is asked."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from flarite_nl.execution.wire import TooMany


class Budget:
    """Counts down ``most`` requests; ``more`` is asked with a sentence and may grant as many again. Thread-safe."""

    def __init__(self, most: int, more: Callable[[str], bool] | None) -> None:
        self._most, self._more = most, more
        self._used, self._granted = 0, most
        self._foreseen: tuple[int, str] | None = None
        self._lock = Lock()
        self._refused = False

    @property
    def left(self) -> int:
        """Requests that may still be made without asking."""
        return max(0, self._granted - self._used)

    def spend(self) -> None:
        """One more request.

        Raises:
            TooMany: where that is one too many, and no more are granted.
        """
        with self._lock:
            self._need(1, self._spent)
            self._used += 1

    def announce(self, requests: int, what: str) -> None:
        """About so many more requests are to come, for ``what``: asks before the first of them.

        Raises:
            TooMany: where these are too many, and no more are granted.
        """
        with self._lock:
            self._foreseen = (self._used + requests, what)
            self._need(requests, lambda: f"{what} takes about {requests:,} more requests.")

    def foresee(self, requests: int, what: str) -> None:
        """About so many may be to come at most: what to say if they are ever used up."""
        with self._lock:
            self._foreseen = (self._used + requests, what)

    def _spent(self) -> str:
        said = f"{self._used:,} requests are used up."
        if self._foreseen is None:
            return said
        whole, what = self._foreseen
        if whole <= self._used:
            return f"{said} {what} takes more than was foretold."
        return f"{said} {what} takes about {whole - self._used:,} more."

    def _need(self, more: int, text: Callable[[], str]) -> None:
        if self._used + more <= self._granted:
            return
        # Asked once: of several threads that come here, the others take the first one's answer.
        said = text()
        self._refused = self._refused or self._more is None or not self._more(said)
        if self._refused:
            raise TooMany(f"{said} The most allowed is {self._most:,}; --max-requests (max_requests) allows more.")
        # What was foretold is "about" so much: a yes to it stands for a little more as well.
        self._granted = max(self._granted + self._most, self._used + more + more // 4)
