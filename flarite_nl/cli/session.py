"""Where prompts are carried out: Stripe with the key chosen for the call, or the sandbox inside this process."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from flarite_nl.cli.options import KEY_NAME, Clock
from flarite_nl.errors import InputError
from flarite_nl.keys import Key, holds_key
from flarite_nl.keys.choosing import Choice, choose
from flarite_nl.keys.store import Store

if TYPE_CHECKING:
    from flarite_nl.engine import Engine
    from flarite_nl.grammar.schema import Grammar
    from flarite_nl.model.outcome import Mode

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def key_for(api_base: str | None, named: str | None = None) -> Key | None:
    """The key to use; None means the embedded sandbox.

    Args:
        api_base: a Stripe-compatible server; Stripe's own where None.
        named: the nickname of a key; that of ``--key-name`` where None.

    Raises:
        InputError: where ``api_base`` is no address of a server, or a key would travel to it unencrypted.
        KeyProblem: where no key can be used, or which one is meant cannot be known.
    """
    choice = chosen(api_base, named)
    if choice.source == "none" and sys.stderr.isatty():
        click.echo("No Stripe key yet, so the sandbox answers. flarite-nl keys add adds one.", err=True)
    return key_of(choice)


def chosen(api_base: str | None, named: str | None = None) -> Choice:
    """The same, with the reason, and without fetching a secret."""
    host, encrypted = address(api_base) if api_base is not None else ("", True)
    context = click.get_current_context(silent=True)
    name = named if named is not None or context is None else context.meta.get(KEY_NAME)
    local = host in LOOPBACK
    choice = choose(Store(), os.environ, name, api_base, local=local)
    if not encrypted and not local:
        raise InputError(f"A key is not sent to {host} without encryption: use https://.")
    return choice


def key_of(choice: Choice) -> Key | None:
    """The key itself, fetched from where it is kept."""
    if choice.mode != "sandbox":
        leave_no_core()
    if choice.key is not None or choice.kept is None:
        return choice.key
    return Store().key_of(choice.kept)


def account_of(key: Key) -> str | None:
    """The name of the account, where the key is kept and Stripe has said it; for the badge."""
    same = (each.account_name for each in Store().kept() if each.fingerprint == key.fingerprint)
    return next(same, None)


def leave_no_core() -> None:
    """A process that holds a key leaves no image of its memory behind when it is killed."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def address(api_base: str) -> tuple[str, bool]:
    """The host of a server, and whether what is sent to it is encrypted.

    Raises:
        InputError: where it is no address of a server.
    """
    try:
        parts = urlsplit(api_base)
        port_is_number = parts.port is None or parts.port > 0
    except ValueError:
        port_is_number = False
    if not port_is_number or parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise InputError(f"{api_base!r} is no address of a server, such as https://api.stripe.com.")
    if parts.username or parts.password or holds_key(api_base):
        raise InputError("The address of a server takes no user name or password, and no key.")
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
    with making(at, key, api_base, grammar, more) as make:
        yield make(**options)


@contextmanager
def making(
    at: Clock, key: Key | None, api_base: str | None, grammar: Grammar, more: Callable[[str], bool] | None = None
) -> Iterator[Callable[..., Engine]]:
    """The same for several engines: they are made by what comes back, which takes further options of ``Engine``."""
    from flarite_nl.engine import Engine

    common: dict[str, Any] = {"tz": at.zone, "now": at.now, "grammar": grammar, "more": more}
    if key is not None:
        common |= {"key": key.secret, "api_base": api_base, "account": account_of(key)}
        yield lambda **options: Engine(**{**common, **options})
        return
    from flarite_nl.sandbox import Sandbox

    with Sandbox(now=at.now) as sandbox:
        yield lambda **options: Engine(**{**common, "wsgi": sandbox.wsgi, **options})
