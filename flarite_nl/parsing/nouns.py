"""Pass 3, who and what: nouns, IDs, emails, names, pronouns, and the paths between resources."""

from __future__ import annotations

from flarite_nl.grammar.lexicon import Sense
from flarite_nl.grammar.schema import Noun, Resource
from flarite_nl.model.values import Money
from flarite_nl.parsing import references
from flarite_nl.parsing.apposed import apposition
from flarite_nl.parsing.conditions import listed
from flarite_nl.parsing.figures import SIZES, figure_before
from flarite_nl.parsing.listing import columns_from
from flarite_nl.parsing.names import name_at
from flarite_nl.parsing.openings import noun_ahead
from flarite_nl.parsing.presences import presence
from flarite_nl.parsing.reading import Reading

DONE = ("event", "meaning", "value")
_LEADING = ("filler", "read", "polite", "question", "aggregate")


def noun(r: Reading, at: int, end: int, sense: Sense) -> int:
    """A noun: the head of the clause again, or something that the head belongs to or has."""
    if sense.resource == r.resource.name:
        return _own(r, at, end, sense)
    return _dependent(r, at, end, sense)


def _own(r: Reading, at: int, end: int, sense: Sense) -> int:
    said: Noun = r.resource.nouns[sense.extra]
    if (r.operation is None and _belongs(r, end, sense)) or listed(r, end, said.conditions):
        return 0
    if said.aggregate and _subject_within(r, at, end):
        return 0
    if said.aggregate and r.operation is not None:
        # "refund how much we made": a figure is nothing to act on.
        return 0
    if r.operation is not None and r.own_id and at > r.verb and at - 1 in r.glue:
        # "move sub_1 to price_2 at renewal": a noun of its own behind the ID is no target.
        return 0
    if r.head_at >= 0 and r.spans.words[at - 1] == r.spans.words[at]:
        # "refund refund refund" is no request.
        return 0
    if r.head_at < 0:
        if "pivot" not in r.marks:
            r.head = sense.key
        r.head_at = at
        r.scopes[0].noun, r.scopes[0].position = said, at
        r.say(at, end, f"noun {r.resource.name}")
    elif (said.conditions or said.time) and said is not r.scopes[0].noun and not said.aggregate:
        # "… whose trial ends on Friday": behind the head it is a modifier.
        return 0
    # "who hasn't paid us": of what was not, there is no figure.
    if said.aggregate and (r.negate or _no_figure(r, at, end)):
        return 0
    r.marks.discard("lacks")  # "customers without a subscription who joined this year"
    if said.params and r.operation is None:
        r.params.update(said.params)
    if said.aggregate and not _figure(r, said):
        return 0
    r.group_by += [said.group] if said.group and said.group not in r.group_by else []
    r.conditions(said.conditions)
    r.settle(end)
    named = apposition(r, end, r.scopes[0], r.resource, "")
    return named or end


def _subject_within(r: Reading, at: int, end: int) -> bool:
    """ "how much did the customer spend": behind "did" the customer is who is asked about, and no "customer spend"."""
    shorter = [sense for sense, stop in r.spans.every(at, "noun") if stop < end and sense.resource != r.resource.name]
    return any(r.path_to(each.resource) for each in shorter) and _asked_of_whom(r, at)


def _asked_of_whom(r: Reading, at: int) -> bool:
    """Does "did the" stand before a token?"""
    before = at - 1
    while before > r.first and (r.spans.is_at(before, "filler", "determiner") or r.spans.is_at(before, "definite")):
        before -= 1
    return any(
        r.spans.is_at(back, "finite") == before + 1 or r.spans.is_at(back, "question", "money", "exist") == before + 1
        for back in range(max(r.first, before - 3), before + 1)
    )


def _figure(r: Reading, said: Noun) -> bool:
    """The function that a noun asks for; False where it would be the figure of another figure."""
    if "pivot" in r.marks:
        counted = r.having is not None and not isinstance(r.having.value, Money)  # "who paid more than 5 times"
        r.functions = [["count", None] if counted else [said.aggregate, said.measure]]
    elif said.aggregate == "sum" and r.functions and r.functions[-1] == ["avg", None]:
        # "average revenue per customer": of the payments, or of the customers' totals?
        return False
    elif said.aggregate == "count" and r.functions and r.functions[-1][1] is None and figure_before(r, r.head_at):
        # "average number of refunds per week"
        return r.functions[-1][0] == "count"
    elif (
        not r.functions or said.aggregate != r.functions[-1][0] or (r.functions[-1][1] or said.measure) != said.measure
    ):
        # "total fees and total net"
        r.functions.append([said.aggregate, said.measure])
    else:
        r.functions[-1][1] = said.measure
    return True


def _no_figure(r: Reading, at: int, end: int) -> bool:
    """Does a noun that may ask for a figure ask for none here?"""
    if "with" in r.marks and columns_from(r.spans, at, r.resource):
        return True
    return _figure_field(r, at, end) or _describes(r, at, end) or _told(r, at, end)


def _belongs(r: Reading, end: int, sense: Sense) -> bool:
    """ "the latest customer's invoices", "customer payments": what follows is spoken of, and not the customers."""
    if end >= r.end:
        return False
    if r.spans.words[end] in {"'s", "'"}:
        return noun_ahead(r.spans, end + 1) > 0
    if any(each.resource == sense.resource for kind in DONE for each, _ in r.spans.every(end, kind)):
        # "invoice paid": there it describes the invoice.
        return False
    if r.spans.is_at(end, "subject"):
        # "did we refund anybody": of whom they are, if of anybody
        return False
    following = {each.resource for each, _ in r.spans.every(end, "noun")}
    return sense.key == "one" and bool(following) and sense.resource not in following


def _figure_field(r: Reading, at: int, end: int) -> bool:
    """ "with a fee above $3": here the word is a field with its value."""
    field = r.spans.at(at, "field", r.resource.name)
    following = r.skip_glue(end)
    if field and r.head_at >= 0 and r.order in SIZES and r.order_at == at and "pivot" not in r.marks:
        # "the balance transaction with the highest fee"
        return True
    return bool(field) and (
        r.spans.is_at(following, "compare") > 0 or (following < r.end and r.spans.tokens[following].kind == "money")
    )


def _describes(r: Reading, at: int, end: int) -> bool:
    """ "payouts paid out last week", "charges paid on the 1st": behind the head a word for a status, or for what was
    done to it, asks for no figure."""
    if not 0 <= r.head_at < at:
        return False
    value = r.spans.at(at, "value", r.resource.name)
    done = r.spans.at(at, "event", r.resource.name)
    directly = any(r.skip_glue(stop) == at for _, stop in r.spans.every(r.head_at, "noun"))
    return (value is not None and value[1] == end) or (done is not None and done[1] == end and directly)


def _told(r: Reading, at: int, end: int) -> bool:
    """ "have they paid?", "who paid them", "the paid ones": no figure, unless one is asked for."""
    spans = r.spans
    if spans.is_at(end, "pronoun", "ones"):
        return True
    if not any(spans.every(at, kind) for kind in DONE):
        # "all fees"
        return False
    before = next((back for back in range(at - 1, r.first - 1, -1) if not spans.is_at(back, "filler")), -1)
    chosen = r.question == "exist" or spans.is_at(spans.skip(r.first, ("filler", "and"), at), "choosing")
    if chosen and spans.is_at(before, "being"):
        # "which of them are paid?", but "what was paid last month?"
        return True
    counted = r.head_at == at and "pivot" not in r.marks and r.spans.holds("how_many", r.first, at)
    if counted and any(spans.is_at(back, "finite") == at for back in range(max(r.first, at - 2), at)):
        # "how many were paid?"
        return True
    near = range(max(r.first, at - _SUBJECT), at)
    spoken = any(at - 1 <= (spans.is_at(each, "subject") or -2) or spans.is_at(each, "who") == at for each in near)
    if not spoken or "pivot" in r.marks:
        return False
    questions = spans.spots("question", r.first, at)
    return not (
        spans.holds("aggregate", r.first, at) or any(spans.is_at(each, "question", "money") for each in questions)
    )


_SUBJECT = 6
"""How many words who is spoken of may have."""


def _dependent(r: Reading, at: int, end: int, sense: Sense) -> int:
    other = r.spans.grammar.resources[sense.resource]
    path = r.path_to(sense.resource)
    if path is None:
        return 0
    prefix, many = path
    said = other.nouns[sense.extra]
    never = r.negate == "predicate" and many and "with" in r.marks and r.operation is None  # "who never had a dispute"
    if never or "without" in r.marks:
        return 0 if many and _described(r, end, other) else _lacked(r, end, prefix, many)
    if said.aggregate and r.spans.every(end, "noun"):
        # "customers with paid invoices": there it describes what follows.
        return 0
    if _compound(r, at, end):
        return end
    if _no_owner(r, at, end, said, many):
        return 0
    stated = 0 if many else presence(r, end, prefix)
    if stated:
        r.settle(stated)
        return stated
    if r.spans.words[end : end + 1] == ["'"]:
        # "our customers' invoices" are anybody's; of some customers they are not ("the last customers' invoices").
        alone = r.spans.skip(r.first, _LEADING, at) >= at and other.name == "customers" and r.operation is None
        return end + 1 if alone and noun_ahead(r.spans, end + 1) else 0
    pointed = _no_scope(r, at, end, other, path)
    if pointed is not None:
        return pointed
    scope = r.push(other, prefix, many, said, at)
    r.conditions(said.conditions, scope.prefix)
    scope.used = bool(said.conditions)
    r.say(at, end, f"noun {other.name} of {r.resource.name}")
    named = apposition(r, end, scope, other, prefix)
    if named:
        # What is named is known: nothing more describes it.
        r.scopes.remove(scope)
        return named
    if "with" in r.marks:
        r.marks.discard("with")
        r.marks.add(f"has {len(r.scopes) - 1}")
    return end


def _no_scope(r: Reading, at: int, end: int, other: Resource, path: tuple[str, bool]) -> int | None:
    """A noun that opens no place for modifiers: it asks, points back, or is what is grouped by; None for any other."""
    prefix, many = path
    if r.head_at < 0 and r.spans.is_at(at, "subject") == end and r.spans.is_at(at - 1, "question", "exist") == at:
        # "did somebody already refund pi_1?": who asks about it is nobody's customer.
        return end
    if r.spans.is_at(at - 1, "demonstrative") == at:
        return references.demonstrated(r, end, other, prefix)
    if not many and r.functions and r.operation is None and r.spans.is_at(at - 1, "distributive") == at:
        # "how much did each customer spend"
        r.group_by += [prefix] if prefix not in r.group_by else []
        return end
    return None


def anybody(r: Reading, at: int) -> bool:
    """ "did we refund anybody this week?": somebody, whoever it was."""
    return r.spans.is_at(at, "subject") > 0 and any(sense.key == "one" for sense, _ in r.spans.every(at, "noun"))


def its_own(r: Reading, at: int) -> bool:
    """ "refund half of ch_1 to the customer": behind the ID of what an order is done to, whoever has it."""
    named = any(each.field == "id" and place < at for each, place in r.where.items())
    one = r.spans.is_at(at - 1, "definite") == at and any(sense.key == "one" for sense, _ in r.spans.every(at, "noun"))
    return r.own_id and one and named and r.operation is not None


def _lacked(r: Reading, end: int, prefix: str, many: bool) -> int:
    if "without" not in r.marks:
        r.negate = ""
    r.marks -= {"with", "without"}
    if many:
        r.marks |= {"lacks", f"lacks {end}"}
    r.add(prefix, "exists", False)
    r.settle(end)
    return end


def _described(r: Reading, at: int, other: Resource) -> bool:
    """ "customers without payments this year", "… without invoices over $50": having none such is no condition."""
    start = r.skip_glue(at)
    if r.spans.retime(at) or r.spans.retime(start):
        return True
    figure = r.spans.is_at(start, "compare") or (r.spans.is_at(start, "between") and not r.spans.is_at(start, "and"))
    said = any(s.resource == other.name for kind in ("meaning", "value") for s, _ in r.spans.every(start, kind))
    own = any(s.resource == r.resource.name for kind in ("meaning", "value") for s, _ in r.spans.every(start, kind))
    return bool(figure) or (said and not own)


def _no_owner(r: Reading, at: int, end: int, said: Noun, many: bool) -> bool:
    """Is another resource's noun a column here, or of a figure that belongs to no object?"""
    if "with" in r.marks and r.operation is None and columns_from(r.spans, at, r.resource):
        # "refunds with charge and amount"
        return True
    led = any(r.spans.is_at(back, "aggregate") == at for back in range(max(r.first, at - 3), at))
    if many and led and r.head_at >= 0 and r.functions and r.functions[-1][0] != "count":
        # "customers whose average payment …": no figure of the customers.
        return True
    listed = r.fields and r.spans.at(at, "field", r.resource.name) and not r.spans.is_at(end, "naming")
    if listed and r.spans.furthest(at - 1, ("and", "comma")) == at:
        # "with amount, status and customer": one more column.
        return True
    if many and said.aggregate and r.spans.is_at(r.skip_glue(end), "compare"):
        # "who spent over $500": all that they spent, and no payment of theirs
        return True
    # "average revenue per customer"
    return said.aggregate is not None and any(each[0] != "count" for each in r.functions)


def _compound(r: Reading, at: int, end: int) -> bool:
    """ "customer payments": a noun before the head that says nothing more."""
    somebody = r.spans.is_at(end, "subject")  # "did we refund anybody" is about no customers
    own = [sense for sense, _ in r.spans.every(end, "noun") if sense.resource == r.resource.name]
    figure = any(r.resource.nouns[each.extra].aggregate for each in own)
    one = any(sense.key == "one" and stop == end for sense, stop in r.spans.every(at, "noun"))
    return r.head_at < 0 and bool(own) and not somebody and not (figure and one and _asked_of_whom(r, at))


def plan(r: Reading, at: int) -> int:
    """ "everyone on the Gold plan", "subscribers to Pro": the product of what is subscribed to."""
    spans = r.spans
    if r.operation is not None or "product" not in r.resource.fields or not spans.capital(at) or spans.upper:
        return 0
    found = name_at(r, at, marked=False)
    if found is None:
        return 0
    name, end = found
    told = next((stop for sense, stop in spans.every(end, "noun") if sense.resource in {"prices", "products"}), 0)
    last = spans.every(end - 1, "noun")
    if not told and end - at > 1 and any(sense.resource in {"prices", "products"} for sense, _ in last):
        name, told = spans.words_of(at, end - 1), end
    headed = any(stop == at for _, stop in spans.every(r.head_at, "noun"))  # "who is subscribed to Atlas"
    several = r.resource.name == "subscriptions" and spans.is_at(at - 1, "into", "into") == at
    several = several and (headed or r.head == "many")
    if not told and not several:
        return 0
    r.add("product.name", "contains", name)
    r.say(at, told or end, "product")
    r.settle(told or end)
    return told or end
