"""Pictures of empty seats: asked for by one, approved by another who has looked; all recorded."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from hall_server.contract.admission import admission_of
from hall_server.contract.messages.access import Role
from hall_server.contract.messages.ledger import CheckpointRead
from hall_server.contract.messages.references import ReferenceList, ReferenceState
from hall_server.contract.refusals import Refusal
from hall_server.contract.registry import ASKS
from hall_server.supervision import rules_references as rules

SHA = "ab" * 32
CAMERA = {"camera_id": "camera-1", "light": "noon"}


class Seats:
    """A hall, its analyser, and two supervisors."""

    def __init__(self, hall: Any) -> None:
        self.hall = hall
        self.analyser = hall.station("analyser-1", Role.MONITOR)
        self.boss = hall.person("boss", Role.SUPERVISOR)
        self.other = hall.person("other", Role.SUPERVISOR)
        self.engineer = hall.person("engineer", Role.ADMINISTRATOR)

    def ask(self, name: str, asker: Any, **fields: Any) -> Any:
        body = {"request_id": self.hall.request_id(), **fields}
        return self.hall.ask(name, asker, msgspec.convert(body, ASKS[name].ask))

    def refused(self, name: str, asker: Any, **fields: Any) -> str:
        before = len(self.hall.bodies())
        with pytest.raises(Refusal) as refused:
            self.ask(name, asker, **fields)
        assert len(self.hall.bodies()) == before
        return refused.value.code

    def taken(self, by: Any, sha256: str = SHA) -> int:
        number = int(self.ask("reference.ask", by, **CAMERA).reference_id)
        self.report(number, sha256)
        return number

    def report(self, number: int, sha256: str = SHA, light: str = "noon") -> Any:
        told = {**CAMERA, "light": light, "taken_at": 5, "sha256": sha256, "differs": 7}
        return self.ask("reference.report", self.analyser, reference_id=number, **told)

    def listed(self) -> list[Any]:
        return list(self.hall.read("reference.list", self.boss, ReferenceList()).references)

    def kinds(self) -> list[str]:
        return [one["type"] for one in self.hall.bodies() if one["type"].startswith("reference.")]


@pytest.fixture
def seats(hall: Any) -> Seats:
    return Seats(hall)


def test_one_asks_the_analyser_takes_and_another_who_has_looked_approves(seats: Seats) -> None:
    number = seats.taken(seats.engineer)
    seats.report(number)  # at least once: a second time is the same
    wanted = {"reference_id": number, "sha256": SHA}
    assert seats.refused("reference.approve", seats.boss, **wanted) == "reference_unseen"
    seats.ask("reference.look", seats.boss, reference_id=number, note="核对")
    other = {"reference_id": number, "sha256": "cd" * 32}
    assert seats.refused("reference.approve", seats.boss, **other) == "reference_unseen"
    seats.ask("reference.approve", seats.boss, **wanted)
    (seen,) = seats.listed()
    assert (seen.state, seen.asked_by, seen.decided_by, seen.differs) == (
        ReferenceState.APPROVED,
        "staff:engineer",
        "staff:boss",
        7,
    )
    assert seats.kinds() == ["reference.asked", "reference.taken", "reference.approved"]
    assert [one["note"] for one in seats.hall.bodies() if one["type"] == "camera.looked"] == [
        "核对"
    ]
    assert seats.refused("reference.approve", seats.boss, **wanted) == "reference_decided"


def test_whoever_asked_for_it_does_not_approve_it(seats: Seats) -> None:
    number = seats.taken(seats.boss)
    for who in (seats.boss, seats.other):
        seats.ask("reference.look", who, reference_id=number, note="核对")
    wanted = {"reference_id": number, "sha256": SHA}
    assert seats.refused("reference.approve", seats.boss, **wanted) == "reference_own"
    seats.ask("reference.approve", seats.other, **wanted)


def test_what_was_approved_may_be_refused_and_what_was_refused_stays_so(seats: Seats) -> None:
    number = seats.taken(seats.boss)
    seats.ask("reference.look", seats.other, reference_id=number, note="核对")
    seats.ask("reference.approve", seats.other, reference_id=number, sha256=SHA)
    seats.ask("reference.refuse", seats.boss, reference_id=number, note="椅子已换")
    again = {"reference_id": number, "note": "再次"}
    assert seats.refused("reference.refuse", seats.boss, **again) == "reference_decided"
    assert seats.listed()[0].decision == "椅子已换"


def test_a_camera_is_asked_for_one_picture_at_a_time(seats: Seats) -> None:
    for _ in range(2):
        seats.ask("reference.ask", seats.boss, **CAMERA)
    assert [one.state for one in seats.listed()] == [
        ReferenceState.ASKED,
        ReferenceState.REFUSED,
    ]


def test_a_drawn_seat_counts_at_once_and_says_that_it_is_drawn(seats: Seats) -> None:
    for _ in range(2):
        seats.report(0, light="demonstration")
    (seen,) = seats.listed()
    assert (seen.state, seen.drawn) == (ReferenceState.APPROVED, True)
    with pytest.raises(Refusal):
        seats.report(0, sha256="ef" * 32, light="noon")  # of a real camera two people are wanted


def test_the_word_is_for_that_picture_alone(seats: Seats) -> None:
    number = seats.taken(seats.boss)
    told = seats.ask("reference.look", seats.other, reference_id=number, note="核对")
    hall = seats.hall.hall
    hall.database.write(lambda tx: hall.ledger.sign_checkpoint(tx.connection, tx.now_ms))
    key = seats.hall.read("ledger.checkpoint", seats.boss, CheckpointRead()).verifier_key
    admission = admission_of(told.token, key, told.expires_at - 1)
    assert admission.camera_ids == []
    (still,) = admission.stills
    assert (still.name, still.sha256) == ("references/camera-1/noon-5.png", SHA)


@pytest.mark.parametrize("state", ReferenceState)
@pytest.mark.parametrize("wanted", ReferenceState)
def test_every_state_and_every_step(state: ReferenceState, wanted: ReferenceState) -> None:
    if (state, wanted) in rules.TRANSITIONS:
        rules.check_step(state, wanted)
    else:
        with pytest.raises(Refusal):
            rules.check_step(state, wanted)
