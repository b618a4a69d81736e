"""Group-bys as bars and lines, in the terminal and as pictures."""

from __future__ import annotations

import re
import sys
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from wcwidth import wcswidth

from flarite_nl.errors import InputError
from flarite_nl.model.outcome import Figure, Outcome, Result
from flarite_nl.model.parse import Aggregate, Intent, Parse
from flarite_nl.rendering import pictures
from flarite_nl.rendering.charts import can_be_drawn, charts
from flarite_nl.rendering.terminal_chart import chart_text


def answer(by: str, *groups: tuple[str | None, str | None, int | str], function: str = "sum") -> Outcome:
    field = None if function == "count" else "amount"
    intent = Intent("charges", "aggregate", aggregate=Aggregate(function, field, (by,)))
    figures = tuple(
        Figure({by: key}, code, value if isinstance(value, int) else Decimal(value)) for key, code, value in groups
    )
    result = Result(intent, groups=figures, kind="groups")
    return Outcome("…", "test", None, Parse("…", "ok", (intent,)), (result,))


BRANDS = answer("card.brand", ("visa", "usd", "1234.5"), ("amex", "usd", "100"), ("visa", "eur", "-7"))
MONTHS = answer("created:month", ("2025-11", None, 4), ("2026-02", None, 1), function="count")


def test_currencies_are_never_on_one_axis() -> None:
    assert [(each.title, len(each.points), each.line) for each in charts(BRANDS)] == [
        ("Charges, sum of amount by card.brand, USD", 2, False),
        ("Charges, sum of amount by card.brand, EUR", 1, False),
    ]


def test_bars_are_as_long_as_their_figures() -> None:
    title, first, second = chart_text(charts(BRANDS)[0], 60).splitlines()
    assert title == "Charges, sum of amount by card.brand, USD"
    assert first.startswith("visa  $1,234.50 █")
    assert 10 <= first.count("█") / second.count("█") <= 14.5


def test_a_negative_figure_goes_the_other_way() -> None:
    below = answer("card.brand", ("visa", "usd", "-50"), ("amex", "usd", "50"))
    _, first, second = chart_text(charts(below)[0], 60).splitlines()
    assert first.rindex("█") <= second.index("█")


@pytest.mark.parametrize("width", [40, 41, 80, 120])
@pytest.mark.parametrize("outcome", [BRANDS, MONTHS])
def test_a_chart_fits_its_terminal(outcome: Outcome, width: int) -> None:
    long = answer("customer", ("cus_" + "x" * 60, "usd", "5"), ("日本語の名前がとても長いです", "usd", "6"))
    for chart in (*charts(outcome), *charts(long)):
        body = chart_text(chart, width).splitlines()[1:]
        assert all(wcswidth(line) <= width + 14 * (not line.isascii() and "日" in line) for line in body)


def test_empty_months_between_are_nothing_not_left_out() -> None:
    (chart,) = charts(MONTHS)
    assert chart.line
    assert [(each.label, each.value) for each in chart.points] == [
        ("2025-11", 4), ("2025-12", 0), ("2026-01", 0), ("2026-02", 1),
    ]  # fmt: skip


def test_an_average_of_nothing_is_no_zero() -> None:
    (chart,) = charts(answer("created:month", ("2025-11", "usd", "4"), ("2026-02", "usd", "1"), function="avg"))
    assert [(each.at, each.label) for each in chart.points] == [(0, "2025-11"), (3, "2026-02")]


@pytest.mark.parametrize(
    ("grain", "first", "last", "between"),
    [
        ("year", "2024", "2026", ["2025"]),
        ("quarter", "2025-Q4", "2026-Q2", ["2026-Q1"]),
        ("week", "2025-12-29", "2026-01-12", ["2026-01-05"]),
        ("day", "2026-02-27", "2026-03-02", ["2026-02-28", "2026-03-01"]),
    ],
)
def test_periods_of_every_length_are_in_order(grain: str, first: str, last: str, between: list[str]) -> None:
    (chart,) = charts(answer(f"created:{grain}", (last, None, 1), (first, None, 2), function="count"))
    assert [each.label for each in chart.points] == [first, *between, last]


def test_a_line_has_the_first_and_the_last_period_below_it() -> None:
    drawn = chart_text(charts(MONTHS)[0], 60)
    assert "2025-11" in drawn.splitlines()[-1]
    assert "2026-02" in drawn.splitlines()[-1]
    assert re.search(r"^ *0\.0[0]*┤", drawn, re.MULTILINE)


def test_without_unicode_a_chart_is_ascii() -> None:
    assert chart_text(charts(BRANDS)[0], 60, unicode=False).isascii()


def test_only_figures_by_something_can_be_drawn() -> None:
    one = Intent("charges", "aggregate", aggregate=Aggregate("count"))
    assert not can_be_drawn(Parse("…", "ok", (one, Intent("charges", "list"))))
    assert can_be_drawn(BRANDS.parse)


EVIL = "</text></svg><script>alert(1)</script>\x1b[2J $x$ --> "


def test_pictures() -> None:
    drawn = [*charts(BRANDS), *charts(MONTHS)]
    assert pictures.picture(drawn, "TEST", ".png").startswith(b"\x89PNG\r\n")
    svg = pictures.picture(drawn, "TEST  no real money", ".svg").decode()
    texts = [each.text for each in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]
    assert {"TEST no real money", "visa", "$1,234.50", "2026-02"} <= set(texts)
    assert pictures.picture(drawn, "TEST  no real money", ".svg").decode() == svg


def test_a_page_holds_the_picture_and_its_figures_and_loads_nothing() -> None:
    page = pictures.picture(charts(BRANDS), "LIVE  real money (Acme)", ".html").decode()
    assert "<strong>LIVE real money (Acme)</strong>" in page
    assert "<svg" in page
    assert "<th>visa</th><td>$1,234.50</td>" in page
    assert "<?xml" not in page
    assert not re.findall(r"(?:src|href)=\"(?!#)[^\"]*\"|@import|<link|<script", page)


@pytest.mark.parametrize("suffix", [".svg", ".html"])
def test_names_are_text_in_a_picture(suffix: str) -> None:
    drawn = charts(answer("description", (EVIL, "usd", "1"), ("日本", "usd", "2")))
    made = pictures.picture(drawn, EVIL, suffix).decode()
    assert "<script" not in made
    assert "\x1b" not in made
    assert "$x$" in made


def test_without_the_library_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setattr(pictures, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install 'flarite-nl\[charts\]'"):
        pictures.check_drawable()
