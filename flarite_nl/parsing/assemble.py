"""Pass 4: clauses → intents → ``Parse``; every token is accounted for, or the prompt does not run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flarite_nl.model.parse import Aggregate, Filter, Intent, Parse, Reason, Span
from flarite_nl.model.values import Ref
from flarite_nl.parsing.clauses import Clause, split_clauses
from flarite_nl.parsing.columns import columns_of
from flarite_nl.parsing.compose import subjects
from flarite_nl.parsing.conflicts import hinges, once, twice, which_twice, whose
from flarite_nl.parsing.continuing import carries_on, mistaken, narrows_nothing, repeated
from flarite_nl.parsing.continuing import whose as whose_of
from flarite_nl.parsing.follow import chooses, follow
from flarite_nl.parsing.forbidding import forbids
from flarite_nl.parsing.notes import note_at, reason_in, selects, told_note
from flarite_nl.parsing.openings import orders_at
from flarite_nl.parsing.ordering import State, as_order, bundle, explain, is_empty, pronominal, take, unlinked
from flarite_nl.parsing.orders import orders_of
from flarite_nl.parsing.pivot import find_pivot, pivoted
from flarite_nl.parsing.reader import read
from flarite_nl.parsing.reading import Reading
from flarite_nl.parsing.share import share
from flarite_nl.parsing.slots import check
from flarite_nl.parsing.spans import Spans


def assemble(spans: Spans, previous: Intent | None, history: Sequence[Intent]) -> tuple[Parse, tuple[int, ...]]:
    """The meaning of a prompt, or why it has none; and the tokens that no rule took."""
    state = State(spans, previous, history)
    forbidden = forbids(spans)
    if forbidden:
        state.unread += forbidden
        return _result(state), ()
    clauses = split_clauses(spans)
    dismissed = _dismissal(spans) if "dismissal" in spans.places else 0
    told = len(clauses) > 1 and clauses[1].opening == "verb" and _leads(state, clauses[0], clauses[1])
    for clause in clauses:
        if clause.end > dismissed:
            begun = clause if clause.first >= dismissed else clause._replace(first=dismissed)
            _clause(state, begun, leads=told and clause is clauses[0])
    if dismissed and any(each.is_write for each in state.intents):
        # "Never mind. Refund ch_1": what is it that they do not mind?
        state.unread.append(dismissed - 1)
    if state.waiting:
        state.missing.append("target")
    if state.prelude is not None:
        state.unread += range(state.prelude.first, state.prelude.end)
    if len(state.readings) > 1:
        share(state.readings, state.intents)
    if len(state.intents) > 1:
        once(state)
        if whose(state) or twice(state) or hinges(state) or unlinked(state):
            state.missing.append("target")
    if "choosing" in spans.places and which_twice(spans):
        state.missing.append("target")
    if "contrast" in spans.places and len(state.intents) == 1:
        # "compare refunds in January to February": one period is nothing to compare.
        state.missing.append("time")
    return _result(state), tuple(sorted(set(state.unread))) if state.unread else ()


def _leads(state: State, clause: Clause, order: Clause) -> bool:
    """May a clause tell why, or of what, the order behind it is: "… . Please refund ch_1", "in_1 is bad debt, … it"?"""
    spans = state.spans
    if spans.is_at(order.first - 1, "stop"):
        return True
    return any(token.kind == "id" for token in spans.tokens[clause.first : clause.end]) and pronominal(state, order)


def _dismissal(spans: Spans) -> int:
    """ "Never mind. What's our churn rate?": where the request starts, behind what takes the one before it back."""
    end = spans.is_at(spans.skip(0, ("filler",)), "dismissal")
    start = spans.skip(end, ("stop", "comma", "filler")) if end else 0
    return start if start > end and start < spans.n and any(_parts(spans, at) for at in range(end, start)) else 0


def _parts(spans: Spans, at: int) -> bool:
    return spans.is_at(at, "stop") > 0 or spans.is_at(at, "comma") > 0


def _clause(state: State, clause: Clause, *, leads: bool = False) -> None:
    if bundle(state, clause) or repeated(state, clause) or _goes_on(state, clause) or _verb_alone(state, clause):
        return
    best = _best(state, clause)
    if state.waiting:
        _together(state, best)
    if best is None or best.unread or best.missing or carries_on(state, clause, best):
        unsure = (
            best is None or best.operation is None or state.spans.is_at(clause.first, "follow_up", "replace", "adjust")
        )
        changed = _followed(state, clause) if unsure else None
        if changed is not None:
            state.intents.append(changed)
            return
        if (best is None or best.unread or best.missing) and _noted(state, clause):
            return
    if leads and (best is None or best.unread):
        state.prelude = clause
        ids = [token for token in state.spans.tokens[clause.first : clause.end] if token.kind == "id"]
        if len({each.value for each in ids}) == 1:
            state.told = str(ids[0].value), tuple(each.text for each in ids)
        return
    if state.prelude is not None and best is not None and not best.unread:
        _preluded(state, best)
    if best is None or narrows_nothing(state, clause, best) or mistaken(state, clause, best):
        state.unread += [at for at in range(clause.first, clause.end) if not is_empty(state.spans, at)]
        return
    whose_of(state, clause, best)
    if not _named_first(state, best) and (_of_what_is_made(state, best) or not _adds_columns(state, best)):
        take(state, clause, best)


def _goes_on(state: State, clause: Clause) -> bool:
    """Does a clause only change or repeat the request before it?"""
    if clause.opening == "versus":
        _versus(state, clause)
        return True
    return bool(state.intents) and (_fragment(state, clause) or _asks_again(state, clause))


def _preluded(state: State, best: Reading) -> None:
    """ "The customer was double charged. Please refund ch_1.": what is told first is why, or it is not understood."""
    told, state.prelude = state.prelude, None
    spans, operation = state.spans, best.operation
    if told is None:
        return
    note = told_note(spans, told.first, told.end, best) if operation is not None else None
    if note is None or operation is None or best.note:
        state.unread += [at for at in range(told.first, told.end) if not is_empty(spans, at)]
        return
    explain(best, note, told.first, told.end)


def _named_first(state: State, best: Reading) -> bool:
    """ "jane@acme.com, pull her up": who is named in front and then asked for is asked for once."""
    last = state.readings[-1][1] if len(state.readings) == len(state.intents) == 1 else None
    if last is None or best.unread or best.operation is not None or last.operation is not None:
        return False
    if best.filters != [Filter("id", "eq", Ref(0))] or best.sort or best.order or best.functions or best.fields:
        return False
    return last.question == "" and last.marks.isdisjoint({"list", "which"}) and not last.functions


def _of_what_is_made(state: State, best: Reading) -> bool:
    """ "create a price … and give me the price ID": the one that was just made, not all there are."""
    if best.unread or best.operation is not None or best.filters or best.functions or best.head != "one" or best.order:
        return False
    for number, each in reversed(list(enumerate(state.intents))):
        if each.resource == best.resource.name and each.action == "create":
            best.add("id", "eq", Ref(number))
            best.own_id = True
            best.marks.add("it")
            return True
    return False


def _adds_columns(state: State, best: Reading) -> bool:
    """ "failed payments today, show me amount and failure code": columns alone are of what was asked for before."""
    last = state.intents[-1] if state.intents else None
    if last is None or best.unread or best.missing or best.operation is not None or not best.fields:
        return False
    if best.head_at >= 0 or best.filters or best.sort or best.limit or last.action not in {"list", "get"}:
        return False
    if last.resource != best.resource.name:
        return False
    state.intents[-1] = replace(last, fields=(*last.fields, *best.fields))
    return True


def _verb_alone(state: State, clause: Clause) -> bool:
    """ "Finalize and send in_1": the first verb waits for the object of the second."""
    spans = state.spans
    orders = orders_of(spans, clause.first, clause.end) if clause.end < spans.n else []
    first = orders[0] if orders else None
    if first is None or first.action == "create":
        return False
    if spans.skip(first.taken.get(first.verb, clause.end), ("filler", "comma"), clause.end) < clause.end:
        return False
    state.waiting += [[each.resource + "." + each.action for each in orders]]
    return True


def _together(state: State, best: Reading | None) -> None:
    """Carry out the verbs that waited on what the clause behind them is about."""
    waiting, state.waiting = state.waiting, []
    if best is None or best.operation is None or best.unread or best.missing:
        state.missing.append("target")
        return
    for names in waiting:
        action = next((name.split(".")[1] for name in names if name.startswith(best.resource.name + ".")), None)
        if action is None:
            state.missing.append("target")
            return
        state.intents.append(Intent(best.resource.name, action, tuple(best.filters), best.sort, best.limit))


def _versus(state: State, clause: Clause) -> None:
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


def _noted(state: State, clause: Clause) -> bool:
    """A sentence behind an order that asks for nothing: "Refund ch_1. The customer was double charged."."""
    if (
        state.order is None
        or not state.intents
        or not state.intents[-1].is_write
        or clause.opening not in {"noun", "stop", "question", "read"}
        or state.spans.is_at(clause.first - 1, "and") == clause.first
    ):
        return False
    last = state.intents[-1]
    note = note_at(state.spans, clause.first, clause.end, last.resource, made=last.action == "create")
    before = state.readings[-1][1] if state.readings else None
    several = before is not None and before.head == "many" and not before.own_id
    if note is None or last.note or (several and selects(state.spans, clause.first, clause.end)):
        return False
    resource = state.spans.grammar.resources[last.resource]
    found = reason_in(state.spans, clause.first, clause.end, last.resource, resource.operations[last.action])
    if found is not None and found[0] not in last.params:
        state.intents[-1] = replace(last, params={**last.params, found[0]: found[1]})
    else:
        state.intents[-1] = replace(last, note=note)
    return True


def _fragment(state: State, clause: Clause) -> bool:
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


def _figure(aggregate: Aggregate, r: Reading, function: Sequence[str | None]) -> Aggregate:
    """The same aggregate with another of the functions that were asked for."""
    kind = str(function[0])
    return replace(aggregate, function=kind, field=None if kind == "count" else function[1] or r.resource.amount)


def _asks_again(state: State, clause: Clause) -> bool:
    """ "… How many are there?" has no subject of its own: it asks about what was asked for before."""
    named = subjects(state.spans, clause.first, clause.end)
    if clause.opening == "verb" or named or pronominal(state, clause):
        return False
    changed = _beside(state, clause) or _followed(state, clause)
    if changed is None or (changed.aggregate is None and state.intents[-1].aggregate is None):
        return False
    state.intents.append(changed)
    return True


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
    told = [each for each in last.filters if earlier.where.get(each, -1) > earlier.head_at and _state(earlier, each)]
    dated = any(each.op == "during" and each.field != earlier.resource.time for each in last.filters)
    if told and dated:
        # "how many were cancelled this month and how many are paused": paused this month?
        state.missing.append("time")
    base = replace(last, filters=tuple(each for each in last.filters if each not in told))
    found = follow(spans, clause.first, clause.end, base, len(state.intents) - 1) if told else None
    if found is None or found[1].marks & {"narrow", "pronoun"} or not found[1].filters:
        return None
    return found[0] if all(_state(found[1], each) for each in found[1].filters) else None


def _state(r: Reading, each: Filter) -> bool:
    spec = r.resource.fields.get(each.field)
    return spec is not None and spec.type in {"word", "boolean"}


def _followed(state: State, clause: Clause) -> Intent | None:
    """The intent before, changed by a clause that says nothing whole by itself."""
    if state.intents:
        if clause.opening == "verb" or subjects(state.spans, clause.first, clause.end, nouns_only=True):
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


def _best(state: State, clause: Clause) -> Reading | None:
    """The reading that leaves least over: orders first, where the clause is one."""
    ordered = as_order(state, clause)
    if ordered is not None and "weak" not in ordered.marks:
        return ordered
    asked = _as_question(state, clause)
    if ordered is None or (asked is not None and not asked.unread and not asked.missing):
        return asked
    return ordered


def _points_back(spans: Spans, clause: Clause) -> bool:
    """ "show me the third one": one of what was listed."""
    return any(spans.holds(kind, clause.first, clause.end) for kind in ("position", "numbered")) or any(
        spans.is_at(at, "pronoun", "it", "him") for at in spans.spots("pronoun", clause.first, clause.end)
    )


def _pointed(state: State, clause: Clause, previous: Intent) -> Reading | None:
    """ "show me the third one", "is it still active?": one of what the turn before found, and nothing more of it."""
    spans = state.spans
    r = Reading(spans, clause.first, clause.end, spans.grammar.resources[previous.resource], previous=previous)
    start = spans.skip(clause.first, ("filler",))
    opened = spans.is_at(start, "read", "open")
    if opened and spans.holds("position", opened, opened + 2):
        # "open number 4"; elsewhere it is a status.
        r.taken[start] = opened
    read(r)
    return r if not r.unread and len(r.filters) == 1 and r.own_id and not r.functions else None


def _asks_of_one(spans: Spans, clause: Clause) -> bool:
    """Does a clause ask what a customer has or does, rather than for the customer: "does customer Initech have …",
    "what did customer Initech spend"?"""
    start = spans.skip(clause.first, ("filler",))
    if spans.is_at(start, "question", "exist"):
        return True
    asked = spans.is_at(start, "question", "which")
    doing = spans.is_at(asked - 1, "helping") == asked and not spans.is_at(asked - 1, "being")
    named = spans.every(spans.skip(asked, ("filler",)), "noun") if asked and doing else ()
    return any(sense.resource == "customers" and sense.key == "one" for sense, _ in named)


def _listed(state: State, clause: Clause) -> Reading | None:
    """ "number, total and due date of the open invoices": the columns in front are none of its conditions."""
    columns = columns_of(state.spans, clause.first, clause.end)
    if columns is None:
        return None
    resource = state.spans.grammar.resources[columns.resource]
    r = Reading(state.spans, clause.first, clause.end, resource, None, tuple(state.intents), state.previous)
    r.taken[columns.first] = columns.end
    r.fields += columns.fields
    r.marks.add("list")
    read(r)
    check(r)
    return r if not r.unread and not r.missing else None


def _ranked(state: State, clause: Clause, wanted: list[str]) -> list[str]:
    """The resources that a question may be about in the order in which to try them."""
    if state.previous is not None and chooses(state.spans, clause.first):
        return [state.previous.resource]
    if "customers" in wanted[:2] and _asks_of_one(state.spans, clause):
        # "does customer Initech have any draft invoices?", "has cus_1 paid in_1?" ask for the invoices.
        return [*(each for each in wanted if each != "customers"), "customers"]
    return wanted


def _as_question(state: State, clause: Clause) -> Reading | None:
    spans = state.spans
    wanted = subjects(spans, clause.first, clause.end)
    if (not wanted or clause.opening == "ones") and state.subject:
        wanted = [state.subject]
    asked = spans.is_at(spans.skip(clause.first, ("filler",)), "question", "exist") > 0
    if state.previous is not None and (not wanted or asked) and _points_back(spans, clause):
        pointed = _pointed(state, clause, state.previous)
        if pointed is not None or not wanted:
            return pointed
    wanted = _ranked(state, clause, wanted)
    listed = _listed(state, clause)
    if listed is not None:
        return listed
    pivot = find_pivot(spans, clause.first, clause.end)
    if pivot is not None:
        r = read(pivoted(spans, clause.first, clause.end, pivot))
        spent = pivot.told == "of whom" and pivot.having is not None
        if (not r.unread and not r.missing) or spent or "of whom no rows" in r.marks:
            # "customers who spent over $500 …": whatever else they are, no payment of theirs need be over $500.
            return r
    begun = spans.tokens[clause.first].kind == "id" or spans.is_at(clause.first, "pronoun", "it")
    asked = bool(begun) and "?" in spans.words[clause.first : clause.end + 1]
    best: Reading | None = None
    for name in wanted[:6]:
        r = Reading(
            spans, clause.first, clause.end, spans.grammar.resources[name], None, tuple(state.intents), state.previous
        )
        if clause.opening == "ones":
            r.head, r.head_at = "many", clause.first
        # "pi_1 captured?"
        r.question = "exist" if asked else ""
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
        if state.missing and all(spans.tokens[at].kind in _FIGURES for at in state.unread):
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


_FIGURES = frozenset({"money", "percent", "number", "bad", "redacted"})
"""What stands where a slot's value should: out of range or malformed, the slot is asked for."""


def _reason(state: State) -> Reason:
    spans = state.spans
    about = any(spans.every(at, "noun") or spans.tokens[at].kind == "id" for at in range(spans.n))
    scheduled = any(spans.every(at, "verb") for at in range(spans.n)) and any(at in spans.timed for at in state.unread)
    unable = any(spans.is_at(at, "unable") for at in state.unread[:1])
    if about and (scheduled or unable or any(spans.is_at(at, "guard") for at in range(spans.n))):
        return "unsupported"
    return "not_understood" if about else "out_of_scope"


__all__ = ["Filter", "Ref", "assemble", "replace"]
