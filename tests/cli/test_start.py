"""Starting is cheap: what answers without a prompt loads nothing heavy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from flarite_nl.keys.key import Key
from flarite_nl.keys.store import Kept, Store

HEAVY = {
    "spacy", "stripe", "dateparser", "yaml", "numpy", "tabulate", "werkzeug", "tzlocal", "keyring", "requests", "httpx",
    "plotext", "matplotlib", "prompt_toolkit",
}  # fmt: skip

PROBE = """
import sys
from flarite_nl.cli import main
try:
    main(sys.argv[1:], prog_name="flarite-nl")
except SystemExit as end:
    assert end.code in (0, 2), end.code
print("LOADED", *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


def loaded(*arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments], check=True, capture_output=True, text=True, timeout=60
    )
    line = next(line for line in done.stderr.splitlines() if line.startswith("LOADED"))
    return set(line.split()[1:])


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"], ["--version"], ["ask", "--help"], ["parse", "--help"], ["plan", "--help"], ["chat", "--help"],
        ["ask", " "], ["batch", "--help"],
        ["keys", "--help"], ["keys", "list"], ["keys", "list", "--format", "json"], ["whoami"],
        ["completion", "zsh"],
    ],
)  # fmt: skip
def test_nothing_heavy_is_imported(arguments: list[str]) -> None:
    modules = loaded(*arguments)
    assert "click" in modules
    assert not modules & HEAVY


def test_a_list_of_keys_and_the_history_load_next_to_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    key = Key("sk_test_1", "test")
    Store().add(key, Kept("shop", str(key), "test", False, key.fingerprint, "file"))
    for arguments in (["keys", "list"], ["whoami"], ["keys", "use", "shop"], ["keys", "rename", "shop", "till"]):
        assert not loaded(*arguments) & HEAVY
    assert loaded("history") & HEAVY <= {"tabulate"}


def test_drawing_is_loaded_by_what_draws() -> None:
    figures = ["ask", "count charges by card brand", "--tz", "UTC"]
    assert not loaded(*figures) & {"plotext", "matplotlib", "prompt_toolkit"}
    assert "plotext" in loaded(*figures, "--chart")


def test_the_probe_sees_what_is_imported() -> None:
    assert "spacy" in loaded("parse", "list invoices", "--tz", "UTC")


def test_yaml_is_read_once_and_then_comes_from_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert "yaml" in loaded("parse", "list invoices", "--tz", "UTC")
    assert "yaml" not in loaded("parse", "list invoices", "--tz", "UTC")


def test_importing_the_package_imports_no_room() -> None:
    code = "import sys, flarite_nl; print(*(name for name in sys.modules if name.startswith('flarite_nl.')))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == []
