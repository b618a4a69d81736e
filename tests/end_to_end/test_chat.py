"""``flarite-nl chat`` at a real pseudo-terminal: follow-ups, refunds that are declined and accepted, Ctrl-C, Ctrl-D."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flarite_nl.cli.exits import Exit
from flarite_nl.sandbox import Sandbox, Server, parse_faults, serve
from tests.conftest import NOW
from tests.end_to_end.conftest import CLOCK, KEY
from tests.end_to_end.terminal import Terminal

PROMPT = ">"
QUESTION = "[y/N]:"

Chatting = Callable[..., "Chat"]


class Chat:
    """A chat against a served sandbox."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        terminal.until(PROMPT)

    def say(self, text: str, ending: str = PROMPT) -> list[str]:
        """Type a prompt; the lines of its answer."""
        self.terminal.type(text)
        return self.terminal.until(ending, typed=text)


@pytest.fixture
def chatting(server: Server, tmp_path: Path) -> Iterator[Chatting]:
    open_ones: list[Terminal] = []

    def start(*arguments: str, **size: int) -> Chat:
        environment = {"STRIPE_API_KEY": KEY, "FLARITE_NL_DATA": str(tmp_path)}
        terminal = Terminal("chat", "--api-base", server.url, *CLOCK, *arguments, environment=environment, **size)
        open_ones.append(terminal)
        return Chat(terminal)

    yield start
    for each in open_ones:
        each.process.close(force=True)


def refunds(server: Server) -> list[str]:
    return [each["charge"] for each in server.sandbox.dump() if each["object"] == "refund"]


def ids(lines: list[str]) -> list[str]:
    """The IDs in the second column of a numbered table, in order."""
    cells = [line.split() for line in lines]
    return [row[1] for row in cells if len(row) > 1 and row[0].isdigit() and "_" in row[1]]


def test_five_follow_ups_and_two_refunds(chatting: Chatting, server: Server) -> None:
    chat = chatting()
    everything = ids(chat.say("list payments from cus_ABC123"))
    assert len(everything) == 9

    over = chat.say("only those over $100")
    assert ids(over) == everything[:1]
    assert "= List charges whose customer is cus_ABC123 and whose amount is more than 100 USD" in over

    assert ids(chat.say("/undo")) == everything

    march = chat.say("and this month?")
    assert ids(march) == everything[:2]

    (count,) = [line for line in chat.say("how many are there?") if line.strip().isdigit()]
    assert count.strip() == "2"
    assert ids(chat.say("list them")) == everything[:2]

    before = refunds(server)
    chat.say("refund the second one", QUESTION)
    declined = chat.say("n")
    assert any("Nothing was written" in line for line in declined)
    assert refunds(server) == before

    question = chat.say("refund the first one", QUESTION)
    assert f"  where id {everything[0]}" in question
    accepted = chat.say("y")
    assert "charges.refund: 1 written" in accepted
    assert sorted(set(refunds(server)) - set(before)) == [everything[0]]

    chat.terminal.press("d")
    code, raw = chat.terminal.left()
    assert code == Exit.DONE
    assert "Traceback" not in raw
    assert KEY not in raw


def test_ctrl_c_in_a_scan_stops_it_and_keeps_the_chat(chatting: Chatting, server: Server) -> None:
    chat = chatting()
    first = ids(chat.say("list payments from cus_ABC123"))
    server.sandbox.app.faults = parse_faults("slow:path=/v1/charges,count=0,seconds=60")
    chat.terminal.type("how many payments failed, by card brand")
    while not any(fault.seen for fault in server.sandbox.app.faults):
        server.sandbox.app.stopping.wait(0.05)
    chat.terminal.press("c")
    stopped = chat.terminal.until(PROMPT, typed="how many payments failed, by card brand")
    assert any("Stopped after" in line and "nothing was written" in line for line in stopped)
    server.sandbox.app.faults = []
    # What was there before still is: the second one is that of the first list.
    (shown,) = [line for line in chat.say("show me the second one") if line.startswith("ch_")]
    assert shown.split()[0] == first[1]
    chat.terminal.press("d")
    assert chat.terminal.left()[0] == Exit.DONE


def test_ctrl_c_does_not_wait_for_calls_under_way() -> None:
    """A long list is read by many hands at once; those that hang are left behind."""
    slow = parse_faults("slow:path=/v1/charges,nth=20,count=0,seconds=60")
    with Sandbox(seed=0, now=NOW, size=6000) as sandbox, serve(sandbox) as server:
        environment = {"STRIPE_API_KEY": KEY}
        with Terminal("chat", "--api-base", server.url, *CLOCK, environment=environment) as terminal:
            chat = Chat(terminal)
            sandbox.app.faults = slow
            terminal.type("how many payments failed, by card brand")
            while slow[0].seen < 24:
                sandbox.app.stopping.wait(0.05)
            terminal.press("c")
            assert any("Stopped after" in line for line in terminal.until(PROMPT, typed="by card brand"))
            sandbox.app.faults = []
            assert len(ids(chat.say("list payments from cus_ABC123"))) == 9


def test_ctrl_c_at_the_prompt_clears_the_line(chatting: Chatting) -> None:
    chat = chatting()
    chat.terminal.process.send("refund everyth")
    chat.terminal.until("refund everyth")
    chat.terminal.press("c")
    chat.terminal.until(PROMPT)
    assert len(ids(chat.say("list payments from cus_ABC123"))) == 9


def test_what_was_typed_is_remembered_but_for_keys(chatting: Chatting, tmp_path: Path) -> None:
    canary = "sk_" + "live_51CanaryCanaryCanaryCanary"
    chat = chatting()
    chat.say("list past due subscriptions")
    refused = chat.say(f"use {canary}")
    assert any("holds a Stripe key" in line for line in refused)
    chat.terminal.press("d")
    chat.terminal.left()
    kept = tmp_path / "chat-history"
    assert kept.read_text() == "list past due subscriptions\n"
    assert kept.stat().st_mode & 0o777 == 0o600
    again = chatting()
    again.terminal.process.send("\x1b[A")
    again.terminal.until("list past due subscriptions")


def test_nouns_and_statuses_are_completed(chatting: Chatting) -> None:
    chat = chatting()
    chat.say("/help")  # by now the grammar is there
    chat.say("list coupons")
    chat.terminal.process.send("list subscriptions past")
    chat.terminal.until_shown("status of subscriptions")
    chat.terminal.process.send("\t")
    chat.terminal.until("list subscriptions past due")


def test_a_first_chat_without_a_key_on_a_narrow_terminal(tmp_path: Path) -> None:
    environment = {"STRIPE_API_KEY": "", "FLARITE_NL_DATA": str(tmp_path)}
    with Terminal("chat", *CLOCK, columns=40, rows=60, environment=environment) as terminal:
        chat = Chat(terminal)
        assert terminal.at_cursor.startswith("SANDBOX>")
        listed = chat.say("list past due subscriptions")
        assert "Subscriptions: 4 found" in listed
        assert [line.split()[0] for line in listed if line.strip()[:1].isdigit()] == ["1", "2", "3", "4"]
        (count,) = [line for line in chat.say("how many are there?") if line.strip().isdigit()]
        assert count.strip() == "4"
        terminal.press("d")
        assert terminal.left()[0] == Exit.DONE
