"""All writes of a batch as one question: how many, how much, on whose account, and what is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flarite_nl.errors import PreflightError
from flarite_nl.model.currencies import shown
from flarite_nl.model.outcome import Mode
from flarite_nl.rendering.badges import badge
from flarite_nl.rendering.cells import money
from flarite_nl.rendering.clean import clean_line

SHOWN = 20
"""Lines of each kind that are shown one by one; of more, their number is."""

RISKS = ("write", "money", "irreversible")


@dataclass(slots=True)
class Listed:
    """The first few of many sentences, and how many there are."""

    first: list[str] = field(default_factory=list)
    number: int = 0

    def add(self, text: str) -> None:
        self.number += 1
        if len(self.first) < SHOWN:
            self.first.append(text)

    def lines(self, indent: str = "  ") -> list[str]:
        more = self.number - len(self.first)
        return [indent + clean_line(each) for each in self.first] + ([f"{indent}… and {more:,} more"] if more else [])


@dataclass(slots=True)
class Whole:
    """``totals`` are in major units by currency, ``actions`` how many changes of each kind and their totals."""

    mode: Mode = "sandbox"
    account: str | None = None
    prompts: int = 0
    writes: int = 0
    targets: int = 0
    totals: dict[str, Decimal] = field(default_factory=dict)
    actions: dict[str, tuple[int, dict[str, Decimal]]] = field(default_factory=dict)
    risk: str = "write"
    changes: Listed = field(default_factory=Listed)
    read_as: Listed = field(default_factory=Listed)
    same: Listed = field(default_factory=Listed)
    left_out: Listed = field(default_factory=Listed)
    effects: Listed = field(default_factory=Listed)

    def add(self, where: str, question: Mapping[str, Any], risk: str) -> None:
        """One write of one line, as ``Confirmation.to_dict`` has it."""
        count, sums = self.actions.get(question["name"], (0, {}))
        for currency, amount in question["totals"].items():
            sums[currency] = sums.get(currency, Decimal(0)) + Decimal(amount)
            self.totals[currency] = self.totals.get(currency, Decimal(0)) + Decimal(amount)
        self.actions[question["name"]] = (count + len(question["changes"]), sums)
        self.targets += question["targets"]
        self.risk = max(self.risk, risk, key=RISKS.index)
        for change in question["changes"]:
            self.changes.add(f"{where}: {change['summary']}")
        for each in question["corrections"]:
            self.read_as.add(f"{where}: {each['text']} as {each['read_as']}")
        for each in question["skipped"]:
            self.left_out.add(f"{where}, {each['id']}: {each['why']}")
        for effect in question["effects"]:
            self.effects.add(f"{where}: {effect}")

    def bounded(self, targets: int | None, limits: Mapping[str | None, Decimal]) -> None:
        """Nothing is at stake beyond what was allowed.

        Raises:
            PreflightError: where more is.
        """
        if targets is not None and self.targets > targets:
            raise PreflightError(f"{self.targets:,} objects would be written, and the most allowed is {targets:,}.")
        for currency, total in self.totals.items():
            most = limits.get(currency, limits.get(None))
            if limits and (most is None or total > most):
                allowed = f"{shown(most, currency)} {currency.upper()}" if most is not None else "nothing in it"
                said = f"{shown(total, currency)} {currency.upper()}"
                raise PreflightError(f"{said} is at stake in all, and the most allowed is {allowed}.")

    def typed(self, thresholds: Mapping[str, Decimal]) -> tuple[str, ...]:
        """Words of which one must be typed in live mode: for several changes, or more than the threshold."""
        over = any(total > thresholds[currency] for currency, total in self.totals.items())
        if self.mode != "live" or (not over and self.changes.number < 2):
            return ()
        totals = [shown(amount, currency) for currency, amount in self.totals.items()]
        words = ([self.account] if self.account else []) + (totals if len(totals) == 1 else [])
        return tuple(words) or (f"{self.writes} writes",)

    def text(self) -> str:
        """What a person is shown before the first write."""
        lines = [badge(self.mode, self.account)]
        lines.append(f"{_count(self.writes, 'line')} of {self.prompts:,} would write:")
        for name, (count, sums) in sorted(self.actions.items()):
            lines.append(f"  {name}: {count:,}{_sums(sums)}")
        lines.append(f"In all {_count(self.targets, 'target')}{_sums(self.totals)}")
        for heading, listed in (
            ("Changes", self.changes),
            ("READ AS", self.read_as),
            ("Also", self.effects),
            ("On the same object", self.same),
            ("Left out", self.left_out),
        ):
            lines += [f"{heading}:", *listed.lines()] if listed.number else []
        if self.risk == "irreversible":
            lines.append("Some of this cannot be undone.")
        return "\n".join(lines)


def _sums(sums: Mapping[str, Decimal]) -> str:
    return "".join(f", {money(amount, currency)}" for currency, amount in sorted(sums.items()))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
