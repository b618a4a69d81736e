"""Sends what was agreed to, each call once: recorded before, recorded after, asked about where no answer comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flarite_nl.errors import ApiError, FlariteError, LedgerProblem, Unreachable
from flarite_nl.execution.memory import Memory
from flarite_nl.execution.settle import alive, filled, find
from flarite_nl.execution.wire import OTHER_PARAMS, TooMany
from flarite_nl.model.change import Call, Change
from flarite_nl.model.ledger import Entry, Run
from flarite_nl.model.outcome import Row, Skipped

Step = Callable[[str, Entry], None]
"""Told of each step of a write: ``recorded``, ``sending``, ``answered``, ``done``. Tests cut a process off here."""


@dataclass(slots=True)
class Sent:
    """What came of a run: what was written now, what was not and why, what a person should know.

    ``before`` counts those of ``written`` that an earlier request with the same key had written.
    """

    written: list[Row] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    error: FlariteError | None = None
    before: int = 0


@dataclass(slots=True)
class Sender:
    """Sends the entries of a run in order. ``now`` is the prompt's moment."""

    memory: Memory
    now: datetime
    at: Step = lambda step, entry: None

    def send(self, run: Run, changes: Mapping[int, Change]) -> Sent:
        """Send what is left of a run.

        Args:
            run: as the ledger has it.
            changes: by entry, what is to be done as its target stands now; others go on as recorded.
        """
        sent = Sent()
        for entry in run.left:
            self.at("recorded", entry)
            try:
                entry = self._renewed(entry, changes.get(entry.id))
                sent.written.append(self._entry(entry, run, sent))
            except (ApiError, TooMany, LedgerProblem) as problem:
                self._failed(sent, entry, run, problem)
                if not isinstance(problem, ApiError) or isinstance(problem, Unreachable):
                    break
        self.memory.ledger.finish(run.id)
        missing = len(run.left) - len(sent.written)
        if missing and len(run.left) > 1:
            sent.problems.append(f"{missing} of {len(run.left)} were not written.")
        return sent

    def _renewed(self, entry: Entry, change: Change | None) -> Entry:
        """The entry with a key that may be used: its own while it is unused or alive, else a new one."""
        ledger = self.memory.ledger
        fields: dict[str, object] = {}
        if change is not None and not entry.made and change.calls != entry.calls:
            fields["calls"] = change.calls
        if change is not None and not entry.made:
            fields["before"] = change.state
        used = entry.at is not None
        if used and (fields.get("calls") or entry.state == "failed" or not alive(entry, ledger.clock(), self.now)):
            fields |= {**_with_new_key(entry), "at": None}
        return ledger.mark(entry, **fields) if fields else entry

    def _entry(self, entry: Entry, run: Run, sent: Sent) -> Row:
        """All calls of an entry that are left; the last answer is what was written."""
        row: Row = {}
        for position, each in enumerate(entry.calls):
            if position < len(entry.made):
                continue
            call = filled(each, entry.made)
            if call.call.endswith(".retrieve"):
                row = self._call(call, None)
                continue
            first = entry.at is None
            ledger = self.memory.ledger
            moments = {"at": ledger.clock(), "now": self.now} if first else {}
            entry = ledger.mark(entry, state="sent", **moments)
            self.at("sending", entry)
            row = self._written(entry, call, position, run, sent, first)
            self.at("answered", entry)
            ids = self.memory.wire.request_ids
            entry = self.memory.answered(entry, str(row.get("id")), ids[-1] if ids else None)
        self.at("done", entry)
        return row

    def _written(self, entry: Entry, call: Call, position: int, run: Run, sent: Sent, first: bool) -> Row:
        keyed = not call.call.endswith(".delete") and call.call != "subscriptions.cancel"
        key = entry.key if position == 0 else f"{entry.key}-{position}"
        try:
            row = self._call(call, key if keyed else None)
        except ApiError as problem:
            if problem.code == OTHER_PARAMS:
                return self._anew(entry, call, position, run, problem)
            if not _unknown(problem):
                raise
            found = self._found(entry, run)
            if found is None:
                if problem.replayed:
                    self.memory.ledger.mark(entry, spent=True)
                raise
            sent.notes.append(f"No answer came, but Stripe shows that it was done: {entry.summary}.")
            return found
        if self.memory.wire.replayed:
            sent.before += position == 0
            where = " elsewhere" if first else ""
            sent.notes.append(f"Carried out before{where}, so nothing new was written: {entry.summary}.")
        return row

    def _anew(self, entry: Entry, call: Call, position: int, run: Run, problem: ApiError) -> Row:
        """The key came with other parameters: a process that was cut off had sent half a request, and no more.

        Where Stripe shows nothing of the write, it is sent under a key of its own, once.
        """
        if find(self.memory.wire, entry, self.memory.ledger.known(run.scope)).row is not None:
            raise problem
        renewed = _with_new_key(entry) | {"at": self.memory.ledger.clock(), "now": self.now}
        entry = self.memory.ledger.mark(entry, **renewed)
        return self._call(call, entry.key if position == 0 else f"{entry.key}-{position}")

    def _call(self, call: Call, key: str | None) -> Row:
        return self.memory.wire.call(call.call, call.params, id=call.id, key=key)

    def _found(self, entry: Entry, run: Run) -> Row | None:
        """What Stripe shows of a call that got no answer, if it shows for certain."""
        try:
            finding = find(self.memory.wire, entry, self.memory.ledger.known(run.scope))
        except (ApiError, TooMany):
            return None
        return finding.row if finding.certain else None

    def _failed(self, sent: Sent, entry: Entry, run: Run, problem: FlariteError) -> None:
        sent.error = sent.error or problem
        sent.skipped.append(Skipped(entry.target or run.name.partition(".")[0], problem.message))
        ledger = self.memory.ledger
        if isinstance(problem, TooMany):
            ledger.mark(entry, problem=problem.message)
            sent.problems.append(f"Not everything was sent: {problem.message}")
        elif isinstance(problem, LedgerProblem):
            sent.problems.append(f"Whether this was written could not be recorded: {entry.summary}.")
        elif _unknown(problem):
            ledger.mark(entry, problem=problem.message)
            sent.problems.append(
                f"Whether this was written is not known: {entry.summary}. The same command finds out, and never writes "
                "it twice."
            )
        else:
            ledger.mark(entry, state="failed", problem=problem.message, request_id=problem.request_id)


def _with_new_key(entry: Entry) -> dict[str, object]:
    attempt = entry.attempt + 1
    return {"attempt": attempt, "key": f"{entry.key.partition('.')[0]}.{attempt}", "spent": False}


def _unknown(problem: FlariteError) -> bool:
    """Whether the request may have been carried out all the same."""
    return isinstance(problem, Unreachable) or (isinstance(problem, ApiError) and problem.status == 409)
