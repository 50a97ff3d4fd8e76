"""Looks at cameras: recorded before they are allowed, and only for whom they are."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from hall_server.contract.admission import ADMITTED_MS, admission_of
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.ledger import CheckpointRead
from hall_server.contract.messages.supervision import Evidence, FindingRule, HealthProof
from hall_server.contract.refusals import Refusal
from hall_server.contract.registry import ASKS

NINE = 1_795_395_600_000


class Door:
    """A hall, and people who want to see."""

    def __init__(self, hall: Any) -> None:
        self.hall = hall
        self.boss = hall.person("boss", Role.SUPERVISOR)
        self.clerk = hall.person("li", Role.CLERK, staff_id="staff-01")
        self.auditor = hall.person("shen", Role.AUDITOR)

    def ask(self, name: str, asker: Any, **fields: Any) -> Any:
        body = {"request_id": self.hall.request_id(), "note": "核实投诉", **fields}
        return self.hall.ask(name, asker, msgspec.convert(body, ASKS[name].ask))

    def refused(self, asker: Any, **fields: Any) -> str:
        before = len(self.hall.bodies())
        with pytest.raises(Refusal) as refused:
            self.ask("camera.look", asker, **fields)
        assert len(self.hall.bodies()) == before
        return refused.value.code

    def key(self) -> str:
        hall = self.hall.hall
        hall.database.write(lambda tx: hall.ledger.sign_checkpoint(tx.connection, tx.now_ms))
        told = self.hall.read("ledger.checkpoint", self.boss, CheckpointRead())
        return str(told.verifier_key)

    def told(self, kind: str) -> list[dict[str, Any]]:
        return [body for body in self.hall.bodies() if body["type"] == kind]


@pytest.fixture
def door(hall: Any) -> Door:
    return Door(hall)


def test_a_live_look_is_recorded_and_proved_by_the_key_of_the_ledger(door: Door) -> None:
    cameras = ["camera-1", "camera-2"]
    answer = door.ask("camera.admit", door.boss, camera_ids=cameras)
    (told,) = door.told("camera.admitted")
    assert (told["actor"], told["note"]) == ("staff:boss", "核实投诉")
    admission = admission_of(answer.token, door.key(), door.hall.clock.now_ms())
    assert admission.camera_ids == told["camera_ids"] == cameras
    assert (admission.account, admission.is_live) == ("boss", True)
    assert admission.expires_at == answer.expires_at == told["expires_at"]
    assert admission.expires_at - door.hall.clock.now_ms() <= ADMITTED_MS


def test_every_look_at_a_recording_is_recorded(door: Door) -> None:
    now_ms = door.hall.clock.now_ms()
    span = {"begins_at": now_ms - 60_000, "ends_at": now_ms}
    for who in (door.boss, door.auditor):
        answer = door.ask("camera.look", who, camera_id="camera-1", **span)
        admission = admission_of(answer.token, door.key(), now_ms)
        assert (admission.begins_at, admission.ends_at) == (*span.values(),)
        assert not admission.is_live
    looked = door.told("camera.looked")
    assert [one["actor"] for one in looked] == ["staff:boss", "staff:shen"]


@pytest.mark.parametrize(
    ("begins", "ends"), [(0, 0), (-1, -2), (1, 60_000), (-12 * 3_600_000 - 2, -1)]
)
def test_a_look_is_at_some_time_that_was_and_at_most_half_a_day(
    door: Door, begins: int, ends: int
) -> None:
    now_ms = door.hall.clock.now_ms()
    span = {"begins_at": now_ms + begins, "ends_at": now_ms + ends}
    assert door.refused(door.boss, camera_id="camera-1", **span) == "look_span"


def test_a_clerk_sees_the_clip_of_their_own_finding_and_nothing_else(door: Door) -> None:
    evidence = Evidence(
        rule=FindingRule.VACANCY,
        rule_version=1,
        camera_id="camera-1",
        window_id="window-1",
        staff_id="staff-01",
        begins_at=NINE - 400_000,
        ends_at=NINE,
        clip_begins_at=NINE - 410_000,
        clip_ends_at=NINE,
        thresholds=[],
        declared=[],
        health=HealthProof(looks=1, unwell=0, unknown=0),
        zh="座位无人",
        en="Nobody in the seat",
    )
    monitor = door.hall.station("monitor-1", Role.MONITOR)
    body = {"request_id": door.hall.request_id(), "key": "vacancy-1", "evidence": evidence}
    report = msgspec.convert(msgspec.to_builtins(body), ASKS["finding.report"].ask)
    finding_id = door.hall.ask("finding.report", monitor, report).finding_id
    clip = {"camera_id": "camera-1", "begins_at": NINE - 410_000, "ends_at": NINE}
    door.ask("camera.look", door.clerk, finding_id=finding_id, **clip)
    assert door.refused(door.clerk, **clip) == "finding_unknown"
    for changed in ({"camera_id": "camera-2"}, {"begins_at": NINE - 410_001}):
        code = door.refused(door.clerk, finding_id=finding_id, **{**clip, **changed})
        assert code == "look_clip"
    other = door.hall.person("wu", Role.CLERK, staff_id="staff-02")
    assert door.refused(other, finding_id=finding_id, **clip) == "finding_unknown"


def test_the_token_is_not_kept_with_the_answers(door: Door) -> None:
    body = {"request_id": "request-look", "note": "值守", "camera_ids": ["camera-1"]}
    ask = msgspec.convert(body, ASKS["camera.admit"].ask)
    assert door.hall.ask("camera.admit", door.boss, ask).token
    assert door.hall.ask("camera.admit", door.boss, ask).token == ""
    assert len(door.told("camera.admitted")) == 1
