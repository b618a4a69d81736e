"""Plain English into exact Stripe API calls, without a language model.

>>> from datetime import UTC, datetime
>>> from flarite_nl import Parser
>>> parse = Parser(tz="UTC").parse("list past due subscriptions", now=datetime(2026, 3, 18, 15, 30, tzinfo=UTC))
>>> parse.intents[0].name
'subscriptions.list'

Names are imported when they are first used, so that ``import flarite_nl`` costs next to nothing.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flarite_nl.engine import Engine
    from flarite_nl.errors import FlariteError
    from flarite_nl.model.outcome import Outcome
    from flarite_nl.model.parse import Parse
    from flarite_nl.model.plan import Plan
    from flarite_nl.parsing.parser import Parser

__version__ = "0.1.0"

__all__ = ["Engine", "FlariteError", "Outcome", "Parse", "Parser", "Plan", "__version__"]

_HOMES = {
    "Engine": "flarite_nl.engine",
    "FlariteError": "flarite_nl.errors",
    "Outcome": "flarite_nl.model.outcome",
    "Parse": "flarite_nl.model.parse",
    "Parser": "flarite_nl.parsing.parser",
    "Plan": "flarite_nl.model.plan",
}

# The grammar ships as ``flarite_nl.grammars``. In a checkout it stands beside the package, where people edit it:
# looking there too makes the checkout run as it is, however (and whether) it was installed.
_here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib costs start-up time
if not os.path.isdir(os.path.join(_here, "grammars")):  # noqa: PTH112, PTH118
    __path__.append(os.path.dirname(_here))  # noqa: PTH120


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
