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
    kind = "input"


class DataError(InputError, ValueError):
    """JSON that is no parse, plan or outcome of this version, or that was edited since it was made."""

    kind = "data"


class KeyProblem(FlariteError):
    kind = "key"


class PlanError(FlariteError):
    kind = "plan"


class Ambiguous(PlanError):
    kind = "ambiguous"


class Declined(FlariteError):
    kind = "declined"


class Repeated(FlariteError):
    kind = "repeated"


class PreflightError(FlariteError):
    kind = "preflight"


class Drift(PreflightError):
    kind = "drift"


class Forbidden(PreflightError):
    kind = "forbidden"


class LedgerProblem(PreflightError):
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
    kind = "authentication"


class PermissionError_(ApiError):
    kind = "permission"


class InvalidRequest(ApiError):
    kind = "invalid_request"


class RateLimited(ApiError):
    kind = "rate_limited"


class Unreachable(ApiError):
    kind = "unreachable"
