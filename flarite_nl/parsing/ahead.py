"""Pass 3, adjectives that belong to a noun behind them rather than to the head: "with active subscriptions"."""

from __future__ import annotations

from flarite_nl.parsing import references
from flarite_nl.parsing.reading import Reading, Scope


def for_noun_ahead(r: Reading, at: int, end: int, resource: str) -> bool:
    """Does an adjective stand before a noun of that resource, which the head has or belongs to?"""
    if r.head_at < 0 and not references.owners_ahead(r, end, resource):
        return False
    limit = min(r.end, end + 4)
    if not any(directly_ahead(r, place, resource) for place in r.spans.spots("noun", end, limit)):
        return False
    step = end
    while step < limit:
        if any(sense.resource == resource for sense, _ in r.spans.every(step, "noun")):
            return True
        following = max(
            (
                stop
                for stop, entry in r.spans.entries[step]
                if any(
                    key in entry
                    for key in (
                        ("meaning", resource),
                        ("value", resource),
                        ("filler", ""),
                        ("or", ""),
                        ("and", ""),
                        ("comma", ""),
                    )
                )
            ),
            default=0,
        )
        if not following:
            return False
        step = following
    return False


def push_ahead(r: Reading, at: int, resource: str) -> Scope | None:
    path = r.path_to(resource)
    if path is None:
        return None
    r.marks.discard("with")
    return r.push(r.spans.grammar.resources[resource], path[0], path[1], None, at)


def directly_ahead(r: Reading, end: int, resource: str) -> bool:
    return any(sense.resource == resource for sense, _ in r.spans.every(end, "noun"))
