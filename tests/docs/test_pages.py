"""What the pages show is what happens: every command and snippet is run, and the site is built without a warning."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from flarite_nl.errors import GrammarError
from flarite_nl.execution import settings
from flarite_nl.grammar.loader import load
from flarite_nl.parsing.parser import Parser
from tests.conftest import NOW
from tests.docs import phrasing
from tests.docs.pages import DOCS, PAGES, blocks, renewed

CHECKOUT = DOCS.parent

ELSEWHERE = {"pip install .": "tests/packaging/test_wheel.py"}
"""Commands that no test can run as they stand, and the test that does the same."""


def name(page: Path) -> str:
    return page.stem


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_page_shows_what_its_commands_and_snippets_print(page: Path) -> None:
    text = page.read_text("utf-8")
    assert renewed(text) == text


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_block_is_left_out(page: Path, tmp_path: Path) -> None:
    for kind, body in blocks(page.read_text("utf-8")):
        assert kind in {"console", "python", "text", "yaml", "toml", "sh"}
        if kind == "console":
            assert body.startswith("$ flarite-nl ")
            assert "Traceback" not in body
            assert "Error: " not in body
        elif kind == "toml":
            file = tmp_path / "config.toml"
            file.write_text(body)
            assert settings.load([file], {}).roles
        elif kind == "yaml":
            file = tmp_path / "own.yaml"
            file.write_text(body)
            if body.startswith("# broken"):
                with pytest.raises(GrammarError):
                    load([file])
            else:
                assert load([file]).examples
        elif kind == "sh":
            assert set(body.splitlines()) <= set(ELSEWHERE)


def test_what_is_run_elsewhere_is() -> None:
    for test in ELSEWHERE.values():
        assert "pip" in (CHECKOUT / test).read_text("utf-8")


def test_how_to_phrase_things_is_made_from_the_grammar_of_today() -> None:
    assert (DOCS / "phrasing.md").read_text("utf-8") == phrasing.text()


def test_every_prompt_on_that_page_is_understood() -> None:
    prompts = re.findall(r"^- `+ ?(.+?) ?`+$", (DOCS / "phrasing.md").read_text("utf-8"), re.MULTILINE)
    assert len(prompts) > 100
    parser = Parser(tz="UTC")
    assert [prompt for prompt in prompts if parser.parse(prompt, NOW).status != "ok"] == []


def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    reference = (tmp_path / "site" / "library" / "index.html").read_text("utf-8")
    assert all(f'id="flarite_nl.{each}"' in reference for each in ("Parser", "Engine", "Outcome", "schema"))
    assert 'id="flarite_nl.Engine.arun"' in reference
    assert 'id="flarite_nl.errors.DataError"' in reference


def test_commands_for_contributors_are_there() -> None:
    """Modules that are run with -m exist, and the tools that are named are among the dependencies."""
    text = (CHECKOUT / "CONTRIBUTING.md").read_text("utf-8")
    modules = set(re.findall(r"python -m ([\w.]+)", text))
    assert modules == {"tests.library.schemas", "tests.end_to_end.readme", "tests.docs.pages", "tests.cassettes.record"}
    for module in modules:
        assert (CHECKOUT / (module.replace(".", "/") + ".py")).is_file()
    assert "pip install -e '.[test]'" in text
    settings_of_package = (CHECKOUT / "setup.cfg").read_text("utf-8")
    assert all(
        f"\n    {tool}" in settings_of_package for tool in ("pytest>", "ruff>", "mypy>", "import-linter>", "mkdocs>")
    )
