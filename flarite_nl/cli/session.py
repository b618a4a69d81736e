"""Where prompts are carried out: Stripe with the key of the environment, or the sandbox inside this process."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flarite_nl import keys
from flarite_nl.cli.options import Clock
from flarite_nl.errors import InputError, KeyProblem
from flarite_nl.keys import Key

if TYPE_CHECKING:
    from flarite_nl.engine import Engine
    from flarite_nl.grammar.schema import Grammar
    from flarite_nl.model.outcome import Mode

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

SANDBOX_KEY = "sk_test_flarite_sandbox"
"""What a sandbox server on this machine is sent where no key is configured; it takes any test key."""


def key_for(api_base: str | None, named: str | None = None) -> Key | None:
    """The key to use; None means the embedded sandbox.

    Args:
        named: the nickname of a key.

    Raises:
        InputError: where ``api_base`` is no address of a server, or a key would travel to it unencrypted.
        KeyProblem: where ``STRIPE_API_KEY`` is unusable, or missing for a server that is not on this machine.
    """
    if named is not None:
        raise KeyProblem(f"There is no key called {named}: only that of {keys.VARIABLE} is known.")
    key = keys.from_environment(os.environ)
    if api_base is None:
        return key
    host, encrypted = _address(api_base)
    if host in LOOPBACK:
        return key or Key(SANDBOX_KEY, "test")
    if key is None:
        raise KeyProblem(f"No Stripe key is configured for {host}: set {keys.VARIABLE}.")
    if not encrypted:
        raise InputError(f"A key is not sent to {host} without encryption: use https://.")
    return key


def _address(api_base: str) -> tuple[str, bool]:
    try:
        parts = urlsplit(api_base)
        port_is_number = parts.port is None or parts.port > 0
    except ValueError:
        port_is_number = False
    if not port_is_number or parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise InputError(f"{api_base!r} is no address of a server, such as https://api.stripe.com.")
    if parts.username or parts.password:
        raise InputError("The address of a server takes no user name or password.")
    return parts.hostname, parts.scheme == "https"


def mode_of(key: Key | None) -> Mode:
    return key.mode if key else "sandbox"


@contextmanager
def opened(
    at: Clock,
    key: Key | None,
    api_base: str | None,
    grammar: Grammar,
    more: Callable[[str], bool] | None = None,
    **options: Any,
) -> Iterator[Engine]:
    """An engine to carry out plans with; the embedded sandbox lives as long as the block.

    ``options`` are further ones of ``Engine``.
    """
    from flarite_nl.engine import Engine

    if key is not None:
        yield Engine(tz=at.zone, now=at.now, key=key.secret, api_base=api_base, grammar=grammar, more=more, **options)
        return
    from flarite_nl.sandbox import Sandbox

    with Sandbox(now=at.now) as sandbox:
        yield Engine(tz=at.zone, now=at.now, wsgi=sandbox.wsgi, grammar=grammar, more=more, **options)
