"""Every error that flarite-nl raises.

    FlariteError
    ├── GrammarError        a grammar file is wrong (file, line, remedy)
    ├── InputError          the prompt or an option cannot be read (too long, not UTF-8, …)
    │   └── DataError       JSON that is no parse, plan or outcome (a ValueError too)
    ├── KeyProblem          no usable Stripe key
    ├── PlanError           an understood prompt that cannot be planned
    │   └── Ambiguous       several targets where one is meant
    ├── Declined            a write that nobody confirmed
    ├── Repeated            this very command was carried out before; nothing new was written
    ├── PreflightError      a write refused before the call (amount over what is left, …)
    │   ├── Drift           a target is no longer as it was when the plan was made
    │   ├── Forbidden       this installation may not do it (read-only, or not among its actions)
    │   └── LedgerProblem   the ledger cannot be written, so nothing is sent
    └── ApiError            Stripe (or the way to it) said no
        ├── AuthenticationError   401
        ├── PermissionError_      403: the key lacks a permission
        ├── InvalidRequest        400, 402, 404, 409: Stripe refused this request
        ├── RateLimited           429 that outlived the retries
        └── Unreachable           no answer: connection, timeout, 5xx, broken body

Not understanding a prompt is a value (``Parse.status``), never an error.
"""

from __future__ import annotations

from typing import ClassVar


class FlariteError(Exception):
    """The root; ``kind`` is the stable machine-readable name, ``str(error)`` one clear sentence."""

    kind: ClassVar[str] = "error"

    def __init__(self, message: str, *, request_id: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.request_id = request_id


class GrammarError(FlariteError):
    """A grammar file cannot be used; ``file`` and ``line`` say where."""

    kind = "grammar"

    def __init__(self, message: str, *, file: str | None = None, line: int | None = None) -> None:
        where = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
        super().__init__(where + message)
        self.file = file
        self.line = line


class InputError(FlariteError):
    """The prompt or an option cannot be read: too long, no such zone, a moment without one."""

    kind = "input"


class DataError(InputError, ValueError):
    """JSON that is no parse, plan or outcome of this version, or that was edited since it was made."""

    kind = "data"


class KeyProblem(FlariteError):
    """There is no usable Stripe key."""

    kind = "key"


class PlanError(FlariteError):
    """An understood prompt that cannot be planned, or asks for more than is allowed."""

    kind = "plan"


class Ambiguous(PlanError):
    """Several objects fit where one is meant."""

    kind = "ambiguous"


class Declined(FlariteError):
    """A write that nobody confirmed; nothing was written."""

    kind = "declined"


class Repeated(FlariteError):
    """This very command was carried out before; nothing new was written."""

    kind = "repeated"


class PreflightError(FlariteError):
    """A write refused before its call, such as an amount over what is left."""

    kind = "preflight"


class Drift(PreflightError):
    """A target, or the account, is no longer as it was when the plan was made."""

    kind = "drift"


class Forbidden(PreflightError):
    """This installation may not do it: it is read-only, or the write is not among its actions."""

    kind = "forbidden"


class LedgerProblem(PreflightError):
    """The ledger cannot be read or written, so nothing is sent."""

    kind = "ledger"


class ApiError(FlariteError):
    """Stripe refused or could not be asked; ``code`` and ``param`` are Stripe's own where it gave them.

    ``replayed`` says that Stripe keeps this very answer under the request's idempotency key.
    """

    kind = "api"

    def __init__(
        self,
        message: str,
        *,
        request_id: str | None = None,
        status: int | None = None,
        code: str | None = None,
        param: str | None = None,
        replayed: bool = False,
    ) -> None:
        super().__init__(message, request_id=request_id)
        self.replayed = replayed
        self.status = status
        self.code = code
        self.param = param


class AuthenticationError(ApiError):
    """Stripe does not take the key (401)."""

    kind = "authentication"


class PermissionError_(ApiError):
    """The key lacks a permission (403); the sentence names it."""

    kind = "permission"


class InvalidRequest(ApiError):
    """Stripe refused this request (400, 402, 404, 409)."""

    kind = "invalid_request"


class RateLimited(ApiError):
    """429 that outlived the repeats."""

    kind = "rate_limited"


class Unreachable(ApiError):
    """No answer came: no connection, a timeout, 5xx, or a broken body."""

    kind = "unreachable"
