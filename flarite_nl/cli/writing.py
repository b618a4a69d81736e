"""Options of the commands that write: how they are confirmed, what bounds them, whether they repeat."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

import click

from flarite_nl.cli import terminal

F = TypeVar("F", bound=Callable[..., Any])

_AMOUNT = re.compile(r"(?P<amount>\d+(\.\d+)?) ?(?P<currency>[A-Za-z]{3})?")


@dataclass(frozen=True, slots=True)
class Writes:
    """What was said about writing. ``limits`` are amounts in major units by currency, under None for every other."""

    yes: bool = False
    again: bool = False
    nonce: str = ""
    targets: int | None = None
    limits: dict[str | None, Decimal] = field(default_factory=dict)

    def bounds(self, dry_run: bool = False) -> dict[str, Any]:
        """What an engine is made with. Whoever sees the question, or but rehearses, sees all; else one is the most."""
        shown = dry_run or (terminal.is_interactive() and not self.yes)
        most = self.targets if self.targets is not None else None if shown else 1
        return {"max_targets": most, "max_amount": self.limits}

    def answers(self) -> dict[str, Any]:
        """What a plan is run with."""
        asked = terminal.once_more if terminal.is_interactive() and not self.yes else False
        return {
            "confirm": terminal.confirmation(self.yes),
            "again": True if self.again else asked,
            "nonce": self.nonce,
        }


class Amount(click.ParamType[tuple[str | None, Decimal]]):
    """An amount in major units, for every currency or for one: ``100``, ``100eur``."""

    name = "amount"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str | None, Decimal]:
        found = _AMOUNT.fullmatch(str(value))
        if found is None:
            self.fail(f"{value!r} is no amount such as 100 or 100eur.", param, ctx)
        return (found["currency"].lower() if found["currency"] else None), Decimal(found["amount"])


def write_options(command: F) -> F:
    """The options, which the command takes as one argument ``writes``."""

    def wrapped(*args: Any, **given: Any) -> Any:
        writes = Writes(
            given.pop("yes"),
            given.pop("again"),
            given.pop("nonce"),
            given.pop("max_targets"),
            dict(given.pop("max_amount")),
        )
        return command(*args, writes=writes, **given)

    wrapped.__doc__ = command.__doc__
    wrapped.__name__ = command.__name__
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    if hasattr(command, "__click_params__"):
        wrapped.__click_params__ = command.__click_params__ + wrapped.__click_params__  # type: ignore[attr-defined]
    return wrapped  # type: ignore[return-value]


_OPTIONS = (
    click.option("--yes", is_flag=True, help="Answer yes to the question before a write."),
    click.option("--again", is_flag=True, help="Write once more what this same command wrote before."),
    click.option(
        "--nonce", default="", metavar="TEXT", help="Names the occasion: with another one it is another command."
    ),
    click.option(
        "--max-targets", type=click.IntRange(min=1), metavar="N",
        help="The most objects that one write may touch [default: 1 where nobody is asked].",
    ),
    click.option(
        "--max-amount", type=Amount(), multiple=True, metavar="AMOUNT[CUR]",
        help="The most money that one write may move: 100, or 100eur for one currency; may be repeated.",
    ),
)  # fmt: skip
