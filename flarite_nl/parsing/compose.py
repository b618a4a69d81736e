"""Pass 3 and 4: hypotheses of what a clause is about, the reading that leaves nothing over, and its Intent."""

from __future__ import annotations

from flarite_nl.model.parse import Aggregate, Filter, Having, Intent, Sort
from flarite_nl.parsing.openings import named_by_id, seeks
from flarite_nl.parsing.reading import Reading
from flarite_nl.parsing.spans import Spans

_ASKING = frozenset({"question", "read"})
_NAMING = frozenset({"id", "email", "domain", "phone"})
"""Kinds of tokens that name an object, or whose it is."""


def subjects(spans: Spans, first: int, end: int, *, nouns_only: bool = False) -> list[str]:
    """The resources that a clause may be about, the likeliest first: by its nouns, then by IDs and emails."""
    known = spans.subjects.get((first, end, nouns_only))
    if known is None:
        known = _nouns(spans, first, end) if nouns_only else _named(spans, first, end)
        spans.subjects[first, end, nouns_only] = known
    return list(known)


def _named(spans: Spans, first: int, end: int) -> list[str]:
    """The resources of a clause's nouns, then those of its IDs and emails."""
    nouns = subjects(spans, first, end, nouns_only=True)
    if _NAMING.isdisjoint(spans.types):
        return nouns or (["customers"] if _somebody(spans, first, end) else [])
    named = [sense.resource for at in spans.spots("before_id", first, end) for sense in named_by_id(spans, at, end)]
    result = dict.fromkeys([*named, *nouns])
    for token in spans.tokens[first:end]:
        if token.kind == "id" and token.value:
            result.setdefault(str(token.value))
        elif token.kind in {"email", "domain", "phone"}:
            result.setdefault("customers")
    if not result and _somebody(spans, first, end):
        return ["customers"]
    return list(result)


def _somebody(spans: Spans, first: int, end: int) -> bool:
    """Do two words in capitals stand together that are none of ours: "find Nadia Farouk", "Nadia Farouk's email"?"""
    names = [(at, stop) for at in range(first, end - 1) if (stop := _two_names(spans, at, end))]
    if not names or spans.title:
        return _at_domain(spans, first, end)
    return any(seeks(spans, at) or _has_column(spans, stop) for at, stop in names)


def _two_names(spans: Spans, at: int, end: int) -> int:
    """The end of a first and a last name, be there small words in between ("Maria da Silva"), or 0."""
    if not spans.capital(at) or spans.entries[at]:
        return 0
    last = spans.skip(at + 1, ("particle",), end)
    return last + 1 if last < end and spans.capital(last) and not spans.entries[last] else 0


def _at_domain(spans: Spans, first: int, end: int) -> bool:
    """ "who do we have at fernwood.org?": does the question ask who has an address there?"""
    who = spans.is_at(spans.skip(first, ("filler", "polite", "read"), end), "who")
    at = spans.skip(who, ("filler", "glue", "question"), end) if who else end
    if at >= end or spans.tokens[at].kind != "word" or "." not in spans.tokens[at].text:
        return False
    return spans.is_at(at - 1, "glue") == at


def _has_column(spans: Spans, at: int) -> bool:
    """Does a field of a customer stand behind an apostrophe-s?"""
    if at >= spans.n or spans.tokens[at].kind != "suffix":
        return False
    return any(sense.resource == "customers" for kind in ("field", "column") for sense, _ in spans.every(at + 1, kind))


def _nouns(spans: Spans, first: int, end: int) -> list[str]:
    """The resources of a clause's nouns: heads first, then those that only belong to a head ("of the customer")."""
    found: dict[str, None] = {}
    dependent: dict[str, None] = {}
    places = spans.spots("noun", first, end)
    if not places:
        return []
    if len(places) == 1:
        only = spans.every(places[0], "noun")
        stop = only[0][1]
        if stop > end:
            return []
        return list(dict.fromkeys([sense.resource for sense, each in only if each == stop]))
    at = first
    led = fronted = False
    while at < end:
        kinds = spans.kinds[at]
        senses = spans.every(at, "noun") if "noun" in kinds else ()
        if senses and senses[0][1] <= end:
            stop = senses[0][1]
            owner = stop < end and spans.tokens[stop].kind == "suffix"
            for sense, each in senses:
                if each == stop:
                    (dependent if owner or led else found)[sense.resource] = None
            at, led = stop, False
            continue
        comma = "comma" in kinds and not spans.is_at(
            at + 1, "group", "by"
        )  # "number of subs …, per product" asks of subs
        if dependent and not found and (comma or (kinds & _ASKING and spans.is_at(at - 1, "comma"))):
            # "for customers in the UK, which invoices are overdue?": what is asked for comes behind whose it is.
            led, fronted = False, True
        led = bool(kinds) and (led or "with" in kinds or spans.is_at(at, "glue", "prep", "where", "inside") > 0)
        at += 1
    return list(found if fronted and found else found | dependent)


def intents_of(r: Reading) -> list[Intent]:
    """The intents that a reading means: one, or one for each function asked at once."""
    name, action = r.resource.name, "list"
    filters = tuple(r.filters)
    if r.operation is not None:
        return [_intent(r, name, r.operation.name, filters, None)]
    if name in {"balance", "account"}:
        return [_intent(r, name, "get", filters, None)]
    if name == "metrics":
        return [_intent(r, name, "get", filters, None)]
    functions = r.functions or ([["count", None]] if r.group_by else [])
    if functions:
        return [_aggregate(r, name, filters, each) for each in functions]
    if r.both_ends and r.sort is not None:
        other = Sort(r.sort.field, "asc" if r.sort.order == "desc" else "desc")
        return [_intent(r, name, action, filters, each) for each in (r.sort, other)]
    if _is_get(r, filters):
        action = "get"
    return [_intent(r, name, action, filters, r.sort)]


def _is_get(r: Reading, filters: tuple[Filter, ...]) -> bool:
    if r.sort is not None or r.limit is not None or len(filters) != 1:
        return False
    only = filters[0]
    if only.field != "id" or only.op != "eq":
        return False
    return isinstance(only.value, str) or "it" in r.marks or getattr(only.value, "position", None) is not None


def _intent(r: Reading, name: str, action: str, filters: tuple[Filter, ...], sort: Sort | None) -> Intent:
    return Intent(
        resource=name,
        action=action,
        filters=filters,
        sort=sort or r.sort,
        limit=r.limit,
        params=dict(r.params),
        fields=tuple(r.fields),
        note=r.note,
        evidence=tuple(r.evidence),
    )


def _aggregate(r: Reading, name: str, filters: tuple[Filter, ...], function: list[str | None]) -> Intent:
    kind, field = str(function[0]), function[1]
    if kind != "count" and field is None:
        field = r.resource.amount
    having: Having | None = r.having
    sort = r.sort
    if sort is not None and sort.field == "":
        sort = Sort(kind, sort.order)
    return Intent(
        resource=name,
        action="aggregate",
        filters=filters,
        sort=sort,
        limit=r.limit,
        aggregate=Aggregate(kind, field if kind != "count" else None, tuple(r.group_by), having),
        evidence=tuple(r.evidence),
    )
