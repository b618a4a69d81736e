"""YAML → checked dataclasses. The only importer of yaml."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from flarite_nl.errors import GrammarError
from flarite_nl.grammar.schema import (
    TYPES,
    Condition,
    Example,
    Field,
    Grammar,
    Meaning,
    Noun,
    Operation,
    Param,
    Resource,
)

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """YAML 1.2's booleans: ``on``, ``off``, ``yes`` and ``no`` are words, and English has need of them."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in _Base.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def root() -> Traversable:
    """The packaged ``grammars/`` folder."""
    return files("flarite_nl.grammars")


def load(extra: Iterable[Traversable] = ()) -> Grammar:
    """Read and check every grammar file.

    Raises:
        GrammarError: with file and line, where a file is broken or contradicts itself.
    """
    base = root()
    digest = hashlib.sha256()
    vocabulary = _read(base / "vocabulary.yaml", digest)
    times = _read(base / "time.yaml", digest)
    codes = _read(base / "codes.yaml", digest)
    raws: dict[str, dict[str, Any]] = {}
    for path in sorted((base / "resources").iterdir(), key=lambda each: each.name):
        if path.name.endswith(".yaml"):
            raws[path.name] = _read(path, digest)
    _borrow(raws)
    resources = {raw["resource"]: _resource(raw, name) for name, raw in raws.items()}
    return Grammar(resources, vocabulary, times, codes, digest.hexdigest())


def _borrow(raws: Mapping[str, dict[str, Any]]) -> None:
    """An operation whose language is ``same_as: charges.refund`` is asked for in that operation's words."""
    said = {raw["resource"]: (raw.get("language") or {}).get("operations") or {} for raw in raws.values()}
    for file, raw in raws.items():
        for name, each in said[raw["resource"]].items():
            source = (each or {}).pop("same_as", None)
            if source is None:
                continue
            resource, _, operation = source.partition(".")
            if operation not in said.get(resource, {}):
                raise GrammarError(f"operation {name} is the same as {source}, which no file has", file=file)
            each.update(said[resource][operation])


def _read(path: Traversable, digest: Any) -> dict[str, Any]:
    data = path.read_bytes()
    digest.update(path.name.encode() + b"\0" + data)
    try:
        raw = yaml.load(data, Loader=_Loader)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        raise GrammarError(
            f"this is not YAML: {getattr(problem, 'problem', problem)}",
            file=path.name,
            line=mark.line + 1 if mark else None,
        ) from None
    if not isinstance(raw, dict):
        raise GrammarError("a grammar file is a mapping at its top", file=path.name)
    return raw


def _take(raw: Mapping[str, Any], known: Iterable[str], what: str, file: str) -> None:
    unknown = set(raw) - set(known)
    if unknown:
        raise GrammarError(f"{what} has no {', '.join(sorted(unknown))}; it knows {', '.join(known)}", file=file)


def _words(raw: Any) -> tuple[str, ...]:
    if raw is None:
        return ()
    return tuple(str(each) for each in (raw if isinstance(raw, list) else [raw]))


def _conditions(raw: Any) -> tuple[Condition, ...]:
    return tuple((str(field), str(op), value) for field, op, value in raw or ())


_RESOURCE = (
    "resource", "object", "prefixes", "time", "amount", "fields", "relations", "operations", "columns", "language",
    "examples", "counterexamples",
)  # fmt: skip


def _resource(raw: dict[str, Any], file: str) -> Resource:
    """One file: the API half at its top level, the language half under ``language``."""
    _take(raw, _RESOURCE, "a resource", file)
    said = raw.get("language") or {}
    _take(said, ("nouns", "fields", "meanings", "operations"), "language", file)
    _known(said.get("fields") or {}, raw.get("fields") or {}, "field", file)
    _known(said.get("operations") or {}, raw.get("operations") or {}, "operation", file)
    return Resource(
        name=raw["resource"],
        object=raw["object"],
        prefixes=_words(raw.get("prefixes")),
        time=raw.get("time"),
        amount=raw.get("amount"),
        fields={
            name: _field(name, each or {}, (said.get("fields") or {}).get(name) or {}, file)
            for name, each in (raw.get("fields") or {}).items()
        },
        relations=raw.get("relations") or {},
        nouns=tuple(_noun(each, file) for each in said.get("nouns") or ()),
        meanings=tuple(_meaning(each, file) for each in said.get("meanings") or ()),
        operations={
            name: _operation(name, each, (said.get("operations") or {}).get(name) or {}, file)
            for name, each in (raw.get("operations") or {}).items()
        },
        columns=_words(raw.get("columns")),
        examples=tuple(_example(each) for each in raw.get("examples") or ()),
        counterexamples=tuple(_example(each) for each in raw.get("counterexamples") or ()),
        file=file,
    )


def _known(said: Mapping[str, Any], there: Mapping[str, Any], what: str, file: str) -> None:
    for name in said:
        if name not in there:
            raise GrammarError(f"language speaks of the {what} {name}, which this resource does not have", file=file)


def _field(name: str, raw: dict[str, Any], said: dict[str, Any], file: str) -> Field:
    _take(raw, ("type", "path", "list", "search", "to", "one_of", "ahead"), f"field {name}", file)
    _take(said, ("words", "events", "measures", "values"), f"field {name} of language", file)
    if raw.get("type") not in TYPES:
        known = ", ".join(sorted(TYPES))
        raise GrammarError(f"field {name} has the type {raw.get('type')!r}; types are {known}", file=file)
    one_of = _words(raw.get("one_of"))
    values = {str(key): _words(each) for key, each in (said.get("values") or {}).items()}
    if raw["type"] == "word" and one_of:
        _known(values, dict.fromkeys(one_of), f"value of {name}", file)
    return Field(
        name=name,
        type=raw["type"],
        path=raw.get("path", name),
        list=raw.get("list"),
        search=raw.get("search"),
        to=raw.get("to"),
        one_of=one_of,
        ahead=bool(raw.get("ahead")),
        words=_words(said.get("words")),
        events=_words(said.get("events")),
        measures=_words(said.get("measures")),
        values=values,
    )


def _noun(raw: dict[str, Any], file: str) -> Noun:
    _take(raw, ("one", "many", "conditions", "time", "aggregate", "measure", "params"), "a noun", file)
    return Noun(
        _words(raw.get("one")),
        _words(raw.get("many")),
        _conditions(raw.get("conditions")),
        raw.get("time"),
        raw.get("aggregate"),
        raw.get("measure"),
        raw.get("params") or {},
    )


def _meaning(raw: dict[str, Any], file: str) -> Meaning:
    _take(raw, ("say", "conditions", "negated", "time", "always"), "a meaning", file)
    return Meaning(
        _words(raw["say"]),
        _conditions(raw.get("conditions")),
        _conditions(raw["negated"]) if "negated" in raw else None,
        raw.get("time"),
        bool(raw.get("always")),
    )


def _operation(name: str, raw: dict[str, Any], said: dict[str, Any], file: str) -> Operation:
    _take(raw, ("call", "risk", "targets", "params", "needs", "defaults", "also", "effect"), f"operation {name}", file)
    known = ("verbs", "participles", "orders", "recipients", "rename", "implying", "makes", "params")
    _take(said, known, f"operation {name} of language", file)
    params = raw.get("params") or {}
    words = said.get("params") or {}
    _known(words, params, f"param of {name}", file)
    return Operation(
        name=name,
        call=raw["call"],
        risk=raw.get("risk", "write"),
        targets=_conditions(raw.get("targets")),
        params={key: _param(key, each or {}, words.get(key) or {}, file) for key, each in params.items()},
        needs=tuple(_words(group) for group in raw.get("needs") or ()),
        defaults=raw.get("defaults") or {},
        also=raw.get("also") or {},
        verbs=_words(said.get("verbs")),
        participles=_words(said.get("participles")),
        orders=_words(said.get("orders")),
        recipients=_words(said.get("recipients")),
        rename=_words(said.get("rename")),
        implying=tuple((_words(each["verbs"]), each["params"]) for each in said.get("implying") or ()),
        makes=said.get("makes"),
        effect=raw.get("effect"),
    )


def _param(name: str, raw: dict[str, Any], said: dict[str, Any], file: str) -> Param:
    _take(raw, ("type", "to", "required", "values", "implies"), f"param {name}", file)
    _take(said, ("words", "values"), f"param {name} of language", file)
    values = {str(key): _words(each) for key, each in {**(raw.get("values") or {}), **(said.get("values") or {})}.items()}
    return Param(
        name,
        raw.get("type", "text"),
        raw.get("to"),
        bool(raw.get("required")),
        raw.get("implies") or {},
        _words(said.get("words")),
        values,
    )


def _example(raw: Any) -> Example:
    text = raw["text"]
    expect = {key: each for key, each in raw.items() if key not in {"text", "context"}}
    return Example(text, expect, _words(raw.get("context")))
