"""Objects in SQLite: one table a kind, the object as JSON beside the columns that lists and searches use.

A row of generated bulk data has no JSON: its columns say everything, and ``bulk.py`` makes the object when it is
read, so a million charges take a few hundred bytes each. Rows are ordered by ``created`` and then by ``seq``.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from flarite_nl.sandbox.kinds import KINDS, Kind
from flarite_nl.sandbox.types import Obj

Row = sqlite3.Row
Fields = Row | dict[str, Any]
Maker = Callable[[Fields, int], Obj]
"""From a bulk row and the sandbox's moment to its object."""

NEWEST_FIRST = "created DESC, seq DESC"


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


encode: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_number).encode


class Store:
    """The only place that speaks SQL of objects. Not locked: the sandbox serialises its requests."""

    def __init__(
        self, path: str | None, makers: dict[str, Maker], texts: dict[str, Callable[[Row], str]], *, big: bool = False
    ) -> None:
        # An empty name is SQLite's private temporary file: it spills to disk instead of growing in memory.
        name = path if path is not None else "" if big else ":memory:"
        self.shared = path is not None
        self.db = sqlite3.connect(
            name, timeout=30, check_same_thread=False, isolation_level=None, cached_statements=512
        )
        self.db.row_factory = sqlite3.Row
        self.makers = makers
        self.texts = texts
        self.now = 0
        self.writes = 0
        self._functions: set[str] = set()
        # A file outlives a killed process and may be open in two; what lies in memory or a temporary file can't.
        pragmas = ("journal_mode=WAL", "synchronous=NORMAL") if path else ("journal_mode=MEMORY", "synchronous=OFF")
        for pragma in (*pragmas, "temp_store=FILE" if big else "temp_store=MEMORY"):
            self.db.execute(f"PRAGMA {pragma}")
        self.db.execute("PRAGMA cache_size=-32000")

    def create_tables(self) -> None:
        for statement in [*map(_schema, KINDS.values()), *_EXTRA.split(";")]:
            self.db.execute(statement)

    def create_indexes(self) -> None:
        """After the bulk of rows: an index is cheaper built at once than kept up to date."""
        for statement in (each for kind in KINDS.values() for each in _indexes(kind)):
            self.db.execute(statement)

    def function(self, name: str, body: Callable[[str | None, str], bool]) -> None:
        """Make a Python function of two arguments known to SQL, once."""
        if name not in self._functions:
            self._functions.add(name)
            self.db.create_function(name, 2, body, deterministic=True)

    def drop_everything(self) -> None:
        found = self.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for row in found:
            self.db.execute(f"DROP TABLE {row[0]}")
        self.writes += 1

    def begin(self, *, write: bool) -> None:
        """Start a transaction; one that writes waits for another process's."""
        self.db.execute("BEGIN IMMEDIATE" if write and self.shared else "BEGIN")

    def state(self) -> tuple[int, int]:
        """Changes whenever the data may have changed, here or in another process."""
        return self.writes, self.db.execute("PRAGMA data_version").fetchone()[0] if self.shared else 0

    def is_filled(self) -> bool:
        found = self.db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'meta'").fetchone()[0]
        return bool(found and self.meta("filled"))

    def meta(self, key: str) -> str | None:
        row = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def insert(self, objs: Iterable[Obj], *, visible: int = 0) -> None:
        """New objects, oldest first. ``visible`` is the moment from which search finds them (STRIPE.md 9)."""
        for obj in objs:
            kind = KINDS[obj["object"]]
            created = obj[kind.date] if kind.date else obj.pop("_created", self.now)
            body = encode(obj)
            self.db.execute(_INSERTS[kind.name], (obj["id"], created, visible, body, *_columns(kind, obj)))
        self.writes += 1

    def update(self, obj: Obj) -> None:
        kind = KINDS[obj["object"]]
        self.db.execute(_UPDATES[kind.name], (encode(obj), *_columns(kind, obj), obj["id"]))
        self.writes += 1

    def delete(self, kind: str, id: str, *, tombstone: bool = False) -> None:
        self.db.execute(f"DELETE FROM {KINDS[kind].table} WHERE id = ?", (id,))
        if tombstone:
            self.db.execute("INSERT OR REPLACE INTO deleted VALUES (?, ?)", (kind, id))
        self.writes += 1

    def was_deleted(self, kind: str, id: str) -> bool:
        query = "SELECT 1 FROM deleted WHERE kind = ? AND id = ?"
        return self.db.execute(query, (kind, id)).fetchone() is not None

    def include(self, id: str, field: str, value: Any) -> None:
        """Keep a field that an object shows only when it is expanded."""
        self.db.execute("INSERT OR REPLACE INTO included VALUES (?, ?, ?)", (id, field, encode(value)))

    def included(self, id: str, field: str) -> Any:
        row = self.db.execute("SELECT body FROM included WHERE id = ? AND field = ?", (id, field)).fetchone()
        return None if row is None else json.loads(row[0])

    def find(self, kind: str, id: str) -> Obj | None:
        row = self.db.execute(f"SELECT * FROM {KINDS[kind].table} WHERE id = ?", (id,)).fetchone()
        return None if row is None else self.load(kind, row)

    def place(self, kind: str, id: str) -> tuple[int, int] | None:
        """Where the object stands in its list: (created, seq)."""
        row = self.db.execute(f"SELECT created, seq FROM {KINDS[kind].table} WHERE id = ?", (id,)).fetchone()
        return None if row is None else (row[0], row[1])

    def rows(
        self, kind: str, where: str = "1", args: Iterable[Any] = (), *, order: str = NEWEST_FIRST, limit: int = -1
    ) -> list[Row]:
        query = f"SELECT * FROM {KINDS[kind].table} WHERE {where} ORDER BY {order} LIMIT {limit}"
        return self.db.execute(query, tuple(args)).fetchall()

    def all(self, kind: str, where: str = "1", args: Iterable[Any] = (), *, order: str = NEWEST_FIRST) -> list[Obj]:
        return [self.load(kind, row) for row in self.rows(kind, where, args, order=order)]

    def load(self, kind: str, row: Row) -> Obj:
        body = row["body"]
        if body is None:
            return self.makers[kind](row, self.now)
        obj: Obj = json.loads(body)
        return obj

    def text(self, kind: str, row: Row) -> str:
        """The object's JSON; kept objects need no decoding."""
        body = row["body"]
        if body is not None:
            return str(body)
        quick = self.texts.get(kind)
        return quick(row) if quick else encode(self.makers[kind](row, self.now))

    def count(self, kind: str, where: str = "1", args: Iterable[Any] = ()) -> int:
        query = f"SELECT count(*) FROM {KINDS[kind].table} WHERE {where}"
        return int(self.db.execute(query, tuple(args)).fetchone()[0])

    def walk(self, kind: str) -> Iterator[Obj]:
        """Every object of a kind, newest first."""
        return (self.load(kind, row) for row in self.walk_rows(kind))

    def walk_rows(self, kind: str, *, page: int = 1000) -> Iterator[Row]:
        """The row of every object of a kind, newest first, without holding more than a page in memory."""
        place: tuple[int, int] | None = None
        while True:
            where, args = ("1", ()) if place is None else ("(created, seq) < (?, ?)", place)
            rows = self.rows(kind, where, args, limit=page)
            yield from rows
            if len(rows) < page:
                return
            place = (rows[-1]["created"], rows[-1]["seq"])


def _columns(kind: Kind, obj: Obj) -> list[Any]:
    if kind.name == "subscription":
        # A subscription's period is that of its first item (STRIPE.md 13); only the column needs it up here.
        items = obj["items"]
        obj = {**obj, "items": {**items, "data_first": items["data"][0] if items["data"] else None}}
    return kind.values(obj)


def _schema(kind: Kind) -> str:
    columns = "".join(f", {name}" for name in kind.columns)
    return (
        f"CREATE TABLE {kind.table} (seq INTEGER PRIMARY KEY, id TEXT, created INTEGER, visible INTEGER DEFAULT 0, "
        f"body TEXT{columns})"
    )


def _indexes(kind: Kind) -> list[str]:
    made = [f"CREATE UNIQUE INDEX {kind.table}_id ON {kind.table} (id)"]
    made.append(f"CREATE INDEX {kind.table}_created ON {kind.table} (created)")
    made.extend(f"CREATE INDEX {kind.table}_{name} ON {kind.table} ({name}, created)" for name in kind.indexes)
    return made


_EXTRA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE included (id TEXT, field TEXT, body TEXT, PRIMARY KEY (id, field));
CREATE TABLE deleted (kind TEXT, id TEXT, PRIMARY KEY (kind, id));
CREATE TABLE idempotency (key TEXT PRIMARY KEY, at INTEGER, operation TEXT, params TEXT, status INTEGER,
    body TEXT, request TEXT)
"""

_INSERTS = {
    kind.name: f"INSERT INTO {kind.table} (id, created, visible, body{''.join(f', {name}' for name in kind.columns)}) "
    f"VALUES (?, ?, ?, ?{', ?' * len(kind.columns)})"
    for kind in KINDS.values()
}

_UPDATES = {
    kind.name: f"UPDATE {kind.table} SET body = ?{''.join(f', {name} = ?' for name in kind.columns)} WHERE id = ?"
    for kind in KINDS.values()
}
