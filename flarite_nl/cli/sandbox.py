"""``flarite-nl sandbox``: a Stripe-compatible server with made-up data, on this machine."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from flarite_nl.cli.options import Moment
from flarite_nl.errors import InputError, Unreachable

if TYPE_CHECKING:
    from flarite_nl.sandbox import Sandbox

F = TypeVar("F", bound=Callable[..., Any])


@click.group("sandbox")
def command() -> None:
    """A Stripe-compatible server with made-up data, on this machine."""


def _account_options(command: F) -> F:
    """What decides the data: the same seed and moment give the same objects."""
    size, moment = "Number of charges [default: a few hundred].", "The moment that the data lies around [default: now]."
    command = click.option("--size", type=click.IntRange(min=1), metavar="N", help=size)(command)
    command = click.option("--now", type=Moment(), metavar="ISO", help=moment)(command)
    seed = "The same seed and --now give the same data."
    return click.option("--seed", type=int, default=0, show_default=True, help=seed)(command)


def _made(seed: int, now: datetime | None, size: int | None, state: str | None, **more: Any) -> Sandbox:
    from flarite_nl.sandbox import Sandbox

    moment = now or datetime.now(UTC).replace(microsecond=0)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return Sandbox(seed=seed, now=moment, size=size, path=state, **more)
    except ValueError as problem:
        raise InputError(f"The sandbox cannot be made like this: {problem}.") from None


@command.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), default=12111, show_default=True, help="0 takes a free one.")
@_account_options
@click.option(
    "--state", type=click.Path(dir_okay=False), metavar="FILE", help="A file that keeps the data, across starts."
)
@click.option("--faults", metavar="SPEC", help="What goes wrong on purpose, for example '429:nth=2'.")
@click.option("--latency", type=click.FloatRange(min=0), default=0.0, metavar="S", help="Seconds before each answer.")
@click.option("--rate-limit", type=click.FloatRange(min=0, min_open=True), metavar="N", help="Requests a second.")
def serve_command(
    port: int,
    seed: int,
    now: datetime | None,
    size: int | None,
    state: str | None,
    faults: str | None,
    latency: float,
    rate_limit: float | None,
) -> None:
    """Serve the sandbox on loopback until Ctrl-C. Any key that begins with sk_test_ is taken."""
    from flarite_nl.sandbox import serve

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):  # either way to end a server is a good one
        signal.signal(number, lambda *_: stop.set())
    with _made(seed, now, size, state, faults=faults, latency=latency, rate_limit=rate_limit) as sandbox:
        try:
            server = serve(sandbox, port=port)
        except OSError as problem:
            raise InputError(f"The sandbox cannot listen on port {port}: {problem.strerror}.") from None
        with server:
            facts = f"seed {sandbox.seed}, now {sandbox.now:%Y-%m-%dT%H:%M:%SZ}"
            click.echo(f"Sandbox at {server.url} ({facts}); Ctrl-C ends it.")
            click.echo(f'Ask it: STRIPE_API_KEY=sk_test_any flarite-nl --api-base {server.url} "list open disputes"')
            stop.wait()


_state_option = click.option(
    "--state", type=click.Path(exists=True, dir_okay=False), metavar="FILE", help="The file that keeps the data."
)
_port_option = click.option("--port", type=click.IntRange(1, 65535), metavar="N", help="A sandbox that is served now.")


@command.command("dump")
@_state_option
@_port_option
@_account_options
def dump_command(state: str | None, port: int | None, seed: int, now: datetime | None, size: int | None) -> None:
    """Print every object as one JSON a line: of a file, of a running sandbox, or of a fresh account."""
    from flarite_nl.rendering.clean import to_json

    _one_of(state, port)
    if port is not None:
        for line in _controlled(port, "dump", "GET"):
            click.echo(to_json(json.loads(line)))
        return
    with _made(seed, now, size, state) as sandbox:
        for text in sandbox.dump_text():
            click.echo(to_json(json.loads(text)))


@command.command("reset")
@_state_option
@_port_option
def reset_command(state: str | None, port: int | None) -> None:
    """Take back everything that was written: the data and the clock of a file or a running sandbox are as at first."""
    _one_of(state, port)
    if port is not None:
        list(_controlled(port, "reset", "POST"))
    elif state is not None:
        with _made(0, None, None, state) as sandbox:
            sandbox.reset()
    else:
        raise InputError("Say which sandbox to reset: --state FILE or --port N.")
    click.echo(f"The sandbox {f'on port {port}' if port else f'in {Path(str(state)).name}'} is as it was at first.")


def _one_of(state: str | None, port: int | None) -> None:
    if state is not None and port is not None:
        raise InputError("A sandbox is named by --state or by --port, not by both.")


def _controlled(port: int, action: str, method: str) -> Iterator[bytes]:
    """The lines that a running sandbox answers to a control request."""
    from http.client import HTTPConnection, HTTPException

    connection = HTTPConnection("127.0.0.1", port, timeout=600)
    try:
        connection.request(method, f"/_control/{action}")
        answer = connection.getresponse()
        if answer.status != 200:
            raise Unreachable(f"What answers on port {port} is no sandbox of this version.")
        yield from answer
    except (OSError, HTTPException) as problem:
        reason = getattr(problem, "strerror", None) or type(problem).__name__
        raise Unreachable(f"No sandbox answers on port {port}: {reason}.") from None
    finally:
        connection.close()
