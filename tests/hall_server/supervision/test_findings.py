"""Findings: reported once, decided by a person whom they do not concern, and seen by few."""

from __future__ import annotations

import base64
import itertools
from typing import Any

import msgspec
import pytest

from hall_server.audience import Audience, view
from hall_server.contract.messages import supervision
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.ledger import EventsRead
from hall_server.contract.messages.supervision import (
    Evidence,
    FindingList,
    FindingRead,
    FindingRule,
    FindingState,
    HealthProof,
)
from hall_server.contract.refusals import Refusal
from hall_server.contract.registry import ASKS
from hall_server.database import metadata
from hall_server.supervision import rules

HOUR_MS = 3_600_000
NINE = 1_795_395_600_000


def evidence(**changed: Any) -> Evidence:
    told = Evidence(
        rule=FindingRule.VACANCY,
        rule_version=1,
        camera_id="camera-1",
        window_id="window-1",
        staff_id="staff-01",
        begins_at=NINE,
        ends_at=NINE + 400_000,
        clip_begins_at=NINE - 10_000,
        clip_ends_at=NINE + 410_000,
        thresholds=[],
        declared=[],
        health=HealthProof(looks=400, unwell=0, unknown=0),
        zh="声明为开放，座位画面与空座参考一致",
        en="Declared open; the seat looks as its empty reference does",
    )
    return msgspec.structs.replace(told, **changed)


class Room:
    """A hall with everybody who has to do with findings."""

    def __init__(self, hall: Any) -> None:
        self.hall = hall
        self.monitor = hall.station("monitor-1", Role.MONITOR)
        self.boss = hall.person("boss", Role.SUPERVISOR)
        self.clerk = hall.person("li", Role.CLERK, staff_id="staff-01")
        self.other = hall.person("wu", Role.CLERK, staff_id="staff-02")
        self.auditor = hall.person("shen", Role.AUDITOR)
        self._keys = itertools.count(1)

    def ask(self, name: str, asker: Any, **fields: Any) -> Any:
        body = {"request_id": self.hall.request_id(), **fields}
        return self.hall.ask(name, asker, msgspec.convert(body, ASKS[name].ask))

    def refused(self, name: str, asker: Any, **fields: Any) -> str:
        before = len(self.hall.bodies())
        with pytest.raises(Refusal) as refused:
            self.ask(name, asker, **fields)
        assert len(self.hall.bodies()) == before
        return refused.value.code

    def report(self, key: str = "", **changed: Any) -> int:
        key = key or f"vacancy-{next(self._keys):04d}"
        told = msgspec.to_builtins(evidence(**changed))
        return int(self.ask("finding.report", self.monitor, key=key, evidence=told).finding_id)

    def listed(self, asker: Any) -> Any:
        return self.hall.read("finding.list", asker, FindingList())

    def read(self, asker: Any, finding_id: int) -> Any:
        return self.hall.read("finding.read", asker, FindingRead(finding_id=finding_id))

    def told(self, kind: str) -> list[dict[str, Any]]:
        return [body for body in self.hall.bodies() if body["type"] == kind]


@pytest.fixture
def room(hall: Any) -> Room:
    return Room(hall)


def test_a_finding_is_reported_once_however_often_it_is_sent(room: Room) -> None:
    first = room.report(key="vacancy-once")
    assert room.report(key="vacancy-once") == first
    (told,) = room.told("finding.reported")
    assert told["seq"] == told["finding_id"] == first
    seen = room.read(room.boss, first)
    assert seen.evidence == evidence()
    assert seen.sha256 == told["sha256"]
    assert seen.summary.state is FindingState.NEW


def test_the_clerk_concerned_sees_it_and_answers_and_no_other_clerk_hears_of_it(
    room: Room,
) -> None:
    finding_id = room.report()
    assert [one.finding_id for one in room.listed(room.clerk).findings] == [finding_id]
    assert room.listed(room.other).findings == []
    with pytest.raises(Refusal) as refused:
        room.read(room.other, finding_id)
    assert refused.value.code == "finding_unknown"
    note = "去打印室复印材料"
    answer = {"finding_id": finding_id, "note": note}
    assert room.refused("finding.answer", room.other, **answer) == "finding_unknown"
    room.ask("finding.answer", room.clerk, **answer)
    assert room.refused("finding.answer", room.clerk, **answer) == "finding_answered"
    (seen,) = room.listed(room.boss).findings
    assert (seen.answer, seen.state) == (note, FindingState.NEW)


def test_somebody_without_a_staff_record_sees_no_finding_that_concerns_nobody(room: Room) -> None:
    finding_id = room.report(staff_id="", window_id="", rule=FindingRule.CROWD)
    nobody = room.hall.person("new", Role.CLERK)
    assert room.listed(nobody).findings == []
    with pytest.raises(Refusal):
        room.read(nobody, finding_id)


def test_a_supervisor_decides_and_never_about_themselves(room: Room) -> None:
    finding_id = room.report()
    both = room.hall.person("li", Role.CLERK, Role.SUPERVISOR, staff_id="staff-01")
    assert room.refused("finding.confirm", both, finding_id=finding_id) == "finding_own"
    room.ask("finding.confirm", room.boss, finding_id=finding_id)
    assert room.refused("finding.confirm", room.boss, finding_id=finding_id) == "finding_decided"
    room.ask("finding.dismiss", room.boss, finding_id=finding_id, note="补看录像，系误判")
    assert room.refused("finding.confirm", room.boss, finding_id=finding_id) == "finding_decided"
    kinds = [one["type"] for one in room.hall.bodies() if one["type"].startswith("finding.")]
    assert kinds == ["finding.reported", "finding.confirmed", "finding.dismissed"]


@pytest.mark.parametrize("state", FindingState)
@pytest.mark.parametrize("wanted", FindingState)
def test_every_state_and_every_decision(state: FindingState, wanted: FindingState) -> None:
    possible = (state, wanted) in rules.TRANSITIONS
    for is_own in (False, True):
        try:
            rules.check_decision(state, wanted, is_own=is_own)
            code = ""
        except Refusal as refusal:
            code = refusal.code
        assert code == ("finding_own" if is_own else "" if possible else "finding_decided")
    counting = {(one, trial) for one in FindingState for trial in (True, False)}
    assert {one for one in counting if rules.may_count(one[0], trial=one[1])} == {
        (FindingState.CONFIRMED, False)
    }


def test_what_is_noted_holds_no_citizens_number(room: Room) -> None:
    finding_id = room.report()
    for name, who in (("finding.dismiss", room.boss), ("finding.answer", room.clerk)):
        note = "请联系 13800138000"
        assert room.refused(name, who, finding_id=finding_id, note=note) == "note_personal"


def test_a_rule_that_is_wrong_too_often_falls_silent_on_that_camera_alone(room: Room) -> None:
    for _ in range(2):
        room.ask("finding.dismiss", room.boss, finding_id=room.report(), note="有人在座")
    (muted,) = room.listed(room.boss).muted
    assert (muted.camera_id, muted.rule) == ("camera-1", FindingRule.VACANCY)
    assert (muted.dismissed, muted.days) == (2, 1)
    assert len(room.told("finding.muted")) == 1
    with pytest.raises(Refusal) as refused:
        room.report()
    assert refused.value.code == "rule_muted"
    room.report(camera_id="camera-2")
    room.report(rule=FindingRule.STAY)
    room.hall.clock.advance(1000)
    unmute = {"camera_id": "camera-1", "rule": "vacancy", "note": "已重新取参考画面"}
    room.ask("finding.unmute", room.boss, **unmute)
    assert room.refused("finding.unmute", room.boss, **unmute) == "rule_not_muted"
    room.ask("finding.dismiss", room.boss, finding_id=room.report(), note="又一次误报")
    assert room.listed(room.boss).muted == []  # what was wrong before counts no more


@pytest.mark.parametrize(
    ("dismissed", "after_days", "too_many"),
    [(1, 0, False), (2, 0, True), (2, 1.5, False), (3, 1.5, True), (7, 30, False), (8, 30, True)],
)
def test_more_than_one_false_alarm_a_day_is_too_many(
    dismissed: int, after_days: float, too_many: bool
) -> None:
    now_ms = int(after_days * rules.DAY_MS)
    since = rules.rated_since(0, now_ms)
    assert rules.false_alarms(dismissed, since, now_ms).are_too_many is too_many


def test_what_a_monitor_names_must_be_there(room: Room) -> None:
    for changed, code in (
        ({"window_id": "window-99"}, "window_unknown"),
        ({"staff_id": "x"}, "staff_unknown"),
    ):
        with pytest.raises(Refusal) as refused:
            room.report(**changed)
        assert refused.value.code == code


def test_of_a_finding_staff_hear_only_that_there_is_one_and_others_nothing(room: Room) -> None:
    finding_id = room.report()
    (body,) = room.told("finding.reported")
    heard = view(body, Audience.STAFF)
    assert heard == {
        **dict.fromkeys(("rule", "camera_id", "window_id", "staff_id", "sha256", "actor"), ""),
        **{name: body[name] for name in ("type", "seq", "at")},
        "finding_id": finding_id,
        "trial": False,
    }
    assert view(body, Audience.STATION) is None
    assert view(body, Audience.PUBLIC) is None
    seen = room.hall.read("events.read", room.auditor, EventsRead(after=0, limit=200)).events
    assert body in seen


def test_pictures_are_given_by_a_word_that_names_each_with_its_hash(room: Room) -> None:
    still = {"at": NINE, "name": "findings/a/1.jpg", "sha256": "ab" * 32}
    seat = {"at": NINE, "name": "references/c/noon-1.png", "sha256": "cd" * 32}
    finding_id = room.report(
        stills=[msgspec.convert(still, supervision.Still)],
        reference=[msgspec.convert(seat, supervision.Still)],
    )
    look = {"finding_id": finding_id, "note": "核实发现"}
    assert room.refused("finding.look", room.other, **look) == "finding_unknown"
    for who in (room.boss, room.clerk, room.auditor):
        told = room.ask("finding.look", who, **look).token.partition(".")[0]
        admission = msgspec.json.decode(base64.urlsafe_b64decode(told + "=="))
        assert admission["stills"] == [still, seat]
        assert admission["camera_ids"] == []
    looks = room.told("camera.looked")
    assert [(one["finding_id"], one["note"]) for one in looks] == [(finding_id, "核实发现")] * 3


def test_the_largest_evidence_fits_a_message_of_the_socket() -> None:
    largest = evidence(
        thresholds=[{"name": f"threshold_{n:02d}_ms", "value": 3_600_000} for n in range(12)],
        declared=[{"at": NINE, "state": "serving", "staff_id": "staff-01", "waiting": 12}] * 12,
        scores=[{"at": NINE, "differs": 1000, "moves": 1000, "presence": "present"}] * 32,
        stills=[{"at": NINE, "name": f"findings/{'a' * 60}.jpg", "sha256": "0" * 64}] * 3,
        zh="座" * 300,
        en="e" * 300,
    )
    assert len(msgspec.json.encode(largest)) < 8_000


def test_neither_an_identity_nor_an_embedding_has_a_place() -> None:
    suspects = ("face", "embedding", "identity", "feature", "person", "biometric", "vector")
    columns = {
        column.name for table in ("finding", "muted_rule") for column in metadata.tables[table].c
    }
    names = {*columns, *Evidence.__struct_fields__}
    for shape in ("Score", "Still", "DeclaredRow", "HealthProof", "Threshold"):
        names |= {*getattr(supervision, shape).__struct_fields__}
    assert [name for name in names if any(word in name for word in suspects)] == []
