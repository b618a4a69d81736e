"""The ledger file: for its owner only, without keys, and nothing is sent where it cannot be written."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from flarite_nl import keys
from flarite_nl.errors import LedgerProblem
from flarite_nl.execution.ledger import Command, Ledger, folder, key_of
from flarite_nl.model.change import Call, Change, Confirmation
from flarite_nl.model.values import Money
from flarite_nl.rendering.history import history_text
from flarite_nl.sandbox import Sandbox
from tests.engine.prompts import intent, parse
from tests.writing.conftest import KEY, Making

AT = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
SECRET = "sk_" + "live_51HxYzAbCdEfGhIjKlMnOpQrWxYz"
LAST = intent("charges.refund", ("customer", "eq", "cus_ABC123"), sort="created desc", limit=1)


def command(**given: str) -> Command:
    usual = {"scope": "test acct_1", "mode": "test", "account": "acct_1", "name": "charges.refund"}
    return Command(**{**usual, "prompt": "refund ch_1", "intent": "i", "words": "w", **given})  # type: ignore[arg-type]


def change(target: str = "ch_1", **params: object) -> Change:
    call = Call("refunds.create", {"charge": target, **params})
    return Change(target, (call,), f"Refund {target}", Money(Decimal("1.50"), "usd"), "cus_1")


def yes(question: Confirmation) -> bool:
    return True


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    where = tmp_path / "deep" / "er"
    plain = os.umask(0)
    try:
        ledger = Ledger(where)
        ledger.begin(command(), [change()])
        with ledger.alone():
            pass
    finally:
        os.umask(plain)
    assert where.stat().st_mode & 0o777 == 0o700
    assert {each.name: each.stat().st_mode & 0o777 for each in where.iterdir()} == {
        "ledger.sqlite3": 0o600,
        "lock.sqlite3": 0o600,
    }


def test_a_file_that_others_could_read_is_closed(tmp_path: Path) -> None:
    Ledger(tmp_path).close()
    (tmp_path / "ledger.sqlite3").chmod(0o644)
    Ledger(tmp_path).close()
    assert (tmp_path / "ledger.sqlite3").stat().st_mode & 0o777 == 0o600


def test_it_keeps_what_it_was_told(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, clock=lambda: AT)
    run = ledger.begin(command(), [change("ch_1"), change("ch_2")])
    ledger.mark(run.entries[0], state="done", made=("re_1",), object="re_1", at=AT, now=AT)
    again = Ledger(tmp_path)
    (held,) = again.history()
    assert [entry.state for entry in held.entries] == ["done", "planned"]
    assert held.entries[0].amount == Decimal("1.50")
    assert held.entries[0].calls == change("ch_1").calls
    assert (held.entries[0].at, held.began) == (AT, AT)
    assert [entry.target for entry in held.left] == ["ch_2"]
    assert again.known("test acct_1") == {"re_1"}
    assert again.known("live acct_1") == frozenset()
    assert again.latest(command(scope="live acct_1")) is None


def test_no_key_is_kept(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, redact=keys.redact)
    run = ledger.begin(command(prompt=f"refund ch_1 {SECRET}", nonce=SECRET, note=f"as {SECRET} said"), [change()])
    ledger.mark(run.entries[0], state="failed", problem=f"Invalid key {SECRET}")
    with pytest.raises(LedgerProblem, match="A Stripe key stands in"):
        ledger.begin(command(), [change(metadata={"note": SECRET})])
    assert SECRET not in (tmp_path / "ledger.sqlite3").read_bytes().decode("latin-1")
    assert len(list(ledger.history())) == 1


def test_the_key_of_a_request_tells_writes_apart() -> None:
    one = key_of(command(), "calls", 0)
    assert one == key_of(command(), "calls", 0)
    others = [
        key_of(command(), "calls", 1),
        key_of(command(), "other calls", 0),
        key_of(command(intent="j"), "calls", 0),
        key_of(command(nonce="n"), "calls", 0),
        key_of(command(account="acct_2"), "calls", 0),
        key_of(command(mode="live"), "calls", 0),
    ]
    assert len({one, *others}) == 7
    assert len(one) <= 255


def test_another_process_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flarite_nl.execution.ledger.PATIENCE", 0.05)
    one, other = Ledger(tmp_path), Ledger(tmp_path)
    with one.alone(), pytest.raises(LedgerProblem, match="another process"), other.alone():
        pass
    with other.alone():
        pass


@pytest.mark.parametrize("how", ["file", "nonsense", "broken"])
def test_without_a_ledger_nothing_is_sent(how: str, engine_at: Making, sandbox: Sandbox, tmp_path: Path) -> None:
    where = tmp_path / "ledger"
    if how == "file":
        where.write_text("in the way", "utf-8")
    else:
        where.mkdir()
        (where / "ledger.sqlite3").write_bytes(b"nonsense" * 1000 if how == "nonsense" else b"")
    if how == "broken":
        with sqlite3.connect(where / "ledger.sqlite3") as db:
            db.execute("CREATE TABLE runs (id INTEGER)")
    before = list(sandbox.dump())
    outcome = engine_at(data=where).run(parse(LAST), confirm=yes)
    assert outcome.error is not None
    assert outcome.error.kind == "ledger"
    assert "nothing is sent" in outcome.error.message
    assert list(sandbox.dump()) == before


def test_reading_needs_no_ledger(engine_at: Making) -> None:
    engine = engine_at()
    assert engine.run(parse(intent("charges.list", limit=1))).error is None
    assert engine.run(parse(LAST), dry_run=True).error is None
    assert not folder().exists()


def test_a_restricted_key_that_may_not_see_the_account(engine_at: Making, sandbox: Sandbox) -> None:
    """Its ledger entries stand under the key's fingerprint."""
    key = "rk_test_refundsrefundsrefunds"
    sandbox.app.keyring.permissions = {key: {"charges": "read", "refunds": "write", "customers": "read"}}
    engine = engine_at(key=key)
    assert engine.run(parse(LAST), confirm=yes).error is None
    (run,) = engine.ledger.history()
    assert run.scope.startswith("test key ")
    again = engine_at(key=key).run(parse(LAST), confirm=yes)
    assert again.error is not None
    assert again.error.kind == "repeated"
    assert key not in (folder() / "ledger.sqlite3").read_bytes().decode("latin-1")


def test_exports(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, clock=lambda: AT)
    run = ledger.begin(command(prompt='=HYPERLINK("x") \x1b[2J'), [change()])
    ledger.mark(run.entries[0], state="done", made=("re_1",), object="re_1", at=AT, now=AT)
    runs = list(ledger.history())
    (entry,) = json.loads(history_text(runs, "json"))
    assert (entry["amount"], entry["currency"], entry["object"], entry["at"]) == (
        "1.50", "usd", "re_1", "2026-03-18T15:30:00Z",
    )  # fmt: skip
    assert json.loads(history_text(runs, "ndjson")) == entry
    (row,) = csv.DictReader(io.StringIO(history_text(runs, "csv")))
    assert row["prompt"].startswith("'=HYPERLINK")
    for style in ("table", "json", "ndjson", "csv"):
        assert "\x1b" not in history_text(runs, style)
    assert "Nothing was written" in history_text([], "table")
    assert (history_text([], "json"), history_text([], "csv")) == ("[]", "")


def test_what_was_undone_may_be_done_again(engine_at: Making, sandbox: Sandbox) -> None:
    """Paused, resumed, paused: the third is no repetition of the first."""
    subscription = next(
        obj for obj in sandbox.dump()
        if obj["object"] == "subscription" and obj["status"] == "active" and not obj["pause_collection"]
    )  # fmt: skip
    engine = engine_at(key=KEY)
    for action in ("pause", "resume", "pause", "resume"):
        outcome = engine.run(parse(intent(f"subscriptions.{action}", ("id", "eq", subscription["id"]))), confirm=yes)
        assert outcome.error is None, (action, outcome.error)
        assert not outcome.results[0].repeated


def test_a_prompt_that_failed_half_way_goes_on(engine_at: Making, sandbox: Sandbox) -> None:
    """The customer was made, the invoice refused: given again, the invoice is made for the same customer."""
    steps = (
        intent("customers.create", params={"email": "new@b.example"}),
        intent("invoices.create", params={"customer": {"ref": 0}, "amount": {"amount": "3", "currency": "eur"}}),
    )
    sandbox.app.keyring.permissions = {"rk_test_half": {"customers": "write", "account": "read"}}
    first = engine_at(key="rk_test_half").run(parse(*steps), confirm=yes)
    assert first.error is not None
    sandbox.app.keyring.permissions = {}
    second = engine_at(key="rk_test_half").run(parse(*steps), confirm=yes)
    assert second.error is None, second.error
    assert second.results[0].repeated
    assert second.results[1].written[0]["customer"] == first.results[0].written[0]["id"]
    assert sum(1 for obj in sandbox.dump() if obj.get("email") == "new@b.example") == 1
