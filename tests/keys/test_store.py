"""What is kept, where, and that nothing but the vault holds a secret."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null

from flarite_nl.errors import KeyProblem
from flarite_nl.keys.key import Key
from flarite_nl.keys.store import Store, check_name, free_name
from tests.keys.backends import Forgetful, Locked, Memory, Plain
from tests.keys.conftest import SECRET, TEST, entry

LIVE_KEY = Key(SECRET, "live")
TEST_KEY = Key(TEST, "test")
Use = Callable[[KeyringBackend], KeyringBackend]

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")


def everything(where: Path) -> str:
    return "".join(path.read_text("utf-8") for path in where.rglob("*") if path.is_file())


def test_a_key_goes_into_the_keyring_and_nowhere_else(store: Store, memory: Memory) -> None:
    kept = store.add(TEST_KEY, entry("shop", TEST_KEY))
    assert kept.place == "keyring"
    assert memory.held == {("flarite-nl", TEST_KEY.fingerprint): TEST}
    assert store.key_of(store.find("shop")) == TEST_KEY
    assert TEST[9:25] not in everything(store.where)


@posix
@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring, Plain])
def test_without_a_keyring_it_goes_into_a_file_for_its_owner(
    store: Store, keyring: Use, backend: type[KeyringBackend]
) -> None:
    keyring(backend())
    kept = store.add(TEST_KEY, entry("shop", TEST_KEY))
    assert kept.place == "file"
    assert stat.S_IMODE(store.vault.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.where.stat().st_mode) == 0o700
    assert store.key_of(kept) == TEST_KEY
    assert TEST not in store.path.read_text("utf-8")
    assert sorted(path.name for path in store.where.iterdir()) == ["keys.json", "keys.lock", "secrets.json"]


@posix
def test_a_file_that_others_can_read_is_refused(store: Store) -> None:
    kept = store.add(TEST_KEY, entry("shop", TEST_KEY))
    store.vault.file.chmod(0o644)
    with pytest.raises(KeyProblem, match=r"can be read by other users .* chmod 600"):
        store.key_of(kept)


@pytest.mark.parametrize("backend", [Locked, Forgetful])
def test_a_keyring_that_refuses_is_no_reason_for_a_file(
    store: Store, keyring: Use, backend: type[KeyringBackend]
) -> None:
    keyring(backend())
    with pytest.raises(KeyProblem, match="system's keyring") as caught:
        store.add(TEST_KEY, entry("shop", TEST_KEY))
    assert TEST not in str(caught.value)
    assert caught.value.__cause__ is None
    assert store.kept() == ()
    assert not store.vault.file.exists()


def test_a_keyring_that_is_locked_later(store: Store, keyring: Use) -> None:
    keyring(Memory())
    kept = store.add(TEST_KEY, entry("shop", TEST_KEY))
    keyring(Locked())
    with pytest.raises(KeyProblem, match=r"cannot be read \(the collection is locked\)\. Unlock it"):
        store.key_of(kept)
    with pytest.raises(KeyProblem, match="Unlock it"):
        store.remove("shop")
    assert [each.name for each in store.kept()] == ["shop"]
    keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    with pytest.raises(KeyProblem, match="there is none now"):
        store.key_of(kept)


def test_a_secret_that_is_gone(store: Store, memory: Memory) -> None:
    kept = store.add(TEST_KEY, entry("shop", TEST_KEY))
    memory.held.clear()
    with pytest.raises(KeyProblem, match="no longer in the system's keyring: add it again"):
        store.key_of(kept)
    store.remove("shop")
    assert store.kept() == ()


def test_the_first_key_is_in_use_and_a_second_one_changes_nothing(store: Store) -> None:
    store.add(TEST_KEY, entry("shop", TEST_KEY))
    store.add(LIVE_KEY, entry("shop-live", LIVE_KEY))
    assert (store.in_use, [each.name for each in store.kept()]) == ("shop", ["shop", "shop-live"])
    assert store.use("shop-live") == store.find("shop-live")
    assert store.in_use == "shop-live"
    assert store.use("sandbox") is None
    assert store.in_use == "sandbox"
    with pytest.raises(KeyProblem, match="no key named shp: did you mean shop"):
        store.use("shp")
    assert store.in_use == "sandbox"


def test_renaming(store: Store, memory: Memory) -> None:
    store.add(TEST_KEY, entry("shop", TEST_KEY))
    store.add(LIVE_KEY, entry("shop-live", LIVE_KEY))
    assert store.rename("shop", "till").name == "till"
    assert (store.in_use, store.key_of(store.find("till"))) == ("till", TEST_KEY)
    with pytest.raises(KeyProblem, match="named shop-live already"):
        store.rename("till", "shop-live")
    with pytest.raises(KeyProblem, match="no key named shop"):
        store.rename("shop", "x")


def test_removing_leaves_no_secret_and_no_key_in_use(store: Store) -> None:
    store.add(TEST_KEY, entry("shop", TEST_KEY))
    store.add(LIVE_KEY, entry("shop-live", LIVE_KEY))
    store.remove("shop")
    assert (store.in_use, [each.name for each in store.kept()]) == (None, ["shop-live"])
    assert json.loads(store.vault.file.read_text("utf-8")) == {LIVE_KEY.fingerprint: SECRET}


def test_the_same_key_again_and_another_one_of_the_same_name(store: Store) -> None:
    store.add(TEST_KEY, entry("shop", TEST_KEY))
    store.add(TEST_KEY, entry("shop", TEST_KEY))
    assert len(store.kept()) == 1
    with pytest.raises(KeyProblem, match="is kept as shop already"):
        store.add(TEST_KEY, entry("other", TEST_KEY))
    with pytest.raises(KeyProblem, match=r"Another key \(sk_test_…Test\) is named shop"):
        store.add(LIVE_KEY, entry("shop", LIVE_KEY))
    store.add(LIVE_KEY, entry("shop", LIVE_KEY), replace_it=True)
    assert store.key_of(store.find("shop")) == LIVE_KEY
    assert TEST not in everything(store.where)


def test_a_secret_moves_from_the_file_into_a_keyring_that_is_there_now(store: Store, keyring: Use) -> None:
    store.add(TEST_KEY, entry("shop", TEST_KEY))
    keyring(Memory())
    assert store.add(TEST_KEY, entry("shop", TEST_KEY)).place == "keyring"
    assert TEST not in everything(store.where)
    assert store.key_of(store.find("shop")) == TEST_KEY


@pytest.mark.parametrize("name", ["", "a b", "-x", "x" * 41, "sandbox", "é", "a/b", "\x1b[2J"])
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(KeyProblem):
        check_name(name)


@pytest.mark.parametrize("name", [SECRET, f"x{SECRET}"])
def test_a_key_is_no_name_and_is_not_shown(store: Store, name: str) -> None:
    named: tuple[Callable[[str], object], ...] = (check_name, store.find, store.use)
    for each in named:
        with pytest.raises(KeyProblem, match="never a name or an argument") as caught:
            each(name)
        assert SECRET not in str(caught.value)


def test_names_that_are_made_up(store: Store) -> None:
    assert free_name("Northwind Paper Co.", "test", ()) == "northwind-paper-co-test"
    assert free_name(None, "live", ()) == "live"
    assert free_name("中文", "test", ()) == "test"
    store.add(TEST_KEY, entry("acme-test", TEST_KEY))
    assert free_name("Acme", "test", store.kept()) == "acme-test-2"
    for each in ("A" * 99, "A " * 99):
        check_name(free_name(each, "live", ()))


def test_something_is_said_once(store: Store) -> None:
    assert [store.say_once("file"), store.say_once("file"), store.say_once("other")] == [True, False, True]


@pytest.mark.parametrize("content", ["", "[]", '{"version": 1, "keys": [{"name": 1}]}', '{"version": 1, "keys": [7]}'])
def test_a_damaged_list_is_a_sentence(store: Store, content: str) -> None:
    store.add(TEST_KEY, entry("shop", TEST_KEY))
    store.path.write_text(content, "utf-8")
    with pytest.raises(KeyProblem, match="is damaged"):
        store.kept()


def test_a_list_of_a_later_version_is_left_alone(store: Store) -> None:
    store.where.mkdir()
    store.path.write_text('{"version": 2}', "utf-8")
    with pytest.raises(KeyProblem, match="another version"):
        store.add(TEST_KEY, entry("shop", TEST_KEY))
    assert store.path.read_text("utf-8") == '{"version": 2}'


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(KeyProblem, match="Nothing can be kept in"):
        Store(tmp_path / "file" / "config").add(TEST_KEY, entry("shop", TEST_KEY))


@posix
def test_keys_that_are_added_at_once_are_all_kept(store: Store) -> None:
    made = [Key(f"sk_test_{number:032d}", "test") for number in range(12)]

    def add(number: int) -> None:
        Store(store.where).add(made[number], entry(f"k{number}", made[number]))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(add, range(12)))
    assert {store.key_of(each) for each in store.kept()} == set(made)
