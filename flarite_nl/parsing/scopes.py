"""Pass 3, the end of a clause: what the other objects that it spoke of come to ("customers with invoices")."""

from __future__ import annotations

from flarite_nl.parsing import nouns
from flarite_nl.parsing.reading import Reading


def settle_scopes(r: Reading) -> None:
    """An object that was named and not described is there at all, or nobody is named, or it is left over."""
    said = {path for each in r.filters for path in _paths(each.field)} if len(r.scopes) > 1 else set()
    for depth, scope in enumerate(r.scopes[1:], 1):
        name = scope.prefix[:-1]
        if scope.many and scope.prefix not in said:
            r.add(name, "exists", True)
            said.update(_paths(name))
        elif not scope.many and not scope.used and scope.prefix not in said and name not in said:
            if f"has {depth}" in r.marks:
                # "give 30% back, as agreed with the customer" asks for nothing that has one.
                if r.own_id and r.operation is not None:
                    r.unread.append(scope.position)
                r.add(name, "exists", True)
                said.update(_paths(name))
            elif scope.resource.name == "customers":
                asked = r.operation is None and r.question == "exist" and nouns.anybody(r, scope.position)
                if not asked and not nouns.its_own(r, scope.position):
                    r.marks.add("customer unnamed")
            else:
                r.unread.append(scope.position)


def _paths(field: str) -> list[str]:
    """A field's name, and with a dot at its end each prefix of it."""
    return [field, *(field[: at + 1] for at, char in enumerate(field) if char == ".")]
