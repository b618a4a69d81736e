"""The same words at other moments and in other zones."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from flarite_nl.model.values import Window
from flarite_nl.values.times import ImpossibleTime
from tests.values.test_times_support import NOW, ZONE, only, spans, window

NEW_YORK = ZoneInfo("America/New_York")
KOLKATA = ZoneInfo("Asia/Kolkata")


@pytest.mark.parametrize(
    ("now", "words", "back", "ahead"),
    [
        # the last and the first day of a year
        ("2025-12-31T23:59:59", "today", "2025-12-31 .. 2026-01-01", ""),
        ("2025-12-31T23:59:59", "next month", "2026-01-01 .. 2026-02-01", ""),
        ("2025-12-31T23:59:59", "this week", "2025-12-29 .. 2026-01-05", ""),
        ("2025-12-31T23:59:59", "Q4", "2025-10-01 .. 2026-01-01", ""),
        ("2025-12-31T23:59:59", "in January", "2025-01-01 .. 2025-02-01", "2026-01-01 .. 2026-02-01"),
        ("2025-12-31T23:59:59", "YTD", "2025-01-01 .. 2025-12-31T23:59:59Z", ""),
        ("2026-01-01T00:00:00", "last month", "2025-12-01 .. 2026-01-01", ""),
        ("2026-01-01T00:00:00", "last quarter", "2025-10-01 .. 2026-01-01", ""),
        ("2026-01-01T00:00:00", "yesterday", "2025-12-31 .. 2026-01-01", ""),
        ("2026-01-01T00:00:00", "last 7 days", "2025-12-25 .. 2026-01-01", ""),
        ("2026-01-01T00:00:00", "in December", "2025-12-01 .. 2026-01-01", "2026-12-01 .. 2027-01-01"),
        ("2026-01-01T00:00:00", "the month before last", "2025-11-01 .. 2025-12-01", ""),
        # months of different lengths
        ("2026-03-31T12:00:00", "a month ago", "2026-02-28 .. 2026-03-01", ""),
        ("2026-03-31T12:00:00", "last month", "2026-02-01 .. 2026-03-01", ""),
        ("2026-05-31T12:00:00", "last 3 months", "2026-02-28 .. 2026-05-31T12:00:00Z", ""),
        ("2026-01-31T12:00:00", "in a month", "2026-02-28 .. 2026-03-01", ""),
        ("2026-01-31T12:00:00", "next month", "2026-02-01 .. 2026-03-01", ""),
        ("2026-01-31T12:00:00", "on the 31st", "2026-01-31 .. 2026-02-01", ""),
        ("2026-02-10T12:00:00", "on the 31st", "2026-01-31 .. 2026-02-01", "2026-03-31 .. 2026-04-01"),
        # leap years
        ("2024-02-29T12:00:00", "today", "2024-02-29 .. 2024-03-01", ""),
        ("2024-02-29T12:00:00", "a year ago", "2023-02-28 .. 2023-03-01", ""),
        ("2024-02-29T12:00:00", "last year", "2023-01-01 .. 2024-01-01", ""),
        ("2024-03-01T12:00:00", "yesterday", "2024-02-29 .. 2024-03-01", ""),
        ("2024-03-01T12:00:00", "Feb 29", "2024-02-29 .. 2024-03-01", "2028-02-29 .. 2028-03-01"),
        ("2027-06-01T12:00:00", "in February 2028", "2028-02-01 .. 2028-03-01", ""),
        ("2027-06-01T12:00:00", "Feb 29 2028", "2028-02-29 .. 2028-03-01", ""),
        # the ends of a week
        ("2026-03-22T12:00:00", "this week", "2026-03-16 .. 2026-03-23", ""),
        ("2026-03-22T12:00:00", "over the weekend", "2026-03-21 .. 2026-03-23", ""),
        ("2026-03-22T12:00:00", "last weekend", "2026-03-14 .. 2026-03-16", ""),
        ("2026-03-23T00:00:00", "over the weekend", "2026-03-21 .. 2026-03-23", "2026-03-28 .. 2026-03-30"),
        ("2026-03-23T00:00:00", "since Monday", "2026-03-23 ..", ""),
        ("2026-03-23T00:00:00", "last Monday", "2026-03-16 .. 2026-03-17", ""),
        ("2026-03-23T00:00:00", "next Monday", "2026-03-30 .. 2026-03-31", ""),
        ("2026-03-22T12:00:00", "next Friday", "2026-03-27 .. 2026-03-28", ""),
        ("2026-03-20T12:00:00", "on Friday", "2026-03-20 .. 2026-03-21", ""),
        ("2026-03-20T12:00:00", "by Friday", ".. 2026-03-21", ""),
    ],
)
def test_at_another_moment(now: str, words: str, back: str, ahead: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert window(only(words), ahead=False, now=moment) == back
    assert window(only(words), ahead=True, now=moment) == (ahead or back)


@pytest.mark.parametrize(
    ("zone", "now", "words", "expected"),
    [
        # the day in the zone, not in UTC
        (NEW_YORK, "2026-03-18T02:00:00Z", "today", "2026-03-17 .. 2026-03-18"),
        (KOLKATA, "2026-03-18T20:00:00Z", "today", "2026-03-19 .. 2026-03-20"),
        (NEW_YORK, "2026-03-01T03:00:00Z", "this month", "2026-02-01 .. 2026-03-01"),
        (NEW_YORK, "2026-03-18T15:30:00Z", "since 9am", "2026-03-18T13:00:00Z .."),
        (NEW_YORK, "2026-03-18T15:30:00Z", "since 2026-03-05T10:00:00", "2026-03-05T15:00:00Z .."),
        (NEW_YORK, "2026-03-18T15:30:00Z", "since 2026-03-05T05:00:00Z", "2026-03-05 .."),
        (KOLKATA, "2026-03-18T15:30:00Z", "MTD", "2026-03-01 .. 2026-03-18T15:30:00Z"),
        # clocks go forward on 2026-03-08 and back on 2026-11-01
        (NEW_YORK, "2026-03-08T12:00:00Z", "last 24 hours", "2026-03-07T12:00:00Z .. 2026-03-08T12:00:00Z"),
        (NEW_YORK, "2026-11-01T12:00:00Z", "last 24 hours", "2026-10-31T12:00:00Z .. 2026-11-01T12:00:00Z"),
        (NEW_YORK, "2026-03-08T12:00:00Z", "last 7 days", "2026-03-01 .. 2026-03-08T12:00:00Z"),
        (NEW_YORK, "2026-03-09T12:00:00Z", "since yesterday at 1am", "2026-03-08T06:00:00Z .."),
        (NEW_YORK, "2026-03-09T12:00:00Z", "since yesterday at 4am", "2026-03-08T08:00:00Z .."),
        (NEW_YORK, "2026-03-09T12:00:00Z", "since yesterday at 2:30am", "impossible"),
        (NEW_YORK, "2026-03-08T12:00:00Z", "today", "2026-03-08 .. 2026-03-09"),
    ],
)
def test_in_another_zone(zone: ZoneInfo, now: str, words: str, expected: str) -> None:
    assert window(only(words), ahead=False, now=datetime.fromisoformat(now), zone=zone) == expected


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("until June", "2026-06-01", "2026-06-30"),
        ("through June", "2026-06-01", "2026-06-30"),
        ("until June 15", "2026-06-15", "2026-06-15"),
        ("until the end of June", "2026-06-30", "2026-06-30"),
        ("by the end of the year", "2026-12-31", "2026-12-31"),
        ("end of month", "2026-03-31", "2026-03-31"),
        ("next month", "2026-04-01", "2026-04-30"),
        ("at the start of next month", "2026-04-01", "2026-04-01"),
        ("next week", "2026-03-23", "2026-03-29"),
        ("next Monday", "2026-03-23", "2026-03-23"),
        ("next Friday", "None", "None"),
        ("Friday", "2026-03-20", "2026-03-20"),
        ("tomorrow", "2026-03-19", "2026-03-19"),
        ("on the 5th", "2026-04-05", "2026-04-05"),
        ("in 30 days", "2026-04-17", "2026-04-17"),
        ("30 days from now", "2026-04-17", "2026-04-17"),
        ("3 months", "2026-06-18", "2026-06-18"),
        ("within 2 weeks", "2026-04-01", "2026-04-01"),
        ("in the next 7 days", "2026-03-25", "2026-03-25"),
        ("in 24 hours", "2026-03-19", "2026-03-19"),
        ("2026-12-31", "2026-12-31", "2026-12-31"),
        ("12/31/2026", "2026-12-31", "2026-12-31"),
        ("before June 5", "2026-06-04", "2026-06-04"),
        ("Q3", "2026-07-01", "2026-09-30"),
        ("in 2027", "2027-01-01", "2027-12-31"),
        ("since March 1", "2026-03-01", "2026-03-01"),
        ("last 7 days", "2026-03-11", "2026-03-18"),
        ("Feb 30", "None", "None"),
        ("the week before", "None", "None"),
        ("in 99999 years", "None", "None"),
    ],
)
def test_the_day_of_a_param(words: str, first: str, last: str) -> None:
    expr = only(words)
    assert str(expr.day(NOW, ZONE)) == first
    assert str(expr.day(NOW, ZONE, last=True)) == last


@pytest.mark.parametrize(
    ("words", "past", "future"),
    [
        ("last 7 days", True, False),
        ("yesterday", True, False),
        ("last Monday", True, False),
        ("3 days ago", True, False),
        ("since Monday", True, False),
        ("older than 30 days", True, False),
        ("MTD", True, False),
        ("Q4 last year", True, False),
        ("until now", True, False),
        ("next 7 days", False, True),
        ("tomorrow", False, True),
        ("in 3 days", False, True),
        ("by next week", False, True),
        ("from now on", False, True),
        ("between now and Friday", False, True),
        ("within 7 days", False, False),
        ("today", False, False),
        ("this month", False, False),
        ("Monday", False, False),
        ("by Friday", False, False),
        ("in January", False, False),
        ("2026-03-05", False, False),
    ],
)
def test_direction(words: str, past: bool, future: bool) -> None:
    expr = only(words)
    assert (expr.explicit_past, expr.explicit_future) == (past, future)


@pytest.mark.parametrize(
    ("words", "grain"),
    [("yesterday", "day"), ("March 5", "day"), ("last week", "week"), ("in January", "month"), ("Q1 2025", "quarter"),
     ("in 2025", "year"), ("last 7 days", None), ("H1", None), ("last weekend", None), ("since Monday", None)],
)  # fmt: skip
def test_grain(words: str, grain: str | None) -> None:
    found = spans("in H1")[0][1] if words == "H1" else only(words)
    assert found.grain == grain


@pytest.mark.parametrize(
    ("words", "base", "expected"),
    [
        ("the week before", ("2026-03-09", "2026-03-16"), ("2026-03-02", "2026-03-09")),
        ("the week after", ("2026-03-09", "2026-03-16"), ("2026-03-16", "2026-03-23")),
        ("the month before", ("2026-02-01", "2026-03-01"), ("2026-01-01", "2026-02-01")),
        ("the month before that", ("2026-02-01", "2026-03-01"), ("2026-01-01", "2026-02-01")),
        ("the previous month", ("2026-02-01", "2026-03-01"), ("2026-01-01", "2026-02-01")),
        ("the following quarter", ("2025-10-01", "2026-01-01"), ("2026-01-01", "2026-04-01")),
        ("the year before", ("2025-01-01", "2026-01-01"), ("2024-01-01", "2025-01-01")),
        ("the year before", ("2026-02-01", "2026-03-01"), ("2025-02-01", "2025-03-01")),
        ("the day before", ("2026-03-17", "2026-03-18"), ("2026-03-16", "2026-03-17")),
        ("the month before", ("2026-03-09", "2026-03-16"), None),
    ],
)
def test_relative_to_the_turn_before(words: str, base: tuple[str, str], expected: tuple[str, str] | None) -> None:
    expr = only(words)
    start = Window(date.fromisoformat(base[0]), date.fromisoformat(base[1]))
    assert expr.relative_to_previous is not None
    if expected is None:
        with pytest.raises(ImpossibleTime):
            expr.shift(start, ZONE)
    else:
        assert expr.shift(start, ZONE) == Window(date.fromisoformat(expected[0]), date.fromisoformat(expected[1]))


def test_what_is_relative_without_a_base() -> None:
    assert only("the week before").needs_base
    assert window(only("the week before"), ahead=False) == "impossible"
    assert not only("the previous month").needs_base
    with pytest.raises(ImpossibleTime):
        only("last month").shift(Window(None, None), ZONE)
    with pytest.raises(ImpossibleTime):
        only("the week before").shift(Window(date(2026, 3, 1), None), ZONE)


def test_a_rolling_base_has_a_week_before_it() -> None:
    base = only("last 7 days").resolve(NOW, ZONE, ahead=False)
    assert only("the week before").shift(base, ZONE) == Window(date(2026, 3, 4), date(2026, 3, 11))


def test_more_than_a_duration_ago() -> None:
    expr = only("overdue by more than | 30 days")
    assert expr.cutoff(NOW, ZONE) == Window(None, date(2026, 2, 16))
    with pytest.raises(ImpossibleTime):
        only("last month").cutoff(NOW, ZONE)


def test_the_ends_of_a_range_for_a_comparison() -> None:
    ends = only("compare | last month to this month").ends
    assert ends is not None
    assert [window(each, ahead=False) for each in ends] == ["2026-02-01 .. 2026-03-01", "2026-03-01 .. 2026-04-01"]
    assert only("last month").ends is None


def test_the_year_behind_a_list_is_that_of_all() -> None:
    found = [window(each[1], ahead=False) for each in spans("Jan, Feb and Mar 2025")]
    assert found == ["2025-01-01 .. 2025-02-01", "2025-02-01 .. 2025-03-01", "2025-03-01 .. 2025-04-01"]
    assert window(spans("Q1 vs Q2 of last year")[0][1], ahead=False) == "2025-01-01 .. 2025-04-01"
    assert window(spans("Nov and Jan 2025")[0][1], ahead=False) == "2025-11-01 .. 2025-12-01"


def test_n_and_unit_of_a_count() -> None:
    assert [
        (each.n, each.unit) for each in map(only, ["in 30 days", "last 2 weeks", "a month ago", "next fortnight"])
    ] == [
        (30, "day"),
        (2, "week"),
        (1, "month"),
        (14, "day"),
    ]
