"""What became of a call whose answer nobody recorded: Stripe's objects are asked, nothing is written.

A refund shows in what its charge has refunded, and a change of state on its object: both tell for certain. Of
something made, an object like it may be found; only the idempotency key, while Stripe keeps it, tells for certain
that it is this one (STRIPE.md 4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flarite_nl.errors import InvalidRequest
from flarite_nl.execution.wire import PAGE, Wire
from flarite_nl.model.change import MADE, Call
from flarite_nl.model.ledger import Entry
from flarite_nl.model.outcome import Row

KEPT = timedelta(hours=23)
"""Stripe keeps an idempotency key for at least 24 hours; an hour is left for clocks that differ."""

SLACK = timedelta(minutes=10)
"""How far Stripe's clock and this machine's may lie apart."""

PAGES = 20
"""Pages that are looked through for something made."""


@dataclass(frozen=True, slots=True)
class Finding:
    """``row`` is what the call did, None where nothing shows; ``certain`` whether it can be nothing else."""

    row: Row | None
    certain: bool = True


def alive(entry: Entry, at: datetime, now: datetime) -> bool:
    """Whether Stripe still keeps the entry's idempotency key, by the machine's clock and by the prompt's."""
    if entry.at is None or entry.now is None or entry.spent:
        return False
    ages = (at - entry.at, now - entry.now)
    return all(-SLACK <= age < KEPT for age in ages)


def find(wire: Wire, entry: Entry, known: frozenset[str]) -> Finding:
    """What the first unanswered call of ``entry`` did.

    Args:
        known: objects that other writes made, which are not this one's.

    Raises:
        ApiError: where Stripe cannot be asked.
    """
    call = filled(entry.calls[len(entry.made)], entry.made)
    service, method = call.call.split(".")
    if call.call == "refunds.create":
        return _refund(wire, call, entry, known)
    if method == "create":
        return _made(wire, service, call, entry, known)
    row = retrieve(wire, service, str(call.id))
    return Finding(row if CHANGED.get(call.call, reflected)(row, call) else None, call.call not in UNSEEN)


def filled(call: Call, made: tuple[str, ...]) -> Call:
    """The call with the ID of what the first one made in its place."""
    if not made:
        return call
    params = {name: made[0] if value == MADE else value for name, value in call.params.items()}
    return Call(call.call, params, made[0] if call.id == MADE else call.id)


def retrieve(wire: Wire, service: str, id: str) -> Row:
    """The object, or ``deleted: true`` in its place where Stripe has it no longer."""
    try:
        return wire.call(f"{service}.retrieve", {}, id=id)
    except InvalidRequest as problem:
        if problem.status != 404:
            raise
        return {"id": id, "deleted": True}


def _refund(wire: Wire, call: Call, entry: Entry, known: frozenset[str]) -> Finding:
    """What the charge has refunded tells; which refund it is, the list of its refunds."""
    named = {name: call.params[name] for name in ("charge", "payment_intent") if name in call.params}
    rows = [row for row in pages(wire, "refunds", named) if row["id"] not in known]
    moved = int(call.params["amount"]) if "amount" in call.params else None
    if "charge" in call.params:
        refunded, before = _held(wire, "charges", call.params["charge"], entry, "amount_refunded")
    else:
        intent = retrieve(wire, "payment_intents", call.params["payment_intent"])
        refunded, before = _held(wire, "charges", intent["latest_charge"], entry, "charge.amount_refunded")
    if refunded - before < (moved or 1):
        return Finding(None)
    fits = [row for row in rows if moved in (None, row["amount"]) and row.get("reason") == call.params.get("reason")]
    # Newest first: an older one of the same amount was there before.
    return Finding(fits[0]) if fits else Finding(None)


def _held(wire: Wire, service: str, id: str, entry: Entry, name: str) -> tuple[int, int]:
    row = retrieve(wire, service, id)
    return int(row.get("amount_refunded") or 0), int(entry.before.get(name) or 0)


def _made(wire: Wire, service: str, call: Call, entry: Entry, known: frozenset[str]) -> Finding:
    """Something made since, with the same values, that no other write made."""
    if service == "coupons" and "id" in call.params:
        row = retrieve(wire, service, call.params["id"])
        return Finding(None if row.get("deleted") else row)
    params: dict[str, Any] = {name: call.params[name] for name in NARROWED.get(service, ()) if name in call.params}
    if service == "subscriptions":
        params["status"] = "all"
    if service == "payment_links":
        params["expand"] = ["data.line_items"]
    else:
        params["created"] = {"gte": _since(entry)}
    fits = [row for row in pages(wire, service, params) if row["id"] not in known and _like(call.params, row)]
    return Finding(fits[-1] if fits else None, certain=False)


def _since(entry: Entry) -> int:
    moments = [each for each in (entry.at, entry.now) if each is not None]
    return int((min(moments, default=datetime.now(UTC)) - SLACK).timestamp())


NARROWED: Mapping[str, tuple[str, ...]] = {
    "subscriptions": ("customer",),
    "payment_intents": ("customer",),
    "invoices": ("customer",),
    "invoice_items": ("customer", "invoice"),
    "prices": ("product",),
    "promotion_codes": ("code",),
}
"""Params of a call that the list of its service filters by."""


def pages(wire: Wire, service: str, params: Mapping[str, Any]) -> Iterator[Row]:
    """Objects of a list, newest first, as many pages as are worth a look."""
    asked = {**params, "limit": PAGE}
    for _ in range(PAGES):
        page = wire.call(f"{service}.list", asked)
        yield from page["data"]
        if not page.get("has_more") or not page["data"]:
            return
        asked = {**asked, "starting_after": page["data"][-1]["id"]}


# Whether an object is as a call would have it


def _like(wanted: Mapping[str, Any], row: Row) -> bool:
    """Nothing on the object says otherwise; what it does not show is not judged."""
    return all(_same(value, _shown(name, row)) for name, value in wanted.items())


def _shown(name: str, row: Row) -> Any:
    if name == "items" or name == "line_items":
        return [_line(each) for each in (row.get(name) or {}).get("data", [])] or None
    if name == "discounts":
        # IDs of discounts do not tell their coupons.
        held = [each.get("source") or each for each in row.get(name) or () if isinstance(each, Mapping)]
        return [{"coupon": each.get("coupon")} for each in held] or None
    if name == "pricing":
        return {"price": ((row.get("pricing") or {}).get("price_details") or {}).get("price")}
    return row.get(name)


def _line(item: Mapping[str, Any]) -> dict[str, Any]:
    price = item.get("price") or {}
    return {**item, "price": price.get("id"), "price_data": {name: price.get(name) for name in SPELLED}}


SPELLED = ("currency", "unit_amount", "product", "recurring")


def _same(wanted: Any, held: Any) -> bool:
    if held is None:
        return True
    if isinstance(wanted, Mapping) and isinstance(held, Mapping):
        return all(_same(value, _shown(name, held)) for name, value in wanted.items())
    if isinstance(wanted, (list, tuple)) and isinstance(held, list):
        return len(wanted) == len(held) and all(map(_same, wanted, held))
    if isinstance(held, Mapping) and "id" in held:
        return bool(wanted == held["id"])
    return str(wanted) == str(held) or (isinstance(wanted, float) and wanted == held)


def reflected(row: Row, call: Call) -> bool:
    """An update shows in the very fields that it sets; a deletion in the object's absence."""
    if call.call.endswith(".delete"):
        return bool(row.get("deleted"))
    return not row.get("deleted") and all(_set(name, value, row) for name, value in call.params.items())


def _set(name: str, value: Any, row: Row) -> bool:
    if value == "":
        return not row.get(name)
    if name == "items":
        held = {item["id"]: item for item in row["items"]["data"]}
        return all(_same({key: each[key] for key in each if key != "id"}, _line(held[each["id"]])) for each in value)
    if name == "discounts":
        return bool(row.get("discounts"))
    if isinstance(value, Mapping):
        inner = row.get(name) or {}
        return bool(inner) and all(str(inner.get(key)) == str(each) for key, each in value.items())
    return row.get(name) is not None and _same(value, row.get(name))


def _status(*names: str) -> Callable[[Row, Call], bool]:
    return lambda row, call: row.get("status") in names


CHANGED: Mapping[str, Callable[[Row, Call], bool]] = {
    "charges.capture": lambda row, call: bool(row.get("captured")),
    "payment_intents.capture": _status("succeeded"),
    "payment_intents.confirm": _status("succeeded", "processing", "requires_capture", "requires_action"),
    "payment_intents.cancel": _status("canceled"),
    "subscriptions.cancel": _status("canceled"),
    "subscriptions.resume": _status("active", "past_due", "trialing"),
    "invoices.finalize_invoice": _status("open", "paid", "void", "uncollectible"),
    "invoices.send_invoice": _status("open", "paid"),
    "invoices.pay": _status("paid"),
    "invoices.void_invoice": _status("void"),
    "invoices.mark_uncollectible": _status("uncollectible"),
    "disputes.close": _status("lost", "warning_closed"),
    "payouts.cancel": _status("canceled"),
}
"""How an object shows that the call was carried out."""

UNSEEN = frozenset({"invoices.send_invoice", "payment_intents.confirm"})
"""Calls whose object may look the same without them: an open invoice was sent, or not."""
