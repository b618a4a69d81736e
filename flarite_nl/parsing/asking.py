"""Pass 3, questions: what a clause asks about, and the reading that leaves nothing over."""

from __future__ import annotations

from flarite_nl.model.parse import Intent
from flarite_nl.parsing.clauses import Clause
from flarite_nl.parsing.columns import columns_of
from flarite_nl.parsing.compose import subjects
from flarite_nl.parsing.follow import chooses
from flarite_nl.parsing.pivot import find_pivot, pivoted
from flarite_nl.parsing.reader import read
from flarite_nl.parsing.reading import Reading
from flarite_nl.parsing.slots import check
from flarite_nl.parsing.spans import Spans
from flarite_nl.parsing.state import State


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


def _asks_whether(spans: Spans, clause: Clause) -> bool:
    """Does a clause begin as a question of whether something is so ("is it …", "does he …")?"""
    return spans.is_at(spans.skip(clause.first, ("filler",)), "question", "exist") > 0


def _asks_of_one(spans: Spans, clause: Clause) -> bool:
    """Does a clause ask what a customer has or does, rather than for the customer: "does customer Initech have …",
    "what did customer Initech spend"?"""
    if _asks_whether(spans, clause):
        return True
    start = spans.skip(clause.first, ("filler",))
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


def as_question(state: State, clause: Clause) -> Reading | None:
    spans = state.spans
    wanted = subjects(spans, clause.first, clause.end)
    if (not wanted or clause.opening == "ones") and state.subject:
        wanted = [state.subject]
    if state.previous is not None and (not wanted or _asks_whether(spans, clause)) and _points_back(spans, clause):
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
        if (not r.unread and not r.missing) or pivot.told == "of whom" or "of whom no rows" in r.marks:
            # "customers who spent over $500 …": whatever else they are, no payment of theirs need be over $500.
            return r
    asked = "?" in spans.words[clause.first : clause.end + 1] and (
        spans.tokens[clause.first].kind == "id" or spans.is_at(clause.first, "pronoun", "it") > 0
    )
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
