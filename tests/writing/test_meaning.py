"""What a person is told before a write: what it was taken to mean, whose objects it is about, what is in its way."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from flarite_nl.cli import main, terminal
from flarite_nl.cli.exits import Exit
from flarite_nl.grammar.describe import describe
from flarite_nl.grammar.schema import Grammar
from flarite_nl.model.change import Confirmation
from flarite_nl.model.outcome import Outcome
from flarite_nl.model.parse import Intent, Parse
from flarite_nl.parsing.parser import Parser
from flarite_nl.sandbox import Sandbox, Server
from tests.conftest import NOW
from tests.engine.prompts import intent, parse
from tests.writing.cases import CHANGES, CUSTOMER, MAKING, Demo, by_id, usd
from tests.writing.conftest import KEY, Making, Obj, refunds

CLOCK = ["--now", "2026-03-18T15:30:00Z", "--tz", "UTC"]
PROMPT = "Refund the last payment from customer cus_ABC123"
MAKES = {f"make {name}": asked for name, (asked, _) in MAKING.items()}
MEANT = "Refund the charges whose customer is cus_ABC123, sorted by creation date descending, limited to 1"


def command(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(main, [*arguments], input=answer, env={"STRIPE_API_KEY": KEY})


def run(making: Making, *asked: Intent, text: str = "a prompt", **options: Any) -> tuple[Outcome, list[Confirmation]]:
    shown: list[Confirmation] = []

    def yes(question: Confirmation) -> bool:
        shown.append(question)
        return True

    return making(**options).run(Parse(text, "ok", parse(*asked).intents), confirm=yes), shown


@cache
def parser() -> Parser:
    return Parser()


def kind(outcome: Outcome) -> str | None:
    return outcome.error.kind if outcome.error else None


def state(sandbox: Sandbox) -> list[Obj]:
    return [dict(obj) for obj in sandbox.dump()]


# The canonical sentence


@pytest.mark.parametrize("name", [*MAKES, *CHANGES])
def test_the_question_says_what_was_understood(
    name: str, engine_at: Making, sandbox: Sandbox, grammar: Grammar
) -> None:
    """The sentence is the frame's, and means the same again when it is given as a prompt."""
    before = state(sandbox)
    asked = MAKES.get(name) or CHANGES[name][0](Demo(before))
    outcome = engine_at().run(parse(asked), dry_run=True)
    (result,) = outcome.results
    assert result.question is not None
    assert result.question.sentence == describe(asked, grammar=grammar)
    again = parser().parse(result.question.sentence, NOW)
    assert [each.to_dict() for each in again.intents] == [asked.to_dict()]
    assert result.to_dict()["would"]["sentence"] == result.question.sentence
    assert state(sandbox) == before


def test_at_the_terminal(server: Server, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "is_interactive", lambda: True)
    before = refunds(sandbox)
    asked = command("ask", PROMPT, "--api-base", server.url, *CLOCK, answer="n\n")
    assert asked.exit_code == Exit.DECLINED
    lines = asked.stderr.splitlines()
    assert lines[:3] == [
        "TEST  no real money (Northwind Paper Co.)",
        f"Meant: {MEANT}",
        "charges.refund would, on 1 target:",
    ]
    assert "Refund 120.50 USD, all that is left, of ch_" in lines[3]
    assert "(120.50 USD left to refund) - customer cus_ABC123" in lines[3]
    assert lines[4] == "In all: $120.50"
    assert refunds(sandbox) == before


def test_in_a_rehearsal(server: Server, sandbox: Sandbox) -> None:
    before = state(sandbox)
    told = command("ask", PROMPT, "--dry-run", "--api-base", server.url, *CLOCK)
    assert told.exit_code == Exit.DONE
    assert f"Meant: {MEANT}" in told.stdout
    assert "In all: $120.50" in told.stdout
    raw = json.loads(command("ask", PROMPT, "--dry-run", "--format", "json", "--api-base", server.url, *CLOCK).stdout)
    would = raw["results"][0]["would"]
    assert (would["sentence"], would["targets"], would["totals"]) == (MEANT, 1, {"usd": "120.50"})
    assert state(sandbox) == before


def test_in_a_plan_file(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    prompt = 'create a product called "Pro" at $49/month'
    made = command("plan", prompt, "--out", str(file), "--api-base", server.url, *CLOCK)
    assert made.exit_code == Exit.DONE, made.output
    kept = json.loads(file.read_text("utf-8"))
    assert kept["meant"][0] == 'Create a new product with name set to "Pro"'
    assert kept["meant"][1].startswith("Create a new price with product set to the results of request 1")
    assert [each["sentence"] for each in kept["changes"]] == kept["meant"]
    for sentence in kept["meant"]:
        assert sentence in made.stdout


def test_a_rehearsal_of_many_names_them_all(server: Server) -> None:
    """It touches nothing, so the one target that a script may write to is no bound of it."""
    prompt = "Refund the last 3 payments from customer cus_ABC123"
    told = command("ask", prompt, "--dry-run", "--api-base", server.url, *CLOCK)
    assert told.exit_code == Exit.DONE, told.output
    assert "charges.refund would, on 3 targets:" in told.stdout
    assert command("ask", prompt, "--yes", "--api-base", server.url, *CLOCK).exit_code == Exit.CLARIFY
    assert command("ask", prompt, "--dry-run", "--max-targets", "2", "--api-base", server.url, *CLOCK).exit_code == 4


# Misspelt words

MISSPELT = [
    ("refnd the last payment from customer cus_ABC123", "refnd", "refund"),
    ("Refund the last payment from custmer cus_ABC123", "custmer", "customer"),
]


@pytest.mark.parametrize(("prompt", "text", "word"), MISSPELT)
def test_a_misspelt_word_is_shown_and_no_yes_passes_over_it(
    prompt: str, text: str, word: str, server: Server, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, file = ["--api-base", server.url], str(tmp_path / "plan.json")
    before = state(sandbox)
    refused = command("ask", prompt, "--yes", *base, *CLOCK)
    assert refused.exit_code == Exit.DECLINED
    assert f"'{text}' was read as '{word}', which --yes does not confirm" in refused.stderr
    assert f"READ AS: {text} as {word}" in command("ask", prompt, "--dry-run", *base, *CLOCK).stdout
    planned = command("plan", prompt, "--out", file, *base, *CLOCK)
    assert f"READ AS: {text} as {word}" in planned.stdout
    assert command("apply", file, "--yes", *base).exit_code == Exit.DECLINED
    assert state(sandbox) == before
    monkeypatch.setattr(terminal, "is_interactive", lambda: True)
    confirmed = command("ask", prompt, *base, *CLOCK, answer="y\n")
    assert confirmed.exit_code == Exit.DONE
    assert f"READ AS: {text} as {word}" in confirmed.stderr
    assert state(sandbox) != before


# Whose


@pytest.mark.parametrize(
    ("name", "filters", "params"),
    [
        ("charges.refund", [("customer.name", "contains", "John Smith")], {"sort": "created desc", "limit": 1}),
        ("subscriptions.cancel", [("customer.name", "contains", "John Smith")], {}),
        ("invoices.void", [("customer.name", "contains", "john smith")], {"sort": "created desc", "limit": 1}),
        # Only one of the two has a dispute that could be closed: still nobody knows which of them is meant.
        ("disputes.close", [("customer.name", "contains", "John Smith")], {}),
        ("customers.delete", [("name", "contains", "John Smith")], {}),
        ("customers.update", [("name", "contains", "John Smith")], {"params": {"phone": "+15550100"}}),
        ("invoices.create", [], {"params": {"customer": {"name": "John Smith"}, "amount": usd("5")}}),
        ("promotion_codes.create", [], {"params": {"customer": {"name": "John Smith"}, "coupon": "WELCOME10"}}),
    ],
)
def test_a_name_that_several_have_is_asked_about(
    name: str, filters: list[Any], params: dict[str, Any], engine_at: Making, sandbox: Sandbox
) -> None:
    before = state(sandbox)
    outcome, shown = run(engine_at, intent(name, *filters, **params), max_targets=None)
    assert kind(outcome) == "ambiguous"
    assert outcome.error is not None
    assert "cus_JohnSmith00001" in outcome.error.message
    assert "cus_JohnSmith00002" in outcome.error.message
    assert shown == []
    assert state(sandbox) == before


def test_the_name_of_an_object_given_by_its_id_is_but_a_check(engine_at: Making, sandbox: Sandbox) -> None:
    demo = Demo(state(sandbox))
    mine = demo.one(
        "dispute", lambda obj: obj["status"] == "needs_response" and _owner(demo, obj).startswith("cus_John")
    )
    named = intent("disputes.close", ("id", "eq", mine["id"]), ("customer.name", "contains", "John Smith"))
    other = intent("disputes.close", ("id", "eq", mine["id"]), ("customer.name", "contains", "Jane Doe"))
    assert kind(run(engine_at, other)[0]) == "preflight"
    assert kind(run(engine_at, named)[0]) is None


def _owner(demo: Demo, dispute: Obj) -> str:
    return str(demo.one("charge", lambda obj: bool(obj["id"] == dispute["charge"]))["customer"])


@pytest.mark.parametrize(
    ("text", "customer", "asked"),
    [
        ("create a $30 invoice item for cus_Lukasz00000001", "cus_Lukasz00000001", True),
        ("create a 30 USD invoice item for cus_Lukasz00000001", "cus_Lukasz00000001", False),
        ("create a $30 invoice item for cus_ABC123", CUSTOMER, False),
    ],
)
def test_dollars_for_who_is_billed_in_another_currency(
    text: str, customer: str, asked: bool, engine_at: Making, sandbox: Sandbox
) -> None:
    before = state(sandbox)
    what = intent("invoice_items.create", params={"customer": customer, "amount": usd("30")})
    outcome, _ = run(engine_at, what, text=text)
    assert (kind(outcome) == "ambiguous") is asked
    assert (state(sandbox) == before) is asked
    if asked:
        assert outcome.error is not None
        assert f"the currency of the customer {customer} is EUR" in outcome.error.message


# What Stripe does besides

EFFECTS = {
    "cancel at once": ("It ends at once and not with its period on 2026-", "irreversible"),
    "cancel at the end": ("It stays active until its period ends on 2026-", "write"),
    "pause": ("Only its collection pauses: the subscription stays active", "write"),
    "resume": ("Stripe bills it again from now on", "write"),
    "resume billing": ("Its invoices of the pause stay void", "write"),
    "change of price": ("Stripe prorates the difference", "money"),
    "dispute": ("Closing a dispute accepts it as lost", "irreversible"),
    "void": ("The customer no longer owes it", "irreversible"),
    "deletion": ("Its subscriptions are canceled at once", "irreversible"),
    "finalize": ("It can no longer be changed", "write"),
    "send": ("Stripe emails it to the customer", "write"),
    "part capture": ("are released", "money"),
}


@pytest.mark.parametrize("name", EFFECTS)
def test_what_else_happens(name: str, engine_at: Making, sandbox: Sandbox) -> None:
    words, risk = EFFECTS[name]
    (result,) = engine_at().run(parse(CHANGES[name][0](Demo(state(sandbox)))), dry_run=True).results
    assert result.question is not None
    assert any(words in effect for effect in result.question.effects), result.question.effects
    assert result.question.risk == risk


def test_a_coupon_that_takes_the_place_of_others(engine_at: Making, sandbox: Sandbox) -> None:
    demo = Demo(state(sandbox))
    held = demo.one("subscription", lambda obj: obj["status"] == "active" and bool(obj["discounts"]))
    asked = by_id(held, "subscriptions.update", coupon="WELCOME10")
    (result,) = engine_at().run(parse(asked), dry_run=True).results
    assert result.question is not None
    assert any("takes the place of the 1 discounts" in effect for effect in result.question.effects)


@pytest.mark.parametrize("name", ["void", "write off", "dispute", "payout off", "pay", "make invoice of lines"])
def test_what_is_given_up_is_bounded_as_what_moves(name: str, engine_at: Making, sandbox: Sandbox) -> None:
    before = state(sandbox)
    asked = MAKES.get(name) or CHANGES[name][0](Demo(before))
    outcome, shown = run(engine_at, asked, max_amount={None: Decimal(1)})
    assert kind(outcome) == "preflight"
    assert outcome.error is not None
    assert "is at stake, and the most allowed is" in outcome.error.message
    assert shown == []
    assert state(sandbox) == before


# Several writes in one prompt


def test_what_stands_in_the_way_of_a_later_write_is_found_before_the_first(engine_at: Making, sandbox: Sandbox) -> None:
    demo = Demo(state(sandbox))
    before = state(sandbox)
    cancel = by_id(demo.subscription(), "subscriptions.cancel")
    refund = by_id(demo.one("charge", lambda obj: obj["refunded"]), "charges.refund")
    outcome, shown = run(engine_at, cancel, refund)
    assert kind(outcome) == "preflight"
    assert outcome.error is not None
    assert "refunded already" in outcome.error.message
    assert (shown, state(sandbox)) == ([], before)
    several = intent("invoices.void", ("status", "eq", "open"))
    outcome, shown = run(engine_at, cancel, several)
    assert kind(outcome) == "ambiguous"
    assert (shown, state(sandbox)) == ([], before)


def test_what_an_earlier_write_makes_possible_is_no_obstacle(engine_at: Making, sandbox: Sandbox) -> None:
    draft = Demo(state(sandbox)).invoice("draft")
    outcome, shown = run(engine_at, by_id(draft, "invoices.finalize"), by_id(draft, "invoices.pay"))
    assert outcome.error is None, outcome.error
    assert [question.step for question in shown] == [0, 1]
    assert outcome.results[1].written[0]["status"] == "paid"


def test_a_prompt_that_was_half_carried_out_goes_on(engine_at: Making, sandbox: Sandbox) -> None:
    """What the first write has changed since is no obstacle to giving the same command again."""
    demo = Demo(state(sandbox))
    asked = [by_id(demo.charge(), "charges.refund"), by_id(demo.subscription(), "subscriptions.cancel")]
    answers = iter([True, False])
    halved = engine_at().run(parse(*asked), confirm=lambda question: next(answers))
    assert kind(halved) == "declined"
    assert len(halved.results[0].written) == 1
    again, shown = run(engine_at, *asked)
    assert again.error is None, again.error
    assert again.results[0].repeated
    assert [question.name for question in shown] == ["subscriptions.cancel"]
    assert again.results[1].written[0]["status"] == "canceled"


def test_a_plan_is_rehearsed_before_it_is_applied(
    server: Server, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, base = str(tmp_path / "plan.json"), ["--api-base", server.url]
    assert command("plan", PROMPT, "--out", file, *base, *CLOCK).exit_code == Exit.DONE
    before = state(sandbox)
    told = command("apply", file, "--dry-run", *base)
    assert told.exit_code == Exit.DONE, told.output
    assert f"Meant: {MEANT}" in told.stdout
    with monkeypatch.context() as narrowed:
        narrowed.setenv("FLARITE_NL_ROLE", "read-only")
        forbidden = command("apply", file, "--dry-run", *base)
    assert (forbidden.exit_code, f"Meant: {MEANT}" in forbidden.stdout) == (Exit.REFUSED, True)
    assert "this installation is read-only" in forbidden.stderr
    assert state(sandbox) == before
    assert command("ask", PROMPT.replace("Refund", "Refund $1 of"), "--yes", *base, *CLOCK).exit_code == Exit.DONE
    drifted = command("apply", file, "--dry-run", *base)
    assert drifted.exit_code == Exit.REFUSED
    assert "changed since the plan was made" in drifted.stderr
