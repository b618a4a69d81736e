"""What a prompt means: ``Parse`` and its intents, exactly as FRAME.md writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from flarite_nl.model.values import Value, jsonable

Status = Literal["ok", "clarify", "rejected"]
Reason = Literal["out_of_scope", "unsupported", "not_understood"]

READS = frozenset({"list", "get", "aggregate"})
OPS = ("eq", "ne", "in", "not_in", "gt", "gte", "lt", "lte", "during", "not_during", "contains", "exists")


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``start`` to ``end`` (exclusive) of the prompt, and the words that stand there."""

    start: int
    end: int
    text: str

    def to_dict(self) -> dict[str, Any]:
        return {"start": self.start, "end": self.end, "text": self.text}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Which rule took which words: the reason why an intent is as it is."""

    span: Span
    rule: str

    def to_dict(self) -> dict[str, Any]:
        return {**self.span.to_dict(), "rule": self.rule}


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on a field; ``value`` of ``in`` and ``not_in`` is a sorted tuple."""

    field: str
    op: str
    value: Value

    def to_dict(self) -> dict[str, Any]:
        return {"field": self.field, "op": self.op, "value": jsonable(self.value)}


@dataclass(frozen=True, slots=True)
class Sort:
    """The field to sort by, ascending or descending."""

    field: str
    order: Literal["asc", "desc"]

    def to_dict(self) -> dict[str, Any]:
        return {"field": self.field, "order": self.order}


@dataclass(frozen=True, slots=True)
class Having:
    """Keeps the groups whose figure passes."""

    op: str
    value: Value

    def to_dict(self) -> dict[str, Any]:
        return {"op": self.op, "value": jsonable(self.value)}


@dataclass(frozen=True, slots=True)
class Aggregate:
    """``function`` is count, sum, avg, min or max; ``field`` is None for count."""

    function: str
    field: str | None = None
    group_by: tuple[str, ...] = ()
    having: Having | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "function": self.function,
            "field": self.field,
            "group_by": list(self.group_by),
            "having": self.having.to_dict() if self.having else None,
        }


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing to do: ``resource.action`` on what ``filters``, ``sort`` and ``limit`` select."""

    resource: str
    action: str
    filters: tuple[Filter, ...] = ()
    sort: Sort | None = None
    limit: int | None = None
    aggregate: Aggregate | None = None
    params: Mapping[str, Value] = field(default_factory=dict, hash=False)
    fields: tuple[str, ...] = ()
    note: str | None = None
    evidence: tuple[Evidence, ...] = field(default=(), compare=False)

    @property
    def name(self) -> str:
        return f"{self.resource}.{self.action}"

    @property
    def is_write(self) -> bool:
        return self.action not in READS

    def to_dict(self) -> dict[str, Any]:
        """The frame's form; keys that are absent equal null or empty, so empty ones are left out."""
        out: dict[str, Any] = {"resource": self.resource, "action": self.action}
        if self.filters:
            out["filters"] = [each.to_dict() for each in self.filters]
        if self.sort:
            out["sort"] = self.sort.to_dict()
        if self.limit is not None:
            out["limit"] = self.limit
        if self.aggregate:
            out["aggregate"] = self.aggregate.to_dict()
        if self.params:
            out["params"] = {key: jsonable(value) for key, value in self.params.items()}
        if self.fields:
            out["fields"] = list(self.fields)
        if self.note:
            out["note"] = self.note
        return out


@dataclass(frozen=True, slots=True)
class Parse:
    """The meaning of one prompt (FRAME.md, "Parse").

    ``message`` is one sentence for a person, where the prompt is not ``ok``; ``suggestions`` are the nearest
    things that could have been meant; ``corrections`` the misspelt words and what they were read as.

    >>> from flarite_nl import Parse, Parser
    >>> parse = Parser().parse("list frobnicated invoices")
    >>> parse.status, parse.reason, parse.unrecognized[0].text
    ('rejected', 'not_understood', 'frobnicated')
    >>> Parse.from_dict(parse.to_dict()) == parse
    True
    """

    text: str
    status: Status
    intents: tuple[Intent, ...] = ()
    missing: tuple[str, ...] = ()
    reason: Reason | None = None
    unrecognized: tuple[Span, ...] = ()
    message: str | None = None
    suggestions: tuple[str, ...] = ()
    corrections: tuple[tuple[Span, str], ...] = ()

    @property
    def writes(self) -> bool:
        return self.status == "ok" and any(intent.is_write for intent in self.intents)

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {"text": self.text, "status": self.status}
        out["intents"] = [intent.to_dict() for intent in self.intents]
        if self.missing:
            out["missing"] = list(self.missing)
        if self.reason:
            out["reason"] = self.reason
        if self.unrecognized:
            out["unrecognized"] = [span.to_dict() for span in self.unrecognized]
        if self.message:
            out["message"] = self.message
        if self.suggestions:
            out["suggestions"] = list(self.suggestions)
        if self.corrections:
            out["corrections"] = [{**span.to_dict(), "read_as": word} for span, word in self.corrections]
        return out

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Parse:
        """Read a parse back; ``to_dict`` of it gives the same again. The evidence is not part of the frame.

        Raises:
            DataError: where it is no parse of this version.
        """
        from flarite_nl.model.frames import parse_of  # which imports this module

        return parse_of(raw)
