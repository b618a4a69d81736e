from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from click.testing import CliRunner, Result

from flarite_nl import Parser
from flarite_nl.cli import main
from flarite_nl.cli.exits import Exit
from tests.conftest import NOW

CLOCK = ["--now", "2026-03-18T15:30:00Z", "--tz", "UTC"]
GOOD = "list past due subscriptions"
BAD = "list frobnicated subscriptions"
UNCLEAR = "refund the payment"


def parse(*arguments: str, data: bytes | str | None = None) -> Result:
    return CliRunner().invoke(main, ["parse", *CLOCK, *arguments], input=data)


def frame(text: str, context: list[str] | None = None) -> dict[str, Any]:
    return Parser(tz="UTC").parse(text, now=NOW, context=context or []).to_dict()


@pytest.mark.parametrize(("prompt", "code"), [(GOOD, Exit.DONE), (BAD, Exit.NOT_UNDERSTOOD), (UNCLEAR, Exit.CLARIFY)])
def test_one_prompt_gives_its_frame_and_exit_code(prompt: str, code: Exit) -> None:
    result = parse(prompt)
    assert json.loads(result.stdout) == frame(prompt)
    assert result.exit_code == code


def test_several_prompts_are_an_array_in_order() -> None:
    result = parse(GOOD, BAD)
    assert json.loads(result.stdout) == [frame(GOOD), frame(BAD)]
    assert result.exit_code == Exit.NOT_UNDERSTOOD


def test_a_file_gives_one_line_a_prompt() -> None:
    result = parse("--file", "-", "--format", "jsonl", data=f"{GOOD}\n\n  \n{BAD}\r\n{GOOD}")
    assert [json.loads(line) for line in result.stdout.splitlines()] == [frame(GOOD), frame(BAD), frame(GOOD)]
    assert result.exit_code == Exit.DONE


def test_an_empty_file_is_an_empty_array() -> None:
    result = parse("--file", "-", data="\n")
    assert (json.loads(result.stdout), result.exit_code) == ([], Exit.DONE)


def test_corpus_lines_carry_their_context() -> None:
    rows = [{"id": "a", "text": "only the ones over $50", "context": ["list open invoices"]}, {"text": GOOD}]
    data = "".join(json.dumps(row) + "\n" for row in rows)
    result = parse("--file", "-", "--input", "jsonl", "--format", "jsonl", data=data)
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        frame("only the ones over $50", ["list open invoices"]),
        frame(GOOD),
    ]


def test_a_broken_line_is_one_result_and_not_the_end() -> None:
    data = b'{"text": "list past due subscriptions"}\n{"text": \n\xff\n{"text": "list past due subscriptions"}\n'
    result = parse("--file", "-", "--input", "jsonl", "--format", "jsonl", data=data)
    first, second, third, fourth = (json.loads(line) for line in result.stdout.splitlines())
    assert first == fourth == frame(GOOD)
    assert (second["line"], second["error"]["kind"]) == (2, "input")
    assert third["error"]["message"] == "The text is not UTF-8: byte 0xff at 0."
    assert result.stderr.splitlines()[1] == "flarite-nl: line 3: The text is not UTF-8: byte 0xff at 0."
    assert result.exit_code == Exit.PARTIAL


def test_text_shows_what_was_not_understood() -> None:
    result = parse("--format", "text", BAD)
    lines = result.stdout.splitlines()
    at = lines.index(f"  {BAD}")
    assert lines[at + 1].strip() == "^" * len("frobnicated")


@pytest.mark.parametrize(
    "prompt", ["list invoices " * 8_000, "\x1b[2J\x00\x07list\u202e invoices", "🎉" * 500, "$" * 1000]
)
def test_strange_text_gets_a_result(prompt: str) -> None:
    result = parse("--format", "jsonl", prompt)
    assert result.exit_code in {Exit.NOT_UNDERSTOOD, Exit.CLARIFY, Exit.USAGE}
    assert len(result.stdout.splitlines()) == 1
    assert "\x1b" not in result.output


def test_a_moment_without_an_offset_is_meant_in_the_zone() -> None:
    berlin = CliRunner().invoke(
        main, ["parse", "--tz", "Europe/Berlin", "--now", "2026-03-18T00:30:00", "payments in the last 24 hours"]
    )
    (window,) = (f["value"] for f in json.loads(berlin.stdout)["intents"][0]["filters"] if f["op"] == "during")
    assert window == {"start": "2026-03-16T23:30:00Z", "end": "2026-03-17T23:30:00Z"}


def test_prompts_and_a_file_at_once_are_bad_usage() -> None:
    assert parse("--file", "-", GOOD, data="x").exit_code == Exit.USAGE


def test_a_file_that_is_not_there() -> None:
    result = parse("--file", "/nowhere/at/all")
    assert result.exit_code == Exit.USAGE
    assert "No such file" in result.stderr


def test_a_result_comes_before_the_next_line_is_there() -> None:
    command = [sys.executable, "-m", "flarite_nl", "parse", *CLOCK, "--file", "-", "--format", "jsonl"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for prompt in (GOOD, BAD):
            process.stdin.write(f"{prompt}\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline()) == frame(prompt)
        process.stdin.close()
        assert process.stdout.read() == ""
    assert process.returncode == Exit.DONE
