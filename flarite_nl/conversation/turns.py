"""The turns of a chat: what the parser is told of them, and which results "it" and "the second one" mean.

Only what a person typed is ever read as a prompt. Results are kept as objects, and referred to by their IDs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NoReturn

from flarite_nl.errors import PlanError
from flarite_nl.execution.refs import resolve
from flarite_nl.grammar.describe import describe_parse
from flarite_nl.grammar.schema import Grammar
from flarite_nl.model.outcome import Outcome, Result, Row
from flarite_nl.model.parse import Intent, Parse
from flarite_nl.model.values import Ref
from flarite_nl.parsing.parser import Parser

TURNS = 20
"""Turns that are kept, so that a chat of a whole day takes no more memory than a short one."""

ROWS = 20_000
"""Objects of earlier answers that are kept for going back; those of the last answer always are."""

PAGE = 20
"""Rows that are shown at once."""

NAMED = 3
"""Objects that are named where it is said what a reference means."""


@dataclass(frozen=True, slots=True)
class Said:
    """A prompt as it is understood here; ``follows`` says that it means something only after the turn before."""

    parse: Parse
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What was asked and found. ``text`` is what the parser is told of it; ``alone`` that it needs no turn before.

    ``listed`` are the results whose rows were last shown with numbers, here or in an earlier turn; ``turned`` says that
    other rows of them than the first ones were on the screen when this turn came.
    """

    text: str
    said: Said
    outcome: Outcome
    listed: tuple[Result, ...]
    alone: bool
    previous: tuple[Result, ...] = ()
    turned: bool = False

    @property
    def results(self) -> tuple[Result, ...]:
        return self.outcome.results


class Conversation:
    """What has been said and found so far, and what the next prompt may refer to.

    Args:
        parser: reads the prompts; ``grammar`` is the one that it reads by.
        tz: IANA name of the zone in which sentences tell times.
    """

    def __init__(self, parser: Parser, grammar: Grammar, tz: str = "UTC") -> None:
        self._parser, self._grammar, self._tz = parser, grammar, tz
        self._singular = frozenset(grammar.vocabulary["pronoun"]["it"])
        self._turns: list[Turn] = []
        self._now: datetime | None = None
        self._declined: tuple[str, ...] = ()
        self.first = 0
        self._size: int | None = None

    @property
    def last(self) -> Turn | None:
        return self._turns[-1] if self._turns else None

    @property
    def context(self) -> tuple[str, ...]:
        """The earlier prompts that the next one is read after, oldest first; the first of them needs none before it."""
        return tuple(turn.text for turn in self._turns)

    def read(self, text: str, now: datetime) -> Said:
        """What a prompt means here. Raises InputError where it is too long."""
        self._now = now
        parse = self._parser.parse(text, now, self.context)
        alone = self._parser.parse(text, now) if self._turns else parse
        return Said(self._parser.suggested(parse), alone.status != parse.status or alone.intents != parse.intents)

    def sentence(self, parse: Parse) -> str:
        """The canonical sentence of what was understood."""
        return describe_parse(parse, grammar=self._grammar, tz=self._tz)

    # What is referred to

    def previous(self, parse: Parse) -> tuple[Result, ...]:
        """The results that the references of a prompt mean.

        A number counts in the list that was last shown with numbers; "it" and "them" mean what the turn before was
        about. Where that could be either of two things, a write is refused, and so is what was only half read.

        Raises:
            PlanError: one sentence that says between what it would have been a guess.
        """
        if self.last is None:
            return ()
        refs = [(intent, ref) for intent in parse.intents for ref in refs_of(intent) if ref.ref == "previous"]
        numbered = [ref for _, ref in refs if ref.position is not None]
        chosen = self.last.listed if numbered and self._counts else self.last.results
        if any(not self._plain(ref) for ref in numbered):
            _refuse("Later rows of the list are shown, so a number may count from the first of all or of these")
        if refs and parse.writes:
            self._sure(chosen, numbered, len(numbered) < len(refs))
            self._one(parse, chosen)
        return chosen

    @property
    def _counts(self) -> bool:
        """Whether a number can be that of the last list: of the kind of object that the turn before was about."""
        if self.last is None or not self.last.listed:
            return False
        return self.last.listed[-1].intent.resource == self.last.said.parse.intents[-1].resource

    def _plain(self, ref: Ref) -> bool:
        """Whether a number can only be read in one way: on a later page it must be one that stands there."""
        if self.last is None or self.last.listed != self.last.results:
            return self.last is None or not self.last.turned
        here = min(self.size, self.rows - self.first)
        several = ref.position if isinstance(ref.position, tuple) else (ref.position or 0,)
        return self.first == 0 or all(max(self.first, here) < each <= self.first + here for each in several)

    def _sure(self, chosen: Sequence[Result], numbered: Sequence[Ref], plain: bool) -> None:
        """A write is never carried out on what may not be meant."""
        if any(not each.complete for each in chosen):
            _refuse("What was found before is not complete")
        if numbered and plain and self.last is not None and self.last.listed != self.last.results:
            _refuse("This speaks of the last list and of something after it")
        lists = [each for each in chosen if each.kind == "rows" and len(each.rows) > 1]
        if numbered and len(lists) > 1:
            _refuse("More than one list was shown")
        if plain and self._declined and self._declined != _ids(chosen):
            _refuse(f"This may mean {_several(self._declined)}, which was just not confirmed, or what was found before")

    def _one(self, parse: Parse, chosen: Sequence[Result]) -> None:
        """ "it" is one thing: where several were found, it is not known which."""
        said = (each.span.text for intent in parse.intents for each in intent.evidence if each.rule == "pronoun")
        one = next((word for word in said if word.casefold() in self._singular), None)
        found = _ids(chosen[-1:])
        if one is not None and len(found) > 1:
            _refuse(f'"{one}" is one, and {len(found)} were found')

    def again(self) -> tuple[Parse, tuple[Result, ...]]:
        """The last prompt and what its references meant; only where there is a last turn."""
        assert self.last is not None
        return self.last.said.parse, self.last.previous

    def meant(self, parse: Parse, previous: Sequence[Result]) -> Iterator[str]:
        """Which objects the references of a prompt stand for, one line each; nothing is asked of Stripe for it."""
        for intent in parse.intents:
            for name, value in (*((each.field, each.value) for each in intent.filters), *intent.params.items()):
                for ref in _refs_in(value):
                    ids = self._resolved(ref, self._target(intent, name), previous) if ref.ref == "previous" else ()
                    if ids:
                        yield f"{name} {_several(ids)}"

    def _target(self, intent: Intent, name: str) -> str:
        if name == "id":
            return intent.resource
        field = self._grammar.resources[intent.resource].fields.get(name)
        operation = self._grammar.resources[intent.resource].operations.get(intent.action)
        param = operation.params.get(name) if operation else None
        return (field and field.to) or (param and param.to) or f"{name}s"

    def _resolved(self, ref: Ref, resource: str, previous: Sequence[Result]) -> tuple[str, ...]:
        try:
            return resolve(ref, resource, (), previous, _unasked)[0]
        except PlanError:
            return ()

    @property
    def about(self) -> str:
        """What "it" and "them" stand for now, in a few words; empty where there is nothing."""
        if self.last is None or not self.last.results:
            return ""
        found = self.last.results[-1]
        ids = _ids((found,))
        if len(ids) == 1:
            return ids[0]
        noun = found.intent.resource.replace("_", " ")
        return f"{len(ids)} {noun}" if ids else f"{noun}: {found.intent.action}"

    # What becomes of a turn

    def take(self, said: Said, outcome: Outcome, previous: tuple[Result, ...] = (), asked: Sequence[str] = ()) -> None:
        """Go on from an answer: from as much of it as was carried out.

        A write that was declined, or failed, leaves what is referred to as it was. ``asked`` are the objects that it
        was asked about: they are remembered, so that "it" does not silently mean something else.
        """
        done = _done(outcome)
        self._declined = tuple(asked) if outcome.error is not None and len(done) < len(said.parse.intents) else ()
        if not done:
            return
        last, text, parse = self.last, said.parse.text, said.parse
        if len(done) < len(parse.intents):
            # The parser is told only of what was done, in the sentence that means just that.
            parse = replace(parse, intents=parse.intents[: len(done)])
            text = self.sentence(parse)
            if self._parser.parse(text, self._now, self.context).intents != parse.intents:
                self.forget()
                return
        listed, turned = tuple(each for each in done if _is_list(each)), False
        if not listed and last is not None:
            listed, turned = last.listed, last.turned or self.first > 0
        kept = replace(outcome, results=done)
        self._turns.append(Turn(text, Said(parse, said.follows), kept, listed, not said.follows, previous, turned))
        self.first, self._size = 0, None
        self._tidy()

    def forget(self) -> None:
        """Start anew: another account's objects are none of this one's."""
        self._turns.clear()
        self._declined, self.first, self._size = (), 0, None

    def undo(self) -> Turn | None:
        """Go back to the turn before the last one; gives the one that is taken back. What was written stays so."""
        gone = self._turns.pop() if self._turns else None
        if self.last is not None and not self.last.results:
            self._turns.clear()  # what it found is no longer kept
        self._declined, self.first, self._size = (), 0, None
        return gone

    def _tidy(self) -> None:
        """Drop the oldest turns, and the results of those that are needed only to read the later ones."""
        first, held = max(0, len(self._turns) - TURNS), 0
        for at in range(len(self._turns) - 1, -1, -1):
            held += sum(len(each.rows) for each in self._turns[at].results)
            if held > ROWS and at < len(self._turns) - 1:
                first = max(first, at + 1)
                break
        start = max((at for at, turn in enumerate(self._turns[: first + 1]) if turn.alone), default=0)
        for at in range(start, first):
            turn = self._turns[at]
            self._turns[at] = replace(turn, outcome=replace(turn.outcome, results=()), listed=(), previous=())
        del self._turns[:start]

    # Pages of the last answer

    @property
    def size(self) -> int:
        """Rows that are shown at once: of a list that was limited, as many as were asked for."""
        limits = [each.intent.limit for each in self.last.results if each.intent.limit] if self.last is not None else []
        return min(PAGE, self._size or PAGE, *limits)

    @property
    def rows(self) -> int:
        """Rows of the longest list of the last answer: what there is to page through."""
        return max((len(each.rows) for each in self.last.results), default=0) if self.last is not None else 0

    def turn_page(self, by: int | None) -> bool:
        """Show the rows ``by`` pages further on, or from the start; False where there are none."""
        first = 0 if by is None else self.first + by * self.size
        if first < 0 or first >= max(self.rows, 1):
            return False
        self.first = first
        return True

    def further(self) -> Parse | None:
        """The last prompt with a limit that reaches one page further; None where its list ended by itself."""
        if self.last is None or len(self.last.results) != 1:
            return None
        (intent,) = self.last.said.parse.intents
        whole = self.last.results[0].complete and intent.limit == self.rows
        if intent.action != "list" or intent.limit is None or not whole:
            return None
        return replace(self.last.said.parse, intents=(replace(intent, limit=intent.limit + self.size),))

    def extend(self, parse: Parse, outcome: Outcome) -> bool:
        """Take the longer list for the last answer's; False, and back at its start, where it begins otherwise now."""
        assert self.last is not None
        size, shown = self.size, self.rows
        before, after = _ids(self.last.results), _ids(outcome.results)
        listed = tuple(each for each in outcome.results if _is_list(each))
        said = replace(self.last.said, parse=parse)
        self._turns[-1] = replace(self.last, outcome=outcome, said=said, listed=listed)
        same = after[: len(before)] == before
        self._size, self.first = size, shown if same and len(after) > shown else 0
        return same


def refs_of(intent: Intent) -> list[Ref]:
    """Every reference in an intent's filters and params."""
    values = [*(each.value for each in intent.filters), *intent.params.values()]
    return [ref for value in values for ref in _refs_in(value)]


def _refs_in(value: Any) -> Iterator[Ref]:
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _refs_in(each)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _refs_in(each)


def _done(outcome: Outcome) -> tuple[Result, ...]:
    """The results that were carried out: all before the one where an error ended it, and that too if it shows rows."""
    results = outcome.results
    if outcome.error is None or outcome.error.kind == "repeated":
        return results
    last = results[-1:] if results and len(results) <= len(outcome.parse.intents) else ()
    ended = bool(last) and last[0].kind == "write" and not last[0].written
    return results[:-1] if ended else results


def _is_list(result: Result) -> bool:
    return result.kind == "rows" and result.intent.action == "list"


def _ids(results: Sequence[Result]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(row["id"]) for each in results for row in each.found if row.get("id")))


def _several(ids: Sequence[str]) -> str:
    more = len(ids) - NAMED
    return ", ".join(ids[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _unasked(id: str) -> Row:
    raise PlanError(f"{id} would have to be asked for.")


def _refuse(why: str) -> NoReturn:
    raise PlanError(f"{why}: name what is meant by its ID.")
