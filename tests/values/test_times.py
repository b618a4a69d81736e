"""Phrases of time and the windows that they name, on Wednesday 2026-03-18 at 15:30 UTC."""

from __future__ import annotations

import pytest

from tests.values.test_times_support import only, window

N = "2026-03-18T15:30:00Z"

# words | window looking back | window looking ahead, where it is another
TABLE = f"""
today | 2026-03-18 .. 2026-03-19
yesterday | 2026-03-17 .. 2026-03-18
tomorrow | 2026-03-19 .. 2026-03-20
yesterday's | 2026-03-17 .. 2026-03-18
from yesterday | 2026-03-17 .. 2026-03-18
day before yesterday | 2026-03-16 .. 2026-03-17
the day before yesterday | 2026-03-16 .. 2026-03-17
the day after tomorrow | 2026-03-20 .. 2026-03-21
this week | 2026-03-16 .. 2026-03-23
last week | 2026-03-09 .. 2026-03-16
next week | 2026-03-23 .. 2026-03-30
of this week | 2026-03-16 .. 2026-03-23
for last week | 2026-03-09 .. 2026-03-16
from last week | 2026-03-09 .. 2026-03-16
the previous week | 2026-03-09 .. 2026-03-16
the coming week | 2026-03-23 .. 2026-03-30
the upcoming week | 2026-03-23 .. 2026-03-30
this past week | 2026-03-09 .. 2026-03-16
this month | 2026-03-01 .. 2026-04-01
last month | 2026-02-01 .. 2026-03-01
next month | 2026-04-01 .. 2026-05-01
in the previous month | 2026-02-01 .. 2026-03-01
the current month | 2026-03-01 .. 2026-04-01
last month's | 2026-02-01 .. 2026-03-01
last mnth | 2026-02-01 .. 2026-03-01
last full month | 2026-02-01 .. 2026-03-01
this quarter | 2026-01-01 .. 2026-04-01
last quarter | 2025-10-01 .. 2026-01-01
next quarter | 2026-04-01 .. 2026-07-01
the current quarter | 2026-01-01 .. 2026-04-01
this year | 2026-01-01 .. 2027-01-01
last year | 2025-01-01 .. 2026-01-01
next year | 2027-01-01 .. 2028-01-01
last yr | 2025-01-01 .. 2026-01-01
this year's | 2026-01-01 .. 2027-01-01
in the last quarter | 2025-10-01 .. 2026-01-01
over the last year | 2025-01-01 .. 2026-01-01
during the past month | 2026-02-01 .. 2026-03-01
the month before last | 2026-01-01 .. 2026-02-01
week before last | 2026-03-02 .. 2026-03-09
the quarter before last | 2025-07-01 .. 2025-10-01
the year before last | 2024-01-01 .. 2025-01-01
the week after next | 2026-03-30 .. 2026-04-06
week to date | 2026-03-16 .. {N}
month to date | 2026-03-01 .. {N}
month-to-date | 2026-03-01 .. {N}
quarter to date | 2026-01-01 .. {N}
year to date | 2026-01-01 .. {N}
year-to-date | 2026-01-01 .. {N}
MTD | 2026-03-01 .. {N}
QTD | 2026-01-01 .. {N}
YTD | 2026-01-01 .. {N}
WTD | 2026-03-16 .. {N}
so far this month | 2026-03-01 .. {N}
this month so far | 2026-03-01 .. {N}
thus far this year | 2026-01-01 .. {N}
so far today | 2026-03-18 .. {N}
this year to date | 2026-01-01 .. {N}
January to date | 2026-01-01 .. {N}
this week until now | 2026-03-16 .. {N}
so far in March | 2026-03-01 .. {N}
last 7 days | 2026-03-11 .. {N}
past 7 days | 2026-03-11 .. {N}
in the past 7 days | 2026-03-11 .. {N}
in the last seven days | 2026-03-11 .. {N}
over the last 30 days | 2026-02-16 .. {N}
within the last 30 days | 2026-02-16 .. {N}
during the previous 30 days | 2026-02-16 .. {N}
these last 90 days | 2025-12-18 .. {N}
trailing 30 days | 2026-02-16 .. {N}
rolling 12 months | 2025-03-18 .. {N}
trailing twelve months | 2025-03-18 .. {N}
TTM | 2025-03-18 .. {N}
last 30d | 2026-02-16 .. {N}
last 6mo | 2025-09-18 .. {N}
last 90-day | 2025-12-18 .. {N}
last 2 weeks | 2026-03-04 .. {N}
last two weeks | 2026-03-04 .. {N}
last couple of weeks | 2026-03-04 .. {N}
the past couple of months | 2026-01-18 .. {N}
last 3 months | 2025-12-18 .. {N}
over the course of the last three months | 2025-12-18 .. {N}
last 2 quarters | 2025-09-18 .. {N}
last 2 years | 2024-03-18 .. {N}
last 1 week | 2026-03-11 .. {N}
past fortnight | 2026-03-04 .. {N}
over the past fortnight | 2026-03-04 .. {N}
last two fortnights | 2026-02-18 .. {N}
in the last day | 2026-03-17 .. {N}
last 3 full months | 2025-12-01 .. 2026-03-01
last 2 calendar weeks | 2026-03-02 .. 2026-03-16
in the next 7 days | {N} .. 2026-03-26
the coming 7 days | {N} .. 2026-03-26
the following 7 days | {N} .. 2026-03-26
within the next 2 weeks | {N} .. 2026-04-02
next 2 weeks | {N} .. 2026-04-02
next 3 months | {N} .. 2026-06-19
for the next 3 months | {N} .. 2026-06-19
next fortnight | {N} .. 2026-04-02
within 7 days | 2026-03-11 .. {N} | {N} .. 2026-03-26
within ten days | 2026-03-08 .. {N} | {N} .. 2026-03-29
within a week | 2026-03-11 .. {N} | {N} .. 2026-03-26
within 48 hours | 2026-03-16T15:30:00Z .. {N} | {N} .. 2026-03-20T15:30:00Z
last 24 hours | 2026-03-17T15:30:00Z .. {N}
past 24h | 2026-03-17T15:30:00Z .. {N}
in the last hour | 2026-03-18T14:30:00Z .. {N}
from the last hour | 2026-03-18T14:30:00Z .. {N}
past hour | 2026-03-18T14:30:00Z .. {N}
in the last 2 hours | 2026-03-18T13:30:00Z .. {N}
last 30 minutes | 2026-03-18T15:00:00Z .. {N}
last 30 min | 2026-03-18T15:00:00Z .. {N}
in the next 48 hours | {N} .. 2026-03-20T15:30:00Z
3 days ago | 2026-03-15 .. 2026-03-16
from 3 days ago | 2026-03-15 .. 2026-03-16
two weeks ago | 2026-03-04 .. 2026-03-05
a week ago | 2026-03-11 .. 2026-03-12
a week ago today | 2026-03-11 .. 2026-03-12
a month ago | 2026-02-18 .. 2026-02-19
a year ago | 2025-03-18 .. 2025-03-19
a couple of days ago | 2026-03-16 .. 2026-03-17
since 3 days ago | 2026-03-15 ..
since 2 hours ago | 2026-03-18T13:30:00Z ..
before 3 days ago | .. 2026-03-15
3 days from now | 2026-03-21 .. 2026-03-22
a week from today | 2026-03-25 .. 2026-03-26
in 3 days | 2026-03-21 .. 2026-03-22
in 2 weeks' time | 2026-04-01 .. 2026-04-02
in a month | 2026-04-18 .. 2026-04-19
3 days before March 5 2026 | 2026-03-02 .. 2026-03-03
a week after March 5 2026 | 2026-03-12 .. 2026-03-13
two weeks from tomorrow | 2026-04-02 .. 2026-04-03
the 3 days before March 5 2026 | 2026-03-02 .. 2026-03-05
the 3 days after March 5 2026 | 2026-03-06 .. 2026-03-09
5 to 10 days ago | 2026-03-08 .. 2026-03-14
between 5 and 10 days ago | 2026-03-08 .. 2026-03-14
between 2 weeks ago and yesterday | 2026-03-04 .. 2026-03-18
older than 30 days | .. 2026-02-16
more than 30 days ago | .. 2026-02-16
over 30 days ago | .. 2026-02-16
more than 30 days old | .. 2026-02-16
older than a week | .. 2026-03-11
older than 3 days | .. 2026-03-15
older than 24 hours | .. 2026-03-17T15:30:00Z
older than 6 months | .. 2025-09-18
at least 30 days ago | .. 2026-02-17
at least 30 days old | .. 2026-02-17
less than 2 days ago | 2026-03-16 .. {N}
newer than 7 days | 2026-03-11 .. {N}
less than 7 days old | 2026-03-11 .. {N}
no older than 7 days | 2026-03-11 .. {N}
in less than 7 days | {N} .. 2026-03-26
less than 7 days away | {N} .. 2026-03-26
in more than 30 days | 2026-04-18 ..
more than 30 days from now | 2026-04-18 ..
older than March 5 2026 | .. 2026-03-05
newer than March 5 2026 | 2026-03-06 ..
since March 1 | 2026-03-01 .. | 2026-03-01 ..
since Monday | 2026-03-16 .. | 2026-03-16 ..
since last month | 2026-02-01 ..
since yesterday | 2026-03-17 ..
since the first of March | 2026-03-01 ..
since the start of the year | 2026-01-01 ..
since beginning of year | 2026-01-01 ..
since the beginning of last month | 2026-02-01 ..
since the end of February | 2026-03-01 ..
since 2025 | 2025-01-01 ..
since Q4 | 2025-10-01 ..
since January 2025 | 2025-01-01 ..
since mid-January | 2026-01-15 ..
ever since March 1 | 2026-03-01 ..
since the first | 2026-03-01 ..
after March 5 | 2026-03-06 .. | 2027-03-06 ..
after Feb 14 | 2026-02-15 .. | 2027-02-15 ..
later than Feb 14 | 2026-02-15 .. | 2027-02-15 ..
after last month | 2026-03-01 ..
after 2024 | 2025-01-01 ..
before March 5 | .. 2026-03-05 | .. 2027-03-05
prior to March 5 | .. 2026-03-05 | .. 2027-03-05
earlier than March 5 | .. 2026-03-05 | .. 2027-03-05
before 2025 | .. 2025-01-01
before last month | .. 2026-02-01
before the end of the month | .. 2026-04-01
by March 5 | .. 2026-03-06 | .. 2027-03-06
until March 5 | .. 2026-03-06 | .. 2027-03-06
till March 5 | .. 2026-03-06 | .. 2027-03-06
through March 5 | .. 2026-03-06 | .. 2027-03-06
thru March 5 | .. 2026-03-06 | .. 2027-03-06
on or before March 5 | .. 2026-03-06 | .. 2027-03-06
no later than March 5 | .. 2026-03-06 | .. 2027-03-06
not later than April 30 | .. 2025-05-01 | .. 2026-05-01
up to and including 2025-05-31 | .. 2025-06-01
up to March 5 | .. 2026-03-06 | .. 2027-03-06
by Friday | .. 2026-03-14 | .. 2026-03-21
no later than Friday | .. 2026-03-14 | .. 2026-03-21
by tomorrow | .. 2026-03-20
by the end of the month | .. 2026-04-01
by end of month | .. 2026-04-01
by month end | .. 2026-04-01
by EOM | .. 2026-04-01
by EOY | .. 2027-01-01
by the end of the week | .. 2026-03-23
by end of next week | .. 2026-03-30
by the end of day | .. 2026-03-19
by EOD Friday | .. 2026-03-14 | .. 2026-03-21
until the end of June | .. 2025-07-01 | .. 2026-07-01
until now | .. {N}
on or after March 5 | 2026-03-05 .. | 2027-03-05 ..
not before March 5 | 2026-03-05 .. | 2027-03-05 ..
no earlier than March 5 | 2026-03-05 .. | 2027-03-05 ..
starting March 5 | 2026-03-05 .. | 2027-03-05 ..
starting from last Monday | 2026-03-16 ..
January 15 onwards | 2026-01-15 .. | 2027-01-15 ..
from January 15 onwards | 2026-01-15 .. | 2027-01-15 ..
from January 15 on | 2026-01-15 .. | 2027-01-15 ..
March 5 or later | 2026-03-05 .. | 2027-03-05 ..
March 5 or earlier | .. 2026-03-06 | .. 2027-03-06
from the start of the month | 2026-03-01 ..
from now on | {N} ..
March 5 | 2026-03-05 .. 2026-03-06 | 2027-03-05 .. 2027-03-06
on March 5th | 2026-03-05 .. 2026-03-06 | 2027-03-05 .. 2027-03-06
Mar. 5 | 2026-03-05 .. 2026-03-06 | 2027-03-05 .. 2027-03-06
5 March | 2026-03-05 .. 2026-03-06 | 2027-03-05 .. 2027-03-06
5th of March | 2026-03-05 .. 2026-03-06 | 2027-03-05 .. 2027-03-06
the first of March | 2026-03-01 .. 2026-03-02 | 2027-03-01 .. 2027-03-02
on the 5th of March | 2026-03-05 .. 2026-03-06 | 2027-03-05 .. 2027-03-06
March 18 | 2026-03-18 .. 2026-03-19
March 20 | 2025-03-20 .. 2025-03-21 | 2026-03-20 .. 2026-03-21
5 March 2025 | 2025-03-05 .. 2025-03-06
March 5, 2025 | 2025-03-05 .. 2025-03-06
March 5th, 2025 | 2025-03-05 .. 2025-03-06
on March 5 last year | 2025-03-05 .. 2025-03-06
5-Mar-2025 | 2025-03-05 .. 2025-03-06
on the 5th | 2026-03-05 .. 2026-03-06 | 2026-04-05 .. 2026-04-06
on the 20th | 2026-02-20 .. 2026-02-21 | 2026-03-20 .. 2026-03-21
on the 31st | 2026-01-31 .. 2026-02-01 | 2026-03-31 .. 2026-04-01
on the first | 2026-03-01 .. 2026-03-02 | 2026-04-01 .. 2026-04-02
the 5th of last month | 2026-02-05 .. 2026-02-06
on the 1st of next month | 2026-04-01 .. 2026-04-02
the 1st of the month | 2026-03-01 .. 2026-03-02
2026-03-05 | 2026-03-05 .. 2026-03-06
on 2026-03-05 | 2026-03-05 .. 2026-03-06
2026-3-5 | 2026-03-05 .. 2026-03-06
3/5/2026 | 2026-03-05 .. 2026-03-06
on 3/12/2026 | 2026-03-12 .. 2026-03-13
3/5/26 | 2026-03-05 .. 2026-03-06
on 3/5 | 2026-03-05 .. 2026-03-06 | 2027-03-05 .. 2027-03-06
2026/03/05 | 2026-03-05 .. 2026-03-06
2026-02 | 2026-02-01 .. 2026-03-01
03/2026 | 2026-03-01 .. 2026-04-01
Feb 29 | 2024-02-29 .. 2024-03-01 | 2028-02-29 .. 2028-03-01
Friday, March 20 | 2026-03-20 .. 2026-03-21
Friday March 20, 2026 | 2026-03-20 .. 2026-03-21
on Tuesday the 10th | 2026-03-10 .. 2026-03-11
in January | 2026-01-01 .. 2026-02-01 | 2027-01-01 .. 2027-02-01
in November | 2025-11-01 .. 2025-12-01 | 2026-11-01 .. 2026-12-01
in March | 2026-03-01 .. 2026-04-01
back in February | 2026-02-01 .. 2026-03-01 | 2027-02-01 .. 2027-03-01
the month of January | 2026-01-01 .. 2026-02-01 | 2027-01-01 .. 2027-02-01
for all of January | 2026-01-01 .. 2026-02-01 | 2027-01-01 .. 2027-02-01
January's | 2026-01-01 .. 2026-02-01 | 2027-01-01 .. 2027-02-01
in May | 2025-05-01 .. 2025-06-01 | 2026-05-01 .. 2026-06-01
May 5 | 2025-05-05 .. 2025-05-06 | 2026-05-05 .. 2026-05-06
Jan 2025 | 2025-01-01 .. 2025-02-01
May 2025 | 2025-05-01 .. 2025-06-01
Feb 2026 | 2026-02-01 .. 2026-03-01
Feb '26 | 2026-02-01 .. 2026-03-01
in January of 2025 | 2025-01-01 .. 2025-02-01
January last year | 2025-01-01 .. 2025-02-01
March of last year | 2025-03-01 .. 2025-04-01
last March | 2025-03-01 .. 2025-04-01
last November | 2025-11-01 .. 2025-12-01
this November | 2026-11-01 .. 2026-12-01
next March | 2027-03-01 .. 2027-04-01
Q1 | 2026-01-01 .. 2026-04-01
in Q3 | 2025-07-01 .. 2025-10-01 | 2026-07-01 .. 2026-10-01
Q1 2025 | 2025-01-01 .. 2025-04-01
2025 Q1 | 2025-01-01 .. 2025-04-01
Q4 last year | 2025-10-01 .. 2026-01-01
from Q4 last year | 2025-10-01 .. 2026-01-01
last year's Q4 | 2025-10-01 .. 2026-01-01
last Q4 | 2025-10-01 .. 2026-01-01
first quarter | 2026-01-01 .. 2026-04-01
the fourth quarter of 2024 | 2024-10-01 .. 2025-01-01
2nd quarter of last year | 2025-04-01 .. 2025-07-01
first quarter of the year | 2026-01-01 .. 2026-04-01
quarter 3 of 2025 | 2025-07-01 .. 2025-10-01
the last quarter of 2025 | 2025-10-01 .. 2026-01-01
H1 2025 | 2025-01-01 .. 2025-07-01
in H2 | 2025-07-01 .. 2026-01-01 | 2026-07-01 .. 2027-01-01
first half of 2025 | 2025-01-01 .. 2025-07-01
in the second half of last year | 2025-07-01 .. 2026-01-01
the last half of 2025 | 2025-07-01 .. 2026-01-01
in 2025 | 2025-01-01 .. 2026-01-01
from 2025 | 2025-01-01 .. 2026-01-01
during 2024 | 2024-01-01 .. 2025-01-01
throughout 2024 | 2024-01-01 .. 2025-01-01
in the year 2025 | 2025-01-01 .. 2026-01-01
2025 | 2025-01-01 .. 2026-01-01
the whole of 2025 | 2025-01-01 .. 2026-01-01
in '25 | 2025-01-01 .. 2026-01-01
on Monday | 2026-03-16 .. 2026-03-17 | 2026-03-23 .. 2026-03-24
on Wednesday | 2026-03-18 .. 2026-03-19
Friday | 2026-03-13 .. 2026-03-14 | 2026-03-20 .. 2026-03-21
on Sun | 2026-03-15 .. 2026-03-16 | 2026-03-22 .. 2026-03-23
last Monday | 2026-03-16 .. 2026-03-17
last Wednesday | 2026-03-11 .. 2026-03-12
last Friday | 2026-03-13 .. 2026-03-14
this past Monday | 2026-03-16 .. 2026-03-17
this Friday | 2026-03-20 .. 2026-03-21
this Monday | 2026-03-16 .. 2026-03-17 | 2026-03-23 .. 2026-03-24
this coming Friday | 2026-03-20 .. 2026-03-21
next Monday | 2026-03-23 .. 2026-03-24
next Wednesday | 2026-03-25 .. 2026-03-26
next Friday | impossible
Friday of next week | 2026-03-27 .. 2026-03-28
Monday last week | 2026-03-09 .. 2026-03-10
last week Monday | 2026-03-09 .. 2026-03-10
on Thursday of this week | 2026-03-19 .. 2026-03-20
over the weekend | 2026-03-14 .. 2026-03-16 | 2026-03-21 .. 2026-03-23
the weekend | 2026-03-14 .. 2026-03-16 | 2026-03-21 .. 2026-03-23
last weekend | 2026-03-14 .. 2026-03-16
this weekend | 2026-03-21 .. 2026-03-23
next weekend | 2026-03-28 .. 2026-03-30
the weekend before last | 2026-03-07 .. 2026-03-09
the week of March 2 | 2026-03-02 .. 2026-03-09 | 2027-03-01 .. 2027-03-08
week of 3/5/2026 | 2026-03-02 .. 2026-03-09
in the week starting March 3 2026 | 2026-03-03 .. 2026-03-10
the week ending March 8 2026 | 2026-03-02 .. 2026-03-09
end of month | 2026-03-31 .. 2026-04-01
at the end of the month | 2026-03-31 .. 2026-04-01
on the last day of the month | 2026-03-31 .. 2026-04-01
the first day of next month | 2026-04-01 .. 2026-04-02
EOM | 2026-03-31 .. 2026-04-01
first Friday of March | 2026-03-06 .. 2026-03-07
the last Friday of last month | 2026-02-27 .. 2026-02-28
the last 7 days of March 2025 | 2025-03-25 .. 2025-04-01
first 10 days of January 2025 | 2025-01-01 .. 2025-01-11
the first two weeks of January | 2026-01-01 .. 2026-01-15 | 2027-01-01 .. 2027-01-15
the last month of 2025 | 2025-12-01 .. 2026-01-01
the first three months of 2025 | 2025-01-01 .. 2025-04-01
from March 1 to March 15 | 2026-03-01 .. 2026-03-16 | 2027-03-01 .. 2027-03-16
between March 1 and March 15 | 2026-03-01 .. 2026-03-16 | 2027-03-01 .. 2027-03-16
March 1–15 | 2026-03-01 .. 2026-03-16 | 2027-03-01 .. 2027-03-16
March 1 to 15 | 2026-03-01 .. 2026-03-16 | 2027-03-01 .. 2027-03-16
March 1-15, 2025 | 2025-03-01 .. 2025-03-16
between March 1 and 15, 2025 | 2025-03-01 .. 2025-03-16
1-15 March 2025 | 2025-03-01 .. 2025-03-16
from 1 to 15 March | 2026-03-01 .. 2026-03-16 | 2027-03-01 .. 2027-03-16
between the 1st and the 15th of March 2025 | 2025-03-01 .. 2025-03-16
from the 1st to the 15th | 2026-03-01 .. 2026-03-16 | 2026-04-01 .. 2026-04-16
the 1st to 15th of last month | 2026-02-01 .. 2026-02-16
Feb 1 through Feb 15 | 2026-02-01 .. 2026-02-16 | 2027-02-01 .. 2027-02-16
Feb 1 up to but not including Feb 15 | 2026-02-01 .. 2026-02-15 | 2027-02-01 .. 2027-02-15
from 1 February 2026 to before 1 March 2026 | 2026-02-01 .. 2026-03-01
from last month until before this week | 2026-02-01 .. 2026-03-16
since 2026-02-01 to before March 5 | 2026-02-01 .. 2026-03-05
Jan 10 - Feb 10 | 2026-01-10 .. 2026-02-11 | 2027-01-10 .. 2027-02-11
Nov 20 to Feb 5 | 2025-11-20 .. 2026-02-06 | 2026-11-20 .. 2027-02-06
Nov 20 to Feb 5 2025 | 2024-11-20 .. 2025-02-06
Nov 20, 2024 to Feb 5 | 2024-11-20 .. 2025-02-06
between 3/1 and 3/10 | 2026-03-01 .. 2026-03-11 | 2027-03-01 .. 2027-03-11
2026-03-01 to 2026-03-10 | 2026-03-01 .. 2026-03-11
mid-January to Feb 3rd | 2026-01-15 .. 2026-02-04 | 2027-01-15 .. 2027-02-04
Oct–Dec | 2025-10-01 .. 2026-01-01 | 2026-10-01 .. 2027-01-01
Jan to March 2025 | 2025-01-01 .. 2025-04-01
Oct to Dec last year | 2025-10-01 .. 2026-01-01
between January and April | 2026-01-01 .. 2026-05-01
Q1 to Q3 2025 | 2025-01-01 .. 2025-10-01
2023-2024 | 2023-01-01 .. 2025-01-01
between 2023 and 2024 | 2023-01-01 .. 2025-01-01
from 2024 to now | 2024-01-01 .. {N}
from January 2025 until now | 2025-01-01 .. {N}
between last Monday and yesterday | 2026-03-16 .. 2026-03-18
Monday to Wednesday | 2026-03-16 .. 2026-03-19
Monday to Wednesday last week | 2026-03-09 .. 2026-03-12
Mon to Wed | 2026-03-16 .. 2026-03-19
from Friday to Monday | 2026-03-13 .. 2026-03-17 | 2026-03-20 .. 2026-03-24
between now and Friday | {N} .. 2026-03-21
between now and the end of the month | {N} .. 2026-04-01
today through Friday | 2026-03-18 .. 2026-03-21
since March 1 until March 10 | 2026-03-01 .. 2026-03-11 | 2026-03-01 .. 2026-03-11
after March 1 and before March 15 | 2026-03-02 .. 2026-03-15 | 2027-03-02 .. 2027-03-15
before March 15 2026 but after March 1 2026 | 2026-03-02 .. 2026-03-15
on or after March 1 and on or before March 15 | 2026-03-01 .. 2026-03-16 | 2027-03-01 .. 2027-03-16
2026-03-05T10:00:00Z | 2026-03-05T10:00:00Z .. 2026-03-05T10:00:01Z
since 2026-03-05T10:00:00Z | 2026-03-05T10:00:00Z ..
before 2026-03-05 10:00 | .. 2026-03-05T10:00:00Z
after 2026-03-05T12:00:00+02:00 | 2026-03-05T10:00:00Z ..
since 2026-03-05T00:00:00Z | 2026-03-05 ..
between 2026-03-05T10:00:00Z and 2026-03-05T12:00:00Z | 2026-03-05T10:00:00Z .. 2026-03-05T12:00:00Z
from start of year to date | 2026-01-01 .. {N}
March 2025 to date | 2025-03-01 .. {N}
since March 1 to date | 2026-03-01 .. {N}
2025-01-01/2025-03-31 | 2025-01-01 .. 2025-04-01
1/1/2025-3/31/2025 | 2025-01-01 .. 2025-04-01
Q4-2025 | 2025-10-01 .. 2026-01-01
Q1'25 | 2025-01-01 .. 2025-04-01
between Q1'25 and Q3'25 | 2025-01-01 .. 2025-10-01
on the twenty-first of March 2025 | 2025-03-21 .. 2025-03-22
this November 5 | 2026-11-05 .. 2026-11-06
since 9am | 2026-03-18T09:00:00Z .. | 2026-03-18T09:00:00Z ..
since 5pm | 2026-03-17T17:00:00Z .. | 2026-03-17T17:00:00Z ..
by 5pm | .. 2026-03-17T17:00:00Z | .. 2026-03-18T17:00:00Z
since midnight | 2026-03-18 ..
before noon today | .. 2026-03-18T12:00:00Z
after 3pm yesterday | 2026-03-17T15:00:00Z ..
after 3 pm on March 5 2026 | 2026-03-05T15:00:00Z ..
since yesterday at 15:30 | 2026-03-17T15:30:00Z ..
yesterday after 3pm | 2026-03-17T15:00:00Z .. 2026-03-18
yesterday before 9:30am | 2026-03-17 .. 2026-03-17T09:30:00Z
today between 9am and 5pm | 2026-03-18T09:00:00Z .. 2026-03-18T17:00:00Z
between 9am and 5pm today | 2026-03-18T09:00:00Z .. 2026-03-18T17:00:00Z
9am - 5pm yesterday | 2026-03-17T09:00:00Z .. 2026-03-17T17:00:00Z
yesterday from 9am to noon | 2026-03-17T09:00:00Z .. 2026-03-17T12:00:00Z
from 10pm yesterday to 2am | 2026-03-17T22:00:00Z .. 2026-03-18T02:00:00Z
from 3pm yesterday to 9am today | 2026-03-17T15:00:00Z .. 2026-03-18T09:00:00Z
"""

ROWS = [[part.strip() for part in line.split(" | ")] for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(("words", "back", "ahead"), [(row[0], row[1], row[-1]) for row in ROWS], ids=lambda each: each)
def test_the_window_of_a_phrase(words: str, back: str, ahead: str) -> None:
    expr = only(words)
    assert expr.kind == "window"
    assert window(expr, ahead=False) == back
    assert window(expr, ahead=True) == ahead


def test_the_table_is_long() -> None:
    assert len(ROWS) >= 250


@pytest.mark.parametrize(
    "words",
    [
        "Feb 30",
        "on February 30",
        "31 November 2025",
        "Feb 29 2025",
        "since Feb 29, 2023",
        "13/45/2026",
        "31/12/2025",
        "2026-02-30",
        "before 2026-13-01",
        "the 32nd of March",
        "March 20 to March 5",
        "from Feb 20 to Feb 30",
        "between Feb 28 and 31",
        "2026-03-05T25:00:00Z",
        "first week of March",
        "the second week of last month",
        "the week before March 5",
        "within 3 days of today",
        "last December 25",
    ],
)
def test_what_cannot_be_is_impossible(words: str) -> None:
    expr = only(words)
    assert expr.kind == "impossible"
    assert window(expr, ahead=True) == "impossible"


@pytest.mark.parametrize(
    "words",
    ["the 31st of last month", "from yesterday to last Monday", "between today and yesterday", "2 hours ago",
     "last 99999 years", "the 31st of next month", "Monday, March 20 2026", "the start of next month"],
)  # fmt: skip
def test_what_turns_out_impossible_is_never_shifted(words: str) -> None:
    expr = only(words)
    assert expr.kind == "window"
    assert window(expr, ahead=False) == "impossible"


@pytest.mark.parametrize(
    ("words", "n", "unit"),
    [("for | 3 months", 3, "month"), ("two weeks", 2, "week"), ("trial of | 14 days", 14, "day"),
     ("a | 14-day", 14, "day"), ("lasting | 1 year", 1, "year"), ("a couple of months", 2, "month"),
     ("overdue by more than | 30 days", 30, "day"), ("every | 3 months", 3, "month"),
     ("for | 2 fortnights", 28, "day"),
     ("30d", 30, "day")],
)  # fmt: skip
def test_a_mere_duration(words: str, n: int, unit: str) -> None:
    expr = only(words)
    assert (expr.kind, expr.n, expr.unit) == ("duration", n, unit)
