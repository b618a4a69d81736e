from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flarite_nl.rendering.clean import clean_character, clean_line, to_json

ANYTHING = st.text(st.characters())
STEERING = {"Cc", "Zl", "Zp", "Cs"}


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\u2066a\u2069", "\\u2066a\\u2069"),
        ("two\nlines\tand\r\nmore", "two lines and more"),
        ("bell\a, del\x7f", "bell\\x07, del\\x7f"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("half \ud800", "half \\ud800"),
        ("naïve 日本 🎉 नमस्ते", "naïve 日本 🎉 नमस्ते"),
    ],
)
def test_what_could_steer_a_terminal_is_shown_as_its_escape(dirty: str, clean: str) -> None:
    assert clean_line(dirty) == clean


@given(ANYTHING)
def test_a_clean_line_holds_no_control_character(text: str) -> None:
    assert not [each for each in clean_line(text) if unicodedata.category(each) in STEERING]


@given(st.characters())
def test_a_clean_character_is_one_character(character: str) -> None:
    assert len(clean_character(character)) == 1
    assert unicodedata.category(clean_character(character)) not in STEERING


@given(st.recursive(ANYTHING, lambda inner: st.lists(inner) | st.dictionaries(ANYTHING, inner), max_leaves=5))
def test_json_is_the_same_data_without_anything_that_steers(value: object) -> None:
    text = to_json(value, indent=2)
    assert json.loads(text) == value
    assert not [each for each in text if unicodedata.category(each) in STEERING and each != "\n"]


def test_json_of_one_line_is_one_line_for_every_reader_of_lines() -> None:
    assert len(to_json({"text": "a\u2028b\x85c\nd\x1e"}).splitlines()) == 1
