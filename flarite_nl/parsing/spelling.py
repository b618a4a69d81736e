"""Misspelt words: what a word that nothing knows surely is, and what it might have been."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources import files

from flarite_nl.grammar.lexicon import Lexicon
from flarite_nl.text import Token

SHORTEST = 5
"""Shorter words are too near to too many others."""

MOST = 6
"""How many words that are equally near are considered."""


def corrections(lexicon: Lexicon, tokens: Sequence[Token], unread: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """For each unread token that is no known word: the known words nearest to it, all equally near.

    Distance is optimal string alignment (a swap of two letters counts one): 1, or 2 from eight letters on.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    found: dict[int, tuple[str, ...]] = {}
    nearest: dict[str, tuple[str, ...]] = {}
    for at in unread:
        word = tokens[at].lower
        if not correctable(lexicon, tokens[at]):
            continue
        if word not in nearest:
            far = 2 if len(word) >= 8 else 1
            known = [each for length in range(-far, far + 1) for each in lexicon.spellings.get(len(word) + length, ())]
            near = process.extract(word, known, scorer=OSA.distance, score_cutoff=far, limit=None)
            # "unarchive", "uncancel": with something before it a word is another one, and no misspelt one.
            near = [each for each in near if not (word.endswith(each[0]) or each[0].endswith(word))]
            best = min((distance for _, distance, _ in near), default=0)
            nearest[word] = tuple(sorted(choice for choice, distance, _ in near if distance == best)[:MOST])
        if nearest[word]:
            found[at] = nearest[word]
    return found


@lru_cache(maxsize=1)
def english() -> frozenset[str]:
    """English words that lie near to the grammar's: "lease" is no misspelt "least"."""
    lines = (files("flarite_nl.grammars") / "english.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def correctable(lexicon: Lexicon, token: Token) -> bool:
    """A plain word, long enough, that neither the grammar nor the calendar nor the English language knows."""
    word = token.lower
    if token.kind != "word" or len(word) < SHORTEST or not word.isalpha() or word in lexicon.known:
        return False
    return word not in english()
