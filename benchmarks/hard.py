"""How long the hardest prompts take: ``python -m benchmarks.hard [LENGTH] [--check]``.

Each kind of ``tests/parsing/hard.py`` at LENGTH characters (2,000), and at half of that: the best of five parses,
in milliseconds of processor time (what else the machine does does not count), and how much the second half cost.
With ``--check`` it exits 1 where one takes 50 ms or more.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from flarite_nl.parsing.parser import Parser
from tests.parsing.hard import HARD, hard

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
TARGET = 50.0


def milliseconds(parser: Parser, text: str, times: int = 5) -> float:
    """The best of some parses."""
    best = float("inf")
    for _ in range(times):
        start = time.thread_time()
        parser.parse(text, NOW)
        best = min(best, time.thread_time() - start)
    return best * 1000


def main(argv: Sequence[str]) -> int:
    numbers = [int(each) for each in argv if each.isdigit()]
    length = numbers[0] if numbers else 2000
    parser = Parser()
    parser.parse("list refunds", NOW)
    rows = [
        (milliseconds(parser, hard(name, length)), milliseconds(parser, hard(name, length // 2)), name) for name in HARD
    ]
    out = sys.stdout
    out.write(f"{'kind of prompt':20}{f'{length:,} chars':>14}{f'{length // 2:,} chars':>14}{'ratio':>8}\n")
    for whole, half, name in sorted(rows, reverse=True):
        late = "  over the target" if whole >= TARGET else ""
        out.write(f"{name:20}{whole:11.2f} ms{half:11.2f} ms{whole / half:8.2f}{late}\n")
    over = sum(whole >= TARGET for whole, _, _ in rows)
    out.write(f"{len(rows)} kinds; {over} at {TARGET:.0f} ms or more; the worst takes {max(rows)[0]:.1f} ms\n")
    return int(over > 0 and "--check" in argv)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
