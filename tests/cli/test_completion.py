"""What the shell offers, asked as the shells ask: by click's completion protocol."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from flarite_nl.cli import completing, main
from flarite_nl.cli.app import COMMANDS

OWN = """\
saved:
  morning numbers: how much did we make yesterday
  morning tea: list disputes
  refunds: list refunds
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "own.yaml"
    file.write_text(OWN)
    monkeypatch.setenv("FLARITE_NL_GRAMMAR", str(file))
    return file


def offered(line: str, shell: str = "bash") -> list[str]:
    """What is offered for the last word of a line, as ``type,value`` or however the shell has it."""
    words = line.split(" ")
    environment = {
        "_FLARITE_NL_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": words[-1] if shell == "fish" else str(len(words) - 1),
    }
    result = CliRunner().invoke(main, [], prog_name="flarite-nl", env=environment, complete_var="_FLARITE_NL_COMPLETE")
    return [line for line in result.stdout.splitlines() if line]


def test_commands() -> None:
    assert {f"plain,{name}" for name in COMMANDS if name.startswith("p")} == set(offered("flarite-nl p"))


def test_options_and_their_values() -> None:
    assert "plain,--explain" in offered("flarite-nl ask --e")
    assert offered("flarite-nl ask --format n") == ["plain,ndjson"]
    assert offered("flarite-nl completion z") == ["plain,zsh"]


@pytest.mark.parametrize("start", ["flarite-nl ask ", "flarite-nl "])
@pytest.mark.usefixtures("own")
def test_saved_phrases_word_by_word(start: str) -> None:
    assert offered(f"{start}mor") == ["plain,morning numbers", "plain,morning tea"]
    assert offered(f"{start}morning n") == ["plain,numbers"]
    assert offered(f"{start}morning ") == ["plain,numbers", "plain,tea"]
    assert "plain,refunds" in offered(f"{start}Ref")


@pytest.mark.usefixtures("own")
def test_what_a_phrase_stands_for_is_shown_where_a_shell_can() -> None:
    assert offered("flarite-nl ask refu", "fish") == ["plain,refunds\tlist refunds"]
    assert offered("flarite-nl ask refu", "zsh") == ["plain", "refunds", "list refunds"]


def test_a_grammar_named_on_the_line_counts(tmp_path: Path) -> None:
    file = tmp_path / "other.yaml"
    file.write_text("saved: {evening numbers: list disputes}\n")
    assert offered(f"flarite-nl ask --grammar {file} eve") == ["plain,evening numbers"]


@pytest.mark.parametrize("text", ["saved: [1", "saved: {a: }", "\x00", "[]"])
def test_a_broken_grammar_offers_nothing_and_says_nothing(own: Path, text: str) -> None:
    own.write_text(text)
    assert offered("flarite-nl ask mor") == []


def test_key_names_are_those_of_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completing, "_key_names", lambda: iter(["work", "shop", "wholesale"]))
    context = main.make_context("flarite-nl", ["--help"], resilient_parsing=True)
    assert [each.value for each in completing.key_names(context, main.params[0], "w")] == ["wholesale", "work"]


def test_without_a_store_there_are_no_key_names() -> None:
    assert list(completing._key_names()) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_that_the_shell_can_read(shell: str, tmp_path: Path) -> None:
    script = CliRunner().invoke(main, ["completion", shell]).stdout
    assert f"_FLARITE_NL_COMPLETE={shell}_complete" in script
    if shutil.which(shell):
        (tmp_path / "script").write_text(script)
        subprocess.run([shell, "-n", tmp_path / "script"], check=True, timeout=30)


def test_bash_completes_by_the_script(tmp_path: Path) -> None:
    """The script in a real bash, with this very program under its name."""
    program = tmp_path / "flarite-nl"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m flarite_nl "$@"\n')
    program.chmod(0o755)
    lines = (
        'eval "$(flarite-nl completion bash)"; COMP_WORDS=(flarite-nl his); COMP_CWORD=1;'
        ' _flarite_nl_completion flarite-nl; echo "<${COMPREPLY[*]}>"'
    )
    done = subprocess.run(
        ["bash", "-c", lines], capture_output=True, text=True, timeout=60, check=True,
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
    )  # fmt: skip
    assert done.stdout == "<history>\n"
