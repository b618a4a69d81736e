"""Pass 4: clauses → intents → ``Parse``; every token is accounted for, or the prompt does not run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flarite_nl.model.parse import Filter, Intent, Parse, Reason, Span
from flarite_nl.model.values import Ref
from flarite_nl.parsing.asking import as_question
from flarite_nl.parsing.bundling import bundle
from flarite_nl.parsing.changing import asks_again, followed, for_another_period, fragment, narrowed_order
from flarite_nl.parsing.clauses import Clause, split_clauses
from flarite_nl.parsing.conflicts import hinges, once, qualifies, twice, unlinked, which_twice, whose
from flarite_nl.parsing.continuing import (
    asked_of_them,
    carries_on,
    mistaken,
    narrows_nothing,
    repeated,
    whose_they_are,
)
from flarite_nl.parsing.forbidding import forbids
from flarite_nl.parsing.notes import note_at, reason_in, selects, tells_why, told_note
from flarite_nl.parsing.ordering import as_order, explain
from flarite_nl.parsing.orders import orders_of
from flarite_nl.parsing.reading import Reading
from flarite_nl.parsing.references import related
from flarite_nl.parsing.share import share, share_groups
from flarite_nl.parsing.spans import Spans
from flarite_nl.parsing.state import State, is_empty, pronominal, take


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
    _each_to_each(state)
    if "contrast" in spans.places and len(state.intents) == 1:
        # "compare refunds in January to February": one period is nothing to compare.
        state.missing.append("time")
    return _result(state), tuple(sorted(set(state.unread))) if state.unread else ()


def _each_to_each(state: State) -> None:
    """What the requests of a prompt share, and what they leave open by standing side by side."""
    if len(state.readings) > 1:
        if not share_groups(state.readings, state.intents):
            state.missing.append("group_by")
        share(state.readings, state.intents)
    if len(state.intents) > 1:
        once(state)
        if whose(state) or twice(state) or hinges(state) or unlinked(state):
            state.missing.append("target")
    if "choosing" in state.spans.places and which_twice(state.spans):
        state.missing.append("target")


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
        changed = followed(state, clause) if unsure else None
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
    _among_the_others(state, clause, best)


def _among_the_others(state: State, clause: Clause, best: Reading) -> None:
    """Add what a clause was read as to the requests before it, or to one of them."""
    asked_of_them(state, clause, best)
    _also_theirs(state, clause, best)
    if _named_first(state, best) or _left_out(state, best):
        return
    _done_to_the_named(state, best)
    if qualifies(state, clause, best):
        state.unread.append(clause.first)
    if _of_what_is_made(state, best) or whose_they_are(state, best) or not _adds_columns(state, best):
        take(state, clause, best)


def _goes_on(state: State, clause: Clause) -> bool:
    """Does a clause only change or repeat the request before it?"""
    if clause.opening == "versus":
        for_another_period(state, clause)
        return True
    if not state.intents:
        return False
    return narrowed_order(state, clause) or fragment(state, clause) or asks_again(state, clause)


def _preluded(state: State, best: Reading) -> None:
    """ "The customer was double charged. Please refund ch_1.": what is told first is why, or it is not understood."""
    told, state.prelude = state.prelude, None
    spans, operation = state.spans, best.operation
    if told is None:
        return
    note = told_note(spans, told.first, told.end, best) if operation is not None else None
    if operation is not None and not tells_why(spans, told.first, told.end, best.resource.name, operation):
        note = None
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


def _done_to_the_named(state: State, best: Reading) -> None:
    """ "sub_1 and sub_2, cancel both": who is named in front and then ordered about is not asked for besides."""
    last = state.readings[-1][1] if len(state.readings) == len(state.intents) == 1 else None
    if last is None or last.operation is not None or best.operation is None or best.resource is not last.resource:
        return
    if best.filters != [Filter("id", "eq", Ref(0))] or [each.field for each in last.filters] != ["id"]:
        return
    if last.question or last.head_at >= 0 or last.sort or last.order or last.functions or last.fields:
        return
    if last.marks.isdisjoint({"list", "which"}) and best.operation.name != "create":
        best.filters = list(last.filters)
        best.where.update(dict.fromkeys(last.filters, best.first))
        state.intents.pop()
        state.readings.pop()


def _left_out(state: State, best: Reading) -> bool:
    """ "Void the open invoices of cus_1. Not in_2.": what a sentence behind an order denies is left out of it."""
    last = state.intents[-1] if state.intents else None
    if last is None or not last.is_write or best.operation is not None or best.unread:
        return False
    denied = [each for each in best.filters if each.field == "id" and each.op in {"ne", "not_in"}]
    if not denied or denied != best.filters:
        return False
    several = all(each.field != "id" for each in last.filters) and last.action != "create"
    if best.head_at >= 0 or best.resource.name != last.resource or not several or best.sort or best.functions:
        state.unread.append(best.first)
    else:
        state.intents[-1] = replace(last, filters=(*last.filters, *denied))
    return True


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


def _also_theirs(state: State, clause: Clause, best: Reading) -> None:
    """ "disputes due this week, their charges and customers": the customers are those of the disputes too."""
    earlier = state.readings[-1][1] if state.readings else None
    if earlier is None or clause.opening != "noun" or "pronoun" not in earlier.marks or best.operation is not None:
        return
    if any(isinstance(each.value, Ref) for each in best.filters) or best.unread or best.own_id:
        return
    ref = next((each.value for each in earlier.filters if each.field == "id" and isinstance(each.value, Ref)), None)
    if ref is None or not isinstance(ref.ref, int) or ref.field is None:
        return
    found = related(best, ref.ref, state.intents[ref.ref])
    if found is not None:
        best.add(found[0], "eq", found[1])


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
    behind = first.taken.get(first.verb, clause.end)
    if spans.skip(behind, ("filler", "comma"), clause.end) < clause.end or spans.spots("ordinal", behind, clause.end):
        # "finalize the first and send it": the first has an object.
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


def _best(state: State, clause: Clause) -> Reading | None:
    """The reading that leaves least over: orders first, where the clause is one."""
    ordered = as_order(state, clause)
    if ordered is not None and "weak" not in ordered.marks:
        return ordered
    asked = as_question(state, clause)
    if ordered is None or (asked is not None and not asked.unread and not asked.missing):
        return asked
    return ordered


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
