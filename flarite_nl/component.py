"""``nlp.add_pipe("flarite_intents")``: what the texts of a spaCy pipeline ask of Stripe.

>>> import spacy
>>> nlp = spacy.blank("en")
>>> _ = nlp.add_pipe("flarite_intents", config={"tz": "UTC", "now": "2026-03-18T15:30:00Z"})
>>> doc = nlp("refund the last payment from customer cus_ABC123")
>>> doc._.flarite.intents[0].name
'charges.refund'
>>> [(span.text, span.label_) for span in doc.ents]
[('last', 'ORDER'), ('payment', 'NOUN'), ('customer', 'NOUN'), ('cus_ABC123', 'ID')]
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, Span

from flarite_nl.errors import InputError
from flarite_nl.grammar.sources import own
from flarite_nl.model.parse import Parse
from flarite_nl.parsing.parser import Parser, zone_of

NAME = "flarite_intents"
KEY = "flarite"
"""The extension ``doc._.flarite``, the span group ``doc.spans["flarite"]``, and where a doc keeps its parse."""

FOLDER = "grammar"
"""Where ``to_disk`` keeps a person's own grammar files, in the component's folder."""


@Language.factory(NAME, assigns=["doc._.flarite", "doc.ents", "doc.spans"])
def make(
    nlp: Language,
    name: str,
    tz: str = "UTC",
    dollar: str = "usd",
    grammar: Sequence[str] = (),
    now: str | None = None,
    ents: bool = True,
) -> Intents:
    """The component, as ``nlp.add_pipe`` makes it with its ``config``."""
    return Intents(tz=tz, dollar=dollar, grammar=grammar, now=now, ents=ents)


class Intents:
    """Parses the text of each doc. It never changes the text, its tokens, or what another component found.

    ``doc._.flarite`` is the ``Parse``; None before the component has run. ``doc.spans["flarite"]`` are the words that
    the parser's rules took: the label is the kind (``ID``, ``TIME``, ``NOUN``, …), ``span.id_`` the whole rule.
    With ``ents`` they are entities too, where no other component has found one.

    Args:
        tz: IANA name of the zone in which "today" is meant.
        dollar: what ``$`` stands for, an ISO 4217 code in lower case.
        grammar: a person's own grammar files, or folders of them. ``nlp.to_disk`` keeps copies of them.
        now: the moment at which all texts are said, ISO 8601 with its zone; the clock's where None.
        ents: whether what was found becomes entities.

    Raises:
        InputError: where there is no such zone, ``now`` is no moment, or (from the pipeline) a text is too long;
            ``nlp.set_error_handler`` decides what becomes of such a text.
        GrammarError: with file and line, where a grammar file is broken.
    """

    def __init__(
        self,
        *,
        tz: str = "UTC",
        dollar: str = "usd",
        grammar: Sequence[str] = (),
        now: str | None = None,
        ents: bool = True,
    ) -> None:
        self._tz, self._dollar, self._grammar, self._ents = tz, dollar, tuple(grammar), ents
        zone_of(tz)
        self._now = _moment(now)
        self._made: Parser | None = None

    @property
    def parser(self) -> Parser:
        """The parser; made at first use, so that a pipeline that is read from disk uses its copies of the grammar."""
        if self._made is None:
            self._made = Parser(self._tz, dollar=self._dollar, grammar=self._grammar)
        return self._made

    def __call__(self, doc: Doc) -> Doc:
        """Parse one doc; what was found is kept in a form that goes between processes and to disk."""
        parse = self.parser.parse(doc.text, self._now)
        doc.user_data[KEY] = parse.to_dict()
        spans = list(_spans(doc, parse))
        doc.spans[KEY] = spans
        if self._ents:
            doc.set_ents(_apart(spans, doc.ents), default="unmodified")
        return doc

    def to_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> None:
        """Keep copies of the grammar files; the other settings stand in the pipeline's config."""
        folder = Path(path) / FOLDER
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        for number, source in enumerate(own(self._grammar)):
            (folder / f"{number:03}-{Path(source.name).name}").write_bytes(source.data)

    def from_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> Intents:
        """Use the copies that ``to_disk`` made."""
        folder = Path(path) / FOLDER
        self._grammar = (str(folder),) if any(folder.iterdir()) else ()
        self._made = None
        return self


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        made = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is no moment such as 2026-03-18T15:30:00Z.") from None
    if made.tzinfo is None:
        raise InputError(f"{text!r} has no time zone: write 2026-03-18T15:30:00Z.")
    return made


def _spans(doc: Doc, parse: Parse) -> Iterable[Span]:
    """The words that rules took, in their order; a span that cuts a token of spaCy's takes the whole of it."""
    found: dict[tuple[int, int, str], Span] = {}
    for intent in parse.intents:
        for each in intent.evidence:
            span = doc.char_span(each.span.start, each.span.end, alignment_mode="expand")
            if span is not None:
                label = each.rule.partition(" ")[0].upper()
                key = (span.start, span.end, each.rule)
                found.setdefault(key, Span(doc, span.start, span.end, label=label, span_id=each.rule))
    return [found[key] for key in sorted(found)]


def _apart(spans: Sequence[Span], held: Sequence[Span]) -> list[Span]:
    """The spans that overlap neither an entity that is there nor a longer (or earlier) one of these."""
    taken = {at for span in held for at in range(span.start, span.end)}
    kept: list[Span] = []
    for span in sorted(spans, key=lambda each: (each.start - each.end, each.start)):
        if taken.isdisjoint(range(span.start, span.end)):
            kept.append(span)
            taken.update(range(span.start, span.end))
    return kept


def _parse_of(doc: Doc) -> Parse | None:
    held = doc.user_data.get(KEY)
    return Parse.from_dict(held) if held is not None else None


if not Doc.has_extension(KEY):
    Doc.set_extension(KEY, getter=_parse_of)
