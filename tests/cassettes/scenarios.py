"""The prompts that are on tape, one cassette each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from flarite_nl import Engine, Outcome, Parser


@dataclass(frozen=True, slots=True)
class Names:
    """What the prompts name. The defaults are in the sandbox's demo data."""

    email: str = "jenny.rosen@example.com"
    customer: str = "cus_ABC123"
    price: str = "price_XYZ"


TEMPLATES = {
    "customer_and_invoices": "Find customer {email} and show their last 5 invoices",
    "balance": "What's my current Stripe account balance?",
    "past_due_subscriptions": "List all subscriptions that are past due",
    "refund_last_payment": "Refund the last payment from customer {customer}",
    "disputes_due": "Show me all open disputes with evidence due in the next 7 days",
    "payment_link": "Create a payment link for {price} at quantity 1",
}


def prompt(name: str, names: Names) -> str:
    return TEMPLATES[name].format(email=names.email, customer=names.customer, price=names.price)


def carry_out(text: str, now: datetime, base: str | None, key: str) -> Outcome:
    """The prompt from words to answer, over HTTP; every write is confirmed."""
    parse = Parser(tz="UTC").parse(text, now=now)
    # One call at a time: calls side by side would be on tape in a different order each time.
    engine = Engine(tz="UTC", now=now, key=key, api_base=base, workers=1)
    return engine.run(engine.plan(parse), parse=parse, confirm=lambda question: True)


def base_of(uri: str) -> str | None:
    """The ``api_base`` that leads to the address of a recorded request; None is Stripe's own."""
    parts = urlsplit(uri)
    return None if parts.hostname == "api.stripe.com" else f"{parts.scheme}://{parts.netloc}"
