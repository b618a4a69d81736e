"""Batches that only read, and those that only say what prompts mean."""

from __future__ import annotations

import io
import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from flarite_nl.batch.journal import SUFFIX, Journal
from flarite_nl.cli.bar import Bar
from flarite_nl.sandbox import Server
from tests.batch.conftest import ROOT, Batch, results_in

Prompts = Callable[..., Path]

SOME = ("list open invoices", "what is the weather?", "refund the last payment", "how many customers do we have?")


def test_parse_only_needs_no_key(batch: Batch, prompts: Prompts) -> None:
    ran = batch(prompts(*SOME, "# no prompt"), "--parse-only")
    assert ran.code == 9
    assert [(each["index"], each["prompt"], each["status"]) for each in ran.results] == [
        (0, SOME[0], "ok"), (1, SOME[1], "rejected"), (2, SOME[2], "ok"), (3, SOME[3], "ok"),
    ]  # fmt: skip
    first = ran.results[0]
    assert first["frame"]["intents"][0]["resource"] == "invoices"
    assert first["error"] is None
    assert first["seconds"] > 0
    assert "plan" not in first
    assert ran.err.startswith("4 prompts: 3 ok, 1 rejected in ")


def test_two_processes_give_the_same(batch: Batch, prompts: Prompts) -> None:
    """More prompts than one is given at once."""
    file = prompts(*(f"{each} cus_{number}" for number in range(110) for each in ("list invoices of", "refund", "hm")))

    def meant(workers: int) -> list[object]:
        ran = batch(file, "--parse-only", "--workers", workers)
        return [{**each, "seconds": None} for each in ran.results]

    assert meant(2) == meant(1)


def test_standard_input_and_what_is_carried_through(batch: Batch) -> None:
    ran = batch("-", "--input", "csv", "--column", "q", "--parse-only", stdin="id,q\n7,list invoices\n8,\n")
    assert [(each["status"], each.get("carried")) for each in ran.results] == [
        ("ok", {"id": "7"}),
        ("unreadable", None),
    ]
    assert ran.results[1]["error"]["kind"] == "input"


def test_reads_are_carried_out(batch: Batch, prompts: Prompts, server: Server) -> None:
    ran = batch(prompts(*SOME[:2], SOME[3], "list customers named Nobody Ever"), url=server.url)
    assert ran.code == 9
    invoices, weather, customers, nobody = ran.results
    assert [each["status"] for each in ran.results] == ["ok", "rejected", "ok", "ok"]
    rows = invoices["results"][0]["rows"]
    assert rows
    assert {each["status"] for each in rows} == {"open"}
    assert len(invoices["plan"]) == 64
    assert invoices["requests"] == len(invoices["request_ids"]) >= 1
    assert all(each.startswith("req_") for each in invoices["request_ids"])
    assert "results" not in weather
    assert customers["results"][0]["groups"][0]["value"] > 0
    assert nobody["results"][0]["rows"] == []
    assert not set(invoices["request_ids"]) & set(customers["request_ids"])


def test_an_error_ends_only_its_line(batch: Batch, prompts: Prompts, server: Server) -> None:
    ran = batch(prompts("show in_nothing", "list open disputes"), url=server.url)
    assert [each["status"] for each in ran.results] == ["failed", "ok"]
    assert ran.results[0]["error"]["kind"] == "invalid_request"
    assert ran.results[0]["error"]["request_id"].startswith("req_")


def test_what_is_finished_is_kept(batch: Batch, prompts: Prompts, tmp_path: Path) -> None:
    """As after a kill in the middle of a line: the journal is there, and so are one and a half results."""
    out, file = tmp_path / "out", prompts(*SOME)
    whole = batch(file, "--parse-only").results
    assert batch(file, "--parse-only", "--out", out).code == 9
    text = out.read_text()
    (first, second, *_) = text.splitlines()
    marked = json.dumps({**json.loads(first), "seconds": 77.0}) + "\n" + second[:40]
    out.write_text(marked)
    refused = batch(file, "--parse-only", "--out", out)
    assert refused.code == 2
    assert "is there already" in refused.err
    refused = batch(file, "--parse-only", "--out", out, "--resume")
    assert refused.code == 2
    assert ".resume file is not there" in refused.err
    _begun(out, marked)
    ran = batch(file, "--parse-only", "--out", out, "--resume")
    assert "4 prompts (1 of them before)" in ran.err
    results = results_in(out.read_text())
    assert [each["seconds"] for each in results if each["seconds"] == 77.0] == [77.0]
    assert [{**each, "seconds": 0} for each in results] == [{**each, "seconds": 0} for each in whole]
    assert not (tmp_path / "out.resume").exists()
    again = batch(file, "--parse-only", "--out", out, "--resume")
    assert (again.code, again.err) == (9, "4 prompts (4 of them before): 3 ok, 1 rejected.\n")


def _begun(out: Path, results: str = "") -> None:
    """An output and its journal as a killed run leaves them."""
    out.write_text(results)
    with Journal(out.with_name(out.name + SUFFIX)) as journal:
        facts = {
            "--now": "2026-03-18T15:30:00+00:00", "--tz": "UTC", "--grammar": [], "--parse-only": True,
            "--api-base": "", "key": "", "--nonce": "", "--again": False,
        }  # fmt: skip
        for name, value in facts.items():
            journal.fact(name, value)


@pytest.mark.parametrize(("option", "value"), [("--now", "2026-03-19T00:00:00Z"), ("--tz", "Europe/Berlin")])
def test_a_batch_goes_on_as_it_was_begun(
    option: str, value: str, batch: Batch, prompts: Prompts, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    _begun(out)
    ran = batch(prompts(*SOME), "--parse-only", "--out", out, "--resume", option, value)
    assert ran.code == 2
    assert f"This batch was begun with another {option}" in ran.err


def test_a_batch_that_was_parsed_is_not_carried_out(batch: Batch, prompts: Prompts, tmp_path: Path) -> None:
    _begun(tmp_path / "out")
    ran = batch(prompts(*SOME), "--out", tmp_path / "out", "--resume")
    assert ran.code == 2
    assert "begun with another --parse-only" in ran.err


def test_the_output_of_another_batch(batch: Batch, prompts: Prompts, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert batch(prompts(*SOME), "--parse-only", "--out", out).code == 9
    ran = batch(prompts(*reversed(SOME), name="other.txt"), "--parse-only", "--out", out, "--resume")
    assert ran.code == 2
    assert "result 1 belongs to another prompt" in ran.err


@pytest.mark.parametrize(
    "arguments", [["--resume"], ["--parse-only", "--yes"], ["--dry-run", "--resume", "--out", "x"]]
)
def test_what_does_not_go_together(arguments: list[str], batch: Batch, prompts: Prompts) -> None:
    assert batch(prompts("list invoices"), *arguments).code == 2


def test_the_bar_tells_rate_and_time_left() -> None:
    moments = iter(float(each) for each in range(100))
    shown = io.StringIO()
    bar = Bar(1000, shown=True, stream=shown, clock=lambda: next(moments))
    bar.tick("reading", 1)
    assert bar.text(201, 4.0) == "reading: [####                ] 201 of 1,000, 50/s, about 16 s left"
    bar.total = None
    assert bar.text(201, 4.0) == "reading: 201, 50/s"
    bar.clear()
    assert shown.getvalue().endswith("\r\x1b[K")


def test_what_the_readme_says(batch: Batch, prompts: Prompts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of its section on batches, in order; the dry run is of a batch that is not done yet."""
    block = (ROOT / "README.md").read_text("utf-8").partition("### Batches")[2].partition("```sh\n")[2]
    commands = [shlex.split(line, comments=True) for line in block.partition("```")[0].splitlines()]
    monkeypatch.chdir(tmp_path)
    prompts(*SOME)
    prompts("prompt,team", "list open invoices,billing", name="questions.csv")
    prompts("refund $5 of the last payment from customer cus_ABC123", name="refunds.txt")
    codes = []
    for program, name, *arguments in commands:
        assert (program, name) == ("flarite-nl", "batch")
        codes.append(batch(*arguments).code)
    assert codes == [9, 0, 0, 0, 0]
    for file in ("answers.ndjson", "done.ndjson"):
        assert [each["status"] for each in results_in(Path(file).read_text())] == ["ok"]
    assert json.loads(Path("plan.json").read_text())["writes"] == 1
