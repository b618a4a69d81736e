"""Pass 3, groups: "by month", "per card brand", "split by reason and currency", "daily takings"."""

from __future__ import annotations

from flarite_nl.grammar.lexicon import Sense
from flarite_nl.parsing import figures, periods, sorting
from flarite_nl.parsing.pivot import figured_by
from flarite_nl.parsing.reading import Reading


def group(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "by month", "per card brand", "split by reason and currency"."""
    if sense.key == "only":
        if not r.functions:
            r.functions.append(["count", None])
        return end
    if r.operation is not None or r.resource.name == "metrics":
        # "churn rate by month": a metric has no groups.
        return 0
    directed = not (r.functions or r.group_by or r.sort) and sorting.directed(r, end)
    if directed or ("sorting" in r.marks and "pivot" not in r.marks and sense.key == "by" and not r.sort):
        return sorting.sort(r, at, end, Sense("sort", "by"))
    ranked = _ranked_by(r, end)
    if ranked:
        return ranked
    start = end
    taken = 0
    while True:
        start = r.spans.skip(start, ("filler",), r.end)
        found = key_at(r, start)
        if found is None:
            break
        if found[0] not in r.group_by:
            r.group_by.append(found[0])
        taken = found[1]
        joint = r.spans.skip(taken, ("comma",), r.end)
        joint = r.spans.is_at(joint, "and") or (joint if joint > taken else 0)
        again = r.spans.is_at(joint, "group", "by") if joint else 0
        if not joint:
            break
        start = again or joint
    if taken and not figured_by(r, at, end):
        return 0
    if taken:
        r.say(at, taken, "group by")
        taken = _instead(r, taken)
    return taken


def _ranked_by(r: Reading, at: int) -> int:
    """ "top 3 disputes by amount", "largest 5 coupons by percent off": what the order is of."""
    if r.order not in figures.SIZES or r.functions or r.group_by or r.order_field or r.head_at < 0:
        return 0
    start = r.spans.skip(at, ("filler",), r.end)
    named = r.spans.at(start, "field", r.resource.name)
    measured = named and r.resource.fields[named[0].key].type in {"money", "number", "percent"}
    stop = named[1] if named and measured else r.spans.is_at(start, "amount_word") if r.resource.amount else 0
    joint = r.spans.is_at(stop, "and") if stop else 0
    if joint and r.spans.at(r.spans.skip(joint, ("filler",), r.end), "field", r.resource.name):
        # "by amount and status": two keys, which no frame has
        return 0
    r.order_field = named[0].key if named and measured else ""
    return stop


def _instead(r: Reading, at: int) -> int:
    """ "by currency rather than reason": in a turn that changes the groups, the ones that go."""
    dropped = r.spans.is_at(at, "not", "except") if r.follow_up else 0
    other = key_at(r, r.spans.skip(dropped, ("filler", "group"), r.end)) if dropped else None
    if other is None:
        return at
    r.marks.add(f"not by {other[0]}")
    return other[1]


def grouped(r: Reading, at: int) -> bool:
    """Does "by month", "per customer" stand at a token?"""
    end = r.spans.is_at(at, "group", "by")
    return end > 0 and key_at(r, r.spans.skip(end, ("filler",), r.end)) is not None


def key_at(r: Reading, at: int) -> tuple[str, int] | None:
    """What is grouped by at a token, and where its words end."""
    spans = r.spans
    if spans.is_at(at, "idiom"):
        # "by day of the week": there is no such grain.
        return None
    if spans.at(at, "grain") and at not in spans.timed:
        return _grain(r, at)
    other = _pointed(r, at) or _metadata(r, at)
    if other is not None:
        return other
    # "invoices of UK customers by currency": theirs where they have it.
    for scope in (r.scopes[0], *(each for each in reversed(r.scopes[1:]) if not each.many)):
        field = spans.at(at, "field", scope.resource.name)
        if field and field[0].extra and scope.resource.fields[field[0].key].type == "metadata":
            return f"{scope.prefix}metadata.{field[0].extra}", field[1]
        if field and scope.resource.fields[field[0].key].type not in {"money", "id", "metadata"}:
            spec = scope.resource.fields[field[0].key]
            if spec.type == "time":
                grained = spans.at(field[1], "grain")
                unit, stop = (grained[0].key, grained[1]) if grained else ("day", field[1])
                return f"{scope.prefix}{spec.name}:{unit}", stop
            if not _has_value(r, field[1], spec.to or ""):
                return scope.prefix + spec.name, field[1]
    for sense, end in spans.every(at, "noun"):
        path = r.path_to(sense.resource)
        if path and not path[1] and sense.extra == 0 and not _has_value(r, end, sense.resource):
            return path[0], end
    return None


def _grain(r: Reading, at: int) -> tuple[str, int] | None:
    """ "by month", "by month of cancellation"."""
    grain = r.spans.at(at, "grain")
    if grain is None:
        return None
    dated = _dated(r, r.spans.is_at(grain[1], "glue", "prep"))
    if dated:
        return f"{dated[0]}:{grain[0].key}", dated[1]
    name = r.time_field or _noun_time(r) or r.resource.time
    return (f"{name}:{grain[0].key}", grain[1]) if name else None


_POINTED = frozenset({"word", "country", "currency", "boolean", "email"})
"""Types of fields that what an object points to is grouped by."""


def _pointed(r: Reading, at: int) -> tuple[str, int] | None:
    """ "refunds by card brand", "invoices by customer country": a field of the one object that has such a field."""
    if at >= r.end or "reference" not in {each.type for each in r.resource.fields.values()}:
        return None
    own = max((stop for sense, stop in r.spans.every(at, "field") if sense.resource == r.resource.name), default=0)
    start, owner = at, ""
    for sense, stop in r.spans.every(at, "noun"):
        if stop < r.end and sense.extra == 0:
            start, owner = (stop + 1 if r.spans.words[stop] == "'s" else stop), sense.resource
            break
    if any(r.spans.every(stop, "noun") for _, stop in r.spans.every(at, "field")):
        # "by delinquent customers" describes them
        return None
    for place, whose in ((start, owner), (at, "")) if owner else ((at, ""),):
        found: dict[str, int] = {}
        for each in r.resource.fields.values():
            if each.type != "reference" or each.to is None or (whose and each.to != whose):
                continue
            named = r.spans.at(place, "field", each.to)
            spec = r.spans.grammar.resources[each.to].fields[named[0].key] if named else None
            if r.spans.is_at(place, "glue") and owner:
                # "by customers from Germany"
                continue
            if named and spec is not None and spec.type in _POINTED and named[1] > own:
                found[f"{each.name}.{spec.name}"] = named[1]
        if len(found) == 1:
            return found.popitem()
    return None


def _metadata(r: Reading, at: int) -> tuple[str, int] | None:
    """ "by metadata.region", "per metadata key region"."""
    spans = r.spans
    if at >= r.end or "metadata" not in r.resource.fields:
        return None
    token = spans.tokens[at]
    if token.lower.startswith("metadata."):
        return f"metadata.{token.text.split('.', 1)[1]}", at + 1
    named = spans.at(at, "field", r.resource.name)
    if named is None or r.resource.fields[named[0].key].type != "metadata" or named[0].extra:
        return None
    key = spans.tokens[named[1]] if named[1] < r.end and named[1] not in spans.timed else None
    if key is None or key.kind not in {"word", "quote"}:
        return None
    return f"metadata.{key.value if key.kind == 'quote' else key.text}", named[1] + 1


def _dated(r: Reading, at: int) -> tuple[str, int] | None:
    """ "by month of cancellation": the date that a period is of."""
    field = r.spans.at(r.spans.skip(at, ("filler",), r.end), "field", r.resource.name) if at else None
    if field is None or r.resource.fields[field[0].key].type != "time":
        return None
    return field[0].key, field[1]


def _noun_time(r: Reading) -> str | None:
    noun = r.scopes[0].noun
    return noun.time if noun is not None else None


def _has_value(r: Reading, at: int, resource: str) -> bool:
    """Is what follows a noun its value, or says more of it ("by customers at acme.com")? Then nothing is grouped."""
    if at >= r.end or at in r.spans.times:
        return False
    if r.spans.is_at(at, "with") and (r.spans.is_at(at, "finite") or _bounded(r, at)):
        return False
    named = r.spans.tokens[at].kind in {"id", "email", "quote", "domain"}
    field = r.spans.at(at, "field", resource) and r.spans.is_at(at, "glue") > 0 and at + 1 not in r.spans.timed
    return (
        named
        or bool(field)
        or any(r.spans.is_at(at, "glue", key) > 0 for key in ("where", "inside", "relative"))
        or r.spans.is_at(at, "with") > 0
        or r.spans.is_at(at, "naming") > 0
    )


def _bounded(r: Reading, at: int) -> bool:
    """ "by reason with more than $500 in total" keeps the groups whose figure passes."""
    return r.spans.is_at(r.spans.skip(r.spans.is_at(at, "with"), ("filler",), r.end), "compare") > 0


def grain_word(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "daily takings", "best month for revenue", "which month had the most refunds"."""
    if r.follow_up and (again := periods.same_grain(r, at, end, sense.key)):
        return again
    name = r.time_field or r.resource.time
    if name is None or sense.key == "hour" or r.operation is not None:
        return 0
    adverb = (r.scopes[0].noun is not None and r.scopes[0].noun.aggregate) or r.functions or _aggregates_ahead(r, end)
    if not (adverb or r.order in figures.SIZES or _superlative_ahead(r, end)):
        return 0
    key = f"{name}:{sense.key}"
    if key not in r.group_by:
        r.group_by.append(key)
    if (
        (r.order in figures.SIZES or _superlative_ahead(r, end))
        and r.limit is None
        and not r.spans.is_at(at, "plural_grain")
    ):
        r.marks.add("single")
    r.say(at, end, f"group by {sense.key}")
    return end


def _aggregates_ahead(r: Reading, at: int) -> bool:
    for each in range(at, min(r.end, at + 6)):
        if r.spans.is_at(each, "aggregate"):
            return True
        for sense, _ in r.spans.every(each, "noun"):
            if sense.resource == r.resource.name and r.resource.nouns[sense.extra].aggregate:
                return True
    return False


def _superlative_ahead(r: Reading, at: int) -> bool:
    return any(
        r.spans.is_at(each, "order", "most", "fewest", "largest", "smallest", "best", "worst")
        for each in range(at, min(r.end, at + 6))
    )
