"""Which parameters each endpoint takes, in a notation of one token a parameter.

``name:type``, ``name!`` required, ``name~`` an empty string clears it; types are ``str int num bool time map hash``
``range`` (a moment or ``gte gt lte lt``), ``enum|a|b``, ``time|now``, ``[item]`` and ``{members}``. ``hash`` is
accepted whole: the sandbox does nothing with it. The text comes from ``tests/sandbox/openapi_signatures.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache


@dataclass(frozen=True, slots=True)
class Type:
    """One type of the notation; ``values`` of an enum or of words beside a time."""

    name: str
    values: tuple[str, ...] = ()
    item: Type | None = None
    members: dict[str, Parameter] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Parameter:
    type: Type
    required: bool = False
    clearable: bool = False


Signature = dict[str, Parameter]


@cache
def _texts() -> dict[str, str]:
    from flarite_nl.sandbox.signatures import billing, newer, payments, reading

    out: dict[str, str] = {}
    for module in (reading, payments, billing, newer):
        operation = ""
        for line in module.SIGNATURES.strip("\n").split("\n"):
            if line.startswith("  "):
                out[operation] += line[1:]
            else:
                operation = line
                out.setdefault(operation, "")
    return out


def operations() -> list[str]:
    """Every operation that has a signature, such as ``GET /v1/charges/{charge}``."""
    return list(_texts())


@cache
def signature(operation: str) -> Signature:
    """The parameters of one operation; read from its text on first use."""
    members, rest = _members(_texts()[operation].strip())
    assert not rest, (operation, rest)
    return members


def _members(text: str) -> tuple[Signature, str]:
    out: Signature = {}
    while text and text[0] != "}":
        name, text = text.split(":", 1)
        kind, text = _type(text)
        out[name.rstrip("!~")] = Parameter(kind, "!" in name, "~" in name)
        text = text.lstrip(" ")
    return out, text


def _type(text: str) -> tuple[Type, str]:
    if text[0] == "{":
        members, rest = _members(text[1:])
        return Type("object", members=members), rest[1:]
    if text[0] == "[":
        item, rest = _type(text[1:])
        return Type("list", item=item), rest[1:]
    end = next((at for at, char in enumerate(text) if char in " ]}"), len(text))
    name, *values = text[:end].split("|")
    return Type(name, tuple(values)), text[end:]
