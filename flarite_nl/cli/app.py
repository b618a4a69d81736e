"""The command group: finds the command, loads only that one, and turns whatever happens into an exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

import click

from flarite_nl import __version__, keys
from flarite_nl.cli import exits
from flarite_nl.cli.exits import Exit
from flarite_nl.errors import FlariteError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from flarite_nl.model.outcome import Failure
    from flarite_nl.model.parse import Parse

# Name → module. Modules load their heavy parts (spaCy, stripe) when the command runs, never when it is imported.
COMMANDS = {
    "ask": "flarite_nl.cli.ask",
    "chat": "flarite_nl.cli.chat",
    "parse": "flarite_nl.cli.parse",
    "plan": "flarite_nl.cli.plan",
    "apply": "flarite_nl.cli.apply",
    "batch": "flarite_nl.cli.batch",
    "history": "flarite_nl.cli.history",
    "capabilities": "flarite_nl.cli.capabilities",
    "grammar": "flarite_nl.cli.grammar",
    "completion": "flarite_nl.cli.completion",
    "sandbox": "flarite_nl.cli.sandbox",
    "keys": "flarite_nl.cli.keys",
    "whoami": "flarite_nl.cli.whoami",
}
DEFAULT = "ask"
OWN_OPTIONS = {"--help", "-h", "--version"}


class Group(click.Group):
    """``flarite-nl PROMPT`` is ``flarite-nl ask PROMPT``; no command ends in a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name]).command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in COMMANDS and args[0] not in OWN_OPTIONS:
            args = [DEFAULT, *args]
        with _usage_without_keys():
            return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands, and the saved phrases: a prompt may stand here too."""
        from flarite_nl.cli.completing import saved_phrases

        return [*super().shell_complete(ctx, incomplete), *saved_phrases(ctx, None, incomplete)]

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with _usage_without_keys():
                result = super().invoke(ctx)
            sys.stdout.flush()
        except FlariteError as error:
            complain_of(error)
            ctx.exit(exits.of_error(error))
        except (KeyboardInterrupt, click.Abort) as stop:
            _end(ctx, Exit.INTERRUPTED, str(stop) or "Stopped.")
        except BrokenPipeError:
            _silence_stdout()
            ctx.exit(Exit.BROKEN_PIPE)
        except (click.exceptions.Exit, click.ClickException):
            raise
        except Exception as error:
            tell_bug(error)
            ctx.exit(Exit.FAILED)
        return result


@contextmanager
def _usage_without_keys() -> Iterator[None]:
    """What click says of a wrong command line quotes it, and a key may stand there by mistake."""
    try:
        yield
    except click.ClickException as error:
        said = error.format_message()
        if not keys.holds_key(said):
            raise
        raise click.UsageError(keys.redact(said), getattr(error, "ctx", None)) from None


def tell_bug(error: Exception) -> None:
    """Say what nobody foresaw; where FLARITE_DEBUG is set, where it happened instead, without keys."""
    if os.environ.get("FLARITE_DEBUG"):
        import traceback

        click.echo(keys.redact("".join(traceback.format_exception(error))), err=True, nl=False)
        return
    what = f"{type(error).__name__}: {error}".splitlines()[0]
    complain(f"This is a bug in flarite-nl ({what}). FLARITE_DEBUG=1 shows where it happened.")


def _end(ctx: click.Context, code: Exit, message: str) -> NoReturn:
    complain(message)
    ctx.exit(code)


def complain(message: str) -> None:
    """One clear sentence on standard error, without keys or terminal escapes in it."""
    tell(f"flarite-nl: {message}")


def complain_of(error: FlariteError | Failure, parse: Parse | None = None) -> None:
    """An error on standard error: its sentence, the prompt underlined where it failed, and what to try."""
    from flarite_nl.rendering.problems import help_text, sentence

    complain(sentence(error))
    more = help_text(error, parse)
    if more:
        click.echo(keys.redact(more), err=True)


def tell(message: str) -> None:
    """A line on standard error that is no complaint."""
    from flarite_nl.rendering.clean import clean_line

    click.echo(clean_line(keys.redact(message)), err=True)


def _silence_stdout() -> None:
    # The interpreter flushes stdout once more at exit and would complain about the same closed pipe.
    with suppress(OSError, ValueError):  # stdout is no file, as in tests
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


EPILOG = """\b
Examples:
  flarite-nl "List all subscriptions that are past due"
  flarite-nl 'Refund $10 of ch_ABC123 as a duplicate' --dry-run
  flarite-nl parse --format text "payments over 50 EUR last week"

Without a Stripe key (flarite-nl keys add, or STRIPE_API_KEY) prompts are answered from a sandbox with made-up data.
Put prompts that hold a dollar sign in single quotes, or the shell replaces it."""


@click.group(
    cls=Group,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, message="flarite-nl %(version)s")
def main() -> None:
    """Turn plain English into exact Stripe API calls, and carry them out.

    flarite-nl PROMPT is short for flarite-nl ask PROMPT.
    """
    # Loading spaCy makes hundreds of thousands of objects that all stay: looking through them for garbage again and
    # again takes a tenth of the time until the first row.
    gc.set_threshold(200_000, 20, 20)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show "€" gets an escape, not a crash.
            stream.reconfigure(errors="backslashreplace")
