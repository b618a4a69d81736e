"""What holds of every parse, whatever the prompt: for the tests and the fuzz target."""

from __future__ import annotations

import json

from flarite_nl.model.parse import Parse


def frame(parse: Parse) -> str:
    """The parse as the bytes that leave the program."""
    return json.dumps(parse.to_dict(), sort_keys=True)


def check(parse: Parse, text: str) -> None:
    """A parse of ``text`` is whole and points into it.

    Raises:
        AssertionError: where it does not.
    """
    assert parse.text == text
    assert parse.status != "ok" or parse.intents, "ok without an intent"
    assert parse.status != "ok" or not (parse.unrecognized or parse.missing), "ok, but words are left or wanting"
    assert parse.status != "clarify" or parse.missing, "clarify, but nothing is asked"
    assert (parse.reason is not None) == (parse.status == "rejected")
    for span in parse.unrecognized:
        assert 0 <= span.start < span.end <= len(text), span
        assert span.text == text[span.start : span.end], span
    for span, word in parse.corrections:
        assert span.text == text[span.start : span.end], span
        assert span.text.lower() != word, span
    for each in (each for intent in parse.intents for each in intent.evidence):
        assert each.span.text == text[each.span.start : each.span.end], each
    frame(parse)
