"""What the requests of one prompt may not be to each other: one leaves open whose, or whether, another is meant."""

from __future__ import annotations

from dataclasses import replace

from flarite_nl.model.parse import Filter, Intent
from flarite_nl.model.values import Ref
from flarite_nl.parsing.clauses import Clause
from flarite_nl.parsing.openings import noun_ahead
from flarite_nl.parsing.reading import OWNERS, Reading
from flarite_nl.parsing.spans import Spans
from flarite_nl.parsing.state import State


def once(state: State) -> None:
    """ "we're not contesting du_1, close it": an order said again of the very thing is one order."""
    for number in range(len(state.intents) - 1, 0, -1):
        each, before = state.intents[number], state.intents[number - 1]
        if before.is_write and each == replace(before, filters=(Filter("id", "eq", Ref(number - 1)),)):
            del state.intents[number]


def twice(state: State) -> bool:
    """ "cancel sub_1 but let it run out": the same done twice to one thing; how it was meant, nobody said."""
    for number, each in enumerate(state.intents):
        again = (Filter("id", "eq", Ref(number)),)
        for later in state.intents[number + 1 :] if each.is_write and each.action != "create" else ():
            same = (later.resource, later.action) == (each.resource, each.action)
            # Two params of one thing may well be changed one after the other.
            other = each.action == "update" and each.params.keys().isdisjoint(later.params)
            if same and not other and later.filters in (each.filters, again):
                return True
    return False


def hinges(state: State) -> bool:
    """ "verify that sub_1 is active and cancel it": whatever the answer, or only if so?"""
    asked = {number for _, r, number in state.readings if r.question == "exist" and r.own_id}
    return bool(asked) and any(
        isinstance(each.value, Ref) and each.value.ref in asked
        for intent in state.intents
        if intent.is_write
        for each in intent.filters
    )


def which_twice(spans: Spans) -> bool:
    """ "which payments failed and which succeeded?": some of all, and others of all; no one list is both."""
    asked = spans.places.get("choosing", ())
    start = spans.skip(0, ("filler", "polite", "read"))
    if len(asked) < 2 or not spans.is_at(start, "choosing") or not noun_ahead(spans, start + 1):
        return False
    return any(
        spans.is_at(at - 1, "and") == at
        and spans.is_at(at, "choosing") == at + 1
        and not noun_ahead(spans, spans.is_at(at + 1, "being") or at + 1)
        for at in asked
        if at > start + 1
    )


def whose(state: State) -> bool:
    """ "cancel sub_1 and refund the last payment": the last of whom? Nothing says that it is the same customer's."""
    named = False
    for each in state.intents if len(state.intents) > 1 else ():
        if named and each.is_write and each.action != "create" and not each.filters:
            return True
        named = named or any(filter.field in _NAMING for filter in each.filters)
    # "void draft and open invoices of cus_1": one verb, and whose they are stands behind the second alone.
    shared = [number for opening, r, number in state.readings if opening == "noun" and r.operation is not None]
    return any(number and not _names(state.intents[number - 1]) and _names(state.intents[number]) for number in shared)


def _names(intent: Intent) -> bool:
    return intent.action == "create" or any(each.field in _NAMING for each in intent.filters)


_NAMING = OWNERS | {"id", "email", "number"}
"""Fields that say which object is meant, or whose it is."""


def unlinked(state: State) -> bool:
    """ "customers in Germany, void open invoices": theirs, or all there are? Nobody said, and it is done to all."""
    for number, (_, r, _) in enumerate(state.readings):
        bare = r.operation is None and not (r.marks & {"list", "pronoun"} or r.question or r.functions or r.own_id)
        if not bare or any(state.spans.is_at(at, "question") for at in range(r.first, r.end)):
            continue
        for _, later, _ in state.readings[number + 1 :]:
            if later.operation is None or later.own_id or later.operation.name == "create":
                continue
            pointed = any(each.to == r.resource.name for each in later.resource.fields.values())
            if pointed and not any(isinstance(each.value, Ref) for each in later.filters):
                return True
    return False


def qualifies(state: State, clause: Clause, best: Reading) -> bool:
    """ "Void the open invoices of cus_1. Under $20 only.", "Refund ch_1. $5.": a sentence without a verb behind an
    order may say which, or how much of it, was meant; then the order is not carried out on all, nor on more."""
    last = state.intents[-1] if state.intents else None
    if last is None or not last.is_write or best.question or clause.opening in {"question", "read"}:
        return False
    if best.marks & {"list", "which"} or "?" in state.spans.words[clause.first : clause.end + 1]:
        return False
    if state.spans.is_at(clause.first - 1, "revoking", "revoking") and best.verb not in best.taken:
        # "archive all prices of prod_1 but price_2"
        return True
    if not _apart(state.spans, clause.first):
        return False
    if best.operation is not None:
        # "Delete cus_1. German customers." may tell who that is; "void in_1, in_2" are two.
        named = any(each.field == "id" and not isinstance(each.value, Ref) for each in best.filters)
        if best.verb in best.taken or best.operation.name == "create":
            return False
        # "Cancel sub_1, sorry, sub_2": which of the two?
        spans, before = state.spans, clause.first - 1
        set_off = spans.is_at(before - 1, "filler") > 0 and (
            spans.is_at(before - 2, "comma") > 0 or spans.is_at(before - 2, "stop") > 0
        )
        return set_off or spans.is_at(clause.first, "filler", "courtesy") > 0 or not named
    if last.action == "create" or any(each.field == "id" and each.op in {"eq", "in"} for each in last.filters):
        return best.head_at < 0
    return True


def _apart(spans: Spans, first: int) -> bool:
    """Does a full stop, a comma or a dash stand before a token, with nothing but small words between?"""
    at = first - 1
    while at > 0 and (spans.is_at(at, "and") or spans.is_at(at, "filler")):
        at -= 1
    return spans.is_at(at, "stop") > 0 or spans.is_at(at, "comma") > 0
