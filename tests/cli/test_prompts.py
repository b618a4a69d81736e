from __future__ import annotations

import io
import json

import pytest

from flarite_nl.batch.lines import LONGEST_LINE
from flarite_nl.cli.prompts import Prompt, Unreadable, argument, lines
from flarite_nl.errors import InputError


def read(data: bytes, *, jsonl: bool = False) -> list[Prompt | str]:
    return [
        each.error.message if isinstance(each, Unreadable) else each for each in lines(io.BytesIO(data), jsonl=jsonl)
    ]


def test_a_line_is_a_prompt_and_blank_lines_are_skipped() -> None:
    assert read(b"\xef\xbb\xbfone\r\n\n \t\ntwo  words \nlast") == [
        Prompt("one", line=1),
        Prompt("two  words ", line=4),
        Prompt("last", line=5),
    ]


def test_a_json_line_has_text_and_may_have_context() -> None:
    rows = [{"text": "list 🎉", "id": "a-1"}, {"text": "only paid", "context": ["list invoices"]}]
    data = "\n".join(json.dumps(row) for row in rows).encode()
    assert read(data, jsonl=True) == [Prompt("list 🎉", line=1), Prompt("only paid", ("list invoices",), 2)]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b'{"text": "a"', "The line is not JSON: Expecting ',' delimiter at column 13."),
        (b"[" * 100_000, "The line is not JSON: too deep."),
        (b'["a"]', 'The line is not a JSON object with a "text".'),
        (b'{"text": 5}', 'The line is not a JSON object with a "text".'),
        (b'{"text": " "}', '"text" is empty.'),
        (b'{"text": "a", "context": "b"}', '"context" is not a list of texts.'),
        (b'{"text": "\\ud83d"}', "The text is not UTF-8: half a character (U+D83D) at 0."),
        (b'{"text": "\xff"}', "The text is not UTF-8: byte 0xff at 10."),
    ],
)
def test_a_broken_line_is_one_result_and_the_next_one_is_read(line: bytes, complaint: str) -> None:
    assert read(line + b'\n{"text": "next"}\n', jsonl=True) == [complaint, Prompt("next", line=2)]


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    data = b"x" * (3 * LONGEST_LINE) + b"\nnext\n"
    assert read(data) == [f"The line is longer than {LONGEST_LINE:,} bytes.", Prompt("next", line=2)]


def test_the_longest_line_is_still_read() -> None:
    assert read(b"x" * (LONGEST_LINE - 1) + b"\nnext\n") == [
        Prompt("x" * (LONGEST_LINE - 1), line=1),
        Prompt("next", line=2),
    ]


def test_lines_come_as_they_arrive() -> None:
    class Slow(io.RawIOBase):
        """Gives one line and fails the test if a second is asked for before the first was handed on."""

        asked = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            self.asked += 1
            return b"first\n"

    stream = Slow()
    assert next(lines(stream, jsonl=False)) == Prompt("first", line=1)  # type: ignore[arg-type]
    assert stream.asked == 1


def test_words_on_the_command_line_are_one_prompt() -> None:
    assert argument(("list", "open", "invoices")) == Prompt("list open invoices")


@pytest.mark.parametrize("words", ["", "  \n", ()])
def test_an_empty_prompt_is_refused(words: str | tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="The prompt is empty"):
        argument(words)


def test_undecodable_bytes_of_an_argument_are_refused() -> None:
    with pytest.raises(InputError, match="not UTF-8: byte 0xff at 5"):
        argument("list \udcff")
