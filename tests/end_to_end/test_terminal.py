"""At a real pseudo-terminal: narrow, coloured, paged, interrupted; and in a pipe."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pexpect
import pytest
from wcwidth import wcswidth

from flarite_nl.cli.exits import Exit
from flarite_nl.sandbox import Sandbox, Server, serve
from tests.conftest import NOW
from tests.end_to_end.conftest import CLOCK, KEY

ANSI = re.compile(r"\x1b\[[\d;?]*[A-Za-z]")
LIST = "list past due subscriptions"

Spawn = Callable[..., "pexpect.spawn[str]"]


@pytest.fixture
def spawn(server: Server) -> Iterator[Spawn]:
    """``flarite-nl ask`` at a terminal of so many columns and lines, against the served sandbox."""
    started: list[pexpect.spawn[str]] = []

    def start(
        *arguments: str, columns: int = 80, lines: int = 200, url: str = server.url, **more: str
    ) -> pexpect.spawn[str]:
        environment = {**os.environ, "STRIPE_API_KEY": KEY, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **more}
        environment.pop("NO_COLOR", None) if "NO_COLOR" not in more else None
        for name in ("COLUMNS", "LINES"):
            environment.pop(name, None)
        child = pexpect.spawn(
            sys.executable, ["-m", "flarite_nl", "ask", *arguments, "--api-base", url, *CLOCK],
            env=environment, encoding="utf-8", timeout=60, dimensions=(lines, columns),
        )  # fmt: skip
        started.append(child)
        return child

    yield start
    for each in started:
        each.close(force=True)


def whole(child: pexpect.spawn[str]) -> str:
    """All that is shown until the program ends."""
    child.expect(pexpect.EOF)
    child.close()
    return str(child.before).replace("\r\n", "\n")


def table(shown: str) -> list[str]:
    """The lines from the heading of the table on."""
    return ANSI.sub("", shown).partition("found\n")[2].rstrip("\n").splitlines()


@pytest.mark.parametrize("columns", [40, 60, 80, 132])
def test_a_table_fits_the_terminal(spawn: Spawn, columns: int) -> None:
    child = spawn(LIST, columns=columns)
    lines = table(whole(child))
    assert child.exitstatus == Exit.DONE
    assert len(lines) >= 6
    assert max(map(wcswidth, lines)) <= columns
    assert lines[2].startswith("sub_")


def test_a_narrow_terminal_says_what_it_leaves_out_and_wide_shows_it(spawn: Spawn) -> None:
    narrow, wide = whole(spawn(LIST, columns=40)), whole(spawn(LIST, "--wide", columns=40))
    assert "cancel at period end" in " ".join(table(narrow)[-3:])
    assert "--wide shows them" in " ".join(table(narrow)[-3:])
    assert "…" not in wide
    assert "Not shown" not in wide
    assert "cancel at period end" in table(wide)[0]


def test_an_explanation_and_a_chart_fit_it_too(spawn: Spawn) -> None:
    shown = ANSI.sub("", whole(spawn("count charges by card brand", "--chart", "--explain", columns=40)))
    bars = [line for line in shown.splitlines() if "█" in line]
    assert len(bars) == 5
    assert all(len(line) <= 40 for line in bars)
    assert all(len(line) <= 40 for line in shown.partition("Read as")[0].splitlines())


def test_a_terminal_has_colours(spawn: Spawn) -> None:
    shown = whole(spawn(LIST))
    assert "\x1b[30;43m TEST \x1b[0m" in shown
    assert "\x1b[31mpast_due\x1b[0m" in shown


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [(["--no-color"], {}), ([], {"NO_COLOR": "1"}), ([], {"TERM": "dumb"})],
    ids=["option", "NO_COLOR", "dumb"],
)
def test_colours_can_be_refused(spawn: Spawn, arguments: list[str], environment: dict[str, str]) -> None:
    assert "\x1b" not in whole(spawn(LIST, *arguments, **environment))


def test_a_long_table_is_paged(spawn: Spawn) -> None:
    pager = {"PAGER": "sed s/^/|/"}
    assert whole(spawn(LIST, lines=8, **pager)).count("\n|") >= 6
    assert "\n|" not in whole(spawn(LIST, lines=50, **pager))
    assert "\n|" not in whole(spawn(LIST, "--no-pager", lines=8, **pager))
    assert "\n|" not in whole(spawn(LIST, "--format", "csv", lines=2, **pager))


@pytest.mark.parametrize("style", ["markdown", "csv", "ndjson"])
def test_other_formats_are_the_same_at_a_terminal(spawn: Spawn, style: str) -> None:
    shown = whole(spawn(LIST, "--format", style, columns=40))
    assert "\x1b" not in shown
    assert "sub_1txqOioB4jXFaMfYEu10MIx2" in shown
    assert "price_1StarterMonthEUR" in shown


@pytest.fixture
def slow() -> Iterator[Server]:
    """A server that takes its time for each page."""
    with Sandbox(seed=0, now=NOW, latency=0.8) as sandbox, serve(sandbox) as running:
        yield running


def test_a_scan_shows_how_far_it_is_and_stops_when_told_to(spawn: Spawn, slow: Server) -> None:
    child = spawn("count failed payments", url=slow.url)
    child.expect(r"\d+ pages?, \d+ objects, \d+ objects/s")
    child.sendintr()
    shown = whole(child)
    assert child.exitstatus == Exit.INTERRUPTED
    assert re.search(r"flarite-nl: Stopped after \d+ pages?, \d+ objects.*; nothing was written\.", shown)
    assert "Traceback" not in shown
    assert "Charges, count" not in shown


def test_progress_leaves_nothing_behind(spawn: Spawn, slow: Server) -> None:
    child = spawn("count failed payments", url=slow.url)
    shown = whole(child)
    assert child.exitstatus == Exit.DONE
    assert "objects/s" in shown
    after = shown[shown.rindex("objects/s") :]
    assert "\r\x1b[K" in after
    assert after.index("\r\x1b[K") < after.index("TEST")


def test_a_pipe_gets_plain_text_that_is_whole(spawn: Spawn, server: Server) -> None:
    """Standard output goes to another program, all else is the terminal."""
    ask = f'"{sys.executable}" -m flarite_nl ask "{LIST}" --api-base {server.url} {" ".join(CLOCK)}'
    environment = {**os.environ, "STRIPE_API_KEY": KEY, "TERM": "xterm-256color"}
    child = pexpect.spawn(
        "bash", ["-c", f"{ask} | cat"], env=environment, encoding="utf-8", timeout=60, dimensions=(5, 300)
    )  # fmt: skip
    shown = whole(child)
    assert "\x1b" not in shown
    assert "…" not in shown
    assert "cancel at period end" in shown


def test_the_history_fits_the_terminal_too(server: Server) -> None:
    environment = {**os.environ, "STRIPE_API_KEY": KEY, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    prompt = "Refund the last payment from customer cus_ABC123"
    ask = [sys.executable, "-m", "flarite_nl", "ask", prompt, "--yes", "--api-base", server.url, *CLOCK]
    subprocess.run(ask, env=environment, check=True, capture_output=True, timeout=60)
    child = pexpect.spawn(
        sys.executable, ["-m", "flarite_nl", "history"], env=environment, encoding="utf-8", timeout=60,
        dimensions=(24, 70),
    )  # fmt: skip
    shown = whole(child)
    assert "\x1b[32mdone\x1b[0m" in shown
    lines = ANSI.sub("", shown).splitlines()
    assert max(map(wcswidth, lines)) <= 70
    assert lines[-1].endswith("(--wide shows them).")
