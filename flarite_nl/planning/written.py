"""What a write changes besides its own resource: search lags behind all of it (STRIPE.md 9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

BESIDES: Mapping[str, frozenset[str]] = {
    "charges": frozenset({"payment_intents", "refunds"}),
    "payment_intents": frozenset({"charges", "refunds"}),
    "refunds": frozenset({"charges", "payment_intents"}),
    # A subscription bills: it makes invoices, and pays them. An invoice that is paid or not changes its subscription.
    "subscriptions": frozenset({"invoices", "payment_intents", "charges"}),
    "invoices": frozenset({"subscriptions", "payment_intents", "charges"}),
    "invoice_items": frozenset({"invoices"}),
    "customers": frozenset({"subscriptions"}),  # deleted with their customer
    "prices": frozenset({"products"}),
    "products": frozenset({"prices"}),
    "payment_links": frozenset({"products", "prices"}),
    "coupons": frozenset({"promotion_codes"}),
}


def changed(resources: Iterable[str]) -> frozenset[str]:
    """The resources whose objects may have changed where these were written to."""
    written = frozenset(resources)
    return written.union(*(BESIDES.get(each, frozenset()) for each in written))
