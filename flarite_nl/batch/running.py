"""Carries a batch out: reads side by side, writes one after the other, each only as it was agreed to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

from flarite_nl.batch.engines import Engines
from flarite_nl.batch.items import Read, carried_out, failure_of, only_read, refused
from flarite_nl.batch.journal import Agreed, Journal
from flarite_nl.batch.preparing import Rules
from flarite_nl.errors import Drift, FlariteError
from flarite_nl.keys import redact
from flarite_nl.model.outcome import Failure, Outcome
from flarite_nl.model.prepared import Prepared

if TYPE_CHECKING:
    from flarite_nl.engine import Engine
    from flarite_nl.model.change import Confirmation


@dataclass(frozen=True, slots=True)
class Done:
    """A record, and the runs of the ledger that are told once it stands in the output."""

    record: dict[str, Any]
    runs: Sequence[int] = field(default=())


def run(reads: Iterable[Read], engines: Engines, journal: Journal, rules: Rules) -> Iterator[Done]:
    """One record a prompt, in order."""

    def work(engine: Engine, read: Read) -> Done:
        if read.parse is None or read.parse.status != "ok":
            return Done(only_read(read))
        if read.parse.writes:
            return _write(engine, read, journal.agreed(read.item.index), rules)
        return Done(carried_out_alone(engine, read))

    return engines.in_order(work, reads, _writes)


def rehearse(reads: Iterable[Read], engines: Engines, journal: Journal) -> Iterator[tuple[dict[str, Any], Outcome]]:
    """What would become of each write of a plan file; nothing is written. One record a line, in order, and why."""

    def work(engine: Engine, given: tuple[Read, Agreed | None]) -> tuple[dict[str, Any], Outcome]:
        read, agreed = given
        assert read.parse is not None
        began = perf_counter()
        held = agreed.prepared if agreed is not None else None
        if agreed is None or held is None:
            failure = (agreed and agreed.failure) or Failure("drift", "This line was left out.")
            return refused(read, failure), Outcome(read.item.text, engine.mode, None, read.parse, error=failure)
        prepared = Prepared.from_dict(held, engine.secret, redact(engine.secret))
        outcome = engine.apply(prepared, dry_run=True)
        return carried_out(read, outcome, prepared.plan.hash, perf_counter() - began), outcome

    # The journal is of this thread.
    given = ((read, journal.agreed(read.item.index)) for read in reads)
    return engines.in_order(work, given, lambda _: False)


def _writes(read: Read) -> bool:
    return read.parse is not None and read.parse.writes


def carried_out_alone(engine: Engine, read: Read) -> dict[str, Any]:
    """The record of an understood prompt that writes nothing."""
    assert read.parse is not None
    began = perf_counter()
    try:
        plan = engine.plan(read.parse)
    except FlariteError as problem:
        return refused(read, failure_of(problem))
    outcome = engine.run(plan, parse=read.parse)
    return carried_out(read, outcome, plan.hash, perf_counter() - began)


def _write(engine: Engine, read: Read, agreed: Agreed | None, rules: Rules) -> Done:
    assert read.parse is not None
    began = perf_counter()
    if agreed is None:
        return Done(refused(read, Failure("drift", "This line was not there when the batch was confirmed.")))
    if agreed.prepared is None:
        return Done(refused(read, agreed.failure or Failure("drift", "This line was left out.")))
    try:
        prepared = Prepared.from_dict(agreed.prepared, engine.secret, redact(engine.secret))
        if prepared.plan.prompt != read.parse.text:
            raise Drift("This line is another one than when the batch was confirmed.")
    except ValueError as problem:
        return Done(refused(read, Failure("drift", str(problem))))
    except Drift as problem:
        return Done(refused(read, failure_of(problem)))
    runs: list[int] = []
    outcome = engine.run(
        prepared.plan, confirm=_unchanged(prepared, agreed.shared), parse=read.parse, nonce=agreed.nonce,
        again=rules.again, told=runs.extend,
    )  # fmt: skip
    return Done(carried_out(read, outcome, prepared.plan.hash, perf_counter() - began), runs)


def _unchanged(prepared: Prepared, shared: bool) -> Callable[[Confirmation], bool]:
    """Says yes to what was agreed to, and to nothing else.

    Where an earlier line wrote to the same object its state is another by now, and only the calls are compared.
    """

    def confirm(question: Confirmation) -> bool:
        if shared:
            question = replace(question, changes=tuple(replace(each, row=None) for each in question.changes))
        what = prepared.drift(question)
        if what is not None:
            raise Drift(what)
        return True

    return confirm
