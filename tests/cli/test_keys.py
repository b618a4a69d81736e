"""``keys`` and ``whoami`` against a served sandbox, with keys and keyring of the tests' own."""

from __future__ import annotations

import json
import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from flarite_nl.cli import main
from flarite_nl.cli.exits import Exit
from flarite_nl.sandbox import Sandbox, Server, serve
from tests.conftest import NOW
from tests.keys.backends import Memory

TEST = "sk_" + "test_51HxYzAbCdEfGhIjKlMnOpQrTest"
LIVE = "sk_" + "live_51HxYzAbCdEfGhIjKlMnOpQrLive"
LIMITED = "rk_" + "test_51HxYzAbCdEfGhIjKlMnOpQrLess"
CLOCK = ["--now", "2026-03-18T15:30:00Z", "--tz", "UTC"]
PROMPT = "list open disputes"
ACCOUNT = "Northwind Paper Co., acct_1SandboxNorthwind, US"

Run = Callable[..., Result]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "flarite-nl"


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with Sandbox(now=NOW, size=1) as sandbox, serve(sandbox) as server:
        yield server


@pytest.fixture
def server(running: Server) -> Server:
    keyring = running.sandbox.app.keyring
    keyring.revoked.clear()
    keyring.permissions = {}
    return running


@pytest.fixture
def run(config: Path) -> Run:
    """``flarite-nl`` with a folder for its keys; ``given`` is standard input."""

    def start(*arguments: str, given: str | bytes = "", **environment: str) -> Result:
        return CliRunner().invoke(main, arguments, input=given, env=environment)

    return start


@pytest.fixture
def add(run: Run, server: Server) -> Run:
    def start(key: str, *arguments: str) -> Result:
        return run("keys", "add", "--api-base", server.url, *arguments, given=f"{key}\n")

    return start


def done(result: Result) -> str:
    assert result.exit_code == Exit.DONE, result.output
    return result.stdout


def refused(result: Result, code: Exit = Exit.BAD_KEY) -> str:
    assert result.exit_code == code, result.output
    (line,) = result.stderr.splitlines()
    assert line.startswith("flarite-nl: ")
    return line


def listed(run: Run) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(done(run("keys", "list", "--format", "json")))
    return rows


def whoami(run: Run, *arguments: str, **environment: str) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(done(run("whoami", "--format", "json", *arguments, **environment)))
    return row


def test_adding_says_whose_key_it_is(add: Run, run: Run, server: Server) -> None:
    result = add(TEST)
    assert done(result).splitlines() == [
        f"TEST  no real money (Northwind Paper Co.), at {server.url}",
        f"northwind-paper-co-test: sk_test_…Test, account {ACCOUNT}. It is in use.",
    ]
    (row,) = listed(run)
    assert (row["name"], row["key"], row["in_use"]) == ("northwind-paper-co-test", "sk_test_…Test", True)


def test_where_it_is_kept_is_said_once(add: Run, config: Path) -> None:
    assert f"kept in {config / 'secrets.json'}, which only you can read" in add(TEST).stderr
    assert "secrets.json" not in add(LIVE).stderr


def test_with_a_keyring_nothing_is_said_of_a_file(add: Run, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory()
    monkeypatch.setattr("keyring.core._keyring_backend", memory)
    assert "secrets.json" not in add(TEST).stderr
    assert list(memory.held.values()) == [TEST]
    assert not (config / "secrets.json").exists()


def test_a_secret_key_draws_the_advice_to_use_a_restricted_one(add: Run) -> None:
    assert "Safer is a restricted key (rk_live_…) with read on Customers" in add(LIVE).stderr
    limited = add(LIMITED).stderr
    assert "Safer" not in limited
    assert "flarite-nl keys verify northwind-paper-co-test" in limited


def test_test_and_live_side_by_side(add: Run, run: Run, server: Server) -> None:
    add(TEST, "--name", "shop")
    second = add(LIVE, "--name", "shop-live")
    assert done(second).splitlines()[0].startswith("LIVE  real money (Northwind Paper Co.)")
    assert "To use it: flarite-nl keys use shop-live" in second.stdout
    table = done(run("keys", "list")).splitlines()
    assert table[0].split() == ["name", "mode", "account", "country", "key", "kept", "in", "server"]
    assert table[2].startswith("*  shop       TEST  Northwind Paper Co.  US       sk_test_…Test")
    assert table[3].startswith("   shop-live  LIVE  Northwind Paper Co.  US       sk_live_…Live")

    assert done(run("keys", "use", "shop-live")).startswith("LIVE  real money")
    assert done(run("ask", PROMPT, *CLOCK)).startswith(f"LIVE  real money (Northwind Paper Co.), at {server.url}\n")
    assert done(run("ask", PROMPT, "--key-name", "shop", *CLOCK)).startswith("TEST  no real money (Northwind")
    assert done(run("ask", PROMPT, "--key-name", "sandbox", *CLOCK)).startswith("SANDBOX  made-up data")
    assert done(run("keys", "use", "sandbox")).startswith("SANDBOX")
    assert done(run("ask", PROMPT, *CLOCK)).startswith("SANDBOX")
    assert "In use: the sandbox" in done(run("keys", "list"))


def test_which_key_is_used_and_why(add: Run, run: Run, server: Server) -> None:
    assert (whoami(run)["mode"], whoami(run)["source"]) == ("sandbox", "none")
    add(TEST, "--name", "shop")
    add(LIMITED, "--name", "desk")
    row = whoami(run)
    assert (row["name"], row["mode"], row["account_name"], row["country"], row["server"], row["source"]) == (
        "shop", "test", "Northwind Paper Co.", "US", server.url, "in use",
    )  # fmt: skip
    row = whoami(run, "--key-name", "desk")
    assert (row["name"], row["restricted"], row["source"]) == ("desk", True, "option")
    row = whoami(run, STRIPE_API_KEY=LIVE)
    assert (row["name"], row["key"], row["mode"], row["source"], row["account"]) == (
        None, "sk_live_…Live", "live", "variable", None,
    )  # fmt: skip
    assert whoami(run, STRIPE_API_KEY=TEST)["name"] == "shop"
    assert done(run("whoami")).splitlines() == [
        f"TEST  no real money (Northwind Paper Co.), at {server.url}",
        "key      shop, sk_test_…Test (secret, it may do everything)",
        "why      it is the key in use (flarite-nl keys use)",
        f"account  {ACCOUNT}",
        "kept in  a file for you alone",
    ]


def test_whoami_asks_nobody_but_with_online(run: Run, server: Server) -> None:
    before = server.sandbox.app.counts.total()
    assert whoami(run, "--api-base", server.url, STRIPE_API_KEY=LIMITED)["account"] is None
    assert server.sandbox.app.counts.total() == before
    row = whoami(run, "--online", "--api-base", server.url, STRIPE_API_KEY=LIMITED)
    assert (row["account_name"], row["country"]) == ("Northwind Paper Co.", "US")
    server.sandbox.app.keyring.revoked[LIMITED] = 0
    result = run("whoami", "--online", "--api-base", server.url, STRIPE_API_KEY=LIMITED)
    assert "was revoked or has expired" in refused(result)


WRONG = {
    "publishable": ("pk_test_51HxYzAbCdEfGhIjKlMnOpQr", "publishable key"),
    "truncated": (LIVE[:20], "only the beginning"),
    "blanks": (f"  {TEST}", "blanks before or after"),
    "quotes": (f'"{TEST}"', "quotes around the key"),
    "two lines": (f"{TEST}\n{LIVE}", "inside the key"),
    "nothing": ("", "holds no key"),
    "something": ("hunter2", "does not look like"),
    "revoked": (LIMITED, "was revoked or has expired"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_key_is_not_kept(add: Run, run: Run, server: Server, kind: str) -> None:
    key, says = WRONG[kind]
    server.sandbox.app.keyring.revoked[LIMITED] = 0
    line = refused(add(key))
    assert says in line
    assert len(key) < 12 or key not in line
    assert listed(run) == []


def test_a_key_of_the_wrong_mode(add: Run, run: Run) -> None:
    assert "holds a test mode key (sk_test_…Test), and one of live mode is wanted" in refused(add(TEST, "--live"))
    assert "one of test mode is wanted" in refused(add(LIVE, "--test"))
    assert listed(run) == []
    done(add(LIVE, "--live"))


def test_a_short_key_is_not_sent_to_stripe(run: Run) -> None:
    assert "only the beginning of a key" in refused(run("keys", "add", given="sk_test_123\n"))


def test_nothing_on_standard_input(run: Run) -> None:
    assert "No key was given" in refused(run("keys", "add"), Exit.USAGE)
    assert "it is no text" in refused(run("keys", "add", given=b"\xff\xfe"))


def test_a_server_without_encryption(run: Run) -> None:
    result = run("keys", "add", "--api-base", "http://stripe.example", given=TEST)
    assert "without encryption" in refused(result, Exit.USAGE)


def test_a_key_as_an_argument_is_refused_and_not_shown(run: Run) -> None:
    for arguments in (["add", TEST], ["add", "--name", TEST], ["use", TEST], ["rename", "x", TEST], ["remove", TEST],
                      ["verify", TEST]):  # fmt: skip
        assert "A key is never a name or an argument" in refused(run("keys", *arguments))
    result = run("keys", "add", "hello")
    assert result.exit_code == Exit.USAGE
    assert "takes no argument" in result.stderr


def test_the_same_key_and_the_same_name_again(add: Run, run: Run) -> None:
    add(TEST)
    done(add(TEST))
    assert len(listed(run)) == 1
    assert "--replace" in refused(add(LIVE, "--name", "northwind-paper-co-test"))
    done(add(LIVE, "--name", "northwind-paper-co-test", "--replace"))
    assert [row["key"] for row in listed(run)] == ["sk_live_…Live"]


def test_use_rename_and_remove(add: Run, run: Run, config: Path) -> None:
    add(TEST, "--name", "shop")
    done(add(LIVE, "--name", "shop-live", "--use"))
    assert [(row["name"], row["in_use"]) for row in listed(run)] == [("shop", False), ("shop-live", True)]
    assert done(run("keys", "rename", "shop", "till")) == "shop is named till now (sk_test_…Test).\n"
    assert "did you mean till" in refused(run("keys", "use", "tilt"))
    gone = done(run("keys", "remove", "shop-live"))
    assert "Revoke it at https://dashboard.stripe.com/apikeys" in gone
    assert "No key is in use now" in gone
    assert "none of them is in use" in refused(run("ask", PROMPT, *CLOCK))
    assert "None of them is in use" in done(run("keys", "list"))
    done(run("keys", "remove", "till"))
    assert done(run("keys", "list")) == "No keys are kept yet: flarite-nl keys add adds one.\n"
    assert json.loads((config / "secrets.json").read_text("utf-8")) == {}


def test_a_variable_that_goes_before_the_key_in_use_is_named(run: Run, add: Run, server: Server) -> None:
    add(TEST, "--name", "shop")
    said = "STRIPE_API_KEY is set, and goes before the key in use.\n"
    assert run("keys", "use", "shop", STRIPE_API_KEY=LIVE).stderr == said
    assert run("keys", "use", "shop").stderr == ""


def test_verify_lists_what_a_restricted_key_lacks(add: Run, run: Run, server: Server) -> None:
    held = dict.fromkeys(
        ["account", "customers", "charges", "payment_intents", "invoices", "products", "prices"], "read"
    )
    server.sandbox.app.keyring.permissions = {LIMITED: held}
    add(LIMITED, "--name", "desk")
    result = run("keys", "verify", "desk")
    assert result.exit_code == Exit.BAD_KEY
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert "Customers: read yes -" in lines
    assert "Disputes: read NO rak_dispute_read recommended" in lines
    assert "Refunds: write NO rak_charge_write only where refunds are issued" in lines
    assert "Missing: Subscriptions: read, Disputes: read." in lines
    assert lines[-1] == "Edit the key at https://dashboard.stripe.com/test/apikeys to allow it."
    row = json.loads(run("keys", "verify", "--format", "json").stdout)
    assert [each["name"] for each in row["missing"]] == ["rak_subscription_read", "rak_dispute_read"]

    result = run("ask", PROMPT, *CLOCK)
    assert f'lacks the permission rak_dispute_read, which "{PROMPT}" needs' in refused(result)
    assert "(request req_" in result.stderr

    server.sandbox.app.keyring.permissions = {}
    assert "Nothing that is recommended is missing." in done(run("keys", "verify"))


def test_verify_a_secret_key_and_one_that_was_revoked_since(add: Run, run: Run, server: Server) -> None:
    add(TEST, "--name", "shop")
    result = run("keys", "verify")
    assert f"{server.url} takes it." in done(result)
    assert "Safer is a restricted key" in result.stderr
    server.sandbox.app.keyring.revoked[TEST] = 0
    assert "The key sk_test_…Test was revoked or has expired" in refused(run("keys", "verify", "shop"))
    assert "The key sk_test_…Test was revoked or has expired" in refused(run("ask", PROMPT, *CLOCK))


def test_verify_without_a_key(run: Run) -> None:
    assert "needs no key" in refused(run("keys", "verify"))
    result = run("keys", "verify", "--format", "json")
    assert json.loads(result.stdout)["error"]["kind"] == "key"


def test_a_key_is_not_sent_to_another_server(add: Run, run: Run) -> None:
    add(TEST, "--name", "shop")
    result = run("ask", PROMPT, "--key-name", "shop", "--api-base", "http://127.0.0.1:9", *CLOCK)
    assert "is not sent to http://127.0.0.1:9" in refused(result)


def test_nicknames_are_completed(add: Run, run: Run) -> None:
    add(TEST, "--name", "shop")
    add(LIVE, "--name", "till")
    words = {"_FLARITE_NL_COMPLETE": "bash_complete"}
    cases = [
        ("flarite-nl keys use s", "3", ["shop"]),
        ("flarite-nl ask --key-name ", "3", ["sandbox", "shop", "till"]),
    ]
    for typed, at, expected in cases:
        result = CliRunner().invoke(
            main, prog_name="flarite-nl", env={**words, "COMP_WORDS": typed, "COMP_CWORD": at}
        )  # fmt: skip
        assert sorted(line.partition(",")[2] for line in result.stdout.splitlines()) == expected


def test_a_process_with_a_key_leaves_no_core_behind(add: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[Any] = []
    monkeypatch.setattr(resource, "setrlimit", lambda what, limits: said.append((what, limits[0])))
    done(add(TEST))
    assert (resource.RLIMIT_CORE, 0) in said
