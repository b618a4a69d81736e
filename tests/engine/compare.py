"""Holds an outcome against the oracle."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flarite_nl.model.outcome import Outcome
from flarite_nl.model.parse import Intent
from tests.engine.oracle import Obj, World, arranged, groups


def difference(world: World, intent: Intent, outcome: Outcome, zone: ZoneInfo) -> str | None:
    """What is wrong with the answer, None where nothing is."""
    if outcome.error is not None or not outcome.complete:
        return f"{outcome.error} {outcome.problems}"
    result = outcome.results[0]
    mentions = [intent.sort.field] if intent.sort and intent.aggregate is None else []
    if intent.aggregate is not None:
        mentions += [label.partition(":")[0] for label in intent.aggregate.group_by]
    rows = world.select(intent, zone, mentions)
    if intent.aggregate is not None:
        expected = groups(world, intent, rows, zone)
        having = intent.aggregate.having
        if having is not None:
            expected = {key: value for key, value in expected.items() if value > having.value}
        found = {(*each.key.values(), each.currency): each.value for each in result.groups}
        if intent.sort is not None:
            return _groups(intent, expected, found)
        return None if found == expected else f"expected {expected}, found {found}"
    return _rows(world, intent, arranged(world, intent, rows), [dict(row) for row in result.rows])


def _groups(intent: Intent, every: dict[Any, Any], found: dict[Any, Any]) -> str | None:
    """Groups in the order of their figures, the first so many of them; which of equal ones come first is free."""
    down = intent.sort is not None and intent.sort.order == "desc"
    expected = sorted(every.values(), reverse=down)[: intent.limit]
    right = list(found.values()) == expected and all(every.get(key) == value for key, value in found.items())
    return None if right else f"expected {expected} of {every}, found {found}"


def _rows(world: World, intent: Intent, every: list[Obj], found: list[dict[str, Any]]) -> str | None:
    expected = every[: intent.limit] if intent.limit else every
    ids, wanted = [row["id"] for row in found], [obj["id"] for obj in expected]
    if ids != wanted and not (_natural(intent) and _same_but_ties(every, expected, found)):
        return f"expected {wanted}, found {ids}"
    changed = [row["id"] for row in found if row != world.by_id[row["id"]]]
    return f"not as the API gives them: {changed}" if changed else None


def _natural(intent: Intent) -> bool:
    return intent.sort is None or (intent.sort.field, intent.sort.order) == ("created", "desc")


def _same_but_ties(every: list[Obj], expected: list[Obj], found: list[dict[str, Any]]) -> bool:
    """Stripe settles the order within one second by itself: any order of those, and any of them at the limit."""
    ids = [row["id"] for row in found]
    fitting = set(ids) <= {obj["id"] for obj in every} and len(set(ids)) == len(ids)
    return fitting and [_created(obj) for obj in expected] == [_created(row) for row in found]


def _created(obj: Obj) -> int:
    return int(obj.get("created") or obj.get("date") or 0)
