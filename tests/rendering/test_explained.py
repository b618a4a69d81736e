"""Explanations: each word's rule, the sentence, the plan, the calls; as text and as a page."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from wcwidth import wcswidth

from flarite_nl import Engine, Parser
from flarite_nl.grammar.describe import describe_parse
from flarite_nl.grammar.loader import load
from flarite_nl.model.parse import Evidence, Intent, Parse, Span
from flarite_nl.rendering.explained import Explanation, explained_text, explanation, marked
from flarite_nl.rendering.page import explained_page
from tests.conftest import NOW

PROMPT = "how many disputes over $50 did we lose last month by reason"
EVIL = 'list invoices of "<script>document.title=1</script>\u202e" and <b>customers</b>'


def explained(prompt: str = PROMPT, now: datetime = NOW) -> Explanation:
    parse = Parser(tz="UTC").parse(prompt, now=now)
    assert parse.status == "ok", parse
    plan = Engine(tz="UTC", now=now).plan(parse)
    return explanation(parse, plan, describe_parse(parse, grammar=load(), tz="UTC"))


def parse_with(*spans: tuple[int, int, str]) -> Parse:
    evidence = tuple(Evidence(Span(start, end, ""), rule) for start, end, rule in spans)
    return Parse("0123456789", "ok", (Intent("charges", "list", evidence=evidence),))


def test_overlapping_words_are_one_mark_with_all_their_rules() -> None:
    marks = marked(parse_with((5, 7, "c"), (0, 3, "a"), (2, 4, "b"), (0, 3, "a"), (9, 99, "beyond")))
    assert [(each.start, each.end, each.label) for each in marks] == [(0, 4, "a; b"), (5, 7, "c")]


def test_the_lines_stand_under_their_words() -> None:
    what = explained()
    prompt, under, numbers, *_ = explained_text(what, width=100).splitlines()
    assert prompt == f"  {PROMPT}"
    for number, mark in enumerate(what.marks, 1):
        assert under[mark.start + 2 : mark.end + 2] == "─" * (mark.end - mark.start)
        assert numbers[mark.start + 2 :].startswith(str(number))
    assert under.count("─") == sum(mark.end - mark.start for mark in what.marks)


def test_everything_is_there() -> None:
    shown = explained_text(explained())
    assert "noun disputes" in shown
    assert "\n\nRead as\n  Count disputes" in shown
    assert "\n\nPlan\n  0. disputes.aggregate" in shown
    assert "\n\nCalls\n  client.v1.disputes.list({'created': " in shown


@pytest.mark.parametrize("width", [30, 40, 80])
def test_an_explanation_fits_its_terminal(width: int) -> None:
    lines = explained_text(explained(), width=width).splitlines()
    head = lines[: lines.index("Plan")]
    assert all(wcswidth(line) <= width for line in head)
    assert all(word in "\n".join(head) for word in PROMPT.split())


def test_calls_are_such_as_one_can_make() -> None:
    what = explained("refund the last payment of cus_1")
    assert any("  # a write: asks first" in call for call in what.calls)
    for call in what.calls:
        ast.parse(call)


def test_what_was_misspelt_is_said() -> None:
    assert "subscribtions was read as subscriptions." in explained_text(explained("list past due subscribtions"))


def test_a_prompt_cannot_steer_the_terminal() -> None:
    shown = explained_text(Explanation("a\x1b[2J\u202eb\nc", (), "s\x1b", ("  p\x1b",), ("c\x1b",)))
    assert not {"\x1b", "\u202e"} & set(shown)


class Text(HTMLParser):
    """What a browser would show, and the tags it would see."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.shown, self.tags = "", set[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.shown += data


def evil() -> Explanation:
    marks = marked(Parse(EVIL, "ok", (Intent("x", "list", evidence=(Evidence(Span(17, 60, ""), "<i>rule"),)),)))
    return Explanation(EVIL, tuple(marks), EVIL, (EVIL,), (EVIL,), ((EVIL, EVIL),))


def test_a_page_is_one_file_and_everything_in_it_is_text() -> None:
    page = explained_page(evil(), f"TEST {EVIL}")
    seen = Text(page)
    assert not seen.tags & {"script", "b", "i", "link", "img", "iframe"}
    assert "<script>document.title=1</script>" in seen.shown
    assert "<i>rule" in seen.shown
    assert "\u202e" not in page
    assert not re.search(r"(?:src|href)=|@import|url\(", page)
    assert "default-src 'none'" in page


def test_a_page_without_marks() -> None:
    assert '<div class="entities">nothing</div>' in explained_page(Explanation("nothing", (), "", (), ()), "TEST")


CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

PROBE = """
const marks = [...document.querySelectorAll("mark")];
const boxes = marks.map(each => each.getBoundingClientRect());
document.body.setAttribute("data-found", JSON.stringify({
  title: document.title,
  scripts: document.scripts.length,
  wide: document.documentElement.scrollWidth > window.innerWidth,
  requests: performance.getEntriesByType("resource").length,
  marks: marks.map(each => each.firstChild.textContent),
  labels: marks.map(each => each.querySelector("span").textContent),
  below: marks.every(each => each.querySelector("span").getBoundingClientRect().top
    >= each.getBoundingClientRect().top + 8),
  seen: boxes.every(box => box.width > 0 && box.height > 20),
  apart: boxes.every((box, at) => boxes.every((other, to) => to <= at || other.left >= box.right
    || other.top >= box.bottom || other.right <= box.left || other.bottom <= box.top)),
}));
"""


def in_a_browser(page: str, folder: Path, width: int) -> dict[str, object]:
    """What a headless browser makes of the page, by a script that is put into a copy of it."""
    assert CHROMIUM is not None
    probed = re.sub(r"<meta http-equiv=.Content-Security-Policy.[^>]*>", "", page)
    probed = probed.replace("</body>", f"<script>{PROBE}</script></body>")
    (folder / "page.html").write_text(probed, "utf-8")
    done = subprocess.run(
        [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            f"--user-data-dir={folder / 'profile'}", f"--window-size={width},900", "--dump-dom",
            (folder / "page.html").as_uri(),
        ],
        capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip
    found = re.search(r'data-found="([^"]*)"', done.stdout)
    assert found is not None, done.stderr[-2000:]
    decoded: dict[str, object] = json.loads(found[1].replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">"))
    return decoded


@pytest.mark.skipif(CHROMIUM is None, reason="NO BROWSER: the page of --explain was not looked at (install chromium)")
@pytest.mark.parametrize("width", [500, 1200])
def test_a_browser_shows_each_word_with_its_rule_below(tmp_path: Path, width: int) -> None:
    what = explained()
    found = in_a_browser(explained_page(what, "SANDBOX"), tmp_path, width)
    assert found["marks"] == [what.text[mark.start : mark.end] for mark in what.marks]
    assert found["labels"] == [mark.label for mark in what.marks]
    assert (found["below"], found["seen"], found["apart"]) == (True, True, True)
    assert (found["wide"], found["requests"], found["title"]) == (False, 0, PROMPT)


@pytest.mark.skipif(CHROMIUM is None, reason="NO BROWSER: the page of --explain was not looked at (install chromium)")
def test_a_browser_runs_nothing_of_a_prompt(tmp_path: Path) -> None:
    found = in_a_browser(explained_page(evil(), EVIL), tmp_path, 800)
    assert found["scripts"] == 1  # the probe's own
    assert str(found["title"]).startswith("list invoices of")
    assert found["labels"] == ["<i>rule"]
