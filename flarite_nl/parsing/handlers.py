"""Pass 3, one handler for each kind of word: what the words at a token are in this clause, if anything."""

from __future__ import annotations

from collections.abc import Callable

from flarite_nl.grammar.lexicon import Sense
from flarite_nl.parsing import (
    apposed,
    compares,
    conditions,
    figures,
    nouns,
    openings,
    params,
    pivot,
    references,
)
from flarite_nl.parsing.names import begins_name
from flarite_nl.parsing.reading import Reading
from flarite_nl.parsing.spoken import NAMED, OWN, just_named, named_before, owned_before
from flarite_nl.parsing.values import add_values

Handler = Callable[[Reading, int, int, Sense], int]


def descriptive(handler: Handler) -> Handler:
    """Describes what there is; what is yet to be made has params instead."""

    def handle(r: Reading, at: int, end: int, sense: Sense) -> int:
        if r.operation is not None and r.operation.name == "create":
            return 0
        return handler(r, at, end, sense)

    return handle


def noun(r: Reading, at: int, end: int, sense: Sense) -> int:
    if len(r.scopes) > 1 and r.scopes[-1].resource.name == sense.resource and r.scopes[-1].noun is None:
        # The scope was opened by an adjective before this noun.
        other = r.scopes[-1].resource
        r.scopes[-1].noun = other.nouns[sense.extra]
        r.conditions(other.nouns[sense.extra].conditions, r.scopes[-1].prefix)
        return references.owners(r, end)
    own = None
    for each, stop in r.spans.every(at, "noun"):
        if stop == end and each.resource == r.resource.name:
            own = each
            break
    if r.operation is not None and r.operation.name == "create" and own is None:
        return 0
    after = nouns.noun(r, at, end, own or sense)
    if after and r.operation is not None and r.operation.name == "create":
        if own is None and r.filters:
            return 0
        named = next((each.value for each in r.filters if each.field in {"name", "id", "code"}), None)
        slot = next((each.field for each in r.filters if each.field in {"name", "id", "code"}), "")
        if slot in r.operation.params and slot not in r.params:
            r.params[slot] = named
        r.filters.clear()
        r.own_id = False
    return after


def before_id(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "payment pi_1": the noun of another resource, said of the one whose ID follows."""
    if sense.resource != r.resource.name or r.head_at >= 0 or sense not in openings.named_by_id(r.spans, at, r.end):
        return 0
    r.head, r.head_at = "one", at
    r.say(at, end, f"noun {r.resource.name}")
    return end


def glue(r: Reading, at: int, end: int, sense: Sense) -> int:
    if sense.key == "relative" and r.head_at < 0 and r.spans.is_at(at, "question") == 0 and "pivot" not in r.marks:
        return 0
    if sense.key == "aux" and (_states(r, at) or _tells(r, at)):
        return 0
    if r.operation is not None and sense.key in _LEADING and _broken(r, at, end):
        return 0
    if end - at > 1 and end - 1 in r.spans.times and r.spans.times[end - 1].last >= end:
        # "refunds issued | on the 20th": the preposition is the day's, and what stands before it may name a date.
        end = 0 if any(sense.resource == r.resource.name for sense, _ in r.spans.every(at, "event")) else end - 1
    r.glue.update(range(at, end))
    r.cursor = end
    return end


_LEADING = ("prep", "where", "inside", "place")


def _broken(r: Reading, at: int, end: int) -> bool:
    """ "payments from over $50": whose they are has been left out, and an order may not be wider than was meant."""
    after = r.spans.skip(end, ("filler",), r.end)
    if r.spans.is_at(end, "glue", "prep", "where", "inside") or at == r.taken.get(r.verb):
        return True
    return any(r.spans.is_at(after, kind) for kind in ("compare", "between")) or (
        after < r.end and any(s.resource == r.resource.name for s, _ in r.spans.every(after, "event"))
    )


def _tells(r: Reading, at: int) -> bool:
    """ "Invoice Acme was for $500": behind what may be a noun as well, a verb makes a statement of an order."""
    if r.operation is None or not r.spans.is_at(at, "finite") or r.head_at >= 0 or r.own_id:
        return False
    return at > r.verb and bool(r.spans.every(r.verb, "noun"))


_ASKING = ("question", "read", "with", "how_many", "aggregate")


def _states(r: Reading, at: int) -> bool:
    """ "The payment was declined" tells; "which payments were declined" and "payments that were declined" ask."""
    if r.operation is not None or r.follow_up or r.spans.tokens[at].kind == "suffix":
        return False
    if r.head_at < 0 and not r.own_id:
        return False
    asked = any(r.spans.is_at(each, kind) for each in range(r.first, at) for kind in _ASKING)
    behind = range(max(r.head_at, r.first), at)
    related = any(r.spans.is_at(each, "glue", "relative") or r.spans.is_at(each, "pronoun") for each in behind)
    asking = "?" in r.spans.plain[r.spans.tokens[at].start :]
    return not (asked or related or asking) and r.spans.is_at(at, "finite") > 0


def filler(r: Reading, at: int, end: int, sense: Sense) -> int:
    if r.operation is not None and sense.key in {"start", "greeting", "reporting"} and at > r.verb:
        return 0
    if r.question == "exist" and not r.own_id and r.spans.is_at(at, "comparative", "other") == end:
        # "is revenue up this month?"
        return 0
    if sense.key in {"greeting", "start"} and 0 <= r.head_at < at and not _apart(r, at, end):
        # "payments in the morning", "whose first payment failed"
        return 0
    if sense.key == "greeting" and r.head_at >= 0 and r.spans.capital(at) and not r.spans.is_at(at - 1, "comma"):
        # "subscribed to the Team plan"
        return 0
    held = at > r.verb and r.spans.is_at(at, "holdback") > 0 and not r.courtesy(at)
    if r.operation is not None and (sense.key == "varying" or held):
        return 0
    if r.operation is not None and sense.key == "determiner" and r.spans.is_at(end, "glue", "prep") and end == at + 1:
        return 0
    if sense.key == "determiner" and r.head_at < 0:
        r.every = r.every or plural_determiner(r, at)
    return end


def separable(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "pull her up", "look jane@acme.com up": between the halves of what asks stands only what it asks for."""
    spans, named = r.spans, at - 1
    if r.operation is not None or named < r.first:
        return 0
    if spans.tokens[named].kind not in {"id", "email"} and not spans.is_at(named, "pronoun"):
        return 0
    asked = spans.spots("read", r.first, at)
    return end if any(spans.skip(spans.is_at(each, "read"), ("filler",), at) == named for each in asked) else 0


def _apart(r: Reading, at: int, end: int) -> bool:
    """Does what opens a request stand by itself: behind a comma or a joint, or at the very end?"""
    spans = r.spans
    before = any(spans.is_at(at - 1, kind) for kind in ("comma", "and", "or", "stop", "follow_up"))
    before = before or spans.is_at(at - 1, "filler", "start", "greeting", "courtesy", "adverb") > 0
    return before or (spans.is_at(at, "filler", "start") > 0 and spans.skip(end, ("filler", "stop"), r.end) >= r.end)


def plural_determiner(r: Reading, at: int) -> bool:
    return bool(r.spans.is_at(at, "every"))


def order(r: Reading, at: int, end: int, sense: Sense) -> int:
    if r.operation is not None and r.operation.name == "create":
        return end if sense.key == "new" else 0
    if sense.key == "new" and begins_name(r.spans, at, end):
        return 0
    if (
        r.operation is not None
        and r.order
        and r.order_at < at
        and r.spans.is_at(at - 1, "comma") + r.spans.is_at(at - 2, "comma")
    ):
        # "the last payment of cus_1, the last 3": one, or three?
        return 0
    several = references.positions(r, at) if sense.key == "oldest" else 0
    if several:
        return several
    if (
        sense.key == "oldest"
        and at == r.first
        and (r.spans.is_at(end, "read") or r.spans.is_at(end, "comma") or r.spans.is_at(end, "polite"))
    ):
        # "first get …" counts the requests.
        return 0
    return figures.order(r, at, end, sense)


def only_read(r: Reading, at: int, end: int, sense: Sense) -> int:
    if r.operation is not None or (sense.key == "open" and not (end < r.end and r.spans.tokens[end].kind == "id")):
        return 0
    if r.fields and r.spans.every(at, "field") and r.spans.furthest(at - 1, ("and", "comma")) == at:
        # "show the amount and status of ch_1": there the word is a column too.
        return 0
    if 0 <= r.head_at < at and at - 1 in r.glue:
        # "payments received by check"
        return 0
    if not (r.follow_up and r.spans.is_at(at, "follow_up", "about")):
        r.marks.add("list")
    return end


def follow_up(r: Reading, at: int, end: int, sense: Sense) -> int:
    """What only refers to the turn before: "only those", "make it", "instead"."""
    if not r.follow_up:
        return 0
    if sense.key == "adjust":
        r.marks.add("replace")
    r.marks.add(sense.key)
    r.marks.add("back")
    return end


def pronoun(r: Reading, at: int, end: int, sense: Sense) -> int:
    if sense.key == "it" and r.operation is None and r.spans.is_at(r.first, "who") and "customer" in r.resource.fields:
        # "the biggest payment and who made it": it is the customer who is asked for.
        return 0
    if r.follow_up:
        r.marks |= {"back", "same"} if sense.key == "it" else {"back"}
        return end
    if r.operation is not None and r.own_id and sense.key == "it" and named_before(r):
        return end
    if r.operation is None and r.own_id and r.question == "exist" and sense.key == "it" and sense.kind == "pronoun":
        # "has in_1 been finalized or is it still a draft?"
        return end
    if r.told and not r.own_id and sense.key == ("it" if len(r.told) == 1 else "them") and sense.kind == "pronoun":
        # "in_1 is bad debt, mark it uncollectible"
        add_values(r, "id", "eq", r.told)
        r.own_id = True
        r.marks.add("told")
        return end
    if sense.key in _SPOKEN_OF and r.operation is None and just_named(r, at):
        return end
    if sense.key in {"hers", "their"} and (r.operation is None or not r.earlier) and owned_before(r, at):
        return end
    if r.operation is not None and (r.operation.name == "create" or r.own_id):
        return params.pronoun(r, at) or (references.pronoun(r, at, end, sense) if r.operation.name != "create" else 0)
    if r.operation is not None and sense.kind == "pronoun" and (filled := params.pronoun(r, at)):
        return filled
    return references.pronoun(r, at, end, sense)


_SPOKEN_OF = frozenset({"it", "him", "them"})


def question(r: Reading, at: int, end: int, sense: Sense) -> int:
    if r.operation is not None:
        return 0
    if sense.key == "money":
        counted = r.functions == [["count", None]] and r.head_at >= 0  # "how many …, and for how much in total"
        if r.resource.name not in {"balance", "account", "metrics"} and (counted or not r.functions):
            r.functions.append(["sum", None])
            r.marks.add("how much")
        return end
    if sense.key == "size":
        sized = not r.functions and r.head_at < 0 and r.resource.amount is not None
        if sized and not any(r.spans.is_at(each, "aggregate") for each in range(end, r.end)):
            r.functions.append(["sum", None])
            r.marks |= {"how much", "how big"}
        return end if sized else 0
    if sense.key == "list":
        # "which ones?" behind a figure: what was counted.
        if not r.follow_up:
            return 0
        r.marks |= {"list", "back"}
        return end
    last = r.spans.skip(end, ("stop", "filler"), r.end) >= r.end
    if r.follow_up and last and sense.key == "which" and r.spans.is_at(at, "question", "list") == end:
        return 0
    named = sense.key == "exist" and set_off(r, at)
    if sense.key == "exist" and r.head_at >= 0 and not named:
        # Behind a noun "is" makes a statement or belongs to a relative clause: ``glue`` tells which.
        return 0
    if sense.key == "exist" and (named or not r.filters):
        r.question = "exist"
    if sense.key == "which":
        r.marks.add("which")
    return end


def set_off(r: Reading, at: int) -> bool:
    """ "in_1: has it been paid?", "invoice number A-7 - is it …": what is asked of the one set off by a mark."""
    only = r.filters[0] if len(r.filters) == 1 else None
    if only is None or only.field not in OWN or only.op != "eq" or r.head == "many" or r.operation is not None:
        return False
    return r.spans.is_at(at - 1, "comma") > 0


def permission(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "can I view …", "may we look at …": who asks whether to be shown wants to be."""
    if sense.key != "permission" or r.operation is not None or r.head_at >= 0:
        return 0
    shown = r.spans.is_at(r.spans.skip(end, ("filler",), r.end), "read")
    one = r.spans.is_at(shown, "indefinite")
    # "can I get a refund?" wants one, "can I get a list of …" wants to see them.
    return end if shown and not (one and r.spans.is_at(shown, "filler") <= one) else 0


def participle(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "is pi_1 captured?" asks about the one object, whether or not it has a status of that name."""
    asked = r.question == "exist" and r.own_id and sense.resource == r.resource.name
    return end if asked and r.operation is None else 0


def polite(r: Reading, at: int, end: int, sense: Sense) -> int:
    return end if r.operation is None and r.head_at < 0 else 0


def indefinite(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "make one invoice of …": of what is made one is meant anyway."""
    if r.order and r.order_at == at and 0 <= r.head_at < at:
        # "of cus_1's subscriptions, cancel the oldest one"
        r.head = "one"
        return end
    made = r.operation is not None and r.operation.name == "create" and r.head_at < 0
    return end if made and any(s.resource == r.resource.name for s, _ in r.spans.every(end, "noun")) else 0


def joint(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "and" joins; "but" before what is named takes it out: "refund every charge but ch_1"."""
    if pivot.of_whom(r, end, joined=True):
        return 0
    if r.spans.is_at(at, "barring") == end:
        named = r.spans.skip(end, ("filler", "glue"), r.end)
        kind = r.spans.tokens[named].kind if named < r.end else ""
        if kind in NAMED or (named < r.end and r.spans.capital(named) and not r.spans.entries[named]):
            # "but only in_2", "but also in_2" leave nothing out.
            other = r.spans.is_at(end, "follow_up", "narrow") or r.spans.is_at(end, "filler", "start", "adverb")
            if other and r.spans.skip(end, ("filler",), r.end) < named:
                return end  # "but only from cus_1"
            return 0 if other else conditions.negation(r, at, end, _EXCEPT)
    return end


_EXCEPT = Sense("not", "except")


def code_word(kind: str) -> Handler:
    def handle(r: Reading, at: int, end: int, sense: Sense) -> int:
        return conditions.code_word(r, at, kind)

    return handle


def between(r: Reading, at: int, end: int, sense: Sense) -> int:
    if r.operation is not None and r.spans.is_at(at - 1, "glue", "prep"):
        return 0
    return compares.between(r, at, end) if sense.key == "from" else 0


def naming(r: Reading, at: int, end: int, sense: Sense) -> int:
    return params.named_so(r, at, end) or apposed.named(r, at, end)


def compare(r: Reading, at: int, end: int, sense: Sense) -> int:
    if r.operation is not None and r.spans.is_at(at, "glue", "prep"):
        # "payments of over $50": whose they are may have been left out.
        return 0
    if sense.key == "eq" and r.operation is None and end < r.end and r.spans.tokens[end].kind in {"id", "email"}:
        # "customer=cus_1"
        return end
    return conditions.aged(r, end, sense) or compares.compare(r, at, end, sense)


def amount_word(r: Reading, at: int, end: int, sense: Sense) -> int:
    return figures.amount_word(r, at, end)


def either(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "not refunded or disputed" is not the one and not the other; any other "or" between fields has no frame."""
    if r.question == "exist" and r.own_id:
        # "price_1: is it monthly or yearly?" selects nothing, nor does "or not" at the end of a question.
        refused = r.spans.is_at(end, "not")
        return refused if refused and r.spans.skip(refused, ("stop", "filler"), r.end) >= r.end else end
    return end if r.negate == "predicate" and len(r.filters) > r.negated_from else 0


def comma(r: Reading, at: int, end: int, sense: Sense) -> int:
    return 0 if pivot.of_whom(r, end, joined=False) else end


def stop(r: Reading, at: int, end: int, sense: Sense) -> int:
    return end
