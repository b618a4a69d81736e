"""``flarite-nl chat`` without a terminal: prompts line by line, and the commands of the chat."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flarite_nl.cli import main
from flarite_nl.cli.exits import Exit

CLOCK = ["--now", "2026-03-18T15:30:00Z", "--tz", "UTC"]
LIST = "list payments from cus_ABC123"
CANARY = "sk_" + "live_51CanaryCanaryCanaryCanary"


def chat(*lines: str) -> Result:
    result = CliRunner().invoke(main, ["chat", *CLOCK], input="".join(f"{line}\n" for line in lines))
    assert result.exit_code == Exit.DONE, result.output
    return result


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_one_line_follows_the_other() -> None:
    result = chat(LIST, "", "only those over $100", "/undo", "how many are there?")
    assert "Charges: 9 found" in result.stdout
    assert "Charges: 1 found" in result.stdout
    assert "Back at: list payments from cus_ABC123" in result.stderr
    assert result.stdout.rstrip().endswith("9")
    assert "= Count charges whose customer is cus_ABC123" in result.stderr


def test_a_write_needs_somebody_to_confirm_it() -> None:
    result = chat(LIST, "refund the first one", "y")
    assert "Nothing was written: there is no terminal to confirm this at." in result.stderr
    assert "written" not in result.stdout


def test_mistakes_are_sentences_and_the_chat_goes_on() -> None:
    result = chat("list frobnicated invoices", "/nope", "next page", "show it as a chart", "x" * 5000, LIST)
    assert "^^^^^^^^^^^" in result.stderr
    assert "There is no command /nope: /help lists them." in result.stderr
    assert "There is no answer yet that this could be about." in result.stderr
    assert "the limit is 4,000" in result.stderr
    assert "Charges: 9 found" in result.stdout
    assert "bug" not in result.output


def test_pages() -> None:
    result = chat("list failed payments", "next page", "next page", "back to the start")
    assert "Charges: 29 found, 1 to 20 shown" in result.stdout
    assert "Charges: 29 found, 21 to 29 shown" in result.stdout
    assert '"next page" shows 9 of 9 more rows.' in result.stderr
    assert "There are no more rows." in result.stderr
    assert result.stdout.count("1 to 20 shown") == 2


def test_a_limited_list_goes_on_behind_its_limit() -> None:
    result = chat("last 5 payments from cus_ABC123", "next page", "next page")
    assert "6 to 9 shown" in result.stdout
    assert "There are no more rows." in result.stderr


def test_the_last_answer_as_a_chart(tmp_path: Path) -> None:
    result = chat("list failed payments", "show it as a chart", "count them by card brand", "show it as a chart")
    assert "There are no figures by something to draw" in result.stderr
    assert "█" in result.stdout
    assert "plotted to" not in result.stderr


def test_the_last_answer_as_a_file(tmp_path: Path) -> None:
    result = chat("list failed payments", "export that to csv", "save it as all.json", "save it as all.json",
                  "save it as all.pdf")  # fmt: skip
    (table,) = tmp_path.glob("charges-2026-03-18-153000.csv")
    assert len(table.read_text().splitlines()) == 30  # every row, not only those of the page
    assert len(json.loads((tmp_path / "all.json").read_text())["results"][0]["rows"]) == 29
    assert "all.json is there already: name another file." in result.stderr
    assert "In which format?" in result.stderr
    assert sorted(each.name for each in tmp_path.iterdir()) == [table.name, "all.json"][::-1]


def test_plan_and_explain_send_nothing() -> None:
    result = chat("/plan list past due subscriptions", LIST, "/plan", "/plan refund the second one", "/explain")
    assert "call subscriptions.list(status=past_due" in result.stdout
    assert "call charges.list(customer=cus_ABC123" in result.stdout
    assert "charges.refund" in result.stdout
    assert "List charges whose customer is cus_ABC123" in result.stdout


def test_an_explanation_as_a_page(tmp_path: Path) -> None:
    result = chat(LIST, "/explain june.html", "/explain nowhere/june.html")
    assert "cus_ABC123" in (tmp_path / "june.html").read_text()
    assert "there is no folder" in result.stderr


def test_plan_and_explain_need_something_to_speak_of() -> None:
    result = chat("/plan", "/explain", "/plan list frobnicated invoices", "/undo")
    assert result.stderr.count("There is no answer yet") == 2
    assert "not understood" in result.stderr
    assert "There is nothing to go back to." in result.stderr


def test_a_key_is_neither_read_nor_kept() -> None:
    result = chat(f"list invoices of {CANARY}", f"/key {CANARY}", CANARY)
    assert result.stderr.count("That holds a Stripe key") == 3
    assert CANARY not in result.output
    assert "Canary" not in result.output


def test_an_unknown_key_changes_nothing() -> None:
    result = chat(LIST, "/key nowhere", "/key", "show me the second one")
    assert "nowhere" in result.stderr
    assert "SANDBOX" in result.stderr
    assert "Charges\n" in result.stdout


def test_quit_and_help() -> None:
    result = chat("/help", "/quit", LIST)
    assert "/undo" in result.stdout
    assert "Charges" not in result.stdout


def test_a_broken_grammar_of_ones_own_is_a_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "mine.yaml"
    broken.write_text("saved: [\n")
    result = CliRunner().invoke(main, ["chat", "--grammar", str(broken)], input="list invoices\n")
    assert "mine.yaml" in result.stderr
    assert "bug" not in result.stderr
