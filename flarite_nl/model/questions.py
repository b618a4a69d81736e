"""What a dry run would have asked: its JSON → ``Confirmation``, the reverse of its ``to_dict``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_args

from flarite_nl.model.change import Call, Change, Confirmation
from flarite_nl.model.outcome import Mode
from flarite_nl.model.reading import Object, row, text
from flarite_nl.model.values import Money, Value

Values = Callable[[Any], Value]


def question_of(raw: Any, values: Values) -> Confirmation:
    """The confirmation that ``to_dict`` wrote; how it was to be answered is not part of it.

    Args:
        values: reads a typed value (frames.py).

    Raises:
        ValueError: where it is none.
    """
    here = Object(raw, "the question")
    mode: Mode = here.word("mode", get_args(Mode))
    made = Confirmation(
        here.text("name"), mode, here.text("account", None), here.text("risk"),
        here.each("changes", lambda each: _change(each, values)),
        here.each("skipped", lambda each: _pair(each, "id", "why")),
        here.text("note", None), here.each("remarks", text),
        here.each("corrections", lambda each: _pair(each, "text", "read_as")), step=here.whole("step"),
        sentence=here.text("sentence"),
    )  # fmt: skip
    for derived in ("targets", "totals", "effects"):
        here.get(derived)
    here.end()
    return made


def _change(raw: Any, values: Values) -> Change:
    here = Object(raw, "a change")
    amount = values(here.get("amount"))
    if amount is not None and not isinstance(amount, Money):
        raise ValueError("the amount of a change is no money.")
    made = Change(
        here.text("target", None), here.each("calls", _call), here.text("summary"), amount, here.text("customer", None),
        here.each("effects", text), _target(row(here.get("state"))),
    )  # fmt: skip
    here.end()
    return made


def _call(raw: Any) -> Call:
    here = Object(raw, "a call")
    made = Call(here.text("call"), row(here.get("params")), here.text("id", None))
    here.end()
    return made


def _pair(raw: Any, first: str, second: str) -> tuple[str, str]:
    here = Object(raw, "an entry")
    made = here.text(first), here.text(second)
    here.end()
    return made


def _target(state: Mapping[str, Any]) -> Mapping[str, Any]:
    """As much of a target as its state (``Change.state``) tells."""
    held = {name: value for name, value in state.items() if name != "items" and not name.startswith("charge.")}
    charge = {name.removeprefix("charge."): value for name, value in state.items() if name.startswith("charge.")}
    if charge:
        held["latest_charge"] = charge
    if "items" in state:
        held["items"] = {"data": [_item(each) for each in state["items"]]}
    return held


def _item(raw: Any) -> Mapping[str, Any]:
    if not isinstance(raw, (list, tuple)) or len(raw) != 3:
        raise ValueError("an item of a subscription is its ID, its price and its quantity.")
    return {"id": raw[0], "price": {"id": raw[1]}, "quantity": raw[2]}
