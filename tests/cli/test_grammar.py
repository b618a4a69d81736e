"""``flarite-nl grammar`` and ``flarite-nl capabilities``, and words of one's own in every command."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flarite_nl.cli import main
from flarite_nl.cli.exits import Exit
from flarite_nl.cli.grammar import EPILOG

MINE = """\
resources:
  refunds:
    nouns: [{one: [clawback], many: [clawbacks]}]
saved: {my day: list payments today}
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(MINE)
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_check_finds_the_grammar_sound() -> None:
    result = run("grammar", "check")
    assert result.exit_code == Exit.DONE
    assert result.stderr == ""
    assert result.stdout.startswith("18 resources are sound; ")
    assert result.stdout.endswith("phrases are in no example (--unused lists them).\n")


def test_check_lists_what_no_example_says(mine: Path) -> None:
    result = run("grammar", "check", "--unused", "--grammar", mine)
    assert result.exit_code == Exit.DONE
    assert f"{mine}:3: no example says 'clawbacks'\n" in result.stdout
    assert result.stdout.endswith("18 resources are sound.\n")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("saved: {odd: water the plants}\n", ":1: the saved phrase 'odd' stands for what is rejected"),
        ("examples:\n  - {text: list refunds, intents: [{name: charges.list}]}\n", ":2: 'list refunds' must mean"),
        ("counterexamples:\n  - list refunds\n", ":2: 'list refunds' must be refused, and means refunds.list"),
        ("resources: {refunds: {nouns: [{one: [x], time: when}]}}\n", ":1: refunds have no field when; name one of"),
        (
            "resources: {funds: {}}\n",
            ":1: language speaks of the resource funds, which is not there; there are account",
        ),
    ],
)
def test_check_names_file_line_and_remedy(text: str, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    result = run("grammar", "check", "--grammar", path)
    assert result.exit_code == Exit.FAILED
    assert f"flarite-nl: {path}{complaint}" in result.stderr
    assert result.stdout == ""


def test_test_counts_examples_of_a_resource() -> None:
    result = run("grammar", "test", "refunds")
    assert result.exit_code == Exit.DONE
    count, rest = result.stdout.split(" ", 1)
    assert int(count) >= 20
    assert rest == "examples, 0 wrong.\n"


def test_test_fails_on_a_wrong_one(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("examples:\n  - {text: list refunds, intents: [{name: charges.list}]}\n")
    result = run("grammar", "test", "--grammar", path)
    assert result.exit_code == Exit.FAILED
    assert f"{path}:2: 'list refunds' must mean charges.list, and means refunds.list" in result.stderr
    assert result.stdout.endswith("examples, 1 wrong.\n")


def test_the_file_that_the_help_shows_is_a_sound_one(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(EPILOG.partition(":\n")[2])
    assert run("grammar", "--help").stdout.count("saved: {morning numbers:") == 1
    assert parsed("gander at memberships in arrears", "--grammar", path)["status"] == "ok"


def test_list_shows_every_resource_and_its_phrases(mine: Path) -> None:
    lines = run("grammar", "list").stdout.splitlines()
    assert len(lines) == 18
    assert lines[0].startswith("account: ")
    assert "noun many: clawbacks" in run("grammar", "list", "refunds", "--grammar", mine).stdout.splitlines()


def test_capabilities_of_all_and_of_one() -> None:
    whole = run("capabilities")
    assert whole.exit_code == Exit.DONE
    assert "payment_links\n  ask by: id, active\n  do: create, deactivate\n" in whole.stdout
    assert "  do (* is needed)\n    close (irreversible" in run("capabilities", "chargebacks").stdout
    told = json.loads(run("capabilities", "refunds", "payouts", "--format", "json").stdout)
    assert [each["resource"] for each in told] == ["refunds", "payouts"]
    unknown = run("capabilities", "unicorns")
    assert unknown.exit_code == Exit.USAGE
    assert "There is no resource 'unicorns'; there are" in unknown.stderr


def parsed(*arguments: object) -> dict[str, object]:
    result = run("parse", "--format", "jsonl", *arguments)
    told: dict[str, object] = json.loads(result.stdout)
    return told


@pytest.mark.parametrize("prompt", ["clawbacks", "my day"])
def test_words_of_ones_own_reach_the_commands(prompt: str, mine: Path) -> None:
    assert parsed(prompt)["status"] == "rejected"
    assert parsed(prompt, "--grammar", mine)["status"] == "ok"
    assert run("plan", prompt, "--grammar", mine).exit_code == Exit.DONE
    answered = run("ask", prompt, "--grammar", mine, "--format", "json")
    assert answered.exit_code == Exit.DONE
    assert json.loads(answered.stdout)["prompt"] == prompt


def test_the_environment_names_them_too(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLARITE_NL_GRAMMAR", str(mine))
    assert parsed("clawbacks")["status"] == "ok"


@pytest.mark.skipif(sys.platform != "linux", reason="the config folder is elsewhere")
def test_the_config_folder_is_read_by_default(mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLARITE_NL_GRAMMAR")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert parsed("clawbacks")["status"] == "rejected"
    folder = tmp_path / "config" / "flarite-nl" / "grammars"
    folder.mkdir(parents=True)
    mine.rename(folder / "mine.yaml")
    assert parsed("clawbacks")["status"] == "ok"
    monkeypatch.setenv("FLARITE_NL_GRAMMAR", "")
    assert parsed("clawbacks")["status"] == "rejected"


def test_a_broken_file_of_ones_own_ends_the_command_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("saved:\n  - a\n")
    result = run("parse", "list payments", "--grammar", path)
    assert result.exit_code == Exit.FAILED
    assert result.stderr == f"flarite-nl: {path}:1: saved is a mapping (key: value), not a list\n"
