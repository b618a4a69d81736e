"""How an answer is shown: format, columns, file, colour, pager, chart. Shared by the commands that have answers."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from flarite_nl.cli import files
from flarite_nl.cli.app import complain, tell
from flarite_nl.cli.options import Clock, zone_of
from flarite_nl.errors import InputError

if TYPE_CHECKING:
    from flarite_nl.model.outcome import Outcome
    from flarite_nl.model.parse import Parse
    from flarite_nl.rendering.columns import Resources
    from flarite_nl.rendering.tables import Style

F = TypeVar("F", bound=Callable[..., Any])

FORMATS = ("table", "json", "ndjson", "csv", "tsv", "markdown")
HERE = "-"
"""What ``--chart`` and ``--explain`` hold where no file is named: the terminal."""

PICTURES = (".png", ".svg", ".html")
PAGES = (".html",)


@dataclass(frozen=True, slots=True)
class Output:
    """What was said about showing. ``fields`` are the only columns, where given; ``file`` takes the answer."""

    style: str = "table"
    fields: tuple[str, ...] = ()
    file: str | None = None
    wide: bool = False
    colour: bool = True
    pager: bool = True
    chart: str | None = None

    def check(self) -> None:
        """Tell what cannot be done before anything is asked of Stripe.

        Raises:
            InputError: a file that cannot be written, a chart that cannot be drawn.
        """
        for file in (self.file, self.chart):
            if file not in (None, HERE):
                files.check_writable(str(file))
        if self.file and self.chart and self.chart != HERE and Path(self.file).resolve() == Path(self.chart).resolve():
            raise InputError("The answer and its chart need a file each.")
        if self.chart == HERE and (self.style != "table" or self.file):
            raise InputError("A chart in the terminal stands below a table: name a file, as in --chart FILE.svg.")
        if self.chart not in (None, HERE):
            from flarite_nl.rendering.pictures import check_drawable

            check_drawable()

    def check_prompt(self, parse: Parse) -> None:
        """Raises InputError where a chart is wanted of a prompt that has nothing to draw."""
        from flarite_nl.rendering.charts import can_be_drawn

        if self.chart is not None and not can_be_drawn(parse):
            raise InputError('A chart needs figures by something: say so in the prompt, as in "payments by month".')


class Answering(click.Command):
    """A command whose ``--chart`` and ``--explain`` may be followed by a file or, just as well, by the prompt."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, list(_with_files(args)))


def _with_files(args: list[str]) -> list[str]:
    ends = {"--chart": PICTURES, "--explain": PAGES}
    out: list[str] = []
    left = list(args)
    while left:
        word = left.pop(0)
        if word == "--":
            return [*out, word, *left]
        if word in ends:
            named = left and not left[0].startswith("-") and " " not in left[0] and _ending(left[0], ends[word])
            word = f"{word}={left.pop(0) if named else HERE}"
        out.append(word)
    return out


def _ending(name: str, ends: tuple[str, ...]) -> bool:
    return Path(name).suffix.lower() in ends


def named_file(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """The value of ``--chart`` or ``--explain``, if it is one."""
    ends = PAGES if param.name == "explain" else PICTURES
    if value in (None, HERE) or _ending(str(value), ends):
        return value
    raise click.BadParameter(f"{value!r} does not end in {', '.join(ends)}.", ctx, param)


def _fields(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in (value or "").split(",") if name.strip()))
    if value is not None and not names:
        raise click.BadParameter("it names no field; give some as in id,amount,customer.email.", ctx, param)
    return names


def output_options(command: F) -> F:
    """The options, which the command takes as one argument ``output``."""
    return _with_options(command, _OPTIONS)


def answer_options(command: F) -> F:
    """The same for a command whose answers are never figures: without ``--chart``."""
    return _with_options(command, tuple(option for option in _OPTIONS if option is not _CHART))


def _with_options(command: F, options: Sequence[Callable[[Any], Any]]) -> F:
    def wrapped(*args: Any, **given: Any) -> Any:
        output = Output(
            given.pop("style"),
            given.pop("fields"),
            _elsewhere(given.pop("output_file")),
            given.pop("wide"),
            not given.pop("no_color"),
            not given.pop("no_pager"),
            given.pop("chart", None),
        )
        return command(*args, output=output, **given)

    wrapped.__doc__ = command.__doc__
    wrapped.__name__ = command.__name__
    for option in reversed(options):
        wrapped = option(wrapped)
    if hasattr(command, "__click_params__"):
        wrapped.__click_params__ = command.__click_params__ + wrapped.__click_params__  # type: ignore[attr-defined]
    return wrapped  # type: ignore[return-value]


def _elsewhere(file: str | None) -> str | None:
    """``-`` is standard output, as everywhere."""
    return None if file == "-" else file


_CHART = click.option(
    "--chart", callback=named_file, metavar="[FILE]",
    help="Draw figures by something: below the table, or into FILE.png, .svg or .html.",
)  # fmt: skip

_OPTIONS = (
    click.option("--format", "style", type=click.Choice(FORMATS), default="table", show_default=True),
    click.option("--fields", callback=_fields, metavar="A,B.C", help="Only these fields, in this order."),
    click.option(
        "--output", "output_file", type=click.Path(dir_okay=False), metavar="FILE",
        help="Write the answer to FILE, whole or not at all.",
    ),
    _CHART,
    click.option("--wide", is_flag=True, help="Cut nothing to fit the terminal."),
    click.option("--no-color", is_flag=True, help="No colours; the variable NO_COLOR means the same."),
    click.option("--no-pager", is_flag=True, help="Do not page long tables."),
)  # fmt: skip


# Showing


def colour_wanted(output: Output) -> bool:
    """Colours are for terminals: neither for pipes and files nor where somebody said no."""
    if (
        not output.colour
        or output.style != "table"
        or output.file
        or os.environ.get("NO_COLOR")
        or os.environ.get("TERM") == "dumb"
    ):
        return False
    return sys.stdout.isatty()


def terminal_width(output: Output) -> int | None:
    """Columns that a table must fit; None where it is wanted whole, goes elsewhere or is no table for terminals."""
    if output.wide or output.style != "table" or output.file or not sys.stdout.isatty():
        return None
    return shutil.get_terminal_size().columns


def deliver(outcome: Outcome, resources: Resources, at: Clock, output: Output, server: str | None = None) -> None:
    """Show an answer, or put it into its file; what is missing from it is said in every format."""
    style = style_of(resources, at, output, server)
    text = _text(outcome, style, output)
    if output.style in ("csv", "tsv") and outcome.results:
        from flarite_nl.rendering.badges import badge

        tell(badge(outcome.mode, outcome.account, server))
    if text:
        _print(text, outcome, style, output)
    if output.chart is not None and output.chart != HERE:
        draw(outcome, output.chart, server)
    _tell_what_is_missing(outcome, resources, output)


def style_of(resources: Resources, at: Clock, output: Output, server: str | None = None) -> Style:
    """How tables are drawn, here and now."""
    from flarite_nl.rendering.tables import Style

    return Style(
        resources, zone_of(at.zone), at.zone, server, at.now, terminal_width(output), colour_wanted(output),
        output.fields, output.style == "markdown",
    )  # fmt: skip


def _text(outcome: Outcome, style: Style, output: Output) -> str:
    if output.style in ("json", "ndjson"):
        from flarite_nl.rendering import records

        if output.style == "json":
            return records.answer_json(outcome, style.resources, output.fields)
        return "\n".join(records.answer_lines(outcome, style.resources, output.fields))
    if not outcome.results:
        return ""
    if output.style in ("csv", "tsv"):
        from flarite_nl.rendering.delimited import delimited

        return delimited(outcome, style, output.style)
    from flarite_nl.rendering.outcomes import outcome_text

    text = outcome_text(outcome, style)
    return f"{text}\n\n{terminal_charts(outcome, style)}" if output.chart == HERE else text


def terminal_charts(outcome: Outcome, style: Style) -> str:
    """The figures of an answer, drawn in characters."""
    from flarite_nl.rendering.charts import charts
    from flarite_nl.rendering.terminal_chart import chart_text

    width = min(style.width or 80, 120)
    encoding = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "")
    drawn = [
        chart_text(each, width, colour=style.colour, unicode=encoding.startswith("utf")) for each in charts(outcome)
    ]
    return "\n\n".join(drawn) if drawn else "There is nothing to draw."


def _print(text: str, outcome: Outcome, style: Style, output: Output) -> None:
    if output.file:
        try:
            files.put(output.file, f"{text}\n".encode())
        except InputError as problem:
            # What was asked may have been a write: its answer must not be lost with the file.
            complain(problem.message)
            click.echo(text)
            raise
        tell(f"Written to {output.file}.")
    elif _is_long(text, output):
        os.environ.setdefault("LESS", "FRX")
        click.echo_via_pager(text + "\n", color=style.colour)
    else:
        click.echo(text)


def _is_long(text: str, output: Output) -> bool:
    if not output.pager or output.style != "table" or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return text.count("\n") + 2 > shutil.get_terminal_size().lines


def draw(outcome: Outcome, file: str, server: str | None) -> None:
    """Put the figures of an answer into a file, drawn. Raises InputError where it cannot be written."""
    from flarite_nl.rendering.badges import badge
    from flarite_nl.rendering.charts import charts
    from flarite_nl.rendering.pictures import picture

    drawn = charts(outcome)
    if not drawn:
        tell(f"There is nothing to draw, and {file} was not written.")
        return
    head = badge(outcome.mode, outcome.account, server)
    files.put(file, picture(drawn, head, Path(file).suffix.lower()))
    tell(f"Drawn to {file}.")


def _tell_what_is_missing(outcome: Outcome, resources: Resources, output: Output) -> None:
    if outcome.results and not outcome.complete and (output.style in ("csv", "tsv", "ndjson") or output.file):
        from flarite_nl.rendering.outcomes import INCOMPLETE

        tell(" ".join([INCOMPLETE, *outcome.problems]))
    if output.style in ("csv", "tsv"):
        for each in (skipped for result in outcome.results for skipped in result.skipped):
            tell(f"Skipped {each.id}: {each.why}")
    for name in _unknown(outcome, resources, output.fields):
        tell(f"Nothing in this answer has a field {name!r}.")


def _unknown(outcome: Outcome, resources: Resources, fields: tuple[str, ...]) -> list[str]:
    """Fields asked for that no grammar knows and no object has: they may be misspelt."""
    from flarite_nl.rendering.cells import values_at

    rows = [(row, result) for result in outcome.results for row in (*result.rows, *result.written)]
    known = {name for result in outcome.results for name in _names(result.intent.resource, resources)}
    if not rows:
        return []
    return [
        name for name in fields
        if name not in known and not any(value is not None for row, _ in rows for value in values_at(row, name))
    ]  # fmt: skip


def _names(resource: str, resources: Resources) -> set[str]:
    """Every field that can be named: a resource's own, and those of what it points to."""
    own = resources[resource].fields if resource in resources else {}
    found = set(own)
    for name, field in own.items():
        if field.to and field.to in resources:
            found |= {f"{name}.{inner}" for inner in resources[field.to].fields}
    return found


def with_fields(parse: Parse, resources: Resources, fields: tuple[str, ...]) -> Parse:
    """The parse to plan by: what ``--fields`` names on objects that others point to must be fetched with them."""
    from dataclasses import replace

    def intent(each: Any) -> Any:
        if each.is_write or each.aggregate is not None or each.resource not in resources:
            return each
        # The fields of Stripe's own objects come anyway; only what the grammar knows to be elsewhere is asked for.
        elsewhere = _names(each.resource, resources) - set(resources[each.resource].columns)
        asked = tuple(name for name in fields if name in elsewhere and _has_place(name, each.resource, resources))
        return replace(each, fields=tuple(dict.fromkeys((*each.fields, *asked))))

    return replace(parse, intents=tuple(map(intent, parse.intents))) if fields else parse


def _has_place(name: str, resource: str, resources: Resources) -> bool:
    field = resources[resource].fields.get(name)
    return field is None or bool(field.path)
