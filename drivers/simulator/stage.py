"""What is played on this machine, and the orders its page, the command line or a test may give."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from drivers.simulator.bar import BarPlayer, BarsView
from drivers.simulator.changes import Changes
from drivers.simulator.played import BadOrder, KindWords
from drivers.simulator.player import DeviceView, Order, Player
from drivers.simulator.printer import PaperView, PrinterPlayer

_MOST_WATCHERS = 16


class StageView(msgspec.Struct, frozen=True):
    """What /devices.json tells: the kinds that are played here, and every device as it is now."""

    kinds: list[KindWords]
    devices: list[DeviceView]


class Update(msgspec.Struct, frozen=True):
    """What a watching page is pushed: the devices that changed since the last one."""

    devices: list[DeviceView]


class Stage:
    """All that is played here, and who watches."""

    def __init__(
        self, players: Sequence[Player[Any]], changes: Changes, now_ms: Callable[[], int]
    ) -> None:
        self.players = {player.name: player for player in players}
        if len(self.players) != len(players):
            raise BadOrder("device: wanted a name of its own for each")
        self.changes = changes
        self.now_ms = now_ms
        self.stopping = threading.Event()
        self.watchers = threading.BoundedSemaphore(_MOST_WATCHERS)

    def obey(self, order: Order) -> None:
        player = self.players.get(order.device)
        if player is None:
            known = ", ".join(self.players)
            raise BadOrder(f"device: wanted one of {known}, found {order.device!r}")
        player.obey(order)

    def view(self) -> StageView:
        kinds = {player.words.kind: player.words for player in self.players.values()}
        devices = [player.shown(-1) for player in self.players.values()]
        return StageView(list(kinds.values()), devices)

    def update(self, seen: dict[str, tuple[int, int]]) -> Update:
        """What changed since what this page has `seen`, which is brought up to now."""
        changed = []
        for name, player in self.players.items():
            mark = player.mark
            if seen.get(name) != mark:
                changed.append(player.shown(seen.get(name, (-1, -1))[0]))
                seen[name] = mark
        return Update(changed)

    def paper(self) -> PaperView:
        """Of the first printer."""
        printers = (p for p in self.players.values() if isinstance(p, PrinterPlayer))
        return next(printers).paper()

    def bars(self) -> BarsView:
        return BarsView([p.bar() for p in self.players.values() if isinstance(p, BarPlayer)])
