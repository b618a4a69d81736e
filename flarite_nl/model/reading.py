"""JSON that is read key by key, and refused in one sentence where it is not of the form that is expected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

Made = TypeVar("Made")
_NOTHING: Any = object()


class Object:
    """A JSON object that is read key by key; what nobody asked for is refused at the end."""

    def __init__(self, raw: Any, what: str) -> None:
        if not isinstance(raw, Mapping) or not all(isinstance(key, str) for key in raw):
            raise ValueError(f"{what} is not an object.")
        self._raw, self._what, self._asked = raw, what, set[str]()

    def has(self, key: str) -> bool:
        return key in self._raw

    def get(self, key: str, default: Any = _NOTHING) -> Any:
        self._asked.add(key)
        if key in self._raw:
            return self._raw[key]
        if default is _NOTHING:
            raise ValueError(f"{self._what} has no {key!r}.")
        return default

    def text(self, key: str, default: Any = _NOTHING) -> Any:
        found = self.get(key, default)
        if not isinstance(found, str) and not (default is not _NOTHING and found == default):
            raise ValueError(f"{key!r} of {self._what} is not a text.")
        return found

    def word(self, key: str, known: tuple[str, ...], default: Any = _NOTHING) -> Any:
        found = self.text(key, default)
        if found not in known and found != default:
            raise ValueError(f"{key!r} of {self._what} is not one of {', '.join(known)}.")
        return found

    def whole(self, key: str, default: Any = _NOTHING) -> Any:
        found = self.get(key, default)
        if type(found) is not int and not (default is not _NOTHING and found == default):
            raise ValueError(f"{key!r} of {self._what} is not a whole number.")
        return found

    def flag(self, key: str, default: Any = _NOTHING) -> bool:
        found = self.get(key, default)
        if not isinstance(found, bool):
            raise ValueError(f"{key!r} of {self._what} is neither true nor false.")
        return found

    def each(self, key: str, read: Callable[[Any], Made], default: Any = _NOTHING) -> tuple[Made, ...]:
        found = self.get(key, default)
        if not isinstance(found, (list, tuple)):
            raise ValueError(f"{key!r} of {self._what} is not a list.")
        return tuple(read(one) for one in found)

    def end(self) -> None:
        left = sorted(set(self._raw) - self._asked)
        if left:
            raise ValueError(f"{self._what} holds {left[0]!r}, which is not known here.")


def row(raw: Any) -> Mapping[str, Any]:
    return dict(raw) if is_object(raw, "a row") else {}


def is_object(raw: Any, what: str) -> bool:
    if not isinstance(raw, Mapping) or not all(isinstance(key, str) for key in raw):
        raise ValueError(f"{what} is not an object.")
    return True


def text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise ValueError(f"{raw!r} is not a text.")
    return raw
