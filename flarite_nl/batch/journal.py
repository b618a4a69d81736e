"""What a batch must remember beside its output: what it was begun with, and what was agreed to before the first write.

It lies beside the output as long as that is unfinished (``OUT.resume``, SQLite, for its owner only); a batch whose
results go to standard output has it in a temporary file that nobody else sees.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flarite_nl.batch.closing import Closing
from flarite_nl.errors import InputError
from flarite_nl.model.outcome import Failure

SUFFIX = ".resume"
FORM = "flarite-nl batch 1"

SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS writes (
    number INTEGER PRIMARY KEY, nonce TEXT, file TEXT, line INTEGER, prepared TEXT, failure TEXT,
    shared INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS words (words TEXT PRIMARY KEY, times INTEGER);
CREATE TABLE IF NOT EXISTS calls (calls TEXT PRIMARY KEY, file TEXT, line INTEGER);
CREATE TABLE IF NOT EXISTS objects (
    object TEXT PRIMARY KEY, file TEXT, line INTEGER, name TEXT, taken TEXT DEFAULT '0');
CREATE TABLE IF NOT EXISTS telling (number INTEGER, run INTEGER);
"""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was found out of one write before anything was confirmed: what it would do, or why it is left out.

    ``shared`` says that an earlier line writes to one of the same objects, so that their state is another by then.
    """

    nonce: str
    prepared: Mapping[str, Any] | None
    failure: Failure | None = None
    shared: bool = False


class Journal(Closing):
    """``where`` None keeps it in a temporary file.

    Raises:
        InputError: where it cannot be kept, or is no journal.
    """

    def __init__(self, where: Path | None) -> None:
        self._where = where
        try:
            if where is not None:
                with suppress(FileExistsError):
                    os.close(os.open(where, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            self.db = sqlite3.connect(str(where or ""), isolation_level=None)
            # A second run with the same output would write the same lines: it is kept out.
            self.db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self.db.execute("PRAGMA busy_timeout = 0")
            self.db.executescript(SCHEMA)
            self.db.execute("BEGIN IMMEDIATE")
            self.db.execute("COMMIT")
            self.fact("form", FORM)
        except (OSError, sqlite3.Error) as problem:
            if "locked" in str(problem):
                raise InputError(f"Another run is at work on this: {where} is locked.") from None
            raise InputError(f"What --resume needs cannot be kept in {where}: {problem}.") from None

    def fact(self, name: str, value: Any) -> None:
        self.db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, json.dumps(value)))

    def facts(self) -> dict[str, Any]:
        return {name: json.loads(value) for name, value in self.db.execute("SELECT name, value FROM facts")}

    # What was found out, and agreed to

    def forget(self) -> None:
        """Nothing was agreed to yet: what was found out is found out anew."""
        for table in ("writes", "words", "calls", "objects"):
            self.db.execute(f"DELETE FROM {table}")

    def times(self, words: str) -> int:
        """How often these very words have stood in the batch by now, this time included."""
        query = "INSERT INTO words VALUES (?, 1) ON CONFLICT (words) DO UPDATE SET times = times + 1 RETURNING times"
        return int(self.db.execute(query, (words,)).fetchall()[0][0])

    def add(self, number: int, file: str, line: int, agreed: Agreed) -> None:
        failure = json.dumps(agreed.failure.to_dict()) if agreed.failure else None
        prepared = json.dumps(agreed.prepared) if agreed.prepared is not None else None
        row = (number, agreed.nonce, file, line, prepared, failure, agreed.shared)
        self.db.execute("INSERT OR REPLACE INTO writes VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def any_writes(self) -> bool:
        """Whether a line of the batch would write, or is left out of what is written."""
        return self.db.execute("SELECT 1 FROM writes LIMIT 1").fetchone() is not None

    def agreed(self, number: int) -> Agreed | None:
        query = "SELECT nonce, prepared, failure, shared FROM writes WHERE number = ?"
        row = self.db.execute(query, (number,)).fetchone()
        if row is None:
            return None
        failure = Failure(**json.loads(row[2])) if row[2] else None
        return Agreed(row[0], json.loads(row[1]) if row[1] else None, failure, bool(row[3]))

    def prepared(self) -> Iterator[dict[str, Any]]:
        """Every write that would be made, in the order of the lines, for a plan file."""
        query = "SELECT number, file, line, nonce, prepared, shared FROM writes WHERE failure IS NULL ORDER BY number"
        for number, file, line, nonce, prepared, shared in self.db.execute(query):
            where = {"index": number, "file": file, "line": line, "nonce": nonce, "shared": bool(shared)}
            yield {**where, "write": json.loads(prepared)}

    def left_out(self) -> Iterator[dict[str, Any]]:
        """Every write that would not be made, and why."""
        query = "SELECT number, file, line, failure FROM writes WHERE failure IS NOT NULL ORDER BY number"
        for number, file, line, failure in self.db.execute(query):
            yield {"index": number, "file": file, "line": line, "why": json.loads(failure)["message"]}

    # What the ledger is yet to be told

    def telling(self, number: int, runs: Sequence[int]) -> None:
        """The result of a line is about to be written down, and then these runs of the ledger are told."""
        self.db.executemany("INSERT INTO telling VALUES (?, ?)", [(number, run) for run in runs])

    def told(self) -> None:
        self.db.execute("DELETE FROM telling")

    def untold(self, below: int) -> list[int]:
        """Runs of lines that were finished when a process was cut off."""
        return [row[0] for row in self.db.execute("SELECT run FROM telling WHERE number < ?", (below,))]

    def remove(self) -> None:
        """The batch is complete: nothing is left to resume."""
        self.db.close()
        if self._where is not None:
            self._where.unlink(missing_ok=True)

    def close(self) -> None:
        self.db.close()
