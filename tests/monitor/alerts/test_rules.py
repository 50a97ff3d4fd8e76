"""Alerts of cameras and of the machine: told once, over once, nothing from what is unknown."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hall_server.contract.http_door import LinkDown
from hall_server.contract.messages.base import Accepted
from hall_server.contract.messages.stations import OF_MONITORS, AlertKind, DeviceAlert
from monitor.alerts import rules
from monitor.alerts.cameras import OF_TESTS, CameraAlerts, CameraNow, of_camera
from monitor.alerts.machine import MachineAlerts
from monitor.alerts.rules import ALIVE_MS, PATIENCE, AlertWatch, of_recorder, step
from monitor.alerts.signs import (
    ANALYSER,
    RECORDER,
    AnalyserSign,
    Keeper,
    RecorderSign,
    leave,
    sign_in,
)
from monitor.alerts.telling import Teller
from monitor.analysis.health import HealthTest
from monitor.recording.forecast import days_that_fit, room_bytes

DAY_MS = 86_400_000
GB = 1_000_000_000
T0 = 1_795_395_600_000


def course(kind: AlertKind, bad: list[bool], every_ms: int) -> list[bool]:
    """Whether the alert is told after each look."""
    watch, told = AlertWatch(), []
    for number, is_bad in enumerate(bad):
        watch = step(watch, {kind: is_bad}, T0 + number * every_ms)
        told.append(kind in watch.told)
    return told


@pytest.mark.parametrize("kind", sorted(PATIENCE))
def test_each_alert_waits_out_its_patience_both_ways(kind: AlertKind) -> None:
    patience = PATIENCE[kind]
    for wait_ms, is_bad in ((patience.raise_ms, True), (patience.clear_ms, False)):
        watch = step(AlertWatch(), {kind: True}, T0 - 10 * DAY_MS)
        watch = step(watch, {kind: True}, T0 - 9 * DAY_MS)
        if is_bad:
            watch = AlertWatch()
        watch = step(watch, {kind: is_bad}, T0)
        if wait_ms:
            watch = step(watch, {kind: is_bad}, T0 + wait_ms - 1)
            assert (kind in watch.told) is not is_bad
        watch = step(watch, {kind: is_bad}, T0 + wait_ms)
        assert (kind in watch.told) is is_bad


def test_what_comes_and_goes_is_told_once() -> None:
    bad = [True] * 7 + [False, True] * 10 + [False] * 2
    told = course(AlertKind.CAMERA_OFFLINE, bad, every_ms=10_000)
    changes = [(a, b) for a, b in zip([False, *told], told, strict=False) if a is not b]
    assert changes == [(False, True), (True, False)]


def test_every_alert_of_a_monitor_has_a_patience_and_every_health_test_an_alert() -> None:
    assert set(PATIENCE) == OF_MONITORS
    assert {*OF_TESTS, HealthTest.OFFLINE} == {*HealthTest}


@pytest.mark.parametrize("test", sorted(OF_TESTS))
def test_a_raised_health_test_is_bad_only_of_a_camera_that_is_heard(test: HealthTest) -> None:
    heard = of_camera(frozenset({test}), T0, T0 + 1_000, is_blind=False)
    assert [kind for kind, is_bad in heard.items() if is_bad] == [OF_TESTS[test]]
    silent = of_camera(frozenset({test}), T0, T0 + 6_000, is_blind=False)
    assert silent == {AlertKind.CAMERA_OFFLINE: True}
    assert of_camera(frozenset({test}), T0, T0 + 6_000, is_blind=True) == {}


def recorder(**changed: object) -> RecorderSign:
    told: dict[str, object] = {"at": T0, "retention_days": 30, "days_fit": None}
    return RecorderSign(**{**told, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sign", "later_ms", "expected"),
    [
        (None, 0, {"recorder_stopped": True}),
        (recorder(), ALIVE_MS + 1, {"recorder_stopped": True}),
        (recorder(), 0, {"recorder_stopped": False, "recording_stopped": False}),
        (
            recorder(days_fit=29.9),
            0,
            {"recorder_stopped": False, "recording_stopped": False, "disk_short": True},
        ),
        (
            recorder(days_fit=30.0),
            0,
            {"recorder_stopped": False, "recording_stopped": False, "disk_short": False},
        ),
        (
            recorder(days_fit=99.0, is_purging=True, is_full=True),
            0,
            {"recorder_stopped": False, "recording_stopped": True, "disk_short": True},
        ),
    ],
)
def test_what_the_recorder_said_is_judged_while_it_is_new(
    sign: RecorderSign | None, later_ms: int, expected: dict[str, bool]
) -> None:
    assert of_recorder(AlertWatch(), sign, T0 + later_ms) == expected


def test_a_disk_that_was_too_short_must_have_a_tenth_more() -> None:
    watch = AlertWatch({AlertKind.DISK_SHORT: rules.Cause(is_bad=True, since=T0, is_told=True)})
    for days, is_short in ((29.0, True), (32.9, True), (33.1, False)):
        found = of_recorder(watch, recorder(days_fit=days), T0)
        assert found[AlertKind.DISK_SHORT] is is_short


def test_a_purge_is_over_also_before_a_day_has_been_recorded() -> None:
    watch, minute_ms = AlertWatch(), 60_000
    for at, is_purging in ((0, True), (1, True), (2, False), (3, False)):
        sign = recorder(at=T0 + at * minute_ms, is_purging=is_purging)
        watch = rules.step(watch, of_recorder(watch, sign, sign.at), sign.at)
        assert (AlertKind.DISK_SHORT in watch.told) is (at in (1, 2))
    assert watch.is_settled


@pytest.mark.parametrize(
    ("recorded", "over_days", "expected"),
    [(10 * GB, 0.9, None), (0, 3, None), (10 * GB, 1, 30.0), (70 * GB, 7, 30.0), (5 * GB, 2, 120)],
)
def test_days_are_judged_by_what_was_recorded(
    recorded: int, over_days: float, expected: float | None
) -> None:
    assert days_that_fit(300 * GB, recorded, int(over_days * DAY_MS)) == expected


def test_what_must_stay_free_is_no_room_and_a_stated_limit_holds() -> None:
    assert room_bytes(100 * GB, 1000 * GB, 0.30, 0) == 300 * GB
    assert room_bytes(100 * GB, 1000 * GB, 0.05, 0) == 100 * GB
    assert room_bytes(100 * GB, 1000 * GB, 0.30, 50 * GB) == 50 * GB


@dataclass
class Line:
    """A line to the hall that may be down."""

    is_up: bool = True
    heard: list[tuple[str, list[AlertKind]]] = field(default_factory=list)
    passed: list[list[AlertKind]] = field(default_factory=list)

    def ask(self, name: str, message: DeviceAlert, _expect: type[Accepted]) -> Accepted:
        assert name == "device.alert"
        if not self.is_up:
            raise LinkDown(name)
        self.heard.append((message.device_id, message.alerts))
        self.passed.append(message.passed)
        return Accepted(seq=1)


def test_a_camera_that_falls_silent_is_told_once_and_so_is_its_return() -> None:
    line = Line()
    alerts = CameraAlerts(line)
    for second in range(200):
        heard_at = T0 + second * 1000 if not 20 <= second < 120 else T0 + 20_000
        now = CameraNow(frozenset(), heard_at)
        alerts.look({"window-1": now}, T0 + second * 1000, is_blind=False)
    assert line.heard == [
        ("window-1", []),
        ("window-1", [AlertKind.CAMERA_OFFLINE]),
        ("window-1", []),
    ]


def test_a_camera_that_was_never_heard_is_told_and_a_recorder_that_is_away_is_none_of_it() -> None:
    line, blind = Line(), Line()
    alerts, other = CameraAlerts(line), CameraAlerts(blind)
    for second in range(90):
        at = T0 + second * 1000
        alerts.look({"window-1": CameraNow(frozenset(), 0)}, at, is_blind=False)
        other.look({"window-1": CameraNow(frozenset(), 0)}, at, is_blind=True)
    assert line.heard == [("window-1", [AlertKind.CAMERA_OFFLINE])], "no earlier word is taken back"
    assert blind.heard == []


def test_a_machine_whose_programs_fall_silent_tells_it_also_after_the_hall_was_away(
    tmp_path: Path,
) -> None:
    line, now_ms = Line(), [T0]
    leave(tmp_path / ANALYSER, AnalyserSign(at=T0, station="analyser-7"))
    leave(tmp_path / RECORDER, recorder())
    machine = MachineAlerts(line, "monitor-1", tmp_path, tmp_path, lambda: now_ms[0])
    machine.look()
    assert line.heard == [("monitor-1", []), ("analyser-7", [])]
    assert (machine.now().is_analyser_alive, machine.now().is_recorder_alive) == (True, True)
    line.is_up = False
    for later_s in (20, 40, 60):
        now_ms[0] = T0 + later_s * 1000
        machine.look()
    line.is_up = True
    machine.look()
    machine.look()
    assert line.heard[2:] == [
        ("monitor-1", [AlertKind.RECORDER_STOPPED]),
        ("analyser-7", [AlertKind.ANALYSER_STOPPED]),
    ]
    assert not machine.now().is_analyser_alive


def test_what_was_over_before_the_hall_came_back_is_told_as_passed() -> None:
    line = Line(is_up=False)
    teller = Teller(line)
    well = step(AlertWatch(), {AlertKind.DARK: False}, T0)
    for watch in (step(well, {AlertKind.DARK: True}, T0 + 1), well):
        teller.tell("window-1", watch)
    line.is_up = True
    for _ in range(2):
        teller.tell("window-1", well)
    assert line.heard == [("window-1", [])]
    assert line.passed == [[AlertKind.DARK]]


def test_a_sign_is_left_every_few_seconds_and_a_full_disk_stops_nothing(tmp_path: Path) -> None:
    kept = Keeper(tmp_path / ANALYSER, lambda at: AnalyserSign(at=at, station="a"))
    times = []
    for second in range(12):
        kept.look(T0 + second * 1000)
        times.append((tmp_path / ANALYSER).read_bytes())
    assert len({*times}) == 3
    Keeper(tmp_path / "no" / ANALYSER, lambda at: AnalyserSign(at=at, station="a")).look(T0)


def test_a_full_disk_takes_a_sign_over_the_last_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The recorder would seem to have stopped, where it works and has something else to say."""
    file = tmp_path / RECORDER
    leave(file, recorder(at=T0, days_fit=29.123456789))

    def is_full(_path: Path, _content: bytes) -> int:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(Path, "write_bytes", is_full)
    for sign in (recorder(at=T0 + 1, is_full=True), recorder(at=T0 + 2)):
        leave(file, sign)
        assert sign_in(file, RecorderSign) == sign
