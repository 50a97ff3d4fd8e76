"""The card without a font that is played: takes BX-5E or 6E frames, shows pages of dots in turn.

It says no to what a real card would: another controller's type, an area off its screen, more than
it holds. The time is handed in. No threads and no sockets here.
"""

from dataclasses import dataclass
from enum import StrEnum

from drivers.codec import bx_e
from drivers.codec.bx_dots import Bitmap
from drivers.codec.bx_frame import FrameReader
from drivers.simulator.played import Row
from drivers.simulator.sign_engine import SignEngine, seconds_left
from drivers.simulator.sign_view import PictureView, picture_view, screen_of

_ENDLESS = frozenset({bx_e.RunMode.LOOP, bx_e.RunMode.HOLD_LAST})


class CardFault(StrEnum):
    REFUSING = "refusing"  # knows no command any more
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class LitPages:
    area: bx_e.ShowArea
    since_ms: int
    until_ms: int | None

    def page(self, now_ms: int) -> Bitmap:
        """The one whose turn it is."""
        each_ms = max(1, self.area.stay_10ms * 10)
        return self.area.pages[(now_ms - self.since_ms) // each_ms % len(self.area.pages)]

    def is_stale(self, now_ms: int) -> bool:
        return self.until_ms is not None and self.until_ms <= now_ms


class CardEngine(SignEngine):
    """It can be turned into a card of another type by the action `controller`."""

    def __init__(self, controller: str = "6e1", width: int = 192, height: int = 32) -> None:
        super().__init__()
        self.controller = controller
        self.width, self.height = width, height
        self.brightness = bx_e.BRIGHTEST
        self._lit: dict[int, LitPages] = {}
        self._readers: dict[int, FrameReader] = {}

    def connected(self, link: int) -> None:
        self._readers[link] = FrameReader(bx_e.LONGEST_BODY)

    def disconnected(self, link: int) -> None:
        self._readers.pop(link, None)

    def receive(self, link: int, data: bytes, now_ms: int) -> bytes:
        """What came over one link; the bytes that answer it."""
        answers = b""
        for body in self._readers[link].feed(data):
            addressed = bx_e.read_request(body)
            if addressed is not None:
                answers += bx_e.encode_answer(self._obey(addressed, now_ms), self._card)
        return answers

    def lit(self, now_ms: int) -> list[LitPages]:
        """What is to be seen now."""
        areas = [self._lit[area_id] for area_id in sorted(self._lit)]
        return [lit for lit in areas if not lit.is_stale(now_ms)]

    def tick(self, now_ms: int) -> bytes:
        """Forget what has gone dark by its own time-out; leaf through what has several pages."""
        for area_id, lit in list(self._lit.items()):
            if lit.is_stale(now_ms):
                del self._lit[area_id]
            if lit.is_stale(now_ms) or len(lit.area.pages) > 1:
                self.version += 1
        return b""

    def lose_power(self) -> None:
        self._lit.clear()

    def act(self, action: str, value: str, now_ms: int) -> bytes:  # noqa: ARG002 — it has only one
        self.controller = value
        self.lose_power()
        self.version += 1
        return b""

    def view(self, now_ms: int, since_version: int) -> PictureView:  # noqa: ARG002 — it is small
        lit = self.lit(now_ms)
        parts = [(each.area.x, each.area.y, each.page(now_ms)) for each in lit]
        ends = [str(seconds_left(each.until_ms, now_ms) or "—") for each in lit]
        rows = [
            Row("控制卡", "Controller", f"BX-{self.controller.upper()}"),
            Row("亮度", "Brightness", f"{self.brightness} / {bx_e.BRIGHTEST}"),
            Row("动态区", "Areas", str(len(lit))),
            Row("秒后熄灭", "Seconds until dark", " · ".join(ends) or "—"),
        ]
        return picture_view(screen_of((self.width, self.height), parts), rows)

    @property
    def _card(self) -> bx_e.Controller:
        return bx_e.CONTROLLERS[self.controller]

    def _obey(self, addressed: bx_e.Addressed, now_ms: int) -> bx_e.Answer:
        error = self._objection(addressed)
        if error is not bx_e.CardError.NONE:
            return bx_e.Answer(accepted=False, error=error)
        self.version += 1
        match addressed.request:
            case bx_e.SetBrightness(level):
                self.brightness = level
            case bx_e.DeleteAll():
                self._lit.clear()
            case bx_e.DeleteAreas(area_ids):
                for area_id in area_ids:
                    self._lit.pop(area_id, None)
            case bx_e.ShowArea() as area:
                is_endless = area.run_mode in _ENDLESS
                until_ms = None if is_endless else now_ms + area.timeout_s * 1000
                self._lit[area.area_id] = LitPages(area, now_ms, until_ms)
        return bx_e.Answer(accepted=True)

    def _objection(self, addressed: bx_e.Addressed) -> bx_e.CardError:
        if CardFault.REFUSING in self.faults:
            return bx_e.CardError.NO_SUCH_COMMAND
        if CardFault.BUSY in self.faults:
            return bx_e.CardError.BUSY
        if addressed.controller not in {self._card.code, bx_e.ANY_CARD}:
            return bx_e.CardError.CONTROLLER_TYPE
        match addressed.request:
            case bx_e.OtherRequest():
                return bx_e.CardError.NO_SUCH_COMMAND
            case bx_e.ShowArea() as area:
                return self._objection_to(area)
            case _:
                return bx_e.CardError.NONE

    def _objection_to(self, area: bx_e.ShowArea) -> bx_e.CardError:
        page = area.pages[0]
        if area.x + page.width > self.width or area.y + page.height > self.height:
            return bx_e.CardError.SCREEN_PARAMETERS
        size = sum(len(each.red) + len(each.green) for each in area.pages)
        if area.area_id >= self._card.areas_most or size > bx_e.LARGEST_AREA:
            return bx_e.CardError.MEMORY_FULL
        return bx_e.CardError.NONE
