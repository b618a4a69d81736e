"""Prompts from the command line and from files, line by line; what cannot be read is a value, not a crash."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from flarite_nl.errors import InputError
from flarite_nl.keys import holds_key

LONGEST_LINE = 1 << 20
"""Bytes of one line of input; more is no prompt, and reading on would fill the memory."""


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
    _check(text)
    return Prompt(text)


def lines(stream: BinaryIO, *, jsonl: bool) -> Iterator[Prompt | Unreadable]:
    """One prompt a line, as soon as the line has arrived; blank lines are skipped.

    With ``jsonl`` a line is a JSON object with ``text`` and, where it has one, ``context`` (a list of earlier turns);
    other keys are left alone.
    """
    for number, raw in _numbered(stream):
        try:
            text = _decode(raw).rstrip("\r\n")
            if text.strip():
                yield _from_json(text, number) if jsonl else _from_line(text, number)
        except InputError as error:
            yield Unreadable(number, error)


def _numbered(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    number = 0
    while raw := stream.readline(LONGEST_LINE + 1):
        number += 1
        yield number, raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw
        while len(raw) > LONGEST_LINE and not raw.endswith(b"\n"):
            raw = stream.readline(LONGEST_LINE + 1)


def _decode(raw: bytes) -> str:
    if len(raw) > LONGEST_LINE:
        raise InputError(f"The line is longer than {LONGEST_LINE:,} bytes.")
    try:
        return raw.decode()
    except UnicodeDecodeError as problem:
        raise InputError(f"The text is not UTF-8: byte 0x{raw[problem.start]:02x} at {problem.start}.") from None


def _from_line(text: str, number: int) -> Prompt:
    _check(text)
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
        _check(each)
    if not row["text"].strip():
        raise InputError('"text" is empty.')
    return Prompt(row["text"], tuple(context), number)


def _check(text: str) -> None:
    """A prompt is text, and holds no key: it is printed, and kept in the ledger."""
    _check_unicode(text)
    if holds_key(text):
        raise InputError(
            "A Stripe key stands in the prompt, where it does not belong: roll it, since the shell and the list of "
            "processes have seen it, and give keys with flarite-nl keys add."
        )


def _check_unicode(text: str) -> None:
    """Half a surrogate pair is what undecodable bytes of an argument, or a broken ``\\ud800`` in JSON, turn into."""
    try:
        text.encode()
    except UnicodeEncodeError as problem:
        code = ord(text[problem.start])
        what = f"byte 0x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"half a character (U+{code:04X})"
        raise InputError(f"The text is not UTF-8: {what} at {problem.start}.") from None
