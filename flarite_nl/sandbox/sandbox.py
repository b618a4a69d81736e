"""The sandbox as a Python object: made, asked through WSGI, dumped, reset."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from flarite_nl.sandbox import control, http
from flarite_nl.sandbox.app import App
from flarite_nl.sandbox.bulk import MAKERS, TEXTS
from flarite_nl.sandbox.faults import Fault, as_faults
from flarite_nl.sandbox.http import REASONS, Answer, Environ
from flarite_nl.sandbox.keys import Keyring, Permissions
from flarite_nl.sandbox.kinds import KINDS
from flarite_nl.sandbox.store import Row, Store
from flarite_nl.sandbox.types import Obj
from flarite_nl.sandbox.world import World

BIG = 20_000
"""From this many charges on, the data lies in a temporary file instead of in memory."""

Faults = str | Iterable[Fault | Mapping[str, Any]] | None


class Sandbox:
    """A stateful Stripe on this machine.

    ``seed`` and ``now`` (aware; the sandbox's frozen clock) fix all data: the same two give the same objects.
    ``size`` is the number of charges (None: the demo account's few hundred); ``path`` a SQLite file that keeps the
    state (an existing one is continued, with its own clock, seed and size), None for none. ``faults`` is a
    specification as ``parse_faults`` reads it, or rules; ``latency`` seconds before each answer; ``rate_limit``
    requests a second; ``permissions`` what restricted keys may do, by key and collection
    (``{"rk_test_x": {"charges": "read"}}``).

    Raises:
        ValueError: where ``now`` has no zone, or ``faults`` is no such specification.

    >>> from datetime import UTC, datetime
    >>> from flarite_nl import Engine, Parser, Sandbox
    >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
    >>> with Sandbox(now=moment, seed=7, size=1000) as sandbox:
    ...     engine = Engine(wsgi=sandbox.wsgi, now=sandbox.now)
    ...     engine.run(Parser().parse("how many charges are there")).results[0].groups[0].value
    1000
    >>> sandbox = Sandbox(now=moment)
    >>> erase = Parser().parse("delete customer cus_TokyoTaro00001")
    >>> Engine(wsgi=sandbox.wsgi).run(erase, confirm=lambda question: True).error is None
    True
    >>> "cus_TokyoTaro00001" in [row["id"] for row in sandbox.dump() if not row.get("deleted")]
    False
    >>> sandbox.reset()
    >>> any('"cus_TokyoTaro00001"' in text for text in sandbox.dump_text())
    True
    >>> sandbox.close()
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        now: datetime,
        size: int | None = None,
        path: str | None = None,
        faults: Faults = None,
        latency: float = 0.0,
        rate_limit: float | None = None,
        permissions: Permissions | None = None,
    ) -> None:
        if now.tzinfo is None:
            raise ValueError("now must be an aware datetime")
        self.seed = seed
        self.size = size
        self._start = int(now.timestamp())
        self._path = path
        self._settings = (as_faults(faults), latency, rate_limit, dict(permissions or {}))
        self.world = World(self._open(), seed, self._start)
        self._fill()
        self.app = self._new_app()

    def _open(self) -> Store:
        return Store(self._path, MAKERS, TEXTS, big=(self.size or 0) > BIG)

    def _new_app(self) -> App:
        faults, latency, rate, permissions = self._settings
        fresh = [
            Fault(each.kind, each.path, each.method, each.nth, each.count, each.when, each.seconds, each.retry)
            for each in faults
        ]
        return App(self.world, Keyring(permissions), fresh, latency, rate)

    def _fill(self) -> None:
        store = self.world.store
        if store.is_filled():
            start = int(store.meta("start") or self._start)
            self.world.founded += start - self._start
            self._start = start
            self.seed = self.world.seed = int(store.meta("seed") or self.seed)
            self.size = int(store.meta("size") or 0) or None
            self.world.now = int(store.meta("now") or self._start)
            self.world.epoch = int(store.meta("epoch") or 0) + 1
            store.set_meta("epoch", str(self.world.epoch))
            return
        from flarite_nl.sandbox.demo import fill

        store.begin(write=True)
        if store.is_filled():
            # Another process was faster.
            store.db.execute("COMMIT")
            self._fill()
            return
        store.create_tables()
        fill(self.world, self.size)
        store.create_indexes()
        store.set_meta("filled", "yes")
        for name, value in (("now", self.world.now), ("start", self._start), ("seed", self.seed), ("size", self.size)):
            store.set_meta(name, "" if value is None else str(value))
        store.db.execute("COMMIT")

    @property
    def now(self) -> datetime:
        """The sandbox's moment, in UTC."""
        return datetime.fromtimestamp(self.world.now, UTC)

    def wsgi(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The WSGI application, for ``Engine(wsgi=…)`` or any WSGI server.

        Args:
            environ: the request (PEP 3333).
            start_response: takes the answer's status and headers.

        Raises:
            ConnectionResetError: without a server's help, where a fault resets the connection.
            TimeoutError: where a fault lets it time out.

        >>> from datetime import UTC, datetime
        >>> from wsgiref.util import setup_testing_defaults
        >>> environ = {"PATH_INFO": "/v1/charges"}
        >>> setup_testing_defaults(environ)
        >>> with Sandbox(now=datetime(2026, 3, 18, tzinfo=UTC)) as sandbox:
        ...     answer = b"".join(sandbox.wsgi(environ, lambda status, headers: print(status)))
        401 Unauthorized
        """
        request = http.read(environ)
        steered = request.path.startswith(control.PREFIX)
        answer = control.handle(self, request) if steered else self.app.handle(request)
        return _send(answer, start_response)

    def dump(self) -> Iterator[Obj]:
        """Every object, kind by kind in the order of ``KINDS``, newest first."""
        return (self.world.store.load(kind, row) for kind, row in self._rows())

    def dump_text(self) -> Iterator[str]:
        """The same as JSON texts, several times faster: what is kept as text need not be decoded."""
        return (self.world.store.text(kind, row) for kind, row in self._rows())

    def _rows(self) -> Iterator[tuple[str, Row]]:
        for kind in KINDS:
            found = self.world.store.walk_rows(kind) if kind != "discount" else iter(())
            while True:
                with self.app.lock:
                    row = next(found, None)
                if row is None:
                    break
                yield kind, row

    def set_clock(self, moment: int) -> None:
        """Move the sandbox's clock to ``moment`` (Unix seconds), and let happen what time brings.

        >>> from datetime import UTC, datetime
        >>> with Sandbox(now=datetime(2026, 3, 18, tzinfo=UTC)) as sandbox:
        ...     sandbox.set_clock(sandbox.world.now + 3600)
        ...     print(sandbox.now)
        2026-03-18 01:00:00+00:00
        """
        from flarite_nl.sandbox.clock import pass_time

        with self.app.lock:
            pass_time(self.world, moment)
            self.world.store.set_meta("now", str(moment))

    def reset(self) -> None:
        """Back to the data, clock and settings of the start."""
        with self.app.lock:
            store = self.world.store
            store.drop_everything()
            self.world.now = self._start
            self.world.counter = self.world.epoch = 0
            self._fill()
            fresh = self._new_app()
            app = self.app
            app.keyring, app.faults, app.latency, app.rate = fresh.keyring, fresh.faults, fresh.latency, fresh.rate
            app.log.clear()
            app.counts.clear()

    def close(self) -> None:
        """Give up the data; a request after this fails."""
        self.app.stopping.set()
        with self.app.lock:
            self.world.store.db.close()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def _send(answer: Answer, start_response: Callable[..., Any]) -> Iterable[bytes]:
    status = f"{answer.status} {REASONS.get(answer.status, 'Status')}"
    headers = {"Content-Type": "application/json", "Cache-Control": "no-cache, no-store", **answer.headers}
    if answer.stream is not None:
        start_response(status, list(headers.items()))
        return (part.encode() for part in answer.stream)
    body = answer.body.encode()
    headers["Content-Length"] = str(len(body) if answer.announced is None else answer.announced)
    start_response(status, list(headers.items()))
    return [body]
