"""The pages of ``docs/``: ``python -m tests.docs.pages`` writes what their commands and snippets print into them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import flarite_nl.component  # noqa: F401 - spaCy finds it by itself where the package is installed (test_wheel.py)
from tests.docs import phrasing
from tests.end_to_end.readme import printed

DOCS = Path(__file__).parents[2] / "docs"
PAGES = tuple(sorted(DOCS.glob("*.md")))

BLOCK = re.compile(r"^```(?P<kind>\w*)\n(?P<body>(?:.*\n)*?)```$", re.MULTILINE)
_FILE = re.compile(r"# (?P<name>\w+\.yaml)\n")


def blocks(text: str) -> list[tuple[str, str]]:
    """The fenced blocks of a page: their kinds and what stands in them."""
    return [(each["kind"], each["body"]) for each in BLOCK.finditer(text)]


def renewed(text: str) -> str:
    """The page with what its commands and snippets print today, all run in their order in one folder."""
    with TemporaryDirectory() as folder, chdir(folder), patch.dict(os.environ, {"FLARITE_TZ": "UTC"}):
        made = iter(list(_renewed(blocks(text))))
        return BLOCK.sub(lambda found: f"```{found['kind']}\n{next(made)}```", text)


def _renewed(given: list[tuple[str, str]]) -> Iterator[str]:
    names: dict[str, Any] = {}
    output = StringIO()
    for kind, body in given:
        if kind == "console":
            command = body.partition("\n")[0]
            yield f"{command}\n{printed(command.removeprefix('$ flarite-nl '))}"
        elif kind == "text":
            yield output.getvalue()
            output = StringIO()
        else:
            if kind == "python":
                with redirect_stdout(output):
                    exec(compile(body, "docs", "exec"), names)
            elif kind == "yaml" and (named := _FILE.match(body)):
                Path(named["name"]).write_text(body, "utf-8")
            yield body
    if output.getvalue():
        raise ValueError(f"a snippet prints {output.getvalue()!r}, which no text block shows")


def rewrite() -> None:
    (DOCS / "phrasing.md").write_text(phrasing.text(), "utf-8")
    for page in PAGES:
        page.write_text(renewed(page.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    rewrite()
