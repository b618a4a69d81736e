"""``Parse`` → ``Plan``. Pure: the moment and the zone are arguments, and nothing is asked of Stripe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flarite_nl.errors import PlanError
from flarite_nl.grammar.schema import Grammar
from flarite_nl.model.parse import Aggregate, Filter, Intent, Parse
from flarite_nl.model.plan import Each, Fetch, Figures, Metric, Plan, Selection, Step
from flarite_nl.model.values import Ref, Window
from flarite_nl.planning.estimate import estimate
from flarite_nl.planning.select import Options, Selector
from flarite_nl.planning.writes import write
from flarite_nl.planning.written import changed

SINGLETONS = frozenset({"balance", "account"})
ONE = "not used: there is only one"
DEFAULT_PERIOD = 30
"""Days of a metric without a period."""


def plan(
    parse: Parse,
    grammar: Grammar,
    *,
    now: datetime,
    tz: str = "UTC",
    options: Options | None = None,
    previous: Mapping[str, tuple[str, ...]] | None = None,
) -> Plan:
    """The exact calls for an understood prompt.

    Args:
        parse: with status ``ok``.
        grammar: where each field stands, and how Stripe filters by it.
        now: the aware moment that the prompt is read at.
        tz: the IANA zone whose days, weeks and months are meant.
        options: how to plan.
        previous: IDs of the turn before by resource, what ``{"ref": "previous"}`` means; part of the hash.

    Raises:
        PlanError: where it was understood but cannot be had from Stripe.
    """
    if parse.status != "ok":
        raise PlanError(f"Only an understood prompt can be planned; this one is {parse.status}.")
    planner = _Planner(grammar, now, ZoneInfo(tz), options or Options())
    steps = tuple(planner.step(intent, number, parse.intents) for number, intent in enumerate(parse.intents))
    return Plan(parse.text, now, tz, steps, grammar.digest, dict(previous or {}), parse.corrections)


class _Planner:
    def __init__(self, grammar: Grammar, now: datetime, zone: ZoneInfo, options: Options) -> None:
        self._grammar = grammar
        self._now = now
        self._zone = zone
        self._options = options

    def step(self, intent: Intent, number: int, intents: Sequence[Intent]) -> Step:
        resource = self._grammar.resources.get(intent.resource)
        if resource is None:
            raise PlanError(f"There is no resource {intent.resource!r}.")
        _check_refs(intent, number)
        # What an earlier step writes is too new for search.
        written = self._options.written | changed(each.resource for each in intents[:number] if each.is_write)
        options = Options(self._options.search, written, self._options.fanout)
        columns = intent.fields or resource.columns
        if intent.is_write:
            return write(intent, self._grammar, self._selector(options, fresh=True), self._zone, self._now)
        selector = self._selector(options)
        if intent.resource == "metrics":
            metric = self._metric(intent, selector)
            return Step("metric", intent, metric=metric, requests=(len(metric.selections), None), columns=columns)
        if intent.resource in SINGLETONS:
            return self._singleton(intent, columns)
        if intent.aggregate is not None:
            return self._figures(intent, intent.aggregate, selector, columns)
        selection = selector.select(
            intent.resource, intent.filters, sort=intent.sort, limit=intent.limit, keep=intent.fields
        )
        return Step(
            "get" if intent.action == "get" else "list",
            intent,
            selection,
            requests=estimate(selection),
            columns=columns,
        )

    def _selector(self, options: Options, *, fresh: bool = False) -> Selector:
        return Selector(self._grammar, self._zone, self._now, options, fresh=fresh)

    def _singleton(self, intent: Intent, columns: tuple[str, ...]) -> Step:
        operation = self._grammar.resources[intent.resource].operations["get"]
        if intent.aggregate is not None:
            raise PlanError(f"There is one {intent.resource}: it is shown, not counted.")
        named = [each.value for each in intent.filters if each.field == "id" and isinstance(each.value, str)]
        selection = Selection(intent.resource, (Fetch(operation.call),), named=tuple(named), search=ONE)
        return Step("get", intent, selection, requests=(1, 1), columns=columns)

    def _figures(self, intent: Intent, asked: Aggregate, selector: Selector, columns: tuple[str, ...]) -> Step:
        paths = selector.paths
        place = paths.place(intent.resource, asked.field) if asked.field else None
        groups = tuple(paths.group(intent.resource, label) for label in asked.group_by)
        over_groups = bool(groups) and _sorts_groups(intent, asked)
        needs = [*([place] if place else []), *(group.place for group in groups)]
        selection = selector.select(
            intent.resource,
            intent.filters,
            sort=None if over_groups else intent.sort,
            limit=None if over_groups else intent.limit,
            needs=needs,
            mentions=[*asked.group_by, *([asked.field] if asked.field else [])],
        )
        sort, limit = (intent.sort, intent.limit) if over_groups else (None, None)
        figures = Figures(asked.function, place, groups, asked.having, sort, limit)
        return Step("aggregate", intent, selection, figures, requests=estimate(selection), columns=columns)

    def _metric(self, intent: Intent, selector: Selector) -> Metric:
        name = intent.params.get("name")
        windows = [each.value for each in intent.filters if each.field == "period" and isinstance(each.value, Window)]
        if len(windows) < len(intent.filters):
            raise PlanError("A metric is taken over a period; it has no other filter.")
        period = windows[0] if windows else self._last_days()
        if name in ("mrr", "arr"):
            return Metric(str(name), period, self._recurring())
        if name == "churn_rate":
            return Metric(str(name), period, (selector.select("subscriptions", [], mentions=["status"]),))
        if name in ("dispute_rate", "refund_rate", "failure_rate"):
            return Metric(str(name), period, (selector.select("charges", [Filter("created", "during", period)]),))
        raise PlanError(f"There is no metric {name!r}.")

    def _recurring(self) -> tuple[Selection, ...]:
        """Active and past-due subscriptions, with the coupons of their discounts."""
        expand = ("data.discounts.source.coupon", "data.items.data.discounts")
        call = self._grammar.resources["subscriptions"].operations["list"].call
        fetch = Fetch(call, {"expand": expand}, each=Each("status", values=("active", "past_due")))
        search = "not used: the list is enough"
        return (Selection("subscriptions", (fetch,), reasons=("Stripe has no call for this figure",), search=search),)

    def _last_days(self) -> Window:
        today: date = self._now.astimezone(self._zone).date()
        return Window(today - timedelta(days=DEFAULT_PERIOD), self._now)


def _sorts_groups(intent: Intent, asked: Aggregate) -> bool:
    """Whether sort and limit are about the groups: they are, unless the sort names a field of the objects."""
    if intent.sort is None:
        return True
    names = {asked.function, *asked.group_by, "value", *(label.partition(":")[0] for label in asked.group_by)}
    return intent.sort.field in names


def _check_refs(intent: Intent, number: int) -> None:
    for value in [*(each.value for each in intent.filters), *intent.params.values()]:
        if isinstance(value, Ref) and isinstance(value.ref, int) and value.ref >= number:
            raise PlanError(f"Intent {number} refers to {value.ref}, which comes later.")
