"""``sandbox serve``, ``dump`` and ``reset``: the same options, the same data."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from flarite_nl.cli import main
from flarite_nl.cli.exits import Exit
from flarite_nl.sandbox import Sandbox, Server, serve
from tests.conftest import NOW
from tests.sandbox.conftest import Api

AT = ["--now", NOW.isoformat()]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["sandbox", *arguments])


def objects(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == Exit.DONE, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def dumped(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [dict(each) for each in sandbox.dump()]


@pytest.fixture
def served() -> Iterator[Server]:
    with Sandbox(now=NOW, size=1) as sandbox, serve(sandbox) as running:
        yield running


def test_a_fresh_account_is_dumped() -> None:
    result = run("dump", *AT, "--seed", "5", "--size", "120")
    with Sandbox(now=NOW, seed=5, size=120) as sandbox:
        assert objects(result) == dumped(sandbox)
    assert not any(code in result.stdout for code in ("\x1b", "\x9b", "\u202e"))


def test_size_and_seed_decide_the_data() -> None:
    def charges(*given: str) -> list[str]:
        return [each["id"] for each in objects(run("dump", *AT, *given)) if each["object"] == "charge"]

    assert len(charges("--size", "300")) == 300
    assert charges("--seed", "1") != charges("--seed", "2")


def test_a_running_sandbox_is_dumped(served: Server) -> None:
    made = Api(served.sandbox).post("/v1/customers", {"name": "Zoë \u202e"})
    found = objects(run("dump", "--port", str(served.port)))
    assert found == dumped(served.sandbox)
    assert made["id"] in {each["id"] for each in found}


def test_a_running_sandbox_is_reset(served: Server) -> None:
    before = dumped(served.sandbox)
    Api(served.sandbox).post("/v1/customers", {"name": "Zoë"})
    assert dumped(served.sandbox) != before
    assert run("reset", "--port", str(served.port)).exit_code == Exit.DONE
    assert dumped(served.sandbox) == before


def test_a_file_is_dumped_and_reset_to_what_it_was_made_with(tmp_path: Path) -> None:
    file = str(tmp_path / "account.sqlite")
    with Sandbox(now=NOW, seed=9, size=150, path=file) as sandbox:
        before = dumped(sandbox)
        made = Api(sandbox).post("/v1/customers", {"name": "Zoë"})
    assert made in objects(run("dump", "--state", file))
    result = run("reset", "--state", file)
    assert result.exit_code == Exit.DONE
    assert "account.sqlite is as it was at first" in result.stdout
    assert objects(run("dump", "--state", file)) == before


def test_a_file_keeps_its_moment_seed_and_size(tmp_path: Path) -> None:
    file = str(tmp_path / "account.sqlite")
    with Sandbox(now=NOW, seed=9, size=150, path=file) as sandbox:
        account = Api(sandbox).get("/v1/account")
    with Sandbox(now=NOW + timedelta(days=30), path=file) as again:
        assert (again.now, again.seed, again.size) == (NOW, 9, 150)
        assert Api(again).get("/v1/account") == account


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["reset"], "--state FILE or --port N"),
        (["dump", "--port", "9", "--state", __file__], "not by both"),
        (["dump", "--state", "nowhere.sqlite"], "does not exist"),
    ],
)
def test_which_sandbox_is_meant(arguments: list[str], says: str) -> None:
    result = run(*arguments)
    assert result.exit_code == Exit.USAGE
    assert says in result.stderr


@pytest.mark.parametrize("action", ["dump", "reset"])
def test_nobody_serves_there(action: str, served: Server) -> None:
    port = served.port
    served.stop()
    result = run(action, "--port", str(port))
    assert result.exit_code == Exit.API_FAILURE
    assert result.stderr.startswith(f"flarite-nl: No sandbox answers on port {port}")


def test_what_is_served_is_what_was_asked_for() -> None:
    command = [sys.executable, "-m", "flarite_nl", "sandbox", "serve", "--port", "0", *AT, "--seed", "4", "--size"]
    command += ["70", "--faults", "500:path=/v1/charges,count=0,retry=false", "--latency", "0.01", "--rate-limit", "50"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            started = server.stdout.readline()
            port = started.split(" (")[0].rpartition(":")[2]
            found = objects(run("dump", "--port", port))
            ask = ["ask", "--api-base", f"http://127.0.0.1:{port}", *AT]
            refused = CliRunner().invoke(main, [*ask, "list payments"])
            fine = CliRunner().invoke(main, [*ask, "list disputes"])
        finally:
            server.terminate()
    assert "(seed 4, now 2026-03-18T15:30:00Z)" in started
    with Sandbox(now=NOW, seed=4, size=70) as same:
        assert found == dumped(same)
    assert refused.exit_code == Exit.API_FAILURE
    assert fine.exit_code == Exit.DONE


def test_faults_that_are_none() -> None:
    result = run("serve", "--port", "0", "--faults", "flood")
    assert result.exit_code == Exit.USAGE
    assert "unknown fault 'flood'" in result.stderr
