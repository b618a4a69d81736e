"""Files that a command writes: whole or not at all, and for their owner's eyes."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from flarite_nl.errors import InputError


def check_writable(file: str) -> None:
    """Tell before anything is asked of Stripe what would keep the answer from being written.

    Raises:
        InputError: where ``file`` is a folder or device, or its folder is not there or not writable.
    """
    path = _path(file)
    if path.exists() and not path.is_file():
        raise InputError(f"{file} is no file to write an answer to.")
    if not path.parent.is_dir():
        raise InputError(f"{file} cannot be written: there is no folder {path.parent}.")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise InputError(f"{file} cannot be written: its folder does not allow it.")


def put(file: str, data: bytes) -> None:
    """Put ``data`` in place at once: whoever reads the file finds the old one or all of the new one.

    A new file is for its owner only (0600); one that was there keeps its permissions.

    Raises:
        InputError: where it cannot be written; what was there before is still there.
    """
    from tempfile import NamedTemporaryFile

    path = _path(file)
    made: Path | None = None
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name[:40]}-", delete=False) as new:
            made = Path(new.name)
            new.write(data)
            new.flush()
            os.fsync(new.fileno())
        with suppress(FileNotFoundError):
            made.chmod(stat.S_IMODE(path.stat().st_mode))
        made.replace(path)
    except OSError as problem:
        raise InputError(f"{file} cannot be written: {problem.strerror or problem}.") from None
    except BaseException:
        if made is not None:
            made.unlink(missing_ok=True)
        raise
    finally:
        if made is not None and made != path:
            made.unlink(missing_ok=True)


def _path(file: str) -> Path:
    """Where a symbolic link leads: the file is replaced, not the link."""
    try:
        return Path(file).resolve()
    except (OSError, RuntimeError, ValueError):
        raise InputError(f"{file!r} is no path.") from None
