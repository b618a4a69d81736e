"""Whatever happens in a command, it ends in one clear sentence and the right exit code."""

from __future__ import annotations

import subprocess
import sys
import types
from collections.abc import Callable

import click
import pytest
from click.testing import CliRunner, Result

from flarite_nl import errors
from flarite_nl.cli import app, main
from flarite_nl.cli.exits import Exit

SECRET = "sk_" + "test_51HxYzAbCdEfGhIjKlMnOpQrWxYz"


@pytest.fixture
def run_command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run ``flarite-nl boom`` where the command does what the test says."""

    def run(does: Callable[[], None]) -> Result:
        module = types.ModuleType("boom")
        module.command = click.command("boom")(does)  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "boom", module)
        monkeypatch.setitem(app.COMMANDS, "boom", "boom")
        return CliRunner().invoke(main, ["boom"])

    return run


def fails(error: BaseException) -> Callable[[], None]:
    def does() -> None:
        raise error

    return does


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (errors.InputError("The prompt is empty."), Exit.USAGE, "flarite-nl: The prompt is empty.\n"),
        (
            errors.Unreachable("No answer.", request_id="req_1"),
            Exit.API_FAILURE,
            "flarite-nl: No answer. (request req_1)\n",
        ),
        (errors.InvalidRequest("No such charge: '\x1b[2J\n'"), Exit.API_FAILURE, "No such charge: '\\x1b[2J '\n"),
        (errors.AuthenticationError(f"Invalid key: {SECRET}"), Exit.BAD_KEY, "Invalid key: sk_test_…WxYz\n"),
        (KeyboardInterrupt(), Exit.INTERRUPTED, "flarite-nl: Stopped.\n"),
        (click.Abort(), Exit.INTERRUPTED, "flarite-nl: Stopped.\n"),
        (ZeroDivisionError("1/0"), Exit.FAILED, "This is a bug in flarite-nl (ZeroDivisionError: 1/0)."),
    ],
)
def test_an_error_is_a_sentence_and_an_exit_code(
    run_command: Callable[..., Result], error: BaseException, code: Exit, says: str
) -> None:
    result = run_command(fails(error))
    assert result.exit_code == code
    assert says in result.stderr
    _, *more = result.stderr.splitlines()
    assert all(line.startswith("Try: ") for line in more)
    assert result.stdout == ""


def test_a_closed_pipe_ends_quietly(run_command: Callable[..., Result]) -> None:
    result = run_command(fails(BrokenPipeError()))
    assert (result.exit_code, result.output) == (Exit.BROKEN_PIPE, "")


def test_a_bug_shows_its_traceback_when_asked(
    run_command: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLARITE_DEBUG", "1")
    assert isinstance(run_command(fails(ZeroDivisionError())).exception, ZeroDivisionError)


def test_a_command_that_ends_well(run_command: Callable[..., Result]) -> None:
    assert run_command(lambda: click.echo("fine")).exit_code == Exit.DONE


@pytest.mark.parametrize(
    "arguments", [["--nonsense"], ["parse"], ["parse", "--tz", "Mars", "x"], ["parse", "--now", "x"]]
)
def test_bad_usage(arguments: list[str]) -> None:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == Exit.USAGE
    assert result.stderr.startswith("Usage: ")


def test_a_real_pipe_that_is_closed_early_draws_no_complaint() -> None:
    lines = "list invoices\n" * 2000
    command = f'"{sys.executable}" -m flarite_nl parse --file - --format jsonl --tz UTC | head -n 1'
    done = subprocess.run(
        ["bash", "-c", f'{command}; echo "${{PIPESTATUS[0]}}"'],
        input=lines, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == str(int(Exit.BROKEN_PIPE))
