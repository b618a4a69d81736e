"""What a write is about to do, as a person is asked to agree to it."""

from __future__ import annotations

from flarite_nl.model.change import Change, Confirmation
from flarite_nl.rendering.badges import badge
from flarite_nl.rendering.cells import money
from flarite_nl.rendering.clean import clean_line


def confirmation_text(question: Confirmation) -> str:
    """Several lines: whose data, then what is asked."""
    return "\n".join([badge(question.mode, question.account), *question_lines(question)])


def question_lines(question: Confirmation) -> list[str]:
    """Misspelt words, what the prompt means, each change, how many, the totals, what else happens, what is left out."""
    lines = [f"READ AS: {clean_line(text)} as {clean_line(word)}" for text, word in question.corrections]
    if question.sentence:
        which = f" (request {question.step + 1})" if question.step else ""
        lines.append(f"Meant{which}: {clean_line(question.sentence)}")
    lines.append(f"{question.name} would{_count(question)}:")
    lines += [f"  {_change(change)}" for change in question.changes]
    if question.totals:
        lines.append("In all: " + ", ".join(money(amount, currency) for currency, amount in question.totals.items()))
    lines += [f"Also: {clean_line(effect)}" for effect in question.effects]
    lines += [f"Before: {clean_line(remark)}" for remark in question.remarks]
    lines += [f"Left out: {clean_line(id)}: {clean_line(why)}" for id, why in question.skipped]
    if question.note:
        lines.append(f"Note: {clean_line(question.note)}")
    if question.risk == "irreversible":
        lines.append("This cannot be undone.")
    return lines


def _count(question: Confirmation) -> str:
    number = question.targets
    return f", on {number} target{'' if number == 1 else 's'}" if number else ""


def _change(change: Change) -> str:
    whose = f" - customer {change.customer}" if change.customer and change.customer not in change.summary else ""
    return clean_line(change.summary + whose)
