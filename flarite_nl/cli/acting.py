"""What is done with the answer before: the next page, a chart, a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from flarite_nl.cli.app import complain_of, tell
from flarite_nl.cli.output import FORMATS, PICTURES, Output, deliver, draw, style_of, terminal_charts
from flarite_nl.errors import InputError, PlanError

if TYPE_CHECKING:
    from flarite_nl.cli.chatting import Chat
    from flarite_nl.conversation.acts import Act


def act_on(chat: Chat, act: Act) -> None:
    """Do it. Raises PlanError and InputError where it cannot be done."""
    if act.name == "undo":
        from flarite_nl.cli.slash import undo

        undo(chat, "")
    elif act.name == "chart":
        chart(chat, act.file)
    elif act.name == "export":
        export(chat, act.format, act.file)
    else:
        turn_page(chat, {"next_page": 1, "previous_page": -1, "first_page": None}[act.name])


def turn_page(chat: Chat, by: int | None) -> None:
    """Show other rows of the last answer; past the end of a list that was limited, ask for as many again."""
    chat.last()
    talk = chat.language.talk
    if not talk.turn_page(by) and not (by == 1 and _reach_further(chat)):
        raise PlanError("There are no more rows." if by == 1 else "These are the first rows.")
    chat.show(chat.last())


def _reach_further(chat: Chat) -> bool:
    """Ask for more than the limit of the last list; whether there is more to show."""
    talk = chat.language.talk
    parse, before = talk.further(), talk.rows
    if parse is None:
        return False
    outcome = chat.carried_out(parse, chat.clock(), talk.again()[1])
    if outcome.error is not None or not outcome.results:
        if outcome.error is not None:
            complain_of(outcome.error)
        return False
    if not talk.extend(parse, outcome):
        tell("The list has changed meanwhile: it is shown from its start.")
        return True
    return talk.rows > before


def chart(chat: Chat, file: str | None) -> None:
    """Draw the figures of the last answer: below it, or into a picture.

    Raises:
        InputError: where the file is no picture, or cannot be written.
        PlanError: where the last answer has no figures by something.
    """
    from flarite_nl.rendering.charts import can_be_drawn

    last = chat.last()
    if not can_be_drawn(last.parse):
        raise PlanError('There are no figures by something to draw: ask for some first, as in "count them by status".')
    if file is None:
        style = style_of(chat.language.grammar.resources, chat.clock(), Output(), chat.setting.api_base)
        click.echo(terminal_charts(last, style))
        return
    path = _free(file, PICTURES)
    Output(chart=path).check()
    draw(last, path, chat.setting.api_base)


def export(chat: Chat, form: str | None, file: str | None) -> None:
    """Write the whole last answer to a file, not only the rows that are shown; a file that is there is left alone.

    Raises:
        InputError: where no format was said, or the file is there or cannot be written.
    """
    last = chat.last()
    if file is None:
        file = f"{last.results[0].intent.resource}-{chat.clock().now:%Y-%m-%d-%H%M%S}{_ENDINGS[str(form)]}"
    ending = Path(file).suffix.lower()
    style = form or next((name for name, each in _ENDINGS.items() if each == ending), None)
    if style is None:
        raise InputError(f"In which format? {file} may end in {', '.join(_ENDINGS.values())}.")
    result = Output(style=style, file=_free(file, ()), pager=False)
    result.check()
    deliver(last, chat.language.grammar.resources, chat.clock(), result, chat.setting.api_base)


_ENDINGS = {name: f".{'md' if name == 'markdown' else name}" for name in FORMATS if name != "table"}


def _free(file: str, endings: tuple[str, ...]) -> str:
    path = Path(file).expanduser()
    if endings and path.suffix.lower() not in endings:
        raise InputError(f"{file} does not end in {', '.join(endings)}.")
    if path.exists():
        raise InputError(f"{file} is there already: name another file.")
    return str(path)
