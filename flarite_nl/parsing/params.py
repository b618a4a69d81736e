"""Pass 3, writes: what is written. Typed slots are filled by words ("quantity 3", "until June") or by type alone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from flarite_nl.grammar.lexicon import Entry
from flarite_nl.grammar.schema import Operation, Param
from flarite_nl.model.values import Value
from flarite_nl.parsing.compares import before_noun
from flarite_nl.parsing.names import name_at, unbroken
from flarite_nl.parsing.reading import Reading
from flarite_nl.parsing.slotvalues import TARGETS, Found, pronoun_value, sized, value_of, word_value

_KINDS = frozenset({"pvalue", "param", "fraction", "whole", "recipient"})
"""The kinds of phrases that say something of a param."""


def phrase(r: Reading, at: int) -> int:
    """A param's words with their value at a token, or one of its values by itself; 0 where there is none."""
    operation = r.operation
    if operation is None:
        return 0
    for end, entry in r.spans.entries_at(at) if not _KINDS.isdisjoint(r.spans.kinds[at]) else ():
        if end < r.end and at in r.spans.times and r.spans.tokens[end].kind == "suffix":
            # "cancel today's subscriptions"
            continue
        for sense in entry.get(("pvalue", r.resource.name), ()):
            action, name = sense.extra
            if action == operation.name and not _adjective(r, at, end, operation) and not _selects(r, end):
                value = word_value(operation.params[name], sense.key)
                # "a monthly price of $29/month" says the same twice.
                if _free(r, name) or r.params[name] == value:
                    return _set(r, at, end, name, value)
        named = [
            operation.params[sense.key]
            for sense in entry.get(("param", r.resource.name), ())
            if sense.extra == operation.name
        ]
        named.sort(key=lambda each: each.type != "lines")
        for param in named:
            after = _named(r, at, end, param)
            if after:
                return after
        after = _part(r, at, end, entry, operation)
        if after:
            return after
        if any(sense.key == operation.name for sense in entry.get(("recipient", r.resource.name), ())):
            return end
    return _keyed(r, at, operation) or _pending(r, at, operation)


def _selects(r: Reading, end: int) -> bool:
    """ "…, duplicates only": which of them, and no reason."""
    return r.operation is not None and r.operation.name != "create" and r.spans.is_at(end, "follow_up", "narrow") > 0


def _keyed(r: Reading, at: int, operation: Operation) -> int:
    """ "set metadata.tier to gold on cus_1", "change the metadata.tier of cus_1 to gold": a key by its path.

    Behind "with" it selects: "… of customers with metadata.tier=gold".
    """
    spans = r.spans
    token = spans.tokens[at]
    if token.kind != "word" or "." not in token.text or "metadata" not in operation.params:
        return 0
    head, _, key = token.text.partition(".")
    name = f"metadata.{key}"
    if head.lower() != "metadata" or name in r.params or ("with" in r.marks and operation.name != "create"):
        return 0
    joint = spans.is_at(at + 1, "into")
    if not joint and not spans.is_at(at + 1, "glue", "prep"):
        joint = spans.is_at(at + 1, "compare", "eq")
    if not joint and at + 1 < r.end and spans.words[at + 1] == ":":
        joint = at + 2
    if joint:
        return _set_key(r, at, joint, name)
    if operation.name != "update" or not spans.is_at(at + 1, "glue", "prep", "where"):
        return 0
    if any(mark.startswith("pending") for mark in r.marks):
        return 0
    r.marks.add(f"pending {name}")
    return at + 1


def _set_key(r: Reading, first: int, at: int, name: str) -> int:
    """The value of a key of metadata is one word, or a quotation."""
    if at >= r.end or r.spans.tokens[at].kind in {"mark", "suffix", "compare"} or at in r.spans.times:
        return 0
    token = r.spans.tokens[at]
    if token.kind == "word" and r.spans.furthest(at, ("glue", "filler", "not", "presence", "boolean")) > at:
        # "to on cus_1", "to null": nothing to write, or nobody knows what.
        return 0
    if token.kind == "quote":
        return _set(r, first, at + 1, name, str(token.value))
    end = unbroken(r, at)
    return _set(r, first, end, name, r.spans.words_of(at, end))


def _part(r: Reading, at: int, end: int, entry: Entry, operation: Operation) -> int:
    """ "half of", "in full": how much of what there is."""
    if "percent" not in operation.params:
        said = ("whole", "") in entry or any(sense.key == "100" for sense in entry.get(("fraction", ""), ()))
        return end if said and operation.name != "create" and _object_follows(r, end) else 0
    for sense in entry.get(("fraction", ""), ()):
        if _free(r, "percent") and "amount" not in r.params:
            if sense.key == "100":
                return end if _object_follows(r, end) else 0
            r.marks.add("part")
            return _set(r, at, end, "percent", Decimal(sense.key))
    if ("whole", "") not in entry or _is_noun(r, end):
        return 0
    if r.spans.tokens[end].kind != "money" if end < r.end else True:
        r.marks.add("whole")
    return end


def _object_follows(r: Reading, end: int) -> bool:
    """ "all of ch_1" is the whole charge; "all of cus_1's payments" are several."""
    following = r.skip_glue(end)
    return (
        following < r.end
        and r.spans.tokens[following].kind == "id"
        and r.spans.tokens[following].value == r.resource.name
    )


def _is_noun(r: Reading, at: int) -> bool:
    return bool(r.spans.every(at, "noun"))


def _adjective(r: Reading, at: int, end: int, operation: Operation) -> bool:
    """ "the duplicate payment" describes the target: only behind the target is it a reason."""
    return operation.name != "create" and r.head_at < 0 and any(
        sense.resource == r.resource.name for sense, _ in r.spans.every(end, "noun")
    )  # fmt: skip


def _free(r: Reading, name: str) -> bool:
    return name not in r.params or r.params[name] is None


def _set(r: Reading, at: int, end: int, name: str, value: Value) -> int:
    r.params[name] = value
    r.marks.discard(f"pending {name}")
    r.say(at, end, f"param {name}")
    return end


def _named(r: Reading, at: int, end: int, param: Param) -> int:
    """A param's word and its value behind it, or the word alone, its value to come ("the quantity of sub_1 to 3")."""
    if not _free(r, param.name):
        return 0
    if param.type == "money" and _of_the_target(r, at):
        if not r.spans.is_at(at, "compare", "eq") and end < r.end and r.spans.tokens[end].kind == "money":
            r.missing.append(param.name)
        return 0
    start = end
    updates = r.operation is not None and r.operation.name == "update"
    if updates and r.spans.is_at(end, "glue", "prep") and not r.spans.is_at(end, "into"):
        # "the quantity of sub_1 to 5": its value comes behind the target.
        return _await(r, at, end, param)
    while start < r.end:
        step = r.spans.is_at(start, "compare", "eq") or r.spans.is_at(start, "glue") or r.spans.is_at(start, "filler")
        if r.spans.words[start] in {":", "-"}:
            step = start + 1
        if not step or (r.spans.capital(start) and param.type == "text"):
            break
        start = step
    if param.type == "money" and r.spans.is_at(at, "glue") >= end:
        # "for 3", "at 3": behind a bare preposition a figure without a currency is no amount.
        param = replace(param, words=())
    for begin in dict.fromkeys((start, end)):
        found = value_of(r, begin, param, named=True)
        if found is not None and param.type == "money" and r.operation is not None and _premodifies(r, found[1]):
            # "… for the 19.99 payment"
            return 0
        if found is not None:
            return _set_typed(r, at, sized(r, found[1], param), param, found[0])
    return _await(r, at, end, param) if updates else 0


def _await(r: Reading, at: int, end: int, param: Param) -> int:
    """Past a param's word whose value is still to come."""
    if not _waits(r, at, end, param):
        return 0
    r.marks.add(f"pending {param.name}")
    return end


def _of_the_target(r: Reading, at: int) -> bool:
    """ "refund the payment of $64.20": right behind the target's noun an amount says which one it is; with another
    preposition ("the last payment for $20") it may be how much, and that is asked."""
    if r.operation is None or r.operation.name == "create" or not r.spans.is_at(at, "glue"):
        return False
    return any(stop == at for sense, stop in r.spans.every(r.head_at, "noun") if sense.resource == r.resource.name)


def _waits(r: Reading, at: int, end: int, param: Param) -> bool:
    """May the word stand before its value ("change the quantity on sub_1 to 5")? A bare preposition may not."""
    return not r.spans.is_at(at, "glue") and not any(mark.startswith("pending") for mark in r.marks)


def _set_typed(r: Reading, at: int, end: int, param: Param, value: Value) -> int:
    if param.type == "metadata" and isinstance(value, dict):
        for key, each in value.items():
            r.params[f"{param.name}.{key}"] = each
        r.say(at, end, f"param {param.name}")
        r.marks.discard(f"pending {param.name}")
        return end
    if param.name == "recurring.interval" and isinstance(value, tuple):
        unit, count = value
        r.params["recurring.interval"] = unit
        if count != 1:
            r.params["recurring.interval_count"] = count
        r.say(at, end, f"param {param.name}")
        return end
    return _set(r, at, end, param.name, value)


def _pending(r: Reading, at: int, operation: Operation) -> int:
    """The value of a param that was named before its target: "to 5"."""
    waiting = [mark for mark in r.marks if mark.startswith("pending ")] if r.marks else None
    if not waiting:
        return 0
    name = min(waiting)[8:]
    if name.startswith("metadata."):
        start = r.spans.is_at(at, "into", "into", "as")
        return _set_key(r, at, start, name) if start else 0
    param = operation.params[name]
    start = r.spans.is_at(at, "into", "into", "as", *(("until",) if param.type == "time" else ()))
    if not start and r.spans.words[at] in {":", "-"} and at + 1 < r.end and r.own_id:
        # "update the description of prod_1: 'Soy candle'"
        start = at + 1
    if not start:
        return 0
    found = value_of(r, r.spans.skip(start, ("filler",), r.end), param, named=True)
    return _set_typed(r, at, found[1], param, found[0]) if found else 0


def pronoun(r: Reading, at: int) -> int:
    """ "give it a price", "invoice him": the pronoun fills the param for what it stands for."""
    for param in r.operation.params.values() if r.operation else ():
        if param.type == "reference":
            found = pronoun_value(r, at, TARGETS[param.name])
            if found is not None and r.params.get(param.name) in (None, found[0]):
                return _set(r, at, found[1], param.name, found[0])
    return 0


def named_so(r: Reading, at: int, end: int) -> int:
    """ "…, name it Loyalty": the name of what is made, behind all else."""
    operation = r.operation
    param = operation.params.get("name") if operation is not None and operation.name == "create" else None
    if param is None or not _free(r, "name") or r.spans.is_at(at, "param") >= end or r.head_at < 0:
        return 0
    found = value_of(r, r.spans.skip(end, ("glue",), r.end), param, named=True)
    return _set_typed(r, at, found[1], param, found[0]) if found else 0


def billed(r: Reading, at: int) -> int:
    """ "Invoice Delphine Moreau for …", "subscribe Acme Corp to …": a name right behind the verb is the customer's."""
    operation = r.operation
    param = operation.params.get("customer") if operation is not None else None
    called = operation.params.get("name") if operation is not None and len(r.taken) > 1 else None
    if called is not None and at == r.taken.get(r.verb) and _free(r, "name") and r.spans.capital(at):
        # "add Acme Plumbing Ltd as a customer"
        named = name_at(r, at, marked=False)
        return _set_typed(r, at, named[1], called, named[0]) if named and _then_made(r, named[1]) else 0
    if param is None or at != r.taken.get(r.verb) or not _free(r, param.name):
        return 0
    said = any(sense.resource == r.resource.name for sense, _ in r.spans.every(r.verb, "noun"))
    if "generic" in r.marks and not said:
        # "make Jane Doe …": what is to be made for her?
        return 0
    found = value_of(r, at, param)
    if found is not None and isinstance(found[0], dict) and found[1] - at < 2:
        # "Bill Murray" is a name as well.
        return 0
    return _set_typed(r, at, found[1], param, found[0]) if found else 0


def _then_made(r: Reading, at: int) -> bool:
    """Does the second half of the verb come next, but for an address: "add Jane Doe (jane@acme.com) as a customer"?"""
    behind = r.spans.skip(at, ("comma",), r.end)
    addressed = behind < r.end and r.spans.tokens[behind].kind == "email"
    return at in r.taken or (addressed and r.spans.skip(behind + 1, ("comma",), r.end) in r.taken)


_BARE = ("lines", "money", "percent", "days", "months", "number", "email", "phone", "reference", "text", "id")


def bare(r: Reading, at: int) -> int:
    """A value without words of its own: its type says which param it fills."""
    operation = r.operation
    if operation is None:
        return 0
    token = r.spans.tokens[at]
    if token.kind in {"money", "number"} and (_premodifies(r, at + 1) or _of_the_target(r, at - 1)):
        return 0
    joined = at > r.first and r.spans.is_at(at - 1, "and") == at and (r.own_id or r.head_at >= 0)
    if token.kind == "money" and operation.name != "create" and joined:
        # "refund ch_1 plus $5"
        return 0
    for kind in _BARE:
        for param in operation.params.values():
            if param.type != kind or not _free(r, param.name) or not _takes(r, at, operation, param):
                continue
            found = _bare_value(r, at, param)
            if found is not None:
                return _set_typed(r, at, sized(r, found[1], param), param, found[0])
    return 0


def _premodifies(r: Reading, at: int) -> bool:
    """ "the $50 payment of cus_1" selects by the amount."""
    return r.operation is not None and r.operation.name != "create" and before_noun(r, at)


def _takes(r: Reading, at: int, operation: Operation, param: Param) -> bool:
    kind = r.spans.tokens[at].kind
    if param.type == "reference":
        if kind == "quote":
            return param.name == "product" and operation.name == "create"
        if kind == "word":
            named = param.name == "product" and operation.name == "create"
            return named and (_plan_named(r, at) or _set_off(r, at, operation))
        return kind in {"id", "email"} and (operation.name == "create" or _behind_to(r, at))
    if param.type in {"text", "email", "phone"}:
        return operation.name == "create" and (param.type != "text" or kind == "quote")
    if param.type == "lines":
        return kind == "number"
    if param.type == "number":
        return kind == "number" and _measured(r, at, param)
    return param.type != "id"


def _plan_named(r: Reading, at: int) -> bool:
    """ "… up for the Starter plan": a capitalised name before the word plan or product."""
    found = value_of(r, at, Param("product", "reference"))
    if found is None or not r.spans.capital(at):
        return False
    return any(sense.resource in {"prices", "products"} for sense, _ in r.spans.every(found[1] - 1, "noun"))


def _set_off(r: Reading, at: int, operation: Operation) -> bool:
    """ "create a payment link: Pottery Workshop, £65": a name right behind the colon, where nothing else has one."""
    spans = r.spans
    if r.head_at < 0 or spans.words[at - 1] != ":" or not spans.capital(at) or spans.title:
        return False
    headed = any(spans.skip(stop, ("filler",), r.end) == at - 1 for _, stop in spans.every(r.head_at, "noun"))
    return headed and operation.params.keys().isdisjoint({"name", "nickname", "customer"})


def _behind_to(r: Reading, at: int) -> bool:
    return at > r.first and r.spans.is_at(at - 1, "into") == at


def _measured(r: Reading, at: int, param: Param) -> bool:
    """A bare number needs what it counts: "3 seats", "2 x price_1", "5 price_1"."""
    if sized(r, at + 1, param) > at + 1:
        return True
    following = r.spans.skip(at + 1, ("filler", "glue"), r.end)
    return (
        param.name == "quantity"
        and following < r.end
        and r.spans.tokens[following].kind == "id"
        and r.spans.tokens[following].value == "prices"
    )


def _bare_value(r: Reading, at: int, param: Param) -> Found | None:
    if param.type in {"days", "months"}:
        span = r.spans.times.get(at)
        if span is None or span.expr.kind != "duration":
            return None
        found = value_of(r, at, param)
        return found if found and found[1] > span.last + 1 else None
    return value_of(r, at, param)
