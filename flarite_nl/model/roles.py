"""What an installation may write at all: everything, nothing, or named actions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

READ_ONLY = "read-only"
ALL = "all"


@dataclass(frozen=True, slots=True)
class Role:
    """``allowed`` holds the names of writes that may be made (``charges.refund``, ``invoices.*``); None is all.

    ``source`` says where this was set, for the sentence of a refusal.

    >>> from flarite_nl import Engine, role_of
    >>> support = role_of("charges.refund, invoices.*", "settings.toml")
    >>> support.allowed
    ('charges.refund', 'invoices.*')
    >>> engine = Engine(role=support)  # what is not allowed ends as an outcome whose error is ``forbidden``
    """

    allowed: tuple[str, ...] | None = None
    source: str = ""

    def allows(self, name: str) -> bool:
        """Whether the write ``resource.action`` may be made.

        >>> from flarite_nl import Role
        >>> support = Role(("charges.refund", "invoices.*"))
        >>> support.allows("invoices.void"), support.allows("customers.delete")
        (True, False)
        """
        return self.allowed is None or any(fnmatchcase(name, pattern) for pattern in self.allowed)

    def refusal(self, name: str) -> str:
        """One sentence for a write that may not be made.

        >>> from flarite_nl import Role
        >>> Role((), "settings.toml").refusal("charges.refund")
        'charges.refund is not allowed: this installation is read-only (settings.toml).'
        """
        where = f" ({self.source})" if self.source else ""
        if not self.allowed:
            return f"{name} is not allowed: this installation is read-only{where}."
        return f"{name} is not allowed: this installation may only do {', '.join(self.allowed)}{where}."


def role_of(value: Any, source: str) -> Role:
    """A role as it is configured: ``read-only``, ``all``, or names with commas between them or as a list.

    Raises:
        ValueError: one sentence, where it is none of these.

    >>> from flarite_nl import role_of
    >>> role_of("read-only", "settings.toml").allows("charges.refund")
    False
    >>> role_of(["charges.refund"], "settings.toml").allowed
    ('charges.refund',)
    """
    if isinstance(value, str):
        text = value.strip()
        if text == ALL:
            return Role(None, source)
        if text == READ_ONLY:
            return Role((), source)
        value = [each.strip() for each in text.split(",")]
    names = list(value) if isinstance(value, Iterable) else []
    if not names or not all(isinstance(each, str) and "." in each for each in names):
        raise ValueError(f"a role is {READ_ONLY!r}, {ALL!r} or names such as charges.refund, not {value!r}")
    return Role(tuple(names), source)
