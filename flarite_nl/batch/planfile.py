"""All writes of a batch in one file, for someone else to approve: made by a dry run, carried out by ``apply``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flarite_nl.batch.items import Item, Read
from flarite_nl.batch.journal import Agreed, Journal
from flarite_nl.batch.preparing import where
from flarite_nl.batch.whole import Whole
from flarite_nl.keys import redact
from flarite_nl.model.currencies import shown
from flarite_nl.model.outcome import Failure
from flarite_nl.model.parse import Parse
from flarite_nl.model.prepared import Prepared, sealed, unsealed

FORM = "flarite-nl batch plan 1"


def made(whole: Whole, journal: Journal, secret: str, moment: datetime) -> dict[str, Any]:
    """The file's JSON. ``hash`` shows an edit; ``seal`` also one that mends the hash, and another key."""
    lines = list(journal.prepared())
    first = lines[0]["write"] if lines else {}
    body = {
        "form": FORM,
        "made": moment.isoformat(),
        "mode": whole.mode,
        "name": whole.account,
        "server": first.get("server"),
        "key": redact(secret),
        "prompts": whole.prompts,
        "writes": whole.writes,
        "targets": whole.targets,
        "totals": {currency: shown(total, currency) for currency, total in whole.totals.items()},
        "actions": {name: count for name, (count, _) in sorted(whole.actions.items())},
        "risk": whole.risk,
        "left_out": list(journal.left_out()),
        "lines": lines,
    }
    return sealed(body, secret)


def taken(raw: Any, journal: Journal, secret: str, *, unseen: bool) -> tuple[Whole, list[Read], str | None]:
    """Read a file back into a journal: all writes, the lines to carry out, and the server that they are for.

    Args:
        raw: the file's JSON.
        secret: the key that is used now, which must be the one that the plan was made with.
        unseen: nobody sees what is asked, so that lines with a misspelt word are left out.

    Raises:
        ValueError: one sentence, where it is no such file, was edited, or was made with another key.
    """
    body = unsealed(raw, FORM, secret, redact(secret))
    whole = Whole(body["mode"], body["name"], body["prompts"], body["writes"], risk=body["risk"])
    reads = []
    for line in body["lines"]:
        prepared = Prepared.from_dict(line["write"], secret, redact(secret))
        intents = tuple(step.intent for step in prepared.plan.steps)
        item = Item(line["index"], line["file"], line["line"], prepared.plan.prompt)
        misread = next(_misread(prepared), None) if unseen else None
        agreed = Agreed(line["nonce"], line["write"] if misread is None else None, misread, line["shared"])
        journal.add(item.index, item.file, item.line, agreed)
        reads.append(Read(item, Parse(prepared.plan.prompt, "ok", intents)))
        for question in prepared.questions if misread is None else ():
            whole.add(where(item), question, body["risk"])
    for each in body["left_out"]:
        whole.left_out.add(f"{where(Item(each['index'], each['file'], each['line']))}: {each['why']}")
    return whole, reads, body["server"]


def _misread(prepared: Prepared) -> Iterator[Failure]:
    for question in prepared.questions:
        for each in question["corrections"]:
            said = f"{each['text']!r} was read as {each['read_as']!r}, which --yes does not confirm."
            yield Failure("declined", said)
