"""A request and an answer, as the sandbox sees them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flarite_nl.sandbox.store import encode

VERSION = "2026-10-28.endive"
"""The API version that the sandbox speaks; a client may name another in ``Stripe-Version``, and gets its name back."""

Environ = dict[str, Any]

REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
}


@dataclass(slots=True)
class Request:
    """``form`` is the raw query string or body; ``key`` is filled in once the API key is known to be good."""

    method: str
    path: str
    form: str
    authorization: str | None
    idempotency_key: str | None
    version: str
    id: str = ""
    key: str = ""


@dataclass(slots=True)
class Answer:
    """``body`` is text; ``announced`` is the length to announce where it isn't the body's own (a truncated answer).

    ``stream`` gives the body bit by bit instead, so that a long one is never held whole.
    """

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)
    announced: int | None = None
    stream: Iterator[str] | None = None

    @classmethod
    def json(cls, status: int, value: Any) -> Answer:
        return cls(status, encode(value))


def read(environ: Environ) -> Request:
    """From WSGI. Parameters of POST come in the body, of others in the query string."""
    method = environ["REQUEST_METHOD"]
    form = environ.get("QUERY_STRING", "")
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length:
        body = environ["wsgi.input"].read(length).decode("utf-8", "replace")
        form = f"{form}&{body}" if form else body
    return Request(
        method,
        # WSGI hands over bytes as latin-1.
        environ.get("PATH_INFO", "/").encode("latin-1").decode("utf-8", "replace"),
        form,
        environ.get("HTTP_AUTHORIZATION"),
        environ.get("HTTP_IDEMPOTENCY_KEY") if method == "POST" else None,
        environ.get("HTTP_STRIPE_VERSION") or VERSION,
    )
