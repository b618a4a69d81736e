"""The oldest few of a long list, which Stripe only lists newest first: found by halving time, not by reading it all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flarite_nl.execution.pages import Trouble, listed, pages
from flarite_nl.execution.wire import PAGE, Wire
from flarite_nl.model.outcome import Row

AHEAD = 4
"""Pages that are read plainly first: a short list ends there."""


def oldest(wire: Wire, call: str, params: Mapping[str, Any], count: int, trouble: Trouble) -> Iterator[list[Row]]:
    """Objects among which the ``count`` oldest are, ``count`` being a page at most.

    A short list is read whole. Of a long one, the moment is sought before which there are at least so many objects,
    and no more than a page: some twenty requests, however long the list is.
    """
    read: list[list[Row]] = []
    for page in pages(wire, call, params, trouble):
        read.append(page)
        if len(read) == AHEAD and trouble.more and page:
            break
    else:
        yield from read
        return
    bounds = dict(params.get("created") or {})
    few, many = int(bounds.get("gte", 0)), int(read[0][0]["created"]) + 1
    while many - few > 1:
        middle = (few + many) // 2
        answer = listed(wire, call, {**params, "created": {**bounds, "lt": middle}, "limit": PAGE})
        if answer.get("has_more"):
            many = middle
        elif len(answer["data"]) >= count:
            trouble.read += len(answer["data"])
            yield answer["data"]
            return
        else:
            few = middle
    # More than a page within one second: all before its end.
    yield from pages(wire, call, {**params, "created": {**bounds, "lt": many}}, trouble)
