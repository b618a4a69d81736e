"""Keys for people: the list, which one is used and why, what a restricted one may do. No key stands here whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flarite_nl.rendering.badges import badge, badge_word
from flarite_nl.rendering.clean import clean_line

if TYPE_CHECKING:
    from flarite_nl.model.outcome import Mode

NOTHING = "-"

PLACES = {
    "keyring": "the system's keyring",
    "file": "a file for you alone",
    "variable": "STRIPE_API_KEY",
}
NEEDS = {"refunds": "only where refunds are issued", "further": "only for prompts about it"}


def keys_text(rows: Sequence[Mapping[str, Any]], *, colour: bool = False) -> str:
    """The list of keys; the one in use is marked with a star."""
    if not rows:
        return "No keys are kept yet: flarite-nl keys add adds one."
    servers = any(row["server"] for row in rows)
    headings = ["", "name", "mode", "account", "country", "key", "kept in"] + ["server"] * servers
    cells = [
        [
            "*" if row["in_use"] else "",
            row["name"],
            _mode(row["mode"], colour),
            row["account_name"] or row["account"],
            row["country"],
            row["key"],
            PLACES[row["kept_in"]],
            *([row["server"] or "Stripe"] if servers else []),
        ]
        for row in rows
    ]
    return _columns(headings, cells, {_mode(row["mode"], True): badge_word(row["mode"], colour=True) for row in rows})


def _mode(mode: Mode, colour: bool) -> str:
    """The badge's word, as wide as it is when it is painted."""
    return f" {badge_word(mode)} " if colour else badge_word(mode)


def whoami_text(row: Mapping[str, Any], *, colour: bool = False) -> str:
    """Which key a call would use, and why."""
    lines = [badge(row["mode"], row["account_name"] or row["account"], row["server"], colour=colour)]
    facts = []
    if row["key"]:
        rights = "restricted" if row["restricted"] else "secret, it may do everything"
        facts.append(("key", f"{row['name'] + ', ' if row['name'] else ''}{row['key']} ({rights})"))
    facts.append(("why", row["why"]))
    if row["key"]:
        facts.append(("account", _account(row)))
        facts.append(("kept in", PLACES.get(row["kept_in"], "nowhere: it is made up")))
    return "\n".join(lines + [f"{name:<9}{clean_line(text)}" for name, text in facts])


def added_text(row: Mapping[str, Any], *, colour: bool = False) -> str:
    """What was added: mode as a badge, account, country, and how to use it."""
    use = "It is in use." if row["in_use"] else f"To use it: flarite-nl keys use {row['name']}"
    return "\n".join(
        [
            badge(row["mode"], row["account_name"] or row["account"], row["server"], colour=colour),
            clean_line(f"{row['name']}: {row['key']}, account {_account(row)}. {use}"),
        ]
    )


def verified_text(row: Mapping[str, Any], *, colour: bool = False) -> str:
    """Whose key it is and, of a restricted one, every permission with what it is needed for."""
    named = f"{row['name']}: " if row["name"] else ""
    lines = [
        badge(row["mode"], row["account_name"] or row["account"], row["server"], colour=colour),
        clean_line(f"{named}{row['key']}, account {_account(row)}. {row['server'] or 'Stripe'} takes it."),
    ]
    if row["permissions"]:
        cells = [
            [f"{each['permission']}: {each['access']}", "yes" if each["granted"] else "NO", each["name"], _need(each)]
            for each in row["permissions"]
        ]
        lines += ["", _columns(["permission", "allowed", "Stripe's name", ""], cells), ""]
        missing = [f"{each['permission']}: {each['access']}" for each in row["missing"]]
        lines.append(f"Missing: {', '.join(missing)}." if missing else "Nothing that is recommended is missing.")
    return "\n".join(lines)


def _need(probe: Mapping[str, Any]) -> str:
    return "" if probe["granted"] else NEEDS.get(probe["need"], "recommended")


def _account(row: Mapping[str, Any]) -> str:
    known = [row[name] for name in ("account_name", "account", "country") if row[name]]
    return ", ".join(known) if known else "not known"


def _columns(headings: Sequence[str], cells: Sequence[Sequence[Any]], painted: Mapping[str, str] | None = None) -> str:
    """Texts below each other; without tabulate, whose loading would be most of what this costs."""
    texts = [[clean_line(str(each)) if each else NOTHING for each in row] for row in cells]
    rows = [["" if not headings[at] and each == NOTHING else each for at, each in enumerate(row)] for row in texts]
    widths = [max(_width(row[at]) for row in [list(headings), *rows]) for at in range(len(headings))]

    def line(row: Sequence[str]) -> str:
        padded = ((each, " " * (wide - _width(each))) for each, wide in zip(row, widths, strict=True))
        shown = [(painted or {}).get(each, each) + blanks for each, blanks in padded]
        return "  ".join(shown).rstrip()

    return "\n".join(map(line, [headings, ["-" * wide for wide in widths], *rows]))


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth

    return int(wcswidth(text))
