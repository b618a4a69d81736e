"""The language as data: ``vocabulary.yaml`` and one file a Stripe resource, shipped as package data."""
