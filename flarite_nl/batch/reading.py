"""Prompts → parses, in order, in this process or in several."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

from flarite_nl.batch.items import Item, Read
from flarite_nl.errors import FlariteError, InputError

if TYPE_CHECKING:
    from flarite_nl.grammar.lexicon import Lexicon
    from flarite_nl.grammar.schema import Grammar
    from flarite_nl.parsing.parser import Parser

C = TypeVar("C")
R = TypeVar("R")

CHUNK = 200
"""Prompts that a process of its own is given at once."""

AHEAD = 3
"""Chunks under way or waiting to be taken, for each process."""


class WorkerLost(FlariteError):
    """A process that reads prompts came to an end that nobody asked for."""

    kind = "worker_lost"


@dataclass(frozen=True, slots=True)
class Reading:
    """What prompts are read with: the moment (aware), the IANA zone, and a person's own grammar files."""

    now: datetime
    tz: str
    grammar: tuple[str, ...] = ()


def read(reading: Reading, items: Iterable[Item]) -> list[Read]:
    """What each item means; what cannot be read is a value."""
    parser = _parser(reading)
    return [_one(parser, reading.now, item) for item in items]


def _one(parser: Parser, now: datetime, item: Item) -> Read:
    if item.error is not None:
        return Read(item, None, item.error)
    began = perf_counter()
    try:
        parse = parser.parse(item.text, now=now, context=item.context)
    except InputError as error:
        return Read(item, None, error, perf_counter() - began)
    return Read(item, parse, None, perf_counter() - began)


_parsers: dict[tuple[str, tuple[str, ...]], Parser] = {}
"""Parsers of this process, each made once."""

_grammars: dict[tuple[str, ...], Grammar] = {}
"""Grammars that were compiled elsewhere."""


def _parser(reading: Reading) -> Parser:
    from flarite_nl.parsing.parser import Parser

    name = (reading.tz, reading.grammar)
    if name not in _parsers:
        _parsers[name] = Parser(reading.tz, grammar=reading.grammar)
    return _parsers[name]


def keep(reading: Reading, grammar: bytes) -> None:
    """Read with a grammar that was compiled and pickled elsewhere; ``reading.grammar`` is its hash."""
    name = (reading.tz, reading.grammar)
    if name in _parsers:
        return
    from flarite_nl.grammar.compiler import Matcher
    from flarite_nl.parsing.parser import Parser

    made: Lexicon = pickle.loads(grammar)
    _grammars[reading.grammar] = made.grammar
    _parsers[name] = Parser(reading.tz, matcher=Matcher(made))


def grammar_of(reading: Reading) -> Grammar:
    """The grammar that this process reads with."""
    from flarite_nl.grammar.cache import lexicon

    kept = _grammars.get(reading.grammar)
    return kept or lexicon(reading.grammar).grammar


def by_processes(workers: int) -> Callable[..., Iterator[Any]]:
    """The work is spread over so many processes of this machine; with one it is done in this one."""

    def spread(work: Callable[[Reading, list[Item]], R], reading: Reading, items: Iterable[Item]) -> Iterator[R]:
        return in_order(partial(work, reading), chunked(items, workers), workers)

    return spread


def chunked(items: Iterable[Item], workers: int) -> Iterator[list[Item]]:
    """Items in portions; one by one where nobody else reads them, so that each result is there at once."""
    remaining = iter(items)
    while chunk := list(islice(remaining, CHUNK if workers > 1 else 1)):
        yield chunk


def in_order(work: Callable[[C], R], chunks: Iterable[C], workers: int) -> Iterator[R]:
    """``work`` on each chunk, by ``workers`` processes; results come in the order of the chunks, few wait in memory.

    Raises:
        WorkerLost: where a process was killed.
    """
    if workers == 1:
        yield from map(work, chunks)
        return
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin)
    waiting: deque[Future[R]] = deque()
    try:
        for chunk in chunks:
            waiting.append(pool.submit(work, chunk))
            while waiting and (len(waiting) >= AHEAD * workers or waiting[0].done()):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise WorkerLost("A process that reads prompts was killed; --resume goes on.") from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


SELDOM = (200_000, 20, 20)
"""When to look for garbage: reading drops next to none in cycles, and looking takes a third of its time."""


_usual: list[tuple[int, int, int]] = []
"""What held before, once for each thread that reads now."""


@contextmanager
def collect_seldom() -> Iterator[None]:
    """Garbage is looked for seldom while this lasts, in a process that is not ours."""
    _usual.append(_usual[0] if _usual else gc.get_threshold())
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        usual = _usual.pop()
        if not _usual:
            gc.set_threshold(*usual)


def _begin() -> None:
    """A process that reads: Ctrl-C is its parent's business, and it does not outlive its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(*SELDOM)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _follow(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
