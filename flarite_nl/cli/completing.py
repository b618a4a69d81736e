"""What the shell offers as one types: a person's saved phrases and the names of keys. Fast, and silent when broken."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

import click

from flarite_nl.cli.options import GRAMMAR, own_grammar
from flarite_nl.errors import FlariteError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def saved_phrases(ctx: click.Context, param: click.Parameter | None, incomplete: str) -> list[CompletionItem]:
    """Saved phrases that begin with what stands there, word by word: prompts need no quotes."""
    words = ctx.params.get("prompt") or ()
    paths = ctx.params.get("grammar") or ()
    return completed(list(_saved(paths)), tuple(words), incomplete)


def completed(phrases: Iterable[tuple[str, str]], words: Sequence[str], incomplete: str) -> list[CompletionItem]:
    """What is left of the phrases that begin with ``words`` and ``incomplete``, with what each stands for."""
    from click.shell_completion import CompletionItem

    before = "".join(f"{word} " for word in words)
    begun = (before + incomplete).casefold()
    return [
        CompletionItem(phrase[len(before) :], help=prompt)
        for phrase, prompt in sorted(phrases)
        if phrase.casefold().startswith(begun)
    ]


def key_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The nicknames of the keys that are stored on this machine, where there is a store: never the keys."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(name) for name in sorted(_key_names()) if name.startswith(incomplete)]


def _key_names() -> Iterator[str]:
    with suppress(Exception):  # whatever is wrong with the store, the person is only typing
        store = import_module("flarite_nl.keys.store").Store()
        yield from (kept.name for kept in store.kept())


def _saved(paths: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Phrases of a person's own grammar files, without the packaged grammar, which has none and takes longer."""
    from flarite_nl.grammar.loader import saved_in
    from flarite_nl.grammar.sources import own

    named = tuple(filter(None, os.environ.get(GRAMMAR, "").split(os.pathsep)))
    given = tuple(paths) or (named if GRAMMAR in os.environ else own_grammar())
    with suppress(FlariteError, OSError):
        for source in own(given):
            yield from saved_in(source).items()
