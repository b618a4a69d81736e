"""``arun`` over HTTP: stripe's async methods, side by side, cut off where that is right, nothing left behind."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from flarite_nl import Confirmation, Engine, Parse, Parser
from flarite_nl.execution import transport
from flarite_nl.execution.bridge import Bridge, awaited
from flarite_nl.execution.gateway import has_call
from flarite_nl.execution.retry import Retry
from flarite_nl.execution.transport import TIMEOUTS, InProcess, OverHttp
from flarite_nl.execution.wire import Stopped
from flarite_nl.grammar.check import COMPUTED
from flarite_nl.grammar.loader import load
from flarite_nl.sandbox import Sandbox, Server, serve
from flarite_nl.sandbox.http import Request
from tests.conftest import NOW
from tests.engine.prompts import intent, parse
from tests.library.arun import BALANCE, CHARGES, KEY, QUICK, REFUND, Gate, engine_at, posts, told, turns, yes
from tests.serving import sandbox, served, server

__all__ = ["sandbox", "served", "server"]

PROMPTS = (
    "list past due subscriptions",
    "how many charges by card brand",
    "payments over $50 last month",
    "show customer cus_ABC123 and their last 5 payments",
    "customers without a subscription",
    'customers named "o"',
    "customers at example.com",
    "what's my balance",
    "what is our mrr",
    "show charge ch_nothing",
    "refund charge ch_nothing",
    "list frobnicated invoices",
)


@pytest.fixture
def only_async(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Requests in a thread fail; those that are awaited are listed."""
    asked: list[str] = []
    once = OverHttp.request_async

    def refused(*_: Any) -> Any:
        raise AssertionError("a request was made in a thread")

    async def request_async(self: OverHttp, method: str, url: str, headers: Any, post_data: Any = None) -> Any:
        asyncio.get_running_loop()
        asked.append(f"{method} {url}")
        return await once(self, method, url, headers, post_data)

    monkeypatch.setattr(OverHttp, "request", refused)
    monkeypatch.setattr(OverHttp, "request_async", request_async)
    return asked


@pytest.fixture(scope="module")
def long_list() -> Iterator[Server]:
    with Sandbox(now=NOW, size=1500) as made, serve(made) as running:
        yield running


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """No thread, and no connection whose end would be warned of."""
    before = {*threading.enumerate()}
    yield
    gc.collect()
    mine = [each for each in threading.enumerate() if each not in before and "flarite" in each.name]
    for each in mine:  # a thread has given its result a moment before it ends
        each.join(10)
    assert not [each.name for each in mine if each.is_alive()]


def _of_a_window(request: Request) -> bool:
    return "gte" in request.form


def joined() -> None:
    """Wait for the threads of runs to end."""
    for thread in threading.enumerate():
        if thread.name.startswith("flarite-nl"):
            thread.join(60)


def open_in(engine: Engine) -> int:
    """Event loops that the engine keeps connections for."""
    shared = engine._wire().http.shared
    assert shared is not None
    return len(shared._by_loop)


# What is called


def test_every_call_has_an_async_twin() -> None:
    operations = [each for resource in load().resources.values() for each in resource.operations.values()]
    calls = {each.call for each in operations if each.call != COMPUTED}
    assert len(calls) > 40
    calls |= {"subscription_items.list", "invoices.line_items.list", "accounts.retrieve_current", "events.list"}
    assert [call for call in calls if not has_call(f"{call}_async")] == []


def test_it_gives_what_run_gives_by_async_methods_alone(server: Server, request: pytest.FixtureRequest) -> None:
    by_run, engine = (engine_at(server, account="Northwind") for _ in range(2))  # else the name is learned underway
    parses = list(Parser(tz="UTC").parse_many(PROMPTS, now=NOW))
    alone = [told(by_run.run(each)) for each in parses]
    asked: list[str] = request.getfixturevalue("only_async")

    async def all_at_once() -> list[dict[str, Any]]:
        return [told(each) for each in await asyncio.gather(*(engine.arun(each) for each in parses))]

    assert asyncio.run(all_at_once()) == alone
    assert {each["parse"]["status"] for each in alone} == {"ok", "rejected"}
    assert len(asked) == sum(each["requests"] for each in alone) > len(PROMPTS)
    assert open_in(engine) == 0


def test_stripes_own_method_is_awaited(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The method by its name, not only its HTTP client."""
    engine = engine_at(server)
    service = type(engine._wire()._client.v1.charges)
    asked: list[Any] = []
    once = service.list_async

    async def list_async(self: Any, params: Any, options: Any) -> Any:
        asked.append(params)
        return await once(self, params, options)

    monkeypatch.setattr(service, "list_async", list_async)
    monkeypatch.delattr(service, "list")
    outcome = asyncio.run(engine.arun(parse(intent("charges.list", sort="created desc", limit=3))))
    assert outcome.complete
    assert asked == [{"limit": 3}]


def test_windows_are_read_side_by_side_on_the_loop(long_list: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = engine_at(long_list, key="sk_" + "live_51HxYzAbCdEfGhIjKlMnOpQrWxYz")
    alone = engine.run(CHARGES)
    gate = Gate(long_list.sandbox, _of_a_window)
    monkeypatch.setattr(long_list.sandbox.app, "handle", gate.handle)

    async def read() -> Any:
        task = asyncio.create_task(engine.arun(CHARGES))
        await gate.wait(4)  # as many as there are workers, while this loop is free
        gate.open()
        return await task

    outcome = asyncio.run(read())
    assert outcome.complete
    assert outcome.results[0].rows == alone.results[0].rows
    assert len(outcome.results[0].rows) >= 1500


def test_a_hundred_run_at_once(server: Server, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = engine_at(server)
    gate = Gate(sandbox)
    monkeypatch.setattr(sandbox.app, "handle", gate.handle)

    async def all_at_once() -> list[Any]:
        tasks = [asyncio.create_task(engine.arun(BALANCE)) for _ in range(100)]
        await gate.wait(100)
        gate.open()
        return await asyncio.gather(*tasks)

    outcomes = asyncio.run(all_at_once())
    assert gate.most == 100
    assert all(each.complete and each.requests == 1 for each in outcomes)


def test_the_requests_see_the_context_of_whoever_awaits(long_list: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    who: ContextVar[str] = ContextVar("who", default="nobody")
    seen: set[str] = set()
    once = OverHttp.request_async

    async def request_async(self: OverHttp, *given: Any) -> Any:
        seen.add(who.get())
        return await once(self, *given)

    monkeypatch.setattr(OverHttp, "request_async", request_async)

    async def asked() -> Any:
        who.set("somebody")
        return await engine_at(long_list).arun(CHARGES)

    assert asyncio.run(asked()).requests > 15
    assert seen == {"somebody"}


# Writes


def test_a_write_stands_in_the_ledger_under_its_key(server: Server, sandbox: Sandbox, only_async: list[str]) -> None:
    engine = engine_at(server)
    outcome = asyncio.run(engine.arun(REFUND, confirm=yes))
    assert outcome.error is None
    (written,) = outcome.results[0].written
    (post,) = posts(sandbox)
    (run,) = engine.ledger.history()
    (entry,) = run.entries
    assert (entry.state, entry.object) == ("done", written["id"])
    assert post["idempotency_key"] == entry.key
    assert entry.request_id == post["id"]

    again = asyncio.run(engine.arun(REFUND, confirm=yes))
    assert again.results[0].repeated
    assert len(posts(sandbox)) == 1
    assert not only_async[-1].startswith("post")


@pytest.mark.parametrize("answer", [True, False])
def test_a_coroutine_function_confirms_over_http(server: Server, sandbox: Sandbox, answer: bool) -> None:
    asked: list[Confirmation] = []

    async def confirm(question: Confirmation) -> bool:
        await asyncio.sleep(0)
        asked.append(question)
        return answer

    outcome = asyncio.run(engine_at(server).arun(REFUND, confirm=confirm))
    assert [each.name for each in asked] == ["charges.refund"]
    assert len(posts(sandbox)) == answer
    assert (outcome.error.kind if outcome.error else None) == (None if answer else "declined")


def test_what_confirm_raises_is_raised(server: Server, sandbox: Sandbox) -> None:
    async def confirm(_: Confirmation) -> bool:
        raise LookupError("nobody to ask")

    with pytest.raises(LookupError, match="nobody to ask"):
        asyncio.run(engine_at(server).arun(REFUND, confirm=confirm))
    assert posts(sandbox) == []


# Cancelling


@pytest.mark.parametrize("workers", [1, 4])
def test_what_is_read_is_cut_off_at_once(long_list: Server, monkeypatch: pytest.MonkeyPatch, workers: int) -> None:
    """The server has not answered by the time that the task has ended."""
    engine = engine_at(long_list, workers=workers, key="sk_" + "live_51HxYzAbCdEfGhIjKlMnOpQrWxYz")
    gate = Gate(long_list.sandbox, lambda request: workers == 1 or _of_a_window(request))
    monkeypatch.setattr(long_list.sandbox.app, "handle", gate.handle)
    cut: list[str] = []
    once = OverHttp.request_async

    async def request_async(self: OverHttp, method: str, url: str, headers: Any, post_data: Any = None) -> Any:
        try:
            return await once(self, method, url, headers, post_data)
        except asyncio.CancelledError:
            await asyncio.to_thread(joined)  # to hang up takes longer than the run's thread, and is waited for
            await turns()
            cut.append(url)
            raise

    monkeypatch.setattr(OverHttp, "request_async", request_async)

    async def cancelled() -> None:
        task = asyncio.create_task(engine.arun(CHARGES))
        await gate.wait(workers)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert len(cut) == workers
        assert gate.waiting == workers
        assert [each for each in asyncio.all_tasks() if each is not asyncio.current_task()] == []
        gate.open()

    asyncio.run(cancelled())
    assert gate.most == workers
    assert open_in(engine) == 0


def test_a_write_under_way_is_let_end(server: Server, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = engine_at(server)
    gate = Gate(sandbox, lambda request: request.method == "POST")
    monkeypatch.setattr(sandbox.app, "handle", gate.handle)

    async def cancelled() -> None:
        task = asyncio.create_task(engine.arun(REFUND, confirm=yes))
        await gate.wait(1)
        task.cancel()
        await turns()
        assert not task.done()
        gate.open()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    (post,) = posts(sandbox)
    assert sandbox.app.log[-1] is post  # nothing was asked after it
    (run,) = engine.ledger.history()
    assert [each.state for each in run.entries] == ["done"]
    again = engine.run(REFUND, confirm=yes)
    assert again.results[0].repeated
    assert len(posts(sandbox)) == 1


def test_a_write_that_the_end_of_the_loop_cuts_off_is_found_out_later(
    server: Server, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``asyncio.run`` cancels every task there is, that of the request too."""
    engine = engine_at(server)
    gate = Gate(sandbox, lambda request: request.method == "POST")
    monkeypatch.setattr(sandbox.app, "handle", gate.handle)
    before = sum(each["object"] == "refund" for each in sandbox.dump())
    kept: list[Any] = []

    async def left_alone() -> None:
        kept.append(asyncio.create_task(engine.arun(REFUND, confirm=yes)))
        await gate.wait(1)

    asyncio.run(left_alone())
    (run,) = engine.ledger.history()
    assert [(each.state, each.problem) for each in run.entries] == [
        ("sent", "The event loop ended before the answer came.")
    ]
    gate.open()
    again = engine.run(REFUND, confirm=yes)
    assert again.error is None
    assert sum(each["object"] == "refund" for each in sandbox.dump()) == before + 1


def test_a_pause_before_a_repeat_is_cut_off(server: Server, sandbox: Sandbox) -> None:
    engine = engine_at(server, retry=Retry(attempts=4, first=4, base=1e4, longest=1e4, budget=1e6))
    sandbox.app.faults.clear()
    sandbox.app.rate = 0.0

    async def cancelled() -> None:
        task = asyncio.create_task(engine.arun(BALANCE))
        while not sandbox.app.log or sandbox.app.log[-1]["status"] != 429:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    try:
        asyncio.run(cancelled())
    finally:
        sandbox.app.rate = None
    assert len(sandbox.app.log) == 1


def test_whoever_waits_for_the_pace_is_let_go(server: Server, sandbox: Sandbox) -> None:
    engine = engine_at(server, rate=1e-4)

    async def cancelled() -> None:
        assert (await engine.arun(BALANCE)).complete
        task = asyncio.create_task(engine.arun(BALANCE))
        await turns()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert len(sandbox.app.log) == 1


@pytest.mark.parametrize("cut", [True, False])
def test_nothing_is_begun_for_a_caller_who_went_away(cut: bool) -> None:
    begun, gone = threading.Event(), threading.Event()
    done: list[str] = []

    async def work() -> None:
        done.append("work")

    def run(bridge: Bridge) -> None:
        begun.set()
        gone.wait(60)
        with pytest.raises(Stopped):
            bridge.on_loop(work, cut=cut)
        done.append("stopped")

    async def cancelled() -> None:
        task = asyncio.create_task(awaited(run))
        await asyncio.to_thread(begun.wait, 60)
        task.cancel()
        await turns()
        gone.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert done == ["stopped"]


def test_a_loop_that_is_closed_under_a_run_does_not_hold_its_thread() -> None:
    """No request is begun on it, and whoever waits on it is told."""
    loop = asyncio.new_event_loop()
    begun, closed = threading.Event(), threading.Event()
    told: list[BaseException] = []

    def run(bridge: Bridge) -> None:
        begun.set()
        closed.wait(60)
        for cut in (True, False):
            try:
                bridge.on_loop(lambda: asyncio.sleep(0), cut=cut)
            except Stopped as problem:
                told.append(problem)

    async def start() -> None:
        task = asyncio.ensure_future(awaited(run))
        await asyncio.to_thread(begun.wait, 60)
        task.cancel()
        for _ in range(3):  # three times: who cancels again and again is not held
            await asyncio.sleep(0)
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    loop.run_until_complete(start())
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    closed.set()
    joined()
    assert len(told) == 2


# Loops and connections


def test_event_loops_come_and_go(server: Server) -> None:
    engine = engine_at(server)
    outcomes = [asyncio.run(engine.arun(BALANCE)) for _ in range(3)]
    assert all(each.complete for each in outcomes)
    assert open_in(engine) == 0


def test_two_loops_at_once_have_connections_of_their_own(
    server: Server, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = engine_at(server)
    gate = Gate(sandbox)
    monkeypatch.setattr(sandbox.app, "handle", gate.handle)
    outcomes: list[Any] = []
    threads = [
        threading.Thread(target=lambda: outcomes.append(asyncio.run(engine.arun(BALANCE))), daemon=True)
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    asyncio.run(gate.wait(2))
    assert open_in(engine) == 2
    gate.open()
    for thread in threads:
        thread.join(60)
    assert [each.complete for each in outcomes] == [True, True]
    assert open_in(engine) == 0


def test_connections_are_kept_in_a_block(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[httpx.AsyncClient] = []
    once = httpx.AsyncClient.__init__

    def init(self: httpx.AsyncClient, **options: Any) -> None:
        made.append(self)
        once(self, **options)

    monkeypatch.setattr(httpx.AsyncClient, "__init__", init)

    async def twice(engine: Engine) -> None:
        for _ in range(2):
            assert (await engine.arun(BALANCE)).complete

    async def kept() -> None:
        async with engine_at(server) as engine:
            await twice(engine)
            assert open_in(engine) == 1
        assert open_in(engine) == 0

    asyncio.run(kept())
    assert len(made) == 1
    assert made[0].timeout == httpx.Timeout(TIMEOUTS[1], connect=TIMEOUTS[0], pool=None)
    asyncio.run(twice(engine_at(server)))
    assert len(made) == 3
    assert all(each.is_closed for each in made)


# Other ways


def test_without_httpx_the_requests_are_made_in_the_thread(
    server: Server, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "installed", lambda: False)
    engine = engine_at(server)
    gate = Gate(sandbox, lambda request: request.method == "GET")
    monkeypatch.setattr(sandbox.app, "handle", gate.handle)

    async def cancelled() -> Any:
        async with engine:
            tasks = [asyncio.create_task(engine.arun(BALANCE)) for _ in range(20)]
            await gate.wait(20)
            gate.open()
            return await asyncio.gather(*tasks)

    assert all(each.complete for each in asyncio.run(cancelled()))
    assert asyncio.run(engine.arun(REFUND, confirm=yes)).results[0].written


def test_httpx_need_not_be_installed() -> None:
    """Not for this package: spaCy's own command line may want it, so no prompt is parsed here."""
    code = (
        "import sys, asyncio; sys.modules['httpx'] = None\n"
        "from flarite_nl import Engine, Intent, Parse, Sandbox\nfrom flarite_nl.sandbox import serve\n"
        "from datetime import UTC, datetime\n"
        "with Sandbox(now=datetime(2026, 3, 18, tzinfo=UTC)) as sandbox, serve(sandbox) as server:\n"
        "    engine = Engine(key='sk_' + 'test_x', api_base=server.url)\n"
        "    balance = Parse('show my balance', 'ok', (Intent('balance', 'get'),))\n"
        "    print(asyncio.run(engine.arun(balance)).complete)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100)
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_an_application_in_this_process_is_called_in_the_thread(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []
    once = InProcess.request

    def request(self: InProcess, *given: Any) -> Any:
        called.append(threading.current_thread().name)
        return once(self, *given)

    monkeypatch.setattr(InProcess, "request", request)
    engine = Engine(wsgi=sandbox.wsgi, now=NOW)

    async def asked() -> Any:
        async with engine:
            return await engine.arun(BALANCE)

    assert asyncio.run(asked()).complete
    assert all(name.startswith("flarite-nl") for name in called)
    assert len(called) == 1


class Counting(stripe.HTTPXClient):
    """An embedder's own HTTP client, whose async methods are counted."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.awaited = self.plain = 0

    async def request_async(self, *given: Any, **named: Any) -> Any:
        self.awaited += 1
        return await super().request_async(*given, **named)

    def request(self, *given: Any, **named: Any) -> Any:
        self.plain += 1
        return super().request(*given, **named)


def handed(server: Server, http: Any) -> Engine:
    client = stripe.StripeClient(KEY, base_addresses={"api": server.url}, http_client=http)
    return Engine(client=client, now=NOW, retry=QUICK, rate=1e4)


@pytest.mark.filterwarnings("ignore:Use 'content=<...>':DeprecationWarning")  # stripe's HTTPXClient with httpx 0.28
def test_a_client_that_is_handed_over_is_awaited(server: Server, sandbox: Sandbox) -> None:
    async def asked() -> None:
        http = Counting()
        engine = handed(server, http)
        async with engine:
            assert (await engine.arun(BALANCE)).complete
            assert (await engine.arun(REFUND, confirm=yes)).results[0].written
        assert http.awaited > 2
        assert http.plain == 0
        refused = await asyncio.to_thread(engine.run, BALANCE)
        assert refused.error is not None
        assert "can only be awaited" in refused.error.message
        assert (await engine.arun(BALANCE)).complete  # it was not closed: that is for whoever handed it over
        await http.close_async()  # type: ignore[no-untyped-call]

    asyncio.run(asked())
    assert len(posts(sandbox)) == 1


def test_a_clients_fallback_is_awaited_and_its_plain_methods_on_another_loop(server: Server) -> None:
    """Its connections belong to the first loop."""
    fallback = Counting()
    engine = handed(server, stripe.RequestsClient(async_fallback_client=fallback))

    async def asked() -> None:
        assert (await engine.arun(BALANCE)).complete
        await fallback.close_async()  # type: ignore[no-untyped-call]

    asyncio.run(asked())
    assert fallback.awaited == 1
    assert asyncio.run(engine.arun(BALANCE)).complete
    assert engine.run(BALANCE).complete
    assert fallback.awaited == 1


def test_a_client_without_async_methods_is_asked_in_the_thread(server: Server) -> None:
    class Plain(stripe.RequestsClient):
        asked = 0

        def request(self, *given: Any) -> Any:  # type: ignore[override]
            self.asked += 1
            return super().request(*given)

    http = Plain()
    assert asyncio.run(handed(server, http).arun(BALANCE)).complete
    assert http.asked == 1


@pytest.mark.parametrize("by", ["run", "arun"])
def test_the_proxy_of_the_environment_is_used(
    server: Server, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    """The sandbox plays the proxy: the name of the server it is asked for stands nowhere else."""
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, server.url)
    for name in ("no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    engine = Engine(key=KEY, api_base="http://stripe.invalid", now=NOW, retry=QUICK)
    assert carried_out(engine, BALANCE, by).complete
    assert [each["path"] for each in sandbox.app.log] == ["/v1/balance"]


def carried_out(engine: Engine, what: Parse, by: str) -> Any:
    return engine.run(what) if by == "run" else asyncio.run(engine.arun(what))


def test_the_certificates_are_those_that_stripe_trusts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One setting for both ways: ``stripe.ca_bundle_path``."""
    monkeypatch.setattr(stripe, "ca_bundle_path", str(tmp_path / "none.pem"))
    engine = Engine(key=KEY, api_base="https://127.0.0.1:9", now=NOW, retry=QUICK)
    for by in ("run", "arun"):
        error = carried_out(engine, BALANCE, by).error
        assert error is not None
        assert error.kind == "unreachable"
        assert "\n" not in error.message
