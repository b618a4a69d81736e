"""How many requests the rest of a list takes: foretold from a few of its pages, before the list is read.

Stripe does not say how long a list is. It does say what was created before a moment, so a page taken here and there
tells how dense the list is at that time, and whether anything is older.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flarite_nl.execution.wire import PAGE, Wire
from flarite_nl.model.outcome import Row

LOOKS = 12
"""Pages that are taken at most to foretell how many there are."""


DAY = 86_400

LATER = 10
"""Pages after which the length of a list is foretold: short ones cost nothing more."""


NEAR = 8
"""Where the list begins is known well enough once only this part of its length is in doubt."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many objects between two moments, newest first: what was read of a list."""

    newest: int
    oldest: int
    count: int

    @property
    def density(self) -> float:
        """Objects a second."""
        return self.count / max(1, self.newest - self.oldest)


def stretch(rows: Sequence[Row]) -> Stretch | None:
    """What these rows tell; None where there are none, or they have no date of creation."""
    if not rows or "created" not in rows[-1]:
        return None
    return Stretch(int(rows[0]["created"]), int(rows[-1]["created"]), len(rows))


@dataclass(slots=True)
class Ahead:
    """Looks ahead while a list is read, where its reader may make so many requests only.

    ``whole`` says that all of it will be read: then what is foretold is announced, so that a person is asked before.
    Else reading may stop early, and it is only kept in mind.
    """

    wire: Wire
    call: str
    params: Mapping[str, Any]
    whole: bool
    _read: Stretch | None = None
    _pages: int = 0
    _halfway: int = 0

    def begin(self, page: Row) -> None:
        """The first page was read: a list with a known start that seems too long is announced at once."""
        left, read = self.wire.left, stretch(page["data"])
        if not self._goes_on(page) or read is None:
            return
        self._halfway = left // 2 if left is not None else 0
        requests = known(self.params, read)
        if self.whole and requests is not None:
            self.wire.foresee(requests, self._what)
            if left is not None and requests > left:
                self.announce(read)

    def go_on(self, page: Row) -> None:
        """Another page was read and given, and more are to come."""
        if not self._goes_on(page) or self._halfway < LATER:
            return
        self._pages += 1
        read = stretch(page["data"])
        if read is not None:
            before = self._read or Stretch(read.newest, read.newest, 0)
            self._read = Stretch(before.newest, read.oldest, before.count + read.count)
        if self._read is None:
            return
        if self.whole and self._pages == LATER:
            self.announce(self._read)
        elif not self.whole and self._pages == self._halfway:
            requests = self._foreseen(self._read)
            if requests is not None:
                self.wire.foresee(requests, self._what)

    def announce(self, read: Stretch) -> None:
        """Announce what the rest takes, unless it is clearly little.

        Raises:
            TooMany: where the caller does not want it.
        """
        left = self.wire.left
        requests = known(self.params, read)
        if left is None or (requests is not None and requests <= left // 2):
            return
        if left > LATER:
            requests = self._foreseen(read)
        if requests is not None:
            self.wire.announce(requests, self._what)

    def _foreseen(self, read: Stretch) -> int | None:
        return foreseen(self.wire, self.call, self.params, read, max(1, (self.wire.left or 0) // 4))

    def _goes_on(self, page: Row) -> bool:
        return self.call.endswith(".list") and bool(page.get("has_more"))

    @property
    def _what(self) -> str:
        name = self.call.removesuffix(".list").replace("_", " ").replace(".", " ")
        return f"Reading all {name}{' of the period' if self.params.get('created') else ''}"


def known(params: Mapping[str, Any], read: Stretch) -> int | None:
    """Requests for the rest by the density of what was read; None for a list without a known start."""
    bounds = params.get("created")
    if not isinstance(bounds, Mapping) or "gte" not in bounds:
        return None
    return int((read.oldest - bounds["gte"]) * read.density / PAGE)


def foreseen(wire: Wire, call: str, params: Mapping[str, Any], read: Stretch, few: int) -> int | None:
    """Requests for the rest of a list, about; None where these are ``few`` at most.

    Looks at a page before each of ever earlier moments, the first of them where ``few`` more pages seem to end.
    Between two of them the density is taken to be the geometric mean of theirs, since it may differ by orders of
    magnitude. Costs ``LOOKS`` requests at most.
    """
    bounds = dict(params.get("created") or {})
    floor, end, density = int(bounds.get("gte", 0)), read.oldest, read.density
    span, nothing, total = max(DAY, int(few * PAGE / density)), floor, 0.0
    for look in range(LOOKS):
        start = end - span if nothing == floor else (end + nothing) // 2
        near = nothing > floor and (end - nothing) * NEAR <= read.newest - end
        if start <= nothing or near:
            break
        page = wire.call(call, {**params, "created": {**bounds, "lt": start}, "limit": PAGE})
        sample = stretch(page.get("data") or [])
        if sample is None:
            if look == 0:
                return None
            nothing = start
            continue
        if not page.get("has_more"):
            return _pages(total + math.sqrt(density * sample.density) * (end - start) + sample.count)
        total += math.sqrt(density * sample.density) * (end - start)
        # What a page spans is known; a quiet time before the moment counts as well.
        density = sample.count / max(1, start - sample.oldest)
        end, span = start, span * 2
    if nothing == 0:
        nothing = end  # it goes on beyond all that was looked at
    # Up to a known start the list goes on as it is; towards an unknown one it ends somewhere on the way.
    rest = density * (end - nothing)
    return None if total == 0 else _pages(total + (rest if nothing == floor else rest / 2))


def _pages(objects: float) -> int:
    return max(1, round(objects / PAGE))
