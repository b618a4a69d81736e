"""The cache gives the same grammar as its files, whatever has happened to it."""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from flarite_nl.grammar import cache, loader
from flarite_nl.grammar.lexicon import Lexicon, build
from flarite_nl.grammar.sources import Source, packaged

POSIX = pytest.mark.skipif(os.name != "posix", reason="owners and modes are POSIX's")


@pytest.fixture(scope="session")
def fresh() -> Lexicon:
    return build(loader.load())


@pytest.fixture(scope="session")
def whole(fresh: Lexicon, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache file as it is first written."""
    folder = tmp_path_factory.mktemp("whole") / "cache"
    assert cache.lexicon(folder=folder) == fresh
    return only_file(folder)


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A folder with that file in it."""
    made = tmp_path / "cache"
    made.mkdir(mode=0o700)
    (made / whole.name).write_bytes(whole.read_bytes())
    (made / whole.name).chmod(0o600)
    return made


@pytest.fixture
def compiled(fresh: Lexicon, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Says each time that the grammar is compiled, and spares the time that it takes."""
    times: list[str] = []

    def compile_(sources: tuple[Source, ...]) -> Lexicon:
        times.append("compiled")
        return fresh

    monkeypatch.setattr(cache, "_compiled", compile_)
    return times


def only_file(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


def test_it_is_what_the_files_say(folder: Path, fresh: Lexicon, compiled: list[str]) -> None:
    kept = cache.lexicon(folder=folder)
    assert kept == fresh
    assert list(kept.phrases) == list(fresh.phrases)
    assert compiled == []


@POSIX
def test_only_its_owner_may_read_and_write_it(whole: Path) -> None:
    assert whole.parent.stat().st_mode & 0o777 == 0o700
    assert whole.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:100],
        lambda data: data[:-1],
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :],
        lambda data: b"no cache at all",
    ],
    ids=["empty", "cut off", "one byte short", "last bit", "a byte inside", "another file"],
)
def test_a_damaged_file_is_made_again(
    damage: Callable[[bytes], bytes], folder: Path, compiled: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    file = only_file(folder)
    file.write_bytes(damage(file.read_bytes()))
    cache.lexicon(folder=folder)
    assert compiled == ["compiled"]
    cache.lexicon(folder=folder)
    assert compiled == ["compiled"]
    assert capfd.readouterr() == ("", "")


def rewritten(file: Path, held: object) -> None:
    """Another pickle in a file of the right form."""
    body = pickle.dumps(held)
    file.write_bytes(cache.MAGIC + hashlib.sha256(body).digest() + body)


def test_what_is_no_lexicon_is_not_taken(folder: Path, fresh: Lexicon, compiled: list[str]) -> None:
    rewritten(only_file(folder), {"grammar": None})
    assert cache.lexicon(folder=folder) is fresh
    assert compiled == ["compiled"]


class Trap:
    """A pickle that writes a file when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.path,)


@pytest.fixture
def sprung(folder: Path, tmp_path: Path) -> Path:
    """What is there once the trap in the cache has been read."""
    path = tmp_path / "sprung"
    rewritten(only_file(folder), Trap(path))
    return path


@POSIX
@pytest.mark.parametrize(("target", "mode"), [("file", 0o620), ("file", 0o602), ("folder", 0o770), ("folder", 0o707)])
def test_what_others_could_have_written_is_never_unpickled(
    target: str, mode: int, folder: Path, sprung: Path, compiled: list[str]
) -> None:
    (only_file(folder) if target == "file" else folder).chmod(mode)
    cache.lexicon(folder=folder)
    assert compiled == ["compiled"]
    assert not sprung.exists()


@POSIX
@pytest.mark.usefixtures("compiled")
def test_the_trap_works_where_nothing_guards_it(folder: Path, sprung: Path) -> None:
    cache.lexicon(folder=folder)
    assert sprung.exists()


@POSIX
def test_a_link_is_not_followed(folder: Path, sprung: Path, tmp_path: Path, compiled: list[str]) -> None:
    file = only_file(folder)
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    cache.lexicon(folder=folder)
    assert compiled == ["compiled"]
    assert not sprung.exists()


@POSIX
def test_a_foreign_owner_is_not_trusted(
    folder: Path, sprung: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = only_file(folder).read_bytes()
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    cache.lexicon(folder=folder)
    assert compiled == ["compiled"]
    assert not sprung.exists()
    assert only_file(folder).read_bytes() == before


@pytest.mark.parametrize("where", ["file/cache", "/proc/nowhere/cache"])
def test_a_folder_that_cannot_be_made_is_fine(where: str, tmp_path: Path, compiled: list[str]) -> None:
    (tmp_path / "file").write_text("not a folder")
    cache.lexicon(folder=tmp_path / where)
    cache.lexicon(folder=tmp_path / where)
    assert compiled == ["compiled", "compiled"]


def test_other_files_have_another_name(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("saved: {morning: list payments}\n")
    assert cache.lexicon(folder=folder).saved == {}
    assert cache.lexicon([own], folder=folder).saved == {("morning",): "list payments"}
    assert len(list(folder.iterdir())) == 2
    own.write_text("saved: {evening: list payments}\n")
    assert cache.lexicon([own], folder=folder).saved == {("evening",): "list payments"}


@pytest.mark.usefixtures("compiled")
def test_old_files_do_not_pile_up(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    for number in range(cache.KEPT + 3):
        own.write_text(f"saved: {{phrase {number}: list payments}}\n")
        cache.lexicon([own], folder=folder)
    assert len(list(folder.iterdir())) == cache.KEPT


def test_the_name_depends_on_every_file_and_its_content() -> None:
    sources = packaged()
    marks = {cache.fingerprint(sources)}
    for at, each in enumerate(sources):
        changed = (*sources[:at], Source(each.name, each.data + b"\n"), *sources[at + 1 :])
        marks |= {cache.fingerprint(changed), cache.fingerprint(sources[:at] + sources[at + 1 :])}
    assert len(marks) == 1 + 2 * len(sources)


def test_two_processes_at_once_do_no_harm(tmp_path: Path, fresh: Lexicon, compiled: list[str]) -> None:
    folder = tmp_path / "cache"
    code = (
        f"from pathlib import Path; from flarite_nl.grammar import cache; cache.lexicon(folder=Path({str(folder)!r}))"
    )
    running = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [each.wait(timeout=100) for each in running] == [0, 0, 0]
    assert only_file(folder).suffix == ".pickle"
    assert cache.lexicon(folder=folder) == fresh
    assert compiled == []
