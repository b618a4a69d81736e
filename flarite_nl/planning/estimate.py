"""How many requests a selection takes: the least, and the most where it is known before asking."""

from __future__ import annotations

from flarite_nl.model.plan import Fetch, Selection, holds

PAGE = 100


def estimate(selection: Selection) -> tuple[int, int | None]:
    """Least and most requests; most is None where only Stripe knows how many objects there are."""
    least, most = 0, 0
    # Objects that cannot be expanded in place are asked for besides, once each.
    unbounded = any(not join.expand for join in selection.joins)
    for within in selection.withins:
        if not any(fetch.each and fetch.each.selection == within.selection for fetch in selection.fetches):
            low, high = estimate(within.selection)
            least, most, unbounded = least + low, most + (high or 0), unbounded or high is None
    for fetch in selection.fetches:
        low, high = _fetch(fetch, selection)
        least, most, unbounded = least + low, most + (high or 0), unbounded or high is None
    return least, None if unbounded else most


def _fetch(fetch: Fetch, selection: Selection) -> tuple[int, int | None]:
    each = fetch.each
    bounded = fetch.single or _bounded(fetch, selection)
    if each is None:
        return 1, 1 if bounded else None
    if each.values:
        count = len(each.values)
        return count, count if bounded else None
    if each.selection is not None:
        low, high = estimate(each.selection)
        return (low, high) if each.embedded else (low + 1, None)
    return 0, None


def _bounded(fetch: Fetch, selection: Selection) -> bool:
    """A list that stops at its limit on the first page, since nothing is left to filter here."""
    params = {**fetch.params, **({fetch.each.param: fetch.each} if fetch.each else {})}
    here = [check for check in selection.checks if not holds(params, check)]
    natural = selection.order.place is None
    listed = fetch.call.endswith(".list")
    within = selection.limit is not None and selection.limit <= PAGE
    return listed and within and natural and not here and not selection.withins
