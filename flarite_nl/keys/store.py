"""The keys of this user: nickname, account, mode, which one is in use. No secret stands in this list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from flarite_nl.errors import KeyProblem
from flarite_nl.keys import files
from flarite_nl.keys.key import Key, Mode, check
from flarite_nl.keys.vault import Place, Vault
from flarite_nl.model.redaction import holds_key

SANDBOX = "sandbox"
"""The nickname of what needs no key: the sandbox inside the program."""

VERSION = 1

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


@dataclass(frozen=True, slots=True)
class Kept:
    """A key as it is listed. ``shown`` is ``sk_test_…wxyz``; ``server`` is None for Stripe's own.

    ``account``, ``account_name`` and ``country`` are what Stripe said when the key was last verified, at ``verified``
    (ISO 8601, UTC); None where the key may not read them.
    """

    name: str
    shown: str
    mode: Mode
    restricted: bool
    fingerprint: str
    place: Place
    server: str | None = None
    account: str | None = None
    account_name: str | None = None
    country: str | None = None
    verified: str | None = None


class Store:
    """The list of keys in ``keys.json``, and their secrets in the vault beside it."""

    def __init__(self, where: Path | None = None) -> None:
        self.where = where or files.folder()
        self.path = self.where / "keys.json"
        self.vault = Vault(self.where)

    # Reading

    def kept(self) -> tuple[Kept, ...]:
        """Every key, in the order they were added."""
        return _entries(self.path, files.read(self.path))

    @property
    def in_use(self) -> str | None:
        """The nickname of the key that is used where nothing else is said; ``sandbox``, or None."""
        found = files.read(self.path).get("in_use")
        return found if isinstance(found, str) else None

    def find(self, name: str) -> Kept:
        """The key of that nickname.

        Raises:
            KeyProblem: where there is none; it names the nearest.
        """
        return _found(self.kept(), name)

    def key_of(self, kept: Kept) -> Key:
        """The key itself, from the keyring or the file.

        Raises:
            KeyProblem: where it is gone or cannot be read.
        """
        secret = self.vault.fetch(kept.place, kept.fingerprint)
        if secret is None:
            where = "the system's keyring" if kept.place == "keyring" else str(self.vault.file)
            raise KeyProblem(
                f"The key {kept.name} is no longer in {where}: add it again with flarite-nl keys add "
                f"--name {kept.name} --replace."
            )
        return check(secret, source=f"The key {kept.name}")

    # Changing

    def add(self, key: Key, entry: Kept, *, replace_it: bool = False) -> Kept:
        """Keep a key under ``entry.name``; the first one is in use from then on. ``entry.place`` is found here.

        Raises:
            KeyProblem: for a name that is none or is taken, or a key that is kept under another one.
        """
        check_name(entry.name)
        with self._changing() as content:
            kept = _entries(self.path, content)
            self._check_free(kept, entry, replace_it)
            placed = replace(entry, place=self.vault.keep(key.fingerprint, key.secret))
            here = (key.fingerprint, placed.place)
            gone = [each for each in kept if each.name == entry.name and (each.fingerprint, each.place) != here]
            # In its old place, so that a list does not change its order.
            changed = [placed if each.name == entry.name else each for each in kept]
            content["keys"] = [*map(asdict, changed if placed in changed else [*kept, placed])]
            content["in_use"] = content.get("in_use") or entry.name
        for each in gone:
            self.vault.forget(each.place, each.fingerprint)
        return placed

    def use(self, name: str) -> Kept | None:
        """From now on use this key where nothing else is said; None is the sandbox."""
        with self._changing() as content:
            found = None if name == SANDBOX else _found(_entries(self.path, content), name)
            content["in_use"] = name
        return found

    def rename(self, name: str, new: str) -> Kept:
        """Give a key another nickname.

        Raises:
            KeyProblem: where there is no such key, or the new name is none or is taken.
        """
        check_name(new)
        with self._changing() as content:
            kept = _entries(self.path, content)
            old = _found(kept, name)
            if any(each.name == new for each in kept if each is not old):
                raise KeyProblem(f"There is a key named {new} already: flarite-nl keys list shows it.")
            content["keys"] = [asdict(replace(each, name=new) if each is old else each) for each in kept]
            if content.get("in_use") == name:
                content["in_use"] = new
        return replace(old, name=new)

    def remove(self, name: str) -> Kept:
        """Forget a key. Where it was in use, none is afterwards."""
        with self._changing() as content:
            kept = _entries(self.path, content)
            old = _found(kept, name)
            # The secret first: were it the last, a keyring that refuses would leave it behind with nothing to name it.
            self.vault.forget(old.place, old.fingerprint)
            content["keys"] = [asdict(each) for each in kept if each is not old]
            if content.get("in_use") == name:
                content["in_use"] = None
        return old

    def update(self, entry: Kept) -> None:
        """Write down what Stripe said of a key that is kept."""
        with self._changing() as content:
            kept = _entries(self.path, content)
            content["keys"] = [asdict(entry if each.name == entry.name else each) for each in kept]

    def say_once(self, what: str) -> bool:
        """True the first time that ``what`` is asked about, so that it is said aloud once."""
        with self._changing() as content:
            said = [each for each in content.get("said", ()) if isinstance(each, str)]
            content["said"] = [*said, what] if what not in said else said
        return what not in said

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Any]]:
        """The content to change; written where nothing went wrong, and nobody else changes it meanwhile."""
        with files.alone(self.where):
            content = files.read(self.path)
            yield content
            files.write(self.path, {"version": VERSION, **content})

    def _check_free(self, kept: tuple[Kept, ...], entry: Kept, replace_it: bool) -> None:
        for each in kept:
            if each.fingerprint == entry.fingerprint and each.name != entry.name:
                raise KeyProblem(
                    f"This key is kept as {each.name} already: flarite-nl keys rename {each.name} {entry.name} gives "
                    "it the other name."
                )
            if each.name == entry.name and each.fingerprint != entry.fingerprint and not replace_it:
                raise KeyProblem(
                    f"Another key ({each.shown}) is named {each.name}: give this one another --name, or --replace it."
                )


def check_name(name: str) -> None:
    """Whether ``name`` can be a nickname.

    Raises:
        KeyProblem: where it cannot; a key in its place is not shown.
    """
    if holds_key(name):
        raise KeyProblem(
            "A key is never a name or an argument: it would stay in the shell's history and be seen in the list of "
            "processes. Roll this key, run flarite-nl keys add, and paste the new one when it asks."
        )
    if name == SANDBOX:
        raise KeyProblem(f"{SANDBOX} is the name of the sandbox inside the program: choose another one.")
    if not _NAME.fullmatch(name):
        raise KeyProblem(
            f"{name!r} cannot be a key's name: that is up to 40 letters, digits, dots, dashes and underscores."
        )


def free_name(wanted: str | None, mode: Mode, kept: tuple[Kept, ...]) -> str:
    """A nickname made of the account's name and the mode, such as ``northwind-paper-co-test``, that is not taken."""
    words = re.findall(r"[a-z0-9]+", (wanted or "").casefold())
    base = "-".join([*words, mode])[-36:].lstrip("-")
    taken = {each.name for each in kept}
    number, name = 1, base
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name


def _found(kept: tuple[Kept, ...], name: str) -> Kept:
    for each in kept:
        if each.name == name:
            return each
    if holds_key(name):
        check_name(name)
    if not kept:
        raise KeyProblem(f"There is no key named {name}, and none at all yet: flarite-nl keys add adds one.")
    from difflib import get_close_matches

    names = [each.name for each in kept]
    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there is {', '.join(names)}."
    raise KeyProblem(f"There is no key named {name}: {hint}")


def _entries(path: Path, content: Mapping[str, Any]) -> tuple[Kept, ...]:
    if content and content.get("version") != VERSION:
        raise KeyProblem(f"{path} was written by another version of flarite-nl: update flarite-nl.")
    names = {each.name for each in fields(Kept)}
    try:
        return tuple(
            Kept(**{name: value for name, value in row.items() if name in names}) for row in content.get("keys", ())
        )
    except (TypeError, AttributeError):
        raise KeyProblem(f"{path} is damaged: remove it, and add the keys again with flarite-nl keys add.") from None
