"""``expand[]``: IDs replaced by their objects, up to four levels deep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.expansions import expansions
from flarite_nl.sandbox.kinds import KINDS
from flarite_nl.sandbox.shapes.billing import listed, shorten
from flarite_nl.sandbox.types import Obj
from flarite_nl.sandbox.world import World

DEEPEST = 4


def expand(world: World, objs: list[Obj], kind: str, wanted: list[str], *, in_list: bool = False) -> None:
    """Expand every path of ``wanted`` in place; ``in_list`` paths start with ``data.``."""
    for path in wanted:
        if path.count(".") >= DEEPEST:
            raise StripeError(
                f"You cannot expand more than {DEEPEST} levels of a property. Property: {path}", param="expand"
            )
        steps = path.split(".")
        if in_list:
            if steps[0] != "data" or len(steps) < 2:
                hint = f" You may want to try expanding 'data.{path}' instead." if steps[0] in _tops(kind) else ""
                raise StripeError(f"This property cannot be expanded ({path}).{hint}", param="expand")
            steps = steps[1:]
        _expand(world, objs, kind, steps, path)


def _tops(kind: str) -> set[str]:
    return {path.split(".")[0] for path in expansions()[kind]}


def _expand(world: World, objs: list[Obj], kind: str, steps: list[str], path: str) -> None:
    table = expansions()[kind]
    # The longest match first: "items.data" is the items, "items" their list.
    for taken in range(len(steps), 0, -1):
        target = table.get(".".join(steps[:taken]))
        if target is None:
            continue
        found = [each for obj in objs for each in _place(world, obj, kind, steps[:taken], target)]
        rest = steps[taken:]
        if rest and target in ("-", "[]", "{}"):
            break
        if rest and target == "*":
            for each in found:
                _expand(world, [each], each["object"], rest, path)
        elif rest:
            _expand(world, found, target.lstrip("@"), rest, path)
        return
    raise StripeError(f"This property cannot be expanded ({path}).", param="expand")


def _place(world: World, obj: Obj, kind: str, steps: list[str], target: str) -> list[Obj]:
    """Put the objects where their IDs stand; returns them."""
    if target in ("-", "[]", "{}"):
        if target != "-" and len(steps) == 1:
            include(world, obj, kind, steps[0])
        return []
    include(world, obj, kind, steps[0], only_lists=True)
    out: list[Obj] = []
    for holder, key in _slots(obj, steps):
        value = holder[key]
        if isinstance(value, str):
            value = holder[key] = _fetch(world, value, target)
        if isinstance(value, dict):
            out.append(value)
    return out


def _slots(at: Any, steps: list[str]) -> Iterator[tuple[Any, Any]]:
    """Where a path ends: (holder, key) for each value, through the lists on the way."""
    head, rest = steps[0], steps[1:]
    if isinstance(at, list):
        for each in at:
            yield from _slots(each, steps)
    elif isinstance(at, dict) and head in at:
        if rest:
            yield from _slots(at[head], rest)
        elif isinstance(at[head], list):
            yield from ((at[head], place) for place in range(len(at[head])))
        else:
            yield at, head


def _fetch(world: World, id: str, target: str) -> Obj:
    kind = target.lstrip("@")
    if target == "*":
        kind = next(name for name, each in KINDS.items() if each.prefix and id.startswith(each.prefix.rstrip("13")))
    found = world.find(kind, id)
    # What was deleted since leaves Stripe's tombstone behind.
    return shorten(found) if found is not None else {"id": id, "object": kind, "deleted": True}


def include(world: World, obj: Obj, kind: str, field: str, *, only_lists: bool = False) -> None:
    """Fill in a field that is left out unless expanded."""
    if field in obj:
        return
    id, store = obj["id"], world.store
    if (kind, field) == ("charge", "refunds"):
        obj[field] = listed(store.all("refund", "charge = ?", (id,)), f"/v1/charges/{id}/refunds")
    elif (kind, field) == ("customer", "subscriptions"):
        held = store.all("subscription", "customer = ? AND status != 'canceled'", (id,))
        obj[field] = listed([shorten(each) for each in held], f"/v1/customers/{id}/subscriptions")
    elif (kind, field) == ("invoice", "payments"):
        obj[field] = listed(store.all("invoice_payment", "invoice = ?", (id,)), "/v1/invoice_payments")
    elif (kind, field) == ("payment_link", "line_items"):
        obj[field] = listed(store.included(id, field) or [], f"/v1/payment_links/{id}/line_items")
    elif only_lists:
        return
    elif kind == "customer" and field in ("sources", "tax_ids"):
        obj[field] = listed([], f"/v1/customers/{id}/{field}")
    elif kind == "customer" and field == "cash_balance":
        obj[field] = None
    elif kind == "customer" and field == "tax":
        where = {"automatic_tax": "unrecognized_location", "ip_address": None, "location": None, "provider": "stripe"}
        obj[field] = where
    else:
        kept = store.included(id, field)
        if kept is not None:
            obj[field] = kept
