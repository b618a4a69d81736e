"""The compiled grammar, kept between runs in the platform's cache folder.

A cache file is named after everything that its content depends on, so a stale one is never found. It is a pickle,
and reading a pickle can run code: it is read only where nobody but the user could have written it, and only if its
own hash is right. Whatever is wrong with it, the grammar is compiled again and nobody is bothered.
"""

from __future__ import annotations

import gc
import hashlib
import os
import pickle
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import NamedTemporaryFile

from flarite_nl.grammar.lexicon import Lexicon, build
from flarite_nl.grammar.schema import Field, Grammar, Operation, Resource
from flarite_nl.grammar.sources import Source, digest, own, packaged

MAGIC = b"flarite-nl lexicon\n"
KEPT = 4
"""Cache files that stay when another one is written."""

_CODE = ("__init__.py", "text.py", "grammar", "values")
"""What decides how a grammar is compiled, in the package's folder; the first holds its version."""


def lexicon(paths: Iterable[str | Path] = (), folder: Path | None = None) -> Lexicon:
    """The packaged grammar with a person's own files at ``paths``, compiled; from the cache where it is there.

    Args:
        folder: where the cache lies; the platform's folder for it if left out.

    Raises:
        GrammarError: where a file of the grammar is broken.
    """
    sources = (*packaged(), *own(paths))
    where = folder or _folder()
    file = where / f"lexicon-{fingerprint(sources)[:32]}.pickle"
    kept = _read(file)
    if kept is not None:
        return kept
    made = _compiled(sources)
    _write(file, made)
    return made


def _compiled(sources: tuple[Source, ...]) -> Lexicon:
    from flarite_nl.grammar.loader import load_sources

    grammar = load_sources(sources)
    if grammar.own_files:  # the packaged files are checked before they are published
        from flarite_nl.grammar.check import problems

        for problem in problems(grammar):
            raise problem.error()
    return build(grammar)


def fingerprint(sources: tuple[Source, ...]) -> str:
    """A hash of all that a compiled grammar depends on: its files, this package, this Python."""
    said = f"{sys.implementation.cache_tag} {sys.version} {_code()} {digest(sources)}"
    return hashlib.sha256(said.encode()).hexdigest()


@cache
def _code() -> str:
    """A hash of the modules that compile a grammar, and of the shape that it has in this very process.

    The shape is there for a process that still runs the modules of before an update.
    """
    shape = repr([[each.name for each in fields(kind)] for kind in (Lexicon, Grammar, Resource, Field, Operation)])
    total = hashlib.sha256(shape.encode())
    root = files("flarite_nl")
    for part in _CODE:
        place = root / part
        modules = sorted(place.iterdir(), key=lambda each: each.name) if place.is_dir() else [place]
        for module in modules:
            if module.name.endswith(".py") and module.is_file():
                total.update(module.read_bytes())
    return total.hexdigest()


def _folder() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir("flarite-nl"))


def _read(file: Path) -> Lexicon | None:
    """What a cache file holds; None where it is missing, damaged, or not surely the user's own."""
    try:
        if not _trusted(file.parent.lstat(), stat.S_ISDIR):
            return None
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        with open(handle, "rb") as opened:  # noqa: PTH123 - it is open already, and the same file stays open
            if not _trusted(os.fstat(handle), stat.S_ISREG):
                return None
            data = opened.read()
    except OSError:
        return None
    head, body = data[: len(MAGIC) + 32], data[len(MAGIC) + 32 :]
    if head != MAGIC + hashlib.sha256(body).digest():
        return None
    return _unpickled(body)


def _unpickled(body: bytes) -> Lexicon | None:
    collecting = gc.isenabled()
    gc.disable()  # thousands of objects are made and none is dropped: looking for garbage takes half the time
    try:
        kept = pickle.loads(body)
    except Exception:  # the pickle of another version may raise anything at all
        return None
    finally:
        if collecting:
            gc.enable()
    return kept if isinstance(kept, Lexicon) else None


def _trusted(status: os.stat_result, is_kind: object) -> bool:
    """Is it of the expected kind, the user's own, and closed to everybody else's writing?"""
    if not callable(is_kind) or not is_kind(status.st_mode):
        return False
    if not hasattr(os, "getuid"):  # Windows: the folder's access list is the user's own
        return True
    return bool(status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def _write(file: Path, made: Lexicon) -> None:
    """Put it there whole or not at all; a folder that cannot be written to is fine."""
    body = pickle.dumps(made, pickle.HIGHEST_PROTOCOL)
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _trusted(file.parent.lstat(), stat.S_ISDIR):
            return
        with NamedTemporaryFile(dir=file.parent, prefix="new-", delete=False) as new:  # made with mode 0600
            try:
                new.write(MAGIC + hashlib.sha256(body).digest() + body)
                new.close()
                Path(new.name).replace(file)
            except OSError:
                Path(new.name).unlink(missing_ok=True)
                raise
        _tidy(file)


def _tidy(file: Path) -> None:
    """Leave the newest few cache files."""
    found = sorted(file.parent.glob("lexicon-*.pickle"), key=lambda each: each.stat().st_mtime, reverse=True)
    for old in found[KEPT:]:
        if old != file:
            old.unlink(missing_ok=True)
