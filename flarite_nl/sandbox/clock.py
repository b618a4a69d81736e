"""What time brings when the sandbox's clock is moved: money settles, payouts arrive, deadlines pass.

Subscriptions end and trials run out; they are not renewed (no invoice is made for a new period).
"""

from __future__ import annotations

from flarite_nl.sandbox.shapes import catalog
from flarite_nl.sandbox.world import World


def pass_time(world: World, moment: int) -> None:
    """Move the clock to ``moment`` (seconds). Backwards it only moves the clock: nothing is undone."""
    forward = moment > world.now
    world.now = moment
    if not forward:
        return
    store = world.store
    store.db.execute("BEGIN")
    store.db.execute(
        "UPDATE balance_transactions SET body = json_set(body, '$.status', 'available') "
        "WHERE body IS NOT NULL AND available_on <= ? AND json_extract(body, '$.status') = 'pending'",
        (moment,),
    )
    for coupon in store.all("coupon", "redeem_by < ?", (moment,)):
        world.save(coupon | {"valid": catalog.is_valid(coupon, moment)})
    for code in store.all("promotion_code", "active = 1"):
        if code["expires_at"] is not None and code["expires_at"] < moment:
            world.save(code | {"active": False})
    for dispute in store.all("dispute"):
        details = dispute["evidence_details"]
        if details["due_by"] and details["due_by"] < moment and not details["has_evidence"]:
            details["past_due"] = True
            world.save(dispute)
    for payout in store.all("payout", "status IN ('pending', 'in_transit') AND arrival_date <= ?", (moment,)):
        world.save(payout | {"status": "paid"})
    _subscriptions(world, moment)
    store.writes += 1
    store.db.execute("COMMIT")


def _subscriptions(world: World, moment: int) -> None:
    open_ = "status NOT IN ('canceled', 'incomplete_expired')"
    for subscription in world.store.all("subscription", open_):
        before = dict(subscription)
        if subscription["trial_end"] and subscription["trial_end"] <= moment and subscription["status"] == "trialing":
            subscription["status"] = "active"
        pause = subscription["pause_collection"]
        if pause and pause["resumes_at"] and pause["resumes_at"] <= moment:
            subscription["pause_collection"] = None
        if subscription["cancel_at"] and subscription["cancel_at"] <= moment:
            subscription |= {"status": "canceled", "ended_at": subscription["cancel_at"]}
        if subscription != before:
            world.save(subscription)
