"""A small hall at its service level: the real database and ledger, made-up facts, a moved clock."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import psycopg2
import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection

from config.facts import (
    HallFacts,
    ItemFact,
    OpeningFact,
    PriorityFact,
    QueueFact,
    QueueingRules,
    ReasonFact,
    ReasonKind,
    RuleFact,
    RuleKind,
    Site,
    StaffFact,
    WindowFact,
    Zone,
)
from config.fittings import DeviceFact
from config.values import Words
from hall_server.access.rules import Asker
from hall_server.clock import ManualClock
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.base import Event
from hall_server.contract.messages.organisation import LegView
from hall_server.contract.refusals import Refusal
from hall_server.contract.registry import ASKS, EVENTS, READS
from hall_server.database import Database, Reading, Transaction, metadata
from hall_server.ledger.note import Ed25519Signer
from hall_server.ledger.service import Ledger, bodies_after
from hall_server.queueing import door, service
from tests.conftest import at_postgres

pytest.register_assert_rewrite("tests.hall_server.queueing.side_by_side")
MONDAY_NINE = 1_795_395_600_000
"""2026-11-23 09:00 in China."""
MINUTE = 60_000


def name(text: str) -> Words:
    return Words(text, text)


FACTS = HallFacts(
    site=Site(id="hall", name=name("示例大厅"), public_url="http://hall.example"),
    opening=OpeningFact(id="hall", spans=[], always_open=True),
    queueing=QueueingRules(id="queueing", overtake_limit=3, appointment_priority="booked"),
    zones=[Zone(id="north", name=name("北区"))],
    queues=[
        QueueFact(id="civil", name=name("民政"), series="A"),
        QueueFact(id="tax", name=name("税务"), series="B"),
        QueueFact(id="land", name=name("不动产"), series="C"),
        QueueFact(id="orphan", name=name("无窗口"), series="D"),
    ],
    windows=[
        WindowFact(id="w1", number=1, zone="north", queues=["civil", "tax"]),
        WindowFact(id="w2", number=2, zone="north", queues=["civil"]),
        WindowFact(id="w3", number=3, zone="north", queues=["land", "tax"], rules=["turns"]),
    ],
    items=[
        ItemFact(id="marry", name=name("结婚登记"), department="civil", queue="civil"),
        ItemFact(id="invoice", name=name("领发票"), department="tax", queue="tax"),
        ItemFact(id="deed", name=name("过户"), department="land", queue="land"),
        ItemFact(id="read", name=name("只看指南"), department="land"),
        ItemFact(id="gone", name=name("停办"), department="land", queue="land", hidden=True),
        ItemFact(id="lost", name=name("无人办"), department="land", queue="orphan"),
    ],
    priorities=[
        PriorityFact(id="elderly", name=name("老年人"), lead_minutes=15, kiosk=True, mark="老"),
        PriorityFact(id="soldier", name=name("军人"), lead_minutes=60, mark="军"),
        PriorityFact(id="booked", name=name("预约"), lead_minutes=10, mark="约"),
    ],
    rules=[
        RuleFact(id="turns", name=name("二比一"), kind=RuleKind.RATIO, queues=["land"], first=2)
    ],
    reasons=[ReasonFact(id=f"{kind}-reason", kind=kind, name=name("原因")) for kind in ReasonKind],
    staff=[
        StaffFact(id=f"s{number}", staff_number=str(number), name=f"工作人员{number}")
        for number in range(1, 5)
    ],
    devices=[DeviceFact(id="printer", kind="escpos", station="kiosk-1", url="null:")],
)


def clerk(staff_id: str) -> Asker:
    return Asker(
        sender=f"staff:{staff_id}",
        roles=frozenset({Role.CLERK}),
        account=staff_id,
        staff_id=staff_id,
    )


CHIEF = Asker(sender="staff:chief", roles=frozenset({Role.SUPERVISOR}), account="chief")
KIOSK = Asker(sender="station:kiosk-1", roles=frozenset({Role.KIOSK}), station_id="kiosk-1")


def events_after(reading: Reading, after: int) -> list[Event]:
    """What the ledger holds after ``after``."""
    rows = bodies_after(reading.connection, after, 1_000_000)
    bodies = [msgspec.json.decode(body) for _, body in rows]
    return [msgspec.convert(body, EVENTS[body["type"]]) for body in bodies]


def empty(connection: Connection) -> None:
    """Delete every row; for as few as a test has made that is quicker than TRUNCATE."""
    for table in reversed(metadata.sorted_tables):
        connection.execute(table.delete())


@dataclass
class Desk:
    """The queueing service with everything below it, driven by message names."""

    database: Database
    clock: ManualClock
    facts: list[HallFacts]
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def ask(self, wire_name: str, asker: Asker, **fields: Any) -> Any:
        """Carry an ask out in the writer, strictly decoded; the answer is of the promised kind."""
        body = {"request_id": f"request-{next(self.ids):06d}", **fields}
        message = msgspec.convert(body, ASKS[wire_name].ask)

        def job(tx: Transaction) -> Any:
            tx.actor = asker.sender
            return door.ASKS[wire_name](tx, asker, message)

        answer = self.database.write(job)
        assert type(answer) is ASKS[wire_name].answer
        return answer

    def refused(self, wire_name: str, asker: Asker, **fields: Any) -> str:
        """Code with which an ask is refused; nothing may have been recorded."""
        before = self.head()
        with pytest.raises(Refusal) as refused:
            self.ask(wire_name, asker, **fields)
        assert self.head() == before
        return refused.value.code

    def read(self, wire_name: str, asker: Asker = CHIEF, **fields: Any) -> Any:
        message = msgspec.convert(fields, READS[wire_name].read)
        with self.database.reading() as reading:
            answer = door.READS[wire_name](reading, asker, message)
        assert type(answer) is READS[wire_name].answer
        return answer

    def events(self, after: int = 0) -> list[Event]:
        with self.database.reading() as reading:
            return events_after(reading, after)

    def head(self) -> int:
        events = self.events()
        return events[-1].seq if events else 0

    def legs(self) -> dict[int, LegView]:
        with self.database.reading() as reading:
            _day, _windows, legs = service.picture(reading)
        return {leg.leg_id: leg for leg in legs}

    def execute(self, sql: str) -> None:
        """Reach past the service into the database."""
        self.database.write(lambda tx: tx.connection.exec_driver_sql(sql))

    def empty(self) -> None:
        """Begin anew, without a row and at nine."""
        self.database.write(lambda tx: empty(tx.connection))
        self.clock.at_ms = MONDAY_NINE

    def leg(self, leg_id: int) -> LegView:
        return self.legs()[leg_id]

    def pass_s(self, seconds: int) -> None:
        self.clock.advance(seconds * 1000)

    # ------------------------------------------------------------------ the usual beginning

    def begin(self) -> None:
        """Open the day and seat clerk n at window n."""
        self.ask("day.open", CHIEF)
        for number in (1, 2, 3):
            self.ask("window.open", clerk(f"s{number}"), window_id=f"w{number}")

    def take(self, item_id: str, **fields: Any) -> Any:
        """A citizen takes a number; a second passes."""
        slip = self.ask("ticket.take", KIOSK, item_id=item_id, **fields)
        self.pass_s(1)
        return slip

    def next(self, number: int) -> Any:
        """Clerk n calls the next to window n."""
        return self.ask("ticket.call_next", clerk(f"s{number}"), window_id=f"w{number}")

    def act(self, verb: str, number: int, leg_id: int, **fields: Any) -> Any:
        """Clerk n does something with a leg."""
        return self.ask(f"ticket.{verb}", clerk(f"s{number}"), leg_id=leg_id, **fields)

    def serve(self, number: int, seconds: int = 300) -> Any:
        """Call, start and finish whoever is next at window n."""
        called = self.next(number)
        self.act("start", number, called.leg_id)
        self.pass_s(seconds)
        return self.act("finish", number, called.leg_id)


OpenDesk = Callable[..., Desk]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, memory_folder: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{memory_folder / 'hall.db'}"
    url: str = request.getfixturevalue("emptied_postgres_url")
    return url


@pytest.fixture(scope="session")
def queueing_postgres(postgres_server: Path) -> str:
    """One database for all these tests: making one takes longer than most of them."""
    connection = psycopg2.connect(at_postgres(postgres_server, "postgres"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE queueing")
    connection.close()
    url = f"postgresql+psycopg2://hall@/queueing?host={postgres_server}"
    engine = create_engine(url)
    metadata.create_all(engine)
    engine.dispose()
    return url


@pytest.fixture
def emptied_postgres_url(queueing_postgres: str) -> str:
    """That database without a row."""
    engine = create_engine(queueing_postgres)
    with engine.begin() as connection:
        empty(connection)
    engine.dispose()
    return queueing_postgres


@pytest.fixture
def open_desk() -> Iterator[OpenDesk]:
    """Make desks on a database; they are closed after the test."""
    opened: list[Database] = []

    def make(url: str, facts: HallFacts = FACTS) -> Desk:
        clock = ManualClock(MONDAY_NINE)
        stated = [facts]
        ledger = Ledger(Ed25519Signer("hall.example", bytes(32)))
        database = Database(
            url, clock=clock, recorder=ledger, facts=lambda _connection: (1, stated[0])
        )
        metadata.create_all(database.engine)
        database.start()
        opened.append(database)
        return Desk(database, clock, stated)

    yield make
    for database in opened:
        database.stop()


@pytest.fixture
def memory_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: these tests are about answers, not about disks."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="hall-", dir=memory) as folder:
        yield Path(folder)


@pytest.fixture
def desk(open_desk: OpenDesk, database_url: str) -> Desk:
    """A desk with the day open and a clerk at each window."""
    made = open_desk(database_url)
    made.begin()
    return made
