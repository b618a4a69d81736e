"""Progress on standard error, for whatever takes more than a second: at a terminal only, and gone when it is over."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self, TextIO, TypeVar

T = TypeVar("T")

AFTER = 1.0
"""Seconds before anything is shown."""

EVERY = 0.2
"""Seconds between two looks."""


class Meter:
    """Counts what comes back from Stripe and shows it; safe to be told from several threads.

    It is an ``Observer`` (execution/wire.py). ``shown`` False only counts.
    """

    def __init__(
        self,
        *,
        shown: bool | None = None,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream = stream or sys.stderr
        self._shown = can_be_shown(self._stream) if shown is None else shown
        self._clock = clock
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._began: float | None = None
        self._quiet = 0
        self._line = False
        self.pages = self.objects = self.requests = 0
        self.expected: int | None = None

    def asked(self) -> None:
        """A request is about to be sent."""
        with self._lock:
            if self._began is None:
                self._began = self._clock()

    def answered(self, row: Mapping[str, Any]) -> None:
        """An answer came."""
        data = row.get("data")
        with self._lock:
            self.requests += 1
            if isinstance(data, list):
                self.pages += 1
                self.objects += len(data)

    def expect(self, requests: int) -> None:
        """About so many more requests are foreseen."""
        with self._lock:
            self.expected = self.requests + requests if requests else None

    def text(self) -> str:
        """What there is to say now."""
        from flarite_nl.rendering.progress import Progress, progress_text

        with self._lock:
            seconds = self._clock() - self._began if self._began is not None else 0.0
            return progress_text(Progress(self.pages, self.objects, self.requests, seconds, self.expected))

    def __enter__(self) -> Self:
        if self._shown:
            self._thread = threading.Thread(target=self._watch, daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self._clear()

    def around(self, ask: Callable[..., T]) -> Callable[..., T]:
        """``ask``, a question to the person at the terminal, with the progress out of its way."""

        def asked(*given: Any, **named: Any) -> T:
            with self._lock:
                self._quiet += 1
            self._clear()
            try:
                return ask(*given, **named)
            finally:
                with self._lock:
                    self._quiet -= 1

        return asked

    def _watch(self) -> None:
        while not self._stop.wait(EVERY):
            with self._lock:
                late = self._began is not None and self._clock() - self._began >= AFTER and not self._quiet
            if late:
                self._show(self.text())

    def _show(self, text: str) -> None:
        width = shutil.get_terminal_size().columns
        with self._lock:
            if not self._quiet:
                self._line = True
                self._stream.write(f"\r\x1b[K{text[: max(width - 1, 1)]}")
                self._stream.flush()

    def _clear(self) -> None:
        with self._lock:
            if self._line:
                self._line = False
                self._stream.write("\r\x1b[K")
                self._stream.flush()


def can_be_shown(stream: TextIO) -> bool:
    """A line that is written over needs a terminal that can."""
    return stream.isatty() and os.environ.get("TERM", "") not in ("", "dumb")
