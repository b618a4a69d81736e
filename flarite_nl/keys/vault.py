"""Where secrets lie: in the system's keyring, or, where there is none, in a file for its owner only.

A secret is kept under the fingerprint of its key, so that a nickname can change without it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from flarite_nl.errors import KeyProblem
from flarite_nl.keys import files
from flarite_nl.model.redaction import redact

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

Place = Literal["keyring", "file"]

SERVICE = "flarite-nl"
"""What the keyring calls us."""

RECOMMENDED = 1
"""keyring's own measure: a backend below it keeps secrets in the open, nowhere or not at all."""

NO_KEYRING = "PYTHON_KEYRING_BACKEND=keyring.backends.fail.Keyring"


class Vault:
    """The secrets of one user; ``where`` is the folder of the file."""

    def __init__(self, where: Path) -> None:
        self.file = where / "secrets.json"

    def keep(self, fingerprint: str, secret: str) -> Place:
        """Keep a secret, and say where.

        Raises:
            KeyProblem: where there is a keyring and it refuses, or the file cannot be written.
        """
        backend = _keyring()
        if backend is not None:
            self._keep_in(backend, fingerprint, secret)
            return "keyring"
        content = files.read_private(self.file)
        files.write(self.file, {**content, fingerprint: secret})
        return "file"

    def fetch(self, place: Place, fingerprint: str) -> str | None:
        """The secret; None where it is gone.

        Raises:
            KeyProblem: where the keyring or the file cannot be read.
        """
        if place == "file":
            found = files.read_private(self.file).get(fingerprint)
            return found if isinstance(found, str) else None
        backend = _keyring()
        if backend is None:
            raise KeyProblem(
                "The key is in the system's keyring, and there is none now: use the desktop session that it was "
                "added in, set STRIPE_API_KEY, or remove the key and add it again."
            )
        try:
            return backend.get_password(SERVICE, fingerprint)
        except Exception as problem:
            raise _refused("read", problem) from None

    def forget(self, place: Place, fingerprint: str) -> None:
        """Remove a secret; one that is gone already is no error.

        Raises:
            KeyProblem: where it cannot be removed.
        """
        if place == "file":
            content = files.read_private(self.file)
            if content.pop(fingerprint, None) is not None:
                files.write(self.file, content)
            return
        if self.fetch(place, fingerprint) is None:
            return
        backend = _keyring()
        assert backend is not None
        try:
            backend.delete_password(SERVICE, fingerprint)
        except Exception as problem:
            raise _refused("changed", problem) from None

    def _keep_in(self, backend: KeyringBackend, fingerprint: str, secret: str) -> None:
        try:
            backend.set_password(SERVICE, fingerprint, secret)
            kept = backend.get_password(SERVICE, fingerprint)
        except Exception as problem:
            raise _refused("written", problem) from None
        if kept != secret:
            raise KeyProblem(
                f"The system's keyring did not keep the key. To use a file for you alone instead, set {NO_KEYRING}."
            )


def _keyring() -> KeyringBackend | None:
    """The system's keyring; None where there is none that keeps a secret secret."""
    import keyring

    try:
        backend: Any = keyring.get_keyring()
        priority = float(backend.priority)
    except Exception:  # a backend named in its settings that cannot be loaded is none
        return None
    return backend if priority >= RECOMMENDED else None


def _refused(what: str, problem: Exception) -> KeyProblem:
    """Backends raise all kinds of errors, D-Bus's and the platform's among them; none may end in a traceback."""
    said = str(problem).strip().splitlines()
    why = redact(said[0])[:200] if said else type(problem).__name__
    return KeyProblem(
        f"The system's keyring cannot be {what} ({why}). Unlock it, or set {NO_KEYRING} to keep keys in a file for "
        "you alone."
    )
