"""One list or search, page by page: cursors, duplicates, lost cursors, what went wrong on the way."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flarite_nl.errors import ApiError, InvalidRequest, Unreachable
from flarite_nl.execution.foresee import Ahead
from flarite_nl.execution.wire import PAGE, TooMany, Wire
from flarite_nl.model.outcome import Row

RECENT = 1000
"""IDs that are remembered to drop duplicates, so that memory stays constant."""


@dataclass(slots=True)
class Trouble:
    """What made an answer partial, and whether more follows the page just given.

    ``strict`` raises instead: where a partial answer would be a wrong one. ``notes`` are what a person should know
    of an answer that is whole.
    """

    strict: bool = False
    error: ApiError | TooMany | None = None
    read: int = 0
    more: bool = False
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def stop(self, problem: ApiError | TooMany, *, ordered: bool = True) -> None:
        """Remember that reading stopped short, or raise; ``ordered`` where what was read is what comes first."""
        if self.strict or self.read == 0:
            raise problem
        self.error = self.error or problem
        read = f"the first {self.read}" if ordered else f"{self.read}"
        self.problems.append(f"Only {read} objects were read: {problem.message}")


def pages(
    wire: Wire,
    call: str,
    params: Mapping[str, Any],
    trouble: Trouble,
    *,
    size: int = PAGE,
    whole: bool = False,
    after: Iterable[str] = (),
    of: str | None = None,
) -> Iterator[list[Row]]:
    """Pages of a list or search until the last one, in Stripe's order, each object once.

    ``whole`` says that all of it will be read: where its length can be foreseen, it is announced first. A search is
    paged with ``page``, a list with ``starting_after``; ``after`` are the last IDs of what was read of it before,
    ``of`` the ID of the object that the list belongs to.
    Where reading stops short, ``trouble`` says so.
    """
    searching = call.endswith(".search")
    cursors: deque[str] = deque(after, maxlen=3)
    recent: deque[str] = deque(maxlen=RECENT)
    seen: set[str] = set()
    token: str | None = None
    ahead = Ahead(wire, call, params, whole=whole)
    while True:
        asked: dict[str, Any] = {**params, "limit": size}
        if searching and token:
            asked["page"] = token
        elif cursors:
            asked["starting_after"] = cursors[-1]
        try:
            page = listed(wire, call, asked, of)
            if not cursors:
                ahead.begin(page)
        except (ApiError, TooMany) as problem:
            if _lost(problem) and len(cursors) > 1:
                cursors.pop()  # the object was deleted meanwhile: go on from the one before it
                continue
            trouble.stop(problem)
            return
        fresh = _fresh(page["data"], recent, seen)
        trouble.read += len(fresh)
        trouble.more = bool(page.get("has_more"))
        yield fresh
        token = page.get("next_page")
        if not page.get("has_more") or not page["data"] or (searching and not token):
            return
        try:
            ahead.go_on(page)
        except (ApiError, TooMany) as problem:
            trouble.stop(problem)
            return
        cursors.extend(row["id"] for row in page["data"][-3:])


def listed(wire: Wire, call: str, params: Mapping[str, Any], of: str | None = None) -> Row:
    """One page.

    Raises:
        Unreachable: what answered is no list of objects, so it is not Stripe.
    """
    page = wire.call(call, params, id=of) if of is not None else wire.call(call, params)
    if not isinstance(page.get("data"), list):
        raise Unreachable("What answered is no list of objects: this is not Stripe.")
    return page


def complete_items(wire: Wire, subscription: Any, expand: Iterable[str]) -> None:
    """Put all items into a subscription, in place: Stripe shows the first ten, and ``has_more``.

    ``expand`` are the properties of an item that the rest is to be expanded by, as the first ten were.
    """
    held = subscription.get("items") if isinstance(subscription, Mapping) else None
    if not isinstance(held, Mapping) or not held.get("has_more"):
        return
    params: dict[str, Any] = {"subscription": subscription["id"]}
    paths = tuple(f"data.{path}" for path in expand)
    found = pages(wire, "subscription_items.list", {**params, "expand": paths} if paths else params, Trouble(True))
    subscription["items"] = {**held, "data": [item for page in found for item in page], "has_more": False}


def _lost(problem: Exception) -> bool:
    return isinstance(problem, InvalidRequest) and problem.param == "starting_after"


def _fresh(data: list[Row], recent: deque[str], seen: set[str]) -> list[Row]:
    """The rows that were not among the last ones: pages shift while objects come and go."""
    fresh: list[Row] = []
    for row in data:
        if row["id"] in seen:
            continue
        fresh.append(row)
        if len(recent) == RECENT:
            seen.discard(recent[0])
        recent.append(row["id"])
        seen.add(row["id"])
    return fresh
