"""Templates of ``grammars/sentences.yaml`` and the values in their slots, read from tokens just as they are written.

Nothing here guesses: a text stands in quotation marks, a currency in capitals, a day has its year. What is not of
this form is left to the rules of the general parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any, Literal

from flarite_nl.grammar.lexicon import Lexicon
from flarite_nl.grammar.sentences import EMAIL, Named, Wording, spaced
from flarite_nl.model.values import Moment, Money, Ref, Value, Window
from flarite_nl.parsing.spans import Spans
from flarite_nl.text import words_of

Bound = dict[str, Any]
"""What the slots of a template were read as."""

Piece = tuple[str, ...] | str
"""A stretch of words, or the name of a slot."""

_SLOT = re.compile(r"\{(\w+)\}")


class Templates:
    """The grammar's templates as words and slots, and its names as words; one for all prompts."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.wording = Wording(lexicon.grammar)
        self.words: Mapping[str, Any] = self.wording.words
        self._pieces: dict[str, tuple[Piece, ...]] = {}
        self._phrases: dict[str, tuple[str, ...]] = {}
        months = lexicon.grammar.times["months"]
        self.months = {str(names[0]).lower(): int(number) for number, names in months.items()}
        references = {
            each.name for resource in lexicon.grammar.resources.values() for each in resource.fields.values() if each.to
        }
        self.pointers = {name: self.wording.label(name) for name in references}
        self.prefixes = {each for resource in lexicon.grammar.resources.values() for each in resource.prefixes}

    def pieces(self, template: str) -> tuple[Piece, ...]:
        if template not in self._pieces:
            parts = _SLOT.split(template)
            made: list[Piece] = [part if at % 2 else self.phrase(part) for at, part in enumerate(parts)]
            self._pieces[template] = tuple(piece for piece in made if piece)
        return self._pieces[template]

    def phrase(self, text: str) -> tuple[str, ...]:
        """The words of a phrase, as a prompt's are."""
        if text not in self._phrases:
            self._phrases[text] = words_of(text, self.lexicon.scan)
        return self._phrases[text]


class Literals:
    """Reads the templates and values of one prompt. Each reader takes a token's position and what the template's
    slots before it were read as, and yields what may stand there with the position behind it, the likeliest first.

    ``earlier`` are the resources of this prompt's requests so far, ``previous`` is that of the turn before.
    """

    def __init__(self, spans: Spans, templates: Templates, previous: str | None) -> None:
        self.spans, self.templates = spans, templates
        self.earlier: list[str] = []
        self.previous = previous
        self.raw, self.tokens = templates.words, spans.tokens
        self.low = [token.lower for token in spans.tokens]
        self.slots: dict[str, Callable[[int, Bound], Iterator[tuple[Any, int]]]] = {
            "value": self._value, "values": self._values, "window": self._window, "text": self._text,
            "start": self._moment, "end": self._moment, "date": self._date, "clock": self._clock, "zone": self._zone,
            "day": self._integer, "month": self._month, "year": self._integer, "number": self._integer,
            "positions": self._positions, "pairs": self._pairs, "key": self._pair_key,
            "ref": self._found, "request": self._request, "pointer": self._pointer,
        }  # fmt: skip

    # -- templates ----------------------------------------------------------------------------------------------

    def match(self, template: str, at: int, bound: Bound) -> Iterator[tuple[Bound, int]]:
        """The ways to read a template at a token."""
        yield from self._match(self.templates.pieces(template), 0, at, bound)

    def _match(self, pieces: tuple[Piece, ...], index: int, at: int, bound: Bound) -> Iterator[tuple[Bound, int]]:
        if index == len(pieces):
            yield bound, at
            return
        piece = pieces[index]
        if isinstance(piece, tuple):
            end = self.after(piece, at)
            if end:
                yield from self._match(pieces, index + 1, end, bound)
            return
        for found, end in self.slots[piece](at, bound):
            yield from self._match(pieces, index + 1, end, {**bound, piece: found})

    def after(self, words: Sequence[str], at: int) -> int:
        """The position behind these words at a token, or 0."""
        end = at + len(words)
        return end if tuple(self.low[at:end]) == tuple(words) else 0

    def begins(self, template: str, at: int) -> bool:
        """Do the first words of a template stand at a token?"""
        first = self.templates.pieces(template)[0]
        return isinstance(first, str) or self.after(first, at) > 0

    def one(self, choices: Mapping[str, str], at: int) -> Iterator[tuple[str, int]]:
        """The keys whose phrases stand at a token, the longest phrase first."""
        found = [(key, self.after(self.templates.phrase(str(text)), at)) for key, text in choices.items()]
        yield from sorted((each for each in found if each[1]), key=lambda each: -each[1])

    def several(
        self, at: int, joints: Sequence[str], read: Callable[[int], tuple[Any, int] | None]
    ) -> tuple[list[Any], int]:
        """Items with a joint between each two of them, as many as there are, and the position behind them."""
        items: list[Any] = []
        end = at
        start = at
        while start:
            item = read(start)
            if item is None:
                break
            items.append(item[0])
            end = item[1]
            start = next((after for joint in joints if (after := self.after(self.templates.phrase(joint), end))), 0)
        return items, end

    # -- values -------------------------------------------------------------------------------------------------

    def value(self, at: int, named: Named) -> tuple[Value, int] | None:
        """The value of a field or param at a token."""
        return next(self._value(at, {"field": named}), None)

    def _value(self, at: int, bound: Bound) -> Iterator[tuple[Value, int]]:
        named: Named = bound.get("field") or bound.get("param") or Named("", self.raw["keys"][bound["key"]])
        if at >= len(self.tokens):
            return
        yield from self._string(at, named)
        if named.type == "boolean":
            for key, end in self.one({str(key): text for key, text in self.raw["booleans"].items()}, at):
                yield key == "True", end
        yield from self._figure(at, named)
        if named.type == "time":
            yield from self._moment(at, bound)
        yield from self._ref(at)
        for found, end in self.match(self.raw["described"], at, {}):
            yield found["pairs"], end
        entries, end = self.several(at, [self.raw["entries_joint"]], self._entry)
        if entries:
            yield tuple(entries), end

    def _values(self, at: int, bound: Bound) -> Iterator[tuple[tuple[Value, ...], int]]:
        named: Named = bound["field"]
        items, end = self.several(at, self.raw["list_or"], lambda start: self.value(start, named))
        if items and not any(isinstance(each, Ref | tuple | dict) for each in items):
            yield tuple(items), end

    def _string(self, at: int, named: Named) -> Iterator[tuple[str, int]]:
        yield from self._text(at, {})
        if named.type == "word":
            yield from self.one({value: spaced(value) for value in named.values}, at)
        text = self.tokens[at].text
        if named.type == "currency" and len(text) == 3 and text.isascii() and text.isalpha() and text.isupper():
            yield text.lower(), at + 1
        if named.type == "country" and len(text) == 2 and text.isascii() and text.isalpha() and text.isupper():
            yield text, at + 1
        head, mark, rest = text.partition("_")
        if (f"{head}{mark}" in self.templates.prefixes and rest.isalnum()) or EMAIL.fullmatch(text):
            yield text, at + 1

    def _text(self, at: int, bound: Bound) -> Iterator[tuple[str, int]]:
        pieces, end = self.several(at, [self.raw["text_joint"]], self._quote)
        if pieces:
            yield "".join(pieces), end

    def _quote(self, at: int) -> tuple[str, int] | None:
        if at >= len(self.tokens) or self.tokens[at].kind != "quote":
            return None
        token = self.tokens[at]
        return self.spans.text[token.start + 1 : token.end - 1], at + 1

    def _figure(self, at: int, named: Named) -> Iterator[tuple[Value, int]]:
        token = self.tokens[at]
        if token.kind == "money" and isinstance(token.value, Money) and named.type == "money":
            yield token.value, at + 1
        elif isinstance(token.value, Decimal):
            if token.kind == "number" and named.type == "money":
                yield Money(token.value), at + 1
            elif token.kind == ("percent" if named.type == "percent" else "number"):
                yield token.value, at + 1

    def _integer(self, at: int, bound: Bound) -> Iterator[tuple[int, int]]:
        if at < len(self.tokens) and self.tokens[at].kind == "number" and self.tokens[at].text.isdecimal():
            yield int(self.tokens[at].text), at + 1

    def _entry(self, at: int) -> tuple[Value, int] | None:
        for found, end in self.match(self.raw["entry"], at, {}):
            pairs: Value = found["pairs"]
            return pairs, end
        return None

    def _pairs(self, at: int, bound: Bound) -> Iterator[tuple[dict[str, Value], int]]:
        pairs, end = self.several(at, [self.raw["pairs_joint"]], self._pair)
        if pairs and len({key for key, _ in pairs}) == len(pairs):
            yield dict(pairs), end

    def _pair(self, at: int) -> tuple[tuple[str, Value], int] | None:
        for found, end in self.match(self.raw["pair"], at, {}):
            return (found["key"], found["value"]), end
        return None

    def _pair_key(self, at: int, bound: Bound) -> Iterator[tuple[str, int]]:
        yield from self.one({key: self.templates.wording.label(key) for key in self.raw["keys"]}, at)

    # -- earlier results ----------------------------------------------------------------------------------------

    def _ref(self, at: int) -> Iterator[tuple[Ref, int]]:
        yield from self._found(at, {})
        for found, end in self.match(self.raw["refs"]["pointed"], at, {}):
            ref: Ref = found["ref"]
            source = self.previous if ref.ref == "previous" else self.earlier[ref.ref]
            if found["pointer"] in self.templates.lexicon.grammar.resources[source or ""].fields:
                yield replace(ref, field=found["pointer"]), end

    def _found(self, at: int, bound: Bound) -> Iterator[tuple[Ref, int]]:
        """What an earlier request found or made, or some of it."""
        for kind in ("all", "one", "many"):
            for found, end in self.match(self.raw["refs"][kind], at, {}):
                positions: tuple[int, ...] = found.get("positions", ())
                if 0 not in positions and (kind != "one" or len(positions) == 1):
                    yield Ref(found["request"], positions[0] if kind == "one" else positions or None), end

    def _request(self, at: int, bound: Bound) -> Iterator[tuple[int | Literal["previous"], int]]:
        for found, end in self.match(self.raw["requests"]["number"], at, {}):
            if 0 < found["number"] <= len(self.earlier):
                yield found["number"] - 1, end
        end = self.after(self.templates.phrase(self.raw["requests"]["previous"]), at)
        if end and self.previous is not None:
            yield "previous", end

    def _pointer(self, at: int, bound: Bound) -> Iterator[tuple[str, int]]:
        yield from self.one(self.templates.pointers, at)

    def _positions(self, at: int, bound: Bound) -> Iterator[tuple[tuple[int, ...], int]]:
        items, end = self.several(at, self.raw["list_and"], lambda start: next(self._integer(start, {}), None))
        if items:
            yield tuple(items), end

    # -- times --------------------------------------------------------------------------------------------------

    def _window(self, at: int, bound: Bound) -> Iterator[tuple[Window, int]]:
        for kind, template in self.raw["windows"].items():
            for found, end in self.match(template, at, {}):
                window = _window(kind, found)
                if window is not None:
                    yield window, end

    def _moment(self, at: int, bound: Bound) -> Iterator[tuple[Moment, int]]:
        for template in ("moment", "moment_away"):
            for found, end in self.match(self.raw[template], at, {}):
                local = datetime.combine(found["date"], found["clock"], found.get("zone", UTC))
                with suppress(OverflowError):
                    yield local.astimezone(UTC), end
        yield from self._date(at, bound)

    def _date(self, at: int, bound: Bound) -> Iterator[tuple[date, int]]:
        for found, end in self.match(self.raw["day"], at, {}):
            try:
                yield date(found["year"], found["month"], found["day"]), end
            except ValueError:
                continue

    def _month(self, at: int, bound: Bound) -> Iterator[tuple[int, int]]:
        month = self.templates.months.get(self.low[at]) if at < len(self.low) else None
        if month:
            yield month, at + 1

    def _clock(self, at: int, bound: Bound) -> Iterator[tuple[time, int]]:
        if at < len(self.tokens) and self.tokens[at].kind == "clock":
            try:
                yield time.fromisoformat(self.low[at]), at + 1
            except ValueError:
                return

    def _zone(self, at: int, bound: Bound) -> Iterator[tuple[timezone, int]]:
        sign = {"+": 1, "-": -1}.get(self.low[at], 0) if at < len(self.low) else 0
        for clock, end in self._clock(at + 1, bound) if sign else ():
            away = timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)
            yield timezone(sign * away), end


def _window(kind: str, found: Bound) -> Window | None:
    start, end = found.get("start"), found.get("end")
    if kind != "day":
        return Window(start, end)
    if isinstance(start, datetime) or not isinstance(start, date) or start == date.max:
        return None
    return Window(start, start + timedelta(days=1))
