"""The only importer of stripe: calls of ``StripeClient.v1`` with our repeats, pace and errors."""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

import requests.adapters
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
from flarite_nl.execution.retry import Dated, Limiter, Retry, again, limiter
from flarite_nl.execution.wire import OTHER_PARAMS, Observer
from flarite_nl.model.outcome import Mode, Row
from flarite_nl.model.redaction import redact

VERSION = "2026-10-28.endive"
"""The API version that the grammar's paths and parameters are written for."""

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

SANDBOX_KEY = "sk_test_flarite_sandbox"

TIMEOUTS = (10.0, 40.0)
"""Seconds to connect, and to wait for the next bytes."""


REASONS = (
    ("SSLError", "its certificate could not be verified."),
    ("NameResolutionError", "its address could not be found."),
    ("refused", "nothing listens there."),
    ("timed out", "it took too long."),
    ("too long", "it took too long."),
    ("Network error", "the connection broke off."),
)
"""What stripe says of a network that fails, and what a person should read; the first that fits."""


class _Held(threading.local):
    """The last answer of this thread as plain JSON."""

    answer: Any = None


def _keep(held: _Held, body: Any, status: int) -> Any:
    """Take a whole answer out of stripe's hands, and give it an empty one instead.

    stripe would make an object of every value of a page, which costs several times as much as all else here does
    with it. What is no JSON object is left to stripe to refuse.
    """
    held.answer = None
    if status != 200:
        return body
    try:
        answer = json.loads(body)
    except ValueError:
        return body
    if not isinstance(answer, dict):
        return b"no object"
    held.answer = answer
    return b"{}"


class _Adapter(requests.adapters.HTTPAdapter):
    """Connections whose answers have a deadline, headers and body together."""

    def __init__(self, seconds: float) -> None:
        class Answer(http.client.HTTPResponse):
            def __init__(self, sock: socket.socket, *given: Any, **named: Any) -> None:
                super().__init__(sock, *given, **named)
                self.fp = io.BufferedReader(Dated(self.fp.detach(), sock, seconds, TIMEOUTS[1]))

        self._answer = Answer
        super().__init__()

    def get_connection_with_tls_context(self, *given: Any, **named: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*given, **named)
        if getattr(pool.ConnectionCls, "response_class", None) is not self._answer:
            pool.ConnectionCls = type("Connection", (pool.ConnectionCls,), {"response_class": self._answer})
        return pool


class _OverHttp(stripe.RequestsClient):
    """Real HTTP, without telemetry about earlier requests; a whole answer takes at most ``seconds``."""

    def __init__(self, held: _Held, seconds: float) -> None:
        super().__init__(timeout=TIMEOUTS)
        self._held, self._seconds = held, seconds

    def _add_telemetry_header(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        return headers

    def request(  # type: ignore[override]
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        if getattr(self._thread_local, "session", None) is None:
            session = self._thread_local.session = requests.Session()
            for scheme in ("https://", "http://"):
                session.mount(scheme, _Adapter(self._seconds))
        body, status, answered = super().request(method, url, headers, post_data)
        return _keep(self._held, body, status), status, answered


class _InProcess(stripe.HTTPClient):
    """Calls a WSGI application in this process: the embedded sandbox is served without a socket."""

    name = "wsgi"

    def __init__(self, app: Wsgi, held: _Held) -> None:
        super().__init__()
        self._app = app
        self._held = held

    def _add_telemetry_header(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        return headers

    def request(  # type: ignore[override]
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        answer: dict[str, Any] = {}

        def start(status: str, given: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
            answer["status"] = int(status.split()[0])
            answer["headers"] = {name.lower(): value for name, value in given}
            return written.append

        written: list[bytes] = []
        try:
            chunks = self._app(_environ(method, url, headers or {}, post_data), start)
            try:
                body = b"".join([*written, *chunks])
            finally:
                close = getattr(chunks, "close", None)
                if close is not None:
                    close()
        except Exception as problem:
            text = f"the sandbox failed: {problem!r}"
            raise stripe.APIConnectionError(text) from problem  # type: ignore[no-untyped-call]
        return _keep(self._held, body, answer["status"]), answer["status"], answer["headers"]

    def close(self) -> None:
        """Nothing is held open."""


def _environ(method: str, url: str, headers: Mapping[str, str], post_data: Any) -> dict[str, Any]:
    """The WSGI environment of one request (PEP 3333)."""
    parts = urlsplit(url)
    body = post_data.encode() if isinstance(post_data, str) else post_data or b""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method.upper(),
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(parts.path, "latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname or "localhost",
        "SERVER_PORT": str(parts.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        upper = name.upper().replace("-", "_")
        environ[upper if upper == "CONTENT_TYPE" else f"HTTP_{upper}"] = value
    return environ


class Gateway:
    """One account's Stripe. Safe to share between threads.

    Args:
        key: a secret or restricted key; None only with ``wsgi``.
        api_base: root of a Stripe-compatible server; Stripe's own where None.
        wsgi: an application to call in this process instead of a server: the embedded sandbox.
        retry: how often and how long to ask again.
        rate: requests a second, or a Limiter that several gateways share; None means that of the key's mode.
        observer: is told of each request and answer.

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
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        key = key or (SANDBOX_KEY if wsgi else None)
        self.mode: Mode = "sandbox" if wsgi else _mode(key)
        self.fingerprint = hashlib.sha256(str(key).encode()).hexdigest()[:16]
        self.workers = 1 if wsgi else workers
        self._observer = observer
        self.budget: Budget | None = None
        self.request_ids: list[str] = []
        self.replayed = False
        self._retry = retry or Retry()
        self._clock, self._sleep = clock, sleep
        self._limiter = limiter(rate, self.mode, clock, sleep)
        self._count = 0
        self._reached = False
        self._lock = threading.Lock()
        self._held = _Held()
        bases: Any = {"api": api_base.rstrip("/")} if api_base else {}
        self._client = stripe.StripeClient(
            str(key),
            stripe_version=VERSION,
            base_addresses=bases,
            max_network_retries=0,
            http_client=_InProcess(wsgi, self._held) if wsgi else _OverHttp(self._held, self._retry.budget),
        )

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
        function = attrgetter(call)(self._client.v1)
        method = call.rpartition(".")[2]
        safe = key is not None or method in ("list", "retrieve", "search", "retrieve_current")
        began, attempt = self._clock(), 0
        while True:
            try:
                row = self._once(function, params, id, key)
                # After a repeat of our own, the first answer is the right one.
                self.replayed = self.replayed and attempt == 0
                return row
            except stripe.StripeError as problem:
                attempt += 1
                pause = self._pause(problem, attempt, began, safe=safe)
                if pause is None:
                    _raise(problem)
            self._sleep(pause)

    def _once(self, function: Any, params: Mapping[str, Any], id: str | None, key: str | None) -> Row:
        if self.budget is not None:
            self.budget.spend()
        if self._observer is not None:
            self._observer.asked()
        self._limiter.take()
        with self._lock:
            self._count += 1
        options = {"idempotency_key": key} if key else {}
        made = dict(params)
        answer = function(id, made, options) if id is not None else function(made, options)
        self._reached = True
        self._limiter.calm()
        response = answer.last_response
        if response.request_id:
            self.request_ids.append(response.request_id)
        self.replayed = response.headers.get("idempotent-replayed") == "true"
        row: Row = self._held.answer
        if self._observer is not None:
            self._observer.answered(row)
        return row

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
