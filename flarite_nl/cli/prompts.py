"""Prompts from the command line and from files, line by line; what cannot be read is a value, not a crash."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from flarite_nl.batch.lines import check, decoded, numbered
from flarite_nl.errors import InputError


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt, the earlier turns of its conversation, and its line in the file (the first is 1)."""

    text: str
    context: tuple[str, ...] = ()
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line of a file that holds no prompt, and why."""

    line: int
    error: InputError


def argument(words: str | Sequence[str]) -> Prompt:
    """The prompt that stands on the command line.

    Raises:
        InputError: where it is empty or its bytes are not UTF-8.
    """
    text = words if isinstance(words, str) else " ".join(words)
    if not text.strip():
        raise InputError('The prompt is empty: say what you want to know or do, as in "list open invoices".')
    check(text)
    return Prompt(text)


def lines(stream: BinaryIO, *, jsonl: bool) -> Iterator[Prompt | Unreadable]:
    """One prompt a line, as soon as the line has arrived; blank lines are skipped.

    With ``jsonl`` a line is a JSON object with ``text`` and, where it has one, ``context`` (a list of earlier turns);
    other keys are left alone.
    """
    for number, raw in numbered(stream):
        try:
            text = decoded(raw).rstrip("\r\n")
            if text.strip():
                yield _from_json(text, number) if jsonl else _from_line(text, number)
        except InputError as error:
            yield Unreadable(number, error)


def _from_line(text: str, number: int) -> Prompt:
    check(text)
    return Prompt(text, line=number)


def _from_json(text: str, number: int) -> Prompt:
    try:
        row: Any = json.loads(text)
    except (ValueError, RecursionError) as problem:
        what = f"{problem.msg} at column {problem.colno}" if isinstance(problem, json.JSONDecodeError) else "too deep"
        raise InputError(f"The line is not JSON: {what}.") from None
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise InputError('The line is not a JSON object with a "text".')
    context = row.get("context") or []
    if not isinstance(context, list) or not all(isinstance(turn, str) for turn in context):
        raise InputError('"context" is not a list of texts.')
    for each in (row["text"], *context):
        check(each)
    if not row["text"].strip():
        raise InputError('"text" is empty.')
    return Prompt(row["text"], tuple(context), number)
