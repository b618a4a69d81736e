"""Charts in the terminal: plotext draws them, in characters."""

from __future__ import annotations

from typing import Any

from flarite_nl.rendering.charts import Chart
from flarite_nl.rendering.colours import paint
from flarite_nl.rendering.tables import cut, size

HEIGHT = 14
"""Lines of a chart with a line."""

LABEL = 24
"""Columns that the name of a bar may take."""

MOST = 60
"""Bars that are drawn; the table has all."""


def chart_text(chart: Chart, width: int, *, colour: bool = False, unicode: bool = True) -> str:
    """The chart in at most ``width`` columns; ``unicode`` False keeps to ASCII where the terminal has no blocks."""
    title = paint(chart.title, "heading", colour=colour)
    drawn = _line(chart, width, unicode) if chart.line else _bars(chart, width, unicode)
    lines = [line.rstrip() for line in drawn.splitlines()]
    left = len(chart.points) - MOST
    if not chart.line and left > 0:
        lines.append(f"… and {left} more")
    return "\n".join([title, *lines])


def _bars(chart: Chart, width: int, unicode: bool) -> str:
    points = chart.points[:MOST]
    count = len(points)
    figures = max(size(point.text) for point in points)
    room = max(min(LABEL, width - figures - 12), 4)
    names = [cut(point.label, room) for point in points]
    across = max(map(size, names))
    labels = [
        f"{name}{' ' * (across - size(name))}  {' ' * (figures - size(point.text))}{point.text} "
        for name, point in zip(names, points, strict=True)
    ]
    values = [point.value for point in points]
    plot = _plot(width, count)
    rows = list(range(count, 0, -1))
    plot.bar(rows, values, orientation="h", width=0.01, marker="█" if unicode else "#")
    for hidden in (plot.frame, lambda _: plot.xaxes(False, False), lambda _: plot.yaxes(False, False)):
        hidden(False)
    plot.xticks([])
    plot.yticks(rows, labels)
    plot.ylim(*((1, count) if count > 1 else (0.5, 1.5)))
    low, high = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
    plot.xlim(low, high if high > low else low + 1)
    return str(plot.uncolorize(plot.build()))


def _line(chart: Chart, width: int, unicode: bool) -> str:
    plot = _plot(width, HEIGHT)
    places = [point.at for point in chart.points]
    plot.plot(places, [point.value for point in chart.points], marker="braille" if unicode else "*")
    # As many labels as stand beside each other, the first and the last among them.
    fit = max(2, (width - 12) // (size(chart.points[0].label) + 3))
    step = max(1, -(-(len(places) - 1) // (fit - 1)))
    shown = chart.points[::step]
    plot.xticks([point.at for point in shown], [point.label for point in shown])
    values = [point.value for point in chart.points]
    # An axis that begins elsewhere than at nothing makes little differences look large.
    plot.ylim(min(0.0, *values), max(0.0, *values) or 1.0)
    return str(plot.uncolorize(plot.build()))


def _plot(width: int, height: int) -> Any:
    """plotext holds one figure for the whole process: each chart starts with an empty one."""
    import plotext

    plotext.clear_figure()
    plotext.theme("clear")
    plotext.limitsize(False, False)
    plotext.plotsize(width, height)
    return plotext
