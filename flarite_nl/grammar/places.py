"""Where something stands in a grammar file, for messages: the file, and the keys that lead there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flarite_nl.errors import GrammarError


@dataclass(frozen=True, slots=True)
class Place:
    """A value in a grammar file: ``path`` are the keys and positions that lead to it from the top.

    ``root`` is YAML's node of the whole file, which knows the lines; they are looked up only when asked for.
    """

    file: str
    root: Any = None
    path: tuple[str | int, ...] = ()

    def __truediv__(self, key: str | int) -> Place:
        return Place(self.file, self.root, (*self.path, key))

    @property
    def line(self) -> int | None:
        """The line of the value, or of what holds it where it is not there."""
        node, line = self.root, None
        for key in (None, *self.path):
            if key is not None:
                mark, node = _step(node, key)
                if node is None:
                    break
                line = mark
            elif node is not None:
                line = node.start_mark.line + 1
        return line

    @property
    def there(self) -> bool:
        """Does something stand here?"""
        node = self.root
        for key in self.path:
            node = _step(node, key)[1]
        return node is not None

    def texts(self, *without: str) -> Iterator[tuple[Place, str]]:
        """Every text in the file and where it stands, except under some keys at its top."""
        for key, node in _children(self.root):
            if key not in without:
                yield from _texts(self / key, node)

    def error(self, message: str) -> GrammarError:
        """The error to raise for what stands here."""
        return GrammarError(message, file=self.file, line=self.line)


def _children(node: Any) -> Iterator[tuple[str | int, Any]]:
    """The keys or positions of a node, and the nodes there."""
    held = node.value if node is not None else ()
    if isinstance(held, list):
        for at, each in enumerate(held):
            yield (each[0].value, each[1]) if isinstance(each, tuple) else (at, each)


def _texts(place: Place, node: Any) -> Iterator[tuple[Place, str]]:
    if isinstance(node.value, str):
        yield place, node.value
    for key, each in _children(node):
        yield from _texts(place / key, each)


def _step(node: Any, key: str | int) -> tuple[int | None, Any]:
    """The line of a key's value (of the key itself, in a mapping), and its node."""
    held = node.value if node is not None else None
    if isinstance(held, list) and isinstance(key, int) and key < len(held) and not isinstance(held[key], tuple):
        return held[key].start_mark.line + 1, held[key]
    for pair in held if isinstance(held, list) else ():
        if isinstance(pair, tuple) and pair[0].value == str(key):
            return pair[0].start_mark.line + 1, pair[1]
    return None, None


def take(raw: Any, known: Iterable[str], what: str, place: Place) -> dict[str, Any]:
    """A mapping that has no keys but the known ones; an empty one where nothing stands."""
    got = mapping(raw, what, place)
    unknown = sorted(str(key) for key in got if key not in set(known))
    if unknown:
        raise (place / unknown[0]).error(f"{what} has no {', '.join(unknown)}; it knows {', '.join(known)}")
    return got


def mapping(raw: Any, what: str, place: Place) -> dict[str, Any]:
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise place.error(f"{what} is a mapping (key: value), not {_kind(raw)}")
    return raw


def listed(raw: Any, what: str, place: Place) -> list[Any]:
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise place.error(f"{what} is a list, not {_kind(raw)}; put it between [ and ]")
    return raw


def needed(raw: Mapping[str, Any], key: str, what: str, place: Place) -> Any:
    if raw.get(key) is None:
        raise place.error(f"{what} needs {key}")
    return raw[key]


def words(raw: Any, place: Place) -> tuple[str, ...]:
    """A phrase or a list of them."""
    out: list[str] = []
    for at, each in enumerate(raw if isinstance(raw, list) else [] if raw is None else [raw]):
        if not isinstance(each, str | int | float) or isinstance(each, bool) or not str(each).strip():
            raise (place / at).error(f"a phrase is a text, not {_kind(each)}; put it in quotes")
        out.append(str(each))
    return tuple(out)


def _kind(raw: Any) -> str:
    names = {dict: "a mapping", list: "a list", bool: "true or false", type(None): "nothing"}
    return names.get(type(raw), f"{raw!r}")
