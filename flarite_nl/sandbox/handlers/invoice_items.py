"""Invoice items: what the next invoice, or a draft, will also charge for."""

from __future__ import annotations

from flarite_nl.sandbox import errors
from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.handlers import invoicing
from flarite_nl.sandbox.handlers.catalog import inline_price, known_currency
from flarite_nl.sandbox.handlers.reading import finish
from flarite_nl.sandbox.handlers.refunds import merged
from flarite_nl.sandbox.routes import Handler
from flarite_nl.sandbox.shapes import billing
from flarite_nl.sandbox.types import Obj, Params
from flarite_nl.sandbox.world import World


def create(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    if "customer" not in params:
        raise errors.parameter_missing("customer")
    customer = world.get("customer", params["customer"], param="customer")
    amount, currency, price, quantity = _worth(world, params, customer)
    invoice = None
    if params.get("invoice"):
        invoice = world.get("invoice", params["invoice"], param="invoice")
        _editable(invoice)
        if invoice["customer"] != customer["id"]:
            raise StripeError(f"The invoice {invoice['id']} belongs to another customer.", param="invoice")
        if invoice["currency"] != currency:
            raise StripeError(
                f"The currency of the invoice item ({currency}) does not match the invoice ({invoice['currency']}).",
                param="currency",
            )
    item = billing.invoice_item(
        world.new_id("ii_1"),
        world.now,
        customer["id"],
        amount,
        currency,
        description=params.get("description") or (world.get("product", price["product"])["name"] if price else None),
        discountable=params.get("discountable", amount >= 0),
        metadata=params.get("metadata") or {},
        pricing=billing.pricing(price) if price else None,
        quantity=quantity,
    )
    if params.get("period"):
        item["period"] = params["period"]
    world.add(item)
    if invoice is not None:
        invoicing.gather(world, invoice, [item])
        world.save(invoice)
    return finish(world, item, params)


def _worth(world: World, params: Params, customer: Obj) -> tuple[int, str, Obj | None, int]:
    """Amount, currency, price and quantity of an item: by amount, by price, or by a price made on the spot."""
    quantity = params.get("quantity", 1)
    if quantity < 0:
        raise StripeError("Invalid non-negative integer", code="parameter_invalid_integer", param="quantity")
    pricing = params.get("pricing") or {}
    price = None
    if pricing.get("price"):
        price = world.get("price", pricing["price"], param="pricing[price]")
        if price["recurring"] is not None:
            raise StripeError(
                "The price specified is set to `type=recurring` but this field only accepts prices with "
                "`type=one_time`.",
                param="pricing[price]",
            )
        if not price["active"]:
            raise StripeError(
                "The price specified is inactive. This field only accepts active prices.", param="pricing[price]"
            )
    elif params.get("price_data"):
        price = inline_price(world, params["price_data"], "price_data")
    if price is not None:
        return (price["unit_amount"] or 0) * quantity, price["currency"], price, quantity
    currency = known_currency(params.get("currency") or customer["currency"] or "usd")
    if params.get("unit_amount_decimal") is not None:
        return int(params["unit_amount_decimal"] * quantity), currency, None, quantity
    if "amount" not in params:
        raise StripeError(
            "You must specify one of `amount`, `pricing[price]`, `price_data` or `unit_amount_decimal`.",
            code="parameter_missing",
            param="amount",
        )
    if "quantity" in params:
        raise StripeError("You may only specify one of these parameters: amount, quantity.", param="quantity")
    return params["amount"], currency, None, 1


def _editable(invoice: Obj) -> None:
    if invoice["status"] != "draft":
        raise StripeError(
            "You can only attach invoice items to draft invoices.", code="invoice_not_editable", param="invoice"
        )


def update(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    item = world.get("invoiceitem", ids[0])
    invoice = world.get("invoice", item["invoice"]) if item["invoice"] else None
    if invoice is not None:
        _editable(invoice)
    for name in ("amount", "description", "discountable"):
        if name in params:
            item[name] = params[name]
    item["net_amount"] = item["amount"]
    item["metadata"] = merged(item["metadata"], params, "metadata")
    world.save(item)
    if invoice is not None:
        _drop(invoice, item["id"])
        invoicing.gather(world, invoice, [item])
        world.save(invoice)
    return finish(world, item, params)


def _drop(invoice: Obj, item: str) -> None:
    def shows(line: Obj) -> bool:
        details = (line["parent"] or {}).get("invoice_item_details") or {}
        return bool(details.get("invoice_item") == item)

    invoice["lines"]["data"] = [line for line in invoice["lines"]["data"] if not shows(line)]


def delete(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    item = world.get("invoiceitem", ids[0])
    if item["invoice"]:
        invoice = world.get("invoice", item["invoice"])
        _editable(invoice)
        _drop(invoice, item["id"])
        invoicing.total(world, invoice)
        world.save(invoice)
    world.store.delete("invoiceitem", ids[0])
    return {"id": ids[0], "object": "invoiceitem", "deleted": True}


HANDLERS: dict[str, Handler] = {
    "POST /v1/invoiceitems": create,
    "POST /v1/invoiceitems/{invoiceitem}": update,
    "DELETE /v1/invoiceitems/{invoiceitem}": delete,
}
