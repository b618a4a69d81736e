"""``Plan`` → results, one a step; what was read or written before an error is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal
from zoneinfo import ZoneInfo

from flarite_nl.errors import ApiError, FlariteError, InvalidRequest, LedgerProblem, PermissionError_, PlanError
from flarite_nl.execution.aggregate import aggregate
from flarite_nl.execution.ledger import Ledger
from flarite_nl.execution.lines import with_lines
from flarite_nl.execution.memory import Memory
from flarite_nl.execution.metrics import charge_rate, churn, recurring
from flarite_nl.execution.pages import Trouble
from flarite_nl.execution.read import Reader
from flarite_nl.execution.refs import NotMade, resolve
from flarite_nl.execution.targets import Aimer
from flarite_nl.execution.wire import Wire
from flarite_nl.execution.write import Writer, Writing
from flarite_nl.model.outcome import Figure, Result, Row
from flarite_nl.model.parse import Intent
from flarite_nl.model.plan import Plan, Step
from flarite_nl.model.values import Ref

ENABLING = frozenset({"create", "capture", "confirm", "pay"})
"""Actions that bring about objects of other resources, on which a later write of the prompt may be carried out."""


@dataclass(slots=True)
class Runner:
    """Carries out plans over one wire.

    ``previous`` are the results of the turn before, which ``{"ref": "previous"}`` means. ``ledger`` is needed where
    something is to be written; ``server`` names where, if it is not Stripe's own. After ``run``, ``results`` hold
    what was done, also where an error ended it at the step ``reached``. ``told`` takes the runs of the ledger that they
    tell of in the ledger's place.
    """

    wire: Wire
    writing: Writing = field(default_factory=Writing)
    previous: Sequence[Result] = ()
    account: Row | None = None
    name: str | None = None
    ledger: Ledger | None = None
    server: str = ""
    results: list[Result] = field(default_factory=list)
    reached: int = 0
    told: Callable[[Sequence[int]], None] | None = None

    def run(self, plan: Plan) -> FlariteError | None:
        """Carry out every step in order; the error that ended it, or None."""
        memory = self._memory(plan)
        error = self._foreseen(plan, memory) or self._steps(plan, memory)
        if memory is not None and memory.touched and error is None:
            (self.told or memory.ledger.tell)(memory.touched)
        return error

    def stream(self, plan: Plan) -> Iterator[Row]:
        """What a plan that only lists and gets finds: the objects of the last step as they come, not kept.

        Raises:
            FlariteError: where something is missing, after all that was found.
        """
        *before, last = plan.steps
        for number, step in enumerate(before):
            problem = self._step(step, number, plan, None)
            yield from self.results[-1].rows
            _whole(problem, self.results[-1].complete, self.results[-1].problems)
        if last.kind == "list" and last.selection is not None:
            reader = Reader(self.wire, ZoneInfo(plan.tz), self._resolve, Trouble())
            yield from reader.rows(last.selection)
            _whole(reader.trouble.error, not reader.trouble.problems, reader.trouble.problems)
        else:
            result = self._read(last, Reader(self.wire, ZoneInfo(plan.tz), self._resolve, Trouble()))
            yield from result.rows
            _whole(None, result.complete, result.problems)

    def _memory(self, plan: Plan) -> Memory | None:
        if self.ledger is None or self.writing.dry_run or not plan.writes:
            return None
        return Memory(self.ledger, self.wire, plan, self._account, self.server, self.writing.nonce)

    def _foreseen(self, plan: Plan, memory: Memory | None) -> FlariteError | None:
        """What stands in the way of a later write of the prompt is found before the first is asked about and sent.

        What an earlier write may yet make possible is no obstacle, and a command that was begun goes on as it was.
        """
        writes = [(number, step) for number, step in enumerate(plan.steps) if step.kind == "write"]
        if memory is None or len(writes) < 2:
            return None
        if any(memory.ledger.latest(memory.command(step, number)) for number, step in writes):
            return None
        rehearsal = Runner(self.wire, replace(self.writing, dry_run=True), self.previous, self.account, self.name)
        error = rehearsal.run(plan)
        self.account = rehearsal.account
        if error is None:
            return None
        failed = plan.steps[rehearsal.reached]
        before = [step for number, step in writes if number < rehearsal.reached]
        if failed.kind == "write" and any(_enables(step.intent, failed.intent) for step in before):
            return None
        self.results.extend(rehearsal.results)
        return error

    def _steps(self, plan: Plan, memory: Memory | None) -> FlariteError | None:
        for number, step in enumerate(plan.steps):
            self.reached = number
            try:
                problem = self._step(step, number, plan, memory)
            except NotMade as waiting:
                self.results.append(self._empty(step, waiting.message))
                continue
            except FlariteError as error:
                return error
            if problem is not None:
                return problem
        return None

    def _step(self, step: Step, number: int, plan: Plan, memory: Memory | None) -> FlariteError | None:
        zone = ZoneInfo(plan.tz)
        trouble = Trouble(strict=step.kind == "write")
        reader = Reader(self.wire, zone, self._resolve, trouble)
        if step.kind == "write":
            result, problem = self._writer(plan, zone, memory).write(step, number, reader)
            self.results.append(result)
            return problem
        if step.kind in ("aggregate", "metric"):
            result = self._computed(step, reader, zone)
        else:
            result = self._read(step, reader)
        self.results.append(result)
        return trouble.error if isinstance(trouble.error, ApiError) else None

    def _writer(self, plan: Plan, zone: ZoneInfo, memory: Memory | None) -> Writer:
        if memory is None and not self.writing.dry_run:
            raise LedgerProblem("There is no ledger to write down what is done, so nothing is sent.")
        aimer = Aimer(self.wire, zone, self._account, plan.prompt, self.writing.max_targets)
        corrections = tuple((span.text, word) for span, word in plan.corrections)
        return Writer(self.wire, self.writing, aimer, memory, self._name, corrections, plan.now)

    def _read(self, step: Step, reader: Reader) -> Result:
        if step.selection is None:
            raise PlanError(f"{step.name} reads nothing.")
        rows = with_lines(self.wire, tuple(reader.rows(step.selection)), reader.trouble)
        if step.intent.resource == "balance":
            rows = tuple(_in_currency(step, row) for row in rows)
        if step.intent.resource == "account" and rows:
            self.account = rows[0]
            _same_account(step, rows[0])
        trouble = reader.trouble
        complete = not trouble.problems
        problems = (*trouble.problems, *trouble.notes)
        return Result(step.intent, rows, complete=complete, problems=problems, columns=step.columns)

    def _computed(self, step: Step, reader: Reader, zone: ZoneInfo) -> Result:
        notes: list[str] = []
        groups: tuple[Figure, ...]
        if step.metric is not None:
            groups = self._metric(step, reader, zone, notes)
        elif step.selection is not None and step.figures is not None:
            rows = reader.raw(step.selection, ordered=False)
            groups = aggregate(step.figures, rows, reader.objects, zone, notes)
        else:
            raise PlanError(f"{step.name} computes nothing.")
        trouble = reader.trouble
        return Result(
            step.intent, groups=groups, complete=not trouble.problems, kind="groups",
            problems=(*trouble.problems, *trouble.notes, *notes), columns=step.columns,
        )  # fmt: skip

    def _metric(self, step: Step, reader: Reader, zone: ZoneInfo, notes: list[str]) -> tuple[Figure, ...]:
        metric = step.metric
        if metric is None:
            raise PlanError(f"{step.name} is no metric.")
        rows = reader.raw(metric.selections[0], ordered=False)
        if metric.name in ("mrr", "arr"):
            return recurring(rows, 12 if metric.name == "arr" else 1, notes)
        if metric.name == "churn_rate":
            return churn(rows, metric.period, zone, notes)
        return charge_rate(metric.name, rows, notes)

    def _resolve(self, ref: Ref, resource: str) -> tuple[tuple[str, ...], dict[str, Row]]:
        ids, held = resolve(ref, resource, self.results, self.previous, self._charge)
        # What a person saw a turn ago may have changed since: ask again.
        return ids, dict(held) if ref.ref != "previous" else {}

    def _charge(self, id: str) -> Row:
        return self.wire.call("charges.retrieve", {}, id=id)

    def _account(self) -> Row:
        if self.account is None:
            self.account = self.wire.call("accounts.retrieve_current", {})
        return self.account

    def _name(self) -> str | None:
        """The account's name for a confirmation: the one known, else asked for where the key may."""
        if self.name or self.writing.dry_run or self.writing.confirm is None:
            return self.name
        try:
            return account_name(self._account())
        except PermissionError_:
            return None

    def _empty(self, step: Step, problem: str) -> Result:
        """The result of a step that waits for what a dry run does not make."""
        if step.kind == "write":
            return Result(step.intent, kind="write", dry_run=True, problems=(problem,), columns=step.columns)
        kind: Literal["rows", "groups"] = "groups" if step.kind in ("aggregate", "metric") else "rows"
        return Result(step.intent, kind=kind, complete=False, problems=(problem,), columns=step.columns)


def _enables(earlier: Intent, later: Intent) -> bool:
    """Whether a write may make a later one possible that is not possible yet."""
    return earlier.action in ENABLING or earlier.resource == later.resource


def _whole(error: FlariteError | None, complete: bool, problems: Sequence[str]) -> None:
    if error is not None:
        raise error
    if not complete:
        raise InvalidRequest(problems[0])


def account_name(account: Row) -> str | None:
    """The name that a person knows the account by, or its ID."""
    profile = account.get("business_profile") or {}
    dashboard = (account.get("settings") or {}).get("dashboard") or {}
    return dashboard.get("display_name") or profile.get("name") or account.get("id")


def _in_currency(step: Step, row: Row) -> Row:
    """A balance narrowed to the currency asked for."""
    wanted = [each.value for each in step.intent.filters if each.field == "currency" and each.op == "eq"]
    if not wanted:
        return row
    arrays = {name: each for name, each in row.items() if isinstance(each, list)}
    return {**row, **{name: [one for one in each if one.get("currency") in wanted] for name, each in arrays.items()}}


def _same_account(step: Step, row: Row) -> None:
    named = step.selection.named if step.selection else ()
    if named and row.get("id") not in named:
        raise PlanError(f"The key belongs to {row.get('id')}, not to {named[0]}.")
