"""Each fault at each page of a scan: the right answer, or a marked part with one clear error. None hangs."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from flarite_nl.engine import Engine
from flarite_nl.execution.retry import Retry
from flarite_nl.grammar.schema import Grammar
from flarite_nl.sandbox import Sandbox, Server, parse_faults, serve
from tests.conftest import NOW
from tests.engine.prompts import intent, parse

PAGES = 4
"""The demo account's charges fill so many pages."""

ALL = intent("charges.list")
SUM = intent("charges.aggregate", aggregate={"function": "count", "group_by": ["status"]})
PASSING = ["429", "429:retry=true", "500", "502", "503", "409", "timeout", "reset", "truncate", "badjson", "slow"]


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
@pytest.mark.parametrize("fault", ["429", "500", "502", "timeout", "reset", "truncate", "badjson"])
def test_a_lasting_fault_leaves_a_marked_part(fault: str, page: int, account: Sandbox, grammar: Grammar) -> None:
    account.app.faults = []
    whole = engine(account, grammar).run(parse(ALL)).results[0].rows
    account.app.faults = parse_faults(named(fault, page, count=0))
    answer = engine(account, grammar).run(parse(ALL))
    assert answer.error is not None
    assert answer.error.kind == ("rate_limited" if fault == "429" else "unreachable")
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


def test_a_key_revoked_in_mid_scan(account: Sandbox, grammar: Grammar) -> None:
    account.app.faults = []
    made = engine(account, grammar)
    account.app.keyring.revoked["sk_test_flarite_sandbox"] = 2
    try:
        answer = made.run(parse(ALL))
    finally:
        account.app.keyring.revoked.clear()
    assert answer.error is not None
    assert answer.error.kind == "authentication"
    assert answer.error.request_id
    assert len(answer.results[0].rows) == 200
    assert not answer.complete


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
