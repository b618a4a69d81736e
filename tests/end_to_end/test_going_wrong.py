"""Bad input and bad luck: one clear sentence, the right exit code, never a traceback."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from flarite_nl.cli.exits import Exit
from flarite_nl.sandbox import Server, parse_faults
from tests.end_to_end.conftest import CLOCK, KEY, Run

READ = "list past due subscriptions"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def one_sentence(done: subprocess.CompletedProcess[str], code: Exit) -> str:
    """The sentence; below it stand the prompt, underlined where it failed, and what to try, or nothing."""
    assert done.returncode == code, done.stdout + done.stderr
    line, *more = done.stderr.splitlines()
    assert line.startswith("flarite-nl: ")
    assert all(each.startswith(("  ", "Try: ")) for each in more)
    assert "bug" not in line
    assert done.stdout == ""
    return line


@pytest.mark.parametrize("prompt", ["", "   ", "\t\n"])
def test_an_empty_prompt(run: Run, prompt: str) -> None:
    assert "The prompt is empty" in one_sentence(run("ask", prompt), Exit.USAGE)


def test_bytes_that_are_not_utf8(run: Run) -> None:
    assert "not UTF-8" in one_sentence(run("ask", os.fsdecode(b"list \xff invoices")), Exit.USAGE)


def test_a_hundred_kilobytes(run: Run) -> None:
    done = run("ask", "list invoices " * 7_300, *CLOCK, key=None)
    assert done.returncode in {Exit.USAGE, Exit.NOT_UNDERSTOOD}
    assert len(done.stderr) < 2_000
    assert done.stdout == ""


def test_control_characters_come_back_as_text_only(run: Run) -> None:
    done = run("ask", "\x1b[2J\x07list \u202einvoices frobnicated", *CLOCK, key=None)
    assert done.returncode in {Exit.NOT_UNDERSTOOD, Exit.CLARIFY}
    assert not {"\x1b", "\x07", "\u202e"} & set(done.stdout + done.stderr)


@pytest.mark.parametrize(
    ("base", "says"),
    [
        ("nonsense", "no address of a server"),
        ("ftp://127.0.0.1", "no address of a server"),
        ("http://127.0.0.1:notaport", "no address of a server"),
        ("http://user:secret@127.0.0.1", "no user name or password"),
        ("http://stripe.example", "without encryption"),
    ],
)
def test_a_wrong_api_base(run: Run, base: str, says: str) -> None:
    assert says in one_sentence(run("ask", READ, "--api-base", base, *CLOCK), Exit.USAGE)


def test_an_unreachable_api_base(run: Run) -> None:
    done = run("ask", READ, "--api-base", f"http://127.0.0.1:{free_port()}", *CLOCK)
    assert "No answer" in one_sentence(done, Exit.API_FAILURE)


def test_an_unreachable_api_base_in_json(run: Run) -> None:
    done = run("ask", READ, "--format", "json", "--api-base", f"http://127.0.0.1:{free_port()}", *CLOCK)
    assert done.returncode == Exit.API_FAILURE
    outcome = json.loads(done.stdout)
    assert (outcome["error"]["kind"], outcome["complete"]) == ("unreachable", False)


def test_a_server_that_is_not_stripe(run: Run, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(tmp_path)]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as server:
        assert server.stdout is not None
        port = server.stdout.readline().split(" port ")[1].split()[0]
        try:
            done = run("ask", READ, "--api-base", f"http://127.0.0.1:{port}", *CLOCK)
        finally:
            server.kill()
    one_sentence(done, Exit.API_FAILURE)


def test_a_sandbox_that_was_killed(run: Run) -> None:
    command = [sys.executable, "-m", "flarite_nl", "sandbox", "serve", "--port", "0", "--now", "2026-03-18T15:30:00Z"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = server.stdout.readline().split()[2]
        before = run("ask", READ, "--api-base", url, *CLOCK)
        server.send_signal(signal.SIGKILL)
    assert before.returncode == Exit.DONE
    one_sentence(run("ask", READ, "--api-base", url, *CLOCK), Exit.API_FAILURE)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_sandbox_ends_well_when_told_to(number: signal.Signals) -> None:
    command = [sys.executable, "-m", "flarite_nl", "sandbox", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline().startswith("Sandbox at http://127.0.0.1:")
        server.send_signal(number)
        _, complaints = server.communicate(timeout=30)
    assert (server.returncode, complaints) == (Exit.DONE, "")


def test_a_port_that_is_taken(run: Run, server: Server) -> None:
    done = run("sandbox", "serve", "--port", str(server.port))
    assert f"cannot listen on port {server.port}" in one_sentence(done, Exit.USAGE)


@pytest.mark.parametrize("key", ["pk_test_123", "hunter2", '"sk_test_123"'])
def test_an_unusable_key(run: Run, key: str) -> None:
    line = one_sentence(run("ask", READ, *CLOCK, key=key), Exit.BAD_KEY)
    assert key not in line


def test_a_key_that_the_server_does_not_know(run: Run, server: Server) -> None:
    server.sandbox.app.keyring.revoked[KEY] = 0
    line = one_sentence(run("ask", READ, "--api-base", server.url, *CLOCK), Exit.BAD_KEY)
    assert KEY not in line
    assert "req_" in line


def test_a_request_that_is_refused(run: Run, server: Server) -> None:
    done = run("ask", "show ch_doesnotexist", "--api-base", server.url, *CLOCK)
    line = one_sentence(done, Exit.API_FAILURE)
    assert "No such charge" in line
    assert "(request req_" in line
    assert done.stderr.splitlines()[1:3] == ["  show ch_doesnotexist", "       ^^^^^^^^^^^^^^^"]


def test_an_answer_that_breaks_off_is_partial(ask: Run, server: Server) -> None:
    """What came of a scan is shown, but never as if it were all of it."""
    whole = json.loads(ask("list failed payments", "--format", "json").stdout)["results"][0]["rows"]
    server.sandbox.app.faults = parse_faults("500:path=/v1/charges,nth=2,count=0,retry=false")
    done = ask("list failed payments", "--format", "json")
    assert done.returncode == Exit.PARTIAL
    outcome = json.loads(done.stdout)
    assert (outcome["complete"], outcome["results"][0]["complete"]) == (False, False)
    assert outcome["error"]["kind"] == "unreachable"
    part = [row["id"] for row in outcome["results"][0]["rows"]]
    assert part == [row["id"] for row in whole][: len(part)]
    assert 0 < len(part) < len(whole)


def test_an_answer_that_breaks_off_says_so_in_a_table(ask: Run, server: Server) -> None:
    server.sandbox.app.faults = parse_faults("500:path=/v1/charges,nth=2,count=0,retry=false")
    done = ask("list failed payments")
    assert done.returncode == Exit.PARTIAL
    assert "INCOMPLETE" in done.stdout
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["flarite-nl", "Try"]


@pytest.mark.parametrize("style", ["csv", "tsv", "ndjson", "markdown", "json"])
def test_an_answer_that_breaks_off_says_so_in_every_format(ask: Run, server: Server, style: str) -> None:
    server.sandbox.app.faults = parse_faults("500:path=/v1/charges,nth=2,count=0,retry=false")
    done = ask("list failed payments", "--format", style)
    assert done.returncode == Exit.PARTIAL
    if style == "ndjson":
        last = json.loads(done.stdout.splitlines()[-1])
        assert (last["object"], last["complete"]) == ("flarite_nl.answer", False)
        assert last["lines"] == len(done.stdout.splitlines()) - 1
    said = {"markdown": done.stdout, "json": '"complete": false' if '"complete": false' in done.stdout else ""}
    assert ("INCOMPLETE" if style != "json" else "complete") in said.get(style, done.stderr)


def at_a_terminal(arguments: list[str], press: bytes | signal.Signals) -> tuple[int, str]:
    """Run flarite-nl at a pseudo-terminal and press a key (or Ctrl-C) when it asks: exit code, what it showed."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "flarite_nl", *arguments],
        stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "STRIPE_API_KEY": KEY},
    )  # fmt: skip
    os.close(theirs)
    shown, pressed = b"", False
    while True:
        if not select.select([ours], [], [], 2.0)[0]:
            # A signal that arrives just before readline begins to wait is noticed only with the next one.
            if pressed and isinstance(press, signal.Signals):
                process.send_signal(press)
            continue
        try:
            data = os.read(ours, 4096)
        except OSError:  # so Linux says that nobody is at the other end any more
            break
        shown += data
        if not pressed and b"[y/N]" in shown:
            pressed = True
            if isinstance(press, signal.Signals):
                process.send_signal(press)
            else:
                os.write(ours, press)
    os.close(ours)
    return process.wait(timeout=30), shown.decode()


@pytest.mark.parametrize(
    ("press", "code", "refunds"),
    [
        (b"y\n", Exit.DONE, 1),
        (b"n\n", Exit.DECLINED, 0),
        (b"\n", Exit.DECLINED, 0),
        (b"\x04", Exit.DECLINED, 0),
        (signal.SIGINT, Exit.DECLINED, 0),
    ],
)
def test_a_write_asks_at_a_terminal(server: Server, press: bytes | signal.Signals, code: Exit, refunds: int) -> None:
    def count() -> int:
        return sum(each["object"] == "refund" for each in server.sandbox.dump())

    before = count()
    prompt = "Refund the last payment from customer cus_ABC123"
    ended, shown = at_a_terminal(["ask", prompt, "--api-base", server.url, *CLOCK], press)
    assert (ended, count() - before) == (code, refunds)
    assert "charges.refund would, on 1 target:" in shown
    assert "Traceback" not in shown
