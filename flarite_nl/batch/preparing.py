"""Before the first write of a batch: every target read, what repeats or exceeds left out, all of it added up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flarite_nl.batch.engines import Engines
from flarite_nl.batch.items import Item, Read, failure_of
from flarite_nl.batch.journal import Agreed, Journal
from flarite_nl.batch.whole import Whole
from flarite_nl.errors import Declined, FlariteError, PreflightError
from flarite_nl.execution import settings
from flarite_nl.model.change import PENDING, Change, Confirmation
from flarite_nl.model.codec import digest
from flarite_nl.model.currencies import shown, to_major
from flarite_nl.model.outcome import Failure, Outcome
from flarite_nl.model.prepared import Prepared

if TYPE_CHECKING:
    from flarite_nl.engine import Engine


@dataclass(frozen=True, slots=True)
class Rules:
    """What was said about writing. ``unseen``: nobody sees the question, so no misspelt word is confirmed.

    ``again`` lets lines through that repeat others; ``nonce`` names the occasion.
    """

    unseen: bool = True
    again: bool = False
    nonce: str = ""


def prepare(
    reads: Iterable[Read], engines: Engines, journal: Journal, rules: Rules, tick: Callable[[int], None]
) -> Whole:
    """Find out what all writes would do, and keep it; nothing is written. ``tick`` is told how many lines are done.

    Raises:
        InputError: where the settings of this installation cannot be read.
    """
    whole = Whole()
    held = settings.load()
    journal.forget()
    for read, found in engines.in_order(_found, reads, lambda _: False):
        whole.prompts += 1
        tick(whole.prompts)
        if found is None:
            continue
        prepared, outcome = found
        item, questions = read.item, _questions(outcome)
        words = " ".join(item.text.split()).casefold()
        nonce = _nonce(rules.nonce, journal.times(words))
        try:
            if prepared is None:
                raise _Known(outcome.error or Failure("plan", "This cannot be prepared."))
            for step in prepared.plan.steps:
                if step.kind == "write":
                    held.check(step.name)
            if rules.unseen:
                _spelt(questions)
            shared = _between(item, questions, journal, whole, rules.again)
        except _Known as known:
            _leave_out(item, nonce, known.failure, journal, whole)
        except FlariteError as problem:
            _leave_out(item, nonce, failure_of(problem), journal, whole)
        else:
            journal.add(item.index, item.file, item.line, Agreed(nonce, _kept(prepared, engines), None, shared))
            whole.writes += 1
            whole.mode, whole.account = prepared.mode, prepared.name
            for question in questions:
                whole.add(where(item), question.to_dict(), question.risk)
    return whole


class _Known(Exception):
    """A failure that an engine has put into words already."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def where(item: Item) -> str:
    """A line, as a person knows it."""
    return f"line {item.line}" if item.file == "-" else f"{item.file} line {item.line}"


def _found(engine: Engine, read: Read) -> tuple[Read, tuple[Prepared | None, Outcome] | None]:
    if read.parse is None or not read.parse.writes:
        return read, None
    return read, engine.prepare(read.parse)


def _questions(outcome: Outcome) -> list[Confirmation]:
    return [each.question for each in outcome.results if each.question is not None]


def _kept(prepared: Prepared, engines: Engines) -> Mapping[str, Any]:
    return prepared.to_dict(engines.own.secret)


def _nonce(given: str, times: int) -> str:
    """Names a line by its words and which time they stand in the batch: other lines may come and go.

    The first time is no occasion of its own, so that a batch given again, or the same prompt given alone, is known.
    """
    return given if times == 1 else f"{given} time {times}".strip()


def _spelt(questions: list[Confirmation]) -> None:
    for question in questions:
        for text, word in question.corrections:
            raise Declined(f"{text!r} was read as {word!r}, which --yes does not confirm: write it as it is meant.")


def _leave_out(item: Item, nonce: str, failure: Failure, journal: Journal, whole: Whole) -> None:
    journal.add(item.index, item.file, item.line, Agreed(nonce, None, failure))
    whole.left_out.add(f"{where(item)}: {failure.message}")


# Between lines


def _between(item: Item, questions: list[Confirmation], journal: Journal, whole: Whole, again: bool) -> bool:
    """Whether an earlier line writes to an object of this one; what this line does is kept for later ones.

    Raises:
        PreflightError: where it repeats an earlier line, or takes more than earlier lines leave.
    """
    changes = [(question, change) for question in questions for change in question.changes]
    whole_calls = [change for _, change in changes if PENDING not in json.dumps([each.params for each in change.calls])]
    for change in whole_calls:
        earlier = _repeats(journal, change)
        if earlier and not again:
            raise PreflightError(
                f"The very same stands in {earlier} ({change.summary}), so this line is left out; --again does both."
            )
    shared, same, sums = False, [], []
    for question, change in changes:
        name = _object(change)
        if name is None:
            continue
        row = journal.db.execute("SELECT file, line, name, taken FROM objects WHERE object = ?", (name,)).fetchone()
        taken = Decimal(row[3]) if row else Decimal(0)
        moved, left = _moves(question, change)
        if row:
            shared = True
            before = _place(row[0], row[1])
            if left is not None and taken + moved > left:
                raise PreflightError(_too_much(before, name, change, taken, moved, left))
            same.append(f"{before} ({row[2]}) and {where(item)} ({question.name}) on {name}")
        sums.append((name, item.file, item.line, question.name, str(taken + moved)))
    for text in same:
        whole.same.add(text)
    journal.db.executemany("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?)", sums)
    kept = [(_calls(change), item.file, item.line) for change in whole_calls]
    journal.db.executemany("INSERT OR IGNORE INTO calls VALUES (?, ?, ?)", kept)
    return shared


def _repeats(journal: Journal, change: Change) -> str | None:
    """The line before that makes the very same calls."""
    row = journal.db.execute("SELECT file, line FROM calls WHERE calls = ?", (_calls(change),)).fetchone()
    return _place(row[0], row[1]) if row else None


def _place(file: str, line: int) -> str:
    return where(Item(0, file, line))


def _calls(change: Change) -> str:
    """The calls, by what they do: a refund of a payment intent is one of its charge."""
    name = _object(change)
    amount = change.amount.to_dict() if change.amount else None
    if name is not None and _refunds(change):
        return digest(["refund", name, amount])
    return digest([[each.call, each.id, each.params] for each in change.calls])


def _refunds(change: Change) -> bool:
    return change.calls[0].call == "refunds.create"


def _object(change: Change) -> str | None:
    """What a change writes to; of a refund the charge, however it was named."""
    charge = (change.row or {}).get("latest_charge")
    if _refunds(change) and isinstance(charge, Mapping):
        return str(charge["id"])
    return change.target


def _moves(question: Confirmation, change: Change) -> tuple[Decimal, Decimal | None]:
    """What a refund takes of a charge, and what was left of it when the batch began; nothing of any other change."""
    if not _refunds(change) or change.amount is None or change.row is None:
        return Decimal(0), None
    charge = change.row.get("latest_charge")
    row = charge if isinstance(charge, Mapping) else change.row
    captured = row["amount_captured"] if row.get("captured") else row["amount"]
    return change.amount.amount, to_major(captured - row["amount_refunded"], str(row["currency"]))


def _too_much(before: str, name: str, change: Change, taken: Decimal, moved: Decimal, left: Decimal) -> str:
    currency = change.amount.currency if change.amount else None
    code = (currency or "").upper()
    rest = max(left - taken, Decimal(0))
    said = f"{shown(moved, currency)} {code} is more than the {shown(rest, currency)} {code} that {before}"
    return f"{said} and what stands before it leave of {name}, so this line is left out."
