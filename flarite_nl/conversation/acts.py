"""What is said in a chat about the answer before: "next page", "show it as a chart", "export that to csv".

The templates stand in ``grammars/conversation.yaml``. The whole prompt must fit one: nothing is left over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flarite_nl.text import normalise

_PIECE = re.compile(
    r"\{(?P<slot>\w+)\}|\((?P<one>[^()]*(?:\([^()]*\)[^()]*)*)\)|\[(?P<any>[^\[\]]*)\]|(?P<word>[^\s()\[\]{}]+)"
)
_FILE = r"(?P<file>\"[^\"]+\"|'[^']+'|[^\s\"']*[./~][^\s\"']*[^\s\"'.])\s"
"""A file is told from a word by its quotation marks, its ending or its folder."""

LONGEST = 300
"""Characters of a prompt that can be an act; a longer one is a request, or nothing."""


@dataclass(frozen=True, slots=True)
class Act:
    """``name`` is that of the templates; ``format`` one of ``--format``, ``file`` a path, where they were said."""

    name: str
    format: str | None = None
    file: str | None = None


class Acts:
    """The templates of a grammar (``Grammar.conversation``), compiled.

    >>> from flarite_nl.grammar.loader import load
    >>> Acts(load().conversation).read("Export that to CSV, please")
    Act(name='export', format='csv', file=None)
    """

    def __init__(self, said: Mapping[str, Any]) -> None:
        self._formats = {
            " ".join(words.split()): name for name, several in said["formats"].items() for words in several
        }
        slots = {"format": f"(?P<format>{_either(self._formats)})", "file": _FILE}
        before, after = (f"(?:(?:{_either(said[name])}))*" for name in ("before", "after"))
        self._known = [
            (name, re.compile(before + _pattern(template, slots) + after, re.IGNORECASE))
            for name, templates in said["acts"].items()
            for template in templates
        ]

    def read(self, text: str) -> Act | None:
        """The act that the whole text says; None for everything else."""
        if len(text) > LONGEST:
            return None
        plain = re.sub(r"[\s,]+", " ", "".join(map(normalise, text))).strip().rstrip("?!. ") + " "
        for name, pattern in self._known:
            found = pattern.fullmatch(plain)
            if found:
                said = found.groupdict()
                file = said.get("file")
                return Act(name, self._format(said.get("format")), _bare(file) if file else None)
        return None

    def _format(self, said: str | None) -> str | None:
        return self._formats[" ".join(said.lower().split())] if said else None


def _bare(file: str) -> str:
    return file[1:-1] if file[0] in "\"'" else file


def _either(several: Iterable[str]) -> str:
    """One of these phrases, the longest first; every word is followed by a blank."""
    return "|".join(_words(each) for each in sorted(several, key=len, reverse=True))


def _words(phrase: str) -> str:
    return "".join(rf"{re.escape(word)}\s" for word in phrase.split())


def _pattern(template: str, slots: Mapping[str, str]) -> str:
    return "".join(_pieces(template, slots))


def _pieces(template: str, slots: Mapping[str, str]) -> Iterator[str]:
    for piece in _PIECE.finditer(template):
        if piece["slot"]:
            yield slots[piece["slot"]]
        elif piece["word"]:
            yield _words(piece["word"])
        else:
            inner = piece["one"] or piece["any"]
            yield f"(?:{'|'.join(_pattern(each, slots) for each in _alternatives(inner))})" + "?" * bool(piece["any"])


def _alternatives(text: str) -> list[str]:
    """Split at the bars that stand in no inner parentheses."""
    parts, depth = [""], 0
    for char in text:
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return parts
