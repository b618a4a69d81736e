"""What goes in and what comes out of a batch: one item and one record a prompt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from flarite_nl.errors import FlariteError, InputError
from flarite_nl.model.outcome import Failure, Outcome
from flarite_nl.model.parse import Parse

Status = Literal["ok", "partial", "clarify", "rejected", "unreadable", "refused", "declined", "repeated", "failed"]
"""``ok``: understood, and carried out where that was asked · ``partial``: not all of it · ``clarify`` · ``rejected``:
as in a Parse · ``unreadable``: the line holds no prompt · ``refused``: it cannot be done, and nothing was sent ·
``declined``: not confirmed · ``repeated``: this very write was made before · ``failed``: Stripe or the key said no."""

_BY_KIND: Mapping[str, Status] = {
    "input": "unreadable", "ambiguous": "clarify", "plan": "refused", "too_many_requests": "refused",
    "preflight": "refused", "drift": "refused", "forbidden": "refused", "ledger": "refused", "declined": "declined",
    "repeated": "repeated",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One prompt of a file. ``index`` counts from 0 over all files, ``line`` from 1 in its own.

    ``carried`` are the other columns of a CSV row, or keys of a JSON object; ``error`` says why a line holds no
    prompt.
    """

    index: int
    file: str
    line: int
    text: str = ""
    context: tuple[str, ...] = ()
    carried: Mapping[str, Any] = field(default_factory=dict)
    error: InputError | None = None

    @property
    def where(self) -> dict[str, Any]:
        """The keys that every record begins with."""
        body: dict[str, Any] = {"index": self.index, "file": self.file, "line": self.line, "prompt": self.text}
        return {**body, "carried": dict(self.carried)} if self.carried else body


@dataclass(frozen=True, slots=True)
class Read:
    """An item and what it means; ``parse`` is None where it could not be read. ``seconds`` is what reading took."""

    item: Item
    parse: Parse | None
    error: InputError | None = None
    seconds: float = 0.0


def only_read(read: Read) -> dict[str, Any]:
    """The record of a prompt that is not carried out: what it means, or why it means nothing."""
    status: Status = "unreadable"
    error: dict[str, Any] | None = None
    if read.error is not None:
        error = failure_of(read.error).to_dict()
    elif read.parse is not None:
        status = read.parse.status
    return {**read.item.where, "status": status, **_frame(read), "error": error, "seconds": round(read.seconds, 6)}


def refused(read: Read, failure: Failure, plan: str | None = None) -> dict[str, Any]:
    """The record of a prompt that was understood and not carried out."""
    body: dict[str, Any] = {**read.item.where, "status": status_of(failure), **_frame(read), "plan": plan}
    return {**body, "error": failure.to_dict(), "requests": 0, "request_ids": [], "seconds": round(read.seconds, 6)}


def carried_out(read: Read, outcome: Outcome, plan: str | None, seconds: float) -> dict[str, Any]:
    """The record of a prompt that was carried out, or tried to be. ``seconds`` is what that took, after reading."""
    status: Status
    if outcome.error is None:
        status = "ok" if outcome.complete else "partial"
    elif any(each.written and not each.repeated for each in outcome.results):
        status = "partial"
    else:
        status = status_of(outcome.error)
    return {
        **read.item.where,
        "status": status,
        **_frame(read),
        "plan": plan,
        "mode": outcome.mode,
        "results": [each.to_dict() for each in outcome.results],
        "error": outcome.error.to_dict() if outcome.error else None,
        "requests": outcome.requests,
        "request_ids": list(outcome.request_ids),
        "seconds": round(read.seconds + seconds, 6),
    }


def status_of(failure: Failure) -> Status:
    return _BY_KIND.get(failure.kind, "failed")


def failure_of(error: FlariteError) -> Failure:
    return Failure(error.kind, error.message, error.request_id)


def _frame(read: Read) -> dict[str, Any]:
    """The parse; its text stands there only where it is another than the prompt's."""
    if read.parse is None:
        return {"frame": None}
    frame = read.parse.to_dict()
    if frame["text"] == read.item.text:
        del frame["text"]
    return {"frame": frame}
