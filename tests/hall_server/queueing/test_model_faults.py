"""The plain model is not blind: a service with one fault in it is told from it within few acts."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from hall_server.queueing import calling, lines, serving, tickets, windows
from hall_server.queueing.legs import Leg
from tests.hall_server.queueing import side_by_side
from tests.hall_server.queueing.conftest import OpenDesk
from tests.hall_server.queueing.side_by_side import STATED
from tests.hall_server.queueing.test_model import ASKS, QueueingMachine


def unmoved_since(
    connection: Connection, leg: Leg, others: int, order: tuple[int, int], seq: int
) -> Leg:
    return replace(PUT_BEHIND(connection, leg, others, order, seq), waiting_since=leg.waiting_since)


PUT_BEHIND = lines.put_behind
MUTANTS: dict[str, tuple[object, str, object]] = {
    "nobody is counted as overtaken": (lines, "raise_overtaken", lambda *_: 0),
    "who is put before others takes over no patience": (lines, "inherited", lambda own, _: own),
    "a citizen is called to two windows": (lines, "step_out", lambda *_: None),
    "other items never come back": (lines, "step_back", lambda *_: None),
    "letting others go first counts in one line only": (lines, "put_behind", unmoved_since),
    "a ratio forgets its turn": (calling, "_keep_turn", lambda *_: None),
    "anybody acts at any window": (windows, "own_post", lambda tx, _, name: windows.post(tx, name)),
    "an old screen may act": (serving, "check_version", lambda *_: None),
    "holds are without end": (serving, "check_hold", lambda *_, **__: None),
    "a fresh number each time the hall is asked": (tickets, "next_number", lambda *_: 1),
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_service_with_a_fault_is_told_from_the_model(
    mutant: str, open_desk: OpenDesk, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, name, instead = MUTANTS[mutant]
    monkeypatch.setattr(module, name, instead)
    with pytest.raises((AssertionError, IntegrityError)):
        side_by_side.walk(QueueingMachine, open_desk(database_url, STATED), "fault", ASKS)
