"""Pass 3, values that say who or what by themselves: IDs, email addresses, domains."""

from __future__ import annotations

from flarite_nl.model.values import Value
from flarite_nl.parsing.reading import Reading
from flarite_nl.parsing.values import add_values, list_joint


def identifier(r: Reading, at: int) -> int:
    """An ID, or several of one kind: what is selected, or what that belongs to."""
    spans = r.spans
    kind = str(spans.tokens[at].value)
    values, end = _ids(r, at, kind)
    if end < r.end and spans.words[end] == "'s":
        end += 1
    if kind == r.resource.name and r.scopes[-1].resource.name != kind:
        path = None
        name = "id"
    elif kind == r.resource.name:
        name = "id"
    else:
        path = r.path_to(kind)
        if path is None:
            # "customers with sub_1"
            return 0
        name = path[0] + (".id" if path[1] else "")
    if r.operation is not None and name != "id" and kind != "customers" and _beside_another(r, at, end):
        # "cancel sub_1 in_3": which of them is it done to?
        return 0
    joined = r.operation is not None and spans.is_at(at - 1, "and") == at and not r.negate
    if joined and (at - 2 in r.where.values() or r.head_at >= 0):
        # "refund ch_1 and pi_2", "refund all charges and ch_1": another object, not whose the first one is.
        return 0
    if name == "id" and not r.negate:
        if r.own_id:
            return 0
        r.own_id = True
        if r.head == "" and len(values) > 1:
            r.head = "many"
    r.scopes[1:] = [scope for scope in r.scopes[1:] if scope.resource.name != kind or scope.used]
    add_values(r, name, "eq", values)
    r.say(at, end, f"id {kind}")
    r.settle(end)
    return end


def _beside_another(r: Reading, at: int, end: int) -> bool:
    """Does an ID of the kind that the order is about stand right beside another, with nothing that tells whose?"""
    near = (r.spans.tokens[each] for each in (at - 1, end) if r.first <= each < r.end)
    return any(each.kind == "id" and each.value == r.resource.name for each in near)


def _ids(r: Reading, at: int, kind: str) -> tuple[tuple[Value, ...], int]:
    spans = r.spans
    values: list[Value] = [spans.tokens[at].text]
    end = at + 1
    while end < r.end:
        # "pi_1 pi_2 status", "finalize in_1 in_2": telegrams join by a blank.
        close = spans.tokens[end].kind == "id" and (r.operation is None or kind == r.resource.name)
        joint = end if close else list_joint(r, end)
        following = spans.skip(joint, ("glue", "filler"), r.end)
        if not joint or following >= r.end or (r.operation is not None and spans.holds("or", end, joint)):
            # "cancel sub_1 or sub_2": which of them, nobody said.
            break
        token = spans.tokens[following]
        if token.kind != "id" or token.value != kind or spans.is_at(following, "verb"):
            break
        plain = following == joint or spans.is_at(joint, "filler", "determiner") or spans.is_at(joint, "glue")
        if r.operation is not None and (spans.is_at(following - 1, "follow_up", "narrow") or not plain):
            # "cancel sub_1, only sub_2", "cancel sub_1, sorry sub_2"
            break
        values.append(token.text)
        end = following + 1
    return tuple(dict.fromkeys(values)), end


def email(r: Reading, at: int) -> int:
    """An email address or a domain belongs to the nearest noun that has an email, else to the customer."""
    spans = r.spans
    kind = spans.tokens[at].kind
    values: list[Value] = [spans.tokens[at].text]
    end = at + 1
    while True:
        joint = list_joint(r, end)
        following = spans.skip(joint, ("glue", "filler"), r.end)
        if not joint or following >= r.end or spans.tokens[following].kind != kind:
            break
        values.append(spans.tokens[following].text)
        end = following + 1
    if end < r.end and spans.tokens[end].kind == "suffix":
        end += 1
    name = _email_field(r)
    if name is None:
        return 0
    if kind == "domain" and len(values) > 1:
        return 0
    add_values(r, name, "contains" if kind == "domain" else "eq", tuple(values))
    for scope in r.scopes[1:]:
        if scope.resource.name == "customers":
            scope.used = True
    trailing = r.spans.at(end, "field", "customers")
    changed = trailing is not None and r.operation is not None and spans.is_at(trailing[1], "into") > 0
    if trailing and trailing[0].key == "email" and not changed:  # "change jane@acme.com's email to …" writes it
        end = trailing[1]
    r.say(at, end, "email")
    r.settle(end)
    return end


def domain(r: Reading, at: int) -> int:
    """ "customers at acme.com": a domain without its @."""
    name = _email_field(r)
    if name is None:
        return 0
    r.add(name, "contains", "@" + r.spans.tokens[at].text)
    for scope in r.scopes[1:]:
        scope.used = scope.used or scope.resource.name == "customers"
    r.say(at, at + 1, "domain")
    r.settle(at + 1)
    return at + 1


def _email_field(r: Reading) -> str | None:
    for scope in reversed(r.scopes):
        if "email" in scope.resource.fields:
            return scope.prefix + "email"
    path = r.path_to("customers")
    return f"{path[0]}.email" if path else None
