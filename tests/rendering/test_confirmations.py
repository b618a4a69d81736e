from __future__ import annotations

from decimal import Decimal

from flarite_nl.model.change import Change, Confirmation
from flarite_nl.model.values import Money
from flarite_nl.rendering.confirmations import confirmation_text


def change(number: int, amount: str = "45.00", currency: str = "usd") -> Change:
    return Change(f"ch_{number}", (), f"refund {amount} of ch_{number}", Money(Decimal(amount), currency))


def test_what_a_person_is_asked_to_agree_to() -> None:
    changes = (
        change(1),
        Change("ch_2", (), "refund 500", Money(Decimal(500), "jpy"), effects=("The card is blocked.",)),
    )
    question = Confirmation(
        "charges.refund", "live", "Acme", "irreversible", changes, (("ch_3", "is refunded"),), "too \x1bexpensive"
    )
    assert confirmation_text(question).splitlines() == [
        "LIVE  real money (Acme)",
        "charges.refund would, on 2 targets:",
        "  refund 45.00 of ch_1",
        "  refund 500",
        "In all: $45.00, ¥500",
        "Also: The card is blocked.",
        "Left out: ch_3: is refunded",
        "Note: too \\x1bexpensive",
        "This cannot be undone.",
    ]


def test_what_else_to_know_before_saying_yes() -> None:
    only = Change("ch_1", (), "refund 45.00 of ch_1", customer="cus_1")
    question = Confirmation(
        "charges.refund", "test", None, "money", (only,), remarks=("Done before.",), corrections=(("refnd", "refund"),),
        step=1, sentence="Refund the charge ch_1",
    )  # fmt: skip
    assert confirmation_text(question).splitlines()[1:] == [
        "READ AS: refnd as refund",
        "Meant (request 2): Refund the charge ch_1",
        "charges.refund would, on 1 target:",
        "  refund 45.00 of ch_1 - customer cus_1",
        "Before: Done before.",
    ]


def test_however_many_they_are_each_is_named() -> None:
    question = Confirmation("charges.refund", "test", None, "money", tuple(map(change, range(250))))
    lines = confirmation_text(question).splitlines()
    assert lines[1] == "charges.refund would, on 250 targets:"
    assert lines[2:-1] == [f"  refund 45.00 of ch_{number}" for number in range(250)]
    assert lines[-1] == "In all: $11,250.00"


def test_what_is_made_anew_is_no_target() -> None:
    made = Change(None, (), "Create a product: name Pro")
    question = Confirmation("products.create", "sandbox", "Sandbox", "write", (made,))
    assert confirmation_text(question).splitlines()[1:] == ["products.create would:", "  Create a product: name Pro"]
