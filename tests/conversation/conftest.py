"""A conversation against the sandbox inside this process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from flarite_nl.conversation.turns import Conversation
from flarite_nl.engine import Engine
from flarite_nl.grammar.loader import load
from flarite_nl.model.change import Confirmation
from flarite_nl.model.outcome import Outcome
from flarite_nl.parsing.parser import Parser
from flarite_nl.sandbox import Sandbox
from tests.conftest import NOW


class Talk:
    """What ``flarite-nl chat`` does with a prompt, without a terminal. ``yes`` is how a write is answered."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.now = sandbox, NOW
        self.turns = Conversation(Parser(tz="UTC"), load())
        self.engine = Engine(tz="UTC", now=NOW, wsgi=sandbox.wsgi, max_targets=None)
        self.asked: tuple[str, ...] = ()

    def ask(self, text: str, yes: bool = False, at: datetime | None = None) -> Outcome:
        said = self.turns.read(text, at or self.now)
        assert said.parse.status == "ok", said.parse
        previous = self.turns.previous(said.parse)
        self.asked = ()

        def confirm(question: Confirmation) -> bool:
            self.asked = tuple(change.target for change in question.changes if change.target)
            return yes

        outcome = self.engine.run(said.parse, confirm=confirm, previous=previous)
        self.turns.take(said, outcome, previous, self.asked)
        return outcome

    def ids(self, text: str) -> list[str]:
        """The IDs that a prompt lists."""
        outcome = self.ask(text)
        assert outcome.error is None, outcome.error
        return [str(row["id"]) for row in outcome.results[-1].rows]


@pytest.fixture
def talk() -> Iterator[Talk]:
    with Sandbox(seed=0, now=NOW) as sandbox:
        yield Talk(sandbox)
