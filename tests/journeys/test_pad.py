"""A key on a pad at the window: the call is in the air, once, though the line said it five times.

Everything is real but the metal: the hall's own process, the display station, the serial port of a
pseudo-terminal, and the bars' network cards, all played at their far ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from floor_run import Floor, eventually, running_floor
from played_line import played_line

from config.fittings import DeviceFact, PadKey
from display.keeping import Kept
from drivers.simulator.pad_engine import REPEATS, PadEngine, PadFault
from drivers.simulator.played import UNPLUGGED
from drivers.simulator.player import Player

CALL_PAD, RATING_PAD = 1, 2
ACTS = ("ticket.called", "ticket.started", "ticket.finished")


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    with running_floor(tmp_path_factory.mktemp("pads")) as floor:
        yield floor


@pytest.fixture
def line(floor: Floor) -> Iterator[Player[PadEngine]]:
    """A call pad and a rating pad at the first window, stated in the facts as on any day."""
    engine = PadEngine({CALL_PAD: "ff68-call-pad", RATING_PAD: "ff68-rating-pad"})
    with played_line(engine) as line:
        for address, kind in ((CALL_PAD, "call-pad"), (RATING_PAD, "rating-pad")):
            state_pad(floor, line, address, kind)
        eventually(lambda: min(engine.polls.values()) > 2)
        yield line


def state_pad(floor: Floor, line: Player[PadEngine], address: int, kind: str) -> None:
    pad = DeviceFact(
        id=kind,
        kind=kind,
        station="display-1",
        url=line.url,
        window="window-1",
        options={"spec": f"ff68-{kind}", "address": address},
    )
    body = {"kind": "devices", "body": msgspec.json.encode(pad).decode()}
    floor.hall.must("fact.save", body, cookie=floor.people.administrator)


def press(line: Player[PadEngine], key: str, address: int = CALL_PAD) -> None:
    line.act("press", f"{address} {key}")


def shown(line: Player[PadEngine], address: int = CALL_PAD) -> str:
    return line._engine.shown[address]


def bar_text(floor: Floor) -> str:
    return "".join(lit.text for lit in floor.bars.bars[0].lit())


def of(floor: Floor, kind: str, actor: str) -> list[dict[str, Any]]:
    return [event for event in floor.events(kind) if event["actor"] == actor]


def test_a_citizen_is_called_served_and_rates_by_keys_alone(
    floor: Floor, line: Player[PadEngine]
) -> None:
    engine = line._engine
    for _ in range(3):  # more than one waits: a second call would find somebody
        floor.hall.must("ticket.take", {"item_id": floor.item_id}, token=floor.kiosk)
    engine.faults.add(PadFault.REPEATING)
    polls = engine.polls[CALL_PAD]
    press(line, "call_next")
    eventually(lambda: of(floor, "ticket.called", "device:call-pad"))
    eventually(lambda: engine.polls[CALL_PAD] > polls + 2 * REPEATS)  # five frames, and none after
    (called,) = of(floor, "ticket.called", "device:call-pad")
    assert (called["window_id"], called["staff_id"]) == ("window-1", "staff-01")
    label = str(called["label"])

    eventually(lambda: bar_text(floor) == f"请{label}号")
    eventually(lambda: shown(line) == f"请{label}号")

    def on_the_wall() -> list[str]:
        kept = msgspec.json.decode(floor.display.station.last(), type=Kept)
        return [leg.label for leg in kept.snapshot.legs if leg.state == "called"]

    eventually(lambda: on_the_wall() == [label])
    eventually(lambda: called["seq"] in {one["shown_seq"] for one in floor.events("display.shown")})

    engine.faults.clear()
    press(line, "call_next")  # somebody is at the window: the pad says why not
    eventually(lambda: shown(line) == f"请先处理当前的 {label} 号")
    press(line, "start")
    eventually(lambda: bar_text(floor) == f"{label}号办理中")
    press(line, "rate:1", RATING_PAD)  # too early: it could be meant for somebody else
    eventually(lambda: shown(line, RATING_PAD) == "请在办结后评价")
    press(line, "finish")
    eventually(lambda: shown(line) == f"{label}号已办结")
    press(line, "rate:5", RATING_PAD)
    eventually(lambda: shown(line, RATING_PAD) == "谢谢评价")
    (rating,) = floor.events("rating.given")
    assert (rating["level"], rating["leg_id"]) == (5, called["leg_id"])
    assert rating["actor"] == "device:rating-pad"
    acts = {kind: len(of(floor, kind, "device:call-pad")) for kind in ACTS}
    assert acts == dict.fromkeys(ACTS, 1)


def test_a_press_at_a_window_without_a_clerk_does_nothing(
    floor: Floor, line: Player[PadEngine]
) -> None:
    floor.clerk("window.close", {"window_id": "window-1"})
    before = len(floor.events("ticket.called"))
    for key in PadKey:
        line._engine.shown[CALL_PAD] = ""
        press(line, key)
        eventually(lambda: shown(line) == "窗口未上岗，请先上岗")
    assert len(floor.events("ticket.called")) == before
    floor.clerk("window.open", {"window_id": "window-1"})


def test_a_pad_whose_plug_is_pulled_is_told_as_offline(
    floor: Floor, line: Player[PadEngine]
) -> None:
    line.set_fault(UNPLUGGED, on=True)

    def lost() -> list[str]:
        changes = [one for one in floor.events("device.changed") if one["device_id"] == "call-pad"]
        return [str(one["health"]) for one in changes]

    eventually(lambda: lost()[-1] == "offline")
