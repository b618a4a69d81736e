"""One account of Stripe and the way to it: the key, the gateway, whose it is, what was written there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from flarite_nl import keys
from flarite_nl.errors import ApiError, Drift, FlariteError, PermissionError_
from flarite_nl.keys.advice import explained
from flarite_nl.keys.key import taken
from flarite_nl.keys.permissions import Verified, verify
from flarite_nl.model.outcome import Failure, Mode, Row
from flarite_nl.model.prepared import Prepared

if TYPE_CHECKING:
    from flarite_nl.execution.gateway import Gateway
    from flarite_nl.execution.ledger import Ledger
    from flarite_nl.execution.retry import Limiter, Retry
    from flarite_nl.execution.transport import Client
    from flarite_nl.execution.wire import Observer

SANDBOX = "Sandbox"

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Connection:
    """What every prompt of an engine shares. Threads may use it at once; the arguments are those of ``Engine``."""

    def __init__(
        self,
        key: str | None,
        *,
        api_base: str | None,
        wsgi: Wsgi | None,
        retry: Retry | None,
        workers: int,
        rate: float | Limiter | None,
        observer: Observer | None,
        client: Client | None,
        account: str | None,
        data: Path | None,
    ) -> None:
        if client is not None:
            from flarite_nl.execution.transport import key_of, server_of

            key, api_base = key_of(client), server_of(client)
        self._account = account
        self._account_row: Row | None = None
        self._data = data
        self._ledger: Ledger | None = None
        self._key = taken(key)
        self._way = {"key": key, "api_base": api_base, "wsgi": wsgi, "retry": retry, "workers": workers, "rate": rate,
                     "observer": observer, "client": client}  # fmt: skip
        self._gateway: Gateway | None = None
        self._lock = RLock()  # of what is made at first use, and of what is learned

    def __reduce__(self) -> str:
        raise TypeError("An engine holds a key and connections: make one in each process.")

    async def __aenter__(self) -> Self:
        """Keep the connections of this event loop until the end of the block, from one ``arun`` to the next.

        Raises:
            KeyProblem: without a usable key.
        """
        from asyncio import to_thread

        shared = (await to_thread(self._wire)).http.shared
        if shared is not None:
            shared.enter()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Not by _wire(): its lock is held while the ledger is opened, and this stands on the event loop.
        shared = self._gateway.http.shared if self._gateway is not None else None
        if shared is not None:
            await shared.leave()

    @property
    def mode(self) -> Mode:
        """Sandbox, test or live: the badge.

        Raises:
            KeyProblem: without a usable key.

        >>> from flarite_nl import Engine
        >>> Engine(key="rk_test_support").mode
        'test'
        """
        return self._wire().mode

    @property
    def account(self) -> str | None:
        """The account's name, where it is known; asking for it is left to what needs it.

        >>> from flarite_nl import Engine
        >>> print(Engine().account, Engine(account="Northwind Paper Co.").account)
        None Northwind Paper Co.
        """
        return self._account or (SANDBOX if self._way["wsgi"] else None)

    def verify(self, *, probing: bool = False) -> Verified:
        """Ask Stripe whose key this is and, with ``probing``, what a restricted one may do; nothing is written.

        Raises:
            ApiError: where Stripe does not take the key or cannot be asked; the sentence names the remedy.

        >>> from datetime import UTC, datetime
        >>> from flarite_nl import Engine, Sandbox
        >>> with Sandbox(now=datetime(2026, 3, 18, tzinfo=UTC)) as sandbox:
        ...     found = Engine(wsgi=sandbox.wsgi).verify()
        >>> found.mode, found.name, found.country
        ('sandbox', 'Northwind Paper Co.', 'US')
        """
        from flarite_nl.execution.runner import account_name

        wire = self._wire()
        try:
            return verify(self._key, wire.mode, wire.call, account_name, probing=probing)
        except ApiError as problem:
            said = self._failure(problem).message
            raise type(problem)(said, request_id=problem.request_id, status=problem.status, code=problem.code) from None

    @property
    def secret(self) -> str:
        """The key in use, for the seal of a plan file (``Prepared.to_dict``); the embedded sandbox's is no secret.

        >>> from flarite_nl import Engine
        >>> Engine(key="rk_test_support").secret
        'rk_test_support'
        """
        return str(self._way["key"] or SANDBOX)

    def _identity(self) -> tuple[str | None, str | None]:
        """The account's ID and name; of a key that may not see it, its fingerprint."""
        from flarite_nl.execution.runner import account_name

        wire = self._wire()
        if wire.mode == "sandbox":
            return None, SANDBOX
        try:
            row = self._account_row or wire.call("accounts.retrieve_current", {})
        except PermissionError_:
            return f"key {wire.fingerprint}", None
        self._account_row = row
        return str(row["id"]), account_name(row)

    @property
    def ledger(self) -> Ledger:
        """What was written from this machine; opened when it is first needed.

        Raises:
            LedgerProblem: where it cannot be opened.

        >>> from datetime import UTC, datetime
        >>> from flarite_nl import Engine, Parser, Sandbox
        >>> with Sandbox(now=datetime(2026, 3, 18, tzinfo=UTC)) as sandbox:
        ...     engine = Engine(wsgi=sandbox.wsgi)
        ...     _ = engine.run(Parser().parse("delete customer cus_TokyoTaro00001"), confirm=lambda question: True)
        ...     [(run.prompt, run.mode) for run in engine.ledger.history()]
        [('delete customer cus_TokyoTaro00001', 'sandbox')]
        """
        with self._lock:
            if self._ledger is None:
                from flarite_nl.execution.ledger import Ledger, folder

                where = None if self._way["wsgi"] and self._data is None else self._data or folder()
                self._ledger = Ledger(where, redact=keys.redact)
            return self._ledger

    def _server(self) -> str:
        """The root of the server that is asked, empty for Stripe's own."""
        return str(self._way["api_base"] or "").rstrip("/")

    def _made_here(self, prepared: Prepared) -> None:
        """A prepared write is for this server, mode and account. Raises Drift where it is for another one."""
        if (here_at := self._server()) != (prepared.server or ""):
            raise Drift(f"This plan was made at {prepared.server or 'Stripe'}, not at {here_at or 'Stripe'}.")
        here = (self.mode, self._identity()[0])
        if here != (prepared.mode, prepared.account):
            theirs = f"{prepared.mode} {prepared.account or ''}".strip()
            raise Drift(f"This plan is for {theirs}, and the key is for {here[0]} {here[1] or ''}".strip() + ".")

    def _failure(self, error: FlariteError, prompt: str | None = None) -> Failure:
        return Failure(error.kind, explained(error, self._key, prompt), error.request_id)

    def _wire(self) -> Gateway:
        with self._lock:
            if self._gateway is None:
                from flarite_nl.execution.gateway import Gateway

                self._gateway = Gateway(**self._way)  # type: ignore[arg-type]
            return self._gateway
