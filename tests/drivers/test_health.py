"""Lamps that do not flicker, and patience that grows."""

import pytest

from drivers.health import Backoff, Finding, HealthRecord
from drivers.orders import DeviceCode, DeviceHealth

OK = Finding(answered=True)
LOW = Finding(answered=True, codes=frozenset({DeviceCode.PAPER_LOW}))
OUT = Finding(answered=True, codes=frozenset({DeviceCode.PAPER_OUT}))
SILENT = Finding(answered=False, codes=frozenset({DeviceCode.NO_REPLY}))
GONE = Finding(answered=False, codes=frozenset({DeviceCode.OFFLINE}), certain=True)


def record() -> HealthRecord:
    return HealthRecord("p1", "escpos", 1000)


@pytest.mark.parametrize(
    ("finding", "health"),
    [
        (OK, DeviceHealth.OK),
        (LOW, DeviceHealth.DEGRADED),
        (OUT, DeviceHealth.FAULT),
        (SILENT, DeviceHealth.UNKNOWN),
        (Finding(answered=False), DeviceHealth.UNKNOWN),
        (GONE, DeviceHealth.OFFLINE),
    ],
)
def test_a_finding_has_a_health_and_silence_is_never_ok(
    finding: Finding, health: DeviceHealth
) -> None:
    assert finding.health is health


def test_the_first_finding_is_taken_at_once() -> None:
    status = record().add(OK, 1500)
    assert status is not None
    assert (status.health, status.since_ms, status.last_ok_ms) == (DeviceHealth.OK, 1500, 1500)


def test_one_bad_check_is_not_believed_two_are() -> None:
    health = record()
    health.add(OK, 1000)
    assert health.add(OUT, 2000) is None
    assert health.add(OK, 3000) is None
    assert health.add(OUT, 4000) is None
    status = health.add(OUT, 5000)
    assert status is not None
    assert (status.health, status.since_ms, status.last_ok_ms) == (DeviceHealth.FAULT, 5000, 3000)
    assert health.add(OK, 6000) is None
    assert health.add(OK, 7000) is not None


def test_two_different_bad_checks_do_not_make_a_fault() -> None:
    health = record()
    health.add(OK, 1000)
    assert health.add(OUT, 2000) is None
    assert health.add(SILENT, 3000) is None
    assert health.status.health is DeviceHealth.OK


def test_a_hang_up_needs_no_second_look() -> None:
    health = record()
    health.add(OK, 1000)
    status = health.add(GONE, 2000)
    assert status is not None
    assert status.health is DeviceHealth.OFFLINE


def test_another_cause_of_the_same_health_is_told_and_keeps_its_beginning() -> None:
    health = record()
    health.add(OUT, 1000)
    cover = Finding(answered=True, codes=frozenset({DeviceCode.COVER_OPEN}))
    health.add(cover, 2000)
    status = health.add(cover, 3000)
    assert status is not None
    assert (status.codes, status.since_ms) == (cover.codes, 1000)


def test_a_disabled_device_stays_so() -> None:
    health = HealthRecord("n", "null", 1000, disabled=True)
    assert health.add(OK, 2000) is None
    assert health.status.health is DeviceHealth.DISABLED


@pytest.mark.parametrize(("chance", "factor"), [(0.0, 0.8), (0.5, 1.0), (1.0, 1.2)])
def test_patience_doubles_from_half_a_second_to_half_a_minute(chance: float, factor: float) -> None:
    backoff = Backoff(lambda: chance)
    waits = [backoff.next_s() / factor for _ in range(9)]
    assert waits == pytest.approx([0.5, 1, 2, 4, 8, 16, 30, 30, 30])
    backoff.reset()
    assert backoff.next_s() / factor == pytest.approx(0.5)
