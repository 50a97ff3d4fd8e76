"""Onbon BX-5K/6K window bars: the card has the font, so it is sent text."""

from collections.abc import Iterable, Mapping

from drivers.codec import bx
from drivers.codec.bx_frame import FrameReader
from drivers.codec.counters import Counters
from drivers.codec.escpos_layout import column_count
from drivers.health import Finding
from drivers.orders import DeviceCode
from drivers.signs.areas import SignArea
from drivers.signs.texts import SignTask
from drivers.signs.worker import ANSWERED, Talk, found_wrong

_LONGEST_TIMEOUT_S = 65_535
_CELL_PIXELS = 8


class BxK:
    answers = True

    def __init__(
        self, areas: Mapping[str, SignArea], substitute: str, *, length_in_reserved: bool
    ) -> None:
        self._areas = areas
        self._substitute = substitute
        self._length_in_reserved = length_in_reserved
        self._reader = FrameReader()

    @property
    def counters(self) -> Counters:
        return self._reader.counters

    def feed(self, data: bytes) -> list[bx.Answer]:
        answers = (bx.read_answer(body) for body in self._reader.feed(data))
        return [answer for answer in answers if answer is not None]

    def reset(self) -> None:
        self._reader.reset()

    def greet(self) -> Talk[bx.Answer]:
        return self.check(0)

    def check(self, now_ms: int) -> Talk[bx.Answer]:  # noqa: ARG002 — it says no more than that it is there
        return _found((yield bx.encode(bx.Ping())))

    def show(self, task: SignTask, now_ms: int) -> Talk[bx.Answer]:
        request = self._request(task, now_ms)
        return _found((yield bx.encode(request, length_in_reserved=self._length_in_reserved)))

    def farewell(self) -> Iterable[bytes]:
        return ()

    def _request(self, task: SignTask, now_ms: int) -> bx.ShowAreas:
        order = task.order
        area = self._areas[order.area]
        if not order.text:
            return bx.ShowAreas((), deleted=(area.area_id,))
        rows = max(1, area.height // (2 * _CELL_PIXELS))
        needed = column_count(order.text) * _CELL_PIXELS
        fits = needed <= area.width * rows
        return bx.ShowAreas(
            (
                bx.Area(
                    area_id=area.area_id,
                    x=area.x,
                    y=area.y,
                    width=area.width,
                    height=area.height,
                    text=bx.text_bytes(order.text, order.colour, self._substitute),
                    timeout_s=min(task.seconds_left(now_ms), _LONGEST_TIMEOUT_S),
                    single_line=2 if fits and needed > area.width else 1,
                    wrap=2 if fits and needed > area.width else 1,
                    display=bx.DisplayMode.STILL if fits else bx.DisplayMode.LEFT,
                ),
            )
        )


def _found(answer: bx.Answer) -> Finding:
    return ANSWERED if answer.accepted else found_wrong(DeviceCode.REFUSED)
