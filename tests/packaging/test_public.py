from __future__ import annotations

import pytest

import flarite_nl


def test_all_names_of_the_public_api_can_be_imported() -> None:
    assert {name for name in flarite_nl.__all__ if getattr(flarite_nl, name) is None} == set()
    assert set(dir(flarite_nl)) == set(flarite_nl.__all__)


def test_other_names_are_refused_as_any_module_does() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        flarite_nl.Nothing  # noqa: B018
