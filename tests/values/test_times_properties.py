"""What holds for any words, at any moment, in any zone; and that reading stays fast."""

from __future__ import annotations

import json
import pickle
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from flarite_nl.model.values import Moment
from flarite_nl.values.dates import LeafDate, read_date, read_iso, read_stamp
from flarite_nl.values.times import ImpossibleTime, TimeExpr, find_times, load_time_words
from tests.values.test_times_support import GRAMMAR, NOW, ZONE, Token, only, spans, tokens, window, words

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "dev.jsonl"
ZONES = [ZoneInfo(name) for name in ("UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "America/St_Johns")]

moments = st.datetimes(datetime(2012, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
zones = st.sampled_from(ZONES)
vocabulary = sorted(
    words().starters | {"of", "the", "ago", "to", "and", "'s", "-", ",", "from", "now", "date", "on", "at"}
)
figures = [
    "1",
    "5",
    "15",
    "31",
    "2025",
    "2026-03-05",
    "2026-02-30",
    "3/5",
    "3/5/2026",
    "5th",
    "31st",
    "3pm",
    "q1",
    "30d",
]
HYPHENATED = ["month-to-date", "mid-January to Feb 3rd", "end-of-month", "month-end", "year-to-date"]
FLOATING = ["March", "in November", "Q3", "on Monday", "March 5", "on the 31st", "Feb 29", "the weekend"]
prompts = st.lists(st.sampled_from(vocabulary + figures * 8), max_size=24).map(" ".join)


def at(moment: Moment, zone: ZoneInfo) -> datetime:
    if isinstance(moment, datetime):
        return moment
    return datetime(moment.year, moment.month, moment.day, tzinfo=zone).astimezone(UTC)


@settings(max_examples=1500, deadline=None)
@given(prompts, moments, zones)
def test_any_words_at_any_moment(text: str, now: datetime, zone: ZoneInfo) -> None:
    row = tokens(text)
    found = find_times(row, words())
    assert found == find_times(row, words())
    end = -1
    for span in found:
        assert end < span.first <= span.last < len(row)
        end = span.last
        for ahead in (False, True):
            _check(span.expr, now, zone, ahead)


def _check(expr: TimeExpr, now: datetime, zone: ZoneInfo, ahead: bool) -> None:
    for last in (False, True):
        assert isinstance(expr.day(now, zone, ahead=ahead, last=last), date | None)
    try:
        found = expr.resolve(now, zone, ahead=ahead)
    except ImpossibleTime:
        return
    assert expr.kind != "impossible"
    assert found == expr.resolve(now, zone, ahead=ahead)
    assert found.start is not None or found.end is not None
    if found.start is not None and found.end is not None:
        assert at(found.start, zone) < at(found.end, zone)
    for moment in (found.start, found.end):
        assert not isinstance(moment, datetime) or moment.tzinfo is UTC
    assert pickle.loads(pickle.dumps(expr)) == expr


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    find_times(tokens(text), words())


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(max_size=8), st.one_of(st.none(), st.decimals(), st.text(max_size=2), st.integers())),
        max_size=20,
    )
)
def test_any_tokens(raw: list[tuple[str, object]]) -> None:
    row = [Token(place, place + 1, word, value) for place, (word, value) in enumerate(raw)]
    for span in find_times(row, words()):
        assert 0 <= span.first <= span.last < len(row)


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 400), st.sampled_from(["day", "week", "month", "quarter", "year", "hour"]), moments, zones)
def test_a_rolling_window_is_never_narrower_than_counted(n: int, unit: str, now: datetime, zone: ZoneInfo) -> None:
    least = timedelta(days=n * {"day": 1, "week": 7, "month": 28, "quarter": 89, "year": 365, "hour": 0}[unit])
    least = least or timedelta(hours=n)
    if unit == "year" and n > 9:
        return
    now = now.replace(microsecond=0)
    back = only(f"last {n} {unit}s").resolve(now, zone, ahead=True)
    ahead = only(f"next {n} {unit}s").resolve(now, zone, ahead=False)
    assert back.start is not None
    assert back.end is not None
    assert ahead.start is not None
    assert ahead.end is not None
    hour = timedelta(hours=1)  # a day on which the clocks go forward has 23 hours
    assert at(back.end, zone) == now == at(ahead.start, zone)
    assert now - at(back.start, zone) >= least - hour
    assert at(ahead.end, zone) - now >= least - hour


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(FLOATING), moments, zones)
def test_bare_periods_have_begun_or_have_not_ended(text: str, now: datetime, zone: ZoneInfo) -> None:
    expr = only(text)
    today = now.astimezone(zone).date()
    back, ahead = (expr.resolve(now, zone, ahead=each) for each in (False, True))
    assert isinstance(back.start, date)
    assert isinstance(ahead.end, date)
    assert back.start <= today < ahead.end
    assert isinstance(back.end, date)
    assert isinstance(ahead.start, date)
    assert back == ahead or (back.end <= today < ahead.start)


@settings(max_examples=200, deadline=None)
@given(st.dates(date(2015, 1, 1), date(2035, 12, 31)))
def test_all_ways_to_write_a_date_agree(day: date) -> None:
    month = day.strftime("%B")
    expected = f"{day} .. {day + timedelta(days=1)}"
    for text in (
        day.isoformat(),
        f"{day.month}/{day.day}/{day.year}",
        f"{month} {day.day}, {day.year}",
        f"{day.day} {month} {day.year}",
        f"{month[:3]} {day.day} {day.year}",
    ):
        assert window(only(text), ahead=False) == expected


def test_every_day_of_a_year_is_read_and_no_other() -> None:
    for month in range(1, 13):
        for day in range(1, 32):
            leap = _exists(2024, month, day)
            assert read_date(f"{month}/{day}") == (LeafDate(None, month, day) if leap else None)
            common = _exists(2025, month, day)
            assert read_date(f"{month}/{day}/2025") == (LeafDate(2025, month, day) if common else None)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def test_the_month_comes_first_and_is_never_turned_round() -> None:
    assert read_date("3/5/2026") == LeafDate(2026, 3, 5)
    assert read_date("3/5/26") == LeafDate(2026, 3, 5)
    assert read_date("13/5/2026") is None
    assert read_date("2026/3/5") == LeafDate(2026, 3, 5)
    assert read_date("0/5") is None
    assert read_iso("2026-02-30") is None
    assert read_stamp("2026-03-05t25:00:00z") is None
    assert read_stamp("2026-03-05 9:00") == datetime(2026, 3, 5, 9)  # noqa: DTZ001


# ---------------------------------------------------------------- speed


HARD = [
    *(
        word * 400
        for word in ("1 ", "since ", "last ", "march ", "2025 ", "between ", "the ", "1 - ", "so far ", "friday , ")
    ),
    *(
        words * 200
        for words in ("from march to ", "week of ", "day before ", "3 days before ", "9am on ", "of the month ")
    ),
    *(words * 150 for words in ("end of the day on ", "this year's ", "the 3 days after ", "week of the day before ")),
    " ".join(f"{month}/{day}" for month in range(1, 13) for day in range(1, 32)),
]


@pytest.mark.parametrize("text", HARD, ids=lambda text: text[:15])
def test_a_long_prompt_takes_time_in_proportion(text: str) -> None:
    row = tokens(text)
    find_times(row, words())
    assert _seconds(lambda: find_times(row, words())) < 0.1


def _seconds(work: Callable[[], Any]) -> float:
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def test_too_many_dates_are_not_read() -> None:
    assert len(spans(" , ".join(f"march {day}" for day in range(1, 21)))) == 20
    many = " , ".join(f"{month} {day}" for month in ("march", "may") for day in range(1, 31))
    assert len(spans(many)) < 60


# ---------------------------------------------------------------- words


def test_words_are_picklable() -> None:
    assert pickle.loads(pickle.dumps(words())) == words()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"months": None}, "no mapping"),
        ({"months": {"1": ["january"]}}, "which is no int"),
        ({"ago": [True]}, "which is no word"),
        ({"ago": ["Ago"]}, "lower case"),
        ({"agos": ["ago"]}, "does not know the list agos"),
    ],
)
def test_a_broken_list_is_named(change: dict[str, Any], message: str) -> None:
    raw = yaml.safe_load(GRAMMAR.read_text(encoding="utf-8"))
    with pytest.raises(ValueError, match=message):
        load_time_words(raw | change)


def test_a_missing_list_is_named() -> None:
    raw = yaml.safe_load(GRAMMAR.read_text(encoding="utf-8"))
    del raw["months"]
    with pytest.raises(ValueError, match="has no list months"):
        load_time_words(raw)


# ---------------------------------------------------------------- the corpus


def _corpus() -> list[dict[str, Any]]:
    if not CORPUS.exists():
        return []
    return [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]


@pytest.mark.skipif(not CORPUS.exists(), reason=f"{CORPUS} is not on this machine")
def test_every_window_of_the_corpus_is_found() -> None:
    missing = []
    for line in _corpus():
        expected = {
            json.dumps(each["value"], sort_keys=True)
            for intent in line.get("intents", [])
            for each in intent.get("filters", [])
            if each["op"] == "during"
        }
        # "overdue" is no word of time, a follow-up may name no time, and spelling is put right before.
        if "context" in line or any(word in line["text"].lower() for word in ("overdue", "ovrdue", "febuary")):
            continue
        found = set()
        for _, expr in spans(line["text"]):
            for ahead in (False, True):
                if window(expr, ahead=ahead) != "impossible":
                    found.add(json.dumps(expr.resolve(NOW, ZONE, ahead=ahead).to_dict(), sort_keys=True))
        if not expected <= found:
            missing.append((line["id"], line["text"]))
    assert missing == []


def test_a_number_in_words_counts() -> None:
    row = [Token(0, 4, "last"), Token(5, 11, "twenty", Decimal(20)), Token(12, 16, "days")]
    assert [(each.first, each.last, each.expr.n) for each in find_times(row, words())] == [(0, 2, 20)]


@pytest.mark.parametrize("text", HYPHENATED)
def test_hyphens_inside_words_may_be_gone(text: str) -> None:
    row = tokens(text, hyphens=False)
    found = find_times(row, words())
    assert [(each.first, each.last) for each in found] == [(0, len(row) - 1)]
    assert window(found[0].expr, ahead=False) == window(only(text), ahead=False)
