"""Customers: those that examples name, those whose names are hard to print, and any number of others."""

from __future__ import annotations

from typing import Any

from flarite_nl.sandbox.demo.builder import Builder
from flarite_nl.sandbox.shapes import customers
from flarite_nl.sandbox.types import Obj

Card = tuple[str, str, str]

VISA: Card = ("visa", "4242", "US")
MASTERCARD: Card = ("mastercard", "4444", "US")
AMEX: Card = ("amex", "8431", "US")
DECLINED: Card = ("visa", "0341", "US")

PEOPLE: list[tuple[str, str | None, str | None, Card | None, dict[str, Any]]] = [
    ("cus_JennyRosen0001", "Jenny Rosen", "jenny.rosen@example.com", VISA, {"phone": "+14155550111"}),
    ("cus_ABC123", "Ada Byron", "ada.byron@example.com", MASTERCARD, {"metadata": {"plan": "pro", "account_no": "17"}}),
    ("cus_JaneDoe0000001", "Jane Doe", "jane@acme.com", AMEX, {"currency": "usd"}),
    ("cus_JohnSmith00001", "John Smith", "john.smith@example.com", VISA, {}),
    ("cus_JohnSmith00002", "John Smith", "john@smith.example", ("visa", "5556", "US"), {}),
    ("cus_BobStone000001", "Bob Stone", "Bob.Stone@Example.com", VISA, {"balance": -5000, "currency": "usd"}),
    ("cus_OwingOlga00001", "Olga Petrova", "olga@petrova.example", DECLINED,
     {"balance": 2500, "currency": "usd", "delinquent": True}),
    ("cus_TokyoTaro00001", "山田 太郎", "taro@yamada.example", ("jcb", "0505", "JP"), {"currency": "jpy"}),
    ("cus_KuwaitKhalid01", "خالد العجمي", "khalid@kuwait.example", MASTERCARD, {"currency": "kwd"}),
    ("cus_Lukasz00000001", "Łukasz Żółć", "lukasz@zolc.example", ("mastercard", "0006", "PL"), {"currency": "eur"}),
    ("cus_ConanOBrien001", "Conan \"The Barber\" O'Brien", "conan@obrien.example", VISA, {}),
    ("cus_Escape00000001", "\x1b[31mRed\x1b[0m Alert\x07", "red@alert.example", VISA,
     {"description": "\x1b]0;owned\x07 terminal escapes, on purpose"}),
    ("cus_Formula0000001", "=HYPERLINK(\"http://evil.example\")", "formula@example.com", VISA, {}),
    ("cus_NoEmail0000001", "Walk-in Wendy", None, None, {}),
    ("cus_NoName00000001", None, "someone@acme.com", DECLINED, {"delinquent": True, "phone": "+442071234567"}),
    ("cus_Emoji000000001", "Zoë 🎈 Müller-Lüdenscheidt", "zoe@mueller.example", ("visa", "0016", "DE"),
     {"currency": "eur", "address": customers.address(city="Berlin", country="DE", line1="Unter den Linden 1",
                                                      postal_code="10117")}),
]  # fmt: skip

FIRST = ("Alice Bruno Chloé Dmitri Elena Farid Grace Hiro Ines Jonas Keira Liam Maya Noah Oscar Priya Quinn Rosa Sven "
         "Tara Umar Vera Wei Ximena Yusuf Zara").split()  # fmt: skip
LAST = ("Adler Bianchi Carter Dubois Evans Fischer García Hansen Ivanov Jones Kim Lopez Martin Nakamura Olsen Patel "
        "Quist Rossi Silva Tanaka Ueda Vargas Weber Xu Young Zhang").split()  # fmt: skip
DOMAINS = ("example.com", "acme.com", "mail.example", "studio.example", "büro.example")
PLACES = (("US", "New York"), ("US", "Austin"), ("GB", "London"), ("DE", "Hamburg"), ("FR", "Lyon"), ("JP", "Osaka"))


def build(builder: Builder) -> dict[str, Obj]:
    """The named customers with their cards, by ID."""
    out = {}
    for at, (id, name, email, card, fields) in enumerate(PEOPLE):
        out[id] = add(builder, id, builder.ago(700 - 30 * at), name, email, card, fields)
    builder.world.store.delete("customer", "cus_Deleted0000001", tombstone=True)
    return out


def add(
    builder: Builder, id: str, born: int, name: str | None, email: str | None, card: Card | None, fields: dict[str, Any]
) -> Obj:
    method = None
    if card is not None:
        made = customers.payment_method(builder.id("pm_1"), born, id, builder.card(*card))
        method = builder.cards[id] = builder.keep(made)
    customer = customers.customer(id, born, name=name, email=email, **fields)
    customer["invoice_settings"]["default_payment_method"] = method["id"] if method else None
    return builder.keep(customer)


def stranger(builder: Builder, number: int) -> Obj:
    """One more customer, of no importance."""
    random = builder.random
    first, last = random.choice(FIRST), random.choice(LAST)
    country, city = random.choice(PLACES)
    email = f"{first}.{last}{number}@{random.choice(DOMAINS)}".lower()
    card = random.choice((VISA, VISA, MASTERCARD, AMEX, ("discover", "1117", "US"), ("visa", "0005", "GB")))
    fields = {"address": customers.address(city=city, country=country)}
    born = builder.ago(5 + random.randrange(600))
    return add(builder, builder.id("cus_", 14), born, f"{first} {last}", email, card, fields)
