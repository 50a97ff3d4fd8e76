"""A whole hall for tests: the real database, ledger and guard, with a clock moved by hand."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from config.settings import ServerSettings
from hall_server.access.rules import Asker
from hall_server.app import build_hall
from hall_server.clock import ManualClock
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.base import Answer, Ask, Read
from hall_server.hall import Hall
from hall_server.runtime import Mode, Runtime

MONDAY_NINE = 1_795_395_600_000
"""2026-11-23 is a Monday; 09:00 in China is 01:00 UTC."""
A = TypeVar("A", bound=Answer)


@dataclass
class HallUnderTest:
    """A hall, its clock, and askers of every kind."""

    hall: Hall
    clock: ManualClock

    def __post_init__(self) -> None:
        """Request ids never repeat unless a test wants it."""
        self._ids = itertools.count(1)

    def request_id(self) -> str:
        """A fresh request id."""
        return f"request-{next(self._ids):06d}"

    def ask(self, name: str, asker: Asker, ask: Ask) -> Answer:
        """Send an ask past the guard's permission check, as a door would after it."""
        return self.hall.ask(name, asker, ask)

    def read(self, name: str, asker: Asker, read: Read) -> Answer:
        """Send a read."""
        return self.hall.read(name, asker, read)

    def bodies(self) -> list[dict[str, object]]:
        """Every event of the ledger, in order."""
        from hall_server.ledger.service import bodies_after

        with self.hall.database.reading() as reading:
            rows = bodies_after(reading.connection, 0, 1_000_000)
        return [msgspec.json.decode(body) for _, body in rows]

    def person(self, account: str, *roles: Role, staff_id: str = "") -> Asker:
        """A signed-in person."""
        return Asker(
            sender=f"staff:{account}", roles=frozenset(roles), account=account, staff_id=staff_id
        )

    def station(self, station_id: str, role: Role) -> Asker:
        """An enrolled station."""
        return Asker(sender=f"station:{station_id}", roles=frozenset({role}), station_id=station_id)


MakeHall = Callable[..., HallUnderTest]


@pytest.fixture
def make_hall(tmp_path: Path) -> Iterator[MakeHall]:
    """Make halls that are closed after the test: ``make_hall(url="", profile="shuangjiang")``."""
    made: list[HallUnderTest] = []

    def make(
        url: str = "", profile: str = "shuangjiang", data: Path | None = None
    ) -> HallUnderTest:
        clock = ManualClock(MONDAY_NINE)
        settings = ServerSettings(
            data=data or tmp_path / f"hall{len(made)}",
            database_url=url,
            profile=profile,
            mode="threading",
            limits=False,
        )
        hall = build_hall(settings, Runtime(Mode.THREADING), clock)
        made.append(HallUnderTest(hall, clock))
        return made[-1]

    yield make
    for under_test in made:
        under_test.hall.database.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def hall(request: pytest.FixtureRequest, make_hall: MakeHall) -> HallUnderTest:
    """The same hall on both databases."""
    if request.param == "sqlite":
        return make_hall()
    url: str = request.getfixturevalue("postgres_url")
    return make_hall(url=url)
