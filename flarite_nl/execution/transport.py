"""How requests travel: over HTTP, to an application in this process, or by the way of a client that was handed over.

With ``gateway.py`` the only importer of stripe.
"""

from __future__ import annotations

import http.client
import io
import json
import socket
import threading
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

import requests.adapters
import stripe

from flarite_nl.errors import KeyProblem
from flarite_nl.execution.awaited import Awaited, installed
from flarite_nl.execution.retry import Dated

Client: TypeAlias = stripe.StripeClient

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

TIMEOUTS = (10.0, 40.0)
"""Seconds to connect, and to wait for the next bytes."""


_ANSWER: ContextVar[Any] = ContextVar("answer", default=None)
"""The last answer of this thread, or of this task on an event loop, as plain JSON."""


def taken() -> Any:
    """The last answer of this thread or task; once."""
    answer = _ANSWER.get()
    _ANSWER.set(None)
    return answer


def _keep(body: Any, status: int) -> Any:
    """Take a whole answer out of stripe's hands, and give it an empty one instead.

    stripe would make an object of every value of a page, which costs several times as much as all else here does
    with it. What is no JSON object is left to stripe to refuse.
    """
    _ANSWER.set(None)
    if status != 200:
        return body
    try:
        answer = json.loads(body)
    except ValueError:
        return body
    if not isinstance(answer, dict):
        return b"no object"
    _ANSWER.set(answer)
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


class OverHttp(stripe.RequestsClient):
    """Real HTTP, without telemetry about earlier requests; a whole answer takes at most ``seconds``.

    By requests in a thread, and by httpx on an event loop.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(timeout=TIMEOUTS)
        self._seconds = seconds
        self.shared = Awaited(*TIMEOUTS, seconds, lambda: stripe.ca_bundle_path) if installed() else None

    def awaits(self, loop: AbstractEventLoop) -> bool:
        """Whether requests can be awaited there: with httpx."""
        return self.shared is not None

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
        return _keep(body, status), status, answered

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        if self.shared is None:
            raise NotImplementedError("httpx is not installed.")
        try:
            body, status, answered = await self.shared.request(method, url, headers, post_data)
        except ConnectionError as problem:
            text = f"No answer came (Network error: {problem})"
            raise stripe.APIConnectionError(text) from problem  # type: ignore[no-untyped-call]
        return _keep(body, status), status, answered


class InProcess(stripe.HTTPClient):
    """Calls a WSGI application in this process: the embedded sandbox is served without a socket.

    Such an application is synchronous, so it is called in the thread of a run, never on an event loop.
    """

    name = "wsgi"
    shared = None

    def __init__(self, app: Wsgi) -> None:
        super().__init__()
        self._app = app

    def awaits(self, loop: AbstractEventLoop) -> bool:
        return False

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
        return _keep(body, answer["status"]), answer["status"], answer["headers"]

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


class Handed(stripe.HTTPClient):
    """The HTTP client of a ``StripeClient`` that was handed over: its proxy, certificates and connections are used."""

    name = "handed over"
    shared = None

    def __init__(self, client: stripe.StripeClient) -> None:
        super().__init__()
        self._through = _requestor(client)._get_http_client()
        self._loop: AbstractEventLoop | None = None
        self._lock = threading.Lock()

    def awaits(self, loop: AbstractEventLoop) -> bool:
        """Whether requests are awaited there: where the client can, and on the first loop that it is used on.

        Its connections belong to that one; on another loop they would be found broken. A client that can do nothing
        else is left to whoever handed it over.
        """
        if not _awaits(self._through):
            return False
        with self._lock:
            self._loop = self._loop or loop
        return self._loop is loop or _only_awaits(self._through)

    def request(  # type: ignore[override]
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        if _only_awaits(self._through):
            raise KeyProblem("The HTTP client that was handed over can only be awaited: use arun.")
        body, status, answered = self._through.request(method, url, headers, post_data)
        return _keep(body, status), status, answered

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        body, status, answered = await self._through.request_async(method, url, headers, post_data)
        return _keep(body, status), status, answered

    def close(self) -> None:
        """The connections belong to whoever handed the client over."""


def _awaits(client: Any) -> bool:
    """Whether an HTTP client of stripe's has async methods, of its own or by its fallback."""
    if type(client).request_async is not stripe.HTTPClient.request_async:
        return not isinstance(client, stripe._http_client.NoImportFoundAsyncClient)
    fallback = client._async_fallback_client
    return fallback is not None and _awaits(fallback)


def _only_awaits(client: Any) -> bool:
    """Whether it refuses all else."""
    return isinstance(client, stripe.AIOHTTPClient) or (
        isinstance(client, stripe.HTTPXClient) and client._client is None
    )


def key_of(client: object) -> str:
    """The key of a client.

    Raises:
        KeyProblem: where it is no StripeClient of a version that is known here.
    """
    key = _requestor(client).api_key if isinstance(client, stripe.StripeClient) else None
    if not isinstance(key, str):
        raise KeyProblem("A client is a stripe.StripeClient with a secret key.")
    return key


def server_of(client: stripe.StripeClient) -> str | None:
    """The root of the server that a client asks; None for Stripe's own."""
    base = str(_requestor(client)._options.base_addresses["api"])
    return None if base == stripe.DEFAULT_API_BASE else base


def settings_of(client: stripe.StripeClient) -> dict[str, Any]:
    """Whose account and which server a client asks: options of a ``StripeClient`` that asks them too."""
    options = _requestor(client)._options
    return {
        "stripe_account": options.stripe_account,
        "stripe_context": options.stripe_context,
        "base_addresses": options.base_addresses,
    }


def _requestor(client: stripe.StripeClient) -> Any:
    """What stripe keeps to itself; a test holds it to the version that is installed."""
    return client._requestor
