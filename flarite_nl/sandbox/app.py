"""One API request from key to answer: authentication, parameters, idempotency, permission, rate limit, faults."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter, deque
from typing import Any

from flarite_nl.sandbox import forms, idempotency, routes
from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.faults import MESSAGES, Drip, Fault, Hang, Reset
from flarite_nl.sandbox.http import Answer, Request
from flarite_nl.sandbox.idempotency import Kept
from flarite_nl.sandbox.keys import Keyring, is_live
from flarite_nl.sandbox.params import check
from flarite_nl.sandbox.signatures import signature
from flarite_nl.sandbox.store import encode
from flarite_nl.sandbox.types import Obj
from flarite_nl.sandbox.world import World

LOGGED = 10_000
"""Requests that the log keeps; the counts go on."""

_VERSION = re.compile(r"\d{4}-\d\d-\d\d(\.[a-z_]+)?(; .*)?\Z")


class App:
    """The API of one sandbox. Requests are carried out one at a time; waiting happens outside the lock."""

    def __init__(self, world: World, keyring: Keyring, faults: list[Fault], latency: float, rate: float | None) -> None:
        self.world = world
        self.keyring = keyring
        self.faults = faults
        self.latency = latency
        self.rate = rate
        self.lock = threading.RLock()
        self.log: deque[Obj] = deque(maxlen=LOGGED)
        self.counts: Counter[str] = Counter()
        self.stopping = threading.Event()
        self._recent: deque[float] = deque()
        self._number = 0

    def handle(self, request: Request) -> Answer:
        """The answer to one request; raises ``Reset`` or ``Hang`` where a fault says that none comes."""
        with self.lock:
            self._number += 1
            request.id = f"req_{self.world.epoch:03x}{self._number:011x}"
            # Every rule counts every request; the first that strikes has its way.
            striking = [each for each in self.faults if each.strikes(request.method, request.path)]
            fault = striking[0] if striking else None
            limited = self._over_rate()
        if self.latency:
            self.stopping.wait(self.latency)
        entry: Obj = {"id": request.id, "method": request.method, "path": request.path, "params": request.form}
        entry |= {"idempotency_key": request.idempotency_key, "status": None, "fault": fault.kind if fault else None}
        self._note(entry)
        if limited:
            answer = self._failure(request, 429, {"Stripe-Rate-Limited-Reason": "global-rate"})
        elif fault is None:
            answer = self._answer(request)
        else:
            answer = self._spoilt(request, fault)
        entry["status"] = answer.status
        return answer

    def _note(self, entry: Obj) -> None:
        with self.lock:
            self.log.append(entry)
            found = routes.find(entry["method"], entry["path"])
            self.counts[found[0].operation if found else f"{entry['method']} {entry['path']}"] += 1

    def _over_rate(self) -> bool:
        if self.rate is None:
            return False
        now = time.monotonic()
        while self._recent and self._recent[0] <= now - 1:
            self._recent.popleft()
        if len(self._recent) >= self.rate:
            return True
        self._recent.append(now)
        return False

    def _answer(self, request: Request) -> Answer:
        with self.lock:
            db = self.world.store.db
            self.world.store.begin(write=request.method != "GET")
            try:
                if self.world.store.shared:
                    self.world.now = int(self.world.store.meta("now") or self.world.now)
                answer = self._carry_out(request)
            except BaseException:
                db.execute("ROLLBACK")
                self.world.store.writes += 1
                raise
            db.execute("COMMIT")
        return self._dressed(request, answer)

    def _carry_out(self, request: Request) -> Answer:
        try:
            self._admit(request)
            found = routes.find(request.method, request.path)
            if found is None:
                raise StripeError(
                    f"Unrecognized request URL ({request.method}: {request.path}). Please see https://stripe.com/docs "
                    "or we can help at https://support.stripe.com/.",
                    status=404,
                )
            route, ids = found
            self.keyring.allow(request.key, route.collection, request.method)
            raw = forms.decode(request.form)
            if request.idempotency_key is None:
                return self._run(request, route, ids, raw)
            return self._once(request, route, ids, raw, request.idempotency_key)
        except StripeError as error:
            return Answer.json(error.status, error.envelope(request.id))

    def _admit(self, request: Request) -> None:
        request.key = self.keyring.check(request.authorization)
        if not _VERSION.match(request.version):
            raise StripeError(f"Invalid Stripe API version: {request.version}")

    def _run(self, request: Request, route: routes.Route, ids: tuple[str, ...], raw: dict[str, Any]) -> Answer:
        params = check(raw, signature(route.operation))
        return self._execute(request, route, ids, params)

    def _execute(self, request: Request, route: routes.Route, ids: tuple[str, ...], params: dict[str, Any]) -> Answer:
        """Run the handler; an error takes back what it wrote, unless it says that this stays."""
        db = self.world.store.db
        db.execute("SAVEPOINT handler")
        try:
            result = route.handler(self.world, ids, params)
        except StripeError as error:
            if not error.keep:
                db.execute("ROLLBACK TO handler")
                self.world.store.writes += 1
            return Answer.json(error.status, error.envelope(request.id))
        finally:
            db.execute("RELEASE handler")
        return Answer(200, result if isinstance(result, str) else encode(result))

    def _once(
        self, request: Request, route: routes.Route, ids: tuple[str, ...], raw: dict[str, Any], key: str
    ) -> Answer:
        """Parameters that fail validation leave no trace under the key; whatever began to run does."""
        store, now = self.world.store, self.world.now
        # Live and test mode don't see each other's keys.
        scope = ("live\n" if is_live(request.key) else "test\n") + key if len(key) <= idempotency.LONGEST else key
        operation = f"{request.method} {request.path}"
        kept = idempotency.recall(store, scope, operation, raw, now)
        if kept is not None:
            headers = {"Idempotent-Replayed": "true", "Original-Request": kept.request_id, "Idempotency-Key": key}
            return Answer(kept.status, kept.body, headers)
        answer = self._run(request, route, ids, raw)
        idempotency.keep(store, scope, operation, raw, now, Kept(answer.status, answer.body, request.id))
        answer.headers = {"Idempotency-Key": key, "Original-Request": request.id}
        return answer

    def _dressed(self, request: Request, answer: Answer) -> Answer:
        if request.key and is_live(request.key):
            # A string value can't hold this: its quotes would be escaped.
            answer.body = answer.body.replace('"livemode":false', '"livemode":true')
        answer.headers |= {"Request-Id": request.id, "Stripe-Version": request.version}
        return answer

    def _failure(self, request: Request, status: int, headers: dict[str, str]) -> Answer:
        if status == 502:
            body = "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
            return Answer(502, body, {"Content-Type": "text/html", **headers})
        message, code, type = MESSAGES[status]
        error = StripeError(message, status=status, type=type, code=code)
        return self._dressed(request, Answer(status, encode(error.envelope(request.id)), headers))

    def _spoilt(self, request: Request, fault: Fault) -> Answer:
        done = self._answer(request) if fault.when == "after" or fault.kind in ("truncate", "badjson", "slow") else None
        if fault.kind == "reset":
            raise Reset("the connection was reset (a fault)")
        if fault.kind == "timeout":
            raise Hang(fault.seconds)
        if fault.kind == "drip":
            raise Drip(fault.seconds, body=fault.when == "after")
        if fault.kind == "slow":
            self.stopping.wait(fault.seconds)
        if fault.kind.isdigit():
            return self._status(request, fault, done)
        assert done is not None
        if fault.kind == "truncate":
            whole = done.body.encode()
            done.announced = len(whole)
            done.body = whole[: len(whole) // 2].decode("utf-8", "ignore")
        elif fault.kind == "badjson":
            done.body = "{" + done.body[: len(done.body) // 2]
        return done

    def _status(self, request: Request, fault: Fault, done: Answer | None) -> Answer:
        headers = {} if fault.retry is None else {"Stripe-Should-Retry": "true" if fault.retry else "false"}
        answer = self._failure(request, int(fault.kind), headers)
        if done is not None and fault.kind == "500" and request.idempotency_key is not None:
            # Stripe keeps a 500 under the idempotency key as it keeps any other answer (STRIPE.md 4).
            with self.lock:
                self.world.store.db.execute(
                    "UPDATE idempotency SET status = 500, body = ? WHERE request = ?", (answer.body, request.id)
                )
        return answer
