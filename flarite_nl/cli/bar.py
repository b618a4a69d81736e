"""How far a batch has come, on one line of standard error: at a terminal only, and gone when it is over."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from typing import TextIO

from flarite_nl.cli.progress import EVERY, can_be_shown
from flarite_nl.rendering.progress import span


class Bar:
    """``total`` prompts are expected, as far as that is known."""

    def __init__(
        self,
        total: int | None = None,
        *,
        stream: TextIO | None = None,
        shown: bool | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream = stream or sys.stderr
        self._clock = clock
        self.shown = can_be_shown(self._stream) if shown is None else shown
        self._what = ""
        self._began = self._next = 0.0
        self._first = self._last = 0
        self.total = total

    def tick(self, what: str, number: int) -> None:
        """So many prompts are through with what is being done."""
        if not self.shown:
            return
        now = self._clock()
        if what != self._what:
            if self._what == "checking":
                self.total = self._last
            self._what, self._began, self._first = what, now, number - 1
        self._last = number
        if now >= self._next:
            self._next = now + EVERY
            width = shutil.get_terminal_size().columns
            self._stream.write(f"\r\x1b[K{self.text(number, now)[: max(width - 1, 1)]}")
            self._stream.flush()

    def text(self, number: int, now: float) -> str:
        """``reading: [####      ] 1,234 of 5,000, 340/s, about 11 s left``."""
        seconds = now - self._began
        rate = (number - self._first) / seconds if seconds > 0 else 0.0
        if self.total is None:
            counted = f"{number:,}"
        else:
            share = min(1.0, number / self.total) if self.total else 1.0
            counted = f"[{'#' * int(20 * share):<20}] {number:,} of {self.total:,}"
        parts = [counted, f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s"]
        if self.total is not None and rate > 0 and self.total > number:
            parts.append(f"about {span((self.total - number) / rate)} left")
        return f"{self._what}: {', '.join(parts)}"

    def clear(self) -> None:
        """Take the line away."""
        if self.shown and self._what:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
