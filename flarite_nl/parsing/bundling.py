"""Two things made in one breath: "a product Pro at $49/month"."""

from __future__ import annotations

from collections.abc import Mapping

from flarite_nl.model.values import Ref, Value
from flarite_nl.parsing.clauses import Clause
from flarite_nl.parsing.compose import intents_of, subjects
from flarite_nl.parsing.ordering import read_order
from flarite_nl.parsing.orders import Order, orders_of
from flarite_nl.parsing.spans import Spans
from flarite_nl.parsing.state import State


def bundle(state: State, clause: Clause) -> bool:
    """ "a product Pro at $49/month": two things made in one breath, the second pointing to the first."""
    spans = state.spans
    if "money" not in spans.types:
        return False
    amount = next((at for at in range(clause.first, clause.end) if spans.tokens[at].kind == "money"), None)
    if amount is None:
        return False
    for order in orders_of(spans, clause.first, clause.end):
        resource = spans.grammar.resources[order.resource]
        for second, param in resource.operations[order.action].also.items():
            if order.resource not in subjects(spans, clause.first, clause.end)[:2]:
                continue
            start = _breath(spans, clause.first, amount, second)
            one = read_order(state, Clause(clause.first, start, clause.opening), order)
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
        counted = {at: at + 1 for at in range(start, stop) if _counts_prices(spans, at, stop, end)}
        order = Order(second, "create", counted, False, False, start)
        r = read_order(state, Clause(start, stop, "noun"), order, given)
        if r.unread or r.missing:
            return False
        state.intents += intents_of(r)
        start = stop
    return True


def _counts_prices(spans: Spans, at: int, stop: int, end: int) -> bool:
    """ "two recurring prices: $19/mo and $190/yr": how many amounts follow."""
    amounts = sum(token.kind == "money" for token in spans.tokens[at:end])
    return spans.tokens[at].kind == "number" and spans.tokens[at].value == amounts > 1 and at + 1 < stop


def _amount_behind(spans: Spans, at: int, end: int) -> bool:
    joint = spans.is_at(at, "and")
    return joint > 0 and spans.tokens[spans.skip(joint, ("filler",), end - 1)].kind == "money"


def _breath(spans: Spans, first: int, amount: int, second: str) -> int:
    """Back from the amount over the words that belong to it: "with a monthly price of"."""
    start = next((at for at in range(max(first, amount - 4), amount) if _reaches(spans, at, amount, second)), amount)
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
    if spans.capital(at) and not spans.title:
        # "product Pro Plus at $79": a name, whatever the word means otherwise.
        return False
    if any(spans.is_at(at, kind) == end for kind in ("with", "glue", "filler", "comma", "and", "compare")):
        return True
    if spans.tokens[at].kind == "number" and end == at + 1:
        return True
    return any(
        stop == end and sense.resource == second and (kind != "pvalue" or sense.extra[0] == "create")
        for kind in ("noun", "pvalue", "param", "meaning", "value")
        for sense, stop in spans.every(at, kind)
    )
