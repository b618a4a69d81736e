"""Stripe objects as a table that fits its terminal: tabulate draws, this decides what is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from tabulate import SEPARATING_LINE, DataRow, Line, TableFormat, tabulate
from wcwidth import wcswidth

from flarite_nl.rendering.cells import NOTHING, Column, cell
from flarite_nl.rendering.clean import clean_line
from flarite_nl.rendering.colours import paint, tone_of_cut, tone_of_status
from flarite_nl.rendering.columns import RIGHT
from flarite_nl.rendering.totals import totals

if TYPE_CHECKING:
    from flarite_nl.grammar.schema import Resource
    from flarite_nl.model.outcome import Row

GAP = 2
"""Blanks between two columns."""

COMFORT, FLOOR = 18, 8
"""Characters that a text keeps while the table is first, and then as far as can be, made narrower."""

WHOLE = frozenset({"money", "number", "percent", "boolean", "time", "currency"})
"""Types that are never cut: half an amount or half a date is another one."""

CUT = "…"

SIMPLE = TableFormat(
    lineabove=None, linebelowheader=Line("", "-", " " * GAP, ""), linebetweenrows=None, linebelow=None,
    headerrow=None, datarow=DataRow("", " " * GAP, ""), padding=0, with_header_hide=None,
)  # fmt: skip
"""tabulate's "simple", whose heading is a row like the others: it would make each column two wider than its heading."""


@dataclass(frozen=True, slots=True)
class Style:
    """What a table depends on besides its data: the grammar's resources by name, and the zone of its times.

    ``server`` is named in the badge where it is not Stripe's own. ``now`` says how far away times are. ``width`` are
    the columns of the terminal that it must fit; None cuts nothing. ``fields`` are the only columns, where given.
    ``markdown`` draws a table of GitHub's kind. In a chat rows are ``numbered``, so that they can be spoken of, and
    shown in parts: at ``most`` so many from row ``first`` on, which counts from 0.
    """

    resources: Mapping[str, Resource]
    zone: tzinfo
    zone_name: str
    server: str | None = None
    now: datetime | None = None
    width: int | None = None
    colour: bool = False
    fields: tuple[str, ...] = ()
    markdown: bool = False
    numbered: bool = False
    first: int = 0
    most: int | None = None

    def part(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows that are shown."""
        return rows if self.most is None else rows[self.first : self.first + self.most]


@dataclass(slots=True)
class Table:
    """Cells before they are drawn: texts, how far each column may be cut, and the totals below them."""

    names: list[str]
    cells: list[list[str]]
    sides: list[str]
    floors: list[int | None]
    totals: list[list[str]]
    statuses: list[bool]

    def widths(self) -> list[int]:
        lines = [self.names, *self.cells, *self.totals]
        return [max(size(line[at]) for line in lines) for at in range(len(self.names))]


def table(
    rows: Iterable[Row], columns: Sequence[Column], style: Style, number: int | None = None, *, partial: bool = False
) -> str:
    """Stripe objects as a table; the heading of a time names its zone, totals stand below the amounts.

    ``number`` is that of the first row, if any; ``partial`` says that rows are missing, so that the totals are none.
    """
    held = list(rows)
    made = _table(held, columns, style, number, partial)
    if style.width is None:
        return draw(made, style)
    # What goes first is what is least missed: the ends of long texts, then how far away times are.
    bare = _table(held, columns, replace(style, now=None), number, partial)
    for start, least in ((made, COMFORT), (bare, COMFORT), (bare, FLOOR)):
        made = _cut(start, style.width, least)
        if _needed(made.widths()) <= style.width:
            return draw(made, style)
    return _without_the_last(bare, made.widths(), style)


def size(text: str) -> int:
    """Columns of a terminal that a text takes."""
    return max(wcswidth(text), 0) if not text.isascii() else len(text)


def cut(text: str, width: int) -> str:
    """``text`` in so many columns of the terminal, with an ellipsis where something was cut."""
    if size(text) <= width:
        return text
    kept = text[: max(width - 1, 0)]
    while kept and size(kept) > width - 1:
        kept = kept[:-1]
    return kept + CUT


def plain_table(names: Sequence[str], cells: Sequence[Sequence[str]], sides: Sequence[str], style: Style) -> str:
    """A table of texts as they are, such as figures; long ones are cut where the terminal is narrow."""
    floors = [None if side == "right" else FLOOR for side in sides]
    made = Table(list(names), [list(each) for each in cells], list(sides), floors, [], [False] * len(names))
    return draw(_cut(made, style.width, FLOOR) if style.width else made, style)


def status_table(
    names: Sequence[str],
    cells: Sequence[Sequence[str]],
    status: str,
    whole: Sequence[str],
    *,
    width: int | None = None,
    colour: bool = False,
) -> str:
    """A table of texts with a column of states, made to fit; the columns in ``whole`` are never cut."""
    floors = [None if name in (status, *whole) else FLOOR for name in names]
    made = Table(list(names), [list(each) for each in cells], ["left"] * len(names), floors, [],
                 [name == status for name in names])  # fmt: skip
    style = Style({}, UTC, "UTC", width=width, colour=colour)
    if width is None:
        return draw(made, style)
    narrow = _cut(made, width, FLOOR)
    fits = _needed(narrow.widths()) <= width
    return draw(narrow, style) if fits else _without_the_last(made, narrow.widths(), style)


def _table(rows: Sequence[Row], columns: Sequence[Column], style: Style, number: int | None, partial: bool) -> Table:
    names = [f"{each.heading} ({style.zone_name})" if each.type == "time" else each.heading for each in columns]
    split = (part for row in rows for part in by_currency(row, columns))
    cells = [[cell(row, column, style.zone, style.now) for column in columns] for row in split]
    word = "so far" if partial else "total"
    below = [_total(f"{word} {code.upper()}", texts) for code, texts in totals(rows, columns).items()]
    sides = ["right" if column.type in RIGHT else "left" for column in columns]
    floors = [None if column.type in WHOLE else FLOOR for column in columns]
    made = Table(list(map(clean_line, names)), cells, sides, floors, below, [column.is_status for column in columns])
    return made if number is None else _numbered(made, number)


def _numbered(made: Table, number: int) -> Table:
    """The table with a number before each row, the first of which is ``number``."""
    return Table(
        ["#", *made.names],
        [[str(at), *line] for at, line in enumerate(made.cells, number)],
        ["right", *made.sides],
        [None, *made.floors],
        [["", *line] for line in made.totals],
        [False, *made.statuses],
    )


def _total(label: str, texts: list[str]) -> list[str]:
    """The label stands in the first column that has no total."""
    at = texts.index("") if "" in texts else 0
    return [label if number == at else text for number, text in enumerate(texts)]


def _needed(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


def _cut(made: Table, width: int | None, least: int) -> Table:
    """The table with its widest texts and headings cut, none below ``least``, until it fits or nothing is left."""
    widths = made.widths()
    bodies = [max([size(line[at]) for line in (*made.cells, *made.totals)], default=0) for at in range(len(widths))]
    # A heading may be cut below what is whole beneath it, never the other way round.
    below = [max((size(line[at]) for line in made.totals), default=0) for at in range(len(widths))]
    limits = [max(body, min(wide, least)) if floor is None else min(wide, least)
              for wide, body, floor in zip(widths, bodies, made.floors, strict=True)]  # fmt: skip
    limits = [max(limit, total) for limit, total in zip(limits, below, strict=True)]
    while width is not None and _needed(widths) > width:
        room = [wide - limit for wide, limit in zip(widths, limits, strict=True)]
        if max(room) <= 0:
            break
        at = max((each for each in range(len(widths)) if room[each] > 0), key=lambda each: widths[each])
        widths[at] -= 1
    return _at_widths(made, widths)


def _at_widths(made: Table, widths: Sequence[int]) -> Table:
    def line(texts: Sequence[str]) -> list[str]:
        return [cut(text, width) for text, width in zip(texts, widths, strict=True)]

    return replace(
        made, names=line(made.names), cells=[line(each) for each in made.cells], totals=[line(t) for t in made.totals]
    )


def _without_the_last(bare: Table, narrowest: Sequence[int], style: Style) -> str:
    """The first columns that fit, with the room that this leaves, and a line that names the others."""
    width, count = style.width or 0, len(narrowest)
    while count > 1 and _needed(narrowest[:count]) > width:
        count -= 1
    shown = Table(
        bare.names[:count], [each[:count] for each in bare.cells], bare.sides[:count], bare.floors[:count],
        [each[:count] for each in bare.totals], bare.statuses[:count],
    )  # fmt: skip
    note = "\n".join(_wrapped(f"Not shown here: {', '.join(bare.names[count:])} (--wide shows them).", width))
    return f"{draw(_cut(shown, width, FLOOR), style)}\n{note}"


def _wrapped(text: str, width: int) -> Iterator[str]:
    line = ""
    for word in text.split():
        if line and size(line) + 1 + size(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    yield line


def draw(made: Table, style: Style) -> str:
    """The text of a table. Colour comes last: whatever was cut or measured has none."""
    if style.markdown:
        return _markdown(made)
    rows: list[list[str] | str] = [_bold(made.names, style), SEPARATING_LINE]
    rows += [_painted(each, made.statuses, style) for each in made.cells]
    if made.totals:
        rows += [SEPARATING_LINE, *(_bold(each, style) for each in made.totals)]
    # Without disable_numparse, tabulate would take an ID such as 123e5 for a number and rewrite it.
    return tabulate(rows, tablefmt=SIMPLE, disable_numparse=True, colalign=made.sides)


def _bold(texts: Sequence[str], style: Style) -> list[str]:
    return [paint(text, "bold", colour=style.colour) for text in texts]


def _painted(cells: Sequence[str], statuses: Sequence[bool], style: Style) -> list[str]:
    if not style.colour:
        return list(cells)
    return [
        paint(text, _tone(text) if is_status else "dim" if text == NOTHING else None)
        for text, is_status in zip(cells, statuses, strict=True)
    ]


def _tone(text: str) -> str | None:
    return tone_of_cut(text.removesuffix(CUT)) if text.endswith(CUT) else tone_of_status(text)


def _markdown(made: Table) -> str:
    from flarite_nl.rendering.markdown import escaped

    rows = [[escaped(text) for text in each] for each in made.cells]
    rows += [[f"**{escaped(text)}**" if text else "" for text in each] for each in made.totals]
    return tabulate(
        rows, [escaped(each) for each in made.names], tablefmt="pipe", disable_numparse=True, colalign=made.sides
    )


def by_currency(row: Row, columns: Sequence[Column]) -> list[Row]:
    """A balance holds lists of amounts, one of each currency: it gets one line a currency."""
    heads = {column.path.partition("[]")[0] for column in columns if "[]." in column.path}
    lists = {head: row[head] for head in heads if _are_amounts(row.get(head))}
    codes = dict.fromkeys(each["currency"] for amounts in lists.values() for each in amounts)
    if len(codes) < 2:
        return [row]
    return [
        {**row, **{head: [each for each in lists[head] if each["currency"] == code] for head in lists}}
        for code in sorted(codes)
    ]


def _are_amounts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, Mapping) and "currency" in each for each in value)
