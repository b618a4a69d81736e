"""The public parser: a prompt, a moment, a zone and the turns before → ``Parse``. No clock, no network of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice, product
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

from flarite_nl.errors import InputError
from flarite_nl.grammar.cache import lexicon
from flarite_nl.grammar.compiler import Matcher
from flarite_nl.grammar.lexicon import Lexicon
from flarite_nl.grammar.sources import digest, own
from flarite_nl.model.parse import Intent, Parse, Span
from flarite_nl.parsing.assemble import assemble
from flarite_nl.parsing.exact import Exact
from flarite_nl.parsing.nearest import nearest
from flarite_nl.parsing.spans import Spans
from flarite_nl.parsing.spelling import corrections

MAX_SPELLINGS = 8

_shared: dict[tuple[str, ...], tuple[str, Matcher]] = {}
_compiling = Lock()


def shared_matcher(grammar: Iterable[str | Path] = ()) -> Matcher:
    """The packaged grammar with a person's own files, compiled once a process and cached between them.

    A file that was changed since is compiled anew.

    Raises:
        GrammarError: with file and line, where one of the files is broken.
    """
    paths = tuple(map(str, grammar))
    own_files = digest(own(paths))
    with _compiling:
        held, matcher = _shared.get(paths, ("", None))
        if matcher is None or held != own_files:
            matcher = Matcher(lexicon(paths))
            _shared[paths] = own_files, matcher
    return matcher


class Parser:
    """Reads prompts. It needs neither a key nor the network, may be shared between threads, and can be pickled.

    Args:
        tz: IANA name of the zone in which "today" is meant.
        dollar: what ``$`` and "dollars" stand for, an ISO 4217 code in lower case.
        matcher: a compiled grammar; the packaged one if left out.
        grammar: a person's own grammar files, or folders of them, that add words to the packaged one.

    Raises:
        GrammarError: with file and line, where one of the files is broken.
        InputError: where there is no such zone.

    >>> from datetime import UTC, datetime
    >>> parser = Parser(tz="Europe/Berlin")
    >>> parse = parser.parse("list refunds over $20", now=datetime(2026, 3, 18, 15, 30, tzinfo=UTC))
    >>> parse.status, parse.intents[0].name
    ('ok', 'refunds.list')
    >>> parse.intents[0].filters[0].to_dict()
    {'field': 'amount', 'op': 'gt', 'value': {'amount': '20', 'currency': 'usd'}}
    """

    def __init__(
        self,
        tz: str = "UTC",
        *,
        dollar: str = "usd",
        matcher: Matcher | None = None,
        grammar: Iterable[str | Path] = (),
    ) -> None:
        self.tz = zone_of(tz)
        self.dollar = dollar
        self._paths = tuple(map(str, grammar))
        self._lexicon = matcher.lexicon if matcher else None
        self._matcher = matcher or shared_matcher(self._paths)
        self._exact = Exact(self._matcher.lexicon)

    def __reduce__(self) -> tuple[object, ...]:
        """What is compiled is made anew where it is read back; a grammar that was handed over goes along."""
        return _again, (self.tz.key, self.dollar, self._lexicon, self._paths)

    def parse(self, text: str, now: datetime | None = None, context: Sequence[str] = ()) -> Parse:
        """What a prompt means (FRAME.md).

        Args:
            text: the prompt, at most 4,000 characters.
            now: the moment it is said, aware; the present if left out.
            context: the prompts of the earlier turns of a conversation, oldest first.

        Raises:
            InputError: if the prompt is too long, or the moment has no time zone.

        >>> Parser().parse("refund the payment").missing
        ('target',)
        """
        if now is not None and now.tzinfo is None:
            raise InputError("The moment has no time zone: give an aware datetime.")
        moment = (now or datetime.now(UTC)).astimezone(UTC)
        previous: Intent | None = None
        history: list[Intent] = []
        for turn in context:
            earlier = self._one(turn, moment, previous, history)
            if earlier.status == "ok":
                previous = earlier.intents[-1]
                history = [*history, *earlier.intents]
        return self._one(text, moment, previous, history)

    def suggested(self, parse: Parse) -> Parse:
        """The same parse with prompts that it comes nearest to, where it was not understood and has no suggestions.

        >>> parser = Parser()
        >>> len(parser.suggested(parser.parse("list the frobnicated invoices")).suggestions)
        3
        """
        return parse if parse.suggestions else replace(parse, suggestions=nearest(parse, self._matcher))

    def parse_many(self, texts: Iterable[str], now: datetime | None = None) -> Iterator[Parse]:
        """Parse prompts one after the other, each by itself, in order; one is read only when it is asked for.

        Args:
            texts: the prompts, each at most 4,000 characters.
            now: the moment they are said, aware; the present of each where left out.

        Raises:
            InputError: at the first prompt that is too long, or where the moment has no time zone.

        >>> [parse.status for parse in Parser().parse_many(["list refunds", "sing me a song"])]
        ['ok', 'rejected']
        """
        for text in texts:
            yield self.parse(text, now)

    def _one(self, text: str, now: datetime, previous: Intent | None, history: Sequence[Intent]) -> Parse:
        spans = Spans(self._matcher.lexicon.meant(text), self._matcher, now, self.tz, self.dollar)
        exact = self._exact.read(spans, previous)
        if exact is not None:
            return Parse(spans.text, "ok", exact)
        parse, unread = assemble(spans, previous, history)
        if parse.status == "ok" or not unread:
            return parse
        return self._corrected(spans, parse, unread, previous, history)

    def _corrected(
        self, spans: Spans, parse: Parse, unread: Sequence[int], previous: Intent | None, history: Sequence[Intent]
    ) -> Parse:
        """The same prompt with its misspelt words read as the ones they surely are; two that fit equally are asked."""
        nearest = corrections(spans.lexicon, spans.tokens, unread)
        readings: dict[tuple[Intent, ...], tuple[Parse, dict[int, str]]] = {}
        for choice in islice(product(*nearest.values()), MAX_SPELLINGS if nearest else 0):
            read_as = dict(zip(nearest, choice, strict=True))
            begun = {spans.tokens[at].start: word for at, word in read_as.items()}
            again = Spans(spans.text, self._matcher, spans.now, self.tz, self.dollar, begun)
            found, _ = assemble(again, previous, history)
            if found.status == "ok":
                readings.setdefault(found.intents, (found, read_as))
        if len(readings) == 1:
            found, read_as = next(iter(readings.values()))
            return replace(found, corrections=tuple((_span(spans, at), word) for at, word in read_as.items()))
        if readings:
            return replace(
                parse,
                status="clarify",
                reason=None,
                missing=("spelling",),
                suggestions=tuple(sorted({word for each in nearest.values() for word in each})),
            )
        return parse


def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises InputError where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # KeyError of a name that is not there, OSError of a folder's
        raise InputError(f"There is no time zone {name!r}; IANA names are such as Europe/Berlin.") from None


def _again(tz: str, dollar: str, held: Lexicon | None, paths: tuple[str, ...]) -> Parser:
    return Parser(tz, dollar=dollar, matcher=Matcher(held) if held is not None else None, grammar=paths)


def _span(spans: Spans, at: int) -> Span:
    token = spans.tokens[at]
    return Span(token.start, token.end, spans.text[token.start : token.end])
