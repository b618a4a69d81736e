"""Hypothesis strategies: any frame that the grammar allows, over all resources, fields, ops, actions and params."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from flarite_nl.grammar.loader import load
from flarite_nl.grammar.schema import Field, Operation, Param, Resource
from flarite_nl.model.parse import Aggregate, Filter, Having, Intent, Sort
from flarite_nl.model.values import Money, Ref, Value, Window

GRAMMAR = load()
NUMERIC = ("money", "number", "percent")
ORDERS = ("gt", "gte", "lt", "lte")
GRAINS = ("hour", "day", "week", "month", "quarter", "year")
FUNCTIONS = ("count", "sum", "avg", "min", "max")
DEPTH = 2
"""How far a dotted path leads: ``charge.customer.email``."""

# Any text that one line of a prompt can hold: quotation marks of every kind, words of the sentence itself, figures.
HARD = (
    '"', "'", "“", "’s", '" and whose status is "', "it's", "; then ", "ch_1", "20 USD", "18 March 2026", "&", "' & '",
    "(", ").", "not", "  ", "refund ch_1", "\t", "—", "İ", "＂", "5%", "jo@acme.com",
    "\N{ZERO WIDTH SPACE}", "[email protected]", "`",
)  # fmt: skip
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\n")
TEXTS = st.one_of(
    st.text(CHARACTERS, min_size=1, max_size=12),
    st.lists(st.sampled_from(HARD), min_size=1, max_size=4).map("".join),
    st.sampled_from(["Acme Corp", "order_id", "SUMMER25", "over $50", "Jane O'Neil", "4242", "pro"]),
)
LETTERS = st.text("abcdefgzABCZ019", min_size=1, max_size=14)
EMAILS = st.sampled_from(["jo@acme.com", "a.b+c@mail.example.co.uk", "X_1@y-z.io"])
MAJOR = st.decimals(min_value=-(10**7), max_value=10**9, places=2) | st.integers(-50, 10**6).map(Decimal)
AMOUNTS = MAJOR.filter(lambda each: each != 0 or not each.is_signed())
CURRENCIES = st.sampled_from(sorted(GRAMMAR.codes["currencies"]))
COUNTRIES = st.sampled_from(sorted(GRAMMAR.codes["countries"]))
DAYS = st.dates() | st.dates(date(2024, 1, 1), date(2027, 12, 31))
MOMENTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 30), timezones=st.just(UTC)) | st.datetimes(  # noqa: DTZ001
    datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)  # noqa: DTZ001
)  # fmt: skip


def ids(resource: str) -> st.SearchStrategy[str]:
    prefixes = GRAMMAR.resources[resource].prefixes
    shaped = st.tuples(st.sampled_from(prefixes), LETTERS).map("".join) if prefixes else TEXTS
    return st.one_of(shaped, shaped, TEXTS)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """A day, a stretch, one side open, now and then open on both."""
    if draw(st.booleans()):
        day = draw(DAYS.filter(lambda each: each < date.max))
        return Window(day, day + timedelta(days=draw(st.sampled_from([1, 1, 7]))) if day.year < 9999 else None)
    return Window(draw(st.none() | DAYS | MOMENTS), draw(st.none() | DAYS | MOMENTS))


@st.composite
def paths(draw: st.DrawFn, resource: str, depth: int = DEPTH) -> tuple[str, Field | None]:
    """A field, a field of what a field points to or of what belongs to the resource, or (None) a relation."""
    spec = GRAMMAR.resources[resource]
    ways = [(each.name, each.to) for each in spec.fields.values() if each.to] + list(spec.relations.items())
    if depth and ways and draw(st.integers(0, 3)) == 0:
        head, to = draw(st.sampled_from(ways))
        inner, field = draw(paths(str(to), depth - 1))
        return f"{head}.{inner}", field
    name = draw(st.sampled_from([*spec.fields, *spec.relations]))
    found = spec.fields.get(name)
    if found is not None and found.type == "metadata":
        return f"{name}.{draw(TEXTS)}", found
    return name, found


def values(field: Field) -> st.SearchStrategy[Value]:
    """The values that a field of this type is compared with."""
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "money": st.builds(Money, AMOUNTS, st.none() | CURRENCIES),
        "number": st.integers(-5, 10**6).map(Decimal),
        "percent": st.decimals(0, 200, places=2) | st.integers(0, 100).map(Decimal),
        "boolean": st.booleans(),
        "currency": CURRENCIES,
        "country": COUNTRIES,
        "email": EMAILS | TEXTS,
        "phone": st.from_regex(r"\+?[0-9]{7,14}", fullmatch=True),
        "word": st.sampled_from(field.one_of or tuple(field.values) or ("other",)) | TEXTS,
    }
    return ids(field.to) if field.to else kinds.get(field.type, TEXTS)


@st.composite
def filters(draw: st.DrawFn, resource: str, refs: Sequence[Ref]) -> Filter:
    name, field = draw(paths(resource))
    if field is None or draw(st.integers(0, 9)) == 0:
        return Filter(name, "exists", draw(st.booleans()))
    if field.type == "time":
        return Filter(name, draw(st.sampled_from(["during", "not_during"])), draw(windows()))
    ops = ["eq", "ne", "in", "not_in", *(ORDERS if field.type in NUMERIC else ())]
    if field.type in {"text", "email", "phone", "code", "metadata"}:
        ops.append("contains")
    op = draw(st.sampled_from(ops))
    if op in {"eq", "ne"} and refs and field.type in {"id", "reference"} and draw(st.booleans()):
        return Filter(name, op, draw(st.sampled_from(refs)))
    if op in {"in", "not_in"}:
        several = draw(st.lists(values(field), min_size=1, max_size=4, unique_by=repr))
        return Filter(name, op, tuple(sorted(several, key=repr)))
    return Filter(name, op, draw(TEXTS if op == "contains" else values(field)))


@st.composite
def references(draw: st.DrawFn, earlier: Sequence[Intent], previous: Intent | None) -> list[Ref]:
    """What "the results of request 1" may stand for: all of them, some by position, what a field of them points to."""
    known = [(number, intent.resource) for number, intent in enumerate(earlier)]
    found: list[Ref] = []
    for ref, resource in [*known, *([("previous", previous.resource)] if previous else [])]:
        fields = [each.name for each in GRAMMAR.resources[resource].fields.values() if each.to]
        numbers = st.integers(1, 30)
        position = draw(st.none() | numbers | st.lists(numbers, min_size=1, max_size=3).map(tuple))
        field = draw(st.none() | st.sampled_from(fields)) if fields else None
        found += [Ref(ref), Ref(ref, position, field)]  # type: ignore[arg-type]
    return found


def settings_of(param: Param, refs: Sequence[Ref]) -> st.SearchStrategy[Any]:
    """The values that a param can be set to."""
    whole = st.integers(1, 5000).map(Decimal)
    line = st.fixed_dictionaries(
        {"description": TEXTS, "quantity": whole, "unit_amount": st.builds(Money, AMOUNTS, CURRENCIES)}
    )
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "money": st.builds(Money, AMOUNTS.map(abs).filter(bool), st.none() | CURRENCIES),
        "percent": st.decimals(Decimal("0.01"), 100, places=2),
        "number": whole, "days": whole, "months": whole,
        "boolean": st.booleans(),
        "time": DAYS,
        "email": EMAILS,
        "country": COUNTRIES,
        "word": st.sampled_from(tuple(param.values) or ("other",)),
        "id": LETTERS.map("pm_".__add__),
        "lines": st.lists(line, min_size=1, max_size=3).map(tuple),
    }  # fmt: skip
    if param.type != "reference":
        return kinds.get(param.type, TEXTS)
    by_name = st.fixed_dictionaries({"name": TEXTS}) | st.fixed_dictionaries({"email": EMAILS})
    return st.one_of(LETTERS.map("cus_".__add__), TEXTS, by_name, *([st.sampled_from(refs)] if refs else []))


@st.composite
def params(draw: st.DrawFn, operation: Operation, refs: Sequence[Ref]) -> Mapping[str, Value]:
    """What an operation needs, and some of what it can be told besides."""
    names = {draw(st.sampled_from(group)) for group in operation.needs}
    if operation.params:
        names |= draw(st.sets(st.sampled_from(sorted(operation.params)), max_size=4))
    if operation.name == "update":
        names |= {draw(st.sampled_from(sorted(operation.params)))}
    found: dict[str, Value] = {}
    for name in sorted(names):
        spec = operation.params[name]
        key = f"{name}.{draw(TEXTS)}" if spec.type == "metadata" else name
        found[key] = draw(settings_of(spec, refs))
    return found


def numeric(resource: str) -> st.SearchStrategy[tuple[str, Field | None]]:
    return paths(resource).filter(lambda each: each[1] is not None and each[1].type in NUMERIC)


@st.composite
def keys(draw: st.DrawFn, resource: str) -> str:
    """What is grouped by or shown: a path, for a time with its grain."""
    name, field = draw(paths(resource))
    timed = field is not None and field.type == "time"
    return f"{name}:{draw(st.sampled_from(GRAINS))}" if timed and draw(st.booleans()) else name


@st.composite
def figures(draw: st.DrawFn, resource: str) -> Aggregate:
    own = [each for each in GRAMMAR.resources[resource].fields.values() if each.type in NUMERIC]
    function = draw(st.sampled_from(FUNCTIONS))
    named = draw(numeric(resource)) if function != "count" and own and draw(st.integers(0, 7)) else None
    bounds = values(named[1]) if named and named[1] else st.integers(0, 10**6).map(Decimal)
    having = draw(st.none() | st.builds(Having, st.sampled_from(["eq", "ne", *ORDERS]), bounds))
    groups = draw(st.lists(keys(resource), max_size=3, unique=True))
    return Aggregate(function, named[0] if named else None, tuple(groups), having)


@st.composite
def intents(draw: st.DrawFn, earlier: Sequence[Intent] = (), previous: Intent | None = None) -> Intent:
    """A request that could follow these earlier ones."""
    resource = draw(st.sampled_from(sorted(GRAMMAR.resources.values(), key=lambda each: each.name)))
    refs = draw(references(earlier, previous))
    action = draw(st.sampled_from(_actions(resource)))
    if action == "get":
        return draw(_one(resource, refs))
    operation = resource.operations["list" if action == "aggregate" else action]
    said = {} if action in {"list", "aggregate"} else draw(params(operation, refs))
    note = draw(st.none() | st.none() | TEXTS) if action not in {"list", "aggregate"} else None
    if action == "create":
        return Intent(resource.name, action, params=said, note=note)
    chosen = draw(st.lists(filters(resource.name, refs), min_size=1, max_size=3, unique_by=repr))
    if action != "list" and action != "aggregate" and draw(st.booleans()):
        chosen = [Filter("id", "eq", draw(ids(resource.name))), *chosen[: draw(st.integers(0, 1))]]
    aggregate = draw(figures(resource.name)) if action == "aggregate" else None
    sort = draw(st.none() | st.builds(Sort, keys(resource.name), st.sampled_from(["asc", "desc"])))
    if aggregate is not None and sort is not None and draw(st.booleans()):
        sort = Sort(aggregate.function, sort.order)
    bare = action in {"list", "aggregate"} and draw(st.booleans())
    columns = draw(st.lists(keys(resource.name), max_size=3, unique=True)) if action == "list" else []
    return Intent(
        resource.name, action, () if bare else tuple(chosen), sort, draw(st.none() | st.integers(1, 10**5)), aggregate,
        said, tuple(columns), note,
    )  # fmt: skip


def _actions(resource: Resource) -> list[str]:
    known = [name for name in resource.operations if name != "search"]
    return [*known, *known, *(["aggregate"] * 4 if "list" in known else [])]


@st.composite
def _one(draw: st.DrawFn, resource: Resource, refs: Sequence[Ref]) -> Intent:
    """A ``get``: one object by its ID or by what an earlier request found, or a thing of which there is one."""
    columns = tuple(draw(st.lists(keys(resource.name), max_size=2, unique=True)))
    if "list" in resource.operations:
        by_ref = bool(refs) and draw(st.booleans())
        target: Value = draw(st.sampled_from(refs)) if by_ref else draw(ids(resource.name))
        return Intent(resource.name, "get", (Filter("id", "eq", target),), fields=columns)
    said = draw(params(resource.operations["get"], ()))
    required = [each for each in resource.operations["get"].params.values() if each.required]
    said = {**said, **{each.name: draw(st.sampled_from(tuple(each.values))) for each in required}}
    several = draw(st.lists(filters(resource.name, ()), max_size=2, unique_by=repr))
    return Intent(resource.name, "get", tuple(several), params=said, fields=columns)


@st.composite
def prompts(draw: st.DrawFn) -> tuple[Intent | None, tuple[Intent, ...]]:
    """The turn before, if there was one, and one to three requests of which later ones may point to earlier ones."""
    previous = draw(st.none() | intents())
    found: list[Intent] = []
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
        found.append(draw(intents(tuple(found), previous)))
    return previous, tuple(found)
