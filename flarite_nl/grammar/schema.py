"""The grammar as checked values: one ``Resource`` a file of ``grammars/resources/``, one ``Vocabulary``.

The planner reads the API half of a resource (``list``, ``search``, ``path``, ``operations``, ``columns``),
the parser its language half (``nouns``, ``words``, ``values``, ``meanings``, ``verbs``, ``examples``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from flarite_nl.grammar.places import Place

FieldType = Literal[
    "id", "text", "code", "email", "phone", "word", "money", "number", "percent", "boolean", "time",
    "currency", "country", "reference", "metadata",
]  # fmt: skip

TYPES: frozenset[str] = frozenset(FieldType.__args__)  # type: ignore[attr-defined]

Risk = Literal["read", "write", "money", "irreversible"]

Condition = tuple[str, str, Any]
"""A filter as the grammar writes it: ``[field, op, value]``; ``now`` in a window is the prompt's moment."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a resource.

    ``path`` is where it stands on Stripe's object if not under its own name; ``list`` the list parameter that
    filters by it; ``search`` the search field; ``to`` the resource that a reference points to; ``one_of`` the
    values Stripe knows; ``ahead`` says that a bare date of it lies in the future; ``words`` name the field,
    ``values`` name its values, ``events`` are verbs that name a time field ("created", "arriving"),
    ``measures`` follow a figure ("$250 remaining", "5 times"); ``keys`` are keys of metadata that have words of
    their own.
    """

    name: str
    type: FieldType
    path: str
    list: str | None = None
    search: str | None = None
    to: str | None = None
    one_of: tuple[str, ...] = ()
    ahead: bool = False
    words: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Noun:
    """A way to name a resource, and what that name says besides.

    ``time`` is the date that a period is about (``renewals``: the period's end); ``aggregate`` the function that
    the name asks for (``revenue``: sum), of the field ``measure`` or else the resource's amount; ``params`` what
    it sets (``mrr``: the metric's name); ``group`` the field that its figure is told apart by (``spenders``: customer);
    ``verbal`` words tell what somebody did ("spent"): without who, how much or by what they ask for no figure.
    """

    one: tuple[str, ...] = ()
    many: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    time: str | None = None
    aggregate: str | None = None
    measure: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    group: str | None = None
    verbal: bool = False
    place: Place | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Meaning:
    """Words that stand for conditions ("overdue"), their reading under "not", the date they speak of.

    ``time`` is the field that a period right after the words is about ("cancelled last month"), ``always``
    makes it so wherever the period stands. ``sort`` is for words that order ("due soonest").
    """

    say: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    negated: tuple[Condition, ...] | None = None
    time: str | None = None
    always: bool = False
    place: Place | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of a write in the frame: its type, the words that name it, where the API takes it.

    ``implies`` are params that it sets where they were not said ("for 3 months" makes a discount repeating);
    ``keyed`` says that an ID is written ``{"id": …}`` in the frame, as a name is ``{"name": …}``.
    """

    name: str
    type: str
    to: str | None = None
    required: bool = False
    keyed: bool = False
    implies: Mapping[str, Any] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """An action on a resource: the ``StripeClient.v1`` call that does it, and the words that ask for it.

    ``call`` is ``service.method`` (``charges.list``); ``targets`` are conditions on what it can be done to;
    ``needs`` are the params without which it cannot run, each a group of which one suffices; of an ``exclusive`` group
    at most one may be said; a param of ``beside`` says something only beside one of those that stand under it;
    ``defaults`` hold where nothing else was said; ``also`` are creates that an amount in the same breath asks for, and
    the param by which they point back ("a product Pro at $49/month": ``prices: product``);
    ``risk`` is read, write, money or irreversible. ``verbs`` order it ("put ... on hold": the object stands in
    the gap), ``participles`` are the finished form ("get it refunded"), ``orders`` noun phrases that only an order
    has ("full refund for"); ``recipients`` add nothing ("to our bank"); ``rename`` are verbs after which the new
    value of the first text param follows "to"; ``implying`` are verbs that set params by themselves ("don't renew");
    ``makes`` is the resource that the call creates, by whose noun it may be ordered too ("$20 refund on ch_1").
    """

    name: str
    call: str
    risk: Risk = "write"
    targets: tuple[Condition, ...] = ()
    params: Mapping[str, Param] = field(default_factory=dict)
    needs: tuple[tuple[str, ...], ...] = ()
    exclusive: tuple[tuple[str, ...], ...] = ()
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    also: Mapping[str, str] = field(default_factory=dict)
    verbs: tuple[str, ...] = ()
    participles: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    rename: tuple[str, ...] = ()
    implying: tuple[tuple[tuple[str, ...], Mapping[str, Any]], ...] = ()
    makes: str | None = None
    effect: str | None = None
    place: Place | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Example:
    """A prompt and the frame it must parse to (or, as a counterexample, the way it must be refused)."""

    text: str
    expect: Mapping[str, Any]
    context: tuple[str, ...] = ()
    place: Place | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Resource:
    """All there is to know of one Stripe resource.

    ``belongs_to`` of a child relation: ``relations[name]`` is the resource whose ``via`` field points here
    ("customers" → ``subscriptions``: via ``customer``). ``totals`` says whether its amounts add
    up to something (prices do not). ``before_ids`` are nouns of another resource that stand for
    this one where one of its IDs follows ("payment pi_1").
    """

    name: str
    object: str
    prefixes: tuple[str, ...] = ()
    time: str | None = None
    amount: str | None = None
    totals: bool = True
    fields: Mapping[str, Field] = field(default_factory=dict)
    relations: Mapping[str, str] = field(default_factory=dict)
    nouns: tuple[Noun, ...] = ()
    before_ids: tuple[str, ...] = ()
    meanings: tuple[Meaning, ...] = ()
    operations: Mapping[str, Operation] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    counterexamples: tuple[Example, ...] = ()
    file: str = ""
    place: Place | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Grammar:
    """Every resource, the vocabulary that they share (``section`` → key → phrases), and the words of time.

    ``sentences`` are the templates in which a frame is said back; ``conversation`` what is said in a chat about the
    answer before; ``digest`` is the hash of all its files; ``saved``
    are a person's phrases and the prompts that they stand for, ``examples`` and ``counterexamples`` those of a
    person's own files.
    """

    resources: Mapping[str, Resource]
    vocabulary: Mapping[str, Any]
    times: Mapping[str, Any] = field(default_factory=dict)
    codes: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""
    sentences: Mapping[str, Any] = field(default_factory=dict)
    conversation: Mapping[str, Any] = field(default_factory=dict)
    saved: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    counterexamples: tuple[Example, ...] = ()
    files: tuple[Place, ...] = field(default=(), compare=False, repr=False)
    own_files: tuple[Place, ...] = field(default=(), compare=False, repr=False)
