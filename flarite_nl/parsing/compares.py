"""Pass 3, figures: "over $50", "at least 20%", "between 10 and 20": the field is the one whose type fits."""

from __future__ import annotations

import re
from decimal import Decimal

from flarite_nl.grammar.lexicon import Sense
from flarite_nl.grammar.schema import Field
from flarite_nl.model.parse import Having
from flarite_nl.model.values import Money, Value
from flarite_nl.parsing.reading import Reading, Scope
from flarite_nl.parsing.values import range_at, value_at

CENTS = re.compile(r"\d[.,]\d\d$")
"""With its cents a figure is an amount without a word that says so: "refund 15.50 of ch_1"."""

NUMERIC = frozenset({"money", "number", "percent"})


def used(r: Reading, scope: Scope, end: int) -> int:
    scope.used = True
    r.settle(end)
    measured = r.spans.at(end, "measure", scope.resource.name)
    # "over $2,500 due before April 15": there "due" is the date's verb.
    return measured[1] if measured and measured[1] not in r.spans.times else end


def value_after(r: Reading, at: int, scope: Scope, spec: Field) -> int:
    """[over] VALUE [times] behind a word that names a number."""
    compared = r.spans.at(at, "compare")
    found = value_at(r, r.skip_glue(compared[1]) if compared else at, spec)
    if found is None:
        return 0
    after = r.spans.at(found[2], "compare_after")
    op = compared[0].key if compared else after[0].key if after else "eq"
    r.add(scope.prefix + spec.name, op, found[1])
    return used(r, scope, after[1] if after else found[2])


def compare(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "over $50", "at least 20%", "more than $250 remaining": the field is the one whose type fits."""
    start = r.spans.skip(end, ("filler",), r.end)
    if start >= r.end:
        r.missing.append("amount")
        return 0
    token = r.spans.tokens[start]
    if token.kind not in NUMERIC:
        return 0
    ranged = 0 if sense.key != "eq" or r.spans.is_at(start + 1, "and") else figures_range(r, at, start, told=False)
    if ranged:
        # "coupons of 15 to 30 percent"
        return ranged
    target = _field_for(r, start, start + 1)
    if _at_least_one(r, start, sense.key):
        return start + 1
    if target is None:
        return 0
    scope, spec = target
    found = value_at(r, start, spec)
    if found is None or _second(r, found[2]) or _of_another(r, scope, found[2]) or _of_the_figure(r, at, spec):
        return 0
    op, stop = _after(r, found[2], scope, sense.key)
    summed = r.spans.at(stop, "aggregate")
    if r.group_by and r.operation is None and summed and summed[0].key == "sum" and token.kind == "money":
        # "charges by customer, only those with over $1,000 in total"
        if r.having is not None or r.functions not in ([], [["sum", None]]):
            return 0
        r.functions, r.having = [["sum", None]], Having(op, found[1])
        return summed[1]
    r.add(scope.prefix + spec.name, op, found[1])
    r.say(at, stop, f"compare {spec.name}")
    return used(r, scope, stop)


def _after(r: Reading, end: int, scope: Scope, op: str) -> tuple[str, int]:
    """What stands behind a figure: its measure, "or more", or both ("10% off or more")."""
    for _ in range(2):
        measured = r.spans.at(end, "measure", scope.resource.name)
        end = measured[1] if measured and measured[1] not in r.spans.times else end
        after = r.spans.at(end, "compare_after")
        if after and op == "eq":
            op, end = after[0].key, after[1]
    return op, end


def _at_least_one(r: Reading, at: int, op: str) -> bool:
    """ "customers with at least one open dispute": having one is all that the relation says."""
    if op != "gte" or r.spans.tokens[at].value != 1:
        return False
    for step in range(at + 1, min(at + 4, r.end)):
        for sense, _ in r.spans.every(step, "noun"):
            path = r.path_to(sense.resource)
            if path and path[1]:
                return True
    return False


def _of_another(r: Reading, scope: Scope, end: int) -> bool:
    """ "customers with over $500 in payments but no disputes": the figure is of the payments, and no balance."""
    inside = r.spans.is_at(end, "glue", "inside", "prep", "where") if scope.resource.name == "customers" else 0
    at = r.spans.skip(inside, ("filler",), r.end) if inside else 0
    while at and (
        described := max((stop for kind in ("meaning", "value") for _, stop in r.spans.every(at, kind)), default=0)
    ):
        if r.spans.every(at, "noun"):
            break
        at = described
    nouns = r.spans.every(at, "noun") if at else []
    return bool(nouns) and nouns[0][0].resource != scope.resource.name and r.path_to(nouns[0][0].resource) is not None


def _of_the_figure(r: Reading, at: int, spec: Field) -> bool:
    """ "did revenue exceed $10k": said of the sum, and not of each payment; "revenue from payments over $50" is not."""
    noun = r.scopes[0].noun
    if noun is None or noun.aggregate != "sum" or spec.name != r.resource.amount or "pivot" in r.marks:
        return False
    places = r.spans.spots("noun", r.head_at + 1, at)
    return not any(sense.resource == r.resource.name for place in places for sense, _ in r.spans.every(place, "noun"))


def _second(r: Reading, end: int) -> bool:
    """Does the figure count things ("more than 3 failed payments") rather than measure them?"""
    noun = r.spans.every(end, "noun")
    if not noun or r.spans.tokens[end - 1].kind != "number":
        return False
    path = r.path_to(noun[0][0].resource)
    return noun[0][0].resource == r.resource.name or (path is not None and path[1])


def _field_for(r: Reading, at: int, end: int, kind: str = "") -> tuple[Scope, Field] | None:
    """The field that a figure speaks of: named by the words behind it, or else the one whose type fits."""
    kind = kind or r.spans.tokens[at].kind
    for scope in reversed(r.scopes):
        measured = r.spans.at(end, "measure", scope.resource.name)
        if measured and measured[1] in r.spans.times:
            # "over $2,500 due before April 15": the date's verb, not what the figure measures.
            measured = None
        if measured:
            spec = scope.resource.fields[measured[0].key]
            if kind == "number" or spec.type == kind or (kind == "percent" and spec.type == "percent"):
                return scope, _off(scope, spec, kind)
    if kind == "percent":
        return r.typed("percent")
    return r.amount() or (r.typed("number") if kind == "number" else None)


def _off(scope: Scope, spec: Field, kind: str) -> Field:
    """ "$5 off" and "5% off" are two fields with the same words."""
    if kind == "money" and spec.type != "money":
        return next((each for each in scope.resource.fields.values() if each.type == "money"), spec)
    return spec


def between(r: Reading, at: int, end: int) -> int:
    """ "between $10 and $20", "from 10 to 50 euros"."""
    start = r.spans.skip(end, ("filler",), r.end)
    if start >= r.end or r.spans.tokens[start].kind not in NUMERIC:
        return 0
    if r.spans.is_at(start + 1, "compare_after"):
        # "from €500 or more"
        return figure(r, start)
    return figures_range(r, at, start, told=True)


def figures_range(r: Reading, at: int, start: int, *, told: bool) -> int:
    if not told and r.spans.is_at(start + 1, "and"):
        # "payments of 20 and 50": the one and the other.
        return 0
    if not told and r.head == "one" and "verb" in r.spans.kinds[at - 1]:
        # "refund 2 to 5" after a list
        return 0
    kind = _kind_of_both(r, start)
    target = _field_for(r, start, start + 1, kind)
    if target is None:
        return 0
    scope, spec = target
    pair = range_at(r, start, spec)
    if pair is None:
        if told:
            r.missing.append("amount")
        return 0
    measured = _field_for(r, start, pair[2], kind)
    if measured is not None:
        scope, spec = measured
    if _falls(pair[0], pair[1]):
        # "between 9 and 5": an amount, or the time of day?
        r.missing.append("amount")
    r.add(scope.prefix + spec.name, "gte", pair[0])
    r.add(scope.prefix + spec.name, "lte", pair[1])
    r.say(at, pair[2], f"between {spec.name}")
    return used(r, scope, pair[2])


def _falls(low: Value, high: Value) -> bool:
    """Is the upper bound below the lower one?"""
    if isinstance(low, Money) and isinstance(high, Money):
        return low.amount > high.amount
    return isinstance(low, Decimal) and isinstance(high, Decimal) and low > high


def _kind_of_both(r: Reading, at: int) -> str:
    """ "15 to 30 percent": what is said of the second end of a range is meant of the first."""
    kind = r.spans.tokens[at].kind
    joint = r.spans.is_at(at + 1, "between", "to") if kind == "number" else 0
    second = r.skip_glue(joint) if joint else r.end
    spoken = r.spans.tokens[second].kind if second < r.end else ""
    return spoken if spoken in {"percent", "money"} else kind


def figure(r: Reading, at: int) -> int:
    """A bare amount or percentage: "$50 charges", "coupons with 20% off", "100 or more"."""
    token = r.spans.tokens[at]
    ranged = figures_range(r, at, at, told=False)
    if ranged:
        return ranged
    joint = r.spans.is_at(at + 1, "and") if r.operation is None else 0
    if joint and joint < r.end and r.spans.tokens[joint].kind == token.kind:
        return 0
    if isinstance(token.value, Money) and token.value.amount < 0:
        r.missing.append("amount")
        return 0
    target = _field_for(r, at, at + 1)
    if target is None:
        return 0
    scope, spec = target
    op, end = _after(r, at + 1, scope, "eq")
    found = value_at(r, at, spec)
    cents = spec.type == "money" and CENTS.search(token.text)
    if (
        found is None
        or (token.kind == "number" and op == "eq" and "adjust" not in r.marks and not cents)
        or (r.operation is not None and not before_noun(r, at + 1) and not _worth(r, at))
    ):
        return 0
    if r.follow_up and op == "eq":
        r.marks.add("bare figure")
    r.add(scope.prefix + spec.name, op, found[1])
    return used(r, scope, end)


_FIGURES = frozenset({"money", "percent"})


def _worth(r: Reading, at: int) -> bool:
    """ "cancel the payout of €900": an order that can write no amount selects by one that a preposition leads to; one
    that can, by what is said "of" the target's noun ("refund the payment of €900")."""
    written = r.operation is not None and any(each.type in _FIGURES for each in r.operation.params.values())
    if r.head_at >= 0 and at - 1 in r.glue and r.spans.is_at(at - 1, "glue", "aux") and not written:
        # "delete the coupons that are 50% off"
        return True
    if r.spans.is_at(at - 1, "glue", "prep") != at:
        return False
    written = r.operation is not None and any(each.type == "money" for each in r.operation.params.values())
    headed = any(stop == at - 1 for _, stop in r.spans.every(r.head_at, "noun"))
    return not written or (headed and r.spans.is_at(at - 1, "compare", "eq") == at)


def before_noun(r: Reading, at: int) -> bool:
    """In an order a bare amount selects only right before the noun ("the $50 payment"); else it is what to do."""
    while not any(sense.resource == r.resource.name for sense, _ in r.spans.every(at, "noun")):
        described = (each for kind in ("value", "meaning") for each in r.spans.every(at, kind))
        step = max((end for sense, end in described if sense.resource == r.resource.name), default=0)
        if not step:
            return False
        at = step  # "the $29 monthly price"
    return True
