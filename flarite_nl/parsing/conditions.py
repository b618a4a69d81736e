"""Pass 3, modifiers: fields with their values, comparisons, statuses, negation. Each handler takes the words at a
token and returns the token behind what it took, or 0 if they are nothing of its kind here."""

from __future__ import annotations

from flarite_nl.grammar.lexicon import Sense
from flarite_nl.grammar.schema import Condition, Field, Meaning
from flarite_nl.model.values import Money, Value, Window
from flarite_nl.parsing.reading import Reading, Scope
from flarite_nl.values.times import ImpossibleTime
from flarite_nl.parsing.values import add_values, list_at, range_at, value_at, window_at

NUMERIC = frozenset({"money", "number", "percent"})


def field_phrase(r: Reading, at: int, end: int, sense: Sense) -> int:
    """A field named in words; of several with the same words the one whose value follows."""
    others = [each for each, stop in r.spans.every(at, "field") if stop == end and each.resource == sense.resource and each.key != sense.key]
    for each in (sense, *others) if others else ():
        found = r.find_field(each.key, each.resource)
        after = _field_value(r, end, *found) if found and found[1].type != "metadata" else 0
        if after:
            return after
    return _field_phrase(r, at, end, sense)


def _field_phrase(r: Reading, at: int, end: int, sense: Sense) -> int:
    """A field named in words: "total of exactly $5", "description contains …", "balance over 100", "with an email"."""
    found = r.find_field(sense.key, sense.resource)
    if found is None:
        return 0
    scope, spec = found
    if spec.type == "metadata":
        return metadata(r, at, end, scope, spec)
    after = _field_value(r, end, scope, spec)
    if after:
        r.say(at, after, f"field {spec.name}")
        return after
    if r.functions and spec.type in NUMERIC and any(each[1] is None and each[0] != "count" for each in r.functions):
        for each in r.functions:
            if each[1] is None and each[0] != "count":
                each[1] = scope.prefix + spec.name
        return end
    if spec.name == r.order_field or (r.order and r.order_at == at and not r.order_field):
        r.order_field = scope.prefix + spec.name
        return end
    return _bare_field(r, at, end, scope, spec)


def _field_value(r: Reading, end: int, scope: Scope, spec: Field) -> int:
    """The value behind a field's name: [is] [not] [over | between | contains] VALUE; 0 where none is there."""
    spans = r.spans
    name = scope.prefix + spec.name
    at = r.skip_glue(end)
    while (colon := spans.is_at(at, "comma", "comma")) and spans.words[at] in {":", "-", "("}:
        at = r.skip_glue(colon)
    negated = spans.is_at(at, "not")
    if negated:
        at = r.skip_glue(negated)
    ranged = spans.is_at(at, "between", "from")
    if ranged and spec.type in NUMERIC:
        pair = range_at(r, r.skip_glue(ranged), spec)
        if pair:
            r.add(name, "gte", pair[0])
            r.add(name, "lte", pair[1])
            return _used(r, scope, pair[2])
    compared = spans.at(at, "compare")
    if compared and spec.type in NUMERIC | {"code", "word", "text", "email", "currency", "country", "reference", "id", "boolean"}:
        if spec.type in NUMERIC or compared[0].key in {"eq", "ne"}:
            after = _compared(r, compared[1], scope, spec, compared[0].key, bool(negated))
            if after:
                return after
    containing = spans.is_at(at, "contains", "contains")
    if containing and spec.type in {"text", "email", "phone"}:
        at = r.skip_glue(containing)
        found = value_at(r, at, spec)
        if found:
            r.add(name, "contains", found[1])
            return _used(r, scope, found[2])
    return _plain_value(r, at, scope, spec, bool(negated))


def _compared(r: Reading, at: int, scope: Scope, spec: Field, op: str, negated: bool) -> int:
    found = list_at(r, r.skip_glue(at), spec)
    if found is None:
        return 0
    own, values, end = found
    name = scope.prefix + spec.name
    after = r.spans.at(end, "compare_after") if op == "eq" and spec.type in NUMERIC else None
    if after:
        op, end = after[0].key, after[1]
    if negated:
        op = {"eq": "ne", "ne": "eq", "gt": "lte", "gte": "lt", "lt": "gte", "lte": "gt"}[op]
    if spec.type in NUMERIC and op not in {"eq", "ne"}:
        r.add(name, op, values[0])
        return _used(r, scope, end) if len(values) == 1 else 0
    add_values(r, name, own, values, op)
    return _used(r, scope, end)


def _plain_value(r: Reading, at: int, scope: Scope, spec: Field, negated: bool) -> int:
    pair = range_at(r, at, spec) if spec.type in NUMERIC else None
    name = scope.prefix + spec.name
    if pair and not negated:
        r.add(name, "gte", pair[0])
        r.add(name, "lte", pair[1])
        return _used(r, scope, pair[2])
    found = list_at(r, at, spec)
    if found is None:
        return 0
    own, values, end = found
    after = r.spans.at(end, "compare_after") if spec.type in NUMERIC else None
    if after:
        r.add(name, after[0].key, values[0])
        return _used(r, scope, after[1])
    if negated:
        r.negate, r.negated_at = r.negate or "predicate", at
    add_values(r, name, own, values)
    if negated:
        r.negate = ""
    return _used(r, scope, end)


def _used(r: Reading, scope: Scope, end: int) -> int:
    scope.used = True
    r.settle(end)
    measured = r.spans.at(end, "measure", scope.resource.name)
    return measured[1] if measured else end


def _bare_field(r: Reading, at: int, end: int, scope: Scope, spec: Field) -> int:
    """A field without a value: "with an email", "no phone", or a column that is asked for."""
    name = scope.prefix + spec.name
    if "without" in r.marks:
        r.marks.discard("without")
        r.add(name, "exists", False)
        return _used(r, scope, end)
    if "with" in r.marks:
        r.marks.discard("with")
        r.add(name, "exists", True)
        return _used(r, scope, end)
    if spec.type == "time" or r.operation is not None:
        return 0
    if _asked(r, at, end):
        if name not in r.fields:
            r.fields.append(name)
        return end
    return 0


def _asked(r: Reading, at: int, end: int) -> bool:
    """Is the field a column that is asked for: "and their emails", "the status of …", "in_1 - status?"?"""
    spans = r.spans
    before = at - 1
    while before >= r.first and (spans.is_at(before, "filler") or spans.is_at(before, "possessive") or before in r.glue):
        before -= 1
    if r.head_at < 0 and spans.is_at(end, "glue", "prep"):
        return True
    joined = before >= r.first and (spans.is_at(before, "and") or spans.is_at(before, "comma") or spans.is_at(before, "with"))
    asked = any(spans.is_at(each, "question") or spans.is_at(each, "read") for each in range(r.first, at))
    return bool(joined or asked or r.own_id)


def metadata(r: Reading, at: int, end: int, scope: Scope, spec: Field) -> int:
    """"metadata order_id is 6735", "metadata channel=marketplace", "metadata tier enterprise"."""
    key_at = r.skip_glue(end)
    if key_at >= r.end or r.spans.tokens[key_at].kind not in {"word", "quote", "id", "code"}:
        return 0
    token = r.spans.tokens[key_at]
    key = token.value if token.kind == "quote" and isinstance(token.value, str) else token.text
    return metadata_value(r, at, key_at + 1, scope, str(key))


def metadata_value(r: Reading, at: int, behind: int, scope: Scope, key: str) -> int:
    """The value of a metadata key; values of metadata are strings."""
    spans = r.spans
    name = f"{scope.prefix}metadata.{key}"
    value_from = r.skip_glue(behind)
    negated = spans.is_at(value_from, "not")
    if negated:
        value_from = r.skip_glue(negated)
    compared = spans.at(value_from, "compare")
    if compared and compared[0].key in {"eq", "ne"}:
        negated = negated or (1 if compared[0].key == "ne" else 0)
        value_from = r.skip_glue(compared[1])
    values: list[Value] = []
    while value_from < r.end and spans.tokens[value_from].kind not in {"mark", "suffix", "compare"}:
        token = spans.tokens[value_from]
        values.append(token.value if token.kind == "quote" and isinstance(token.value, str) else token.text)
        behind = value_from + 1
        joint = spans.is_at(behind, "or")
        if not joint:
            break
        value_from = r.skip_glue(joint)
    if not values:
        if "with" in r.marks or "without" in r.marks:
            present = "with" in r.marks
            r.marks -= {"with", "without"}
            r.add(name, "exists", present)
            return behind
        return 0
    if negated:
        r.negate, r.negated_at = "predicate", at
    add_values(r, name, "eq", tuple(values))
    if negated:
        r.negate = ""
    r.say(at, behind, f"metadata {key}")
    return _used(r, scope, behind)


def event(r: Reading, at: int, end: int, sense: Sense) -> int:
    """A verb that names a date or a count: "created last week", "due by Friday", "redeemed fewer than 5 times"."""
    found = r.find_field(sense.key, sense.resource)
    if found is None:
        return 0
    scope, spec = found
    if r.own_id and r.operation is None and scope.prefix == "" and not any(start >= end for start in r.spans.times):
        # "when does sub_1 renew?" asks about the one object.
        return end
    after = r.skip_glue(end)
    if spec.type == "time":
        name = spec.name
        if scope.noun is not None and scope.noun.time and spec.ahead:
            name = scope.noun.time
        # A preposition can belong to the event ("due by") or to the time ("by Friday"): either way it is the time's.
        for start in (end, end - 1, after):
            if start > at or start == end:
                window = window_at(r, start, ahead=scope.resource.fields[name].ahead)
                if window:
                    r.add(scope.prefix + name, "during", window[0])
                    r.say(at, window[1], f"event {name}")
                    return _used(r, scope, window[1])
        if name != scope.resource.time:
            return 0
        dated = r.has(scope.prefix + name) or any(start >= end for start in r.spans.times)
        return end if _joins(r, at, end) or dated else 0
    ranged = value_after(r, after, scope, spec)
    return ranged


def _joins(r: Reading, at: int, end: int) -> bool:
    """A bare "made", "created" says nothing where it only joins a noun to what follows it."""
    return r.head_at >= 0 and r.head_at < at and end < r.end


def value_after(r: Reading, at: int, scope: Scope, spec: Field) -> int:
    """[over] VALUE [times] behind a word that names a number."""
    compared = r.spans.at(at, "compare")
    found = value_at(r, r.skip_glue(compared[1]) if compared else at, spec)
    if found is None:
        return 0
    after = r.spans.at(found[2], "compare_after")
    op = compared[0].key if compared else after[0].key if after else "eq"
    r.add(scope.prefix + spec.name, op, found[1])
    return _used(r, scope, after[1] if after else found[2])


def meaning(r: Reading, at: int, end: int, sense: Sense) -> int:
    """Words that stand for conditions: "overdue", "partially refunded", "cancelled last month"."""
    scope = next((each for each in reversed(r.scopes) if each.resource.name == sense.resource), None)
    if scope is None:
        return 0
    said: Meaning = scope.resource.meanings[int(sense.key)]
    if _listed(r, end, said):
        return 0
    if r.question == "exist" and r.own_id and scope.prefix == "":
        # "was ch_1 refunded?" asks about the one object; it does not select.
        return end
    after = _meaning_time(r, end, scope, said)
    conditions: tuple[Condition, ...] = said.conditions
    if after and said.time and any(each[0] == said.time for each in conditions):
        conditions = tuple(each for each in conditions if each[0] != said.time)
    if not _negate_meaning(r, at, scope, said, conditions):
        return 0
    after = after or end
    r.say(at, after, f"meaning {' '.join(r.spans.words[at:end])}")
    if said.time and not after > end:
        scope_time = scope.prefix + said.time
        r.time_field = scope_time if _past_head(r, at) and scope.prefix == "" and said.time != "paid_at" else r.time_field
    return _used(r, scope, after)


def _listed(r: Reading, end: int, said: Meaning) -> bool:
    """"aren't paid or void": one of several values of a field is read as that value, not as what it stands for."""
    if len(said.conditions) != 1 or not r.spans.is_at(end, "or"):
        return False
    following = r.skip_glue(r.spans.is_at(end, "or"))
    name = said.conditions[0][0]
    return any(sense.extra == name for sense, _ in r.spans.every(following, "value"))


def _past_head(r: Reading, at: int) -> bool:
    return r.head_at >= 0


def _negate_meaning(r: Reading, at: int, scope: Scope, said: Meaning, conditions: tuple[Condition, ...]) -> bool:
    if not r.negate:
        r.conditions(conditions, scope.prefix)
        return True
    kept, r.negate = r.negate, ""
    if said.negated is not None:
        r.conditions(said.negated, scope.prefix)
    elif len(conditions) == 1:
        r.negate = kept
        r.conditions(conditions, scope.prefix)
    else:
        return False
    r.negate = kept
    return True


def _meaning_time(r: Reading, end: int, scope: Scope, said: Meaning) -> int:
    """The period right behind a meaning that has a date of its own, or how long it has lasted."""
    if said.time is None:
        return 0
    spec = scope.resource.fields[said.time]
    for start in (end, r.skip_glue(end)):
        compared = r.spans.at(start, "compare")
        if compared:
            span = r.spans.times.get(compared[1])
            age = _age(r, compared[1], compared[0].key)
            if span is not None and age is not None:
                r.add(scope.prefix + said.time, "during", age)
                return span.last + 1
        if not _behind_head(r, end):
            return 0
        window = window_at(r, start, ahead=spec.ahead and said.time != "due_date")
        if window:
            r.add(scope.prefix + said.time, "during", window[0])
            return window[1]
    return 0


def _behind_head(r: Reading, end: int) -> bool:
    """"invoices paid last week" is about the payment; "paid invoices from last week" is not."""
    return r.head_at >= 0 and r.head_at < end


def _age(r: Reading, at: int, op: str) -> Window | None:
    """"overdue by more than 30 days": the date lies more than 30 days back."""
    span = r.spans.times.get(at)
    if span is None or span.expr.kind != "duration":
        return None
    try:
        old = span.expr.cutoff(r.spans.now, r.spans.tz)
    except ImpossibleTime:
        return None
    if op in {"gt", "gte"}:
        return old
    return Window(old.end, r.spans.now) if op in {"lt", "lte"} else None


def value_word(r: Reading, at: int, end: int, sense: Sense) -> int:
    """A value that names its field by itself: "visa", "duplicate", "draft"."""
    found = r.find_field(str(sense.extra), sense.resource)
    if found is None:
        return 0
    scope, spec = found
    if r.question == "exist" and r.own_id and scope.prefix == "":
        return end
    listed = list_at(r, at, spec)
    if listed is None or listed[2] < end:
        return 0
    add_values(r, scope.prefix + spec.name, listed[0], listed[1])
    named = r.spans.at(listed[2], "field", sense.resource)
    stop = named[1] if named and named[0].key == spec.name else listed[2]
    r.say(at, stop, f"value {spec.name}")
    return _used(r, scope, stop)


def code_word(r: Reading, at: int, kind: str) -> int:
    """"in dollars", "German": a currency or a country, for the nearest noun that has one."""
    found = r.typed(kind)
    if found is None:
        return 0
    scope, spec = found
    listed = list_at(r, at, spec)
    if listed is None:
        return 0
    add_values(r, scope.prefix + spec.name, listed[0], listed[1])
    r.say(at, listed[2], f"{kind} {spec.name}")
    return _used(r, scope, listed[2])


def compare(r: Reading, at: int, end: int, sense: Sense) -> int:
    """"over $50", "at least 20%", "more than $250 remaining": the field is the one whose type fits."""
    start = r.spans.skip(end, ("filler",), r.end)
    if start >= r.end:
        r.missing.append("amount")
        return 0
    token = r.spans.tokens[start]
    if token.kind not in NUMERIC:
        return 0
    target = _field_for(r, start, start + 1)
    if _at_least_one(r, start, sense.key):
        return start + 1
    if target is None:
        return 0
    scope, spec = target
    found = value_at(r, start, spec)
    if found is None or _second(r, found[2]):
        return 0
    op, stop = _after(r, found[2], scope, sense.key)
    r.add(scope.prefix + spec.name, op, found[1])
    r.say(at, stop, f"compare {spec.name}")
    return _used(r, scope, stop)


def _after(r: Reading, end: int, scope: Scope, op: str) -> tuple[str, int]:
    """What stands behind a figure: its measure, "or more", or both ("10% off or more")."""
    for _ in range(2):
        measured = r.spans.at(end, "measure", scope.resource.name)
        end = measured[1] if measured else end
        after = r.spans.at(end, "compare_after")
        if after and op == "eq":
            op, end = after[0].key, after[1]
    return op, end


def _at_least_one(r: Reading, at: int, op: str) -> bool:
    """"customers with at least one open dispute": having one is all that the relation says."""
    if op != "gte" or r.spans.tokens[at].value != 1:
        return False
    for step in range(at + 1, min(at + 4, r.end)):
        for sense, _ in r.spans.every(step, "noun"):
            path = r.path_to(sense.resource)
            if path and path[1]:
                return True
    return False


def _second(r: Reading, end: int) -> bool:
    """Does the figure count things ("more than 3 failed payments") rather than measure them?"""
    noun = r.spans.every(end, "noun")
    return bool(noun) and r.spans.tokens[end - 1].kind == "number" and noun[0][0].resource == r.resource.name


def _field_for(r: Reading, at: int, end: int) -> tuple[Scope, Field] | None:
    """The field that a figure speaks of: named by the words behind it, or else the one whose type fits."""
    kind = r.spans.tokens[at].kind
    for scope in reversed(r.scopes):
        measured = r.spans.at(end, "measure", scope.resource.name)
        if measured:
            spec = scope.resource.fields[measured[0].key]
            if kind == "number" or spec.type == kind or (kind == "percent" and spec.type == "percent"):
                return scope, _off(scope, spec, kind)
    if kind == "percent":
        return r.typed("percent")
    return r.amount() or (r.typed("number") if kind == "number" else None)


def _off(scope: Scope, spec: Field, kind: str) -> Field:
    """"$5 off" and "5% off" are two fields with the same words."""
    if kind == "money" and spec.type != "money":
        return next((each for each in scope.resource.fields.values() if each.type == "money"), spec)
    return spec


def between(r: Reading, at: int, end: int) -> int:
    """"between $10 and $20", "from 10 to 50 euros"."""
    start = r.spans.skip(end, ("filler",), r.end)
    if start >= r.end or r.spans.tokens[start].kind not in NUMERIC:
        return 0
    return figures_range(r, at, start, told=True)


def figures_range(r: Reading, at: int, start: int, *, told: bool) -> int:
    target = _field_for(r, start, start + 1)
    if target is None:
        return 0
    scope, spec = target
    pair = range_at(r, start, spec)
    if pair is None:
        if told:
            r.missing.append("amount")
        return 0
    measured = _field_for(r, start, pair[2])
    if measured is not None:
        scope, spec = measured
    r.add(scope.prefix + spec.name, "gte", pair[0])
    r.add(scope.prefix + spec.name, "lte", pair[1])
    r.say(at, pair[2], f"between {spec.name}")
    return _used(r, scope, pair[2])


def figure(r: Reading, at: int) -> int:
    """A bare amount or percentage: "$50 charges", "coupons with 20% off", "100 or more"."""
    token = r.spans.tokens[at]
    ranged = figures_range(r, at, at, told=False)
    if ranged:
        return ranged
    if isinstance(token.value, Money) and token.value.amount < 0:
        r.missing.append("amount")
        return 0
    target = _field_for(r, at, at + 1)
    if target is None:
        return 0
    scope, spec = target
    op, end = _after(r, at + 1, scope, "eq")
    found = value_at(r, at, spec)
    if found is None or (token.kind == "number" and op == "eq") or (r.operation is not None and not _before_noun(r, at + 1)):
        return 0
    r.add(scope.prefix + spec.name, op, found[1])
    return _used(r, scope, end)


def _before_noun(r: Reading, at: int) -> bool:
    """In an order a bare amount selects only right before the noun ("the $50 payment"); else it is what to do."""
    return any(sense.resource == r.resource.name for sense, _ in r.spans.every(at, "noun"))


def negation(r: Reading, at: int, end: int, sense: Sense) -> int:
    """Open a negation; the next modifier closes it. "drafts excluded" negates the one before."""
    if sense.key == "after":
        return _negate_last(r, end)
    following = r.skip_glue(end)
    if following >= r.end or _forbids(r, following):
        return 0
    r.negate, r.negated_at, r.negated_from = sense.key, at, len(r.filters)
    return end


def _forbids(r: Reading, at: int) -> bool:
    """"don't refund it" forbids an order; "not refunded" describes."""
    spans = r.spans
    return bool(spans.every(at, "verb")) and not any(spans.every(at, kind) for kind in ("meaning", "event"))


def _negate_last(r: Reading, end: int) -> int:
    if not r.filters or r.negate:
        return 0
    last = r.filters.pop()
    r.negate, r.negated_at = "predicate", end - 1
    r.add(last.field, last.op, last.value)
    r.negate = ""
    return end
