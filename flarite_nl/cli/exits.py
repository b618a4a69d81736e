"""The exit codes of ``flarite-nl``, and which error leads to which."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import TYPE_CHECKING

from flarite_nl import errors
from flarite_nl.model.parse import Parse

if TYPE_CHECKING:
    from flarite_nl.model.outcome import Outcome


class Exit(IntEnum):
    """What a script can tell from the exit code. The numbers are stable; README.md lists them."""

    DONE = 0
    """Understood and carried out."""
    FAILED = 1
    """Something unforeseen, or a broken grammar file: a bug."""
    USAGE = 2
    """The command line, a file or the prompt cannot be read."""
    NOT_UNDERSTOOD = 3
    """The prompt is not a request that can be carried out exactly as worded."""
    CLARIFY = 4
    """Understood, but something needed is missing or ambiguous."""
    DECLINED = 5
    """A write that nobody confirmed: answered with no, or asked without a terminal and without ``--yes``."""
    REFUSED = 6
    """Understood, but it cannot be done: no such plan, or stopped before the call (more than is left, …)."""
    BAD_KEY = 7
    """The Stripe key is unusable, unknown to Stripe, or lacks a permission."""
    API_FAILURE = 8
    """Stripe refused the request or could not be reached."""
    PARTIAL = 9
    """Something was done or answered, but not all of it; the output says what is missing."""
    REPEATED = 10
    """This very command was carried out before; nothing new was written. ``--again`` does it once more."""
    INTERRUPTED = 130
    """Stopped with Ctrl-C."""
    BROKEN_PIPE = 141
    """Whoever read the output stopped reading."""


# The first class that an error is an instance of decides, so the particular ones come first.
_BY_ERROR: tuple[tuple[type[errors.FlariteError], Exit], ...] = (
    (errors.InputError, Exit.USAGE),
    (errors.Ambiguous, Exit.CLARIFY),
    (errors.PlanError, Exit.REFUSED),
    (errors.PreflightError, Exit.REFUSED),
    (errors.Declined, Exit.DECLINED),
    (errors.Repeated, Exit.REPEATED),
    (errors.KeyProblem, Exit.BAD_KEY),
    (errors.AuthenticationError, Exit.BAD_KEY),
    (errors.PermissionError_, Exit.BAD_KEY),
    (errors.ApiError, Exit.API_FAILURE),
)

_BY_STATUS = {"ok": Exit.DONE, "clarify": Exit.CLARIFY, "rejected": Exit.NOT_UNDERSTOOD}

# When several prompts end differently, the exit code is that of the one furthest from being understood.
_SEVERITY = (Exit.DONE, Exit.CLARIFY, Exit.NOT_UNDERSTOOD, Exit.USAGE)


def of_error(error: errors.FlariteError) -> Exit:
    """The exit code for an error that ended the command."""
    return _of_class(type(error))


def _of_class(kind: type[errors.FlariteError]) -> Exit:
    return next((code for known, code in _BY_ERROR if issubclass(kind, known)), Exit.FAILED)


def of_parse(parse: Parse) -> Exit:
    """The exit code for a prompt that was only parsed."""
    return _BY_STATUS[parse.status]


def of_outcome(outcome: Outcome) -> Exit:
    """The exit code for a prompt that was carried out, or was not."""
    if outcome.parse.status != "ok":
        return of_parse(outcome.parse)
    if outcome.error is None:
        return Exit.DONE if outcome.complete else Exit.PARTIAL
    kinds = (each for each in _all(errors.FlariteError) if each.kind == outcome.error.kind)
    code = next(map(_of_class, kinds), Exit.FAILED)
    if code is Exit.REPEATED and len(outcome.results) == 1:
        return code
    written = any(result.written for result in outcome.results)
    shown = code is Exit.API_FAILURE and any(result.rows or result.groups for result in outcome.results)
    return Exit.PARTIAL if written or shown else code


def _all(root: type[errors.FlariteError]) -> list[type[errors.FlariteError]]:
    return [root, *(each for child in root.__subclasses__() for each in _all(child))]


def worst(codes: Iterable[Exit]) -> Exit:
    """One exit code for several prompts."""
    return max(codes, key=lambda code: _SEVERITY.index(code) if code in _SEVERITY else len(_SEVERITY))
