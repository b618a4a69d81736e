"""Whether a field has a value at all: "whose phone is not set", "with an email and a phone"."""

from __future__ import annotations

from flarite_nl.parsing.reading import Reading, Scope


def presence(r: Reading, at: int, name: str) -> int:
    """ "whose phone isn't set", "where metadata.order is missing": whether a field has a value at all."""
    spans = r.spans
    if "presence" not in spans.places or r.negate:
        return 0
    if r.operation is not None and r.operation.name == "create":
        return 0
    told, negated = "with" in r.marks, False
    while at < r.end and not spans.is_at(at, "presence"):
        step = spans.is_at(at, "glue", "aux") or spans.is_at(at, "filler", "adverb")
        if not step and not negated:
            step = spans.is_at(at, "not", "predicate")
            negated = step > 0
        if not step:
            return 0
        told, at = True, step
    found = spans.at(at, "presence")
    if found is None or not told or spans.is_at(found[1], "into"):
        return 0
    r.marks.discard("with")
    r.add(name, "exists", (found[0].key == "set") != negated)
    return found[1]


def also_had(r: Reading, at: int, scope: Scope) -> int:
    """ "with email and phone", "with an email, a name and a phone": each of them is set."""
    while joint := r.spans.is_at(at, "comma") or at:
        joint = r.spans.is_at(joint, "and") or joint
        start = r.spans.skip(joint, ("filler", "indefinite"), r.end)
        found = _had_at(r, start, scope, one=r.spans.is_at(start - 1, "indefinite") > 0) if joint > at else None
        if found is None:
            break
        r.add(scope.prefix + found[0], "exists", True)
        at = found[1]
    return at


def _had_at(r: Reading, at: int, scope: Scope, *, one: bool) -> tuple[str, int] | None:
    """What an object has, named without a value or a description: a field, or with "a" another object of its own."""
    field = r.spans.at(at, "field", scope.resource.name)
    spec = scope.resource.fields[field[0].key] if field else None
    found = (
        (spec.name, field[1]) if field and spec and spec.type in _PRESENT | ({"reference"} if one else set()) else None
    )
    for sense, stop in r.spans.every(at, "noun") if one and found is None and scope.prefix == "" else ():
        path = r.path_to(sense.resource)
        found = (path[0], stop) if path and sense.extra == 0 else None
        break
    after = r.spans.skip(found[1], ("filler", "stop"), r.end) if found else r.end
    ends = after >= r.end or r.spans.furthest(after, ("and", "comma", "glue", "sort", "order", "group")) > 0
    return found if ends else None


_PRESENT = frozenset({"text", "email", "phone"})


def also_lacked(r: Reading, at: int) -> int:
    """The joint to another thing that is lacked: "or", or a comma with an "or" to come; "and" joins such fields too."""
    joint = r.spans.is_at(at, "or")
    if joint:
        return joint
    ahead = start = r.spans.is_at(at, "and") or r.spans.is_at(at, "comma")
    comma = not r.spans.is_at(at, "and")
    while ahead:
        field = r.spans.at(r.spans.skip(ahead, ("filler",), r.end), "field", r.resource.name)
        if field is None or r.resource.fields[field[0].key].type not in {"text", "email", "phone"}:
            return 0
        if not comma or r.spans.is_at(field[1], "or"):
            return start
        ahead = r.spans.is_at(field[1], "comma")
    return 0
