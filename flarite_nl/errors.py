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
    """The root; ``kind`` is the stable machine-readable name, ``message`` (and ``str(error)``) one clear sentence.

    ``request_id`` is Stripe's, where a request led to it.

    >>> from flarite_nl import FlariteError, Parser
    >>> try:
    ...     Parser(tz="Mars/Base")
    ... except FlariteError as error:
    ...     print(f"{error.kind}: {error}")
    input: There is no time zone 'Mars/Base'; IANA names are such as Europe/Berlin.
    """

    kind: ClassVar[str] = "error"

    def __init__(self, message: str, *, request_id: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.request_id = request_id


class GrammarError(FlariteError):
    """A grammar file cannot be used; ``file`` and ``line`` (1 is the first) say where, None where that is not known.

    ``message`` begins with both of them.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from flarite_nl import GrammarError, Parser
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "own.yaml")
    ...     _ = path.write_text("nouns: [[top-up")
    ...     try:
    ...         Parser(grammar=[path])
    ...     except GrammarError as error:
    ...         print(error.file == str(path), error.line)
    True 2
    """

    kind = "grammar"

    def __init__(self, message: str, *, file: str | None = None, line: int | None = None) -> None:
        where = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
        super().__init__(where + message)
        self.file = file
        self.line = line


class InputError(FlariteError):
    """The prompt or an option cannot be read: too long, no such zone, a moment without one.

    >>> from flarite_nl import Parser
    >>> Parser().parse("list " * 1000)
    Traceback (most recent call last):
    flarite_nl.errors.InputError: the prompt is 5,000 characters long; the limit is 4,000
    """

    kind = "input"


class DataError(InputError, ValueError):
    """JSON that is no parse, plan or outcome of this version, or that was edited since it was made.

    >>> from flarite_nl import Parse
    >>> Parse.from_dict({"text": "list refunds", "status": "perhaps"})
    Traceback (most recent call last):
    flarite_nl.errors.DataError: This is no parse: 'status' of the parse is not one of ok, clarify, rejected.
    """

    kind = "data"


class KeyProblem(FlariteError):
    """There is no usable Stripe key.

    >>> from flarite_nl import Engine
    >>> Engine(key="pk_test_published").mode
    Traceback (most recent call last):
    flarite_nl.errors.KeyProblem: This is a publishable key (pk_); a secret (sk_) or restricted (rk_) key is needed.
    """

    kind = "key"


class PlanError(FlariteError):
    """An understood prompt that cannot be planned, or asks for more than is allowed.

    >>> from flarite_nl import Engine, Parser
    >>> Engine().plan(Parser().parse("sing me a song"))
    Traceback (most recent call last):
    flarite_nl.errors.PlanError: Only an understood prompt can be planned; this one is rejected.
    """

    kind = "plan"


class Ambiguous(PlanError):
    """Several objects fit where one is meant; the sentence names them.

    >>> from datetime import UTC, datetime
    >>> from flarite_nl import Ambiguous, Engine, Parser, Sandbox
    >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
    >>> with Sandbox(now=moment) as sandbox:
    ...     engine = Engine(wsgi=sandbox.wsgi, now=moment)
    ...     outcome = engine.run(Parser().parse("void the open invoices", now=moment))
    >>> outcome.error.kind == Ambiguous.kind, outcome.error.message[:46]
    (True, '12 invoices fit, and 1 may be written at once:')
    """

    kind = "ambiguous"


class Declined(FlariteError):
    """A write that nobody confirmed; nothing was written.

    >>> from datetime import UTC, datetime
    >>> from flarite_nl import Engine, Parser, Sandbox
    >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
    >>> with Sandbox(now=moment) as sandbox:
    ...     engine = Engine(wsgi=sandbox.wsgi, now=moment)
    ...     outcome = engine.run(Parser().parse("delete customer cus_TokyoTaro00001"), confirm=lambda question: False)
    >>> outcome.error.kind, outcome.error.message
    ('declined', 'Nothing was written.')
    """

    kind = "declined"


class Repeated(FlariteError):
    """This very command was carried out before; nothing new was written.

    ``again=True`` of ``Engine.run`` carries it out once more.

    >>> from datetime import UTC, datetime
    >>> from flarite_nl import Engine, Parser, Sandbox
    >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
    >>> with Sandbox(now=moment) as sandbox:
    ...     engine = Engine(wsgi=sandbox.wsgi, now=moment)
    ...     parse = Parser().parse("delete customer cus_TokyoTaro00001")
    ...     outcomes = [engine.run(parse, confirm=lambda question: True) for _ in range(2)]
    >>> [outcome.error and outcome.error.kind for outcome in outcomes]
    [None, 'repeated']
    """

    kind = "repeated"


class PreflightError(FlariteError):
    """A write refused before its call, such as an amount over what is left.

    >>> from datetime import UTC, datetime
    >>> from flarite_nl import Engine, Parser, Sandbox
    >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
    >>> with Sandbox(now=moment) as sandbox:
    ...     engine = Engine(wsgi=sandbox.wsgi, now=moment)
    ...     refund = Parser().parse("refund $5 of the last payment of cus_TokyoTaro00001", now=moment)
    ...     outcome = engine.run(refund, confirm=lambda question: True)
    >>> outcome.error.kind, outcome.error.message
    ('preflight', 'ch_3rxwRaDl2pZkNbzUNVZwYRMm is in JPY, not in USD.')
    """

    kind = "preflight"


class Drift(PreflightError):
    """A target, or the account, is no longer as it was when the plan was made.

    >>> from datetime import UTC, datetime
    >>> from flarite_nl import Engine, Parser, Sandbox
    >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
    >>> with Sandbox(now=moment) as sandbox:
    ...     engine = Engine(wsgi=sandbox.wsgi, now=moment)
    ...     cancel = Parser().parse("cancel the subscription of cus_TokyoTaro00001", now=moment)
    ...     later = Parser().parse("cancel the subscription of cus_TokyoTaro00001 at period end", now=moment)
    ...     prepared, _ = engine.prepare(cancel)
    ...     _ = engine.run(later, confirm=lambda question: True)
    ...     outcome = engine.apply(prepared, confirm=lambda question: True)
    >>> outcome.error.kind, outcome.error.message.partition(": ")[2]
    ('drift', 'cancel_at_period_end was false and is true.')
    """

    kind = "drift"


class Forbidden(PreflightError):
    """This installation may not do it: it is read-only, or the write is not among its actions.

    >>> from datetime import UTC, datetime
    >>> from flarite_nl import Engine, Parser, Sandbox, role_of
    >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
    >>> with Sandbox(now=moment) as sandbox:
    ...     engine = Engine(wsgi=sandbox.wsgi, now=moment, role=role_of("read-only", "settings.toml"))
    ...     outcome = engine.run(Parser().parse("delete customer cus_TokyoTaro00001"), confirm=lambda question: True)
    >>> outcome.error.message
    'customers.delete is not allowed: this installation is read-only (settings.toml).'
    """

    kind = "forbidden"


class LedgerProblem(PreflightError):
    """The ledger cannot be read or written, so nothing is sent.

    >>> from datetime import UTC, datetime
    >>> from pathlib import Path
    >>> from tempfile import NamedTemporaryFile
    >>> from flarite_nl import Engine, Parser, Sandbox
    >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
    >>> with Sandbox(now=moment) as sandbox, NamedTemporaryFile() as no_folder:
    ...     engine = Engine(wsgi=sandbox.wsgi, now=moment, data=Path(no_folder.name))
    ...     outcome = engine.run(Parser().parse("delete customer cus_TokyoTaro00001"), confirm=lambda question: True)
    >>> outcome.error.kind, outcome.results
    ('ledger', ())
    """

    kind = "ledger"


class ApiError(FlariteError):
    """Stripe refused or could not be asked; ``code`` and ``param`` are Stripe's own where it gave them.

    ``message`` and ``request_id`` are as for every error; ``status`` is that of HTTP, None where no answer came;
    ``replayed`` says that Stripe keeps this very answer under the request's idempotency key.

    >>> from datetime import UTC, datetime
    >>> from flarite_nl import ApiError, Engine, Parser, Sandbox
    >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
    >>> with Sandbox(now=moment) as sandbox:
    ...     engine = Engine(wsgi=sandbox.wsgi, now=moment)
    ...     try:
    ...         next(engine.stream(Parser().parse("show charge ch_1")))
    ...     except ApiError as error:
    ...         print(error.status, error.code, error.param, error.request_id)
    404 resource_missing id req_00000000000001
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
    """Stripe does not take the key (401).

    >>> from datetime import UTC, datetime
    >>> from flarite_nl import Engine, Parser, Sandbox
    >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
    >>> with Sandbox(now=moment) as sandbox:
    ...     outcome = Engine(wsgi=sandbox.wsgi, key="sk_test_not-a-key").run(Parser().parse("list customers"))
    >>> outcome.error.kind
    'authentication'
    """

    kind = "authentication"


class PermissionError_(ApiError):
    """The key lacks a permission (403); the sentence names it.

    >>> from datetime import UTC, datetime
    >>> from flarite_nl import Engine, Parser, Sandbox
    >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
    >>> with Sandbox(now=moment, permissions={"rk_test_support": {"charges": "read"}}) as sandbox:
    ...     engine = Engine(wsgi=sandbox.wsgi, now=moment, key="rk_test_support")
    ...     outcome = engine.run(Parser().parse("list customers"))
    >>> outcome.error.kind, outcome.error.message[:56]
    ('permission', 'The key rk_test_… lacks the permission rak_customer_read')
    """

    kind = "permission"


class InvalidRequest(ApiError):
    """Stripe refused this request (400, 402, 404, 409).

    >>> from datetime import UTC, datetime
    >>> from flarite_nl import Engine, Parser, Sandbox
    >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
    >>> with Sandbox(now=moment) as sandbox:
    ...     engine = Engine(wsgi=sandbox.wsgi, now=moment)
    ...     outcome = engine.run(Parser().parse("show customer cus_1"))
    >>> outcome.error.kind, outcome.error.message
    ('invalid_request', "No such customer: 'cus_1'")
    """

    kind = "invalid_request"


class RateLimited(ApiError):
    """429 that outlived the repeats (``retry`` of ``Engine`` says how many, and for how long).

    >>> from datetime import UTC, datetime
    >>> from flarite_nl import Engine, Parser, Sandbox
    >>> from flarite_nl.execution.retry import Retry
    >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
    >>> with Sandbox(now=moment, faults="429:count=0") as sandbox:
    ...     engine = Engine(wsgi=sandbox.wsgi, now=moment, retry=Retry(attempts=1))
    ...     outcome = engine.run(Parser().parse("list customers"))
    >>> outcome.error.kind, outcome.requests
    ('rate_limited', 1)
    """

    kind = "rate_limited"


class Unreachable(ApiError):
    """No answer came: no connection, a timeout, 5xx, or a broken body.

    >>> from datetime import UTC, datetime
    >>> from flarite_nl import Engine, Parser, Sandbox
    >>> from flarite_nl.execution.retry import Retry
    >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
    >>> with Sandbox(now=moment, faults="503:count=0") as sandbox:
    ...     engine = Engine(wsgi=sandbox.wsgi, now=moment, retry=Retry(attempts=1))
    ...     outcome = engine.run(Parser().parse("list customers"))
    >>> outcome.error.kind, outcome.error.message[:51]
    ('unreachable', 'Stripe answered with an error of its own (HTTP 503)')
    """

    kind = "unreachable"
