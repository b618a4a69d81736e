"""Pass 3, the walk: one clause, token by token, under one hypothesis of its resource and action.

At each token the longest phrase is tried first, equal ones in the lexicon's declared order; the first handler that
takes the words decides. What none takes is left in ``unread``: such a clause does not run.
"""

from __future__ import annotations

from collections.abc import Callable

from flarite_nl.grammar.lexicon import Entry, Sense
from decimal import Decimal

from flarite_nl.model.values import Ref, Window
from flarite_nl.parsing import conditions, figures, nouns, params
from flarite_nl.parsing.reading import Reading, Scope
from flarite_nl.parsing.values import window_at
from flarite_nl.values.times import ImpossibleTime, TimeSpan

Handler = Callable[[Reading, int, int, Sense], int]


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
    if r.operation is not None:
        after = params.phrase(r, at)
        if after:
            return after
    if at in r.spans.times:
        after = _time(r, at)
        if after:
            return after
    token = r.spans.tokens[at]
    after = _value(r, at, token.kind)
    if after:
        return after
    after = _phrases(r, at)
    if after:
        return after
    if token.kind in {"word", "quote", "code"}:
        return _loose(r, at)
    return 0


def _value(r: Reading, at: int, kind: str) -> int:
    if kind in {"word", "mark", "suffix"}:
        return 0
    if r.operation is not None:
        after = params.bare(r, at)
        if after:
            return after
        if r.operation.name == "create" and kind != "quote":
            return 0
    if kind == "id":
        return nouns.identifier(r, at)
    if kind in {"email", "domain"}:
        return nouns.email(r, at)
    if kind == "number":
        return figures.number(r, at) or conditions.figure(r, at) or _how_many(r, at)
    if kind in {"money", "percent"}:
        return conditions.figure(r, at)
    if kind in {"bad", "redacted"}:
        r.missing.append(_malformed(r, at))
        return at + 1
    if kind == "phone":
        found = r.typed("phone")
        if found:
            r.add(found[0].prefix + found[1].name, "eq", str(r.spans.tokens[at].value))
            return at + 1
    return 0


def _how_many(r: Reading, at: int) -> int:
    """"make it 10" after a list."""
    value = r.spans.tokens[at].value
    if not r.follow_up or "replace" not in r.marks or not isinstance(value, Decimal) or r.limit is not None or value != int(value):
        return 0
    r.limit = int(value)
    return at + 1


def _malformed(r: Reading, at: int) -> str:
    """The slot that a malformed ID or email leaves empty."""
    token = r.spans.tokens[at]
    if token.kind == "redacted" or "@" in token.text:
        return "email" if r.resource.name == "customers" else "customer"
    return "target"


def _time(r: Reading, at: int) -> int:
    """A period without words of its own: it is about the date that the noun, or the resource, means."""
    span = r.spans.times[at]
    if span.expr.kind == "duration":
        return 0
    if span.expr.weak and span.first == span.last and r.spans.entries[at] and not r.spans.capital(at):
        return 0
    scope, name = _time_scope(r)
    if name is None:
        return 0
    if r.operation is not None and not _selects(r, at, span.last + 1):
        return 0
    spec = scope.resource.fields[name]
    if spec.ahead and span.expr.explicit_past and r.resource.time != name:
        pass
    window = _beside(r, span) or window_at(r, at, ahead=spec.ahead)
    if window is None:
        return span.last + 1 if "time" in r.missing else 0
    value = window[0]
    # "between January 5 and February 10 and …": two periods of one date cannot both be meant.
    if any(each.field == scope.prefix + name and each.op == "during" for each in r.filters) and not r.negate:
        return 0
    r.add(scope.prefix + name, "during", value)
    r.say(at, window[1], f"time {name}")
    r.settle(window[1])
    return window[1]


def _beside(r: Reading, span: TimeSpan) -> tuple[Window, int] | None:
    """"the week before" counts from the period of the turn before."""
    if r.previous is None or span.expr.relative_to_previous is None or not r.follow_up:
        return None
    base = next((each.value for each in r.previous.filters if isinstance(each.value, Window)), None)
    if not isinstance(base, Window):
        return None
    try:
        return span.expr.shift(base, r.spans.tz), span.last + 1
    except ImpossibleTime:
        return None


def _time_scope(r: Reading) -> tuple[Scope, str | None]:
    head = r.scopes[0]
    if r.time_field:
        return head, r.time_field
    if head.noun is not None and head.noun.time:
        return head, head.noun.time
    upcoming = _noun_time_ahead(r) if r.head_at < 0 else None
    if upcoming:
        return head, upcoming
    return head, r.resource.time


def _noun_time_ahead(r: Reading) -> str | None:
    """"next week's renewals": the noun that decides the date comes behind it."""
    for at in range(r.first, r.end):
        for sense, _ in r.spans.every(at, "noun"):
            if sense.resource == r.resource.name:
                return r.resource.nouns[sense.extra].time
    return None


def _selects(r: Reading, at: int, end: int) -> bool:
    """In an order a period must belong to the target ("yesterday's", "made today"); alone it may be a schedule."""
    if r.own_id or r.operation is None or r.operation.name == "create":
        return False
    expr = r.spans.times[at].expr
    if expr.explicit_future:
        return False
    if expr.explicit_past:
        # What lies behind cannot be when to do it.
        return True
    if end < r.end and r.spans.words[end] == "'s":
        return True
    led = r.spans.is_at(at, "glue", "prep") or at - 1 in r.glue
    following = r.spans.skip(end, ("filler",), r.end)
    return bool(led) or any(sense.resource == r.resource.name for sense, _ in r.spans.every(following, "noun"))


def _phrases(r: Reading, at: int) -> int:
    resources = {scope.resource.name: depth for depth, scope in enumerate(r.scopes)}
    for end, entry in r.spans.entries[at]:
        if end > r.end:
            continue
        after = _phrase(r, at, end, entry, resources)
        if after:
            return after
    return 0


def _phrase(r: Reading, at: int, end: int, entry: Entry, resources: dict[str, int]) -> int:
    candidates = entry.items()
    if len(resources) > 1 and len(entry) > 1:
        # The innermost noun takes what it can ("invoices of customers that are delinquent").
        candidates = sorted(candidates, key=lambda item: -resources.get(item[0][1], -1))  # type: ignore[assignment]
    for (kind, resource), senses in candidates:
        handler = _HANDLERS.get(kind)
        if handler is None:
            continue
        if resource and resource not in resources and kind != "noun":
            if kind in {"meaning", "value"} and _for_noun_ahead(r, at, end, resource):
                inner = _push_ahead(r, at, resource)
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
            after = handler(r, at, end, sense)
            if after:
                return after
    return 0


def _for_noun_ahead(r: Reading, at: int, end: int, resource: str) -> bool:
    """Does an adjective stand before a noun of that resource, which the head has or belongs to?"""
    if r.head_at < 0:
        return False
    limit = min(r.end, end + 4)
    step = end
    while step < limit:
        if any(sense.resource == resource for sense, _ in r.spans.every(step, "noun")):
            return True
        following = max(
            (stop for stop, entry in r.spans.entries[step] if any(key in entry for key in (("meaning", resource), ("value", resource), ("filler", ""), ("or", ""), ("and", ""), ("comma", "")))),
            default=0,
        )
        if not following:
            return False
        step = following
    return False


def _push_ahead(r: Reading, at: int, resource: str) -> Scope | None:
    path = r.path_to(resource)
    if path is None:
        return None
    r.marks.discard("with")
    return r.push(r.spans.grammar.resources[resource], path[0], path[1], None, at)


def _bind_ahead(r: Reading, at: int, end: int, sense: Sense) -> int:
    """"customers with active subscriptions": an adjective belongs to the noun behind it, even if the head has it too."""
    if r.head_at < 0 or len(r.spans.entries[at]) == 0:
        return 0
    for other_end, entry in r.spans.entries[at]:
        if other_end != end:
            continue
        for (kind, resource), senses in entry.items():
            if kind != sense.kind or resource == r.resource.name or resource in {scope.resource.name for scope in r.scopes}:
                continue
            if not _directly_ahead(r, end, resource):
                continue
            inner = _push_ahead(r, at, resource)
            if inner is None:
                continue
            after = _HANDLERS[kind](r, at, end, senses[0])
            if after:
                return after
            r.scopes.remove(inner)
    return 0


def _directly_ahead(r: Reading, end: int, resource: str) -> bool:
    return any(sense.resource == resource for sense, _ in r.spans.every(end, "noun"))


def _descriptive(handler: Handler) -> Handler:
    """Describes what there is; what is yet to be made has params instead."""

    def handle(r: Reading, at: int, end: int, sense: Sense) -> int:
        if r.operation is not None and r.operation.name == "create":
            return 0
        return handler(r, at, end, sense)

    return handle


def _noun(r: Reading, at: int, end: int, sense: Sense) -> int:
    if len(r.scopes) > 1 and r.scopes[-1].resource.name == sense.resource and r.scopes[-1].noun is None:
        # The scope was opened by an adjective before this noun.
        other = r.scopes[-1].resource
        r.scopes[-1].noun = other.nouns[sense.extra]
        r.conditions(other.nouns[sense.extra].conditions, r.scopes[-1].prefix)
        return end
    own = next((each for each, stop in r.spans.every(at, "noun") if stop == end and each.resource == r.resource.name), None)
    if r.operation is not None and r.operation.name == "create" and own is None:
        return 0
    after = nouns.noun(r, at, end, own or sense)
    if after and r.operation is not None and r.operation.name == "create":
        if own is None and r.filters:
            return 0
        named = next((each.value for each in r.filters if each.field in {"name", "id", "code"}), None)
        slot = next((each.field for each in r.filters if each.field in {"name", "id", "code"}), "")
        if slot in r.operation.params and slot not in r.params:
            r.params[slot] = named
        r.filters.clear()
        r.own_id = False
    return after


def _glue(r: Reading, at: int, end: int, sense: Sense) -> int:
    if sense.key == "relative" and r.head_at < 0 and r.spans.is_at(at, "question") == 0:
        return 0
    r.glue.update(range(at, end))
    r.cursor = end
    return end


def _filler(r: Reading, at: int, end: int, sense: Sense) -> int:
    if sense.key == "determiner" and r.head_at < 0:
        r.every = r.every or _plural_determiner(r, at)
    return end


def _plural_determiner(r: Reading, at: int) -> bool:
    return bool(r.spans.is_at(at, "every"))


def _order(r: Reading, at: int, end: int, sense: Sense) -> int:
    if r.operation is not None and r.operation.name == "create":
        return end if sense.key == "new" else 0
    several = _positions(r, at) if sense.key == "oldest" else 0
    if several:
        return several
    if sense.key == "oldest" and at == r.first and (r.spans.is_at(end, "read") or r.spans.is_at(end, "comma") or r.spans.is_at(end, "polite")):
        # "first get …" counts the requests.
        return 0
    return figures.order(r, at, end, sense)


def _positions(r: Reading, at: int) -> int:
    """"the first and the third one"."""
    first = r.spans.at(at, "ordinal")
    joint = r.spans.is_at(first[1], "and") if first else 0
    start = r.spans.skip(joint, ("filler",), r.end) if joint else 0
    # "the third" is a filler's word too; what counts is a position that follows the joint.
    for at_second in (joint, start):
        second = r.spans.at(at_second, "position") if at_second else None
        if first and second:
            found = nouns.antecedent(r, "pronoun", "it")
            if found is not None and found[0] == "id":
                r.add("id", "eq", Ref(found[1].ref, (int(first[0].key), int(second[0].key)), found[1].field))
                r.own_id = True
                return second[1]
    return 0


def _only_read(r: Reading, at: int, end: int, sense: Sense) -> int:
    if r.operation is not None or (sense.key == "open" and not (end < r.end and r.spans.tokens[end].kind == "id")):
        return 0
    r.marks.add("list")
    return end


def _follow_up(r: Reading, at: int, end: int, sense: Sense) -> int:
    """What only refers to the turn before: "only those", "make it", "instead"."""
    if not r.follow_up:
        return 0
    r.marks.add(sense.key)
    r.marks.add("back")
    return end


def _pronoun(r: Reading, at: int, end: int, sense: Sense) -> int:
    if r.follow_up:
        r.marks.add("back")
        return end
    if r.operation is not None and (r.operation.name == "create" or r.own_id):
        return params.pronoun(r, at) or (nouns.pronoun(r, at, end, sense) if r.operation.name != "create" else 0)
    if r.operation is not None and sense.kind == "pronoun" and (filled := params.pronoun(r, at)):
        return filled
    return nouns.pronoun(r, at, end, sense)


def _question(r: Reading, at: int, end: int, sense: Sense) -> int:
    if r.operation is not None:
        return 0
    if sense.key == "money":
        if r.resource.name not in {"balance", "account", "metrics"} and not r.functions:
            r.functions.append(["sum", None])
        return end
    if sense.key == "exist" and r.head_at >= 0 and r.cursor != at and not r.spans.is_at(at, "glue"):
        return 0
    if sense.key == "exist" and (r.head_at < 0 and not r.filters):
        r.question = "exist"
    return end


def _polite(r: Reading, at: int, end: int, sense: Sense) -> int:
    return end if r.operation is None and r.head_at < 0 else 0


def _with(r: Reading, at: int, end: int, sense: Sense) -> int:
    if r.head_at < 0 and not r.filters and r.spans.is_at(at, "question", "exist"):
        return 0
    r.marks.add("with")
    r.glue.update(range(at, end))
    following = _phrases_marked(r, end, "with")
    return following


def _without(r: Reading, at: int, end: int, sense: Sense) -> int:
    r.marks.add("without")
    return _phrases_marked(r, end, "without")


def _phrases_marked(r: Reading, end: int, mark: str) -> int:
    """What "with" or "without" is about is read at once, so that the mark cannot wander to a later word."""
    after = r.spans.skip(end, ("filler",), r.end)
    if after >= r.end:
        r.marks.discard(mark)
        return 0
    kept = len(r.filters)
    follow = r.taken.get(after) or _step(r, after)
    pending = mark in r.marks
    r.marks.discard(mark)
    if mark == "without" and (pending or not follow):
        return 0
    if mark == "with" and not follow:
        return end
    return follow if follow or len(r.filters) > kept else end


def _and(r: Reading, at: int, end: int, sense: Sense) -> int:
    return end


def _code_word(kind: str) -> Handler:
    def handle(r: Reading, at: int, end: int, sense: Sense) -> int:
        return conditions.code_word(r, at, kind)

    return handle


def _between(r: Reading, at: int, end: int, sense: Sense) -> int:
    return conditions.between(r, at, end) if sense.key == "from" else 0


def _naming(r: Reading, at: int, end: int, sense: Sense) -> int:
    return nouns.named(r, at, end)


def _contains(r: Reading, at: int, end: int, sense: Sense) -> int:
    """"that mention 'overage'": the text that a resource has is its description."""
    found = r.typed("text")
    start = r.spans.skip(end, ("glue", "filler"), r.end)
    if found is None or start >= r.end or r.spans.tokens[start].kind != "quote":
        return 0
    scope, spec = found
    described = scope.resource.fields.get("description", spec)
    behind = _in_field(r, start + 1)
    if behind:
        described, after = behind
    else:
        after = start + 1
    r.add(scope.prefix + described.name, "contains", str(r.spans.tokens[start].value))
    r.settle(after)
    return after


def _in_field(r: Reading, at: int):  # type: ignore[no-untyped-def]
    """"'setup fee' in the description", "bakery in their name": the field behind its value."""
    inside = r.spans.is_at(at, "contains", "in")
    if not inside:
        return None
    start = r.spans.skip(inside, ("filler", "possessive"), r.end)
    for scope in reversed(r.scopes):
        found = r.spans.at(start, "field", scope.resource.name)
        if found and scope.resource.fields[found[0].key].type in {"text", "email", "phone"}:
            return scope.resource.fields[found[0].key], found[1]
    return None


def _loose(r: Reading, at: int) -> int:
    """A word that no phrase takes: a metadata key, a text before its field, a name, a country code, a raw value."""
    token = r.spans.tokens[at]
    if token.lower.startswith("metadata.") and "metadata" in r.resource.fields:
        return conditions.metadata_value(r, at, at + 1, r.scopes[0], token.text.split(".", 1)[1])
    coded = _code_before_noun(r, at)
    if coded:
        return coded
    behind = _in_field(r, at + 1)
    if behind and r.operation is None:
        spec, after = behind
        scope = next(each for each in reversed(r.scopes) if spec.name in each.resource.fields)
        r.add(scope.prefix + spec.name, "contains", str(token.value) if token.kind == "quote" else token.text)
        scope.used = True
        r.settle(after)
        return after
    if token.kind == "word" and "." in token.text and r.spans.is_at(at - 1, "glue") and r.operation is None:
        return nouns.domain(r, at)
    if token.kind == "word":
        for kind in ("country", "currency"):
            after = conditions.code_word(r, at, kind)
            if after:
                return after
    if r.operation is not None and r.operation.name == "create":
        return 0
    return nouns.owner(r, at) or (nouns.other_owner(r, at) if r.follow_up else 0)


def _code_before_noun(r: Reading, at: int) -> int:
    """"SPRING24 coupon": a code right before the noun that it is the code of."""
    slot = "code" if "code" in r.resource.fields else "id" if r.resource.name == "coupons" else "number" if "number" in r.resource.fields else ""
    token = r.spans.tokens[at]
    if not slot or token.kind == "quote" or not nouns.codelike(token.text) or r.spans.upper:
        return 0
    if not any(sense.resource == r.resource.name for sense, _ in r.spans.every(at + 1, "noun")):
        return 0
    if r.operation is not None and r.operation.name == "create":
        if slot not in r.operation.params or slot in r.params:
            return 0
        r.params[slot] = token.text
    else:
        r.add(slot, "eq", token.text)
        r.own_id = r.own_id or slot == "id"
    return at + 1


def _compare(r: Reading, at: int, end: int, sense: Sense) -> int:
    return conditions.compare(r, at, end, sense)


def _amount_word(r: Reading, at: int, end: int, sense: Sense) -> int:
    return figures.amount_word(r, at, end)


def _measure(r: Reading, at: int, end: int, sense: Sense) -> int:
    return 0


def _stop(r: Reading, at: int, end: int, sense: Sense) -> int:
    return end


_HANDLERS: dict[str, Handler] = {
    "noun": _noun,
    "meaning": _descriptive(conditions.meaning),
    "value": _descriptive(conditions.value_word),
    "event": _descriptive(conditions.event),
    "field": _descriptive(conditions.field_phrase),
    "compare": _descriptive(_compare),
    "between": _between,
    "without": _without,
    "with": _with,
    "not": conditions.negation,
    "and": _and,
    "comma": _stop,
    "stop": _stop,
    "aggregate": figures.aggregate,
    "group": figures.group,
    "grain": figures.grain_word,
    "order": _order,
    "sort": figures.sort,
    "naming": _naming,
    "contains": _contains,
    "possessive": _pronoun,
    "pronoun": _pronoun,
    "follow_up": _follow_up,
    "position": nouns.position,
    "country": _descriptive(_code_word("country")),
    "currency": _descriptive(_code_word("currency")),
    "amount_word": _amount_word,
    "question": _question,
    "read": _only_read,
    "polite": _polite,
    "glue": _glue,
    "filler": _filler,
}


def _close(r: Reading) -> None:
    """What only the end of the clause decides."""
    if r.negate == "except" or r.negate:
        if not any(each.op in {"ne", "not_in", "not_during"} or each.value is False for each in r.filters) and r.negated_at >= 0:
            r.unread.append(r.negated_at)
        r.negate = ""
    for depth, scope in enumerate(r.scopes[1:], 1):
        if scope.many and not any(each.field.startswith(scope.prefix) for each in r.filters):
            r.add(scope.prefix[:-1], "exists", True)
        elif not scope.many and not scope.used and not any(each.field.startswith(scope.prefix) or each.field == scope.prefix[:-1] for each in r.filters):
            if f"has {depth}" in r.marks:
                r.add(scope.prefix[:-1], "exists", True)
            elif scope.resource.name == "customers":
                r.marks.add("customer unnamed")
            else:
                r.unread.append(scope.position)
    if "pivot" in r.marks and not r.order and not r.sort and r.having is None:
        r.order, r.order_at = "most", r.first + 1
    if not figures.settle_order(r) and r.order_at > 0:
        r.unread.append(min(r.order_at, r.end) - 1)


__all__ = ["read"]
