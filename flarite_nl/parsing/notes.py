"""Explanations that a person adds to an order: carried along, changing nothing (FRAME.md, ``note``)."""

from __future__ import annotations

from flarite_nl.grammar.schema import Operation
from flarite_nl.parsing.openings import orders_at
from flarite_nl.parsing.reading import Reading
from flarite_nl.parsing.spans import Spans

_UNSAFE = ("how_to", "permission", "hypothetical", "condition", "prohibition", "schedule", "injection", "unsupported")
_SEPARATING = frozenset({"note", "comma", "stop"})
_VALUES = frozenset({"compare", "number", "id", "money", "percent", "email", "bad", "redacted", "code", "url"})


def separators(spans: Spans, first: int, end: int) -> list[tuple[int, int]]:
    """Where an explanation may begin: (the separator, the explanation's first token), rightmost first."""
    found: list[tuple[int, int]] = []
    for at in range(first + 1, end):
        if _SEPARATING.isdisjoint(spans.reach[at]):
            if spans.tokens[at - 1].kind == "id" and _tells(spans, at):
                found.append((at, at))
            continue
        because = spans.is_at(at, "note")
        if because and because < end:
            found.append((at, at if spans.tokens[at].kind == "word" else because))
        elif (spans.is_at(at, "comma") and spans.words[at] in "-,;(:") or spans.is_at(at, "stop"):
            found.append((at, at + 1))
    return found[::-1]


def _tells(spans: Spans, at: int) -> bool:
    """ "refund ch_1 she got double charged": right behind the ID who it is, and a verb that tells what happened."""
    behind = spans.is_at(at, "pronoun", "him", "them") if spans.is_at(at, "subject") else 0
    return behind == at + 1 and (spans.is_at(behind, "finite") > 0 or spans.is_at(behind, "glue", "aux") > 0)


def note_at(spans: Spans, first: int, end: int, resource: str, *, made: bool = False) -> str | None:
    """The words of an explanation; None if they hold a condition, a time, another instruction, a value, or anything
    that takes the order back or says what it shall write to the ``resource``. ``made``: does the order make something?
    """
    first = spans.skip(first, ("comma", "stop"), end)
    if (
        any(spans.words[at] == "?" for at in range(first, end))
        or spans.is_at(first, "and")
        or (spans.is_at(first, "not") and not spans.is_at(first, "note", "itself"))
    ):
        return None
    while end > first and (spans.is_at(end - 1, "stop") or spans.is_at(end - 1, "comma")):
        end -= 1
    because = spans.is_at(first, "note")
    if because > end or (because == end and not spans.is_at(first, "note", "itself")):
        return None
    last = end - 1
    if spans.is_at(last, "revoking", "revoking") == end and because <= first:
        # "…, German customers only"
        return None
    if spans.is_at(last, "helping") or (not because and _narrows(spans, first, end)):
        # "my answer was, …", "… the smallest one"
        return None
    if spans.is_at(first, "revoking", "saying") or spans.is_at(last, "revoking", "saying"):
        return None
    if spans.is_at(first, "note", "itself"):
        return None if any(_unsafe(spans, at, False) for at in range(because, end)) else spans.words_of(first, end)
    start = because if because and because < end and not _subject(spans, first) else first
    if end - start == 1 and spans.tokens[start].kind == "quote" and spans.is_at(first, "note", "noted"):
        return str(spans.tokens[start].value)
    if spans.is_at(first, "naming") or (made and _instructs(spans, first, end)):
        return None
    if (end - first < 2 and not spans.every(first, "pvalue")) or any(
        _unsafe(spans, at, at == first) for at in range(first, end)
    ):
        return None
    if any(_states_value(spans, at, end, resource) or _denies(spans, at, resource) for at in range(first, end)):
        return None
    return spans.words_of(start, end)


def _narrows(spans: Spans, first: int, end: int) -> bool:
    """ "…. The smallest one.", "… - without the fees", "…, to Bob", "…. Wrong one.": words without a verb that may say
    which, how much of it, or to whom."""
    if spans.is_at(first, "follow_up", "replace") == end or spans.is_at(first, "revoking", "bidding"):
        return True
    if not selects(spans, first, end):
        return False
    if spans.is_at(first, "without") or (spans.is_at(first, "glue") and spans.capital(first + 1)):
        return True
    for at in range(first, end):
        picks = spans.is_at(at, "order") and not spans.is_at(at, "order", "new")
        if picks or spans.is_at(at, "pronoun", "ones") or spans.is_at(at, "country") or spans.is_at(at, "currency"):
            return True
    return False


def told_note(spans: Spans, first: int, end: int, r: Reading) -> str | None:
    """What a sentence before an order tells: why, or of what it is ("in_1 is bad debt, mark it uncollectible").

    Of the very thing that is ordered it may say that it is not wanted, but nothing of what is done to it.
    """
    if "told" not in r.marks:
        return None if r.told else note_at(spans, first, end, r.resource.name)
    for at in range(first, end):
        done = [sense for kind in ("verb", "participle") for sense, _ in spans.every(at, kind)]
        if any(sense.resource == r.resource.name for sense in done) or spans.words[at] == "?":
            return None
        named = spans.tokens[at].kind == "id" or (spans.is_at(at, "not", "predicate") and at > first)
        if not named and _unsafe(spans, at, at == first):
            return None
    return spans.words_of(first, end)


def selects(spans: Spans, first: int, end: int) -> bool:
    """ "void the open invoices, visa payments": words without a verb may say which of several are meant."""
    first = spans.skip(first, ("comma", "stop"), end)
    if spans.is_at(first, "note"):
        return False
    telling = ("finite", "helping", "unhappened")
    if any(spans.tokens[at].kind == "suffix" for at in range(first + 1, end)):  # "they're bots"
        return False
    return not any(spans.is_at(at, kind) for at in range(first, end) for kind in telling)


def tells_why(spans: Spans, first: int, end: int, resource: str, operation: Operation) -> bool:
    """May words before an order say why? Without a verb that tells, "each month, …", "for all, …" say when or whom."""
    told = not selects(spans, first, end) or any(spans.is_at(at, "not", "predicate") for at in range(first, end))
    if told or reason_in(spans, first, end, resource, operation) is not None:
        return True
    repeated = any(spans.holds(kind, first, end) for kind in ("grain", "plural_grain", "universal", "distributive"))
    return not repeated and not spans.is_at(first, "glue")


def _instructs(spans: Spans, first: int, end: int) -> bool:
    """ "come up with a haiku for the description": more to write, and no explanation.

    A sentence that says why has a verb that tells; one that speaks of a text to be written without one may want it so.
    """
    if any(
        sense.extra == "create" and spans.grammar.resources[sense.resource].operations["create"].params[sense.key].type
        in {"number", "boolean", "time", "days", "months", "percent"}
        for at in range(first, end) if not spans.is_at(at, "glue")
        for sense, _ in spans.every(at, "param")
    ):  # fmt: skip
        # "the buyer can change the quantity"
        return True
    if any(spans.is_at(at, "finite") for at in range(first, end)):
        return False
    senses = (sense for at in range(first, end) for sense, _ in spans.every(at, "param") if not spans.is_at(at, "glue"))
    return any(
        sense.extra == "create"
        and spans.grammar.resources[sense.resource].operations["create"].params[sense.key].type == "text"
        for sense in senses
    )


def _states_value(spans: Spans, at: int, end: int, resource: str) -> bool:
    """ "country France", "coupon set to 'EARLYBIRD'": a field or param with its value is part of the order."""
    for kind in ("field", "param"):
        for sense, stop in spans.every(at, kind):
            if sense.resource != resource or spans.is_at(at, "glue") >= stop:
                continue
            behind = stop
            while behind < end and (step := _joins_value(spans, behind)):
                behind = step
            if behind < end and _is_value(spans, behind, resource):
                return True
    return False


def _denies(spans: Spans, at: int, resource: str) -> bool:
    """ "my boss said no refunds": the very thing that is ordered, with a "no" before it."""
    stop = spans.is_at(at, "without")
    if not stop:
        return False
    made = {each.makes for each in spans.grammar.resources[resource].operations.values()}
    nouns = [sense for sense, _ in spans.every(stop, "noun")]
    own = any(sense.resource == resource and sense.extra for sense in nouns)  # "no cancellations"
    return own or bool(spans.every(stop, "verb")) or any(sense.resource in made for sense in nouns)


def _joins_value(spans: Spans, at: int) -> int:
    return max(
        spans.is_at(at, "compare", "eq"), *(spans.is_at(at, kind) for kind in ("into", "naming", "comma", "glue"))
    )


def _is_value(spans: Spans, at: int, resource: str) -> bool:
    token = spans.tokens[at]
    if token.kind in {"quote", "code"} or spans.is_at(at, "country") or spans.is_at(at, "currency"):
        return True
    if any(sense.resource == resource for sense, _ in spans.every(at, "value")):
        return True
    return token.kind == "word" and spans.capital(at) and not spans.title


def _subject(spans: Spans, at: int) -> bool:
    return bool(spans.is_at(at, "filler", "determiner") or spans.is_at(at, "pronoun"))


def _unsafe(spans: Spans, at: int, first: bool) -> bool:
    """May this token of an explanation change the order?"""
    token = spans.tokens[at]
    if token.kind in _VALUES or at in spans.times or any(char.isdigit() for char in token.text):
        return True
    for start in (at, at - 1):
        if not first and spans.is_at(start, "unhappened") > at and _names_something(spans, start - 1):
            # "the parcel was never sent" tells what did not happen; it holds nothing off.
            return False
    if spans.is_at(at, "fraction") and not spans.is_at(at, "fraction", "100"):
        # "they are happy with half": how much of it, then?
        return True
    if spans.is_at(at, "holdback") or (spans.is_at(at, "guard", *_UNSAFE) and not spans.every(at, "pvalue")):
        return True
    if spans.is_at(at, "not", "predicate") and token.lower.isalpha() and not spans.is_at(at - 1, "helping"):
        return True
    if (first or spans.is_at(at - 1, "comma") or _idle_before(spans, at)) and _revokes(spans, at):
        return True
    starts = first or spans.is_at(at - 1, "and") or spans.is_at(at - 1, "comma") or spans.is_at(at - 1, "stop")
    return bool(starts and (spans.every(at, "verb") or orders_at(spans, at)))


def _names_something(spans: Spans, at: int) -> bool:
    """Is a word the name of a thing: one that some resource has, or one that is none of our words?"""
    token = spans.tokens[at]
    ours = any(resource for _, entry in spans.entries_at(at) for _, resource in entry)
    return token.kind == "word" and (ours or not spans.entries_at(at))


def _idle_before(spans: Spans, at: int) -> bool:
    """ "actually no": does only a word without meaning stand between a separator and this one?"""
    idle = spans.is_at(at - 1, "filler") == at or not spans.entries_at(at - 1)
    return idle and (spans.is_at(at - 2, "comma") > 0 or spans.is_at(at - 2, "stop") > 0)


def _revokes(spans: Spans, at: int) -> bool:
    if spans.is_at(at, "revoking", "revoking"):
        return True
    end = spans.is_at(at, "revoking", "alone")
    return end > 0 and spans.skip(end, ("comma", "stop", "filler")) >= spans.n


def reason_in(spans: Spans, first: int, end: int, resource: str, operation: Operation) -> tuple[str, str] | None:
    """A param's value that the explanation holds: "the customer was double charged" is a reason."""
    for at in range(first, end):
        if spans.is_at(at, "not", "predicate") or spans.is_at(at, "without"):
            # "it is not a duplicate" is a note.
            return None
        for stop, entry in spans.entries_at(at):
            for sense in entry.get(("pvalue", resource), ()):
                if sense.extra[0] == operation.name and operation.params[sense.extra[1]].type == "word" and stop <= end:
                    return sense.extra[1], sense.key
    return None
