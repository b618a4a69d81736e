"""YAML → checked dataclasses. The only importer of yaml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from flarite_nl.errors import GrammarError
from flarite_nl.grammar.additions import extended, saved_phrases
from flarite_nl.grammar.checked import resource
from flarite_nl.grammar.places import Place, mapping
from flarite_nl.grammar.schema import Grammar
from flarite_nl.grammar.sources import SHARED, Source, digest, own, packaged

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DROPPED = frozenset({"tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp"})


class _Loader(_Base):  # type: ignore[misc]
    """YAML 1.2's booleans: ``on``, ``off``, ``yes`` and ``no`` are words that English has need of. Days are texts."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _DROPPED]
    for first, resolvers in _Base.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def load(paths: Iterable[str | Path] = ()) -> Grammar:
    """Read and check every packaged grammar file, and a person's own at ``paths`` (files or folders).

    Raises:
        GrammarError: with file and line, where a file is broken or contradicts itself.
    """
    return load_sources((*packaged(), *own(paths)))


def load_sources(sources: tuple[Source, ...]) -> Grammar:
    """Check grammar files that are read already. Raises GrammarError as :func:`load` does."""
    grammar = replace(_shipped(tuple(each for each in sources if not each.own)), digest=digest(sources))
    for source in sources:
        if source.own:
            raw, place = _read(source)
            grammar = extended(grammar, raw, place)
            grammar = replace(grammar, files=(*grammar.files, place), own_files=(*grammar.own_files, place))
    return grammar


def saved_in(source: Source) -> dict[str, str]:
    """The saved phrases of one file of a person's own, and nothing else of it.

    Raises:
        GrammarError: with file and line, where the file is broken.
    """
    raw, place = _read(source)
    return saved_phrases(raw.get("saved"), place / "saved")


@lru_cache(maxsize=1)
def _shipped(sources: tuple[Source, ...]) -> Grammar:
    """The grammar that comes with the package; kept, since a person's own files only add to it."""
    shared: dict[str, tuple[dict[str, Any], Place]] = {}
    files: list[tuple[dict[str, Any], Place]] = []
    for source in sources:
        if source.name in SHARED:
            shared[source.name] = _read(source)
        else:
            files.append(_read(source))
    _borrow(files)
    vocabulary, times, codes, sentences, conversation = (shared[name][0] for name in SHARED)
    made = (resource(raw, place) for raw, place in files)
    tops = tuple(place for _, place in (*shared.values(), *files))
    return Grammar(
        {each.name: each for each in made}, vocabulary, times, codes, "", sentences,
        conversation=conversation, files=tops,
    )  # fmt: skip


def _borrow(raws: Iterable[tuple[dict[str, Any], Place]]) -> None:
    """An operation whose language is ``same_as: charges.refund`` is asked for in that operation's words."""
    said: dict[str, Mapping[str, Any]] = {}
    for raw, place in raws:
        language = mapping(raw.get("language"), "language", place / "language")
        at = place / "language" / "operations"
        said[str(raw.get("resource"))] = mapping(language.get("operations"), "operations", at)
    for raw, place in raws:
        for name, each in said[str(raw.get("resource"))].items():
            at = place / "language" / "operations" / name
            source = mapping(each, f"operation {name} of language", at).pop("same_as", None) if each else None
            if source is None:
                continue
            other, _, operation = str(source).partition(".")
            if operation not in said.get(other, {}):
                raise at.error(f"operation {name} is the same as {source}, which no file has")
            each.update(said[other][operation])


def _read(source: Source) -> tuple[dict[str, Any], Place]:
    """One file as YAML gives it, and where its values stand."""
    try:
        loader = _Loader(source.data)
        try:
            node = loader.get_single_node()
            raw = loader.construct_document(node) if node is not None else {}
        finally:
            loader.dispose()
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line = mark.line + 1 if mark else None
        text = f"this is not YAML: {getattr(problem, 'problem', problem)}"
        raise GrammarError(text, file=source.name, line=line) from None
    except RecursionError:
        raise GrammarError("this is nested too deeply", file=source.name) from None
    place = Place(source.name, node)
    if not isinstance(raw, dict):
        raise place.error("a grammar file is a mapping at its top")
    return raw, place
