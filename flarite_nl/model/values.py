"""Typed values that stand in filters and params (FRAME.md, "Values").

Standard library only: every room meets in these types.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Money:
    """An ``amount`` in major units (``Decimal("49.99")``) and its ISO 4217 code in lower case.

    ``currency`` is None where none was said: the amount then compares in each object's own currency.

    >>> from decimal import Decimal
    >>> from flarite_nl import Money, Parser
    >>> Parser().parse("charges over $49.99").intents[0].filters[0].value == Money(Decimal("49.99"), "usd")
    True
    >>> Money(Decimal("10500"), "jpy").to_dict()
    {'amount': '10500', 'currency': 'jpy'}
    """

    amount: Decimal
    currency: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The frame's form: the amount as text, with the digits that were said."""
        return {"amount": plain(self.amount), "currency": self.currency}


Moment: TypeAlias = date | datetime


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open stretch of time: ``start`` inclusive, ``end`` exclusive, None where open.

    A ``date`` is midnight of that day in the caller's zone; a ``datetime`` is aware and in UTC.

    >>> from datetime import UTC, datetime
    >>> from flarite_nl import Parser
    >>> parse = Parser().parse("refunds since february", now=datetime(2026, 3, 18, 15, 30, tzinfo=UTC))
    >>> parse.intents[0].filters[0].value
    Window(start=datetime.date(2026, 2, 1), end=None)
    >>> parse.intents[0].filters[0].value.to_dict()
    {'start': '2026-02-01', 'end': None}
    """

    start: Moment | None
    end: Moment | None

    def to_dict(self) -> dict[str, Any]:
        """The frame's form: ``YYYY-MM-DD`` for a day, ``YYYY-MM-DDTHH:MM:SSZ`` for another moment, None where open."""
        return {"start": moment_text(self.start), "end": moment_text(self.end)}


@dataclass(frozen=True, slots=True)
class Ref:
    """The objects that an earlier intent found or made.

    ``ref`` is the intent's number in this prompt (0 is the first), or ``"previous"`` for the turn before;
    ``position`` (1 is the first) picks among them; ``field`` means the objects that their field points to.

    >>> from flarite_nl import Parser
    >>> intents = Parser().parse("show charge ch_1 and then refund it").intents
    >>> intents[1].name, intents[1].filters[0].value
    ('charges.refund', Ref(ref=0, position=None, field=None))
    >>> intents[1].filters[0].value.to_dict()
    {'ref': 0}
    """

    ref: int | Literal["previous"]
    position: int | tuple[int, ...] | None = None
    field: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The frame's form; what is None is left out."""
        out: dict[str, Any] = {"ref": self.ref}
        if self.position is not None:
            out["position"] = list(self.position) if isinstance(self.position, tuple) else self.position
        if self.field is not None:
            out["field"] = self.field
        return out


Scalar: TypeAlias = str | bool | int | Decimal | date | None
Value: TypeAlias = Scalar | Money | Window | Ref | tuple["Value", ...] | Mapping[str, "Value"]


def plain(number: Decimal) -> str:
    """A decimal without exponent, its digits as they were said: ``32.00`` stays ``32.00``."""
    return format(number, "f")


def moment_text(moment: Moment | None) -> str | None:
    """``YYYY-MM-DD`` for a day, ``YYYY-MM-DDTHH:MM:SSZ`` for any other moment."""
    if moment is None:
        return None
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return moment.isoformat()


def jsonable(value: Value) -> Any:
    """The frame's JSON form of a value."""
    if isinstance(value, (Money, Window, Ref)):
        return value.to_dict()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (date, datetime)):
        return moment_text(value)
    if isinstance(value, tuple):
        return [jsonable(item) for item in value]
    if isinstance(value, Mapping):
        return {key: jsonable(item) for key, item in value.items()}
    return value
