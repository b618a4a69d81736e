"""What this installation allows: read from the site's and the user's ``config.toml`` and from the environment.

``config.toml``, in the platform's configuration folder::

    [write]
    role = "read-only"                      # or "all", or ["charges.refund", "invoices.*"]
    confirm_above = { usd = 100, jpy = 15000 }   # live: type the name or the total above this; one number for all

``FLARITE_NL_ROLE`` narrows the role further. All of them hold: what one forbids, none of the others allows.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from flarite_nl.errors import Forbidden, InputError
from flarite_nl.model.currencies import exponent
from flarite_nl.model.plan import Plan
from flarite_nl.model.roles import Role, role_of

ROLE = "FLARITE_NL_ROLE"

Above = Mapping[str | None, Decimal]
"""Thresholds in major units by currency; under None that of every other currency."""

ABOVE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Settings:
    """``roles`` must all allow a write; ``above`` are the thresholds of a typed confirmation."""

    roles: tuple[Role, ...] = ()
    above: Above = field(default_factory=dict)

    def check(self, name: str) -> None:
        """Whether the write ``resource.action`` may be made here.

        Raises:
            Forbidden: one sentence that says which setting forbids it.
        """
        for role in self.roles:
            if not role.allows(name):
                raise Forbidden(role.refusal(name))


def allowed(plan: Plan, role: Role | None) -> Above:
    """Every write of the plan may be made here; what comes back are the thresholds of a typed confirmation.

    Args:
        role: narrows what may be written further than the settings do.

    Raises:
        Forbidden: where one may not.
        InputError: as ``load``.
    """
    held = load()
    if role is not None:
        held = Settings((*held.roles, role), held.above)
    for step in plan.steps:
        if step.kind == "write":
            held.check(step.name)
    return held.above


def threshold(above: Above, currency: str) -> Decimal:
    """The amount in major units above which a live write is confirmed by typing; 100, or 10,000 without decimals."""
    usual = ABOVE if exponent(currency) else ABOVE * 100
    return above.get(currency, above.get(None, usual))


def files() -> tuple[Path, ...]:
    """Where settings may stand: the administrator's file, then the user's."""
    import platformdirs

    folders = (platformdirs.site_config_dir("flarite-nl"), platformdirs.user_config_dir("flarite-nl"))
    return tuple(Path(each) / "config.toml" for each in folders)


def load(paths: Sequence[Path] | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings that hold here.

    Raises:
        InputError: a file or variable that cannot be read as settings; nothing may be written then.
    """
    environment = os.environ if environment is None else environment
    settings = Settings()
    for path in files() if paths is None else paths:
        try:
            with path.open("rb") as file:
                section = tomllib.load(file).get("write", {})
            settings = _with(settings, section, str(path))
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as problem:
            raise InputError(f"The settings in {path} cannot be read: {problem}") from None
    named = environment.get(ROLE)
    try:
        return _with(settings, {"role": named}, ROLE) if named else settings
    except ValueError as problem:
        raise InputError(f"{ROLE} cannot be read: {problem}.") from None


def _with(settings: Settings, section: Any, source: str) -> Settings:
    if not isinstance(section, Mapping):
        raise ValueError("[write] is a table")
    unknown = set(section) - {"role", "confirm_above"}
    if unknown:
        raise ValueError(f"[write] has no {sorted(unknown)[0]!r}, only role and confirm_above")
    roles = (*settings.roles, role_of(section["role"], source)) if "role" in section else settings.roles
    return Settings(roles, {**settings.above, **_above(section.get("confirm_above", {}))})


def _above(value: Any) -> dict[str | None, Decimal]:
    given = value if isinstance(value, Mapping) else {None: value}
    try:
        return {name.lower() if name else None: Decimal(str(each)) for name, each in given.items()}
    except InvalidOperation:
        raise ValueError(f"confirm_above is a number, or one for each currency, not {value!r}") from None
