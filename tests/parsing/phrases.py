"""Write phrases: every operation of the grammar, ordered in its own verbs, on objects that it can be done to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from flarite_nl.grammar.schema import Operation, Resource
from flarite_nl.model.parse import READS, Parse
from flarite_nl.parsing.parser import Parser, shared_matcher
from tests.conftest import NOW

NOT_WRITES = READS | {"search"}

# What follows the verb of a create or an update, whose params are its object.
_OBJECTS = {
    "coupons.create": ["a 20% off coupon", "a coupon for $5 off"],
    "customers.create": ["a customer with email jo@acme.com", "customer jo@acme.com"],
    "customers.update": ["the phone of cus_A1b2C3 to +15550100200", "the email of cus_A1b2C3 to jo@acme.com"],
    "invoice_items.create": ["an invoice item of $30 for cus_A1b2C3", "a $30 invoice item to cus_A1b2C3"],
    "invoices.create": ["an invoice for cus_A1b2C3 for $50", "an invoice of $50 for cus_A1b2C3"],
    "payment_intents.create": ["a payment intent for $50", "a payment intent of $50 for cus_A1b2C3"],
    "payment_links.create": ["a payment link for price_A1b2C3", "a payment link for 2 x price_A1b2C3"],
    "payouts.create": ["$500", "a payout of $500"],
    "prices.create": ["a price of $10 a month for prod_A1b2C3", "a $10 price for prod_A1b2C3"],
    "prices.update": ['the nickname of price_A1b2C3 to "Basic"'],
    "products.create": ['a product named "Tea"', 'a product called "Tea"'],
    "products.update": ['the name of prod_A1b2C3 to "Tea"', 'prod_A1b2C3 to "Tea"'],
    "promotion_codes.create": [
        "a promotion code for coupon SPRING20",
        "a promotion code SPRING for coupon SPRING20",
    ],
    "subscriptions.create": ["a subscription for cus_A1b2C3 to price_A1b2C3"],
    "subscriptions.update": ["the quantity of sub_A1b2C3 to 5", "sub_A1b2C3 to price_A1b2C3"],
}
_PREFIX = {"disputes": "du_", "promotion_codes": "promo_", "coupons": ""}


@dataclass(frozen=True, slots=True)
class Phrase:
    """An order: ``text`` is one by itself; ``verb`` its first words where they stand together."""

    text: str
    name: str
    verb: str
    object: str


def operations() -> list[tuple[Resource, Operation]]:
    """Every write of the grammar."""
    grammar = shared_matcher().lexicon.grammar
    return [
        (resource, operation)
        for resource in grammar.resources.values()
        for operation in resource.operations.values()
        if operation.name not in NOT_WRITES
    ]


def _objects(resource: Resource, operation: Operation) -> list[str]:
    known = _OBJECTS.get(f"{resource.name}.{operation.name}")
    if known:
        return known
    prefix = _PREFIX.get(resource.name, resource.prefixes[0] if resource.prefixes else "")
    noun = resource.nouns[0].one[0]
    if not prefix:
        return [f"the {noun} SPRING20", f"{noun} SPRING20"]
    return [f"{prefix}A1b2C3", f"{noun} {prefix}A1b2C3", f"{prefix}A1b2C3 and {prefix}D4e5F6"]


def _joined(verb: str, thing: str) -> str:
    """ "put ... on hold" holds the object in its gap."""
    return verb.replace("...", thing) if "..." in verb else f"{verb} {thing}"


@cache
def phrases() -> tuple[Phrase, ...]:
    """Those that are orders by themselves: what the laws say of any other would say nothing."""
    parser = Parser()
    found: list[Phrase] = []
    for resource, operation in operations():
        name = f"{resource.name}.{operation.name}"
        for verb in operation.verbs:
            for thing in _objects(resource, operation):
                text = _joined(verb, thing)
                if orders(parser.parse(text, NOW), name):
                    found.append(Phrase(text, name, verb, thing))
    return tuple(found)


@cache
def chosen() -> tuple[Phrase, ...]:
    """Two phrases of each operation: the first of each of two verbs."""
    found: dict[str, list[Phrase]] = {}
    for phrase in phrases():
        mine = found.setdefault(phrase.name, [])
        if len(mine) < 2 and all(phrase.verb != each.verb for each in mine):
            mine.append(phrase)
    return tuple(phrase for mine in found.values() for phrase in mine)


def orders(parse: Parse, name: str) -> bool:
    return parse.writes and all(intent.name == name for intent in parse.intents)
