"""The demo account: a stationery shop with every kind of object in every state, around the sandbox's moment."""

from __future__ import annotations

from flarite_nl.sandbox.demo import bulk, catalogue, people, subscriptions, tills
from flarite_nl.sandbox.demo.builder import Builder
from flarite_nl.sandbox.world import World

USUAL = 240
"""Bulk charges of the demo account when no size is asked for."""


def fill(world: World, size: int | None) -> None:
    """Make the account; ``size`` is the number of charges (never fewer than the cases that the demo shows)."""
    builder = Builder(world)
    prices = catalogue.build(builder)
    named = people.build(builder)
    subscriptions.build(builder, named, prices)
    tills.build(builder, named)
    builder.flush()
    count = USUAL if size is None else max(0, size - world.store.count("charge"))
    bulk.build(builder, count)
    builder.flush()
    tills.pay_out(builder)
    builder.flush()
