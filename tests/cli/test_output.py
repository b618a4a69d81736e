"""Where answers go: formats, files that are whole or not there, columns, charts, explanations."""

from __future__ import annotations

import csv
import json
import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flarite_nl.cli import files, main
from flarite_nl.cli.exits import Exit
from flarite_nl.cli.output import FORMATS
from flarite_nl.errors import InputError

CLOCK = ["--now", "2026-03-18T15:30:00Z", "--tz", "UTC"]
LIST = "list past due subscriptions"
FIGURES = "count charges by card brand"
REFUND = "Refund the last payment from customer cus_ABC123"


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, [*arguments, *CLOCK], env=environment)


@pytest.mark.parametrize("style", FORMATS)
def test_every_format_says_whose_data_it_is(style: str) -> None:
    result = run("ask", LIST, "--format", style)
    assert result.exit_code == Exit.DONE, result.output
    where = result.stderr if style in ("csv", "tsv") else result.stdout
    assert ("SANDBOX" if style not in ("json", "ndjson") else '"mode": "sandbox"') in where
    assert "\x1b" not in result.output


def test_csv_can_be_read_by_others() -> None:
    rows = list(csv.DictReader(run("ask", "list disputes", "--format", "csv").stdout.splitlines()))
    assert len(rows) == 15
    assert {row["currency"] for row in rows} == {"eur", "gbp", "jpy", "kwd", "usd"}
    assert sum(float(row["amount"]) for row in rows if row["currency"] == "usd") == pytest.approx(794)


def test_fields_of_what_an_object_points_to_are_fetched_with_it() -> None:
    lines = run("ask", LIST, "--fields", "id,customer.email, status", "--format", "csv").stdout.splitlines()
    assert lines[0] == "id,customer.email,status"
    assert all("@" in line or ",," in line for line in lines[1:])
    assert any("@" in line for line in lines[1:])


def test_fields_make_a_table_of_just_these_columns() -> None:
    lines = run("ask", LIST, "--fields", "status,id").stdout.splitlines()
    assert lines[3].split() == ["status", "id"]


def test_a_field_that_nothing_has_is_said() -> None:
    result = run("ask", LIST, "--fields", "id,emial", "--format", "csv")
    assert "Nothing in this answer has a field 'emial'." in result.stderr
    assert result.exit_code == Exit.DONE


def test_what_a_prompt_means_does_not_depend_on_the_fields() -> None:
    parse = json.loads(run("ask", LIST, "--fields", "customer.email", "--format", "json").stdout)["parse"]
    assert parse == json.loads(run("ask", LIST, "--format", "json").stdout)["parse"]


# Files


@pytest.mark.parametrize("style", FORMATS)
def test_a_file_holds_what_would_have_been_printed(tmp_path: Path, style: str) -> None:
    file = tmp_path / "answer"
    result = run("ask", LIST, "--format", style, "--output", str(file))
    assert (result.stdout, result.exit_code) == ("", Exit.DONE)
    assert f"Written to {file}." in result.stderr
    assert file.read_text("utf-8") == run("ask", LIST, "--format", style).stdout
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_was_there_keeps_its_permissions_and_its_place(tmp_path: Path) -> None:
    file, link = tmp_path / "answer", tmp_path / "link"
    file.write_text("before")
    file.chmod(0o640)
    link.symlink_to(file)
    assert run("ask", LIST, "--output", str(link)).exit_code == Exit.DONE
    assert link.is_symlink()
    assert file.read_text().startswith("SANDBOX")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_what_is_not_understood_leaves_the_file_alone(tmp_path: Path) -> None:
    file = tmp_path / "answer"
    file.write_text("before")
    assert run("ask", "list frobnicated invoices", "--output", str(file)).exit_code == Exit.NOT_UNDERSTOOD
    assert file.read_text() == "before"


@pytest.mark.parametrize("option", ["--output", "--chart", "--explain"])
def test_a_file_that_cannot_be_written_is_noticed_before_anything_is_asked(tmp_path: Path, option: str) -> None:
    target = tmp_path / "no" / "folder" / "x.html"
    result = run("ask", REFUND, option, str(target), "--yes")
    assert result.exit_code == Exit.USAGE
    assert "there is no folder" in result.stderr
    assert "SANDBOX" not in result.output


@pytest.mark.parametrize("name", [".", "/dev/null"])
def test_only_files_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="is no file"):
        files.check_writable(name)


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "answer"
    file.write_text("before")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left"):
        files.put(str(file), b"after")
    assert (file.read_text(), list(tmp_path.iterdir())) == ("before", [file])


def test_an_answer_is_not_lost_with_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(file: str, data: bytes) -> None:
        raise InputError(f"{file} cannot be written: the disk is full.")

    monkeypatch.setattr(files, "put", broken)
    result = run("ask", REFUND, "--yes", "--output", str(tmp_path / "x"))
    assert "charges.refund: 1 written" in result.stdout
    assert "the disk is full" in result.stderr
    assert result.exit_code != Exit.DONE


def test_a_dash_is_standard_output() -> None:
    assert run("ask", LIST, "--output", "-").stdout == run("ask", LIST).stdout


# Charts and explanations


@pytest.mark.parametrize(
    "arguments",
    [["--chart", FIGURES], [FIGURES, "--chart"], ["--chart", *FIGURES.split()], [*FIGURES.split(), "--chart"]],
)
def test_a_chart_stands_below_the_table(arguments: list[str]) -> None:
    result = run("ask", *arguments)
    assert result.exit_code == Exit.DONE, result.output
    table, _, chart = result.stdout.partition("Charges, count by card.brand")
    assert "mastercard" in table
    assert "█" in chart


@pytest.mark.parametrize(("name", "begins"), [("x.png", b"\x89PNG"), ("x.svg", b"<?xml"), ("x.HTML", b"<!DOCTYPE")])
def test_a_chart_is_drawn_into_a_file(tmp_path: Path, name: str, begins: bytes) -> None:
    file = tmp_path / name
    result = run("ask", "--chart", str(file), FIGURES)
    assert result.exit_code == Exit.DONE, result.output
    assert file.read_bytes().startswith(begins)
    assert "█" not in result.stdout
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([LIST, "--chart"], 'as in "payments by month"'),
        ([FIGURES, "--chart", "--format", "json"], "--chart FILE.svg"),
        ([FIGURES, "--chart=x.gif"], "does not end in .png, .svg, .html"),
        ([FIGURES, "--explain=x.txt"], "does not end in .html"),
        ([FIGURES, "--chart", "x.svg", "--output", "x.svg"], "a file each"),
        ([FIGURES, "--fields", ","], "names no field"),
    ],
)
def test_what_cannot_be_shown_is_said(arguments: list[str], says: str) -> None:
    result = run("ask", *arguments)
    assert result.exit_code == Exit.USAGE
    assert says in result.stderr
    assert result.stdout in ("", json.dumps(json.loads(result.stdout or "{}"), indent=2) + "\n")


def test_an_explanation_comes_before_the_answer() -> None:
    shown = run("ask", FIGURES, "--explain").stdout
    assert shown.index("─") < shown.index("Read as") < shown.index("Plan") < shown.index("Calls") < shown.index("SANDB")


@pytest.mark.parametrize("style", ["json", "csv", "ndjson", "markdown"])
def test_an_explanation_does_not_get_between_an_answer_and_its_reader(style: str) -> None:
    result = run("ask", FIGURES, "--explain", "--format", style)
    assert "Read as" in result.stderr
    assert result.stdout == run("ask", FIGURES, "--format", style).stdout


def test_an_explanation_is_a_page(tmp_path: Path) -> None:
    file = tmp_path / "why.html"
    result = run("ask", "--explain", str(file), FIGURES)
    assert "Read as" not in result.stdout
    assert f"Explained in {file}." in result.stderr
    assert ">aggregate count</span></mark>" in file.read_text("utf-8")


def test_a_write_is_explained_before_it_asks(tmp_path: Path) -> None:
    result = run("ask", REFUND, "--explain")
    assert result.exit_code == Exit.DECLINED
    assert "client.v1.refunds.create(" in result.stdout
