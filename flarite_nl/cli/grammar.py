"""``flarite-nl grammar``: is the language sound, and what is in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from flarite_nl.cli.app import complain
from flarite_nl.cli.exits import Exit
from flarite_nl.cli.options import grammar_option

if TYPE_CHECKING:
    from flarite_nl.grammar.check import Problem
    from flarite_nl.grammar.schema import Grammar
    from flarite_nl.parsing.parser import Parser


EPILOG = """\b
A file of your own adds words; it lies in the config folder's grammars, or --grammar names it:
  resources:
    subscriptions:
      nouns: [{one: [membership], many: [memberships]}]
      fields: {status: {values: {past_due: [in arrears]}}}
      operations: {cancel: {verbs: [terminate]}}
      metadata: {sales_region: [region, sales region]}
  vocabulary: {read: {show: [gander at]}}
  saved: {morning numbers: how much did we make yesterday}
  examples: [{text: gander at memberships, intents: [{name: subscriptions.list}]}]
"""


@click.group("grammar", epilog=EPILOG)
def command() -> None:
    """Check, test and list the language: the packaged grammar and your own files."""


@command.command("check")
@click.option("--unused", is_flag=True, help="List the phrases that no example says.")
@grammar_option
@click.pass_context
def check(ctx: click.Context, unused: bool, grammar: tuple[str, ...]) -> None:
    """Check the files against each other, against Stripe's client, and against their examples."""
    from flarite_nl.execution.gateway import has_call
    from flarite_nl.grammar.check import problems
    from flarite_nl.parsing.check_examples import problems_of_examples
    from flarite_nl.parsing.check_examples import unused as unused_phrases
    from flarite_nl.parsing.parser import Parser, shared_matcher

    loaded = _loaded(grammar)
    found = problems(loaded, has_call)
    if not found:
        found = problems_of_examples(loaded, Parser(tz="UTC", grammar=grammar))
    _report(found)
    if found:
        ctx.exit(Exit.FAILED)
    silent = unused_phrases(loaded, shared_matcher(grammar))
    for place, phrase in silent if unused else ():
        click.echo(f"{place.file}:{place.line}: no example says {phrase!r}")
    warning = f"; {len(silent):,} phrases are in no example (--unused lists them)" if silent and not unused else ""
    click.echo(f"{len(loaded.resources)} resources are sound{warning}.")


@command.command("test")
@click.argument("resource", nargs=-1)
@grammar_option
@click.pass_context
def test(ctx: click.Context, resource: tuple[str, ...], grammar: tuple[str, ...]) -> None:
    """Parse the examples and counterexamples of each RESOURCE, or all of them."""
    from flarite_nl.grammar.capabilities import resource_named
    from flarite_nl.parsing.check_examples import every_example, problems_of_examples

    loaded = _loaded(grammar)
    names = [resource_named(loaded, each).name for each in resource]
    found = problems_of_examples(loaded, _parser(grammar), names)
    _report(found)
    click.echo(f"{sum(1 for _ in every_example(loaded, names))} examples, {len(found)} wrong.")
    ctx.exit(Exit.FAILED if found else Exit.DONE)


@command.command("list")
@click.argument("resource", nargs=-1)
@grammar_option
def list_command(resource: tuple[str, ...], grammar: tuple[str, ...]) -> None:
    """List the resources and how much language each has; with RESOURCE, every phrase of it."""
    from flarite_nl.grammar.capabilities import resource_named
    from flarite_nl.grammar.lexicon import phrases_of

    loaded = _loaded(grammar)
    for name in resource:
        for kind, key, phrase in phrases_of(resource_named(loaded, name)):
            click.echo(f"{kind} {key}: {phrase}")
    for each in () if resource else loaded.resources.values():
        phrases = len({phrase for _, _, phrase in phrases_of(each)})
        actions = ", ".join(each.operations)
        click.echo(
            f"{each.name}: {phrases} phrases, {len(each.fields)} fields, {len(each.examples)} examples; {actions}"
        )


def _loaded(grammar: Sequence[str]) -> Grammar:
    from flarite_nl.grammar.loader import load

    return load(grammar)


def _parser(grammar: Sequence[str]) -> Parser:
    from flarite_nl.parsing.parser import Parser

    return Parser(tz="UTC", grammar=grammar)


def _report(found: Sequence[Problem]) -> None:
    for each in found:
        complain(str(each))
