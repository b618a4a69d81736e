"""``/_control``: what tests do to the sandbox itself. No key is asked for; the server listens on loopback only.

``GET  /_control/requests``  the log and the counts by operation; ``POST`` or ``DELETE`` empties both
``POST /_control/faults``    ``{"faults": "429:nth=2"}`` or a list of rules; replaces those in force
``POST /_control/latency``   ``{"seconds": 0.1}``
``POST /_control/rate_limit``  ``{"per_second": 25}`` or null
``POST /_control/keys``      ``{"revoke": "sk_test_…", "after": 3}``, ``{"restore": "sk_test_…"}``
``POST /_control/permissions``  ``{"permissions": {"rk_test_…": {"charges": "read"}}}``
``POST /_control/clock``     ``{"advance": 3600}`` or ``{"now": 1773847800}``, in seconds
``POST /_control/reset``     the data, clock and settings of the start
``GET  /_control/dump``      every object, one JSON a line, sent as it is read
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from flarite_nl.sandbox.faults import as_faults
from flarite_nl.sandbox.http import Answer, Request

if TYPE_CHECKING:
    from flarite_nl.sandbox.sandbox import Sandbox

PREFIX = "/_control/"


def handle(sandbox: Sandbox, request: Request) -> Answer:
    """Carry out one control request; 404 for an unknown one, 400 for a malformed one."""
    action = _ACTIONS.get(request.path.removeprefix(PREFIX))
    if action is None:
        return Answer.json(404, {"error": f"unknown control {request.path}", "known": sorted(_ACTIONS)})
    try:
        given = json.loads(request.form) if request.form.strip() else {}
        with sandbox.app.lock:
            answer = action(sandbox, request, given)
    except (ValueError, KeyError, TypeError) as error:
        return Answer.json(400, {"error": f"{type(error).__name__}: {error}"})
    return answer if isinstance(answer, Answer) else Answer.json(200, answer)


def _requests(sandbox: Sandbox, request: Request, given: Any) -> Any:
    app = sandbox.app
    answer = {"total": sum(app.counts.values()), "counts": dict(app.counts), "requests": list(app.log)}
    if request.method != "GET":
        app.log.clear()
        app.counts.clear()
    return answer


def _faults(sandbox: Sandbox, request: Request, given: Any) -> Any:
    if request.method == "POST":
        sandbox.app.faults = as_faults(given["faults"])
    return {"faults": [{"kind": fault.kind, "path": fault.path, "seen": fault.seen} for fault in sandbox.app.faults]}


def _latency(sandbox: Sandbox, request: Request, given: Any) -> Any:
    sandbox.app.latency = float(given["seconds"])
    return {"seconds": sandbox.app.latency}


def _rate_limit(sandbox: Sandbox, request: Request, given: Any) -> Any:
    sandbox.app.rate = None if given["per_second"] is None else float(given["per_second"])
    return {"per_second": sandbox.app.rate}


def _keys(sandbox: Sandbox, request: Request, given: Any) -> Any:
    revoked = sandbox.app.keyring.revoked
    if "revoke" in given:
        revoked[given["revoke"]] = int(given.get("after", 0))
    if "restore" in given:
        revoked.pop(given["restore"], None)
    return {"revoked": sorted(revoked)}


def _permissions(sandbox: Sandbox, request: Request, given: Any) -> Any:
    sandbox.app.keyring.permissions = {key: dict(held) for key, held in given["permissions"].items()}
    return {"permissions": given["permissions"]}


def _clock(sandbox: Sandbox, request: Request, given: Any) -> Any:
    if request.method == "POST":
        moment = int(given["now"]) if "now" in given else sandbox.world.now + int(given["advance"])
        sandbox.set_clock(moment)
    return {"now": sandbox.world.now}


def _reset(sandbox: Sandbox, request: Request, given: Any) -> Any:
    sandbox.reset()
    return {"now": sandbox.world.now}


def _dump(sandbox: Sandbox, request: Request, given: Any) -> Any:
    def lines() -> Iterator[str]:
        for text in sandbox.dump_text():
            yield text + "\n"

    return Answer(200, "", {"Content-Type": "application/x-ndjson"}, stream=lines())


_ACTIONS: dict[str, Callable[[Sandbox, Request, Any], Any]] = {
    "requests": _requests,
    "faults": _faults,
    "latency": _latency,
    "rate_limit": _rate_limit,
    "keys": _keys,
    "permissions": _permissions,
    "clock": _clock,
    "reset": _reset,
    "dump": _dump,
}
