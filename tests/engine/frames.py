"""Random read frames over every resource and field, with values that the account really holds."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flarite_nl.grammar.schema import Field, Grammar
from flarite_nl.model.parse import Aggregate, Filter, Having, Intent, Sort
from flarite_nl.model.values import Money, Window
from tests.engine.oracle import OWNED, POINTS, World, major

UTC_ZONE = ZoneInfo("UTC")
GRAINS = ("day", "week", "month", "quarter", "year")
PLAIN = ("word", "boolean", "currency", "country", "reference", "code")

SORTABLE = ("money", "time", "number", "percent", "text", "word")


class Frames:
    """Draws frames; the same random source gives the same frames."""

    def __init__(self, grammar: Grammar, world: World, source: random.Random) -> None:
        self.grammar, self.world, self.random = grammar, world, source
        self.resources = sorted(world.all)

    def intent(self) -> Intent:
        resource = self.random.choice(self.resources)
        filters = tuple(self._filter(resource) for _ in range(self.random.choice((0, 1, 1, 1, 2, 2, 3))))
        filters = _one_each(filters)
        if self.random.random() < 0.35:
            return self._aggregate(resource, filters)
        limit = self.random.choice((None, None, 1, 2, 5, 10, 30, 120))
        return Intent(resource, "list", filters, self._sort(resource), limit)

    # Fields

    def _fields(self, resource: str, depth: int = 0) -> list[tuple[str, Field]]:
        found: list[tuple[str, Field]] = []
        for name, field in self.grammar.resources[resource].fields.items():
            if not field.path:
                continue
            if field.type == "metadata":
                keys = {key for obj in self.world.all[resource] for key in obj.get("metadata") or {}}
                found += [(f"metadata.{key}", field) for key in sorted(keys)]
                continue
            found.append((name, field))
            target = POINTS.get(resource, {}).get(name)
            if target and depth < 2:
                found += [(f"{name}.{inner}", each) for inner, each in self._fields(target, depth + 1) if inner != "id"]
        return found

    def _pick(self, resource: str) -> tuple[str, Field]:
        fields = self._fields(resource)
        plain = [
            entry for entry in fields if "." not in entry[0] or entry[0] in self.grammar.resources[resource].fields
        ]
        return self.random.choice(plain if self.random.random() < 0.6 else fields)

    def _filter(self, resource: str) -> Filter:
        if resource == "customers" and self.random.random() < 0.3:
            owned = self.random.choice(OWNED)
            if self.random.random() < 0.3:
                return Filter(owned, "exists", self.random.random() < 0.5)
            inner = self._filter(owned)
            return Filter(f"{owned}.{inner.field}", inner.op, inner.value)
        name, field = self._pick(resource)
        held = [value for obj in self.world.all[resource] for value in self.world.held(resource, obj, name)]
        if not held or self.random.random() < 0.08:
            return Filter(name, "exists", self.random.random() < 0.5)
        return self._on(name, field, held)

    def _on(self, name: str, field: Field, held: list[tuple[Any, str | None]]) -> Filter:
        value, currency = self.random.choice(held)
        if field.type == "time":
            return Filter(name, self.random.choice(("during", "during", "not_during")), self._window(value))
        if field.type == "money":
            coin = self.random.choice((None, currency, self.random.choice(("usd", "eur", "jpy", "kwd"))))
            op = self.random.choice(("gt", "gte", "lt", "lte", "eq", "ne"))
            return Filter(name, op, Money(major(value, currency), coin))
        if field.type in ("number", "percent"):
            wanted = Decimal(str(value))
            return Filter(name, self.random.choice(("gt", "gte", "lt", "lte", "eq", "ne")), wanted)
        if field.type == "boolean":
            return Filter(name, "eq", self.random.choice((True, False)))
        if field.type in ("text", "email", "phone") and isinstance(value, str):
            return self._text(name, field, value)
        if not isinstance(value, str):
            return Filter(name, "exists", True)
        return self._word(name, value, sorted({str(each) for each, _ in held}))

    def _word(self, name: str, value: str, known: list[str]) -> Filter:
        op = self.random.choice(("eq", "eq", "eq", "ne", "in", "not_in"))
        if op in ("eq", "ne"):
            return Filter(name, op, value)
        several = {value, *self.random.sample(known, min(len(known), self.random.randint(1, 3)))}
        return Filter(name, op, tuple(sorted(several)))

    def _text(self, name: str, field: Field, value: str) -> Filter:
        change: Callable[[str], str] = self.random.choice((str.upper, str.lower, str))
        if field.type == "phone":
            return Filter(name, self.random.choice(("eq", "ne")), value)
        if self.random.random() < 0.4:
            return Filter(name, self.random.choice(("eq", "eq", "ne")), change(value))
        start = self.random.randrange(len(value))
        part = value[start : start + self.random.randint(1, 12)]
        return Filter(name, "contains", change(part) if change(part).casefold() in value.casefold() else part)

    def _window(self, around: int) -> Window:
        ends: list[date | datetime | None] = []
        for sign in (-1, 1):
            moment = datetime.fromtimestamp(around, UTC) + sign * timedelta(seconds=self.random.randint(0, 40 * 86400))
            ends.append(self.random.choice((None, moment, moment.date(), moment.date())))
        return Window(ends[0], ends[1])

    # Sorts and figures

    def _sort(self, resource: str) -> Sort | None:
        if self.random.random() < 0.4:
            return None
        fields = [
            name
            for name, field in self.grammar.resources[resource].fields.items()
            if field.path and field.type in SORTABLE and "[]" not in field.path and name != "pause_collection"
        ]
        return Sort(self.random.choice(fields), self.random.choice(("asc", "desc"))) if fields else None

    def _aggregate(self, resource: str, filters: tuple[Filter, ...]) -> Intent:
        fields = self._fields(resource)
        numbers = [name for name, field in fields if field.type in ("money", "number", "percent") and "." not in name]
        function = self.random.choice(("count", "count", "sum", "avg", "min", "max")) if numbers else "count"
        field = self.random.choice(numbers) if function != "count" else None
        by: list[str] = []
        for _ in range(self.random.choice((0, 1, 1, 2))):
            name, each = self.random.choice(fields)
            if each.type == "time":
                by.append(f"{name}:{self.random.choice(GRAINS)}")
            elif each.type in PLAIN:
                by.append(name)
        having = Having("gt", self.random.randint(0, 5)) if function == "count" and self.random.random() < 0.3 else None
        aggregate = Aggregate(function, field, tuple(dict.fromkeys(by)), having)
        sort, limit = None, None
        if by and self.random.random() < 0.3:
            sort = Sort(function, self.random.choice(("asc", "desc")))
            limit = self.random.choice((None, 1, 3))
        return Intent(resource, "aggregate", filters, sort, limit, aggregate)


def _one_each(filters: tuple[Filter, ...]) -> tuple[Filter, ...]:
    """What a prompt can say: "without" a relation together with a filter on it is a contradiction."""
    without = {each.field for each in filters if each.op == "exists" and each.value is False and each.field in OWNED}
    kept = [each for each in filters if each.field in without or each.field.split(".")[0] not in without]
    return tuple(dict.fromkeys(kept))
