"""Looking back through a whole hall: a number leads to its picture, and seeks are written down."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from hall_server.contract.admission import admission_of
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.ledger import CheckpointRead
from hall_server.contract.messages.lookback import RecordingCourse, RecordingFind
from hall_server.contract.messages.supervision import Evidence, FindingRule, HealthProof
from hall_server.contract.refusals import Refusal
from hall_server.contract.registry import ASKS
from hall_server.ledger.reading import seq_before


class Desk:
    """A hall with a clerk at window 1, a supervisor and a monitor."""

    def __init__(self, hall: Any) -> None:
        self.hall = hall
        self.boss = hall.person("boss", Role.SUPERVISOR)
        self.auditor = hall.person("shen", Role.AUDITOR)
        self.clerk = hall.person("li", Role.CLERK, staff_id="staff-01")
        self.monitor = hall.station("monitor-1", Role.MONITOR)
        self.kiosk = hall.station("kiosk-1", Role.KIOSK)
        self.ask("day.open", self.boss)
        self.ask("window.open", self.clerk, window_id="window-1")

    def ask(self, name: str, asker: Any, **fields: Any) -> Any:
        body = {"request_id": self.hall.request_id(), **fields}
        return self.hall.ask(name, asker, msgspec.convert(body, ASKS[name].ask))

    def wait(self, seconds: int) -> int:
        self.hall.clock.advance(seconds * 1000)
        return int(self.hall.clock.now_ms())

    def serve(self) -> tuple[str, int, int]:
        """The number, when it was called and when it was finished."""
        taken = self.ask("ticket.take", self.boss, item_id="land-registration")
        self.wait(30)
        leg_id = self.ask("ticket.call_next", self.clerk, window_id="window-1").leg_id
        called = self.wait(0)
        self.wait(20)
        self.ask("ticket.start", self.clerk, leg_id=leg_id)
        finished = self.wait(100)
        self.ask("ticket.finish", self.clerk, leg_id=leg_id)
        return taken.label, called, finished

    def find(self, asker: Any = None, **fields: Any) -> Any:
        return self.hall.read("recording.find", asker or self.boss, RecordingFind(**fields)).clips

    def refused(self, asker: Any = None, **fields: Any) -> str:
        with pytest.raises(Refusal) as refused:
            self.find(asker, **fields)
        return refused.value.code

    def look(self, begins_at: int, ends_at: int, camera: str = "camera-1") -> Any:
        span = {"camera_id": camera, "begins_at": begins_at, "ends_at": ends_at}
        return self.ask("camera.look", self.boss, note="核实投诉", **span)


@pytest.fixture
def desk(hall: Any) -> Desk:
    return Desk(hall)


def test_a_number_leads_to_its_window_and_time(desk: Desk) -> None:
    label, called, finished = desk.serve()
    desk.wait(60)
    for named in (label, label.lower()):
        (clip,) = desk.find(label=named)
        assert (clip.window_id, clip.label) == ("window-1", label)
        assert (clip.begins_at, clip.ends_at) == (called - 10_000, finished + 10_000)
    events = {body["type"]: body["seq"] for body in desk.hall.bodies()}
    (clip,) = desk.find(desk.auditor, seq=events["ticket.finished"])
    assert (clip.begins_at, clip.moment) == (called - 10_000, finished)
    assert desk.refused(label="Z999") == "recording_nothing"
    assert desk.refused(label=label, day="2020-01-01") == "recording_nothing"
    assert desk.refused(seq=10**9) == "recording_nothing"
    assert desk.refused(desk.clerk, label=label) == "forbidden"


def test_what_a_window_did_stands_beside_the_picture(desk: Desk) -> None:
    begins = desk.wait(0)
    label, called, finished = desk.serve()
    ends = desk.wait(60)
    read = RecordingCourse(window_id="window-1", begins_at=begins, ends_at=ends + 9)
    course = desk.hall.read("recording.course", desk.boss, read)
    told = [(one.doing, one.begins_at, one.label) for one in course.stretches]
    assert told == [
        ("idle", begins, ""),
        ("called", called, label),
        ("serving", called + 20_000, label),
        ("idle", finished, ""),
    ]
    assert course.stretches[-1].ends_at == ends, "not beyond now"
    kinds = [one.type for one in course.marks]
    assert kinds == ["ticket.called", "ticket.started", "ticket.finished"]
    with pytest.raises(Refusal) as refused:
        desk.hall.read(
            "recording.course",
            desk.boss,
            RecordingCourse(window_id="window-1", begins_at=0, ends_at=ends),
        )
    assert refused.value.code == "look_span"


def test_what_a_window_had_declared_hours_before_is_known(desk: Desk) -> None:
    desk.ask("window.pause", desk.clerk, window_id="window-1", reason_id="pause-break")
    begins = desk.wait(6 * 3600)
    read = RecordingCourse(window_id="window-1", begins_at=begins, ends_at=desk.wait(60))
    (stretch,) = desk.hall.read("recording.course", desk.boss, read).stretches
    assert (stretch.doing, stretch.reason_id) == ("paused", "pause-break")


def test_a_finding_leads_to_its_camera_also_the_clerk_whom_it_concerns(desk: Desk) -> None:
    now_ms = desk.wait(600)
    evidence = Evidence(
        rule=FindingRule.VACANCY,
        rule_version=1,
        camera_id="camera-1",
        window_id="window-1",
        staff_id="staff-01",
        begins_at=now_ms - 400_000,
        ends_at=now_ms - 10_000,
        clip_begins_at=now_ms - 410_000,
        clip_ends_at=now_ms,
        thresholds=[],
        declared=[],
        health=HealthProof(looks=1, unwell=0, unknown=0),
        zh="座位无人",
        en="Nobody in the seat",
    )
    told = msgspec.to_builtins(evidence)
    report = desk.ask("finding.report", desk.monitor, key="vacancy-1", evidence=told)
    for who in (desk.boss, desk.clerk):
        (clip,) = desk.find(who, finding_id=report.finding_id)
        assert (clip.camera_id, clip.begins_at) == ("camera-1", now_ms - 410_000)
    other = desk.hall.person("wu", Role.CLERK, staff_id="staff-02")
    assert desk.refused(other, finding_id=report.finding_id) == "finding_unknown"
    read = RecordingCourse(window_id="window-1", begins_at=now_ms - 600_000, ends_at=now_ms)
    (shown,) = desk.hall.read("recording.course", desk.boss, read).findings
    assert (shown.finding_id, shown.begins_at) == (report.finding_id, now_ms - 400_000)


def test_seeks_stand_in_the_ledger_under_the_look_that_let_them_in(desk: Desk) -> None:
    now_ms = desk.wait(600)
    first = desk.look(now_ms - 60_000, now_ms)
    other = desk.look(now_ms - 30_000, now_ms, "camera-2")
    places = [
        *((first.seq, "camera-1", now_ms - 60_000), (other.seq, "camera-2", now_ms - 5)),
        (first.seq, "camera-1", now_ms - 20_000),
    ]
    seeks = [{"look": look, "camera_id": camera, "at": at} for look, camera, at in places]
    desk.ask("camera.seek", desk.monitor, seeks=seeks)
    sought = [body for body in desk.hall.bodies() if body["type"] == "camera.sought"]
    assert [(one["look"], one["account"], one["moments"]) for one in sought] == [
        (first.seq, "boss", [now_ms - 60_000, now_ms - 20_000]),
        (other.seq, "boss", [now_ms - 5]),
    ]
    assert {one["actor"] for one in sought} == {"station:monitor-1"}
    for wrong in (
        {"look": first.seq - 1, "camera_id": "camera-1", "at": now_ms - 5},
        {"look": 10**9, "camera_id": "camera-1", "at": now_ms - 5},
        {"look": first.seq, "camera_id": "camera-2", "at": now_ms - 5},
        {"look": first.seq, "camera_id": "camera-1", "at": now_ms - 60_001},
    ):
        with pytest.raises(Refusal) as refused:
            desk.ask("camera.seek", desk.monitor, seeks=[wrong])
        assert refused.value.code == "look_unknown"
    hall = desk.hall.hall
    hall.database.write(lambda tx: hall.ledger.sign_checkpoint(tx.connection, tx.now_ms))
    key = desk.hall.read("ledger.checkpoint", desk.boss, CheckpointRead()).verifier_key
    assert admission_of(first.token, key, now_ms).look == first.seq


def test_the_ledger_is_entered_at_a_moment(desk: Desk) -> None:
    desk.serve()
    bodies = desk.hall.bodies()
    with desk.hall.hall.database.reading() as reading:
        for at in {0, *(int(str(body["at"])) + step for body in bodies for step in (0, 1))}:
            expected = max((one["seq"] for one in bodies if one["at"] < at), default=0)
            assert seq_before(reading.connection, at) == expected
