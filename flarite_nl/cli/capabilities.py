"""``flarite-nl capabilities``: what can be asked and done, in words to copy."""

from __future__ import annotations

import click

from flarite_nl.cli.options import grammar_option


@click.command("capabilities")
@click.argument("resource", nargs=-1)
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@grammar_option
def command(resource: tuple[str, ...], style: str, grammar: tuple[str, ...]) -> None:
    """Show what each RESOURCE can be asked and done, with prompts that work; of all, in short."""
    from flarite_nl.grammar.capabilities import capabilities
    from flarite_nl.grammar.loader import load
    from flarite_nl.rendering.capabilities import detail, overview
    from flarite_nl.rendering.clean import to_json

    found = capabilities(load(grammar), resource)
    if style == "json":
        click.echo(to_json([each.to_dict() for each in found], indent=2))
    elif resource:
        click.echo("\n\n".join(detail(each) for each in found))
    else:
        click.echo(overview(found))
