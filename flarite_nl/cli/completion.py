"""``flarite-nl completion``: the script that makes a shell complete commands, options, key names, saved phrases."""

from __future__ import annotations

import click

PROGRAM = "flarite-nl"
VARIABLE = "_FLARITE_NL_COMPLETE"

EPILOG = """\b
bash: echo 'eval "$(flarite-nl completion bash)"' >> ~/.bashrc
zsh:  echo 'eval "$(flarite-nl completion zsh)"' >> ~/.zshrc
fish: flarite-nl completion fish > ~/.config/fish/completions/flarite-nl.fish"""


@click.command("completion", epilog=EPILOG)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the completion script for SHELL."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None  # click has all three
    # Not source(), which for bash starts a bash to see how old it is.
    made = found(ctx.find_root().command, {}, PROGRAM, VARIABLE)
    click.echo(made.source_template % made.source_vars())
