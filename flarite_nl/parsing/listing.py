"""Columns that are asked for by their names: "with number and amount remaining"."""

from __future__ import annotations

from flarite_nl.grammar.schema import Resource
from flarite_nl.parsing.spans import Spans


def columns_from(spans: Spans, at: int, resource: Resource) -> bool:
    """ "with number and amount remaining": of several fields named without values, one of which all objects have."""
    names: list[str] = []
    while at < spans.n:
        named = (each for kind in ("field", "column") for each in spans.every(at, kind))
        found = [(sense.key, stop) for sense, stop in named if sense.resource == resource.name]
        if not found:
            break
        name, at = max(found, key=lambda each: each[1])
        if at in spans.times:
            # "with an email, created last week"
            break
        names.append(name)
        joint = spans.is_at(at, "comma") or at
        joint = spans.is_at(joint, "and") or joint
        if joint == at:
            break
        at = spans.skip(joint, ("filler", "possessive"))
    set_always = {resource.time, resource.amount, "status", "id", "number", "currency"}
    known = (name in set_always or resource.fields[name].type == "money" for name in names)
    return len(names) > 1 and any(known)


def listed(spans: Spans, first: int, at: int, joint: int) -> bool:
    """Is the joint at ``at`` inside a list of columns behind "with"?"""
    for start in spans.spots("with", first, at):
        begin = spans.skip(spans.is_at(start, "with"), ("filler", "possessive"))
        named = dict.fromkeys(sense.resource for each in range(first, start) for sense, _ in spans.every(each, "noun"))
        for name in named:
            resource = spans.grammar.resources[name]
            told = any(sense.resource == name for kind in ("field", "column") for sense, _ in spans.every(joint, kind))
            if told and columns_from(spans, begin, resource):
                return True
    return False
