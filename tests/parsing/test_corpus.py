"""The corpus: at least 97 in a hundred exact, at most one wrong answer in a hundred, no false write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from flarite_nl.parsing.parser import Parser
from tests.conftest import NOW
from tests.parsing.corpus import Frame, corpus, right, writes

Scored = Sequence[tuple[dict[str, Any], dict[str, Any]]]


@pytest.fixture(scope="module")
def scored() -> Scored:
    parser = Parser()
    return [(row, parser.parse(row["text"], NOW, row.get("context", ())).to_dict()) for row in corpus()]


def told(rows: Scored) -> str:
    return "\n".join(f"{row['id']}: {row['text']}\n  got {parse}" for row, parse in rows)


def test_the_corpus_scores(scored: Scored, capsys: pytest.CaptureFixture[str]) -> None:
    missed = [(row, parse) for row, parse in scored if not right(row, parse)]
    wrong = [(row, parse) for row, parse in missed if parse["status"] == "ok"]
    false = [(row, parse) for row, parse in missed if writes(parse)]
    exact = 1 - len(missed) / len(scored)
    with capsys.disabled():
        print(
            f"\ncorpus: {len(scored)} prompts, {exact:.2%} exact, {len(wrong)} wrong answers, {len(false)} false writes"
        )
    assert not false, told(false)
    assert exact >= 0.97, told(missed)
    assert len(wrong) <= len(scored) * 0.01, told(wrong)


def test_what_is_no_write_is_none(scored: Scored) -> None:
    rows = [(row, parse) for row, parse in scored if "not_a_write" in row["tags"]]
    assert len(rows) > 50
    assert not told([(row, parse) for row, parse in rows if writes(parse)])


MONEY = {"amount": "5", "currency": "usd"}
LIST: dict[str, Any] = {
    "resource": "charges",
    "action": "list",
    "filters": [{"field": "amount", "op": "gt", "value": MONEY}],
}
REFUND: dict[str, Any] = {
    "resource": "charges",
    "action": "refund",
    "filters": [{"field": "id", "op": "eq", "value": "ch_1"}],
}


def ok(*intents: Frame) -> Frame:
    return {"status": "ok", "intents": list(intents)}


@pytest.mark.parametrize(
    ("gold", "parse"),
    [
        (ok(LIST), ok({**LIST, "sort": None, "params": {}, "note": "words", "fields": ["id"]})),
        (ok(LIST), ok({**LIST, "filters": [{**LIST["filters"][0], "value": {**MONEY, "amount": "5.00"}}]})),
        ({"status": "rejected", "reason": "unsupported"}, {"status": "clarify", "intents": [], "missing": ["target"]}),
    ],
)
def test_what_counts_as_the_same(gold: Frame, parse: Frame) -> None:
    assert right(gold, parse)


@pytest.mark.parametrize(
    ("gold", "parse"),
    [
        (ok(LIST), {"status": "clarify", "intents": []}),
        (ok(LIST), ok(LIST, LIST)),
        (ok(LIST), ok({**LIST, "limit": 1})),
        (ok(LIST), ok({**LIST, "action": "get"})),
        (ok(LIST), ok({**LIST, "sort": {"field": "amount", "order": "asc"}})),
        (ok(LIST), ok({**LIST, "filters": []})),
        (ok(LIST), ok({**LIST, "filters": [{**LIST["filters"][0], "value": {**MONEY, "currency": None}}]})),
        (ok({**LIST, "fields": ["email"]}), ok(LIST)),
        (ok(REFUND), ok({**REFUND, "params": {"percent": 50}})),
        ({"status": "rejected", "reason": "unsupported"}, ok(REFUND)),
    ],
)
def test_what_does_not(gold: Frame, parse: Frame) -> None:
    assert not right(gold, parse)
