"""The line that a prompt of a chat is typed in: editing, history, completion, badge. Only this knows prompt_toolkit.

Without a terminal prompts are read line by line, as from a file.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import History
from prompt_toolkit.output import create_output
from prompt_toolkit.styles import Style

from flarite_nl import keys
from flarite_nl.rendering.clean import clean_line

if TYPE_CHECKING:
    from flarite_nl.conversation.offers import Offer
    from flarite_nl.model.outcome import Mode

KEPT = 1000
"""Prompts that are remembered from one chat to the next."""

STYLE = Style.from_dict(
    {"live": "bold bg:ansired ansiwhite", "test": "bold ansiyellow", "sandbox": "bold ansicyan", "about": "noreverse"}
)


class Line:
    """Where prompts are typed at a terminal.

    Args:
        mode: whose data it is, asked before each prompt, and the account's name where it is known.
        about: what "it" and "them" stand for, shown below the line.
        offers: what the text before the cursor may become.
        history: the file that prompts are remembered in; None remembers them in this chat only.
    """

    def __init__(
        self,
        mode: Callable[[], tuple[Mode, str | None]],
        about: Callable[[], str],
        offers: Callable[[str], Sequence[Offer]],
        history: Path | None,
    ) -> None:
        self._mode, self._about = mode, about
        self._session: PromptSession[str] = PromptSession(
            history=Remembered(history),
            completer=_Completer(offers),
            complete_while_typing=True,
            output=create_output(stdout=sys.stderr),
            style=None if os.environ.get("NO_COLOR") else STYLE,
            bottom_toolbar=self._toolbar,
        )

    def read(self) -> str:
        """The next prompt. Raises EOFError at Ctrl-D and KeyboardInterrupt at Ctrl-C."""
        return self._session.prompt(self._badge)

    def _badge(self) -> StyleAndTextTuples:
        mode, account = self._mode()
        name = f" {clean_line(account)}" if account and mode != "sandbox" else ""
        return [(f"class:{mode}", mode.upper()), ("", f"{name}> ")]

    def _toolbar(self) -> StyleAndTextTuples | None:
        about = self._about()
        return [("class:about", f"it, them: {clean_line(about)}   /help /undo")] if about else None


class Remembered(History):
    """Prompts of earlier chats, in a file that only its owner can read. What holds a key is not remembered."""

    def __init__(self, file: Path | None) -> None:
        super().__init__()
        self._file = file

    def load_history_strings(self) -> Iterable[str]:
        return reversed(self._lines())

    def store_string(self, string: str) -> None:
        if self._file is not None:
            with suppress(OSError):  # a folder that cannot be written to is fine: it is remembered in this chat
                self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                _write(self._file, " ".join(string.split()) + "\n", os.O_APPEND)

    def append_string(self, string: str) -> None:
        if holds_key(string):
            return
        super().append_string(string)

    def _lines(self) -> list[str]:
        """The last prompts of the file; a file that has grown long is cut down to them."""
        if self._file is None:
            return []
        try:
            lines = self._file.read_text("utf-8", "replace").splitlines()
            if len(lines) > 2 * KEPT:
                new = self._file.with_suffix(".new")
                _write(new, "\n".join(lines[-KEPT:]) + "\n", os.O_TRUNC)
                new.replace(self._file)
        except OSError:
            return []
        return lines[-KEPT:]


def _write(path: Path, text: str, how: int) -> None:
    number = os.open(path, os.O_CREAT | os.O_WRONLY | how, 0o600)
    with os.fdopen(number, "w", encoding="utf-8") as file:
        file.write(text)


def holds_key(text: str) -> bool:
    """Whether a Stripe key stands in a text."""
    return keys.redact(text) != text


class _Completer(Completer):
    def __init__(self, offers: Callable[[str], Sequence[Offer]]) -> None:
        self._offers = offers

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        for each in self._offers(document.text_before_cursor):
            yield Completion(each.phrase, -each.typed, display_meta=each.what)
