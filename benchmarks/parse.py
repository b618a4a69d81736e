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

from benchmarks import comparable
from flarite_nl.grammar.loader import load
from flarite_nl.parsing.parser import Parser

HERE = Path(__file__).parent
CORPUS = HERE.parents[1] / "shared" / "corpus" / "dev.jsonl"
NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
ROUNDS = 7
_ID = re.compile(r"(?<=_)[A-Za-z0-9]{4,}")

Recogniser = Callable[["Prompt"], object]

# One start in a process of its own; what it prints is read by ``starts``.
_START = """
import json, time
began = time.thread_time()
import spacy
spacy_in = time.thread_time()
from flarite_nl.parsing.parser import Parser
imported = time.thread_time()
Parser()
made = time.thread_time()
print(json.dumps([spacy_in - began, imported - spacy_in, made - imported]))
"""


@dataclass(frozen=True, slots=True)
class Prompt:
    text: str
    context: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Times:
    """Processor seconds of every parse; ``typical`` holds one figure a prompt: the median of its rounds."""

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


def prompts(corpus: Path = CORPUS) -> tuple[str, list[Prompt]]:
    """The corpus, or the grammar's own examples without it; and what they are called."""
    if corpus.is_file():
        rows = [json.loads(line) for line in corpus.read_text(encoding="utf-8").splitlines() if line.strip()]
        return "corpus dev.jsonl", [Prompt(row["text"], tuple(row.get("context", ()))) for row in rows]
    examples = [each for resource in load().resources.values() for each in resource.examples]
    return "the grammar's examples", [Prompt(each.text, each.context) for each in examples]


def plain() -> list[Prompt]:
    """Plain prompts that every engine should know."""
    return [Prompt(line) for line in (HERE / "prompts.txt").read_text(encoding="utf-8").splitlines() if line]


def measure(read: Callable[[Prompt], object], over: Sequence[Prompt], rounds: int = ROUNDS) -> Times:
    """Read every prompt once to warm up, then some rounds with the clock on."""
    for prompt in over:
        read(prompt)
    gc.collect()
    taken: list[list[float]] = [[] for _ in over]
    for _ in range(rounds):
        for prompt, mine in zip(over, taken, strict=True):
            start = time.thread_time()
            read(prompt)
            mine.append(time.thread_time() - start)
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
    """Processor seconds of ``import spacy``, of our imports, of the grammar: without a cache (best of two), with it."""
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
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # it would have every start compile the modules anew
    done = subprocess.run([sys.executable, "-c", _START], env=environment, check=True, capture_output=True, text=True)
    found: list[float] = json.loads(done.stdout)
    return found


def hassil_small() -> Recogniser:
    """hassil with the hand-written grammar beside this file."""
    from hassil import Intents, recognize

    with (HERE / "hassil.yaml").open(encoding="utf-8") as file:
        intents = Intents.from_yaml(file)
    return lambda prompt: recognize(prompt.text, intents)


def hassil_comparable(table: Table) -> Recogniser:
    """hassil with a grammar of what ours covers, made from the same files."""
    from hassil import Intents, recognize

    made = comparable.grammar(load())
    start = time.thread_time()
    intents = Intents.from_dict(made)
    for name, number in comparable.phrases(made).items():
        table.row(name, f"{number:,}")
    table.row("hassil's time to load it", f"{time.thread_time() - start:.3f} s")
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
    options.add_argument("--corpus", type=Path, default=CORPUS, help="the prompts, as JSON lines")
    args = options.parse_args(argv)
    table = Table()

    table.head("time to load, each in a process of its own (the best of several)")
    for name, (spacy, imports, grammar) in starts().items():
        table.row(f"import spacy ({name})", f"{spacy:.3f} s")
        target = "target at most 0.1 s" if name.startswith("with ") else ""
        table.row(f"our imports and the grammar {name}, beyond it", f"{imports + grammar:.3f} s", target)
        table.row(f"the grammar alone {name}", f"{grammar:.3f} s")

    parser = Parser()
    name, over = prompts(args.corpus)
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
    """Both engines over the same prompts: hassil with a grammar of our coverage, and with a small one."""
    if find_spec("hassil") is None:
        table.row("hassil", "not installed", "pip install hassil")
        return
    over = plain()
    mine = measure(lambda prompt: parser.parse(prompt.text, NOW), over, rounds)
    table.head(f"beside hassil with a grammar of the same coverage, {len(over)} prompts, {rounds} rounds")
    other = hassil_comparable(table)
    _compare(table, parser, other, over, mine, rounds, target="target at least 20 x")
    singles = [each for each in corpus if not each.context]
    table.head(f"the same, {len(singles)} prompts of the corpus without a conversation, 1 round")
    whole = measure(lambda prompt: parser.parse(prompt.text, NOW), singles, 1)
    _compare(table, parser, other, singles, whole, 1)
    table.head(f"beside hassil with a small grammar written by hand, {len(over)} prompts, {rounds} rounds")
    _compare(table, parser, hassil_small(), over, mine, rounds)


def _compare(
    table: Table,
    parser: Parser,
    other: Recogniser,
    over: Sequence[Prompt],
    mine: Times,
    rounds: int,
    target: str = "",
) -> None:
    ours = [parser.parse(each.text, NOW) for each in over]
    found = [other(each) for each in over]
    table.row("flarite-nl understands", f"{sum(each.status == 'ok' for each in ours)}")
    table.row("hassil recognises", f"{sum(each is not None for each in found)}")
    theirs = measure(other, over, rounds)
    told(table, "flarite-nl", mine)
    told(table, "hassil", theirs)
    table.row("flarite-nl is faster by (medians)", f"{theirs.median / mine.median:.1f} x", target)
    table.row("flarite-nl is faster by (all prompts)", f"{sum(theirs.every) / sum(mine.every):.1f} x")


if __name__ == "__main__":
    raise SystemExit(main())
