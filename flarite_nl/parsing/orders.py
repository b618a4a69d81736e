"""Is a clause an order, and of what? Only an instruction is: nothing but courtesy may stand before its verb."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from flarite_nl.grammar.lexicon import GAP, Sense
from flarite_nl.model.values import Value
from flarite_nl.parsing.compares import CENTS
from flarite_nl.parsing.openings import led_verb, noun_ahead
from flarite_nl.parsing.spans import Spans

FEW = 12
"""How far into a clause the noun of an order without a verb, or the colon behind its object, may stand."""
BEFORE = ("filler", "polite", "comma", "stop", "and")
LEADING = (*BEFORE, "causative")
_MARKS = frozenset({":", "-", ","})
_DESCRIBING = ("meaning", "value", "noun", "order")


@dataclass(slots=True)
class Order:
    """One possible reading of a clause as an order.

    ``taken`` are the tokens of the verb (start → end), ``said`` its words where it stood in a clause before; ``weak``
    says that the same words may ask for a reading ("I need …"): then the order must be complete, or it is none;
    ``behind`` that it stands behind a colon, and before it what it is done to; ``again`` that it makes another of what
    the turn before made.
    """

    resource: str
    action: str
    taken: dict[int, int] = field(default_factory=dict)
    weak: bool = False
    singular: bool = False
    verb: int = 0
    params: dict[str, Value] = field(default_factory=dict)
    generic: bool = False
    behind: bool = False
    said: str = ""
    again: bool = False


def orders_of(spans: Spans, first: int, end: int) -> list[Order]:
    """Every operation that the clause could order: by its verb, or by a wish for it done."""
    known = spans.orders.get((first, end))
    if known is None:
        known = spans.orders[first, end] = _orders_of(spans, first, end)
    return list(known)


def _orders_of(spans: Spans, first: int, end: int) -> list[Order]:
    found: list[Order] = []
    if "verb" not in spans.places and "causative" not in spans.places:
        return found
    starts, behind = _verb_places(spans, first, end)
    for at in starts:
        found += _verbs(spans, at, first, end)
        if found and spans.words[at - 1] in _COLONS and at > first:
            # Behind a colon nothing is described.
            found = [replace(each, weak=False, behind=True) for each in found]
        if found:
            break
    return found + _causative(spans, first, end, behind)


def _verb_places(spans: Spans, first: int, end: int) -> tuple[list[int], int]:
    """Where the verb may stand: at the start behind courtesy, or behind a colon ("sub_1: cancel it")."""
    places: list[int] = []
    led = led_verb(spans, first, end)
    if led:
        places.append(led)
    at = first
    while at < end:
        places.append(at)
        step = spans.furthest(at, LEADING)
        if not step:
            break
        at = step
    made = _made_so(spans, first, end)
    if made:
        places.append(made)
    behind_id = _behind_id(spans, first, end)
    if behind_id:
        places.append(behind_id)
    for mark in range(first + 1, min(end - 1, first + FEW)) if not _MARKS.isdisjoint(spans.words) else ():
        if spans.words[mark] in _MARKS and _named_before(spans, first, mark):
            places.append(spans.skip(mark + 1, BEFORE, min(end, mark + FEW)))
    for mark in range(first + 1, end - 1) if not _COLONS.isdisjoint(spans.words) else ():
        if spans.words[mark] in _COLONS and _done_to_it(spans, first, mark, end):
            places.append(spans.skip(mark + 1, BEFORE, min(end, mark + FEW)))
    return places, at


def _made_so(spans: Spans, first: int, end: int) -> int:
    """ "coupon create: id=SPRING, percent_off=10": as tools are called, the verb between its noun and a colon; or 0."""
    start = spans.skip(first, ("filler", "polite"), end)
    for noun, at in spans.every(start, "noun"):
        for verb, stop in spans.every(at, "verb"):
            if noun.resource == verb.resource and verb.key == "create" and verb.extra is None and noun.extra == 0:
                return at if stop < end - 1 and spans.words[stop] == ":" else 0
    return 0


_COLONS = frozenset({":"})
_ASKING = ("question", "aggregate", "guard")


def _done_to_it(spans: Spans, first: int, mark: int, end: int) -> bool:
    """ "all payments on Nigerian cards since Sunday: refund as fraudulent": behind the colon a verb with no object of
    its own, and before it what it is done to."""
    at = spans.skip(mark + 1, BEFORE, min(end, mark + FEW))  # colons in a row are not gone over from each of them
    stop = max((stop for _, stop in spans.every(at, "verb")), default=0)
    asked = any(spans.holds(kind, first, mark) for kind in _ASKING) or spans.is_at(first, "read", "show") > 0
    if not stop or asked or "?" in spans.words[at:] or not spans.spots("noun", first, mark):
        return False
    after = spans.skip(stop, ("filler", "comma", "stop"), end)
    if after >= end or spans.tokens[after].kind in {"money", "percent"} or spans.is_at(after, "fraction"):
        return True
    pointing = spans.is_at(after, "pronoun", "them", "it") > 0
    return pointing or any(spans.every(after, kind) for kind in ("pvalue", "param"))


def _behind_id(spans: Spans, first: int, end: int) -> int:
    """ "promo_1 deactivate", "ch_1 refund 15%": a verb right behind the ID that it is done to, or 0.

    A word that describes as well ("in_1 void", "ch_1 refund") orders only with a figure behind it.
    """
    start = spans.skip(first, BEFORE, end)
    at = start + 1
    if at >= end or spans.tokens[start].kind != "id" or "verb" not in spans.kinds[at] or "?" in spans.words:
        return 0
    stop = max(stop for _, stop in spans.every(at, "verb"))
    if any(other > stop for kind in ("field", "event", "meaning", "noun") for _, other in spans.every(at, kind)):
        return 0
    figure = stop < end and (spans.tokens[stop].kind in {"money", "percent"} or spans.is_at(stop, "fraction") > 0)
    return at if figure or not _describes(spans, at, stop) else 0


def _named_before(spans: Spans, first: int, mark: int) -> bool:
    """Is what stands before the colon just the name of an object?"""
    named = any(spans.tokens[at].kind in {"id", "code", "email"} or code_like(spans, at) for at in range(first, mark))
    return named and all(
        spans.tokens[at].kind in {"id", "code", "email"}
        or any(spans.is_at(at, kind) for kind in ("filler", "comma", "and"))
        or spans.every(at, "noun")
        or code_like(spans, at)
        for at in range(first, mark)
    )


def code_like(spans: Spans, at: int) -> bool:
    text = spans.tokens[at].text
    return text.isupper() or (
        not text.isalpha() and any(char.isdigit() for char in text) and any(char.isalpha() for char in text)
    )


def _verbs(spans: Spans, at: int, first: int, end: int) -> list[Order]:
    found: list[Order] = []
    verbs = spans.every(at, "verb")
    if not verbs or any(spans.is_at(back, "question") > at for back in range(max(first, at - 3), at)):
        # "any update on du_1?" asks.
        return found
    nouns = spans.every(at, "noun")
    described = any(spans.every(at, kind) for kind in ("value", "meaning"))
    if (nouns or described) and at > first and spans.is_at(at - 1, "definite") == at:
        # "the charge for pi_1", "only the void ones"
        return found
    if described and any(_ones(spans, stop) for _, stop in verbs):
        # "void ones only"
        return found
    asked = spans.furthest(at, ("causative", "read"))
    identified = bool(nouns) and _identified(spans, nouns[0][0].resource, at, end)
    longest = spans.furthest(at, ("read", "question", "filler", "aggregate", "group", "sort"))
    ambiguous: dict[int, bool] = {}
    several: dict[int, bool] = {}
    for sense, stop in verbs:
        if (
            stop > end
            or (stop < longest and (sense.extra is None or spans.furthest(at, ("read", "question", "polite")) > stop))
            or (sense.key == "create" and spans.is_at(at, "follow_up") > stop)
            or _of_what(spans, at, stop)
        ):
            continue
        taken = {at: stop}
        if sense.extra is not None:
            gap = _tail(spans, sense, stop, end)
            if gap is None:
                continue
            taken[gap[0]] = gap[1]
        if stop not in ambiguous:
            ambiguous[stop] = _describes(spans, at, stop) and not object_at(spans, stop, end)
        described = ambiguous[stop] and not (
            (sense.key == "create" and _one_new(spans, stop, sense.resource))
            or _picks(spans, stop, end, sense.resource)
        )
        params = _implied(spans, sense, at, stop)
        surely = sense.extra is not None
        weak = identified or asked >= stop
        if stop not in several and sense.key == "create" and not surely:
            several[stop] = _several_makers(verbs, stop)
        generic = sense.key == "create" and not surely and several[stop]
        found.append(
            Order(
                sense.resource,
                sense.key,
                taken,
                (weak or described) and not surely,
                sense.key == "create",
                at,
                params,
                generic,
            )
        )
    # The longer a verb is in all its parts, the surer it is ("send … an invoice" makes one, "send" sends one).
    if len(found) > 1:
        found.sort(key=_length, reverse=True)
    return found


def _ones(spans: Spans, at: int) -> bool:
    """Does "ones" stand at a token, without a "the"?"""
    return spans.is_at(at, "pronoun", "ones") == at + 1


def _of_what(spans: Spans, at: int, stop: int) -> bool:
    """ "email for cus_1": a word that names a field too, with whose it is behind it, orders nothing."""
    named = any(end == stop for _, end in spans.every(at, "field")) if "field" in spans.kinds[at] else False
    return named and spans.is_at(stop, "glue", "prep") > 0 and not spans.is_at(stop, "into")


def _identified(spans: Spans, resource: str, first: int, end: int) -> bool:
    """ "price details for price_1": with its ID behind it the word is the noun."""
    return "id" in spans.types and any(
        token.kind == "id" and token.value == resource for token in spans.tokens[first:end]
    )


def _length(order: Order) -> int:
    return sum([stop - start for start, stop in order.taken.items()])


def _describes(spans: Spans, at: int, stop: int) -> bool:
    """May the words of a verb describe something as well?"""
    kinds = spans.kinds[at]
    if stop - at > 2 and spans.is_at(stop - 2, "indefinite") == stop - 1:
        # "give a refund": what is done to something that is named.
        return False
    return any(
        kind in kinds and (spans.is_at(at, kind) or any(end <= stop for _, end in spans.every(at, kind)))
        for kind in _DESCRIBING
    )


def _several_makers(verbs: list[tuple[Sense, int]], stop: int) -> bool:
    """Do the words up to ``stop`` make things of several kinds?"""
    if len(verbs) < 2:
        return False
    return len({sense.resource for sense, end in verbs if end == stop and sense.key == "create"}) > 1


def _implied(spans: Spans, sense: Sense, at: int, stop: int) -> dict[str, Value]:
    """The params that a verb sets by itself: "don't renew" ends a subscription with its period."""
    implying = spans.grammar.resources[sense.resource].operations[sense.key].implying
    if not implying:
        return {}
    verb = " ".join(spans.words[at:stop])
    said = f"{verb} {GAP} {sense.extra}" if sense.extra else verb
    for verbs, params in implying:
        if said in {each.replace("-", " ") for each in verbs}:
            return dict(params)
    return {}


def _one_new(spans: Spans, at: int, resource: str) -> bool:
    """ "new payment link: …", "new $20 price": one of a thing; "new customers" lists them."""
    limit = min(spans.n, at + 4)
    while at < limit:
        for sense, _ in spans.every(at, "noun"):
            if sense.resource == resource:
                return sense.key == "one"
        at += 1
    return False


def _picks(spans: Spans, at: int, end: int, resource: str) -> bool:
    """ "refund last payment of cus_1": an adjective would stand behind the order word, a verb stands before it."""
    if not spans.is_at(at, "order") or spans.is_at(at, "order", "new", "largest"):
        return False
    noun = noun_ahead(spans, at)
    return 0 < noun <= end and any(
        sense.resource == resource and sense.key == "one" and stop == noun
        for back in range(at + 1, noun)
        for sense, stop in spans.every(back, "noun")
    )


def object_at(spans: Spans, at: int, end: int) -> bool:
    """Does what follows make the word before it a verb for sure: "void the …", "refund it", "return ch_1"?"""
    while courtesy := spans.is_at(at, "filler", "courtesy"):
        # "refund please the payment ch_1"
        at = courtesy
    if at >= end:
        return True
    token = spans.tokens[at]
    if token.kind in {"id", "money", "email"} or (token.kind == "number" and CENTS.search(token.text)):
        return True
    if at in spans.times and spans.tokens[spans.times[at].last].kind == "suffix":
        # "refund today's payments"
        return True
    for sense, stop in spans.every(at, "noun"):
        if sense.key == "one" and stop < end and _names_one(spans, stop, sense.resource):
            return True
    return bool(
        spans.is_at(at, "filler", "determiner")
        or spans.is_at(at, "pronoun")
        or spans.is_at(at, "possessive")
        or spans.is_at(at, "position")
    )


def _names_one(spans: Spans, at: int, resource: str) -> bool:
    """ "void invoice number F-2026-0042", "bill customer Maria Gomez": behind the noun stands which one."""
    if resource == "customers" and at < spans.n and spans.capital(at) and not spans.entries[at]:
        return True
    field = spans.at(at, "field", resource)
    at = field[1] if field else at
    return at < spans.n and (spans.tokens[at].kind in {"id", "code"} or code_like(spans, at))


def _tail(spans: Spans, sense: Sense, start: int, end: int) -> tuple[int, int] | None:
    """The second half of "put … on hold"."""
    places = spans.spots("tail", start, end)
    tail = tuple(str(sense.extra).replace("-", " ").split()) if places else ()
    for at in places:
        for other, stop in spans.every(at, "tail"):
            if (
                other.resource == sense.resource
                and other.key == sense.key
                and stop <= end
                and tuple(spans.words[at:stop]) == tail
            ):
                return at, stop
    return None


def _causative(spans: Spans, first: int, end: int, behind: int) -> list[Order]:
    """ "I need … refunded", "get in_1 finalised": a wish that ends in what shall be done."""
    if not spans.spots("causative", first, end):
        return []
    wish = first
    while wish < end and not spans.is_at(wish, "causative"):
        step = spans.furthest(wish, BEFORE)
        if not step:
            return []
        wish = step
    if wish >= end:
        return []
    begun = spans.is_at(wish, "causative")
    if spans.is_at(begun, "subject"):
        # "have they paid?" asks; "have them refunded" does not.
        return []
    found: list[Order] = []
    for at in reversed(spans.spots("participle", begun + 1, end)):
        for sense, stop in spans.every(at, "participle"):
            if (
                spans.is_at(at - 1, "glue", "aux", "relative")
                or spans.is_at(at - 1, "not")
                or spans.is_at(at - 1, "filler", "adverb")
            ):
                continue
            if (
                (behind := spans.skip(stop, ("filler", "comma", "stop"), end)) == end
                or spans.every(behind, "pvalue")
                or spans.every(behind, "param")
            ):
                found.append(Order(sense.resource, sense.key, {wish: begun, at: stop}, False, False, at))
        if found:
            return found
    return []
