"""What is no time, or not one that can be told exactly, is left alone."""

from __future__ import annotations

import pytest

from tests.values.test_times_support import spans

NOTHING = """
show the last 5 payments
last payment
the latest ten refunds
top 5 customers
the second one
refund the second one
the first one
show the 5th payment
refund the 5th payment
the 3rd customer
on the first one
from the first customer
may I see the customers
customers who may renew
sat and sun
by month
per day
per week
each week
each month
every year
every Monday
each January
every last Friday of the month
daily takings
weekly revenue by country
monthly price
a yearly plan
an annual subscription
$20 a month
€5 per week
charges between 500 and 2,000
charges between 2000 and 2050
payments over 2000
payments over 2025
under 2024 dollars
at least 2025 payments
more than 2020
exactly 2024
payments of 1999
card ending in 4242
card 2024
invoice 2025-001
invoice number 2024
INV-2024-0012
top 2020 customers
since Black Friday
on Good Friday
Easter Monday
Cyber Monday
Christmas
on Christmas Eve
since Thanksgiving
around March 5
about 3 days ago
roughly 2 weeks ago
fiscal 2025
fiscal year 2025
last fiscal year
FY25
FY25 Q1
Q1 FY25
early March
in late March
early last month
in mid-January
in mid January
this morning
last night
tonight
this afternoon
lately
recently
a few days ago
last few weeks
past several months
several weeks ago
two-thirds of ch_1
three quarters of ch_1
24/7 support
all time
ever
to date
right now
at the moment
so far
in the past
in the future
in 3 currencies
from cus_1
for 5 customers
of 3 payments
within the account
at the end of the period
until it is paid
until further notice
by card brand
since when
at 3pm
3pm on Monday
on 3 March 2026 at 10:00
year over year
month over month
the last day
last 0 days
last 1.5 days
last 5 business days
last 5
2 Mondays ago
on Mondays
weekdays
net 30
week 12
the quarter
the month
the year
in week
a week
a year
second
seconds
second payment
past due
current balance
next payout
next invoice
current period
half of the payment
the first half
march2025
order 2025
metadata order_id is 2025
#2025
2025-2
"last month"
summer sale
the day's end
end of trial
the start of the subscription
before the dispute
after the refund
"""


@pytest.mark.parametrize("text", NOTHING.strip().splitlines())
def test_no_time(text: str) -> None:
    assert spans(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("top 5 March payments", ["March"]),
        ("last 10 January invoices", ["January"]),
        ("in January 15 largest charges", ["in January"]),
        ("$20 a month for 3 months", ["3 months"]),
        ("what about last month", ["last month"]),
        ("how about Q3?", ["Q3"]),
        ("first payment of last month", ["of last month"]),
        ("paid last week of cus_1", ["last week"]),
        ("show all last month's payments", ["last month's"]),
        ("from January 15 on visa cards", ["from January 15"]),
        ("on the 15th by card brand", ["on the 15th"]),
        ("charges between $20 and $50 in the last 7 days", ["in the last 7 days"]),
        ("invoices dated Feb 1 through Feb 15 over $250", ["Feb 1 through Feb 15"]),
        ("EUR charges between 500 and 2,000 in Q1 that failed", ["in Q1"]),
        ("payments from 10 to 50 euros on or after March 5", ["on or after March 5"]),
        ("canceled last month that were created in 2024", ["last month", "in 2024"]),
        ("revenue in January, and what was it in February?", ["in January", "in February"]),
        ("total by month, trailing twelve months", ["trailing twelve months"]),
        ("due tomorrow: invoices of last week", ["tomorrow", "of last week"]),
        ("this month vs last month", ["this month", "last month"]),
        ("revenue by week in 2025 by day", ["in 2025"]),
    ],
)
def test_only_the_time_is_taken(text: str, expected: list[str]) -> None:
    assert [each[0] for each in spans(text)] == expected


@pytest.mark.parametrize(
    ("text", "weak"),
    [
        ("April", True),
        ("payments by June", True),
        ("invoices for April", True),
        ("in April", False),
        ("since June", False),
        ("April 5", False),
        ("April 2025", False),
        ("March", False),
        ("April's revenue", False),
        ("2025 revenue", True),
        ("payments of 2025", True),
        ("from 2025", True),
        ("in 2025", False),
        ("before 2025", False),
        ("between 2023 and 2024", True),
        ("year 2025", False),
        ("3/5", True),
        ("on 3/5", False),
        ("3/5/2026", False),
        ("last month", False),
    ],
)
def test_weak_where_it_may_be_a_name_or_a_number(text: str, weak: bool) -> None:
    assert [each[1].weak for each in spans(text)] == [weak]
