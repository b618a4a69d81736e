"""What makes an order none: doubts, questions, prohibitions, schedules, words that take it back."""

from __future__ import annotations

from flarite_nl.parsing.openings import orders_at
from flarite_nl.parsing.orders import BEFORE, object_at
from flarite_nl.parsing.spans import Spans

_LEADING = (*BEFORE, "causative")
_FORBIDDING = ("how_to", "permission", "hypothetical", "condition", "prohibition", "report", "schedule", "injection")


def _doubts(spans: Spans, at: int, end: int) -> bool:
    """ "I'm not sure I want to …", "from now on …": said anywhere, it holds off every order of the prompt."""
    if spans.is_at(at, "guard", "hypothetical"):
        return any(spans.every(each, "verb") for each in range(end, spans.n))
    if end - at > 1 and spans.is_at(at, "guard", "schedule", "injection"):
        return any(spans.every(each, "verb") for each in range(spans.n))
    return False


def forbids(spans: Spans) -> list[int]:
    """The words that make an order none: "should we", "how do I", "don't", "if" right before a verb.

    Coverage would refuse these too; this holds whatever the lexicon comes to contain.
    """
    if spans.words[:1] == ["!"]:
        # In many a notation that says "not".
        return [0]
    for at in spans.spots("guard", 0, spans.n):
        end = spans.is_at(at, "guard", *_FORBIDDING)
        if (
            not end
            or max((stop for _, stop in spans.every(at, "verb")), default=0) > end
            or spans.is_at(at, "read") >= end
            or spans.is_at(at - 1, "question", "exist")
            or _related(spans, at, end)
        ):
            # "did we already refund ch_1" asks, and is read as a question.
            continue
        following = spans.skip(end, ("filler", "polite"))
        told = spans.is_at(at, "guard", "prohibition", "permission", "how_to") > 0
        described = not told and any(spans.every(following, kind) for kind in ("meaning", "event"))
        if _doubts(spans, at, end):
            return list(range(at, end))
        if spans.every(following, "verb") and not spans.is_at(following, "read") and not described:
            return list(range(at, end))
    last = spans.n - 1
    while last > 0 and spans.furthest(last, ("stop", "comma")):
        last -= 1
    if (
        "not" in spans.places
        and spans.is_at(last, "not") == last + 1
        and any(spans.every(at, "verb") for at in range(last))
    ):
        # "refund ch_1. NOT"
        return [last]
    return _asked(spans) or _unable(spans) or _taken_back(spans)


def _unable(spans: Spans) -> list[int]:
    """ "charge Otto Brandt's card 35 euros", "charge cus_1 $50": takes money, which nothing here does.

    Only an amount right behind the noun is a description: "charge over $50".
    """
    if "unable" not in spans.places or spans.types.isdisjoint({"money", "number"}):
        return []
    start = spans.skip(0, (*_LEADING, "read"))
    end = spans.is_at(start, "unable")
    if not end or spans.is_at(start - 1, "indefinite"):
        return []
    whom = spans.skip(end, ("filler", "possessive"))
    if whom >= spans.n:
        return []
    customer = spans.tokens[whom].value == "customers" or spans.tokens[whom].kind == "email"
    customer = customer or spans.is_at(whom, "pronoun", "him", "them") > 0
    customer = customer or any(sense.resource == "customers" for sense, _ in spans.every(whom, "noun"))
    named = spans.capital(whom) and not spans.entries[whom]
    return [start] if customer or named else []


def _related(spans: Spans, at: int, end: int) -> bool:
    """ "coupons that never expire": behind a noun and "that" the whole phrase says of what kind it is."""
    if at < 2 or not spans.is_at(at - 1, "glue", "relative"):
        return False
    said = {sense.resource for sense, stop in spans.every(at, "meaning") if stop > end}
    nouns = (each for back in range(max(0, at - 4), at - 1) for each in spans.every(back, "noun"))
    return any(sense.resource in said and stop == at - 1 for sense, stop in nouns)


def _taken_back(spans: Spans) -> list[int]:
    """ "Cancel sub_1. Right?", "Void in_1. Cancel that.", "Refund ch_1. The first.": a sentence behind an order that
    only doubts it, takes it back or points at some of it."""
    begun = next((at for at in spans.spots("verb", 0, spans.n) if not spans.is_at(at, "read")), spans.n)
    parted = [at for at in range(begun + 1, spans.n) if spans.is_at(at, "stop") or spans.words[at] in {",", "-", ";"}]
    for at in parted:
        start = at + 1
        back = spans.is_at(start, "holdback")
        if back > start + 1 and spans.skip(back, ("filler", "stop")) >= spans.n:
            return list(range(start, back))
        if not spans.is_at(at, "stop"):
            continue
        end = spans.skip(start, ("filler", "and"))
        asked = end < spans.n and spans.words[end] == "?"
        pointing = end >= spans.n - 1 and spans.spots("ordinal", start, end)
        if end > start and (asked or pointing):
            return list(range(start, end))
    return []


def _asked(spans: Spans) -> list[int]:
    """ "refund ch_1?": told, or asked whether to? Only "could you …?" and "please" ask for it to be done."""
    first = 0
    for at in range(spans.n if "?" in spans.words else 0):
        if spans.words[at] == "?" and _told(spans, first, at):
            return [at]
        if spans.words[at] in {"?", ".", "!", "\n"}:
            first = at + 1
    return []


def _told(spans: Spans, first: int, at: int) -> bool:
    """Is a sentence that ends in a question mark an order that nothing asks for?"""
    verb = first
    while verb < at and (step := spans.furthest(verb, _LEADING)):
        if spans.is_at(verb, "question") > step or spans.is_at(verb, "read") > step:
            return False
        verb = step
    verbs = spans.every(verb, "verb")
    if not verbs or spans.holds("asking", first, at) or spans.is_at(verb, "read"):
        return False
    stop = max(end for _, end in verbs)
    described = any(spans.every(verb, kind) for kind in ("meaning", "value", "noun", "order"))
    named = stop < at and spans.capital(stop) and not spans.entries[stop]
    return orders_at(spans, verb) and not (described and not named and not object_at(spans, stop, at))
