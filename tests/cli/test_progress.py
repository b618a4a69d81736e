"""The meter: silent for a second, out of the way of questions, gone when it is over."""

from __future__ import annotations

import io
import threading

import pytest

from flarite_nl.cli import progress
from flarite_nl.cli.progress import Meter


class Seen(io.StringIO):
    """Standard error that tells when something was written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Event()

    def write(self, text: str) -> int:
        done = super().write(text)
        if "object" in text:
            self.written.set()
        return done


@pytest.fixture
def stderr(monkeypatch: pytest.MonkeyPatch) -> Seen:
    seen = Seen()
    monkeypatch.setattr(progress, "EVERY", 0.01)
    return seen


def test_what_takes_a_second_shows_how_far_it_has_come(stderr: Seen) -> None:
    times = iter([0.0])
    with Meter(shown=True, stream=stderr, clock=lambda: next(times, 2.0)) as meter:
        meter.asked()
        meter.expect(3)
        meter.answered({"data": [{}, {}]})
        assert stderr.written.wait(30)
    assert "1 page, 2 objects, 1 objects/s, about 4 s left" in stderr.getvalue()
    assert stderr.getvalue().endswith("\r\x1b[K")


@pytest.mark.parametrize("shown", [True, False])
def test_what_is_quick_shows_nothing(stderr: Seen, shown: bool) -> None:
    with Meter(shown=shown, stream=stderr, clock=lambda: 0.0) as meter:
        meter.asked()
        meter.answered({"data": [{}]})
    assert stderr.getvalue() == ""


def test_a_question_is_asked_on_a_clean_line(stderr: Seen) -> None:
    times = iter([0.0])
    with Meter(shown=True, stream=stderr, clock=lambda: next(times, 2.0)) as meter:
        meter.asked()
        meter.answered({"data": [{}]})
        assert stderr.written.wait(30)

        def ask(question: str, *, loud: bool) -> str:
            before = stderr.getvalue()
            assert before.endswith("\r\x1b[K")
            stderr.written.clear()
            assert not stderr.written.wait(0.2)
            return question.upper() if loud else question

        assert meter.around(ask)("go on?", loud=True) == "GO ON?"


def test_a_stream_that_is_no_terminal_gets_none(stderr: Seen) -> None:
    assert not progress.can_be_shown(stderr)


def test_it_counts_from_many_threads() -> None:
    meter = Meter(shown=False)

    def count() -> None:
        for _ in range(500):
            meter.answered({"data": [{}]})

    threads = [threading.Thread(target=count) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (meter.pages, meter.objects, meter.requests) == (4000, 4000, 4000)
