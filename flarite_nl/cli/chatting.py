"""The loop of a chat: a line in, an answer out, until Ctrl-D. Whatever goes wrong, it is a sentence, and goes on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from flarite_nl import keys
from flarite_nl.cli import output, prompts, session, terminal
from flarite_nl.cli.app import complain, complain_of, tell, tell_bug
from flarite_nl.cli.exits import Exit
from flarite_nl.cli.options import Clock
from flarite_nl.cli.output import Output
from flarite_nl.cli.progress import Meter
from flarite_nl.cli.writing import Writes
from flarite_nl.errors import Declined, FlariteError, InputError, PlanError

if TYPE_CHECKING:
    from flarite_nl.conversation.acts import Act, Acts
    from flarite_nl.conversation.offers import Offer, Offers
    from flarite_nl.conversation.turns import Conversation, Said
    from flarite_nl.engine import Engine
    from flarite_nl.grammar.schema import Grammar
    from flarite_nl.model.change import Confirmation
    from flarite_nl.model.outcome import Mode, Outcome, Result
    from flarite_nl.model.parse import Parse

WELCOME = 'Ask in plain English, then go on: "only those over $50", "refund the second one". /help, or Ctrl-D to leave.'


@dataclass(frozen=True, slots=True)
class Setting:
    """How a chat was begun; ``now`` is None where the clock's moment is meant, anew for each prompt."""

    now: datetime | None
    zone: str
    api_base: str | None
    own: tuple[str, ...]
    max_requests: int
    dry_run: bool


@dataclass(frozen=True, slots=True)
class Language:
    """What reads prompts: made once, while the first one is still being typed."""

    grammar: Grammar
    talk: Conversation
    acts: Acts
    offers: Offers


class Watching:
    """What the one engine of a chat is watched by: the meter of the prompt that is being carried out."""

    def __init__(self) -> None:
        self.meter: Meter | None = None

    def asked(self) -> None:
        if self.meter is not None:
            self.meter.asked()

    def answered(self, row: Mapping[str, Any]) -> None:
        if self.meter is not None:
            self.meter.answered(row)

    def expect(self, requests: int) -> None:
        if self.meter is not None:
            self.meter.expect(requests)

    def go_on(self, sentence: str) -> bool:
        """Ask before more requests are made than usual, with the progress out of the way."""
        return self.meter.around(terminal.go_on)(sentence) if self.meter is not None else terminal.go_on(sentence)


class Chat:
    """One chat, to be used as a context manager: leaving it closes the sandbox."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._pool = ThreadPoolExecutor(1)
        self._language: Future[Language] = self._pool.submit(_language, setting)
        self._pool.submit(import_module, "flarite_nl.execution.gateway")
        self._open = ExitStack()
        self._engine: Engine | None = None
        self._watching = Watching()
        self._asked: tuple[str, ...] = ()
        self.key_name: str | None = None
        self.key = session.key_for(setting.api_base)

    def __enter__(self) -> Chat:
        return self

    def __exit__(self, *problem: object) -> None:
        self._open.close()
        self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def language(self) -> Language:
        """The grammar and all that goes by it. Raises GrammarError where a person's own files are broken."""
        return self._language.result()

    @property
    def engine(self) -> Engine:
        """The one engine of this chat: what it has learned of the account, and its connections, are kept."""
        if self._engine is None:
            opened = session.opened(
                self.clock(), self.key, self.setting.api_base, self.language.grammar, self._watching.go_on,
                max_requests=self.setting.max_requests, observer=self._watching, **Writes().bounds(),
            )  # fmt: skip
            self._engine = self._open.enter_context(opened)
        return self._engine

    def clock(self) -> Clock:
        return Clock(self.setting.now or datetime.now(UTC), self.setting.zone)

    def badge(self) -> tuple[Mode, str | None]:
        return session.mode_of(self.key), self._engine.account if self._engine is not None else None

    # The loop

    def run(self) -> Exit:
        """Answer until there are no more prompts; the exit code is that of a chat that ended well."""
        read = self._reader()
        while True:
            try:
                self.answer(read())
            except EOFError:
                return Exit.DONE
            except KeyboardInterrupt:
                continue  # Ctrl-C at the prompt clears the line

    def answer(self, text: str) -> None:
        """Answer one line; nothing that happens in it ends the chat."""
        try:
            self._answer(text.strip())
        except KeyboardInterrupt as stop:
            complain(str(stop) or "Stopped.")
        except FlariteError as error:
            complain_of(error)
        except (EOFError, BrokenPipeError):
            raise
        except Exception as error:
            tell_bug(error)

    def _answer(self, text: str) -> None:
        if not text:
            return
        if keys.redact(text) != text:
            raise InputError("That holds a Stripe key: it was neither read nor kept. A key is never part of a prompt.")
        if text.startswith("/"):
            from flarite_nl.cli.slash import carry_out

            carry_out(self, text)
            return
        act = self.language.acts.read(text)
        if act is not None:
            self.act(act)
        else:
            self.ask(prompts.argument(text).text)

    def _reader(self) -> Callable[[], str]:
        if not terminal.is_interactive():
            return _next_line
        from flarite_nl.cli.chatline import Line
        from flarite_nl.execution.ledger import folder

        click.echo(WELCOME, err=True)
        return Line(self.badge, self.about, self.offered, folder() / "chat-history").read

    # A prompt

    def ask(self, text: str) -> None:
        """Carry out a prompt and show the answer."""
        from flarite_nl.rendering.parses import problem_text

        at, talk = self.clock(), self.language.talk
        said = talk.read(text, at.now)
        if said.parse.status != "ok":
            click.echo(problem_text(said.parse), err=True)
            return
        previous = talk.previous(said.parse)
        if said.follows:
            self._say_back(said, previous)
        outcome = self.carried_out(said.parse, at, previous)
        talk.take(said, outcome, previous, self._asked)
        self.show(outcome)
        if outcome.error:
            complain_of(outcome.error, said.parse)

    def carried_out(self, parse: Parse, at: Clock, previous: tuple[Result, ...]) -> Outcome:
        """What comes of a prompt; a write asks first, and Ctrl-C stops the call."""
        engine = self.engine
        self._asked = ()
        engine.now = at.now
        with Meter() as meter:
            self._watching.meter = meter
            answers: dict[str, Any] = {
                name: meter.around(each) if callable(each) else each for name, each in self._answers().items()
            }
            try:
                outcome = engine.run(parse, dry_run=self.setting.dry_run, previous=previous, **answers)
            except KeyboardInterrupt:
                raise terminal.Stopped(_stopped(parse.writes and not self.setting.dry_run, meter)) from None
            finally:
                self._watching.meter = None
        return replace(outcome, prompt=parse.text)

    def _answers(self) -> dict[str, Any]:
        """How a write is asked about. Nothing but a person at a terminal confirms it here."""
        answers = Writes().answers()
        confirm: Callable[[Confirmation], bool] = answers["confirm"]

        def confirmed(question: Confirmation) -> bool:
            self._asked = tuple(change.target for change in question.changes if change.target)
            if not terminal.is_interactive():
                raise Declined(
                    "Nothing was written: there is no terminal to confirm this at. flarite-nl ask can do it."
                )
            return confirm(question)

        return {**answers, "confirm": confirmed}

    def _say_back(self, said: Said, previous: Sequence[Any]) -> None:
        """What a follow-up was understood as, and which objects it speaks of."""
        from flarite_nl.rendering.clean import clean_line

        talk = self.language.talk
        click.echo(f"= {clean_line(talk.sentence(said.parse))}", err=True)
        for line in talk.meant(said.parse, previous):
            click.echo(f"  where {clean_line(line)}", err=True)

    # The answer before

    def show(self, outcome: Outcome) -> None:
        """Print an answer: of each list the rows of the page that is turned to."""
        from flarite_nl.rendering.outcomes import outcome_text

        if not outcome.results:
            return
        talk = self.language.talk
        style = output.style_of(self.language.grammar.resources, self.clock(), Output(), self.setting.api_base)
        click.echo(outcome_text(outcome, replace(style, numbered=True, first=talk.first, most=talk.size)))
        left = talk.rows - talk.first - talk.size
        if left > 0:
            tell(f'"next page" shows {min(left, talk.size)} of {left} more rows.')

    def act(self, act: Act) -> None:
        """Do what is said about the answer before."""
        from flarite_nl.cli.acting import act_on

        act_on(self, act)

    def last(self) -> Outcome:
        """The answer before. Raises PlanError where there is none."""
        turn = self.language.talk.last
        if turn is None:
            raise PlanError("There is no answer yet that this could be about.")
        return turn.outcome

    # The key

    def use(self, name: str) -> None:
        """Go on with another key; what was found with the one before is forgotten."""
        key = session.key_for(self.setting.api_base, name)
        self._open.close()
        self._engine, self.key, self.key_name = None, key, name
        self.language.talk.forget()

    # Below and beside the line

    def about(self) -> str:
        return self.language.talk.about if self._language.done() and not self._language.exception() else ""

    def offered(self, text: str) -> Sequence[Offer]:
        """Completions; none until the grammar is there."""
        if text.startswith("/"):
            from flarite_nl.cli.slash import offered

            return offered(text)
        return self.language.offers.after(text) if self._language.done() and not self._language.exception() else ()


def _stopped(writing: bool, meter: Meter) -> str:
    if not writing:
        return f"Stopped after {meter.text()}; nothing was written."
    return "Stopped. Give the same prompt again: it asks Stripe what was done by then, and never writes twice."


def _language(setting: Setting) -> Language:
    from flarite_nl.conversation.acts import Acts
    from flarite_nl.conversation.offers import Offers
    from flarite_nl.conversation.turns import Conversation
    from flarite_nl.parsing.parser import Parser, shared_matcher

    matcher = shared_matcher(setting.own)
    grammar = matcher.lexicon.grammar
    talk = Conversation(Parser(tz=setting.zone, matcher=matcher), grammar, setting.zone)
    return Language(grammar, talk, Acts(grammar.conversation), Offers(grammar))


def _next_line() -> str:
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line
