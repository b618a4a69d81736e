"""What every test room shares: the pinned moment, and an environment without anybody's Stripe key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests neither read a person's own grammar and keyring nor touch the cache of the person who runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLARITE_NL_GRAMMAR", "")
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield


@pytest.fixture(scope="session")
def _data_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Names of folders, one for each test; most of them are never made."""
    room = tmp_path_factory.mktemp("data")
    return (room / str(number) for number in count())


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, _data_folders: Iterator[Path]) -> None:
    """Tests see neither the key nor the time zone of the machine they run on, and each has a ledger of its own."""
    monkeypatch.setenv("FLARITE_NL_DATA", str(next(_data_folders)))
    monkeypatch.delenv("FLARITE_NL_ROLE", raising=False)
    monkeypatch.delenv("STRIPE_API_KEY", raising=False)
    monkeypatch.delenv("FLARITE_DEBUG", raising=False)
    monkeypatch.setenv("FLARITE_TZ", "UTC")


@pytest.fixture
def now() -> datetime:
    """Wednesday 2026-03-18, 15:30 UTC: the moment that FRAME.md's examples are read at."""
    return NOW
