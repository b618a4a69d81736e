"""Files of prompts: plain text, JSONL and CSV, compressed or not, from anywhere that fsspec reaches."""

from __future__ import annotations

import csv
import json
import lzma
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import PurePosixPath
from typing import Any, BinaryIO, Literal

import fsspec
from fsspec.core import get_fs_token_paths

from flarite_nl.batch.items import Item
from flarite_nl.batch.lines import LONGEST_LINE, check, decoded, numbered
from flarite_nl.errors import InputError
from flarite_nl.model.redaction import redact

Form = Literal["text", "jsonl", "csv"]
STDIN = "-"
NAMES = ("prompt", "text")
"""The columns, or keys, that hold the prompt where none is named; the first that is there."""

COMPRESSED = frozenset({".gz", ".bz2", ".xz", ".zip", ".zst", ".lzma", ".lz4", ".snappy"})
_FORMS: Mapping[str, Form] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv"}
_BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError)
"""What a file that breaks off, or is not what its name says, raises while it is read."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file. ``name`` is how results name it; ``form`` and ``column`` what it holds, None as its name says."""

    name: str
    form: Form
    column: str | None = None


def found(names: Sequence[str], form: Form | None = None, column: str | None = None) -> list[Source]:
    """The files that are meant, those of a glob in the order of their names.

    Raises:
        InputError: where one is not there, or a glob finds none.
    """
    return [Source(name, form or form_of(name), column) for given in names for name in _named(given)]


def form_of(name: str) -> Form:
    """What a file's name says that it holds; text where it says nothing."""
    path = PurePosixPath(name)
    if path.suffix.lower() in COMPRESSED:
        path = path.with_suffix("")
    return _FORMS.get(path.suffix.lower(), "text")


def items(sources: Sequence[Source], stdin: BinaryIO | None = None) -> Iterator[Item]:
    """The prompts of all files, in order; a line that cannot be read is an item too, and so is a file that breaks off.

    Args:
        stdin: what ``-`` means.
    """
    numbers = count()
    for source in sources:
        line = 0
        try:
            for line, text, context, carried, error in _rows(source, stdin):
                yield Item(next(numbers), source.name, line, text, context, carried, error)
        except _BROKEN as problem:
            said = redact(f"{source.name} cannot be read on after line {line}: {_reason(problem)}.")
            yield Item(next(numbers), source.name, line + 1, error=InputError(said))


_Row = tuple[int, str, tuple[str, ...], Mapping[str, Any], InputError | None]


def _rows(source: Source, stdin: BinaryIO | None) -> Iterator[_Row]:
    if source.name == STDIN:
        if stdin is None:
            raise OSError("there is no standard input")
        yield from _FORM[source.form](stdin, source)
        return
    with fsspec.open(source.name, "rb", compression="infer") as stream:
        yield from _FORM[source.form](stream, source)


def _named(given: str) -> list[str]:
    if given == STDIN:
        return [given]
    try:
        system, _, paths = get_fs_token_paths(given, mode="rb")
        several = any(each in given for each in "*?[")
        missing = not paths or (not several and not system.isfile(paths[0]))
        if several and missing and system.isfile(system._strip_protocol(given)):
            return [given]
    except (ImportError, OSError, ValueError) as problem:
        raise InputError(redact(f"{given} cannot be read: {_reason(problem)}.")) from None
    if missing:
        raise InputError(redact(f"{given}: no such file.") if not several else redact(f"{given}: no file fits."))
    if not several:
        return [given]
    local = "://" not in given
    return sorted(each if local else system.unstrip_protocol(each) for each in paths if system.isfile(each))


def _reason(problem: BaseException) -> str:
    if isinstance(problem, EOFError):
        return "it breaks off"
    said = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
    return str(said).splitlines()[0].rstrip(".")


# One form each: line, prompt, context, what is carried through, error


def _text(stream: BinaryIO, source: Source) -> Iterator[_Row]:
    for line, raw in numbered(stream):
        try:
            text = decoded(raw).strip()
            if text and not text.startswith("#"):
                check(text)
                yield line, text, (), {}, None
        except InputError as error:
            yield line, "", (), {}, error


def _jsonl(stream: BinaryIO, source: Source) -> Iterator[_Row]:
    for line, raw in numbered(stream):
        try:
            text = decoded(raw)
            if text.strip():
                yield (line, *_from_json(text, source.column), None)
        except InputError as error:
            yield line, "", (), {}, error


def _from_json(text: str, column: str | None) -> tuple[str, tuple[str, ...], Mapping[str, Any]]:
    try:
        row: Any = json.loads(text)
    except (ValueError, RecursionError) as problem:
        what = f"{problem.msg} at column {problem.colno}" if isinstance(problem, json.JSONDecodeError) else "too deep"
        raise InputError(f"The line is not JSON: {what}.") from None
    name = _column(row, column) if isinstance(row, dict) else None
    if name is None or not isinstance(row[name], str):
        raise InputError(f'The line is not a JSON object with a "{column or NAMES[0]}".')
    context = row.get("context") or []
    if not isinstance(context, list) or not all(isinstance(turn, str) for turn in context):
        raise InputError('"context" is not a list of texts.')
    _whole(row[name], f'"{name}" is empty.')
    for turn in context:
        check(turn)
    return row[name].strip(), tuple(context), {key: row[key] for key in row if key not in (name, "context")}


def _csv(stream: BinaryIO, source: Source) -> Iterator[_Row]:
    rows = csv.reader(_lines(stream), strict=True)
    header = [name.strip() for name in next(rows, [])]
    column = _column(header, source.column) or (header[0] if len(header) == 1 and not source.column else None)
    if column is None:
        said = f"The file has no column {source.column or NAMES[0]!r}; its columns are {', '.join(header)}."
        yield 1, "", (), {}, InputError(said)
        return
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows, None)
            if row is None:
                return
            if row:
                yield (line, *_from_row(row, header, column), None)
        except (csv.Error, InputError) as problem:
            said = problem.message if isinstance(problem, InputError) else f"The row is no CSV: {problem}."
            yield line, "", (), {}, InputError(said)


def _lines(stream: BinaryIO) -> Iterator[str]:
    """Lines for the CSV reader, with what is no UTF-8 marked: one bad row leaves the others alone."""
    for _, raw in numbered(stream):
        yield raw[:LONGEST_LINE].decode("utf-8", "surrogateescape")


def _from_row(row: Sequence[str], header: Sequence[str], column: str) -> tuple[str, tuple[str, ...], Mapping[str, Any]]:
    if len(row) != len(header):
        raise InputError(f"The row has {len(row)} cells, and the header {len(header)}.")
    for cell in row:
        check(cell)
    held = dict(zip(header, row, strict=True))
    text = held.pop(column)
    _whole(text, f"The cell of {column!r} is empty.")
    return text.strip(), (), held


def _column(row: Any, column: str | None) -> str | None:
    return next((name for name in ((column,) if column else NAMES) if name in row), None)


def _whole(text: str, otherwise: str) -> None:
    check(text)
    if not text.strip():
        raise InputError(otherwise)


_FORM: Mapping[Form, Callable[[BinaryIO, Source], Iterator[_Row]]] = {"text": _text, "jsonl": _jsonl, "csv": _csv}
