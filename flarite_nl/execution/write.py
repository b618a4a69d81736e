"""Carries out a write: what was done before recalled, targets read, preflight, the question, then each change once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from flarite_nl.errors import Declined, FlariteError, PreflightError, Repeated
from flarite_nl.execution.ledger import Command
from flarite_nl.execution.memory import Again, Memory, made_text, when
from flarite_nl.execution.read import Reader
from flarite_nl.execution.send import Sender, Sent
from flarite_nl.execution.send import Step as Watch
from flarite_nl.execution.settings import Above, threshold
from flarite_nl.execution.targets import Aim, Aimer
from flarite_nl.execution.wire import Wire
from flarite_nl.model.change import Change, Confirmation
from flarite_nl.model.currencies import shown
from flarite_nl.model.ledger import Entry, Run
from flarite_nl.model.outcome import Result, Row
from flarite_nl.model.parse import Intent
from flarite_nl.model.plan import Step, Write
from flarite_nl.model.values import Money

Confirm = Callable[[Confirmation], bool]

RISKS = ("read", "write", "money", "irreversible")
"""From what is easily mended to what never is."""

Limits = Mapping[str | None, Decimal]
"""The most that one write may be about, in major units by currency; under None that of every other currency."""


@dataclass(frozen=True, slots=True)
class Writing:
    """How to write.

    ``confirm`` None refuses; ``max_targets`` None sets no bound; ``max_amount`` bounds the money at stake;
    ``nonce`` sets an occasion apart; ``again`` carries out once more what was done before; ``above`` is the amount
    over which a live write is confirmed by typing; ``says`` gives the canonical sentence of an intent; ``watch`` sees
    each step.
    """

    confirm: Confirm | None = None
    dry_run: bool = False
    max_targets: int | None = 1
    max_amount: Limits = field(default_factory=dict)
    nonce: str = ""
    again: Again = False
    above: Above = field(default_factory=dict)
    says: Callable[[Intent], str] = lambda intent: ""
    watch: Watch | None = None


@dataclass(slots=True)
class Writer:
    """Writes of one plan. ``name`` gives the account's name; it may cost a request."""

    wire: Wire
    writing: Writing
    aimer: Aimer
    memory: Memory | None
    name: Callable[[], str | None]
    corrections: tuple[tuple[str, str], ...]
    now: datetime

    def write(self, step: Step, number: int, reader: Reader) -> tuple[Result, FlariteError | None]:
        """The result of a write step, and the error where nothing, or not all, was written.

        Raises:
            Ambiguous: several objects where one is meant, or more targets than allowed.
            Declined: nobody confirmed.
            PreflightError: nothing fits, or what is asked cannot be.
            ApiError: where it is not known what became of an earlier run, and Stripe cannot be asked.
        """
        write = step.write
        if write is None:
            raise PreflightError(f"{step.name} is no write.")
        if self.memory is None:
            return self._rehearse(step, write, number, reader)
        command = self.memory.command(step, number)
        run = self.memory.recall(command)
        if run is not None and not run.left:
            refused = None
            if run.told and not self.memory.during(run):
                refused = self.memory.repeated(run, self.writing.again)
                if refused is None:
                    run = None
            if run is not None:
                return self._report(step, run, refused)
        return self._fresh(step, write, number, reader, command, run)

    # What was done before

    def _report(self, step: Step, run: Run, refused: str | None) -> tuple[Result, FlariteError | None]:
        """The result of an earlier run of this command: nothing new is written."""
        memory = self.memory
        assert memory is not None
        targets = tuple(each.target for each in run.done if each.target)
        note = f"Carried out before, {when(run)} ({made_text(run)}), so nothing new was written."
        result = Result(
            step.intent, kind="write", columns=step.columns, repeated=True, targets=targets,
            objects=tuple(self._target(step, each) for each in targets) if step.selection else (),
            written=memory.written(run), problems=(note,), complete=refused is None,
        )  # fmt: skip
        return result, Repeated(refused) if refused else None

    def _target(self, step: Step, id: str) -> Row:
        return {"id": id, **(self.wire.call(f"{step.intent.resource}.retrieve", {}, id=id) if self._refers else {})}

    @property
    def _refers(self) -> bool:
        return self.memory is not None and len(self.memory.plan.steps) > 1

    # What is done now

    def _rehearse(self, step: Step, write: Write, number: int, reader: Reader) -> tuple[Result, FlariteError | None]:
        aim = self.aimer.aim(step, write, reader)
        result = replace(self._result(step, aim), dry_run=True)
        if not aim.changes:
            return result, PreflightError(aim.skipped[0].why)
        question = self._question(step, write, number, aim, ())
        return replace(result, question=question), self._over(question)

    def _result(self, step: Step, aim: Aim) -> Result:
        targets = tuple(str(row["id"]) for row in aim.rows)
        return Result(
            step.intent, kind="write", columns=step.columns, targets=targets, objects=aim.rows, skipped=aim.skipped
        )

    def _fresh(
        self, step: Step, write: Write, number: int, reader: Reader, command: Command, run: Run | None
    ) -> tuple[Result, FlariteError | None]:
        memory = self.memory
        assert memory is not None
        aim = self._aim(step, write, reader, run)
        result = self._result(step, aim)
        if run is not None:
            self._cannot(run, aim)
            run = memory.ledger.run(run.id)
        if not aim.changes:
            return result, PreflightError(aim.skipped[0].why)
        remarks = (_unfinished(run),) if run else memory.elsewhere(command, aim.changes, self.writing.again)
        question = replace(self._question(step, write, number, aim, remarks), resumed=run is not None)
        over = self._over(question)
        if over is not None:
            raise over
        self.wire.announce(sum(len(change.calls) for change in aim.changes), "Writing this")
        self._ask(question)
        with memory.ledger.alone():
            run = self._still(command, run)
            if run is not None and not run.left:
                return self._report(step, run, None)
            run = memory.ledger.begin(command, aim.changes) if run is None else run
            memory.touched.append(run.id)
            sender = Sender(memory, self.now, self.writing.watch or (lambda step, entry: None))
            sent = sender.send(run, _by_entry(run, aim.changes))
        return self._sent(result, run, sent)

    def _still(self, command: Command, run: Run | None) -> Run | None:
        """The run to go on with, now that no other process writes; one that another has ended meanwhile.

        Raises:
            PreflightError: where another process has begun the same and not ended it.
        """
        memory = self.memory
        assert memory is not None
        latest = memory.ledger.latest(command)
        if latest is not None and (run is None or latest.id != run.id) and (not latest.told or memory.during(latest)):
            latest = memory.settle(latest)
            if latest.left:
                raise PreflightError("Another process began the same write meanwhile: give the command again.")
            return latest
        return memory.settle(memory.ledger.run(run.id)) if run is not None else None

    def _aim(self, step: Step, write: Write, reader: Reader, run: Run | None) -> Aim:
        """What there is to do: of a run that was cut off, what is left of it and nothing else."""
        if run is None:
            return self.aimer.aim(step, write, reader)
        begun = tuple(_as_recorded(each) for each in run.left if _begun(each))
        fresh = [each for each in run.left if not _begun(each)]
        if not fresh:
            return Aim(begun)
        only = [each.target for each in fresh if each.target]
        aim = self.aimer.aim(step, write, reader, only=only)
        return replace(aim, changes=(*begun, *aim.changes))

    def _cannot(self, run: Run, aim: Aim) -> None:
        """What of an earlier run can no longer be done is refused for good."""
        why = {each.id: each.why for each in aim.skipped}
        memory = self.memory
        assert memory is not None
        for entry in run.left:
            if entry.target in why and not _begun(entry):
                memory.ledger.mark(entry, state="dropped", problem=why[entry.target])

    def _sent(self, result: Result, run: Run, sent: Sent) -> tuple[Result, FlariteError | None]:
        memory = self.memory
        assert memory is not None
        earlier = memory.written(run) if run.done else ()
        notes = [f"Of these, {made_text(run)} were written before, {when(run)}."] if earlier else []
        done = replace(
            result,
            targets=tuple(dict.fromkeys((*(each.target for each in run.done if each.target), *result.targets))),
            written=(*earlier, *sent.written),
            skipped=(*result.skipped, *sent.skipped),
            problems=(*notes, *sent.notes, *sent.problems),
            complete=sent.error is None,
            repeated=bool(sent.written) and sent.before == len(sent.written),
        )
        return done, sent.error

    # Asking

    def _question(self, step: Step, write: Write, number: int, aim: Aim, remarks: tuple[str, ...]) -> Confirmation:
        left_out = tuple((each.id, each.why) for each in aim.skipped)
        risk = max((change.risk or write.risk for change in aim.changes), key=RISKS.index)
        question = Confirmation(
            step.name, self.wire.mode, self.name(), risk, aim.changes, left_out, write.note, remarks,
            self.corrections, (), number, sentence=self.writing.says(step.intent),
        )  # fmt: skip
        return replace(question, typed=typed(question, self.writing.above))

    def _over(self, question: Confirmation) -> PreflightError | None:
        """What is refused since more is at stake than is allowed."""
        limits = self.writing.max_amount
        for currency, total in question.totals.items():
            most = limits.get(currency, limits.get(None))
            if limits and (most is None or total > most):
                allowed = f"{shown(most, currency)} {currency.upper()}" if most is not None else "nothing in it"
                said = f"{shown(total, currency)} {currency.upper()}"
                return PreflightError(f"{said} is at stake, and the most allowed is {allowed}.")
        return None

    def _ask(self, question: Confirmation) -> None:
        if self.writing.confirm is None:
            raise Declined(f"{question.name} needs a confirmation, and nobody can be asked.")
        if not self.writing.confirm(question):
            raise Declined("Nothing was written.")


def typed(question: Confirmation, above: Above) -> tuple[str, ...]:
    """Words of which one must be typed: in live mode, for several targets or more than the threshold."""
    if question.mode != "live":
        return ()
    over = any(total > threshold(above, currency) for currency, total in question.totals.items())
    if not over and len(question.changes) < 2:
        return ()
    totals = [shown(amount, currency) for currency, amount in question.totals.items()] if question.totals else []
    words = ([question.account] if question.account else []) + (totals if len(totals) == 1 else [])
    return tuple(words) or (question.name,)


def _unfinished(run: Run) -> str:
    done = f"{len(run.done)} of {len(run.entries)} are done, " if run.done else "none of it is done as far as is seen, "
    return f"This was begun {when(run)} and not finished: {done}and what is left is carried out now."


def _begun(entry: Entry) -> bool:
    """Whether a call of it was made, or may have been: only the same request can be repeated then."""
    return bool(entry.made) or entry.state == "sent"


def _as_recorded(entry: Entry) -> Change:
    amount = Money(entry.amount, entry.currency) if entry.amount is not None else None
    return Change(entry.target, entry.calls, entry.summary, amount, entry.customer)


def _by_entry(run: Run, changes: tuple[Change, ...]) -> dict[int, Change]:
    """Each entry's change; what was begun goes on as it was recorded."""
    fresh = [each for each in run.left if not _begun(each)]
    by_target = {change.target: change for change in changes}
    return {each.id: by_target[each.target] for each in fresh if each.target in by_target}
