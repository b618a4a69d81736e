"""What can be said of a resource, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from flarite_nl.grammar.capabilities import Capabilities
from flarite_nl.rendering.clean import clean_line

WIDTH = 110
FEW = 3
MANY = 8


def overview(several: Sequence[Capabilities]) -> str:
    """A few lines a resource: what it can be asked by and done, and a few prompts."""
    return "\n\n".join("\n".join(_short(each)) for each in several)


def detail(one: Capabilities) -> str:
    """All of one resource."""
    return "\n".join(_long(one))


def _short(each: Capabilities) -> Iterator[str]:
    yield clean_line(each.resource)
    yield from _line("ask by", [field.field for field in each.fields])
    if each.writes:
        yield from _line("do", [write.name for write in each.writes])
    for prompt in (*each.reads[:FEW], *each.orders[: FEW - 1]):
        yield f"    {clean_line(prompt)}"


def _long(each: Capabilities) -> Iterator[str]:
    yield clean_line(each.resource)
    yield from _line("called", each.nouns)
    yield "  ask by"
    for field in each.fields:
        said = f" - {', '.join(field.words)}" if field.words else ""
        yield from _indented(f"{field.field} ({field.type}){said}", 4)
        if field.values:
            yield from _indented(", ".join(field.values), 8)
    if each.meanings:
        yield from _line("or", each.meanings)
    if each.writes:
        yield "  do (* is needed)"
        for write in each.writes:
            params = f" - {', '.join(write.params)}" if write.params else ""
            verbs = f", also {', '.join(write.verbs)}" if write.verbs else ""
            yield from _indented(f"{write.name} ({write.risk}{verbs}){params}", 4)
    if each.reads or each.orders:
        yield "  for example"
        yield from (f"    {clean_line(prompt)}" for prompt in (*each.reads[:MANY], *each.orders[:MANY]))


def _line(label: str, words: Sequence[str]) -> Iterator[str]:
    if words:
        yield from _indented(f"{label}: {', '.join(words)}", 2)


def _indented(text: str, by: int) -> Iterator[str]:
    yield from wrap(clean_line(text), WIDTH, initial_indent=" " * by, subsequent_indent=" " * (by + 2))
