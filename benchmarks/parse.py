"""Parsing in figures, in one run and one process: ``python -m benchmarks.parse [--million]`` (README.md)."""

from __future__ import annotations

import argparse
import gc
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from flarite_nl.grammar.loader import load
from flarite_nl.parsing.parser import Parser

HERE = Path(__file__).parent
CORPUS = HERE.parents[1] / "shared" / "corpus" / "dev.jsonl"
NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
ROUNDS = 7
_ID = re.compile(r"(?<=_)[A-Za-z0-9]{4,}")

# One start in a process of its own; what it prints is read by ``starts``.
_START = """
import json, time
began = time.perf_counter()
import spacy
spacy_in = time.perf_counter()
from flarite_nl.parsing.parser import Parser
imported = time.perf_counter()
Parser()
made = time.perf_counter()
print(json.dumps([spacy_in - began, imported - spacy_in, made - imported]))
"""


@dataclass(frozen=True, slots=True)
class Prompt:
    text: str
    context: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of every parse; ``typical`` holds one figure a prompt: the median of its rounds."""

    every: Sequence[float]
    typical: Sequence[float]

    @property
    def median(self) -> float:
        return statistics.median(self.every)

    @property
    def p99(self) -> float:
        return percentile(self.every, 0.99)

    @property
    def a_second(self) -> float:
        return len(self.every) / sum(self.every)


def percentile(values: Sequence[float], share: float) -> float:
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * share))]


def prompts() -> tuple[str, list[Prompt]]:
    """The corpus, or the grammar's own examples without it; and what they are called."""
    if CORPUS.is_file():
        rows = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines() if line.strip()]
        return "corpus dev.jsonl", [Prompt(row["text"], tuple(row.get("context", ()))) for row in rows]
    examples = [each for resource in load().resources.values() for each in resource.examples]
    return "the grammar's examples", [Prompt(each.text, each.context) for each in examples]


def plain() -> list[Prompt]:
    """The prompts that hassil's grammar was written for."""
    return [Prompt(line) for line in (HERE / "prompts.txt").read_text(encoding="utf-8").splitlines() if line]


def measure(read: Callable[[Prompt], object], over: Sequence[Prompt], rounds: int = ROUNDS) -> Times:
    """Read every prompt once to warm up, then some rounds with the clock on."""
    for prompt in over:
        read(prompt)
    gc.collect()
    taken: list[list[float]] = [[] for _ in over]
    for _ in range(rounds):
        for prompt, mine in zip(over, taken, strict=True):
            start = time.perf_counter()
            read(prompt)
            mine.append(time.perf_counter() - start)
    return Times([each for mine in taken for each in mine], [statistics.median(mine) for mine in taken])


def rss() -> float:
    """Resident memory of this process in MiB; the peak of it where there is no /proc."""
    status = Path("/proc/self/statm")
    if status.is_file():
        return int(status.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def fresh(prompt: Prompt, number: int) -> str:
    """The prompt with IDs, and now and then a name and a word, that were never seen before."""
    text = _ID.sub(f"{number:x}x", prompt.text)
    return f"{text} Nm{number:x} zq{number:x}" if number % 10 == 0 else text


def memory(parser: Parser, over: Sequence[Prompt], counts: Sequence[int]) -> list[tuple[int, float]]:
    """Resident memory after so many parses of prompts that are all different."""
    found: list[tuple[int, float]] = []
    done = 0
    for count in counts:
        while done < count:
            parser.parse(fresh(over[done % len(over)], done), NOW)
            done += 1
        gc.collect()
        found.append((count, rss()))
    return found


def starts(times: int = 5) -> dict[str, tuple[float, float, float]]:
    """Seconds of ``import spacy``, of our imports, of the grammar: without a cache (the best of two) and with it."""
    with tempfile.TemporaryDirectory() as room:
        found: dict[str, tuple[float, float, float]] = {}
        for name, number in (("without its cache", 2), ("with its cache", times)):
            runs = []
            for run in range(number):
                folder = Path(room) / (f"cold{run}" if name.startswith("without") else "warm")
                if run == 0 and folder.name == "warm":
                    _start(folder)
                runs.append(_start(folder))
            spacy, imports, grammar = (min(each) for each in zip(*runs, strict=True))
            found[name] = (spacy, imports, grammar)
        return found


def _start(folder: Path) -> list[float]:
    folder.mkdir(mode=0o700, exist_ok=True)
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder)}
    done = subprocess.run([sys.executable, "-c", _START], env=environment, check=True, capture_output=True, text=True)
    found: list[float] = json.loads(done.stdout)
    return found


def hassil() -> Callable[[Prompt], object] | None:
    """hassil with the grammar beside this file; None where it is not installed."""
    if find_spec("hassil") is None:
        return None
    from hassil import Intents, recognize

    with (HERE / "hassil.yaml").open(encoding="utf-8") as file:
        intents = Intents.from_yaml(file)
    return lambda prompt: recognize(prompt.text, intents)


class Table:
    def __init__(self) -> None:
        self.last = ""

    def head(self, text: str) -> None:
        sys.stdout.write(f"\n{text}\n")

    def row(self, name: str, figure: str, target: str = "") -> None:
        sys.stdout.write(f"  {name:58}{figure:>14}  {target}\n")
        sys.stdout.flush()


def told(table: Table, name: str, times: Times, *, targets: bool = False) -> None:
    """The four rows of one engine over one set of prompts."""
    table.row(f"{name}: median", f"{times.median * 1e3:.3f} ms", "target at most 0.25 ms" if targets else "")
    table.row(f"{name}: p99", f"{times.p99 * 1e3:.3f} ms", "target at most 2 ms" if targets else "")
    table.row(f"{name}: p99 of the prompts' own medians", f"{percentile(times.typical, 0.99) * 1e3:.3f} ms")
    table.row(f"{name}: prompts a second", f"{times.a_second:,.0f}")


def main(argv: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--million", action="store_true", help="memory after 1,000,000 parses too (minutes)")
    options.add_argument("--parses", type=int, default=50_000, help="how many parses for memory without --million")
    options.add_argument("--rounds", type=int, default=ROUNDS, help="how often each prompt is read")
    args = options.parse_args(argv)
    table = Table()

    table.head("time to load, each in a process of its own (the best of several)")
    for name, (spacy, imports, grammar) in starts().items():
        table.row(f"import spacy ({name})", f"{spacy:.3f} s")
        target = "target at most 0.1 s" if name.startswith("with ") else ""
        table.row(f"our imports and the grammar {name}, beyond it", f"{imports + grammar:.3f} s", target)
        table.row(f"the grammar alone {name}", f"{grammar:.3f} s")

    parser = Parser()
    name, over = prompts()
    table.head(f"warm parses, {args.rounds} rounds")
    own = measure(lambda prompt: parser.parse(prompt.text, NOW, prompt.context), over, args.rounds)
    table.row(f"prompts of {name}", f"{len(over):,}")
    told(table, "flarite-nl", own, targets=True)

    table.head("memory (RSS), prompts all different")
    counts = [10_000, 1_000_000 if args.million else args.parses]
    found = memory(parser, over, counts)
    for count, size in found:
        table.row(f"after {count:,} parses", f"{size:.1f} MiB")
    table.row("growth between the two", f"{found[-1][1] - found[0][1]:+.1f} MiB", "target flat")
    beside_hassil(table, parser, over, args.rounds)
    return 0


def beside_hassil(table: Table, parser: Parser, corpus: Sequence[Prompt], rounds: int) -> None:
    """Both engines over the prompts that hassil's grammar was made for."""
    other = hassil()
    if other is None:
        table.row("hassil", "not installed", "pip install hassil")
        return
    over = plain()
    table.head(f"beside hassil, {len(over)} prompts that both grammars hold, {rounds} rounds")
    mine = measure(lambda prompt: parser.parse(prompt.text, NOW), over, rounds)
    theirs = measure(other, over, rounds)
    table.row("flarite-nl understands", f"{sum(parser.parse(each.text, NOW).status == 'ok' for each in over)}")
    table.row("hassil recognises", f"{sum(other(each) is not None for each in over)}")
    told(table, "flarite-nl", mine)
    told(table, "hassil", theirs)
    table.row("flarite-nl is faster by (medians)", f"{theirs.median / mine.median:.1f} x", "target at least 20 x")
    table.row("flarite-nl is faster by (all prompts)", f"{sum(theirs.every) / sum(mine.every):.1f} x")
    missed = measure(other, [each for each in corpus if not each.context], 1)
    table.row("hassil over the corpus, mostly in vain: median", f"{missed.median * 1e3:.3f} ms")


if __name__ == "__main__":
    raise SystemExit(main())
