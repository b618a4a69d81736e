"""At a real pseudo-terminal: the first run without a key, and adding one, which never shows on the screen."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from flarite_nl.cli.exits import Exit
from flarite_nl.sandbox import Server
from tests.end_to_end.conftest import CLOCK

KEY = "sk_" + "test_51HxYzAbCdEfGhIjKlMnOpQrWxYz"
ASKING = r"Stripe key \(it is not shown\): "
PROMPT = "list open disputes"
YELLOW = "\x1b[30;43m TEST \x1b[0m"

Start = Callable[..., "pexpect.spawn[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """``flarite-nl`` at a pseudo-terminal, on a machine that has no keys yet."""
    begun: list[pexpect.spawn[str]] = []

    def spawn(*arguments: str, **more: str) -> pexpect.spawn[str]:
        environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path / "config"), "TERM": "xterm-256color", **more}
        environment.pop("NO_COLOR", None)
        environment |= {name: value for name, value in more.items() if name == "NO_COLOR"}
        process: pexpect.spawn[str] = pexpect.spawn(
            sys.executable, ["-m", "flarite_nl", *arguments], dimensions=(40, 250), env=environment, encoding="utf-8",
            timeout=60,
        )  # fmt: skip
        begun.append(process)
        return process

    yield spawn
    for each in begun:
        each.close(force=True)


def ended(process: pexpect.spawn[str]) -> tuple[int | None, str]:
    """The exit code, and everything that came since it was last waited for."""
    process.expect(pexpect.EOF)
    process.wait()
    return process.exitstatus, process.before or ""


def hidden(process: pexpect.spawn[str]) -> None:
    """Wait until the terminal shows no more what is typed."""
    process.waitnoecho(20)
    assert not process.getecho()


def added(start: Start, server: Server, key: str, *arguments: str, **more: str) -> tuple[int | None, str]:
    process = start("keys", "add", "--api-base", server.url, *arguments, **more)
    process.expect(ASKING)
    hidden(process)
    process.sendline(key)
    return ended(process)


def test_the_first_run_without_a_key(start: Start) -> None:
    code, shown = ended(start(PROMPT, *CLOCK))
    assert code == Exit.DONE
    assert shown.splitlines()[0] == "No Stripe key yet, so the sandbox answers. flarite-nl keys add adds one."
    assert "SANDBOX" in shown
    assert "made-up data on this machine; nothing reaches Stripe" in shown
    assert "Disputes: " in shown


def test_adding_a_test_key(start: Start, server: Server) -> None:
    code, shown = added(start, server, KEY)
    assert code == Exit.DONE
    assert KEY not in shown
    assert f"{YELLOW}  no real money (Northwind Paper Co.), at {server.url}" in shown
    assert "northwind-paper-co-test: sk_test_…WxYz, account Northwind Paper Co., acct_1SandboxNorthwind, US" in shown
    assert "There is no system keyring here" in shown
    assert "Safer is a restricted key" in shown

    code, shown = ended(start(PROMPT, *CLOCK))
    assert (code, KEY in shown) == (Exit.DONE, False)
    assert "No Stripe key yet" not in shown
    assert f"no real money (Northwind Paper Co.), at {server.url}" in shown

    assert ended(start("keys", "list", NO_COLOR="1"))[1].splitlines()[-1].startswith("*  northwind-paper-co-test  TEST")
    assert "\x1b[30;43m TEST \x1b[0m  Northwind" in ended(start("keys", "list"))[1]


@pytest.mark.parametrize(
    ("typed", "code", "says"),
    [
        (KEY.replace("sk", "pk", 1), Exit.BAD_KEY, "What was typed holds a publishable key"),
        (f'"{KEY}"', Exit.BAD_KEY, "What was typed has quotes around the key"),
        (f" {KEY}", Exit.BAD_KEY, "What was typed has blanks before or after the key"),
        ("", Exit.BAD_KEY, "What was typed holds no key"),
    ],
)
def test_typing_what_is_no_key(start: Start, server: Server, typed: str, code: Exit, says: str) -> None:
    ended_with, shown = added(start, server, typed)
    assert ended_with == code
    assert says in shown
    assert KEY[9:] not in shown
    assert "No keys are kept yet" in ended(start("keys", "list"))[1]


def test_ctrl_c_while_a_key_is_asked_for(start: Start, server: Server) -> None:
    process = start("keys", "add", "--api-base", server.url)
    process.expect(ASKING)
    hidden(process)
    process.send(KEY[:20])
    process.sendcontrol("c")
    code, shown = ended(process)
    assert code == Exit.INTERRUPTED
    assert "Stopped." in shown
    assert KEY[9:20] not in shown
