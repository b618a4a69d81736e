"""The results of a batch, one JSON object a line: written whole, and found again by a later run."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

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


class Output:
    """Where results go: a file, or an open descriptor such as standard output.

    A line is handed over in one piece, and taken back where that was cut short, so that a file ends with a whole line
    unless the machine stopped in the middle; ``begin`` mends that too.
    """

    def __init__(self, where: Path | int) -> None:
        self._path = where if isinstance(where, Path) else None
        try:
            flags = os.O_CREAT | os.O_RDWR | os.O_APPEND
            self._file = os.open(where, flags, 0o600) if isinstance(where, Path) else where
        except OSError as problem:
            raise InputError(f"The results cannot be written to {where}: {problem.strerror}.") from None

    def write(self, lines: bytes, *, lasting: bool = False) -> None:
        """Add whole lines; ``lasting`` ones survive the machine's end, too.

        Raises:
            InputError: where the file takes no more.
        """
        end = os.lseek(self._file, 0, os.SEEK_END) if self._path else 0
        try:
            left = memoryview(lines)
            while left:
                left = left[os.write(self._file, left) :]
            if lasting and self._path:
                os.fsync(self._file)
        except BrokenPipeError:
            raise
        except BaseException as problem:
            if self._path:
                os.ftruncate(self._file, end)
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
        os.ftruncate(self._file, whole)

    def close(self) -> None:
        if self._path is not None:
            os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
