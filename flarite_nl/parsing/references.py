"""Pass 3, references: what "it", "their", "the second one" point to, in this prompt or in the turn before."""

from __future__ import annotations

from decimal import Decimal

from flarite_nl.grammar.lexicon import Sense
from flarite_nl.grammar.schema import Resource
from flarite_nl.model.parse import Filter, Intent
from flarite_nl.model.values import Ref
from flarite_nl.parsing.reading import Reading
from flarite_nl.parsing.values import list_joint


def pronoun(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "it", "them", "their", "that customer's": what an earlier request or the turn before is about."""
    if sense.key == "ones" and r.head_at >= 0 and r.operation is None:
        # "payments and refunds since Monday, only the ones over $250"
        return end
    positioned = r.spans.at(at, "position")
    if positioned and positioned[1] >= end:
        return 0
    kind = sense.kind
    if kind == "possessive" and not any(
        each.resource == r.resource.name for each, _ in r.spans.every(_behind_words(r, end), "noun")
    ):
        # "its quantity" is of the object itself, "its invoices" are other objects.
        kind = "pronoun"
    if (
        sense.kind == "possessive"
        and (r.head_at >= 0 or r.own_id)
        and r.operation is None
        and (r.spans.at(end, "field", r.resource.name) or r.spans.at(end, "column", r.resource.name))
    ):
        # "… along with their failure codes": of what the clause itself lists.
        return end
    owners = _owners(r) if sense.key in {"him", "their", "hers"} and kind == sense.kind else []
    if owners:
        for each in owners:
            r.add(each.field, each.op, each.value)
        return end
    found = _said_alike(r, at) if kind == "possessive" else None
    found = found or antecedent(r, kind, sense.key if at - 1 not in r.glue else "led " + sense.key)
    if found is None:
        # "The subscriptions …, which of them …": the clause's own head.
        behind = r.operation is not None and 0 <= r.head_at < r.verb  # "draft invoices of cus_1: finalize them"
        if behind and sense.key in {"them", "it"}:
            return end
        if sense.key not in {"them", "ones", "one"} or r.head_at < 0 or r.operation is not None:
            return 0
        # "Of the disputes …, the one due soonest"
        r.head = "one" if sense.key == "one" else r.head
        return end
    name, ref = found
    if name == "id" and any(each.field == "id" for each in r.filters):
        return end
    r.add(name, "eq", ref)
    r.own_id = r.own_id or name == "id"
    r.marks.add("pronoun")
    if name == "id" and sense.key in {"it", "him"}:
        r.marks.add("it")
    r.say(at, end, "pronoun")
    r.settle(end)
    return end


def _said_alike(r: Reading, at: int) -> tuple[str, Ref] | None:
    """ "cus_1, their last 3 charges and their disputes": the same word once more means whom it meant before."""
    spans = r.spans
    if not r.earlier or not any(spans.words[each] == spans.words[at] for each in spans.spots("possessive", 0, r.first)):
        return None
    for each in r.earlier[-1].filters:
        ref = each.value
        if isinstance(ref, Ref) and isinstance(ref.ref, int) and ref.field is None and ref.position is None:
            return _points(r, ref.ref, r.earlier[ref.ref])
    return None


def _behind_words(r: Reading, at: int) -> int:
    """Past what describes a noun: "their [last 5 open] invoices"."""
    limit = min(r.end, at + 6)
    while at < limit and not r.spans.every(at, "noun"):
        span = r.spans.times.get(at)
        if span is not None:
            at = span.last + 1
            continue
        step = max((end for kind in ("filler", "order") if (end := r.spans.is_at(at, kind))), default=0)
        step = max(step, *(end for kind in ("meaning", "value") for _, end in r.spans.every(at, kind)), 0)
        if not step and r.spans.tokens[at].kind not in {"number", "money"}:
            return at
        at = max(step, at + 1)
    return at


def _owners(r: Reading) -> list[Filter]:
    """Whose the objects of the turn before were: "and her subscriptions" after "payments from lotte@…"."""
    if r.earlier or r.previous is None or "customer" not in r.resource.fields:
        return []
    return [each for each in r.previous.filters if each.field in {"customer", "customer.email", "customer.name"}]


_THINGS = frozenset({"it", "them", "ones", "one"})


def antecedent(r: Reading, kind: str, key: str) -> tuple[str, Ref] | None:
    """The filter that a pronoun is: on the object itself, or on what it points to."""
    candidates = _spoken_of(r, person=key.removeprefix("led ") in {"him", "hers"})
    own = kind == "pronoun" and key.removeprefix("led ") != "him"
    if own and r.operation is not None and key in _THINGS:
        # "create customer … and send it" sends no invoices of theirs.
        candidates = [each for each in candidates if each[1].resource == r.resource.name]
    if own and candidates and candidates[0][1].action == "aggregate":
        # A figure is nothing to act on: "what was it in February?" asks for it again.
        return None
    if own:
        for number, intent in candidates:
            if intent.resource == r.resource.name and intent.action != "aggregate":
                return "id", _same(intent) or _ref(number)
    for points in (_points, _pointed, _same_owner):
        for number, intent in candidates:
            found = points(r, number, intent)
            if found:
                return found
    if kind == "pronoun":
        for number, intent in candidates:
            if intent.resource == r.resource.name and intent.action != "aggregate":
                return "id", _ref(number)
    return None


def _spoken_of(r: Reading, *, person: bool) -> list[tuple[int | None, Intent]]:
    """Earlier requests, nearest first; a person is a customer before anything else that was spoken of."""
    found: list[tuple[int | None, Intent]] = [*r.references()]
    if r.previous is not None and not r.earlier:
        found.append((None, r.previous))
    return sorted(found, key=lambda each: each[1].resource != "customers") if person else found


def related(r: Reading, number: int | None, intent: Intent) -> tuple[str, Ref] | None:
    """The filter by which the objects of this clause are those of an earlier request."""
    found = (points(r, number, intent) for points in (_points, _pointed, _same_owner))
    return next((each for each in found if each is not None), None)


def demonstrated(r: Reading, end: int, other: Resource, prefix: str) -> int:
    """ "the subscriptions of those customers": the ones that an earlier answer is about, or nobody knows which."""
    for number, intent in _spoken_of(r, person=False):
        if intent.resource == other.name:
            r.add(prefix, "eq", _ref(number))
            return end
        for each in r.spans.grammar.resources[intent.resource].fields.values():
            if each.type == "reference" and each.to == other.name and "." not in each.name:
                r.add(prefix, "eq", _ref(number, each.name))
                return end
    return 0


def _points(r: Reading, number: int | None, intent: Intent) -> tuple[str, Ref] | None:
    """From this clause's resource to an earlier one's objects, by a field of either."""
    for each in r.resource.fields.values():
        if each.type == "reference" and each.to == intent.resource and "." not in each.name:
            return each.name, _ref(number)
    return None


def _pointed(r: Reading, number: int | None, intent: Intent) -> tuple[str, Ref] | None:
    """ "show ch_1 and its customer": what a field of the earlier objects points to."""
    for each in r.spans.grammar.resources[intent.resource].fields.values():
        if each.type == "reference" and each.to == r.resource.name:
            return "id", _ref(number, each.name)
    return None


def _same_owner(r: Reading, number: int | None, intent: Intent) -> tuple[str, Ref] | None:
    """ "the customer's last payment" after a subscription: the objects of the same customer."""
    for each in r.resource.fields.values():
        if each.type == "reference" and each.to == "customers":
            for child in r.spans.grammar.resources[intent.resource].fields.values():
                if child.type == "reference" and child.to == "customers":
                    return each.name, _ref(number, child.name)
    return None


def _same(intent: Intent) -> Ref | None:
    """ "finalize it and send it": what an order was done to is what was spoken of before it."""
    only = intent.filters[0] if len(intent.filters) == 1 else None
    if only is None or only.field != "id" or not isinstance(only.value, Ref) or only.value.ref == "previous":
        return None
    return only.value


def _ref(number: int | None, field: str | None = None) -> Ref:
    return Ref("previous" if number is None else number, None, field)


def ordinal(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "accept the second", "refund the first and the third": a place in what was listed, where no noun follows."""
    places = [int(sense.key)]
    while True:
        joint = r.spans.is_at(end, "and")
        again = r.spans.at(r.spans.skip(joint, ("filler",), r.end), "ordinal") if joint else None
        if again is None and joint:
            again = r.spans.at(joint, "ordinal")
        if again is None:
            break
        places.append(int(again[0].key))
        end = again[1]
    behind = r.spans.skip(end, ("stop", "comma", "filler"), r.end)
    if not (_over(r, end) or (behind < r.end and _written(r, end, behind))) or r.spans.is_at(end, "order"):
        return 0
    found = antecedent(r, "pronoun", "it")
    if found is None or found[0] != "id" or found[1].position is not None or (r.order and r.operation is None):
        # "highest amount first" counts nothing.
        return 0
    r.add("id", "eq", Ref(found[1].ref, places[0] if len(places) == 1 else tuple(places), found[1].field))
    r.own_id = True
    r.say(at, end, "position")
    return end


def _written(r: Reading, end: int, at: int) -> bool:
    """ "refund the second, it was fraud", "the third because it was a duplicate": what is written beside the object."""
    if r.operation is None or (end == at and not r.spans.is_at(at, "note")):
        return False
    senses = [sense for sense, _ in r.spans.every(at, "pvalue") if sense.extra[0] == r.operation.name]
    senses += [sense for sense, _ in r.spans.every(at, "param") if sense.extra == r.operation.name]
    return any(sense.resource == r.resource.name for sense in senses)


def numbered(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "refund numbers 2 and 5", "show items 3, 4 and 6" of what was listed."""
    places: list[int] = []
    start = end
    while start and start < r.end and (place := r.spans.tokens[start].value) in _PLACES:
        places.append(int(str(place)))
        end = start + 1
        start = list_joint(r, end)
        if start and r.operation is not None and any(r.spans.is_at(each, "or") for each in range(end, start)):
            # "delete 1 or 3": which of them?
            return 0
    if len(set(places)) < 2 or not _over(r, end):
        return 0
    found = antecedent(r, "pronoun", "it")
    if found is None or found[0] != "id" or found[1].position is not None:
        return 0
    r.add("id", "eq", Ref(found[1].ref, tuple(dict.fromkeys(places)), found[1].field))
    r.own_id = True
    r.say(at, end, "position")
    return end


_PLACES = range(1, 101)


def _over(r: Reading, at: int) -> bool:
    """Does nothing follow but the second half of the verb: "mark the first two [uncollectible]"?"""
    at = r.spans.skip(at, ("stop", "comma", "filler"), r.end)
    while at < r.end and at in r.taken:
        at = r.spans.skip(r.taken[at], ("stop", "comma", "filler"), r.end)
    return at >= r.end


def counted(r: Reading, at: int) -> int:
    """ "refund 2 and 5" right after a list: right behind the verb several bare numbers are places in it."""
    before = r.previous if not r.earlier else None
    if r.operation is None or before is None or before.resource != r.resource.name or before.action != "list":
        return 0
    if r.taken.get(r.verb) != at or r.filters:
        return 0
    kept = dict(r.where), list(r.filters)
    end = numbered(r, at, at, Sense("numbered", "numbers"))
    own = r.filters[-1].value if end else None
    places = own.position if isinstance(own, Ref) and isinstance(own.position, tuple) else ()
    if end and before.limit is not None and any(each > before.limit for each in places):
        # "refund 20 and 50" after the last 10: no places
        r.where, r.filters[:] = kept
        r.own_id = False
        return 0
    return end


def _owned(r: Reading, at: int, end: int, found: tuple[str, Ref]) -> int:
    """ "the third one's payments", "does number two have open invoices?": what belongs to one of those listed."""
    named, ref = found
    asked = any(r.spans.is_at(back, "question", "exist") for back in range(r.first, at))
    owner = end < r.end and r.spans.tokens[end].kind == "suffix"
    before = at - 1 if r.spans.is_at(at - 1, "definite") == at else at
    led = before - 1 in r.glue and r.spans.is_at(before - 1, "glue", "prep") > 0
    if "." in named or r.has(named) or ref.position is not None or not (owner or led or asked):
        return 0
    return end + 1 if owner else end


def position(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "the second one": picks from what the turn before, or an earlier request, found."""
    found = antecedent(r, "pronoun", "position")
    if found is None:
        return 0
    ref = found[1]
    if found[0] != "id":
        owned = _owned(r, at, end, found)
        if owned:
            r.add(found[0], "eq", Ref(ref.ref, int(sense.key), ref.field))
            r.marks.add("pronoun")
            r.say(at, end, "position")
            r.settle(owned)
        return owned
    position: int | tuple[int, ...] = int(sense.key)
    again = r.spans.is_at(end, "and")
    second = r.spans.at(again, "position") if again else None
    if second:
        position, end = (int(sense.key), int(second[0].key)), second[1]
    r.add("id", "eq", Ref(ref.ref, position, ref.field))
    r.own_id = True
    r.say(at, end, "position")
    return end


def owners(r: Reading, end: int) -> int:
    """ "delinquent customers' subscriptions": behind the owners what follows is said of the head again."""
    if r.head_at >= 0 or r.spans.words[end : end + 1] != ["'"]:
        return end
    r.scopes.pop()
    return end + 1


def owners_ahead(r: Reading, at: int, resource: str) -> bool:
    """ "delinquent customers' subscriptions": do many of a resource come whose the head is?"""
    spans = r.spans
    if "suffix" not in spans.types or r.operation is not None:
        return False
    for place in spans.spots("noun", at, min(r.end, at + 4)):
        for sense, end in spans.every(place, "noun"):
            if sense.resource == resource and spans.words[end : end + 1] == ["'"]:
                return any(each.resource == r.resource.name for start in range(end + 1, min(r.end, end + 5))
                           for each, _ in spans.every(start, "noun"))  # fmt: skip
    return False


def positions(r: Reading, at: int) -> int:
    """ "the first and the third one", "finalize the first two" of what was listed."""
    first = r.spans.at(at, "ordinal")
    counted = _first_few(r, first[1]) if first and r.operation is not None else 0
    if counted:
        return counted
    joint = r.spans.is_at(first[1], "and") if first else 0
    start = r.spans.skip(joint, ("filler",), r.end) if joint else 0
    # "the third" is a filler's word too; what counts is a position that follows the joint.
    for at_second in (joint, start):
        second = r.spans.at(at_second, "position") or r.spans.at(at_second, "ordinal") if at_second else None
        if first and second and _over(r, second[1]):
            found = antecedent(r, "pronoun", "position")
            if found is not None and found[0] == "id":
                r.add("id", "eq", Ref(found[1].ref, (int(first[0].key), int(second[0].key)), found[1].field))
                r.own_id = True
                return second[1]
    return 0


def _first_few(r: Reading, at: int) -> int:
    """ "the first two": so many of what was listed, from its first on, where no noun follows."""
    number = r.spans.tokens[at].value if at < r.end and r.spans.tokens[at].kind == "number" else None
    if not isinstance(number, Decimal) or not 1 < number <= 100 or number != int(number):
        return 0
    if not _over(r, at + 1):
        return 0
    found = antecedent(r, "pronoun", "position")
    if found is None or found[0] != "id" or found[1].position is not None:
        return 0
    r.add("id", "eq", Ref(found[1].ref, tuple(range(1, int(number) + 1)), found[1].field))
    r.own_id = True
    return at + 1
