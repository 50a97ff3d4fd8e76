"""A hall with its people made once; each test of faults gets a copy of it."""

from pathlib import Path

import pytest
from crowd import Crowd, gather
from running_hall import RunningHall, free_port

WINDOWS = ("window-1", "window-2", "window-9", "window-10")
ITEMS = ("item-a", "item-b")
ARGUMENTS = ["--profile", "county_typ", "--no-limits", "--simulated-devices-from", "9100"]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    """Four kiosks, four clerks at their windows, an open day, no ticket yet; stopped."""
    folder: Path = tmp_path_factory.mktemp("prepared")
    hall = RunningHall(folder / "hall", free_port(), ARGUMENTS).start()
    crowd = gather(hall, folder, WINDOWS, ITEMS, kiosks=4)
    hall.stop()
    return crowd
