"""Phrases and what each may mean: the grammar turned round, from words to senses.

A phrase has several senses ("refund" is a noun and an order); composition picks by what stands around it. All of
this is plain data, so that it can be cached; ``compiler`` makes the spaCy matcher from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from sys import intern
from typing import Any

from flarite_nl.grammar.schema import Field, Grammar, Noun, Operation, Resource
from flarite_nl.text import LIMIT, normalise, scanner, words_of
from flarite_nl.values.numbers import NumberWords
from flarite_nl.values.timewords import TimeWords, load_time_words
from flarite_nl.values.typed import ValueWords

GAP = "..."

# Equal spans are settled here, never by file order: the first kind that composition accepts wins.
PRIORITY = (
    "guard", "signoff", "position", "numbered", "pvalue", "verb", "participle", "orders", "recipient", "before_id",
    "noun",
    "meaning", "value", "event", "measure", "aggregate", "field", "column", "param", "compare", "compare_after",
    "between", "without", "not", "or", "and", "group", "grain", "order", "sort", "naming", "contains", "possessive",
    "being", "choosing", "showing",
    "pronoun", "another", "who", "holdback", "revoking", "helping", "unhappened", "idiom", "finite", "definite",
    "how_many", "plural_grain", "grades", "times_sign", "each_at", "apiece", "including", "indefinite", "into",
    "versus", "country", "currency", "brand", "boolean", "fraction", "whole", "amount_word", "with", "question",
    "polite", "causative", "asking", "subject", "demonstrative",
    "ourselves", "presence", "falling", "universal", "barring", "alphabetical", "bygone", "dropping",
    "ranking", "contrast", "particle", "toward", "unable", "dismissal", "dative", "region", "separable", "hence",
    "approximate", "relative", "read", "follow_up", "note", "limit", "rows",
    "comparing", "comparative", "than", "bringing", "moment", "repeats", "foretold", "standing", "summing",
    "distributive",
    "ordinal", "glue", "filler", "comma", "stop",
)  # fmt: skip
RANK = {kind: rank for rank, kind in enumerate(PRIORITY)}


@dataclass(frozen=True, slots=True)
class Sense:
    """One thing a phrase may mean: its ``kind``, the ``key`` under it, the resource it belongs to, and details."""

    kind: str
    key: str
    resource: str = ""
    extra: Any = None


Senses = Mapping[tuple[str, str], tuple[Sense, ...]]
"""What one phrase may mean, as it is cached: (kind, resource or "") → senses."""


class Entry(dict[tuple[str, str], tuple[Sense, ...]]):
    """The senses of one phrase, indexed once for the many questions that reading asks of it.

    ``plain`` has the senses that belong to no resource, ``all`` those of any, both by kind. ``kinds`` and ``reach``
    are of all phrases that start where this one does, itself and the shorter ones that it begins with: their kinds,
    and of each kind how many words its longest phrase without a resource has. ``read`` is what ``parsing/reader.py``
    keeps here: the senses that it has a handler for.
    """

    __slots__ = ("all", "kinds", "plain", "reach", "read")

    def __init__(self, senses: Senses) -> None:
        super().__init__(senses)
        self.kinds: frozenset[str] | None = None
        self.reach: dict[str, int] = {}
        self.read: list[tuple[Any, str, str, tuple[Sense, ...]]] | None = None
        self.plain: dict[str, tuple[Sense, ...]] = {
            kind: each for (kind, resource), each in senses.items() if not resource
        }
        self.all: dict[str, tuple[Sense, ...]] = {}
        for (kind, _), each in senses.items():
            self.all[kind] = (*self.all.get(kind, ()), *each)

    def begins(self, phrases: Sequence[tuple[int, Entry]], at: int) -> None:
        """Index the phrases that start where this one, the longest of them, does: (end, what they may mean)."""
        for end, entry in phrases:
            for kind in entry.plain:
                self.reach.setdefault(kind, end - at)
        self.kinds = frozenset(kind for _, entry in phrases for kind in entry.all)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything that reading a prompt needs, as plain data."""

    grammar: Grammar
    phrases: Mapping[tuple[str, ...], Senses]
    words: frozenset[str]
    values: ValueWords
    times: TimeWords
    countries: frozenset[str]
    ambiguous_countries: frozenset[str]
    ranged: frozenset[str]
    known: frozenset[str]
    spellings: Mapping[int, tuple[str, ...]]
    saved: Mapping[tuple[str, ...], str]
    prompts: Mapping[str, tuple[str, ...]]
    scan: re.Pattern[str] = field(repr=False)
    contracted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def meant(self, text: str) -> str:
        """The prompt that a saved phrase stands for; any other text as it is."""
        if not self.saved or len(text) > LIMIT:
            return text
        return self.saved.get(saved_as(text, self.scan), text)


def saved_as(text: str, scan: re.Pattern[str]) -> tuple[str, ...]:
    """The words by which a saved phrase is found: case, blanks and the mark at its end do not matter."""
    return words_of(normalise(text).strip().rstrip(".!?"), scan)


# ID prefixes that Stripe has and no resource here: such an ID is known to be one, and not understood.
_OTHER_PREFIXES = (
    "pm_",
    "card_",
    "src_",
    "ba_",
    "acct_",
    "evt_",
    "cs_",
    "seti_",
    "si_",
    "tr_",
    "tok_",
    "we_",
    "req_",
    "mandate_",
    "cn_",
    "qt_",
    "issfr_",
    "prv_",
    "il_",
)


def build(grammar: Grammar) -> Lexicon:
    """Turn a grammar round."""
    codes = grammar.codes
    prefixes = {prefix: resource.name for resource in grammar.resources.values() for prefix in resource.prefixes}
    prefixes.update({prefix: "" for prefix in _OTHER_PREFIXES if prefix not in prefixes})
    pattern = scanner(tuple(sorted(prefixes)), tuple(sorted({*codes["symbols"], *map(str.lower, codes["symbols"])})))
    contracted = {str(word): words_of(str(meant), pattern) for word, meant in grammar.vocabulary["contracted"].items()}
    senses: dict[tuple[str, ...], dict[Sense, None]] = {}
    for phrase, sense in _all(grammar):
        parts = words_of(phrase, pattern, contracted)
        if parts:
            senses.setdefault(parts, {})[sense] = None
    vocabulary = grammar.vocabulary
    names = {words_of(name, pattern): code for code, names in codes["currencies"].items() for name in names}
    words = frozenset(word for phrase in senses for word in phrase)
    numbers, halves = number_words(vocabulary["number"]), frozenset(vocabulary["number"]["halves"])
    values = ValueWords(
        numbers=numbers,
        halves=halves,
        percents=frozenset(vocabulary["percent_word"]),
        symbols={symbol.lower(): code for symbol, code in codes["symbols"].items()},
        currencies=names | {words_of(name, pattern): "dollar" for name in codes["dollar"]},
        codes=frozenset(codes["currencies"]),
        ambiguous=frozenset(codes["currency_codes_as_words"]),
        placeholders=frozenset(vocabulary["placeholders"]),
        prefixes=prefixes,
        words=words,
        spoken=halves.union(numbers.units, numbers.scales),
    )
    times = load_time_words(grammar.times)
    known = words | contracted.keys() | _calendar(grammar.times) | set(vocabulary["number"]["units"])
    return Lexicon(
        grammar=_bare(grammar),
        phrases=_shared(senses),
        words=words,
        values=values,
        times=times,
        countries=frozenset(codes["countries"]),
        ambiguous_countries=frozenset(codes["country_codes_as_words"]),
        ranged=frozenset(
            name for kind in ("months", "weekdays") for each in grammar.times[kind].values() for name in each
        ),
        known=frozenset(known),
        spellings=_by_length(word for word in known if len(word) > 3 and word.isalpha()),
        prompts={name: _prompts(each) for name, each in grammar.resources.items()},
        saved={saved_as(phrase, pattern): prompt for phrase, prompt in grammar.saved.items()},
        scan=pattern,
        contracted=contracted,
    )


def _by_length(words: Iterable[str]) -> dict[int, tuple[str, ...]]:
    """A misspelt word is compared with those of about its own length only."""
    found: dict[int, list[str]] = {}
    for word in sorted(words):
        found.setdefault(len(word), []).append(word)
    return {length: tuple(each) for length, each in found.items()}


def _calendar(raw: Any) -> set[str]:
    """Every word that the file of times holds."""
    if isinstance(raw, Mapping):
        return {
            word
            for key, each in raw.items()
            for word in (*_calendar(each), *(str(key).lower().split() if isinstance(key, str) else ()))
        }
    if isinstance(raw, list):
        return {word for each in raw for word in _calendar(each)}
    return set(str(raw).lower().split())


def _prompts(resource: Resource) -> tuple[str, ...]:
    """What can be said of a resource as it stands: to be suggested where a prompt is not understood."""
    return tuple(each.text for each in resource.examples if each.expect["status"] == "ok" and not each.context)


def _bare(grammar: Grammar) -> Grammar:
    """The grammar as reading a prompt needs it: without examples, and without the lines that things stand on."""
    resources = {name: _bare_resource(each) for name, each in grammar.resources.items()}
    return replace(grammar, resources=resources, examples=(), counterexamples=(), files=(), own_files=())


def _bare_resource(resource: Resource) -> Resource:
    return replace(
        resource,
        nouns=tuple(replace(each, place=None) for each in resource.nouns),
        meanings=tuple(replace(each, place=None) for each in resource.meanings),
        operations={name: replace(each, place=None) for name, each in resource.operations.items()},
        examples=(),
        counterexamples=(),
        place=None,
    )


def _shared(said: Mapping[tuple[str, ...], Iterable[Sense]]) -> dict[tuple[str, ...], Senses]:
    """Phrases and their entries; those that mean the same share one entry, which makes the cached form small."""
    entries: dict[tuple[Sense, ...], Senses] = {}
    kept: dict[Sense, Sense] = {}
    out: dict[tuple[str, ...], Senses] = {}
    for phrase, senses in said.items():
        ranked = tuple(kept.setdefault(each, each) for each in sorted(senses, key=lambda each: RANK[each.kind]))
        if ranked not in entries:
            entries[ranked] = _entry(ranked)
        out[tuple(map(intern, phrase))] = entries[ranked]
    return out


def _entry(ranked: Iterable[Sense]) -> Senses:
    entry: dict[tuple[str, str], tuple[Sense, ...]] = {}
    for sense in ranked:
        key = (sense.kind, sense.resource)
        entry[key] = (*entry.get(key, ()), sense)
    return entry


# Sections of the vocabulary whose entries are not phrases with a sense of their own.
_TABLES = frozenset({"number", "percent_word", "placeholders", "sizes", "plurals", "contracted"})


def _all(grammar: Grammar) -> Iterator[tuple[str, Sense]]:
    for section, entries in grammar.vocabulary.items():
        if section in _TABLES:
            continue
        if isinstance(entries, list):
            entries = {section: entries}
        for key, phrases in entries.items():
            for phrase in phrases:
                yield str(phrase), Sense(section, str(key))
    yield from _codes(grammar.codes)
    endings = grammar.vocabulary["plurals"]
    for resource in grammar.resources.values():
        yield from _resource(resource)
        yield from _columns(resource, endings)


def _columns(resource: Resource, endings: Mapping[str, str]) -> Iterator[tuple[str, Sense]]:
    """What a field's values are called when they are asked for: "their reasons", "due dates of …"."""
    for spec in resource.fields.values():
        names = dict.fromkeys((*spec.words, spec.name.replace("_", " ").replace(".", " ")))
        for phrase in names if spec.type != "metadata" else ():
            if not phrase[-1:].isalpha():
                continue
            ending = next(each for each in endings if phrase.endswith(each))
            yield phrase.removesuffix(ending) + endings[ending], Sense("column", spec.name, resource.name)


def _codes(codes: Mapping[str, Any]) -> Iterator[tuple[str, Sense]]:
    for code, names in codes["countries"].items():
        for name in names:
            yield name, Sense("country", code)
    for code, names in codes["currencies"].items():
        for name in names:
            yield name, Sense("currency", code)
        if code not in codes["currency_codes_as_words"]:
            yield code, Sense("currency", code)
    for name in codes["dollar"]:
        yield name, Sense("currency", "dollar")


def _resource(resource: Resource) -> Iterator[tuple[str, Sense]]:
    name = resource.name
    for number, noun in enumerate(resource.nouns):
        yield from _noun(name, number, noun)
    for phrase in resource.before_ids:
        yield phrase, Sense("before_id", "one", name)
    for meaning_number, meaning in enumerate(resource.meanings):
        for phrase in meaning.say:
            yield phrase, Sense("meaning", str(meaning_number), name)
    for each in resource.fields.values():
        yield from _field(name, each)
    for operation in resource.operations.values():
        yield from _operation(name, operation)


def phrases_of(resource: Resource) -> list[tuple[str, str, str]]:
    """Every phrase of a resource: its kind, what it stands for, and the words."""
    said = ((sense.kind, sense.key, phrase) for phrase, sense in _resource(resource))
    return sorted(set(said), key=lambda each: (RANK[each[0]], each[1:]))


def _field(resource: str, spec: Field) -> Iterator[tuple[str, Sense]]:
    yield spec.name, Sense("field", spec.name, resource)
    for kind, phrases in (("field", spec.words), ("event", spec.events), ("measure", spec.measures)):
        for phrase in phrases:
            yield phrase, Sense(kind, spec.name, resource)
    for key, phrases in spec.keys.items():
        for phrase in phrases:
            yield phrase, Sense("field", spec.name, resource, key)
    for value in dict.fromkeys((*spec.one_of, *spec.values)):
        for phrase in dict.fromkeys((value, value.replace("_", " "), *spec.values.get(value, ()))):
            yield phrase, Sense("value", value, resource, spec.name)


def _noun(resource: str, number: int, noun: Noun) -> Iterator[tuple[str, Sense]]:
    for grammatical, phrases in (("one", noun.one), ("many", noun.many)):
        for phrase in phrases:
            yield phrase, Sense("noun", grammatical, resource, number)


def _operation(resource: str, operation: Operation) -> Iterator[tuple[str, Sense]]:
    action = operation.name
    for verb in operation.verbs:
        if GAP in verb:
            head, tail = (part.strip() for part in verb.split(GAP, 1))
            yield head, Sense("verb", action, resource, tail)
            yield tail, Sense("tail", action, resource)
        else:
            yield verb, Sense("verb", action, resource)
    for kind, phrases in (
        ("participle", operation.participles), ("orders", operation.orders), ("recipient", operation.recipients),
    ):  # fmt: skip
        for phrase in phrases:
            yield phrase, Sense(kind, action, resource)
    for param in operation.params.values():
        for phrase in param.words:
            yield phrase, Sense("param", param.name, resource, action)
        for value, phrases in param.values.items():
            for phrase in dict.fromkeys((*phrases, *([value.replace("_", " ")] if param.type == "word" else []))):
                yield phrase, Sense("pvalue", value, resource, (action, param.name))


RANK["tail"] = RANK["recipient"]


def number_words(raw: Mapping[str, Any]) -> NumberWords:
    sets = {name: frozenset(raw[name]) for name in ("joins", "ones", "weak", "counted", "parted")}
    return NumberWords(units=raw["units"], scales=raw["scales"], **sets)
