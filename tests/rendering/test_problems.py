"""Errors name the words they are about and what to try; progress says what is known and no more."""

from __future__ import annotations

import pytest

from flarite_nl import errors
from flarite_nl.model.outcome import Failure
from flarite_nl.model.parse import Evidence, Intent, Parse, Span
from flarite_nl.rendering.problems import help_text, sentence
from flarite_nl.rendering.progress import Progress, progress_text

PROMPT = Parse("refund ch_1 and ch_22 of jane@acme.com", "ok")


def test_the_request_id_stands_behind_the_sentence() -> None:
    assert sentence(Failure("api", "No such charge.", "req_1")) == "No such charge. (request req_1)"


@pytest.mark.parametrize(
    ("message", "under"),
    [
        ("No such charge: 'ch_22'", "ch_22"),
        ("There is no customer jane@acme.com.", "jane@acme.com"),
        ("Only 3 of 22 were read", ""),
        ("refund and of are no names", ""),
        ("ch_2 is another one", ""),
    ],
)
def test_the_words_that_an_error_names_are_underlined(message: str, under: str) -> None:
    shown = help_text(Failure("invalid_request", message), PROMPT).splitlines()
    assert len(shown) == (2 if under else 0)
    if under:
        at = shown[0].index(under)
        assert shown[1] == " " * at + "^" * len(under)


def test_what_cannot_be_planned_is_underlined_where_it_failed() -> None:
    text = "list promotion codes sorted by code"
    evidence = (
        Evidence(Span(5, 20, "promotion codes"), "noun promotion_codes"),
        Evidence(Span(21, 35, ""), "sort code"),
    )
    parse = Parse(text, "ok", (Intent("promotion_codes", "list", evidence=evidence),))
    shown = help_text(errors.PlanError("Stripe does not show the code of them."), parse).splitlines()
    assert shown == [f"  {text}", " " * 23 + "^" * 14]


@pytest.mark.parametrize("kind", [errors.Unreachable, errors.RateLimited, errors.Ambiguous, errors.Repeated])
def test_what_to_try_stands_below(kind: type[errors.FlariteError]) -> None:
    assert help_text(kind("It did not work.")).startswith("Try: ")


def test_an_error_that_says_what_to_do_says_it_once() -> None:
    assert help_text(errors.Ambiguous("Two are meant: --max-targets 2 allows both.")) == ""


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (Progress(seconds=3.2), "waiting for an answer, 3 s"),
        (Progress(1, 100, 1, 2.0), "1 page, 100 objects, 50 objects/s"),
        (Progress(10, 1000, 10, 5.0, 30), "10 pages, 1,000 objects, 200 objects/s, about 10 s left"),
        (Progress(10, 1000, 10, 60.0, 40), "10 pages, 1,000 objects, 17 objects/s, about 3 min left"),
        (Progress(0, 0, 2, 2.0), "2 requests"),
        (Progress(10, 1000, 10, 5.0, 10), "10 pages, 1,000 objects, 200 objects/s"),
    ],
)
def test_progress(at: Progress, said: str) -> None:
    assert progress_text(at) == said
