"""Pass 3, modifiers: fields with their values, comparisons, statuses, negation. Each handler takes the words at a
token and returns the token behind what it took, or 0 if they are nothing of its kind here."""

from __future__ import annotations

from flarite_nl.grammar.lexicon import Sense
from flarite_nl.grammar.schema import Condition, Field, Meaning
from flarite_nl.model.values import Window
from flarite_nl.parsing import periods
from flarite_nl.parsing.compares import used, value_after
from flarite_nl.parsing.reading import UNIQUE, Reading, Scope
from flarite_nl.parsing.values import add_values, country_at, list_at, window_at
from flarite_nl.values.vantage import ImpossibleTime


def event(r: Reading, at: int, end: int, sense: Sense) -> int:
    """A verb that names a date or a count: "created last week", "due by Friday", "redeemed fewer than 5 times"."""
    found = r.find_field(sense.key, sense.resource)
    if found is None:
        return 0
    scope, spec = found
    asked = _asks_when(r, at, end, scope, spec)
    if asked or _tells(r, at):
        return asked
    if spec.type == "time":
        if r.negate and r.head_at in {-1, at} and r.spans.spots("who", r.first, at):
            # "who hasn't paid since January": those are no payments.
            return 0
        return _dated(r, at, end, scope, spec)
    after = r.skip_glue(end)
    return value_after(r, after, scope, spec) or _most(r, after, scope.prefix + spec.name)


def _asks_when(r: Reading, at: int, end: int, scope: Scope, spec: Field) -> int:
    """ "when does sub_1 renew?" asks about the one object, "when are they due?" for a column of all."""
    if r.own_id and r.functions == [["count", None]] and spec.type == "number":
        # "how many times has coupon SPRING20 been used?": the object itself tells.
        r.functions.clear()
    if r.operation is not None or scope.prefix != "" or any(start >= end for start in r.spans.times):
        return 0
    if r.own_id:
        return end
    if spec.type == "time" and any(r.spans.is_at(each, "question", "when") for each in range(r.first, at)):
        r.marks.add(f"when {spec.name}")
        return used(r, scope, end)
    return 0


def _dated(r: Reading, at: int, end: int, scope: Scope, spec: Field) -> int:
    """The time behind an event; without one the event says nothing, where it only joins."""
    name = spec.name
    signed = periods.signed(r, end, scope, spec)
    if signed:
        return signed
    if scope.noun is not None and scope.noun.time and spec.ahead:
        name = scope.noun.time
    elif spec.ahead and scope.prefix == "" and r.time_field and r.resource.fields[r.time_field].ahead:
        # "subscriptions on trial ending tomorrow": it is the trial that ends.
        name = r.time_field
    # A preposition can belong to the event ("due by") or to the time ("by Friday"): either way it is the time's.
    over = _bygone(r, at, end) or r.spans.is_at(end, "bygone", "was") > 0
    if over and scope.noun is not None and scope.noun.time and scope.noun.conditions:
        # "trials that ended in November" are on trial no longer.
        return 0
    own = end - 1 in r.spans.times and r.spans.times[end - 1].last >= end
    if own and not any(stop == end - 1 for _, stop in r.spans.every(at, "event")):
        # "came through this week": without its last word it is no event, so that the word is no preposition.
        own = not r.spans.is_at(end - 1, "between", "to")
    after = r.skip_glue(end)
    for start in (end - 1, after) if own else (end, end - 1, after):
        if (start > at or start == end) and r.spans.retime(start):
            window = window_at(r, start, ahead=scope.resource.fields[name].ahead and not over)
            if window:
                r.add(scope.prefix + name, "during", window[0])
                r.say(at, window[1], f"event {name}")
                return used(r, scope, window[1])
    if name != scope.resource.time:
        return 0
    dated = r.has(scope.prefix + name) or any(start >= end for start in r.spans.times)
    return end if _joins(r, at, end) or dated else 0


def _bygone(r: Reading, at: int, end: int) -> bool:
    """ "payouts that arrived on March 10", "invoices that were due in November": the last one, and not the next."""
    if "bygone" not in r.spans.places:
        return False
    return any(r.spans.is_at(each, "bygone", "over") > at for each in range(max(r.first, at - 1), end))


def _most(r: Reading, at: int, name: str) -> int:
    """ "the coupons that were redeemed the most": what counts decides the order."""
    following = r.spans.skip(at, ("filler",), r.end)
    end = r.spans.is_at(following, "order", "most", "fewest")
    if not end or r.order or r.operation is not None or "." in name:
        return 0
    r.order = "most" if r.spans.is_at(following, "order", "most") else "fewest"
    r.order_field, r.order_at = name, end
    return end


def _tells(r: Reading, at: int) -> bool:
    """ "The trial ended on Friday" tells of one; "the payment made on Friday" could be either, and is refused too."""
    spans = r.spans
    if r.operation is not None or r.follow_up or r.head != "one" or r.order or "?" in spans.plain:
        return False
    definite = spans.is_at(r.first, "definite") > 0 or spans.is_at(r.first, "possessive") > 0
    asked = any(spans.is_at(each, kind) for each in range(r.first, at) for kind in ("question", "read", "aggregate"))
    return definite and not asked and any(stop == at for _, stop in spans.every(r.head_at, "noun"))


def _joins(r: Reading, at: int, end: int) -> bool:
    """A bare "made", "created" says nothing where it only joins a noun to what follows it."""
    before = at - 1
    while before > r.head_at and r.spans.is_at(before, "filler"):
        before -= 1
    auxiliary = [each for each in range(max(r.head_at, r.first), at) if r.spans.is_at(each, "glue", "relative", "aux")]
    owned = r.spans.tokens[before].kind in {"email", "id"} and bool(
        auxiliary
    )  # "what refunds has lee@parkstudio.kr received?"
    told = owned or (before in auxiliary and before in r.glue)  # "the biggest refund we've ever given"
    told = told or r.spans.is_at(at, "into") > 0  # "the last customer to sign up"
    ends = r.spans.skip(end, ("stop", "comma"), r.end) >= r.end
    return r.head_at >= 0 and r.head_at < at and (not ends or (r.operation is None and told))


def meaning(r: Reading, at: int, end: int, sense: Sense) -> int:
    """Words that stand for conditions: "overdue", "partially refunded", "cancelled last month"."""
    scope = next((each for each in reversed(r.scopes) if each.resource.name == sense.resource), None)
    if scope is None:
        return 0
    said: Meaning = scope.resource.meanings[int(sense.key)]
    if listed(r, end, said.conditions):
        return 0
    if _asked_of(r, scope):
        return end
    after = _meaning_time(r, end, scope, said)
    conditions: tuple[Condition, ...] = said.conditions
    if after and said.time and any(each[0] == said.time for each in conditions):
        conditions = tuple(each for each in conditions if each[0] != said.time)
    if not _negate_meaning(r, at, scope, said, conditions):
        return 0
    if after and r.negate and r.operation is None and scope.prefix == "":
        # "not paid last month": never paid, or paid at another time?
        r.unread.append(r.negated_at)
    after = after or end
    r.say(at, after, f"meaning {' '.join(r.spans.words[at:end])}")
    if said.time and not after > end:
        scope_time = scope.prefix + said.time
        r.time_field = (
            scope_time if _past_head(r, at) and scope.prefix == "" and said.time != "paid_at" else r.time_field
        )
    return used(r, scope, after)


def _asked_of(r: Reading, scope: Scope) -> bool:
    """ "was ch_1 refunded?", "has invoice number A-7 been paid?" ask about the one object; they do not select."""
    named = r.own_id or any(each.field in UNIQUE and each.op == "eq" for each in r.filters)
    return r.question == "exist" and named and scope.prefix == ""


def listed(r: Reading, end: int, conditions: tuple[Condition, ...]) -> bool:
    """ "aren't paid or void", "draft and open invoices": one of several values of a field is read as that value, not as
    what it stands for."""
    if len(conditions) != 1:
        return False
    joint = r.spans.is_at(end, "or") or (r.spans.is_at(end, "and") if r.head_at < 0 else 0)
    if not joint:
        return False
    following = r.skip_glue(joint)
    name = conditions[0][0]
    return any(sense.extra == name for sense, _ in r.spans.every(following, "value"))


def _past_head(r: Reading, at: int) -> bool:
    return r.head_at >= 0


def _negate_meaning(r: Reading, at: int, scope: Scope, said: Meaning, conditions: tuple[Condition, ...]) -> bool:
    if not r.negate:
        r.conditions(conditions, scope.prefix)
        return True
    kept, r.negate = r.negate, ""
    if kept == "except" and said.negated is not None and _also_not(r, at):
        # "due this week and not paid": they are not paid either.
        kept = "predicate"
        r.conditions(said.negated, scope.prefix)
    elif kept == "except" and len(conditions) == 1 and conditions[0][1] == "eq" and isinstance(conditions[0][2], str):
        # "not paid" waits for its money; "leave out the paid ones" leaves out those alone, as worded.
        r.negate = kept
        r.conditions(conditions, scope.prefix)
    elif said.negated is not None:
        for each in said.negated if kept == "except" else ():
            r.excepts(scope.prefix + each[0])
        r.conditions(said.negated, scope.prefix)
    elif len(conditions) == 1:
        r.negate = kept
        r.conditions(conditions, scope.prefix)
    else:
        return False
    r.negate = kept
    return True


def _also_not(r: Reading, at: int) -> bool:
    """ "… and not yet paid": is it a joint and a "not", with nothing but the word itself behind it?"""
    spans, joint = r.spans, r.spans.is_at(r.negated_at, "and")
    denied = spans.is_at(joint, "not", "predicate") if joint else 0
    if not denied or r.follow_up or spans.skip(denied, ("adverb", "filler"), at) < at:
        return False
    if any(spans.is_at(each, "definite") or spans.is_at(each, "filler", "determiner") for each in range(denied, at)):
        return False
    end = max((stop for _, stop in spans.every(at, "meaning")), default=at + 1)
    return not (spans.every(end, "noun") or spans.is_at(end, "pronoun") or spans.furthest(end, ("or", "and")))


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
        told = r.follow_up and r.head_at < 0 and bool(r.spans.spots("finite", r.first, end))  # "how many were paid …"
        if not _behind_head(r, end) and not told:
            return 0
        window = window_at(r, start, ahead=spec.ahead and said.time not in _PAST)
        if window:
            r.add(scope.prefix + said.time, "during", window[0])
            return window[1]
    return 0


_PAST = frozenset({"due_date", "redeem_by", "expires_at"})
"""Dates that lie ahead, but of which what is overdue or has expired tells that they are over."""


def _behind_head(r: Reading, end: int) -> bool:
    """ "invoices paid last week" is about the payment; "paid invoices from last week" is not."""
    return r.head_at >= 0 and r.head_at < end


def _age(r: Reading, at: int, op: str) -> Window | None:
    """ "overdue by more than 30 days": the date lies more than 30 days back."""
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


def aged(r: Reading, at: int, sense: Sense) -> int:
    """ "more than 45 days overdue": how long it has lasted stands before the meaning that it is about."""
    span = r.spans.times.get(at)
    age = _age(r, at, sense.key)
    if span is None or age is None or r.negate or r.operation is not None:
        return 0
    for scope in reversed(r.scopes):
        for each, end in r.spans.every(span.last + 1, "meaning"):
            said = scope.resource.meanings[int(each.key)] if each.resource == scope.resource.name else None
            if said is not None and said.time is not None and any(name == said.time for name, _, _ in said.conditions):
                r.conditions((each for each in said.conditions if each[0] != said.time), scope.prefix)
                r.add(scope.prefix + said.time, "during", age)
                return used(r, scope, end)
    return 0


def value_word(r: Reading, at: int, end: int, sense: Sense) -> int:
    """A value that names its field by itself: "visa", "duplicate", "draft"."""
    found = r.find_field(str(sense.extra), sense.resource)
    if found is None:
        return 0
    scope, spec = found
    if _asked_of(r, scope):
        return end
    if _happened(r, at, scope):
        return 0
    listed = list_at(r, at, spec)
    if listed is None or listed[2] < end:
        return 0
    add_values(r, scope.prefix + spec.name, listed[0], listed[1])
    named = r.spans.at(listed[2], "field", sense.resource)
    stop = named[1] if named and named[0].key == spec.name else listed[2]
    r.say(at, stop, f"value {spec.name}")
    return used(r, scope, stop)


def _happened(r: Reading, at: int, scope: Scope) -> bool:
    """ "payouts that arrived on March 10": with a date behind it, a word for a status is the event of that name."""
    found = r.spans.at(at, "event", scope.resource.name)
    if found is None or found[0].key == scope.resource.time:
        return False
    return scope.resource.fields[found[0].key].type == "time" and any(
        r.spans.retime(start) for start in (found[1], r.skip_glue(found[1]))
    )


def code_word(r: Reading, at: int, kind: str) -> int:
    """ "in dollars", "German": a currency or a country, for the nearest noun that has one."""
    found = _of_noun_ahead(r, at, kind) or r.typed(kind)
    if found is None:
        return 0
    scope, spec = found
    listed = list_at(r, at, spec)
    if listed is None:
        return 0
    add_values(r, scope.prefix + spec.name, listed[0], listed[1])
    r.say(at, listed[2], f"{kind} {spec.name}")
    return used(r, scope, listed[2])


def negation(r: Reading, at: int, end: int, sense: Sense) -> int:
    """Open a negation; the next modifier closes it. "drafts excluded" negates the one before."""
    if sense.key == "after":
        return _negate_last(r, end)
    taken_back = periods.corrected(r, at, end) if r.follow_up else 0
    if taken_back:
        return taken_back
    following = r.skip_glue(end)
    if following >= r.end or r.negate or _forbids(r, following):
        return 0
    r.negate, r.negated_at, r.negated_from = sense.key, at, len(r.filters)
    return end


def dropping(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "drop the ones in EUR" after a list: all but those; elsewhere it is no word of a question."""
    return negation(r, at, end, Sense("not", "except")) if r.follow_up else 0


def _forbids(r: Reading, at: int) -> bool:
    """ "don't refund it" forbids an order; "not refunded", "that we didn't lose" describe."""
    spans = r.spans
    if r.head_at >= 0 and r.operation is None:
        return False
    return bool(spans.every(at, "verb")) and not any(spans.every(at, kind) for kind in ("meaning", "event"))


def _negate_last(r: Reading, end: int) -> int:
    if not r.filters or r.negate:
        return 0
    last = r.filters.pop()
    r.negate, r.negated_at = "predicate", end - 1
    r.add(last.field, last.op, last.value)
    r.negate = ""
    return end


def _of_noun_ahead(r: Reading, at: int, kind: str) -> tuple[Scope, Field] | None:
    """ "invoices of German customers": the country is that of whom the noun right behind it names."""
    coded = country_at(r, at) if kind == "country" else None
    for sense, _ in r.spans.every(coded[1], "noun") if coded else ():
        other = r.spans.grammar.resources[sense.resource]
        path = r.path_to(other.name) if other is not r.resource and sense.extra == 0 else None
        specs = [each for each in other.fields.values() if each.type == kind]
        if path is None or path[1] or len(specs) != 1:
            return None
        return r.push(other, path[0], False, None, at), specs[0]
    return None
