"""Stripe's objects in full: every field that API version 2026-10-28.endive returns, with its default."""
