"""A canary key goes through every command and every failure, and is found in nothing that they write."""

from __future__ import annotations

import base64
import logging
import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from flarite_nl import Engine, Parser
from flarite_nl.cli import app, main
from flarite_nl.cli.exits import Exit
from flarite_nl.errors import AuthenticationError
from flarite_nl.sandbox import Sandbox, Server, parse_faults, serve
from tests.cassettes.tape import tape
from tests.conftest import NOW
from tests.sandbox.conftest import Api

BODY = "51CanaryQwErTyUiOpAsDfGhJkLzXcVbNm0987"
SECRET = "sk_" + "test_" + BODY
LIVE = "sk_" + "live_" + BODY
LIMITED = "rk_" + "test_" + BODY
PUBLISHABLE = "pk_" + "test_" + BODY
KEYS = (SECRET, LIVE, LIMITED, PUBLISHABLE)
CLOCK = ["--now", "2026-03-18T15:30:00Z", "--tz", "UTC"]
READ = "list open disputes"
REFUND = "Refund the last payment from customer cus_ABC123"

CHUNK = 10
"""Characters of the key beside each other that nothing may hold; its last four are shown."""


def traces(text: str) -> list[str]:
    """The parts of the canary that stand in a text, as they are or as a header would carry them."""
    parts = [BODY[at : at + CHUNK] for at in range(len(BODY) - CHUNK + 1)]
    coded = [base64.b64encode(f"{key}:".encode()).decode()[8:40] for key in KEYS]
    return [each for each in (*parts, *coded) if each in text]


def written(room: Path) -> Iterator[tuple[Path, str]]:
    """Everything that lies in the folders of the test, but for the file whose purpose is to hold keys."""
    for path in room.rglob("*"):
        if path.is_file() and path.name != "secrets.json":
            yield path, path.read_bytes().decode("utf-8", "replace")


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One folder in which everything lies that a command writes: settings, ledger, cache, temporary and own files."""
    for name, folder in {
        "XDG_CONFIG_HOME": "config", "XDG_CACHE_HOME": "cache", "XDG_DATA_HOME": "share", "XDG_STATE_HOME": "state",
        "FLARITE_NL_DATA": "data", "TMPDIR": "tmp", "HOME": "home",
    }.items():  # fmt: skip
        (tmp_path / folder).mkdir()
        monkeypatch.setenv(name, str(tmp_path / folder))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with Sandbox(now=NOW) as sandbox, serve(sandbox) as server:
        yield server


@pytest.fixture
def server(running: Server) -> Iterator[Server]:
    yield running
    running.sandbox.reset()


class Watched:
    """Runs commands with the canary at hand, and keeps all that they print and log."""

    def __init__(self, room: Path, server: Server, log: pytest.LogCaptureFixture) -> None:
        self.room, self.url, self.log = room, server.url, log
        self.codes: list[int] = []

    def __call__(self, *arguments: str, given: str = "", **environment: str) -> int:
        result = CliRunner().invoke(main, arguments, input=given, env=environment)
        shown = result.output + "".join(traceback.format_exception(result.exception) if result.exception else ())
        assert traces(shown) == [], arguments
        assert traces(self.log.text) == [], arguments
        self.codes.append(result.exit_code)
        return result.exit_code

    def ask(self, prompt: str, *arguments: str, key: str = SECRET, **environment: str) -> int:
        return self("ask", prompt, "--api-base", self.url, *CLOCK, *arguments, STRIPE_API_KEY=key, **environment)

    def nothing_is_left(self) -> None:
        found = [path for path, text in written(self.room) if traces(text)]
        assert found == []


@pytest.fixture
def watched(room: Path, server: Server, caplog: pytest.LogCaptureFixture) -> Iterator[Watched]:
    caplog.set_level(logging.DEBUG)
    one = Watched(room, server, caplog)
    yield one
    one.nothing_is_left()
    assert one.codes


def test_the_search_finds_what_it_looks_for(room: Path) -> None:
    (room / "here" / "note").write_text(f"key={SECRET}", "utf-8")
    assert [path.name for path, text in written(room) if traces(text)] == ["note"]
    assert traces(base64.b64encode(f"{SECRET}:".encode()).decode())
    assert traces("sk_test_…0987") == []


@pytest.mark.parametrize("command", app.COMMANDS)
def test_every_command_with_a_key_where_none_belongs(watched: Watched, command: str) -> None:
    for key in (SECRET, LIVE):
        for arguments in (["--help"], [key], [f"--{key}"], [f"--{key}=1"], ["--key-name", key], ["--format", key],
                          ["--tz", key], [key, key, "--nonsense"]):  # fmt: skip
            watched(command, *arguments, STRIPE_API_KEY=SECRET, FLARITE_DEBUG="1")


def test_no_command_at_all(watched: Watched) -> None:
    for arguments in ([SECRET], [f"list {SECRET}"], [f"--{SECRET}"], [f"-{SECRET}"], ["\n" + SECRET]):
        assert watched(*arguments, *CLOCK) != Exit.DONE


def test_keys_kept_and_removed(watched: Watched) -> None:
    at = ["--api-base", watched.url]
    assert watched("keys", "add", *at, "--name", "shop", given=f"{SECRET}\n") == Exit.DONE
    assert watched("keys", "add", *at, "--name", "desk", given=f"{LIMITED}\n") == Exit.DONE
    for arguments in (["list"], ["list", "--format", "json"], ["verify"], ["verify", "desk", "--format", "json"],
                      ["use", "desk"], ["rename", "desk", "table"], ["use", "sandbox"]):  # fmt: skip
        assert watched("keys", *arguments) == Exit.DONE
    for arguments in ([], ["--online"], ["--format", "json"], ["--key-name", "shop"]):
        assert watched("whoami", *arguments) == Exit.DONE
        assert watched("whoami", *arguments, *at, STRIPE_API_KEY=SECRET) in (Exit.DONE, Exit.BAD_KEY)
    assert watched("ask", READ, "--key-name", "table", *CLOCK) == Exit.DONE
    secrets = (watched.room / "config" / "flarite-nl" / "secrets.json").read_text("utf-8")
    assert SECRET in secrets
    assert watched("keys", "remove", "shop") == Exit.DONE
    assert watched("keys", "remove", "table") == Exit.DONE
    assert traces((watched.room / "config" / "flarite-nl" / "secrets.json").read_text("utf-8")) == []


@pytest.mark.parametrize(
    "typed",
    [f" {SECRET}", f"{SECRET} ", f'"{SECRET}"', f"'{SECRET}'", SECRET[:26], SECRET + "é", f"{SECRET}\n{LIVE}",
     PUBLISHABLE, f"x{SECRET}", SECRET + "\x00", f"Bearer {SECRET}", SECRET * 20],
)  # fmt: skip
def test_a_wrong_key(watched: Watched, typed: str) -> None:
    assert watched("keys", "add", "--api-base", watched.url, given=f"{typed}\n") in (Exit.BAD_KEY, Exit.DONE)
    if "\x00" not in typed:
        assert watched.ask(READ, key=typed) != Exit.FAILED
        assert watched("whoami", STRIPE_API_KEY=typed) != Exit.FAILED


def test_a_key_as_an_argument_of_keys(watched: Watched) -> None:
    for arguments in (["add", SECRET], ["add", "--name", SECRET], ["use", SECRET], ["rename", SECRET, "x"],
                      ["rename", "x", SECRET], ["remove", SECRET], ["verify", SECRET], ["add", "--api-base", SECRET],
                      ["add", "--api-base", f"http://{SECRET}@127.0.0.1"]):  # fmt: skip
        assert watched("keys", *arguments, given=f"{SECRET}\n") != Exit.DONE


def test_reading_and_writing(watched: Watched) -> None:
    assert watched.ask(READ) == Exit.DONE
    assert watched.ask(READ, "--format", "json") == Exit.DONE
    assert watched.ask(READ, "--explain") == Exit.DONE
    assert watched.ask(REFUND) == Exit.DECLINED
    assert watched.ask(REFUND, "--dry-run") == Exit.DONE
    assert watched.ask(REFUND, "--yes", "--nonce", SECRET) == Exit.DONE
    assert watched.ask(REFUND, "--yes", "--format", "json") == Exit.DONE
    assert watched.ask(REFUND, "--yes", "--format", "json") == Exit.REPEATED
    for style in ("table", "json", "ndjson", "csv"):
        assert watched("history", "--format", style) == Exit.DONE
    plan = ["plan", "Create a payment link for price_XYZ", "--api-base", watched.url, *CLOCK]
    assert watched(*plan, "--out", "link.json", STRIPE_API_KEY=SECRET) == Exit.DONE
    assert watched(*plan, "--out", f"{SECRET}.json", STRIPE_API_KEY=SECRET) == Exit.DONE
    assert watched(*plan, "--out", f"{SECRET}/x", STRIPE_API_KEY=SECRET) == Exit.USAGE
    apply = ["apply", "link.json", "--api-base", watched.url]
    assert watched(*apply, "--yes", STRIPE_API_KEY=LIVE) == Exit.REFUSED
    assert watched(*apply, "--yes", STRIPE_API_KEY=SECRET) == Exit.DONE


FAULTS = [
    "500:count=0,retry=false",
    "badjson:count=2",
    "truncate:count=0",
    "reset:count=0",
    "503:count=0,retry=false",
    "429:count=1",
]


@pytest.mark.parametrize("fault", FAULTS)
def test_stripe_fails(watched: Watched, server: Server, fault: str) -> None:
    quick = {"FLARITE_DEBUG": "1"}
    server.sandbox.app.faults = parse_faults(fault.replace("count=0", "count=0,path=/v1/disputes"))
    watched.ask("list open disputes", **quick)
    server.sandbox.app.faults = parse_faults(fault.replace("count=0", "count=0,path=/v1/account"))
    watched("keys", "add", "--api-base", watched.url, given=f"{SECRET}\n", **quick)


def test_stripe_refuses_the_key(watched: Watched, server: Server) -> None:
    keyring = server.sandbox.app.keyring
    keyring.revoked[SECRET] = 0
    keyring.permissions = {LIMITED: {}}
    for key in (SECRET, LIMITED):
        assert watched.ask(READ, key=key) == Exit.BAD_KEY
        assert watched.ask(READ, "--format", "json", key=key) == Exit.BAD_KEY
        assert watched.ask(REFUND, "--yes", key=key) == Exit.BAD_KEY
        watched("keys", "verify", "--api-base", watched.url, STRIPE_API_KEY=key)
        watched("whoami", "--online", "--api-base", watched.url, STRIPE_API_KEY=key)
    keyring.revoked.clear()
    keyring.permissions = {}


def test_nobody_answers(watched: Watched) -> None:
    for base in ("http://127.0.0.1:1", f"http://127.0.0.1/{SECRET}", f"ftp://{SECRET}", f"http://{SECRET}@127.0.0.1"):
        assert watched("ask", READ, "--api-base", base, *CLOCK, STRIPE_API_KEY=SECRET) != Exit.DONE


def test_a_key_in_stripes_own_data(watched: Watched, server: Server) -> None:
    made = Api(server.sandbox).post("/v1/customers", {"name": f"Oops {SECRET}", "metadata": {"key": LIVE}})
    for style in ("table", "json"):
        assert watched.ask(f"show {made['id']}", "--format", style) == Exit.DONE


def test_a_key_in_a_prompt(watched: Watched) -> None:
    prompt = f"refund ch_1 with {SECRET}"
    lines = f"list invoices\n{prompt}\n"
    for arguments in (["ask", prompt], ["ask", prompt, "--format", "json"], ["plan", prompt], ["parse", prompt],
                      ["parse", prompt, "--format", "json"]):  # fmt: skip
        assert watched(*arguments, *CLOCK) == Exit.USAGE
    given = '{"text": "list invoices", "context": ["' + SECRET + '"]}\n'
    assert watched("parse", "--file", "-", "--tz", "UTC", given=lines) == Exit.PARTIAL
    assert watched("parse", "--file", "-", "--input", "jsonl", "--tz", "UTC", given=given) == Exit.PARTIAL


@pytest.mark.parametrize("variable", ["FLARITE_NL_ROLE", "FLARITE_TZ", "FLARITE_NL_GRAMMAR"])
def test_a_key_in_another_variable(watched: Watched, variable: str) -> None:
    watched.ask(REFUND, "--yes", **{variable: SECRET})
    watched("parse", READ, **{variable: SECRET})


def test_a_key_in_the_settings(watched: Watched) -> None:
    folder = watched.room / "config" / "flarite-nl"
    folder.mkdir()
    (folder / "config.toml").write_text(f'[write]\nrole = "{SECRET}"\n', "utf-8")
    assert watched.ask(REFUND, "--yes") == Exit.USAGE
    (folder / "config.toml").unlink()


def test_files_that_hold_a_key(watched: Watched) -> None:
    path = watched.room / "here" / "plan.json"
    for content in (SECRET, f'{{"plan": "{SECRET}"}}', f'{{"keys": [{{"name": "{SECRET}"}}], "version": 1}}'):
        path.write_text(content, "utf-8")
        assert watched("apply", str(path), STRIPE_API_KEY=SECRET) != Exit.DONE
        assert watched("sandbox", "dump", "--state", str(path)) != Exit.DONE
        assert watched("parse", READ, "--grammar", str(path)) != Exit.DONE
    path.unlink()


def test_the_library_says_nothing_either(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    parse = Parser(tz="UTC").parse(READ, now=NOW)
    for key in (SECRET, SECRET + "\n", f" {SECRET}", LIMITED):
        server.sandbox.app.keyring.revoked[key.strip()] = 0
        engine = Engine(now=NOW, key=key, api_base=server.url)
        outcome = engine.run(parse)
        assert outcome.error is not None
        assert traces(repr(outcome) + str(outcome.to_dict()) + repr(engine) + caplog.text) == []


def test_a_traceback_with_its_variables(server: Server) -> None:
    server.sandbox.app.keyring.revoked[SECRET] = 0
    with pytest.raises(AuthenticationError) as caught:
        Engine(now=NOW, key=SECRET, api_base=server.url).verify()
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    for each in frames.stack:
        if "test_" not in each.filename:
            assert traces(str(each.locals)) == [], each
    assert traces("".join(traceback.format_exception(caught.value))) == []


def test_a_cassette(tmp_path: Path, server: Server) -> None:
    with tape("all", tmp_path).use_cassette("canary.yaml"):
        outcome = Engine(now=NOW, key=SECRET, api_base=server.url, workers=1).run(
            Parser(tz="UTC").parse(READ, now=NOW)
        )  # fmt: skip
    assert outcome.error is None
    text = (tmp_path / "canary.yaml").read_text("utf-8")
    assert "/v1/disputes" in text
    assert traces(text) == []


@pytest.fixture
def at_request(server: Server, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Do something while a command waits for the answer to its first request, with the key in its memory."""

    def arrange(does: Callable[[], None]) -> None:
        handle = server.sandbox.app.handle

        def first(request: object) -> object:
            monkeypatch.setattr(server.sandbox.app, "handle", handle)
            does()
            return handle(request)  # type: ignore[arg-type]

        monkeypatch.setattr(server.sandbox.app, "handle", first)

    return arrange


Arrange = Callable[[Callable[[], None]], None]


def start(arguments: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["bash", "-c", 'ulimit -c "$(ulimit -H -c)"; exec "$@"', "bash", sys.executable, *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
    )  # fmt: skip


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")
def test_the_list_of_processes(room: Path, server: Server, at_request: Arrange) -> None:
    seen: list[str] = []

    def look() -> None:
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                seen.append(path.read_bytes().decode("utf-8", "replace"))
            except OSError:  # it has ended meanwhile
                continue

    at_request(look)
    process = start(["-m", "flarite_nl", "keys", "add", "--api-base", server.url], {})
    said, _ = process.communicate(f"{SECRET}\n".encode(), timeout=60)
    assert process.returncode == Exit.DONE
    assert traces(said.decode()) == []
    assert any("keys\0add" in each for each in seen)
    assert [each for each in seen if traces(each)] == []


def test_a_crash_leaves_no_key_behind(room: Path, server: Server, at_request: Arrange) -> None:
    """Killed in the middle of a request, with Python's own report of crashes on and core files allowed."""
    processes: list[subprocess.Popen[bytes]] = []
    at_request(lambda: processes[0].send_signal(6))
    arguments = ["-X", "faulthandler", "-m", "flarite_nl", "ask", READ, "--api-base", server.url, *CLOCK]
    processes.append(start(arguments, {"STRIPE_API_KEY": SECRET}))
    said, complaints = processes[0].communicate(timeout=60)
    assert processes[0].returncode == -6
    assert b"Fatal Python error: Aborted" in complaints
    assert traces(said.decode() + complaints.decode()) == []
    assert [path for path, text in written(room) if traces(text)] == []


def test_core_files_are_switched_off_before_a_key_is_used(room: Path, server: Server) -> None:
    code = (
        "import resource\n"
        "from flarite_nl.cli import session\n"
        "before = resource.getrlimit(resource.RLIMIT_CORE)\n"
        "session.key_for(None)\n"
        "print(*before, *resource.getrlimit(resource.RLIMIT_CORE))"
    )
    process = start(["-c", code], {"STRIPE_API_KEY": SECRET})
    said, _ = process.communicate(timeout=60)
    soft, hard, after, still = map(int, said.split())
    assert soft == hard == still
    assert after == 0
