"""What a reader says of an answer besides its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flarite_nl.engine import Engine
from flarite_nl.errors import Unreachable
from flarite_nl.execution.gateway import Gateway
from flarite_nl.execution.pages import Trouble
from flarite_nl.execution.read import Reader
from flarite_nl.model.outcome import Row
from flarite_nl.model.parse import Intent
from flarite_nl.model.plan import Fetch, Join, Selection
from flarite_nl.sandbox import Sandbox
from tests.conftest import NOW
from tests.engine.prompts import intent, parse
from tests.execution.fakes import FakeWire, charges


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(now=NOW) as made:
        yield made


def trouble_of(sandbox: Sandbox, asked: Intent) -> Trouble:
    selection = Engine(now=NOW).plan(parse(asked)).steps[0].selection
    assert selection is not None
    reader = Reader(Gateway(None, wsgi=sandbox.wsgi), ZoneInfo("UTC"), lambda ref, resource: ((), {}))
    assert list(reader.rows(selection))
    return reader.trouble


@pytest.mark.parametrize("rest", [{"limit": 1}, {"limit": 20}, {}])
def test_the_largest_of_several_currencies_is_noted(rest: dict[str, int], sandbox: Sandbox) -> None:
    trouble = trouble_of(sandbox, intent("charges.list", sort="amount desc", **rest))
    assert len(trouble.notes) == 1
    assert "EUR" in trouble.notes[0]
    assert "USD" in trouble.notes[0]
    assert trouble.problems == []


def test_the_largest_of_one_currency_needs_no_note(sandbox: Sandbox) -> None:
    one = intent("charges.list", ("currency", "eq", "usd"), sort="amount desc", limit=1)
    assert trouble_of(sandbox, one).notes == []


def test_the_newest_of_several_currencies_needs_no_note(sandbox: Sandbox) -> None:
    assert trouble_of(sandbox, intent("charges.list", limit=20)).notes == []


class Pointing(FakeWire):
    """Charges whose customers are asked for one by one; that of ``broken`` cannot be had."""

    broken = "cus_150"

    def call(self, call: str, params: Mapping[str, Any], *, id: str | None = None, key: str | None = None) -> Row:
        if call != "customers.retrieve":
            return super().call(call, params)
        if id == self.broken:
            raise Unreachable("no answer", request_id="req_1")
        return {"id": id, "object": "customer"}


def pointing(broken: str, *, strict: bool = False) -> tuple[list[Row], Trouble]:
    rows = [{**row, "customer": f"cus_{number}"} for number, row in enumerate(charges(250))]
    wire = Pointing(rows)
    wire.broken = broken
    join = Join("customer", "customers", "customers.retrieve", expand=False)
    reader = Reader(wire, ZoneInfo("UTC"), lambda ref, resource: ((), {}), Trouble(strict=strict))
    return list(reader.rows(Selection("charges", (Fetch("charges.list"),), joins=(join,)))), reader.trouble


def test_an_object_pointed_to_that_cannot_be_had_leaves_a_marked_part() -> None:
    rows, trouble = pointing("cus_150")
    assert [row["id"] for row in rows] == [f"ch_{number}" for number in range(100)]
    assert trouble.problems == ["Only the first 100 objects were read: no answer"]
    assert trouble.error is not None
    assert trouble.error.request_id == "req_1"


@pytest.mark.parametrize(("broken", "strict"), [("cus_5", False), ("cus_150", True)])
def test_it_is_an_error_where_nothing_was_read_or_a_part_would_be_wrong(broken: str, strict: bool) -> None:
    with pytest.raises(Unreachable):
        pointing(broken, strict=strict)
