"""What can be told of a key without asking Stripe: each wrong one has its sentence, which never holds it."""

from __future__ import annotations

import pytest

from flarite_nl.errors import KeyProblem
from flarite_nl.keys import Key, check, from_environment, redact
from flarite_nl.keys.key import in_mode, taken, whole

# Put together here, so that no scanner for leaked keys stops at this file.
SECRET = "sk_" + "live_51HxYzAbCdEfGhIjKlMnOpQrWxYz"
TEST = SECRET.replace("live", "test")


@pytest.mark.parametrize(
    ("value", "mode", "restricted"),
    [("sk_test_123", "test", False), ("rk_test_123", "test", True), (SECRET, "live", False)],
)
def test_a_usable_key(value: str, mode: str, restricted: bool) -> None:
    key = check(value, source="STRIPE_API_KEY")
    assert (key.secret, key.mode, key.restricted) == (value, mode, restricted)
    assert taken(value) == key


WRONG = {
    "pk_test_123": "publishable key (pk_…), which can read nothing. Use a secret key",
    "pk_" + "live_123": "from https://dashboard.stripe.com/apikeys",
    "whsec_123": "webhook signing secret",
    f" {SECRET}": "blanks before or after the key: give the key alone",
    f"{SECRET}\t": "blanks before or after the key",
    f'"{SECRET}"': "quotes around the key: give the key without them",
    f"“{SECRET}”": "quotes around the key",
    f"{SECRET[:20]} {SECRET[20:]}": "inside the key: give it in one piece",
    f"{SECRET[:20]}\n{SECRET[20:]}": "inside the key",
    SECRET[:12]: "only the beginning of a key (12 characters): copy it whole from https://dashboard",
    SECRET[:31]: "only the beginning of a key (31 characters)",
    "sk_" + "live_": "only the beginning of a key (8 characters)",
    "rk_te": "only the beginning of a key (5 characters)",
    "sk_": "only the beginning",
    "sk_" + "live_…WxYz": "the short form of a key that the dashboard shows: reveal",
    "sk_test_...WxYz": "short form",
    "sk_" + "live_****WxYz": "short form",
    SECRET.replace("live", "org_live"): "organization",
    "sk_test_ü": "does not look like",
    "hunter2": "does not look like",
    SECRET + "\x1b[2J": "does not look like",
    SECRET + "-": "does not look like",
    "sk_test_" + "x" * 600: "does not look like",
    "correct horse battery": "does not look like",
    "''": "holds no key",
    "  ": "holds no key",
    "": "holds no key",
}


@pytest.mark.parametrize("value", WRONG)
def test_an_unusable_key_gets_its_sentence_which_does_not_hold_it(value: str) -> None:
    with pytest.raises(KeyProblem) as caught:
        check(value, source="STRIPE_API_KEY")
    said = str(caught.value)
    assert WRONG[value] in said
    assert said.startswith(("STRIPE_API_KEY holds ", "STRIPE_API_KEY has ", "STRIPE_API_KEY does "))
    assert SECRET not in said
    assert len(value) < 12 or value not in said


def test_every_kind_of_wrong_key_has_a_sentence_of_its_own() -> None:
    kinds = ["pk_test_123", "whsec_123", f" {SECRET}", f'"{SECRET}"', f"{SECRET} {SECRET}", SECRET[:12], "hunter2", ""]
    said = set()
    for value in kinds:
        with pytest.raises(KeyProblem) as caught:
            check(value, source="It")
        said.add(str(caught.value))
    assert len(said) == len(kinds)


def test_a_key_of_the_other_mode() -> None:
    with pytest.raises(
        KeyProblem, match=r"^It holds a live mode key \(sk_live_…WxYz\), and one of test mode is wanted"
    ):
        in_mode(check(SECRET, source="It"), "test", source="It")
    key = check(TEST, source="It")
    assert in_mode(key, "test", source="It") == in_mode(key, None, source="It") == key


def test_stripe_has_no_short_keys_but_a_sandbox_does() -> None:
    short = check("sk_test_123", source="It")
    with pytest.raises(KeyProblem, match=r"only the beginning of a key \(11 characters\)"):
        whole(short, source="It")
    assert whole(check(TEST, source="It"), source="It").secret == TEST


def test_the_environment() -> None:
    assert from_environment({}) is None
    assert from_environment({"STRIPE_API_KEY": ""}) is None
    assert from_environment({"STRIPE_API_KEY": "sk_test_123"}) == Key("sk_test_123", "test")


def test_a_key_is_never_shown_whole() -> None:
    key = check(SECRET, source="STRIPE_API_KEY")
    assert SECRET not in repr(key)
    assert str(key) == "sk_live_…WxYz"
    assert SECRET[8:24] not in key.fingerprint


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Invalid key: {SECRET}, see {SECRET}.", "Invalid key: sk_live_…WxYz, see sk_live_…WxYz."),
        ("sk_test_123", "sk_test_…"),
        ("sk_live_…WxYz", "sk_live_…WxYz"),
        ("one begins with sk_test_, sk_live_", "one begins with sk_test_, sk_live_"),
        (repr("\n" + SECRET), r"'\nsk_live_…WxYz'"),
        (f"\x1b[31m{SECRET}", "\x1b[31msk_live_…WxYz"),
        (f"x_{SECRET}é", "x_sk_live_…WxYzé"),
        (SECRET.replace("sk", "rk", 1) + ";", "rk_live_…WxYz;"),
        ("whsec_" + "a" * 20, "whsec_…aaaa"),
        ("task_test_1 and disk_live_view", "task_test_1 and disk_live_view"),
        ("pi_1_secret_2 sub_1 cus_test", "pi_1_secret_2 sub_1 cus_test"),
    ],
)
def test_keys_are_taken_out_of_a_text(text: str, shown: str) -> None:
    assert redact(text) == shown
    assert redact(shown) == shown
