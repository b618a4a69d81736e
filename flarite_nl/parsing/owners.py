"""Pass 3, bare names: "Hannah Lindqvist's invoices", "find Nadia Farouk", "customers in Leeds"."""

from __future__ import annotations

from flarite_nl.model.values import Value
from flarite_nl.parsing.apposed import capital_code
from flarite_nl.parsing.names import city_at, name_at
from flarite_nl.parsing.nouns import DONE
from flarite_nl.parsing.reading import Reading
from flarite_nl.parsing.values import add_values, list_joint


def owner(r: Reading, at: int) -> int:
    """A bare name: "Hannah Lindqvist's invoices", "open invoices of Globex", "billed to Acme Corp"."""
    spans = r.spans
    found = name_at(r, at, marked=False)
    if found is None:
        return 0
    name, end = found
    possessive = end < r.end and spans.tokens[end].kind == "suffix"
    quoted = spans.tokens[at].kind == "quote"
    if end in {spans.is_at(at, "country"), spans.is_at(at, "region")}:
        # "chargebacks from Brazil": a country's is nobody's name, and a region is no city.
        return 0
    behind = at - 1 >= r.first and any(
        spans.is_at(at - length, "glue", "prep") == at for length in (1, 2, 3, 4) if at - length >= r.first
    )
    if not possessive and not behind and spans.is_at(at - 1, "glue", "where", "inside"):
        if (
            r.resource.name == "customers"
            or not spans.is_at(at - 1, "toward", r.resource.name)
            or r.operation is not None
        ):
            return _place(r, at, end, name)
        behind = True
    asked = quoted and any(spans.is_at(each, "question", "money") == at for each in range(max(r.first, at - 4), at))
    subject = not (possessive or behind or (quoted and not asked)) and (
        _is_subject(r, at, end) or _is_sought(r, at, end) or _is_given(r, at)
    )
    if not (possessive or behind or subject):
        return 0
    if not possessive and at in spans.times:
        return 0
    if end == at + 1 and capital_code(name) and not spans.upper:
        return _coupon(r, at, end, name)
    if r.resource.name == "customers" and not r.scopes[1:]:
        # "customers from Acme" and "customers from Leeds" look alike; "Jane Doe's email" is one customer's.
        return _customer(r, at, end, name) if possessive or subject else 0
    path = r.path_to("customers")
    if path is None or r.has(path[0] + ".name"):
        # "Jane Doe's and Bob Ross's": of the one or of the other, and no frame says so.
        return 0
    r.add(path[0] + ".name", "contains", name)
    r.say(at, end, "name")
    r.settle(end)
    return end + 1 if possessive else end


def _is_subject(r: Reading, at: int, end: int) -> bool:
    """ "Does Owen Davies have …", "how much has Jane Doe spent", "the invoices Kestrel Ltd paid": who does it."""
    spans = r.spans
    if end >= r.end or spans.title:
        return False
    headed = r.head_at >= 0 and any(
        at in {stop, spans.is_at(stop, "glue", "relative")} for _, stop in spans.every(r.head_at, "noun")
    )
    if headed and spans.is_at(end, "glue", "aux") and "suffix" not in spans.tokens[end].kind:
        # "all the refunds Petra Novakova has had"
        return r.operation is None
    behind = spans.is_at(end, "not", "predicate") or end  # "invoices that Ivo Bright hasn't paid"
    done = any(sense.resource == r.resource.name for kind in DONE for sense, _ in spans.every(behind, kind))
    if r.operation is not None:
        # "refund the payments Ivo Marek made in March"
        return headed and done and r.operation.name != "create"
    asked = any(
        spans.is_at(each, "question", "exist", "money") == at or spans.is_at(each, "glue", "aux") == at
        for each in range(r.first, at)
    )
    if asked:
        return True
    return done and headed


def _is_given(r: Reading, at: int) -> bool:
    """ "give Ana Reyes a refund": whose it is stands inside the verb."""
    begun = r.taken.get(r.verb)
    return r.operation is not None and at == begun and any(place > at for place in r.taken) and not r.spans.title


def _is_sought(r: Reading, at: int, end: int) -> bool:
    """ "find Nadia Farouk": somebody by first and last name, and nothing else."""
    spans = r.spans
    if r.resource.name != "customers" or r.operation is not None or r.head_at >= 0 or r.filters or spans.title:
        return False
    sought = any(spans.is_at(each, "read") and spans.skip(each, ("read", "filler"), at) == at for each in range(at))
    return sought and end - at > 1 and spans.skip(end, ("filler", "comma", "stop"), r.end) >= r.end


def _customer(r: Reading, at: int, end: int, name: str) -> int:
    """ "Paolo Ricci's phone number": a customer by a bare name."""
    if r.filters or r.head_at >= 0:
        return 0
    r.add("name", "contains", name)
    r.say(at, end, "name")
    r.settle(end)
    return end + 1 if end < r.end and r.spans.tokens[end].kind == "suffix" else end


def _coupon(r: Reading, at: int, end: int, name: str) -> int:
    """ "promotion codes of SPRING20": a code in capitals is a coupon's, where there can be one, and nobody's name."""
    if "coupon" not in r.resource.fields:
        return 0
    # "the codes of coupon FALL24 save for VIPFALL": where the coupon is known it is a code.
    own = "code" if r.has("coupon") and "code" in r.resource.fields else "coupon"
    r.add(own, "eq", name)
    r.say(at, end, own)
    r.settle(end)
    return end


def other_owner(r: Reading, at: int) -> int:
    """ "what about Initrode?" after "invoices of Vandelay"."""
    field = "name" if r.resource.name == "customers" else "customer.name"
    before = {"customer", "customer.email", "customer.name"} if field == "customer.name" else {"name", "email", "id"}
    if r.previous is None or not any(each.field in before for each in r.previous.filters):
        return 0
    found = name_at(r, at, marked=False)
    if found is None:
        return 0
    r.add(field, "contains", found[0])
    return found[1]


def _place(r: Reading, at: int, end: int, name: str) -> int:
    """ "customers in Leeds": a city, for the noun that has one."""
    if not r.spans.is_at(at - 1, "glue", "inside"):
        return 0
    for scope in reversed(r.scopes):
        if "address.city" in scope.resource.fields and r.head_at >= 0:
            cities: list[Value] = [name]
            while (joint := list_joint(r, end)) and (again := city_at(r, joint)):
                cities.append(again[0])
                end = again[1]
            add_values(r, scope.prefix + "address.city", "eq", tuple(cities))
            scope.used = True
            r.say(at, end, "city")
            r.settle(end)
            return end
    return 0
