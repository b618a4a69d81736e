"""``flarite-nl keys``: add, list, verify, use, rename, remove. A key is typed or piped in, never an argument."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from flarite_nl.cli import session, terminal
from flarite_nl.cli.exits import Exit
from flarite_nl.cli.options import complete_key, key_options
from flarite_nl.cli.understood import errors_as_json
from flarite_nl.errors import InputError, KeyProblem
from flarite_nl.keys import VARIABLE
from flarite_nl.keys.choosing import own
from flarite_nl.keys.key import DASHBOARD, LONGEST, Key, Mode, check, in_mode, whole
from flarite_nl.keys.store import SANDBOX, Kept, Store, check_name, free_name

if TYPE_CHECKING:
    from flarite_nl.keys.permissions import Verified

NAMED = click.argument("name", shell_complete=complete_key)
FORMAT = click.option(
    "--format", "style", type=click.Choice(["table", "json"]), default="table", show_default=True
)  # fmt: skip


@click.group("keys")
def command() -> None:
    """Keep Stripe keys, in the system's keyring where there is one, and choose which is used."""


@command.command("add", context_settings={"allow_extra_args": True})
@click.option("--name", metavar="NICKNAME", help="What to call it [default: the account's name and the mode].")
@click.option("--live", "mode", flag_value="live", help="Take no key but one of live mode.")
@click.option("--test", "mode", flag_value="test", help="Take no key but one of test mode.")
@click.option("--use", is_flag=True, help="Use it from now on; the first key is used anyway.")
@click.option("--replace", "replacing", is_flag=True, help="Put it in the place of the key of that name.")
@click.option("--api-base", metavar="URL", help="The Stripe-compatible server that it belongs to.")
@click.pass_context
def add_command(
    ctx: click.Context, name: str | None, mode: Mode | None, use: bool, replacing: bool, api_base: str | None
) -> None:
    """Add a key: typed without being shown, or read from standard input. Stripe is asked whose it is."""
    if ctx.args:
        for each in ctx.args:
            check_name(each)
        raise click.UsageError("keys add takes no argument: the key is typed when it is asked for, or piped in.")
    if name is not None:
        check_name(name)
    server = _server(api_base)
    key = in_mode(_read(), mode, source="What was given")
    if server is None:
        whole(key, source="What was given")
    found = _asked(key, server)
    store = Store()
    wanted = name or _same(store, key, server) or free_name(found.name, key.mode, store.kept())
    kept = store.add(key, _entry(wanted, key, server, found), replace_it=replacing)
    if use:
        store.use(kept.name)
    from flarite_nl.rendering.keys import added_text

    click.echo(added_text(_row(kept, store.in_use), colour=terminal.coloured()))
    _remark(store, kept, key)


@command.command("list")
@FORMAT
def list_command(style: str) -> None:
    """List the keys that are kept: nickname, mode, account. Needs no network, and no keyring."""
    store = Store()
    in_use = store.in_use
    rows = [_row(each, in_use) for each in store.kept()]
    if style == "json":
        from flarite_nl.rendering.clean import to_json

        click.echo(to_json(rows, indent=2))
        return
    from flarite_nl.rendering.keys import keys_text

    click.echo(keys_text(rows, colour=terminal.coloured()))
    if in_use == SANDBOX:
        click.echo("In use: the sandbox inside the program.")
    elif rows and in_use is None:
        click.echo("None of them is in use: flarite-nl keys use NAME")


@command.command("verify")
@click.argument("name", required=False, shell_complete=complete_key)
@FORMAT
@key_options
@click.pass_context
def verify_command(ctx: click.Context, name: str | None, style: str, api_base: str | None) -> None:
    """Ask Stripe whose key NAME is, and what a restricted one may do; by default the key that is used.

    Nothing is written. Exit code 7 where a recommended permission is missing, or Stripe does not take the key.
    """
    with errors_as_json(style == "json"):
        if name is not None and ctx.get_parameter_source("api_base") is not ParameterSource.COMMANDLINE:
            api_base = None if name == SANDBOX else Store().find(name).server
        choice = session.chosen(api_base, name)
        key = session.key_of(choice)
        if key is None:
            raise KeyProblem("The sandbox inside the program needs no key: there is nothing to verify.")
        found = _asked(key, choice.server, probing=True)
        if choice.kept is not None:
            Store().update(_entry(choice.kept.name, key, choice.kept.server, found, choice.kept))
        row = _verified_row(choice.kept.name if choice.kept else None, key, choice.server, found)
        _show_verified(row, key, style)
    ctx.exit(Exit.BAD_KEY if found.missing else Exit.DONE)


@command.command("use")
@NAMED
def use_command(name: str) -> None:
    """Use the key NAME from now on; "sandbox" is the sandbox inside the program."""
    kept = Store().use(name)
    from flarite_nl.rendering.badges import badge

    colour = terminal.coloured()
    if kept is None:
        click.echo(f"{badge('sandbox', colour=colour)}\nThe sandbox inside the program is in use.")
        return
    click.echo(badge(kept.mode, kept.account_name or kept.account, kept.server, colour=colour))
    click.echo(f"{kept.name}: {kept.shown}. It is in use.")
    _overridden()


@command.command("rename")
@NAMED
@click.argument("new")
def rename_command(name: str, new: str) -> None:
    """Give the key NAME the nickname NEW."""
    kept = Store().rename(name, new)
    click.echo(f"{name} is named {kept.name} now ({kept.shown}).")


@command.command("remove")
@NAMED
def remove_command(name: str) -> None:
    """Forget the key NAME here. Stripe still takes it until it is revoked in the dashboard."""
    store = Store()
    kept = store.remove(name)
    click.echo(f"{kept.name} is removed ({kept.shown}). Revoke it at {DASHBOARD[kept.mode]} if it is not needed.")
    if store.kept() and store.in_use is None:
        click.echo("No key is in use now: flarite-nl keys use NAME")


# Reading a key


def _read() -> Key:
    """The key as it was typed or piped in.

    Raises:
        KeyProblem: what is no usable key, with the remedy; never the key.
        InputError: where nothing can be read.
    """
    if sys.stdin.isatty():
        return check(_typed(), source="What was typed")
    return check(_piped(), source="Standard input")


def _typed() -> str:
    with warnings.catch_warnings():
        # getpass would warn, and show what is typed.
        warnings.simplefilter("error")
        try:
            return str(click.prompt("Stripe key (it is not shown)", hide_input=True, default="", show_default=False,
                                    err=True))  # fmt: skip
        except Warning:
            raise InputError(
                "This terminal cannot hide what is typed: pipe the key in instead, as in flarite-nl keys add < FILE."
            ) from None


def _piped() -> str:
    raw = sys.stdin.buffer.read(LONGEST + 2)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise KeyProblem("Standard input does not look like a Stripe key: it is no text.") from None
    if not text:
        raise InputError("No key was given: type it at a terminal, or pipe it in.")
    return text.removesuffix("\n").removesuffix("\r")


def _server(api_base: str | None) -> str | None:
    if api_base is None:
        return None
    host, encrypted = session.address(api_base)
    if not encrypted and host not in session.LOOPBACK:
        raise InputError(f"A key is not sent to {host} without encryption: use https://.")
    return own(api_base)


# Asking Stripe, and saying what came of it


def _asked(key: Key, server: str | None, *, probing: bool = False) -> Verified:
    session.leave_no_core()
    from flarite_nl.engine import Engine

    return Engine(key=key.secret, api_base=server).verify(probing=probing)


def _same(store: Store, key: Key, server: str | None) -> str | None:
    """The nickname that this very key has already."""
    same = (each.name for each in store.kept() if (each.fingerprint, each.server) == (key.fingerprint, server))
    return next(same, None)


def _entry(name: str, key: Key, server: str | None, found: Verified, before: Kept | None = None) -> Kept:
    moment = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return Kept(
        name, str(key), key.mode, key.restricted, key.fingerprint, before.place if before else "file", server,
        found.account, found.name, found.country, moment,
    )  # fmt: skip


def _row(kept: Kept, in_use: str | None) -> dict[str, Any]:
    return {
        "name": kept.name, "mode": kept.mode, "restricted": kept.restricted, "key": kept.shown,
        "account": kept.account, "account_name": kept.account_name, "country": kept.country, "server": kept.server,
        "kept_in": kept.place, "verified": kept.verified, "in_use": kept.name == in_use,
    }  # fmt: skip


def _verified_row(name: str | None, key: Key, server: str | None, found: Verified) -> dict[str, Any]:
    return {
        "name": name, "mode": found.mode, "restricted": key.restricted, "key": str(key), "server": server,
        "account": found.account, "account_name": found.name, "country": found.country,
        "permissions": [each.to_dict() for each in found.probes],
        "missing": [each.to_dict() for each in found.missing],
    }  # fmt: skip


def _show_verified(row: Mapping[str, Any], key: Key, style: str) -> None:
    if style == "json":
        from flarite_nl.rendering.clean import to_json

        click.echo(to_json(row, indent=2))
        return
    from flarite_nl.rendering.keys import verified_text

    click.echo(verified_text(row, colour=terminal.coloured()))
    if row["missing"]:
        click.echo(f"Edit the key at {DASHBOARD[key.mode]} to allow it.")
    _advise(key)


def _remark(store: Store, kept: Kept, key: Key) -> None:
    if kept.place == "file" and store.say_once("file"):
        click.echo(
            f"There is no system keyring here, so keys are kept in {store.vault.file}, which only you can read.",
            err=True,
        )
    _overridden()
    _advise(key)
    if key.restricted:
        click.echo(f"What it may do: flarite-nl keys verify {kept.name}", err=True)


def _overridden() -> None:
    if os.environ.get(VARIABLE):
        click.echo(f"{VARIABLE} is set, and goes before the key in use.", err=True)


def _advise(key: Key) -> None:
    from flarite_nl.keys.advice import restricted_instead

    advice = restricted_instead(key)
    if advice:
        click.echo(advice, err=True)
