"""The cables that every device's suite is run over (tests/support/bad_cables.py)."""

from dataclasses import replace

import pytest
from bad_cables import BAD, GOOD, IN_PIECES, Cable


@pytest.fixture(params=[GOOD, IN_PIECES], ids=["good cable", "late and in pieces"])
def cable(request: pytest.FixtureRequest) -> Cable:
    """What a device must not even notice."""
    return Cable(request.param)


@pytest.fixture(params=list(BAD))
def bad_cable(request: pytest.FixtureRequest) -> Cable:
    """One that damages or breaks; --long gives each another seed (campaign_scale)."""
    return Cable(replace(BAD[request.param]))
