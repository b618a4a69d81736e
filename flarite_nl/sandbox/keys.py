"""API keys: which are taken, which mode they are, what a restricted one may do (STRIPE.md 22)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.shapes.money import ACCOUNT_ID

Permissions = Mapping[str, Mapping[str, str]]
"""By key (``*`` is every restricted key), then by collection: ``read`` or ``write``, which includes reading."""

NAMES = {
    "customers": "customer",
    "payment_methods": "payment_method",
    "charges": "charge",
    "payment_intents": "payment_intent",
    "refunds": "charge",
    "disputes": "dispute",
    "balance": "balance",
    "balance_transactions": "balance",
    "payouts": "payout",
    "products": "product",
    "prices": "plan",
    "coupons": "coupon",
    "promotion_codes": "promotion_code",
    "subscriptions": "subscription",
    "subscription_items": "subscription",
    "invoices": "invoice",
    "invoiceitems": "invoice",
    "payment_links": "payment_links",
    "account": "accounts_kyc_basic",
}
"""A collection's permission, as Stripe names it in ``rak_NAME_read`` and ``rak_NAME_write``."""

_FORM = re.compile(r"(sk|rk|pk)_(test|live)_\w+\Z", re.ASCII)


@dataclass(slots=True)
class Keyring:
    """Any well-formed secret or restricted key is taken until it is revoked.

    ``revoked`` maps a key to the number of requests that it still serves, so that a key can die in mid-scan.
    """

    permissions: Permissions = field(default_factory=dict)
    revoked: dict[str, int] = field(default_factory=dict)

    def check(self, authorization: str | None) -> str:
        """The key of an ``Authorization`` header (bearer or basic); 401 where there is none that may be used."""
        key = _read(authorization)
        if not key:
            raise StripeError(
                "You did not provide an API key. You need to provide your API key in the Authorization header, using "
                "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#"
                "authentication for details, or we can help at https://support.stripe.com/.",
                status=401,
            )
        if not _FORM.match(key):
            raise StripeError(f"Invalid API Key provided: {masked(key)}", status=401)
        if key.startswith("pk_"):
            raise StripeError(
                "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a "
                "list of your API keys at https://dashboard.stripe.com/account/apikeys.",
                status=401,
                code="secret_key_required",
            )
        self._use_up(key)
        return key

    def _use_up(self, key: str) -> None:
        left = self.revoked.get(key)
        if left is None:
            return
        if left <= 0:
            raise StripeError(f"Expired API Key provided: {masked(key)}", status=401, code="api_key_expired")
        self.revoked[key] = left - 1

    def allow(self, key: str, collection: str, method: str) -> None:
        """403, naming the permission, where a restricted key lacks it."""
        if not key.startswith("rk_"):
            return
        granted = self.permissions.get(key, self.permissions.get("*"))
        if granted is None:
            return
        held = granted.get(collection)
        needed = "read" if method == "GET" else "write"
        if held == "write" or held == needed:
            return
        raise StripeError(
            f"The provided key '{masked(key)}' does not have the required permissions for this endpoint on account "
            f"'{ACCOUNT_ID}'. Having the 'rak_{NAMES.get(collection, collection)}_{needed}' permission would allow "
            "this request to continue.",
            status=403,
        )


def masked(key: str) -> str:
    """All but the prefix and the last four characters hidden, as in Stripe's messages."""
    head = "_".join(key.split("_")[:2]) + "_" if key.count("_") >= 2 else ""
    hidden = max(0, len(key) - len(head) - 4)
    return head + "*" * hidden + key[len(head) + hidden :]


def is_live(key: str) -> bool:
    return key.split("_")[1] == "live"


def _read(authorization: str | None) -> str:
    scheme, _, value = (authorization or "").strip().partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value).decode("ascii", "replace").partition(":")[0]
        except (binascii.Error, ValueError):
            return ""
    return ""
