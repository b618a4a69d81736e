"""Each fault at each page of a scan: the right answer, or a marked part with one clear error. None hangs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest

from flarite_nl.engine import Engine
from flarite_nl.execution.retry import Retry
from flarite_nl.grammar.schema import Grammar
from flarite_nl.sandbox import Sandbox, Server, parse_faults, serve
from flarite_nl.sandbox.http import Answer, Request
from tests.conftest import NOW
from tests.engine.prompts import intent, parse
from tests.sandbox.conftest import Api

PAGES = 4
"""The demo account's charges fill so many pages."""

ALL = intent("charges.list")
SUM = intent("charges.aggregate", aggregate={"function": "count", "group_by": ["status"]})
PASSING = [
    "429", "429:retry=true", "500", "502", "503", "409", "timeout", "reset", "truncate", "badjson", "slow", "drip",
]  # fmt: skip
LASTING = ["429", "429:retry=true", "429:retry=false", "500", "502", "timeout", "reset", "truncate", "badjson", "drip"]


def named(fault: str, nth: int, count: int = 1) -> str:
    kind, _, rest = fault.partition(":")
    more = f",{rest}" if rest else ""
    return f"{kind}:path=/v1/charges,nth={nth},count={count},seconds=0.01{more}"


@pytest.fixture(scope="module")
def account() -> Iterator[Sandbox]:
    with Sandbox(now=NOW) as made:
        yield made


def engine(sandbox: Sandbox, grammar: Grammar, attempts: int = 4) -> Engine:
    quick = Retry(attempts=attempts, first=attempts, base=0.001, longest=0.002, budget=20.0)
    return Engine(now=NOW, wsgi=sandbox.wsgi, grammar=grammar, retry=quick)


@pytest.mark.parametrize("page", range(1, PAGES + 1))
@pytest.mark.parametrize("fault", PASSING)
def test_a_passing_fault_changes_nothing(fault: str, page: int, account: Sandbox, grammar: Grammar) -> None:
    account.app.faults = []
    whole = engine(account, grammar).run(parse(ALL))
    account.app.faults = parse_faults(named(fault, page))
    answer = engine(account, grammar).run(parse(ALL))
    assert answer.error is None
    assert answer.complete
    assert answer.results[0].rows == whole.results[0].rows
    assert answer.requests == PAGES + (0 if fault == "slow" else 1)


@pytest.mark.parametrize("page", range(1, PAGES + 1))
@pytest.mark.parametrize("fault", LASTING)
def test_a_lasting_fault_leaves_a_marked_part(fault: str, page: int, account: Sandbox, grammar: Grammar) -> None:
    account.app.faults = []
    whole = engine(account, grammar).run(parse(ALL)).results[0].rows
    account.app.faults = parse_faults(named(fault, page, count=0))
    answer = engine(account, grammar).run(parse(ALL))
    assert answer.error is not None
    assert answer.error.kind == ("rate_limited" if fault.startswith("429") else "unreachable")
    assert not answer.complete
    if page == 1:
        assert answer.results == ()
        return
    result = answer.results[0]
    assert not result.complete
    assert result.rows == whole[: (page - 1) * 100]
    assert f"first {(page - 1) * 100} objects" in result.problems[0]
    assert answer.to_dict()["complete"] is False


def test_a_partial_figure_is_marked(account: Sandbox, grammar: Grammar) -> None:
    account.app.faults = parse_faults(named("500", 3, count=0))
    answer = engine(account, grammar).run(parse(SUM))
    assert answer.error is not None
    figures = answer.to_dict()["results"][0]
    assert sum(group["value"] for group in figures["groups"]) == 200
    assert figures["complete"] is False
    assert figures["problems"]


def test_a_partial_lookup_gives_no_answer_at_all(account: Sandbox, grammar: Grammar) -> None:
    """Customers without a payment cannot be told from a part of the payments."""
    account.app.faults = parse_faults(named("500", 2, count=0))
    answer = engine(account, grammar).run(parse(intent("customers.list", ("charges", "exists", False))))
    assert answer.error is not None
    assert answer.results == ()


@pytest.mark.parametrize("page", range(1, PAGES + 1))
def test_a_key_revoked_in_mid_scan(page: int, account: Sandbox, grammar: Grammar) -> None:
    account.app.faults = []
    made = engine(account, grammar)
    account.app.keyring.revoked["sk_test_flarite_sandbox"] = page - 1
    try:
        answer = made.run(parse(ALL))
    finally:
        account.app.keyring.revoked.clear()
    assert answer.error is not None
    assert answer.error.kind == "authentication"
    assert answer.error.request_id
    assert [len(each.rows) for each in answer.results] == ([(page - 1) * 100] if page > 1 else [])
    assert not answer.complete


@pytest.mark.parametrize("page", [1, 2])
def test_an_object_deleted_while_it_is_the_cursor(page: int, grammar: Grammar) -> None:
    """The last customer of a page is gone when the next one is asked for: all others are still found, once."""
    with Sandbox(now=NOW, size=6000) as sandbox:
        before = [each["id"] for each in sandbox.dump() if each["object"] == "customer"]
        gone: list[str] = []

        def wsgi(environ: dict[str, Any], start: Any) -> Any:
            cursor = parse_qs(environ["QUERY_STRING"]).get("starting_after", [""])[0]
            if cursor == before[page * 100 - 1] and not gone:
                gone.append(cursor)
                sandbox.world.store.delete("customer", cursor)
            return sandbox.wsgi(environ, start)

        answer = Engine(now=NOW, wsgi=wsgi, grammar=grammar).run(parse(intent("customers.list")))
    assert len(before) > 200
    assert gone
    assert answer.complete
    assert [row["id"] for row in answer.results[0].rows] == before


def test_writes_never_start_from_a_part(account: Sandbox, grammar: Grammar) -> None:
    account.app.faults = parse_faults(named("500", 2, count=0))
    asked = intent("charges.refund", sort="amount desc", limit=1)
    answer = engine(account, grammar).run(parse(asked), confirm=lambda question: True)
    assert answer.error is not None
    assert answer.results == ()
    assert not any(each["method"] == "POST" for each in account.app.log)


@pytest.fixture(scope="module")
def server(account: Sandbox) -> Iterator[Server]:
    with serve(account) as running:
        yield running


@pytest.mark.parametrize("fault", ["429", "500", "reset", "truncate", "badjson", "timeout"])
def test_the_same_over_a_socket(fault: str, account: Sandbox, server: Server, grammar: Grammar) -> None:
    account.app.faults = parse_faults(named(fault, 2))
    quick = Retry(base=0.001, longest=0.002)
    over_http = Engine(
        now=NOW, key="sk_test_x", api_base=server.url, grammar=grammar, retry=quick, workers=1, rate=1000.0
    )
    started = time.monotonic()
    answer = over_http.run(parse(ALL))
    assert answer.error is None
    assert answer.complete
    assert answer.mode == "test"
    assert len({row["id"] for row in answer.results[0].rows}) > 300
    assert time.monotonic() - started < 20


@pytest.mark.timeout(30)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_server_that_drips_for_ever(when: str, account: Sandbox, server: Server, grammar: Grammar) -> None:
    """Its headers or its body: each byte comes in time, the whole never does."""
    account.app.faults = parse_faults(f"drip:path=/v1/charges,nth=2,count=0,when={when},seconds=3600")
    quick = Retry(base=0.001, longest=0.002, budget=0.5)
    over_http = Engine(now=NOW, key="sk_test_x", api_base=server.url, grammar=grammar, retry=quick, workers=1)
    answer = over_http.run(parse(ALL))
    assert answer.error is not None
    assert answer.error.kind == "unreachable"
    assert "too long" in answer.error.message
    assert len(answer.results[0].rows) == 100
    assert not answer.complete


@pytest.fixture(scope="module")
def long_list() -> Iterator[tuple[Sandbox, Server]]:
    with Sandbox(now=NOW, size=1500) as sandbox, serve(sandbox) as running:
        yield sandbox, running


@pytest.mark.timeout(60)
@pytest.mark.parametrize("nth", [3, 12])
@pytest.mark.parametrize("fault", ["429", "500", "reset", "truncate"])
def test_faults_in_windows_read_side_by_side(
    fault: str, nth: int, long_list: tuple[Sandbox, Server], grammar: Grammar
) -> None:
    sandbox, running = long_list
    quick = Retry(base=0.001, longest=0.002)
    side_by_side = Engine(
        now=NOW, key="sk_live_x", api_base=running.url, grammar=grammar, retry=quick, workers=4, rate=1000.0
    )
    sandbox.app.faults = parse_faults(named(fault, nth))
    answer = side_by_side.run(parse(ALL))
    assert answer.complete, answer.error
    assert len({row["id"] for row in answer.results[0].rows}) == sandbox.world.store.count("charge") >= 1500

    sandbox.app.faults = parse_faults(named(fault, nth, count=0))
    partial = side_by_side.run(parse(ALL))
    assert partial.error is not None
    assert not partial.complete
    rows = partial.results[0].rows
    assert 0 < len(rows) < 1500
    assert f"{len(rows)} objects were read" in partial.problems[0]
    assert ("the first" in partial.problems[0]) is (nth == 3)


def test_a_killed_server_is_told_in_one_sentence(grammar: Grammar) -> None:
    with Sandbox(now=NOW) as sandbox:
        running = serve(sandbox)
        quick = Retry(base=0.001, longest=0.002)
        over_http = Engine(now=NOW, key="sk_test_x", api_base=running.url, grammar=grammar, retry=quick)
        assert over_http.run(parse(intent("balance.get"))).error is None
        running.stop()
        answer = over_http.run(parse(intent("balance.get")))
    assert answer.error is not None
    assert answer.error.kind == "unreachable"
    assert "\n" not in answer.error.message


@pytest.mark.parametrize("workers", [1, 4])
def test_objects_that_come_while_a_list_is_read(workers: int, grammar: Grammar) -> None:
    """Pages shift with each new customer: nothing is given twice, and nothing is lost that was there at first."""
    with Sandbox(now=NOW, size=12_000) as sandbox, serve(sandbox) as running:
        before = [each["id"] for each in sandbox.dump() if each["object"] == "customer"]
        api = Api(sandbox)
        once, made = sandbox.app.handle, []

        def handle(request: Request) -> Answer:
            if request.method == "GET" and request.path == "/v1/customers":
                made.append(api.post("/v1/customers", {"name": "New"})["id"])
            return once(request)

        sandbox.app.handle = handle  # type: ignore[method-assign]
        answer = Engine(
            now=NOW, key="sk_test_x", api_base=running.url, grammar=grammar, workers=workers, rate=1000.0
        ).run(parse(intent("customers.list")))
    found = [row["id"] for row in answer.results[0].rows]
    assert len(before) > 500
    assert len(made) > 5
    assert answer.complete
    assert len(found) == len(set(found))
    assert set(before) <= set(found)
