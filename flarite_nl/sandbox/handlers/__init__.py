"""What each operation does. ``HANDLERS`` maps an operation of the OpenAPI document to its function."""

from __future__ import annotations

from flarite_nl.sandbox.handlers import (
    catalog,
    customers,
    discounts,
    disputes,
    invoice_items,
    invoices,
    payment_intents,
    payment_links,
    payouts,
    reading,
    refunds,
    subscriptions,
)
from flarite_nl.sandbox.routes import Handler

HANDLERS: dict[str, Handler] = {
    **reading.HANDLERS,
    **customers.HANDLERS,
    **refunds.HANDLERS,
    **payment_intents.HANDLERS,
    **disputes.HANDLERS,
    **payouts.HANDLERS,
    **payment_links.HANDLERS,
    **catalog.HANDLERS,
    **discounts.HANDLERS,
    **subscriptions.HANDLERS,
    **invoices.HANDLERS,
    **invoice_items.HANDLERS,
}
