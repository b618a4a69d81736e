"""Raw parameters against a signature: unknown, missing, of the wrong type (Stripe's codes and wording)."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from flarite_nl.sandbox import errors
from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.signatures import Parameter, Signature, Type
from flarite_nl.sandbox.types import Params

BOUNDS = ("gt", "gte", "lt", "lte")
_INTEGER = re.compile(r"[+-]?\d{1,18}\Z")


def check(raw: Params, signature: Signature, prefix: str = "") -> Params:
    """Typed parameters; raises the first error in the order in which Stripe looks: unknown, missing, type."""
    strange = [_named(prefix, name) for name in raw if name not in signature]
    if strange:
        raise errors.unknown(strange)
    for name, parameter in signature.items():
        if parameter.required and name not in raw:
            raise errors.parameter_missing(_named(prefix, name))
    return {name: _value(value, signature[name], _named(prefix, name)) for name, value in raw.items()}


def _named(prefix: str, name: str) -> str:
    return f"{prefix}[{name}]" if prefix else name


def _value(value: Any, parameter: Parameter, param: str) -> Any:
    if value == "":
        if parameter.clearable or parameter.type.name == "hash":
            return None
        if parameter.type.name in ("str", "enum", "list", "object", "map"):
            # Stripe takes an empty string for "unset" only where it says so.
            raise StripeError(
                f"You passed an empty string for '{param}'. We assume empty values are an attempt to unset a "
                f"parameter; however '{param}' cannot be unset. You should remove '{param}' from your request or "
                "supply a non-empty value.",
                code="parameter_invalid_empty",
                param=param,
            )
    return _READERS[parameter.type.name](value, parameter.type, param)


def _str(value: Any, kind: Type, param: str) -> str:
    if not isinstance(value, str):
        raise StripeError(f"Invalid string: {_shown(value)}", param=param)
    if len(value) > 5000:
        raise StripeError(f"Invalid string: {value[:20]}...{value[-20:]}; must be at most 5000 characters", param=param)
    return value


def _shown(value: Any) -> str:
    """A hash in a message, as Stripe prints it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}"=>{_shown(each)}' for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_shown(each) for each in value) + "]"
    return f'"{value}"'


def _int(value: Any, kind: Type, param: str) -> int | str:
    if value in kind.values:
        return str(value)
    if not isinstance(value, str) or not _INTEGER.match(value):
        shown = value if isinstance(value, str) else _shown(value)
        raise StripeError(f"Invalid integer: {shown}", code="parameter_invalid_integer", param=param)
    return int(value)


def _num(value: Any, kind: Type, param: str) -> Decimal:
    try:
        number = Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        number = Decimal("NaN")
    if not number.is_finite():
        raise StripeError(f"Invalid decimal: {value}", param=param)
    return number


def _bool(value: Any, kind: Type, param: str) -> bool:
    if value not in ("true", "false"):
        raise StripeError(f"Invalid boolean: {value if isinstance(value, str) else _shown(value)}", param=param)
    return bool(value == "true")


def _enum(value: Any, kind: Type, param: str) -> str:
    if value not in kind.values:
        raise errors.invalid_enum(param, list(kind.values))
    return str(value)


def _map(value: Any, kind: Type, param: str) -> Params:
    if not isinstance(value, dict):
        raise StripeError(f"Invalid hash: {param}", param=param)
    for key, each in value.items():
        if not isinstance(each, str):
            raise StripeError(f"Invalid string: {_shown(each)}", param=f"{param}[{key}]")
        if len(each) > 500:
            raise StripeError(
                f"Metadata values can have up to 500 characters, but you passed in a value that is {len(each)} "
                f"characters. Invalid value: {each}",
                param=f"{param}[{key}]",
            )
        if len(key) > 40:
            raise StripeError(
                f"Metadata keys can have up to 40 characters, but you passed in a key that is {len(key)} characters. "
                f"Invalid key: {key}",
                param=param,
            )
    return value


def _hash(value: Any, kind: Type, param: str) -> Any:
    return value


def _list(value: Any, kind: Type, param: str) -> list[Any]:
    if not isinstance(value, list) or kind.item is None:
        raise StripeError("Invalid array", param=param)
    item = Parameter(kind.item)
    return [_value(each, item, f"{param}[{at}]") for at, each in enumerate(value)]


def _object(value: Any, kind: Type, param: str) -> Params:
    if not isinstance(value, dict):
        raise StripeError("Invalid object", param=param)
    return check(value, kind.members, param)


def _range(value: Any, kind: Type, param: str) -> Params:
    """``created=1`` is that moment; ``created[gte]=1`` and so on bound it."""
    if isinstance(value, str):
        return {"eq": _int(value, kind, param)}
    if not isinstance(value, dict):
        raise StripeError("Invalid object", param=param)
    strange = [f"{param}[{name}]" for name in value if name not in BOUNDS]
    if strange:
        raise errors.unknown(strange)
    return {name: _int(each, kind, f"{param}[{name}]") for name, each in value.items()}


_READERS: dict[str, Callable[[Any, Type, str], Any]] = {
    "str": _str,
    "int": _int,
    "num": _num,
    "bool": _bool,
    "time": _int,
    "enum": _enum,
    "map": _map,
    "hash": _hash,
    "list": _list,
    "object": _object,
    "range": _range,
}


LARGEST = 99_999_999
"""Amounts have at most eight digits."""


def positive(value: Any, param: str) -> int:
    """An amount of at least one minor unit."""
    if value < 1:
        raise StripeError(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param=param
        )
    if value > LARGEST:
        raise StripeError(
            f"The number is too large: at most {LARGEST} is allowed.", code="amount_too_large", param=param
        )
    return int(value)
