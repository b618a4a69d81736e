"""Results in a file: whole lines, and nothing but a batch's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flarite_nl.batch.journal import Agreed, Journal
from flarite_nl.batch.output import Output, line_of
from flarite_nl.errors import InputError


def test_half_a_line_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "out"
    whole = line_of({"index": 0, "status": "ok"}) + line_of({"index": 1, "status": "clarify"})
    path.write_bytes(whole + b'{"index": 2, "sta')
    with Output(path) as output:
        assert [each["index"] for each in output.finished()] == [0, 1]
        assert path.read_bytes() == whole
        output.write(line_of({"index": 2, "status": "ok"}))
    assert path.read_bytes().endswith(b'"clarify"}\n{"index": 2, "status": "ok"}\n')


def test_a_write_that_is_cut_short_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out"
    with Output(path) as output:
        output.write(b"first\n")

        class Full:
            """A disk with room for three more bytes."""

            def __init__(self, file: Any) -> None:
                self.file, self.room = file, 3

            def write(self, data: bytes) -> int:
                if not self.room:
                    raise OSError(28, "No space left on device")
                written, self.room = self.file.write(data[: self.room]), 0
                return int(written)

            def __getattr__(self, name: str) -> Any:
                return getattr(self.file, name)

        monkeypatch.setattr(output, "_file", Full(output._file))
        with pytest.raises(InputError, match="No space left on device"):
            output.write(b"second\n")
    assert path.read_bytes() == b"first\n"


@pytest.mark.parametrize("text", ["hello\n", "[1]\n", '{"index": 1}\n'])
def test_a_file_of_something_else_is_left_alone(text: str, tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text(text)
    with Output(path) as output, pytest.raises(InputError, match="no results of a batch"):
        list(output.finished())
    assert path.read_text() == text


def test_results_and_journal_are_their_owners(tmp_path: Path) -> None:
    Output(tmp_path / "out").close()
    Journal(tmp_path / "out.resume").close()
    assert [path.stat().st_mode & 0o077 for path in tmp_path.iterdir()] == [0, 0]


def test_a_journal_keeps_what_was_agreed_to(tmp_path: Path) -> None:
    path = tmp_path / "out.resume"
    with Journal(path) as journal:
        journal.add(3, "a.txt", 4, Agreed("x", {"plan": 1}, None, True))
        journal.telling(3, [7, 8])
        assert [journal.times("refund it"), journal.times("refund it")] == [1, 2]
    with Journal(path) as journal:
        assert journal.agreed(3) == Agreed("x", {"plan": 1}, None, True)
        assert journal.agreed(4) is None
        assert (journal.untold(3), journal.untold(4)) == ([], [7, 8])
        with pytest.raises(InputError, match="Another run is at work"):
            Journal(path)
        journal.remove()
    assert list(tmp_path.iterdir()) == []
