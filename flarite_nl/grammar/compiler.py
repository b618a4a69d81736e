"""Lexicon → spaCy matcher.

The matcher runs on a ``Doc`` whose words are all known to the vocabulary: whatever the lexicon does not know
(IDs, names, typing errors) stands there as one placeholder. So spaCy's string store holds the grammar's words and
nothing else, and does not grow however many prompts are read; no ``memory_zone`` is needed.
"""

from __future__ import annotations

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from flarite_nl.grammar.lexicon import Entry, Lexicon, Senses

UNKNOWN = "\ufffd"


class Matcher:
    """Finds every phrase of the lexicon in a list of words."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._known = lexicon.words
        self._vocab = Vocab()
        self._matcher = PhraseMatcher(self._vocab, attr="ORTH")
        self._senses: dict[int, Senses] = {}
        self._entries: dict[int, Entry] = {}
        for number, (words, entry) in enumerate(lexicon.phrases.items()):
            key = f"p{number}"
            self._matcher.add(key, [Doc(self._vocab, words=list(words))])
            self._senses[self._vocab.strings[key]] = entry

    def match(self, words: list[str]) -> list[list[tuple[int, Entry]]]:
        """For each position the phrases that start there, longest first: (end, what they may mean)."""
        known = self._known
        doc = Doc(self._vocab, words=[word if word in known else UNKNOWN for word in words])
        starts: list[list[tuple[int, Entry]]] = [[] for _ in words]
        entries = self._entries
        for key, start, end in self._matcher(doc):
            entry = entries.get(key)
            if entry is None:
                # Indexed when it is first met: most phrases never are in one process.
                entry = entries[key] = Entry(self._senses[key])
            starts[start].append((end, entry))
        for each in starts:
            if len(each) > 1:
                each.sort(key=_end, reverse=True)
        return starts


def _end(pair: tuple[int, Entry]) -> int:
    return pair[0]
