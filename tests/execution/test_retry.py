"""Backoff, pace, and what may be sent again."""

from __future__ import annotations

import socket

import pytest

from flarite_nl.execution.retry import Dated, Limiter, Retry, again


@pytest.mark.parametrize(
    ("status", "should", "safe", "expected"),
    [
        (429, None, True, True),
        (429, None, False, True),
        (429, "false", True, False),
        (500, None, True, True),
        (500, None, False, False),
        (500, "true", False, True),
        (500, "false", True, False),
        (502, None, True, True),
        (None, None, True, True),
        (None, None, False, False),
        (200, None, True, True),
        (200, None, False, False),
        (409, None, True, True),
        (400, None, True, False),
        (401, None, True, False),
        (404, None, True, False),
    ],
)
def test_what_may_be_sent_again(status: int | None, should: str | None, safe: bool, expected: bool) -> None:
    assert again(status, should, safe=safe) is expected


def test_waits_grow_with_jitter_and_respect_the_server() -> None:
    retry = Retry(base=1.0, longest=8.0)
    assert [retry.wait(attempt, None, lambda: 1.0) for attempt in range(5)] == [1.0, 2.0, 4.0, 8.0, 8.0]
    assert [retry.wait(attempt, None, lambda: 0.0) for attempt in range(3)] == [0.5, 1.0, 2.0]
    assert retry.wait(0, 30.0, lambda: 1.0) == 30.0


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_pace_is_kept() -> None:
    clock = Clock()
    limiter = Limiter(20.0, clock=clock.read, sleep=clock.sleep)
    for _ in range(101):
        limiter.take()
    assert clock.now == pytest.approx(5.0)


def test_a_429_halves_the_pace_and_calm_restores_it() -> None:
    clock = Clock()
    limiter = Limiter(20.0, clock=clock.read, sleep=clock.sleep)
    limiter.take()
    limiter.slow()
    limiter.take()
    limiter.take()
    assert clock.now == pytest.approx(0.05 + 0.1)
    for _ in range(50):
        limiter.calm()
    limiter.take()
    start = clock.now
    limiter.take()
    assert clock.now - start == pytest.approx(0.05)


def test_several_429s_at_once_are_one() -> None:
    """Two dozen requests under way at once are refused together: that halves the pace once, not to nothing."""
    clock = Clock()
    limiter = Limiter(95.0, clock=clock.read, sleep=clock.sleep)
    limiter.take()
    for _ in range(24):
        limiter.slow()
    limiter.take()
    start = clock.now
    limiter.take()
    assert clock.now - start == pytest.approx(2 / 95)
    clock.now += 1.0
    limiter.slow()
    limiter.take()
    start = clock.now
    limiter.take()
    assert clock.now - start == pytest.approx(4 / 95)


def test_bytes_that_come_too_late() -> None:
    near, far = socket.socketpair()
    with near, far:
        far.sendall(b"abc")
        in_time = Dated(near.makefile("rb", buffering=0), near, 60.0, 60.0)
        assert in_time.read(3) == b"abc"
        far.sendall(b"more")
        with pytest.raises(TimeoutError, match="too long"):
            Dated(near.makefile("rb", buffering=0), near, 0.0, 60.0).read(1)


def test_the_sandbox_has_no_pace() -> None:
    clock = Clock()
    limiter = Limiter(None, clock=clock.read, sleep=clock.sleep)
    for _ in range(1000):
        limiter.take()
    assert clock.now == 0.0
