"""What is remembered of the prompts of a chat."""

from __future__ import annotations

import stat
from pathlib import Path

from flarite_nl.cli.chatline import KEPT, Remembered

CANARY = "rk_" + "test_51CanaryCanaryCanaryCanary"


def test_prompts_are_remembered_newest_first_for_their_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "new" / "chat-history"
    history = Remembered(file)
    for text in ("list invoices", "refund\n  ch_1"):
        history.append_string(text)
    assert file.read_text() == "list invoices\nrefund ch_1\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert list(Remembered(file).load_history_strings()) == ["refund ch_1", "list invoices"]


def test_no_key_is_remembered_not_even_in_this_chat(tmp_path: Path) -> None:
    file = tmp_path / "chat-history"
    history = Remembered(file)
    history.append_string(f"list invoices of {CANARY}")
    assert history.get_strings() == []
    assert not file.exists()


def test_a_long_history_is_cut_down(tmp_path: Path) -> None:
    file = tmp_path / "chat-history"
    file.write_text("".join(f"list invoice {number}\n" for number in range(3 * KEPT)))
    kept = list(Remembered(file).load_history_strings())
    assert (len(kept), kept[0]) == (KEPT, f"list invoice {3 * KEPT - 1}")
    assert len(file.read_text().splitlines()) == KEPT
    assert [each.name for each in tmp_path.iterdir()] == [file.name]


def test_a_folder_that_cannot_be_written_to_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("this is no folder")
    history = Remembered(tmp_path / "data" / "chat-history")
    history.append_string("list invoices")
    assert history.get_strings() == ["list invoices"]
    assert list(history.load_history_strings()) == []
