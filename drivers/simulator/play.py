"""Everything played on one machine, started and stopped together."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

from drivers.simulator.bar import BarPlayer
from drivers.simulator.changes import Changes
from drivers.simulator.kinds import PLAYED
from drivers.simulator.page import PageServer
from drivers.simulator.played import BadOrder, Seat
from drivers.simulator.player import Player
from drivers.simulator.printer import PrinterPlayer
from drivers.simulator.stage import Stage

_TICK_S = 0.25
_LOOK_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Places:
    """Where things listen; port 0 takes a free one. Bars stand on `bar_port` and the next ones.

    `more` names further devices as KIND:NAME@CABLE, such as bx-k:hall-bar@pty (see `cables`).
    """

    host: str = "127.0.0.1"
    page_port: int = 8084
    printer_port: int = 9100
    bar_port: int = 5005
    bars: int = 1
    speed_mm_s: int = 120
    more: tuple[str, ...] = ()


class Simulator:
    def __init__(self, places: Places) -> None:
        changes = Changes()
        with ExitStack() as opened:  # what is open already is let go when a port is taken
            self.players: list[Player[Any]] = []
            for player in _players(places, changes):
                opened.callback(player.stop)
                self.players.append(player)
            self._stage = Stage(self.players, changes, utc_ms)
            self._page = PageServer(places.host, places.page_port, self._stage)
            opened.pop_all()
        self.printer = next(p for p in self.players if isinstance(p, PrinterPlayer))
        self.bars = [player for player in self.players if isinstance(player, BarPlayer)]
        self.page_port: int = self._page.server_address[1]
        self._changes = changes
        serve = partial(self._page.serve_forever, _LOOK_EVERY_S)
        self._threads = [
            threading.Thread(target=serve, name="page", daemon=True),
            threading.Thread(target=self._tick, name="clock", daemon=True),
        ]

    def start(self) -> None:
        for player in self.players:
            player.start()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stage.stopping.set()
        self._changes.touch()
        self._page.shutdown()
        self._page.server_close()
        for thread in self._threads:
            thread.join()
        for player in reversed(self.players):
            player.stop()

    def _tick(self) -> None:
        while not self._stage.stopping.wait(_TICK_S):
            for player in self.players:
                player.tick()


def utc_ms() -> int:
    return time.time_ns() // 1_000_000


def _players(places: Places, changes: Changes) -> Iterator[Player[Any]]:
    def seat(name: str, cable: str) -> Seat:
        return Seat(name, cable, changes, utc_ms, places.host)

    yield PrinterPlayer(seat("printer", f"tcp:{places.printer_port}"), places.speed_mm_s)
    for number in range(places.bars):
        port = places.bar_port + number if places.bar_port else 0
        yield BarPlayer(seat(f"bar-{number + 1}", f"tcp:{port}"))
    kinds = {kind.words.kind: kind for kind in PLAYED}
    for text in places.more:
        kind, _, rest = text.partition(":")
        name, _, cable = rest.partition("@")
        if kind not in kinds or not name:
            known = ", ".join(kinds)
            raise BadOrder(f"wanted KIND:NAME@CABLE with a kind of {known}, found {text!r}")
        yield kinds[kind].play(seat(name, cable or "pty"))
