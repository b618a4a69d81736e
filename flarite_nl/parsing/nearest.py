"""What a prompt that was not understood comes nearest to: the grammar's examples, which work as they stand."""

from __future__ import annotations

from flarite_nl.grammar.compiler import Matcher
from flarite_nl.model.parse import Parse
from flarite_nl.text import normalise, split
from flarite_nl.values.typed import typed

MOST = 3
"""How many prompts are suggested."""

CUTOFF = 40
"""How alike a suggestion is at least, of 100."""


def nearest(parse: Parse, matcher: Matcher) -> tuple[str, ...]:
    """Up to three example prompts about the resources that a prompt speaks of, the most alike first.

    There are none for a prompt that was understood, and for one that speaks of nothing here.
    """
    if parse.status == "ok":
        return ()
    from rapidfuzz import fuzz, process

    lexicon = matcher.lexicon
    prompts = [text for name in _about(parse.text, matcher) for text in lexicon.prompts.get(name, ())]
    said = normalise(parse.text).lower()
    found = process.extract(said, prompts, scorer=fuzz.token_sort_ratio, score_cutoff=CUTOFF, limit=MOST)
    return tuple(text for text, _, _ in found)


def _about(text: str, matcher: Matcher) -> list[str]:
    """The resources whose nouns or IDs stand in a text."""
    lexicon = matcher.lexicon
    tokens = typed(split(normalise(text), lexicon.scan, lexicon.ranged), lexicon.values)
    names = [str(token.value) for token in tokens if token.kind == "id"]
    for starts in matcher.match([token.lower for token in tokens]):
        for _, entry in starts[:1]:
            names += [resource for kind, resource in entry if kind == "noun"]
    return list(dict.fromkeys(names))
