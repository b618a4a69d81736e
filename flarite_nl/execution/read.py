"""Carries out a ``Selection``: candidates from Stripe, judged here, in order, up to the limit."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from flarite_nl.errors import Ambiguous, ApiError, InvalidRequest, PlanError
from flarite_nl.execution.fold import fold, path_of
from flarite_nl.execution.judge import Judge, Test, reach
from flarite_nl.execution.oldest import oldest
from flarite_nl.execution.order import newest, sort_key
from flarite_nl.execution.pages import Trouble, complete_items, pages
from flarite_nl.execution.windows import windowed
from flarite_nl.execution.wire import PAGE, TooMany, Wire
from flarite_nl.model import codec
from flarite_nl.model.outcome import Row
from flarite_nl.model.plan import Check, Each, Fetch, Join, Place, Selection, Within, expansions, holds
from flarite_nl.model.values import Ref

FANOUT = 25
"""Requests that may stand for one filter, one an ID; beyond that all are read and judged here."""

ITSELF = Place("id", "id", "id")

Resolve = Callable[[Ref, str], tuple[tuple[str, ...], Mapping[str, Row]]]
"""The IDs that a reference to an earlier result means for a resource, and their objects where they are at hand."""


@dataclass(slots=True)
class Reader:
    """Reads selections of one plan; objects and IDs that were looked up once are kept."""

    wire: Wire
    zone: ZoneInfo
    resolve: Resolve
    trouble: Trouble = field(default_factory=Trouble)
    looked_up: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _objects: dict[str, Row] = field(default_factory=dict)
    _memo: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def rows(self, selection: Selection) -> Iterator[Row]:
        """The rows of a selection as the API would give them alone, in order.

        Raises:
            ApiError: where nothing could be read, or a partial answer would be wrong.
        """
        return (fold(row, selection.joins, selection.keep) for row in self.raw(selection, ordered=True))

    def raw(self, selection: Selection, *, ordered: bool) -> Iterator[Row]:
        """The same with what was expanded in place; ``ordered`` False where the order means nothing."""
        rows = self._passing(selection)
        if selection.order.place is not None:
            key = sort_key(selection.order, self._objects)
            rows = self._by_worth(rows, selection.order.place) if selection.order.place.type == "money" else rows
            if selection.limit is not None:
                return iter(heapq.nsmallest(selection.limit, rows, key=key))
            return iter(sorted(rows, key=key)) if ordered else rows
        if self._natural(selection):
            return islice(rows, selection.limit)
        if selection.limit is not None:
            return iter(heapq.nsmallest(selection.limit, rows, key=newest))
        return iter(sorted(rows, key=newest)) if ordered else rows

    def _by_worth(self, rows: Iterator[Row], place: Place) -> Iterator[Row]:
        """The rows as they are; where they are about to be sorted across currencies, that is noted."""
        found: set[str] = set()
        for row in rows:
            found.update(str(holder.get("currency")) for _, holder in reach(row, place, self._objects))
            yield row
        if len(found) > 1:
            currencies = ", ".join(sorted(found)).upper()
            self.trouble.notes.append(
                f"The {place.name} is in several currencies ({currencies}): sorted by number, not by worth."
            )

    @property
    def objects(self) -> Mapping[str, Row]:
        """Objects pointed to that were fetched on their own."""
        return self._objects

    # Judging

    def _passing(self, selection: Selection) -> Iterator[Row]:
        # What is needed to judge is found before the first page is asked for, so that nothing is read in vain.
        tests = self._tests(selection)
        bound = [within for within in selection.withins if within.bind]
        tests += [self._member(within) for within in selection.withins if not within.bind]
        rows = self._distinct(selection, tests)
        if bound:
            rows = iter(self._bound(list(rows), bound))
        return rows

    def _distinct(self, selection: Selection, tests: list[Test]) -> Iterator[Row]:
        """Candidates that pass every test; where several calls may bring the same object, once."""
        several = len(selection.fetches) > 1 or any(fetch.each for fetch in selection.fetches)
        seen: set[str] = set()
        for page in self._candidates(selection, tests):
            for row in page:
                if several:
                    if row["id"] in seen:
                        continue
                    seen.add(row["id"])
                yield row

    def _tests(self, selection: Selection) -> list[Test]:
        judge = Judge(self.zone, self._objects)
        tests: list[Test] = []
        for check in selection.checks:
            if isinstance(check.value, Ref):
                ids, _ = self.resolve(check.value, _target(selection.resource, check.place))
                op = {"eq": "in", "ne": "not_in"}.get(check.op)
                if op is None:
                    raise PlanError(f"An earlier result cannot be compared by {check.op!r}.")
                check = Check(check.place, op, ids)
            tests.append(judge.test(check))
        return tests

    def _member(self, within: Within) -> Test:
        ids = frozenset(self.ids(within.selection, within.pick))

        def test(row: Row) -> bool:
            return any(value in ids for value, _ in reach(row, within.place, self._objects)) is within.inside

        return test

    def _bound(self, rows: list[Row], withins: list[Within]) -> list[Row]:
        """Few candidates: ask for what belongs to each of them instead of for everything."""
        for within in withins:
            ids = tuple(dict.fromkeys(str(value) for row in rows for value, _ in reach(row, within.place, {})))
            selection = within.selection
            if len(ids) <= FANOUT and not any(fetch.each for fetch in selection.fetches):
                each = Each(str(within.bind), values=ids)
                fetches = tuple(replace(fetch, each=each, windowed=False) for fetch in selection.fetches)
                selection = replace(selection, fetches=fetches)
            test = self._member(replace(within, selection=selection)) if ids else None
            rows = [row for row in rows if test is not None and test(row)]
        return rows

    def ids(self, selection: Selection, pick: Place) -> tuple[str, ...]:
        """The IDs at ``pick`` of all that a selection finds; asked for once. Never partial."""
        key = codec.digest((selection, pick))
        if key not in self._memo:
            reader = replace(self, trouble=Trouble(strict=True))
            found: dict[str, None] = {}
            for row in reader.raw(selection, ordered=True):
                found.update((str(value), None) for value, _ in reach(row, pick, self._objects))
            self._memo[key] = tuple(found)
        return self._memo[key]

    # Candidates

    def _natural(self, selection: Selection) -> bool:
        """Whether rows come in Stripe's own order already: one list, read from its start."""
        if len(selection.fetches) != 1:
            return False
        fetch = selection.fetches[0]
        return fetch.call.endswith(".list") and fetch.each is None and not self._cuts(fetch, selection)

    def _cuts(self, fetch: Fetch, selection: Selection) -> bool:
        """Whether the list is read in windows: never where it may stop early."""
        stops = selection.limit is not None and selection.order.place is None
        return fetch.windowed and fetch.each is None and not stops and self.wire.workers > 1

    def _candidates(self, selection: Selection, tests: list[Test]) -> Iterator[list[Row]]:
        judged = self.trouble.read
        for fetch in selection.fetches:
            try:
                for page in self._fetch(fetch, selection, tests):
                    self._load(page, selection.joins)
                    judged = self.trouble.read
                    yield [row for row in page if all(test(row) for test in tests)]
            except (ApiError, TooMany) as problem:
                # What belongs to the last page could not be read: that page counts as not read.
                self.trouble.read = judged
                self.trouble.stop(problem, ordered=self._natural(selection))
                return

    def _fetch(self, fetch: Fetch, selection: Selection, tests: list[Test]) -> Iterator[list[Row]]:
        try:
            found = False
            for page in self._call(fetch, selection, tests):
                found = found or bool(page)
                yield page
            if not found and fetch.empty is not None:
                yield from self._fetch(fetch.empty, selection, tests)
        except InvalidRequest:
            if fetch.refused is None:
                raise
            yield from self._fetch(fetch.refused, selection, tests)

    def _call(self, fetch: Fetch, selection: Selection, tests: list[Test]) -> Iterator[list[Row]]:
        params = _expanded(fetch, selection.joins)
        if fetch.each is None:
            yield from self._one(fetch, params, selection)
            return
        if fetch.each.embedded:
            yield from self._embedded(fetch.each)
            return
        values, held = self._values(fetch.each, selection.resource)
        if fetch.call.endswith(".retrieve"):
            for page in self._retrieved(fetch.call, params, values, held):
                yield self._with_all_items(page, params, selection)
        elif len(values) > FANOUT and (fetch.each.selection or fetch.each.ref):
            yield from self._one(replace(fetch, each=None), params, selection)
        else:
            plain, param = replace(fetch, each=None), fetch.each.param

            def of(value: Any) -> list[list[Row]]:
                found = self._one(plain, {**params, param: value}, selection)
                return list(self._enough(found, selection, tests))

            for found in self._side_by_side(of, values):
                yield from found

    def _side_by_side(
        self, function: Callable[[Any], list[list[Row]]], values: Sequence[Any]
    ) -> Iterator[list[list[Row]]]:
        """The function of each value, in order; several at once where the wire takes several calls."""
        if self.wire.workers < 2 or len(values) < 2:
            yield from map(function, values)
            return
        with ThreadPoolExecutor(min(self.wire.workers, len(values))) as pool:
            yield from pool.map(function, values)

    def _enough(self, found: Iterator[list[Row]], selection: Selection, tests: list[Test]) -> Iterator[list[Row]]:
        """Of each value's list, no more than the limit can be needed, since each comes newest first."""
        if selection.limit is None or selection.order.place is not None or any(each.bind for each in selection.withins):
            yield from found
            return
        passed = 0
        for page in found:
            self._load(page, selection.joins)
            yield page
            passed += sum(1 for row in page if all(test(row) for test in tests))
            if passed >= selection.limit:
                return

    def _one(self, fetch: Fetch, params: Mapping[str, Any], selection: Selection) -> Iterator[list[Row]]:
        for page in self._paged(fetch, params, selection):
            yield self._with_all_items(page, params, selection)

    def _paged(self, fetch: Fetch, params: Mapping[str, Any], selection: Selection) -> Iterator[list[Row]]:
        """One call without repetition: a singleton, or a list to its end."""
        if fetch.single:
            self.trouble.read += 1
            yield [self.wire.call(fetch.call, params)]
        elif _from_the_end(fetch, params, selection):
            yield from oldest(self.wire, fetch.call, params, selection.limit or PAGE, self.trouble)
        elif self._cuts(fetch, selection):
            yield from windowed(self.wire, fetch.call, params, self.trouble)
        else:
            whole = selection.limit is None or selection.order.place is not None
            size = _size(params, selection)
            yield from pages(self.wire, fetch.call, params, self.trouble, size=size, whole=whole)

    def _with_all_items(self, page: list[Row], params: Mapping[str, Any], selection: Selection) -> list[Row]:
        """The page with the items that Stripe left out of long subscriptions, expanded as the others are."""
        inner = [join.path for join in selection.joins if join.resource == "subscriptions"]
        if inner or selection.resource == "subscriptions":
            tails = (str(path).partition("items.data.")[2] for path in params.get("expand", ()))
            expand = [tail for tail in tails if tail]
            for row in page:
                for each in (row, *(one for path in inner for one in path_of(row, path))):
                    complete_items(self.wire, each, expand)
        return page

    def _embedded(self, each: Each) -> Iterator[list[Row]]:
        """Objects that stand expanded in what another selection finds; deleted ones are no longer listed."""
        if each.selection is None or each.pick is None:
            raise PlanError("Nothing says where the objects stand.")
        path = each.pick.path
        for row in self.raw(each.selection, ordered=False):
            yield [one for one in path_of(row, path) if isinstance(one, Mapping) and not one.get("deleted")]

    def _values(self, each: Each, resource: str) -> tuple[tuple[Any, ...], Mapping[str, Row]]:
        if each.ref is not None:
            return self.resolve(each.ref, resource if each.param == "id" else _RESOURCES.get(each.param, each.param))
        if each.lookup is not None:
            return self.looked_up.get(each.lookup, ()), {}
        if each.selection is not None:
            ids = self.ids(each.selection, each.pick or ITSELF)
            if each.single and len(ids) > 1:
                raise Ambiguous(
                    f"{len(ids)} {each.selection.resource} fit: {', '.join(ids[:5])}. Say which one, by ID."
                )
            return ids, {}
        return each.values, {}

    def _retrieved(
        self, call: str, params: Mapping[str, Any], values: Iterable[str], held: Mapping[str, Row]
    ) -> Iterator[list[Row]]:
        """Objects by ID. One that does not exist fails alone; among several it is a problem of the answer."""
        values = tuple(values)
        for value in values:
            if value in held:
                yield [held[value]]
                continue
            try:
                row = self.wire.call(call, params, id=value)
            except InvalidRequest as problem:
                if len(values) == 1 or self.trouble.strict:
                    raise
                self.trouble.problems.append(problem.message)
                continue
            except ApiError as problem:
                self.trouble.stop(problem)
                return
            self.trouble.read += 1
            yield [row]

    # Objects pointed to

    def _load(self, page: list[Row], joins: Iterable[Join]) -> None:
        """Fetch the objects that joins cross and that were not expanded in place."""
        for join in sorted(joins, key=lambda each: each.path.count(".")):
            place = Place(join.path, "reference", join.path)
            wanted: dict[str, None] = {}
            for row in page:
                for value in path_of(row, join.path, self._objects):
                    if isinstance(value, str) and value not in self._objects:
                        wanted[value] = None
            self._get(join, list(wanted), place)

    def _get(self, join: Join, ids: list[str], place: Place) -> None:
        if join.resource == "products" and len(ids) > 1:
            for start in range(0, len(ids), PAGE):
                batch = tuple(ids[start : start + PAGE])
                found = self.wire.call("products.list", {"ids": batch, "limit": PAGE})
                self._objects.update({row["id"]: row for row in found["data"]})
            ids = [each for each in ids if each not in self._objects]
        for each in ids:
            try:
                self._objects[each] = self.wire.call(join.call, {}, id=each)
                complete_items(self.wire, self._objects[each], ())
            except InvalidRequest:
                self._objects[each] = {"id": each, "deleted": True}


def _expanded(fetch: Fetch, joins: Iterable[Join]) -> Mapping[str, Any]:
    """The parameters with ``expand`` for the joins that Stripe can expand."""
    expand = expansions(fetch, joins)
    return {**fetch.params, "expand": expand} if expand else dict(fetch.params)


def _from_the_end(fetch: Fetch, params: Mapping[str, Any], selection: Selection) -> bool:
    """Whether the oldest few of a list are wanted, and nothing is left to filter here."""
    place, limit = selection.order.place, selection.limit
    if place is None or place.path != "created" or selection.order.descending or limit is None or limit > PAGE:
        return False
    here = [check for check in selection.checks if not holds(params, check)]
    return fetch.windowed and not here and not selection.withins and len(selection.fetches) == 1


def _size(params: Mapping[str, Any], selection: Selection) -> int:
    """Objects a page: no more than the limit where nothing is left to filter here."""
    here = [check for check in selection.checks if not holds(params, check)]
    bound = any(within.bind for within in selection.withins)
    if selection.limit is None or selection.order.place is not None or here or bound or "query" in params:
        return PAGE
    return max(1, min(PAGE, selection.limit))


_RESOURCES: Mapping[str, str] = {
    "customer": "customers",
    "charge": "charges",
    "payment_intent": "payment_intents",
    "subscription": "subscriptions",
    "invoice": "invoices",
    "product": "products",
    "price": "prices",
    "coupon": "coupons",
    "payout": "payouts",
}
"""List parameters that hold IDs, and the resource these are of."""


def _target(resource: str, place: Place) -> str:
    last = place.name.rpartition(".")[2]
    return resource if last == "id" else _RESOURCES.get(last, last)
