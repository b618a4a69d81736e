"""Disputes: answered or given up."""

from __future__ import annotations

from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.handlers.reading import finish
from flarite_nl.sandbox.handlers.refunds import merged
from flarite_nl.sandbox.routes import Handler
from flarite_nl.sandbox.types import Obj, Params
from flarite_nl.sandbox.world import World

ANSWERED = {"needs_response": "under_review", "warning_needs_response": "warning_under_review"}
CLOSED = {"needs_response": "lost", "under_review": "lost"} | dict.fromkeys(
    ("warning_needs_response", "warning_under_review"), "warning_closed"
)


def update(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    dispute = world.get("dispute", ids[0])
    evidence = params.get("evidence")
    details = dispute["evidence_details"]
    if evidence is not None or params.get("submit"):
        if dispute["status"] not in ANSWERED or details["past_due"]:
            raise StripeError("This dispute's evidence can no longer be updated.")
        dispute["evidence"].update(
            {name: each for name, each in (evidence or {}).items() if name != "enhanced_evidence"}
        )
        details["has_evidence"] = True
        # Evidence goes to the bank unless the caller says that it is not finished.
        if params.get("submit", True):
            dispute["status"] = ANSWERED[dispute["status"]]
            details["submission_count"] += 1
    dispute["metadata"] = merged(dispute["metadata"], params, "metadata")
    return finish(world, world.save(dispute), params)


def close(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    """Conceding can't be undone (STRIPE.md 18); the money was taken when the dispute was opened."""
    dispute = world.get("dispute", ids[0])
    if dispute["status"] not in CLOSED:
        raise StripeError("This dispute is already closed.")
    dispute["status"] = CLOSED[dispute["status"]]
    return finish(world, world.save(dispute), params)


HANDLERS: dict[str, Handler] = {
    "POST /v1/disputes/{dispute}": update,
    "POST /v1/disputes/{dispute}/close": close,
}
