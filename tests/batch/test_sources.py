"""What stands in files of prompts, wherever they lie."""

from __future__ import annotations

import bz2
import gzip
import io
from pathlib import Path
from typing import Any

import fsspec
import pytest

from flarite_nl.batch.items import Item
from flarite_nl.batch.sources import Form, Source, form_of, found, items
from flarite_nl.errors import InputError


def read(data: bytes, form: Form = "text", column: str | None = None) -> list[Item]:
    return list(items([Source("-", form, column)], io.BytesIO(data)))


def said(item: Item) -> str | tuple[int, str]:
    return item.error.message if item.error else (item.line, item.text)


def test_plain_text_with_comments() -> None:
    data = b"\xef\xbb\xbf# refunds of March\n\n  list invoices \r\n#x\nshow # of disputes\nlast"
    assert [said(each) for each in read(data)] == [(3, "list invoices"), (5, "show # of disputes"), (6, "last")]
    assert [each.index for each in read(data)] == [0, 1, 2]


def test_a_bad_line_is_an_item_like_any_other() -> None:
    found = read(b"one\n\xff\xfe\ntwo\n" + b"sk_" + b"live_" + b"a" * 24 + b"\nthree\n")
    assert [said(each) for each in found[::2]] == [(1, "one"), (3, "two"), (5, "three")]
    assert "not UTF-8" in str(said(found[1]))
    assert "A Stripe key stands in the prompt" in str(said(found[3]))
    assert found[3].text == ""


def test_json_lines() -> None:
    data = b'{"text": "a", "id": 7}\n{"prompt": "b", "text": "x", "context": ["list invoices"]}\n{"text": 5}\n{oops\n'
    first, second, third, fourth = read(data, "jsonl")
    assert (first.text, first.carried) == ("a", {"id": 7})
    assert (second.text, second.carried, second.context) == ("b", {"text": "x"}, ("list invoices",))
    assert said(third) == 'The line is not a JSON object with a "prompt".'
    assert str(said(fourth)).startswith("The line is not JSON")


def test_csv() -> None:
    data = 'id,prompt,team\n1,"refund ""ch_1""",é\n2,"two\nlines",b\n3,short\n4,,d\n5,list,"a,b"\n'.encode()
    found = read(data, "csv")
    assert [said(each) for each in found] == [
        (2, 'refund "ch_1"'), (3, "two\nlines"), "The row has 2 cells, and the header 3.",
        "The cell of 'prompt' is empty.", (7, "list"),
    ]  # fmt: skip
    assert found[0].carried == {"id": "1", "team": "é"}
    assert found[4].carried == {"id": "5", "team": "a,b"}


def test_csv_with_a_bad_row() -> None:
    found = read(b'text\n"a"b\nlist\n\xff\nshow\n', "csv")
    assert [each.text for each in found if each.error is None] == ["list", "show"]
    assert [str(said(each))[:19] for each in found if each.error] == ["The row is no CSV: ", "The text is not UTF"]


@pytest.mark.parametrize(
    ("head", "column", "prompt"),
    [("a,question", "question", "2"), ("text,prompt", None, "2"), ("text,b", None, "1")],
)
def test_the_column_of_the_prompt(head: str, column: str | None, prompt: str) -> None:
    (item,) = read(f"{head}\n1,2\n".encode(), "csv", column)
    assert item.text == prompt


def test_a_csv_without_the_column() -> None:
    (item,) = read(b"a,b\n1,2\n", "csv")
    assert said(item) == "The file has no column 'prompt'; its columns are a, b."


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.txt", "text"),
        ("a.JSONL", "jsonl"),
        ("s3://b/a.ndjson.gz", "jsonl"),
        ("a.csv.zst", "csv"),
        ("prompts", "text"),
    ],
)
def test_what_a_name_says(name: str, form: str) -> None:
    assert form_of(name) == form


def test_compressed_files_and_globs(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b'{"text": "second"}\n'))
    (tmp_path / "a.txt.bz2").write_bytes(bz2.compress(b"first\n"))
    sources = found([str(tmp_path / "*")])
    assert [(each.index, each.text) for each in items(sources)] == [(0, "first"), (1, "second")]


def test_a_url_that_fsspec_knows() -> None:
    memory: Any = fsspec.filesystem("memory")
    memory.pipe({"/prompts/1.txt": b"one\n", "/prompts/2.txt": b"two\n"})
    sources = found(["memory://prompts/*.txt"])
    assert [(each.file, each.text) for each in items(sources)] == [
        ("memory:///prompts/1.txt", "one"),
        ("memory:///prompts/2.txt", "two"),
    ]


def test_a_file_that_breaks_off(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(b"line %d\n" % number for number in range(50_000)))
    (tmp_path / "a.txt.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "b.txt").write_text("next\n")
    *_, broken, last = items(found([str(tmp_path / "a.txt.gz"), str(tmp_path / "b.txt")]))
    assert "a.txt.gz cannot be read on after line" in str(said(broken))
    assert last.text == "next"


@pytest.mark.parametrize("name", ["missing.txt", "*.csv", "nothing://at/all"])
def test_no_such_file(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        found([name if "://" in name else str(tmp_path / name)])
