"""The ledger: each write on this machine, recorded before it is sent and after its answer (SQLite, for its owner only).

A command that was cut off finds itself here when it is given again, so that nothing is written twice. Keys never
stand in it: every text is redacted before it is kept.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from flarite_nl.errors import LedgerProblem
from flarite_nl.model.change import Call, Change
from flarite_nl.model.codec import digest
from flarite_nl.model.ledger import Entry, Run
from flarite_nl.model.outcome import Mode

FOLDER = "FLARITE_NL_DATA"
"""The environment variable that names another folder for the ledger than the platform's."""

PATIENCE = 150.0
"""Seconds to wait for another process that writes to the same account."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, scope TEXT, command TEXT, words TEXT, mode TEXT, account TEXT, name TEXT,
    prompt TEXT, note TEXT, nonce TEXT, began TEXT, told INTEGER DEFAULT 0, finished INTEGER);
CREATE INDEX IF NOT EXISTS runs_command ON runs (scope, command);
CREATE INDEX IF NOT EXISTS runs_words ON runs (scope, words);
CREATE TABLE IF NOT EXISTS writes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER REFERENCES runs, state TEXT, target TEXT, summary TEXT,
    amount TEXT, currency TEXT, customer TEXT, calls TEXT, key TEXT, attempt INTEGER DEFAULT 0, made TEXT DEFAULT '[]',
    object TEXT, request_id TEXT, problem TEXT, at TEXT, now TEXT, before TEXT, spent INTEGER DEFAULT 0);
CREATE INDEX IF NOT EXISTS writes_run ON writes (run);
CREATE INDEX IF NOT EXISTS writes_object ON writes (object);
"""


@dataclass(frozen=True, slots=True)
class Command:
    """What makes a command the same one again.

    ``scope`` is mode, account and server. ``intent`` is the hash of what it means, ``words`` that of the prompt as it
    was typed: windows such as "the last 24 hours" mean something else each second, the words stay.
    """

    scope: str
    mode: Mode
    account: str | None
    name: str
    prompt: str
    intent: str
    words: str
    note: str | None = None
    nonce: str = ""


def folder() -> Path:
    """Where the ledger lies: ``FLARITE_NL_DATA``, else the platform's folder for the data of a user."""
    named = os.environ.get(FOLDER)
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_data_dir("flarite-nl"))


class Ledger:
    """One ledger file; ``where`` is its folder, None keeps it in memory.

    ``clock`` gives the machine's moment; ``redact`` takes keys out of a text.

    Raises:
        LedgerProblem: where the file cannot be made or read.
    """

    def __init__(
        self,
        where: Path | None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        redact: Callable[[str], str] = lambda text: text,
    ) -> None:
        self.clock = clock
        self.redact = redact
        self._where = where
        self._own = threading.RLock()
        with self._told_of("opened"):
            self._db = self._open()

    def _open(self) -> sqlite3.Connection:
        name = ":memory:" if self._where is None else str(_private(self._where, "ledger.sqlite3"))
        db = sqlite3.connect(name, timeout=30, isolation_level=None, check_same_thread=False)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA synchronous=FULL")
        db.executescript(SCHEMA)
        return db

    @contextmanager
    def _told_of(self, what: str) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as problem:
            where = f" in {self._where}" if self._where else ""
            raise LedgerProblem(f"The ledger{where} cannot be {what} ({problem}), so nothing is sent.") from None

    def close(self) -> None:
        self._db.close()

    # One process at a time

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold every other process's writes back; a killed process lets go by itself.

        Raises:
            LedgerProblem: where another process does not come to an end.
        """
        with self._own:
            if self._where is None:
                yield
                return
            with self._told_of("locked, since another process is writing"):
                lock = sqlite3.connect(
                    str(_private(self._where, "lock.sqlite3")), timeout=PATIENCE, isolation_level=None
                )
                lock.execute("BEGIN EXCLUSIVE")
            try:
                yield
            finally:
                lock.close()

    # Runs

    def latest(self, command: Command) -> Run | None:
        """The last run of this command that did or began something; by its words only if it is not told."""
        query = "SELECT * FROM runs WHERE scope = ? AND (command = ? OR (words = ? AND told = 0)) ORDER BY id DESC"
        with self._told_of("read"):
            for row in self._db.execute(query, (command.scope, command.intent, command.words)).fetchall():
                run = self._run(row)
                if run.done or run.left:
                    return run
        return None

    def elsewhere(self, command: Command, change: Change) -> Entry | None:
        """The last write of the very same calls by another command, done or of unknown outcome."""
        query = (
            "SELECT writes.* FROM writes JOIN runs ON runs.id = writes.run WHERE runs.scope = ? AND runs.command != ? "
            "AND writes.calls = ? AND writes.state IN ('done', 'sent') ORDER BY writes.id DESC LIMIT 1"
        )
        with self._told_of("read"):
            row = self._db.execute(query, (command.scope, command.intent, _calls_text(change.calls))).fetchone()
        return _entry(row) if row else None

    def counter(self) -> int:
        """How many runs have ended."""
        with self._told_of("read"):
            return int(self._db.execute("SELECT coalesce(max(finished), 0) FROM runs").fetchone()[0])

    def known(self, scope: str) -> frozenset[str]:
        """IDs of objects that writes of this ledger are known to have made."""
        query = "SELECT object FROM writes JOIN runs ON runs.id = writes.run WHERE scope = ? AND state = 'done'"
        with self._told_of("read"):
            return frozenset(str(row[0]) for row in self._db.execute(query, (scope,)) if row[0])

    def begin(self, command: Command, changes: Sequence[Change]) -> Run:
        """Record what is about to be sent, all of it, before any of it is."""
        with self._told_of("written"), self._transaction():
            earlier = self._db.execute(
                "SELECT count(*) FROM runs WHERE scope = ? AND command = ?", (command.scope, command.intent)
            ).fetchone()[0]
            texts = (command.account, command.name, command.prompt, command.note, command.nonce)
            number = self._db.execute(
                "INSERT INTO runs (scope, command, words, mode, account, name, prompt, note, nonce, began)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    command.scope,
                    command.intent,
                    command.words,
                    command.mode,
                    *map(self._clean, texts),
                    self.clock().isoformat(),
                ),
            ).lastrowid
            for change in changes:
                self._plan(int(number or 0), command, change, earlier)
        return self.run(int(number or 0))

    def _plan(self, run: int, command: Command, change: Change, earlier: int) -> None:
        calls = _calls_text(change.calls)
        if self.redact(calls) != calls:
            raise LedgerProblem("A Stripe key stands in what would be written; it is not sent.")
        amount = change.amount
        self._db.execute(
            "INSERT INTO writes (run, state, target, summary, amount, currency, customer, calls, key, before)"
            " VALUES (?, 'planned', ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run,
                change.target,
                self._clean(change.summary),
                format(amount.amount, "f") if amount else None,
                amount.currency if amount else None,
                change.customer,
                calls,
                key_of(command, calls, earlier),
                json.dumps(change.state, default=str),
            ),
        )

    def run(self, number: int) -> Run:
        """One run as it stands."""
        with self._told_of("read"):
            return self._run(self._db.execute("SELECT * FROM runs WHERE id = ?", (number,)).fetchone())

    def mark(self, entry: Entry, **fields: Any) -> Entry:
        """Record what became of an entry, and give it as it is now.

        Raises:
            LedgerProblem: where it cannot be recorded.
        """
        kept = {name: _column(name, value) for name, value in fields.items()}
        if kept.get("problem"):
            kept["problem"] = self._clean(kept["problem"])
        names = ", ".join(f"{name} = ?" for name in kept)
        with self._told_of("written"):
            self._db.execute(f"UPDATE writes SET {names} WHERE id = ?", (*kept.values(), entry.id))
        return replace(entry, **fields)

    def finish(self, run: int) -> None:
        """The run has come to its end, well or not."""
        with self._told_of("written"):
            query = "UPDATE runs SET finished = (SELECT coalesce(max(finished), 0) + 1 FROM runs) WHERE id = ?"
            self._db.execute(query, (run,))

    def tell(self, runs: Sequence[int]) -> None:
        """Whoever asked has got the whole answer of these runs."""
        with self._told_of("written"), self._transaction():
            self._db.executemany("UPDATE runs SET told = 1 WHERE id = ?", [(each,) for each in runs])

    def drop(self, run: int) -> int:
        """Give up what is left of a run; how many entries that were.

        Raises:
            LedgerProblem: where there is no such run.
        """
        with self._told_of("written"):
            if not self._db.execute("SELECT 1 FROM runs WHERE id = ?", (run,)).fetchone():
                raise LedgerProblem(f"The ledger has no run {run}.")
            return self._db.execute(
                "UPDATE writes SET state = 'dropped' WHERE run = ? AND state IN ('planned', 'sent', 'failed')", (run,)
            ).rowcount

    def history(self, *, limit: int | None = None) -> Iterator[Run]:
        """Runs, newest first."""
        with self._told_of("read"):
            rows = self._db.execute("SELECT * FROM runs ORDER BY id DESC LIMIT ?", (-1 if limit is None else limit,))
            for row in rows.fetchall():
                yield self._run(row)

    # Rows

    def _run(self, row: sqlite3.Row) -> Run:
        entries = self._db.execute("SELECT * FROM writes WHERE run = ? ORDER BY id", (row["id"],)).fetchall()
        return Run(
            row["id"], row["scope"], row["mode"], row["account"], row["name"], row["prompt"],
            datetime.fromisoformat(row["began"]), tuple(map(_entry, entries)), row["note"], row["nonce"],
            bool(row["told"]), row["finished"],
        )  # fmt: skip

    def _clean(self, text: str | None) -> str | None:
        return None if text is None else self.redact(text)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._own:  # the threads of this process share one connection
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                with suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")


def key_of(command: Command, calls: str, number: int) -> str:
    """The idempotency key: the same command on the same target gives the same one, on any machine (STRIPE.md 4).

    ``number`` sets a later attempt or a deliberate repetition apart.
    """
    return "flarite-" + digest([command.mode, command.account, command.intent, calls, command.nonce, number])


def _calls_text(calls: Sequence[Call]) -> str:
    return json.dumps([[each.call, each.id, each.params] for each in calls], sort_keys=True, default=str)


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        row["id"], row["run"], row["state"], row["target"], row["summary"],
        tuple(Call(call, params, id) for call, id, params in json.loads(row["calls"])), row["key"], row["attempt"],
        Decimal(row["amount"]) if row["amount"] is not None else None, row["currency"], row["customer"],
        tuple(json.loads(row["made"])), row["object"], row["request_id"], row["problem"],
        datetime.fromisoformat(row["at"]) if row["at"] else None,
        datetime.fromisoformat(row["now"]) if row["now"] else None, json.loads(row["before"]), bool(row["spent"]),
    )  # fmt: skip


def _column(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if name == "calls":
        return _calls_text(value)
    if isinstance(value, (tuple, list, Mapping)):
        return json.dumps(value, default=str)
    return value


def _private(where: Path, name: str) -> Path:
    """A file that only its owner can read, in a folder that, where it is made here, only its owner can enter."""
    if not where.is_dir():
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
        where.chmod(0o700)
    path = where / name
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
    return path
