"""Pass 4: clauses → intents → ``Parse``; every token is accounted for, or the prompt does not run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from flarite_nl.model.parse import Filter, Intent, Parse, Reason, Span
from flarite_nl.model.values import Ref, Value
from flarite_nl.parsing.clauses import Clause, split_clauses
from flarite_nl.parsing.compose import intents_of, subjects
from flarite_nl.parsing.follow import follow
from flarite_nl.parsing.notes import note_at, reason_in, separators
from flarite_nl.parsing.orders import Order, forbids, noun_orders_of, orders_of
from flarite_nl.parsing.pivot import find_pivot, pivoted
from flarite_nl.parsing.reader import read
from flarite_nl.parsing.reading import Reading
from flarite_nl.parsing.share import share
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
    readings: list[tuple[str, Reading, int]] = field(default_factory=list)


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
    if len(state.readings) > 1:
        share(state.readings, state.intents)
    return _result(state), tuple(sorted(set(state.unread)))


def _clause(state: State, clause: Clause) -> None:
    if _bundle(state, clause):
        return
    if clause.opening == "versus" or (state.intents and _fragment(state, clause)):
        if clause.opening == "versus":
            _versus(state, clause)
        return
    best = _best(state, clause)
    if best is None or best.unread or best.missing or _continues(state, clause, best):
        unsure = best is None or best.operation is None or state.spans.is_at(clause.first, "follow_up", "replace")
        changed = _followed(state, clause) if unsure else None
        if changed is not None:
            state.intents.append(changed)
            return
        if (best is None or best.unread or best.missing) and _noted(state, clause):
            return
    if best is None:
        state.unread += [at for at in range(clause.first, clause.end) if not _empty(state.spans, at)]
        return
    _take(state, clause, best)


def _take(state: State, clause: Clause, best: Reading) -> None:
    """Add what a clause was read as to what the prompt has come to."""
    state.subject = best.resource.name
    if best.operation is not None:
        state.order = Order(best.resource.name, best.operation.name)
    elif clause.opening != "noun":
        state.order = None
    state.unread += best.unread
    state.missing += [each for each in best.missing if each not in state.missing]
    if not best.unread:
        state.readings.append((clause.opening, best, len(state.intents)))
        state.intents += intents_of(best)


def _continues(state: State, clause: Clause, best: Reading) -> bool:
    """"and the churn rate?", "what about refunds?": a noun alone keeps what the turn before restricted."""
    if state.intents or state.previous is None or best.filters or best.operation is not None or best.resource.name in {"balance", "account"}:
        return False
    opened = state.spans.is_at(clause.first, "follow_up", "replace") > 0
    return opened and not best.sort and not best.limit and best.resource.name != "customers"


def _versus(state: State, clause: Clause) -> None:
    """"revenue this month vs last month": the same figure for another period."""
    last = state.intents[-1] if state.intents else None
    if last is not None and (last.aggregate is not None or last.resource == "metrics"):
        found = follow(state.spans, clause.first, clause.end, last, len(state.intents) - 1)
        if found is not None:
            state.intents.append(found[0])
            return
    state.unread += range(clause.first, clause.end)


def _noted(state: State, clause: Clause) -> bool:
    """A sentence behind an order that asks for nothing: "Refund ch_1. The customer was double charged."."""
    if state.order is None or not state.intents or not state.intents[-1].is_write or clause.opening not in {"noun", "stop", "question", "read"}:
        return False
    note = note_at(state.spans, clause.first, clause.end)
    last = state.intents[-1]
    if note is None or last.note:
        return False
    resource = state.spans.grammar.resources[last.resource]
    found = reason_in(state.spans, clause.first, clause.end, last.resource, resource.operations[last.action])
    if found is not None and found[0] not in last.params:
        state.intents[-1] = replace(last, params={**last.params, found[0]: found[1]})
    else:
        state.intents[-1] = replace(last, note=note)
    return True


def _bundle(state: State, clause: Clause) -> bool:
    """"a product Pro at $49/month": two things made in one breath, the second pointing to the first."""
    spans = state.spans
    amount = next((at for at in range(clause.first, clause.end) if spans.tokens[at].kind == "money"), None)
    if amount is None:
        return False
    for order in orders_of(spans, clause.first, clause.end):
        resource = spans.grammar.resources[order.resource]
        for second, param in resource.operations[order.action].also.items():
            if order.resource not in subjects(spans, clause.first, clause.end)[:2]:
                continue
            start = _breath(spans, clause.first, amount, second)
            one = _read_order(state, Clause(clause.first, start, clause.opening), order)
            if one.unread or one.missing:
                continue
            kept = list(state.intents)
            state.intents += intents_of(one)
            if _parts(state, start, clause.end, second, {param: Ref(len(kept))}):
                state.subject, state.order = order.resource, Order(order.resource, order.action)
                return True
            state.intents = kept
    return False


def _parts(state: State, start: int, end: int, second: str, given: Mapping[str, Value]) -> bool:
    """The second thing, or several of it: "with prices of $19 a month and $190 a year"."""
    spans = state.spans
    while start < end:
        stop = next((at for at in range(start + 1, end) if _amount_behind(spans, at, end)), end)
        r = _read_order(state, Clause(start, stop, "noun"), Order(second, "create", {}, False, False, start), given)
        if r.unread or r.missing:
            return False
        state.intents += intents_of(r)
        start = stop
    return True


def _amount_behind(spans: Spans, at: int, end: int) -> bool:
    joint = spans.is_at(at, "and")
    return joint > 0 and spans.tokens[spans.skip(joint, ("filler",), end - 1)].kind == "money"


def _breath(spans: Spans, first: int, amount: int, second: str) -> int:
    """Back from the amount over the words that belong to it: "with a monthly price of"."""
    start = amount
    while start > first:
        back = start - 1
        while back > first and amount - back < 12 and not _reaches(spans, back, start, second):
            back -= 1
            if start - back > 3:
                return start
        if not _reaches(spans, back, start, second):
            return start
        start = back
    return start


def _reaches(spans: Spans, at: int, end: int, second: str) -> bool:
    if any(spans.is_at(at, kind) == end for kind in ("with", "glue", "filler", "comma", "and", "compare")):
        return True
    return any(
        stop == end and sense.resource == second and (kind != "pvalue" or sense.extra[0] == "create")
        for kind in ("noun", "pvalue", "param", "meaning", "value")
        for sense, stop in spans.every(at, kind)
    )


def _fragment(state: State, clause: Clause) -> bool:
    """"… yet? Biggest first." changes the request before it rather than making another."""
    spans = state.spans
    if clause.opening != "stop" or _pronominal(state, clause) or subjects(spans, clause.first, clause.end):
        return False
    if any(spans.is_at(at, "question") or spans.every(at, "verb") for at in range(clause.first, clause.end)):
        return False
    found = follow(spans, clause.first, clause.end, state.intents[-1], len(state.intents) - 1)
    if found is None or found[1].functions:
        return False
    state.intents[-1] = found[0]
    return True


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
    if state.order is not None and clause.opening in {"noun", "another", "possessive", "object"}:
        orders = _shared(state, clause)
        if not orders:
            return _nothing(state, clause)
    found = _try(state, clause, orders)
    if found is not None and (not found.unread or "weak" not in found.marks):
        return found
    return _try(state, clause, noun_orders_of(spans, clause.first, clause.end)) or found


def _nothing(state: State, clause: Clause) -> Reading:
    """What is joined to an order and cannot be ordered likewise is not understood."""
    r = Reading(state.spans, clause.first, clause.end, state.spans.grammar.resources[state.order.resource if state.order else state.subject])
    r.unread = [at for at in range(clause.first, clause.end) if not _empty(state.spans, at)]
    r.operation = r.resource.operations.get(state.order.action if state.order else "")
    return r


def _try(state: State, clause: Clause, orders: list[Order]) -> Reading | None:
    """The first of some orders that leaves nothing over, or else the nearest of those that are orders for sure."""
    readings: list[Reading] = []
    for order in _candidates(state, clause, orders):
        reading = _read_order(state, clause, order)
        if not reading.unread and not reading.missing:
            return reading
        explained = _explained(state, clause, order, min(reading.unread)) if reading.unread else None
        if explained is not None:
            return explained
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
    if clause.opening == "object":
        return [replace(before, taken={}, weak=False, verb=clause.first)]
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
    return orders if orders and (len({each.resource for each in orders}) == 1 or not orders[0].weak) else []


def _points_back(spans: Spans, clause: Clause) -> bool:
    """"show me the third one": one of what was listed."""
    return any(spans.is_at(at, "position") or spans.is_at(at, "pronoun", "it") for at in range(clause.first, clause.end))


def _pronominal(state: State, clause: Clause) -> bool:
    spans = state.spans
    return any(spans.is_at(at, "pronoun") or spans.is_at(at, "position") or spans.is_at(at, "possessive") for at in range(clause.first, clause.end))


def _read_order(state: State, clause: Clause, order: Order, given: Mapping[str, Value] | None = None) -> Reading:
    spans = state.spans
    resource = spans.grammar.resources[order.resource]
    r = Reading(
        spans, clause.first, clause.end, resource, resource.operations[order.action], tuple(state.intents), state.previous,
        taken=dict(order.taken), params={**order.params, **(given or {})},  # type: ignore[dict-item]
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


def _explained(state: State, clause: Clause, order: Order, unread: int) -> Reading | None:
    """The order up to a separator, and what follows it as the reason or as a note."""
    spans = state.spans
    for at, start in separators(spans, clause.first, clause.end):
        if at > unread or at <= order.verb:
            continue
        note = note_at(spans, start, clause.end)
        if note is None:
            return None
        r = _read_order(state, Clause(clause.first, at, clause.opening), order)
        if r.unread or r.missing or r.operation is None:
            continue
        _explain(r, note, start, clause.end)
        return r
    return None


def _explain(r: Reading, note: str, first: int, end: int) -> None:
    found = reason_in(r.spans, first, end, r.resource.name, r.operation) if r.operation else None
    if found is not None and found[0] not in r.params:
        r.params[found[0]] = found[1]
    else:
        r.note = note


def _as_question(state: State, clause: Clause) -> Reading | None:
    spans = state.spans
    wanted = subjects(spans, clause.first, clause.end)
    if not wanted and state.subject:
        wanted = [state.subject]
    if not wanted and state.previous is not None and _points_back(spans, clause):
        r = Reading(spans, clause.first, clause.end, spans.grammar.resources[state.previous.resource], previous=state.previous)
        read(r)
        return r if not r.unread and len(r.filters) == 1 and r.own_id and not r.functions else None
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
