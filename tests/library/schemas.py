"""The JSON Schemas as the dataclasses demand them: ``python -m tests.library.schemas`` writes them into the package."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ForwardRef, Literal, Union

import flarite_nl
from flarite_nl.model.change import Change, Confirmation
from flarite_nl.model.codec import TAG
from flarite_nl.model.outcome import Figure, Outcome, Result
from flarite_nl.model.parse import OPS, Parse
from flarite_nl.model.plan import Plan
from flarite_nl.model.schema import Name
from flarite_nl.model.values import Money, Ref, Window

FOLDER = Path(flarite_nl.__file__).parent / "model"
DRAFT = "https://json-schema.org/draft/2020-12/schema"

DECIMAL = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
BOUND = {"type": ["string", "null"], "pattern": r"^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?$"}
CORRECTION = {
    "type": "object",
    "properties": {
        "start": {"type": "integer"}, "end": {"type": "integer"}, "text": {"type": "string"},
        "read_as": {"type": "string"},
    },
    "required": ["start", "end", "text", "read_as"],
    "additionalProperties": False,
}  # fmt: skip
ROW = {"type": "object", "description": "A Stripe object as the API gave it."}

Schema = dict[str, Any]


class Made:
    """The definitions of one schema; what depends on the form of the JSON is decided in its two kinds."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}

    def of(self, hint: Any) -> Schema:
        """The schema of a type hint."""
        if hint == ForwardRef("Value") or {Money, Window, Ref} <= set(typing.get_args(hint)):  # Value, resolved
            return self.named("Value", self.value)
        if is_dataclass(hint) and isinstance(hint, type):
            return self.named(hint.__name__, lambda: self.dataclass(hint))
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin is Literal:
            return {"enum": list(arguments)}
        if origin in (Union, types.UnionType):
            return _either([self.of(each) for each in arguments])
        if origin is tuple:
            if len(arguments) == 2 and arguments[1] is Ellipsis:
                return {"type": "array", "items": self.of(arguments[0])}
            return {"type": "array", "prefixItems": [self.of(each) for each in arguments],
                    "minItems": len(arguments), "maxItems": len(arguments)}  # fmt: skip
        if origin is not None and issubclass(origin, Mapping):
            return {"type": "object"} | ({} if arguments[1] is Any else {"additionalProperties": self.of(arguments[1])})
        return self.scalar(hint)

    def scalar(self, hint: Any) -> Schema:
        plain = {str: "string", bool: "boolean", int: "integer", type(None): "null"}
        return {} if hint is Any else {"type": plain[hint]}

    def named(self, name: str, make: Any) -> Schema:
        if name not in self.definitions:
            self.definitions[name] = {}  # stands there already where it holds itself
            self.definitions[name] = make()
        return {"$ref": f"#/$defs/{name}"}

    def value(self) -> Schema:
        raise NotImplementedError

    def dataclass(self, kind: type) -> Schema:
        raise NotImplementedError


class Frame(Made):
    """FRAME.md's form, as ``Parse.to_dict`` and ``Outcome.to_dict`` write it."""

    def value(self) -> Schema:
        typed = [self.of(each) for each in (Money, Window, Ref)]
        value = {"$ref": "#/$defs/Value"}
        plain: Schema = {"type": ["string", "boolean", "number", "null"]}
        return {"anyOf": [plain, *typed, {"type": "array", "items": value},
                          {"type": "object", "additionalProperties": value}]}  # fmt: skip

    def scalar(self, hint: Any) -> Schema:
        return DECIMAL if hint is Decimal else super().scalar(hint)

    def dataclass(self, kind: type) -> Schema:
        if kind is Result:
            return self._result()
        if kind is Window:
            return _closed(kind, {"start": BOUND, "end": BOUND}, ["start", "end"])
        hints = typing.get_type_hints(kind)
        properties = {each.name: self.of(hints[each.name]) for each in fields(kind) if each.compare}
        required = [each.name for each in fields(kind) if each.compare and _needed(each)]
        if kind is Ref:
            properties["ref"] = {"anyOf": [{"type": "integer", "minimum": 0}, {"const": "previous"}]}
        elif kind is Figure:
            properties["value"] = {"anyOf": [{"type": "integer"}, DECIMAL]}
        elif kind is Parse:
            properties["corrections"] = {"type": "array", "items": CORRECTION}
            required.append("intents")
        elif kind is Outcome:
            properties |= {"complete": {"type": "boolean"}, "problems": {"type": "array", "items": {"type": "string"}}}
            required += ["results", "requests", "complete"]
        elif kind is Change:
            properties = {name: properties[name] for name in properties if name not in ("row", "risk")} | {"state": ROW}
            required += [name for name in properties if name not in required]
        elif kind is Confirmation:
            said = {"name", "mode", "account", "risk", "changes", "note", "remarks", "step", "sentence"}
            texts = {"type": "array", "items": {"type": "string"}}
            properties = {name: properties[name] for name in properties if name in said} | {
                "skipped": _pairs("id", "why"), "corrections": _pairs("text", "read_as"),
                "targets": {"type": "integer"}, "effects": texts,
                "totals": {"type": "object", "additionalProperties": DECIMAL},
            }  # fmt: skip
            required = list(properties)
        if "op" in properties:
            properties["op"] = {"enum": list(OPS)}
        always = {
            "Aggregate": ["field", "group_by", "having"],
            "Failure": ["request_id", "span"],
            "Money": ["currency"],
        }
        return _closed(kind, properties, [*required, *always.get(kind.__name__, ())])

    def _result(self) -> Schema:
        hints = typing.get_type_hints(Result, localns={"Confirmation": Confirmation})
        always: Schema = {"name": {"type": "string"}, "problems": self.of(hints["problems"])}
        complete = {"complete": {"type": "boolean"}}
        rows: Schema = {"type": "array", "items": ROW}
        write = {"targets": self.of(hints["targets"]), "written": rows, "skipped": self.of(hints["skipped"]),
                 "dry_run": {"type": "boolean"}}  # fmt: skip
        seldom = {"repeated": {"const": True}, "would": self.of(Confirmation)}
        groups = self.of(hints["groups"])
        return {"description": _summary(Result), "oneOf": [
            _closed(None, {**always, **complete, "rows": rows}, ["name", "rows", "complete"]),
            _closed(None, {**always, **complete, "groups": groups}, ["name", "groups", "complete"]),
            _closed(None, {**always, **complete, **write, **seldom}, ["name", *write]),
        ]}  # fmt: skip


class Coded(Made):
    """The form of ``model/codec.py``, as ``Plan.to_dict`` writes it: usual values are left out."""

    def value(self) -> Schema:
        value = {"$ref": "#/$defs/Value"}
        typed = [self.of(each) for each in (Decimal, date, datetime, Money, Window, Ref)]
        mapping = {"type": "object", "not": {"required": [TAG]}, "additionalProperties": value}
        plain: Schema = {"type": ["string", "boolean", "integer", "null"]}
        return {"anyOf": [plain, *typed, {"type": "array", "items": value}, mapping]}

    def scalar(self, hint: Any) -> Schema:
        if hint is Decimal:
            return _tagged("decimal", "digits", DECIMAL)
        if hint is datetime:
            return _tagged("moment", "utc", {"type": "string", "format": "date-time"})
        if hint is date:
            return _tagged("day", "day", {"type": "string", "format": "date"})
        return super().scalar(hint)

    def dataclass(self, kind: type) -> Schema:
        hints = typing.get_type_hints(kind)
        held = [each for each in fields(kind) if each.compare]
        properties = {TAG: {"const": kind.__name__}, **{each.name: self.of(hints[each.name]) for each in held}}
        required = [TAG, *(each.name for each in held if _needed(each))]
        if kind is Plan:
            properties["hash"] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
            required.append("hash")
        return _closed(kind, properties, required)


def _needed(each: Field[Any]) -> bool:
    return each.default is MISSING and each.default_factory is MISSING


def _tagged(tag: str, key: str, inside: Schema) -> Schema:
    return _closed(None, {TAG: {"const": tag}, key: inside}, [TAG, key])


def _closed(kind: type | None, properties: Schema, required: list[str]) -> Schema:
    said = {"description": _summary(kind)} if kind else {}
    return {**said, "type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _summary(kind: type) -> str:
    text = (kind.__doc__ or "").strip().partition("\n\n")[0]
    return "" if text.startswith(f"{kind.__name__}(") else " ".join(text.split()).replace("``", "")


def _pairs(first: str, second: str) -> Schema:
    return {
        "type": "array",
        "items": _closed(None, {name: {"type": "string"} for name in (first, second)}, [first, second]),
    }


def _either(each: list[Schema]) -> Schema:
    return {"anyOf": each}


def made(name: Name) -> Schema:
    """The schema of one of the three."""
    maker: Made = Coded() if name == "plan" else Frame()
    kind = {"parse": Parse, "plan": Plan, "outcome": Outcome}[name]
    top = maker.of(kind)["$ref"].rpartition("/")[2]
    # A parse or plan holds no other of its own kind, so the root need not stand among the definitions.
    body = maker.definitions.pop(top)
    return {
        "$schema": DRAFT,
        "$id": f"urn:flarite-nl:{name}",
        "title": top,
        **body,
        "$defs": dict(sorted(maker.definitions.items())),
    }


def text(name: Name) -> str:
    """The file's text."""
    return json.dumps(made(name), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for each in typing.get_args(Name):
        (FOLDER / f"{each}.schema.json").write_text(text(each), "utf-8")
