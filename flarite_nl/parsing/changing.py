"""What a clause changes of the request before it in the same prompt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flarite_nl.model.parse import Aggregate, Filter, Intent
from flarite_nl.model.values import Money, Ref
from flarite_nl.parsing.clauses import Clause
from flarite_nl.parsing.compose import subjects
from flarite_nl.parsing.follow import follow, only_tells
from flarite_nl.parsing.openings import orders_at
from flarite_nl.parsing.reading import Reading
from flarite_nl.parsing.state import State, pronominal


def for_another_period(state: State, clause: Clause) -> None:
    """ "revenue this month vs last month": the same figure for another period."""
    last = state.intents[-1] if state.intents else None
    if last is not None and (last.aggregate is not None or last.resource == "metrics"):
        found = follow(state.spans, clause.first, clause.end, last, len(state.intents) - 1)
        if found is not None:
            _regrouped(state, last, found[0])
            state.intents.append(found[0])
            return
    state.unread += range(clause.first, clause.end)


def _regrouped(state: State, last: Intent, changed: Intent) -> None:
    """ "revenue in January and in February by card brand": both are in groups."""
    if last.aggregate is None or last.aggregate.group_by or changed.aggregate is None:
        return
    for at in range(len(state.intents) - 1, -1, -1):
        if state.intents[at].aggregate != last.aggregate or state.intents[at].resource != last.resource:
            return
        state.intents[at] = replace(state.intents[at], aggregate=changed.aggregate, sort=changed.sort)


def fragment(state: State, clause: Clause) -> bool:
    """ "… yet? Biggest first." changes the request before it rather than making another."""
    spans = state.spans
    if clause.opening != "stop" or pronominal(state, clause) or subjects(spans, clause.first, clause.end):
        return False
    if any(spans.is_at(at, "question") or orders_at(spans, at) for at in range(clause.first, clause.end)):
        return False
    found = follow(spans, clause.first, clause.end, state.intents[-1], len(state.intents) - 1)
    if found is None:
        return False
    changed, r = found
    made = [changed]
    if r.functions and changed.aggregate is not None:
        made = [replace(changed, aggregate=_figure(changed.aggregate, r, each)) for each in r.functions]
        asked = state.readings and ("list" in state.readings[-1][1].marks or state.readings[-1][1].question)
        state.intents[-1 if not asked else len(state.intents) :] = made
    else:
        # "The 10 latest charges. Only the failed ones": of those ten, so that they are found first.
        itself = Filter("id", "eq", Ref(len(state.intents) - 1)) in changed.filters
        state.intents[-1 if not itself else len(state.intents) :] = made
    return True


def narrowed_order(state: State, clause: Clause) -> bool:
    """ "Void the open invoices of cus_1. Only the ones under $20.": the order is on fewer than it said."""
    last, spans = state.intents[-1], state.spans
    start = spans.skip(clause.first, ("comma",))
    if not last.is_write or last.action == "create" or not spans.is_at(start, "follow_up", "narrow"):
        return False
    if not spans.is_at(start, "filler"):
        # "Keep sub_2.": out of it.
        return False
    if any(each.field == "id" for each in last.filters) or "?" in spans.words[clause.first : clause.end + 1]:
        return False
    found = follow(spans, clause.first, clause.end, replace(last, action="list", params={}), None)
    if found is None or found[0].resource != last.resource or not found[1].filters:
        return False
    changed, r = found
    shown = r.sort or r.order or r.limit or r.fields or r.functions or r.group_by
    part = any(each.op == "eq" and isinstance(each.value, Money) for each in r.filters)  # "Only $20": of each?
    if shown or part or not set(last.filters) < set(changed.filters):
        return False
    state.intents[-1] = replace(last, filters=changed.filters)
    return True


def _figure(aggregate: Aggregate, r: Reading, function: Sequence[str | None]) -> Aggregate:
    """The same aggregate with another of the functions that were asked for."""
    kind = str(function[0])
    return replace(aggregate, function=kind, field=None if kind == "count" else function[1] or r.resource.amount)


def asks_again(state: State, clause: Clause) -> bool:
    """ "… How many are there?" has no subject of its own: it asks about what was asked for before."""
    named = subjects(state.spans, clause.first, clause.end)
    if only_tells(state.spans, clause.first, clause.end, state.intents[-1].resource):
        named = []
    if clause.opening == "verb" or named or pronominal(state, clause):
        return False
    changed = _beside(state, clause) or followed(state, clause)
    if changed is None or (changed.aggregate is None and state.intents[-1].aggregate is None):
        return False
    _dated_alike(state, clause, changed)
    state.intents.append(changed)
    return True


def _dated_alike(state: State, clause: Clause, changed: Intent) -> None:
    """ "how many refunds and how much in total last month": the period behind the second figure is of both."""
    last = state.intents[-1]
    stopped = state.spans.is_at(clause.first - 1, "stop") > 0
    if clause.opening != "question" or stopped or last.resource != changed.resource:
        return
    if last.aggregate is None or changed.aggregate is None or last.aggregate.function == changed.aggregate.function:
        # "how many customers do we have and how many last month"
        return
    if any(each.op == "during" for each in last.filters) or any(each.rule[:5] == "event" for each in changed.evidence):
        return
    time = state.spans.grammar.resources[last.resource].time
    periods = tuple(each for each in changed.filters if each.op == "during" and each.field == time)
    state.intents[-1] = replace(last, filters=(*last.filters, *periods))


def _beside(state: State, clause: Clause) -> Intent | None:
    """ "how many payments failed and how many were refunded": the second of them all, and not of those that failed."""
    spans, last = state.spans, state.intents[-1]
    earlier = state.readings[-1][1] if state.readings else None
    start = spans.skip(clause.first, ("filler",))
    if (
        earlier is None
        or earlier.functions != [["count", None]]
        or earlier.head_at < 0
        or not spans.is_at(start, "how_many")
    ):
        return None
    told = [
        each for each in last.filters if earlier.where.get(each, -1) > earlier.head_at and _tells_state(earlier, each)
    ]
    dated = any(each.op == "during" and each.field != earlier.resource.time for each in last.filters)
    if told and dated:
        # "how many were cancelled this month and how many are paused": paused this month?
        state.missing.append("time")
    base = replace(last, filters=tuple(each for each in last.filters if each not in told))
    found = follow(spans, clause.first, clause.end, base, len(state.intents) - 1) if told else None
    if found is None or found[1].marks & {"narrow", "pronoun"} or not found[1].filters:
        return None
    return found[0] if all(_tells_state(found[1], each) for each in found[1].filters) else None


def _tells_state(r: Reading, each: Filter) -> bool:
    spec = r.resource.fields.get(each.field)
    return spec is not None and spec.type in {"word", "boolean"}


def followed(state: State, clause: Clause) -> Intent | None:
    """The intent before, changed by a clause that says nothing whole by itself."""
    if state.intents:
        told = only_tells(state.spans, clause.first, clause.end, state.intents[-1].resource)
        if clause.opening == "verb" or (subjects(state.spans, clause.first, clause.end, nouns_only=True) and not told):
            return None
        number = len(state.intents) - 1
        found = follow(state.spans, clause.first, clause.end, state.intents[-1], number)
        if found and clause.opening == "question" and found[0].action == state.intents[-1].action == "list":
            # "…, and which of them are over $200?": some of those very results.
            among = (Filter("id", "eq", Ref(number)), *found[1].filters)
            return replace(found[0], filters=among, sort=found[1].sort, limit=found[1].limit)
    elif state.previous is not None:
        found = follow(state.spans, clause.first, clause.end, state.previous, None)
    else:
        return None
    return found[0] if found else None
