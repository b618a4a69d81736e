"""What the README shows is what happens."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from io import StringIO

import pytest

from flarite_nl.cli.exits import Exit
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
