"""Lines of input, read as bytes: how long one may be, and what text may stand in it."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from flarite_nl.errors import InputError
from flarite_nl.keys import holds_key

LONGEST_LINE = 1 << 20
"""Bytes of one line of input; more is no prompt, and reading on would fill the memory."""


def numbered(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Lines with their numbers, the first is 1; of one that is too long, its beginning."""
    number = 0
    while raw := stream.readline(LONGEST_LINE + 1):
        number += 1
        yield number, raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw
        while len(raw) > LONGEST_LINE and not raw.endswith(b"\n"):
            raw = stream.readline(LONGEST_LINE + 1)


def decoded(raw: bytes) -> str:
    """The text of a line.

    Raises:
        InputError: where it is too long, or no UTF-8.
    """
    if len(raw) > LONGEST_LINE:
        raise InputError(f"The line is longer than {LONGEST_LINE:,} bytes.")
    try:
        return raw.decode()
    except UnicodeDecodeError as problem:
        raise InputError(f"The text is not UTF-8: byte 0x{raw[problem.start]:02x} at {problem.start}.") from None


def check(text: str) -> None:
    """A prompt is text, and holds no key: it is printed, and kept in the ledger.

    Raises:
        InputError: where it is not so.
    """
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
