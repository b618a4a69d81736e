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
    from flarite_nl.errors import (
        Ambiguous,
        ApiError,
        AuthenticationError,
        DataError,
        Declined,
        Drift,
        FlariteError,
        Forbidden,
        GrammarError,
        InputError,
        InvalidRequest,
        KeyProblem,
        LedgerProblem,
        PermissionError_,
        PlanError,
        PreflightError,
        RateLimited,
        Repeated,
        Unreachable,
    )
    from flarite_nl.model.change import Change, Confirmation
    from flarite_nl.model.outcome import Failure, Figure, Outcome, Result, Row, Skipped
    from flarite_nl.model.parse import Aggregate, Evidence, Filter, Having, Intent, Parse, Sort, Span
    from flarite_nl.model.plan import Plan, Step
    from flarite_nl.model.prepared import Prepared
    from flarite_nl.model.roles import Role, role_of
    from flarite_nl.model.schema import schema
    from flarite_nl.model.values import Money, Ref, Window
    from flarite_nl.parsing.parser import Parser
    from flarite_nl.sandbox import Sandbox

__version__ = "0.1.0"

__all__ = [
    "Aggregate", "Ambiguous", "ApiError", "AuthenticationError", "Change", "Confirmation", "DataError", "Declined",
    "Drift", "Engine", "Evidence", "Failure", "Figure", "Filter", "FlariteError", "Forbidden", "GrammarError",
    "Having", "InputError", "Intent", "InvalidRequest", "KeyProblem", "LedgerProblem", "Money", "Outcome", "Parse",
    "Parser", "PermissionError_", "Plan", "PlanError", "PreflightError", "Prepared", "RateLimited", "Ref",
    "Repeated", "Result", "Role", "Row", "Sandbox", "Skipped", "Sort", "Span", "Step", "Unreachable", "Window",
    "__version__", "role_of", "schema",
]  # fmt: skip

_PUBLIC = {
    "engine": "Engine",
    "errors": (
        "Ambiguous ApiError AuthenticationError DataError Declined Drift FlariteError Forbidden GrammarError "
        "InputError InvalidRequest KeyProblem LedgerProblem PermissionError_ PlanError PreflightError RateLimited "
        "Repeated Unreachable"
    ),
    "model.change": "Change Confirmation",
    "model.outcome": "Failure Figure Outcome Result Row Skipped",
    "model.parse": "Aggregate Evidence Filter Having Intent Parse Sort Span",
    "model.plan": "Plan Step",
    "model.prepared": "Prepared",
    "model.roles": "Role role_of",
    "model.schema": "schema",
    "model.values": "Money Ref Window",
    "parsing.parser": "Parser",
    "sandbox": "Sandbox",
}
_HOMES = {name: f"flarite_nl.{module}" for module, names in _PUBLIC.items() for name in names.split()}

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
