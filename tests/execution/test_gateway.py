"""The gateway: plain answers, our errors, and repeats that never write twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

import pytest
import stripe

from flarite_nl.errors import (
    ApiError,
    AuthenticationError,
    InvalidRequest,
    KeyProblem,
    PermissionError_,
    RateLimited,
    Unreachable,
)
from flarite_nl.execution.gateway import VERSION, Gateway
from flarite_nl.execution.retry import Retry

Answer = tuple[int, dict[str, str], bytes]
FAST = Retry(attempts=4, first=4, base=0.0, longest=0.0)


class Server:
    """A WSGI application that gives the next of its answers, the last one for ever."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers = list(answers)
        self.seen: list[dict[str, Any]] = []

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read().decode()
        self.seen.append({**environ, "body": parse_qs(body)})
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        status, headers, content = answer
        start(f"{status} X", [("Request-Id", f"req_{len(self.seen)}"), *headers.items()])
        return [content]


def ok(value: Any) -> Answer:
    return 200, {}, json.dumps(value).encode()


def error(status: int, headers: dict[str, str] | None = None, **said: Any) -> Answer:
    return status, headers or {}, json.dumps({"error": {"message": "No.", "type": "api_error", **said}}).encode()


def gateway(server: Server, retry: Retry = FAST) -> Gateway:
    return Gateway("sk_test_x", wsgi=server, retry=retry, sleep=lambda seconds: None)


LIST = ok({"object": "list", "data": [{"id": "ch_1", "object": "charge", "amount": 5}], "has_more": False})


def test_the_answer_is_plain_json() -> None:
    server = Server(LIST)
    answer = gateway(server).call("charges.list", {"limit": 3, "created": {"gte": 5}, "expand": ("data.customer",)})
    assert type(answer) is dict
    assert type(answer["data"][0]) is dict
    assert answer["data"][0] == {"id": "ch_1", "object": "charge", "amount": 5}
    asked = parse_qs(server.seen[0]["QUERY_STRING"])
    assert asked == {"limit": ["3"], "created[gte]": ["5"], "expand[0]": ["data.customer"]}
    assert server.seen[0]["HTTP_STRIPE_VERSION"] == VERSION
    assert "HTTP_X_STRIPE_CLIENT_TELEMETRY" not in server.seen[0]


def test_the_pinned_version_is_the_librarys() -> None:
    assert stripe._api_version._ApiVersion.CURRENT == VERSION


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(401, message="Invalid API Key provided"), AuthenticationError),
        (error(403, message="The provided key does not have the required permissions"), PermissionError_),
        (error(400, code="parameter_unknown", param="foo"), InvalidRequest),
        (error(402, type="card_error", code="card_declined"), InvalidRequest),
        (error(404, code="resource_missing", param="id"), InvalidRequest),
        (error(429), RateLimited),
        (error(500), Unreachable),
        (error(503), Unreachable),
        ((200, {}, b'{"object": "list", "da'), Unreachable),
        ((200, {}, b"[1, 2]"), Unreachable),
        ((200, {}, b"<html>"), Unreachable),
        ((502, {}, b"<html>Bad Gateway</html>"), Unreachable),
        (ConnectionResetError("reset"), Unreachable),
    ],
)
def test_every_failure_is_one_of_our_errors(answer: Answer | Exception, kind: type[ApiError]) -> None:
    with pytest.raises(kind) as caught:
        gateway(Server(answer)).call("charges.list", {})
    assert "\n" not in caught.value.message
    assert "Traceback" not in caught.value.message


def test_an_error_carries_stripes_own_words() -> None:
    server = Server(error(400, code="parameter_unknown", param="foo", message="Received unknown parameter: foo"))
    with pytest.raises(InvalidRequest) as caught:
        gateway(server).call("charges.list", {"foo": 1})
    problem = caught.value
    assert (problem.code, problem.param, problem.status) == ("parameter_unknown", "foo", 400)
    assert problem.request_id == "req_1"
    assert problem.message == "Received unknown parameter: foo"
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    "fault",
    [
        error(429),
        error(429, {"Stripe-Should-Retry": "true"}),
        error(500),
        error(502),
        error(409, code="lock_timeout"),
        (200, {}, b"{"),
        TimeoutError("slow"),
    ],
)
def test_a_read_is_repeated_until_it_works(fault: Answer | Exception) -> None:
    server = Server(fault, fault, LIST)
    asked = gateway(server)
    assert asked.call("charges.list", {})["data"]
    assert asked.requests == 3


@pytest.mark.parametrize(
    "fault", [error(429, {"Stripe-Should-Retry": "false"}), error(500, {"Stripe-Should-Retry": "false"})]
)
def test_no_repeat_where_stripe_says_so(fault: Answer) -> None:
    server = Server(fault, LIST)
    with pytest.raises(ApiError):
        gateway(server).call("charges.list", {})
    assert len(server.seen) == 1


def test_repeats_end_with_the_budget_of_time() -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    server = Server(error(500))
    patient = Retry(attempts=1000, base=1.0, longest=4.0, budget=30.0)
    asked = Gateway("sk_test_x", wsgi=server, retry=patient, sleep=sleep, clock=lambda: now[0])
    with pytest.raises(Unreachable):
        asked.call("charges.list", {})
    assert now[0] <= 30.0
    assert 5 < len(server.seen) < 30


def test_a_write_with_its_key_is_repeated_under_the_same_key() -> None:
    server = Server(ConnectionResetError("reset"), error(500), ok({"id": "re_1", "object": "refund"}))
    row = gateway(server).call("refunds.create", {"charge": "ch_1"}, key="flarite-1")
    assert row["id"] == "re_1"
    assert [each["HTTP_IDEMPOTENCY_KEY"] for each in server.seen] == ["flarite-1"] * 3


@pytest.mark.parametrize("fault", [ConnectionResetError("reset"), error(500), (200, {}, b"{")])
def test_a_write_without_a_key_is_never_sent_twice(fault: Answer | Exception) -> None:
    server = Server(fault, ok({"id": "cus_1", "object": "customer"}))
    with pytest.raises(Unreachable):
        gateway(server).call("customers.delete", {}, id="cus_1")
    assert len(server.seen) == 1


def test_a_positional_id_cannot_leave_its_place() -> None:
    server = Server(error(404))
    with pytest.raises(InvalidRequest):
        gateway(server).call("charges.retrieve", {}, id="ch_1/../../refunds?x=1")
    assert server.seen[0]["QUERY_STRING"] == ""


@pytest.mark.parametrize(
    ("key", "mode"),
    [("sk_live_1", "live"), ("rk_live_1", "live"), ("sk_test_1", "test"), ("rk_test_1", "test")],
)
def test_the_mode_is_the_keys(key: str, mode: str) -> None:
    assert Gateway(key).mode == mode


@pytest.mark.parametrize("key", [None, "", "pk_test_1", "whsec_1", "password"])
def test_an_unusable_key_is_refused_before_any_request(key: str | None) -> None:
    with pytest.raises(KeyProblem):
        Gateway(key)


def test_nobody_listens() -> None:
    asked = Gateway("sk_test_x", api_base="http://127.0.0.1:9", retry=Retry(base=0.0, longest=0.0))
    with pytest.raises(Unreachable, match="No answer"):
        asked.call("balance.retrieve", {})
    assert asked.requests == 3
