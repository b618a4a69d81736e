"""What came back: ``Outcome`` with one ``Result`` an intent (FRAME.md, "What comes back")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from flarite_nl.model.currencies import shown
from flarite_nl.model.parse import Intent, Parse
from flarite_nl.model.values import plain

if TYPE_CHECKING:
    from flarite_nl.model.change import Confirmation

Mode = Literal["sandbox", "test", "live"]
Row = Mapping[str, Any]
"""A Stripe object as the API gave it: amounts in minor units, times in Unix seconds."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One group: ``value`` in major units where ``currency`` is set, an int for a count, else a plain decimal."""

    key: Mapping[str, Any]
    currency: str | None
    value: int | Decimal

    def to_dict(self) -> dict[str, Any]:
        value: int | str
        if isinstance(self.value, int):
            value = self.value
        else:
            value = shown(self.value, self.currency) if self.currency else plain(self.value)
        return {"key": dict(self.key), "currency": self.currency, "value": value}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A target that was not written, and why in one sentence."""

    id: str
    why: str

    def to_dict(self) -> dict[str, Any]:
        return {"id": self.id, "why": self.why}


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one intent: ``rows`` of a read, ``groups`` of an aggregate, the rest of a write.

    ``objects`` are the targets of a write as they were read; ``columns`` the resource's usual ones; ``repeated`` says
    that what stands in ``written`` was written by an earlier run of the same command, and nothing new; ``question`` is
    what a dry run would ask.
    """

    intent: Intent
    rows: tuple[Row, ...] = ()
    groups: tuple[Figure, ...] = ()
    targets: tuple[str, ...] = ()
    objects: tuple[Row, ...] = ()
    written: tuple[Row, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    dry_run: bool = False
    complete: bool = True
    problems: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    kind: Literal["rows", "groups", "write"] = "rows"
    repeated: bool = False
    question: Confirmation | None = None

    @property
    def name(self) -> str:
        return self.intent.name

    @property
    def found(self) -> tuple[Row, ...]:
        """What a back reference to this result means: rows, the targets of a write, the object made."""
        if self.kind == "write":
            return self.objects or self.written
        return self.rows

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {"name": self.name}
        if self.kind == "write":
            out["targets"] = list(self.targets)
            out["written"] = [dict(row) for row in self.written]
            out["skipped"] = [each.to_dict() for each in self.skipped]
            out["dry_run"] = self.dry_run
            if self.repeated:
                out["repeated"] = True
            if self.question is not None:
                out["would"] = self.question.to_dict()
        elif self.kind == "groups":
            out["groups"] = [each.to_dict() for each in self.groups]
        else:
            out["rows"] = [dict(row) for row in self.rows]
        if self.kind != "write" or not self.complete:
            out["complete"] = self.complete
        if self.problems:
            out["problems"] = list(self.problems)
        return out


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as a value: ``kind`` of the error tree, one sentence, Stripe's request ID where there is one."""

    kind: str
    message: str
    request_id: str | None = None
    span: Mapping[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "message": self.message,
            "span": dict(self.span) if self.span else None,
            "request_id": self.request_id,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that one prompt gave. ``requests`` counts every HTTP request, repeated ones too."""

    prompt: str
    mode: Mode
    account: str | None
    parse: Parse
    results: tuple[Result, ...] = ()
    requests: int = 0
    error: Failure | None = None
    request_ids: tuple[str, ...] = field(default=(), compare=False)

    @property
    def complete(self) -> bool:
        """Nothing is missing: no error, and every result is whole."""
        return self.error is None and all(each.complete for each in self.results)

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(problem for each in self.results for problem in each.problems)

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {
            "prompt": self.prompt,
            "mode": self.mode,
            "account": self.account,
            "parse": self.parse.to_dict(),
            "results": [each.to_dict() for each in self.results],
            "requests": self.requests,
            "complete": self.complete,
        }
        if self.problems:
            out["problems"] = list(self.problems)
        if self.error:
            out["error"] = self.error.to_dict()
        return out

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Outcome:
        """Read an outcome back; ``to_dict`` of it gives the same again.

        ``request_ids``, and ``objects`` and ``columns`` of the results, are not part of the frame.

        Raises:
            DataError: where it is no outcome of this version.
        """
        from flarite_nl.model.frames import outcome_of  # which imports this module

        return outcome_of(raw)
