"""Subscriptions: made, changed, paused, resumed, canceled (STRIPE.md 8, 13, 15)."""

from __future__ import annotations

from flarite_nl.sandbox import errors, periods
from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.handlers import invoicing, paying, prorating
from flarite_nl.sandbox.handlers.catalog import inline_price
from flarite_nl.sandbox.handlers.discounts import redeem
from flarite_nl.sandbox.handlers.reading import finish
from flarite_nl.sandbox.handlers.refunds import merged
from flarite_nl.sandbox.params import positive
from flarite_nl.sandbox.routes import Handler
from flarite_nl.sandbox.shapes import billing
from flarite_nl.sandbox.types import Obj, Params
from flarite_nl.sandbox.world import DAY, World

DONE = ("canceled", "incomplete_expired")
REQUESTED = {"comment": None, "feedback": None, "reason": "cancellation_requested"}


def create(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    if "customer" not in params:
        raise errors.parameter_missing("customer")
    if not params.get("items"):
        raise errors.parameter_missing("items")
    customer = world.get("customer", params["customer"], param="customer")
    id = world.new_id("sub_1")
    items = [_item(world, id, given, f"items[{at}]") for at, given in enumerate(params["items"])]
    if len({item["price"]["currency"] for item in items}) > 1:
        raise StripeError("All prices on a subscription must have the same currency.", param="items")
    subscription = billing.subscription(id, world.now, customer["id"], items, status="active")
    subscription["metadata"] = params.get("metadata") or {}
    _start(subscription, _trial_end(world, params))
    world.add(subscription)
    _settings(world, subscription, params)
    _first_invoice(world, subscription, customer, params)
    return finish(world, world.save(subscription), params)


def _item(world: World, subscription: str, given: Params, param: str) -> Obj:
    price = _price(world, given, param)
    quantity = given.get("quantity", 1)
    if quantity < 0:
        raise StripeError("Invalid non-negative integer", code="parameter_invalid_integer", param=f"{param}[quantity]")
    metadata = given.get("metadata") or {}
    return billing.subscription_item(
        world.new_id("si_"), world.now, subscription, price, quantity=quantity, metadata=metadata
    )


def _price(world: World, given: Params, param: str) -> Obj:
    if "price_data" in given:
        return inline_price(world, given["price_data"], f"{param}[price_data]")
    if "price" not in given:
        raise errors.parameter_missing(f"{param}[price]")
    price = world.get("price", given["price"], param=f"{param}[price]")
    if price["recurring"] is None:
        raise StripeError(
            "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.",
            param=f"{param}[price]",
        )
    if not price["active"]:
        raise StripeError(
            "The price specified is inactive. This field only accepts active prices.", param=f"{param}[price]"
        )
    return price


def _trial_end(world: World, params: Params) -> int | None:
    if "trial_period_days" in params and "trial_end" in params:
        raise StripeError(
            "You may only specify one of these parameters: trial_end, trial_period_days.", param="trial_end"
        )
    if params.get("trial_period_days"):
        return world.now + positive(params["trial_period_days"], "trial_period_days") * DAY
    end = params.get("trial_end")
    if end is None or end == "now":
        return None
    if end <= world.now:
        raise StripeError("Invalid timestamp: must be an integer Unix timestamp in the future.", param="trial_end")
    return int(end)


def _start(subscription: Obj, trial_end: int | None) -> None:
    """Set the first period: the trial, or one interval from the start."""
    start = subscription["start_date"]
    for item in subscription["items"]["data"]:
        rhythm = item["price"]["recurring"]
        end = trial_end or periods.step(start, rhythm["interval"], rhythm["interval_count"])
        item |= {"current_period_start": start, "current_period_end": end}
    if trial_end is not None:
        subscription |= {"status": "trialing", "trial_start": start, "trial_end": trial_end}
        subscription["billing_cycle_anchor"] = trial_end


def _settings(world: World, subscription: Obj, params: Params) -> None:
    """Whatever both creating and updating can set."""
    for name in ("description", "collection_method", "days_until_due", "cancel_at_period_end", "pause_collection"):
        if name in params:
            subscription[name] = params[name]
    if subscription["pause_collection"]:
        subscription["pause_collection"] = {"resumes_at": None, **subscription["pause_collection"]}
    if subscription["collection_method"] == "send_invoice" and subscription["days_until_due"] is None:
        raise StripeError(
            "You must pass days_until_due when collection_method is set to send_invoice.", param="days_until_due"
        )
    if params.get("default_payment_method"):
        method = paying.resolve_method(
            world, params["default_payment_method"], subscription["customer"], "default_payment_method"
        )
        subscription["default_payment_method"] = method["id"]
    if "discounts" in params:
        owner = {"customer": subscription["customer"], "subscription": subscription["id"]}
        given = redeem(world, params["discounts"] or [], "discounts", **owner)
        subscription["discounts"] = [each["id"] for each in given]
    _ending(world, subscription, params)


def _ending(world: World, subscription: Obj, params: Params) -> None:
    if "cancel_at" in params and params.get("cancel_at_period_end"):
        raise StripeError("You may only specify one of these parameters: cancel_at, cancel_at_period_end.",
                          param="cancel_at")  # fmt: skip
    if "cancel_at" in params:
        at = params["cancel_at"]
        if isinstance(at, str):
            at = min(item["current_period_end"] for item in subscription["items"]["data"])
        if at is not None and at <= world.now:
            raise StripeError("cancel_at must be a timestamp in the future.", param="cancel_at")
        subscription["cancel_at"] = at
    elif "cancel_at_period_end" in params:
        ends = min(item["current_period_end"] for item in subscription["items"]["data"])
        subscription["cancel_at"] = ends if params["cancel_at_period_end"] else None
    else:
        return
    asked = subscription["cancel_at"] is not None
    subscription["canceled_at"] = world.now if asked else None
    subscription["cancellation_details"] = (
        dict(REQUESTED) if asked else {"comment": None, "feedback": None, "reason": None}
    )


def _first_invoice(world: World, subscription: Obj, customer: Obj, params: Params) -> None:
    invoice = prorating.cycle_invoice(world, subscription, customer, "subscription_create")
    automatic = subscription["collection_method"] == "charge_automatically"
    if invoice["status"] == "paid" or not automatic:
        return
    method = paying.default_method(world, customer, subscription)
    behavior = params.get("payment_behavior", "allow_incomplete")
    if behavior == "default_incomplete":
        subscription["status"] = "incomplete"
        return
    if method is None:
        raise StripeError(
            "This customer has no attached payment source or default payment method. Please consider adding a default "
            "payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/"
            "payment-methods-setting#payment-method-priority.",
            code="resource_missing",
        )
    try:
        invoicing.pay(world, invoice, method)
        world.save(invoice)
    except StripeError as error:
        if not error.keep or behavior == "error_if_incomplete":
            error.keep = False
            raise
        subscription["status"] = "incomplete"


def update(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    subscription = world.get("subscription", ids[0])
    if subscription["status"] in DONE and set(params) - {"metadata", "cancellation_details", "expand"}:
        raise StripeError("A canceled subscription can only update its cancellation_details and metadata.")
    subscription["metadata"] = merged(subscription["metadata"], params, "metadata")
    if "cancellation_details" in params:
        subscription["cancellation_details"] |= params["cancellation_details"]
    if subscription["status"] in DONE:
        return finish(world, world.save(subscription), params)
    if "items" in params:
        _change_items(world, subscription, params)
    if "trial_end" in params:
        _change_trial(world, subscription, params)
    _settings(world, subscription, params)
    return finish(world, world.save(subscription), params)


def _change_items(world: World, subscription: Obj, params: Params) -> None:
    """Named items are changed or dropped, others added; the difference is prorated unless told otherwise."""
    before = [dict(item) for item in subscription["items"]["data"]]
    items = {item["id"]: item for item in subscription["items"]["data"]}
    first = before[0]
    for at, given in enumerate(params["items"]):
        param = f"items[{at}]"
        if "id" not in given:
            made = _item(world, subscription["id"], given, param)
            span = ("current_period_start", "current_period_end")
            items[made["id"]] = made | {name: first[name] for name in span}
            continue
        if given["id"] not in items:
            raise errors.missing("subscription item", given["id"], param=f"{param}[id]", status=400)
        item = items[given["id"]]
        if given.get("deleted"):
            del items[given["id"]]
            continue
        if "price" in given or "price_data" in given:
            item["price"] = _price(world, given, param)
        if "quantity" in given:
            item["quantity"] = given["quantity"]
    if not items:
        raise StripeError("A subscription must have at least one active item.", param="items")
    subscription["items"]["data"] = list(items.values())
    if {item["price"]["currency"] for item in items.values()} != {subscription["currency"]}:
        raise StripeError(
            f"The currency of the price does not match the subscription's ({subscription['currency']}).", param="items"
        )
    prorating.apply(world, subscription, before, params.get("proration_behavior", "create_prorations"))


def _change_trial(world: World, subscription: Obj, params: Params) -> None:
    end = _trial_end(world, params)
    customer = world.get("customer", subscription["customer"])
    if end is None:
        if subscription["status"] == "trialing":
            subscription |= {"status": "active", "trial_end": world.now}
            prorating.restart(world, subscription, customer, "subscription_update")
        return
    subscription |= {"status": "trialing", "trial_end": end, "billing_cycle_anchor": end}
    subscription["trial_start"] = subscription["trial_start"] or world.now
    for item in subscription["items"]["data"]:
        item |= {"current_period_start": world.now, "current_period_end": end}


def cancel(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    """At once; a canceled subscription can't be found a second time."""
    subscription = world.get("subscription", ids[0])
    if subscription["status"] in DONE:
        raise errors.missing("subscription", ids[0])
    details = {**REQUESTED, **params.get("cancellation_details", {})}
    subscription |= {
        "status": "canceled",
        "canceled_at": world.now,
        "ended_at": world.now,
        "cancel_at": None,
        "cancel_at_period_end": False,
        "cancellation_details": details,
    }
    return finish(world, world.save(subscription), params)


def pause(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    """Status ``paused``: no invoices until resumed. Not the same as ``pause_collection`` (STRIPE.md 15)."""
    subscription = world.get("subscription", ids[0])
    if subscription["status"] not in ("active", "trialing"):
        raise StripeError(
            f"This subscription cannot be paused because it has a status of {subscription['status']}. Only active or "
            "trialing subscriptions can be paused."
        )
    subscription["status"] = "paused"
    return finish(world, world.save(subscription), params)


def resume(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    subscription = world.get("subscription", ids[0])
    if subscription["status"] != "paused":
        raise StripeError(
            f"This subscription cannot be resumed because it has a status of {subscription['status']}. Only paused "
            "subscriptions can be resumed."
        )
    subscription["status"] = "active"
    anchor = params.get("billing_cycle_anchor", {}).get("type", "now")
    if anchor == "now":
        prorating.restart(world, subscription, world.get("customer", subscription["customer"]), "subscription_update")
    return finish(world, world.save(subscription), params)


HANDLERS: dict[str, Handler] = {
    "POST /v1/subscriptions": create,
    "POST /v1/subscriptions/{subscription_exposed_id}": update,
    "DELETE /v1/subscriptions/{subscription_exposed_id}": cancel,
    "POST /v1/subscriptions/{subscription}/pause": pause,
    "POST /v1/subscriptions/{subscription}/resume": resume,
}
