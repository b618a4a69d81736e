"""``--explain``: how the prompt was read and what is about to be called, before it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from flarite_nl import keys
from flarite_nl.cli import files
from flarite_nl.cli.app import tell
from flarite_nl.cli.output import HERE, Output, colour_wanted, terminal_width

if TYPE_CHECKING:
    from flarite_nl.engine import Engine
    from flarite_nl.grammar.schema import Grammar
    from flarite_nl.model.parse import Parse
    from flarite_nl.model.plan import Plan


@dataclass(frozen=True, slots=True)
class Explaining:
    """Where an explanation goes: nowhere, to the terminal, or to a page."""

    where: str | None
    output: Output

    def check(self) -> None:
        """Raises InputError where the page cannot be written."""
        if self.where not in (None, HERE):
            files.check_writable(str(self.where))

    def show(self, parse: Parse, plan: Plan, grammar: Grammar, engine: Engine, server: str | None) -> None:
        """Print or write it. Beside an answer for programs or a file, it goes to standard error."""
        if self.where is None:
            return
        from flarite_nl.grammar.describe import describe_parse
        from flarite_nl.rendering.explained import explained_text, explanation

        what = explanation(parse, plan, describe_parse(parse, grammar=grammar, tz=engine.tz))
        if self.where == HERE:
            aside = self.output.style != "table" or bool(self.output.file)
            colour = colour_wanted(self.output) and not aside
            text = explained_text(what, width=terminal_width(self.output), colour=colour)
            click.echo(f"{keys.redact(text)}\n", err=aside)
            return
        from flarite_nl.rendering.badges import badge
        from flarite_nl.rendering.page import explained_page

        page = explained_page(what, badge(engine.mode, engine.account, server))
        files.put(self.where, keys.redact(page).encode())
        tell(f"Explained in {self.where}.")
