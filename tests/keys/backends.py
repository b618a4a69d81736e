"""Keyrings of the tests' own, so that none of them touches the machine's."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

WHERE = "TESTS_KEYRING"
"""Names the file of ``Disk``."""


class Memory(KeyringBackend):
    """A good keyring, as long as this process lives."""

    priority = 9

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.held.pop((service, username), None) is None:
            raise PasswordDeleteError("not found")


class Disk(Memory):
    """The same for several processes."""

    def __init__(self) -> None:
        super().__init__()
        self._path = Path(os.environ[WHERE])
        if self._path.exists():
            self.held = {(service, name): secret for service, name, secret in json.loads(self._path.read_text("utf-8"))}

    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password)
        self._path.write_text(json.dumps([[*name, secret] for name, secret in self.held.items()]), "utf-8")


class Locked(Memory):
    """There is a keyring, and it does not open; what it says holds what it was given."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("the collection is locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked(f"cannot keep {password}: locked")


class Forgetful(Memory):
    """It says yes and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Nothing is kept."""


class Plain(Memory):
    """What keyring itself does not recommend, as a file without encryption is."""

    priority = 0.5  # type: ignore[assignment]
