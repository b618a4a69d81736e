"""Processes that write and are killed: one interpreter loads everything once, and forks a child for each command.

A line of JSON on standard input says what the child does: ``url`` and ``data`` (the ledger's folder), ``intent``,
``kill`` (a step at which the child kills itself), ``after`` (seconds after which it is killed, counted from its start
or, with ``since``, from its ledger entry), ``times`` (how many children at once). A line on standard output says how
the children ended.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from flarite_nl.engine import Engine
from flarite_nl.execution import gateway
from flarite_nl.execution.retry import Retry
from flarite_nl.grammar.loader import load
from flarite_nl.model.change import Confirmation
from flarite_nl.model.ledger import Entry
from tests.conftest import NOW
from tests.engine.prompts import intent, parse

STEPS = ("confirmed", "recorded", "sending", "half", "sent", "answered", "done")
"""Before the ledger entry, after it, before the request, in its middle, before its answer, before that is recorded,
and after."""

GRAMMAR = load()
KEY = "sk_test_crashcrashcrash"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def carry_out(given: dict[str, Any], writing: int) -> dict[str, Any]:
    """What a child does: one write over HTTP. A blank on ``writing`` says that the ledger entry is there."""
    kill = given.get("kill")

    def confirm(question: Confirmation) -> bool:
        if kill == "confirmed":
            die()
        return True

    def watch(step: str, entry: Entry) -> None:
        if step == "recorded":
            os.write(writing, b" ")
        if kill == step:
            die()

    if kill == "sent":
        _die_before_the_answer()
    if kill == "half":
        _die_in_the_request()
    quick = Retry(attempts=3, first=3, base=0.001, longest=0.002)
    engine = Engine(
        now=NOW, key=KEY, api_base=given["url"], grammar=GRAMMAR, retry=quick, workers=1, rate=10_000.0,
        data=Path(given["data"]),
    )  # fmt: skip
    name, *rest = given["intent"]
    said = intent(name, *map(tuple, rest[0]), **rest[1])
    outcome = engine.run(parse(said), confirm=confirm, watch=watch)
    result = outcome.results[-1] if outcome.results else None
    return {
        "error": outcome.error.kind if outcome.error else None,
        "message": outcome.error.message if outcome.error else None,
        "written": [row["id"] for row in result.written] if result else [],
        "repeated": bool(result and result.repeated),
    }


def _die_before_the_answer() -> None:
    """The request is on its way, whole; nobody reads what comes back."""
    plain = http.client.HTTPConnection.getresponse

    def getresponse(self: http.client.HTTPConnection) -> http.client.HTTPResponse:
        if getattr(self, "_method", None) == "POST":
            die()
        return plain(self)

    http.client.HTTPConnection.getresponse = getresponse  # type: ignore[method-assign]


def _die_in_the_request() -> None:
    """The head of the request is sent, its body is not."""
    plain = http.client.HTTPConnection.endheaders

    def endheaders(self: http.client.HTTPConnection, *args: Any, **more: Any) -> None:
        plain(self)
        if getattr(self, "_method", None) == "POST":
            die()
        self.send(args[0]) if args and args[0] else None

    http.client.HTTPConnection.endheaders = endheaders  # type: ignore[method-assign]


def child(given: dict[str, Any]) -> tuple[int, int]:
    """Fork; the child's process ID, and where it writes what came of it."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    os.close(reading)
    try:
        os.write(writing, json.dumps(carry_out(given, writing)).encode())
    except BaseException as problem:
        os.write(writing, json.dumps({"crash": repr(problem)}).encode())
    os._exit(0)


def ended(pid: int, reading: int) -> dict[str, Any]:
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return {"killed": os.WTERMSIG(status)}
    answer: dict[str, Any] = json.loads(said)
    return answer


def main() -> None:
    assert gateway.VERSION  # loaded before the first fork
    for line in sys.stdin:
        given = json.loads(line)
        began = time.monotonic()
        children = [child(given) for _ in range(given.get("times", 1))]
        if given.get("after") is not None:
            if given.get("since"):
                os.read(children[0][1], 1)
            time.sleep(given["after"])
            os.kill(children[0][0], signal.SIGKILL)
        answers = [ended(*each) for each in children]
        print(json.dumps({"answers": answers, "seconds": time.monotonic() - began}), flush=True)


if __name__ == "__main__":
    main()
