"""The one screen that calls the rooms in order: ``Parse`` → ``Plan`` → ``Outcome``."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from flarite_nl import keys
from flarite_nl.connection import Connection, Wsgi
from flarite_nl.errors import Declined, Drift, FlariteError, PlanError
from flarite_nl.grammar.cache import lexicon
from flarite_nl.grammar.describe import describe
from flarite_nl.grammar.schema import Grammar
from flarite_nl.model.change import Confirmation
from flarite_nl.model.outcome import Failure, Outcome, Result, Row
from flarite_nl.model.parse import Intent, Parse
from flarite_nl.model.plan import Plan
from flarite_nl.model.prepared import Prepared
from flarite_nl.model.roles import Role
from flarite_nl.model.values import moment_text
from flarite_nl.planning.planner import plan as make_plan
from flarite_nl.planning.select import Options
from flarite_nl.planning.written import changed

if TYPE_CHECKING:
    from flarite_nl.execution.gateway import Gateway
    from flarite_nl.execution.memory import Again
    from flarite_nl.execution.retry import Limiter, Retry
    from flarite_nl.execution.send import Step as Watch
    from flarite_nl.execution.transport import Client
    from flarite_nl.execution.wire import Caller, Observer
    from flarite_nl.execution.write import Limits

MAX_REQUESTS = 200


class RunOptions(TypedDict, total=False):
    """Options of ``Engine.run`` that ``arun`` hands on."""

    dry_run: bool
    previous: Sequence[Result]
    parse: Parse | None
    nonce: str
    again: Again
    watch: Watch | None


class Engine(Connection):
    """Plans and runs parses against one Stripe account. Threads may share it; it cannot be pickled, nor logs a thing.

    Args:
        tz: the IANA zone whose days are meant.
        now: the moment prompts are read at; the clock's where None.
        key: a secret or restricted key; needed unless ``wsgi`` or ``client`` is given.
        client: a ``stripe.StripeClient`` whose key, account, server, proxy and connections are used; never changed.
        api_base: root of a Stripe-compatible server.
        wsgi: an application served in this process, the embedded sandbox.
        account: the account's name where it is known already, for the badge.
        grammar: the words of canonical sentences; the packaged ones where None.
        max_requests: HTTP requests that one prompt may take before ``more`` is asked.
        more: called with a sentence once they are used up; True goes on.
        max_targets: objects that one write may touch; None sets no bound.
        max_amount: the money that one write may move, in major units by currency; under None that of every other.
        data: folder of the ledger; the platform's where None. The embedded sandbox's ledger is kept in memory.
        role: narrows what may be written further than this installation's settings do.
        search: whether Stripe's search may be asked; it lags by up to a minute.
        retry: how often and how long to ask again.
        workers: calls under way at once.
        rate: requests a second, or a Limiter that several engines of one account share; None: that of the key's mode.
        observer: is told of each request and answer, for a progress display.

    Raises:
        KeyProblem: where the key or client is none that can be used.

    >>> from datetime import UTC, datetime
    >>> from flarite_nl import Engine, Parser, Sandbox
    >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
    >>> parse = Parser(tz="UTC").parse("how many disputes did we lose last year", now=moment)
    >>> with Sandbox(now=moment) as sandbox:
    ...     outcome = Engine(wsgi=sandbox.wsgi, now=moment).run(parse)
    >>> outcome.mode, outcome.complete, outcome.results[0].groups[0].value
    ('sandbox', True, 1)
    >>> Engine(now=moment).now.isoformat()
    '2026-03-18T15:30:00+00:00'
    """

    def __init__(
        self,
        *,
        tz: str = "UTC",
        now: datetime | None = None,
        key: str | None = None,
        api_base: str | None = None,
        wsgi: Wsgi | None = None,
        account: str | None = None,
        grammar: Grammar | None = None,
        max_requests: int | None = MAX_REQUESTS,
        more: Callable[[str], bool] | None = None,
        max_targets: int | None = 1,
        max_amount: Limits | None = None,
        data: Path | None = None,
        role: Role | None = None,
        search: bool = True,
        retry: Retry | None = None,
        workers: int = 24,
        rate: float | Limiter | None = None,
        observer: Observer | None = None,
        client: Client | None = None,
    ) -> None:
        super().__init__(
            key, api_base=api_base, wsgi=wsgi, retry=retry, workers=workers, rate=rate, observer=observer,
            client=client, account=account, data=data,
        )  # fmt: skip
        self.tz, self._now = tz, now
        self._grammar = grammar
        self._max_requests, self._more = max_requests, more
        self._max_targets, self._max_amount = max_targets, max_amount or {}
        self._role = role
        self._options = Options(search=search)

    @property
    def now(self) -> datetime:
        """The moment at which the next prompt is planned, aware; the clock's where none was given."""
        return self._now or datetime.now(UTC)

    @now.setter
    def now(self, moment: datetime) -> None:
        self._now = moment

    def plan(self, parse: Parse, *, previous: Sequence[Result] = ()) -> Plan:
        """The exact calls for an understood prompt; asks nothing of Stripe and needs no key.

        Raises:
            PlanError: where the prompt is not understood, or Stripe cannot give what it asks.

        >>> from flarite_nl import Engine, Parser
        >>> Engine().plan(Parser().parse("list past due subscriptions")).describe()[1]
        '   call subscriptions.list(status=past_due): 1 request for every 100 objects'
        """
        held = {each.intent.resource: tuple(str(row["id"]) for row in each.found) for each in previous}
        return make_plan(parse, self._words(), now=self.now, tz=self.tz, options=self._options, previous=held)

    def run(
        self,
        what: Plan | Parse,
        *,
        confirm: Callable[[Confirmation], bool] | None = None,
        dry_run: bool = False,
        previous: Sequence[Result] = (),
        parse: Parse | None = None,
        nonce: str = "",
        again: Again = False,
        watch: Watch | None = None,
        told: Callable[[Sequence[int]], None] | None = None,
        caller: Caller | None = None,
    ) -> Outcome:
        """Carry out a plan, or plan and carry out a parse. Errors are part of the outcome, never raised.

        A write is done once: the same command again reports what was done, and writes nothing (ledger.py).

        Args:
            what: a parse, or a plan made of one (then ``parse`` may be given for the outcome).
            confirm: is shown what a write will do and says yes or no; without it no write is made.
            dry_run: resolve the targets of writes, say what would be asked (``Result.question``), and stop there.
            previous: the results of the turn before.
            nonce: names the occasion: the same command with another one is another command.
            again: carries out once more what was done before; a function is asked with a sentence.
            watch: is told of each step of a write (send.py).
            told: takes the ledger's runs that the outcome tells of, for a caller who hands the answer on first and
                tells the ledger then (``ledger.tell``); without it they count as told at once.
            caller: awaits this on an event loop (``arun``).

        >>> from datetime import UTC, datetime
        >>> from flarite_nl import Engine, Parser, Sandbox
        >>> parse = Parser().parse("delete customer cus_TokyoTaro00001")
        >>> with Sandbox(now=datetime(2026, 3, 18, tzinfo=UTC)) as sandbox:
        ...     engine = Engine(wsgi=sandbox.wsgi)
        ...     print(engine.run(parse).error.kind, engine.run(parse, confirm=lambda question: True).error)
        declined None
        """
        from flarite_nl.execution.runner import Runner
        from flarite_nl.execution.settings import allowed
        from flarite_nl.execution.write import Writing

        said = what if isinstance(what, Parse) else parse or Parse(what.prompt, "ok", _intents(what))
        runner: Runner | None = None
        wire: Gateway | None = None
        error: FlariteError | None = None
        try:
            plan = what if isinstance(what, Plan) else self.plan(what, previous=previous)
            writes = plan.writes and not dry_run
            above = allowed(plan, self._role) if writes else {}
            wire = self._fresh(caller)
            writing = Writing(
                confirm, dry_run, self._max_targets, self._max_amount, nonce, again, above, self._says(plan.tz), watch
            )  # fmt: skip
            runner = Runner(
                wire, writing, previous, self._account_row, self.account, self.ledger if writes else None,
                self._server(), told=told,
            )  # fmt: skip
            error = runner.run(plan)
        except FlariteError as problem:
            error = problem
        if runner is not None:
            unclear = error is not None and not dry_run and not isinstance(error, Declined)
            self._learn(runner.results, runner.account, unclear)
        results = tuple(runner.results) if runner is not None else ()
        return self._outcome(said, results, error, wire)

    async def arun(
        self,
        what: Plan | Parse,
        *,
        confirm: Callable[[Confirmation], bool | Awaitable[bool]] | None = None,
        **options: Unpack[RunOptions],
    ) -> Outcome:
        """``run``, awaited: each request is made on this event loop by stripe's ``*_async`` methods (bridge.py).

        That takes httpx (``flarite-nl[async]``); without it, and for ``wsgi``, requests are made in the run's thread.
        Any number run at once, a thread each. ``confirm`` may be a coroutine function. Connections are kept while any
        ``arun`` of this event loop is under way; ``async with engine:`` keeps them longer.

        Cancelling cuts off what is read, lets a write under way end and makes no other request; what was written
        stands in the ledger.

        >>> import asyncio
        >>> from datetime import UTC, datetime
        >>> from flarite_nl import Engine, Parser, Sandbox
        >>> with Sandbox(now=datetime(2026, 3, 18, tzinfo=UTC)) as sandbox:
        ...     asyncio.run(Engine(wsgi=sandbox.wsgi).arun(Parser().parse("show my balance"))).complete
        True
        """
        from flarite_nl.execution.bridge import awaited

        return await awaited(lambda caller: self.run(what, confirm=caller.asking(confirm), caller=caller, **options))

    def stream(self, what: Plan | Parse, *, previous: Sequence[Result] = ()) -> Iterator[Row]:
        """The objects that a prompt lists or gets, one by one as pages come; those of the last intent are not kept.

        Raises:
            PlanError: where the prompt is not understood, writes, or computes figures.
            FlariteError: while it is read, where something is missing: after all that was found.

        >>> from datetime import UTC, datetime
        >>> from flarite_nl import Engine, Parser, Sandbox
        >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
        >>> with Sandbox(now=moment) as sandbox:
        ...     rows = Engine(wsgi=sandbox.wsgi, now=moment).stream(Parser().parse("the 3 largest charges", now=moment))
        ...     print([row["object"] for row in rows])
        ['charge', 'charge', 'charge']
        """
        from flarite_nl.execution.runner import Runner

        plan = what if isinstance(what, Plan) else self.plan(what, previous=previous)
        if any(step.kind not in ("list", "get") for step in plan.steps):
            raise PlanError("Only objects that are listed or got come one by one; run() carries out all else.")
        return Runner(self._fresh(), previous=previous, account=self._account_row).stream(plan)

    def prepare(self, parse: Parse) -> tuple[Prepared | None, Outcome]:
        """Find out what a write would do, for someone else to approve; nothing is written.

        The outcome is that of a dry run; where it holds an error, nothing is prepared. What only reads is a PlanError.

        >>> from datetime import UTC, datetime
        >>> from flarite_nl import Engine, Parser, Sandbox
        >>> with Sandbox(now=datetime(2026, 3, 18, tzinfo=UTC)) as sandbox:
        ...     prepared, _ = Engine(wsgi=sandbox.wsgi).prepare(Parser().parse("delete customer cus_TokyoTaro00001"))
        >>> prepared.sentences, prepared.questions[0]["targets"]
        (('Delete the customer cus_TokyoTaro00001',), 1)
        """
        outcome = self.run(parse, dry_run=True)
        if outcome.error is not None:
            return None, outcome
        try:
            plan = self.plan(parse)
            if not plan.writes:
                raise PlanError("This only reads: there is nothing to approve.")
            account, name = self._identity()
        except FlariteError as problem:
            return None, replace(outcome, error=self._failure(problem, parse.text))
        questions = [each.question for each in outcome.results if each.question is not None]
        asked = tuple(json.loads(json.dumps(each.to_dict(), default=str)) for each in questions)
        waiting = tuple(
            step.name for step, result in zip(plan.steps, outcome.results, strict=True)
            if step.kind == "write" and not result.targets and result.problems
        )  # fmt: skip
        prepared = Prepared(
            plan, self.mode, account, name, self._server() or None, keys.redact(self.secret),
            moment_text(self.now) or "", asked, waiting, tuple(map(self._says(plan.tz), _intents(plan))),
        )  # fmt: skip
        return prepared, outcome

    def apply(
        self,
        prepared: Prepared,
        *,
        confirm: Callable[[Confirmation], bool] | None = None,
        dry_run: bool = False,
        again: Again = False,
        nonce: str = "",
    ) -> Outcome:
        """Carry out just what was prepared, or nothing: a changed target or another account is a Drift in the outcome.

        Args:
            prepared: read with ``Prepared.from_dict``, which refuses edits and other keys.
            confirm: as in ``run``; it is asked after the targets are found unchanged.
            dry_run: only find out whether it could be carried out as it was approved.
            again, nonce: as in ``run``.

        >>> from datetime import UTC, datetime
        >>> from flarite_nl import Engine, Parser, Sandbox
        >>> with Sandbox(now=datetime(2026, 3, 18, tzinfo=UTC)) as sandbox:
        ...     engine = Engine(wsgi=sandbox.wsgi)
        ...     prepared, _ = engine.prepare(Parser().parse("delete customer cus_TokyoTaro00001"))
        ...     print(engine.apply(prepared, dry_run=True).error)
        ...     print(engine.apply(prepared, confirm=lambda question: True).results[0].written[0]["deleted"])
        None
        True
        """

        from flarite_nl.execution.settings import allowed

        def unchanged(question: Confirmation) -> bool:
            if (what := prepared.drift(question)) is not None:
                raise Drift(what)
            return confirm(question) if confirm is not None else False

        said = Parse(prepared.plan.prompt, "ok", _intents(prepared.plan))
        try:
            self._made_here(prepared)
        except FlariteError as problem:
            return self._outcome(said, (), problem, None)
        if dry_run:
            outcome = self.run(prepared.plan, parse=said, dry_run=True)
            asked = [each.question for each in outcome.results if each.question is not None]
            changed = next(filter(None, map(prepared.drift, asked)), None)
            if changed:
                return replace(outcome, error=Failure(Drift.kind, changed))
            try:
                allowed(prepared.plan, self._role)
            except FlariteError as problem:
                return replace(outcome, error=outcome.error or self._failure(problem, said.text))
            return outcome
        return self.run(
            prepared.plan, confirm=unchanged if confirm is not None else None, parse=said, again=again, nonce=nonce
        )

    def _words(self) -> Grammar:
        self._grammar = self._grammar or lexicon().grammar
        return self._grammar

    def _says(self, tz: str) -> Callable[[Intent], str]:
        """What gives an intent's canonical sentence, its moments in the zone ``tz``."""
        return lambda intent: describe(intent, grammar=self._words(), tz=tz)

    def _outcome(
        self, said: Parse, results: tuple[Result, ...], error: FlariteError | None, wire: Gateway | None
    ) -> Outcome:
        gateway = wire or self._gateway
        return Outcome(
            said.text,
            gateway.mode if gateway else "sandbox" if self._way["wsgi"] else "test",
            self.account,
            said,
            results,
            requests=wire.requests if wire else 0,
            error=self._failure(error, said.text) if error is not None else None,
            request_ids=tuple(wire.request_ids) if wire else (),
        )

    def _fresh(self, caller: Caller | None = None) -> Gateway:
        """The account with a budget and counters for one prompt."""
        from flarite_nl.execution.budget import Budget

        budget = Budget(self._max_requests, self._more) if self._max_requests is not None else None
        return self._wire().fresh(budget, caller)

    def _learn(self, results: Sequence[Result], account: Any, unclear: bool) -> None:
        """Remember the account's name, and what was written, or (``unclear``) may have been: search is too late."""
        from flarite_nl.execution.runner import account_name

        if account is not None:
            self._account_row = account
            self._account = self._account or account_name(account)
        written = {each.intent.resource for each in results if each.kind == "write" and (each.written or unclear)}
        with self._lock:
            self._options = replace(self._options, written=self._options.written | changed(written))


def _intents(plan: Plan) -> tuple[Intent, ...]:
    return tuple(step.intent for step in plan.steps)
