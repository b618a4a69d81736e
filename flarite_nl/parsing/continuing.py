"""Does a clause that could stand by itself still carry on the turn before? Then it is no request of its own."""

from __future__ import annotations

from dataclasses import replace

from flarite_nl.model.parse import Filter
from flarite_nl.model.values import Ref, Value
from flarite_nl.parsing.clauses import Clause
from flarite_nl.parsing.compose import subjects
from flarite_nl.parsing.follow import narrowed_by, only_tells, regroups
from flarite_nl.parsing.reading import OWNERS, Reading
from flarite_nl.parsing.spans import Spans
from flarite_nl.parsing.state import State


def carries_on(state: State, clause: Clause, best: Reading) -> bool:
    """Does the clause change what was asked for before rather than asking for something else?"""
    return continues(state, clause, best) or narrows(state, clause, best) or _among(state, clause, best)


def _among(state: State, clause: Clause, best: Reading) -> bool:
    """ "charges last week. Which ones are over $50?": some of those, though the words would do by themselves."""
    last = state.intents[-1] if state.intents else None
    if last is None or last.action != "list" or clause.opening != "question" or best.operation is not None:
        return False
    return (
        best.head_at < 0 and not (best.own_id or best.functions) and not subjects(state.spans, clause.first, clause.end)
    )


def continues(state: State, clause: Clause, best: Reading) -> bool:
    """ "and the churn rate?", "what about refunds?": a noun alone keeps what the turn before restricted."""
    if state.intents or state.previous is None:
        return False
    if _other_owner(state, clause, best) or regroups(state.spans, clause.first) or _asks_of_it(state, clause, best):
        return True
    if only_tells(state.spans, clause.first, clause.end, state.previous.resource):
        return True
    opened = state.spans.is_at(acknowledged(state.spans, clause.first), "follow_up", "replace")
    while opened and (again := state.spans.is_at(opened, "follow_up", "replace")):
        # "now do that for refunds"
        opened = again
    said = [each for each in best.filters if best.where.get(each, opened) >= opened]
    if best.operation is not None or best.resource.name in {"balance", "account"}:
        return False
    if said:
        # "and the open invoices?" after "delinquent customers"
        theirs = state.previous.resource == "customers" and "customer" in best.resource.fields
        asked = state.spans.is_at(acknowledged(state.spans, clause.first), "follow_up", "about")
        anew = "list" in best.marks and not asked
        return opened > 0 and theirs and not anew and not {each.field for each in said} & OWNERS
    if not best.filters and _only_sorts(state, clause, best):
        return True
    return opened > 0 and not best.sort and not best.limit and best.resource.name != "customers"


def _asks_of_it(state: State, clause: Clause, best: Reading) -> bool:
    """ "how many payments was that?", "which payments?" after a figure: of those that it is the figure of."""
    spans, previous = state.spans, state.previous
    if previous is None or previous.resource != best.resource.name or best.filters or best.head_at < 0 or best.order:
        return False
    if best.functions:
        last = clause.end - 1
        while last > clause.first and spans.is_at(last, "stop"):
            last -= 1
        return last > best.head_at and spans.is_at(last, "pronoun", "it", "them") > 0
    return "which" in best.marks and previous.aggregate is not None and not best.group_by


def whose_they_are(state: State, best: Reading) -> bool:
    """ "who are the customers?", "which customers?" after payments: those that the payments are of."""
    name = _pointed_at(state, best)
    if name:
        best.add("id", "eq", Ref("previous", None, name))
    return bool(name)


def _pointed_at(state: State, best: Reading) -> str:
    """The field of what was listed before that points to the bare noun that a clause asks for by "the" or "which"."""
    previous, spans = state.previous, state.spans
    if previous is None or state.intents or best.operation is not None or best.head != "many" or best.filters:
        return ""
    if (
        best.functions
        or best.order
        or best.sort
        or best.limit
        or best.group_by
        or previous.resource == best.resource.name
    ):
        return ""
    definite = spans.is_at(best.head_at - 1, "definite") == best.head_at and not best.fields
    if not (definite or "which" in best.marks) or spans.holds("universal", best.first, best.head_at):
        return ""
    fields = spans.grammar.resources[previous.resource].fields.values()
    return next((each.name for each in fields if each.type == "reference" and each.to == best.resource.name), "")


def acknowledged(spans: Spans, first: int) -> int:
    """ "ok and the payments?": past words that only say that the answer before was heard."""
    at = first
    while step := spans.is_at(at, "filler", "start", "courtesy", "greeting") or spans.is_at(at, "comma", "comma"):
        at = step
    return at if spans.is_at(at, "follow_up", "replace") else first


def _excepts_owner(state: State, clause: Clause, best: Reading) -> bool:
    """ "leave out cus_1" after open invoices: those of that customer, and no customer is asked for."""
    previous = state.previous
    if previous is None or best.resource.name != "customers" or previous.resource == "customers" or best.head_at >= 0:
        return False
    own = [(each.field, each.op) for each in best.filters]
    opened = state.spans.is_at(state.spans.skip(clause.first, ("filler",)), "not") > 0
    return opened and own in ([("id", "ne")], [("email", "ne")], [("id", "not_in")])


def _only_sorts(state: State, clause: Clause, best: Reading) -> bool:
    """ "soonest renewal first" after renewals: the same in another order, though its words name things as well."""
    spans, previous = state.spans, state.previous
    if previous is None or previous.resource != best.resource.name or best.sort is None or best.limit is not None:
        return False
    start = spans.skip(clause.first, ("filler",))
    return spans.is_at(start, "order") > 0 and best.functions == [] and best.head_at < 0


def _other_owner(state: State, clause: Clause, best: Reading) -> bool:
    """ "and cus_2?" after the figures of cus_1, "and for cus_1?" after any: the same of that customer."""
    spans, previous = state.spans, state.previous
    if previous is None or state.intents or best.operation is not None or best.resource.name != "customers":
        return False
    opened = spans.is_at(acknowledged(spans, clause.first), "follow_up", "replace")
    led = spans.is_at(clause.first, "glue", "prep") > 0  # "for cus_1" after the revenue of last month
    if not (opened or led) or [each.field for each in best.filters] not in (["id"], ["email"]):
        return False
    led = led or spans.is_at(spans.skip(opened, ("filler",)), "glue", "prep") > 0
    return led or any(each.field in OWNERS for each in previous.filters)


def narrows(state: State, clause: Clause, best: Reading) -> bool:
    """ "show only payments over $50" after "payments last month": the same things, fewer of them."""
    if state.intents or state.previous is None or best.operation is not None:
        return False
    spans = state.spans
    if _excepts_owner(state, clause, best):
        return True
    if state.previous.resource == best.resource.name:
        if best.head_at < 0 and not (best.own_id or best.functions) and spans.is_at(clause.first, "choosing"):
            # "which were paid by visa?"
            return True
        excepted = spans.is_at(spans.skip(clause.first, ("filler",)), "not", "except")
        return excepted > 0 or any(spans.is_at(at, "follow_up", "narrow") for at in range(clause.first, clause.end))
    return narrowed_by(spans, clause.first, state.previous, best.resource.name)


def narrows_nothing(state: State, clause: Clause, best: Reading) -> bool:
    """ "just the customers" after open invoices: theirs, or all there are? "by plan" after MRR asks for no plans."""
    if state.intents or best.operation is not None or state.previous is None:
        return False
    if regroups(state.spans, clause.first) and not best.group_by:
        return True
    if state.previous.action != "list" and _pointed_at(state, best):
        return True
    if _excepts_owner(state, clause, best):
        return True
    return not best.filters and narrowed_by(state.spans, clause.first, state.previous, best.resource.name)


def asked_of_them(state: State, clause: Clause, best: Reading) -> None:
    """ "how many payments?" after "customers in Germany": theirs. "who paid last month?" could be about anybody, so
    that it is asked whose are meant.

    Of whom somebody asks for what "we" got, or for all there is, is no question.
    """
    previous, spans = state.previous, state.spans
    if previous is None or previous.resource != "customers" or previous.action not in {"list", "get"}:
        return
    also = any("theirs" in r.marks for _, r, _ in state.readings)  # "how many payments and how many refunds?"
    if state.intents and not also:
        return
    if best.operation is not None or best.own_id or "customer" not in best.resource.fields or best.unread:
        return
    start = acknowledged(spans, clause.first)
    start = spans.skip(start, ("filler", "comma", "and"), clause.end)
    asks = spans.is_at(start, "question") or spans.is_at(start, "how_many") or spans.is_at(start, "who")
    asks = asks or ("?" in spans.words and "list" not in best.marks)
    if not (asks or also) or not (previous.filters or previous.limit):
        return
    if spans.holds("ourselves", clause.first, clause.end):
        return
    if any(each.field.split(".")[0] == "customer" or isinstance(each.value, Ref) for each in best.filters):
        return
    if any(clause.first <= at < clause.end for at in spans.times):
        best.missing.append("customer")
    else:
        best.add("customer", "eq", Ref("previous"))
        best.marks.add("theirs")


def mistaken(state: State, clause: Clause, best: Reading) -> bool:
    """ "which are refunds?" after payments: none of them is. "cus_1, has she paid?" asks for no customer."""
    spans, previous = state.spans, state.previous
    if best.operation is None and best.question == "exist" and best.own_id and "pivot" not in best.marks:
        many = best.resource.relations.keys()
        return any(each.field.split(".")[0] in many and "." in each.field for each in best.filters)
    if previous is None or state.intents or best.operation is not None:
        return False
    if best.resource.name == previous.resource and not best.functions:
        return False
    chosen = spans.is_at(spans.skip(clause.first, ("filler", "and", "comma")), "choosing")
    joined = spans.is_at(chosen, "being") if chosen else 0
    if not joined and chosen and spans.is_at(chosen - 1, "being") == chosen:
        joined = chosen
    return joined > 0 and not spans.is_at(joined, "definite") and best.head_at == spans.skip(joined, ("filler",))


def repeated(state: State, clause: Clause) -> bool:
    """ "do the same for ch_2" after "refund ch_1 because it was a duplicate": the order as it was, for others."""
    spans = state.spans
    last = state.intents[-1] if state.intents else state.previous
    if last is None or not last.is_write or last.action == "create" or "?" in spans.words or "guard" in spans.places:
        return False
    at = spans.skip(clause.first, _BEFORE_SAME, clause.end)
    said = spans.is_at(at, "follow_up", "repeat")
    own = [(each.field, each.op) for each in last.filters]
    if (
        not said
        or own not in ([("id", "eq")], [("id", "in")])
        or any(isinstance(each, Ref) for each in last.params.values())
    ):
        return False
    ids: list[Value] = []
    at = spans.is_at(said, "glue", "prep", "where")
    while at and at < clause.end and spans.tokens[at].kind == "id" and spans.tokens[at].value == last.resource:
        ids.append(spans.tokens[at].text)
        end, joint = at + 1, spans.is_at(at + 1, "comma") or at + 1
        at = spans.is_at(joint, "and") or (joint if joint > end else 0)
    if not ids or at or spans.skip(end, ("filler", "stop"), clause.end) < clause.end:
        return False
    several = Filter("id", "in", tuple(sorted(map(str, ids)))) if len(ids) > 1 else Filter("id", "eq", ids[0])
    state.intents.append(replace(last, filters=(several,), note=None))
    return True


_BEFORE_SAME = ("comma", "and", "stop", "polite")
