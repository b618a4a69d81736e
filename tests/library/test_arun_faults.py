"""Whatever goes wrong, ``arun`` tells it just as ``run`` does."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from flarite_nl import Engine, Outcome, Parse
from flarite_nl.execution.retry import Retry
from flarite_nl.sandbox import Sandbox, Server, parse_faults
from tests.conftest import NOW
from tests.library.arun import BALANCE, CHARGES, KEY, QUICK, REFUND, engine_at, posts, told, yes
from tests.serving import sandbox, served, server

__all__ = ["sandbox", "served", "server"]

WAYS = ("run", "arun")
PASSING = ["429", "429:retry=true", "500", "502", "503", "409", "timeout", "reset", "truncate", "badjson", "slow"]
LASTING = ["429", "429:retry=false", "500", "502", "timeout", "reset", "truncate", "badjson"]


def carried_out(engine: Engine, what: Parse, by: str, **options: Any) -> Outcome:
    return engine.run(what, **options) if by == "run" else asyncio.run(engine.arun(what, **options))


def both(sandbox: Sandbox, faults: str, engine: Engine, what: Parse) -> tuple[Outcome, Outcome]:
    outcomes = []
    for by in WAYS:
        sandbox.app.faults = parse_faults(faults)
        outcomes.append(carried_out(engine, what, by))
    sandbox.app.faults = []
    return outcomes[0], outcomes[1]


@pytest.fixture(autouse=True)
def _healed(sandbox: Sandbox) -> Iterator[None]:
    yield
    sandbox.app.faults = []


def rule(fault: str, nth: int, count: int) -> str:
    kind, _, rest = fault.partition(":")
    return f"{kind}:path=/v1/charges,nth={nth},count={count},seconds=0.01{',' + rest if rest else ''}"


@pytest.mark.parametrize("fault", PASSING)
def test_a_passing_fault_is_repeated(fault: str, server: Server, sandbox: Sandbox) -> None:
    by_run, by_arun = both(sandbox, rule(fault, 2, 1), engine_at(server, workers=1), CHARGES)
    assert by_arun.complete
    assert by_arun.error is None
    assert by_arun.requests == 4 + (fault != "slow")
    assert told(by_arun) == told(by_run)


@pytest.mark.parametrize("nth", [1, 3])
@pytest.mark.parametrize("fault", LASTING)
def test_a_lasting_fault_is_told_alike(fault: str, nth: int, server: Server, sandbox: Sandbox) -> None:
    by_run, by_arun = both(sandbox, rule(fault, nth, 0), engine_at(server, workers=1), CHARGES)
    assert by_arun.error is not None
    assert by_arun.error.kind == ("rate_limited" if fault.startswith("429") else "unreachable")
    assert told(by_arun) == told(by_run)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_server_that_drips_for_ever(when: str, server: Server, sandbox: Sandbox) -> None:
    drips = f"drip:path=/v1/balance,count=0,when={when},seconds=3600"
    quick = Retry(attempts=1, first=1, base=0.001, longest=0.002, budget=0.3)
    by_run, by_arun = both(sandbox, drips, engine_at(server, retry=quick), BALANCE)
    assert by_arun.error is not None
    assert "too long" in by_arun.error.message
    assert told(by_arun) == told(by_run)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://127.0.0.1:{free}", "nothing listens there"),
        ("http://localhost:{free}", "nothing listens there"),
        ("https://127.0.0.1:{served}", "certificate could not be verified"),
        ("http://nowhere.invalid", "address could not be found"),
        ("http://127.0.0.1:{served}/elsewhere", "Unrecognized request URL"),
    ],
)
def test_an_address_that_does_not_answer(address: str, said: str, server: Server) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    at = address.format(free=number, served=server.port)
    engine = Engine(key=KEY, api_base=at, now=NOW, retry=QUICK, rate=1e4)
    by_run, by_arun = (carried_out(engine, BALANCE, by) for by in WAYS)
    assert by_arun.error is not None
    assert said in by_arun.error.message
    assert told(by_arun) == told(by_run)


def test_a_redirect_is_followed(server: Server, sandbox: Sandbox) -> None:
    """From plain HTTP to HTTPS, say."""

    def elsewhere(environ: dict[str, Any], start: Any) -> list[bytes]:
        start("308 Permanent Redirect", [("Location", server.url + environ["PATH_INFO"]), ("Content-Length", "0")])
        return []

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        redirecting = make_server(
            "127.0.0.1", listener.getsockname()[1], elsewhere, threaded=True, fd=listener.fileno()
        )
        thread = threading.Thread(target=redirecting.serve_forever, args=(0.05,))
        thread.start()
        try:
            at = f"http://127.0.0.1:{redirecting.port}"
            engine = Engine(key=KEY, api_base=at, now=NOW, retry=QUICK, rate=1e4)
            by_run, by_arun = (carried_out(engine, BALANCE, by) for by in WAYS)
        finally:
            redirecting.shutdown()
            thread.join()
            redirecting.server_close()
    assert told(by_arun) == told(by_run)
    # Another port is another server: neither way tells it the key.
    assert by_arun.error is not None
    assert by_arun.error.kind == "authentication"


@pytest.mark.parametrize("key", ["sk_test_wrong\u2026", "sk_test_sp ace", "sk_" + "live_nobody"])
def test_a_key_that_is_none(key: str, server: Server, sandbox: Sandbox) -> None:
    sandbox.app.keyring.revoked[key] = 0
    try:
        by_run, by_arun = (carried_out(engine_at(server, key=key), BALANCE, by) for by in WAYS)
    finally:
        sandbox.app.keyring.revoked.clear()
    assert by_arun.error is not None
    assert key not in by_arun.error.message
    assert told(by_arun) == told(by_run)


@pytest.mark.parametrize("count", [1, 0])
@pytest.mark.parametrize("fault", ["reset", "timeout", "500", "502", "truncate", "badjson"])
def test_a_refund_whose_answer_is_lost_is_made_once(
    fault: str, count: int, server: Server, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Repeated under the same key; where no answer ever comes, Stripe's charge shows that it was refunded."""
    how = "" if fault in ("truncate", "badjson") else ",when=after"
    outcomes = []
    for by in WAYS:
        sandbox.reset()
        before = {each["id"] for each in sandbox.dump() if each["object"] == "refund"}
        sandbox.app.faults = parse_faults(f"{fault}:method=POST,count={count},seconds=0.02{how}")
        engine = engine_at(server, data=tmp_path / by)
        outcomes.append(carried_out(engine, REFUND, by, confirm=yes))
        (new,) = {each["id"] for each in sandbox.dump() if each["object"] == "refund"} - before
        assert [row["id"] for row in outcomes[-1].results[0].written] == [new]
        assert len({each["idempotency_key"] for each in posts(sandbox)}) == 1
        assert len(posts(sandbox)) > 1
        (run,) = engine.ledger.history()
        assert [each.state for each in run.entries] == ["done"]
    by_run, by_arun = map(told, outcomes)
    assert by_arun == by_run
