"""What a batch writes is found out and agreed to as a whole, and each write is made once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flarite_nl.batch.whole import Whole
from flarite_nl.sandbox import Sandbox, Server
from tests.batch.conftest import KEY, Batch, Obj, refundable, refunded, results_in

Prompts = Callable[..., Path]


def new(sandbox: Sandbox, before: list[str]) -> Counter[str]:
    return Counter(refunded(sandbox)) - Counter(before)


def test_nothing_is_written_unless_someone_agrees(
    batch: Batch, prompts: Prompts, sandbox: Sandbox, server: Server, tmp_path: Path
) -> None:
    before, (first, second, *_) = refunded(sandbox), refundable(sandbox)
    file = prompts("list open invoices", f"refund $5 of {first}", f"refund $7.50 of {second}")
    ran = batch(file, "--out", tmp_path / "out", url=server.url)
    assert ran.code == 5
    assert "2 lines of 3 would write:\n  charges.refund: 2, $12.50\nIn all 2 targets, $12.50\n" in ran.err
    assert f"line 2: Refund 5.00 USD, a part, of {first}" in ran.err
    assert not new(sandbox, before)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["prompts.txt"]
    ran = batch(file, "--out", tmp_path / "out", "--yes", url=server.url)
    assert ran.code == 0
    assert new(sandbox, before) == Counter([first, second])
    results = results_in((tmp_path / "out").read_text())
    assert [each["status"] for each in results] == ["ok"] * 3
    assert results[1]["results"][0]["written"][0]["amount"] == 500
    assert [each.name for each in sorted(tmp_path.iterdir())] == ["out", "prompts.txt"]


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        (["--max-amount", "12"], "12.50 USD is at stake in all, and the most allowed is 12.00 USD."),
        (["--max-amount", "100eur"], "12.50 USD is at stake in all, and the most allowed is nothing in it."),
        (["--max-targets", "1"], "2 objects would be written, and the most allowed is 1."),
        (["--max-amount", "12.50usd", "--max-targets", "2"], None),
    ],
)
def test_bounds_are_of_the_whole(
    bounds: list[str], said: str | None, batch: Batch, prompts: Prompts, sandbox: Sandbox, server: Server
) -> None:
    before, (first, second, *_) = refunded(sandbox), refundable(sandbox)
    ran = batch(prompts(f"refund $5 of {first}", f"refund $7.50 of {second}"), "--yes", *bounds, url=server.url)
    assert ran.code == (6 if said else 0)
    assert said is None or said in ran.err
    assert new(sandbox, before).total() == (0 if said else 2)


def test_duplicates_and_more_than_is_left(batch: Batch, prompts: Prompts, sandbox: Sandbox, server: Server) -> None:
    before, charges = refunded(sandbox), {each["id"]: each for each in sandbox.dump() if each["object"] == "charge"}
    id = next(each for each in refundable(sandbox) if charges[each]["payment_intent"])
    whole, intent = charges[id]["amount"] / 100, charges[id]["payment_intent"]
    file = prompts(
        f"refund $3 of {id}",
        f"refund $3 of {intent}",
        f"refund $4 of {id}",
        f"refund ${whole - 6:.2f} of {id}",
        f"Refund  $3 of {id}",
    )
    ran = batch(file, "--yes", url=server.url)
    assert ran.code == 9
    assert [each["status"] for each in ran.results] == ["ok", "refused", "ok", "refused", "refused"]
    assert "The very same stands in" in ran.results[1]["error"]["message"]
    assert f"more than the {whole - 7:.2f} USD that" in ran.results[3]["error"]["message"]
    assert f"line 1 (charges.refund) and {file} line 3 (charges.refund) on {id}" in ran.err
    assert new(sandbox, before) == Counter({id: 2})


def test_again_lets_duplicates_through(
    batch: Batch, prompts: Prompts, sandbox: Sandbox, server: Server, tmp_path: Path
) -> None:
    before, (id, *_) = refunded(sandbox), refundable(sandbox)
    file = prompts(f"refund $3 of {id}", f"refund $3 of {id}", f"refund $3 of charge {id}")
    ran = batch(file, "--yes", "--again", url=server.url)
    assert (ran.code, new(sandbox, before)) == (0, Counter({id: 3}))


def test_a_batch_given_again_writes_nothing(batch: Batch, prompts: Prompts, sandbox: Sandbox, server: Server) -> None:
    """Lines are known by their words: other lines may have come and gone."""
    before, (first, second, *_) = refunded(sandbox), refundable(sandbox)
    assert batch(prompts(f"refund $5 of {first}"), "--yes", url=server.url).code == 0
    ran = batch(prompts("# more", f"refund $7 of {second}", f"refund $5 of {first}"), "--yes", url=server.url)
    assert [each["status"] for each in ran.results] == ["ok", "repeated"]
    assert new(sandbox, before) == Counter([first, second])
    ran = batch(prompts(f"refund $5 of {first}"), "--yes", "--nonce", "April", url=server.url)
    assert new(sandbox, before) == Counter([first, first, second])


def test_a_line_that_cannot_be_done_is_left_out(
    batch: Batch, prompts: Prompts, sandbox: Sandbox, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, (first, second, *_) = refunded(sandbox), refundable(sandbox)
    file = prompts(f"refund {before[0]}", "refund ch_nothing", f"refund {first}", f"refnd {first}")
    ran = batch(file, "--yes", url=server.url)
    statuses = [each["status"] for each in ran.results]
    assert statuses[2] == "ok"
    assert "ok" not in statuses[:2] + statuses[3:]
    assert set(new(sandbox, before)) == {first}
    monkeypatch.setenv("FLARITE_NL_ROLE", "read-only")
    ran = batch(prompts(f"refund $1 of {second}", "list open disputes"), "--yes", url=server.url)
    assert [each["status"] for each in ran.results] == ["refused", "ok"]
    assert ran.results[0]["error"]["kind"] == "forbidden"


def test_what_changed_since_it_was_agreed_to_is_not_written(
    batch: Batch, prompts: Prompts, sandbox: Sandbox, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flarite_nl.cli import batchplan

    before, (first, second, *_) = refunded(sandbox), refundable(sandbox)
    plain = batchplan.agreeing

    def meanwhile(writes: Any) -> Any:
        def agree(whole: Whole, typed: tuple[str, ...]) -> None:
            monkeypatch.setattr(batchplan, "agreeing", plain)
            assert batch(prompts(f"refund $1 of {first}", name="other.txt"), "--yes", url=server.url).code == 0

        return agree

    monkeypatch.setattr(batchplan, "agreeing", meanwhile)
    ran = batch(prompts(f"refund {first}", f"refund {second}"), "--yes", url=server.url)
    assert [each["status"] for each in ran.results] == ["refused", "ok"]
    assert ran.results[0]["error"]["kind"] == "drift"
    assert new(sandbox, before) == Counter([first, second])


def test_a_plan_file_of_the_whole_batch(
    batch: Batch, prompts: Prompts, sandbox: Sandbox, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from flarite_nl.cli import main

    before, (first, second, *_) = refunded(sandbox), refundable(sandbox)
    plan = tmp_path / "plan.json"
    file = prompts("list open invoices", f"refund $5 of {first}", f"refund {second}", "refund ch_nothing")
    ran = batch(file, "--dry-run", "--out", plan, url=server.url)
    assert ran.code == 0
    assert not new(sandbox, before)
    held = json.loads(plan.read_text())
    assert (held["prompts"], held["writes"], len(held["left_out"])) == (4, 2, 1)
    assert [each["line"] for each in held["lines"]] == [2, 3]
    assert KEY not in plan.read_text()

    def apply(*arguments: str) -> tuple[int, str, str]:
        given = ["apply", str(plan), "--api-base", server.url, *arguments]
        done = CliRunner().invoke(main, given)
        return done.exit_code, done.stdout, done.stderr

    assert apply()[0] == 5
    assert apply("--yes", "--max-targets", "1")[0] == 6
    monkeypatch.setenv("STRIPE_API_KEY", KEY + "x")
    assert apply("--yes")[0] == 6
    monkeypatch.setenv("STRIPE_API_KEY", KEY)
    edited = plan.read_text().replace('"amount": 500', '"amount": 501')
    whole = plan.read_text()
    plan.write_text(edited)
    assert edited != whole
    assert apply("--yes")[0] == 6
    assert not new(sandbox, before)
    plan.write_text(whole)
    code, out, _ = apply("--yes")
    assert (code, [each["status"] for each in results_in(out)]) == (0, ["ok", "ok"])
    assert new(sandbox, before) == Counter([first, second])
    code, out, _ = apply("--yes")
    assert [each["status"] for each in results_in(out)] == ["repeated", "repeated"]
    assert new(sandbox, before) == Counter([first, second])


def test_a_plan_file_is_tried_out(
    batch: Batch, prompts: Prompts, sandbox: Sandbox, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from flarite_nl.cli import main

    before, (first, second, third, *_) = refunded(sandbox), refundable(sandbox)
    plan = tmp_path / "plan.json"
    lines = f"refund $5 of {first}", f"refund $2 of {first}", f"refund {second}", f"refnd {third}"
    assert batch(prompts(*lines), "--dry-run", "--out", plan, url=server.url).code == 0

    def try_out(*arguments: str) -> tuple[int, list[Obj], str]:
        given = ["apply", str(plan), "--api-base", server.url, "--dry-run", *arguments]
        done = CliRunner().invoke(main, given)
        return done.exit_code, results_in(done.stdout), done.stderr

    code, results, said = try_out()
    assert (code, [each["status"] for each in results]) == (0, ["ok"] * 4)
    assert [each["line"] for each in results] == [1, 2, 3, 4]
    assert all(each["results"][0]["dry_run"] and each["plan"] for each in results)
    assert "Nothing was written. 4 of 4 could still be carried out as approved." in said
    code, results, _ = try_out("--yes")
    assert (code, [each["status"] for each in results]) == (5, ["ok", "ok", "ok", "declined"])
    assert try_out("--max-targets", "1")[0] == 6
    with monkeypatch.context() as narrowed:
        narrowed.setenv("FLARITE_NL_ROLE", "read-only")
        code, results, _ = try_out()
        assert (code, {each["error"]["kind"] for each in results}) == (6, {"forbidden"})
    assert not new(sandbox, before)

    assert batch(prompts(f"refund $1 of {second}", name="other.txt"), "--yes", url=server.url).code == 0
    code, results, said = try_out()
    assert (code, [each["status"] for each in results]) == (6, ["ok", "ok", "refused", "ok"])
    assert results[2]["error"]["kind"] == "drift"
    assert f"line 3: {results[2]['error']['message']}" in said
    assert "3 of 4" in said
    assert new(sandbox, before) == Counter([second])


def test_a_live_batch_is_typed() -> None:
    from decimal import Decimal

    question = {
        "name": "charges.refund", "totals": {"usd": "5.00"}, "targets": 1, "changes": [{"summary": "Refund"}],
        "corrections": [], "skipped": [], "effects": [],
    }  # fmt: skip
    live = Whole("live", "Corner Shop", writes=1)
    live.add("line 1", question, "money")
    assert live.typed({"usd": Decimal(100)}) == ()
    assert live.typed({"usd": Decimal(4)}) == ("Corner Shop", "5.00")
    live.add("line 2", question, "money")
    assert live.typed({"usd": Decimal(100)}) == ("Corner Shop", "10.00")
    live.mode = "test"
    assert live.typed({"usd": Decimal(1)}) == ()
