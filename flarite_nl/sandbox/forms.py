"""``a[b][0][c]=x`` to nested hashes and lists, as Stripe's API reads them."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_plus

from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.types import Params


def decode(text: str) -> Params:
    """A query string or form body. Lists come as ``a[]=``, ``a[0]=`` or ``a[1]=``; order of mention is kept."""
    tree: dict[str, Any] = {}
    if not text:
        return tree
    for pair in text.split("&"):
        if not pair:
            continue
        key, _, value = pair.partition("=")
        key = unquote_plus(key)
        if "[" in key:
            _put(tree, key, unquote_plus(value))
        else:
            tree[key] = unquote_plus(value)
    return {key: _listed(value) for key, value in tree.items()}


def _put(tree: dict[str, Any], key: str, value: str) -> None:
    head, *rest = key.replace("]", "").split("[")
    at = tree
    path = [head, *rest]
    for step, name in enumerate(path):
        if name == "":
            name = f"#{len(at)}"
        if step == len(path) - 1:
            at[name] = value
            return
        inner = at.setdefault(name, {})
        if not isinstance(inner, dict):
            raise StripeError(f"Invalid hash: {head}", param=head)
        at = inner


def _listed(value: Any) -> Any:
    """A hash whose keys are all positions is a list; positions count only for their order."""
    if not isinstance(value, dict):
        return value
    inner = {key: _listed(each) for key, each in value.items()}
    if inner and all(key[0] == "#" or key.isdigit() for key in inner if key) and "" not in inner:
        return [each for _, each in sorted(inner.items(), key=lambda pair: int(pair[0].lstrip("#")))]
    return inner
