"""``GET /v1/X/search``: the fields of each resource, what operators do to them, page by page (STRIPE.md 9–12)."""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from flarite_nl.sandbox import lists
from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.kinds import KINDS
from flarite_nl.sandbox.lists import Condition
from flarite_nl.sandbox.query import Clause, Query, parse, unreadable
from flarite_nl.sandbox.store import encode
from flarite_nl.sandbox.types import Params
from flarite_nl.sandbox.world import World

SHORTEST = 3
"""Characters that a substring needs."""

MOST_COUNTED = 10_000
"""``total_count`` is exact up to here."""

_CARD = {f"payment_method_details.card.{name}": (f"card_{name}", "token") for name in
         ("brand", "last4", "exp_month", "exp_year", "fingerprint")}  # fmt: skip
_REFUNDED = "CASE WHEN amount_refunded = 0 THEN NULL WHEN refunded THEN 'true' ELSE 'false' END"
"""Not the object's own field: ``false`` is partly refunded, null not at all (STRIPE.md 12)."""

FIELDS: dict[str, dict[str, tuple[str, str]]] = {
    "charge": {
        "amount": ("amount", "number"),
        "billing_details.address.postal_code": ("json_extract(body, '$.billing_details.address.postal_code')", "token"),
        "created": ("created", "number"),
        "currency": ("currency", "token"),
        "customer": ("customer", "id"),
        "disputed": ("disputed", "truth"),
        "refunded": (_REFUNDED, "token"),
        "status": ("status", "token"),
        **_CARD,
    },
    "customer": {
        "created": ("created", "number"),
        "email": ("email", "text"),
        "name": ("name", "text"),
        "phone": ("phone", "text"),
    },
    "invoice": {
        "created": ("created", "number"),
        "currency": ("currency", "token"),
        "customer": ("customer", "id"),
        "last_finalization_error_code": ("NULL", "token"),
        "last_finalization_error_type": ("NULL", "token"),
        "number": ("number", "text"),
        "receipt_number": ("NULL", "text"),
        "status": ("status", "token"),
        "subscription": ("subscription", "id"),
        "total": ("total", "number"),
    },
    "payment_intent": {
        "amount": ("amount", "number"),
        "created": ("created", "number"),
        "currency": ("currency", "token"),
        "customer": ("customer", "id"),
        "status": ("status", "token"),
    },
    "price": {
        "active": ("active", "truth"),
        "currency": ("currency", "token"),
        "lookup_key": ("lookup_key", "text"),
        "product": ("product", "id"),
        "type": ("type", "token"),
    },
    "product": {
        "active": ("active", "truth"),
        "description": ("description", "text"),
        "name": ("name", "text"),
        "shippable": ("shippable", "truth"),
        "url": ("url", "text"),
    },
    "subscription": {
        "canceled_at": ("json_extract(body, '$.canceled_at')", "number"),
        "created": ("created", "number"),
        "status": ("status", "token"),
    },
}
"""By kind and field: its SQL, and how it compares. ``metadata["key"]`` is a token everywhere."""


def page(world: World, kind: str, params: Params, url: str) -> str:
    """One page of matches, newest first; objects too young for the index are not among them."""
    query = parse(params["query"])
    world.store.function("has_words", _has_words)
    where, args = _condition(kind, query)
    where, args = f"({where}) AND visible <= ?", [*args, world.now]
    place, stamp = where, list(args)
    limit = lists.page_size(params)
    if "page" in params:
        place, stamp = f"{where} AND (created, seq) < (?, ?)", [*args, *_read_token(params["page"], params["query"])]
    rows = world.store.rows(kind, place, stamp, limit=limit + 1)
    wanted = list(params.get("expand", []))
    more = len(rows) > limit
    rows = rows[:limit]
    token = _token(rows[-1]["created"], rows[-1]["seq"], params["query"]) if more else None
    tail = f'"has_more":{encode(more)},"next_page":{encode(token)}'
    if "total_count" in wanted:
        wanted.remove("total_count")
        tail += f',"total_count":{min(world.store.count(kind, where, args), MOST_COUNTED)}'
    return lists.render(world, kind, rows, wanted, url, tail, of="search_result")


def _token(created: int, seq: int, query: str) -> str:
    return base64.urlsafe_b64encode(f"{created}.{seq}.{_digest(query)}".encode()).decode()


def _read_token(token: str, query: str) -> tuple[int, int]:
    """A token continues the query that gave it, and no other."""
    try:
        created, seq, digest = base64.urlsafe_b64decode(token.encode()).decode().split(".")
        if digest == _digest(query):
            return int(created), int(seq)
    except (ValueError, binascii.Error, UnicodeError):
        pass
    raise StripeError(f"Invalid page: {token}. Use the `next_page` of the same query.", param="page")


def _digest(query: str) -> str:
    return blake2b(query.encode(), digest_size=6).hexdigest()


def _condition(kind: str, query: Query) -> Condition:
    parts, args = [], []
    for clause in query.clauses:
        sql, values = _clause(kind, clause)
        # What a field lacks it doesn't match; so a negated clause does match there.
        parts.append(f"NOT COALESCE(({sql}), 0)" if clause.negated else f"COALESCE(({sql}), 0)")
        args.extend(values)
    return (" OR " if query.any else " AND ").join(parts), args


def _clause(kind: str, clause: Clause) -> Condition:
    if clause.field == "metadata":
        return _token_clause("(SELECT value FROM json_each(metadata) WHERE key = ?)", clause, [clause.key])
    known = FIELDS[kind].get(clause.field)
    if known is None:
        table = KINDS[kind].table
        raise StripeError(
            f"Field `{clause.field}` is an unsupported search field for resource `{table}`. See https://stripe.com/docs/"
            f"search#query-fields-for-{table.replace('_', '-')} for a list of supported fields.",
            param="query",
        )
    sql, how = known
    if clause.value is None and not clause.quoted:
        if clause.op != ":":
            raise unreadable()
        return f"{sql} IS NULL", []
    if how == "number":
        return _number(sql, clause)
    if clause.op in (">", "<", ">=", "<=", "="):
        raise StripeError(
            f"Operator `{clause.op}` is only supported on numeric fields, and `{clause.field}` isn't one.",
            param="query",
        )
    if how == "text":
        return _text(sql, clause)
    if how == "truth":
        return _token_clause(f"CASE {sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END", clause, [])
    if how == "id":
        _no_substring(clause)
        return f"{sql} = ?", [clause.value]
    return _token_clause(f"CAST({sql} AS TEXT)", clause, [])


def _number(sql: str, clause: Clause) -> Condition:
    if clause.op == "~":
        _no_substring(clause)
    if clause.value is None or not re.fullmatch(r"-?\d{1,18}", clause.value):
        raise StripeError(f"Field `{clause.field}` takes a whole number, not `{clause.value}`.", param="query")
    return f"{sql} {'=' if clause.op in (':', '=') else clause.op} ?", [int(clause.value)]


def _token_clause(sql: str, clause: Clause, before: list[Any]) -> Condition:
    """Tokens are equal as wholes, whatever their case."""
    if clause.value is None and not clause.quoted:
        return f"{sql} IS NULL", before
    if clause.op != ":":
        _no_substring(clause)
    return f"lower({sql}) = ?", [*before, (clause.value or "").lower()]


def _no_substring(clause: Clause) -> None:
    if clause.op != ":":
        raise StripeError(f"Operator `{clause.op}` isn't supported for the field `{clause.field}`.", param="query")


def _text(sql: str, clause: Clause) -> Condition:
    value = clause.value or ""
    if clause.op == ":":
        return f"has_words({sql}, ?)", [value]
    if len(value) < SHORTEST:
        raise StripeError(
            f"A substring search needs at least {SHORTEST} characters; `{clause.field}~` has {len(value)}.",
            param="query",
        )
    return f"instr(lower({sql}), ?)", [value.lower()]


@lru_cache(maxsize=64)
def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _has_words(text: str | None, wanted: str) -> bool:
    """``:`` on text finds the words of the value, in order and side by side."""
    if text is None:
        return False
    words, needle = re.findall(r"\w+", text.lower()), _words(wanted)
    if not needle:
        return text.lower() == wanted.lower()
    return any(words[at : at + len(needle)] == needle for at in range(len(words) - len(needle) + 1))
