"""Which alarms open and close: once each, not for a flicker, and never closed by silence."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from bad_cables import Cable
from hypothesis import given
from hypothesis import strategies as st
from printing_hall import Hall

from drivers.alarm_watch import AlarmWatch
from drivers.alarms import Alarm, DeviceAlarms
from drivers.codec.counters import Counters
from drivers.orders import DeviceCode, DeviceHealth, DeviceStatus
from drivers.simulator.printer_engine import Fault, PrinterEngine

OK, FAULT = DeviceHealth.OK, DeviceHealth.FAULT
OFFLINE, UNKNOWN = DeviceHealth.OFFLINE, DeviceHealth.UNKNOWN
NOTHING = frozenset[Alarm]()


@dataclass
class Looking:
    """One device, looked at once a second."""

    alarms: DeviceAlarms = field(default_factory=DeviceAlarms)
    now_ms: int = 0
    line: Counters = field(default_factory=Counters)

    def see(
        self, health: DeviceHealth, *codes: DeviceCode, seconds: int = 1
    ) -> list[frozenset[Alarm]]:
        seen = []
        for _ in range(seconds):
            self.now_ms += 1_000
            status = DeviceStatus("d", "escpos", health, frozenset(codes), 0, None)
            seen.append(self.alarms.look(status, self.line, self.now_ms))
        return seen

    def hear(self, good: int, bad: int) -> frozenset[Alarm]:
        self.line = Counters(self.line.frames_ok + good, self.line.crc_bad + bad, 0, 0)
        return self.see(OK)[-1]


@pytest.mark.parametrize(
    ("code", "alarm"),
    [
        (DeviceCode.PAPER_LOW, Alarm.PAPER_LOW),
        (DeviceCode.PAPER_ENDING, Alarm.PAPER_LOW),
        (DeviceCode.PAPER_OUT, Alarm.PAPER_OUT),
        (DeviceCode.COVER_OPEN, Alarm.COVER_OPEN),
        (DeviceCode.CUTTER_ERROR, Alarm.CUTTER_ERROR),
    ],
)
def test_what_it_says_opens_at_once_and_closes_a_while_after(
    code: DeviceCode, alarm: Alarm
) -> None:
    looking = Looking()
    assert looking.see(OK)[-1] == NOTHING
    assert looking.see(FAULT, code) == [{alarm}]
    assert looking.see(OK, seconds=4)[-1] == {alarm}
    assert looking.see(OK, seconds=1)[-1] == NOTHING


def test_a_flicker_is_one_alarm() -> None:
    looking = Looking()
    seen = [
        told
        for _ in range(20)
        for told in (
            *looking.see(FAULT, DeviceCode.COVER_OPEN, seconds=2),
            *looking.see(OK, seconds=3),
        )
    ]
    assert set(seen) == {frozenset({Alarm.COVER_OPEN})}


def test_out_of_reach_counts_after_a_minute_and_keeps_what_was_open() -> None:
    looking = Looking()
    looking.see(FAULT, DeviceCode.PAPER_OUT)
    assert looking.see(OFFLINE, seconds=60)[-1] == {Alarm.PAPER_OUT}
    assert looking.see(OFFLINE, seconds=2)[-1] == {Alarm.PAPER_OUT, Alarm.OFFLINE}
    assert looking.see(UNKNOWN, seconds=90)[-1] == {Alarm.PAPER_OUT, Alarm.OFFLINE}
    assert Alarm.OFFLINE not in looking.see(OK)[-1]
    assert looking.see(OK, seconds=5)[-1] == NOTHING


def test_nothing_is_known_of_what_was_never_heard() -> None:
    looking = Looking()
    looking.see(UNKNOWN, seconds=5)
    looking.see(OFFLINE, seconds=50)
    assert not looking.alarms.is_known
    looking.see(OFFLINE, seconds=15)
    assert looking.alarms.is_known


def test_a_ticket_that_was_drawn_back_is_seen_for_a_minute() -> None:
    looking = Looking()
    assert looking.see(DeviceHealth.DEGRADED, DeviceCode.NOT_TAKEN)[-1] == {Alarm.NOT_TAKEN}
    assert looking.see(OK, seconds=59)[-1] == {Alarm.NOT_TAKEN}
    assert looking.see(OK)[-1] == NOTHING


def test_checksums_open_above_one_in_a_hundred_and_close_below_half_of_that() -> None:
    looking = Looking()
    looking.see(OK)
    assert looking.hear(198, 2) == NOTHING  # exactly one in a hundred
    assert looking.hear(100, 90) == NOTHING  # no whole portion yet
    assert looking.hear(10, 0) == {Alarm.CHECKSUM_ERRORS}
    assert looking.hear(497, 3) == {Alarm.CHECKSUM_ERRORS}  # better, not yet good
    assert looking.hear(500, 1) == NOTHING
    looking.line = Counters()
    assert looking.see(OK)[-1] == NOTHING  # opened anew


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(DeviceHealth)),
            st.sampled_from([*DeviceCode, None]),
            st.integers(1, 70),
        ),
        max_size=25,
    )
)
def test_silence_never_closes_anything(
    story: list[tuple[DeviceHealth, DeviceCode | None, int]],
) -> None:
    looking, before = Looking(), NOTHING
    for health, code, seconds in story:
        for told in looking.see(health, *([code] if code else []), seconds=seconds):
            if health in {OFFLINE, UNKNOWN}:
                assert told >= before
            before = told


@pytest.fixture
def hall(cable: Cable, tmp_path: Path) -> Iterator[Hall]:
    hall = Hall(cable, tmp_path)
    yield hall
    hall.bench.close()


def test_the_watch_tells_each_change_once_and_all_again_when_asked(hall: Hall) -> None:
    told: list[tuple[str, list[Alarm]]] = []
    now_ms = [0]
    watch = AlarmWatch(
        lambda: [hall.bench],
        lambda device, alarms: told.append((device, alarms)),
        lambda: now_ms[0],
    )
    watch.look()
    hall.until(lambda: hall.health() is OK)
    watch.look()
    assert told == [("p", [])]
    hall.partner.act(lambda engine: engine.set_fault(Fault.PAPER_OUT, on=True))
    hall.until(lambda: hall.health() is FAULT)
    watch.look()
    watch.look()
    assert told[1:] == [("p", [Alarm.PAPER_OUT])]
    watch.tell_again()
    watch.look()
    assert told[2:] == [("p", [Alarm.PAPER_OUT])]
    hall.partner.act(PrinterEngine.load_paper)
    hall.until(lambda: hall.health() is OK)
    now_ms[0] += 10_000
    watch.look()
    assert told[3:] == [("p", [])]


def test_a_bad_cable_opens_no_alarm_that_the_printer_did_not_say(bad_cable: Cable) -> None:
    hall = Hall(bad_cable)
    told: list[list[Alarm]] = []
    try:
        watch = AlarmWatch(
            lambda: [hall.bench], lambda _device, alarms: told.append(alarms), lambda: hall.now_ms
        )
        for _ in range(20):
            hall.submit(f"j{hall.now_ms}").wait(0.1)
            hall.now_ms += 1_000
            watch.look()
        said = {alarm for alarms in told for alarm in alarms}
        assert bad_cable.harm
        assert said == set() or bad_cable.damages
    finally:
        hall.bench.close()
