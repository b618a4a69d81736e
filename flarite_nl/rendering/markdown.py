"""Text for Markdown: nothing from outside becomes a link, a picture, markup or another cell."""

from __future__ import annotations

import re

from flarite_nl.rendering.clean import clean_line

_ACTIVE = re.compile(r"([\\`*\[\]<>|!~#$])|(?<!\w)_|_(?!\w)|&|://|@")


def escaped(text: str) -> str:
    """``text`` on one line, to be read as it stands."""
    return _ACTIVE.sub(_escape, clean_line(text))


def _escape(found: re.Match[str]) -> str:
    # Renderers make links of bare addresses, which no backslash prevents: an entity does.
    return {"&": "&amp;", "<": "&lt;", ">": "&gt;", "://": "&#58;//", "@": "&#64;", "$": "$"}.get(
        found[0], f"\\{found[0]}"
    )
