"""Lexicon → spaCy matcher.

The matcher runs on a ``Doc`` whose words are all known to the vocabulary: whatever is in no phrase (IDs, names, typing
errors) stands there as one placeholder. So spaCy's string store holds the grammar's words and nothing else, and does
not grow however many prompts are read; no ``memory_zone`` is needed. The words are handed over by their hashes, which
are looked up here: spaCy would compute them anew for each prompt.
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
        self._vocab = Vocab()
        self._unknown: int = self._vocab.strings.add(UNKNOWN)
        self._hashes: dict[str, int] = {}
        self._matcher = PhraseMatcher(self._vocab, attr="ORTH")
        # Thousands of phrases take as long to add as all else that is done at the start, and most are never met: those
        # that begin with a word are added when it first comes.
        self._pending: dict[str, list[tuple[str, ...]]] = {}
        for phrase in lexicon.phrases:
            self._pending.setdefault(phrase[0], []).append(phrase)
        self._entries: dict[str | tuple[str, ...], Entry] = {}

    def match(self, words: list[str]) -> list[list[tuple[int, Entry]]]:
        """For each position the phrases that start there, longest first: (end, what they may mean)."""
        if not self._pending.keys().isdisjoint(words):
            for word in words:
                self._add(word)
        hashes, unknown = self._hashes, self._unknown
        hashed: list[Any] = [hashes.get(word, unknown) for word in words]  # no texts: spaCy takes either
        doc = Doc(self._vocab, hashed, [True] * len(words))
        starts: list[list[tuple[int, Entry]]] = [[] for _ in words]
        entries = self._entries
        for _, start, end in self._matcher(doc):
            phrase = words[start] if end - start == 1 else tuple(words[start:end])
            starts[start].append((end, entries.get(phrase) or self._entry(phrase)))
        for at, each in enumerate(starts):
            if each:
                if len(each) > 1:
                    each.sort(key=_end, reverse=True)
                longest = each[0][1]
                if longest.kinds is None:
                    longest.begins(each, at)
        return starts

    def _add(self, first: str) -> None:
        """Let the phrases that begin with a word be found. Two threads may do so at once: it is pending until done.

        All stand under one key, each as the hashes of its words: a ``Doc`` for each would take much longer to make.
        """
        pending = self._pending.get(first, ())
        self._hashes.update((word, self._vocab.strings.add(word)) for phrase in pending for word in phrase)
        phrases: list[Any] = [[self._hashes[word] for word in phrase] for phrase in pending]  # not Docs
        if phrases:
            self._matcher.add("phrase", phrases)
        self._pending.pop(first, None)

    def _entry(self, phrase: str | tuple[str, ...]) -> Entry:
        """Indexed when it is first met, a single word by itself: most phrases never are."""
        words = (phrase,) if isinstance(phrase, str) else phrase
        return self._entries.setdefault(phrase, Entry(self.lexicon.phrases[words]))


def _end(pair: tuple[int, Entry]) -> int:
    return pair[0]
