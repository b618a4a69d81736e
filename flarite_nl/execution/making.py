"""Writes that make something new: the frame's params → Stripe's calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from flarite_nl.errors import PreflightError
from flarite_nl.execution.given import Given, compact, every, in_words, listed, minor, usable
from flarite_nl.model.change import MADE, Call, Change
from flarite_nl.model.currencies import to_major
from flarite_nl.model.values import Money

DUE = 30
"""Days until a sent invoice is due where nothing was said: Stripe's own default in its dashboard."""

Making = Callable[[Given], Change]


def _made(calls: tuple[Call, ...], summary: str, amount: Money | None = None, customer: str | None = None) -> Change:
    return Change(None, calls, summary, amount, customer)


def _required(given: Given, name: str) -> str:
    found = given.id(name)
    if found is None:
        raise PreflightError(f"A {name} is needed.")
    usable(given, name)
    return found


def _recurring(given: Given) -> dict[str, Any] | None:
    interval = given.text("recurring.interval")
    return compact(interval=interval, interval_count=given.whole("recurring.interval_count")) if interval else None


def _priced(given: Given, *, needs_product: bool) -> tuple[dict[str, Any], str]:
    """``price`` or ``price_data`` of a line, and how a person calls it."""
    money = given.money("unit_amount")
    if money is None:
        price = given.id("price")
        if price is None:
            raise PreflightError("A price is needed.")
        usable(given, "price")
        _as_said(given, price)
        return {"price": price}, _price_text(given, price)
    amount, currency, _ = money
    data = compact(currency=currency, unit_amount=amount, recurring=_recurring(given))
    product = given.id("product")
    name = _product_name(given)
    if product:
        usable(given, "product")
        data["product"] = product
    elif name and not needs_product:
        data["product_data"] = {"name": name}
    else:
        raise PreflightError(f"There is no product {name or ''}".strip() + ".")
    new = "" if product else " (a new product)"
    return {"price_data": data}, f"{name or product}{new} at {in_words(amount, currency)}{every(_recurring(given))}"


def _as_said(given: Given, price: str) -> None:
    """How often a price is paid may be said of one that is there, but not changed by saying it."""
    said = _recurring(given)
    held = (given.objects.get("price") or {}).get("recurring") or {}
    if said and any(held.get(name) != value for name, value in said.items()):
        often = every(held).strip() or "once"
        raise PreflightError(f"{price} is paid {often}, not {every(said).strip()}.")


def _price_text(given: Given, price: str) -> str:
    row = given.objects.get("price") or {}
    if row.get("unit_amount") is None:
        return price
    return f"{price} ({in_words(row['unit_amount'], row['currency'])}{every(row.get('recurring'))})"


def _product_name(given: Given) -> str | None:
    value = given.params.get("product")
    if isinstance(value, Mapping) and "name" in value:
        return str(value["name"])
    row = given.objects.get("product")
    return str(row["name"]) if row and row.get("name") else None


def payment_link(given: Given) -> Change:
    line, said = _priced(given, needs_product=False)
    quantity = given.whole("quantity") or 1
    line["quantity"] = quantity
    if given.params.get("adjustable_quantity") is True:
        line["adjustable_quantity"] = {"enabled": True}
    url = given.text("redirect_url")
    after = {"type": "redirect", "redirect": {"url": url}} if url else None
    call = Call("payment_links.create", compact(line_items=[line], after_completion=after))
    also = ", whose number the buyer may change" if "adjustable_quantity" in line else ""
    also += f", and then go to {url}" if url else ""
    return _made((call,), f"Create a payment link for {quantity} × {said}{also}")


def subscription(given: Given) -> Change:
    customer = _required(given, "customer")
    item, said = _priced(given, needs_product=True)
    price = item.get("price_data") or given.objects.get("price") or {}
    if price and not price.get("recurring"):
        raise PreflightError(f"A subscription needs a recurring price, and {said} is paid once.")
    item |= compact(quantity=given.whole("quantity"))
    discounts = [{"coupon": _required(given, "coupon")}] if given.has("coupon") else None
    trial = given.whole("trial_period_days")
    params = compact(customer=customer, items=[item], trial_period_days=trial, discounts=discounts)
    days = f", free for {trial} days" if trial else ""
    many = f"{item['quantity']} × " if "quantity" in item else ""
    off = f", with coupon {given.id('coupon')}" if discounts else ""
    effect = "Nothing is charged until the trial ends." if trial else "Stripe charges the first period at once."
    return Change(
        None, (Call("subscriptions.create", params),), f"Subscribe {customer} to {many}{said}{days}{off}",
        None if trial else _first(given, item), customer, (effect,),
    )  # fmt: skip


def _first(given: Given, item: Mapping[str, Any]) -> Money | None:
    """What the first period of a subscription costs, before discounts."""
    data = item.get("price_data") or given.objects.get("price") or {}
    if data.get("unit_amount") is None:
        return None
    return Money(to_major(data["unit_amount"] * item.get("quantity", 1), data["currency"]), data["currency"])


def payment_intent(given: Given) -> Change:
    customer = _required(given, "customer") if given.has("customer") else None
    money = given.money("amount", _currency(given, "customer"))
    if money is None:
        raise PreflightError("An amount is needed.")
    amount, currency, shown_ = money
    params = compact(amount=amount, currency=currency, customer=customer, description=given.text("description"))
    call = Call("payment_intents.create", params | given.nested("metadata"))
    return _made((call,), f"Create a payment intent over {in_words(amount, currency)}", shown_, customer)


def _currency(given: Given, name: str) -> str | None:
    return (given.objects.get(name) or {}).get("currency")


def customer(given: Given) -> Change:
    params = compact(**{name: given.text(name) for name in ("email", "name", "phone", "description")})
    params |= given.nested("metadata", "address")
    if not params:
        raise PreflightError("A customer needs a name or an email.")
    return _made((Call("customers.create", params),), f"Create a customer: {listed(params)}")


def product(given: Given) -> Change:
    name = given.text("name")
    if not name:
        raise PreflightError("A product needs a name.")
    params = compact(name=name, description=given.text("description")) | given.nested("metadata")
    return _made((Call("products.create", params),), f"Create a product: {listed(params)}")


def price(given: Given) -> Change:
    money = given.money("unit_amount")
    if money is None:
        raise PreflightError("A price needs an amount.")
    amount, currency, _ = money
    name = _product_name(given)
    params = compact(
        currency=currency, unit_amount=amount, recurring=_recurring(given), nickname=given.text("nickname")
    )
    if given.id("product"):
        params["product"] = _required(given, "product")
    elif name:
        params["product_data"] = {"name": name}
    else:
        raise PreflightError("A price needs a product.")
    new = "" if given.id("product") else " (a new product)"
    nickname = f", nickname {params['nickname']}" if "nickname" in params else ""
    whose = f"{name or given.id('product')}{new}{nickname}"
    said = f"Create a price of {in_words(amount, currency)}{every(_recurring(given))} for {whose}"
    return _made((Call("prices.create", params),), said)


def coupon(given: Given) -> Change:
    percent, money = given.params.get("percent_off"), given.money("amount_off")
    if (percent is None) is (money is None):
        raise PreflightError("A coupon takes off either a percentage or an amount.")
    if percent is not None and not 0 < Decimal(str(percent)) <= 100:
        raise PreflightError(f"A coupon takes off 0 to 100 percent, not {percent}.")
    duration = given.text("duration") or "once"
    months = given.whole("duration_in_months")
    if (duration == "repeating") is (months is None):
        raise PreflightError("Only a repeating coupon has a number of months, and it needs one.")
    params = compact(
        id=given.text("id"), name=given.text("name"), duration=duration, duration_in_months=months,
        percent_off=float(Decimal(str(percent))) if percent is not None else None,
        amount_off=money[0] if money else None, currency=money[1] if money else None,
        max_redemptions=given.whole("max_redemptions"), redeem_by=given.moment("redeem_by", last=True),
    )  # fmt: skip
    off = f"{percent}%" if percent is not None else in_words(money[0], money[1]) if money else ""
    named = given.text("id") or given.text("name") or ""
    ends = f" for {months} months" if months else ""
    said = f"Create a coupon {named} of {off} off, {duration}{ends}{_bounds(given, 'redeem_by')}".replace("  ", " ")
    return _made((Call("coupons.create", params),), said)


def _bounds(given: Given, until: str) -> str:
    """How often and how long a coupon or code may be used."""
    most = given.whole("max_redemptions")
    times = f", at most {most} time{'' if most == 1 else 's'}" if most else ""
    return times + (f", until the end of {given.text(until)}" if given.has(until) else "")


def promotion_code(given: Given) -> Change:
    found = _required(given, "coupon")
    holder = _required(given, "customer") if given.has("customer") else None
    params = compact(
        promotion={"type": "coupon", "coupon": found},
        code=given.text("code"),
        max_redemptions=given.whole("max_redemptions"),
        expires_at=given.moment("expires_at", last=True),
        customer=holder,
    )
    code, whose = given.text("code") or "", f", only for {holder}" if holder else ""
    bounds = _bounds(given, "expires_at")
    said = f"Create a promotion code {code} for coupon {found}{bounds}{whose}".replace("  ", " ")
    return _made((Call("promotion_codes.create", params),), said, customer=holder)


def invoice(given: Given) -> Change:
    """A draft that is sent, due in 30 days where nothing else was said, with one item a line."""
    holder = _required(given, "customer")
    lines = given.params.get("lines") or ()
    money = given.money("amount", _currency(given, "customer"))
    due, days = given.moment("due_date", last=True), given.whole("days_until_due")
    if due is None and days is None:
        days = DUE
    items: list[dict[str, Any]] = []
    if money:
        items.append(compact(amount=money[0], currency=money[1], description=given.text("description")))
    if isinstance(lines, tuple):
        items += [_line(given, line) for line in lines if isinstance(line, Mapping)]
    currencies = {item["currency"] for item in items}
    if len(currencies) > 1:
        raise PreflightError("An invoice has one currency; these lines have several.")
    currency = next(iter(currencies), None)
    total = sum(int(item.get("amount") or int(item["unit_amount_decimal"]) * item["quantity"]) for item in items)
    params = compact(
        customer=holder, collection_method="send_invoice", due_date=due, days_until_due=days,
        currency=currency, description=None if items else given.text("description"),
    )  # fmt: skip
    calls = [Call("invoices.create", params)]
    calls += [Call("invoice_items.create", {"customer": holder, "invoice": MADE, **item}) for item in items]
    calls += [Call("invoices.retrieve", {}, MADE)] if items else []
    when = f"on {given.text('due_date')}" if due is not None else f"in {days} days"
    over = f" over {in_words(total, currency)}" if currency else ", empty,"
    many = f" in {len(items)} lines" if len(items) > 1 else ""
    amount = Money(to_major(total, currency), currency) if currency else None
    return _made(tuple(calls), f"Create a draft invoice{over}{many} for {holder}, due {when}", amount, holder)


def _line(given: Given, line: Mapping[str, Any]) -> dict[str, Any]:
    value = line.get("unit_amount")
    if not isinstance(value, Money):
        raise PreflightError("Each line of an invoice needs an amount.")
    amount, currency, _ = minor(value, value.currency or _currency(given, "customer") or given.currency())
    quantity = int(line.get("quantity") or 1)
    if quantity == 1:
        return compact(amount=amount, currency=currency, description=line.get("description"))
    return compact(
        unit_amount_decimal=str(amount), quantity=quantity, currency=currency, description=line.get("description")
    )


def invoice_item(given: Given) -> Change:
    bill = given.objects.get("invoice") or {}
    holder = given.id("customer") or bill.get("customer")
    if holder is None:
        raise PreflightError("A customer or an invoice is needed.")
    if bill and bill.get("status") != "draft":
        raise PreflightError(f"{bill['id']} is {bill.get('status')}: only a draft takes another item.")
    money = given.money("amount", bill.get("currency"), _currency(given, "customer"))
    params = compact(customer=holder, invoice=given.id("invoice"), description=given.text("description"))
    amount: Money | None
    if money:
        params |= {"amount": money[0], "currency": money[1]}
        said, amount = in_words(money[0], money[1]), money[2]
    else:
        params |= compact(pricing={"price": _required(given, "price")}, quantity=given.whole("quantity"))
        many = f"{params['quantity']} × " if "quantity" in params else ""
        said, amount = many + _price_text(given, str(given.id("price"))), _first(given, params)
    if bill and amount is not None and amount.currency != bill["currency"]:
        raise PreflightError(
            f"{bill['id']} is in {str(bill['currency']).upper()}, not in {str(amount.currency).upper()}."
        )
    where = f"on {given.id('invoice')}" if given.id("invoice") else f"to the next invoice of {holder}"
    return _made((Call("invoice_items.create", params),), f"Add {said} {where}", amount, holder)


def payout(given: Given) -> Change:
    money = given.money("amount")
    if money is None:
        raise PreflightError("A payout needs an amount.")
    amount, currency, said = money
    if currency in ("huf", "twd") and amount % 100:
        raise PreflightError(f"Payouts in {currency.upper()} are in whole units.")
    available = [each for each in given.look("balance.retrieve")["available"] if each["currency"] == currency]
    held = sum(each["amount"] for each in available)
    if amount > held:
        raise PreflightError(f"{in_words(amount, currency)} is more than the {in_words(held, currency)} available.")
    call = Call("payouts.create", {"amount": amount, "currency": currency})
    return _made((call,), f"Pay out {in_words(amount, currency)}", said)


MAKINGS: Mapping[str, Making] = {
    "payment_links.create": payment_link,
    "subscriptions.create": subscription,
    "payment_intents.create": payment_intent,
    "customers.create": customer,
    "products.create": product,
    "prices.create": price,
    "coupons.create": coupon,
    "promotion_codes.create": promotion_code,
    "invoices.create": invoice,
    "invoice_items.create": invoice_item,
    "payouts.create": payout,
}
"""Every write that makes something."""
