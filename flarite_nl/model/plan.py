"""The exact API calls that answer a prompt: ``Plan``, made by planning, carried out by execution.

A plan holds all that execution needs: paths, calls and parameters, never a name that only the grammar knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from flarite_nl.errors import DataError
from flarite_nl.model import codec
from flarite_nl.model.parse import Aggregate, Evidence, Filter, Having, Intent, Sort, Span
from flarite_nl.model.values import Money, Ref, Value, Window


@dataclass(frozen=True, slots=True)
class Join:
    """A place where a path crosses from one object to another: ``path`` holds an ID, or the object if expanded."""

    path: str
    resource: str
    call: str
    expand: bool


@dataclass(frozen=True, slots=True)
class Place:
    """One field as it stands on the object: ``path`` is dotted, ``[]`` any element, ``[min]`` the least.

    ``metadata`` keeps its key apart, since a key may hold dots. ``joins`` are the objects that the path crosses.
    """

    name: str
    type: str
    path: str
    key: str | None = None
    joins: tuple[Join, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """A filter as it is judged on each object that comes back (FRAME.md, "What a filter means")."""

    place: Place
    op: str
    value: Value


@dataclass(frozen=True, slots=True)
class Within:
    """The ID at ``place`` is one of (or none of) those at ``pick`` of what another selection finds.

    ``bind`` is the list parameter of that selection that takes the ID, where few IDs are asked about.
    """

    place: Place
    selection: Selection
    pick: Place
    inside: bool = True
    bind: str | None = None


@dataclass(frozen=True, slots=True)
class Each:
    """One request for each value: given ones, those of an earlier result, or the IDs another selection finds.

    The IDs stand at ``pick`` of what the selection finds. ``embedded`` says that the objects themselves stand there,
    so that no request is needed; ``single`` that several are an ambiguity, not a list; ``lookup`` names the
    looked-up param of the same write whose object is meant.
    """

    param: str
    values: tuple[Any, ...] = ()
    ref: Ref | None = None
    selection: Selection | None = None
    pick: Place | None = None
    embedded: bool = False
    single: bool = False
    lookup: str | None = None


@dataclass(frozen=True, slots=True)
class Fetch:
    """One API call, paged where it is a list or search; ``each`` repeats it.

    ``windowed`` says that a list can be cut into disjoint ``created`` windows; ``refused`` is asked instead where
    Stripe does not offer this call to the account (search), ``empty`` where it found nothing.
    """

    call: str
    params: Mapping[str, Any] = field(default_factory=dict)
    each: Each | None = None
    windowed: bool = False
    refused: Fetch | None = None
    empty: Fetch | None = None

    @property
    def single(self) -> bool:
        """Whether one answer is one object, not a page of them."""
        return self.call.endswith((".retrieve", ".retrieve_current"))


def holds(params: Mapping[str, Any], check: Check) -> bool:
    """Whether a list with these parameters gives nothing that this check would leave out."""
    if check.op not in ("eq", "in", "during"):
        return False
    head, _, inner = check.place.name.partition(".")
    given = params.get(check.place.name)
    if given is None and inner and isinstance(params.get(head), Mapping):
        given = params[head].get(inner)
    return given is not None and given != "all"


def expansions(fetch: Fetch, joins: Iterable[Join]) -> tuple[str, ...]:
    """What ``expand`` says for the joins that Stripe can expand: the deepest of each chain, after the call's own."""
    paths = [join.path.replace("[]", "").replace("[min]", "") for join in joins if join.expand]
    deepest = [path for path in paths if not any(other.startswith(path + ".") for other in paths)]
    prefix = "" if fetch.single else "data."
    return (*fetch.params.get("expand", ()), *(prefix + path for path in deepest))


@dataclass(frozen=True, slots=True)
class Order:
    """``place`` None is the order in which Stripe lists (newest first)."""

    place: Place | None = None
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Selection:
    """Objects of one resource: what is asked of Stripe, what is judged here, in which order, how many.

    ``keep`` are the expanded objects that stay in the rows, since a column of theirs was asked for; every other
    expansion is folded back to its ID, so that a row never depends on how it was found. ``reasons`` say why the
    calls are as they are, ``search`` whether Stripe's search is asked, and why or why not.
    """

    resource: str
    fetches: tuple[Fetch, ...]
    checks: tuple[Check, ...] = ()
    withins: tuple[Within, ...] = ()
    order: Order = field(default_factory=Order)
    limit: int | None = None
    joins: tuple[Join, ...] = ()
    keep: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    search: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """One key of a group-by; ``grain`` is day, week, month, quarter or year for a date."""

    label: str
    place: Place
    grain: str | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What is computed over a selection; ``money`` splits the groups by currency."""

    function: str
    place: Place | None = None
    groups: tuple[Group, ...] = ()
    having: Having | None = None
    sort: Sort | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """One of FRAME.md's metrics over ``period``, computed from ``selections``."""

    name: str
    period: Window
    selections: tuple[Selection, ...]


@dataclass(frozen=True, slots=True)
class Write:
    """A write as planned: targets come from the step's selection, shapes of parameters from execution.

    ``lookups`` find the objects that a param names in words or by ID; ``refs`` are params that an earlier step makes.
    """

    resource: str
    action: str
    call: str
    risk: str
    params: Mapping[str, Value] = field(default_factory=dict)
    lookups: Mapping[str, Selection] = field(default_factory=dict)
    conditions: tuple[Check, ...] = ()
    note: str | None = None
    effect: str | None = None


Kind = Literal["list", "get", "aggregate", "metric", "write"]


@dataclass(frozen=True, slots=True)
class Step:
    """How one intent is carried out.

    Attributes:
        kind: list, get, aggregate, metric or write.
        intent: what was asked.
        selection: the objects it is about and the calls that find them; None for a metric, or what is made anew.
        figures: what is computed over them, where kind is aggregate.
        metric: what is computed, where kind is metric.
        write: what is done to them, where kind is write.
        requests: the least HTTP requests that it takes and, where that is known, the most.
        columns: the resource's usual columns.

    >>> from flarite_nl import Engine, Parser
    >>> step = Engine().plan(Parser().parse("show the 3 newest payouts")).steps[0]
    >>> step.name, step.kind, step.requests
    ('payouts.list', 'list', (1, 1))
    """

    kind: Kind
    intent: Intent
    selection: Selection | None = None
    figures: Figures | None = None
    metric: Metric | None = None
    write: Write | None = None
    requests: tuple[int, int | None] = (0, None)
    columns: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """``resource.action`` of its intent."""
        return self.intent.name


@dataclass(frozen=True, slots=True)
class Plan:
    """The calls for one prompt. Equal prompt, moment, zone and grammar give equal bytes, proved by ``hash``.

    Attributes:
        prompt: the prompt.
        now: the moment that its words of time mean, aware.
        tz: IANA name of the zone whose days are meant.
        steps: one for each intent, in their order.
        grammar: the hash of the grammar that it was read with.
        previous: IDs that the turn before found, by resource.
        corrections: the misspelt words of the prompt and what they were read as.

    >>> from flarite_nl import Engine, Parser, Plan
    >>> plan = Engine().plan(Parser().parse("list past due subscriptions"))
    >>> plan.steps[0].selection.fetches[0].call, dict(plan.steps[0].selection.fetches[0].params)
    ('subscriptions.list', {'status': 'past_due'})
    >>> plan.writes, plan.to_dict()["hash"] == plan.hash
    (False, True)
    >>> Plan.from_dict(plan.to_dict()) == plan
    True
    >>> plan.describe()[0]
    '0. subscriptions.list: 1 or more requests'
    """

    prompt: str
    now: datetime
    tz: str
    steps: tuple[Step, ...]
    grammar: str = ""
    previous: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    corrections: tuple[tuple[Span, str], ...] = ()

    @property
    def writes(self) -> bool:
        """Whether it changes anything at Stripe."""
        return any(step.kind == "write" for step in self.steps)

    @property
    def hash(self) -> str:
        """SHA-256, in hexadecimal, of the plan's canonical JSON."""
        return codec.digest(self)

    def to_dict(self) -> dict[str, Any]:
        """JSON-able; ``from_dict`` gives an equal plan. The hash stands beside it and is checked on reading."""
        raw: dict[str, Any] = codec.encode(self)
        return {**raw, "hash": self.hash}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Plan:
        """Read a plan back.

        Raises:
            DataError: where it is no plan, or was edited since its hash was taken.
        """
        try:
            plan = codec.decode({key: value for key, value in raw.items() if key != "hash"}, KNOWN)
            made = isinstance(plan, Plan) and plan.hash == raw.get("hash")
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
            raise DataError("This is no plan of this version.") from None
        if not isinstance(plan, Plan):
            raise DataError("This is no plan of this version.")
        if not made:
            raise DataError("This plan was edited after it was made: its hash does not fit.")
        return plan

    def describe(self) -> list[str]:
        """Lines for a person: what is asked of Stripe, what is filtered here, what it costs, and why.

        Calls show their parameters as they are sent; a call that is repeated or paged says for what.
        """
        from flarite_nl.model.describe import describe  # which imports this module

        return [line for number, step in enumerate(self.steps) for line in describe(step, number)]


KNOWN: Mapping[str, type] = {
    each.__name__: each
    for each in (
        Aggregate, Check, Each, Evidence, Fetch, Figures, Filter, Group, Having, Intent, Join, Metric, Money, Order,
        Place, Plan, Ref, Selection, Sort, Span, Step, Window, Within, Write,
    )
}  # fmt: skip
