"""How a prompt was read, for people: its words underlined by what each was taken for, the sentence, plan and calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from textwrap import wrap
from typing import Any

from flarite_nl.model.parse import Intent, Parse
from flarite_nl.model.plan import Fetch, Plan, Write
from flarite_nl.model.values import jsonable
from flarite_nl.rendering.clean import clean_character, clean_line
from flarite_nl.rendering.colours import paint
from flarite_nl.rendering.tables import size


@dataclass(frozen=True, slots=True)
class Marked:
    """Characters ``start`` to ``end`` (exclusive) of the prompt, and every rule that took them."""

    start: int
    end: int
    rules: tuple[str, ...]

    @property
    def label(self) -> str:
        return clean_line("; ".join(self.rules))


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that there is to say of how one prompt is understood and carried out."""

    text: str
    marks: tuple[Marked, ...]
    sentence: str
    plan: tuple[str, ...]
    calls: tuple[str, ...]
    corrections: tuple[tuple[str, str], ...] = ()


def explanation(parse: Parse, plan: Plan, sentence: str) -> Explanation:
    """``sentence`` is the canonical one (grammar/describe.py)."""
    corrections = tuple((span.text, word) for span, word in parse.corrections)
    return Explanation(
        parse.text, tuple(marked(parse)), sentence, tuple(plan.describe()), tuple(planned_calls(plan)), corrections
    )


def marked(parse: Parse) -> list[Marked]:
    """The words that rules took, in their order; those that overlap are one mark with all their rules."""
    found: dict[tuple[int, int], list[str]] = {}
    for intent in parse.intents:
        for each in intent.evidence:
            if 0 <= each.span.start < each.span.end <= len(parse.text):
                found.setdefault((each.span.start, each.span.end), []).append(each.rule)
    marks: list[Marked] = []
    for (start, end), rules in sorted(found.items()):
        if marks and start < marks[-1].end:
            last = marks.pop()
            start, end, rules = last.start, max(end, last.end), [*last.rules, *rules]
        marks.append(Marked(start, end, tuple(dict.fromkeys(rules))))
    return marks


def planned_calls(plan: Plan) -> Iterator[str]:
    """Each call of the plan once, as one writes it for ``stripe.StripeClient``."""
    seen: set[str] = set()
    for step in plan.steps:
        for call in _calls(step):
            if call not in seen:
                seen.add(call)
                yield call


def _calls(at: Any) -> Iterator[str]:
    if isinstance(at, Intent):
        return
    if isinstance(at, Fetch):
        yield from _calls(at.each)
        each = f"  # for each {at.each.param}" if at.each else ""
        yield f"client.v1.{at.call}({_params(at.params)}){each}"
        yield from _calls((at.empty, at.refused))
        return
    if is_dataclass(at):
        yield from (call for each in fields(at) for call in _calls(getattr(at, each.name)))
        if isinstance(at, Write):
            params = {key: jsonable(value) for key, value in at.params.items()}
            yield f"client.v1.{at.call}({_params(params)})  # a write: asks first"
    elif isinstance(at, Mapping):
        yield from (call for each in at.values() for call in _calls(each))
    elif isinstance(at, (tuple, list)):
        yield from (call for each in at for call in _calls(each))


def _params(params: Mapping[str, Any]) -> str:
    return repr(dict(params)) if params else ""


# For the terminal


def explained_text(what: Explanation, *, width: int | None = None, colour: bool = False) -> str:
    """Several blocks, ``width`` columns wide where that is given."""
    wide = max(width or 110, 20)
    blocks = [
        [*_underlined(what, wide, colour), *_legend(what.marks, wide)],
        [paint("Read as", "heading", colour=colour), *_wrapped(what.sentence, wide)],
        [paint("Plan", "heading", colour=colour), *(line for each in what.plan for line in _wrapped(each, wide))],
        [paint("Calls", "heading", colour=colour), *(line for each in what.calls for line in _wrapped(each, wide))],
    ]
    blocks[1] += [f"  {clean_line(said)} was read as {clean_line(word)}." for said, word in what.corrections]
    return "\n\n".join("\n".join(block) for block in blocks)


def _underlined(what: Explanation, width: int, colour: bool) -> Iterator[str]:
    """The prompt in lines that fit, a line under each, and under that the numbers of the legend."""
    shown = "".join(clean_character(each) for each in what.text)
    for start, end in _lines(shown, width - 2):
        under, numbers = "", ""
        for number, mark in enumerate(what.marks, 1):
            left, right = max(mark.start, start), min(mark.end, end)
            if left >= right:
                continue
            blank = size(shown[start:left])
            under = under.ljust(blank) + "─" * size(shown[left:right])
            label = str(number) if mark.start >= start else ""
            numbers = numbers.ljust(blank) + label if size(numbers) <= blank else f"{numbers} {label}"
        yield "  " + shown[start:end].rstrip()
        if under:
            yield "  " + paint(under, "wait", colour=colour)
            yield "  " + paint(numbers.rstrip(), "dim", colour=colour)


def _lines(text: str, width: int) -> Iterator[tuple[int, int]]:
    """Where lines begin and end: at blanks, if there are any."""
    start = 0
    while start < len(text):
        end = start
        while end < len(text) and size(text[start : end + 1]) <= width:
            end += 1
        if end < len(text) and " " in text[start:end]:
            end = text.rindex(" ", start, end) + 1
        end = max(end, start + 1)
        yield start, end
        start = end


def _legend(marks: Sequence[Marked], width: int) -> Iterator[str]:
    across = len(str(len(marks)))
    for number, mark in enumerate(marks, 1):
        yield from wrap(f"{number:>{across}} {mark.label}", width, initial_indent="  ", subsequent_indent="     ")


def _wrapped(text: str, width: int) -> Iterator[str]:
    indent = " " * (len(text) - len(text.lstrip()) + 2)
    yield from wrap(
        clean_line(text.strip()), width, initial_indent=indent, subsequent_indent=indent + "  ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
