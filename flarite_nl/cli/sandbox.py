"""``flarite-nl sandbox``: a Stripe-compatible server with made-up data, on this machine."""

from __future__ import annotations

import signal
import threading
from datetime import UTC, datetime

import click

from flarite_nl.cli.options import Moment
from flarite_nl.errors import InputError


@click.group("sandbox")
def command() -> None:
    """A Stripe-compatible server with made-up data, on this machine."""


@command.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), default=12111, show_default=True, help="0 takes a free one.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed and --now give the same data.")
@click.option("--now", type=Moment(), metavar="ISO", help="The moment that the data lies around [default: now].")
@click.option("--size", type=click.IntRange(min=1), metavar="N", help="Number of charges [default: a few hundred].")
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
    from flarite_nl.sandbox import Sandbox, serve

    moment = now or datetime.now(UTC).replace(microsecond=0)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):  # either way to end a server is a good one
        signal.signal(number, lambda *_: stop.set())
    try:
        sandbox = Sandbox(
            seed=seed, now=moment, size=size, path=state, faults=faults, latency=latency, rate_limit=rate_limit
        )
    except ValueError as problem:
        raise InputError(f"The sandbox cannot be made like this: {problem}.") from None
    with sandbox:
        try:
            server = serve(sandbox, port=port)
        except OSError as problem:
            raise InputError(f"The sandbox cannot listen on port {port}: {problem.strerror}.") from None
        with server:
            click.echo(f"Sandbox at {server.url} (seed {seed}, now {sandbox.now:%Y-%m-%dT%H:%M:%SZ}); Ctrl-C ends it.")
            click.echo(f'Ask it: STRIPE_API_KEY=sk_test_any flarite-nl --api-base {server.url} "list open disputes"')
            stop.wait()
