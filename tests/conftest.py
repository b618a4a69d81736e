"""What every test room shares: the pinned moment, and an environment without anybody's Stripe key."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests see neither the key nor the time zone of the machine they run on."""
    monkeypatch.delenv("STRIPE_API_KEY", raising=False)
    monkeypatch.delenv("FLARITE_DEBUG", raising=False)
    monkeypatch.setenv("FLARITE_TZ", "UTC")


@pytest.fixture
def now() -> datetime:
    """Wednesday 2026-03-18, 15:30 UTC: the moment that FRAME.md's examples are read at."""
    return NOW
