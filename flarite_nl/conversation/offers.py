"""What may come next while a prompt is typed: nouns, fields, their values, and a person's saved phrases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from flarite_nl.grammar.schema import Grammar, Resource

MOST = 12
WORDS = 4
"""Words of a phrase that may have been typed already."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A phrase that the typed end of a prompt may become; ``typed`` is the length of that end, ``what`` says why."""

    phrase: str
    what: str
    typed: int


class Offers:
    """The phrases of a grammar, for completion.

    Fields and values of the resources that a prompt names already come first.
    """

    def __init__(self, grammar: Grammar) -> None:
        self._nouns: dict[str, str] = {}
        self._parts: dict[str, dict[str, str]] = {}
        for resource in grammar.resources.values():
            for noun in resource.nouns:
                for phrase in (*noun.many, *noun.one):
                    self._nouns.setdefault(phrase.replace("_", " "), resource.name)
            self._parts[resource.name] = dict(_parts(resource))
        self._saved = dict.fromkeys(grammar.saved, "saved")

    def after(self, text: str) -> list[Offer]:
        """What the end of ``text`` may become, the likeliest first; nothing for fewer than two letters."""
        found: dict[str, Offer] = {}
        for start in _starts(text):
            begun = text[start:].casefold()
            if len(begun) < 2:
                continue
            for known in self._known(text[:start]):
                fitting = [each for each in known if each.casefold().startswith(begun) and each.casefold() != begun]
                for phrase in sorted(fitting, key=len):
                    found.setdefault(phrase, Offer(phrase, known[phrase], len(text) - start))
        return list(islice(found.values(), MOST))

    def _known(self, before: str) -> Iterator[Mapping[str, str]]:
        """Phrases and what they are, the likelier kinds first."""
        if not before.strip():
            yield self._saved
        words = f" {' '.join(before.casefold().split())} "
        named = {name for noun, name in self._nouns.items() if f" {noun.casefold()} " in words}
        yield {phrase: what for name in named for phrase, what in self._parts[name].items()}
        yield dict.fromkeys(self._nouns, "noun")
        yield {phrase: what for name in self._parts if name not in named for phrase, what in self._parts[name].items()}


def _parts(resource: Resource) -> Iterator[tuple[str, str]]:
    for meaning in resource.meanings:
        for phrase in meaning.say:
            yield phrase, f"said of {resource.name}"
    for field in resource.fields.values():
        of = f"{field.name} of {resource.name}"
        phrases: Iterable[str] = (*field.one_of, *(each for several in field.values.values() for each in several))
        for phrase in phrases:
            yield phrase.replace("_", " "), of
        for phrase in field.words or (field.name,):
            yield phrase.replace("_", " "), f"field of {resource.name}"


def _starts(text: str) -> Iterator[int]:
    """Where the phrase that is being typed may begin: the last words, the longest stretch first."""
    blanks = [at for at, char in enumerate(text) if char.isspace()]
    starts = [0, *(at + 1 for at in blanks)]
    yield from starts[-WORDS:]
