"""Orders without a verb: "full refund for ch_1", "2 x price_1 payment link", "I need a 20% off coupon"."""

from __future__ import annotations

from flarite_nl.parsing.orders import FEW, LEADING, Order, code_like
from flarite_nl.parsing.spans import Spans


def noun_orders_of(spans: Spans, first: int, end: int) -> list[Order]:
    """ "full refund for ch_1", "2 x price_1 payment link", "I need a 20% off coupon …": nouns that may be orders."""
    if "noun" not in spans.places and "orders" not in spans.places:
        return []
    at = first
    wished = False
    while at < end:
        step = spans.furthest(at, LEADING)
        if not step:
            break
        if spans.is_at(at, "causative") and spans.is_at(step, "subject"):
            # "have we got a product called …" asks.
            return []
        wished = bool(spans.is_at(at, "causative")) or (wished and not spans.is_at(at, "read"))
        if wished and spans.is_at(at, "indefinite"):
            break
        at = step
    found = [
        Order(sense.resource, sense.key, {at: stop}, True, False, at)
        for sense, stop in spans.every(at, "orders")
        if stop <= end
    ]
    found += _made(spans, first, end)
    if found:
        return found
    if spans.holds("definite", first, at + 1):
        # "The customer wrote …": of a thing that is known none is made.
        return []
    definite = not (wished and spans.is_at(at, "indefinite"))
    for place in spans.spots("noun", first, min(end, at + FEW)):
        for sense, stop in spans.every(place, "noun"):
            if (
                stop <= end
                and sense.extra == 0
                and sense.key == "one"
                and _creatable(spans, sense.resource)
                and _described(spans, at, place)
            ):
                found.append(Order(sense.resource, "create", {}, definite, True, at))
        if found:
            return found
    return found


def _creatable(spans: Spans, resource: str) -> bool:
    operation = spans.grammar.resources[resource].operations.get("create")
    return operation is not None and bool(operation.verbs)


_BEFORE_NOUN = (
    "filler", "pvalue", "times_sign", "order", "fraction", "whole", "measure", "indefinite", "value", "meaning",
    "recipient",
)  # fmt: skip


def _described(spans: Spans, first: int, noun: int) -> bool:
    """Do only figures, IDs and words that describe it stand before the noun of an order without a verb?"""
    at = first
    while at < noun:
        if (
            spans.tokens[at].kind in {"number", "money", "percent", "id", "code"}
            or code_like(spans, at)
            or at in spans.times
        ):
            at = spans.times[at].last + 1 if at in spans.times else at + 1
            continue
        kinds = spans.kinds[at]
        step = max([stop for kind in _BEFORE_NOUN if kind in kinds for _, stop in spans.every(at, kind)], default=0)
        if not step:
            return False
        at = step
    return True


def _made(spans: Spans, first: int, end: int) -> list[Order]:
    """ "$20 refund on ch_1": an amount before the noun of what an order makes."""
    found: list[Order] = []
    if "money" not in spans.types and "percent" not in spans.types:
        return found
    for at in spans.spots("noun", first + 1, min(end, first + FEW)):
        if spans.tokens[at - 1].kind not in {"money", "percent"}:
            continue
        for sense, stop in spans.every(at, "noun"):
            if sense.key != "one":
                continue
            for resource in spans.grammar.resources.values():
                for operation in resource.operations.values():
                    if operation.makes == sense.resource:
                        found.append(Order(resource.name, operation.name, {at: stop}, False, False, first))
    return found
