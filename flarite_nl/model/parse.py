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
    """Characters ``start`` to ``end`` (exclusive) of the prompt, and ``text``, the words that stand there.

    >>> from flarite_nl import Parser
    >>> parse = Parser().parse("list frobnicated invoices")
    >>> parse.unrecognized[0].to_dict()
    {'start': 5, 'end': 16, 'text': 'frobnicated'}
    >>> parse.text[5:16]
    'frobnicated'
    """

    start: int
    end: int
    text: str

    def to_dict(self) -> dict[str, Any]:
        """The frame's form."""
        return {"start": self.start, "end": self.end, "text": self.text}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Which rule took which words: the reason why an intent is as it is.

    >>> from flarite_nl import Parser
    >>> intent = Parser().parse("list refunds over $20").intents[0]
    >>> next(each.to_dict() for each in intent.evidence if "20" in each.span.text)
    {'start': 13, 'end': 21, 'text': 'over $20', 'rule': 'compare amount'}
    """

    span: Span
    rule: str

    def to_dict(self) -> dict[str, Any]:
        """The span's form with the rule beside it; not a part of the frame."""
        return {**self.span.to_dict(), "rule": self.rule}


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on ``field``; ``value`` of ``in`` and ``not_in`` is a sorted tuple.

    ``op`` is such as ``eq``, ``gt``, ``during`` or ``exists`` (all in ``OPS``); money is in major units.

    >>> from flarite_nl import Parser
    >>> Parser().parse("charges over 20 eur").intents[0].filters[0].to_dict()
    {'field': 'amount', 'op': 'gt', 'value': {'amount': '20', 'currency': 'eur'}}
    """

    field: str
    op: str
    value: Value

    def to_dict(self) -> dict[str, Any]:
        """The frame's form."""
        return {"field": self.field, "op": self.op, "value": jsonable(self.value)}


@dataclass(frozen=True, slots=True)
class Sort:
    """The field to sort by, ascending or descending.

    >>> from flarite_nl import Parser
    >>> intent = Parser().parse("the 5 largest charges").intents[0]
    >>> intent.sort.to_dict(), intent.limit
    ({'field': 'amount', 'order': 'desc'}, 5)
    """

    field: str
    order: Literal["asc", "desc"]

    def to_dict(self) -> dict[str, Any]:
        """The frame's form."""
        return {"field": self.field, "order": self.order}


@dataclass(frozen=True, slots=True)
class Having:
    """Keeps the groups whose figure passes; money is in major units.

    >>> from flarite_nl import Parser
    >>> Parser().parse("customers with more than 3 failed charges").intents[0].aggregate.having.to_dict()
    {'op': 'gt', 'value': 3}
    """

    op: str
    value: Value

    def to_dict(self) -> dict[str, Any]:
        """The frame's form."""
        return {"op": self.op, "value": jsonable(self.value)}


@dataclass(frozen=True, slots=True)
class Aggregate:
    """``function`` is count, sum, avg, min or max; ``field`` is None for count.

    ``group_by`` names fields, a date with its grain (``created:month``); ``having`` keeps some of the groups.

    >>> from flarite_nl import Parser
    >>> Parser().parse("refunds per currency").intents[0].aggregate.to_dict()
    {'function': 'count', 'field': None, 'group_by': ['currency'], 'having': None}
    """

    function: str
    field: str | None = None
    group_by: tuple[str, ...] = ()
    having: Having | None = None

    def to_dict(self) -> dict[str, Any]:
        """The frame's form."""
        return {
            "function": self.function,
            "field": self.field,
            "group_by": list(self.group_by),
            "having": self.having.to_dict() if self.having else None,
        }


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing to do: ``resource.action`` on what ``filters``, ``sort`` and ``limit`` select.

    Attributes:
        resource: a resource of Stripe's by its name in the API, such as ``charges``.
        action: list, get, aggregate, or a write such as ``refund``.
        filters: all of which an object must pass.
        sort: the order; None is Stripe's own, newest first.
        limit: the most objects; None is all.
        aggregate: what is computed over what was selected, where action is ``aggregate``.
        params: what a write sets; money in major units.
        fields: the columns that were asked for; the resource's usual ones where empty.
        note: words that are kept with a write as they were said.
        evidence: which rule took which words; no part of the frame and of equality.

    >>> from flarite_nl import Parser
    >>> intent = Parser().parse("refund $5 of charge ch_1").intents[0]
    >>> intent.name, intent.is_write
    ('charges.refund', True)
    >>> sorted(intent.to_dict()), intent.to_dict()["params"]
    (['action', 'filters', 'params', 'resource'], {'amount': {'amount': '5', 'currency': 'usd'}})
    """

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
        """``resource.action``, such as ``charges.refund``."""
        return f"{self.resource}.{self.action}"

    @property
    def is_write(self) -> bool:
        """Whether it changes anything at Stripe."""
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

    Attributes:
        text: the prompt.
        status: ok, clarify (something is missing, or two things could be meant) or rejected.
        intents: what is to be done, one after the other; of a prompt that is not ok, what was understood.
        missing: what must be said before it can be done, where status is clarify.
        reason: out_of_scope, unsupported or not_understood, where status is rejected.
        unrecognized: the words that no rule took.
        message: one sentence for a person, where the prompt is not ok.
        suggestions: the nearest things that could have been meant.
        corrections: the misspelt words and what they were read as.

    >>> from flarite_nl import Parse, Parser
    >>> parse = Parser().parse("list frobnicated invoices")
    >>> parse.status, parse.reason, parse.unrecognized[0].text, parse.writes
    ('rejected', 'not_understood', 'frobnicated', False)
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
        """Whether it was understood and would change anything at Stripe."""
        return self.status == "ok" and any(intent.is_write for intent in self.intents)

    def to_dict(self) -> dict[str, Any]:
        """The frame's form, which ``schema("parse")`` describes; what is empty is left out."""
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
