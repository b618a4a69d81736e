"""Pass 3, the walk: one clause, token by token, under one hypothesis of its resource and action.

At each token the longest phrase is tried first, equal ones in the lexicon's declared order; the first handler that
takes the words decides. What none takes is left in ``unread``: such a clause does not run.
"""

from __future__ import annotations

from decimal import Decimal

from flarite_nl.grammar.lexicon import Entry, Sense
from flarite_nl.parsing import (
    compares,
    conditions,
    fields,
    figures,
    grouping,
    handlers,
    identifiers,
    loose,
    params,
    periods,
    pivot,
    presences,
    references,
    scopes,
    settling,
    sorting,
    versus,
)
from flarite_nl.parsing.ahead import directly_ahead, for_noun_ahead, push_ahead
from flarite_nl.parsing.reading import Reading

HOLDING = ("condition", "schedule", "prohibition", "hypothetical", "permission", "how_to", "injection")
"""Guards that no order may hold, unless a param takes them whole ("at the end of the period", "once")."""


def read(r: Reading) -> Reading:
    """Walk the clause from its first token to its end."""
    at = r.first
    while at < r.end:
        r.at = at
        after = r.taken.get(at) or _step(r, at)
        if after <= at:
            r.unread.append(at)
            at += 1
        else:
            at = after
    _close(r)
    return r


def _step(r: Reading, at: int) -> int:
    spans = r.spans
    if "idiom" in spans.kinds[at] or ("lacks" in r.marks and f"lacks {at}" in r.marks and "event" in spans.kinds[at]):
        # "without a subscription created this year": none of several in a period, which no frame says.
        return 0
    if r.operation is not None:
        after = params.phrase(r, at)
        held = r.spans.is_at(at, "guard", *HOLDING) if "guard" in r.spans.kinds[at] else 0
        held = 0 if r.courtesy(at) else held
        if not after and (r.spans.is_at(at, "note", "noted") or _inexact(r, at)):
            return 0
        if after or held:
            # "from now on", "in case of": what no param takes whole, no other rule may take in parts.
            return after if after >= held else 0
    if at in spans.timed and spans.retime(at):
        after = periods.period(r, at)
        if after:
            return after
    elif at in spans.times and (after := periods.impossible(r, at)):
        return after
    token = spans.tokens[at]
    after = _value(r, at, token.kind) if token.kind != "word" or r.operation is not None else 0
    if after:
        return after
    after = _phrases(r, at)
    if after:
        return after
    if token.kind in {"word", "quote", "code"}:
        return loose.loose(r, at)
    return 0


def _inexact(r: Reading, at: int) -> bool:
    """ "refund about half": what an order writes, nobody rounds for it."""
    end = r.spans.is_at(at, "approximate")
    if not end or end >= r.end:
        return False
    return r.spans.tokens[end].kind in {"money", "percent", "number"} or r.spans.is_at(end, "fraction") > 0


def _value(r: Reading, at: int, kind: str) -> int:
    if kind in {"word", "mark", "suffix"}:
        named = kind == "word" and r.operation is not None and r.spans.capital(at)
        return params.bare(r, at) if named else 0
    if r.operation is not None:
        after = (references.counted(r, at) if kind == "number" else 0) or params.bare(r, at)
        if after or (r.operation.name == "create" and kind != "quote"):
            return after
    if kind == "id":
        return identifiers.identifier(r, at)
    if kind in {"email", "domain"}:
        return identifiers.email(r, at)
    if kind == "number":
        part = loose.part_of(r, at) or periods.resized(r, at) or figures.number(r, at)
        return part or compares.figure(r, at) or _how_many(r, at)
    if kind in {"money", "percent"}:
        return compares.figure(r, at)
    if kind in {"bad", "redacted"}:
        r.missing.append(_malformed(r, at))
        return at + 1
    return _phone(r, at) if kind == "phone" else 0


def _phone(r: Reading, at: int) -> int:
    found = r.typed("phone")
    if found is None:
        return 0
    r.add(found[0].prefix + found[1].name, "eq", str(r.spans.tokens[at].value))
    return at + 1


def _how_many(r: Reading, at: int) -> int:
    """ "make it 10" after a list, "give me 15" after the first five."""
    value = r.spans.tokens[at].value
    more = "list" in r.marks and r.previous is not None and r.previous.limit is not None
    more = more and r.spans.skip(at + 1, ("filler", "stop"), r.end) >= r.end
    if (
        not r.follow_up
        or not (more or r.marks & {"replace", "narrow"})
        or not isinstance(value, Decimal)
        or r.limit is not None
        or value != int(value)
    ):
        return 0
    r.limit = int(value)
    if more:
        # "show me 20" after the top 10 by revenue: the figures again.
        r.marks.discard("list")
    return at + 1


def _malformed(r: Reading, at: int) -> str:
    """The slot that a malformed ID or email leaves empty."""
    token = r.spans.tokens[at]
    if token.kind == "redacted" or "@" in token.text:
        return "email" if r.resource.name == "customers" else "customer"
    return "target" if token.text[:1].isalpha() else "amount"


def _phrases(r: Reading, at: int) -> int:
    here = r.spans.entries[at]
    if not here:
        return 0
    resources = {r.resource.name: 0}
    if len(r.scopes) > 1:
        resources = {scope.resource.name: depth for depth, scope in enumerate(r.scopes)}
    for end, entry in here:
        if end > r.end:
            continue
        after = _phrase(r, at, end, entry, resources)
        if after:
            return after
        if _UNSUPPORTED in entry.plain.get("guard", ()):
            # "what share of payments failed": no part of it may be read as something else.
            return 0
    return 0


_UNSUPPORTED = Sense("guard", "unsupported")


def _phrase(r: Reading, at: int, end: int, entry: Entry, resources: dict[str, int]) -> int:
    candidates = entry.read
    if candidates is None:
        # Every reading of a phrase asks the same handlers: they are looked up when it is first met.
        candidates = entry.read = [
            (_HANDLERS[kind], kind, resource, senses) for (kind, resource), senses in entry.items() if kind in _HANDLERS
        ]
    if len(resources) > 1 and len(candidates) > 1:
        # The innermost noun takes what it can ("invoices of customers that are delinquent").
        candidates = sorted(candidates, key=lambda each: -resources.get(each[2], -1))
    for handler, kind, resource, senses in candidates:
        if resource and resource not in resources and kind != "noun":
            if kind in {"meaning", "value"} and for_noun_ahead(r, at, end, resource):
                inner = push_ahead(r, at, resource)
                after = handler(r, at, end, senses[0]) if inner else 0
                if after:
                    return after
                if inner:
                    r.scopes.remove(inner)
            continue
        for sense in senses:
            if kind in {"meaning", "value"}:
                bound = _bind_ahead(r, at, end, sense)
                if bound:
                    return bound
            taken: int = handler(r, at, end, sense)
            if taken:
                return taken
    return 0


def _bind_ahead(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "with active subscriptions": an adjective belongs to the noun behind it, even if the head has it too."""
    led = at > r.first and r.operation is None and r.spans.is_at(r.first, "glue", "prep") > 0
    if (r.head_at < 0 and not led) or not r.spans.every(end, "noun"):
        return 0
    for other_end, entry in r.spans.entries[at]:
        if other_end != end:
            continue
        for (kind, resource), senses in entry.items():
            if (
                kind != sense.kind
                or resource == r.resource.name
                or resource in {scope.resource.name for scope in r.scopes}
            ):
                continue
            if not directly_ahead(r, end, resource):
                continue
            inner = push_ahead(r, at, resource)
            if inner is None:
                continue
            after = _HANDLERS[kind](r, at, end, senses[0])
            if after:
                return after
            r.scopes.remove(inner)
    return 0


def _with(r: Reading, at: int, end: int, sense: Sense) -> int:
    asked = r.spans.is_at(at, "question", "exist") > 0
    if asked and ((r.head_at < 0 and not r.filters) or handlers.set_off(r, at)):
        return 0
    r.marks.add("with")
    r.glue.update(range(at, end))
    return _phrases_marked(r, end, "with")


def _without(r: Reading, at: int, end: int, sense: Sense) -> int:
    r.marks.add("without")
    after = _phrases_marked(r, end, "without")
    while after and (joint := presences.also_lacked(r, after)):
        # "without an email or a name", "with neither a customer nor a description": without the one and the other
        again = _also_without(r, joint)
        if not again:
            break
        after = again
    return after


def _also_without(r: Reading, at: int) -> int:
    kept = len(r.filters)
    r.marks.add("without")
    after = _phrases_marked(r, at, "without")
    if after and all(each.op == "exists" and each.value is False for each in r.filters[kept:]):
        return after if len(r.filters) > kept else 0
    del r.filters[kept:]
    return 0


def _phrases_marked(r: Reading, end: int, mark: str) -> int:
    """What "with" or "without" is about is read at once, so that the mark cannot wander to a later word."""
    after = end
    while after < r.end and r.spans.is_at(after, "filler") and not r.spans.is_at(after, "order"):
        # "whose first payment failed": the first says which.
        after = r.spans.is_at(after, "filler")
    if after >= r.end:
        r.marks.discard(mark)
        return 0
    kept, known = len(r.filters), len(r.scopes)
    follow = r.taken.get(after) or _step(r, after)
    if _of_all(r, end, after, known):
        r.unread.append(end)
    pending = mark in r.marks
    r.marks.discard(mark)
    if mark == "without" and (pending or not follow):
        return _excepting(r, after, kept)
    if mark == "with" and not follow:
        return end
    return follow if follow or len(r.filters) > kept else end


def _of_all(r: Reading, end: int, after: int, known: int) -> bool:
    """ "customers with all invoices paid", "with only paid invoices": that none is otherwise, no frame says."""
    if len(r.scopes) <= known or not r.scopes[-1].many:
        return False
    return any(
        r.spans.is_at(at, "universal") or r.spans.is_at(at, "follow_up", "narrow") for at in range(end, after)
    )  # "any" too


def _excepting(r: Reading, after: int, kept: int) -> int:
    """ "without the failed ones": what has no being without it is left out."""
    del r.filters[kept:]
    if r.negate:
        return 0
    r.negate, r.negated_at, r.negated_from = "except", after - 1, kept
    follow = _step(r, after)
    several = [scope.prefix for scope in r.scopes if scope.many]
    if len(r.filters) > kept and not any(each.field.startswith(tuple(several)) for each in r.filters[kept:]):
        return follow
    # "customers without active subscriptions": none of several is no condition of a frame.
    del r.filters[kept:]
    r.negate = ""
    return 0


_HANDLERS: dict[str, handlers.Handler] = {
    "before_id": handlers.before_id,
    "noun": handlers.noun,
    "meaning": handlers.descriptive(conditions.meaning),
    "value": handlers.descriptive(conditions.value_word),
    "event": handlers.descriptive(conditions.event),
    "field": handlers.descriptive(fields.field_phrase),
    "column": fields.column,
    "compare": handlers.descriptive(handlers.compare),
    "between": handlers.between,
    "without": _without,
    "with": _with,
    "not": conditions.negation,
    "dropping": conditions.dropping,
    "and": handlers.joint,
    "or": handlers.either,
    "comma": handlers.comma,
    "stop": handlers.stop,
    "aggregate": figures.aggregate,
    "group": grouping.group,
    "grain": grouping.grain_word,
    "order": handlers.order,
    "sort": sorting.sort,
    "naming": handlers.naming,
    "showing": fields.included,
    "contains": loose.contains,
    "possessive": handlers.pronoun,
    "pronoun": handlers.pronoun,
    "follow_up": handlers.follow_up,
    "position": references.position,
    "numbered": references.numbered,
    "ordinal": references.ordinal,
    "country": handlers.descriptive(handlers.code_word("country")),
    "currency": handlers.descriptive(handlers.code_word("currency")),
    "amount_word": handlers.amount_word,
    "question": handlers.question,
    "read": handlers.only_read,
    "polite": handlers.polite,
    "guard": handlers.permission,
    "comparative": versus.comparative,
    "comparing": versus.comparing,
    "bringing": pivot.bringing,
    "standing": pivot.standing,
    "participle": handlers.participle,
    "indefinite": handlers.indefinite,
    "limit": figures.limit,
    "separable": handlers.separable,
    "glue": handlers.glue,
    "filler": handlers.filler,
}


def _close(r: Reading) -> None:
    """What only the end of the clause decides."""
    if r.negate == "except" or r.negate:
        if (
            not any(each.op in {"ne", "not_in", "not_during"} or each.value is False for each in r.filters)
            and r.negated_at >= 0
        ):
            r.unread.append(r.negated_at)
        r.negate = ""
    scopes.settle_scopes(r)
    if "pivot" in r.marks and not r.order and not r.sort and r.having is None:
        r.order, r.order_at = "most", r.first + 1
    settling.settle_said_twice(r)
    settling.settle_dates(r)
    settling.settle_grain(r)
    sought = "sorting" in r.marks and r.sort is None and "pivot" not in r.marks
    if not settling.settle_order(r) or sought:
        r.unread.append(max(min(r.order_at, r.end) - 1, r.first))
    settling.settle_figure(r)


__all__ = ["read"]
