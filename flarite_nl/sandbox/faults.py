"""Faults on demand: which request is spoilt, how, and whether what it wrote has happened by then."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

KINDS = ("409", "429", "500", "502", "503", "timeout", "reset", "truncate", "badjson", "slow", "drip")
MESSAGES = {
    409: (
        "This object cannot be accessed right now because another API request is currently accessing it.",
        "lock_timeout",
        "invalid_request_error",
    ),
    429: (
        "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.",
        "rate_limit",
        "invalid_request_error",
    ),
    500: ("An unknown error occurred", None, "api_error"),
    503: ("Stripe is temporarily unavailable. Please try again.", None, "api_error"),
}
"""Message, ``code`` and ``type`` of a fault that is an answer."""


@dataclass(slots=True)
class Fault:
    """One rule. It matches requests by ``path`` (a regular expression, searched) and ``method``; it strikes the
    ``nth`` match (from 1) and the ``count`` − 1 after it (0: all). ``when`` is ``before`` the request is carried out
    or ``after``. ``seconds`` is how long ``timeout``, ``slow`` and ``drip`` last; ``retry`` sets
    ``stripe-should-retry``. A ``drip`` sends a byte at a time and never ends: headers with ``before``, the body with
    ``after``.
    """

    kind: str
    path: str = ""
    method: str = ""
    nth: int = 1
    count: int = 1
    when: str = "before"
    seconds: float = 30.0
    retry: bool | None = None
    seen: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}: one of {', '.join(KINDS)}")
        if self.when not in ("before", "after"):
            raise ValueError(f"a fault comes before or after, not {self.when!r}")
        try:
            re.compile(self.path)
        except re.error as error:
            raise ValueError(f"a fault's path is a regular expression, and {self.path!r} isn't one: {error}") from None

    def strikes(self, method: str, path: str) -> bool:
        """Counts the request if it matches, and says whether it is one to spoil."""
        if (self.method and self.method.upper() != method) or not re.search(self.path, path):
            return False
        self.seen += 1
        return self.seen >= self.nth and (self.count == 0 or self.seen < self.nth + self.count)


class Reset(ConnectionResetError):
    """The connection is reset without an answer."""


class Hang(TimeoutError):
    """No answer comes for ``seconds``; then the connection closes."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no answer within {seconds} s")
        self.seconds = seconds


class Drip(Hang):
    """An answer that comes byte by byte: its headers, or with ``body`` what follows them."""

    def __init__(self, seconds: float, *, body: bool) -> None:
        super().__init__(seconds)
        self.body = body


def parse_faults(spec: str) -> list[Fault]:
    """``429:path=/v1/charges,nth=3,retry=true;reset:method=POST,when=after`` as rules; ValueError where it is wrong."""
    return [_rule(part.strip()) for part in spec.split(";") if part.strip()]


def _rule(text: str) -> Fault:
    kind, _, options = text.partition(":")
    given: dict[str, Any] = {}
    for option in options.split(",") if options else ():
        name, equals, value = option.partition("=")
        if not equals:
            raise ValueError(f"a fault's option is name=value, not {option!r}")
        given[name.strip()] = value.strip()
    return from_options({"kind": kind.strip(), **given})


def from_options(given: Mapping[str, Any]) -> Fault:
    """A rule from names and values (text or JSON)."""
    readers: dict[str, Callable[[Any], Any]] = {"nth": int, "count": int, "seconds": float, "retry": _truth}
    try:
        return Fault(**{name: readers.get(name, str)(value) for name, value in given.items()})
    except TypeError as error:
        raise ValueError(f"a fault takes kind, path, method, nth, count, when, seconds, retry: {error}") from None


def _truth(value: Any) -> bool:
    return str(value).lower() in ("true", "1", "yes")


def as_faults(given: str | Iterable[Fault | Mapping[str, Any]] | None) -> list[Fault]:
    if given is None:
        return []
    if isinstance(given, str):
        return parse_faults(given)
    return [each if isinstance(each, Fault) else from_options(each) for each in given]
