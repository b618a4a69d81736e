"""Charts as files, drawn by matplotlib: PNG, SVG, or a page that holds the SVG and needs nothing else."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from html import escape
from importlib.util import find_spec
from typing import Any

from flarite_nl.errors import InputError
from flarite_nl.rendering.charts import Chart
from flarite_nl.rendering.clean import clean_line
from flarite_nl.rendering.html import document

SUFFIXES = (".png", ".svg", ".html")

MOST = 60
"""Bars of one chart."""


def check_drawable() -> None:
    """Raises InputError, with the remedy, where the library is not installed."""
    if find_spec("matplotlib") is None:
        raise InputError("A chart as a file needs matplotlib: pip install 'flarite-nl[charts]'.")


def picture(several: Sequence[Chart], badge: str, suffix: str) -> bytes:
    """The charts below each other, with the badge above them, in the format of ``suffix``."""
    if suffix != ".html":
        return _drawn(several, clean_line(badge), suffix.removeprefix("."))
    svg = _drawn(several, "", "svg").decode()
    return page(several, badge, svg[svg.index("<svg") :]).encode()


def page(several: Sequence[Chart], badge: str, svg: str) -> str:
    """One self-contained page: the picture, and its figures as tables for those who cannot see it."""
    tables = "\n".join(_table(each) for each in several)
    return document("flarite-nl chart", STYLE, BODY.format(badge=escape(clean_line(badge)), svg=svg, tables=tables))


def _table(chart: Chart) -> str:
    rows = "\n".join(f"<tr><th>{_text(p.label)}</th><td>{_text(p.text)}</td></tr>" for p in chart.points)
    return f"<table><caption>{_text(chart.title)}</caption>\n{rows}\n</table>"


def _text(text: str) -> str:
    return escape(clean_line(text))


def _drawn(several: Sequence[Chart], badge: str, form: str) -> bytes:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    # Labels are data: no formula is read into their dollar signs. SVG keeps letters as letters, and equal charts
    # give equal files.
    settings: Any = {"text.parse_math": False, "svg.fonttype": "none", "svg.hashsalt": "flarite-nl"}
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a letter that the font does not have is a box, and no reason to complain
        heights = [3.5 if each.line else 1.2 + 0.3 * min(len(each.points), MOST) for each in several]
        figure = Figure(figsize=(9, sum(heights) + (0.4 if badge else 0)), layout="constrained")
        grid = figure.subplots(len(several), 1, squeeze=False, height_ratios=heights)
        for chart, (axes,) in zip(several, grid, strict=True):
            _draw(chart, axes)
        if badge:
            figure.suptitle(badge, fontsize=9)
        out = io.BytesIO()
        metadata = {"Date": None} if form == "svg" else {"Software": None}
        figure.savefig(out, format=form, dpi=144, metadata=metadata)
    return out.getvalue()


def _draw(chart: Chart, axes: Any) -> None:
    points = chart.points if chart.line else chart.points[:MOST]
    values = [point.value for point in points]
    if chart.line:
        places = [point.at for point in points]
        axes.plot(places, values, marker="o")
        step = max(1, len(points) // 12)
        axes.set_xticks(places[::step], [clean_line(point.label) for point in points[::step]], rotation=30, ha="right")
        axes.set_ylim(min(0.0, *values), None)
        axes.grid(axis="y", alpha=0.3)
    else:
        places = list(range(len(points)))
        bars = axes.barh(places, values)
        axes.set_yticks(places, [clean_line(point.label)[:60] for point in points])
        axes.bar_label(bars, [clean_line(point.text) for point in points], padding=3)
        axes.margins(x=0.15)
        axes.invert_yaxis()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.set_title(clean_line(chart.title), loc="left", fontsize=10)


STYLE = """svg { max-width: 100%; height: auto }
table { border-collapse: collapse; margin: 1rem 0 }
caption { text-align: left; font-weight: bold }
th { text-align: left; font-weight: normal; padding-right: 2rem }
td { text-align: right }
"""

BODY = """<p><strong>{badge}</strong></p>
{svg}
{tables}
"""
