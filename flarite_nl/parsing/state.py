"""What the clauses of one prompt have come to so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flarite_nl.model.parse import Intent
from flarite_nl.parsing.clauses import Clause
from flarite_nl.parsing.compose import intents_of
from flarite_nl.parsing.orders import Order
from flarite_nl.parsing.reading import Reading
from flarite_nl.parsing.spans import Spans


@dataclass(slots=True)
class State:
    """What the clauses of one prompt have come to so far."""

    spans: Spans
    previous: Intent | None
    history: Sequence[Intent]
    intents: list[Intent] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    subject: str = ""
    order: Order | None = None
    readings: list[tuple[str, Reading, int]] = field(default_factory=list)
    waiting: list[list[str]] = field(default_factory=list)
    prelude: Clause | None = None
    told: tuple[str, tuple[str, ...]] | None = None
    """The objects that a statement before an order names ("in_1 is bad debt, …"): their resource and their IDs."""


def take(state: State, clause: Clause, best: Reading) -> None:
    """Add what a clause was read as to what the prompt has come to."""
    state.subject = best.resource.name
    if best.operation is not None:
        verb = " ".join(state.spans.words[best.verb : best.taken.get(best.verb, best.verb)])
        said = verb or (state.order.said if state.order else "")
        state.order = Order(best.resource.name, best.operation.name, said=said)
    elif clause.opening != "noun":
        state.order = None
    state.unread += best.unread
    if best.missing:
        state.missing += [each for each in best.missing if each not in state.missing]
    if not best.unread:
        state.readings.append((clause.opening, best, len(state.intents)))
        state.intents += intents_of(best)


def is_empty(spans: Spans, at: int) -> bool:
    return any(spans.is_at(at, kind) for kind in ("filler", "stop", "comma", "and"))


def pronominal(state: State, clause: Clause) -> bool:
    spans, first, end = state.spans, clause.first, clause.end
    pointing = any(spans.is_at(at, "pronoun", "it", "them", "him") for at in spans.spots("pronoun", first, end))
    return pointing or any(spans.holds(kind, first, end) for kind in ("position", "numbered", "possessive"))
