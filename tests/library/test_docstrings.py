"""Every example in a docstring is run, and everything public says what it is."""

from __future__ import annotations

import doctest
from importlib import import_module
from inspect import getdoc, isclass, isfunction, ismethod
from pathlib import Path

import pytest

import flarite_nl

PACKAGE = Path(flarite_nl.__file__).parent
EXAMPLES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if ">>> " in path.read_text("utf-8")
}
PUBLIC = {"flarite_nl", "flarite_nl.component", "flarite_nl.engine", "flarite_nl.model.parse", "flarite_nl.model.plan"}


def test_what_one_starts_with_has_an_example() -> None:
    assert PUBLIC | {"flarite_nl.model.schema", "flarite_nl.parsing.parser"} <= EXAMPLES


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_examples_do_what_they_say(name: str) -> None:
    ran = doctest.testmod(import_module(name), optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    assert ran.failed == 0
    assert ran.attempted > 0


@pytest.mark.parametrize("name", sorted(set(flarite_nl.__all__) - {"Row", "__version__"}))
def test_everything_public_says_what_it_is(name: str) -> None:
    public = getattr(flarite_nl, name)
    said = getdoc(public) or ""
    assert said, name
    assert not said.startswith(f"{name}("), f"{name} has only the docstring that dataclasses make"
    if not isclass(public):
        return
    for method, each in vars(public).items():
        if not method.startswith("_") and (isfunction(each) or ismethod(each)) and method not in ("to_dict",):
            assert getdoc(each), f"{name}.{method}"
