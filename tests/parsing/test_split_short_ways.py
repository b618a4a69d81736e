"""What ``split`` does without the pattern is what the pattern would have done."""

from __future__ import annotations

from random import Random

from flarite_nl.grammar.cache import lexicon
from flarite_nl.text import normalise, split

_PIECES = (
    "refunds", "List", "é", "İ", "ß", "$", "20", "1,200.50", "ch_1", "kim@example.com", "'s", "'", '"', ".", ",", "?",
    "!", "-", "(", ")", "_", "U.S.", "p.m.", "3", "pm", "2026-03-01", " ", " ", " ", "  ", "\n", "\t", ". ", ", ",
)  # fmt: skip


def test_cutting_at_blanks_gives_the_tokens_of_the_pattern_alone() -> None:
    scan = lexicon().scan
    draw = Random(20260318)
    for _ in range(4000):
        text = normalise("".join(draw.choice(_PIECES) for _ in range(draw.randrange(16))))
        spans = [each.span(each.lastgroup or "mark") for each in scan.finditer(text)]
        seen = {(token.start, token.end) for token in split(text, scan)}
        marks = {(start, end) for start, end in spans if text[start:end].isspace() or text[start:end] == "-"}
        assert seen <= set(spans), text
        assert set(spans) - seen <= marks, text
