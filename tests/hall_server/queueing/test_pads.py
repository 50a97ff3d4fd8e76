"""A press on a pad is the click in the console: for the clerk who sits there, by every guard."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from config.facts import ReasonFact, ReasonKind
from config.fittings import DeviceFact, PadKey
from config.values import Words
from hall_server.access.rules import Asker
from hall_server.contract.messages import queueing as q
from hall_server.contract.messages.access import Role
from tests.hall_server.queueing.conftest import FACTS, Desk, clerk


def display(station_id: str = "display-1") -> Asker:
    return Asker(
        sender=f"station:{station_id}", roles=frozenset({Role.DISPLAY}), station_id=station_id
    )


def pad(device_id: str, window: str, kind: str = "call-pad") -> DeviceFact:
    return DeviceFact(id=device_id, kind=kind, station="display-1", url="null:", window=window)


@pytest.fixture
def floor(desk: Desk) -> Desk:
    pads = [
        pad("pad-1", "w1"),
        pad("pad-2", "w2"),
        pad("loose", ""),
        pad("rate", "w1", "rating-pad"),
    ]
    reasons = [
        ReasonFact(id="lunch", kind=ReasonKind.PAUSE, name=Words("午休"), order=2),
        ReasonFact(id="away", kind=ReasonKind.PAUSE, name=Words("离开"), order=1),
    ]
    desk.facts[0] = msgspec.structs.replace(
        FACTS, devices=[*FACTS.devices, *pads], reasons=[*reasons, *FACTS.reasons[1:]]
    )
    return desk


def press(desk: Desk, key: str, device_id: str = "pad-1", asker: Asker | None = None) -> Any:
    return desk.ask("pad.press", asker or display(), device_id=device_id, key=key)


def refused(desk: Desk, key: str, device_id: str = "pad-1", asker: Asker | None = None) -> str:
    return desk.refused("pad.press", asker or display(), device_id=device_id, key=key)


def test_a_whole_service_by_keys_alone(floor: Desk) -> None:
    label = floor.take("marry").label
    assert press(floor, "call_next").label == label
    floor.pass_s(30)
    assert press(floor, "recall").label == label
    assert press(floor, "start").label == label
    floor.pass_s(60)
    assert press(floor, "finish").label == label
    called, recalled, started, finished = floor.events()[-4:]
    assert isinstance(called, q.TicketCalled)
    assert isinstance(recalled, q.TicketRecalled)
    assert isinstance(started, q.TicketStarted)
    assert isinstance(finished, q.TicketFinished)
    assert {called.actor, recalled.actor, started.actor, finished.actor} == {"device:pad-1"}
    assert (called.staff_id, started.staff_id, finished.staff_id) == ("s1", "s1", "s1")


def test_a_pad_calls_exactly_whom_the_console_would_call(floor: Desk) -> None:
    for item in ("invoice", "marry", "invoice"):
        floor.take(item)
    by_pad = press(floor, "call_next").label
    floor.act("start", 1, floor.events()[-1].leg_id)  # type: ignore[attr-defined]  # a call
    press(floor, "finish")
    assert [by_pad, floor.next(1).label] == ["B001", "A001"]


def test_every_guard_of_the_console_holds(floor: Desk) -> None:
    assert refused(floor, "call_next") == "nobody_waiting"
    assert {refused(floor, key) for key in ("recall", "start", "finish", "miss")} == {
        "nobody_at_window"
    }
    floor.take("marry")
    floor.take("marry")
    press(floor, "call_next")
    assert refused(floor, "call_next") == "window_busy"
    assert refused(floor, "recall") == "recall_too_soon"
    assert refused(floor, "miss") == "miss_calls"
    assert refused(floor, "finish") == "wrong_state"
    press(floor, "start")
    assert refused(floor, "start") == "wrong_state"


def test_the_key_of_a_pause_takes_the_first_reason_and_ends_it_again(floor: Desk) -> None:
    assert refused(floor, "resume") == "window_not_paused"
    pressed = press(floor, "pause")
    assert (pressed.label, pressed.window_state) == ("", q.WindowState.PAUSED)
    paused = floor.events()[-1]
    assert isinstance(paused, q.WindowPaused)
    assert (paused.reason_id, paused.staff_id, paused.actor) == ("away", "s1", "device:pad-1")
    assert refused(floor, "call_next") == "window_paused"
    assert press(floor, "pause").window_state is q.WindowState.OPEN
    assert isinstance(floor.events()[-1], q.WindowResumed)
    press(floor, "pause")
    press(floor, "resume")
    assert isinstance(floor.events()[-1], q.WindowResumed)


def test_without_a_reason_to_pause_nothing_is_made_up(floor: Desk) -> None:
    floor.facts[0] = msgspec.structs.replace(floor.facts[0], reasons=[])
    assert refused(floor, "pause") == "reason_unknown"


def test_nobody_sits_at_a_closed_window(floor: Desk) -> None:
    floor.ask("window.close", clerk("s1"), window_id="w1")
    assert {refused(floor, key) for key in PadKey} == {"window_closed"}
    floor.ask("window.open", clerk("s4"), window_id="w1")
    floor.take("marry")
    press(floor, "call_next")
    called = floor.events()[-1]
    assert isinstance(called, q.TicketCalled)
    assert called.staff_id == "s4"  # whoever has opened it, not who had it before


def test_a_pad_acts_at_its_own_window_only(floor: Desk) -> None:
    floor.take("marry")
    press(floor, "call_next", "pad-2")
    assert refused(floor, "recall", "pad-1") == "nobody_at_window"
    floor.facts[0] = msgspec.structs.replace(
        floor.facts[0], devices=[pad("pad-1", "w2"), *FACTS.devices]
    )
    press(floor, "start", "pad-1")  # it was carried over to the second window


def test_only_the_station_that_owns_a_call_pad_may_press_it(floor: Desk) -> None:
    other = display("display-2")
    assert refused(floor, "call_next", asker=other) == "device_unknown"
    assert refused(floor, "call_next", "nowhere") == "device_unknown"
    assert refused(floor, "call_next", "printer") == "device_unknown"
    assert refused(floor, "call_next", "rate") == "device_unknown"
    assert refused(floor, "call_next", "loose") == "pad_without_window"


def test_a_word_that_is_no_key_is_malformed(floor: Desk) -> None:
    with pytest.raises(msgspec.ValidationError, match="Invalid enum value 'rate:5'"):
        press(floor, "rate:5")
