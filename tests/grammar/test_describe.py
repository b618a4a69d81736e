"""The sentences that say frames back, as a person sees them; ``parsing/test_round_trip.py`` has them read again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from flarite_nl.grammar.describe import describe, describe_parse
from flarite_nl.grammar.loader import load
from flarite_nl.model.parse import Aggregate, Filter, Having, Intent, Parse, Sort
from flarite_nl.model.values import Money, Ref, Window

GRAMMAR = load()
OPEN = ("needs_response", "under_review", "warning_needs_response", "warning_under_review")
NOON = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
FEBRUARY = Window(date(2026, 2, 1), date(2026, 3, 1))
FIFTY = Money(Decimal("50.00"), "usd")

SENTENCES = [
    (
        Intent(
            "disputes",
            "list",
            (
                Filter("status", "in", OPEN),
                Filter("evidence_details.due_by", "during", Window(NOON, date(2026, 3, 26))),
            ),
        ),
        (
            "List disputes whose status is any of needs response, under review, warning needs response or warning "
            "under review and whose evidence due date is from 18 March 2026 15:30 UTC to before 26 March 2026"
        ),
    ),
    (Intent("charges", "get", (Filter("id", "eq", "ch_1"),)), "Show the charge ch_1"),
    (Intent("coupons", "get", (Filter("id", "eq", "SUMMER25"),)), 'Show the coupon "SUMMER25"'),
    (Intent("balance", "get"), "Show the balance"),
    (
        Intent("metrics", "get", (Filter("period", "during", FEBRUARY),), params={"name": "churn_rate"}),
        "Show the churn rate whose period is from 1 February 2026 to before 1 March 2026",
    ),
    (
        Intent(
            "charges",
            "list",
            (Filter("amount", "gt", FIFTY), Filter("amount", "lte", Money(Decimal(90)))),
            Sort("created", "desc"),
            5,
            fields=("amount", "customer.email"),
        ),
        (
            "List charges whose amount is more than 50.00 USD and whose amount is at most 90, sorted by creation date "
            "descending, limited to 5, showing amount and customer's email"
        ),
    ),
    (
        Intent(
            "charges",
            "list",
            (
                Filter("card.country", "ne", "US"),
                Filter("currency", "not_in", ("eur", "gbp")),
                Filter("refunded", "eq", False),
                Filter("metadata.order_id", "eq", "6735"),
            ),
        ),
        (
            "List charges whose card country is not US and whose currency is none of EUR or GBP and for which refunded "
            'is false and whose metadata "order_id" is "6735"'
        ),
    ),
    (
        Intent(
            "customers",
            "list",
            (
                Filter("subscriptions.status", "eq", "past_due"),
                Filter("subscriptions.customer.name", "contains", "Jo"),
                Filter("invoices", "exists", False),
                Filter("disputes", "exists", True),
                Filter("email", "exists", False),
            ),
        ),
        (
            "List customers whose subscriptions' status is past due and whose subscriptions' customer's name contains "
            '"Jo" and that have no invoices and that have disputes and whose email is missing'
        ),
    ),
    (
        Intent(
            "invoices", "list", (Filter("due_date", "during", Window(None, NOON)), Filter("paid_at", "exists", True))
        ),
        "List invoices whose due date is before 18 March 2026 15:30 UTC and whose payment date is present",
    ),
    (
        Intent(
            "payouts",
            "list",
            (
                Filter("created", "during", Window(date(2026, 3, 5), date(2026, 3, 6))),
                Filter("arrival_date", "not_during", Window(date(2026, 3, 9), None)),
            ),
        ),
        "List payouts whose creation date is 5 March 2026 and whose arrival date is not from 9 March 2026 on",
    ),
    (
        Intent("charges", "aggregate", aggregate=Aggregate("count", None, ("card.brand", "created:month"))),
        "Count charges, grouped by card brand and month of creation date",
    ),
    (
        Intent(
            "charges",
            "aggregate",
            (Filter("status", "eq", "succeeded"),),
            Sort("sum", "desc"),
            10,
            Aggregate("sum", "amount", ("customer",), Having("gt", Money(Decimal(5000), "usd"))),
        ),
        (
            "Add up the amount of charges whose status is succeeded, grouped by customer, keeping groups whose sum is "
            "more than 5000 USD, sorted by sum descending, limited to 10"
        ),
    ),
    (
        Intent("charges", "refund", (Filter("customer", "eq", "cus_1"),), Sort("created", "desc"), 1),
        "Refund the charges whose customer is cus_1, sorted by creation date descending, limited to 1",
    ),
    (
        Intent(
            "charges",
            "refund",
            (Filter("customer", "eq", "cus_1"), Filter("id", "eq", "ch_1")),
            params={"percent": Decimal("12.5"), "reason": "requested_by_customer"},
            note='he said "too dear"',
        ),
        (
            "Refund the charge ch_1 whose customer is cus_1 with percent set to 12.5% and reason set to requested by "
            "customer, with the note 'he said \"too dear\"'"
        ),
    ),
    (
        Intent("subscriptions", "cancel", (Filter("id", "eq", "sub_1"),), params={"at_period_end": True}),
        "Cancel the subscription sub_1 with cancellation at period end set to true",
    ),
    (
        Intent("invoices", "mark_uncollectible", (Filter("status", "eq", "open"),)),
        "Mark as uncollectible the invoices whose status is open",
    ),
    (
        Intent(
            "subscriptions",
            "create",
            params={"customer": {"email": "jo@acme.com"}, "product": {"name": "Gold"}, "unit_amount": FIFTY},
        ),
        (
            "Create a new subscription with customer set to the one with email jo@acme.com and product set to the one "
            'with name "Gold" and unit amount set to 50.00 USD'
        ),
    ),
    (
        Intent(
            "invoices",
            "create",
            params={
                "customer": "cus_1",
                "due_date": date(2026, 4, 1),
                "lines": (
                    {"description": "Hour", "quantity": Decimal(3), "unit_amount": FIFTY},
                    {"description": "Setup"},
                ),
            },
        ),
        (
            "Create a new invoice with customer set to cus_1 and due date set to 1 April 2026 and lines set to "
            '(description "Hour", quantity 3, unit amount 50.00 USD) and (description "Setup")'
        ),
    ),
    (
        Intent("charges", "refund", (Filter("id", "eq", Ref("previous", 2)),)),
        "Refund the charges whose id is result 2 of the previous request",
    ),
    (
        Intent("subscriptions", "pause", (Filter("id", "eq", Ref("previous", (1, 3))),)),
        "Pause the subscriptions whose id is among results 1 and 3 of the previous request",
    ),
    (
        Intent("customers", "list", (Filter("id", "ne", Ref(0, None, "customer")),)),
        "List customers whose id is not among the customer of the results of request 1",
    ),
]


@pytest.mark.parametrize(("intent", "sentence"), SENTENCES, ids=[sentence[:50] for _, sentence in SENTENCES])
def test_a_frame_is_said_in_one_plain_sentence(intent: Intent, sentence: str) -> None:
    assert describe(intent, grammar=GRAMMAR) == sentence


def test_every_action_of_the_grammar_has_its_words() -> None:
    actions = {name for each in GRAMMAR.resources.values() for name in each.operations} - {"search"}
    assert actions <= set(GRAMMAR.sentences["openings"])


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("UTC", "18 March 2026 15:30 UTC"),
        ("Europe/London", "18 March 2026 15:30 UTC"),
        ("America/New_York", "18 March 2026 11:30-04:00"),
        ("Asia/Kathmandu", "18 March 2026 21:15+05:45"),
    ],
)
def test_a_moment_is_said_in_the_zone_that_is_asked_for(zone: str, moment: str) -> None:
    intent = Intent("charges", "list", (Filter("created", "during", Window(NOON, None)),))
    assert describe(intent, grammar=GRAMMAR, tz=zone) == f"List charges whose creation date is from {moment} on"


def test_the_two_three_o_clocks_of_a_night_are_told_apart() -> None:
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, 7, tzinfo=UTC)
    intent = Intent("charges", "list", (Filter("created", "during", Window(first, second)),))
    assert describe(intent, grammar=GRAMMAR, tz="Europe/Paris").endswith(
        "from 25 October 2026 02:30+02:00 to before 25 October 2026 02:30:07+01:00"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Acme", '"Acme"'),
        ('the "best"', "'the \"best\"'"),
        ('Jane\'s "best"', '"Jane\'s " & \'"\' & "best" & \'"\''),
        ("“Acme”", "'“Acme”'"),
    ],
)
def test_a_text_is_quoted_so_that_it_ends_where_it_ends(text: str, said: str) -> None:
    intent = Intent("customers", "list", (Filter("name", "contains", text),))
    assert describe(intent, grammar=GRAMMAR) == f"List customers whose name contains {said}"


def test_all_requests_of_a_prompt_make_one_sentence() -> None:
    found = Intent("customers", "list", (Filter("email", "eq", "jo@acme.com"),))
    owned = Intent("invoices", "list", (Filter("customer", "eq", Ref(0)),))
    assert describe_parse(Parse("", "ok", (found, owned)), grammar=GRAMMAR) == (
        "List customers whose email is jo@acme.com; then list invoices whose customer is among the results of request 1"
    )


def test_a_prompt_that_asks_for_nothing_is_not_said_back() -> None:
    assert describe_parse(Parse("hello", "rejected", reason="out_of_scope"), grammar=GRAMMAR) == ""
