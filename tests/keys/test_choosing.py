"""Which key a call uses, and why."""

from __future__ import annotations

import pytest

from flarite_nl.errors import KeyProblem
from flarite_nl.keys.choosing import MADE_UP, Choice, choose, server_of
from flarite_nl.keys.key import Key
from flarite_nl.keys.store import Store
from tests.keys.conftest import SECRET, TEST, entry

LIVE_KEY, TEST_KEY = Key(SECRET, "live"), Key(TEST, "test")
BOX_KEY = Key("sk_test_box", "test")
BOX = "http://127.0.0.1:12111"
SET = {"STRIPE_API_KEY": SECRET}


@pytest.fixture
def full(store: Store) -> Store:
    store.add(TEST_KEY, entry("shop", TEST_KEY))
    store.add(LIVE_KEY, entry("shop-live", LIVE_KEY))
    store.add(BOX_KEY, entry("box", BOX_KEY, BOX))
    return store


def chosen(store: Store, environment: dict[str, str], named: str | None = None, server: str | None = None) -> Choice:
    return choose(store, environment, named, server, local=bool(server and "127.0.0.1" in server))


def test_without_any_key_the_sandbox(store: Store) -> None:
    choice = chosen(store, {})
    assert (choice.mode, choice.source, choice.shown) == ("sandbox", "none", None)
    assert chosen(store, {"STRIPE_API_KEY": ""}) == choice
    assert not store.where.exists()


def test_the_variable_goes_before_the_key_in_use(full: Store) -> None:
    choice = chosen(full, SET)
    assert (choice.key, choice.source, choice.mode) == (LIVE_KEY, "variable", "live")
    assert choice.kept == full.find("shop-live")
    assert "STRIPE_API_KEY" in choice.why


def test_a_name_for_this_call_goes_before_everything(full: Store) -> None:
    choice = chosen(full, SET, "shop")
    assert (choice.kept, choice.source, choice.shown) == (full.find("shop"), "option", "sk_test_…Test")
    assert "--key-name" in choice.why
    assert chosen(full, SET, "sandbox").mode == "sandbox"


def test_the_key_in_use(full: Store) -> None:
    choice = chosen(full, {})
    assert (choice.kept, choice.source) == (full.find("shop"), "in use")
    full.use("sandbox")
    assert (chosen(full, {}).mode, chosen(full, {}).source) == ("sandbox", "in use")


def test_keys_of_which_none_is_in_use_are_not_guessed_about(full: Store) -> None:
    full.remove("shop")
    with pytest.raises(KeyProblem, match=r"There are keys \(shop-live, box\), and none of them is in use"):
        chosen(full, {})


def test_a_name_that_nobody_has(full: Store) -> None:
    with pytest.raises(KeyProblem, match="no key named shopp: did you mean shop"):
        chosen(full, SET, "shopp")


def test_a_key_goes_to_its_own_server_only(full: Store) -> None:
    with pytest.raises(KeyProblem, match=f"added for Stripe and is not sent to {BOX}"):
        chosen(full, {}, "shop", BOX)
    with pytest.raises(KeyProblem, match=f"added for {BOX} and is not sent to Stripe"):
        chosen(full, {}, "box")
    assert chosen(full, {}, "box", BOX + "/").kept == full.find("box")


def test_a_server_on_this_machine_gets_a_made_up_key_and_never_one_that_is_kept(full: Store) -> None:
    choice = chosen(full, {}, None, "http://127.0.0.1:9")
    assert (choice.key, choice.kept, choice.source) == (MADE_UP, None, "made up")
    with pytest.raises(KeyProblem, match=r"No Stripe key is configured for https://stripe\.example"):
        chosen(full, {}, None, "https://stripe.example")


def test_the_server_that_is_asked_is_that_of_the_key(full: Store) -> None:
    assert server_of(full, {}, None) is None
    assert server_of(full, {}, "box") == BOX
    full.use("box")
    assert server_of(full, {}, None) == BOX
    assert server_of(full, SET, None) is None
    assert server_of(full, SET, "box") == BOX


def test_stripe_by_its_address_is_stripe(full: Store) -> None:
    assert chosen(full, {}, None, "https://api.stripe.com/").kept == full.find("shop")
    full.use("box")
    with pytest.raises(KeyProblem, match=f"The key in use, box, was added for {BOX}"):
        chosen(full, {}, None, "https://api.stripe.com")
