"""FRAME.md's meaning of a read, written a second time: plainly, over all objects at once, without planner or paths.

Shares nothing with planning or execution, so that both can only agree by both being right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flarite_nl.model.parse import Filter, Intent
from flarite_nl.model.values import Money, Window

Obj = Mapping[str, Any]
Held = tuple[Any, str | None]
"""A value and its currency."""

KINDS = {
    "customer": "customers", "charge": "charges", "payment_intent": "payment_intents", "refund": "refunds",
    "subscription": "subscriptions", "invoice": "invoices", "invoiceitem": "invoice_items", "product": "products",
    "price": "prices", "dispute": "disputes", "coupon": "coupons", "promotion_code": "promotion_codes",
    "payout": "payouts", "balance_transaction": "balance_transactions", "payment_link": "payment_links",
}  # fmt: skip

POINTS: Mapping[str, Mapping[str, str]] = {
    "charges": {"customer": "customers", "payment_intent": "payment_intents"},
    "payment_intents": {"customer": "customers"},
    "refunds": {"charge": "charges", "payment_intent": "payment_intents", "customer": "customers"},
    "subscriptions": {"customer": "customers", "price": "prices", "product": "products"},
    "invoices": {"customer": "customers", "subscription": "subscriptions"},
    "invoice_items": {"customer": "customers", "invoice": "invoices"},
    "prices": {"product": "products"},
    "disputes": {"charge": "charges", "customer": "customers", "payment_intent": "payment_intents"},
    "promotion_codes": {"coupon": "coupons", "customer": "customers"},
}

OWNED = ("subscriptions", "charges", "payment_intents", "invoices", "invoice_items", "disputes", "refunds")
MONEY = frozenset(
    "amount amount_refunded balance total amount_due amount_paid amount_remaining unit_amount amount_off fee"
    " net".split()
)
TIMES = frozenset(
    "created current_period_end trial_end canceled_at ended_at due_date paid_at evidence_details.due_by redeem_by"
    " expires_at arrival_date".split()
)
ENDINGS = {"status", "canceled_at", "ended_at"}
"""Fields that speak of canceled subscriptions; otherwise these are left out, as Stripe does."""

TEXTS = frozenset({"email", "name", "description", "city"})


class World:
    """All objects of an account, by resource (newest first) and by ID."""

    def __init__(self, dump: Iterable[Obj]) -> None:
        self.all: dict[str, list[Obj]] = {name: [] for name in KINDS.values()}
        self.by_id: dict[str, Obj] = {}
        for obj in dump:
            if obj.get("object") in KINDS:
                self.all[KINDS[obj["object"]]].append(obj)
                self.by_id[obj["id"]] = obj

    def held(self, resource: str, obj: Obj, field: str) -> list[Held]:
        """The values of a field: empty where it is null, missing or an empty string."""
        for name, target in POINTS.get(resource, {}).items():
            if field.startswith(name + "."):
                out: list[Held] = []
                for id_, _ in self.held(resource, obj, name):
                    if id_ in self.by_id:
                        out += self.held(target, self.by_id[id_], field[len(name) + 1 :])
                return out
        raw = self._raw(resource, obj, field)
        leaf = field.rpartition(".")[2]
        zero_is_none = field in TIMES
        currency = obj.get("currency") if leaf in MONEY else None
        return [(each, currency) for each in raw if each not in (None, "") and not (zero_is_none and each == 0)]

    def _raw(self, resource: str, obj: Obj, field: str) -> list[Any]:
        if resource == "charges" and field.startswith("card."):
            card = (obj.get("payment_method_details") or {}).get("card") or {}
            return [card.get(field[5:])]
        if resource in ("refunds", "disputes") and field == "customer":
            charge = self.by_id.get(obj.get("charge") or "")
            return [charge.get("customer")] if charge else []
        if resource == "subscriptions" and field in ("price", "product", "current_period_end"):
            items = obj["items"]["data"]
            if field == "current_period_end":
                return [min(item["current_period_end"] for item in items)] if items else []
            return [item["price"]["id" if field == "price" else "product"] for item in items]
        if resource == "invoices" and field == "subscription":
            return [((obj.get("parent") or {}).get("subscription_details") or {}).get("subscription")]
        if resource == "invoices" and field == "paid_at":
            return [(obj.get("status_transitions") or {}).get("paid_at")]
        if resource == "invoice_items" and field == "created":
            return [obj["date"]]
        if resource == "promotion_codes" and field == "coupon":
            return [obj["promotion"]["coupon"]]
        if field.startswith("metadata."):
            return [(obj.get("metadata") or {}).get(field[9:])]
        at: Any = obj
        for part in field.split("."):
            at = at.get(part) if isinstance(at, Mapping) else None
        return [at]

    # Filters

    def select(self, intent: Intent, zone: ZoneInfo, mentions: Iterable[str] = ()) -> list[Obj]:
        """All objects that the filters leave, newest first."""
        named = any(each.field == "id" and each.op in ("eq", "in") for each in intent.filters)
        spoken = {each.field for each in intent.filters} | set(mentions)
        rows = self.all[intent.resource]
        if intent.resource == "subscriptions" and not (spoken & ENDINGS or named):
            rows = [obj for obj in rows if obj["status"] != "canceled"]
        return [obj for obj in rows if self.fits(intent.resource, obj, intent.filters, zone)]

    def fits(self, resource: str, obj: Obj, filters: Iterable[Filter], zone: ZoneInfo) -> bool:
        owned: dict[str, list[Filter]] = {}
        for each in filters:
            head = each.field.split(".")[0]
            if resource == "customers" and head in OWNED:
                owned.setdefault(head, []).append(each)
            elif not passes(self.held(resource, obj, each.field), each, zone):
                return False
        return all(self._owns(obj, name, group, zone) for name, group in owned.items())

    def _owns(self, customer: Obj, name: str, group: list[Filter], zone: ZoneInfo) -> bool:
        inner = tuple(Filter(each.field[len(name) + 1 :], each.op, each.value) for each in group if each.field != name)
        found = self.select(Intent(name, "list", inner), zone)
        mine = any((customer["id"], None) in self.held(name, obj, "customer") for obj in found)
        return mine is all(each.value is True for each in group if each.field == name)


def passes(held: list[Held], each: Filter, zone: ZoneInfo) -> bool:
    """FRAME.md, "What a filter means": nothing held fulfils no filter but the negative ones."""
    if each.op == "exists":
        return bool(held) is each.value
    if each.op in ("ne", "not_in", "not_during"):
        positive = {"ne": "eq", "not_in": "in", "not_during": "during"}[each.op]
        if isinstance(each.value, Money) and each.value.currency and held:
            held = [one for one in held if one[1] == each.value.currency] or [("", "no such currency")]
            if held[0][1] == "no such currency":
                return False
        return not any(matches(one, positive, each.value, each.field, zone) for one in held)
    return any(matches(one, each.op, each.value, each.field, zone) for one in held)


def matches(one: Held, op: str, value: Any, field: str, zone: ZoneInfo) -> bool:
    held, currency = one
    if op == "in":
        return any(matches(one, "eq", each, field, zone) for each in value)
    if isinstance(value, Window):
        return (value.start is None or held >= unix(value.start, zone)) and (
            value.end is None or held < unix(value.end, zone)
        )
    if isinstance(value, Money):
        if value.currency and value.currency != currency:
            return False
        held, value = major(held, currency), value.amount
    if field.rpartition(".")[2] in TEXTS:
        held, value = str(held).casefold(), str(value).casefold()
    if op == "contains":
        return str(value).casefold() in str(held).casefold()
    if isinstance(held, float):
        held = Decimal(str(held))
    if op == "eq":
        return bool(held == value)
    return bool({"gt": held > value, "gte": held >= value, "lt": held < value, "lte": held <= value}[op])


def unix(moment: date | datetime, zone: ZoneInfo) -> float:
    if isinstance(moment, datetime):
        return moment.timestamp()
    return datetime(moment.year, moment.month, moment.day, tzinfo=zone).timestamp()


def major(minor: int, currency: str | None) -> Decimal:
    places = {"jpy": 0, "krw": 0, "vnd": 0, "clp": 0, "kwd": 3, "bhd": 3, "jod": 3, "omr": 3, "tnd": 3}
    return Decimal(minor).scaleb(-places.get(str(currency), 2))


# Order


def arranged(world: World, intent: Intent, rows: list[Obj]) -> list[Obj]:
    """Sorted as asked, ties newest first, then by ID; what has no value last. Without a sort as Stripe lists."""
    if intent.sort is None or (intent.sort.field == "created" and intent.sort.order == "desc"):
        return rows
    field, down = intent.sort.field, intent.sort.order == "desc"
    rows = sorted(rows, key=lambda obj: obj["id"])
    rows = sorted(rows, key=lambda obj: obj.get("created") or obj.get("date") or 0, reverse=True)
    there = [obj for obj in rows if world.held(intent.resource, obj, field)]
    gone = [obj for obj in rows if not world.held(intent.resource, obj, field)]

    def key(obj: Obj) -> Any:
        value, currency = world.held(intent.resource, obj, field)[0]
        if field.rpartition(".")[2] in MONEY:
            return major(value, currency)
        return str(value).casefold() if isinstance(value, str) and field.rpartition(".")[2] in TEXTS else value

    return sorted(there, key=key, reverse=down) + gone


# Aggregates


def groups(world: World, intent: Intent, rows: list[Obj], zone: ZoneInfo) -> dict[tuple[Any, ...], Any]:
    """(labels…, currency) → figure."""
    asked = intent.aggregate
    assert asked is not None
    piles: dict[tuple[Any, ...], list[Any]] = {}
    for obj in rows:
        keys: list[tuple[Any, ...]] = [()]
        for label in asked.group_by:
            keys = [(*key, each) for key in keys for each in labels(world, intent.resource, obj, label, zone)]
        for key in keys:
            if asked.field is None:
                piles.setdefault((*key, None), []).append(1)
                continue
            for value, currency in world.held(intent.resource, obj, asked.field):
                piles.setdefault((*key, currency), []).append(Decimal(str(value)))
    if not piles and not asked.group_by and asked.function in ("count", "sum"):
        piles[(None,)] = []
    return {key: figure(asked.function, pile, key[-1]) for key, pile in piles.items()}


def labels(world: World, resource: str, obj: Obj, label: str, zone: ZoneInfo) -> list[Any]:
    field, _, grain = label.partition(":")
    found: list[Any] = []
    for value, _ in world.held(resource, obj, field):
        each = calendar(value, grain, zone) if grain else value
        if each not in found:
            found.append(each)
    return found or [None]


def calendar(moment: int, grain: str, zone: ZoneInfo) -> str:
    day = datetime.fromtimestamp(moment, zone).date()
    if grain == "week":
        return str(day - timedelta(days=day.weekday()))
    if grain == "quarter":
        return f"{day.year}-Q{(day.month - 1) // 3 + 1}"
    return str(day)[: {"day": 10, "month": 7, "year": 4}[grain]]


def figure(function: str, pile: list[Any], currency: str | None) -> Any:
    if function == "count":
        return len(pile)
    numbers: list[Decimal] = pile
    raw = sum(numbers, Decimal(0))
    if function == "avg":
        raw = raw / len(numbers)
    elif function in ("min", "max"):
        raw = sorted(numbers)[0 if function == "min" else -1]
    if currency is None:
        return raw.quantize(Decimal("0.000001"), ROUND_HALF_UP)
    return major(int(raw.quantize(Decimal(1), ROUND_HALF_UP)), currency)
