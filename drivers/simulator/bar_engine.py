"""The window bar that is played: takes BX-K frames, shows areas, lets stale ones go dark by itself.

The time is handed in. No threads and no sockets here.
"""

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from drivers.codec import bx
from drivers.codec.bx_frame import FrameReader
from drivers.orders import Colour

_MOST_AREAS = 16
_NOT_HERE = 2  # error of the card: it knows no such command
_ENDLESS = frozenset({bx.RunMode.LOOP, bx.RunMode.HOLD_LAST})


class BarFault(StrEnum):
    SILENT = "silent"  # takes orders, answers and shows nothing
    REFUSING = "refusing"  # answers every order with no
    NOISE = "noise"
    UNPLUGGED = "unplugged"


@dataclass(frozen=True, slots=True)
class LitArea:
    area: bx.Area
    text: str
    colour: Colour
    until_ms: int | None


class AreaView(msgspec.Struct, frozen=True):
    area_id: int
    x: int
    y: int
    width: int
    height: int
    text: str
    colour: str
    is_scrolling: bool
    seconds_left: int | None


class AreasView(msgspec.Struct, frozen=True):
    areas: list[AreaView]


class BarEngine:
    def __init__(self) -> None:
        self.faults: set[BarFault] = set()
        self.version = 0
        self._lit: dict[int, LitArea] = {}
        self._readers: dict[int, FrameReader] = {}

    @property
    def link_count(self) -> int:
        return len(self._readers)

    def connected(self, link: int) -> None:
        self._readers[link] = FrameReader()
        self.version += 1

    def disconnected(self, link: int) -> None:
        self._readers.pop(link, None)
        self.version += 1

    def receive(self, link: int, data: bytes, now_ms: int) -> bytes:
        """What came over one link; the bytes that answer it."""
        if self.faults & {BarFault.SILENT, BarFault.UNPLUGGED}:
            return b""
        answers = b""
        for body in self._readers[link].feed(data):
            request = bx.read_request(body)
            if request is not None:
                answers += bx.encode_answer(self._obey(request, now_ms))
        return answers

    def lit(self, now_ms: int) -> list[LitArea]:
        """What is to be seen now."""
        areas = [self._lit[area_id] for area_id in sorted(self._lit)]
        return [lit for lit in areas if not _is_stale(lit, now_ms)]

    def view(self, now_ms: int, since_version: int) -> AreasView:  # noqa: ARG002 — it is small
        return AreasView([_area_view(lit, now_ms) for lit in self.lit(now_ms)])

    def tick(self, now_ms: int) -> bytes:
        """Forget what has gone dark by its own time-out."""
        stale = [area_id for area_id, lit in self._lit.items() if _is_stale(lit, now_ms)]
        for area_id in stale:
            del self._lit[area_id]
            self.version += 1
        return b""

    def act(self, action: str, value: str, now_ms: int) -> bytes:  # noqa: ARG002 — it has no actions
        return b""

    def set_fault(self, fault: str, *, on: bool, after_lines: int | None = None) -> bytes:  # noqa: ARG002
        fault = BarFault(fault)
        if on:
            self.faults.add(fault)
        else:
            self.faults.discard(fault)
        if on and fault is BarFault.UNPLUGGED:
            self._lit.clear()  # the text lives in the card's working memory only
        self.version += 1
        return b""

    def clear_faults(self) -> bytes:
        self.faults.clear()
        self.version += 1
        return b""

    def _obey(self, request: bx.Request, now_ms: int) -> bx.Answer:
        if BarFault.REFUSING in self.faults:
            return bx.Answer(accepted=False, error=_NOT_HERE)
        self.version += 1
        match request:
            case bx.Ping():
                return bx.Answer(accepted=True)
            case bx.ClearScreen():
                self._lit.clear()
                return bx.Answer(accepted=True)
            case bx.ShowAreas():
                return self._show(request, now_ms)
            case bx.OtherRequest():
                return bx.Answer(accepted=False, error=_NOT_HERE)

    def _show(self, request: bx.ShowAreas, now_ms: int) -> bx.Answer:
        gone = list(self._lit) if request.deletes_all else request.deleted
        for area_id in gone:
            self._lit.pop(area_id, None)
        for area in request.areas:
            if area.area_id not in self._lit and len(self._lit) >= _MOST_AREAS:
                return bx.Answer(accepted=False, error=_NOT_HERE)
            text, colour = bx.plain_text(area.text)
            until_ms = None if area.run_mode in _ENDLESS else now_ms + area.timeout_s * 1000
            self._lit[area.area_id] = LitArea(area, text, colour, until_ms)
        return bx.Answer(accepted=True)


def _is_stale(lit: LitArea, now_ms: int) -> bool:
    return lit.until_ms is not None and lit.until_ms <= now_ms


def _area_view(lit: LitArea, now_ms: int) -> AreaView:
    return AreaView(
        area_id=lit.area.area_id,
        x=lit.area.x,
        y=lit.area.y,
        width=lit.area.width,
        height=lit.area.height,
        text=lit.text,
        colour=lit.colour,
        is_scrolling=lit.area.display == bx.DisplayMode.LEFT,
        seconds_left=None if lit.until_ms is None else -((now_ms - lit.until_ms) // 1000),
    )
