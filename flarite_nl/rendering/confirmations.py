"""What a write is about to do, as a person is asked to agree to it."""

from __future__ import annotations

from flarite_nl.model.change import Change, Confirmation
from flarite_nl.rendering.badges import badge
from flarite_nl.rendering.cells import money
from flarite_nl.rendering.clean import clean_line

SHOWN = 20
"""Changes that are listed one by one; of more, the count and the totals speak."""


def confirmation_text(question: Confirmation) -> str:
    """Several lines: whose data, misspelt words, each change, the totals, what else happens, what is left out."""
    count = f" ({len(question.changes)} targets)" if len(question.changes) > 1 else ""
    lines = [badge(question.mode, question.account)]
    lines += [f"READ AS: {clean_line(text)} as {clean_line(word)}" for text, word in question.corrections]
    lines.append(f"{question.name} would{count}:")
    lines += [f"  {_change(change)}" for change in question.changes[:SHOWN]]
    if len(question.changes) > SHOWN:
        lines.append(f"  … and {len(question.changes) - SHOWN} more")
    if len(question.changes) > 1 and question.totals:
        lines.append("In all: " + ", ".join(money(amount, currency) for currency, amount in question.totals.items()))
    lines += [f"Also: {clean_line(effect)}" for effect in question.effects]
    lines += [f"Before: {clean_line(remark)}" for remark in question.remarks]
    lines += [f"Left out: {clean_line(id)}: {clean_line(why)}" for id, why in question.skipped]
    if question.note:
        lines.append(f"Note: {clean_line(question.note)}")
    if question.risk == "irreversible":
        lines.append("This cannot be undone.")
    return "\n".join(lines)


def _change(change: Change) -> str:
    whose = f" - customer {change.customer}" if change.customer and change.customer not in change.summary else ""
    return clean_line(change.summary + whose)
