"""What came back: ``Outcome`` with one ``Result`` an intent (FRAME.md, "What comes back")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from flarite_nl.model.currencies import shown
from flarite_nl.model.parse import Intent, Parse
from flarite_nl.model.values import plain

if TYPE_CHECKING:
    from flarite_nl.model.change import Confirmation

Mode = Literal["sandbox", "test", "live"]
Row = Mapping[str, Any]
"""A Stripe object as the API gave it: amounts in minor units, times in Unix seconds."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One group: ``value`` in major units where ``currency`` is set, an int for a count, else a plain decimal.

    ``key`` is what the objects of the group share, by the names of ``group_by``.

    >>> from datetime import UTC, datetime
    >>> from flarite_nl import Engine, Parser, Sandbox
    >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
    >>> with Sandbox(now=moment) as sandbox:
    ...     engine = Engine(wsgi=sandbox.wsgi, now=moment)
    ...     outcome = engine.run(Parser().parse("revenue in eur last month", now=moment))
    >>> outcome.results[0].groups[0].value, outcome.results[0].groups[0].to_dict()
    (Decimal('488.50'), {'key': {}, 'currency': 'eur', 'value': '488.50'})
    """

    key: Mapping[str, Any]
    currency: str | None
    value: int | Decimal

    def to_dict(self) -> dict[str, Any]:
        """The frame's form: money and other decimals as text, counts as numbers."""
        value: int | str
        if isinstance(self.value, int):
            value = self.value
        else:
            value = shown(self.value, self.currency) if self.currency else plain(self.value)
        return {"key": dict(self.key), "currency": self.currency, "value": value}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A target that was not written, and why in one sentence.

    >>> from datetime import UTC, datetime
    >>> from flarite_nl import Engine, Parser, Sandbox
    >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
    >>> with Sandbox(now=moment) as sandbox:
    ...     engine = Engine(wsgi=sandbox.wsgi, now=moment)
    ...     refund = Parser().parse("refund 5 eur of the last payment of cus_TokyoTaro00001", now=moment)
    ...     outcome = engine.run(refund, confirm=lambda question: True)
    >>> outcome.results[0].skipped[0].to_dict()
    {'id': 'ch_3rxwRaDl2pZkNbzUNVZwYRMm', 'why': 'ch_3rxwRaDl2pZkNbzUNVZwYRMm is in JPY, not in EUR.'}
    """

    id: str
    why: str

    def to_dict(self) -> dict[str, Any]:
        """The frame's form."""
        return {"id": self.id, "why": self.why}


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one intent: ``rows`` of a read, ``groups`` of an aggregate, the rest of a write.

    Attributes:
        intent: what was asked.
        rows: objects as Stripe gave them, amounts in minor units.
        groups: figures, in major units.
        targets: the IDs of what a write is about.
        objects: the same as they were read.
        written: what Stripe gave back for each target, or what was made.
        skipped: targets that were not written.
        dry_run: whether nothing was to be written.
        complete: whether nothing is missing.
        problems: what to know about the answer, one sentence each.
        columns: the resource's usual ones.
        kind: rows, groups or write.
        repeated: what stands in ``written`` was written by an earlier run of the same command, and nothing new.
        question: what a dry run would ask.

    >>> from datetime import UTC, datetime
    >>> from flarite_nl import Engine, Parser, Sandbox
    >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
    >>> with Sandbox(now=moment) as sandbox:
    ...     engine = Engine(wsgi=sandbox.wsgi, now=moment)
    ...     result = engine.run(Parser().parse("show customer cus_TokyoTaro00001", now=moment)).results[0]
    >>> result.name, result.kind, result.complete, [row["email"] for row in result.found]
    ('customers.get', 'rows', True, ['taro@yamada.example'])
    >>> sorted(result.to_dict())
    ['complete', 'name', 'rows']
    """

    intent: Intent
    rows: tuple[Row, ...] = ()
    groups: tuple[Figure, ...] = ()
    targets: tuple[str, ...] = ()
    objects: tuple[Row, ...] = ()
    written: tuple[Row, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    dry_run: bool = False
    complete: bool = True
    problems: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    kind: Literal["rows", "groups", "write"] = "rows"
    repeated: bool = False
    question: Confirmation | None = None

    @property
    def name(self) -> str:
        """``resource.action`` of its intent."""
        return self.intent.name

    @property
    def found(self) -> tuple[Row, ...]:
        """What a back reference to this result means: rows, the targets of a write, the object made."""
        if self.kind == "write":
            return self.objects or self.written
        return self.rows

    def to_dict(self) -> dict[str, Any]:
        """The frame's form: rows, groups or what was written, by ``kind``."""
        out: dict[str, Any] = {"name": self.name}
        if self.kind == "write":
            out["targets"] = list(self.targets)
            out["written"] = [dict(row) for row in self.written]
            out["skipped"] = [each.to_dict() for each in self.skipped]
            out["dry_run"] = self.dry_run
            if self.repeated:
                out["repeated"] = True
            if self.question is not None:
                out["would"] = self.question.to_dict()
        elif self.kind == "groups":
            out["groups"] = [each.to_dict() for each in self.groups]
        else:
            out["rows"] = [dict(row) for row in self.rows]
        if self.kind != "write" or not self.complete:
            out["complete"] = self.complete
        if self.problems:
            out["problems"] = list(self.problems)
        return out


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as a value: ``kind`` of the error tree and ``message``, one sentence.

    ``request_id`` is Stripe's, where a request led to it; ``span`` the words of the prompt that it is about.

    >>> from datetime import UTC, datetime
    >>> from flarite_nl import Engine, InvalidRequest, Parser, Sandbox
    >>> with Sandbox(now=datetime(2026, 3, 18, tzinfo=UTC)) as sandbox:
    ...     error = Engine(wsgi=sandbox.wsgi).run(Parser().parse("show charge ch_1")).error
    >>> error.kind == InvalidRequest.kind
    True
    >>> error.to_dict()
    {'kind': 'invalid_request', 'message': "No such charge: 'ch_1'", 'span': None, 'request_id': 'req_00000000000001'}
    """

    kind: str
    message: str
    request_id: str | None = None
    span: Mapping[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """The frame's form."""
        return {
            "kind": self.kind,
            "message": self.message,
            "span": dict(self.span) if self.span else None,
            "request_id": self.request_id,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that one prompt gave.

    Attributes:
        prompt: the prompt.
        mode: sandbox, test or live.
        account: the account's name, where it is known.
        parse: what the prompt was taken to mean.
        results: one for each intent that was carried out, in their order.
        requests: HTTP requests, repeated ones too.
        error: what ended the run; None where nothing did.
        request_ids: Stripe's, in the order of the requests; no part of the frame and of equality.

    >>> from datetime import UTC, datetime
    >>> from flarite_nl import Engine, Outcome, Parser, Sandbox
    >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
    >>> with Sandbox(now=moment) as sandbox:
    ...     outcome = Engine(wsgi=sandbox.wsgi, now=moment).run(Parser().parse("the largest charges", now=moment))
    >>> outcome.complete, outcome.error, outcome.requests
    (True, None, 4)
    >>> outcome.problems
    ('The amount is in several currencies (CAD, EUR, GBP, JPY, KWD, USD): sorted by number, not by worth.',)
    >>> Outcome.from_dict(outcome.to_dict()).to_dict() == outcome.to_dict()
    True
    """

    prompt: str
    mode: Mode
    account: str | None
    parse: Parse
    results: tuple[Result, ...] = ()
    requests: int = 0
    error: Failure | None = None
    request_ids: tuple[str, ...] = field(default=(), compare=False)

    def __repr__(self) -> str:
        """Short, and without the prompt and the rows: it is written to logs, of awaited tasks for one."""
        done = ", ".join(each.intent.name for each in self.results)
        ended = f", {self.error.kind}" if self.error is not None else ""
        return f"<Outcome {self.mode}: {done or 'nothing'}{ended}>"

    @property
    def complete(self) -> bool:
        """Nothing is missing: no error, and every result is whole."""
        return self.error is None and all(each.complete for each in self.results)

    @property
    def problems(self) -> tuple[str, ...]:
        """What to know about the answer, one sentence each, of all results."""
        return tuple(problem for each in self.results for problem in each.problems)

    def to_dict(self) -> dict[str, Any]:
        """The frame's form, which ``schema("outcome")`` describes."""
        out: dict[str, Any] = {
            "prompt": self.prompt,
            "mode": self.mode,
            "account": self.account,
            "parse": self.parse.to_dict(),
            "results": [each.to_dict() for each in self.results],
            "requests": self.requests,
            "complete": self.complete,
        }
        if self.problems:
            out["problems"] = list(self.problems)
        if self.error:
            out["error"] = self.error.to_dict()
        return out

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Outcome:
        """Read an outcome back; ``to_dict`` of it gives the same again.

        ``request_ids``, and ``objects`` and ``columns`` of the results, are not part of the frame.

        Raises:
            DataError: where it is no outcome of this version.
        """
        from flarite_nl.model.frames import outcome_of  # which imports this module

        return outcome_of(raw)
