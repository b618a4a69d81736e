"""``Parse``, ``Plan`` and ``Outcome`` as text for people and JSON for programs."""
