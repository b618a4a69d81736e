"""Where one request ends and the next begins."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

from flarite_nl.parsing.belonging import (
    START,
    either_value,
    only_led,
    own_field,
    part_of,
    same_figures,
)
from flarite_nl.parsing.columns import columns_of
from flarite_nl.parsing.openings import barred, led_in, led_verb, noun_ahead, orders_at, seeks, sorts, within
from flarite_nl.parsing.spans import Spans
from flarite_nl.parsing.versus import versus

_JOINTS = frozenset({"and", "comma", "stop", "or", "including", "versus", "than"})
_FRONT = ("filler", "polite", "read", "comma")
_JOINING = frozenset({"and", "comma", "stop", "or", "including", "filler"})
"""What a connector of several words can be made of."""


class Clause(NamedTuple):
    """Tokens ``first`` to ``end`` (exclusive); ``opening`` says what it began with.

    ``opening`` is ``start`` for the first, ``stop`` after a full stop, ``verb``, ``read``, ``question``,
    ``possessive`` or ``noun`` after a joint ("payments and refunds": the verb and trailing modifiers are shared).
    """

    first: int
    end: int
    opening: str


def split_clauses(spans: Spans) -> list[Clause]:
    """The prompt's clauses in order; stretches of courtesy alone are left out."""
    clauses: list[Clause] = []
    first, opening = 0, "start"
    at = spans.n if _JOINTS.isdisjoint(spans.places) else led_verb(spans, 0, spans.n)
    listed = columns_of(spans, 0, spans.n) if at == 0 else None
    at = listed.end if listed else at
    while at < spans.n:
        if _JOINTS.isdisjoint(spans.kinds[at]):
            at = _step(spans, at) if at in spans.times or "noun" in spans.kinds[at] else at + 1
            continue
        if spans.words[at] == "." and within(spans, first, at):
            # "no. of refunds"
            at += 1
            continue
        compared = versus(spans, at)
        if compared:
            clauses.append(Clause(first, at, opening))
            first, opening = compared, "versus"
            at = compared
            continue
        joint = _joint(spans, at)
        if not joint:
            at = _step(spans, at)
            continue
        stopped = spans.holds("stop", at, joint)
        if _idle(spans, first, at):
            if stopped:
                first = joint
        elif (
            joint < spans.n
            and _content(spans, first, at, dated=stopped or opening == "versus")
            and _content(spans, joint, spans.n)
        ):
            kind = (
                _object(spans, first, at, joint)
                or _other_kind(spans, first, at, joint)
                or _ones(spans, first, at, joint)
                or _opening(spans, joint)
                or ("stop" if stopped else "")
            )
            if kind and (stopped or _separate(spans, first, at, joint, kind)):
                clauses.append(Clause(first, at, opening))
                first, opening = joint, kind
                joint = max(joint, led_verb(spans, first, spans.n))
        at = joint
    if not clauses or not _idle(spans, first, spans.n):
        clauses.append(Clause(first, spans.n, opening))
    return [clause for clause in clauses if clause.first < clause.end]


def _idle(spans: Spans, first: int, at: int) -> bool:
    """Is a stretch nothing but courtesy?"""
    return spans.skip(first, ("filler", "comma", "and", "stop"), at) >= at


def _object(spans: Spans, first: int, at: int, joint: int) -> str:
    """ "refund $15 on ch_1 and $20 on ch_2": the same order for another object, with its own params."""
    start = spans.skip(first, START)
    if not orders_at(spans, start) or not any(spans.tokens[each].kind == "id" for each in range(first, at)):
        return ""
    right = spans.skip(joint, ("filler",))
    kind = spans.tokens[right].kind if right < spans.n else ""
    if kind in {"money", "percent"} or spans.is_at(right, "fraction"):
        right = spans.is_at(right, "fraction") - 1 if spans.is_at(right, "fraction") else right
        ahead = spans.skip(right + 1, ("filler", "glue"))
        return "object" if ahead < spans.n and spans.tokens[ahead].kind == "id" else ""
    if kind == "id" and spans.tokens[at - 1].kind == "id":
        done = {sense.resource for sense, _ in spans.every(start, "verb")}
        kinds = {str(spans.tokens[at - 1].value), str(spans.tokens[right].value)}
        if len(kinds) < 2 or kinds <= done:
            return "object" if len(kinds) == 2 else ""
    if kind == "id" and spans.tokens[right].value in {spans.tokens[each].value for each in range(first, at)}:
        return "object"
    return ""


def _other_kind(spans: Spans, first: int, at: int, joint: int) -> str:
    """ "show price_1 and prod_2", "cus_1, sub_2": two objects, each by its own ID, and not the one of the other."""
    left, right = spans.tokens[at - 1], spans.skip(joint, ("filler", "noun"))
    if left.kind != "id" or right >= spans.n or spans.tokens[right].kind != "id":
        return ""
    alone = spans.skip(right + 1, ("filler",)) >= spans.n or not _JOINTS.isdisjoint(spans.kinds[right + 1])
    start = spans.skip(first, ("filler", "read", "comma"), at)
    shown = spans.holds("read", first, start) or "verb" not in spans.places
    asked = spans.is_at(start, "question", "which")
    for _, end in spans.every(spans.skip(asked, ("filler",), at), "field") if asked else ():
        # "what's the status of ch_1 and re_2"
        if led := spans.is_at(end, "glue", "prep"):
            start, shown = led, True
    if not alone or not shown or spans.tokens[right].value == left.value:
        return ""
    bare = all(spans.is_at(each, "comma") or _bare(spans, each, each + 1) for each in range(start, at))
    return "read" if bare else ""


def _ones(spans: Spans, first: int, at: int, joint: int) -> str:
    """ "refunds over $100, and the ones from yesterday": more of the kind; of what is left out, or ordered, there is no
    telling."""
    if not spans.is_at(joint, "pronoun", "ones") or not any(
        spans.is_at(each, "including") for each in range(at, joint)
    ):
        return ""
    start = spans.skip(first, START)
    told = spans.is_at(first, "follow_up", "narrow") or orders_at(spans, start)
    return "" if told or any(spans.holds(kind, first, at) for kind in ("not", "without", "aggregate")) else "ones"


def _separate(spans: Spans, first: int, at: int, joint: int, kind: str) -> bool:
    """Does what opens behind a joint ask for something else, rather than say more of the same?"""
    spoken = any(spans.is_at(each, "and") for each in range(at, joint)) or any(
        spans.words[each] == ";" for each in range(at, joint)
    )
    if _ranged(spans, first, at) or barred(spans, first, at) or (not spoken and _before(spans, first, at, kind)):
        return False
    if part_of(spans, first, at, joint, kind):
        return False
    apart = None if spoken else _set_off(spans, first, at, joint, kind)
    if apart is not None:
        return apart
    counted = spans.is_at(joint, "aggregate", "count_them", "sum_them")
    if kind == "question" and not noun_ahead(spans, joint) and not spoken and not counted:
        # "Of all the customers in Japan, which are delinquent?", "…, how many of each status"
        return False
    if kind in {"noun", "question"} and spans.skip(first, _UNNAMED, at) >= at:
        # "count and sum of payments", "the smallest and the largest payout": of what is yet to be named.
        return False
    if kind in {"noun", "question"} and _grouping(spans, first, at):
        return False
    if (
        kind == "question"
        and not noun_ahead(spans, spans.is_at(joint, "question") or joint)
        and spans.is_at(joint, "glue", "relative")
        and _relative(spans, first, at)
    ):
        # "customers who … and who live in Germany"
        return False
    if not spoken and led_in(spans, first, at, joint, kind):
        return False
    if kind == "noun" and only_led(spans, first, at):
        # "Create, for customer cus_1, an invoice": what is made has not been named yet.
        return False
    if kind == "noun":
        same = same_figures(spans, first, at, joint) or either_value(spans, first, at, joint)
        return not same and not own_field(spans, first, at, joint)
    return True


def _set_off(spans: Spans, first: int, at: int, joint: int, kind: str) -> bool | None:
    """Is what a comma, a colon or a dash sets off a request of its own? None where that is not for them to say."""
    if kind == "verb" and spans.words[at] == "," and _bare(spans, first, at):
        # "pi_1, capture $20 of it": what it is done to stands in front.
        return False
    if kind == "verb" and spans.words[at] == "-" and any(token.kind == "id" for token in spans.tokens[first:at]):
        # "ch_1 and ch_2 were fraud - refund them"; behind the bare name of an object it is one request.
        return not _bare(spans, first, at)
    return _told(spans, first, at, joint, kind) if spans.words[at] in {":", "-"} else None


def _before(spans: Spans, first: int, at: int, kind: str) -> bool:
    """Does a stretch only say whose what follows is, or how to sort it?"""
    return _fronted(spans, first, at) or (kind in {"noun", "read"} and sorts(spans, first, at))


_UNNAMED = ("aggregate", "filler", "comma", "order", "read", "question")


def _told(spans: Spans, first: int, at: int, joint: int, kind: str) -> bool:
    """Is what a colon or a dash sets off a request of its own?"""
    named = any(spans.every(each, "noun") for each in range(first, at))
    money = spans.is_at(joint, "question", "money")
    if kind == "question" and (money or spans.is_at(joint, "how_many")):
        # "refunds this month: how many, how much": of what stands before.
        return named and noun_ahead(spans, money or joint) > 0
    return kind in {"read", "question"} and named and not _bare(spans, first, at)


def _ranged(spans: Spans, first: int, at: int) -> bool:
    """ "between £100 and £200 that …": the joint of a range joins no requests."""
    return spans.tokens[at - 1].kind in {"money", "number", "percent"} and any(
        spans.is_at(back, "between", "from") for back in range(max(first, at - 3), at - 1)
    )


def _relative(spans: Spans, first: int, at: int) -> bool:
    return any(spans.is_at(each, "glue", "relative") or spans.is_at(each, "with") for each in range(first + 1, at))


def _fronted(spans: Spans, first: int, at: int) -> bool:
    """ "For cus_1, the latest charges": whose what follows is, and nothing that could be asked for by itself."""
    start = spans.skip(first, _FRONT, at)
    if spans.is_at(start, "group", "by") and _grouping(spans, start - 1, at):
        # "Per plan, how many subscriptions are active"
        return True
    return spans.is_at(start, "glue", "prep") > 0 and _bare(spans, spans.is_at(start, "glue", "prep"), at)


def _bare(spans: Spans, first: int, at: int) -> bool:
    """Is a stretch nothing but the name of an object?"""
    return all(
        spans.tokens[each].kind in {"id", "email", "code"} or spans.is_at(each, "filler") or spans.every(each, "noun")
        for each in range(first, at)
    )


def _step(spans: Spans, at: int) -> int:
    span = spans.times.get(at)
    if span is not None and span.expr.kind == "window":
        return span.last + 1
    # "available and pending balance" is one noun.
    return spans.every(at, "noun")[0][1] if "noun" in spans.kinds[at] else at + 1


def _joint(spans: Spans, at: int) -> int:
    """The token behind a connector (", and then", ";", ".") at a token, or 0."""
    end = at
    while end < spans.n and not _JOINING.isdisjoint(spans.reach[end]):
        step = spans.is_at(end, "and") or spans.is_at(end, "comma") or spans.is_at(end, "stop") or _either(spans, end)
        if not step and end > at:
            step = spans.is_at(end, "filler", "start")
        if not step and (brought := spans.is_at(end, "including")) and spans.is_at(brought, "possessive"):
            step = brought
        if not step:
            break
        end = step
    return end if end > at else 0


def _either(spans: Spans, at: int) -> int:
    """ "refunds or disputes on ch_1": an "or" between two bare nouns asks for both."""
    joint = spans.is_at(at, "or")
    if not joint or not spans.every(joint, "noun"):
        return 0
    left = [sense.resource for sense, end in spans.every(at - 1, "noun") if end == at]
    right = [sense.resource for sense, _ in spans.every(joint, "noun")]
    return joint if left and left[0] != right[0] else 0


def _opening(spans: Spans, at: int) -> str:
    """What a new clause would begin with at a token, or "" if nothing there begins one."""
    at = spans.skip(at, ("filler", "polite"))
    if at >= spans.n:
        return ""
    if spans.is_at(at, "possessive") and noun_ahead(spans, spans.is_at(at, "possessive")):
        return "possessive"
    called = spans.is_at(at, "naming")
    if called and called < spans.n and (spans.capital(called) or spans.tokens[called].kind == "quote"):
        # "…, call it Gold": the name of what is made.
        return ""
    if orders_at(spans, at):
        return "verb"
    shown = 0 if _one_of_a_field(spans, at) else spans.is_at(at, "read", "show")
    listed = bool(spans.every(at, "field")) and (spans.is_at(shown, "and") or spans.is_at(shown, "comma"))
    if shown and not (listed or spans.is_at(at, "aggregate")) and spans.is_at(at, "naming") <= shown:
        # "…, name and email": a column among others shows nothing.
        return "read"
    if spans.is_at(at, "aggregate", "sum_them", "count_them"):
        return "question"
    asked = spans.is_at(at, "question", "exist")
    if asked and not spans.is_at(at, "question", "which", "when", "money"):
        return "question" if noun_ahead(spans, asked) or (asked < spans.n and spans.tokens[asked].kind == "id") else ""
    if spans.is_at(at, "question") or (spans.is_at(at, "aggregate", "count") and _asks(spans, at)):
        return "question"
    if spans.is_at(at, "another"):
        return "another"
    noun = noun_ahead(spans, at)
    if noun and spans.is_at(at, "order") and spans.is_at(noun, "sort", "first"):
        # "…, biggest spender first"
        return ""
    if noun and not spans.is_at(noun, "not", "after") and not spans.is_at(at, "not"):
        return "noun"
    return ""


def _one_of_a_field(spans: Spans, at: int) -> bool:
    """ "… and a status of incomplete": one more condition, though the words could ask for something to be shown."""
    if "field" not in spans.kinds[at] or "noun" in spans.kinds[at] or spans.is_at(at - 1, "indefinite") != at:
        return False
    return any(spans.is_at(end, "compare", "eq") for _, end in spans.every(at, "field"))


def _asks(spans: Spans, at: int) -> bool:
    return spans.is_at(at, "aggregate", "count") > 0 and spans.is_at(at, "how_many") > 0


def _content(spans: Spans, first: int, end: int, *, dated: bool = True) -> bool:
    """Does a stretch hold anything that a request could be about? A date in front belongs to what follows."""
    marked = _marked(spans)
    past = first
    for place in range(bisect_left(marked, first), len(marked)):
        at = marked[place]
        if at >= end:
            return False
        if at in spans.times:
            if dated:
                return True
            past = spans.times[at].last + 1
        if at >= past and _says(spans, at):
            return True
    return False


def _marked(spans: Spans) -> list[int]:
    """The tokens that a request could be about, and those where a time starts."""
    if spans.content is None:
        spans.content = [at for at in range(spans.n) if at in spans.times or _says(spans, at)]
    return spans.content


_POINTING = frozenset({"order", "pronoun", "position", "aggregate"})
_VALUES = frozenset({"id", "email", "domain", "money", "code", "quote"})


def _says(spans: Spans, at: int) -> bool:
    """Could a request be about the words at a token?"""
    if spans.tokens[at].kind in _VALUES:
        return True
    here = spans.kinds[at]
    if not spans.entries[at]:
        # "Find Nadia Farouk and …"
        return spans.capital(at) and seeks(spans, at)
    if not _POINTING.isdisjoint(spans.reach[at]):
        return True
    said = "noun" in here or "verb" in here or "meaning" in here or "value" in here
    return said and not spans.is_at(at, "filler")


def _grouping(spans: Spans, first: int, at: int) -> bool:
    """Is the joint inside a list of what is grouped by ("by status and customer")?"""
    back = at - 1
    while back > first:
        if spans.is_at(back, "group", "by"):
            return True
        if not (
            spans.every(back, "field")
            or spans.every(back, "noun")
            or spans.is_at(back, "grain")
            or spans.is_at(back, "comma")
            or spans.is_at(back, "and")
            or spans.is_at(back, "filler")
        ):
            return False
        back -= 1
    return False
