"""Modifiers that two nouns share: "payments and refunds since Monday", "kim@…'s subscriptions and invoices"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flarite_nl.model.parse import Filter, Intent
from flarite_nl.parsing.compose import intents_of
from flarite_nl.parsing.reading import OWNERS, Reading


def share(readings: Sequence[tuple[str, Reading, int]], intents: list[Intent]) -> None:
    """Add to joined requests what was said of them together.

    ``readings`` are (how the clause opened, its reading, the number of its first intent), in order. What stands
    behind the last of several bare nouns belongs to them all; what stands before the first too.
    """
    for place in range(len(readings) - 1, 0, -1):
        opening, later, _ = readings[place]
        _, earlier, number = readings[place - 1]
        shared = opening == "noun" or (opening == "question" and _bare_figure(earlier))
        if shared and _parallel(earlier, later):
            periods = [each for each in later.filters if each.field == later.resource.time]
            _copy(periods, later, earlier, number, intents, earlier.head_at + 1)
        if shared and _reads(earlier, later) and _bare_end(earlier):
            _copy(
                [each for each in later.filters if later.where.get(each, -1) > later.head_at],
                later,
                earlier,
                number,
                intents,
                earlier.head_at + 1,
            )
            _regroup(earlier, later, number, intents)
    for place in range(1, len(readings)):
        opening, later, number = readings[place]
        _, earlier, _before = readings[place - 1]
        if opening in {"noun", "question"} and (period := _fronted(earlier)) and _reads(earlier, later):
            _copy([period], earlier, later, number, intents, later.first)
            later.marks.add("fronted")
        if opening == "noun" and _reads(earlier, later):
            _copy(
                [each for each in earlier.filters if earlier.where.get(each, 99) < earlier.head_at],
                earlier,
                later,
                number,
                intents,
                later.head_at - 1,
            )
            grouped = earlier.group_by not in ([], later.group_by)
            if earlier.functions and not later.functions and "led figure" in earlier.marks and not grouped:
                later.functions = [[earlier.functions[0][0], None]]
                later.marks.add("led figure")
                intents[number] = intents_of(later)[0]
        if opening == "verb" and later.operation is not None and earlier.operation is not None and _leads(earlier):
            owners = [each for each in earlier.filters if each.field in OWNERS]
            _copy(owners, earlier, later, number, intents, later.head_at)


def _regroup(earlier: Reading, later: Reading, number: int, intents: list[Intent]) -> None:
    """ "total refunds and total disputes in 2025, by currency": groups of both, where both have the field."""
    if not later.group_by or len(earlier.functions) > 1 or later.having is not None or later.sort:
        return
    bare = not (earlier.functions or later.functions or earlier.sort or earlier.limit or earlier.fields)
    if not (bare or (earlier.functions and (later.functions or "led figure" in earlier.marks))):
        return
    if any(each.split(":")[0] not in earlier.resource.fields for each in later.group_by):
        return
    earlier.group_by = list(later.group_by)
    intents[number] = replace(intents[number], action="aggregate", aggregate=intents_of(earlier)[0].aggregate)


def _reads(earlier: Reading, later: Reading) -> bool:
    return earlier.operation is None and later.operation is None


def _fronted(r: Reading) -> Filter | None:
    """ "In January, [how much did we make and how much did we refund]": the period set off in front is of all."""
    spans = r.spans
    start = spans.skip(r.first, ("filler", "comma"), r.end)
    for each, at in r.where.items():
        if each.op != "during" or each not in r.filters or each.field != r.resource.time:
            continue
        if "fronted" in r.marks and at == r.first:
            return each
        span = spans.times.get(start)
        if at == start and span is not None and spans.furthest(span.last + 1, ("comma", "question")):
            return each
    return None


def _parallel(earlier: Reading, later: Reading) -> bool:
    """ "disputes won and disputes lost in 2024": things described alike, and only the last with a period."""
    if earlier.resource is not later.resource or not _reads(earlier, later):
        return False
    described = [{each.field for each in r.filters if r.where.get(each, -1) > r.head_at >= 0} for r in (earlier, later)]
    # "invoices paid": there the period would be that of the payment.
    dated = any(each.rule.startswith("meaning") for each in earlier.evidence)
    return bool(described[0]) and described[0] | {later.resource.time} == described[1] and not dated


def _bare_end(r: Reading) -> bool:
    """Does the clause end with its noun, or with the figure that stands for it ("total charge amount")?"""
    named = r.head_at >= 0 or bool(r.functions)
    return named and not any(place > r.head_at for place in r.where.values()) and not r.group_by


def _bare_figure(r: Reading) -> bool:
    """ "how many refunds [and how many disputes last week]": does the clause say nothing but what is counted?"""
    noun = r.scopes[0].noun
    return bool(r.functions) and not r.filters and noun is not None and _ends_with_noun(r)


def _ends_with_noun(r: Reading) -> bool:
    return any(r.spans.skip(end, ("comma",), r.end) >= r.end for _, end in r.spans.every(r.head_at, "noun"))


def _leads(r: Reading) -> bool:
    """ "cus_1: cancel the subscription and refund …": the owner stands before the first order."""
    return r.first in r.where.values() and r.spans.tokens[r.first].kind in {"id", "email"}


def _copy(
    filters: Sequence[Filter], source: Reading, target: Reading, number: int, intents: list[Intent], at: int
) -> None:
    """Add the filters to the target's, as if they stood at ``at``: so they go on to the next in the row."""
    said = {each.field for each in target.filters}
    for each in filters:
        moved = _moved(each, source, target)
        owned = moved is not None and moved.field in OWNERS and said & OWNERS
        if moved is None or moved.field in said or owned or target.own_id:
            continue
        target.filters.append(moved)
        target.where[moved] = at
        for each_at in range(number, number + max(2 if target.both_ends else 1, len(target.functions))):
            if each_at < len(intents) and intents[each_at].resource == target.resource.name:
                intents[each_at] = replace(intents[each_at], filters=(*intents[each_at].filters, moved))


def _moved(each: Filter, source: Reading, target: Reading) -> Filter | None:
    """The same condition on the other resource: a period on its date, an owner, an object that both belong to."""
    if each.field == source.resource.time and target.resource.time:
        return Filter(target.resource.time, each.op, each.value)
    if each.field == source.resource.amount and target.resource.amount:
        return Filter(target.resource.amount, each.op, each.value)
    if each.field in OWNERS:
        return each if "customer" in target.resource.fields else None
    spec = source.resource.fields.get(each.field)
    if spec is not None and spec.type == "reference" and each.field in target.resource.fields:
        return each
    return None
