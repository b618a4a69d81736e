"""Frozen dataclasses ↔ JSON, exactly: what a plan file holds and what its hash is taken of.

Each dataclass becomes a mapping with its class under ``"is"``; values that JSON has no form for carry a tag.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

TAG = "is"


def encode(value: Any) -> Any:
    """JSON-able form of a dataclass, mapping, tuple or scalar."""
    if is_dataclass(value) and not isinstance(value, type):
        kept = {
            each.name: getattr(value, each.name) for each in fields(value) if each.compare and not _usual(value, each)
        }
        return {TAG: type(value).__name__, **{name: encode(each) for name, each in kept.items()}}
    if isinstance(value, Mapping):
        return {str(key): encode(each) for key, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [encode(each) for each in value]
    if isinstance(value, datetime):
        return {TAG: "moment", "utc": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {TAG: "day", "day": value.isoformat()}
    if isinstance(value, Decimal):
        return {TAG: "decimal", "digits": format(value, "f")}
    return value


def _usual(holder: Any, each: Field[Any]) -> bool:
    """Whether a field holds its default, and so need not be written down."""
    usual = each.default if each.default_factory is MISSING else each.default_factory()
    value = getattr(holder, each.name)
    return usual is not MISSING and type(usual) is type(value) and usual == value


def decode(raw: Any, known: Mapping[str, type]) -> Any:
    """The reverse of ``encode``; ``known`` names the dataclasses that may stand there.

    Raises:
        ValueError: where the JSON is not of this form.
    """
    if isinstance(raw, list):
        return tuple(decode(each, known) for each in raw)
    if not isinstance(raw, dict):
        return raw
    tag = raw.get(TAG)
    if tag is None:
        return {key: decode(each, known) for key, each in raw.items()}
    if tag == "moment":
        return datetime.fromisoformat(raw["utc"])
    if tag == "day":
        return date.fromisoformat(raw["day"])
    if tag == "decimal":
        return Decimal(raw["digits"])
    if tag not in known:
        raise ValueError(f"A plan holds no {tag!r}.")
    try:
        return known[tag](**{key: decode(each, known) for key, each in raw.items() if key != TAG})
    except TypeError as problem:
        raise ValueError(f"This is no {tag} of a plan: {problem}") from None


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON: equal values, equal bytes, equal hash."""
    text = json.dumps(encode(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
