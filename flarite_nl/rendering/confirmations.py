"""What a write is about to do, as a person is asked to agree to it."""

from __future__ import annotations

from flarite_nl.model.change import Change, Confirmation
from flarite_nl.rendering.cells import money
from flarite_nl.rendering.clean import clean_line
from flarite_nl.rendering.outcomes import badge

SHOWN = 20
"""Changes that are listed one by one; of more, the count and the totals speak."""


def confirmation_text(question: Confirmation) -> str:
    """Several lines: whose data, each change, the totals, what else happens, what is left out."""
    lines = [badge(question.mode, question.account), f"{question.name} would:"]
    lines += [f"  {_change(change)}" for change in question.changes[:SHOWN]]
    if len(question.changes) > SHOWN:
        lines.append(f"  … and {len(question.changes) - SHOWN} more")
    if len(question.changes) > 1 and question.totals:
        lines.append("In all: " + ", ".join(money(amount, currency) for currency, amount in question.totals.items()))
    lines += [f"Also: {clean_line(effect)}" for effect in question.effects]
    lines += [f"Left out: {clean_line(id)}: {clean_line(why)}" for id, why in question.skipped]
    if question.note:
        lines.append(f"Note: {clean_line(question.note)}")
    if question.risk == "irreversible":
        lines.append("This cannot be undone.")
    return "\n".join(lines)


def _change(change: Change) -> str:
    return clean_line(change.summary)
