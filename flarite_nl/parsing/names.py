"""Names and codes without quotation marks: where they start is said by what stands before, where they end by this."""

from __future__ import annotations

from decimal import Decimal

from flarite_nl.parsing.reading import Reading
from flarite_nl.parsing.spans import Spans

# What ends a name that is not in capitals.
_ENDS = ("comma", "or", "with", "without", "stop", "compare", "not", "naming", "group", "note", "sort", "between")


def name_at(r: Reading, at: int, *, marked: bool) -> tuple[str, int] | None:
    """A name at a token, and where it ends.

    ``marked`` says that the words before announce a name ("named", "called"): then even a word of the vocabulary,
    or one in lower case, belongs to it. Otherwise only capitalised or unknown words do.
    """
    spans = r.spans
    if at >= r.end:
        return None
    token = spans.tokens[at]
    if token.kind == "quote" and isinstance(token.value, str) and token.value:
        return token.value, at + 1
    if token.kind in {"email", "id", "money", "domain", "bad", "redacted", "phone", "stamp", "date"}:
        return None
    capital = spans.capital(at)
    if not capital and spans.is_at(at, "pronoun"):
        return None
    if not marked and not capital:
        return None
    if at in spans.timed and not marked:
        return None
    if r.operation is not None and not marked and spans.title:
        return None
    end = at
    while end < r.end and _belongs(r, at, end, marked=marked, capital=capital):
        end += 1
    while end > at + 1 and _loose_end(r, end - 1):
        end -= 1
    if end == at or (end == at + 1 and token.kind in {"mark", "suffix", "number"} and not marked):
        return None
    if r.operation is not None and (any(_holds_back(r, each) for each in range(at, end)) or _empties(r, at, end)):
        return None
    return spans.words_of(at, end), end


def begins_name(spans: Spans, at: int, end: int) -> bool:
    """ "customers in New York": does a word in capitals stand before one that is none of ours?"""
    return spans.tokens[at].text[:1].isupper() and spans.capital(end) and not spans.entries[end]


def city_at(r: Reading, at: int) -> tuple[str, int] | None:
    """Another place in a list: a name that is neither a country's nor an owner's ("… and Jane Doe's invoices")."""
    found = name_at(r, at, marked=False)
    if found is None or r.spans.entries[at] or r.spans.at(at, "country"):
        return None
    return None if found[1] < r.end and r.spans.tokens[found[1]].kind == "suffix" else found


def _loose_end(r: Reading, at: int) -> bool:
    return r.spans.words[at] in {"-", ",", "."} or (r.spans.is_at(at, "and") > 0 and not r.spans.capital(at))


def _holds_back(r: Reading, at: int) -> bool:
    """A name in an order holds no condition: "… Acme only if they ask" is no name."""
    spans = r.spans
    return bool(
        spans.is_at(at, "holdback") or spans.is_at(at, "guard", "condition", "schedule", "prohibition", "how_to")
    )


def _empties(r: Reading, at: int, end: int) -> bool:
    """ "set the description to nothing": no name, but a wish that no frame has."""
    return any(r.spans.is_at(at, "presence", key) == end for key in ("unset", "nothing"))


def _belongs(r: Reading, first: int, at: int, *, marked: bool, capital: bool) -> bool:
    spans = r.spans
    token = spans.tokens[at]
    if token.kind in {"quote", "email", "money", "domain", "percent", "bad", "stamp", "date", "url"}:
        return False
    if token.kind == "id":
        return False
    if token.lower == "'s":
        return False
    if at == first:
        if not capital and token.kind == "word" and _boundary(r, at):
            return False
        return token.kind in {"word", "code"} or (marked and token.kind in {"number", "ordinal"})
    if capital and (
        _continues_capital(r, at) or _particle(r, at) or spans.plain[spans.tokens[at - 1].end : token.start] == "-"
    ):
        return True  # "Drop-in Class" goes on over its hyphen
    return marked and token.kind in {"word", "code", "number"} and not _boundary(r, at) and not _trails(r, at)


def _particle(r: Reading, at: int) -> bool:
    """ "Anneke de Wit", "Ludwig van der Berg": a small word of names between two capitals."""
    spans = r.spans
    if not spans.is_at(at, "particle") or not (spans.capital(at - 1) or spans.is_at(at - 1, "particle")):
        return False
    after = spans.skip(at, ("particle",), r.end)
    return after < r.end and spans.capital(after) and spans.tokens[after].kind == "word"


def _trails(r: Reading, at: int) -> bool:
    """Is the rest only courtesy?"""
    return r.spans.skip(at, ("filler", "stop", "comma"), r.end) >= r.end


def _continues_capital(r: Reading, at: int) -> bool:
    """A capitalised name goes on over capitals, figures, and small joints between capitals ("Bank of Japan")."""
    spans = r.spans
    token = spans.tokens[at]
    if token.kind == "word" and spans.capital(at):
        # "description Audit March": in a text that is written a month by itself is part of it.
        written = r.operation is not None and r.operation.name == "create"
        return not _starts_time(r, at) or (written and spans.times[at].last == at)
    if token.kind in {"code", "number"} and isinstance(token.value, Decimal | None):
        # "delete the coupon named Black Friday 2024": a year may be part of the name of what an order is about.
        named = r.operation is not None and at in spans.times and spans.times[at].expr.weak
        return (named or not _starts_time(r, at)) and not spans.is_at(at + 1, "noun")
    joint = spans.is_at(at, "and") or spans.is_at(at, "glue") or spans.words[at] in {"&", "."}
    if token.lower in {"&", "-"} or (joint and token.kind == "word"):
        return (
            at + 1 < r.end and spans.capital(at + 1) and _unknown(r, at + 1) and _unknown(r, at - 1) and _small(r, at)
        )
    return False


def _small(r: Reading, at: int) -> bool:
    """Is this joint one that names hold ("&", "of")? A spoken "and" between two names joins two requests."""
    return r.spans.words[at] in {"&", "-"} or bool(r.spans.is_at(at, "glue", "prep") and not _verb_after(r, at + 1))


def _verb_after(r: Reading, at: int) -> bool:
    return bool(r.spans.every(at, "verb") or r.spans.every(at, "noun"))


def _unknown(r: Reading, at: int) -> bool:
    return not r.spans.entries[at] and at not in r.spans.timed


def _starts_time(r: Reading, at: int) -> bool:
    span = r.spans.times.get(at)
    return span is not None and span.expr.kind == "window"


def _boundary(r: Reading, at: int) -> bool:
    spans = r.spans
    if _starts_time(r, at):
        return True
    if spans.is_at(at, "and"):
        return True
    for end, entry in spans.entries[at]:
        for (kind, _), senses in entry.items():
            if kind in _ENDS or (kind == "glue" and senses[0].key in {"relative", "aux", "prep", "place"}):
                return True
            if kind == "event" and at + 1 < r.end and any(_starts_time(r, each) for each in (end, end + 1)):
                return True
            if kind == "param" and r.operation is not None and senses[0].extra == r.operation.name:
                return True
    return False


def code_at(r: Reading, at: int) -> tuple[str, int] | None:
    """A code, an ID of one's own or a key: one token, as it is written."""
    if at >= r.end:
        return None
    token = r.spans.tokens[at]
    if token.kind == "quote" and isinstance(token.value, str) and token.value:
        return token.value, at + 1
    if token.kind in {"code", "number", "id", "figure"}:
        return token.text, at + 1
    if token.kind == "word" and (_shaped(token.text, r.spans.upper) or not r.spans.entries[at]):
        end = _hyphenated(r, at)
        return r.spans.text[token.start : r.spans.tokens[end - 1].end], end
    return None


def _hyphenated(r: Reading, at: int) -> int:
    """The end of a code in capitals with hyphens in it ("ANA-VIP", "A-7")."""
    end = at + 1
    while not r.spans.upper and r.spans.tokens[end - 1].text.isupper() and (behind := _behind_hyphen(r, end)):
        text = r.spans.tokens[behind - 1].text
        if not (text.isupper() or text.isdigit()):
            break
        end = behind
    return end


def unbroken(r: Reading, at: int) -> int:
    """ "ci-42", "W-1": where a word with hyphens in it ends, be there no blank."""
    end = at + 1
    while behind := _behind_hyphen(r, end):
        end = behind
    return end


def _behind_hyphen(r: Reading, end: int) -> int:
    """The end of what a hyphen joins to the token before ``end``, or 0; inside a word it is no token, before a figure
    it is one."""
    tokens = r.spans.tokens
    if end < r.end and r.spans.plain[tokens[end - 1].end : tokens[end].start] == "-":
        return end + 1
    if end + 1 >= r.end or tokens[end].text != "-" or tokens[end].start != tokens[end - 1].end:
        return 0
    after = tokens[end + 1]
    return end + 2 if after.start == tokens[end].end and after.kind in {"word", "number", "code"} else 0


def _shaped(text: str, upper: bool) -> bool:
    """Does a word look like a code: capitals throughout, or figures or underscores in it?"""
    if any(char.isdigit() or char == "_" for char in text):
        return True
    return len(text) > 2 and text.isupper() and not upper
