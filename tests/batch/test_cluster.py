"""Reading on a Dask cluster on this machine: the same results as anywhere, also where a worker dies."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from flarite_nl.batch import cluster as batch_cluster
from flarite_nl.batch.cluster import PARTITION, Cluster
from flarite_nl.batch.items import Item, Read
from flarite_nl.batch.reading import Reading, by_processes, read
from flarite_nl.batch.remote import Way, carried
from flarite_nl.errors import InputError, KeyProblem
from flarite_nl.keys.key import Key
from flarite_nl.sandbox import Sandbox, serve
from tests.batch.conftest import KEY, Batch
from tests.conftest import NOW

Prompts = Callable[..., Path]

pytestmark = pytest.mark.filterwarnings("default")  # what Dask's own threads and sockets warn of is not ours

PROMPTS = ("list open invoices of cus_{}", "refund ch_{}", "what is the weather in {}?", "payments over ${}")

OWN = """
resources:
  charges:
    nouns:
      - {one: dosh, many: dosh}
"""


def items(number: int) -> Iterator[Item]:
    for index in range(number):
        yield Item(index, "a.txt", index + 1, PROMPTS[index % len(PROMPTS)].format(f"A{index}B"))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster("local", 2) as made:
        yield made


def without_times(reads: Iterator[Read]) -> list[tuple[Item, object]]:
    return [(each.item, each.parse) for each in reads]


def test_a_killed_worker_is_made_good(cluster: Cluster) -> None:
    """Every line once, in order, although one worker is killed while it reads."""
    number = 6 * PARTITION + 17
    reading = Reading(NOW, "UTC")
    pids = cluster.client.run(os.getpid)
    assert len(set(pids.values())) == 2
    parts = cluster.spread(read, reading, items(number))
    first = next(parts)
    os.kill(next(iter(pids.values())), signal.SIGKILL)
    found = [*first, *(each for part in parts for each in part)]
    assert [each.item.index for each in found] == list(range(number))
    (sample,) = by_processes(1)(read, reading, [found[1].item])
    assert without_times(iter(sample)) == without_times(iter(found[1:2]))
    assert set(cluster.client.run(os.getpid).values()) != set(pids.values())


def test_a_grammar_of_ones_own_travels_along(cluster: Cluster, tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(OWN)
    for grammar, status in (((), "rejected"), ((str(file),), "ok")):
        (part,) = cluster.spread(read, Reading(NOW, "UTC", grammar), [Item(0, "a", 1, "list dosh")])
        assert part[0].parse is not None
        assert part[0].parse.status == status


def test_reads_are_carried_out_on_the_workers(cluster: Cluster) -> None:
    """With the key of the workers' own surroundings, and with no other; a write is none of their business."""
    lines = [
        Item(number, "a.txt", number + 1, text) for number, text in enumerate(("list open disputes", "refund ch_1"))
    ]
    with Sandbox(now=NOW) as sandbox, serve(sandbox) as server:
        way = Way(server.url, Key(KEY, "test").fingerprint, None, 200)
        cluster.client.run(lambda: os.environ.pop("STRIPE_API_KEY", None))
        with pytest.raises(KeyProblem, match="A worker of the cluster has no Stripe key"):
            list(cluster.spread(partial(carried, way), Reading(NOW, "UTC"), lines, 1))
        cluster.client.run(lambda key: os.environ.update(STRIPE_API_KEY=key), KEY + "x")
        with pytest.raises(KeyProblem, match="another Stripe key"):
            list(cluster.spread(partial(carried, way), Reading(NOW, "UTC"), lines, 1))
        cluster.client.run(lambda key: os.environ.update(STRIPE_API_KEY=key), KEY)
        (first, counts), (second, _) = cluster.spread(partial(carried, way), Reading(NOW, "UTC"), lines, 1)
    assert counts == {"ok": 1}
    disputes, refund = json.loads(first), json.loads(second)
    assert disputes["results"][0]["rows"]
    assert disputes["request_ids"]
    assert (refund["index"], refund["status"], refund["error"]["kind"]) == (1, "refused", "drift")


def test_no_cluster_there(monkeypatch: pytest.MonkeyPatch, batch: Batch, prompts: Prompts, tmp_path: Path) -> None:
    """It is said, and nothing stays behind that the same command would stumble over."""
    monkeypatch.setattr(batch_cluster, "PATIENCE", 1)
    out = tmp_path / "out.ndjson"
    ran = batch(prompts("list refunds"), "--parse-only", "--cluster", "tcp://127.0.0.1:1", "--out", out)
    assert ran.code == 2
    assert "No cluster answers at tcp://127.0.0.1:1" in ran.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["prompts.txt"]


def test_a_cluster_without_flarite_nl(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker, or one of another version, is told of before anything is sent to it."""

    def missing() -> str:
        raise ModuleNotFoundError("No module named 'flarite_nl'")

    address = cluster.client.scheduler_info()["address"]
    with monkeypatch.context() as without:
        without.setattr(batch_cluster, "_warm_up", missing)
        with pytest.raises(InputError, match=r"need flarite-nl .* themselves \(ModuleNotFoundError: No module"):
            Cluster(address)
    monkeypatch.setattr(batch_cluster, "_warm_up", lambda: "0.0.9")
    with pytest.raises(InputError, match=r"The cluster has flarite-nl 0\.0\.9, "):
        Cluster(address)
