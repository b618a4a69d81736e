"""The results of a batch, one JSON object a line: written whole, and found again by a later run."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from flarite_nl.batch.closing import Closing
from flarite_nl.errors import InputError
from flarite_nl.rendering.clean import to_json


def line_of(record: Mapping[str, Any]) -> bytes:
    """A record as it stands in the output, its line break included."""
    return to_json(record).encode() + b"\n"


@dataclass(slots=True)
class Tally:
    """How many results of each kind there are."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, status: str, number: int = 1) -> None:
        self.counts[status] = self.counts.get(status, 0) + number

    @property
    def total(self) -> int:
        return sum(self.counts.values())


class Output(Closing):
    """Where results go: a file, or an open stream such as standard output.

    A line is handed over in one piece, and taken back where that was cut short. What a killed process may leave of
    its last line is cut off by ``finished``.
    """

    def __init__(self, where: Path | BinaryIO) -> None:
        self._path = where if isinstance(where, Path) else None
        try:
            self._file = _opened(where) if isinstance(where, Path) else where
        except OSError as problem:
            raise InputError(f"The results cannot be written to {where}: {problem.strerror}.") from None

    def write(self, lines: bytes, *, lasting: bool = False) -> None:
        """Add whole lines; ``lasting`` ones survive the machine's end, too.

        Raises:
            InputError: where the file takes no more.
        """
        end = self._file.seek(0, os.SEEK_END) if self._path else 0
        try:
            left = memoryview(lines)
            while left:
                left = left[self._file.write(left) :]
            if self._path is None:
                self._file.flush()
            elif lasting:
                os.fsync(self._file.fileno())
        except BrokenPipeError:
            raise
        except BaseException as problem:
            if self._path:
                self._file.truncate(end)
            if isinstance(problem, OSError):
                said = f"The results cannot be written to {self._path or 'standard output'}: {problem.strerror}."
                raise InputError(said) from None
            raise

    def finished(self) -> Iterator[dict[str, Any]]:
        """The results that stand there; half a line at the end is cut off.

        Raises:
            InputError: where something else stands there.
        """
        if self._path is None:
            return
        whole = 0
        with self._path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                if not raw.endswith(b"\n"):
                    break
                try:
                    record = json.loads(raw)
                    if not isinstance(record, dict) or not isinstance(record.get("status"), str):
                        raise ValueError
                except ValueError:
                    raise InputError(f"{self._path} holds no results of a batch: see line {number}.") from None
                whole += len(raw)
                yield record
        self._file.truncate(whole)

    def close(self) -> None:
        if self._path is not None:
            self._file.close()


def _opened(where: Path) -> BinaryIO:
    """Without a buffer: what is written is at once in the file."""
    number = os.open(where, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
    return cast(BinaryIO, os.fdopen(number, "r+b", buffering=0))
