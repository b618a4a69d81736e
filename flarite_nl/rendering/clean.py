"""Text from outside, made safe to print: no terminal escapes, no control or bidi characters, no key."""

from __future__ import annotations

import json
import re
from typing import Any

from flarite_nl.model.redaction import redact

# Controls (C0, DEL, C1), bidi marks and overrides, invisible separators and tags, and half surrogate pairs.
# Zero-width joiners stay: Persian and emoji are spelt with them.
_UNSAFE = (
    "\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb"
    "\\ud800-\\udfff\\U000e0000-\\U000e007f"
)
_IN_LINE = re.compile(f"[{_UNSAFE}]")
_WHITE = re.compile(r"[ \t\r\n\v\f]+")


def clean_line(text: str) -> str:
    """``text`` on one line: white space becomes one blank, what could steer a terminal its escape (``\\x1b``).

    A Stripe key in it is cut down to ``sk_live_…wxyz``.
    """
    return redact(_IN_LINE.sub(_escape, _WHITE.sub(" ", text)))


def clean_character(character: str) -> str:
    """The same for one character, where their count matters: an unsafe one becomes U+FFFD."""
    if character.isspace():
        return " "
    return _IN_LINE.sub("\N{REPLACEMENT CHARACTER}", character)


def to_json(value: Any, *, indent: int | None = None) -> str:
    """JSON in plain UTF-8, with every unsafe character as its ``\\uXXXX`` escape: the same data, safe to look at.

    But for Stripe keys, which are cut down to ``sk_live_…wxyz``.
    """
    separators = (",", ": ") if indent else (", ", ": ")
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
    return redact(_IN_LINE.sub(_json_escape, text))


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(found: re.Match[str]) -> str:
    # json.dumps escapes what stands inside strings; the one control character left is its own line break.
    return "\n" if found[0] == "\n" else json.dumps(found[0])[1:-1]
