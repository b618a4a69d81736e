"""What the README shows is what happens."""

from __future__ import annotations

import re
import shlex
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner

from flarite_nl.cli import main
from flarite_nl.cli.exits import Exit
from flarite_nl.cli.keys import command as keys
from flarite_nl.keys.store import Store
from flarite_nl.sandbox import Server
from tests.cassettes.scenarios import TEMPLATES, Names, prompt
from tests.end_to_end.readme import README, Session, printed, sessions


@pytest.mark.parametrize("session", sessions(), ids=lambda session: session.arguments)
def test_a_session_prints_what_it_says(session: Session) -> None:
    assert printed(session.arguments) == session.output


def test_the_six_prompts_are_shown() -> None:
    shown = [session.arguments for session in sessions()]
    for name in TEMPLATES:
        assert any(f'"{prompt(name, Names())}"' in arguments for arguments in shown)


def test_every_exit_code_is_listed() -> None:
    table = README.read_text("utf-8").partition("### Exit codes")[2].partition("##")[0]
    listed = {int(code) for cell in re.findall(r"^\| ([\d, ]+) \|", table, re.MULTILINE) for code in cell.split(",")}
    assert listed == set(Exit)


def test_the_python_snippet_runs() -> None:
    (snippet,) = re.findall(r"^```python\n(.*?)^```$", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    output = StringIO()
    with redirect_stdout(output):
        exec(compile(snippet, "README.md", "exec"), {})
    assert "'status': 'ok'" in output.getvalue()
    assert "past_due" in output.getvalue()


def test_the_commands_about_keys_work(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In their order; ``keys add`` gets the sandbox's address, and the key that a person would type."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    block = README.read_text("utf-8").partition("### Keys")[2].partition("```sh\n")[2].partition("```")[0]
    lines = [shlex.split(line.partition("#")[0].partition("<")[0])[1:] for line in block.splitlines()]
    assert {words[1] for words in lines if words[0] == "keys"} == set(keys.commands)
    for words in lines:
        typed = ("sk_" + ("live" if "--live" in words else "test") + "_" + "51HxYzAbCdEfGhIjKlMnOpQrWxYz\n").encode()
        more = ["--api-base", server.url] if words[:2] == ["keys", "add"] else []
        done = CliRunner().invoke(main, [*words, *more], input=typed)
        assert done.exit_code == Exit.DONE, (words, done.output)
        assert "WxYz" not in done.stdout.replace("…WxYz", "")
    assert [each.name for each in Store().kept()] == ["shop-live"]
