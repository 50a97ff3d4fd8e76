"""Cameras are stated by administrators: recorded before it is allowed, and no leave to look."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from hall_server.contract.admission import ADMITTED_MS, AdmissionError, admission_of
from hall_server.contract.arrangement import arrangement_of
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.ledger import CheckpointRead
from hall_server.contract.messages.supervision import CameraAct
from hall_server.contract.refusals import Refusal
from hall_server.contract.registry import ASKS


class Office:
    """A hall, its administrator and its supervisor."""

    def __init__(self, hall: Any) -> None:
        self.hall = hall
        self.keeper = hall.person("gu", Role.ADMINISTRATOR)
        self.boss = hall.person("boss", Role.SUPERVISOR)

    def ask(self, name: str, asker: Any, **fields: Any) -> Any:
        body = {"request_id": self.hall.request_id(), **fields}
        return self.hall.ask(name, asker, msgspec.convert(body, ASKS[name].ask))

    def key(self) -> str:
        hall = self.hall.hall
        hall.database.write(lambda tx: hall.ledger.sign_checkpoint(tx.connection, tx.now_ms))
        told = self.hall.read("ledger.checkpoint", self.boss, CheckpointRead())
        return str(told.verifier_key)

    def arranged(self) -> list[dict[str, Any]]:
        return [body for body in self.hall.bodies() if body["type"] == "camera.arranged"]


@pytest.fixture
def office(hall: Any) -> Office:
    return Office(hall)


def test_who_does_what_with_a_camera_stands_in_the_ledger_and_nothing_of_its_address(
    office: Office,
) -> None:
    answer = office.ask("camera.arrange", office.keeper, act="add", camera_id="window-1")
    (told,) = office.arranged()
    assert (told["actor"], told["act"], told["camera_id"]) == ("staff:gu", "add", "window-1")
    assert told.keys() <= {"type", "seq", "at", "actor", "act", "camera_id", "request_id"}
    now_ms = office.hall.clock.now_ms()
    word = arrangement_of(answer.token, office.key(), now_ms)
    assert (word.account, word.act, word.camera_id) == ("gu", CameraAct.ADD, "window-1")
    with pytest.raises(AdmissionError):
        arrangement_of(answer.token, office.key(), now_ms + ADMITTED_MS)
    with pytest.raises(AdmissionError):
        arrangement_of(answer.token, office.key(), now_ms - 2 * ADMITTED_MS)


def test_neither_word_passes_for_the_other(office: Office) -> None:
    now_ms = office.hall.clock.now_ms()
    states = office.ask("camera.arrange", office.keeper, act="probe").token
    looks = office.ask("camera.admit", office.boss, camera_ids=["window-1"], note="巡查").token
    key = office.key()
    with pytest.raises(AdmissionError):
        admission_of(states, key, now_ms)
    with pytest.raises(AdmissionError):
        arrangement_of(looks, key, now_ms)
    for spoilt in ("", "x.y", states[:-4], states.replace(".", ".A", 1)):
        with pytest.raises(AdmissionError):
            arrangement_of(spoilt, key, now_ms)


@pytest.mark.parametrize(("act", "camera_id"), [("add", ""), ("probe", "window-1")])
def test_a_camera_is_named_where_one_is_meant(office: Office, act: str, camera_id: str) -> None:
    with pytest.raises(Refusal) as refused:
        office.ask("camera.arrange", office.keeper, act=act, camera_id=camera_id)
    assert refused.value.code == "malformed"
    assert office.arranged() == []
