"""Frames as examples write them: short in the file, FRAME.md's form in memory, one form in which two compare.

An intent is written ``{name: charges.list, filters: [[status, eq, failed]], sort: created desc, limit: 5}``: the name
instead of resource and action, a filter as ``[field, op, value]``, a sort as two words; all else as in FRAME.md.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flarite_nl.grammar.places import Place, listed, mapping, needed, take
from flarite_nl.model.parse import OPS

STATUSES = ("ok", "clarify", "rejected")
_FRAME = ("text", "status", "intents", "missing", "reason", "context")
_INTENT = ("name", "filters", "sort", "limit", "aggregate", "params", "fields", "note")
_AGGREGATE = ("function", "field", "group_by", "having")


def expanded(raw: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """What an example expects, in FRAME.md's form. Without a status it is what the rest of it says.

    Raises:
        GrammarError: where it is no frame.
    """
    take(raw, _FRAME, "an example", place)
    intents = [_intent(each, place / "intents" / at) for at, each in enumerate(raw.get("intents") or ())]
    status = raw.get("status") or ("clarify" if "missing" in raw else "rejected" if "reason" in raw else "ok")
    if status not in STATUSES:
        raise (place / "status").error(f"an example has no status {status}; it knows {', '.join(STATUSES)}")
    if status == "ok" and not intents:
        raise place.error("an example needs intents, or what is missing, or the reason why it is rejected")
    out: dict[str, Any] = {"status": status, "intents": intents}
    if status == "clarify":
        out["missing"] = listed(raw.get("missing"), "missing", place / "missing")
    if status == "rejected":
        out["reason"] = needed(raw, "reason", "a rejected example", place)
    return out


def _intent(raw: Any, place: Place) -> dict[str, Any]:
    take(raw, _INTENT, "an intent", place)
    resource, _, action = str(needed(raw, "name", "an intent", place)).partition(".")
    out: dict[str, Any] = {"resource": resource, "action": action}
    if raw.get("filters"):
        each = listed(raw["filters"], "filters", place / "filters")
        out["filters"] = [_filter(one, place / "filters" / at) for at, one in enumerate(each)]
    if raw.get("sort"):
        field, _, order = str(raw["sort"]).partition(" ")
        out["sort"] = {"field": field, "order": order}
    if raw.get("aggregate"):
        take(raw["aggregate"], _AGGREGATE, "an aggregate", place / "aggregate")
        out["aggregate"] = {"field": None, "group_by": [], "having": None, **raw["aggregate"]}
    if raw.get("params"):
        out["params"] = mapping(raw["params"], "params", place / "params")
    out.update({key: raw[key] for key in ("limit", "fields", "note") if raw.get(key) is not None})
    return out


def _filter(raw: Any, place: Place) -> dict[str, Any]:
    if not isinstance(raw, list) or len(raw) != 3 or raw[1] not in OPS:
        raise place.error(f"a filter is [field, op, value], its op one of {', '.join(OPS)}")
    return {"field": raw[0], "op": raw[1], "value": raw[2]}


def comparable(parse: Mapping[str, Any]) -> Hashable:
    """The one form in which two frames are equal when they mean the same (FRAME.md, "Examples")."""
    status = parse["status"]
    missing = frozenset(parse.get("missing") or ()) if status == "clarify" else None
    reason = parse.get("reason") if status == "rejected" else None
    return status, tuple(map(_comparable, parse.get("intents") or ())) if status == "ok" else (), missing, reason


def _comparable(intent: Mapping[str, Any]) -> Hashable:
    filters = (
        (each["field"], each["op"], _folded(each["field"], each["op"], each["value"]))
        for each in intent.get("filters") or ()
    )
    params = ((key, _folded(key, "eq", each)) for key, each in (intent.get("params") or {}).items())
    rest = tuple(_value(intent.get(key) or None) for key in ("sort", "limit", "aggregate", "fields", "note"))
    return intent["resource"], intent["action"], frozenset(filters), frozenset(params), rest


def _folded(field: str, op: str, value: Any) -> Hashable:
    """Names, emails and descriptions compare without regard to case."""
    fold = op == "contains" or field.rpartition(".")[2] in {"name", "email", "description"}
    return value.lower() if fold and isinstance(value, str) else _value(value)


def _value(value: Any) -> Hashable:
    if isinstance(value, Mapping):
        parts = ((key, _amount(each) if key == "amount" else _value(each)) for key, each in value.items())
        return frozenset(part for part in parts if part[1] not in (None, ()))
    if isinstance(value, list | tuple):
        return tuple(map(_value, value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _amount(value)
    return (type(value).__name__, value) if isinstance(value, bool) else value


def _amount(value: Any) -> Hashable:
    try:
        return "number", Decimal(str(value)).normalize()
    except InvalidOperation:
        return str(value)
