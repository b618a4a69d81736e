"""The grammar's examples, parsed: what each must mean, and which phrases none of them says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from flarite_nl.errors import FlariteError
from flarite_nl.grammar.check import Problem, phrase_places
from flarite_nl.grammar.compiler import Matcher
from flarite_nl.grammar.frames import comparable
from flarite_nl.grammar.places import Place
from flarite_nl.grammar.schema import Example, Grammar
from flarite_nl.parsing.parser import Parser
from flarite_nl.text import normalise, split

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
"""The moment at which examples are read, in UTC: a Wednesday, that of FRAME.md."""

_WRITE_OUT = "write what it must mean, or change the words that lead there"


def every_example(grammar: Grammar, resources: Iterable[str] = ()) -> Iterator[tuple[Example, bool]]:
    """Each example, and whether it is a counterexample; of some resources, or of all and of a person's own files."""
    names = tuple(resources)
    for resource in grammar.resources.values():
        if not names or resource.name in names:
            yield from ((each, False) for each in resource.examples)
            yield from ((each, True) for each in resource.counterexamples)
    if not names:
        yield from ((each, False) for each in grammar.examples)
        yield from ((each, True) for each in grammar.counterexamples)


def problem_of(example: Example, refused: bool, parser: Parser) -> Problem | None:
    """What is wrong with an example; None where it parses to what it must.

    Args:
        refused: it is a counterexample, which must not be ``ok``.
    """
    got = parser.parse(example.text, now=NOW, context=list(example.context)).to_dict()
    if refused and got["status"] == "ok":
        said = f"{example.text!r} must be refused, and means {brief(got)}"
        return Problem(example.place, said, "take away the words that let it through")
    if example.expect and comparable(got) != comparable(example.expect):
        message = f"{example.text!r} must mean {brief(example.expect)}, and means {brief(got)}"
        return Problem(example.place, message, _WRITE_OUT)
    return None


def problems_of_examples(grammar: Grammar, parser: Parser, resources: Iterable[str] = ()) -> list[Problem]:
    """Everything wrong with the examples, and with a person's saved phrases."""
    found = [problem_of(example, refused, parser) for example, refused in every_example(grammar, resources)]
    return [*(each for each in found if each), *_saved(grammar, parser)]


def _saved(grammar: Grammar, parser: Parser) -> Iterator[Problem]:
    for phrase, prompt in grammar.saved.items():
        try:
            status = parser.parse(prompt, now=NOW).status
        except FlariteError as error:
            status, prompt = "rejected", error.message
        if status != "ok":
            place = _place_of(grammar, ("saved", phrase))
            yield Problem(place, f"the saved phrase {phrase!r} stands for what is {status}: {prompt!r}", "reword it")


def _place_of(grammar: Grammar, path: tuple[str, ...]) -> Place | None:
    for top in reversed(grammar.own_files):
        place = Place(top.file, top.root, path)
        if place.there:
            return place
    return None


def brief(frame: Mapping[str, Any]) -> str:
    """A frame on one line, as examples write it."""
    intents = "; ".join(_brief_intent(each) for each in frame.get("intents") or ())
    if frame["status"] == "ok":
        return intents
    why = frame.get("reason") or ", ".join(frame.get("missing") or ()) or "no more said"
    return f"{frame['status']} ({why})"


def _brief_intent(intent: Mapping[str, Any]) -> str:
    rest = {key: each for key, each in intent.items() if key not in {"resource", "action"}}
    if "filters" in rest:
        rest["filters"] = [[each["field"], each["op"], each["value"]] for each in rest["filters"]]
    said = json.dumps(rest, ensure_ascii=False) if rest else ""
    return f"{intent['resource']}.{intent['action']} {said}".strip()


def unused(grammar: Grammar, matcher: Matcher) -> list[tuple[Place, str]]:
    """The phrases that stand in no example, and where they stand in their files."""
    lexicon = matcher.lexicon
    said: set[tuple[str, ...]] = set()
    for example, _ in every_example(grammar):
        for text in (example.text, *example.context):
            words = [token.lower for token in split(normalise(text), lexicon.scan, lexicon.ranged)]
            said |= {tuple(words[at:end]) for at, found in enumerate(matcher.match(words)) for end, _ in found[:1]}
    silent = phrase_places(grammar, lexicon.phrases.keys() - said, lexicon.scan)
    return sorted(((place, " ".join(words)) for words, place in silent.items()), key=lambda each: _order(each[0]))


def _order(place: Place) -> tuple[str, int]:
    return place.file, place.line or 0
