"""What a write is about: the objects that its params name, its targets, and what would be done to each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from flarite_nl.errors import Ambiguous, PreflightError
from flarite_nl.execution.given import Given, Skip
from flarite_nl.execution.judge import Judge
from flarite_nl.execution.making import MAKINGS
from flarite_nl.execution.read import Reader
from flarite_nl.execution.refs import NotMade
from flarite_nl.execution.shapes import SHAPES
from flarite_nl.execution.wire import Wire
from flarite_nl.model.change import PENDING, Change
from flarite_nl.model.outcome import Row, Skipped
from flarite_nl.model.parse import Filter, Intent
from flarite_nl.model.plan import Each, Fetch, Selection, Step, Write
from flarite_nl.model.values import Money, Ref, Value

OBJECTS: Mapping[str, str] = {
    "customer": "customers",
    "price": "prices",
    "product": "products",
    "coupon": "coupons",
    "invoice": "invoices",
}
"""Params that name another object, and the resource it is of."""


ALREADY: Mapping[str, str] = {
    "refunded": "refunded",
    "captured": "captured",
    "active": "inactive",
    "pause_collection": "paused",
}
"""What an object is that does not meet a write's condition on a field, in a word."""

BILLED = ("customer", "invoice")
"""Those of them that have a currency of their own."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What a write would do: ``rows`` are its targets as they were read, ``skipped`` those left out and why."""

    changes: tuple[Change, ...]
    rows: tuple[Row, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@dataclass(slots=True)
class Aimer:
    """Finds targets and shapes changes. ``account`` gives the account's object; it may cost a request."""

    wire: Wire
    zone: ZoneInfo
    account: Callable[[], Row]
    prompt: str
    max_targets: int | None

    def aim(self, step: Step, write: Write, reader: Reader, *, only: Sequence[str] = ()) -> Aim:
        """What ``step`` would do now.

        Args:
            only: IDs of the targets, where they are known from an earlier run.

        Raises:
            Ambiguous: several objects where one is meant, more targets than allowed, or an unclear currency.
            PreflightError: nothing fits, or what is asked cannot be.
        """
        given = self._given(write, reader)
        if step.selection is None:
            self._dollars(write, given)
            return Aim((MAKINGS[step.name](given),))
        selection = _those(step.selection, write, only) if only else step.selection
        rows = tuple(reader.rows(selection))
        if not rows:
            raise PreflightError(f"No {write.resource} fit: there is nothing to {write.action}.")
        if not only:
            _one_by_name(step.intent, rows)
            self._bounded(write, rows)
        changes, skipped = self._changes(step, write, rows, given)
        return Aim(tuple(changes), rows, tuple(skipped))

    def _bounded(self, write: Write, rows: Sequence[Row]) -> None:
        most = self.max_targets
        if most is not None and len(rows) > most:
            shown = ", ".join(str(row["id"]) for row in rows[:10]) + (", …" if len(rows) > 10 else "")
            raise Ambiguous(f"{len(rows)} {write.resource} fit, and {most} may be written at once: {shown}.")

    def _changes(
        self, step: Step, write: Write, rows: Sequence[Row], given: Given
    ) -> tuple[list[Change], list[Skipped]]:
        judge = Judge(self.zone, {})
        tests = [(check, judge.test(check)) for check in write.conditions]
        changes: list[Change] = []
        skipped: list[Skipped] = []
        for row in rows:
            wrong = next((check for check, test in tests if not test(row)), None)
            try:
                if row.get("deleted"):
                    raise Skip(f"{row['id']} is deleted.")
                if wrong is not None:
                    raise Skip(_why(write, row, wrong.place.name, Filter(wrong.place.name, wrong.op, wrong.value)))
                changes.append(SHAPES[step.name](row, given))
            except Skip as problem:
                skipped.append(Skipped(str(row["id"]), problem.message))
        return changes, skipped

    # The objects that params name

    def _given(self, write: Write, reader: Reader) -> Given:
        objects: dict[str, Row] = {}
        ids: dict[str, str] = {}
        for name in sorted(write.lookups, key=lambda each: each == "price"):
            found = _found(write, name, list(reader.rows(write.lookups[name])))
            if found is not None:
                objects[name], ids[name] = found, str(found["id"])
                reader.looked_up[name] = (ids[name],)
        for name, value in write.params.items():
            if isinstance(value, Ref):
                ids[name] = _referred(name, value, reader)
        return Given(write.params, ids, objects, self.zone, self._currency, self._look)

    def _currency(self) -> str:
        return str(self.account()["default_currency"])

    def _look(self, call: str, params: Mapping[str, Any] | None = None, *, id: str | None = None) -> Row:
        return self.wire.call(call, params or {}, id=id)

    def _dollars(self, write: Write, given: Given) -> None:
        """A bare dollar sign is US dollars, where neither the account nor who is billed has another currency."""
        amounts = [value for value in _amounts(write.params) if value.currency == "usd"]
        bare = "$" in self.prompt and not re.search(r"usd|us\s?\$", self.prompt, re.IGNORECASE)
        if not amounts or not bare:
            return
        owners = {f"{name} {row['id']}": row.get("currency") for name, row in given.objects.items() if name in BILLED}
        for whose, own in {**owners, "account": None if any(owners.values()) else self._currency()}.items():
            if own is not None and own != "usd":
                raise Ambiguous(
                    f"$ is read as USD, and the currency of the {whose} is {own.upper()}: name the currency."
                )


def _one_by_name(intent: Intent, rows: Sequence[Row]) -> None:
    """A customer named by name or address is one, unless it is named as one of a company."""
    if intent.resource != "customers":
        return
    named = (each for each in intent.filters if each.field in ("name", "email", "phone"))
    if any(each.op == "eq" or (each.op == "contains" and not str(each.value).startswith("@")) for each in named):
        _only(rows)


def _only(customers: Sequence[Row]) -> None:
    if len(customers) > 1:
        shown = ", ".join(_shown(row) for row in customers[:10])
        raise Ambiguous(f"{len(customers)} customers fit: {shown}. Say which one, by ID.")


def _those(selection: Selection, write: Write, ids: Sequence[str]) -> Selection:
    """The very objects of an earlier run, whatever they were found by."""
    fetch = Fetch(f"{write.resource}.retrieve", each=Each("id", values=tuple(ids)))
    return replace(Selection(write.resource, (fetch,)), joins=selection.joins, keep=selection.keep)


def _amounts(value: Any) -> list[Money]:
    if isinstance(value, Money):
        return [value]
    if isinstance(value, Mapping):
        value = tuple(value.values())
    return [each for part in value for each in _amounts(part)] if isinstance(value, tuple) else []


def _referred(name: str, ref: Ref, reader: Reader) -> str:
    try:
        ids, _ = reader.resolve(ref, OBJECTS.get(name, name))
    except NotMade:
        return PENDING
    if len(ids) != 1:
        raise Ambiguous(f"One {name} is needed, and {len(ids)} were found.")
    return ids[0]


def _found(write: Write, name: str, rows: list[Row]) -> Row | None:
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


def _shown(row: Mapping[str, Any]) -> str:
    name = row.get("name") or row.get("email") or row.get("nickname")
    return f"{row['id']} ({name})" if name else str(row["id"])


def _why(write: Write, row: Row, field: str, condition: Filter) -> str:
    held = row.get(field)
    if field in ALREADY:
        return f"{row['id']} is {ALREADY[field]} already."
    if isinstance(held, str):
        return f"{row['id']} is {held}: {write.action} is not possible."
    wanted = condition.to_dict()["value"]
    return f"{row['id']} does not allow {write.action}: {field} {condition.op} {wanted} is needed."
