"""Coupons, promotion codes, and the discounts that they give."""

from __future__ import annotations

from decimal import Decimal

from flarite_nl.sandbox import errors
from flarite_nl.sandbox.errors import StripeError
from flarite_nl.sandbox.handlers.catalog import known_currency
from flarite_nl.sandbox.handlers.reading import finish
from flarite_nl.sandbox.handlers.refunds import merged
from flarite_nl.sandbox.params import positive
from flarite_nl.sandbox.routes import Handler
from flarite_nl.sandbox.shapes import catalog
from flarite_nl.sandbox.types import Obj, Params
from flarite_nl.sandbox.world import World


def create_coupon(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    id = params.get("id") or world.new_id("")[:8]
    if world.store.find("coupon", id) is not None:
        raise StripeError("Coupon already exists.", code="resource_already_exists", param="id")
    duration = params.get("duration", "once")
    if duration == "repeating" and "duration_in_months" not in params:
        raise errors.parameter_missing("duration_in_months")
    if duration != "repeating" and "duration_in_months" in params:
        raise StripeError("You may only set duration_in_months if duration is repeating.", param="duration_in_months")
    if params.get("redeem_by", world.now + 1) <= world.now:
        raise StripeError("The redeem_by date must be in the future.", param="redeem_by")
    coupon = catalog.coupon(
        id,
        world.now,
        **_worth(params),
        duration=duration,
        duration_in_months=params.get("duration_in_months"),
        max_redemptions=params.get("max_redemptions"),
        metadata=params.get("metadata") or {},
        name=params.get("name"),
        redeem_by=params.get("redeem_by"),
    )
    world.add(coupon)
    return finish(world, coupon, params)


def _worth(params: Params) -> Obj:
    if ("percent_off" in params) == ("amount_off" in params):
        raise StripeError("You must pass either percent_off or amount_off, and not both.", param="percent_off")
    if "amount_off" in params:
        if "currency" not in params:
            raise StripeError(
                "You must pass currency when passing amount_off", code="parameter_missing", param="currency"
            )
        amount = positive(params["amount_off"], "amount_off")
        return {"amount_off": amount, "currency": known_currency(params["currency"])}
    percent: Decimal = params["percent_off"]
    if not 0 < percent <= 100:
        raise StripeError(
            f"Invalid percent_off: {percent}; must be greater than 0 and at most 100", param="percent_off"
        )
    return {"percent_off": int(percent) if percent == int(percent) else float(percent)}


def update_coupon(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    coupon = world.get("coupon", ids[0])
    if "name" in params:
        coupon["name"] = params["name"]
    coupon["metadata"] = merged(coupon["metadata"], params, "metadata")
    return finish(world, world.save(coupon), params)


def delete_coupon(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    """Discounts already given stay; nobody can redeem it any more."""
    world.get("coupon", ids[0])
    world.store.delete("coupon", ids[0])
    return {"id": ids[0], "object": "coupon", "deleted": True}


def create_code(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    promotion = params["promotion"]
    if "coupon" not in promotion:
        raise errors.parameter_missing("promotion[coupon]")
    coupon = world.get("coupon", promotion["coupon"], param="promotion[coupon]")
    if not catalog.is_valid(coupon, world.now):
        raise StripeError(f"Coupon expired: {coupon['id']}", code="coupon_expired", param="promotion[coupon]")
    code = params.get("code") or world.new_id("")[:8].upper()
    if not code.isascii() or not code.replace("-", "").isalnum():
        raise StripeError(f"Invalid code: {code}; only letters, digits and dashes are allowed.", param="code")
    taken = world.store.all("promotion_code", "upper(code) = ? AND active = 1", (code.upper(),))
    if any(each["customer"] == params.get("customer") for each in taken):
        raise StripeError("An active promotion code with this code already exists.", param="code")
    if params.get("customer"):
        world.get("customer", params["customer"], param="customer")
    made = catalog.promotion_code(
        world.new_id("promo_1"),
        world.now,
        code,
        coupon["id"],
        active=params.get("active", True),
        customer=params.get("customer"),
        expires_at=_expiry(world, coupon, params),
        max_redemptions=params.get("max_redemptions"),
        metadata=params.get("metadata") or {},
    )
    given = params.get("restrictions") or {}
    made["restrictions"].update({name: given[name] for name in made["restrictions"] if name in given})
    world.add(made)
    return finish(world, made, params)


def _expiry(world: World, coupon: Obj, params: Params) -> int | None:
    at: int | None = params.get("expires_at")
    if at is None:
        return None
    if at <= world.now:
        raise StripeError("The `expires_at` timestamp must be in the future.", param="expires_at")
    if coupon["redeem_by"] is not None and at > coupon["redeem_by"]:
        raise StripeError("The `expires_at` must be before the coupon's `redeem_by`.", param="expires_at")
    return at


def update_code(world: World, ids: tuple[str, ...], params: Params) -> Obj:
    code = world.get("promotion_code", ids[0])
    if params.get("active") and not catalog.is_valid(world.get("coupon", code["promotion"]["coupon"]), world.now):
        raise StripeError("This promotion code cannot be activated because its coupon is invalid.", param="active")
    if "active" in params:
        code["active"] = params["active"]
    code["metadata"] = merged(code["metadata"], params, "metadata")
    return finish(world, world.save(code), params)


def redeem(world: World, wanted: list[Params], param: str, **owner: str) -> list[Obj]:
    """The discounts of ``discounts[]``: each coupon or promotion code redeemed once more. ``owner`` holds the IDs of
    the customer and the subscription or invoice that gets them."""
    out = []
    for at, given in enumerate(wanted):
        code = None
        if given.get("promotion_code"):
            code = world.get("promotion_code", given["promotion_code"], param=f"{param}[{at}][promotion_code]")
            if not code["active"]:
                raise StripeError("This promotion code is inactive.", param=f"{param}[{at}][promotion_code]")
        id = code["promotion"]["coupon"] if code else given.get("coupon")
        if id is None:
            raise errors.parameter_missing(f"{param}[{at}][coupon]")
        coupon = world.get("coupon", id, param=f"{param}[{at}][coupon]")
        if not catalog.is_valid(coupon, world.now):
            raise StripeError(f"Coupon expired: {id}", code="coupon_expired", param=f"{param}[{at}][coupon]")
        for each in filter(None, (coupon, code)):
            each["times_redeemed"] += 1
        coupon["valid"] = catalog.is_valid(coupon, world.now)
        world.save(coupon)
        if code:
            world.save(code)
        discount = catalog.discount(world.new_id("di_"), world.now, id, promotion_code=code and code["id"], **owner)
        world.add(discount)
        out.append(discount)
    return out


HANDLERS: dict[str, Handler] = {
    "POST /v1/coupons": create_coupon,
    "POST /v1/coupons/{coupon}": update_coupon,
    "DELETE /v1/coupons/{coupon}": delete_coupon,
    "POST /v1/promotion_codes": create_code,
    "POST /v1/promotion_codes/{promotion_code}": update_code,
}
