"""Signs on cables that damage, break and fall silent: nothing is claimed that was not seen."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from bad_cables import Cable

from drivers.fonts import FontChain
from drivers.orders import DeviceCode, DeviceConfig, DeviceEvent, DeviceHealth, ShowText, TextShown
from drivers.registry import open_bench
from drivers.signs.picture import Painter
from drivers.simulator.changes import Changes
from drivers.simulator.kinds import PLAYED
from drivers.simulator.play import utc_ms
from drivers.simulator.played import Seat
from drivers.simulator.player import Player

CALLS = 12
OPTIONS: dict[str, dict[str, str | int]] = {
    "bx-e": {"controller": "6e1", "width": 96, "height": 16},
    "modbus-text": {},
}
PAINTER = Painter(FontChain())


@pytest.fixture(params=list(OPTIONS))
def player(request: pytest.FixtureRequest) -> Iterator[Player[Any]]:
    kind = next(kind for kind in PLAYED if kind.words.kind == request.param)
    player = kind.play(Seat("sign", "tcp:0", Changes(), utc_ms))
    player.start()
    yield player
    player.stop()


def seen(player: Player[Any]) -> object:
    """What is lit: the text itself, or its dots."""
    engine = player._engine
    if player.words.kind == "modbus-text":
        return engine.text(utc_ms())
    return [lit.page(utc_ms()).red for lit in engine.lit(utc_ms())]


def wanted(player: Player[Any], text: str) -> object:
    if player.words.kind == "modbus-text":
        return text
    return [PAINTER.pages(text, 96, 16)[0].tobytes()]


def until(is_so: Callable[[], bool], within_s: float = 40) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


def test_no_text_is_said_to_be_shown_that_was_not(
    bad_cable: Cable, player: Player[Any], campaign_scale: int
) -> None:
    for seed in range(campaign_scale):
        cable = Cable(replace(bad_cable.chaos, seed=bad_cable.chaos.seed + seed))
        for text, was_seen in claims_of(cable, player, f"{seed:02}"):
            assert was_seen == wanted(player, text)


def claims_of(cable: Cable, player: Player[Any], mark: str) -> list[tuple[str, object]]:
    """Every text that was said to be shown, and what was to be seen at that moment."""
    claims: list[tuple[str, object]] = []

    def hear(event: DeviceEvent) -> None:
        if isinstance(event, TextShown):
            claims.append((event.order.text, seen(player)))

    config = DeviceConfig("s", player.words.kind, player.url, OPTIONS[player.words.kind])
    with contextlib.closing(open_bench([config], hear, wrap=cable.wrap)) as bench:
        for number in range(CALLS):
            text = f"请{mark}{number:02}号"
            bench.show(ShowText("s", "main", text, 60_000, order_id=text))
            time.sleep(0.1)
        assert DeviceCode.STOPPED not in bench.health()["s"].codes
        until(lambda: cable.harm > 0)
        cable.mend()
        bench.show(ShowText("s", "main", f"请{mark}号", 60_000, order_id=mark))
        until(lambda: seen(player) == wanted(player, f"请{mark}号"))
        until(lambda: bench.health()["s"].health is DeviceHealth.OK)
    return claims
