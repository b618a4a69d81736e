"""``flarite-nl whoami``: which key a call would use, and why."""

from __future__ import annotations

from typing import Any

import click

from flarite_nl.cli import session, terminal
from flarite_nl.cli.options import key_options
from flarite_nl.cli.understood import errors_as_json
from flarite_nl.keys.choosing import Choice


@click.command("whoami")
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--online", is_flag=True, help="Ask Stripe whose key it is, instead of what it said last.")
@key_options
def command(style: str, online: bool, api_base: str | None) -> None:
    """Say which key is used, whose account it is, and why that one. Asks nobody without --online."""
    with errors_as_json(style == "json"):
        choice = session.chosen(api_base)
        facts = described(choice)
        if online and choice.mode != "sandbox":
            from flarite_nl.engine import Engine

            key = session.key_of(choice)
            found = Engine(key=key.secret if key else None, api_base=choice.server).verify()
            facts |= {"account": found.account, "account_name": found.name, "country": found.country}
        if style == "json":
            from flarite_nl.rendering.clean import to_json

            click.echo(to_json(facts, indent=2))
            return
        from flarite_nl.rendering.keys import whoami_text

        click.echo(whoami_text(facts, colour=terminal.coloured()))


def described(choice: Choice) -> dict[str, Any]:
    """A choice as plain data; what is not known without asking Stripe is None."""
    kept, key = choice.kept, choice.key
    restricted = key.restricted if key is not None else kept.restricted if kept is not None else None
    places = {"variable": "variable", "made up": None}
    return {
        "mode": choice.mode,
        "name": kept.name if kept else None,
        "key": choice.shown,
        "restricted": restricted,
        "source": choice.source,
        "why": choice.why,
        "account": kept.account if kept else None,
        "account_name": kept.account_name if kept else None,
        "country": kept.country if kept else None,
        "server": choice.server,
        "kept_in": places.get(choice.source, kept.place if kept else None),
        "verified": kept.verified if kept else None,
    }
