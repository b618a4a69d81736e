"""What a write or a question still needs: the names of missing slots."""

from __future__ import annotations

from decimal import Decimal

from flarite_nl.grammar.schema import Operation
from flarite_nl.model.parse import Filter
from flarite_nl.model.values import Ref
from flarite_nl.parsing.reading import Reading


def check(r: Reading) -> None:
    """Add to ``missing`` what the clause must say and does not."""
    _dangling(r)
    if _undone(r) or _contradicts(r) or _headed_behind(r):
        r.unread.append(r.first)
    if r.operation is None:
        _identified(r)
        return
    if r.operation.name == "create":
        # What is yet to be made has nothing by which to select it.
        r.unread += [r.where.get(each, r.first) for each in r.filters]
        _needs(r)
    else:
        _target(r)
    for name in [name for name, value in r.params.items() if value is None]:
        # "partially refund ch_1": how much is still to be said, or was said as a part.
        del r.params[name]
        if not any(other in r.params for group in r.operation.exclusive if name in group for other in group):
            r.missing.append(name)
    for group in r.operation.exclusive:
        if sum(name in r.params for name in group) > 1:
            # "30% and $40 of ch_1": which of them, nobody said.
            r.missing.append(group[0])
    if "whole" in r.marks:
        # "full refund of ch_1, $20": all of it, or $20?
        r.missing += [name for name in ("amount", "percent") if name in r.params]
    r.unread += [at for each, at in r.where.items() if each.op == "during" and _set_off(r, at)]
    aside = _aside(r)
    r.unread += [at for each, at in r.where.items() if aside and at > aside and r.operation.name != "create"]
    for mark in sorted(r.marks):
        if mark.startswith("pending "):
            r.missing.append(mark[8:])


def _headed_behind(r: Reading) -> bool:
    """ "which products have no active price", "please refund to the customer": what several others have, or have not,
    is no head of the request, nor is whom something goes to."""
    if r.question == "exist" or r.head_at <= r.first or not any(each.position < r.head_at for each in r.scopes[1:]):
        return False
    spans, at = r.spans, r.head_at
    while at > r.first:
        step = at - 1
        described = any(stop == at for kind in ("meaning", "value") for _, stop in spans.every(step, kind))
        if not described and spans.is_at(step, "filler") != at:
            break
        at = step
    led = [
        back
        for back in range(max(r.first, at - 3), at)
        if at in {spans.is_at(back, "with"), spans.is_at(back, "without")}
    ]
    given = [back for back in range(max(r.first, at - 3), at) if spans.is_at(back, "into") == at]
    if not led and not given:
        return False
    before = (led or given)[0]
    return any(
        stop == before and (sense.key == "many" or not led)
        for each in r.scopes[1:]
        for sense, stop in spans.every(each.position, "noun")
    )


def _undone(r: Reading) -> bool:
    """Is a figure asked for that no frame has?"""
    if r.fields and (r.functions or r.group_by):
        # A figure has no columns: one of the two was meant otherwise.
        return True
    # "the total of payments for each customer": of the payments, or of the customers' balances?
    if not r.functions or not any(each.many for each in r.scopes):
        return False
    return any(kind != "count" and not of for kind, of in r.functions)


def _identified(r: Reading) -> None:
    """An object named by its ID is not described besides ("next Monday, void in_1" lists nothing), nor is it a latest
    ("the latest on dp_1")."""
    if r.order and r.limit and any(each.field == "id" and isinstance(each.value, str) for each in r.filters):
        r.unread.append(max(r.order_at - 1, r.first))
    if r.own_id and not r.question:
        r.unread += [r.where.get(each, r.first) for each in r.filters if not owns(r, each)]


def _set_off(r: Reading, at: int) -> bool:
    """ "void the open invoices of cus_1, on Friday": a day set off behind an order may be when to do it."""
    span = next((each for each in r.spans.times.values() if each.first <= at <= each.last), None)
    if span is None or getattr(span.expr.node, "grain", None) not in {"day", "hour", "minute"}:
        return False
    before = span.first - 1
    if r.spans.is_at(span.first, "between", "from") or r.spans.is_at(before, "between", "from"):
        return False
    return r.spans.is_at(before - 1 if r.spans.is_at(before, "glue") else before, "comma") > 0


_ASIDE = frozenset({"-", ";", "("})


def _aside(r: Reading) -> int:
    """Where a dash or a bracket behind the target sets words off: "archive Winter Box — discontinued" selects nothing
    more."""
    tokens = r.spans.tokens
    for at in range(max(r.head_at, r.verb, r.first) + 1, r.end - 1):
        if r.spans.words[at] not in _ASIDE or tokens[at - 1].end == tokens[at].start:
            continue
        if not r.spans.is_at(at + 1, "follow_up", "narrow") and not r.spans.is_at(at + 1, "not", "except"):
            # "— only the EUR ones" narrows.
            return at
    return 0


def _contradicts(r: Reading) -> bool:
    """Two different values for one field can only both hold of what has several ("euro to dollar")."""
    if len(r.filters) < 2 or len({each.field for each in r.filters}) == len(r.filters):
        return False
    left: dict[str, set[str]] = {}
    for each in r.filters:
        if each.op in {"eq", "in"}:
            values = {repr(value) for value in (each.value if isinstance(each.value, tuple) else (each.value,))}
            if not left.setdefault(each.field, values) & values:
                return True
            left[each.field] &= values
    return False


def _dangling(r: Reading) -> None:
    """A phrase that breaks off: "show me the last payment from"."""
    last = r.end - 1
    while last >= r.first and r.spans.furthest(last, ("filler", "stop")):
        last -= 1
    if (
        last in r.glue
        and r.spans.at(last, "glue")
        and r.spans.is_at(
            last, "glue", *(("prep",) if r.operation is None else ("prep", "where", "inside", "relative"))
        )
        and (r.head_at >= 0 or r.own_id)
        and "pronoun" not in r.marks
    ):
        r.missing.append("customer")
    if "customer unnamed" in r.marks:
        r.missing.append("customer")


def _needs(r: Reading) -> None:
    operation = r.operation
    if operation is None:
        return
    if ("generic" in r.marks and not _noun_said(r)) or (r.head == "many" and "bundle" not in r.marks):
        # "create a of $500" names nothing; "write the invoices of …" makes none.
        r.missing.append("target")
    for name in list(r.params):
        for implied, value in operation.params[name].implies.items() if name in operation.params else ():
            if r.params.setdefault(implied, value) != value:
                # "forever, for 3 months"
                r.missing.append(implied)
    for name, value in operation.defaults.items():
        r.params.setdefault(name, Decimal(value) if isinstance(value, int) else value)
    for name, group in operation.beside.items():
        if name in r.params and not any(other in r.params for other in group):
            # "invoice cus_1 for 3 hours": at how much?
            r.missing.append(group[0])
    for group in operation.needs:
        if not any(name in r.params for name in group):
            r.missing.append(group[0])


def _noun_said(r: Reading) -> bool:
    """Does the clause name what is to be made, be it as part of a param's words ("promo code X")?"""
    name = r.resource.name
    nouns = r.spans.spots("noun", r.first, r.end)
    return any(sense.resource == name for at in nouns for sense, _ in r.spans.every(at, "noun"))


def owns(r: Reading, each: Filter) -> bool:
    """Is a filter the object itself, or something that it belongs to (FRAME.md: "the second is a check")?"""
    head = each.field.split(".")[0]
    spec = r.resource.fields.get(head)
    if each.field in {"id", "code", "number", "email", "name"}:
        return True
    whose = each.field.split(".", 1)[1:] in ([], ["id"], ["email"], ["name"])
    return whose and spec is not None and spec.type == "reference"


def _by_how_much(r: Reading) -> bool:
    """ "add 2 seats to sub_1": two more, or two in all?"""
    spans = r.spans
    if not any(spans.is_at(at, "relative") for at in range(r.first, r.end)):
        return False
    return not any(
        spans.is_at(at, "into") == at + 1 and spans.tokens[at + 1].kind in {"number", "word"}
        for at in range(r.first, r.end - 1)
        if spans.tokens[at + 1].kind == "number" or spans.is_at(at + 1, "filler") > 0
    )


def _indefinite(r: Reading) -> bool:
    """Does an article before the noun say that any one would do?"""
    return any(
        r.spans.is_at(at, "indefinite") and r.spans.tokens[at + 1].kind != "suffix"  # "the second one's subscription"
        for at in range(max(r.verb, r.head_at - 3), r.head_at)
    )


def _target(r: Reading) -> None:
    operation = r.operation
    if operation is None:
        return
    named = r.head_at >= 0 or r.own_id or "pronoun" in r.marks or any(map(r.has, ("number", "code", "email", "name")))
    if not named or (not r.filters and not (r.order and r.limit)) or _which(r, operation):
        r.missing.append("target")
        if not r.filters:
            return
    if r.own_id and not any(isinstance(each.value, Ref) for each in r.filters):
        # "refund ch_1 fails", "refund ch_1 to a new card": an object named by its ID is not described besides, but by
        # whose it is, and is no latest.
        r.unread += [r.where.get(each, r.first) for each in r.filters if not owns(r, each)]
        r.unread += [max(r.order_at - 1, r.first)] if r.order else []
    if operation.name == "update":
        _changes(r, operation)


def _which(r: Reading, operation: Operation) -> bool:
    """Is it left open which of several objects is meant?"""
    if r.order and r.limit is None and r.head == "many":
        # "the last payments": how many is not said.
        return True
    if r.limit == 1 and r.order and any(each.op == "in" and each.field.startswith("customer") for each in r.filters):
        # "the last payment of cus_1 and cus_2": one of each, or one of all?
        return True
    if ("amount" in r.params or "part" in r.marks) and r.head == "many" and not r.own_id:
        # "$50" of each of several, or of all together? "Half the payments": of each, or every other one? Nobody said.
        return True
    if r.order:
        return False
    if r.own_id:
        return all(map(_open, r.filters))
    if (r.head == "one" and _indefinite(r)) or all(map(_open, r.filters)):
        # "cancel a subscription of cus_1": which one?
        return True
    only_customer = all(each.field in {"customer", "customer.email", "customer.name"} for each in r.filters)
    one_meant = operation.risk == "money" and r.resource.name in {"charges", "payment_intents"}
    return only_customer and one_meant and not r.every and r.head != "many"


_OPEN = frozenset({"ne", "not_in", "not_during", "exists"})
"""What holds of nearly everything bounds no order."""


def _open(each: Filter) -> bool:
    """Does a filter hold of nearly everything? Few objects lack what nearly all have."""
    lacks = each.op == "exists" and each.value is False and each.field in _USUAL
    return each.op in _OPEN and not lacks


_USUAL = frozenset({"email", "name"})


def _changes(r: Reading, operation: Operation) -> None:
    """What an update still needs: what to change, and to what."""
    if "quantity" in r.params and _by_how_much(r):
        r.missing.append("quantity")
    if not r.params and not any(mark.startswith("pending") for mark in r.marks):
        r.missing.append(next(iter(operation.params), "target"))
