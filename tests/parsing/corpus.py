"""The corpus of prompts with their exact frames, where it stands beside the repository, and how frames compare.

A key that is absent equals null, an empty list or an empty object; filters are a set; numbers compare as numbers;
names, emails and descriptions without regard to case. `note` never counts, `fields` where the corpus names them. A
refusal counts whichever way it is worded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest

from flarite_nl.model.parse import READS

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "dev.jsonl"
FOLDED = {"name", "email", "description"}
"""The last parts of the fields whose text compares without regard to case."""

Frame = Mapping[str, Any]


def corpus() -> list[dict[str, Any]]:
    """Its lines; the test that asks for them is skipped, with the reason, where it is not there."""
    if not CORPUS.is_file():
        pytest.skip(f"NO CORPUS: {CORPUS} is missing, so nothing here was scored")
    return [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines() if line.strip()]


def right(gold: Frame, parse: Frame) -> bool:
    """Is a parse what the corpus wants?"""
    if gold["status"] != "ok":
        return bool(parse["status"] != "ok")
    wanted, found = gold["intents"], parse.get("intents") or []
    return bool(parse["status"] == "ok" and len(wanted) == len(found) and all(map(_same, wanted, found)))


def writes(parse: Frame) -> bool:
    return parse["status"] == "ok" and any(each["action"] not in READS for each in parse.get("intents") or [])


def _same(gold: Frame, parse: Frame) -> bool:
    columns = sorted(gold.get("fields") or [])
    return _frame(gold) == _frame(parse) and columns in ([], sorted(parse.get("fields") or []))


def _frame(intent: Frame) -> tuple[object, ...]:
    figure = intent.get("aggregate") or {}
    sort = intent.get("sort") or {}
    return (
        intent["resource"],
        intent["action"],
        {(each["field"], each["op"], _text(each["field"], each["op"], each["value"])) for each in _list(intent)},
        (sort.get("field"), sort.get("order")),
        intent.get("limit"),
        (
            figure.get("function"),
            figure.get("field"),
            tuple(figure.get("group_by") or ()),
            _value(figure.get("having")),
        ),
        {(name, _text(name, "eq", each)) for name, each in (intent.get("params") or {}).items() if each is not None},
    )


def _list(intent: Frame) -> Sequence[Frame]:
    return intent.get("filters") or []


def _text(field: str, op: str, value: object) -> object:
    folded = op == "contains" or field.rpartition(".")[2] in FOLDED
    return value.lower() if folded and isinstance(value, str) else _value(value)


def _value(value: object) -> object:
    """A value in the one form in which two of them compare."""
    if isinstance(value, Mapping):
        if value.keys() == {"amount", "currency"}:
            return "money", _number(value["amount"]), (value["currency"] or "").lower()
        return tuple(sorted((key, _value(each)) for key, each in value.items() if each is not None))
    if isinstance(value, list):
        return tuple(sorted(map(_value, value), key=repr))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return "number", _number(value)


def _number(value: object) -> object:
    try:
        return Decimal(str(value).replace(",", "")).normalize()
    except InvalidOperation:
        return str(value)
