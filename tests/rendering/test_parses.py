from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from flarite_nl.model.parse import Filter, Intent, Parse, Sort, Span
from flarite_nl.model.values import Money, Ref, Window
from flarite_nl.rendering.parses import MARGIN, parse_text, problem_text, underline


def spans_of(text: str, *words: str) -> tuple[Span, ...]:
    return tuple(Span(text.index(word), text.index(word) + len(word), word) for word in words)


def test_a_parse_shows_its_intents_and_all_that_they_say() -> None:
    intents = (
        Intent("customers", "list", (Filter("email", "eq", "a@b.com"),)),
        Intent(
            "invoices",
            "list",
            (
                Filter("customer", "eq", Ref(0)),
                Filter("total", "gt", Money(Decimal("50"), "usd")),
                Filter("created", "during", Window(date(2026, 2, 1), None)),
                Filter("status", "in", ("draft", "open")),
            ),
            Sort("created", "desc"),
            5,
        ),
    )
    assert parse_text(Parse("find a@b.com …", "ok", intents)).splitlines() == [
        "find a@b.com …",
        "  0. customers.list",
        "     email eq a@b.com",
        "  1. invoices.list",
        "     customer eq the results of 0",
        "     total gt $50.00",
        "     created during 2026-02-01 to …",
        "     status in draft, open",
        "     sort created desc",
        "     limit 5",
    ]


def test_words_that_were_not_understood_are_underlined() -> None:
    text = "list frobnicated invoices"
    problem = Parse(
        text, "rejected", reason="not_understood", unrecognized=spans_of(text, "frobnicated"),
        suggestions=("list invoices",),
    )  # fmt: skip
    assert problem_text(problem).splitlines() == [
        "Some of these words were not understood, so nothing was done.",
        "  list frobnicated invoices",
        "       ^^^^^^^^^^^",
        "Try: list invoices",
    ]


def test_underlines_stand_under_wide_letters_too() -> None:
    text = "list 日本 invoices qqq"
    above, below = underline(text, spans_of(text, "日本", "qqq"))
    assert above == text
    assert below == "     ^^^^          ^^^"


def test_a_prompt_cannot_steer_the_terminal() -> None:
    text = "list \x1b[2Jinvoices\nzz"
    assert "\x1b" not in problem_text(Parse(text, "rejected", unrecognized=spans_of(text, "zz")))
    assert underline(text, spans_of(text, "zz")) == ("list �[2Jinvoices zz", "                  ^^")


def test_a_long_prompt_is_cut_around_the_first_unknown_word() -> None:
    text = "list invoices " * 5000 + "frobnicated " + "please " * 5000
    above, below = underline(text, spans_of(text, "frobnicated"))
    assert above.startswith("… ")
    assert above.endswith(" …")
    assert above[below.index("^") : below.rindex("^") + 1] == "frobnicated"
    assert len(above) < 6 * MARGIN + 10


def test_what_is_missing_is_named() -> None:
    assert problem_text(Parse("refund the payment", "clarify", missing=("target",))) == "Something is missing: target."


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.data())
def test_underlines_never_reach_beyond_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start, len(text)))
    above, below = underline(text, [Span(start, end, text[start:end])])
    assert len(below) <= max(wcswidth(above), 0)
