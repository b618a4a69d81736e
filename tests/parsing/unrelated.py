"""English from other domains, thousands of sentences of it, the same ones every time: ``unrelated.yaml`` filled in.

``python -m tests.parsing.unrelated`` prints them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import prod
from pathlib import Path

import yaml

FILLINGS = 6
"""How many sentences a skeleton with slots makes at most."""

_SLOT = re.compile(r"\{(\w+)\}")
_SAMPLES = 200
"""From a skeleton with more combinations than this, that many are drawn."""


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    skeleton: str
    domain: str


@cache
def _data() -> tuple[Mapping[str, Sequence[str]], Mapping[str, Sequence[str]]]:
    raw = yaml.safe_load(Path(__file__).with_name("unrelated.yaml").read_text(encoding="utf-8"))
    words = {name: tuple(map(str, each)) for name, each in raw["words"].items()}
    domains = {name: tuple(line for line in lines.splitlines() if line) for name, lines in raw["domains"].items()}
    return words, domains


def skeletons() -> list[tuple[str, str]]:
    """(domain, skeleton), in the order of the file."""
    return [(domain, skeleton) for domain, lines in _data()[1].items() for skeleton in lines]


def sentences() -> list[Sentence]:
    """All of them, no two alike, in a fixed order; some typed as people write, some as they type."""
    found: dict[str, Sentence] = {}
    for number, (domain, skeleton) in enumerate(skeletons()):
        for text in _filled(skeleton):
            found.setdefault(text.casefold(), Sentence(_typed(text, number + len(found)), skeleton, domain))
    return list(found.values())


def _filled(skeleton: str) -> Iterator[str]:
    """Up to ``FILLINGS`` sentences of one skeleton; a slot that stands in it twice gets two different words."""
    slots = _SLOT.findall(skeleton)
    if not slots:
        yield skeleton
        return
    draw = random.Random(skeleton)  # seeded by its text: the same words each time
    lists = [_data()[0][slot] for slot in slots]
    if prod(map(len, lists)) <= _SAMPLES:
        choices = list(product(*lists))
        draw.shuffle(choices)
    else:
        choices = [tuple(draw.choice(each) for each in lists) for _ in range(_SAMPLES)]
    several = [choice for choice in dict.fromkeys(choices) if len(set(choice)) == len(choice)]
    for choice in several[:FILLINGS]:
        words = iter(choice)
        yield _SLOT.sub(lambda _: next(words), skeleton)  # noqa: B023 - used up before the next choice


def _typed(text: str, number: int) -> str:
    """A third of the sentences as they stand, a third with a capital and a full stop, a third with a capital."""
    if number % 3 == 0:
        return text
    text = text[0].upper() + text[1:]
    return text + "." if number % 3 == 1 and text[-1].isalnum() else text


if __name__ == "__main__":
    for each in sentences():
        print(each.text)
