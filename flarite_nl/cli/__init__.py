"""The command line: options in, exit code out, no logic of its own."""

from flarite_nl.cli.app import main

__all__ = ["main"]
