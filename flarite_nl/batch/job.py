"""A batch from its first line to its last, begun or gone on with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from flarite_nl.batch.items import Item, Read, only_read
from flarite_nl.batch.output import Output, Tally, line_of
from flarite_nl.batch.reading import Reading, read
from flarite_nl.errors import InputError

if TYPE_CHECKING:
    from flarite_nl.batch.engines import Engines
    from flarite_nl.batch.journal import Journal
    from flarite_nl.batch.preparing import Rules
    from flarite_nl.batch.whole import Whole

Tick = Callable[[str, int], None]
"""Told what is being done (``reading``, ``checking``, ``running``) and how many prompts are through with it."""

Agree = Callable[["Whole", tuple[str, ...]], None]
"""Shown all writes, and the words of which one must be typed; raises where nobody agrees."""


@dataclass(slots=True)
class Job:
    """``given`` gives the prompts from the first one on, each time it is called; ``tally`` counts all results.

    ``before`` of them stood in the output already; ``spread`` does the reading (reading.py, cluster.py).
    ``remote``, where it is there, carries out a batch in which nothing writes.
    """

    given: Callable[[], Iterator[Item]]
    reading: Reading
    spread: Callable[..., Iterator[Any]]
    output: Output
    journal: Journal
    tick: Tick = lambda what, number: None
    clear: Callable[[], None] = lambda: None
    tally: Tally = field(default_factory=Tally)
    before: int = 0
    remote: Callable[[Reading, Iterable[Item]], Iterator[tuple[bytes, dict[str, int]]]] | None = None

    def parse(self) -> None:
        """Read every prompt, and carry none out.

        Raises:
            InputError: where the output is not this batch's, or cannot be written.
            WorkerLost: where a process that reads was killed.
        """
        left = self._left()
        self._take(self.spread(_lines, self.reading, left), "reading")

    def _take(self, parts: Iterator[tuple[bytes, dict[str, int]]], what: str) -> None:
        """Write down results that come in parts, ready as they are."""
        for lines, counts in parts:
            self.output.write(lines)
            for status, number in counts.items():
                self.tally.add(status, number)
            self.tick(what, self.tally.total)

    def check(self) -> None:
        """The output holds a result of every prompt.

        Raises:
            InputError: where it does not.
        """
        if next(self._left(), None) is not None:
            raise InputError("There is nothing to go on from: this output's .resume file is not there.")

    def prepare(self, engines: Engines, rules: Rules) -> Whole:
        """Find out what all writes of the batch would do; nothing is written."""
        from flarite_nl.batch.preparing import prepare

        whole = prepare(self._reads(self.given()), engines, self.journal, rules, partial(self.tick, "checking"))
        self.clear()
        return whole

    def carry_out(self, engines: Engines, rules: Rules, agree: Agree, bounds: Bounds) -> None:
        """Carry every prompt out; where some write, all of them are found out and agreed to before the first.

        Raises:
            Declined: nobody agreed, and nothing was carried out.
            PreflightError: more is at stake than allowed, and nothing was carried out.
            InputError, WorkerLost: as in ``parse``.
        """
        from flarite_nl.batch.running import run

        left = self._left()
        self._tell(engines)
        if not self.journal.facts().get("agreed"):
            if self.before:
                raise InputError("The output holds results that nobody agreed to: begin anew.")
            self._agree(engines, rules, agree, bounds)
            left = self.given()
        if self.remote is not None and not self.journal.any_writes():
            self._take(self.remote(self.reading, left), "running")
            return
        for done in run(self._reads(left), engines, self.journal, rules):
            if done.runs:
                self.journal.telling(done.record["index"], done.runs)
            self.output.write(line_of(done.record), lasting=bool(done.runs))
            self.tally.add(done.record["status"])
            if done.runs:
                self._tell(engines)
            self.tick("running", self.tally.total)

    def _agree(self, engines: Engines, rules: Rules, agree: Agree, bounds: Bounds) -> None:
        self.journal.db.execute("BEGIN")
        whole = self.prepare(engines, rules)
        if whole.writes:
            whole.bounded(bounds.targets, bounds.limits)
            agree(whole, whole.typed(thresholds(whole)))
        self.journal.fact("agreed", True)
        self.journal.db.execute("COMMIT")

    def _tell(self, engines: Engines) -> None:
        """The ledger learns that the results of what it wrote down stand in the output."""
        runs = self.journal.untold(self.tally.total)
        if runs:
            engines.own.ledger.tell(runs)
        self.journal.told()

    def _left(self) -> Iterator[Item]:
        """The prompts that have no result yet, after those that have one were found to be the same.

        Raises:
            InputError: where the output holds results of something else.
        """
        given = self.given()
        for record in self.output.finished():
            item = next(given, None)
            if item is None or (item.index, item.text) != (record.get("index"), record.get("prompt")):
                line = self.tally.total + 1
                raise InputError(f"The output is not this batch's: result {line} belongs to another prompt.")
            self.tally.add(str(record["status"]))
        self.before = self.tally.total
        return given

    def _reads(self, given: Iterable[Item]) -> Iterator[Read]:
        for chunk in self.spread(read, self.reading, given):
            yield from chunk


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that a batch may write in all: objects, and money in major units by currency (None: every other)."""

    targets: int | None = None
    limits: Mapping[str | None, Decimal] = field(default_factory=dict)


def _lines(reading: Reading, items: Iterable[Item]) -> tuple[bytes, dict[str, int]]:
    """The output of a chunk that is only read."""
    tally, lines = Tally(), []
    for each in read(reading, items):
        record = only_read(each)
        tally.add(record["status"])
        lines.append(line_of(record))
    return b"".join(lines), tally.counts


def thresholds(whole: Whole) -> dict[str, Decimal]:
    """Above how much of each currency a live batch is confirmed by typing.

    Raises:
        InputError: where the settings of this installation cannot be read.
    """
    from flarite_nl.execution import settings

    above = settings.load().above
    return {each: settings.threshold(above, each) for each in whole.totals}


def same(journal: Journal, said: Mapping[str, Any], usual: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a batch is carried out with: what it was begun with, where it was.

    Args:
        said: by option what was said now, None where nothing was.
        usual: what goes where nothing was said.

    Raises:
        InputError: where something is said that was otherwise when it was begun.
    """
    held = journal.facts()
    for name, value in said.items():
        if name in held and value is not None and held[name] != value:
            raise InputError(f"This batch was begun with another {name}: it goes on with the same one.")
    facts = {name: held.get(name, usual.get(name) if value is None else value) for name, value in said.items()}
    for name, value in facts.items():
        journal.fact(name, value)
    return facts
