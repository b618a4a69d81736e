"""The README's sessions: ``python -m tests.end_to_end.readme`` writes what its commands print today into it."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from click.testing import CliRunner

from flarite_nl.cli import main

README = Path(__file__).parents[2] / "README.md"

_SESSION = re.compile(r"^```console\n\$ flarite-nl (?P<arguments>.*)\n(?P<output>(?:.*\n)*?)```$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Session:
    """A command of the README, after ``$ flarite-nl``, and the output that is printed below it."""

    arguments: str
    output: str


def sessions() -> list[Session]:
    return [Session(each["arguments"], each["output"]) for each in _SESSION.finditer(README.read_text("utf-8"))]


def printed(arguments: str) -> str:
    """What the command prints, standard error included, as at a terminal."""
    with TemporaryDirectory() as nothing:  # neither a key nor a setting of whoever runs this
        environment = {"STRIPE_API_KEY": "", "XDG_CONFIG_HOME": nothing}
        output = CliRunner().invoke(main, shlex.split(arguments), env=environment).output
    return "".join(line.rstrip() + "\n" for line in output.splitlines())


def rewrite() -> None:
    def session(found: re.Match[str]) -> str:
        return f"```console\n$ flarite-nl {found['arguments']}\n{printed(found['arguments'])}```"

    README.write_text(_SESSION.sub(session, README.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    rewrite()
