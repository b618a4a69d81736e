"""The matcher finds every phrase of the grammar, whichever word comes first, and however many threads ask at once."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from zoneinfo import ZoneInfo

from flarite_nl.grammar.cache import lexicon
from flarite_nl.grammar.compiler import Matcher
from flarite_nl.grammar.lexicon import Lexicon
from flarite_nl.parsing.parser import shared_matcher
from flarite_nl.parsing.spans import Spans
from tests.conftest import NOW
from tests.parsing.phrases import phrases

UTC = ZoneInfo("UTC")


def grammar() -> Lexicon:
    return lexicon()


def found(matcher: Matcher, phrase: tuple[str, ...]) -> bool:
    starts = matcher.match(list(phrase))[0]
    return any(end == len(phrase) and dict(entry) == matcher.lexicon.phrases[phrase] for end, entry in starts)


def test_every_phrase_is_found_when_its_first_word_comes() -> None:
    matcher = Matcher(grammar())
    assert [phrase for phrase in matcher.lexicon.phrases if not found(matcher, phrase)] == []
    assert len(matcher.lexicon.phrases) > 5000


def test_a_phrase_is_found_behind_words_that_begin_none() -> None:
    matcher = Matcher(grammar())
    starts = matcher.match(["xqzvw", "past", "due", "xqzvw"])
    assert starts[0] == []
    assert starts[3] == []
    assert starts[1][0][0] == 3


def test_threads_that_meet_a_word_at_once_all_find_its_phrases() -> None:
    some = list(grammar().phrases)[::37]
    for _ in range(3):
        matcher = Matcher(grammar())
        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(lambda phrase, matcher=matcher: found(matcher, phrase), some * 4))


def test_what_is_indexed_is_what_the_entries_say() -> None:
    """``kinds``, ``reach``, ``furthest``, ``spots`` and ``holds`` answer as a look at every phrase would."""
    matcher = shared_matcher()
    asked = ("noun", "verb", "filler", "glue", "pronoun", "order", "comma", "meaning")
    for each in phrases()[::25]:
        spans = Spans(each.text, matcher, NOW, UTC)
        plain = [{(kind, end) for end, entry in row for kind in entry.plain} for row in spans.entries[: spans.n]]
        for at in range(spans.n):
            assert set(spans.kinds[at]) == {kind for _, entry in spans.entries[at] for kind in entry.all}
            ends = {kind: max(end for other, end in plain[at] if other == kind) for kind, _ in plain[at]}
            assert {kind: spans.is_at(at, kind) for kind in asked} == {kind: ends.get(kind, 0) for kind in asked}
            assert spans.furthest(at, asked) == max((ends.get(kind, 0) for kind in asked), default=0)
        for kind in asked:
            for first, end in ((0, spans.n), (1, spans.n - 1), (spans.n // 2, spans.n)):
                places = [at for at in range(first, end) if kind in spans.kinds[at]]
                assert spans.spots(kind, first, end) == places
                assert spans.holds(kind, first, end) == any(spans.is_at(at, kind) for at in range(first, end))


def test_what_reads_times_is_loaded_with_the_first_prompt_that_may_hold_one() -> None:
    code = (
        "import sys; from flarite_nl.parsing.parser import Parser; parser = Parser(); parser.parse('list refunds')\n"
        "before = 'flarite_nl.values.times' in sys.modules; parser.parse('refunds of last week')\n"
        "print(before, 'flarite_nl.values.times' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "True"]
