"""Requests that are awaited, over httpx where it is installed: one client for each event loop that uses it."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

SIGNS: tuple[tuple[type[Exception], str], ...] = (
    (ssl.SSLError, "SSLError"),
    (socket.gaierror, "NameResolutionError"),
    (ConnectionRefusedError, "refused"),
    (TimeoutError, "timed out"),
)
"""What may lie at the bottom of a failure, in the words of requests that ``gateway.REASONS`` knows."""


def installed() -> bool:
    """Whether requests can be awaited; stripe wants anyio as well."""
    return find_spec("httpx") is not None and find_spec("anyio") is not None


@dataclass(slots=True)
class _Open:
    """The client of one event loop, made by its first request, and by how many it is used."""

    users: int = 0
    client: httpx.AsyncClient | None = None


class Awaited:
    """HTTP by coroutines. Connections belong to one event loop, and are kept while someone there uses them.

    Args:
        connect: seconds to connect.
        idle: seconds to wait for the next bytes, and to get rid of those of a request.
        whole: seconds for an answer with all that goes before it.
        certificates: the file of those that are trusted. Proxies are those of the environment.
    """

    def __init__(self, connect: float, idle: float, whole: float, certificates: Callable[[], str]) -> None:
        self._connect, self._idle, self._whole = connect, idle, whole
        self._certificates = certificates
        self._by_loop: dict[asyncio.AbstractEventLoop, _Open] = {}

    def enter(self) -> None:
        """Keep the connections of the running event loop from now on; as often as it is called, ``leave`` must be."""
        self._by_loop.setdefault(asyncio.get_running_loop(), _Open()).users += 1

    async def leave(self) -> None:
        """The last one out closes the connections."""
        loop = asyncio.get_running_loop()
        held = self._by_loop[loop]
        held.users -= 1
        if held.users == 0:
            del self._by_loop[loop]
            if held.client is not None:
                await held.client.aclose()

    async def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, body: str | bytes | None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Body, status and headers of the answer. Between ``enter`` and ``leave`` only.

        Raises:
            ConnectionError: none came; the text tells why, as requests would.
        """
        held = self._by_loop[asyncio.get_running_loop()]
        try:
            if held.client is None:
                held.client = self._made()
            async with asyncio.timeout(self._whole):
                answer = await held.client.request(method, url, headers=headers, content=body)
        except Exception as problem:
            raise ConnectionError(_why(problem)) from problem
        return answer.content, answer.status_code, answer.headers

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        """Read once: it takes some milliseconds, and serves every loop."""
        return ssl.create_default_context(cafile=self._certificates())

    def _made(self) -> httpx.AsyncClient:
        import httpx

        return httpx.AsyncClient(
            verify=self._trusted,
            timeout=httpx.Timeout(self._idle, connect=self._connect, pool=None),
            # How many are under way is for the gateway's workers and pace to say; idle ones do no harm before the end.
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=None),
            follow_redirects=True,
        )


def _why(problem: Exception) -> str:
    """The reason of a failure: httpx leaves it to what caused its own error."""
    for each in _causes(problem):
        for kind, sign in SIGNS:
            if isinstance(each, kind):
                return f"{sign}: {each}"
    return f"{type(problem).__name__}: {problem}"


def _causes(problem: BaseException | None) -> Iterator[BaseException]:
    while problem is not None:
        yield problem
        if isinstance(problem, BaseExceptionGroup):
            for each in problem.exceptions:
                yield from _causes(each)
        problem = problem.__cause__ or problem.__context__
