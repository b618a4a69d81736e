"""How many requests a selection takes: the least, and the most where it is known before asking."""

from __future__ import annotations

from flarite_nl.model.plan import Fetch, Selection

PAGE = 100


def estimate(selection: Selection) -> tuple[int, int | None]:
    """Least and most requests; most is None where only Stripe knows how many objects there are."""
    least, most = 0, 0
    unbounded = False
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
    single = fetch.call.endswith((".retrieve", ".retrieve_current"))
    if each is None:
        return 1, 1 if single or _bounded(fetch, selection) else None
    if each.values:
        count = len(each.values)
        return count, count if single or _bounded(fetch, selection) else None
    if each.selection is not None:
        low, high = estimate(each.selection)
        return (low, high) if each.embedded else (low + 1, None)
    return 0, None


def _bounded(fetch: Fetch, selection: Selection) -> bool:
    """A list that stops at its limit on the first page, since nothing is left to filter here."""
    pushed = set(fetch.params) | ({fetch.each.param} if fetch.each else set())
    here = [check for check in selection.checks if check.place.name not in pushed]
    natural = selection.order.place is None
    return selection.limit is not None and selection.limit <= PAGE and natural and not here and not selection.withins
