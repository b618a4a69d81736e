"""Which key a call uses, and why: ``--key-name``, then ``STRIPE_API_KEY``, then the one in use, else the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from flarite_nl.errors import KeyProblem
from flarite_nl.keys import VARIABLE, from_environment
from flarite_nl.keys.key import Key
from flarite_nl.keys.store import SANDBOX, Kept, Store

MADE_UP = Key("sk_test_flarite_sandbox", "test")
"""What a sandbox server on this machine is sent where no key is meant for it; it takes any test key."""

Source = Literal["option", "variable", "in use", "made up", "none"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A key, or the sandbox inside the program where both ``key`` and ``kept`` are None.

    ``kept`` is a key of the store (its secret is fetched when it is needed), ``key`` any other one; where the key of
    the environment is in the store too, both are set. ``why`` is a phrase; ``server`` None means Stripe's own.
    """

    source: Source
    why: str
    key: Key | None = None
    kept: Kept | None = None
    server: str | None = None

    @property
    def mode(self) -> Literal["sandbox", "test", "live"]:
        if self.key is not None:
            return self.key.mode
        return self.kept.mode if self.kept is not None else "sandbox"

    @property
    def shown(self) -> str | None:
        """The key as ``sk_test_…wxyz``; None for the sandbox inside the program."""
        return str(self.key) if self.key is not None else self.kept.shown if self.kept is not None else None


STRIPE = "https://api.stripe.com"


def own(server: str | None) -> str | None:
    """A server as it is kept beside a key: Stripe's own is None."""
    bare = server.rstrip("/") if server else None
    return None if bare == STRIPE else bare


def server_of(store: Store, environment: Mapping[str, str], named: str | None) -> str | None:
    """The server that a call asks where it names none: the one that the key in question was added for."""
    name = named if named is not None else None if environment.get(VARIABLE) else store.in_use
    return next((each.server for each in store.kept() if each.name == name), None)


def choose(
    store: Store, environment: Mapping[str, str], named: str | None, server: str | None, *, local: bool = False
) -> Choice:
    """The key for one call.

    Args:
        named: the nickname given for this call.
        server: a Stripe-compatible server; None is Stripe's own.
        local: whether that server is on this machine, where a made-up key will do.

    Raises:
        KeyProblem: where no key can be used, or which one is meant cannot be known.
    """
    server = own(server)
    if named is not None:
        return _named(store, named, server)
    key = from_environment(environment)
    if key is not None:
        kept = next((each for each in store.kept() if each.fingerprint == key.fingerprint), None)
        return Choice("variable", f"{VARIABLE} is set", key, kept, server)
    return _in_use(store, server, local)


def _named(store: Store, name: str, server: str | None) -> Choice:
    why = "--key-name asks for it"
    if name == SANDBOX:
        if server is not None:
            raise KeyProblem(f"--key-name {SANDBOX} is the sandbox inside the program: leave --api-base out.")
        return Choice("option", why)
    kept = store.find(name)
    if kept.server != server:
        raise KeyProblem(
            f"The key {name} was added for {kept.server or 'Stripe'} and is not sent to {server or 'Stripe'}: add the "
            f"key of that server with flarite-nl keys add{f' --api-base {server}' if server else ''}."
        )
    return Choice("option", why, None, kept, server)


def _in_use(store: Store, server: str | None, local: bool) -> Choice:
    name, kept = store.in_use, store.kept()
    found = next((each for each in kept if each.name == name), None)
    if found is not None and found.server == server:
        return Choice("in use", "it is the key in use (flarite-nl keys use)", None, found, server)
    if found is not None and server is None:
        raise KeyProblem(f"The key in use, {name}, was added for {found.server}: name that with --api-base.")
    if server is not None:
        if local:
            return Choice("made up", "a server on this machine takes any test key", MADE_UP, None, server)
        raise KeyProblem(
            f"No Stripe key is configured for {server}: set {VARIABLE}, or add one with "
            f"flarite-nl keys add --api-base {server}."
        )
    if name == SANDBOX:
        return Choice("in use", "it is in use (flarite-nl keys use sandbox)")
    if kept:
        names = ", ".join(each.name for each in kept)
        raise KeyProblem(
            f"There are keys ({names}), and none of them is in use: choose with flarite-nl keys use NAME, or for one "
            f"call with --key-name NAME. {SANDBOX} is a name too."
        )
    return Choice("none", "there is no key yet (flarite-nl keys add)")
