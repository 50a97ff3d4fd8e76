"""A hall with a kiosk at its door; each test gets a station of its own in it."""

from collections.abc import Iterator

import pytest
from kiosk_run import Kiosk, KioskHall, eventually, kiosk_hall


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KioskHall]:
    with kiosk_hall(tmp_path_factory.mktemp("kiosk")) as place:
        yield place


@pytest.fixture
def kiosk(place: KioskHall) -> Iterator[Kiosk]:
    place.cable.plug_in()
    place.devices.printer.clear_faults()
    with place.station() as kiosk:
        eventually(kiosk.is_up)
        eventually(lambda: kiosk.state()["printer"]["health"] == "ok")
        yield kiosk
