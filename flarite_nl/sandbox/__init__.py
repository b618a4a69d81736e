"""A stateful, Stripe-compatible server on this machine: the default without a key, and the tests' server.

It speaks API version 2026-10-28.endive: Stripe's objects in full, its lists, its search, its errors, its idempotency
keys. Test and live keys see the same data; nothing is renewed by itself; money settles in its own currency.
"""

from __future__ import annotations

from flarite_nl.sandbox.faults import Fault, parse_faults
from flarite_nl.sandbox.sandbox import Sandbox
from flarite_nl.sandbox.server import Server, run, serve

__all__ = ["Fault", "Sandbox", "Server", "parse_faults", "run", "serve"]
