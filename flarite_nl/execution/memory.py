"""What the ledger and Stripe know of a command that may have been given before."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flarite_nl.errors import PermissionError_, Repeated
from flarite_nl.execution.ledger import Command, Ledger
from flarite_nl.execution.settle import CHANGED, alive, filled, find, reflected, retrieve
from flarite_nl.execution.wire import Wire
from flarite_nl.model.change import Change
from flarite_nl.model.codec import digest
from flarite_nl.model.ledger import Entry, Run
from flarite_nl.model.outcome import Row
from flarite_nl.model.parse import Intent
from flarite_nl.model.plan import Plan, Step
from flarite_nl.model.values import Ref, moment_text

Again = bool | Callable[[str], bool]
"""Whether a command that was carried out before is carried out once more; asked with a sentence."""

OVER = frozenset({"canceled", "failed", "void", "incomplete_expired"})
"""Statuses of what was made and is no more: making it anew repeats nothing."""


@dataclass(slots=True)
class Memory:
    """Recalls commands of one plan. ``touched`` are the runs that its outcome tells of.

    ``server`` sets a sandbox apart from Stripe, ``account`` gives the account's object.
    """

    ledger: Ledger
    wire: Wire
    plan: Plan
    account: Callable[[], Row]
    server: str = ""
    nonce: str = ""
    touched: list[int] = field(default_factory=list)
    _since: int | None = None
    _scope: tuple[str, str | None] | None = None

    def command(self, step: Step, number: int) -> Command:
        """What makes this step the same one when it is given again."""
        if self._since is None:
            self._since = self.ledger.counter()
        scope, account = self.scope()
        meant = [_meaning(each) for each in _closure(number, self.plan)]
        if _asks_back(step.intent):
            meant.append(dict(self.plan.previous))
        same = sum(1 for each in self.plan.steps[:number] if each.intent == step.intent)
        words = " ".join(self.plan.prompt.split()).casefold()
        back = {name: list(ids) for name, ids in self.plan.previous.items()}
        return Command(
            scope, self.wire.mode, account, step.name, self.plan.prompt,
            digest([scope, meant, same, self.nonce]), digest([scope, words, number, back, self.nonce]),
            step.intent.note, self.nonce,
        )  # fmt: skip

    def scope(self) -> tuple[str, str | None]:
        """Mode, account and server in one line, and the account's ID; of a key that may not see it, its fingerprint."""
        if self._scope is None:
            if self.wire.mode == "sandbox":
                account: str | None = None
            else:
                try:
                    account = str(self.account()["id"])
                except PermissionError_:
                    account = f"key {self.wire.fingerprint}"
            self._scope = " ".join(filter(None, (self.wire.mode, account, self.server))), account
        return self._scope

    # What happened

    def recall(self, command: Command) -> Run | None:
        """The last run of this command, with everything found out that was not known of it.

        Waits for another process that is carrying it out just now.

        Raises:
            ApiError: where something is not known and Stripe cannot be asked.
        """
        run = self.ledger.latest(command)
        if run is None or run.told:
            return run
        with self.ledger.alone():
            run = self.ledger.latest(command)
            return self.settle(run) if run is not None and not run.told else run

    def settle(self, run: Run) -> Run:
        """Ask Stripe what became of every call whose answer was not recorded."""
        for entry in run.entries:
            if entry.state == "sent":
                self._settle(entry, run.scope)
        run = self.ledger.run(run.id)
        if not run.left and run.finished is None:
            self.ledger.finish(run.id)
        return self.ledger.run(run.id)

    def _settle(self, entry: Entry, scope: str) -> None:
        finding = find(self.wire, entry, self.ledger.known(scope))
        fresh = alive(entry, self.ledger.clock(), self.plan.now)
        if finding.row is not None and (finding.certain or not fresh):
            self.answered(entry, str(finding.row["id"]))
        elif finding.certain or not fresh:
            self.ledger.mark(entry, state="planned")
        # Else only the same request under the same key can tell: the entry stays as it is.

    def answered(self, entry: Entry, made: str, request_id: str | None = None) -> Entry:
        """Record that the first unanswered call of an entry was carried out, and what it gave."""
        ids = (*entry.made, made)
        writes = [call for call in entry.calls if not call.call.endswith(".retrieve")]
        over = len(ids) >= len(writes)
        return self.ledger.mark(
            entry, state="done" if over else "planned", made=ids, object=ids[0] if len(writes) > 1 else made,
            request_id=request_id, problem=None,
        )  # fmt: skip

    def stands(self, run: Run) -> bool:
        """Whether what a run wrote is still so: nothing deleted, undone or failed since."""
        return any(self._stands(each) for each in run.done)

    def _stands(self, entry: Entry) -> bool:
        call = filled(entry.calls[0], ())
        service, method = call.call.split(".")
        row = retrieve(self.wire, service, str(entry.object))
        if method == "create":
            return not row.get("deleted") and row.get("status") not in OVER and row.get("active") is not False
        return CHANGED.get(call.call, reflected)(row, call)

    def written(self, run: Run) -> tuple[Row, ...]:
        """What a run wrote, as Stripe shows it now."""
        rows = []
        for entry in run.done:
            self._about(entry)
            rows.append(retrieve(self.wire, entry.calls[0].call.split(".")[0], str(entry.object)))
        return tuple(rows)

    def _about(self, entry: Entry) -> None:
        if entry.run not in self.touched:
            self.touched.append(entry.run)

    # Whether it is the same again

    def during(self, run: Run) -> bool:
        """Whether a run ended after this plan was begun: another process did it meanwhile."""
        return run.finished is not None and self._since is not None and run.finished > self._since

    def repeated(self, run: Run, again: Again) -> str | None:
        """The sentence that refuses a repetition, or None where it may go on."""
        if not self.stands(run):
            return None
        said = f"{run.name} was carried out before, {when(run)}: {made_text(run)}."
        if again is True or (callable(again) and again(f"{said} Do it once more?")):
            return None
        return f"{said} Nothing new was written; --again (again=True) does it once more."

    def elsewhere(self, command: Command, changes: Sequence[Change], again: Again) -> tuple[str, ...]:
        """Remarks about the very same writes by another command.

        Raises:
            Repeated: where nobody was told of one, since that command was cut off.
        """
        remarks = []
        for change in changes:
            entry = self.ledger.elsewhere(command, change)
            if entry is None:
                continue
            run = self.ledger.run(entry.run)
            if not run.told:
                with self.ledger.alone():
                    run = self.settle(self.ledger.run(entry.run))
                if not run.done:
                    continue
                refused = self.repeated(run, again)
                if refused is not None:
                    raise Repeated(refused)
            remarks.append(f"The same was done {when(run)} ({made_text(run)}): {run.prompt}")
        return tuple(remarks)


def when(run: Run) -> str:
    return f"at {moment_text(run.began)}"


def made_text(run: Run) -> str:
    """The objects that a run wrote, and their targets where these are others."""
    texts = []
    for each in run.done[:5]:
        of = f" of {each.target}" if each.target and each.target != each.object else ""
        texts.append(f"{each.object}{of}")
    return ", ".join(texts) + (", …" if len(run.done) > 5 else "")


def _meaning(intent: Intent) -> dict[str, Any]:
    """What counts of an intent: neither the note nor the columns; a month of thirty days is not thirty days."""
    raw = intent.to_dict()
    return {name: json.loads(json.dumps(raw[name])) for name in raw if name not in ("note", "fields")}


def _closure(number: int, plan: Plan) -> list[Intent]:
    """The intent and those that it refers to, however indirectly."""
    wanted, waiting = {number}, [number]
    while waiting:
        for ref in _refs(plan.steps[waiting.pop()].intent):
            if isinstance(ref.ref, int) and ref.ref not in wanted:
                wanted.add(ref.ref)
                waiting.append(ref.ref)
    return [plan.steps[each].intent for each in sorted(wanted)]


def _asks_back(intent: Intent) -> bool:
    return any(ref.ref == "previous" for ref in _refs(intent))


def _refs(intent: Intent) -> list[Ref]:
    values = [*(each.value for each in intent.filters), *intent.params.values()]
    return [value for value in values if isinstance(value, Ref)]
