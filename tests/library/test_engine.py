"""An engine in someone else's program: a client handed over, rows that stream, threads, coroutines, no traces."""

from __future__ import annotations

import asyncio
import logging
import pickle
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import stripe

from flarite_nl import Confirmation, Engine, KeyProblem, Parse, Parser, PlanError, Row, Sandbox, Unreachable
from flarite_nl.execution.retry import Retry
from flarite_nl.sandbox import Server, serve
from tests.conftest import NOW

KEY = "sk_" + "test_51HxYzAbCdEfGhIjKlMnOpQrWxYz"
LAST = "Refund the last payment from customer cus_ABC123"


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(tz="UTC")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(now=NOW) as made:
        yield made


@pytest.fixture
def server() -> Iterator[Server]:
    with serve(Sandbox(now=NOW)) as made:
        yield made


def yes(_: Confirmation) -> bool:
    return True


@pytest.fixture
def reads(parser: Parser) -> Callable[[str], Parse]:
    return lambda text: parser.parse(text, NOW)


class Seen(stripe.RequestsClient):
    """An HTTP client of the embedder's own."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, str, dict[str, str]]] = []

    def request(self, method: str, url: str, headers: Any, post_data: Any = None) -> Any:  # type: ignore[override]
        self.sent.append((method, url, dict(headers)))
        return super().request(method, url, headers, post_data)


def test_a_client_that_is_handed_over_is_asked_its_own_way(
    server: Server, reads: Callable[[str], Parse], tmp_path: Path
) -> None:
    http = Seen()
    client = stripe.StripeClient(
        KEY, base_addresses={"api": server.url}, http_client=http, stripe_account="acct_other", max_network_retries=3
    )
    engine = Engine(client=client, now=NOW, data=tmp_path)
    by_key = Engine(key=KEY, api_base=server.url, now=NOW, data=tmp_path)
    outcome = engine.run(reads("list past due subscriptions"))
    assert outcome.results[0].rows == by_key.run(reads("list past due subscriptions")).results[0].rows
    assert outcome.mode == "test"
    assert outcome.requests == len(http.sent) > 0
    assert all(url.startswith(server.url) for _, url, _ in http.sent)
    assert {headers["Stripe-Account"] for _, _, headers in http.sent} == {"acct_other"}
    assert {headers["Stripe-Version"] for _, _, headers in http.sent} == {"2026-10-28.endive"}
    # The client itself is as it was.
    assert client.v1.customers.list({"limit": 1}).data[0].id.startswith("cus_")
    written = engine.run(reads(LAST), confirm=yes)
    assert written.error is None
    assert written.results[0].written
    assert engine.ledger is not None


@pytest.mark.parametrize("client", ["sk_nothing", object(), stripe])
def test_what_is_no_client_is_refused(client: Any) -> None:
    with pytest.raises(KeyProblem, match=r"stripe\.StripeClient"):
        Engine(client=client)


@pytest.mark.parametrize(
    "prompt",
    [
        "list past due subscriptions",
        "payments over $50 last month",
        "the 5 largest charges",
        "show customer cus_ABC123 and their last 5 payments",
        "show my balance",
    ],
)
def test_rows_that_stream_are_those_of_the_answer(sandbox: Sandbox, reads: Callable[[str], Parse], prompt: str) -> None:
    engine = Engine(wsgi=sandbox.wsgi, now=NOW)
    whole = [row for result in engine.run(reads(prompt)).results for row in result.rows]
    assert whole
    assert list(engine.stream(reads(prompt))) == whole
    assert list(engine.stream(engine.plan(reads(prompt)))) == whole


def test_rows_come_before_the_last_page_is_asked_for(sandbox: Sandbox, reads: Callable[[str], Parse]) -> None:
    asked: list[int] = []

    class Watch:
        def asked(self) -> None:
            asked.append(1)

        def answered(self, row: Row) -> None: ...

        def expect(self, requests: int) -> None: ...

    engine = Engine(wsgi=sandbox.wsgi, now=NOW, observer=Watch())
    rows = engine.stream(reads("list charges"))
    assert asked == []
    next(rows)
    assert len(asked) == 1
    left = sum(1 for _ in rows)
    assert left > 100
    assert len(asked) > 2


def test_what_is_missing_is_raised_after_what_was_found(sandbox: Sandbox, reads: Callable[[str], Parse]) -> None:
    app, calls = sandbox.wsgi, [0]

    def failing(environ: Any, start: Any) -> Any:
        calls[0] += 1
        if calls[0] > 1:
            raise ConnectionError("gone")
        return app(environ, start)

    engine = Engine(wsgi=failing, now=NOW, retry=Retry(attempts=2, first=2, base=0.001, longest=0.002))
    found: list[Row] = []
    with pytest.raises(Unreachable):
        deque(_noted(engine.stream(reads("list charges")), found), maxlen=0)
    assert len(found) == 100


def _noted(rows: Iterator[Row], found: list[Row]) -> Iterator[Row]:
    for row in rows:
        found.append(row)
        yield row


@pytest.mark.parametrize(
    "prompt", [LAST, "how many charges failed last month", "what is our mrr", "refund the payment"]
)
def test_only_what_is_listed_streams(sandbox: Sandbox, reads: Callable[[str], Parse], prompt: str) -> None:
    with pytest.raises(PlanError):
        Engine(wsgi=sandbox.wsgi, now=NOW).stream(reads(prompt))


PROMPTS = (
    "list past due subscriptions",
    "how many charges by card brand",
    "payments over $50 last month",
    "show customer cus_ABC123 and their last 5 payments",
    "what's my balance",
    "list frobnicated invoices",
)


def test_threads_share_a_parser_and_an_engine(server: Server, tmp_path: Path) -> None:
    """Each gets what it would have got alone, its own count of requests and its own budget."""
    parser = Parser(tz="UTC")
    engine = Engine(key=KEY, api_base=server.url, now=NOW, data=tmp_path, rate=1000)
    alone = {prompt: engine.run(parser.parse(prompt, NOW)).to_dict() for prompt in PROMPTS}
    assert len({each["requests"] for each in alone.values()}) > 2
    fresh = Parser(tz="Europe/Berlin", grammar=())
    start = threading.Barrier(8)

    def work(number: int) -> None:
        start.wait()
        for at in range(len(PROMPTS)):
            prompt = PROMPTS[(number + at) % len(PROMPTS)]
            assert engine.run(parser.parse(prompt, NOW)).to_dict() == alone[prompt]
            assert fresh.parse(prompt, NOW).status == alone[prompt]["parse"]["status"]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))


def test_two_threads_that_give_the_same_order_write_once(
    server: Server, reads: Callable[[str], Parse], tmp_path: Path
) -> None:
    engine = Engine(key=KEY, api_base=server.url, now=NOW, data=tmp_path, rate=1000)
    start = threading.Barrier(4)

    def order(_: int) -> Any:
        start.wait()
        return engine.run(reads(LAST), confirm=yes)

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(order, range(4)))
    made = [row["id"] for each in outcomes for result in each.results for row in result.written if not result.repeated]
    assert len(made) == 1
    refunds = engine.run(reads("refunds for customer cus_ABC123")).results[0].rows
    assert sum(row["id"] == made[0] for row in refunds) == 1


def test_a_coroutine_awaits_the_same_answer(sandbox: Sandbox, reads: Callable[[str], Parse]) -> None:
    engine = Engine(wsgi=sandbox.wsgi, now=NOW)
    parses = [reads(prompt) for prompt in PROMPTS]

    async def all_at_once() -> list[Any]:
        return await asyncio.gather(*(engine.arun(parse) for parse in parses))

    assert [each.to_dict() for each in asyncio.run(all_at_once())] == [engine.run(parse).to_dict() for parse in parses]


@pytest.mark.parametrize("answer", [True, False])
def test_a_coroutine_function_confirms(sandbox: Sandbox, reads: Callable[[str], Parse], answer: bool) -> None:
    engine = Engine(wsgi=sandbox.wsgi, now=NOW)
    asked: list[Confirmation] = []

    async def confirm(question: Confirmation) -> bool:
        await asyncio.sleep(0)
        asked.append(question)
        return answer

    outcome = asyncio.run(engine.arun(reads(LAST), confirm=confirm))
    assert [each.name for each in asked] == ["charges.refund"]
    assert bool(outcome.results and outcome.results[0].written) is answer
    assert (outcome.error is None) is answer


def test_whoever_cancels_gets_no_write_behind_their_back(sandbox: Sandbox, reads: Callable[[str], Parse]) -> None:
    engine = Engine(wsgi=sandbox.wsgi, now=NOW)
    before = engine.run(reads("list refunds")).results[0].rows

    async def cancelled() -> None:
        asked = asyncio.Event()

        async def confirm(_: Confirmation) -> bool:
            asked.set()
            await asyncio.Event().wait()
            return True

        task = asyncio.create_task(engine.arun(reads(LAST), confirm=confirm))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert engine.run(reads("list refunds")).results[0].rows == before


def test_a_scan_that_is_cancelled_asks_no_more(sandbox: Sandbox, reads: Callable[[str], Parse]) -> None:
    requests = [0]
    second = threading.Event()
    go_on = threading.Event()

    class Watch:
        def asked(self) -> None:
            requests[0] += 1
            if requests[0] == 2:
                second.set()
                go_on.wait(30)

        def answered(self, row: Row) -> None: ...

        def expect(self, requests: int) -> None: ...

    engine = Engine(wsgi=sandbox.wsgi, now=NOW, observer=Watch())

    async def cancelled() -> None:
        task = asyncio.create_task(engine.arun(reads("list charges")))
        await asyncio.to_thread(second.wait, 30)
        task.cancel()
        await asyncio.sleep(0)
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert requests[0] == 2


def test_an_engine_is_not_pickled_with_its_key() -> None:
    with pytest.raises(TypeError, match="holds a key"):
        pickle.dumps(Engine(key=KEY))
    assert KEY not in repr(Engine(key=KEY))


def test_nothing_is_printed_or_logged(
    sandbox: Sandbox, parser: Parser, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        engine = Engine(wsgi=sandbox.wsgi, now=NOW)
        for prompt in (*PROMPTS, LAST):
            engine.run(parser.parse(prompt, NOW), confirm=yes)
        list(engine.stream(parser.parse(PROMPTS[0], NOW)))
    assert capfd.readouterr() == ("", "")
    for prompt in (*PROMPTS, LAST):
        assert not [each for each in caplog.records if prompt in each.getMessage()]


def test_a_parser_is_pickled_with_its_grammar(tmp_path: Path) -> None:
    own = tmp_path / "mine.yaml"
    own.write_text("saved: {the usual: list past due subscriptions}\n")
    for made in (Parser("Europe/Berlin"), Parser("Asia/Tokyo", dollar="cad", grammar=[own])):
        again = pickle.loads(pickle.dumps(made))
        for prompt in ("the usual", "payments over $50 yesterday"):
            assert again.parse(prompt, NOW) == made.parse(prompt, NOW)


def test_a_grammar_that_was_changed_is_read_anew(tmp_path: Path) -> None:
    own = tmp_path / "mine.yaml"
    names = []
    for prompt in ("list past due subscriptions", "list payouts"):
        own.write_text(f"saved: {{the usual: {prompt}}}\n")
        names.append(Parser(grammar=[own]).parse("the usual", NOW).intents[0].name)
    assert names == ["subscriptions.list", "payouts.list"]


def test_an_outcome_shows_no_rows_where_it_is_logged() -> None:
    with Sandbox(now=NOW) as sandbox:
        outcome = Engine(wsgi=sandbox.wsgi, now=NOW).run(Parser().parse("payments from jane@acme.com", now=NOW))
    assert repr(outcome) == "<Outcome sandbox: charges.list>"
