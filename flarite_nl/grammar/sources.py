"""The files that a grammar is made of, as bytes: what the cache compares, before anything is parsed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from flarite_nl.errors import GrammarError

SHARED = ("vocabulary.yaml", "time.yaml", "codes.yaml", "sentences.yaml", "conversation.yaml")
"""The packaged files that all resources share."""

LARGEST = 1_000_000
"""Longest grammar file of a person's own, in bytes."""


@dataclass(frozen=True, slots=True)
class Source:
    """One grammar file: its ``name`` for messages, its ``data``, and whether it is a person's ``own``."""

    name: str
    data: bytes
    own: bool = False


def packaged() -> tuple[Source, ...]:
    """The grammar that comes with the package: first what is shared, then one file a resource."""
    root = files("flarite_nl.grammars")
    resources = sorted((root / "resources").iterdir(), key=lambda each: each.name)
    shared = [Source(name, (root / name).read_bytes()) for name in SHARED]
    return (*shared, *(Source(each.name, each.read_bytes()) for each in resources if _is_grammar(each)))


def own(paths: Iterable[str | Path]) -> tuple[Source, ...]:
    """A person's own files; of a folder, every ``*.yaml`` in it in the order of their names.

    Raises:
        GrammarError: where a path is not there or cannot be read.
    """
    found: list[Source] = []
    for path in map(Path, paths):
        try:
            several = sorted(each for each in path.iterdir() if _is_grammar(each)) if path.is_dir() else [path]
            found += [Source(str(each), _bytes(each), own=True) for each in several]
        except OSError as problem:
            raise GrammarError(f"it cannot be read ({problem.strerror or problem})", file=str(path)) from None
    return tuple(found)


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise GrammarError(f"it is longer than {LARGEST:,} bytes; split it", file=str(path))
    return data


def _is_grammar(path: Traversable) -> bool:
    return path.name.endswith((".yaml", ".yml")) and not path.name.startswith(".")


def digest(sources: Sequence[Source]) -> str:
    """A hash of names and contents: two grammars with the same one read every prompt alike."""
    total = hashlib.sha256()
    for each in sources:
        for part in (Path(each.name).name.encode(), each.data):
            total.update(len(part).to_bytes(8, "big") + part)
    return total.hexdigest()
