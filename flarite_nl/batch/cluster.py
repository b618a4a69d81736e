"""Work on prompts on a cluster of Dask distributed: partitions in, results out, in order; lost workers are made good.

Dask decides who reads what and repeats what a lost worker had; here partitions are cut and the grammar is handed on,
once a worker, under its hash. Both travel as bytes: a scheduler unpickles whatever else it hands on, and would import
all that a parser is made of.
"""

from __future__ import annotations

import logging
import pickle
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from itertools import islice
from typing import Any, TypeVar
from uuid import uuid4

from flarite_nl import __version__
from flarite_nl.batch.closing import Closing
from flarite_nl.batch.items import Item
from flarite_nl.batch.reading import Reading, WorkerLost, collect_seldom, keep
from flarite_nl.errors import InputError
from flarite_nl.grammar.cache import lexicon
from flarite_nl.grammar.sources import digest, own, packaged

R = TypeVar("R")

LOCAL = "local"
PARTITION = 1000
"""Prompts in one task."""

AHEAD = 3
"""Tasks under way or waiting to be taken, for each thread of the cluster."""

THREADS_FOR = 20
"""Tasks after which the scheduler is asked again how many threads there are."""

PATIENCE = 15
"""Seconds to wait for a scheduler, and for a worker."""


class Cluster(Closing):
    """``address`` is that of a scheduler, or ``local`` for ``workers`` processes on this machine.

    Raises:
        InputError: where Dask is not installed, no scheduler or worker answers, or they have not this flarite-nl.
    """

    def __init__(self, address: str, workers: int = 1) -> None:
        try:
            import dask
            from distributed import Client, LocalCluster
        except ImportError:
            raise InputError("--cluster needs Dask distributed: pip install 'flarite-nl[dask]'.") from None
        for logger in ("distributed", "distributed.client"):  # what goes wrong is said here, in a sentence
            logging.getLogger(logger).setLevel(logging.CRITICAL)
        self._local: Any = None
        try:
            if address == LOCAL:
                # Nobody looks at the profile that a worker makes of itself a hundred times a second.
                with dask.config.set({"distributed.worker.profile.enabled": False}):
                    self._local = LocalCluster(
                        n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL
                    )
            self.client: Any = Client(self._local or address, timeout=PATIENCE, set_as_default=False)
            self.client.wait_for_workers(1, timeout=PATIENCE)
        except (OSError, TimeoutError, ValueError) as problem:
            said = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
            raise InputError(f"No cluster answers at {address}: {said}.") from None
        try:
            theirs = {self.client.run_on_scheduler(_version), *self.client.run(_warm_up).values()}
        except Exception as problem:  # whatever it was that could not be imported there
            self.close()
            said = f"{type(problem).__name__}: {problem}".splitlines()[0]
            raise InputError(
                f"The scheduler and each worker of the cluster need flarite-nl {__version__} themselves ({said})."
            ) from None
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
        from distributed import CancelledError, KilledWorker
        from distributed.comm import CommClosedError

        made = pickle.dumps(lexicon(reading.grammar))
        hash = digest((*packaged(), *own(reading.grammar)))
        # The grammar is the result of a task, so that a worker that comes later, or anew, gets it as well.
        grammar = self.client.submit(_same, made, key=f"flarite-grammar-{hash}-{uuid4().hex[:8]}")
        remote = replace(reading, grammar=(hash,))
        run, waiting, number, ahead = uuid4().hex, deque[Any](), 0, AHEAD * self.threads
        remaining = iter(items)
        try:
            while part := list(islice(remaining, partition)):
                key = f"flarite-batch-{run}-{number}"
                waiting.append(self.client.submit(_work, pickle.dumps((work, remote, part)), grammar, key=key))
                number += 1
                if number % THREADS_FOR == 0:
                    ahead = AHEAD * self.threads
                while waiting and (len(waiting) >= ahead or waiting[0].done()):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except KilledWorker:
            raise WorkerLost("A part of the batch ended one worker after another; --resume goes on.") from None
        except (CancelledError, CommClosedError):
            raise WorkerLost("The scheduler of the cluster is gone; --resume goes on.") from None
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


def _warm_up() -> str:
    """On each worker: its version. What reading needs is imported meanwhile, while the first task is on its way."""
    threading.Thread(target=import_module, args=("flarite_nl.parsing.parser",), daemon=True).start()
    return _version()


def _version() -> str:
    return __version__


def _same(made: bytes) -> bytes:
    return made


def _work(part: bytes, grammar: bytes) -> Any:
    """On a worker: with a parser made once of the grammar that was sent."""
    work, reading, items = pickle.loads(part)
    keep(reading, grammar)
    with collect_seldom():
        return work(reading, items)
