"""Pass 3, fields named in words, and their values: "total of exactly $5", "metadata plan=pro", "with an email"."""

from __future__ import annotations

from flarite_nl.grammar.lexicon import Sense
from flarite_nl.grammar.schema import Field
from flarite_nl.parsing import figures, grouping, periods
from flarite_nl.parsing.compares import NUMERIC, used
from flarite_nl.parsing.listing import columns_from
from flarite_nl.parsing.metadata import metadata, metadata_value
from flarite_nl.parsing.openings import barred, noun_ahead
from flarite_nl.parsing.presences import also_had, presence
from flarite_nl.parsing.reading import Reading, Scope
from flarite_nl.parsing.values import add_values, list_at, range_at, value_at, window_at


def field_phrase(r: Reading, at: int, end: int, sense: Sense) -> int:
    """A field named in words; of several with the same words the one whose value follows."""
    others = [
        each
        for each, stop in r.spans.every(at, "field")
        if stop == end and each.resource == sense.resource and each.key != sense.key
    ]
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
    if spec.type == "metadata":  # a person's own word for one of its keys brings the key along
        return metadata_value(r, at, end, scope, sense.extra) if sense.extra else metadata(r, at, end, scope, spec)
    after = _field_value(r, end, scope, spec)
    if after:
        r.say(at, after, f"field {spec.name}")
        return after
    if spec.type in NUMERIC and _figure_of(r, at, end, scope, spec):
        return end
    if r.order == "new" and r.order_at == at:
        # "has a new phone" sorts by no phone
        return 0
    if spec.name == r.order_field or (r.order and r.order_at == at and not r.order_field):
        r.order_field = scope.prefix + spec.name
        several = any(stop == end for _, stop in r.spans.every(at, "column"))
        r.marks.add("plural" if several else "one value")
        return end
    return _bare_field(r, at, end, scope, spec)


def _figure_of(r: Reading, at: int, end: int, scope: Scope, spec: Field) -> bool:
    """Is the field what a function is of ("average fee"), or summed by what follows ("payment amount by month")?"""
    if spec.type == "money" and figures.beside_count(r, at):
        r.functions.append(["sum", scope.prefix + spec.name])
        return True
    bare = not (r.functions or r.order or r.fields or "with" in r.marks or r.operation)
    if bare and spec.type == "money" and scope.prefix == "" and grouping.grouped(r, end):
        r.functions.append(["sum", spec.name])
        return True
    left = [each for each in r.functions if each[1] is None and each[0] != "count"]
    for each in left:
        each[1] = scope.prefix + spec.name
    return bool(left)


def _field_value(r: Reading, end: int, scope: Scope, spec: Field) -> int:
    """The value behind a field's name: [is] [not] [over | between | contains] VALUE; 0 where none is there."""
    spans = r.spans
    name = scope.prefix + spec.name
    said = presence(r, end, name)
    if said:
        return used(r, scope, said)
    if spec.type == "time":
        return _period(r, end, scope, spec)
    at = r.skip_glue(end)
    if spec.type == "country" and at > end and (at >= r.end or value_at(r, at, spec) is None):
        # "whose country is BE": the code looks like a word that joins.
        at = at - 1 if value_at(r, at - 1, spec) else at
    while (colon := spans.is_at(at, "comma", "comma")) and spans.words[at] in {":", "-", "("}:
        at = r.skip_glue(colon)
    negated = spans.is_at(at, "not") or barred(spans, r.first, end)
    if negated:
        at = r.skip_glue(negated)
    ranged = spans.is_at(at, "between", "from")
    if ranged and spec.type in NUMERIC:
        pair = range_at(r, r.skip_glue(ranged), spec)
        if pair:
            r.add(name, "gte", pair[0])
            r.add(name, "lte", pair[1])
            return used(r, scope, pair[2])
    compared = spans.at(at, "compare")
    if (
        compared
        and spec.type
        in NUMERIC
        | {
            "code",
            "word",
            "text",
            "email",
            "currency",
            "country",
            "reference",
            "id",
            "boolean",
        }
        and (spec.type in NUMERIC or compared[0].key in {"eq", "ne"})
    ):
        after = _compared(r, compared[1], scope, spec, compared[0].key, bool(negated))
        if after:
            return after
    containing = spans.is_at(at, "contains", "contains")
    if containing and spec.type in {"text", "email", "phone"}:
        at = r.skip_glue(containing)
        found = value_at(r, at, spec)
        if found:
            r.add(name, "contains", found[1])
            return used(r, scope, found[2])
    return _plain_value(r, at, scope, spec, bool(negated))


def _period(r: Reading, at: int, scope: Scope, spec: Field) -> int:
    """ "with a redeem_by in April", "whose ended_at doesn't fall in February": the period behind a date's name."""
    spans = r.spans
    signed = periods.signed(r, at, scope, spec)
    if signed:
        return signed
    negated, ahead = -1, spec.ahead
    while at < r.end and not spans.retime(at):
        step = spans.furthest(at, ("glue", "filler", "falling"))
        denied = spans.is_at(at, "not", "predicate") if negated < 0 else 0
        if spans.words[at] in {":", "("} or denied > step:
            negated = at if denied > step else negated
            step = max(denied, at + 1)
        if not step:
            return 0
        ahead = ahead and not spans.is_at(at, "bygone", "was")
        at = step
    window = window_at(r, at, ahead=ahead)
    if window is None or (negated >= 0 and r.negate):
        return 0
    if negated >= 0:
        r.negate, r.negated_at = "predicate", negated
    r.add(scope.prefix + spec.name, "during", window[0])
    if negated >= 0:
        r.negate = ""
    r.marks.discard("with")
    return used(r, scope, window[1])


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
        return used(r, scope, end) if len(values) == 1 else 0
    add_values(r, name, own, values, op)
    return used(r, scope, end)


def _plain_value(r: Reading, at: int, scope: Scope, spec: Field, negated: bool) -> int:
    pair = range_at(r, at, spec) if spec.type in NUMERIC else None
    name = scope.prefix + spec.name
    if pair and not negated:
        r.add(name, "gte", pair[0])
        r.add(name, "lte", pair[1])
        return used(r, scope, pair[2])
    found = list_at(r, at, spec)
    if found is None:
        return 0
    own, values, end = found
    measured = r.spans.at(end, "measure", scope.resource.name) if spec.type in NUMERIC else None
    end = measured[1] if measured and measured[0].key == spec.name else end
    after = r.spans.at(end, "compare_after") if spec.type in NUMERIC else None
    if after:
        r.add(name, after[0].key, values[0])
        return used(r, scope, after[1])
    if negated:
        r.negate, r.negated_at = r.negate or "predicate", at
    add_values(r, name, own, values)
    if negated:
        r.negate = ""
    return used(r, scope, end)


def _bare_field(r: Reading, at: int, end: int, scope: Scope, spec: Field) -> int:
    """A field without a value: "with an email", "no phone", or a column that is asked for."""
    name = scope.prefix + spec.name
    if "without" in r.marks:
        r.marks.discard("without")
        r.add(name, "eq" if spec.type == "boolean" else "exists", False)
        return used(r, scope, end)
    if "with" in r.marks:
        return _had(r, at, end, scope, spec)
    if r.functions and r.spans.is_at(at, "aggregate"):
        # "number and total amount": another figure, no column.
        return 0
    owned = any(r.spans.is_at(each, "possessive") for each in range(max(r.first, at - 2), at))
    owned = owned or (r.own_id and r.spans.words[at - 1] == "'s") or (r.head_at < 0 and _of_what(r, end))
    owned = owned or (bool(r.fields) and r.spans.furthest(at - 1, ("and", "comma")) == at)
    if r.operation is not None or (spec.type == "time" and not owned) or r.spans.furthest(at, _PLAIN) >= end:
        return 0
    if _of_longer(r, at, end):
        return 0
    if _summed(r, at, end, spec):
        r.functions.append(["sum", name])
        return end
    if _asked(r, at, end) or _of_their_owner(r, at, scope):
        if name not in r.fields:
            r.fields.append(name)
        scope.used = True
        return end
    return 0


def _had(r: Reading, at: int, end: int, scope: Scope, spec: Field) -> int:
    """A field behind "with": what is there, a flag that is set, or a column that is asked for."""
    name = scope.prefix + spec.name
    if spec.type == "boolean":
        # "with evidence": it is so
        r.marks.discard("with")
        r.add(name, "eq", True)
        return used(r, scope, end)
    several = any(stop == end for _, stop in r.spans.every(at, "column"))
    if r.operation is None and columns_from(r.spans, at, scope.resource):
        return column(r, at, end, Sense("column", spec.name, scope.resource.name))
    if several and r.operation is None and spec.type not in {"text", "email", "phone", "metadata", "reference"}:
        # "payments with failure reasons": the column is asked for; whom we can reach "with emails" is a condition.
        return column(r, at, end, Sense("column", spec.name, scope.resource.name))
    r.marks.discard("with")
    if _breaks_off(r, at, end, scope):
        r.missing.append(spec.name)
        return end
    r.add(name, "exists", True)
    return also_had(r, used(r, scope, end), scope)


def _breaks_off(r: Reading, at: int, end: int, scope: Scope) -> bool:
    """ "find the customer with the email": of one, "the" email is one that is still to be said."""
    one = r.head == "one" and scope.prefix == "" and r.spans.is_at(at - 1, "definite") == at
    return one and r.spans.skip(end, ("filler", "stop"), r.end) >= r.end


_PLAIN = ("order", "glue", "compare", "grain")
"""Words that mean something of their own are no column where no value follows: "my last 5 coupons"."""


def _of_longer(r: Reading, at: int, end: int) -> bool:
    """ "total | amount due of …": is the word a figure's, and the field it is of named by more than the rest?"""
    function = r.spans.is_at(at, "aggregate", "sum")
    longer = r.spans.at(function, "field", r.resource.name) if function and r.head_at < 0 else None
    return longer is not None and longer[1] > end


def _summed(r: Reading, at: int, end: int, spec: Field) -> bool:
    """ "the total amount of unpaid invoices": the sum of several; that of one invoice is its column."""
    if spec.type != "money" or r.head_at >= 0 or not r.spans.is_at(at, "aggregate", "sum"):
        return False
    nouns = [sense for each in r.spans.spots("noun", end, r.end) for sense, _ in r.spans.every(each, "noun")]
    return any(sense.resource == r.resource.name and sense.key == "many" for sense in nouns)


def _of_their_owner(r: Reading, at: int, scope: Scope) -> bool:
    """ "payments with customer email": right behind the noun that "with" is about, its field is a column."""
    had = any(each is scope and f"has {depth}" in r.marks for depth, each in enumerate(r.scopes))
    return had and any(stop == at for _, stop in r.spans.every(scope.position, "noun"))


def column(r: Reading, at: int, end: int, sense: Sense) -> int:
    """The values of a field, asked for: "with their reasons", "emails and names of the customers"."""
    found = r.find_field(sense.key, sense.resource)
    if found is None or r.operation is not None:
        return 0
    if found[1].type in NUMERIC and _figure_of(r, at, end, *found):
        return end
    if not (_asked(r, at, end) or "with" in r.marks):
        return 0
    if r.spans.is_at(r.first, "glue", "prep") and r.spans.is_at(at - 1, "comma") and r.spans.every(at, "noun"):
        # "for customers with open disputes, payments": what is asked for, and no column.
        return 0
    r.marks -= {"with"}
    name = found[0].prefix + found[1].name
    if name not in r.fields:
        r.fields.append(name)
    found[0].used = True
    return end


def included(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ ", include the failure code", "including the card brand and the amount": columns asked for, and no condition."""
    spans, start, behind = r.spans, end, 0
    names: list[str] = []
    if r.operation is not None or r.head_at < 0 or len(r.scopes) > 1:
        return 0
    while start:
        told = spans.skip(start, ("filler", "possessive"), r.end)
        known = told > start and (spans.is_at(told - 1, "definite") or spans.is_at(told - 1, "possessive")) == told
        named = [
            (stop, each.key) for kind in ("field", "column") for each, stop in spans.every(told, kind)
            if each.resource == r.resource.name and stop <= r.end
        ]  # fmt: skip
        if not named or not (known or (told == start and (names or sense.key == "include"))):
            return 0
        behind, name = max(named)
        names.append(name)
        joint = spans.is_at(behind, "comma") or behind
        joint = spans.is_at(joint, "and") or joint
        start = joint if joint > behind else 0
    if spans.skip(behind, ("filler", "stop"), r.end) < r.end or any(r.resource.fields[each].to for each in names):
        return 0
    r.fields += [each for each in dict.fromkeys(names) if each not in r.fields]
    return r.end


def _of_what(r: Reading, at: int) -> bool:
    """ "emails [and names] of": does a list of columns in front end with whose they are?"""
    spans = r.spans
    while joint := (spans.is_at(at, "and") or spans.is_at(at, "comma")):
        at = spans.skip(joint, ("and", "filler"), r.end)
        stops = [end for kind in ("column", "field") for _, end in spans.every(at, kind)]
        if not stops:
            return False
        at = max(stops)
    return spans.is_at(at, "glue", "prep") > 0


def _asked(r: Reading, at: int, end: int) -> bool:
    """Is the field a column that is asked for: "and their emails", "the status of …", "in_1 - status?"?"""
    spans = r.spans
    if spans.is_at(at, "order") == end - 1 and spans.tokens[end - 1].kind == "number" and noun_ahead(spans, end):
        # "show the last 4 payments" counts them.
        return False
    before = at - 1
    while (
        before >= r.first
        and not spans.is_at(before, "with")
        and (spans.is_at(before, "filler") or spans.is_at(before, "possessive") or before in r.glue)
    ):
        before -= 1
    if r.head_at < 0:
        if _of_what(r, end):
            return True
        if any(spans.every(each, "noun") for each in range(end, r.end)) and not r.own_id:
            # "emails from …": whose they are comes behind them.
            return any(spans.is_at(each, "question") or spans.is_at(each, "read") for each in range(r.first, at))
    joined = before >= r.first and (
        any(spans.is_at(before, kind) for kind in ("and", "comma", "with")) or spans.words[before] == "'"
    )
    asked = spans.holds("question", r.first, at) or spans.holds("read", r.first, at)
    return bool(joined or asked or r.own_id)
