"""Pass 3, sorts said as such: "sorted by amount descending", "in ascending order", "alphabetically"."""

from __future__ import annotations

from flarite_nl.grammar.lexicon import Sense
from flarite_nl.model.parse import Sort
from flarite_nl.parsing.compares import NUMERIC
from flarite_nl.parsing.figures import SIZES, TIMES, noun_ahead_of, order
from flarite_nl.parsing.reading import Reading


def sort(r: Reading, at: int, end: int, sense: Sense) -> int:
    """ "sorted by amount descending", "in ascending order"."""
    if sense.key in {"asc", "desc"}:
        return _direction(r, at, end, sense.key)
    if sense.key != "by":
        return 0
    start = r.spans.skip(end, ("filler", "group"), r.end)
    if "pivot" in r.marks and start in r.taken:
        # "rank customers by turnover"
        return end
    found = _sort_key(r, start)
    if found is None:
        # "in order of newest first"
        directed = r.spans.at(start, "order")
        return order(r, start, directed[1], directed[0]) if directed else _sorted_ahead(r, start)
    name, kind, after = found
    following = r.spans.skip(after, ("comma", "filler"), r.end)
    direction = r.spans.at(following, "sort")
    way = "asc" if kind in {"text", "email", "ahead", "word"} else "desc"
    if direction and direction[0].key in {"asc", "desc"}:
        way, after = direction[0].key, direction[1]
    else:
        directed = r.spans.at(r.spans.skip(following, ("with", "filler"), r.end), "order")
        first = r.spans.is_at(directed[1], "sort", "first") if directed else 0
        if directed and first:
            way = _way(directed[0].key)
            after = first
    r.sort = Sort(name, "asc" if way == "asc" else "desc")
    r.say(at, after, f"sort by {name}")
    return after


def directed(r: Reading, at: int) -> bool:
    """ "by due date, earliest first", "by amount largest first": what can be more or less, and which way."""
    found = _sort_key(r, r.spans.skip(at, ("filler",), r.end))
    if found is None or found[1] not in {"time", "ahead", *NUMERIC}:
        return False
    following = r.spans.skip(found[2], ("comma", "filler"), r.end)
    order = r.spans.at(following, "order")
    return bool(r.spans.is_at(following, "sort", "asc", "desc") or (order and r.spans.is_at(order[1], "sort", "first")))


def _sorted_ahead(r: Reading, at: int) -> int:
    """ "rank payments by amount", "sort customers by spend": by what comes behind the noun."""
    if r.head_at >= 0 or r.operation is not None or not noun_ahead_of(r, at):
        return 0
    r.marks.add("sorting")
    return at


def _way(key: str) -> str:
    return TIMES.get(key) or SIZES.get(key) or "asc"


def _sort_key(r: Reading, at: int) -> tuple[str, str, int] | None:
    spans = r.spans
    for kind in ("field", "event"):
        field = spans.at(at, kind, r.resource.name)
        if field:
            spec = r.resource.fields[field[0].key]
            name = f"{spec.name}.{field[0].extra}" if spec.type == "metadata" and field[0].extra else spec.name
            return name, "ahead" if spec.ahead else spec.type, field[1]
    if r.spans.is_at(at, "amount_word") and r.resource.amount:
        return r.resource.amount, "money", r.spans.is_at(at, "amount_word")
    if r.functions and spans.is_at(at, "aggregate"):
        return "", "money", spans.is_at(at, "aggregate")
    return None


def _direction(r: Reading, at: int, end: int, way: str) -> int:
    by = r.spans.is_at(end, "group", "by") or r.spans.is_at(end, "glue", "prep")
    named = _sort_key(r, by) if by and not r.functions else None
    if named:
        r.sort = Sort(named[0], "asc" if way == "asc" else "desc")
        return named[2]
    if r.sort is not None:
        r.sort = Sort(r.sort.field, "asc" if way == "asc" else "desc")
        return end
    sized = r.spans.is_at(at, "order") > 0 and not r.spans.is_at(at, "order", *TIMES)
    name = r.resource.time if not sized else None
    if r.spans.is_at(at, "alphabetical"):
        name = "name" if "name" in r.resource.fields else None
    elif r.resource.amount and r.spans.is_at(at, "grades"):
        name = r.resource.amount
    if name is None:
        return 0
    r.sort = Sort(name, "asc" if way == "asc" else "desc")
    return end
