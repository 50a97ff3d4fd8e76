"""The stations' line against a really running hall: in, out, and everything in between."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from loose_cable import LooseCable
from running_hall import People, RunningHall, free_port

from hall_server.contract.link import Link, LinkDown, LinkState, LinkStatus, new_request_id
from hall_server.contract.messages.base import Accepted, Event
from hall_server.contract.messages.organisation import Push, Snapshot
from hall_server.contract.messages.queueing import (
    ForecastRead,
    Forecasts,
    TicketSlip,
    TicketTake,
    TicketTaken,
)
from hall_server.contract.messages.stations import KioskHelp
from hall_server.contract.refusals import Refusal

WITHIN_S = 10.0
ITEM = "land-registration"


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


def eventually(holds: Callable[[], object], within_s: float = WITHIN_S) -> None:
    deadline_s = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline_s, "it did not come to pass in time"
        time.sleep(0.02)


class Listener:
    """A station's three ears, and its line."""

    def __init__(self, url: str, folder: Path, station: str = "kiosk-9", **more: object) -> None:
        self.snapshots: list[Snapshot] = []
        self.events: list[Event] = []
        self.states: list[LinkStatus] = []
        self.link = Link(
            url,
            folder / "station.key",
            station,
            "",
            self.snapshots.append,
            self.events.append,
            self.states.append,
            now_ms=wall_ms,
            **more,  # type: ignore[arg-type]  # code, code_file, version
        )
        self.link.start()

    def is_up(self) -> bool:
        return self.link.status.state is LinkState.UP

    def is_open(self) -> bool:
        """The hall opens its day by itself, a moment after it has started."""
        forecasts = self.link.read("hall.forecast", ForecastRead(), Forecasts)
        return any(one.open for one in forecasts.items)

    def taken(self) -> list[str]:
        return [event.label for event in self.events if isinstance(event, TicketTaken)]

    def take(self, request_id: str = "") -> TicketSlip:
        ask = TicketTake(request_id=request_id or new_request_id(), item_id=ITEM)
        return self.link.ask("ticket.take", ask, TicketSlip)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHall]:
    arguments = ["--simulated-devices-from", str(free_port())]
    hall = RunningHall(tmp_path_factory.mktemp("hall"), free_port(), arguments).start()
    yield hall
    hall.stop()


@pytest.fixture(scope="module")
def people(hall: RunningHall) -> People:
    return hall.people([])


@pytest.fixture
def cable(hall: RunningHall) -> Iterator[LooseCable]:
    cable = LooseCable(hall.port)
    yield cable
    cable.close()


@pytest.fixture
def listener(
    hall: RunningHall, people: People, cable: LooseCable, tmp_path: Path
) -> Iterator[Listener]:
    """A station that has just been let in, over a cable that can be unplugged."""
    listener = Listener(cable.url, tmp_path, code=invite(hall, people))
    eventually(listener.is_up)
    eventually(listener.is_open)
    yield listener
    listener.link.stop()


def invite(hall: RunningHall, people: People, station: str = "kiosk-9") -> str:
    ask = {"station_id": station, "role": "kiosk"}
    return str(hall.must("station.invite", ask, cookie=people.administrator)["code"])


def test_a_station_is_let_in_by_its_code_and_later_by_its_key(
    hall: RunningHall, people: People, tmp_path: Path
) -> None:
    code_file = tmp_path / "enrol" / "kiosk-9.code"
    listener = Listener(hall.url, tmp_path, code_file=code_file)
    eventually(lambda: listener.link.status.state is LinkState.NOT_ENROLLED)
    assert "kiosk-9" in listener.link.status.zh
    code_file.parent.mkdir()
    code_file.write_text(invite(hall, people))
    eventually(listener.is_up)
    assert not code_file.exists()
    assert listener.snapshots[0].facts.site.name.zh
    assert listener.link.page_token
    listener.link.stop()

    again = Listener(hall.url, tmp_path)
    eventually(again.is_up)
    again.link.stop()


def test_events_come_in_order_and_each_once(listener: Listener) -> None:
    labels: list[str] = []
    threads = [
        threading.Thread(target=lambda: labels.append(listener.take().label)) for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    eventually(lambda: len(listener.taken()) == 12)
    assert sorted(listener.taken()) == sorted(labels)
    seqs = [event.seq for event in listener.events]
    assert seqs == sorted(set(seqs))


def test_asks_and_reads_are_answered_as_the_contract_states(listener: Listener) -> None:
    slip = listener.take("same-press-1")
    assert listener.take("same-press-1") == slip
    forecasts = listener.link.read("hall.forecast", ForecastRead(), Forecasts)
    assert any(one.item_id == ITEM and one.open for one in forecasts.items)
    help_ = KioskHelp(request_id=new_request_id())
    assert listener.link.ask("kiosk.help", help_, Accepted).seq > slip.seq
    ask = TicketTake(request_id=new_request_id(), item_id="no-such-item")
    with pytest.raises(Refusal) as refused:
        listener.link.ask("ticket.take", ask, TicketSlip)
    assert refused.value.code == "item_unknown"
    assert refused.value.refused.zh


def test_a_broken_line_heals_and_tells_what_was_missed(
    listener: Listener, cable: LooseCable, hall: RunningHall, people: People, tmp_path: Path
) -> None:
    listener.take()
    eventually(lambda: len(listener.taken()) == 1)
    cable.unplug()
    eventually(lambda: listener.link.status.state is LinkState.LOST)
    with pytest.raises(LinkDown) as down:
        listener.take()
    assert not down.value.sent
    token, _ = hall.station("kiosk-8", "kiosk", people.administrator, tmp_path / "eight")
    missed = [
        str(hall.must("ticket.take", {"item_id": ITEM}, token=token)["label"]) for _ in range(3)
    ]
    snapshots = len(listener.snapshots)
    cable.plug_in()
    eventually(listener.is_up)
    eventually(lambda: listener.taken()[1:] == missed)
    assert len(listener.snapshots) == snapshots, "a short absence needs no new picture"


def test_a_lost_push_is_made_good_within_five_seconds(listener: Listener) -> None:
    listener.take()
    eventually(listener.taken)
    connection = listener.link._connection
    assert connection is not None
    before = len(listener.snapshots)
    place = listener.events[-1].seq
    connection._on_push(
        {
            "since": place + 3,
            "upto": place + 4,
            "events": [{"type": "day.closed", "seq": place + 4}],
        }
    )
    eventually(lambda: len(listener.snapshots) > before, within_s=5.0)
    assert not listener.link._sequence.has_gap or listener.snapshots[-1].seq < place + 3
    assert listener.is_up()


def test_pushes_that_overtake_each_other_cost_no_picture(listener: Listener) -> None:
    connection = listener.link._connection
    assert connection is not None
    before, place = len(listener.snapshots), listener.link._sequence.place
    opened = {"type": "day.opened", "day": "2026-11-23", "at": 1, "actor": ""}
    for since in (place + 1, place):
        event = {**opened, "seq": since + 1}
        connection._on_push({"since": since, "upto": since + 1, "events": [event]})
    eventually(lambda: listener.events and listener.events[-1].seq == place + 2)
    time.sleep(0.8)
    assert len(listener.snapshots) == before


def test_a_full_inbox_ends_in_a_new_picture(listener: Listener) -> None:
    connection = listener.link._connection
    assert connection is not None
    before = len(listener.snapshots)
    connection._overrun.set()
    eventually(lambda: len(listener.snapshots) > before)


def test_changed_facts_come_as_a_new_picture(
    listener: Listener, hall: RunningHall, people: People
) -> None:
    text = '{"id":"kiosk_notice","text":{"zh":"今日设备检修","en":"Works today"}}'
    ask = {"kind": "texts", "body": text}
    hall.must("fact.save", ask, cookie=people.administrator)
    listener.take()  # what else is told right afterwards does not make it forgotten
    eventually(
        lambda: any(
            one.id == "kiosk_notice" and one.text.zh == "今日设备检修"
            for one in listener.snapshots[-1].facts.texts
        )
    )


def test_an_answer_that_does_not_come_is_waited_for_so_long_and_no_longer(
    listener: Listener, hall: RunningHall
) -> None:
    assert hall.process is not None
    os.kill(hall.process.pid, signal.SIGSTOP)
    try:
        started_s = time.monotonic()
        ask = TicketTake(request_id=new_request_id(), item_id=ITEM)
        with pytest.raises(LinkDown) as down:
            listener.link.ask("ticket.take", ask, TicketSlip, 0.5)
        assert time.monotonic() - started_s < 1.5
        assert down.value.sent
    finally:
        os.kill(hall.process.pid, signal.SIGCONT)
    assert listener.take(ask.request_id).label


def test_whoever_waits_is_told_at_once_when_the_line_breaks(
    listener: Listener, cable: LooseCable
) -> None:
    cable.deaf.set()
    threading.Timer(0.3, cable.hang_up).start()
    started_s = time.monotonic()
    ask = TicketTake(request_id=new_request_id(), item_id=ITEM)
    with pytest.raises(LinkDown) as down:
        listener.link.ask("ticket.take", ask, TicketSlip, 8.0)
    assert down.value.sent
    assert time.monotonic() - started_s < 3.0
    eventually(lambda: listener.link.status.state is LinkState.LOST)
    cable.plug_in()
    eventually(listener.is_up)
    first = listener.take(ask.request_id)
    assert listener.take(ask.request_id) == first


def test_a_station_too_old_is_told_so_plainly(
    hall: RunningHall, people: People, tmp_path: Path
) -> None:
    old = Listener(hall.url, tmp_path, code=invite(hall, people), version="0.0.1")
    eventually(lambda: old.link.status.state is LinkState.TOO_OLD)
    assert "0.0.1" in old.link.status.zh
    assert "0.0.1" in old.link.status.en
    old.link.stop()


def test_a_hall_that_comes_later_is_found(tmp_path: Path) -> None:
    late = RunningHall(tmp_path / "hall", free_port(), ["--invite", "kiosk-1:kiosk"])
    code_file = late.data / "enrol" / "kiosk-1.code"
    early = Listener(late.url, tmp_path / "station", "kiosk-1", code_file=code_file)
    time.sleep(0.5)
    assert early.link.status.state is LinkState.STARTING
    late.start()
    eventually(early.is_up, within_s=20)
    late.stop()
    eventually(lambda: early.link.status.state is LinkState.LOST)
    early.link.stop()


def test_a_message_of_another_release_is_no_end(listener: Listener) -> None:
    """What the contract does not know makes the link begin anew, not die."""
    connection = listener.link._connection
    assert connection is not None
    connection._put(Push, {"since": "nonsense"})
    eventually(lambda: listener.link.status.state is LinkState.LOST)
    assert listener.link._thread.is_alive()
