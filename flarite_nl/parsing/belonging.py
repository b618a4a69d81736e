"""What stands behind a joint and still belongs to what stands before it: a param, a column, a second value, a part."""

from __future__ import annotations

from flarite_nl.parsing.listing import listed as listed_columns
from flarite_nl.parsing.openings import noun_ahead, orders_at
from flarite_nl.parsing.spans import Spans
from flarite_nl.parsing.versus import figure_noun

START = ("filler", "comma", "and", "polite", "stop")


def part_of(spans: Spans, first: int, at: int, joint: int, kind: str) -> bool:
    """Is what opens behind a joint a param of the order before it, one more column, or made in the same breath?"""
    if kind in {"noun", "read", "verb"} and param_of(spans, first, joint, kind):
        return True
    if kind in {"verb", "noun"} and _value_of_it(spans, first, joint):
        return True
    if kind in {"verb", "noun"} and column(spans, first, at, joint, kind):
        return True
    if kind == "noun" and _also_had(spans, first, at, joint):
        return True
    return kind == "noun" and "money" in spans.types and made_with_it(spans, first, at, joint)


def _value_of_it(spans: Spans, first: int, joint: int) -> bool:
    """ "issue a promo code …, single use": a value of the order before, longer than the verb that it looks like."""
    start = spans.skip(first, START)
    ordered = {(sense.resource, sense.key) for sense, _ in spans.every(start, "verb")}
    made = {sense.resource for at in spans.spots("noun", first, joint) for sense, _ in spans.every(at, "noun")}
    ordered |= {(resource, "create") for resource in made}  # "need a payment link …, buyers can change the quantity"
    verb = max((stop for kind in ("verb", "noun") for _, stop in spans.every(joint, kind)), default=0)
    values = spans.every(joint, "pvalue")
    return any((sense.resource, sense.extra[0]) in ordered and stop > verb for sense, stop in values)


def _also_had(spans: Spans, first: int, at: int, joint: int) -> bool:
    """ "customers with an email and a subscription": behind "with a …" one more thing that they have."""
    one = spans.is_at(joint, "indefinite")
    had = [each for each in spans.spots("with", first, at) if spans.is_at(spans.is_at(each, "with") - 1, "indefinite")]
    end = noun_ahead(spans, one) if one and had else 0
    single = any(
        sense.key == "one" and stop == end for back in range(one, end) for sense, stop in spans.every(back, "noun")
    )
    return single and not orders_at(spans, spans.skip(first, START))


def either_value(spans: Spans, first: int, at: int, joint: int) -> bool:
    """ "draft and open invoices": two values of one field before the one noun that they describe."""
    right = {
        (sense.resource, sense.extra)
        for sense, end in spans.every(joint, "value")
        if any(sense.resource == noun.resource for noun, _ in spans.every(end, "noun"))
    }
    for back in range(max(first, at - 4), at) if right else ():
        for left, stop in spans.every(back, "value"):
            if stop == at and (left.resource, left.extra) in right:
                return not any(end <= back for each in range(first, back) for _, end in spans.every(each, "noun"))
    return False


def param_of(spans: Spans, first: int, joint: int, kind: str) -> bool:
    """ "set up a subscription …, coupon WELCOME10, 14 day trial": names a param of the order, beside its value."""
    start = spans.skip(first, START)
    verbs = {(sense.resource, sense.key) for sense, _ in spans.every(start, "verb")}
    named = {noun.resource for at in range(start, joint) for noun, _ in spans.every(at, "noun")}
    named |= {str(token.value) for token in spans.tokens[start:joint] if token.kind == "id"}
    ordered = {each for each in verbs if each[0] in named or len(verbs) == 1}
    start_of = spans.is_at(joint, "indefinite") or joint
    counted = start_of < spans.n and spans.tokens[start_of].kind == "number"
    if counted:
        start_of += 2 if start_of + 1 < spans.n and spans.words[start_of + 1] == "-" else 1  # "14-day trial"
    for sense, end in spans.every(start_of, "param"):
        if (sense.resource, sense.extra) not in ordered:
            continue
        if counted:
            return True
        at = spans.skip(end, ("compare", "into", "comma"))
        if at < spans.n and _names_value(spans, at, kind):
            return True
    return False


def made_with_it(spans: Spans, first: int, at: int, joint: int) -> bool:
    """ "a product Pro and two prices: $19/mo …": what is made in the same breath, with its amount behind it."""
    made = {sense.resource for each in range(first, at) for sense, _ in spans.every(each, "noun")}
    begun = {sense.resource for sense, _ in spans.every(spans.skip(first, START), "verb") if sense.key == "create"}
    also = {name for resource in made & begun for name in spans.grammar.resources[resource].operations["create"].also}
    noun = noun_ahead(spans, joint) if also else 0
    priced = any(token.kind == "money" for token in spans.tokens[joint:])
    return priced and any(sense.resource in also for sense, stop in spans.every(noun - 1, "noun") if stop == noun)


def column(spans: Spans, first: int, at: int, joint: int, kind: str) -> bool:
    """ "payments with customer name and email": behind another column the word is one too, and no verb.

    A noun is one in a list behind "with" alone: "invoices due this week with number and customer".
    """
    if "with" in spans.places and listed_columns(spans, first, at, joint):
        return True
    if kind == "noun":
        return False
    names = {sense.resource for sense, _ in spans.every(joint, "field")} if "field" in spans.kinds[joint] else set()
    if not names or orders_at(spans, spans.skip(first, START)):
        return False
    ends = (stop for back in range(max(first, at - 4), at) for each, stop in spans.every(back, "field") if stop == at)
    named = any(sense.resource in names for each in range(first, at) for sense, _ in spans.every(each, "noun"))
    return named and any(ends)


def _names_value(spans: Spans, at: int, kind: str) -> bool:
    token = spans.tokens[at]
    if token.kind in {"code", "id", "quote", "number", "url"} or (token.kind == "word" and token.text.isupper()):
        return kind != "verb" or token.kind == "quote"
    return kind != "noun" and (token.kind in {"email", "phone"} or (spans.capital(at) and not spans.title))


def only_led(spans: Spans, first: int, at: int) -> bool:
    """Does a stretch begin with a verb and name only what a preposition leads to?"""
    start = spans.skip(first, START)
    if not spans.every(start, "verb"):
        return False
    nouns = [each for each in range(start + 1, at) if spans.every(each, "noun")]
    return bool(nouns) and all(spans.is_at(each - 1, "glue", "prep", "where") for each in nouns)


def own_field(spans: Spans, first: int, at: int, joint: int) -> bool:
    """Is the noun behind the joint rather a field of what stands before ("customers …, balance over 100")?"""
    start = spans.skip(joint, ("filler",))
    left = {sense.resource for each in range(first, at) for sense, _ in spans.every(each, "noun")}
    nouns = spans.every(start, "noun")
    if nouns and any(
        sense.resource in left and end >= nouns[0][1]
        for kind in ("meaning", "event", "value")
        for sense, end in spans.every(start, kind)
    ):
        # "invoices created in January and paid in February"
        return nouns[0][0].resource not in left
    longest = max((end for sense, end in spans.every(start, "field") if sense.resource in left), default=0)
    return (
        bool(nouns)
        and longest >= nouns[0][1]
        and nouns[0][0].resource not in left
        and spans.is_at(longest, "compare") > 0
    )


def same_figures(spans: Spans, first: int, at: int, joint: int) -> bool:
    """ "refund count and refund total": two figures of one resource are one clause."""
    left = {
        sense.resource
        for each in range(first, at)
        for sense, _ in spans.every(each, "noun")
        if figure_noun(spans, sense.resource, sense.extra)
    }
    start = spans.skip(joint, ("filler",))
    return any(
        sense.resource in left and figure_noun(spans, sense.resource, sense.extra)
        for sense, _ in spans.every(start, "noun")
    )
