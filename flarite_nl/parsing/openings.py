"""What a request may open with: an order's verb, a noun with what describes it, an introduction before either."""

from __future__ import annotations

from flarite_nl.grammar.lexicon import Sense
from flarite_nl.parsing.spans import Spans

_OBJECT = (
    "pronoun",
    "possessive",
    "position",
    "filler",
    "order",
    "fraction",
    "whole",
    "recipient",
    "aggregate",
    "group",
)
_WINDOW = 9
_DESCRIBING = frozenset(
    {
        "filler",
        "order",
        "meaning",
        "value",
        "country",
        "aggregate",
        "not",
        "or",
        "possessive",
        "pvalue",
        "grain",
        "currency",
        "ordinal",
    }
)


def orders_at(spans: Spans, at: int) -> bool:
    """Does a verb stand at a token with something that it is done to behind it?"""
    verbs = spans.every(at, "verb")
    if not verbs:
        return False
    longest = spans.furthest(at, ("read", "question", "filler", "aggregate", "glue", "group", "sort"))
    longest = max([longest, *(end for _, end in spans.every(at, "noun"))])
    for sense, end in verbs:
        if end < longest or (sense.extra is not None and not _tailed(spans, end, str(sense.extra))):
            continue
        if sense.key == "create" and not spans.every(at, "noun"):
            if (
                noun_ahead(spans, end)
                or spans.is_at(end, "pronoun")
                or spans.is_at(end, "another")
                or _of_one(spans, at, end)
            ):
                return True
            continue
        if end >= spans.n:
            return not spans.every(at, "noun")
        following = spans.tokens[end]
        if following.kind in {"id", "money", "percent", "email", "quote", "number", "code", "bad"}:
            if _names_value(spans, at, end) or (spans.every(at, "noun") and following.kind in {"number", "percent"}):
                continue
            return True
        if spans.capital(end) and not spans.entries[end]:
            return True
        if any(spans.is_at(end, kind) for kind in _OBJECT) or (spans.every(end, "noun") and not _nominal(spans, at)):
            return True
        if spans.every(end, "param") and not spans.every(at, "noun"):
            return True
    return False


def _second_verb(spans: Spans, at: int, end: int) -> bool:
    """ "finalise and email in_1": behind another verb that waits for its object the word is a verb too."""
    joint, own = at - 1, spans.tokens[end].value
    if spans.tokens[end].kind != "id" or spans.is_at(joint, "and") != at or spans.every(at, "noun"):
        return False
    verbs = [each for back in range(max(0, joint - 2), joint) for each in spans.every(back, "verb")]
    also = any(sense.resource == own and stop == end for sense, stop in spans.every(at, "verb"))
    return also and any(sense.resource == own and sense.extra is None and stop == joint for sense, stop in verbs)


def _names_value(spans: Spans, at: int, end: int) -> bool:
    """ "email jane@…": is a word a field, and what follows its value? Of the ID of a customer no invoice is one."""
    fields = [spans.grammar.resources[sense.resource].fields[sense.key] for sense, _ in spans.every(at, "field")]
    if spans.tokens[end].kind != "id" or any(each.type != "reference" for each in fields):
        return bool(fields) and not _second_verb(spans, at, end)
    return any(each.to == spans.tokens[end].value for each in fields)


def named_by_id(spans: Spans, at: int, end: int) -> list[Sense]:
    """The senses of a noun that stands for the object whose ID follows: "payment pi_1", "payment status for pi_1"."""
    found: list[Sense] = []
    for sense, stop in spans.every(at, "before_id"):
        behind = stop
        while behind < end:
            fields = [step for each, step in spans.every(behind, "field") if each.resource == sense.resource]
            step = max([*fields, spans.furthest(behind, ("filler", "glue"))], default=0)
            if not step:
                break
            behind = step
        if behind < end and spans.tokens[behind].kind == "id" and spans.tokens[behind].value == sense.resource:
            found.append(sense)
    return found


def seeks(spans: Spans, at: int) -> bool:
    """Does a word right before a token ask for what it names ("find", but not "name": that may tell a name)?"""
    return any(
        spans.is_at(back, "read") == at and _TELLING.isdisjoint(spans.kinds[back]) for back in range(max(0, at - 3), at)
    )


_TELLING = frozenset({"field", "param", "naming"})


def _of_one(spans: Spans, at: int, end: int) -> bool:
    """ "subscribe cus_1": a verb that makes only one kind of thing needs no noun for it."""
    made = {sense.resource for sense, stop in spans.every(at, "verb") if stop == end and sense.key == "create"}
    return len(made) == 1 and end < spans.n and spans.tokens[end].kind in {"id", "email"}


def _tailed(spans: Spans, start: int, tail: str) -> bool:
    """Does the second half of "put … on hold" come?"""
    words = tail.split()
    return any(spans.words[at : at + len(words)] == words for at in range(start, spans.n))


def _nominal(spans: Spans, at: int) -> bool:
    return bool(spans.every(at, "noun")) and not spans.every(at, "verb")


def noun_ahead(spans: Spans, at: int) -> int:
    """The end of a noun that comes with only words before it that describe it; 0 if none does."""
    limit = min(spans.n, at + _WINDOW)
    figure = spans.is_at(at, "aggregate") > 0
    while at < limit:
        nouns = spans.every(at, "noun")
        if nouns and nouns[0][1] >= max((end for _, end in spans.every(at, "field")), default=0):
            return nouns[0][1]
        own = {sense.resource for sense, _ in nouns} if figure and nouns else ()
        for sense, end in spans.every(at, "field") if own else ():
            if sense.resource in own:
                # "… and total dispute amount"
                return end
        span = spans.times.get(at)
        if span is not None:
            at = span.last + 1
            continue
        if spans.tokens[at].kind in {"number", "money", "percent", "id"} or spans.words[at] == "'s":
            at += 1
            continue
        step = 0
        for end, entry in spans.entries[at]:
            if end > step and not _DESCRIBING.isdisjoint(entry.all):
                step = end
        if not step:
            return 0
        at = step
    return 0


def led_in(spans: Spans, first: int, at: int, joint: int, kind: str) -> bool:
    """ "Of the payments received this month, list only …", "for customers in the UK, how many refunds …": is it said in
    front whose or of what something is, and nothing asked for yet? What is ordered then is of those, and of no others.
    """
    asks = kind in {"read", "question"} or spans.is_at(joint, "read") > 0
    # "for customers in Germany, the open invoices"; behind a second comma a list may go on.
    named = kind == "noun" and spans.spots("noun", first, at) and not spans.spots("comma", first + 1, at)
    if not (asks or named) and not spans.every(spans.skip(joint, ("filler", "polite")), "verb"):
        return False
    led = spans.is_at(spans.skip(first, ("comma",)), "glue", "prep") > 0
    asked = spans.holds("question", first + 1, at)
    asked = asked or any(spans.is_at(each, "read", "show") for each in spans.spots("read", first, at))
    return led and (kind == "read" or not asked)


def barred(spans: Spans, first: int, end: int) -> int:
    """ "in any currency but USD": behind "any" and a field, the end of a "but" that leaves out what follows; or 0."""
    barring = spans.is_at(end, "barring")
    if not barring:
        return 0
    whole = any(
        spans.is_at(at - 1, "universal") == at and any(stop == end for _, stop in spans.every(at, "field"))
        for at in range(max(first + 1, end - 3), end)
    )
    return barring if whole else 0


def sorts(spans: Spans, first: int, end: int) -> bool:
    """ "Newest first, …", "ordered by due date with the latest on top, …": nothing but how to sort what follows?"""
    if not spans.spots("sort", first, end):
        return False
    at = first
    while at < end:
        named = [stop for kind in ("field", "event") for _, stop in spans.every(at, kind)]
        step = max([spans.furthest(at, _SORTING), *named])
        if not step or spans.tokens[at].kind in {"id", "email"}:
            return False
        at = step
    return True


_SORTING = ("sort", "order", "filler", "glue", "with", "comma", "amount_word", "group")
_COURTESY = ("filler", "comma", "and", "polite", "stop")


def led_verb(spans: Spans, first: int, end: int) -> int:
    """The verb behind an introduction: "At the end of the period, cancel …", "for cus_1 create …"; 0 if none.

    What introduces an order is whose it is about, or what it shall write, or why. Whether it is understood is for the
    order to say: here only a word that leads counts, and that nothing asks or orders before the verb.
    """
    verbs = spans.places.get("verb")
    if verbs is None or verbs[-1] <= first:
        return 0
    start = spans.skip(first, _COURTESY, end)
    if start >= end or not spans.spots("verb", start + 1, end):
        return 0
    for at in range(start + 1, min(end, start + _FAR)):
        here = spans.reach[at]
        if "read" in here or ("question" in here and "glue" not in here):
            return 0
        if "verb" in spans.kinds[at] and not within(spans, start, at):
            mark = set_off_at(spans, at)
            told = mark > start
            set_off = told or spans.is_at(at - 1, "comma") > 0 or spans.tokens[at - 1].kind in {"id", "email"}
            set_off = set_off or (at == start + 1 and not spans.is_at(start, "glue"))
            if set_off and orders_at(spans, at):
                marked = told and spans.words[mark] in _APART
                led = _brings(spans, start, at) or (told and explains(spans, start, at))
                led = led or (not marked and _leads(spans, start))
                why = spans.is_at(start, "note") > 0
                return at if led and (why or not _held(spans, first, at)) else 0
        if "stop" in here and not _ordered_next(spans, at, end):
            return 0
    return 0


def _ordered_next(spans: Spans, at: int, end: int) -> bool:
    """ "Studio is being renovated. Freeze sub_1": does an order begin right behind a full stop?"""
    behind = spans.skip(at, _COURTESY, end)
    return behind < end and "verb" in spans.kinds[behind] and orders_at(spans, behind)


def within(spans: Spans, first: int, at: int) -> bool:
    """Is a token part of a longer phrase that starts before it ("customer record", where "record" is no verb)?"""
    return any(here and here[0][0] > at for here in spans.entries[max(first, at - 3) : at])


def _held(spans: Spans, first: int, verb: int) -> bool:
    """Does a condition, a schedule or a wish for something else stand before the verb?"""
    return any(
        (end := spans.is_at(at, "guard"))
        and end > max((stop for kind in ("pvalue", "param") for _, stop in spans.every(at, kind)), default=0)
        for at in spans.spots("guard", first, verb)
    )


def explains(spans: Spans, first: int, verb: int) -> bool:
    """ "We double charged her: refund ch_1", "The goods are on their way — capture ch_1": may what is set off say why?

    Whether it does is for the explanation's own rules; behind a colon only a reason does ("the boss: refund ch_1").
    """
    mark = set_off_at(spans, verb)
    if mark <= first:
        return False
    if spans.words[mark] == ":":
        return any(spans.every(at, "pvalue") for at in range(first, verb))
    stated = any(not spans.entries[at] or not _TELLING_OF.isdisjoint(spans.kinds[at]) for at in range(first, mark))
    return stated and all(spans.tokens[at].kind in {"word", "mark", "suffix", "quote"} for at in range(first, mark))


_TELLING_OF = frozenset({"finite", "helping", "unhappened", "event", "participle", "pvalue"})
_APART = frozenset({":", "-", ".", "!"})


def set_off_at(spans: Spans, verb: int) -> int:
    """What sets off the words before an order: a colon or a dash; a comma before "please", "so" or an order on one that
    is named by its ID; "so" alone; or 0."""
    mark, hence = verb - 1, 0
    while mark > 0 and (
        spans.is_at(mark, "asking") or spans.is_at(mark, "hence") or spans.is_at(mark, "polite") == mark + 1
    ):
        hence = mark if spans.is_at(mark, "hence") else hence
        mark -= 1
    if spans.words[mark] in _APART:
        return mark
    named = "id" in spans.types and spans.words[mark] == ","
    if named and mark == verb - 1:
        named = any(end < spans.n and spans.tokens[end].kind == "id" for _, end in spans.every(verb, "verb"))
    return mark if named or (spans.words[mark] == "," and mark < verb - 1) else hence


def _brings(spans: Spans, first: int, verb: int) -> bool:
    """ "cus_1 has a new email, please change it to …": is told what the order is to write?"""
    had = spans.is_at(first + 1, "with") if spans.tokens[first].kind in {"id", "email"} else 0
    named = spans.every(spans.skip(had, ("filler", "indefinite")), "param") if had else ()
    return any(
        sense.extra == "update" and spans.skip(end, ("comma", "polite", "asking", "filler")) == verb
        for sense, end in named
    )


def _leads(spans: Spans, at: int) -> bool:
    if (
        spans.every(at, "verb")
        or spans.is_at(at, "into", "into")
        or spans.is_at(at, "read")
        or spans.is_at(at, "question")
    ):
        return False
    if spans.is_at(at, "note") or spans.is_at(at, "glue", "prep", "inside") or at in spans.times:
        return True
    params = [sense.key for sense, _ in spans.every(at, "param")]
    # "each month, create …" is a schedule.
    return any(name not in _PERIODS for name in params + [sense.extra[1] for sense, _ in spans.every(at, "pvalue")])


_PERIODS = frozenset({"recurring.interval", "duration", "duration_in_months"})
_FAR = 24
"""How many tokens an introduction may have."""
