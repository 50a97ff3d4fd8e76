"""What displays have missed they learn: of a hall killed before the push, or with another clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from crowd import Crowd, moved
from judge import kinds
from running_hall import ROOT, RunningHall, request_id

from hall_server.contract import mirror
from hall_server.contract.link import Link, LinkState
from hall_server.contract.messages.base import Event
from hall_server.contract.messages.organisation import Snapshot
from hall_server.contract.mirror import Picture
from hall_server.socket_door import PING_EVERY_S, PING_WITHIN_S

DISPLAYS = 5
CONVERGED_WITHIN_S = 5.0
PATIENCE_S = 60.0
JUMPS_AFTER_S = 20
HOUR_MS = 3_600_000
ITEM = "item-a"


class Display:
    """A display's own line to the hall, and the picture it has of it."""

    def __init__(self, hall: RunningHall, station_id: str, code: str, folder: Path) -> None:
        self.picture: Picture | None = None
        self._guard = threading.Lock()
        self.link = Link(
            hall.url,
            folder / station_id / "station.key",
            station_id,
            "",
            self._begin,
            self._go_on,
            lambda _status: None,
            now_ms=lambda: time.time_ns() // 1_000_000,
            code=code,
        )

    def _begin(self, snapshot: Snapshot) -> None:
        with self._guard:
            self.picture = mirror.begin(snapshot)

    def _go_on(self, event: Event) -> None:
        with self._guard:
            assert self.picture is not None
            self.picture = mirror.carry_on(self.picture, event)

    @property
    def labels(self) -> dict[str, str]:
        """Every number the display knows of, and its state."""
        picture = self.picture
        return {} if picture is None else {leg.label: leg.state for leg in picture.legs.values()}


def jumping(hall: RunningHall, by_ms: int) -> None:
    """The hall's wall clock will jump a while after it has started."""
    at_ns = time.monotonic_ns() + JUMPS_AFTER_S * 1_000_000_000
    hall.environment["HALL_JUMPS"] = f"{at_ns} {by_ms * 1_000_000}"
    hall.environment["PYTHONPATH"] = str(ROOT / "tests/support/other_time")


@pytest.fixture
def displays(prepared: Crowd, tmp_path: Path) -> Iterator[tuple[Crowd, list[Display]]]:
    """A hall that dies before its fourth push, and displays that have heard the first three."""
    crowd = moved(prepared, tmp_path)
    hall = crowd.hall.start()
    lines = []
    for number in range(1, DISPLAYS + 1):
        invite = {"station_id": f"display-{number}", "role": "display"}
        code = hall.must("station.invite", invite, cookie=crowd.people.administrator)["code"]
        lines.append(Display(hall, f"display-{number}", str(code), tmp_path))
    for line in lines:
        line.link.start()
    until(lambda: all(line.picture is not None for line in lines))
    yield crowd, lines
    for line in lines:
        line.link.stop()
    hall.stop()


def until(holds: object, within_s: float = PATIENCE_S) -> float:
    """Wait until this holds; how long it took."""
    began = time.monotonic()
    while not holds():  # type: ignore[operator]  # a condition
        assert time.monotonic() < began + within_s, "it did not come to pass in time"
        time.sleep(0.01)
    return time.monotonic() - began


def test_5_killed_before_the_push_every_display_converges_after_the_restart(
    displays: tuple[Crowd, list[Display]],
) -> None:
    crowd, lines = displays
    hall = crowd.hall
    hall.stop()
    hall.environment["HALL_FAILPOINT"] = "before_push:kill:4"
    process = hall.spawn()
    hall.environment.pop("HALL_FAILPOINT")
    assert hall.wait_until_ready()
    token = crowd.kiosks[0].headers["Authorization"].removeprefix("Bearer ")
    labels: list[str] = []
    try:
        while True:
            ask = {"request_id": request_id(), "item_id": ITEM}
            labels.append(str(hall.send("ticket.take", ask, token=token)[1]["label"]))
    except OSError:
        process.wait(PATIENCE_S)
    assert not all(label in line.labels for line in lines for label in labels), "it was pushed"
    hall.start()
    took_s = until(lambda: all(set(labels) <= line.labels.keys() for line in lines))
    told = hall.read("hall.snapshot", token=token)["legs"]
    standing = {str(leg["label"]): str(leg["state"]) for leg in told}
    until(lambda: all(line.labels == standing for line in lines), CONVERGED_WITHIN_S)
    print(f"{len(labels)} tickets; {DISPLAYS} displays saw all {took_s:.1f} s after the restart")
    assert took_s < CONVERGED_WITHIN_S


@pytest.mark.parametrize("by_ms", [-24 * HOUR_MS, HOUR_MS])
def test_13_after_a_jump_of_the_wall_clock_every_display_goes_on(
    displays: tuple[Crowd, list[Display]], by_ms: int
) -> None:
    crowd, lines = displays
    hall = crowd.hall
    hall.stop()
    jumping(hall, by_ms)
    hall.start()
    until(lambda: all(line.link.status.state is LinkState.UP for line in lines))
    kiosk = crowd.kiosks[0]
    before = [crowd.take(kiosk, ITEM).answer["label"] for _ in range(2)]
    assert "clock.jumped" not in kinds(hall)
    until(lambda: "clock.jumped" in kinds(hall))
    after = [crowd.take(kiosk, ITEM).answer["label"] for _ in range(2)]
    time.sleep(PING_EVERY_S + PING_WITHIN_S)  # whoever is thought to be silent is dropped by then
    after.append(crowd.take(kiosk, ITEM).answer["label"])
    kiosk.hang_up()
    assert [int(label[1:]) for label in before + after] == [1, 2, 3, 4, 5]
    until(lambda: all({*before, *after} <= line.labels.keys() for line in lines))
