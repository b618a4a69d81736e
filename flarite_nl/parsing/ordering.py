"""Pass 3, orders: the hypotheses of what a clause orders, and the one that leaves nothing over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flarite_nl.model.parse import Intent
from flarite_nl.model.values import Ref, Value
from flarite_nl.parsing.clauses import Clause
from flarite_nl.parsing.compose import subjects
from flarite_nl.parsing.notes import note_at, reason_in, selects, separators, tells_why
from flarite_nl.parsing.nounorders import noun_orders_of
from flarite_nl.parsing.openings import explains, led_verb, set_off_at
from flarite_nl.parsing.orders import Order, orders_of
from flarite_nl.parsing.reader import read
from flarite_nl.parsing.reading import Reading
from flarite_nl.parsing.slots import check, owns
from flarite_nl.parsing.spans import Spans
from flarite_nl.parsing.state import State, is_empty, pronominal


def as_order(state: State, clause: Clause) -> Reading | None:
    spans = state.spans
    if state.order is not None and clause.first > 0 and spans.words[clause.first - 1] == "(":
        # "void in_1 and in_2 (draft)" describes them and orders nothing more.
        return _nothing(state, clause)
    orders = _again(state, clause, orders_of(spans, clause.first, clause.end))
    if state.order is not None and clause.opening in {"noun", "another", "possessive", "object"}:
        orders = _shared(state, clause)
        if not orders:
            return _nothing(state, clause)
    if orders and _drops(state, clause):
        orders = [each for each in orders if state.previous is not None and each.resource == state.previous.resource]
        if not orders:
            return None
        state.missing.append("target")
    found = _try(state, clause, orders) if orders else None
    if found is not None and clause.opening == "object" and state.intents:
        _alike(found, state.intents[-1])
    if found is not None and (not found.unread or "weak" not in found.marks):
        return found
    orders = noun_orders_of(spans, clause.first, clause.end)
    return (_try(state, clause, orders) if orders else None) or found


def _again(state: State, clause: Clause, orders: list[Order]) -> list[Order]:
    """ "archive price_1 and create a new one", "and another for price_2": one more of what was spoken of last."""
    spans = state.spans
    last = state.intents[-1] if state.intents else state.previous
    if last is None or not ("another" in spans.places or "indefinite" in spans.places):
        return orders
    again = [
        replace(each, taken={**each.taken, end: stop}, generic=False)
        for each in orders
        if each.action == "create" and (end := each.taken.get(each.verb, 0))
        if (stop := spans.is_at(end, "another"))
    ]
    if again:
        return [each for each in again if each.resource == last.resource]
    return orders or _made_again(state, clause, last)


def _made_again(state: State, clause: Clause, last: Intent) -> list[Order]:
    """ "and another for price_2", "now a promo code X for it" after something was made in the turn before."""
    spans = state.spans
    if state.intents or last.action != "create" or "?" in spans.words or spans.spots("guard", 0, spans.n):
        return []
    at = clause.first
    while not spans.is_at(at, "indefinite") and (
        step := spans.is_at(at, "and") or spans.is_at(at, "filler", *_OPENERS)
    ):
        at = step
    another = spans.is_at(at, "another")
    if another and not any(spans.every(another, "noun")):
        return [Order(last.resource, "create", {at: another}, False, True, at, again=True)]
    if at == clause.first or not spans.is_at(at, "indefinite") or not pronominal(state, clause):
        return []
    made = noun_orders_of(spans, clause.first, clause.end)
    return [replace(each, weak=False, verb=at) for each in made if each.action == "create"]


def _drops(state: State, clause: Clause) -> bool:
    """ "drop the ones in EUR" right after a list: out of the list, or out of the account?"""
    spans, start = state.spans, state.spans.skip(clause.first, ("filler", "polite"))
    behind = spans.is_at(start, "dropping")
    if not behind or state.intents or state.previous is None or state.previous.action != "list":
        return False
    ones = [each for each in spans.spots("pronoun", behind, clause.end) if spans.is_at(each, "pronoun", "ones")]
    return bool(ones) and spans.skip(behind, ("filler", "pronoun", "stop"), clause.end) < clause.end


_OPENERS = ("courtesy", "start", "greeting", "adverb")
"""Fillers that may stand before what is to be made; those of place ask ("do we have another …")."""


def _alike(r: Reading, before: Intent) -> None:
    """ "subscribe cus_1 to price_1 and cus_2 to price_2 with a 14 day trial": a trial for the second, or for both?"""
    if before.action == "create" and before.resource == r.resource.name and not r.missing:
        r.missing += sorted(r.params.keys() ^ before.params.keys())[:1]


def _nothing(state: State, clause: Clause) -> Reading:
    """What is joined to an order and cannot be ordered likewise is not understood."""
    r = Reading(
        state.spans,
        clause.first,
        clause.end,
        state.spans.grammar.resources[state.order.resource if state.order else state.subject],
    )
    r.unread = [at for at in range(clause.first, clause.end) if not is_empty(state.spans, at)]
    r.operation = r.resource.operations.get(state.order.action if state.order else "")
    return r


def _try(state: State, clause: Clause, orders: list[Order]) -> Reading | None:
    """The first of some orders that leaves nothing over, or else the nearest of those that are orders for sure."""
    readings: list[Reading] = []
    for order in _candidates(state, clause, orders):
        reading = read_order(state, clause, order)
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
    """A noun phrase joined to an order is part of it: "create a coupon and a promo code", "… and another one"."""
    spans, before = state.spans, state.order
    if before is None:
        return []
    again = spans.is_at(spans.skip(clause.first, ("filler",)), "another")
    if again:
        at = spans.skip(clause.first, ("filler",))
        return [replace(before, taken={at: again}, weak=False, verb=clause.first)]
    if clause.opening == "object":
        name = _other(state, clause, before)
        return [replace(before, resource=name, taken={}, weak=False, verb=clause.first)]
    about = subjects(spans, clause.first, clause.end)
    return [
        Order(name, before.action, {}, False, before.singular, clause.first)
        for name in about
        if before.action in spans.grammar.resources[name].operations
    ]


def _other(state: State, clause: Clause, before: Order) -> str:
    """ "archive prod_1 and price_2": the same done to an object of another kind, if it can be."""
    if before.action == "create":
        return before.resource
    own = next((str(each.value) for each in state.spans.tokens[clause.first : clause.end] if each.kind == "id"), "")
    found = state.spans.grammar.resources.get(own)
    return own if found is not None and before.action in found.operations else before.resource


def _candidates(state: State, clause: Clause, orders: list[Order]) -> list[Order]:
    """The orders in the order in which to try them: of what the clause speaks of, of what a pronoun stands for."""
    if not orders:
        return orders
    about = subjects(state.spans, clause.first, clause.end)
    if any(each.resource in about for each in orders):
        # "add a $25 item … to invoice in_1": a verb of two parts names what it makes.
        about += [each.resource for each in orders if len(each.taken) > 1 and each.action == "create"]
    spoken = [each for each in orders if each.resource in about]
    if spoken:
        ranked = sorted(spoken, key=lambda each: about.index(each.resource))
        # "add a price to it" makes one; an update names what it changes.
        if len(ranked) < 2 or all(each.action != "update" for each in ranked) or pronominal(state, clause):
            return ranked
        own = {str(token.value) for token in state.spans.tokens[clause.first : clause.end] if token.kind == "id"}
        return sorted(ranked, key=lambda each: each.action == "update" and each.resource not in own)
    recent = [intent.resource for intent in reversed(state.intents)]
    recent += [state.told[0]] if state.told is not None else []
    if state.previous is not None:
        recent.append(state.previous.resource)
    spans, first, end = state.spans, clause.first, clause.end
    ones = any(spans.is_at(at, "pronoun", "ones", "one") for at in spans.spots("pronoun", first, end))
    ones = ones or bool(spans.spots("ordinal", first, end)) or _counts(spans, orders[0], end)
    if ones or pronominal(state, clause):
        fitting = [each for each in orders if each.resource in recent]
        return sorted(fitting, key=lambda each: recent.index(each.resource)) or orders
    return orders if not orders[0].weak or len({each.resource for each in orders}) == 1 else []


def _counts(spans: Spans, order: Order, end: int) -> bool:
    """ "refund 2 and 5": do bare numbers stand right behind the verb, places in what was listed?"""
    at = order.taken.get(order.verb, end)
    joint = spans.furthest(at + 1, ("and", "comma")) if at + 2 < end and spans.tokens[at].kind == "number" else 0
    return 0 < joint < end and spans.tokens[joint].kind == "number"


def read_order(state: State, clause: Clause, order: Order, given: Mapping[str, Value] | None = None) -> Reading:
    spans = state.spans
    resource = spans.grammar.resources[order.resource]
    r = Reading(
        spans,
        clause.first,
        clause.end,
        resource,
        resource.operations[order.action],
        tuple(state.intents),
        state.previous,
        taken=dict(order.taken),
        params={**order.params, **(given or {})},
    )
    for at in range(clause.first, order.verb):
        said = any(s.resource == order.resource and s.extra[0] == order.action for s, _ in spans.every(at, "pvalue"))
        if at not in r.taken and not said:  # "Immediately cancel …" says how
            describes = order.behind and (spans.every(at, "value") or spans.every(at, "meaning"))
            step = 0 if describes else spans.furthest(at, ("polite", "causative", "filler", "read"))
            if step and step <= order.verb:
                r.taken[at] = step
    given_to = spans.is_at(order.taken.get(order.verb, 0), "dative") if order.action == "create" else 0
    if given_to:
        # "build me a payment link"
        r.taken[order.taken[order.verb]] = given_to
    r.verb = order.verb
    r.told = state.told[1] if state.told is not None and state.told[0] == order.resource else ()
    _introduced(r)
    if order.generic:
        r.marks.add("generic")
    if given is not None:
        r.marks.add("bundle")
    if order.weak:
        r.marks.add("weak")
    if any(spans.is_at(at, "whole") for at in order.taken):
        r.marks.add("whole")
    verb = " ".join(spans.words[order.verb : order.taken.get(order.verb, order.verb)])
    if (verb or order.said) in r.operation_words("rename"):
        r.marks.add("pending " + r.first_text())
    read(r)
    led = order.verb > clause.first and not order.behind and order.verb == led_verb(spans, clause.first, clause.end)
    if led:
        # "On Monday, cancel …" is a time to do it: before the verb nothing selects but whose it is.
        r.unread += [at for each, at in r.where.items() if at < r.verb and not owns(r, each)]
    _of_the_one_shown(state, r)
    check(r)
    if order.again and state.previous is not None and not state.intents:
        # "another for cus_2" after an invoice of $50: for how much?
        left = sorted(state.previous.params.keys() - r.params.keys())
        r.missing += left[:1] if len(left) > len(r.params.keys() - state.previous.params.keys()) else []
    return r


def _of_the_one_shown(state: State, r: Reading) -> None:
    """ "set the email to …" right after one customer was shown or made: its own."""
    if r.operation is None or r.operation.name != "update" or not r.params or r.filters or r.head_at >= 0:
        return
    last = state.intents[-1] if state.intents else state.previous
    if last is None or last.resource != r.resource.name or r.unread or not _one(last):
        return
    r.add("id", "eq", Ref(len(state.intents) - 1 if state.intents else "previous"))
    r.own_id = True


def _one(intent: Intent) -> bool:
    """Is a request about one object for sure?"""
    if intent.action in {"get", "create"}:
        return not any(isinstance(getattr(each.value, "position", None), tuple) for each in intent.filters)
    return intent.action == "update" and [(each.field, each.op) for each in intent.filters] == [("id", "eq")]


def _introduced(r: Reading) -> None:
    """ "because it was a duplicate, refund ch_1", "The goods are on their way — capture ch_1": what stands before the
    verb may be why."""
    spans, operation = r.spans, r.operation
    if operation is None or r.verb <= r.first:
        return
    given = spans.is_at(r.first, "note") > 0
    if not given and not explains(spans, r.first, r.verb):
        return
    end = r.verb if given else set_off_at(spans, r.verb)
    told = given or tells_why(spans, r.first, end, r.resource.name, operation)
    note = note_at(spans, r.first, end, r.resource.name) if told else None
    done = (sense for at in range(r.first, end) for sense, _ in spans.every(at, "participle"))
    if any((sense.resource, sense.key) == (r.resource.name, operation.name) for sense in done):
        # "Cancelled already. Cancel sub_1": what is it to be?
        return
    if note is not None:
        r.taken[r.first] = r.verb
        explain(r, note, r.first, end)


def _explained(state: State, clause: Clause, order: Order, unread: int) -> Reading | None:
    """The order up to a separator, and what follows it as the reason or as a note."""
    spans = state.spans
    for at, start in separators(spans, clause.first, clause.end):
        if at > unread or at <= order.verb:
            continue
        note = note_at(spans, start, clause.end, order.resource, made=order.action == "create")
        if note is None:
            return None
        r = read_order(state, Clause(clause.first, at, clause.opening), order)
        if (
            r.unread
            or r.missing
            or r.operation is None
            or (r.head == "many" and not r.own_id and selects(spans, start, clause.end))
        ):
            continue
        explain(r, note, start, clause.end)
        return r
    return None


def explain(r: Reading, note: str, first: int, end: int) -> None:
    found = reason_in(r.spans, first, end, r.resource.name, r.operation) if r.operation else None
    if found is not None and found[0] not in r.params:
        r.params[found[0]] = found[1]
    else:
        r.note = note
