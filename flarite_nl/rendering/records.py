"""JSON and NDJSON of an outcome: Stripe's objects as the API gave them, or only the fields asked for.

NDJSON has one object a line, told apart by ``object`` as Stripe's own are. The last line is ``flarite_nl.answer``:
whose data it was, how many lines came before, and whether anything is missing. A stream without it was cut off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flarite_nl.model.outcome import Outcome, Result, Row
from flarite_nl.rendering.cells import found_at
from flarite_nl.rendering.clean import to_json
from flarite_nl.rendering.columns import Resources, exact_columns, guessed

ANSWER, GROUP, TARGET, SKIPPED = "flarite_nl.answer", "flarite_nl.group", "flarite_nl.target", "flarite_nl.skipped"


def answer_json(outcome: Outcome, resources: Resources, fields: Sequence[str] = ()) -> str:
    """The answer as one JSON object (FRAME.md, "What comes back")."""
    body = outcome.to_dict()
    if fields:
        for result, raw in zip(outcome.results, body["results"], strict=True):
            for name in ("rows", "written"):
                if name in raw:
                    raw[name] = [picked(row, result, resources, fields) for row in raw[name]]
    return to_json(body, indent=2)


def answer_lines(outcome: Outcome, resources: Resources, fields: Sequence[str] = ()) -> Iterator[str]:
    """The answer as NDJSON."""
    count = 0
    for result in outcome.results:
        for record in _records(result, resources, fields):
            count += 1
            yield to_json(record)
    body = outcome.to_dict()
    counts = [{"name": each.name, "complete": each.complete} for each in outcome.results]
    rest = {key: value for key, value in body.items() if key != "results"}
    yield to_json({"object": ANSWER, "lines": count, **rest, "results": counts})


def picked(row: Row, result: Result, resources: Resources, fields: Sequence[str]) -> dict[str, Any]:
    """Just these fields of an object, each under the name it was asked for by; null where there is none."""
    resource = guessed(row, result.intent, resources)
    columns = exact_columns(resource, fields, resources) if resource else ()
    out: dict[str, Any] = {}
    for column in columns:
        found = found_at(row, column)
        out[column.name] = found[0] if len(found) == 1 else found or None
    return out


def _records(result: Result, resources: Resources, fields: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    if result.kind == "groups":
        for group in result.groups:
            yield {"object": GROUP, "name": result.name, **group.to_dict()}
        return
    if result.dry_run:
        yield from ({"object": TARGET, "name": result.name, "id": each} for each in result.targets)
    for row in result.written if result.kind == "write" else result.rows:
        picks = picked(row, result, resources, fields) if fields else row
        yield {"object": row.get("object"), **picks} if fields else row
    for skipped in result.skipped:
        yield {"object": SKIPPED, "name": result.name, **skipped.to_dict()}
