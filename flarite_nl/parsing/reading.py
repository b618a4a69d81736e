"""One clause under one hypothesis: what has been understood so far, and where it may still attach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flarite_nl.grammar.schema import Condition, Field, Noun, Operation, Resource
from flarite_nl.model.parse import Evidence, Filter, Having, Intent, Sort, Span
from flarite_nl.model.values import Money, Ref, Value, Window
from flarite_nl.parsing.spans import Spans

UNIQUE = frozenset({"number", "code"})
"""Fields that one object alone has a value of, besides its ID."""

OWNERS = frozenset({"customer", "customer.email", "customer.name", "customer.id"})
"""Fields that say whose an object is."""

FLIP = {
    "eq": "ne", "ne": "eq", "in": "not_in", "not_in": "in", "gt": "lte", "lte": "gt", "gte": "lt", "lt": "gte",
    "during": "not_during", "not_during": "during",
}  # fmt: skip

DEEPEST = 12
"""How many nouns of one clause may be inside one another; more of them are not understood."""


@dataclass(slots=True)
class Scope:
    """A noun phrase that modifiers can attach to: the head (no prefix), or one inside it.

    ``prefix`` is the dotted path from the head ("customer."); ``many`` says that the path goes to several objects
    (a customer's subscriptions); ``used`` that a filter or a value has been found for it.
    """

    resource: Resource
    prefix: str = ""
    many: bool = False
    used: bool = False
    noun: Noun | None = None
    position: int = 0


@dataclass(slots=True)
class Reading:
    """Mutable while one clause is read; ``compose`` turns it into an Intent."""

    spans: Spans
    first: int
    end: int
    resource: Resource
    operation: Operation | None = None
    earlier: Sequence[Intent] = ()
    previous: Intent | None = None
    follow_up: bool = False
    scopes: list[Scope] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    taken: dict[int, int] = field(default_factory=dict)
    unread: list[int] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    negate: str = ""
    negated_at: int = -1
    negated_from: int = 0
    head: str = ""
    head_at: int = -1
    order: str = ""
    order_field: str = ""
    order_at: int = -1
    order_from: int = -1
    first_word: bool = False
    both_ends: bool = False
    sort: Sort | None = None
    limit: int | None = None
    functions: list[list[str | None]] = field(default_factory=list)
    group_by: list[str] = field(default_factory=list)
    having: Having | None = None
    params: dict[str, Value] = field(default_factory=dict)
    fields: list[str] = field(default_factory=list)
    note: str | None = None
    time_field: str = ""
    question: str = ""
    own_id: bool = False
    glue: set[int] = field(default_factory=set)
    extra: list[Intent] = field(default_factory=list)
    cursor: int = 0
    verb: int = 0
    at: int = 0
    every: bool = False
    told: tuple[str, ...] = ()
    marks: set[str] = field(default_factory=set)
    where: dict[Filter, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.scopes:
            self.scopes = [Scope(self.resource)]

    # -- what was understood ------------------------------------------------------------------------------------

    def say(self, first: int, end: int, rule: str) -> None:
        """Remember which rule took which words."""
        tokens = self.spans.tokens
        start, stop = tokens[first].start, tokens[end - 1].end
        self.evidence.append(Evidence(Span(start, stop, self.spans.text[start:stop]), rule))

    def add(self, name: str, op: str, value: Value) -> None:
        """Add a filter; a negation that is open applies to it."""
        if self.negate:
            if any(
                each.many and each.position > self.negated_at and name.startswith(each.prefix) for each in self.scopes
            ):
                # "customers who never paid": none of several is no condition of a frame.
                self.unread.append(self.negated_at)
            name, op, value = self._negated(name, op, value)
        each = Filter(name, op, value)
        if each not in self.where or each not in self.filters:
            self.filters.append(each)
            self.where[each] = self.at

    def _negated(self, name: str, op: str, value: Value) -> tuple[str, str, Value]:
        if self.negate == "except":
            self.excepts(name)
        if isinstance(value, bool) and op == "eq":
            return name, op, not value
        if op == "exists":
            return name, op, not value
        if op == "contains":
            # There is no "does not contain" in a frame.
            self.unread.append(self.negated_at)
            return name, op, value
        return name, FLIP[op], value

    def excepts(self, name: str) -> None:
        """Remember that a field is only said of what is left out; "archived instead of active" says both."""
        if not self.has(name):
            self.marks |= {"except", f"except {name}"}

    def settle(self, at: int) -> None:
        """A modifier ends before ``at``: a predicate's negation ends with it, an exception goes on over "and"."""
        if not self.negate or len(self.filters) <= self.negated_from:
            return
        after = self.spans.skip(at, ("comma",), self.end)
        noun = next((end for sense, end in self.spans.every(after, "noun") if sense.resource == self.resource.name), 0)
        after = noun or self.spans.is_at(after, "pronoun", "ones") or after
        joined = self.spans.is_at(after, "and") or self.spans.is_at(after, "or")
        if self.negate == "except" and joined:
            return
        if self.negate == "predicate" and self.spans.is_at(after, "or"):
            return
        self.negate = ""

    # -- scopes and fields --------------------------------------------------------------------------------------

    def find_field(self, name: str, resource: str) -> tuple[Scope, Field] | None:
        for scope in reversed(self.scopes):
            if scope.resource.name == resource and name in scope.resource.fields:
                return scope, scope.resource.fields[name]
        return None

    def typed(self, *types: str) -> tuple[Scope, Field] | None:
        """The nearest scope's first field of one of these types."""
        for scope in reversed(self.scopes):
            for each in scope.resource.fields.values():
                if each.type in types:
                    return scope, each
        return None

    def amount(self) -> tuple[Scope, Field] | None:
        found: tuple[Scope, Field] | None = None
        for scope in reversed(self.scopes):
            if scope.resource.amount:
                # A customer's amount is a balance: "payments of customers … over $50" is about the payments.
                if scope.resource.name != "customers":
                    return scope, scope.resource.fields[scope.resource.amount]
                found = found or (scope, scope.resource.fields[scope.resource.amount])
        return found

    def path_to(self, resource: str) -> tuple[str, bool] | None:
        """The dotted prefix from the head to another resource, from the nearest scope outwards, and "is it many"."""
        if len(self.scopes) > DEEPEST:
            return None
        for scope in reversed(self.scopes):
            for each in scope.resource.fields.values():
                if each.type == "reference" and each.to == resource:
                    return scope.prefix + each.name, False
            for name, child in scope.resource.relations.items():
                if child == resource:
                    return scope.prefix + name, True
        return None

    def push(self, resource: Resource, prefix: str, many: bool, noun: Noun | None, at: int) -> Scope:
        scope = Scope(resource, prefix + ".", many, noun=noun, position=at)
        self.scopes.append(scope)
        return scope

    def conditions(self, conditions: Iterable[Condition], prefix: str = "") -> None:
        for name, op, value in conditions:
            self.add(prefix + name, op, self.condition_value(value))

    def condition_value(self, value: Any) -> Value:
        """A value as the grammar writes it: ``past`` and ``future`` are windows up to and from now."""
        if value == "past":
            return Window(None, self.spans.now)
        if value == "future":
            return Window(self.spans.now, None)
        if isinstance(value, list):
            return tuple(sorted(value))
        if isinstance(value, dict) and "money" in value:
            return Money(Decimal(value["money"]))
        if isinstance(value, int) and not isinstance(value, bool):
            return Decimal(value)
        result: Value = value
        return result

    # -- what stands around -------------------------------------------------------------------------------------

    def skip_glue(self, at: int) -> int:
        """Past words that only join, up to what says something: "at" joins, "at least" compares."""
        spans = self.spans
        while at < self.end:
            joins = spans.furthest(at, ("glue", "filler"))
            if not joins or spans.furthest(at, ("compare", "between", "not", "without")) > joins:
                return at
            at = joins
        return at

    def courtesy(self, at: int) -> bool:
        """ "… when you get a chance" at the end is courtesy; "… when she pays" and "… when it suits her" are none."""
        end = self.spans.is_at(at, "filler", "courtesy")
        held = max(self.spans.is_at(at, "holdback"), self.spans.is_at(at, "guard"))
        return end > held and self.spans.skip(end, ("filler", "comma", "stop"), self.end) >= self.end

    def references(self) -> list[tuple[int, Intent]]:
        """Earlier intents of this prompt, nearest first."""
        return list(reversed(list(enumerate(self.earlier))))

    def has(self, name: str) -> bool:
        return any(each.field == name for each in self.filters)

    def ref(self, resource: str) -> Ref | None:
        """What a pronoun for an object of this resource points to: the nearest earlier intent that fits."""
        for number, intent in self.references():
            if intent.resource == resource:
                return Ref(number)
        if self.previous is not None and self.previous.resource == resource:
            return Ref("previous")
        return None

    def operation_words(self, kind: str) -> tuple[str, ...]:
        """A list of words that the grammar has for this operation."""
        words: tuple[str, ...] = getattr(self.operation, kind, ())
        return words

    def first_text(self) -> str:
        """The param that a renaming sets."""
        params = self.operation.params.values() if self.operation else ()
        return next((each.name for each in params if each.name in {"name", "nickname"}), "")
