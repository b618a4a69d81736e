"""From method and path to the operation that answers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from flarite_nl.sandbox.signatures import operations
from flarite_nl.sandbox.types import Obj, Params
from flarite_nl.sandbox.world import World

Handler = Callable[[World, tuple[str, ...], Params], "Obj | str"]
"""From the IDs in the path and the checked parameters to an object, or to JSON that is ready to send."""


@dataclass(frozen=True, slots=True)
class Route:
    """``operation`` is as in the OpenAPI document: ``POST /v1/charges/{charge}/capture``."""

    operation: str
    collection: str
    handler: Handler


@cache
def table() -> dict[str, Route]:
    """Every route under its shape, with ``*`` for each ID: ``POST /v1/charges/*/capture``."""
    from flarite_nl.sandbox.handlers import HANDLERS

    out = {}
    for operation in operations():
        method, path = operation.split(" ")
        steps = path.split("/")
        shape = "/".join("*" if step.startswith("{") else step for step in steps)
        out[f"{method} {shape}"] = Route(operation, steps[2], HANDLERS[operation])
    return out


def find(method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
    """The route and the IDs in the path."""
    routes = table()
    exact = routes.get(f"{method} {path}")
    if exact is not None:
        return exact, ()
    steps = path.split("/")
    for starred in ((3,), (3, 5)):
        if len(steps) > starred[-1]:
            shape = "/".join("*" if place in starred else step for place, step in enumerate(steps))
            route = routes.get(f"{method} {shape}")
            if route is not None:
                return route, tuple(steps[place] for place in starred)
    return None
