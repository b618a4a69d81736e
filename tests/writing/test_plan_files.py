"""A plan for someone else to approve: just that is carried out, or nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from flarite_nl.cli import main
from flarite_nl.cli.exits import Exit
from flarite_nl.engine import Engine
from flarite_nl.model.change import Confirmation
from flarite_nl.model.prepared import Prepared
from flarite_nl.sandbox import Sandbox, Server
from tests.engine.prompts import intent, parse
from tests.writing.cases import CHANGES, CUSTOMER, Demo, by_id, usd
from tests.writing.conftest import KEY, Making, refunds

LAST = intent("charges.refund", ("customer", "eq", CUSTOMER), sort="created desc", limit=1)


def yes(question: Confirmation) -> bool:
    return True


def written(engine: Engine, *asked: Any) -> dict[str, Any]:
    """A plan file as it stands on disk."""
    prepared, outcome = engine.prepare(parse(*asked))
    assert prepared is not None, outcome.error
    raw: dict[str, Any] = json.loads(json.dumps(prepared.to_dict(engine.secret)))
    return raw


def read(engine: Engine, raw: dict[str, Any]) -> Prepared:
    return Prepared.from_dict(raw, engine.secret, "sk_test_…")


@pytest.mark.parametrize("name", [name for name in CHANGES if name != "refund"])
def test_what_was_prepared_is_carried_out(name: str, engine_at: Making, sandbox: Sandbox) -> None:
    make, fits = CHANGES[name]
    engine = engine_at()
    before = list(sandbox.dump())
    raw = written(engine, make(Demo([dict(obj) for obj in before])))
    assert list(sandbox.dump()) == before
    assert KEY not in json.dumps(raw)
    outcome = engine.apply(read(engine, raw), confirm=yes)
    assert outcome.error is None, outcome.error
    assert fits(dict(outcome.results[0].written[0]))


def test_it_is_carried_out_once(engine_at: Making, sandbox: Sandbox) -> None:
    engine = engine_at()
    before = refunds(sandbox)
    prepared = read(engine, written(engine, LAST))
    assert engine.apply(prepared).error is not None  # nobody confirms
    assert refunds(sandbox) == before
    assert engine.apply(prepared, confirm=yes).error is None
    again = engine.apply(prepared, confirm=yes)
    assert again.error is not None
    assert again.error.kind == "repeated"
    assert len(refunds(sandbox)) == len(before) + 1


def test_steps_that_need_each_other(engine_at: Making) -> None:
    engine = engine_at()
    raw = written(
        engine,
        intent("products.create", params={"name": "Pro"}),
        intent("prices.create", params={"product": {"ref": 0}, "unit_amount": usd("49")}),
    )
    outcome = engine.apply(read(engine, raw), confirm=yes)
    assert outcome.error is None, outcome.error
    assert outcome.results[1].written[0]["product"] == outcome.results[0].written[0]["id"]


def test_a_target_that_has_changed_since(engine_at: Making, sandbox: Sandbox) -> None:
    engine = engine_at()
    charge = Demo([dict(obj) for obj in sandbox.dump()]).charge()
    prepared = read(engine, written(engine, by_id(charge, "charges.refund", amount=usd("2"))))
    other = engine_at()
    assert other.run(parse(by_id(charge, "charges.refund", amount=usd("1"))), confirm=yes).error is None
    before = refunds(sandbox)
    outcome = engine.apply(prepared, confirm=yes)
    assert outcome.error is not None
    assert outcome.error.kind == "drift"
    assert "amount_refunded was 0 and is 100" in outcome.error.message
    assert refunds(sandbox) == before


def test_another_target_than_was_approved(engine_at: Making, sandbox: Sandbox) -> None:
    """The last payment is another one by now."""
    engine = engine_at()
    prepared = read(engine, written(engine, LAST))
    target = prepared.questions[0]["changes"][0]["target"]
    assert engine_at().run(parse(intent("charges.refund", ("id", "eq", target))), confirm=yes).error is None
    before = refunds(sandbox)
    outcome = engine.apply(prepared, confirm=yes)
    assert outcome.error is not None
    assert outcome.error.kind == "drift"
    assert "not among the targets" in outcome.error.message
    assert refunds(sandbox) == before


def edits(raw: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The place of every value in a plan file."""
    if isinstance(raw, dict):
        return [each for name, value in raw.items() for each in edits(value, (*path, name))]
    if isinstance(raw, list):
        return [each for number, value in enumerate(raw) for each in edits(value, (*path, number))]
    return [path]


def test_an_edit_anywhere_is_refused(engine_at: Making) -> None:
    engine = engine_at()
    raw = written(engine, LAST)
    places = edits(raw)
    assert len(places) > 50
    for place in places:
        doctored = json.loads(json.dumps(raw))
        inner = doctored
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = "edited" if not isinstance(inner[place[-1]], str) else inner[place[-1]] + "x"
        with pytest.raises(ValueError, match=r"edited|no plan file|another key"):
            read(engine, doctored)


def test_an_edit_with_a_hash_that_fits_is_refused(engine_at: Making) -> None:
    from flarite_nl.model import prepared as module

    engine = engine_at()
    raw = written(engine, LAST)
    raw["changes"][0]["changes"][0]["calls"][0]["params"]["amount"] = 1
    body = {name: value for name, value in raw.items() if name not in ("hash", "seal")}
    raw["hash"] = module._hash(body)
    with pytest.raises(ValueError, match="another key"):
        read(engine, raw)


def test_another_key_and_another_mode(engine_at: Making) -> None:
    engine = engine_at()
    raw = written(engine, LAST)
    with pytest.raises(ValueError, match="made with another key"):
        read(engine_at(key="sk_test_another"), raw)
    live = engine_at(key="sk_live_" + KEY)
    outcome = live.apply(read(engine, raw), confirm=yes)
    assert outcome.error is not None
    assert outcome.error.kind == "drift"
    assert "This plan is for test acct_1SandboxNorthwind" in outcome.error.message


def test_another_server(engine_at: Making, sandbox: Sandbox) -> None:
    """Nobody is asked anything: the key would travel to somebody whom nobody named."""
    prepared = read(engine_at(), written(engine_at(), LAST))
    before = refunds(sandbox)
    sandbox.app.log.clear()
    for elsewhere in (None, "http://127.0.0.1:9"):
        outcome = engine_at(api_base=elsewhere).apply(prepared, confirm=yes)
        assert outcome.error is not None
        assert outcome.error.kind == "drift"
        assert "This plan was made at http://127.0.0.1" in outcome.error.message
        assert outcome.requests == 0
    assert not sandbox.app.log
    assert refunds(sandbox) == before
    assert engine_at(api_base=f"{prepared.server}/").apply(prepared, confirm=yes).error is None


def test_what_only_reads_needs_no_approval(engine_at: Making) -> None:
    prepared, outcome = engine_at().prepare(parse(intent("charges.list", limit=1)))
    assert prepared is None
    assert outcome.error is not None
    assert outcome.error.kind == "plan"


# The command line

CLOCK = ["--now", "2026-03-18T15:30:00Z", "--tz", "UTC"]
PROMPT = "Refund the last payment from customer cus_ABC123"


def run(*arguments: str, key: str = KEY) -> Result:
    return CliRunner().invoke(main, list(arguments), env={"STRIPE_API_KEY": key})


def test_plan_apply_history(server: Server, sandbox: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    base = ["--api-base", server.url]
    before = refunds(sandbox)
    made = run("plan", PROMPT, "--out", str(file), *base, *CLOCK)
    assert made.exit_code == Exit.DONE, made.output
    assert "120.50 USD" in made.stdout
    assert file.stat().st_mode & 0o777 == 0o600
    assert run("apply", str(file), *base).exit_code == Exit.DECLINED
    assert run("apply", str(file), *base, "--yes", "--max-amount", "100").exit_code == Exit.REFUSED
    assert run("apply", str(file), *base, "--yes", key="sk_test_other").exit_code == Exit.REFUSED
    assert refunds(sandbox) == before
    assert run("apply", str(file), *base, "--yes").exit_code == Exit.DONE
    assert run("apply", str(file), *base, "--yes").exit_code == Exit.REPEATED
    (new,) = refunds(sandbox).keys() - before.keys()
    for style in ("table", "json", "ndjson", "csv"):
        exported = run("history", "--format", style).stdout
        assert new in exported
        assert KEY not in exported
        assert "120.50" in exported


@pytest.mark.parametrize("content", ["", "[]", "{}", "nonsense", '{"form": "flarite-nl plan 1"}', "[" * 10_000])
def test_a_file_that_is_no_plan(content: str, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(content, "utf-8")
    done = run("apply", str(file), "--yes")
    assert done.exit_code in (Exit.USAGE, Exit.REFUSED)
    assert "bug" not in done.stderr


def test_the_embedded_sandbox(tmp_path: Path) -> None:
    """It is made anew each time, from the plan's own moment."""
    file = str(tmp_path / "plan.json")
    assert run("plan", PROMPT, "--out", file, *CLOCK, key="").exit_code == Exit.DONE
    done = run("apply", file, "--yes", key="")
    assert done.exit_code == Exit.DONE, done.output
