"""The window bar as it is played: its buttons, and what is seen of it."""

import msgspec

from drivers.simulator.bar_engine import AreaView, BarEngine, BarFault, LitArea
from drivers.simulator.played import Control, Group, KindWords, Seat
from drivers.simulator.player import PlayedKind, Player


class BarView(msgspec.Struct, frozen=True):
    name: str
    port: int
    faults: list[str]
    links: int
    areas: list[AreaView]


class BarsView(msgspec.Struct, frozen=True):
    """What /bars.json tells a test or a replay."""

    bars: list[BarView]


class BarPlayer(Player[BarEngine]):
    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, _WORDS, BarEngine())

    def lit(self) -> list[LitArea]:
        with self._changed:
            return self._engine.lit(self._now_ms())

    def bar(self) -> BarView:
        shown = self.shown(-1)
        with self._changed:
            areas = self._engine.view(self._now_ms(), -1).areas
        return BarView(self.name, self.port, shown.faults, shown.links, areas)


_WORDS = KindWords(
    "bx-k",
    "窗口条屏",
    "Window bars",
    (
        Group(
            "",
            "",
            (
                Control(BarFault.SILENT, "不应答", "Silent"),
                Control(BarFault.REFUSING, "拒绝指令", "Refusing"),
                Control(BarFault.NOISE, "线路乱码", "Noisy line"),
                Control(BarFault.UNPLUGGED, "拔掉连线", "Unplugged"),
            ),
        ),
    ),
    "按指令显示，到时自行熄灭",
    "They show what they are told, and go dark by themselves",
)
BAR = PlayedKind(_WORDS, BarPlayer)
