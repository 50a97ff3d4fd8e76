"""Onbon BX-5E/6E bars: the card has no font, so it is sent pictures of the text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PIL import Image

from drivers.codec import bx_e
from drivers.codec.bx_dots import Bitmap
from drivers.codec.bx_frame import FrameReader
from drivers.codec.counters import Counters
from drivers.health import Finding
from drivers.orders import Colour, DeviceCode
from drivers.signs.areas import SignArea
from drivers.signs.picture import PAGE_MS, Painter
from drivers.signs.texts import SignTask
from drivers.signs.worker import ANSWERED, Talk, found_wrong

_LONGEST_TIMEOUT_S = 65_535


@dataclass(frozen=True, slots=True)
class CardSettings:
    """`alone`: the card's own programs stop while something is shown."""

    controller: bx_e.Controller
    has_two_colours: bool = False
    address: int = bx_e.ANY_CARD
    alone: bool = True
    brightness: int | None = None


class BxE:
    answers = True

    def __init__(
        self, areas: Mapping[str, SignArea], settings: CardSettings, painter: Painter
    ) -> None:
        self._areas = areas
        self._settings = settings
        self._painter = painter
        self._reader = FrameReader()

    @property
    def counters(self) -> Counters:
        return self._reader.counters

    def feed(self, data: bytes) -> list[bx_e.Answer]:
        answers = (bx_e.read_answer(body) for body in self._reader.feed(data))
        return [answer for answer in answers if answer is not None]

    def reset(self) -> None:
        self._reader.reset()

    def greet(self) -> Talk[bx_e.Answer]:
        finding = yield from self._say(bx_e.Ping())
        if self._settings.brightness is not None and not finding.codes:
            finding = yield from self._say(bx_e.SetBrightness(self._settings.brightness))
        return finding

    def check(self, now_ms: int) -> Talk[bx_e.Answer]:  # noqa: ARG002 — it says no more than that it is there
        return (yield from self._say(bx_e.Ping()))

    def show(self, task: SignTask, now_ms: int) -> Talk[bx_e.Answer]:
        order = task.order
        area = self._areas[order.area]
        if not order.text:
            return (yield from self._say(bx_e.DeleteAreas((area.area_id,))))
        if not self._painter.can_draw():
            return found_wrong(DeviceCode.UNPRINTABLE)
        drawn = self._painter.pages(order.text, area.width, area.height)
        return (
            yield from self._say(
                bx_e.ShowArea(
                    area_id=area.area_id,
                    x=area.x,
                    y=area.y,
                    pages=tuple(self._bitmap(page, order.colour) for page in drawn),
                    timeout_s=min(task.seconds_left(now_ms), _LONGEST_TIMEOUT_S),
                    alone=self._settings.alone,
                    stay_10ms=PAGE_MS // 10,
                )
            )
        )

    def farewell(self) -> Iterable[bytes]:
        return ()

    def _say(self, order: bx_e.Order) -> Talk[bx_e.Answer]:
        answer = yield bx_e.encode(order, self._settings.controller, self._settings.address)
        return _found(answer)

    def _bitmap(self, page: Image.Image, colour: Colour) -> Bitmap:
        dots, dark = page.tobytes(), bytes(len(page.tobytes()))
        if not self._settings.has_two_colours:
            return Bitmap(page.width, page.height, dots)
        red = dark if colour is Colour.GREEN else dots
        green = dark if colour is Colour.RED else dots
        return Bitmap(page.width, page.height, red, green)


def _found(answer: bx_e.Answer) -> Finding:
    return ANSWERED if answer.accepted else found_wrong(DeviceCode.REFUSED)
