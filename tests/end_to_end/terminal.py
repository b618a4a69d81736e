"""A real pseudo-terminal with a screen: what a person sees is what is compared."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from types import TracebackType

import pexpect
import pyte

PATIENCE = 45.0
"""Seconds until something must be on the screen; most come in one."""


class _Screen(pyte.HistoryScreen):
    """Answers what prompt_toolkit asks of a terminal: where its cursor is."""

    answers: list[str]

    def write_process_input(self, data: str) -> None:
        self.answers.append(data)


class Terminal:
    """``flarite-nl`` at a pseudo-terminal of its own."""

    def __init__(
        self, *arguments: str, columns: int = 260, rows: int = 120, environment: Mapping[str, str] | None = None
    ) -> None:
        inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        self._screen = _Screen(columns, rows, history=2000)
        self._screen.answers = []
        self._stream = pyte.Stream(self._screen)
        self.process = pexpect.spawn(
            sys.executable, ["-m", "flarite_nl", *arguments], dimensions=(rows, columns), encoding="utf-8",
            env={**inherited, "TERM": "xterm-256color", **(environment or {})}, timeout=PATIENCE,
        )  # fmt: skip
        self.raw = ""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.close(force=True)

    @property
    def shown(self) -> list[str]:
        """Every line so far, the ones that have left the screen too."""
        gone = ["".join(line[at].data for at in sorted(line)) for line in self._screen.history.top]
        return [line.rstrip() for line in (*gone, *self._screen.display)]

    @property
    def at_cursor(self) -> str:
        """The line that the cursor is on, up to it."""
        return str(self._screen.display[self._screen.cursor.y][: self._screen.cursor.x])

    def until(self, ending: str, *, typed: str = "") -> list[str]:
        """Read until the cursor stands behind ``ending``, below the line that ends in ``typed``; the lines between."""
        while True:
            lines = self.shown
            start = max((at for at, line in enumerate(lines) if typed and line.endswith(typed)), default=-1)
            here = len(lines) - len(self._screen.display) + self._screen.cursor.y
            if self.at_cursor.rstrip().endswith(ending) and (not typed or 0 <= start < here):
                return lines[start + 1 : here]
            self._read()

    def until_shown(self, text: str) -> None:
        """Read until a text stands anywhere on the screen."""
        while not any(text in line for line in self.shown):
            self._read()

    def _read(self) -> None:
        try:
            data = self.process.read_nonblocking(65536, timeout=PATIENCE)
        except pexpect.TIMEOUT:
            screen = "\n".join(line for line in self.shown if line)
            raise AssertionError(f"nothing more comes, and the screen is:\n{screen}") from None
        self.raw += data
        self._stream.feed(data)
        for answer in self._screen.answers:
            self.process.send(answer)
        self._screen.answers.clear()

    def type(self, text: str) -> None:
        """Type a line and press Enter."""
        self.process.send(text + "\r")

    def press(self, key: str) -> None:
        """Press Ctrl and a letter."""
        self.process.sendcontrol(key)

    def left(self) -> tuple[int, str]:
        """Read to the end of the process: its exit code, and all that it wrote."""
        while True:
            try:
                self._read()
            except pexpect.EOF:
                break
        self.process.close()
        return self.process.exitstatus if self.process.exitstatus is not None else -1, self.raw
