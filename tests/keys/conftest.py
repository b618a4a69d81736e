from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from flarite_nl.keys.key import Key
from flarite_nl.keys.store import Kept, Store
from tests.keys.backends import Memory

SECRET = "sk_" + "live_51HxYzAbCdEfGhIjKlMnOpQrWxYz"
TEST = "sk_" + "test_51HxYzAbCdEfGhIjKlMnOpQrTest"


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Callable[[KeyringBackend], KeyringBackend]:
    """Put a keyring in the place of the system's."""

    def use(backend: KeyringBackend) -> KeyringBackend:
        monkeypatch.setattr("keyring.core._keyring_backend", backend)
        return backend

    return use


@pytest.fixture
def memory(keyring: Callable[[KeyringBackend], KeyringBackend]) -> Memory:
    held = Memory()
    keyring(held)
    return held


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store of its own; without the fixture ``memory`` there is no keyring."""
    return Store(tmp_path / "config")


def entry(name: str, key: Key, server: str | None = None) -> Kept:
    return Kept(
        name, str(key), key.mode, key.restricted, key.fingerprint, "file", server, "acct_1", "Acme", "US", "now"
    )
