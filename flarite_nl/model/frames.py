"""The frame's JSON → ``Parse`` and ``Outcome``: the reverse of their ``to_dict``.

What JSON has no type for is known by where it stands: a decimal by its place, a day by the name of its param.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, TypeVar, get_args

from flarite_nl.errors import DataError
from flarite_nl.model.change import Confirmation
from flarite_nl.model.outcome import Failure, Figure, Mode, Outcome, Result, Skipped
from flarite_nl.model.parse import OPS, Aggregate, Filter, Having, Intent, Parse, Reason, Sort, Span, Status
from flarite_nl.model.questions import question_of
from flarite_nl.model.reading import Object, is_object, row, text
from flarite_nl.model.values import Moment, Money, Ref, Value, Window

DAYS = frozenset({"due_date", "expires_at", "redeem_by", "trial_end", "until"})
"""Params whose text is a day or a moment."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")

Made = TypeVar("Made")


def parse_of(raw: Any) -> Parse:
    """The parse that ``Parse.to_dict`` wrote. Raises DataError where it is none."""
    return _guarded(_parse, raw, "parse")


def outcome_of(raw: Any) -> Outcome:
    """The outcome that ``Outcome.to_dict`` wrote. Raises DataError where it is none."""
    return _guarded(_outcome, raw, "outcome")


def _guarded(read: Callable[[Any], Made], raw: Any, what: str) -> Made:
    try:
        return read(raw)
    except RecursionError:
        raise DataError(f"This is no {what}: it is nested too deeply.") from None
    except ValueError as problem:
        raise DataError(f"This is no {what}: {problem}") from None


def _parse(raw: Any) -> Parse:
    here = Object(raw, "the parse")
    made = Parse(
        here.text("text"),
        _status(here),
        here.each("intents", _intent, ()),
        here.each("missing", text, ()),
        here.word("reason", get_args(Reason), None),
        here.each("unrecognized", _span, ()),
        here.text("message", None),
        here.each("suggestions", text, ()),
        here.each("corrections", _correction, ()),
    )
    here.end()
    return made


def _status(here: Object) -> Status:
    found: Status = here.word("status", get_args(Status))
    return found


def _intent(raw: Any) -> Intent:
    here = Object(raw, "an intent")
    params = here.get("params", {})
    sort, aggregate = here.get("sort", None), here.get("aggregate", None)
    made = Intent(
        here.text("resource"),
        here.text("action"),
        here.each("filters", _filter, ()),
        _sort(sort) if sort is not None else None,
        here.whole("limit", None),
        _aggregate(aggregate) if aggregate is not None else None,
        {name: _param(name, value) for name, value in params.items()} if is_object(params, "params") else {},
        here.each("fields", text, ()),
        here.text("note", None),
    )
    here.end()
    return made


def _filter(raw: Any) -> Filter:
    here = Object(raw, "a filter")
    made = Filter(here.text("field"), here.word("op", OPS), value_of(here.get("value")))
    here.end()
    return made


def _sort(raw: Any) -> Sort:
    here = Object(raw, "the sort")
    made = Sort(here.text("field"), here.word("order", ("asc", "desc")))
    here.end()
    return made


def _aggregate(raw: Any) -> Aggregate:
    here = Object(raw, "the aggregate")
    having = here.get("having", None)
    made = Aggregate(
        here.text("function"),
        here.text("field", None),
        here.each("group_by", text, ()),
        _having(having) if having is not None else None,
    )
    here.end()
    return made


def _having(raw: Any) -> Having:
    here = Object(raw, "having")
    made = Having(here.word("op", OPS), value_of(here.get("value")))
    here.end()
    return made


def _span(raw: Any) -> Span:
    here = Object(raw, "a span")
    made = Span(here.whole("start"), here.whole("end"), here.text("text"))
    here.end()
    return made


def _correction(raw: Any) -> tuple[Span, str]:
    here = Object(raw, "a correction")
    made = Span(here.whole("start"), here.whole("end"), here.text("text")), here.text("read_as")
    here.end()
    return made


def value_of(raw: Any) -> Value:
    """The typed value that ``jsonable`` wrote (FRAME.md, "Values"). Raises ValueError where it is none."""
    if raw is None or isinstance(raw, (str, bool)):
        return raw
    if isinstance(raw, (int, float)):
        return _number(raw)
    if isinstance(raw, (list, tuple)):
        return tuple(value_of(each) for each in raw)
    if not is_object(raw, "a value"):
        return {}
    keys = set(raw)
    if keys == {"amount", "currency"} and isinstance(raw["amount"], str):
        return _money(raw)
    if keys == {"start", "end"}:
        return Window(_bound(raw["start"]), _bound(raw["end"]))
    if "ref" in keys and keys <= {"ref", "position", "field"}:
        return _ref(raw)
    return {key: value_of(each) for key, each in raw.items()}


def _param(name: str, raw: Any) -> Value:
    """A param's value; metadata are texts whatever they look like."""
    if name in DAYS and isinstance(raw, str) and (_DAY.fullmatch(raw) or _MOMENT.fullmatch(raw)):
        return _bound(raw)
    if name == "metadata" and is_object(raw, "metadata"):
        return {key: value_of(each) for key, each in raw.items()}
    return value_of(raw)


def _number(raw: float) -> Decimal:
    try:
        made = Decimal(str(raw))
    except InvalidOperation:  # pragma: no cover - every int and float has a text that is a number
        raise ValueError(f"{raw!r} is no number.") from None
    if not made.is_finite():
        raise ValueError(f"{raw!r} is no finite number.")
    return made


def _money(raw: Mapping[str, Any]) -> Money:
    if not _DECIMAL.fullmatch(raw["amount"]):
        raise ValueError(f"{raw['amount']!r} is no amount.")
    if raw["currency"] is not None and not isinstance(raw["currency"], str):
        raise ValueError("a currency is a code, or null.")
    return Money(Decimal(raw["amount"]), raw["currency"])


def _bound(raw: Any) -> Moment | None:
    if raw is None:
        return None
    if isinstance(raw, str) and _DAY.fullmatch(raw):
        return date.fromisoformat(raw)
    if isinstance(raw, str) and _MOMENT.fullmatch(raw):
        return datetime.strptime(raw, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    raise ValueError(f"{raw!r} is neither a day nor a moment in UTC.")


def _ref(raw: Mapping[str, Any]) -> Ref:
    here = Object(raw, "a reference")
    ref: Any = here.get("ref")
    if ref != "previous" and type(ref) is not int:
        raise ValueError(f"{ref!r} is no earlier intent.")
    position = here.get("position", None)
    if isinstance(position, (list, tuple)):
        position = tuple(position)
    if position is not None and not all(type(each) is int for each in _several(position)):
        raise ValueError(f"{raw['position']!r} is no position.")
    return Ref(ref, position, here.text("field", None))


def _several(found: Any) -> tuple[Any, ...]:
    return found if isinstance(found, tuple) else (found,)


def _outcome(raw: Any) -> Outcome:
    here = Object(raw, "the outcome")
    parse = _parse(here.get("parse"))
    error = here.get("error", None)
    said = here.get("results")
    if not isinstance(said, (list, tuple)) or len(said) > len(parse.intents):
        raise ValueError("there are more results than intents.")
    made = Outcome(
        here.text("prompt"),
        _mode(here),
        here.text("account", None),
        parse,
        tuple(_result(each, intent) for each, intent in zip(said, parse.intents, strict=False)),
        here.whole("requests"),
        _failure(error) if error is not None else None,
    )
    here.get("problems", None)  # those of the results, once more
    if here.flag("complete") != made.complete:
        raise ValueError("it does not agree with itself on whether it is complete.")
    here.end()
    return made


def _mode(here: Object) -> Mode:
    found: Mode = here.word("mode", get_args(Mode))
    return found


def _result(raw: Any, intent: Intent) -> Result:
    here = Object(raw, "a result")
    if here.text("name") != intent.name:
        raise ValueError(f"a result is of {raw['name']}, its intent is {intent.name}.")
    kind: Literal["rows", "groups", "write"] = (
        "write" if here.has("written") else "groups" if here.has("groups") else "rows"
    )
    problems = here.each("problems", text, ())
    if kind == "write":
        made = Result(
            intent, targets=here.each("targets", text), written=here.each("written", row),
            skipped=here.each("skipped", _skipped), dry_run=here.flag("dry_run"),
            repeated=here.flag("repeated", False), question=_question(here),
            complete=here.flag("complete", True), problems=problems, kind=kind,
        )  # fmt: skip
    elif kind == "groups":
        made = Result(
            intent, groups=here.each("groups", _figure), complete=here.flag("complete"), problems=problems, kind=kind
        )
    else:
        made = Result(intent, here.each("rows", row), complete=here.flag("complete"), problems=problems)
    here.end()
    return made


def _question(here: Object) -> Confirmation | None:
    raw = here.get("would", None)
    return question_of(raw, value_of) if raw is not None else None


def _figure(raw: Any) -> Figure:
    here = Object(raw, "a group")
    value, key = here.get("value"), here.get("key")
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        value = Decimal(value)
    elif type(value) is not int:
        raise ValueError(f"{value!r} is no figure.")
    made = Figure(row(key), here.text("currency", None), value)
    here.end()
    return made


def _skipped(raw: Any) -> Skipped:
    here = Object(raw, "what was skipped")
    made = Skipped(here.text("id"), here.text("why"))
    here.end()
    return made


def _failure(raw: Any) -> Failure:
    here = Object(raw, "the error")
    span = here.get("span", None)
    made = Failure(
        here.text("kind"), here.text("message"), here.text("request_id", None), row(span) if span is not None else None
    )
    here.end()
    return made
