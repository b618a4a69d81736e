"""Small JSON files that only their owner can read, written whole or not at all."""

from __future__ import annotations

import json
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from flarite_nl.errors import KeyProblem

if sys.platform != "win32":
    import fcntl


def folder() -> Path:
    """The platform's folder for a user's configuration."""
    import platformdirs

    return Path(platformdirs.user_config_dir("flarite-nl"))


def read(path: Path) -> dict[str, Any]:
    """What stands in the file; nothing where there is none.

    Raises:
        KeyProblem: where it cannot be read.
    """
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as problem:
        raise KeyProblem(f"{path} cannot be read: {problem.strerror}.") from None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise KeyProblem(f"{path} is damaged: remove it, and add the keys again with flarite-nl keys add.")
    return found


def read_private(path: Path) -> dict[str, Any]:
    """The same for a file with secrets, which nobody but its owner may be able to read.

    Raises:
        KeyProblem: where others can read it, or it cannot be read.
    """
    if sys.platform != "win32":
        with suppress(OSError):
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise KeyProblem(
                    f"{path} can be read by other users of this machine: roll the keys in it if they might have been, "
                    f"and run chmod 600 on it."
                )
    return read(path)


def write(path: Path, content: dict[str, Any]) -> None:
    """Put ``content`` in the place of what was there, in one step; mode 0600.

    Raises:
        KeyProblem: where it cannot be written; the file is as it was then.
    """
    try:
        _make_folder(path.parent)
        number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # 0600 from the beginning
        try:
            with os.fdopen(number, "w", encoding="utf-8") as file:
                json.dump(content, file, indent=2, ensure_ascii=False)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as problem:
        raise KeyProblem(f"{path} cannot be written: {problem.strerror}.") from None


@contextmanager
def alone(where: Path) -> Iterator[None]:
    """Hold back other processes that would change the files of this folder; a killed one lets go by itself.

    Raises:
        KeyProblem: where nothing can be written there.
    """
    if sys.platform == "win32":
        yield
        return
    try:
        _make_folder(where)
        number = os.open(where / "keys.lock", os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as problem:
        raise KeyProblem(f"Nothing can be kept in {where}: {problem.strerror}.") from None
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


def _make_folder(where: Path) -> None:
    if not where.is_dir():
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
