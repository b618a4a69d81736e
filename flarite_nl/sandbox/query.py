"""Stripe's search query language (STRIPE.md 10): text to clauses, without knowing any resource."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flarite_nl.sandbox.errors import StripeError

MOST_CLAUSES = 10

_CLAUSE = re.compile(
    r"""(?P<minus>-?)
        (?P<field>[A-Za-z_][A-Za-z0-9_.]*)
        (?:\[\s*(?P<key>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')\s*\])?
        \s*(?P<op>>=|<=|:|~|>|<|=)\s*
        (?P<value>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^\s"']+)""",
    re.VERBOSE | re.DOTALL,
)
_JOINER = re.compile(r"\s*(?:(?P<word>AND|OR)(?=\s))?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clause:
    """``field op value``; ``key`` is the key of ``metadata["key"]``; ``value`` None is ``null``."""

    field: str
    key: str | None
    op: str
    value: str | None
    negated: bool
    quoted: bool


@dataclass(frozen=True, slots=True)
class Query:
    """Clauses joined by one word: all of them (``AND``) or any (``OR``)."""

    clauses: tuple[Clause, ...]
    any: bool


def parse(text: str) -> Query:
    """Raises Stripe's 400 for what it can't read, for AND mixed with OR, and for too many clauses."""
    clauses: list[Clause] = []
    words: set[str] = set()
    at = len(text) - len(text.lstrip())
    while at < len(text):
        match = _CLAUSE.match(text, at)
        if match is None:
            raise unreadable()
        clauses.append(_clause(match))
        at = match.end()
        joiner = _JOINER.match(text, at)
        if joiner is None or (joiner.end() == at and at < len(text)):
            raise unreadable()
        if joiner["word"]:
            if joiner.end() == len(text):
                raise unreadable()
            words.add(joiner["word"].upper())
        elif joiner.end() < len(text):
            words.add("AND")
        at = joiner.end()
    if not clauses:
        raise unreadable()
    if len(words) > 1:
        raise StripeError("You can't combine AND and OR operators in the same search query.", param="query")
    if len(clauses) > MOST_CLAUSES:
        raise StripeError(f"A search query may have at most {MOST_CLAUSES} clauses.", param="query")
    return Query(tuple(clauses), "OR" in words)


def unreadable() -> StripeError:
    return StripeError(
        'We were unable to parse your search query. Try using the format `metadata["key"]:"value"` to search for '
        'metadata or key:"value" to search for other fields.',
        param="query",
    )


def _clause(match: re.Match[str]) -> Clause:
    raw = match["value"]
    quoted = raw[0] in "\"'"
    value = _unquoted(raw) if quoted else None if raw.lower() == "null" else raw
    key = match["key"]
    if (key is not None) != (match["field"] == "metadata"):
        raise unreadable()
    return Clause(
        match["field"], None if key is None else _unquoted(key), match["op"], value, bool(match["minus"]), quoted
    )


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
