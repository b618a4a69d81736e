"""Every example in a docstring is run, and everything public says what it is and shows it."""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from inspect import getdoc, getsource, isclass, isfunction, signature
from pathlib import Path
from textwrap import dedent
from types import FunctionType
from typing import Any

import pytest

import flarite_nl
from flarite_nl.errors import InputError

PACKAGE = Path(flarite_nl.__file__).parent
EXAMPLES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if ">>> " in path.read_text("utf-8")
}
NAMES = [name for name in flarite_nl.__all__ if not name.startswith("__")]


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_examples_do_what_they_say(name: str) -> None:
    ran = doctest.testmod(import_module(name), optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    assert ran.failed == 0
    assert ran.attempted > 0


@pytest.mark.parametrize("name", NAMES)
def test_everything_public_says_what_it_is_and_shows_it(name: str) -> None:
    assert list(lacks(name, getattr(flarite_nl, name))) == []


def lacks(name: str, public: Any) -> Iterator[str]:
    """What the documentation of something public lacks, a sentence each.

    A class or function has a docstring with an example. So has a method that takes arguments; a property, a
    classmethod that makes one, and a method without arguments may be used in an example of their class. The docstring
    names the arguments where there are more than two (of ``__init__`` and of a dataclass, that of the class) and every
    error that stands behind a ``raise`` of its own.
    """
    if not isclass(public) and not isfunction(public):
        if not _described_in_source(name):
            yield f"{name} is not described"
        return
    if not _runs(public, public.__qualname__):
        yield f"{name} has no example"
    if isfunction(public):
        yield from _unsaid(name, public, getdoc(public) or "")
        return
    said = getdoc(public) or ""
    if said.startswith(f"{public.__name__}("):
        yield f"{name} has only the docstring that dataclasses make"
    if isfunction(made := vars(public).get("__init__")):
        yield from _unsaid(name, made, said)
    for home in _homes(public):
        for each, held in vars(home).items():
            if not each.startswith("_"):
                yield from _method_lacks(f"{name}.{each}", home, each, held)


def _method_lacks(name: str, home: type, each: str, held: Any) -> Iterator[str]:
    function = held.fget if isinstance(held, property) else getattr(held, "__func__", held)
    if not isfunction(function):
        return
    if not getdoc(function):
        yield f"{name} is not described"
    yield from _unsaid(name, function, getdoc(function) or "")
    alone = isinstance(held, (property, classmethod)) or len(signature(function).parameters) == 1
    if not _runs(home, f"{home.__qualname__}.{each}") and not (alone and each in _used(home)):
        yield f"{name} has no example"


def _homes(public: type) -> list[type]:
    return [each for each in public.__mro__ if each.__module__.split(".")[0] in ("flarite_nl", __name__.split(".")[0])]


@cache
def _found(module: str) -> dict[str, list[doctest.Example]]:
    """The examples that doctest runs, by the name of what has them."""
    tests = doctest.DocTestFinder().find(import_module(module), module)
    return {test.name.removeprefix(f"{module}."): test.examples for test in tests}


def _runs(public: Any, name: str) -> bool:
    return bool(_found(public.__module__).get(name))


def _used(home: type) -> set[str]:
    """The attributes that examples of a class use: its own and those of its methods."""
    examples = [
        example
        for name, held in _found(home.__module__).items()
        if name == home.__qualname__ or name.startswith(f"{home.__qualname__}.")
        for example in held
    ]
    trees = [ast.parse(example.source) for example in examples]
    return {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def _unsaid(name: str, function: FunctionType, said: str) -> Iterator[str]:
    """Arguments that are not named in the docstring, and errors that are raised and not named."""
    parameters = signature(function).parameters.values()
    arguments = [each.name for each in parameters if each.name not in ("self", "cls") and each.kind != each.VAR_KEYWORD]
    if len(arguments) > 2:  # one or two are what the sentence is about
        for each in arguments:
            if not re.search(rf"``{each}``|\b{each}(, \w+)*:", said):
                yield f"{name} does not say what {each} is"
    if function.__code__.co_filename == "<string>":  # what dataclasses make
        return
    for node in ast.walk(ast.parse(dedent(getsource(function)))):
        raised = node.exc.func if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) else None
        if isinstance(raised, ast.Name) and raised.id not in said:
            yield f"{name} does not say when it raises {raised.id}"


def _described_in_source(name: str) -> bool:
    """Whether a string stands below the assignment of a name, as documentation tools read it."""
    module = import_module(flarite_nl._HOMES[name])
    body = ast.parse(getsource(module)).body
    at = next(n for n, node in enumerate(body) if isinstance(node, ast.Assign) and _target(node) == name)
    after = body[at + 1]
    return isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str)


def _target(node: ast.Assign) -> str:
    return node.targets[0].id if isinstance(node.targets[0], ast.Name) else ""


class Bad:
    """Says nothing of what it takes.

    >>> Bad(1, 2).shown
    1
    """

    def __init__(self, size: int, other: int, more: int = 0) -> None:
        self.size = size + more * other

    @property
    def shown(self) -> int:
        """It is used in the example."""
        return self.size

    @property
    def hidden(self) -> int:
        """It is not."""
        return self.size

    def bare(self) -> int:
        return self.size

    def takes(self, more: int) -> int:
        """The sum. It is used nowhere: ``more`` is added.

        Raises nothing that it tells.
        """
        if more < 0:
            raise InputError("less")
        return self.size + more


def test_what_lacks_something_is_found() -> None:
    assert list(lacks("Bad", Bad)) == [
        "Bad does not say what size is",
        "Bad does not say what other is",
        "Bad does not say what more is",
        "Bad.hidden has no example",
        "Bad.bare is not described",
        "Bad.bare has no example",
        "Bad.takes does not say when it raises InputError",
        "Bad.takes has no example",
    ]
    assert list(lacks("lacks", _target)) == ["lacks has no example"]
