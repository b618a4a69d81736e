"""A write prepared for someone else to approve: the plan, what it would change, and for which account."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flarite_nl.errors import DataError
from flarite_nl.model.change import PENDING, Confirmation
from flarite_nl.model.outcome import Mode
from flarite_nl.model.plan import Plan

FORM = "flarite-nl plan 1"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a plan file holds.

    Attributes:
        plan: the exact calls.
        mode: sandbox, test or live.
        account: Stripe's ID of it.
        name: the account's name.
        server: the root of the server; None is Stripe's own.
        key: the key as it may be shown (``sk_test_…wxyz``).
        made: the moment, ``YYYY-MM-DDTHH:MM:SSZ``.
        questions: what each write would ask (``Confirmation.to_dict``), with each target as it was read.
        waiting: the writes whose objects an earlier step is yet to make.
        sentences: what each request of the prompt was taken to mean.

    >>> import json
    >>> from datetime import UTC, datetime
    >>> from flarite_nl import Engine, Parser, Prepared, Sandbox
    >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
    >>> with Sandbox(now=moment) as sandbox:
    ...     engine = Engine(wsgi=sandbox.wsgi, now=moment)
    ...     prepared, _ = engine.prepare(Parser().parse("delete customer cus_TokyoTaro00001", now=moment))
    ...     file = json.dumps(prepared.to_dict(engine.secret))
    ...     again = Prepared.from_dict(json.loads(file), engine.secret, prepared.key)
    ...     engine.apply(again, confirm=lambda question: True).results[0].written[0]["deleted"]
    True
    """

    plan: Plan
    mode: Mode
    account: str | None
    name: str | None
    server: str | None
    key: str
    made: str
    questions: tuple[Mapping[str, Any], ...]
    waiting: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()

    def to_dict(self, secret: str) -> dict[str, Any]:
        """The file's JSON. ``hash`` shows an edit; ``seal`` also one that mends the hash, and another key.

        Args:
            secret: the key that the plan was made with (``Engine.secret``); the file does not hold it.

        >>> from datetime import UTC, datetime
        >>> from flarite_nl import Engine, Parser, Sandbox
        >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
        >>> with Sandbox(now=moment) as sandbox:
        ...     engine = Engine(wsgi=sandbox.wsgi, now=moment)
        ...     prepared, _ = engine.prepare(Parser().parse("delete customer cus_TokyoTaro00001", now=moment))
        >>> file = prepared.to_dict(engine.secret)
        >>> file["meant"], file["mode"], file["changes"][0]["targets"], "seal" in file
        (['Delete the customer cus_TokyoTaro00001'], 'sandbox', 1, True)
        """
        body = {
            "form": FORM,
            "prompt": self.plan.prompt,
            "meant": list(self.sentences),
            "made": self.made,
            "mode": self.mode,
            "account": self.account,
            "name": self.name,
            "server": self.server,
            "key": self.key,
            "changes": [dict(each) for each in self.questions],
            "waiting": list(self.waiting),
            "plan": self.plan.to_dict(),
        }
        return sealed(body, secret)

    @classmethod
    def from_dict(cls, raw: Any, secret: str, key: str) -> Prepared:
        """Read a plan file back.

        Args:
            raw: the file's JSON.
            secret: the key that is used now, which must be the one that the plan was made with.
            key: the same as it may be shown.

        Raises:
            DataError: one sentence, where it is no plan file, was edited, or was made with another key.
        """
        body = unsealed(raw, FORM, secret, key)
        plan = Plan.from_dict(body["plan"])
        return cls(
            plan, body["mode"], body["account"], body["name"], body["server"], body["key"], body["made"],
            tuple(body["changes"]), tuple(body["waiting"]), tuple(body["meant"]),
        )  # fmt: skip

    def drift(self, question: Confirmation) -> str | None:
        """What is no longer as it was when the plan was made, in one sentence; None where nothing is.

        Args:
            question: what a write would ask now (``Result.question`` of a dry run).

        >>> from datetime import UTC, datetime
        >>> from flarite_nl import Engine, Parser, Sandbox
        >>> moment = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
        >>> with Sandbox(now=moment) as sandbox:
        ...     engine = Engine(wsgi=sandbox.wsgi, now=moment)
        ...     prepared, outcome = engine.prepare(Parser().parse("delete customer cus_TokyoTaro00001", now=moment))
        ...     other = engine.run(Parser().parse("delete customer cus_JaneDoe0000001", now=moment), dry_run=True)
        >>> prepared.drift(outcome.results[0].question) is None
        True
        >>> prepared.drift(other.results[0].question)
        'cus_JaneDoe0000001 is not among the targets of the plan.'
        """
        now = json.loads(json.dumps(question.to_dict(), default=str))
        then = next((each for each in self.questions if each["step"] == question.step), None)
        if then is None:
            return None if question.name in self.waiting else f"{question.name} is not in the plan."
        before = {change["target"]: change for change in then["changes"]}
        for change in now["changes"]:
            target = change["target"]
            if target not in before:
                return f"{target} is not among the targets of the plan."
            what = _differs(before[target], change)
            if what:
                return f"{target or question.name} has changed since the plan was made: {what}."
        if not question.resumed and len(now["changes"]) != len(before):
            missing = [each for each in before if each not in {change["target"] for change in now["changes"]}]
            return f"{', '.join(map(str, missing))} can no longer be done."
        return None


def sealed(body: Mapping[str, Any], secret: str) -> dict[str, Any]:
    """A file's JSON with what shows an edit."""
    return {**body, "hash": _hash(body), "seal": _seal(body, secret)}


def unsealed(raw: Any, form: str, secret: str, key: str) -> dict[str, Any]:
    """The same without it, once it is found to be as it was made.

    Raises:
        DataError: one sentence, where it is of another form, was edited, or was made with another key.
    """
    if not isinstance(raw, Mapping) or raw.get("form") != form:
        raise DataError("This is no plan file of this version.")
    body = {name: value for name, value in raw.items() if name not in ("hash", "seal")}
    if _hash(body) != raw.get("hash"):
        raise DataError("This plan was edited after it was made: its hash does not fit.")
    if not hmac.compare_digest(_seal(body, secret), str(raw.get("seal"))):
        raise DataError(f"This plan was made with another key ({body.get('key')}, not {key}), or was edited.")
    return body


def _differs(then: Mapping[str, Any], now: Mapping[str, Any]) -> str | None:
    for name in ("calls", "amount", "customer"):
        if not _fits(then[name], now[name]):
            return f"{name} was {_short(then[name])} and is {_short(now[name])}"
    for name, value in (now["state"] or {}).items():
        if then["state"].get(name) != value:
            return f"{name} was {_short(then['state'].get(name))} and is {_short(value)}"
    return None


def _fits(then: Any, now: Any) -> bool:
    """Equal, but for IDs that were yet to be made when the plan was."""
    if isinstance(then, str) and then == PENDING:
        return True
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        return then.keys() == now.keys() and all(_fits(then[name], now[name]) for name in then)
    if isinstance(then, list) and isinstance(now, list):
        return len(then) == len(now) and all(map(_fits, then, now))
    return bool(then == now)


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _canonical(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def _hash(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical(body)).hexdigest()


def _seal(body: Mapping[str, Any], secret: str) -> str:
    return hmac.new(secret.encode(), _canonical(body), hashlib.sha256).hexdigest()
