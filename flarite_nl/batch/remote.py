"""Prompts that read, carried out on the workers of a cluster: each with the key of its own surroundings."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flarite_nl.batch.items import failure_of, only_read, refused
from flarite_nl.batch.output import Tally, line_of
from flarite_nl.batch.reading import Reading, grammar_of, read
from flarite_nl.batch.running import carried_out_alone
from flarite_nl.errors import Drift, KeyProblem
from flarite_nl.keys import VARIABLE
from flarite_nl.keys.key import taken

if TYPE_CHECKING:
    from flarite_nl.batch.items import Item
    from flarite_nl.engine import Engine

PARTITION = 50
"""Prompts in one task: each may take a few requests."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a worker reaches Stripe: ``fingerprint`` is that of the key it must have, ``rate`` its own requests a second.

    The key itself never travels.
    """

    api_base: str | None
    fingerprint: str
    rate: float | None
    max_requests: int


_held = threading.local()


def carried(way: Way, reading: Reading, items: Iterable[Item]) -> tuple[bytes, dict[str, int]]:
    """The results of some prompts as they stand in the output, and how many there are of each kind.

    Raises:
        KeyProblem: where the worker has no key, or another one.
    """
    engine = _engine(way, reading)
    tally, lines = Tally(), []
    for each in read(reading, items):
        if each.parse is None or each.parse.status != "ok":
            record = only_read(each)
        elif each.parse.writes:
            record = refused(each, failure_of(Drift("This line was not there when the batch was looked through.")))
        else:
            record = carried_out_alone(engine, each)
        tally.add(record["status"])
        lines.append(line_of(record))
    return b"".join(lines), tally.counts


def _engine(way: Way, reading: Reading) -> Engine:
    """One for each thread, kept for the next partition."""
    if getattr(_held, "of", None) != (way, reading):
        from flarite_nl.engine import Engine

        key = taken(os.environ.get(VARIABLE))
        if key is None or key.fingerprint != way.fingerprint:
            which = "no Stripe key" if key is None else "another Stripe key"
            raise KeyProblem(
                f"A worker of the cluster has {which}: set {VARIABLE} where it runs; no key is sent to it."
            )
        _held.engine = Engine(
            tz=reading.tz, now=reading.now, key=key.secret, api_base=way.api_base, grammar=grammar_of(reading),
            max_requests=way.max_requests, rate=way.rate, workers=4,
        )  # fmt: skip
        _held.of = (way, reading)
    engine: Engine = _held.engine
    return engine
