"""Questions to the person at the terminal. Without a terminal nobody can be asked, and the answer is no."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from flarite_nl.errors import Declined

if TYPE_CHECKING:
    from flarite_nl.model.change import Confirmation


class Stopped(KeyboardInterrupt):
    """Ctrl-C, with a sentence about what had been done by then."""


def is_interactive() -> bool:
    """Questions go to standard error, so that standard output can be piped away."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def confirmation(yes: bool) -> Callable[[Confirmation], bool]:
    """How a write is confirmed: ``--yes`` says yes, else the person does.

    The function that comes back raises Declined where there is nobody to ask, and for a word of the prompt that was
    read as another one: ``--yes`` was said before anyone saw that.
    """

    def confirm(question: Confirmation) -> bool:
        from flarite_nl.rendering.confirmations import confirmation_text

        if yes:
            for text, word in question.corrections:
                raise Declined(f"{text!r} was read as {word!r}, which --yes does not confirm: write it as it is meant.")
            return True
        text = confirmation_text(question)
        click.echo(text, err=True)
        if not is_interactive():
            raise Declined("Nothing was written: there is no terminal to confirm this at. --yes confirms it.")
        return agreed(question.typed)

    return confirm


def agreed(typed: tuple[str, ...]) -> bool:
    """A yes of the person at the terminal; where words are given, one of them is typed."""
    return _typed(typed) if typed else _asked("Do this?")


def once_more(sentence: str) -> bool:
    """Ask whether to repeat what was done before."""
    click.echo(sentence, err=True)
    return _asked("Once more?")


def go_on(sentence: str) -> bool:
    """Ask before more requests are made than usual."""
    if not is_interactive():
        return False
    click.echo(sentence, err=True)
    return _asked("Go on?")


def _typed(words: tuple[str, ...]) -> bool:
    """Have one of ``words`` typed: a yes that nobody gives by habit."""
    try:
        answer = click.prompt(f"Type {' or '.join(words)} to do this", default="", show_default=False, err=True)
    except click.Abort:
        click.echo(err=True)
        return False
    return str(answer).strip().casefold() in {word.casefold() for word in words}


def _asked(question: str) -> bool:
    try:
        return click.confirm(question, default=False, err=True)
    except click.Abort:  # Ctrl-C or Ctrl-D at a question is a no
        click.echo(err=True)
        return False


def coloured() -> bool:
    """Whether standard output shows colours: a terminal, and nobody said NO_COLOR (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
