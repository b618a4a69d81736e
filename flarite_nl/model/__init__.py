"""The frozen values that pass between the rooms: ``Parse``, ``Plan``, ``Outcome``. Standard library only."""
