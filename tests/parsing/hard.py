"""Prompts built to be hard: each of a kind, as long as asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, cycle


def _ids(prefix: str) -> Iterator[str]:
    return (f"{prefix}{number:03d}" for number in count())


# name: (how the prompt begins, what is repeated, how it ends)
HARD: dict[str, tuple[str, Callable[[], Iterator[str]], str]] = {
    "nested not": ("payments that are ", lambda: cycle(["not "]), "refunded"),
    "not and": ("payments ", lambda: cycle(["not refunded and ", "not disputed and "]), "not failed"),
    "and": ("refund ch_1", lambda: cycle([" and"]), ""),
    "and orders": ("refund ch_1", lambda: cycle([" and cancel sub_1", " and void in_1", " and refund ch_2"]), ""),
    "ids": ("show", lambda: (f" {each}," for each in _ids("in_")), " in_1"),
    "refund ids": ("refund", lambda: (f" {each}," for each in _ids("ch_")), " ch_1"),
    "ids with and": ("list", lambda: (f" cus_{number} and" for number in count()), " cus_1"),
    "digits": ("payments over ", lambda: cycle(["9"]), ""),
    "numbers": ("payments between", lambda: (f" {number} and" for number in count(10)), " 9"),
    "money": ("payments", lambda: (f" over ${number}" for number in count(10)), ""),
    "keywords": ("", lambda: cycle(["refund "]), ""),
    "nouns": ("list ", lambda: cycle(["payments "]), ""),
    "mixed nouns": ("", lambda: cycle(["customers ", "invoices ", "subscriptions ", "payments "]), ""),
    "of the customer": ("invoices", lambda: cycle([" of the customer"]), ""),
    "of relations": ("payments", lambda: cycle([" of the invoices of the subscriptions of customers"]), ""),
    "commas": ("payments", lambda: cycle([","]), " refunds"),
    "stops": ("refund ch_1", lambda: cycle([". "]), ""),
    "sentences": ("", lambda: cycle(["List refunds. ", "Show payouts. "]), ""),
    "colons": ("sub_1", lambda: cycle([": "]), " cancel it"),
    "notes": ("refund ch_1", lambda: cycle([" - because of it"]), ""),
    "quotes": ("customers named ", lambda: cycle(['"']), ""),
    "single quotes": ("customers named ", lambda: cycle(["'"]), ""),
    "quoted words": ("customers named ", lambda: cycle(['"Acme" or ']), '"Acme"'),
    "or": ("payments that are", lambda: cycle([" failed or", " pending or"]), " refunded"),
    "statuses": ("payments", lambda: cycle([" failed", " pending"]), ""),
    "dates": ("payments", lambda: cycle([" since Monday", " before March 3"]), ""),
    "date words": ("payments in ", lambda: cycle(["last ", "week ", "of ", "the "]), ""),
    "months": ("payments in ", lambda: cycle(["March ", "2025 ", "to "]), ""),
    "names": ("customers named", lambda: cycle([" Acme", " Smith"]), ""),
    "capitals": ("", lambda: cycle(["REFUND THE PAYMENT "]), ""),
    "emails": ("customers", lambda: (f" u{number}@a.com or" for number in count()), " x@a.com"),
    "half an email": ("customer ", lambda: cycle(["a."]), "@"),
    "at signs": ("customer ", lambda: cycle(["a@"]), ""),
    "misspelt": ("list", lambda: cycle([" paymnets", " invioces", " custmers"]), ""),
    "unknown words": ("list", lambda: cycle([" xqzvw", " flumph"]), ""),
    "brackets": ("payments ", lambda: cycle(["("]), ""),
    "guards": ("", lambda: cycle(["if ", "unless ", "how do i "]), "refund ch_1"),
    "courtesy": ("", lambda: cycle(["please ", "could you "]), "refund ch_1"),
    "number words": ("payments over", lambda: cycle([" one", " hundred", " thousand"]), ""),
    "group by": ("count payments", lambda: cycle([" by currency", " by card brand"]), ""),
    "metadata": ("payments where", lambda: (f" metadata k{number} is {number} and" for number in count()), ""),
    "phone": ("customer +1", lambda: cycle(["-5"]), ""),
    "hyphens": ("payments ", lambda: cycle(["past-due-"]), ""),
    "possessives": ("the customer", lambda: cycle(["'s customer"]), ""),
    "pronouns": ("list refunds", lambda: cycle([" and their charges", " and its customer"]), ""),
    "questions": ("", lambda: cycle(["how many payments failed? "]), ""),
    "letters": ("", lambda: cycle(["a"]), ""),
    "tabs": ("list", lambda: cycle(["\t"]), "refunds"),
}


def hard(name: str, length: int) -> str:
    """The prompt of that kind, as near to a length as whole repetitions allow."""
    first, parts, last = HARD[name]
    made = [first]
    size = len(first) + len(last)
    for part in parts():
        if size + len(part) > length:
            break
        made.append(part)
        size += len(part)
    return "".join(made) + last
