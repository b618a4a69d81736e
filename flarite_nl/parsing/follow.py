"""Follow-ups: a prompt that changes or narrows what was asked before ("and last month?", "only those over $50")."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from flarite_nl.grammar.schema import Resource
from flarite_nl.model.parse import Aggregate, Filter, Having, Intent, Sort
from flarite_nl.model.values import Money, Ref, Window
from flarite_nl.parsing.compose import subjects
from flarite_nl.parsing.figures import SIZES
from flarite_nl.parsing.reader import read
from flarite_nl.parsing.reading import OWNERS, Reading, Scope
from flarite_nl.parsing.spans import Spans

SELF = frozenset({"id", "email", "name"})


def follow(spans: Spans, first: int, end: int, previous: Intent, number: int | None) -> tuple[Intent, Reading] | None:
    """The intent before, changed as this clause says; None if the clause says something else.

    ``number`` is the earlier intent's number in this prompt, or None for the turn before.
    """
    if previous.is_write or previous.resource in {"balance", "account"}:
        return None
    wanted = [] if regroups(spans, first) else subjects(spans, first, end, nouns_only=True)
    if wanted and only_tells(spans, first, end, previous.resource):
        wanted = []
    narrowed = bool(wanted) and narrowed_by(spans, first, previous, wanted[0])
    chosen = number is None and chooses(spans, first)
    wanted = [] if narrowed or chosen else wanted
    for name in dict.fromkeys((*wanted[:1], previous.resource)):
        resource = spans.grammar.resources[name]
        r = Reading(spans, first, end, resource, None, (), previous, follow_up=True)
        r.time_field = _time_field(resource, previous)
        if chosen:
            r.head, r.head_at = "many", first
        read(r)
        if not r.unread and not r.missing and _says(r) and (r.filters or not narrowed) and _fits(r, previous):
            return _changed(r, previous, number), r
    return _of_what_it_points_to(spans, first, end, previous, number)


def _of_what_it_points_to(
    spans: Spans, first: int, end: int, previous: Intent, number: int | None
) -> tuple[Intent, Reading] | None:
    """ "how about amex" after "disputes on mastercard charges": another value for what was said of the charges."""
    resource = spans.grammar.resources[previous.resource]
    dotted = {each.field for each in previous.filters if "." in each.field and each.field not in resource.fields}
    for prefix in sorted({name.split(".")[0] for name in dotted}):  # the same in every process
        spec = resource.fields.get(prefix)
        if spec is None or spec.type != "reference" or not spec.to:
            continue
        r = Reading(spans, first, end, resource, None, (), previous, follow_up=True)
        r.scopes.append(Scope(spans.grammar.resources[spec.to], f"{prefix}.", used=True))
        read(r)
        if not r.unread and not r.missing and r.filters and all(each.field in dotted for each in r.filters):
            return _changed(r, previous, number), r
    return None


def chooses(spans: Spans, first: int) -> bool:
    """ "which have failed payments?": some of those that were found, by what belongs to them."""
    which = spans.is_at(spans.skip(first, ("filler", "and")), "choosing")
    return which > 0 and spans.is_at(which, "with") > 0


def regroups(spans: Spans, first: int) -> bool:
    """ "by price instead", "count them by product": of what was asked for in groups, and of no prices or products."""
    start = spans.skip(first, ("filler", "aggregate", "read"))
    start = spans.skip(spans.is_at(start, "follow_up", "replace") or start, ("filler",))
    return spans.is_at(start, "group", "by") > 0


def only_tells(spans: Spans, first: int, end: int, resource: str) -> bool:
    """ "how many were paid?" after invoices: behind "were" the noun of a figure tells what became of them."""
    nouns = spans.spots("noun", first, end)
    return bool(nouns) and all(
        any(spans.is_at(back, "finite") == at for back in range(max(first, at - 2), at))
        and any(s.resource == resource for kind in ("meaning", "value", "event") for s, _ in spans.every(at, kind))
        and not any(s.resource == resource for s, _ in spans.every(at, "noun"))
        for at in nouns
    )


def narrowed_by(spans: Spans, first: int, previous: Intent, name: str) -> bool:
    """ "limit it to customers in Canada" after subscriptions: fewer of these, by what they belong to."""
    start = spans.skip(first, ("comma",))
    narrowed = spans.is_at(start, "follow_up", "narrow") and not spans.is_at(start, "filler", "determiner")
    if not narrowed and not spans.is_at(start, "glue", "prep"):
        return False
    fields = spans.grammar.resources[previous.resource].fields.values()
    return any(each.type == "reference" and each.to == name and "." not in each.name for each in fields)


def _says(r: Reading) -> bool:
    changed = r.filters or r.functions or r.group_by or r.sort or r.order or r.limit or r.fields
    if changed or r.head_at >= 0 or "back" not in r.marks:
        return bool(changed) or r.head_at >= 0
    # "no", "and?", "is that right?" say nothing of their own.
    again = any(r.spans.is_at(at, "follow_up", "again", "list", "repeat") for at in range(r.first, r.end))
    return again or not (r.marks <= {"back", "replace"} or r.question == "exist")


def _fits(r: Reading, previous: Intent) -> bool:
    """Can the request before be changed so? A metric has no groups, and what is lowered has to be there."""
    if r.resource.name == "metrics" and r.group_by:
        return False
    if r.question == "exist" and previous.action == "get":
        # "has she paid?" after one customer asks for no customers.
        many = r.resource.relations.keys()
        if any(each.field.split(".")[0] in many for each in r.filters):
            return False
    periods = {each.field for each in previous.filters if each.op == "during"}
    if any(each.op == "not_during" and each.field in periods and not _beside(r, each) for each in r.filters):
        # "not February" after January: what is it then?
        return False
    return _bounded(r, previous) if "bare figure" in r.marks and "replace" in r.marks else True


def _bounded(r: Reading, previous: Intent) -> bool:
    """ "lower it to $750" after "payments above $1,000": the bound is another, on the same side as before."""
    bare = next((each for each in r.filters if each.op == "eq" and isinstance(each.value, Money)), None)
    if bare is None:
        return True
    having = previous.aggregate.having if previous.aggregate else None
    if having is not None and bare.field == r.resource.amount:
        op, old = having.op, having.value
    else:
        same = [each for each in previous.filters if each.field == bare.field]
        if len(same) != 1:
            return False
        op, old = same[0].op, same[0].value
    if not isinstance(old, Money) or not isinstance(bare.value, Money):
        return False
    said = bare.value.currency or (old.currency if "adjust" in r.marks else None)
    r.filters[r.filters.index(bare)] = Filter(bare.field, op, Money(bare.value.amount, said))
    return True


def _time_field(resource: Resource, previous: Intent) -> str:
    """A period said now is about the same date as the period said before."""
    for each in previous.filters:
        if each.op in {"during", "not_during"} and each.field in resource.fields and isinstance(each.value, Window):
            return each.field
    return ""


def _changed(r: Reading, previous: Intent, number: int | None) -> Intent:
    having = _having(r, previous)
    theirs = _theirs(r, previous, number)
    kept = theirs or _kept(r, previous)
    functions = r.functions
    cut = previous.limit is not None and previous.action != "aggregate" and r.resource.name == previous.resource
    if cut and (functions or r.marks & _NARROWING) and ("except" in r.marks or not _replaces(r, previous)):
        ref = Ref("previous" if number is None else number)
        kept = [Filter("id", "eq", ref)]
    filters = (*kept, *(each for each in r.filters if each not in kept))
    aggregate = _aggregate(r, previous)
    if aggregate is not None and having is not None:
        aggregate = replace(aggregate, having=having)
    if aggregate is not None:
        limit = r.limit or _limit(previous, functions)
        sort = _sort(r, previous, aggregate)
        return Intent(r.resource.name, "aggregate", filters, sort, limit, aggregate, evidence=tuple(r.evidence))
    if r.resource.name == "metrics":
        named = {**previous.params, **r.params}
        return replace(
            previous,
            resource="metrics",
            action="get",
            filters=filters,
            params=named,
            aggregate=None,
            sort=None,
            limit=None,
        )
    sort = r.sort or (None if previous.aggregate else previous.sort)
    limit = r.limit or (None if previous.aggregate or (cut and kept and kept[0].field == "id") else previous.limit)
    if theirs:
        sort, limit = r.sort, r.limit
    elif kept and kept[0].field == "id" and isinstance(kept[0].value, Ref) and not r.sort:
        sort = None
    return Intent(
        r.resource.name,
        "list",
        filters,
        sort,
        limit,
        fields=tuple(r.fields) or previous.fields,
        evidence=tuple(r.evidence),
    )


def _having(r: Reading, previous: Intent) -> Having | None:
    """ "at least $2,000" after "customers who spent at least $1,000": the figure's own bound is replaced."""
    if previous.aggregate is None or previous.aggregate.having is None:
        return None
    for each in r.filters:
        bound = each.op in {"gt", "gte", "lt", "lte"} and isinstance(each.value, Money)
        if each.field == r.resource.amount and bound and isinstance(previous.aggregate.having.value, Money):
            # "at least $2,000 rather than $1,000" says the old bound again.
            r.filters[:] = [
                other for other in r.filters if other is not each and (other.field, other.op) != (each.field, "ne")
            ]
            return Having(each.op, each.value)
    return None


def _limit(previous: Intent, functions: object) -> int | None:
    # "by number of payments" after the top 5 customers by revenue: the top 5 by that.
    return previous.limit if previous.aggregate and (not functions or previous.aggregate.group_by) else None


def _replaces(r: Reading, previous: Intent) -> bool:
    fields = {each.field for each in previous.filters}
    return bool(r.filters) and all(each.field in fields for each in r.filters)


_NARROWING = frozenset({"narrow", "except"})
"""What is said now holds beside what was said before."""

_BOUNDS = {"gt": ("lt", "lte"), "gte": ("lt", "lte"), "lt": ("gt", "gte"), "lte": ("gt", "gte")}


def _beside(r: Reading, earlier: Filter) -> bool:
    """ "and less than $5,000" after "over $1,000": does what is said of a field now leave what was said before?"""
    now = [each for each in r.filters if each.field == earlier.field]
    if f"except {earlier.field}" in r.marks:
        return True
    joined = "narrow" in r.marks or r.spans.is_at(r.first, "and") > 0
    return joined and len(now) == 1 and now[0].op in _BOUNDS.get(earlier.op, ()) and _below(earlier, now[0])


def _below(one: Filter, other: Filter) -> bool:
    """Is there anything between two bounds, the one from below and the other from above?"""
    low, high = (one.value, other.value) if one.op in {"gt", "gte"} else (other.value, one.value)
    if isinstance(low, Money) and isinstance(high, Money):
        return low.currency == high.currency and low.amount < high.amount
    return isinstance(low, Decimal) and isinstance(high, Decimal) and low < high


def _kept(r: Reading, previous: Intent) -> list[Filter]:
    """The earlier filters that still hold: those on the fields that this turn does not speak of."""
    said = {each.field for each in r.filters}
    owners = bool(said & OWNERS)
    kept: list[Filter] = []
    for each in previous.filters:
        moved = _moved(r, previous, each)
        if moved is None or (owners and moved.field in OWNERS):
            continue
        if moved.field in said and not _beside(r, moved):
            continue
        if r.resource.name == "customers" and said & SELF and moved.field in SELF:
            continue
        kept.append(moved)
    return kept


def _theirs(r: Reading, previous: Intent, number: int | None) -> list[Filter]:
    """ "and the payments?" after "customers in Germany": what says which customers says nothing of payments, so that
    it is those of whom was found."""
    if previous.resource != "customers" or previous.action != "list" or "customer" not in r.resource.fields:
        return []
    if {each.field for each in r.filters} & OWNERS:
        return []
    lost = previous.limit is not None or any(_moved(r, previous, each) is None for each in previous.filters)
    return [Filter("customer", "eq", Ref("previous" if number is None else number))] if lost else []


def _moved(r: Reading, previous: Intent, each: Filter) -> Filter | None:
    """An earlier filter on the resource that is asked for now: the default date and amount correspond."""
    if previous.resource == r.resource.name:
        return each
    old = r.spans.grammar.resources[previous.resource]
    if each.field == old.amount and r.resource.amount:
        return Filter(r.resource.amount, each.op, each.value)
    if each.field == old.time and r.resource.time:
        return Filter(r.resource.time, each.op, each.value)
    if previous.resource == "customers" and each.field in SELF:
        return Filter("customer" if each.field == "id" else f"customer.{each.field}", each.op, each.value)
    head = each.field.split(".")[0]
    if each.field in OWNERS and "customer" in r.resource.fields:
        return each
    if each.field in r.resource.fields and head not in {"status", "id"}:
        return each
    return None


def _aggregate(r: Reading, previous: Intent) -> Aggregate | None:
    before = previous.aggregate
    if r.functions:
        kind, field = str(r.functions[0][0]), r.functions[0][1]
        groups = tuple(r.group_by) or (before.group_by if before else ())
        return Aggregate(kind, None if kind == "count" else field or r.resource.amount, groups)
    ranked = before is not None and before.group_by and r.order in SIZES and r.head_at < 0
    listed = "list" in r.marks or _what_it_is_of(r, previous)
    if listed and before is not None and not ranked and not _same_figure(r):
        return None
    if before is None:
        return Aggregate("count", None, tuple(r.group_by)) if r.group_by else None
    field = before.field
    if field is not None and r.resource.name != previous.resource:
        field = r.resource.amount
    groups = tuple(each for each in before.group_by if f"not by {each}" not in r.marks)
    if r.group_by:
        groups = (
            tuple(r.group_by)
            if "replace" in r.marks
            else (*_other_dates(groups, r.group_by), *(each for each in r.group_by if each not in groups))
        )
    return replace(before, field=field, group_by=groups)


def _what_it_is_of(r: Reading, previous: Intent) -> bool:
    """ "which payments?", "the payments behind it" after revenue: the objects, and no figure of them."""
    noun = r.scopes[0].noun
    ones = r.spans.is_at(r.spans.skip(r.first, ("filler", "comma"), r.end), "question", "list") > 0
    if ones and previous.aggregate is not None and not (previous.aggregate.group_by or r.functions or r.group_by):
        # "which ones were over $50?" after a count
        return True
    if r.resource.name != previous.resource or r.head_at < 0 or noun is None or noun.aggregate or r.order:
        return False
    pronouns = r.spans.spots("pronoun", r.head_at + 1, r.end)
    return "which" in r.marks or any(r.spans.is_at(each, "pronoun", "it") for each in pronouns)


def _same_figure(r: Reading) -> bool:
    """ "let me see that for January", "show me by day": the figure again; "show them" asks for what it is of."""
    return r.head_at < 0 and (bool(r.group_by) or ("same" in r.marks and bool(r.filters)))


def _other_dates(groups: tuple[str, ...], said: list[str]) -> tuple[str, ...]:
    """ "by quarter" after "by month": of one date there is one grain."""
    dates = {each.split(":")[0] for each in said if ":" in each}
    return tuple(each for each in groups if each in said or ":" not in each or each.split(":")[0] not in dates)


def _sort(r: Reading, previous: Intent, aggregate: Aggregate) -> Sort | None:
    if r.order in SIZES or (r.sort is not None and r.sort.field in {"", r.resource.amount}):
        way = SIZES.get(r.order) or (r.sort.order if r.sort else "desc")
        return Sort(aggregate.function, "desc" if way == "desc" else "asc")
    before = previous.sort if previous.aggregate else None
    if before is not None and previous.aggregate is not None and before.field == previous.aggregate.function:
        before = Sort(aggregate.function, before.order)
    return r.sort or before
