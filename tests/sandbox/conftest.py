"""A sandbox in the process, and a client that checks its every answer against the OpenAPI document."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from flarite_nl.sandbox import Sandbox, routes
from tests.sandbox import openapi_objects

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
KEY = "sk_test_sandbox"

Obj = dict[str, Any]


class Api:
    """``get``, ``post`` and ``delete`` return the JSON of a 200, ``error`` that of anything else."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.status = 0
        self.headers: dict[str, str] = {}
        self.raw = b""

    def send(self, method: str, path: str, params: Any = None, *, key: str | None = KEY, **headers: str) -> Any:
        form = params if isinstance(params, str) else urlencode(flat(params or {}))
        body = form.encode() if method == "POST" else b""
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": "" if method == "POST" else form,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            **{"HTTP_" + name.upper(): value for name, value in headers.items()},
        }
        if key is not None:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {key}"
        self.raw = b"".join(self.sandbox.wsgi(environ, self._start))
        assert self.headers["Content-Length"] == str(len(self.raw))
        answer = json.loads(self.raw)
        self.check(method, path, answer)
        return answer

    def _start(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status = int(status.split()[0])
        self.headers = dict(headers)

    def check(self, method: str, path: str, answer: Any) -> None:
        """Every answer in every test follows its schema."""
        if path.startswith("/_control"):
            return
        if self.status != 200:
            found = list(openapi_objects.problems(answer, openapi_objects.SCHEMAS["error"]))
            # `request_log_url` is the newest field of errors; the payment intent inside is checked as well.
            assert not found, found
            return
        route = routes.find(method, path)
        assert route is not None
        operation = route[0].operation.replace("/pause", "/resume")
        found = list(openapi_objects.problems(answer, openapi_objects.response(operation)))
        assert not found, (operation, found[:10])

    def get(self, path: str, params: Any = None, **more: Any) -> Any:
        answer = self.send("GET", path, params, **more)
        assert self.status == 200, answer
        return answer

    def post(self, path: str, params: Any = None, **more: Any) -> Any:
        answer = self.send("POST", path, params, **more)
        assert self.status == 200, answer
        return answer

    def delete(self, path: str, params: Any = None, **more: Any) -> Any:
        answer = self.send("DELETE", path, params, **more)
        assert self.status == 200, answer
        return answer

    def error(self, method: str, path: str, params: Any = None, **more: Any) -> Any:
        """The ``error`` hash of a refusal, with its HTTP ``status``."""
        answer = self.send(method, path, params, **more)
        assert self.status != 200, answer
        return {"status": self.status, **answer["error"]}

    def all(self, path: str, params: Obj | None = None) -> list[Obj]:
        """Every object of a list, page by page."""
        out: list[Obj] = []
        given: Obj = {"limit": 100, **(params or {})}
        while True:
            page = self.get(path, given)
            out += page["data"]
            if not page["has_more"]:
                return out
            given["starting_after"] = out[-1]["id"]

    def control(self, name: str, given: Any = None, method: str = "POST") -> Any:
        body = b"" if given is None else json.dumps(given).encode()
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": f"/_control/{name}",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        self.raw = b"".join(self.sandbox.wsgi(environ, self._start))
        return json.loads(self.raw)


def flat(value: Any, name: str = "") -> list[tuple[str, str]]:
    """Nested parameters as Stripe's brackets."""
    if isinstance(value, dict):
        return [pair for key, each in value.items() for pair in flat(each, f"{name}[{key}]" if name else str(key))]
    if isinstance(value, list):
        return [pair for at, each in enumerate(value) for pair in flat(each, f"{name}[{at}]")]
    return [(name, str(value).lower() if isinstance(value, bool) else str(value))]


@pytest.fixture(scope="module")
def shared() -> Iterator[Api]:
    """For tests that only read."""
    with Sandbox(now=NOW) as sandbox:
        yield Api(sandbox)


@pytest.fixture
def api() -> Iterator[Api]:
    """A sandbox of its own for each test that writes."""
    with Sandbox(now=NOW, size=1) as sandbox:
        yield Api(sandbox)
