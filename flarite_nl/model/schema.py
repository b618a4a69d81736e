"""The published JSON Schemas of ``Parse``, ``Plan`` and ``Outcome``: what their ``to_dict`` gives."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, Literal

Name = Literal["parse", "plan", "outcome"]


def schema(name: Name) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of what ``to_dict`` of a parse, plan or outcome gives.

    The files stand in the package as ``flarite_nl/model/NAME.schema.json``.

    Args:
        name: ``parse``, ``plan`` or ``outcome``.

    Raises:
        ValueError: for any other name.

    >>> schema("parse")["properties"]["status"]["enum"]
    ['ok', 'clarify', 'rejected']
    """
    if name not in ("parse", "plan", "outcome"):
        raise ValueError(f"There are schemas of parse, plan and outcome, not of {name!r}.")
    read: dict[str, Any] = json.loads((files("flarite_nl") / "model" / f"{name}.schema.json").read_text("utf-8"))
    return read
