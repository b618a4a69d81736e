"""What a person is asked, what bounds a write, and who may write at all."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flarite_nl.cli import main, terminal
from flarite_nl.cli.exits import Exit
from flarite_nl.errors import InputError
from flarite_nl.execution import settings
from flarite_nl.execution.write import typed
from flarite_nl.model.change import Change, Confirmation
from flarite_nl.model.outcome import Outcome
from flarite_nl.model.parse import Intent, Span
from flarite_nl.model.roles import Role, role_of
from flarite_nl.model.values import Money
from flarite_nl.sandbox import Sandbox, Server
from tests.engine.prompts import intent, parse
from tests.writing.cases import CUSTOMER, Demo, by_id, usd
from tests.writing.conftest import KEY, Making, refunds

LAST = intent("charges.refund", ("customer", "eq", CUSTOMER), sort="created desc", limit=1)
CLOCK = ["--now", "2026-03-18T15:30:00Z", "--tz", "UTC"]
PROMPT = "Refund the last payment from customer cus_ABC123"
LIVE = "sk_" + "live_51HxYzAbCdEfGhIjKlMnOpQrWxYz"


def question(mode: str = "live", *amounts: tuple[str, str], account: str | None = "Acme") -> Confirmation:
    changes = tuple(
        Change(f"ch_{number}", (), "refund", Money(Decimal(amount), currency))
        for number, (amount, currency) in enumerate(amounts)
    )
    return Confirmation("charges.refund", mode, account, "money", changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "above", "words"),
    [
        (question("live", ("100", "usd")), {}, ()),
        (question("live", ("100.01", "usd")), {}, ("Acme", "100.01")),
        (question("test", ("100.01", "usd"), ("1", "usd")), {}, ()),
        (question("live", ("10000", "jpy")), {}, ()),
        (question("live", ("10001", "jpy")), {}, ("Acme", "10001")),
        (question("live", ("1", "usd"), ("2", "usd")), {}, ("Acme", "3.00")),
        (question("live", ("1", "usd"), ("2", "eur")), {}, ("Acme",)),
        (question("live", ("50", "usd")), {"usd": Decimal(20)}, ("Acme", "50.00")),
        (question("live", ("50", "eur")), {"usd": Decimal(20)}, ()),
        (question("live", ("500", "eur")), {None: Decimal(1000)}, ()),
        (question("live", ("500", "eur"), ("500", "usd"), account=None), {}, ("charges.refund",)),
    ],
)
def test_what_must_be_typed(asked: Confirmation, above: settings.Above, words: tuple[str, ...]) -> None:
    assert typed(asked, above) == words


@pytest.fixture
def at_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "is_interactive", lambda: True)


def ask(server: Server, *more: str, prompt: str = PROMPT, answer: str = "", key: str = KEY) -> Result:
    arguments = ["ask", prompt, "--api-base", server.url, *CLOCK, *more]
    return CliRunner().invoke(main, arguments, input=answer, env={"STRIPE_API_KEY": key})


@pytest.mark.usefixtures("at_terminal")
def test_yes_or_no(server: Server, sandbox: Sandbox) -> None:
    before = refunds(sandbox)
    for answer in ("n\n", "\n", ""):
        assert ask(server, answer=answer).exit_code == Exit.DECLINED
    assert refunds(sandbox) == before
    assert ask(server, answer="y\n").exit_code == Exit.DONE
    assert len(refunds(sandbox)) == len(before) + 1


@pytest.mark.usefixtures("at_terminal")
@pytest.mark.parametrize("answer", ["Northwind Paper Co.\n", "120.50\n"])
def test_live_money_is_confirmed_by_typing(answer: str, server: Server, sandbox: Sandbox) -> None:
    before = refunds(sandbox)
    for wrong in ("y\n", "yes\n", "\n", "120.5\n"):
        declined = ask(server, answer=wrong, key=LIVE)
        assert declined.exit_code == Exit.DECLINED
        assert "LIVE  real money (Northwind Paper Co.)" in declined.stderr
    assert refunds(sandbox) == before
    done = ask(server, answer=answer, key=LIVE)
    assert done.exit_code == Exit.DONE, done.output
    assert LIVE not in done.output


@pytest.mark.usefixtures("at_terminal")
def test_a_repetition_is_offered(server: Server, sandbox: Sandbox) -> None:
    five = "Refund $5 of the last payment from customer cus_ABC123"
    before = refunds(sandbox)
    assert ask(server, prompt=five, answer="y\n").exit_code == Exit.DONE
    refused = ask(server, prompt=five, answer="n\n")
    assert refused.exit_code == Exit.REPEATED
    assert "Do it once more?" in refused.stderr
    assert ask(server, prompt=five, answer="y\ny\n").exit_code == Exit.DONE
    assert ask(server, "--yes", prompt=five).exit_code == Exit.REPEATED
    assert ask(server, "--yes", "--again", prompt=five).exit_code == Exit.DONE
    assert ask(server, "--yes", "--nonce", "tuesday", prompt=five).exit_code == Exit.DONE
    assert ask(server, "--yes", "--nonce", "tuesday", prompt=five).exit_code == Exit.REPEATED
    assert len(refunds(sandbox)) == len(before) + 4


def test_another_wording_of_what_was_done_is_pointed_out(engine_at: Making, sandbox: Sandbox) -> None:
    charge = Demo([dict(obj) for obj in sandbox.dump()]).charge()
    shown: list[Confirmation] = []

    def yes(asked: Confirmation) -> bool:
        shown.append(asked)
        return True

    first = by_id(charge, "charges.refund", amount=usd("1"))
    other = intent("charges.refund", ("id", "eq", charge["id"]), limit=1, params={"amount": usd("1")})
    assert engine_at().run(parse(first), confirm=yes).error is None
    assert engine_at().run(parse(other), confirm=yes).error is None
    assert shown[0].remarks == ()
    assert "The same was done at" in shown[1].remarks[0]


# Bounds


def run(making: Making, asked: Intent, **options: object) -> Outcome:
    return making(**options).run(parse(asked), confirm=lambda question: True)


def kind(outcome: Outcome) -> str | None:
    return outcome.error.kind if outcome.error else None


@pytest.mark.parametrize(
    ("limits", "refused"),
    [
        ({None: Decimal("120.49")}, True),
        ({None: Decimal("120.50")}, False),
        ({"usd": Decimal(121)}, False),
        ({"usd": Decimal(5), None: Decimal(500)}, True),
        ({"eur": Decimal(500)}, True),
    ],
)
def test_the_money_is_bounded(
    limits: dict[str | None, Decimal], refused: bool, engine_at: Making, sandbox: Sandbox
) -> None:
    before = refunds(sandbox)
    assert (kind(run(engine_at, LAST, max_amount=limits)) == "preflight") is refused
    assert (refunds(sandbox) == before) is refused


def test_the_targets_are_bounded(server: Server, sandbox: Sandbox) -> None:
    many = "Refund the last 3 payments from customer cus_ABC123"
    before = refunds(sandbox)
    assert ask(server, "--yes", prompt=many).exit_code == Exit.CLARIFY
    assert ask(server, "--yes", "--max-targets", "2", prompt=many).exit_code == Exit.CLARIFY
    assert refunds(sandbox) == before
    assert ask(server, "--yes", "--max-targets", "3", prompt=many).exit_code == Exit.DONE
    assert len(refunds(sandbox)) == len(before) + 3


@pytest.mark.parametrize("given", ["abc", "10 dollars", "-5", "", "1e5"])
def test_a_bound_that_is_no_amount(given: str, server: Server) -> None:
    assert ask(server, "--yes", "--max-amount", given).exit_code == Exit.USAGE


def test_a_bound_holds_for_a_rehearsal_and_for_a_later_write(engine_at: Making, sandbox: Sandbox) -> None:
    before = list(sandbox.dump())
    limits: dict[str | None, Decimal] = {None: Decimal(100)}
    rehearsed = engine_at(max_amount=limits).run(parse(LAST), dry_run=True)
    assert kind(rehearsed) == "preflight"
    assert rehearsed.results[0].question is not None
    subscription = Demo([dict(obj) for obj in before]).subscription()
    both = engine_at(max_amount=limits).run(
        parse(by_id(subscription, "subscriptions.cancel"), LAST), confirm=lambda question: True
    )
    assert kind(both) == "preflight"
    assert list(sandbox.dump()) == before


# Misspelt words


def test_a_corrected_word_is_shown_and_never_confirmed_unseen(engine_at: Making, sandbox: Sandbox) -> None:
    said = parse(LAST)
    corrected = type(said)(said.text, "ok", said.intents, corrections=((Span(0, 5, "refnd"), "refund"),))
    shown: list[Confirmation] = []

    def no(asked: Confirmation) -> bool:
        shown.append(asked)
        return False

    engine_at().run(corrected, confirm=no)
    assert shown[0].corrections == (("refnd", "refund"),)
    before = refunds(sandbox)
    outcome = engine_at().run(corrected, confirm=terminal.confirmation(True))
    assert outcome.error is not None
    assert outcome.error.kind == "declined"
    assert "'refnd' was read as 'refund'" in outcome.error.message
    assert refunds(sandbox) == before


# Roles


@pytest.mark.parametrize(
    ("value", "refund", "void"),
    [
        ("all", True, True),
        ("read-only", False, False),
        ("charges.refund", True, False),
        ("charges.refund, invoices.void", True, True),
        (["invoices.*"], False, True),
        ("*.refund", True, False),
    ],
)
def test_what_a_role_allows(value: object, refund: bool, void: bool) -> None:
    role = role_of(value, "here")
    assert (role.allows("charges.refund"), role.allows("invoices.void")) == (refund, void)


@pytest.mark.parametrize("value", ["", "nonsense", [], [1], 7, "charges.refund,"])
def test_what_is_no_role(value: object) -> None:
    with pytest.raises(ValueError, match="a role is"):
        role_of(value, "here")


def test_every_setting_holds(tmp_path: Path) -> None:
    site, user = tmp_path / "site.toml", tmp_path / "user.toml"
    site.write_text('[write]\nrole = ["charges.*", "invoices.*"]\n', "utf-8")
    user.write_text('[write]\nrole = ["charges.refund", "payouts.create"]\nconfirm_above = { usd = 5 }\n', "utf-8")
    held = settings.load([site, user], {"FLARITE_NL_ROLE": "charges.refund,invoices.void"})
    names = ["charges.refund", "charges.capture", "invoices.void", "payouts.create"]
    assert [all(role.allows(name) for role in held.roles) for name in names] == [True, False, False, False]
    assert held.above == {"usd": Decimal(5)}
    assert settings.load([tmp_path / "none.toml"], {}) == settings.Settings()


@pytest.mark.parametrize(
    "content",
    ["[write", '[write]\nrole = "nonsense"', "write = 3", "[write]\nrol = 1", '[write]\nconfirm_above = "much"'],
)
def test_settings_that_cannot_be_read(content: str, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(content, "utf-8")
    with pytest.raises(InputError, match=r"config\.toml"):
        settings.load([file], {})


def test_a_role_holds_for_the_library(engine_at: Making, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    before = list(sandbox.dump())
    monkeypatch.setenv("FLARITE_NL_ROLE", "read-only")
    assert kind(run(engine_at, LAST)) == "forbidden"
    assert kind(run(engine_at, LAST, role=Role(None))) == "forbidden"
    engine = engine_at()
    assert engine.run(parse(intent("charges.list", limit=1))).error is None
    assert engine.run(parse(LAST), dry_run=True).error is None
    monkeypatch.setenv("FLARITE_NL_ROLE", "invoices.*")
    assert kind(run(engine_at, LAST)) == "forbidden"
    assert list(sandbox.dump()) == before
    monkeypatch.setenv("FLARITE_NL_ROLE", "charges.refund")
    assert kind(run(engine_at, LAST, role=Role(()))) == "forbidden"
    assert kind(run(engine_at, LAST)) is None


@pytest.mark.usefixtures("at_terminal")
def test_the_threshold_of_typing_is_a_setting(
    server: Server, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "flarite-nl").mkdir()
    (tmp_path / "flarite-nl" / "config.toml").write_text("[write]\nconfirm_above = { usd = 500 }\n", "utf-8")
    before = refunds(sandbox)
    two = "Refund the last 2 payments from customer cus_ABC123"
    several = ask(server, prompt=two, answer="y\n", key=LIVE)
    assert several.exit_code == Exit.DECLINED
    assert "Type Northwind Paper Co. or 169.50 to do this" in several.stderr
    assert refunds(sandbox) == before
    assert ask(server, answer="y\n", key=LIVE).exit_code == Exit.DONE
    assert len(refunds(sandbox)) == len(before) + 1


def test_a_role_holds_for_a_plan_that_somebody_approved(
    server: Server, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file, base = str(tmp_path / "plan.json"), ["--api-base", server.url]
    environment = {"STRIPE_API_KEY": KEY}
    made = CliRunner().invoke(main, ["plan", PROMPT, "--out", file, *base, *CLOCK], env=environment)
    assert made.exit_code == Exit.DONE
    before = list(sandbox.dump())
    monkeypatch.setenv("FLARITE_NL_ROLE", "invoices.*")
    refused = CliRunner().invoke(main, ["apply", file, "--yes", *base], env=environment)
    assert refused.exit_code == Exit.REFUSED
    assert "charges.refund is not allowed" in refused.stderr
    assert list(sandbox.dump()) == before


def test_a_role_holds_for_the_command_line(
    server: Server, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = list(sandbox.dump())
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "flarite-nl").mkdir()
    (tmp_path / "flarite-nl" / "config.toml").write_text('[write]\nrole = "read-only"\n', "utf-8")
    refused = ask(server, "--yes")
    assert refused.exit_code == Exit.REFUSED
    assert "read-only" in refused.stderr
    assert list(sandbox.dump()) == before
