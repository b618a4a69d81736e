"""Pass 4: clauses → intents → ``Parse``; every token is accounted for, or the prompt does not run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from flarite_nl.model.parse import Filter, Intent, Parse, Reason, Span
from flarite_nl.model.values import Ref
from flarite_nl.parsing.clauses import Clause, split_clauses
from flarite_nl.parsing.compose import intents_of, subjects
from flarite_nl.parsing.follow import follow
from flarite_nl.parsing.orders import Order, forbids, orders_of
from flarite_nl.parsing.pivot import find_pivot, pivoted
from flarite_nl.parsing.reader import read
from flarite_nl.parsing.reading import Reading
from flarite_nl.parsing.slots import check
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


def assemble(spans: Spans, previous: Intent | None, history: Sequence[Intent]) -> tuple[Parse, tuple[int, ...]]:
    """The meaning of a prompt, or why it has none; and the tokens that no rule took."""
    state = State(spans, previous, history)
    forbidden = forbids(spans)
    if forbidden:
        state.unread += forbidden
        return _result(state), ()
    clauses = split_clauses(spans)
    for clause in clauses:
        _clause(state, clause)
    return _result(state), tuple(sorted(set(state.unread)))


def _clause(state: State, clause: Clause) -> None:
    best = _best(state, clause)
    if best is None or best.unread or best.missing:
        changed = _followed(state, clause)
        if changed is not None:
            state.intents.append(changed)
            return
    if best is None:
        state.unread += [at for at in range(clause.first, clause.end) if not _empty(state.spans, at)]
        return
    state.subject = best.resource.name
    if best.operation is not None:
        state.order = Order(best.resource.name, best.operation.name)
    elif clause.opening != "noun":
        state.order = None
    state.unread += best.unread
    state.missing += [each for each in best.missing if each not in state.missing]
    if not best.unread:
        state.intents += intents_of(best)


def _followed(state: State, clause: Clause) -> Intent | None:
    """The intent before, changed by a clause that says nothing whole by itself."""
    if state.intents:
        if clause.opening == "verb":
            return None
        found = follow(state.spans, clause.first, clause.end, state.intents[-1], len(state.intents) - 1)
    elif state.previous is not None:
        found = follow(state.spans, clause.first, clause.end, state.previous, None)
    else:
        return None
    return found[0] if found else None


def _empty(spans: Spans, at: int) -> bool:
    return any(spans.is_at(at, kind) for kind in ("filler", "stop", "comma", "and"))


def _best(state: State, clause: Clause) -> Reading | None:
    """The reading that leaves least over: orders first, where the clause is one."""
    ordered = _as_order(state, clause)
    if ordered is not None and "weak" not in ordered.marks:
        return ordered
    asked = _as_question(state, clause)
    if ordered is None or (asked is not None and not asked.unread and not asked.missing):
        return asked
    return ordered


def _as_order(state: State, clause: Clause) -> Reading | None:
    spans = state.spans
    orders = orders_of(spans, clause.first, clause.end)
    if state.order is not None and clause.opening in {"noun", "another", "possessive"}:
        orders = _shared(state, clause)
    if not orders:
        return None
    readings: list[Reading] = []
    for order in _candidates(state, clause, orders):
        reading = _read_order(state, clause, order)
        if not reading.unread and not reading.missing:
            return reading
        readings.append(reading)
    sure = [each for each in readings if "weak" not in each.marks]
    if sure:
        return min(sure, key=lambda each: (len(each.unread), len(each.missing)))
    strong = [each for each in readings if not each.unread and each.own_id]
    return strong[0] if strong else None


def _shared(state: State, clause: Clause) -> list[Order]:
    """A noun phrase joined to an order is part of the order: "create a coupon and a promo code", "… and another one"."""
    spans, before = state.spans, state.order
    if before is None:
        return []
    again = spans.is_at(spans.skip(clause.first, ("filler",)), "another")
    if again:
        at = spans.skip(clause.first, ("filler",))
        return [replace(before, taken={at: again}, weak=False, verb=clause.first)]
    about = subjects(spans, clause.first, clause.end)
    return [
        Order(name, before.action, {}, False, before.singular, clause.first)
        for name in about
        if before.action in spans.grammar.resources[name].operations
    ]


def _candidates(state: State, clause: Clause, orders: list[Order]) -> list[Order]:
    """The orders in the order in which to try them: of what the clause speaks of, of what a pronoun stands for."""
    about = subjects(state.spans, clause.first, clause.end)
    spoken = [each for each in orders if each.resource in about]
    if spoken:
        ranked = sorted(spoken, key=lambda each: about.index(each.resource))
        # "add a price to it" makes one; an update names what it changes.
        own = {str(token.value) for token in state.spans.tokens[clause.first : clause.end] if token.kind == "id"}
        return sorted(ranked, key=lambda each: each.action == "update" and each.resource not in own and not _pronominal(state, clause))
    recent = [intent.resource for intent in reversed(state.intents)]
    if state.previous is not None:
        recent.append(state.previous.resource)
    if _pronominal(state, clause):
        fitting = [each for each in orders if each.resource in recent]
        return sorted(fitting, key=lambda each: recent.index(each.resource)) or orders
    return orders if len({each.resource for each in orders}) == 1 or not orders[0].weak else []


def _pronominal(state: State, clause: Clause) -> bool:
    spans = state.spans
    return any(spans.is_at(at, "pronoun") or spans.is_at(at, "position") or spans.is_at(at, "possessive") for at in range(clause.first, clause.end))


def _read_order(state: State, clause: Clause, order: Order) -> Reading:
    spans = state.spans
    resource = spans.grammar.resources[order.resource]
    r = Reading(
        spans, clause.first, clause.end, resource, resource.operations[order.action], tuple(state.intents), state.previous,
        taken=dict(order.taken),
    )  # fmt: skip
    for at in range(clause.first, order.verb):
        if at not in r.taken:
            step = max((spans.is_at(at, kind) for kind in ("polite", "causative", "filler", "read")), default=0)
            if step and step <= order.verb:
                r.taken[at] = step
    if order.weak:
        r.marks.add("weak")
    if " ".join(spans.words[order.verb : order.taken.get(order.verb, order.verb)]) in r.operation_words("rename"):
        r.marks.add("pending " + r.first_text())
    read(r)
    check(r)
    return r


def _as_question(state: State, clause: Clause) -> Reading | None:
    spans = state.spans
    wanted = subjects(spans, clause.first, clause.end)
    if not wanted and state.subject:
        wanted = [state.subject]
    pivot = find_pivot(spans, clause.first, clause.end)
    if pivot is not None:
        r = read(pivoted(spans, clause.first, clause.end, pivot))
        if not r.unread and not r.missing:
            return r
    best: Reading | None = None
    for name in wanted[:6]:
        r = Reading(spans, clause.first, clause.end, spans.grammar.resources[name], None, tuple(state.intents), state.previous)
        read(r)
        check(r)
        if not r.unread and not r.missing:
            return r
        if best is None or (len(r.unread), len(r.missing)) < (len(best.unread), len(best.missing)):
            best = r
    return best


def _result(state: State) -> Parse:
    spans = state.spans
    text = spans.text
    if state.unread or not state.intents:
        unrecognized = tuple(_spans(state))
        if state.missing and not state.unread:
            return Parse(text, "clarify", missing=tuple(state.missing))
        return Parse(text, "rejected", reason=_reason(state), unrecognized=unrecognized)
    if state.missing:
        return Parse(text, "clarify", tuple(state.intents), missing=tuple(dict.fromkeys(state.missing)))
    return Parse(text, "ok", tuple(state.intents))


def _spans(state: State) -> list[Span]:
    tokens = state.spans.tokens
    out: list[Span] = []
    for at in sorted(set(state.unread)):
        token = tokens[at]
        out.append(Span(token.start, token.end, state.spans.text[token.start : token.end]))
    return out


def _reason(state: State) -> Reason:
    spans = state.spans
    about = any(spans.every(at, "noun") or spans.tokens[at].kind == "id" for at in range(spans.n))
    if any(spans.is_at(at, "guard") for at in range(spans.n)) and about:
        return "unsupported"
    return "not_understood" if about else "out_of_scope"


__all__ = ["Filter", "Ref", "assemble", "replace"]
