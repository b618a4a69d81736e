"""Fuzz target of the parser: bytes → a prompt → what holds of every parse.

The long run, from the checkout, with ``pip install atheris`` (it is no dependency of the package)::

    python -m fuzz.parse_fuzz build/corpus -max_total_time=3600 -max_len=4000 -timeout=5

``build/corpus`` is any folder; what atheris finds worth keeping is kept there, and the next run goes on from it. The
seeds are written into an empty one. All of libFuzzer's options may follow. A crash is written to ``crash-…``; it is
read again with ``python -m fuzz.parse_fuzz crash-…``. Without atheris, or with ``--plain N``, the seeds and N
mutations of them are run: the same every time, a few seconds for the default of 2,000. CI runs that.
"""

from __future__ import annotations

import importlib
import importlib.util
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flarite_nl.parsing.parser import Parser

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
LONGEST = 4000
PLAIN = 2000

# Words that take the fuzzer into the grammar's rooms; a byte of 0x01-0x1f-free text would rarely spell them.
WORDS = (
    "refund cancel void pay send create delete close pause resume archive capture list show count sum average "
    "how-many what payments invoices customers subscriptions disputes coupons payouts prices products charges refunds "
    "balance mrr ch_A1b2C3 cus_A1b2C3 sub_A1b2C3 in_A1b2C3 price_A1b2C3 jane@acme.com @acme.com $50 €1.2k 20% 5 "
    "1,000.50 half the last first top largest all every of from for on to by with over under between and or not except "
    "than yesterday last-week next-7-days since-Monday March-2025 Q3 2026-02-30 12/31 noon month if unless don't "
    "how-do-I should-we named called \"Acme\" 'Tea' metadata where whose their it them that failed open paid refunded "
    "disputed duplicate because - — , . ; : ? ! ( ) \" ' “ ” … \u202e \u200b \u0000 \ud800 İ ½ 9999999999999"
).split()

SEEDS = (
    "",
    "show me all open disputes with evidence due in the next 7 days",
    "refund the last payment from customer cus_ABC123",
    "how many payments over €50 failed last month, by card brand",
    "create a payment link for price_XYZ at quantity 1",
    "find customer jane@acme.com and show their last 5 invoices",
    "cancel sub_1 at the end of the period because it's too expensive",
    "don't refund ch_1 unless du_1 is lost",
    "customers named \"Acme 'Corp'\" or “Beta” since March 3rd 2025",
    "payments between $10 and 1.234,56 € not in eur, newest first",
    "1. refund ch_1\n2. void in_2",
)


@cache
def parser() -> Parser:
    from flarite_nl.parsing.parser import Parser as Made

    return Made()


def prompt(data: bytes) -> str:
    """Bytes as a prompt: even first byte, UTF-8 with what is broken replaced; odd, a row of ``WORDS`` and letters."""
    if not data or data[0] % 2 == 0:
        return data[1:].decode("utf-8", "surrogateescape")[:LONGEST]
    parts = (WORDS[each] if each < len(WORDS) else chr(each) for each in data[1:])
    return " ".join(each.replace("-", " ") if len(each) > 1 else each for each in parts)[:LONGEST]


def one_input(data: bytes) -> None:
    """Read one prompt and judge the parse; raises where a law does not hold."""
    from tests.parsing.invariants import check, frame

    text = prompt(data)
    parse = parser().parse(text, NOW)
    check(parse, text)
    assert frame(parser().parse(text, NOW)) == frame(parse), "two parses of one prompt differ"
    quotable = "".join(each for each in text if each.isalnum() or each in " _@.,$%:;!?")
    quoted = f'find customers named "{quotable}"'[:LONGEST]
    if quoted.endswith('"'):
        assert not parser().parse(quoted, NOW).writes, "what is quoted was carried out"


def mutations(number: int, seed: int = 0) -> Iterator[bytes]:
    """The seeds, then that many changed ones, the same each time."""
    draw = random.Random(seed)
    pool = [b"\0" + each.encode() for each in SEEDS]
    yield from pool
    for _ in range(number):
        data = bytearray(draw.choice(pool))
        for _ in range(draw.randint(1, 4)):
            draw.choice(_CHANGES)(data, draw, pool)
        made = bytes(data[:LONGEST])
        if draw.random() < 0.1:
            pool.append(made)
        yield made


def _flip(data: bytearray, draw: random.Random, pool: Sequence[bytes]) -> None:
    if data:
        data[draw.randrange(len(data))] = draw.randrange(256)


def _cut(data: bytearray, draw: random.Random, pool: Sequence[bytes]) -> None:
    start = draw.randint(0, len(data))
    del data[start : start + draw.randint(1, 12)]


def _splice(data: bytearray, draw: random.Random, pool: Sequence[bytes]) -> None:
    other = draw.choice(pool)
    start = draw.randint(0, len(other))
    at = draw.randint(0, len(data))
    data[at:at] = other[start : start + draw.randint(1, 60)]


def _word(data: bytearray, draw: random.Random, pool: Sequence[bytes]) -> None:
    at = draw.randint(0, len(data))
    data[at:at] = f" {draw.choice(WORDS)} ".encode("utf-8", "surrogatepass")


def _repeat(data: bytearray, draw: random.Random, pool: Sequence[bytes]) -> None:
    start = draw.randint(0, len(data))
    part = data[start : start + draw.randint(1, 20)]
    data[start:start] = part * draw.randint(1, 20)


def _coded(data: bytearray, draw: random.Random, pool: Sequence[bytes]) -> None:
    data[:] = bytes([1]) + bytes(draw.randrange(256) for _ in range(draw.randint(1, 40)))


_CHANGES: Sequence[Callable[[bytearray, random.Random, Sequence[bytes]], None]] = (
    _flip,
    _cut,
    _splice,
    _word,
    _repeat,
    _coded,
)


def plain(number: int) -> int:
    """Run without atheris; returns how many prompts were read."""
    done = 0
    for data in mutations(number):
        try:
            one_input(data)
        except Exception:
            sys.stderr.write(f"failed on {data!r}\nwhich is the prompt {prompt(data)!r}\n")
            raise
        done += 1
    return done


def main(argv: Sequence[str]) -> int:
    if "--plain" in argv[:2] or importlib.util.find_spec("atheris") is None:
        number = int(argv[2]) if len(argv) > 2 else PLAIN
        sys.stdout.write(f"{plain(number):,} prompts, no failure (without atheris)\n")
        return 0
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["flarite_nl.parsing", "flarite_nl.text", "flarite_nl.values"]):
        importlib.import_module("flarite_nl.parsing.parser")
    parser().parse("list refunds", NOW)
    _sow(argv)
    atheris.Setup([argv[0], *argv[1:]], one_input)
    atheris.Fuzz()
    return 0


def _sow(argv: Sequence[str]) -> None:
    """Write the seeds into the corpus folder, where one is named and empty."""
    folder = next((Path(each) for each in argv[1:] if not each.startswith("-")), None)
    if folder is None or folder.is_file():
        return
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        for number, seed in enumerate(SEEDS):
            (folder / f"seed-{number:02d}").write_bytes(b"\0" + seed.encode())


if __name__ == "__main__":
    raise SystemExit(main(sys.argv))
