"""Whom or what a clause itself has named before a pronoun: "jane@acme.com: pull her up"."""

from __future__ import annotations

from flarite_nl.parsing import apposed
from flarite_nl.parsing.reading import OWNERS, UNIQUE, Reading


def just_named(r: Reading, at: int) -> bool:
    """ "jane@acme.com: pull her up", "invoice number A-7 — has it been paid?": what the clause itself began with."""
    spans = r.spans
    if not any(each.field in OWN | OWNERS and each.op in {"eq", "in"} for each in r.filters):
        return False
    coded = (place for place in range(r.first, at) if apposed.codelike(spans.tokens[place].text))
    named = max((*(place for place in range(r.first, at) if spans.tokens[place].kind in NAMED), *coded), default=-1)
    return named >= 0 and spans.skip(named + 1, ("comma", "read", "question", "polite", "filler"), at) == at


OWN = UNIQUE | {"id", "email"}


def named_before(r: Reading) -> bool:
    """ "sub_1: cancel it": the object stands before the verb."""
    return any(each.field == "id" and at < r.verb for each, at in r.where.items())


def owned_before(r: Reading, at: int) -> bool:
    """ "give lena@… half of her latest payment back": whose it is stands before."""
    return any(each.field in OWNERS and place < at for each, place in r.where.items())


NAMED = frozenset({"id", "email", "domain", "quote", "code"})
