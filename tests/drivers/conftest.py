"""The cables that every device's suite is run over (tests/support/bad_cables.py)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bad_cables import BAD, GOOD, IN_PIECES, Cable
from printing_hall import Hall

from drivers.orders import DeviceHealth


@pytest.fixture(params=[GOOD, IN_PIECES], ids=["good cable", "late and in pieces"])
def cable(request: pytest.FixtureRequest) -> Cable:
    """What a device must not even notice."""
    return Cable(request.param)


@pytest.fixture(params=list(BAD))
def bad_cable(request: pytest.FixtureRequest) -> Cable:
    """One that damages or breaks; --long gives each another seed (campaign_scale)."""
    return Cable(replace(BAD[request.param]))


@pytest.fixture
def open_hall(cable: Cable) -> Iterator[Callable[..., Hall]]:
    halls: list[Hall] = []

    def open_one(folder: Path | None = None, **options: str | int) -> Hall:
        hall = Hall(cable, folder, **options)
        halls.append(hall)
        hall.until(lambda: hall.health() is not DeviceHealth.UNKNOWN or "profile" in options)
        return hall

    yield open_one
    for hall in halls:
        hall.bench.close()
