"""What pads, code readers and card readers say, in words for the engineer. Pure.

Of a code only its length is told, of a card nothing but that it was read: both may be somebody's
identity. Pads and bars have no standard, so their words come from tables (`FrameSpec`): those of
the device's own line, or those at hand where only the kind is known.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from drivers.codec import sam
from drivers.codec.counters import Counters
from drivers.codec.explained import Said, noise
from drivers.codec.frame import Frame, FrameReader, FrameSpec, Layout, Order, Part
from drivers.codec.scanned import ScanReader

_ORDERS = {
    Order.POLL: Said("询问", "asked"),
    Order.ACKNOWLEDGE: Said("确认收到按键", "told that its key was heard"),
    Order.SHOW: Said("显示文字", "told to show a text"),
}
_MEANINGS = {
    "idle": Said("无按键", "nothing pressed"),
    "acknowledged": Said("已接受", "accepted"),
    "refused": Said("拒绝", "refused"),
    "call_next": Said("顺呼", "call next"),
    "recall": Said("重呼", "recall"),
    "start": Said("开始", "start"),
    "finish": Said("办结", "finish"),
    "miss": Said("过号", "miss"),
    "pause": Said("暂停", "pause"),
    "resume": Said("恢复", "resume"),
}
_COMMANDS = {
    sam.STATUS: Said("询问状态", "ask its state"),
    sam.IDENTITY: Said("询问编号", "ask its number"),
    sam.RESET: Said("复位", "reset"),
    sam.FIND: Said("寻卡", "look for a card"),
    sam.SELECT: Said("选卡", "select the card"),
    sam.READ: Said("读卡", "read the card"),
}
_STATES = {
    sam.Status.OK: Said("成功", "done"),
    sam.Status.FOUND: Said("有卡", "a card is there"),
    sam.Status.NOT_FOUND: Said("无卡", "no card"),
    sam.Status.NOT_SELECTED: Said("选卡失败", "not selected"),
    sam.Status.READ_FAILED: Said("读卡失败", "not read"),
    sam.Status.NOT_AUTHORISED: Said("模块未授权", "the module is not authorised"),
}


@dataclass
class _Way:
    """One direction of a layout, and the tables that share it."""

    layout: Layout
    specs: list[FrameSpec]
    reader: FrameReader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = FrameReader(self.layout)


class FramesExplainer:
    def __init__(self, specs: Sequence[FrameSpec]) -> None:
        self._sent = _ways(specs)
        self._received = _ways(specs)

    @property
    def counters(self) -> Counters:
        """Of the layout that understood most: what is another's is noise to the rest."""
        known = [way.reader.counters for way in self._received]
        return max(known, key=lambda one: one.frames_ok, default=Counters())

    def sent(self, data: bytes) -> list[Said]:
        return list(_told(self._sent, data, _order))

    def received(self, data: bytes) -> list[Said]:
        return list(_told(self._received, data, _answer))


class ScanExplainer:
    def __init__(self) -> None:
        self._reader = ScanReader()

    @property
    def counters(self) -> Counters:
        return self._reader.counters

    def sent(self, data: bytes) -> list[Said]:
        return noise(0, len(data))

    def received(self, data: bytes) -> list[Said]:
        before = self.counters.noise_bytes
        codes = self._reader.feed(data)
        told = [Said(f"一个码，{len(one)} 字", f"a code of {len(one)} letters") for one in codes]
        return [*told, *noise(before, self.counters.noise_bytes)]


class CardExplainer:
    def __init__(self) -> None:
        self._asked, self._answered = FrameReader(sam.LAYOUT), FrameReader(sam.LAYOUT)

    @property
    def counters(self) -> Counters:
        return self._answered.counters

    def sent(self, data: bytes) -> list[Said]:
        before = self._asked.counters.noise_bytes
        told = [_command(frame) for frame in self._asked.feed(data)]
        return [*told, *noise(before, self._asked.counters.noise_bytes)]

    def received(self, data: bytes) -> list[Said]:
        before = self.counters.noise_bytes
        told = [card_state(frame) for frame in self._answered.feed(data)]
        return [*told, *noise(before, self.counters.noise_bytes)]


def card_state(frame: Frame) -> Said:
    """What a card reader's answer says of itself, and nothing of a card."""
    status = sam.status_of(frame)
    known = {int(one): said for one, said in _STATES.items()}
    return known.get(status, Said(f"状态 {status:02x}", f"state {status:02x}"))


def meaning_of(meaning: str) -> Said:
    rate = meaning.removeprefix("rate:")
    if rate != meaning:
        return Said(f"评价 {rate} 分", f"rated {rate}")
    return _MEANINGS.get(meaning, Said("未列入表的帧", "a frame the table does not have"))


def _command(frame: Frame) -> Said:
    known = _COMMANDS.get(frame.data)
    return known or Said(f"指令 {frame.data[:1].hex()}", f"command {frame.data[:1].hex()}")


def _ways(specs: Sequence[FrameSpec]) -> list[_Way]:
    ways: list[_Way] = []
    for spec in specs:
        way = next((one for one in ways if one.layout == spec.layout), None)
        if way is None:
            ways.append(_Way(spec.layout, [spec]))
        elif spec not in way.specs:
            way.specs.append(spec)
    return ways


def _told(
    ways: Sequence[_Way], data: bytes, word: Callable[[FrameSpec, Frame], Said | None]
) -> Iterator[Said]:
    passed_over = []
    for way in ways:
        before = way.reader.counters.noise_bytes
        for frame in way.reader.feed(data):
            known = (word(spec, frame) for spec in way.specs)
            said = next((one for one in known if one is not None), meaning_of(""))
            yield Said(f"{frame.address} 号：{said.zh}", f"address {frame.address}: {said.en}")
        passed_over.append(way.reader.counters.noise_bytes - before)
    yield from noise(0, min(passed_over, default=0))


def _order(spec: FrameSpec, frame: Frame) -> Said | None:
    if Part.COMMAND not in spec.layout.parts:
        return next((_ORDERS[order] for order in spec.orders), None)
    fitting = (order for order, form in spec.orders.items() if form.command == frame.command)
    return next((_ORDERS[order] for order in fitting), None)


def _answer(spec: FrameSpec, frame: Frame) -> Said | None:
    meaning = spec.meaning(frame)
    return meaning_of(meaning) if meaning else None
