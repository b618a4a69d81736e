"""The commands of a chat: ``/undo``, ``/plan``, ``/explain``, ``/key NAME`` …"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from flarite_nl.errors import InputError, PlanError

if TYPE_CHECKING:
    from flarite_nl.cli.chatting import Chat
    from flarite_nl.conversation.offers import Offer
    from flarite_nl.model.parse import Parse
    from flarite_nl.model.plan import Plan


def carry_out(chat: Chat, text: str) -> None:
    """Do what a line that begins with a slash says.

    Raises:
        InputError: for an unknown command.
    """
    name, _, rest = text.partition(" ")
    if name not in COMMANDS:
        raise InputError(f"There is no command {name}: /help lists them.")
    COMMANDS[name][0](chat, rest.strip())


def offered(text: str) -> Sequence[Offer]:
    """The commands that begin like this."""
    from flarite_nl.conversation.offers import Offer

    return [Offer(name, what, len(text)) for name, (_, what) in COMMANDS.items() if name.startswith(text)]


def undo(chat: Chat, rest: str) -> None:
    """Take back the last question, and show again what was there before it."""
    talk = chat.language.talk
    gone = talk.undo()
    if gone is None:
        raise PlanError("There is nothing to go back to.")
    if any(each.written for each in gone.results):
        click.echo("What was written stays written; only the question is taken back.", err=True)
    if talk.last is None:
        click.echo("Back at the beginning: no answer is left to refer to.", err=True)
        return
    click.echo(f"Back at: {_clean(talk.last.said.parse.text)}", err=True)
    chat.show(talk.last.outcome)


def plan(chat: Chat, rest: str) -> None:
    """The calls of a prompt, without making any; of the last one where none is given."""
    _, made = _planned(chat, rest)
    for line in made.describe():
        indent = line[: len(line) - len(line.lstrip())]
        click.echo(indent + _clean(line.strip()))


def explain(chat: Chat, rest: str) -> None:
    """What each word was taken for, the sentence that says it plainly, and the calls; or all of it in FILE.html."""
    from flarite_nl.cli.explaining import Explaining
    from flarite_nl.cli.output import HERE, Output

    page = rest if rest.lower().endswith(".html") and " " not in rest else ""
    explaining = Explaining(page or HERE, Output())
    explaining.check()
    parse, made = _planned(chat, "" if page else rest)
    explaining.show(parse, made, chat.language.grammar, chat.engine, chat.setting.api_base)


def key(chat: Chat, rest: str) -> None:
    """Say which key is used, or go on with the one called NAME."""
    if rest:
        chat.use(rest)
    mode, account = chat.badge()
    shown = f", {chat.key}" if chat.key else ""
    click.echo(f"{mode.upper()}{f' ({_clean(account)})' if account and mode != 'sandbox' else ''}{shown}", err=True)


def end(chat: Chat, rest: str) -> None:
    """Leave."""
    raise EOFError


def list_commands(chat: Chat, rest: str) -> None:
    width = max(map(len, COMMANDS))
    for name, (_, what) in COMMANDS.items():
        click.echo(f"{name:<{width}}  {what}")
    click.echo('Everything else is a prompt, or about the last answer: "next page", "show it as a chart", '
               '"export that to csv".')  # fmt: skip


COMMANDS: dict[str, tuple[Callable[[Chat, str], None], str]] = {
    "/help": (list_commands, "this list"),
    "/undo": (undo, "take back the last question and go on from the answer before; what was written stays written"),
    "/plan": (plan, "the calls of the last prompt, or of the prompt behind it, without making any"),
    "/explain": (
        explain,
        "what the words of the last prompt, or of the one behind it, were taken for; or in FILE.html",
    ),
    "/key": (key, "which key is used; with a NAME, go on with that one"),
    "/quit": (end, "leave, as Ctrl-D does"),
}


def _planned(chat: Chat, text: str) -> tuple[Parse, Plan]:
    """A prompt as it would be carried out now, or the last one as it was."""
    talk, engine = chat.language.talk, chat.engine
    if text:
        parse = talk.read(text, chat.clock().now).parse
        if parse.status != "ok":
            from flarite_nl.rendering.parses import reason_sentence

            raise PlanError(reason_sentence(parse))
        return parse, engine.plan(parse, previous=talk.previous(parse))
    chat.last()
    parse, previous = talk.again()
    return parse, engine.plan(parse, previous=previous)


def _clean(text: str) -> str:
    from flarite_nl.rendering.clean import clean_line

    return clean_line(text)
