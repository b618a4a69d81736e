"""Work on prompts on a cluster of Dask distributed: partitions in, results out, in order; lost workers are made good.

Dask decides who reads what and repeats what a lost worker had; here partitions are cut and the grammar is handed on,
once a worker, under its hash.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any, TypeVar
from uuid import uuid4

from flarite_nl import __version__
from flarite_nl.batch.closing import Closing
from flarite_nl.batch.items import Item
from flarite_nl.batch.reading import Reading, WorkerLost, keep
from flarite_nl.errors import InputError
from flarite_nl.grammar.cache import lexicon
from flarite_nl.grammar.lexicon import Lexicon
from flarite_nl.grammar.sources import digest, own, packaged

R = TypeVar("R")

LOCAL = "local"
PARTITION = 1000
"""Prompts in one task."""

AHEAD = 3
"""Tasks under way or waiting to be taken, for each thread of the cluster."""

PATIENCE = 15
"""Seconds to wait for a scheduler, and for a worker."""


class Cluster(Closing):
    """``address`` is that of a scheduler, or ``local`` for ``workers`` processes on this machine.

    Raises:
        InputError: where Dask is not installed, or no scheduler or worker answers.
    """

    def __init__(self, address: str, workers: int = 1) -> None:
        try:
            from distributed import Client, LocalCluster
        except ImportError:
            raise InputError("--cluster needs Dask distributed: pip install 'flarite-nl[dask]'.") from None
        self._local: Any = None
        try:
            if address == LOCAL:
                self._local = LocalCluster(
                    n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL
                )
            self.client: Any = Client(self._local or address, timeout=PATIENCE, set_as_default=False)
            self.client.wait_for_workers(1, timeout=PATIENCE)
        except (OSError, TimeoutError, ValueError) as problem:
            said = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
            raise InputError(f"No cluster answers at {address}: {said}.") from None
        theirs = set(self.client.run(_version).values())
        if theirs != {__version__}:
            self.close()
            raise InputError(f"The cluster has flarite-nl {', '.join(sorted(theirs))}, and this is {__version__}.")

    def spread(
        self,
        work: Callable[[Reading, list[Item]], R],
        reading: Reading,
        items: Iterable[Item],
        partition: int = PARTITION,
    ) -> Iterator[R]:
        """``work`` on each partition of the items, in their order; few results wait in memory.

        Raises:
            WorkerLost: where a partition took one worker after another with it.
            GrammarError: where a person's own grammar files are broken.
        """
        from distributed import KilledWorker

        made = lexicon(reading.grammar)
        hash = digest((*packaged(), *own(reading.grammar)))
        # The grammar is the result of a task, so that a worker that comes later, or anew, gets it as well.
        grammar = self.client.submit(partial(_same, made), key=f"flarite-grammar-{hash}-{uuid4().hex[:8]}")
        remote = replace(reading, grammar=(hash,))
        run, waiting, number = uuid4().hex, deque[Any](), 0
        remaining = iter(items)
        try:
            while part := list(islice(remaining, partition)):
                key = f"flarite-batch-{run}-{number}"
                waiting.append(self.client.submit(_work, work, remote, grammar, part, key=key))
                number += 1
                while waiting and (len(waiting) >= AHEAD * self.threads or waiting[0].done()):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except KilledWorker:
            raise WorkerLost("A part of the batch ended one worker after another; --resume goes on.") from None
        finally:
            for each in waiting:
                each.cancel()

    @property
    def threads(self) -> int:
        """Tasks that can be under way at once."""
        return max(1, int(sum(self.client.nthreads().values())))

    def close(self) -> None:
        self.client.close()
        if self._local is not None:
            self._local.close()


def _version() -> str:
    return __version__


def _same(made: Lexicon) -> Lexicon:
    return made


def _work(work: Callable[[Reading, list[Item]], R], reading: Reading, grammar: Lexicon, items: list[Item]) -> R:
    """On a worker: with a parser made once of the grammar that was sent."""
    keep(reading, grammar)
    return work(reading, items)
