"""Lexicon → spaCy matcher.

The matcher runs on a ``Doc`` whose words are all known to the vocabulary: whatever the lexicon does not know
(IDs, names, typing errors) stands there as one placeholder. So spaCy's string store holds the grammar's words and
nothing else, and does not grow however many prompts are read; no ``memory_zone`` is needed.
"""

from __future__ import annotations

from typing import Any

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from flarite_nl.grammar.lexicon import Entry, Lexicon

UNKNOWN = "\ufffd"


class Matcher:
    """Finds every phrase of the lexicon in a list of words."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._known = lexicon.words
        self._vocab = Vocab()
        self._matcher = PhraseMatcher(self._vocab, attr="ORTH")
        # All phrases stand under one key, each as the hashes of its words. A ``Doc`` and a key for each of thousands
        # of phrases would take longer to make than everything else that is done at the start.
        hashes = {word: self._vocab.strings.add(word) for word in lexicon.words}
        phrases: list[Any] = [[hashes[word] for word in words] for words in lexicon.phrases]  # spaCy says: of Docs
        self._matcher.add("phrase", phrases)
        self._entries: dict[tuple[str, ...], Entry] = {}

    def match(self, words: list[str]) -> list[list[tuple[int, Entry]]]:
        """For each position the phrases that start there, longest first: (end, what they may mean)."""
        known = self._known
        doc = Doc(self._vocab, words=[word if word in known else UNKNOWN for word in words])
        starts: list[list[tuple[int, Entry]]] = [[] for _ in words]
        entries = self._entries
        for _, start, end in self._matcher(doc):
            phrase = tuple(words[start:end])
            starts[start].append((end, entries.get(phrase) or self._entry(phrase)))
        for each in starts:
            if len(each) > 1:
                each.sort(key=_end, reverse=True)
        return starts

    def _entry(self, phrase: tuple[str, ...]) -> Entry:
        """Indexed when it is first met: most phrases never are."""
        return self._entries.setdefault(phrase, Entry(self.lexicon.phrases[phrase]))


def _end(pair: tuple[int, Entry]) -> int:
    return pair[0]
