"""Faults on demand, in the process and over real HTTP."""

from __future__ import annotations

import contextlib
import http.client
import json
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from flarite_nl.sandbox import Sandbox, Server, parse_faults, serve
from tests.sandbox.conftest import KEY, NOW, Api


@pytest.fixture
def server() -> Iterator[Server]:
    with Sandbox(now=NOW, size=1) as sandbox, serve(sandbox) as running:
        yield running


class Line:
    """One HTTP connection, kept open."""

    def __init__(self, server: Server) -> None:
        self.connection = http.client.HTTPConnection(server.host, server.port, timeout=5)

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *exc: object) -> None:
        self.connection.close()

    def ask(self, method: str = "GET", path: str = "/v1/charges", body: str = "") -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": "once"} if body else {
            "Authorization": f"Bearer {KEY}"
        }  # fmt: skip
        self.connection.request(method, path, body or None, headers)
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read())


def faults(server: Server, spec: str) -> None:
    Api(server.sandbox).control("faults", {"faults": spec})


def refunds(server: Server) -> int:
    return server.sandbox.world.store.count("refund", "charge = ?", (last(server),))


def last(server: Server) -> str:
    return str(Api(server.sandbox).get("/v1/charges", {"customer": "cus_ABC123", "limit": 1})["data"][0]["id"])


def test_a_specification_is_read() -> None:
    first, second = parse_faults("429:path=/v1/ch,nth=3,count=0,retry=true; timeout:method=POST,when=after,seconds=0.5")
    assert (first.kind, first.path, first.nth, first.count, first.retry) == ("429", "/v1/ch", 3, 0, True)
    assert (second.kind, second.method, second.when, second.seconds) == ("timeout", "POST", "after", 0.5)


@pytest.mark.parametrize("spec", ["flood", "429:nth", "429:colour=red", "429:nth=x", "500:when=during", "500:path=("])
def test_a_wrong_specification_is_refused(spec: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_faults(spec)


def test_which_requests_are_hit() -> None:
    with Sandbox(now=NOW, size=1, faults="500:path=^/v1/charges$,method=GET,nth=2,count=2") as sandbox:
        api = Api(sandbox)
        seen = []
        for path in ("/v1/charges", "/v1/customers", "/v1/charges", "/v1/charges", "/v1/charges"):
            api.send("GET", path)
            seen.append(api.status)
        assert seen == [200, 200, 500, 500, 200]
        api.control("reset", {})
        assert api.get("/v1/charges")
        assert api.error("GET", "/v1/charges")["type"] == "api_error"


@pytest.mark.parametrize(("retry", "header"), [("", None), (",retry=true", "true"), (",retry=false", "false")])
def test_429_with_and_without_advice(api: Api, retry: str, header: str | None) -> None:
    api.control("faults", {"faults": f"429:count=1{retry}"})
    error = api.error("GET", "/v1/charges")
    assert (error["status"], error["code"]) == (429, "rate_limit")
    assert api.headers.get("Stripe-Should-Retry") == header


def test_in_the_process_they_are_exceptions(api: Api) -> None:
    api.control("faults", {"faults": "reset;timeout:nth=2,seconds=0.1"})
    with pytest.raises(ConnectionResetError):
        api.get("/v1/charges")
    with pytest.raises(TimeoutError):
        api.get("/v1/charges")
    api.get("/v1/charges")


@pytest.mark.parametrize(
    ("spec", "error"),
    [
        ("reset", (ConnectionResetError, http.client.RemoteDisconnected)),
        ("timeout:seconds=0.1", http.client.RemoteDisconnected),
        ("truncate", http.client.IncompleteRead),
        ("badjson", json.JSONDecodeError),
        ("502", json.JSONDecodeError),
    ],
)
def test_what_the_line_shows(server: Server, spec: str, error: type[Exception]) -> None:
    faults(server, spec)
    with Line(server) as line, pytest.raises(error):
        line.ask()
    with Line(server) as line:
        assert line.ask()[0] == 200


@pytest.mark.parametrize("kind", ["reset", "timeout:seconds=0.1", "truncate", "502", "429", "503"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_is_found_again_by_its_key(server: Server, kind: str, when: str) -> None:
    """Whether or not the write was applied, the same key gives one refund."""
    charge = last(server)
    faults(server, kind + ("," if ":" in kind else ":") + f"method=POST,when={when}")
    body = f"charge={charge}&amount=100"
    with Line(server) as line, contextlib.suppress(ConnectionError, http.client.HTTPException, ValueError):
        assert line.ask("POST", "/v1/refunds", body)[0] >= 400
    applied = when == "after" or kind == "truncate"
    assert refunds(server) == int(applied)
    with Line(server) as line:
        assert line.ask("POST", "/v1/refunds", body)[0] == 200
    assert refunds(server) == 1


def test_a_500_after_the_write_is_what_the_key_remembers(server: Server) -> None:
    charge = last(server)
    faults(server, "500:method=POST,when=after")
    with Line(server) as line:
        for _ in range(2):
            assert line.ask("POST", "/v1/refunds", f"charge={charge}&amount=100")[0] == 500
    assert refunds(server) == 1


def test_slow_and_latency_take_their_time(server: Server) -> None:
    api = Api(server.sandbox)
    faults(server, "slow:seconds=0.2")
    with Line(server) as line:
        for longer in (0.2, 0.0):
            start = time.perf_counter()
            line.ask()
            assert longer <= time.perf_counter() - start < longer + 0.15
        api.control("latency", {"seconds": 0.1})
        start = time.perf_counter()
        line.ask()
        assert time.perf_counter() - start >= 0.1


def test_a_connection_is_kept(server: Server) -> None:
    with Line(server) as line:
        line.ask()
        port = line.connection.sock.getsockname()[1]
        assert line.ask("GET", "/v1/charges/ch_none")[0] == 404
        assert line.connection.sock.getsockname()[1] == port


def test_only_this_machine(server: Server) -> None:
    with pytest.raises(ValueError, match="loopback"):
        serve(server.sandbox, host="0.0.0.0")
    with pytest.raises(OSError, match="in use"):
        serve(server.sandbox, port=server.port)


def test_stripe_python_reads_and_writes(server: Server) -> None:
    client = stripe.StripeClient(KEY, base_addresses={"api": server.url}, max_network_retries=0)
    payments = client.v1.charges.list({"customer": "cus_ABC123", "limit": 1, "expand": ["data.customer"]})
    charge = payments.data[0]
    assert isinstance(charge.customer, stripe.Customer)
    assert charge.customer.email == "ada.byron@example.com"
    refund = client.v1.refunds.create({"charge": charge.id, "amount": 50})
    assert refund.status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"charge": charge.id, "amount": 10**7})
    assert (caught.value.param, caught.value.http_status) == ("amount", 400)
    assert caught.value.request_id
    assert len(list(client.v1.charges.list({"limit": 40}).auto_paging_iter())) == server.sandbox.world.store.count(
        "charge"
    )
    found = client.v1.customers.search({"query": 'email:"jenny.rosen@example.com"'})
    assert [each.name for each in found.auto_paging_iter()] == ["Jenny Rosen"]
    assert (
        client.v1.subscriptions.pause(client.v1.subscriptions.list({"status": "active"}).data[0].id).status == "paused"
    )
    with pytest.raises(stripe.AuthenticationError):
        stripe.StripeClient("sk_wrong", base_addresses={"api": server.url}).v1.balance.retrieve()


def test_many_at_once_write_once_each(server: Server) -> None:
    from concurrent.futures import ThreadPoolExecutor

    charge = last(server)

    def refund(number: int) -> int:
        with Line(server) as line:
            return line.ask("POST", "/v1/refunds", f"charge={charge}&amount=100")[0]

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(refund, range(16))) == {200}
    assert refunds(server) == 1


def test_a_dump_is_sent_as_it_is_read(server: Server) -> None:
    """No more than a page of objects is held, however many there are; a client still sees where it ends."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=5)
    with contextlib.closing(connection):
        connection.request("GET", "/_control/dump")
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("Transfer-Encoding")) == (200, "chunked")
        found = [json.loads(line) for line in answer]
        assert found == [json.loads(json.dumps(each, default=float)) for each in server.sandbox.dump()]
        connection.request("GET", "/_control/clock")  # the connection can still be used
        assert json.loads(connection.getresponse().read())["now"]


def test_a_dump_that_breaks_off_is_no_whole_one(
    server: Server, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken() -> Iterator[str]:
        yield '{"id": "cus_1"}'
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(server.sandbox, "dump_text", broken)
    connection = http.client.HTTPConnection(server.host, server.port, timeout=5)
    with contextlib.closing(connection):
        connection.request("GET", "/_control/dump")
        with pytest.raises(http.client.IncompleteRead):
            connection.getresponse().read()
    assert "the disk is full" in capfd.readouterr().err


def test_a_dump_holds_little_in_memory() -> None:
    with Sandbox(now=NOW, size=6000) as sandbox:
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/_control/dump"}
        tracemalloc.start()
        length = sum(len(part) for part in sandbox.wsgi(environ, lambda status, headers: None))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert length > 20_000_000
    assert peak < length / 2
