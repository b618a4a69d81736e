"""Filters → ``Selection``: for each filter the cheapest correct way (ARCHITECTURE.md, "Planning")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from flarite_nl.errors import PlanError
from flarite_nl.grammar.schema import Grammar, Resource
from flarite_nl.model.parse import Filter, Sort
from flarite_nl.model.plan import Check, Each, Fetch, Join, Order, Place, Selection, Within
from flarite_nl.model.values import Ref
from flarite_nl.planning.paths import Paths
from flarite_nl.planning.pushdown import NEGATIVE, SWITCHES, Pushed, push, whole
from flarite_nl.planning.search import Query, query

SMALL = frozenset({"products", "prices", "coupons", "promotion_codes"})
"""Catalogues: a list of all of them is a page or two."""

ENDINGS = frozenset({"status", "canceled_at", "ended_at"})
"""Fields of a subscription that speak of canceled ones, which a list leaves out (STRIPE.md 8)."""


LAG = 86_400
"""Seconds within which search may not know an object yet: an hour in an outage, and a good deal more to be sure."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to plan. ``written`` are resources that this process wrote to just now: search must not be asked for them.

    ``fanout`` is the greatest number of requests that may stand for one filter, one a value.
    """

    search: bool = True
    written: frozenset[str] = frozenset()
    fanout: int = 25


@dataclass(slots=True)
class Draft:
    """The filters of one selection, sorted by what they are about."""

    resource: Resource
    direct: list[Filter] = field(default_factory=list)
    dotted: dict[str, list[Filter]] = field(default_factory=dict)
    related: dict[str, list[Filter]] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    withins: list[Within] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    search: str = ""


class Selector:
    """Plans selections; ``fresh`` ones (targets of writes) never ask search alone."""

    def __init__(
        self, grammar: Grammar, zone: ZoneInfo, now: datetime, options: Options, *, fresh: bool = False
    ) -> None:
        self.paths = Paths(grammar)
        self._zone = zone
        self._now = now
        self._options = options
        self._fresh = fresh

    def select(
        self,
        resource: str,
        filters: Sequence[Filter],
        *,
        sort: Sort | None = None,
        limit: int | None = None,
        needs: Sequence[Place] = (),
        keep: Sequence[str] = (),
        mentions: Sequence[str] = (),
    ) -> Selection:
        """One selection with everything it takes.

        ``needs`` are places that will be read besides (groups, figures), ``keep`` columns asked for,
        ``mentions`` the fields that these speak of.

        Raises:
            PlanError: where a filter, sort or column cannot be had from Stripe.
        """
        draft = self._draft(resource, filters)
        order = self._order(resource, sort)
        self._through(draft)
        fetches = self._fetches(draft, [*mentions, *([sort.field] if sort else [])])
        shown = [self.paths.place(resource, name) for name in keep if "." in name or name in draft.resource.fields]
        places = [check.place for check in draft.checks] + [within.place for within in draft.withins]
        places += [*needs, *shown] + ([order.place] if order.place else [])
        joins = {join.path: join for place in places for join in place.joins}
        kept = {join.path for place in shown for join in place.joins}
        return Selection(
            resource, tuple(fetches), tuple(draft.checks), tuple(draft.withins), order, limit,
            joins=tuple(joins[path] for path in sorted(joins)),
            keep=tuple(sorted(kept)),
            named=self._named(draft.direct),
            reasons=tuple(draft.reasons),
            search=draft.search,
        )  # fmt: skip

    # Sorting the filters

    def _draft(self, resource: str, filters: Sequence[Filter]) -> Draft:
        draft = Draft(self.paths.resource(resource))
        for given in filters:
            each = replace(given, field=self.paths.canonical(resource, given.field))
            relation = each.field.split(".")[0]
            split = self.paths.split(resource, each.field)
            if relation in draft.resource.relations and relation not in draft.resource.fields:
                draft.related.setdefault(relation, []).append(each)
            elif split is not None:
                draft.dotted.setdefault(split.reference.name, []).append(each)
            else:
                plain = each.field.removesuffix(".id") if each.field.endswith(".id") else each.field
                draft.direct.append(replace(each, field=plain))
        for each in draft.direct:
            known = draft.resource.fields.get(each.field)
            if known is None or known.path:
                draft.checks.append(Check(self.paths.place(resource, each.field), each.op, each.value))
        return draft

    def _order(self, resource: str, sort: Sort | None) -> Order:
        if sort is None or (sort.field == "created" and sort.order == "desc"):
            return Order()
        return Order(self.paths.place(resource, sort.field), sort.order == "desc")

    def _named(self, direct: Sequence[Filter]) -> tuple[str, ...]:
        for each in direct:
            if each.field == "id" and each.op in ("eq", "in"):
                values = each.value if isinstance(each.value, tuple) else (each.value,)
                return tuple(value for value in values if isinstance(value, str))
        return ()

    # Dotted fields: expand, or look up first

    def _through(self, draft: Draft) -> None:
        """Filters on objects pointed to: judged on the expanded object, but for those that a lookup will serve."""
        for reference, group in list(draft.dotted.items()):
            if self._narrow(draft.resource.name, draft.direct):
                looked_up: list[Filter] = []
            else:
                looked_up = [each for each in group if self._looks_up(draft.resource, reference, each, group)]
            draft.dotted[reference] = looked_up
            for each in group:
                if each not in looked_up:
                    draft.checks.append(Check(self.paths.place(draft.resource.name, each.field), each.op, each.value))

    def _looks_up(self, resource: Resource, reference: str, each: Filter, group: Sequence[Filter]) -> bool:
        """Whether to find the objects pointed to first."""
        known = resource.fields[reference]
        if each.op in NEGATIVE or (each.op == "exists" and each.value is False) or known.to is None:
            return False  # what points to nothing passes as well
        if "[]" in known.path:
            joins = self.paths.place(resource.name, each.field).joins
            return any(not join.expand for join in joins)
        if self._fresh and known.to == "customers":
            return True  # a write must know whether one customer is meant, or several
        behind = [replace(one, field=one.field[len(reference) + 1 :]) for one in group]
        return self._narrow(known.to, behind)

    def _narrow(self, resource: str, filters: Sequence[Filter]) -> bool:
        """Whether a list or search of this resource brings few objects for these filters."""
        known = self.paths.resource(resource)
        if resource in SMALL and filters:
            return True
        for given in filters:
            field_name = self.paths.canonical(resource, given.field)
            if given.op not in ("eq", "in") and not self._searched(known, [given]):
                continue
            split = self.paths.split(resource, field_name)
            to = split.reference.to if split is not None and split.reference.list else None
            if split is not None and to is not None and self._narrow(to, [replace(given, field=split.rest)]):
                return True
            target = known.fields.get(field_name)
            if target and (target.type in ("id", "email") or (target.to and target.list)):
                return True
            if self._searched(known, [given]):
                return True
        return False

    def _searched(self, resource: Resource, filters: Sequence[Filter]) -> bool:
        if not self._searchable(resource) or self._fresh:
            return False
        made = query(resource, filters, self._zone)
        return made is not None and made.identifying

    def _searchable(self, resource: Resource) -> bool:
        allowed = self._options.search and resource.name not in self._options.written
        return allowed and "search" in resource.operations

    # The calls

    def _fetches(self, draft: Draft, mentions: Sequence[str]) -> list[Fetch]:
        by_id = self._by_id(draft)
        if by_id is not None:
            draft.search = "not used: objects are asked for by their IDs"
            self._relate(draft, driving=None, few=True)
            self._lookups(draft, None)
            return [by_id]
        pushed = push(draft.resource, draft.direct, self._zone, self._options.fanout)
        pushed = self._lookups(draft, pushed) or pushed
        if draft.resource.name == "subscriptions":
            pushed = self._endings(draft, pushed, mentions)
        few = pushed.narrow or self._emails(draft)
        driven = self._relate(draft, driving=None if few else pushed, few=few)
        if driven is not None:
            return [driven]
        return self._listed(draft, pushed)

    def _by_id(self, draft: Draft) -> Fetch | None:
        """Objects named by their own ID, or found earlier, are retrieved and then judged."""
        get, operations = draft.resource.operations.get("get"), draft.resource.operations
        for each in draft.direct:
            if each.field != "id" or each.op not in ("eq", "in") or get is None:
                continue
            if isinstance(each.value, Ref):
                return Fetch(get.call, each=Each("id", ref=each.value))
            values = each.value if isinstance(each.value, tuple) else (each.value,)
            listed = draft.resource.fields["id"].list
            if listed and 1 < len(values) <= 100:
                return Fetch(operations["list"].call, {listed: values})
            return Fetch(get.call, each=Each("id", values=values))
        return None

    def _listed(self, draft: Draft, pushed: Pushed) -> list[Fetch]:
        """A list; or a search, where a list would read everything to find a few."""
        resource = draft.resource
        operation = resource.operations.get("list")
        if operation is None:
            raise PlanError(f"Stripe has no list of {resource.name}.")
        windowed = resource.time == "created" and "created" in resource.fields
        listed = Fetch(operation.call, pushed.params, pushed.each, windowed=windowed and pushed.each is None)
        found = query(resource, draft.direct, self._zone)
        draft.search = self._unsearched(draft, pushed, found)
        if pushed.narrow or found is None or not found.identifying:
            self._explain(draft, pushed)
            return [listed]
        if not self._searchable(resource):
            draft.reasons.append(f"a list cannot filter {_fields(found.used)}: all are read")
            return [listed]
        return self._searching(draft, listed, found)

    def _searching(self, draft: Draft, listed: Fetch, found: Query) -> list[Fetch]:
        """A search, with the lists that make up for its lag."""
        typed = next((each for each in draft.direct if each.field == "email" and each.op == "eq"), None)
        exact = replace(listed, params={**listed.params, "email": typed.value}, windowed=False) if typed else None
        operations = draft.resource.operations
        searched = Fetch(operations["search"].call, {"query": found.text}, refused=listed)
        draft.search = f"used: a list cannot filter {_fields(found.used)}; search can, up to a minute late"
        if not self._fresh:
            return [replace(searched, empty=exact)]
        recent = {**listed.params, "created": {"gte": int(self._now.timestamp()) - LAG}}
        draft.reasons.append("search may lag, so the list is asked as well for what is new")
        return [exact or replace(listed, params=recent, windowed=False), searched]

    def _unsearched(self, draft: Draft, pushed: Pushed, found: Query | None) -> str:
        """Why search is not asked, where it is not."""
        name = draft.resource.name
        if "search" not in draft.resource.operations:
            return f"not used: Stripe has none for {name}"
        if not draft.checks and not draft.withins:
            return "not used: nothing is filtered"
        left = [check for check in draft.checks if check.place.name not in {each.field for each in pushed.used}]
        if not left:
            return f"not used: the list is enough{', with what belongs to each' if draft.related else ''}"
        if pushed.narrow:
            return f"not used: the list is narrow already ({', '.join(_narrowing(pushed))})"
        names = ", ".join(sorted({check.place.name for check in left}))
        if found is None:
            return f"not used: it cannot be asked for {names} so that nothing is missed"
        if not found.identifying:
            return f"not used: {names} would leave too many objects to be worth its lag"
        if not self._options.search:
            return "not used: it is turned off"
        return f"not used: {name} were just written to, and search lags"

    def _explain(self, draft: Draft, pushed: Pushed) -> None:
        here = [check for check in draft.checks if check.place.name not in {each.field for each in pushed.used}]
        if here and not pushed.narrow:
            names = ", ".join(sorted({check.place.name for check in here}))
            draft.reasons.append(f"Stripe's list cannot filter {names}: page by page, filtered here")

    def _endings(self, draft: Draft, pushed: Pushed, mentions: Sequence[str]) -> Pushed:
        """Canceled subscriptions are listed only if asked for: do so wherever one could be meant."""
        if "status" in pushed.params or (pushed.each and pushed.each.param == "status"):
            return pushed
        spoken = [each for each in draft.direct if each.field in ENDINGS and not _excludes_canceled(each)]
        if spoken or ENDINGS & {name.partition(":")[0] for name in mentions}:
            return whole(pushed, status="all")
        return pushed

    def _emails(self, draft: Draft) -> bool:
        found = query(draft.resource, draft.direct, self._zone)
        return found is not None and found.identifying and self._searchable(draft.resource)

    def _lookups(self, draft: Draft, pushed: Pushed | None) -> Pushed | None:
        """Find the objects pointed to, then ask for what points to each."""
        for reference, group in draft.dotted.items():
            if not group:
                continue
            known = draft.resource.fields[reference]
            assert known.to is not None
            behind = [replace(each, field=each.field[len(reference) + 1 :]) for each in group]
            # Whatever is pointed to counts, canceled subscriptions too.
            selection = self.select(known.to, behind, mentions=["status"])
            place, pick = self.paths.place(draft.resource.name, reference), Place("id", "id", "id")
            draft.withins.append(Within(place, selection, pick))
            draft.reasons.append(f"the {known.to} meant are found first")
            if pushed is not None and known.list and known.list not in pushed.params and not _by_object(pushed):
                single = self._fresh and known.to == "customers"
                pushed = replace(pushed, each=Each(known.list, selection=selection, single=single))
        return pushed

    # What belongs to a customer

    def _relate(self, draft: Draft, *, driving: Pushed | None, few: bool) -> Fetch | None:
        """Filters on related objects; with ``driving``, the first of them brings the customers along."""
        driven: Fetch | None = None
        for relation, group in draft.related.items():
            child = draft.resource.relations[relation]
            known = next(each for each in self.paths.resource(child).fields.values() if each.to == draft.resource.name)
            behind = [replace(each, field=each.field[len(relation) + 1 :]) for each in group if each.field != relation]
            wanted = all(each.value is True for each in group if each.field == relation)
            if not wanted and behind:
                raise PlanError(f"{draft.resource.name} without {relation} cannot be filtered by their {relation}.")
            via = self.paths.place(child, known.name)
            selection = self.select(child, behind, needs=[via])
            itself = Place("id", "id", "id")
            bind = known.list if few else None
            if driving is not None and driven is None and wanted:
                driven = self._driven(draft, selection, via)
            else:
                draft.withins.append(Within(itself, selection, via, wanted, bind))
        return driven

    def _driven(self, draft: Draft, selection: Selection, via: Place) -> Fetch:
        """The child's list with its owner expanded gives the owners for no further request."""
        owner = Join(via.path, draft.resource.name, draft.resource.operations["get"].call, expand=True)
        joins = {each.path: each for each in (*selection.joins, *via.joins, owner)}
        selection = replace(selection, joins=tuple(joins[path] for path in sorted(joins)))
        draft.reasons.append(f"{draft.resource.name} come along with their {selection.resource}, expanded")
        draft.search = f"not used: their {selection.resource} bring all that is needed"
        get = draft.resource.operations["get"].call
        return Fetch(get, each=Each("id", selection=selection, pick=via, embedded=True))


def _by_object(pushed: Pushed) -> bool:
    """Whether the list is already repeated for objects, which is narrower than for words."""
    each = pushed.each
    return each is not None and (each.ref is not None or each.selection is not None or each.param not in SWITCHES)


def _narrowing(pushed: Pushed) -> list[str]:
    """The parameters that leave few objects."""
    names = {name for name in pushed.params if name not in SWITCHES}
    return sorted(names | ({pushed.each.param} - SWITCHES if pushed.each else set()))


def _fields(filters: Sequence[Filter]) -> str:
    return ", ".join(sorted({each.field for each in filters}))


def _excludes_canceled(each: Filter) -> bool:
    """Whether no canceled subscription can pass, so that the usual list has all that is needed."""
    values = each.value if isinstance(each.value, tuple) else (each.value,)
    if each.field != "status":
        return each.op == "exists" and each.value is False
    if each.op in ("eq", "in"):
        return "canceled" not in values
    return each.op in ("ne", "not_in") and "canceled" in values
