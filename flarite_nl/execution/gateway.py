"""With ``transport.py`` the only importer of stripe: calls of ``StripeClient.v1`` with our repeats, pace and errors."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from copy import copy
from operator import attrgetter
from typing import Any, NoReturn

import stripe

from flarite_nl.errors import (
    ApiError,
    AuthenticationError,
    InvalidRequest,
    KeyProblem,
    PermissionError_,
    RateLimited,
    Unreachable,
)
from flarite_nl.execution.budget import Budget
from flarite_nl.execution.retry import Limiter, Retry, again, limiter
from flarite_nl.execution.transport import Handed, InProcess, OverHttp, Wsgi, key_of, settings_of, taken
from flarite_nl.execution.wire import OTHER_PARAMS, Caller, Observer
from flarite_nl.model.outcome import Mode, Row
from flarite_nl.model.redaction import redact

VERSION = "2026-10-28.endive"
"""The API version that the grammar's paths and parameters are written for."""

SANDBOX_KEY = "sk_test_flarite_sandbox"

READS = ("list", "retrieve", "search", "retrieve_current")
"""Methods that write nothing."""

REASONS = (
    ("SSLError", "its certificate could not be verified."),
    ("NameResolutionError", "its address could not be found."),
    ("refused", "nothing listens there."),
    ("timed out", "it took too long."),
    ("too long", "it took too long."),
    ("Network error", "the connection broke off."),
)
"""What stripe says of a network that fails, and what a person should read; the first that fits."""


class Gateway:
    """One account's Stripe. Safe to share between threads.

    Args:
        key: a secret or restricted key; None only with ``wsgi``.
        api_base: root of a Stripe-compatible server; Stripe's own where None.
        wsgi: an application to call in this process instead of a server: the embedded sandbox.
        retry: how often and how long to ask again.
        rate: requests a second, or a Limiter that several gateways share; None means that of the key's mode.
        observer: is told of each request and answer.
        client: a client whose key, account, server and connections are used instead; its retries are not.

    Raises:
        KeyProblem: a publishable key, or none.
    """

    def __init__(
        self,
        key: str | None,
        *,
        api_base: str | None = None,
        wsgi: Wsgi | None = None,
        retry: Retry | None = None,
        rate: float | Limiter | None = None,
        workers: int = 24,
        observer: Observer | None = None,
        client: stripe.StripeClient | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        key = key_of(client) if client is not None else key or (SANDBOX_KEY if wsgi else None)
        self.mode: Mode = "sandbox" if wsgi else _mode(key)
        self.fingerprint = hashlib.sha256(str(key).encode()).hexdigest()[:16]
        self.workers = 1 if wsgi else workers
        self._observer = observer
        self.budget: Budget | None = None
        self.caller: Caller | None = None
        self.request_ids: list[str] = []
        self.replayed = False
        self._retry = retry or Retry()
        self._clock, self._sleep = clock, sleep
        self._limiter = limiter(rate, self.mode, clock, sleep)
        self._count = 0
        self._reached = False
        self._lock = threading.Lock()
        http: OverHttp | Handed | InProcess = OverHttp(self._retry.budget)
        settings: dict[str, Any] = {"base_addresses": {"api": api_base.rstrip("/")} if api_base else {}}
        if client is not None:
            http, settings = Handed(client), settings_of(client)
        elif wsgi:
            http = InProcess(wsgi)
        self.http = http
        self._client = stripe.StripeClient(
            str(key), stripe_version=VERSION, max_network_retries=0, http_client=http, **settings
        )

    def fresh(self, budget: Budget | None = None, caller: Caller | None = None) -> Gateway:
        """The same account with a budget and counters of its own: for one prompt, beside others in other threads.

        With a ``caller`` requests are made on the caller's event loop, where they can be awaited.
        """
        made = copy(self)
        made.budget, made.caller = budget, caller
        if caller is not None:
            made._sleep = caller.sleep
        made.request_ids, made.replayed, made._count = [], False, 0
        return made

    @property
    def requests(self) -> int:
        """HTTP requests so far, repeats included."""
        return self._count

    @property
    def left(self) -> int | None:
        """Requests that the budget allows without asking; None without one."""
        return self.budget.left if self.budget else None

    def announce(self, requests: int, what: str, *, sure: bool = True) -> None:
        """About so many more requests are to come, or at most; raises TooMany where the budget forbids what is sure."""
        if self._observer is not None:
            self._observer.expect(requests)
        if self.budget is not None:
            (self.budget.announce if sure else self.budget.foresee)(requests, what)

    def foresee(self, requests: int, what: str) -> None:
        """About so many may be to come at most."""
        self.announce(requests, what, sure=False)

    def call(self, call: str, params: Mapping[str, Any], *, id: str | None = None, key: str | None = None) -> Row:
        """Carry out one call of ``StripeClient.v1`` and give the answer as plain JSON.

        Args:
            call: ``service.method``, such as ``charges.list`` or ``invoices.line_items.list``.
            params: parameters in Stripe's names, money in minor units.
            id: the positional ID of the object.
            key: the idempotency key of a POST; without one a write is never sent twice.

        Raises:
            ApiError: Stripe's refusal, or no answer within the budget of repeats.
        """
        reads = call.rpartition(".")[2] in READS
        began, attempt = self._clock(), 0
        while True:
            try:
                row = self._once(call, params, id, key)
                # After a repeat of our own, the first answer is the right one.
                self.replayed = self.replayed and attempt == 0
                return row
            except stripe.StripeError as problem:
                attempt += 1
                pause = self._pause(problem, attempt, began, safe=reads or key is not None)
                if pause is None:
                    _raise(problem)
            self._sleep(pause)

    def _once(self, call: str, params: Mapping[str, Any], id: str | None, key: str | None) -> Row:
        if self.caller is not None:
            self.caller.here()
        if self.budget is not None:
            self.budget.spend()
        if self._observer is not None:
            self._observer.asked()
        self._limiter.take(self._sleep if self.caller is not None else None)
        with self._lock:
            self._count += 1
        given = (dict(params), {"idempotency_key": key} if key else {})
        answer, row = self._sent(call, given if id is None else (id, *given))
        self._reached = True
        self._limiter.calm()
        response = answer.last_response
        if response.request_id:
            self.request_ids.append(response.request_id)
        self.replayed = response.headers.get("idempotent-replayed") == "true"
        if self._observer is not None:
            self._observer.answered(row)
        return row

    def _sent(self, call: str, given: tuple[Any, ...]) -> tuple[Any, Row]:
        """One request: on the caller's event loop by stripe's async method, or in this thread."""
        caller, http = self.caller, self.http
        if caller is None or not http.awaits(caller.loop):
            return attrgetter(call)(self._client.v1)(*given), taken()

        async def sent() -> tuple[Any, Row]:
            return await attrgetter(f"{call}_async")(self._client.v1)(*given), taken()

        # A write under way is let end, so that the ledger knows what came of it.
        return caller.on_loop(sent, cut=call.rpartition(".")[2] in READS, uses=http.shared)

    def _pause(self, problem: stripe.StripeError, attempt: int, began: float, *, safe: bool) -> float | None:
        """Seconds to wait before the next attempt; None where there is to be none."""
        headers = problem.headers or {}
        status = problem.http_status
        if status == 429:
            self._limiter.slow()
        if status is not None:
            self._reached = True
        most = self._retry.attempts if self._reached else self._retry.first
        if attempt >= most or not again(status, headers.get("stripe-should-retry"), safe=safe):
            return None
        if status is not None and status < 500 and status not in (200, 409, 429):
            return None
        pause = self._retry.wait(attempt, _number(headers.get("retry-after")))
        return None if self._clock() - began + pause > self._retry.budget else pause


def has_call(call: str) -> bool:
    """Does ``StripeClient.v1`` have this ``service.method``?"""
    try:
        return callable(attrgetter(call)(stripe.StripeClient(SANDBOX_KEY).v1))
    except AttributeError:
        return False


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _mode(key: str | None) -> Mode:
    """Live or test, from the key's prefix (STRIPE.md 22)."""
    if not key:
        raise KeyProblem("No Stripe key is configured.")
    if key.startswith(("sk_live_", "rk_live_")):
        return "live"
    if key.startswith(("sk_test_", "rk_test_")):
        return "test"
    if key.startswith("pk_"):
        raise KeyProblem("This is a publishable key (pk_); a secret (sk_) or restricted (rk_) key is needed.")
    raise KeyProblem("This is no Stripe key: it starts with neither sk_ nor rk_.")


def _raise(problem: stripe.StripeError) -> NoReturn:
    """Our error for stripe's: one clear sentence, the request ID, Stripe's code and param."""
    status = problem.http_status
    request_id = problem.request_id
    error = problem.error
    code = problem.code or (getattr(error, "code", None) if error is not None else None)
    if isinstance(problem, stripe.IdempotencyError):
        code = OTHER_PARAMS
    param = getattr(problem, "param", None)
    # A header that cannot be sent, for one, is quoted whole in what requests says of it.
    said = redact(problem.user_message or str(problem))
    kind: type[ApiError] = InvalidRequest
    if isinstance(problem, stripe.AuthenticationError) or status == 401:
        kind = AuthenticationError
    elif isinstance(problem, stripe.PermissionError) or status == 403:
        kind = PermissionError_
    elif status == 429:
        kind = RateLimited
    elif status is None:
        reason = next((reason for sign, reason in REASONS if sign in said), said)
        kind, said = Unreachable, f"No answer came from Stripe: {_first(reason)}"
    elif status >= 500:
        kind, said = Unreachable, f"Stripe answered with an error of its own (HTTP {status}): {_first(said)}"
    elif status < 300:
        kind, said = Unreachable, f"The answer (HTTP {status}) was no whole JSON."
    replayed = (problem.headers or {}).get("idempotent-replayed") == "true"
    raise kind(
        _first(said) if kind is not Unreachable else said,
        request_id=request_id,
        status=status,
        code=code,
        param=param,
        replayed=replayed,
    ) from None


def _first(text: str) -> str:
    """The first line, of a readable length."""
    line = text.strip().splitlines()[0] if text.strip() else "no reason given"
    return line if len(line) <= 300 else line[:297] + "…"
