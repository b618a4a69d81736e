"""Names for the JSON that goes in and out."""

from __future__ import annotations

from typing import Any, TypeAlias

Obj: TypeAlias = dict[str, Any]
"""A Stripe object, or a hash inside one."""

Params: TypeAlias = dict[str, Any]
"""Decoded and checked parameters: lists, dicts, str, int, bool, Decimal; ``None`` where the caller cleared a value."""
