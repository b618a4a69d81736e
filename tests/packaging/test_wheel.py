"""The wheel holds everything that is needed, and works in an environment of its own away from the checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
IGNORED = shutil.ignore_patterns("__pycache__", "*.egg-info")


def run(*command: str | Path, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy, so that the checkout gets no build/ and lends no leftovers of one."""
    source = tmp_path_factory.mktemp("source")
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(CHECKOUT / name, source)
    for name in ("flarite_nl", "grammars"):
        shutil.copytree(CHECKOUT / name, source / name, ignore=IGNORED)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", source / "dist", cwd=source)
    (built,) = (source / "dist").iterdir()
    return built


@pytest.fixture(scope="module")
def script(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed console script. The dependencies come from the environment of the tests, flarite-nl does not."""
    home = tmp_path_factory.mktemp("empty")
    venv.create(home, with_pip=False, symlinks=True)
    paths = sysconfig.get_paths(vars={"base": str(home), "platbase": str(home)})
    python = Path(paths["scripts"], "python")
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", "-q", wheel, cwd=home)
    # Plain path entries: the finder of an editable install in that folder stays asleep.
    Path(paths["purelib"], "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    where = run(python, "-c", "import flarite_nl; print(flarite_nl.__file__)", cwd=home)
    assert Path(where.strip()).is_relative_to(home)
    return Path(paths["scripts"], "flarite-nl")


def test_every_file_of_the_package_and_the_grammar_is_in_the_wheel(wheel: Path) -> None:
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    package = [path.relative_to(CHECKOUT) for path in (CHECKOUT / "flarite_nl").rglob("*") if path.is_file()]
    grammar = [Path("flarite_nl") / path.relative_to(CHECKOUT) for path in (CHECKOUT / "grammars").rglob("*.*")]
    wanted = {path.as_posix() for path in [*package, *grammar] if "__pycache__" not in path.parts}
    assert "flarite_nl/grammars/resources/disputes.yaml" in wanted
    assert inside == wanted


def test_the_installed_script_parses_a_prompt_away_from_the_checkout(script: Path, tmp_path: Path) -> None:
    printed = run(
        script, "parse", "--now", "2026-03-18T15:30:00Z", "--tz", "UTC", "list past due subscriptions", cwd=tmp_path
    )
    (intent,) = json.loads(printed)["intents"]
    assert (intent["resource"], intent["action"]) == ("subscriptions", "list")
    assert intent["filters"] == [{"field": "status", "op": "eq", "value": "past_due"}]


def test_the_installed_script_answers_from_the_embedded_sandbox(script: Path, tmp_path: Path) -> None:
    printed = run(script, "--now", "2026-03-18T15:30:00Z", "--tz", "UTC", "list past due subscriptions", cwd=tmp_path)
    assert "SANDBOX" in printed
    assert "past_due" in printed


def test_python_m_is_the_same_program(script: Path, tmp_path: Path) -> None:
    assert run(script.parent / "python", "-m", "flarite_nl", "--version", cwd=tmp_path) == run(
        script, "--version", cwd=tmp_path
    )


def test_spacy_finds_the_component_of_the_installed_package(script: Path, tmp_path: Path) -> None:
    code = """
import spacy
nlp = spacy.blank("en")
nlp.add_pipe("flarite_intents", config={"tz": "UTC", "now": "2026-03-18T15:30:00Z"})
nlp.to_disk("here")
print(spacy.load("here")("list past due subscriptions")._.flarite.intents[0].name)
"""
    assert run(script.parent / "python", "-c", code, cwd=tmp_path) == "subscriptions.list\n"


def test_the_schemas_are_in_the_installed_package(script: Path, tmp_path: Path) -> None:
    code = "import flarite_nl; print(*(flarite_nl.schema(name)['title'] for name in ('parse', 'plan', 'outcome')))"
    assert run(script.parent / "python", "-c", code, cwd=tmp_path) == "Parse Plan Outcome\n"
