"""Carries out a write: targets read, preflight, the question, then each change once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from flarite_nl.errors import Ambiguous, ApiError, Declined, PreflightError, Unreachable
from flarite_nl.execution.given import Given, Skip
from flarite_nl.execution.judge import Judge
from flarite_nl.execution.making import MAKINGS
from flarite_nl.execution.read import Reader
from flarite_nl.execution.refs import NotMade
from flarite_nl.execution.shapes import SHAPES
from flarite_nl.execution.wire import Wire
from flarite_nl.model.change import MADE, Change, Confirmation
from flarite_nl.model.outcome import Result, Row, Skipped
from flarite_nl.model.parse import Filter
from flarite_nl.model.plan import Selection, Step, Write
from flarite_nl.model.values import Ref, Value

Confirm = Callable[[Confirmation], bool]

OBJECTS: Mapping[str, str] = {
    "customer": "customers",
    "price": "prices",
    "product": "products",
    "coupon": "coupons",
    "invoice": "invoices",
}

PENDING = "(not made yet)"
"""Stands in a dry run for the ID of what an earlier step would make."""


@dataclass(frozen=True, slots=True)
class Writing:
    """How to write. ``confirm`` None refuses; ``max_targets`` None sets no bound; ``nonce`` sets a repetition apart."""

    confirm: Confirm | None = None
    dry_run: bool = False
    max_targets: int | None = 1
    nonce: str = ""


@dataclass(slots=True)
class Writer:
    """Writes of one plan. ``account`` gives the account's object; it may cost a request."""

    wire: Wire
    zone: ZoneInfo
    writing: Writing
    account: Callable[[], Row]
    name: str | None
    plan: str

    def write(self, step: Step, number: int, reader: Reader) -> tuple[Result, PreflightError | ApiError | None]:
        """The result of a write step, and the error where nothing, or not all, was written.

        Raises:
            Ambiguous: several objects where one is meant, or more targets than allowed.
            Declined: nobody confirmed.
            PreflightError: nothing fits.
        """
        write = step.write
        if write is None:
            raise PreflightError(f"{step.name} is no write.")
        given = self._given(write, reader)
        rows: list[Row] = []
        skipped: list[Skipped] = []
        if step.selection is None:
            changes = [MAKINGS[step.name](given)]
        else:
            rows = list(reader.rows(step.selection))
            changes, skipped = self._changes(step, step.selection, write, rows, given)
        result = Result(
            step.intent, kind="write", columns=step.columns, dry_run=self.writing.dry_run,
            targets=tuple(str(row["id"]) for row in rows), objects=tuple(rows), skipped=tuple(skipped),
        )  # fmt: skip
        if not changes:
            return result, PreflightError(skipped[0].why)
        if self.writing.dry_run:
            return result, None
        self._ask(step, write, changes, skipped)
        return self._send(result, changes, number)

    # What is meant

    def _changes(
        self, step: Step, selection: Selection, write: Write, rows: list[Row], given: Given
    ) -> tuple[list[Change], list[Skipped]]:
        if not rows:
            raise PreflightError(f"No {write.resource} fit: there is nothing to {write.action}.")
        most = self.writing.max_targets
        if most is not None and len(rows) > most:
            shown = ", ".join(str(row["id"]) for row in rows[:10]) + (", …" if len(rows) > 10 else "")
            raise Ambiguous(f"{len(rows)} {write.resource} fit, and {most} may be written at once: {shown}.")
        judge = Judge(self.zone, {})
        tests = [(check, judge.test(check)) for check in write.conditions]
        changes: list[Change] = []
        skipped: list[Skipped] = []
        for row in rows:
            wrong = next((check for check, test in tests if not test(row)), None)
            try:
                if wrong is not None and not row.get("deleted"):
                    raise Skip(_why(write, row, wrong.place.name, Filter(wrong.place.name, wrong.op, wrong.value)))
                if row.get("deleted"):
                    raise Skip(f"{row['id']} is deleted.")
                changes.append(SHAPES[step.name](row, given))
            except Skip as problem:
                skipped.append(Skipped(str(row["id"]), problem.message))
        return changes, skipped

    def _given(self, write: Write, reader: Reader) -> Given:
        objects: dict[str, Row] = {}
        ids: dict[str, str] = {}
        for name in sorted(write.lookups, key=lambda each: each == "price"):
            found = self._found(write, name, list(reader.rows(write.lookups[name])))
            if found is not None:
                objects[name], ids[name] = found, str(found["id"])
                reader.looked_up[name] = (ids[name],)
        for name, value in write.params.items():
            if isinstance(value, Ref):
                ids[name] = self._referred(name, value, reader)
        return Given(write.params, ids, objects, self.zone, lambda: str(self.account()["default_currency"]))

    def _referred(self, name: str, ref: Ref, reader: Reader) -> str:
        try:
            ids, _ = reader.resolve(ref, OBJECTS.get(name, name))
        except NotMade:
            return PENDING
        if len(ids) != 1:
            raise Ambiguous(f"One {name} is needed, and {len(ids)} were found.")
        return ids[0]

    def _found(self, write: Write, name: str, rows: list[Row]) -> Row | None:
        """The one object that a param names; a name that fits one exactly goes before names that hold it."""
        value: Value = write.params.get(name)
        wanted = value.get("name") if isinstance(value, Mapping) else None
        if wanted is not None and len(rows) > 1:
            exact = [row for row in rows if str(row.get("name")).casefold() == str(wanted).casefold()]
            rows = exact or rows
        if len(rows) == 1:
            return rows[0]
        if not rows and name == "product" and wanted is not None and "unit_amount" in write.params:
            return None  # it is made along with its price
        said = f" {wanted!r}" if wanted else ""
        if not rows:
            raise PreflightError(f"There is no {name}{said} that can be used.")
        shown = ", ".join(_shown(row) for row in rows[:10])
        raise Ambiguous(f"{len(rows)} {OBJECTS[name]} fit{said}: {shown}. Say which one, by ID.")

    # Asking and sending

    def _ask(self, step: Step, write: Write, changes: list[Change], skipped: list[Skipped]) -> None:
        left_out = tuple((each.id, each.why) for each in skipped)
        question = Confirmation(step.name, self.wire.mode, self.name, write.risk, tuple(changes), left_out, write.note)
        if self.writing.confirm is None:
            raise Declined(f"{step.name} needs a confirmation, and nobody can be asked.")
        if not self.writing.confirm(question):
            raise Declined("Nothing was written.")

    def _send(
        self, result: Result, changes: list[Change], number: int
    ) -> tuple[Result, PreflightError | ApiError | None]:
        written: list[Row] = []
        skipped = list(result.skipped)
        problems: list[str] = []
        error: ApiError | None = None
        for change in changes:
            try:
                written.append(self._carry_out(change, number, alone=len(changes) == 1))
                if self.wire.replayed:
                    problems.append(f"Done before by this same plan, so nothing new was written: {change.summary}.")
            except ApiError as problem:
                error = error or problem
                skipped.append(Skipped(change.target or result.intent.resource, problem.message))
                if isinstance(problem, Unreachable):
                    problems.append(f"Whether this was written is not known: {change.summary}.")
                    break
        missing = len(changes) - len(written)
        if missing:
            problems.append(f"{missing} of {len(changes)} were not written.")
        done = replace(
            result, written=tuple(written), skipped=tuple(skipped), problems=tuple(problems), complete=not problems
        )
        return done, error

    def _carry_out(self, change: Change, number: int, *, alone: bool) -> Row:
        """All calls of a change, each under its own idempotency key; the last answer is what was written."""
        made: str | None = None
        row: Row = {}
        for position, call in enumerate(change.calls):
            params = {name: made if value == MADE else value for name, value in call.params.items()}
            id = made if call.id == MADE else call.id
            posted = not call.call.endswith((".delete", ".retrieve")) and call.call != "subscriptions.cancel"
            key = self._key("" if alone else str(change.target), number, position) if posted else None
            row = self.wire.call(call.call, params, id=id, key=key)
            made = made or str(row.get("id"))
        return row

    def _key(self, target: str, number: int, position: int) -> str:
        """The same plan gives the same keys, so that a repeat cannot write twice (STRIPE.md 4).

        The key of a single target leaves it out: should a repeat of "the last payment" find another one, since the
        first is refunded by now, Stripe refuses the key with other parameters.
        """
        text = json.dumps([self.plan, number, position, target, self.writing.nonce])
        return "flarite-" + hashlib.sha256(text.encode()).hexdigest()


def _shown(row: Mapping[str, Any]) -> str:
    name = row.get("name") or row.get("email") or row.get("nickname")
    return f"{row['id']} ({name})" if name else str(row["id"])


def _why(write: Write, row: Row, field: str, condition: Filter) -> str:
    held = row.get(field)
    if field == "refunded":
        return f"{row['id']} is refunded already."
    if field == "pause_collection":
        return f"{row['id']} is paused already."
    if isinstance(held, str):
        return f"{row['id']} is {held}: {write.action} is not possible."
    wanted = condition.to_dict()["value"]
    return f"{row['id']} does not allow {write.action}: {field} {condition.op} {wanted} is needed."
