"""``ask`` and ``plan`` where no server is needed: prompts that are not carried out, and the embedded sandbox."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from flarite_nl import Plan
from flarite_nl.cli import main, session
from flarite_nl.cli.exits import Exit
from flarite_nl.errors import InputError, KeyProblem
from flarite_nl.keys import Key
from flarite_nl.keys.choosing import MADE_UP

CLOCK = ["--now", "2026-03-18T15:30:00Z", "--tz", "UTC"]
GOOD = "list past due subscriptions"
BAD = "list frobnicated subscriptions"
SECRET = "sk_" + "live_51HxYzAbCdEfGhIjKlMnOpQrWxYz"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, *CLOCK])


@pytest.mark.parametrize("command", ["ask", "plan"])
def test_what_is_not_understood_is_an_error_in_json(command: str) -> None:
    result = run(command, BAD, "--format", "json")
    error = json.loads(result.stdout)["error"]
    assert (error["kind"], error["span"]) == ("not_understood", {"start": 5, "end": 16, "text": "frobnicated"})
    assert "^^^^^^^^^^^" in result.stderr
    assert result.exit_code == Exit.NOT_UNDERSTOOD


def test_what_is_not_understood_has_the_form_of_every_answer() -> None:
    outcome: dict[str, Any] = json.loads(run("ask", BAD, "--format", "json").stdout)
    assert set(outcome) == {"prompt", "mode", "account", "parse", "results", "requests", "complete", "error"}
    assert (outcome["mode"], outcome["results"], outcome["requests"]) == ("sandbox", [], 0)


def test_words_need_no_quotes() -> None:
    assert run("ask", *GOOD.split()).stdout == run("ask", GOOD).stdout == run(*GOOD.split()).stdout


def test_options_may_stand_before_the_prompt() -> None:
    result = run("--format", "json", GOOD)
    assert json.loads(result.stdout)["prompt"] == GOOD


def test_a_plan_is_shown_without_a_request() -> None:
    result = run("plan", GOOD)
    assert result.exit_code == Exit.DONE
    assert "call subscriptions.list(status=past_due" in result.stdout


def test_a_plan_in_json_can_be_read_back() -> None:
    raw = json.loads(run("plan", GOOD, "--format", "json").stdout)
    assert Plan.from_dict(raw).hash == raw["hash"]


def test_a_plan_needs_no_usable_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", "hunter2")
    assert run("plan", GOOD).exit_code == Exit.DONE


def test_an_unusable_key_is_an_error_in_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", "pk_test_123")
    result = run("ask", GOOD, "--format", "json")
    assert json.loads(result.stdout)["error"]["kind"] == "key"
    assert result.exit_code == Exit.BAD_KEY


@pytest.mark.parametrize(
    ("key", "base", "used"),
    [
        (None, None, None),
        (SECRET, None, Key(SECRET, "live")),
        (None, "http://127.0.0.1:4242", MADE_UP),
        ("sk_test_1", "http://localhost:4242", Key("sk_test_1", "test")),
        ("sk_test_1", "https://stripe.example", Key("sk_test_1", "test")),
    ],
)
def test_which_key_is_used(
    monkeypatch: pytest.MonkeyPatch, key: str | None, base: str | None, used: Key | None
) -> None:
    if key:
        monkeypatch.setenv("STRIPE_API_KEY", key)
    assert session.key_for(base) == used


def test_a_server_elsewhere_needs_a_key_of_its_own() -> None:
    with pytest.raises(KeyProblem, match=r"No Stripe key is configured for https://stripe\.example"):
        session.key_for("https://stripe.example")


def test_a_key_does_not_travel_unencrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", SECRET)
    with pytest.raises(InputError, match="without encryption"):
        session.key_for("http://stripe.example")
