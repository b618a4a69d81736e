"""How a prompt was read, as one page that needs nothing else: spaCy's displaCy marks the words."""

from __future__ import annotations

from html import escape
from typing import Any

from flarite_nl.rendering.clean import clean_character, clean_line
from flarite_nl.rendering.explained import Explanation, Marked
from flarite_nl.rendering.html import document

_COLOURS = ("#c9e4ff", "#ffe2b3", "#d6f5d0", "#ffd1dc", "#e3d7ff", "#fff3a6", "#c8f2ee", "#e6e6e6")
"""Grounds that black letters can be read on."""


def explained_page(what: Explanation, badge: str) -> str:
    """HTML with everything in it; what stands there is text, whatever the prompt holds."""
    body = BODY.format(
        badge=_text(badge),
        prompt=marked_html(what.text, what.marks),
        sentence=_text(what.sentence),
        corrections="".join(f"<p>{_text(said)} was read as {_text(word)}.</p>" for said, word in what.corrections),
        plan=_lines(what.plan),
        calls=_lines(what.calls),
    )
    return document(clean_line(what.text[:80]), STYLE, body)


def marked_html(text: str, marks: tuple[Marked, ...]) -> str:
    """The prompt with its marks, by displaCy."""
    if not marks:
        return f'<div class="entities">{_text(text)}</div>'
    from spacy import displacy

    # displaCy escapes the text but takes labels as they are.
    labels = [escape(mark.label) for mark in marks]
    kinds = list(dict.fromkeys(label.partition(" ")[0] for label in labels))
    colours = {label.upper(): _COLOURS[kinds.index(label.partition(" ")[0]) % len(_COLOURS)] for label in labels}
    marked: dict[str, Any] = {
        "text": "".join(clean_character(each) for each in text),
        "ents": [
            {"start": mark.start, "end": mark.end, "label": label} for mark, label in zip(marks, labels, strict=True)
        ],
        "title": None,
    }
    options = {"colors": colours, "template": MARK}
    return str(displacy.render(marked, style="ent", manual=True, page=False, jupyter=False, options=options))


def _lines(lines: tuple[str, ...]) -> str:
    return "\n".join(escape(_indented(line)) for line in lines)


def _indented(line: str) -> str:
    body = line.lstrip()
    return line[: len(line) - len(body)] + clean_line(body)


def _text(text: str) -> str:
    return escape(clean_line(text))


MARK = """<mark class="entity" style="border-bottom-color: {bg}; background: {bg}">{text}<span>{label}</span></mark>"""

STYLE = """.entities { font-size: 1.25rem; line-height: 3.2 !important; overflow-wrap: anywhere }
mark { color: #000; padding: .1em .2em; border-bottom: 3px solid; border-radius: 3px; display: inline-block;
  line-height: 1.3; vertical-align: top }
mark span { display: block; font-size: .65em; font-weight: bold }
h2 { font-size: 1rem; margin: 1.5rem 0 .25rem }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f4f4f4; color: #000; padding: .75rem; margin: 0 }
"""

BODY = """<p><strong>{badge}</strong></p>
{prompt}
<h2>Read as</h2>
<p>{sentence}</p>
{corrections}
<h2>Plan</h2>
<pre>{plan}</pre>
<h2>Calls</h2>
<pre>{calls}</pre>
"""
