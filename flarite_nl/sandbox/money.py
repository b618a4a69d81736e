"""What the sandbox knows of currencies: decimals (STRIPE.md 20), least amounts, fees."""

from __future__ import annotations

from flarite_nl.sandbox.types import Obj

ZERO_DECIMAL = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())
THREE_DECIMAL = frozenset("bhd jod kwd omr tnd".split())
WHOLE_UNITS = frozenset(("isk", "ugx"))
"""Sent with two decimals that must be zero."""

_OTHERS = (
    "usd eur gbp cad aud nzd chf sek nok dkk pln czk huf ron bgn try ils inr idr myr php sgd hkd thb twd cny mxn brl "
    "ars cop pen uyu bob crc dop gtq hnl nio zar egp mad ngn kes ghs tzs aed sar qar pkr bdt lkr npr uah kzt gel amd "
    "azn rsd mkd mdl bam all isk jmd ttd bbd bsd bzd xcd awg ang kyd fjd pgk sbd top wst mvr mur scr szl lsl nad bwp "
    "zmw mwk mzn etb sos lrd sll gmd cve std khr lak mop mnt kgs tjs uzs afn yer"
)
KNOWN = ZERO_DECIMAL | THREE_DECIMAL | WHOLE_UNITS | frozenset(_OTHERS.split())

LEAST = {"usd": 50, "eur": 50, "gbp": 30, "jpy": 50, "kwd": 150, "cad": 50, "aud": 50, "chf": 50, "sek": 300}
"""The smallest amount of a charge, in minor units."""

SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


def decimals(currency: str) -> int:
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def spoken(amount: int, currency: str) -> str:
    """``$12.00``, ``¥500``, ``KWD1.250``: how Stripe's messages write an amount of minor units."""
    places = decimals(currency)
    text = f"{amount / 10**places:,.{places}f}"
    return SIGNS.get(currency, currency.upper() + " ") + text


def fee(amount: int, currency: str) -> int:
    """2.9 % and a fixed part, in minor units of the charge's own currency."""
    fixed = {0: 30, 3: 100}.get(decimals(currency), 30)
    return amount * 29 // 1000 + fixed


def totals(rows: list[tuple[str, int]]) -> list[Obj]:
    """The balance's array: one entry a currency, the account's own first."""
    ordered = sorted(rows, key=lambda row: (row[0] != "usd", row[0]))
    return [{"amount": amount, "currency": code, "source_types": {"card": amount}} for code, amount in ordered]
