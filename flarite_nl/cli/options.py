"""Options that several commands share, and the types of their values."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment and the zone that a prompt is read in. ``now`` is aware; ``zone`` is an IANA name."""

    now: datetime
    zone: str


class Zone(click.ParamType[str]):
    """An IANA time zone name such as ``Europe/Berlin``."""

    name = "zone"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            self.fail(f"{value!r} is no time zone; name one as in UTC, Europe/Berlin, America/New_York.", param, ctx)
        return str(value)


class Moment(click.ParamType[datetime]):
    """An ISO 8601 moment; without an offset it is meant in the zone of ``--tz``."""

    name = "iso"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no ISO 8601 moment such as 2026-03-18T15:30:00Z.", param, ctx)


def clock_options(command: F) -> F:
    """``--now`` and ``--tz``, which :func:`clock` reads."""
    command = click.option(
        "--tz",
        "zone",
        type=Zone(),
        envvar="FLARITE_TZ",
        metavar="ZONE",
        help="Time zone for words like 'today' and for the output [default: this machine's].",
    )(command)
    return click.option(
        "--now", type=Moment(), metavar="ISO", help="The moment that counts as now [default: the clock's]."
    )(command)


GRAMMAR = "FLARITE_NL_GRAMMAR"
"""Where a person's own grammar files lie; set and empty, there are none."""


def grammar_option(command: F) -> F:
    """``--grammar``: paths of a person's own grammar files; by default the folder for them, where it is there."""
    return click.option(
        "--grammar",
        multiple=True,
        type=click.Path(),
        envvar=GRAMMAR,
        callback=_own_grammar,
        metavar="PATH",
        help="A file or folder of words of your own [default: grammars in the config folder].",
    )(command)


def _own_grammar(ctx: click.Context, param: click.Parameter, paths: tuple[str, ...]) -> tuple[str, ...]:
    return paths if paths or GRAMMAR in os.environ else own_grammar()


def own_grammar() -> tuple[str, ...]:
    """The folder of a person's own grammar files, where it is there."""
    import platformdirs

    folder = Path(platformdirs.user_config_dir("flarite-nl")) / "grammars"
    return (str(folder),) if folder.is_dir() else ()


def clock(now: datetime | None, zone: str | None) -> Clock:
    """The clock that a command runs by."""
    name = zone or local_zone()
    if now is None:
        return Clock(datetime.now(UTC), name)
    return Clock(now if now.tzinfo else now.replace(tzinfo=zone_of(name)), name)


def zone_of(name: str) -> tzinfo:
    return ZoneInfo(name)


def local_zone() -> str:
    """This machine's time zone by its IANA name, UTC where it has none."""
    import tzlocal

    try:
        name = tzlocal.get_localzone_name()
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return "UTC"
    return "UTC" if name == "Etc/UTC" else name
