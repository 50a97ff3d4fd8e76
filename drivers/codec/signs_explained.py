"""The two directions of a sign's line, in words, for each make. Pure."""

from collections.abc import Callable

from drivers.codec import bx, bx_e, ddp, modbus, sacn
from drivers.codec.bx_frame import FrameReader
from drivers.codec.counters import Counters
from drivers.codec.explained import Said, noise

_LONGEST_PICTURE = 1 << 20
_ACCEPTED = Said("已接受", "accepted")


class _BxExplainer:
    """Both families of cards: one frame, two ways to read what is in it."""

    def __init__(self, request: Callable[[bytes], Said], answer: Callable[[bytes], Said]) -> None:
        self._request = request
        self._answer = answer
        self._requests = FrameReader(_LONGEST_PICTURE)
        self._answers = FrameReader()

    @property
    def counters(self) -> Counters:
        return self._answers.counters

    def sent(self, data: bytes) -> list[Said]:
        before = self._requests.counters.noise_bytes
        told = [self._request(body) for body in self._requests.feed(data)]
        return [*told, *noise(before, self._requests.counters.noise_bytes)]

    def received(self, data: bytes) -> list[Said]:
        before = self._answers.counters.noise_bytes
        told = [self._answer(body) for body in self._answers.feed(data)]
        return [*told, *noise(before, self._answers.counters.noise_bytes)]


class BxKExplainer(_BxExplainer):
    def __init__(self) -> None:
        super().__init__(_bx_k_request, lambda body: _bx_answer(bx.read_answer(body)))


class BxEExplainer(_BxExplainer):
    def __init__(self) -> None:
        super().__init__(_bx_e_request, lambda body: _bx_answer(bx_e.read_answer(body)))


class ModbusExplainer:
    """A request is one transfer; which unit it is for, it says itself."""

    def __init__(self) -> None:
        self._readers: dict[int, modbus.AnswerReader] = {}
        self._asked = 0

    @property
    def counters(self) -> Counters:
        return sum((reader.counters for reader in self._readers.values()), Counters())

    def sent(self, data: bytes) -> list[Said]:
        self._asked = data[0] if data else 0
        requests = modbus.RequestReader(self._asked).feed(data)
        for request in requests:
            if not isinstance(request, modbus.OtherRequest):
                self._reader().expect(request)
        told = [_modbus_request(self._asked, request) for request in requests]
        return told or noise(0, len(data))

    def received(self, data: bytes) -> list[Said]:
        before = self._reader().counters.noise_bytes
        told = [_modbus_answer(answer) for answer in self._reader().feed(data)]
        return [*told, *noise(before, self._reader().counters.noise_bytes)]

    def _reader(self) -> modbus.AnswerReader:
        return self._readers.setdefault(self._asked, modbus.AnswerReader(self._asked))


class PixelExplainer:
    """Walls of pixels never answer."""

    counters = Counters()

    def sent(self, data: bytes) -> list[Said]:
        packet = ddp.read_packet(data)
        if packet is not None:
            size, at = len(packet.pixels), packet.offset
            return [Said(f"像素 {size} 字节，位置 {at}", f"{size} bytes of pixels at {at}")]
        universe = sacn.read_packet(data)
        if universe is not None:
            number, size = universe.universe, len(universe.channels)
            return [Said(f"域 {number}：{size} 通道", f"universe {number}: {size} channels")]
        return noise(0, len(data))

    def received(self, data: bytes) -> list[Said]:
        return noise(0, len(data))


def _bx_answer(answer: bx.Answer | bx_e.Answer | None) -> Said:
    if answer is None:
        return Said("不是应答", "no answer")
    refused = Said(f"拒绝，错误 {answer.error}", f"refused, error {answer.error}")
    return _ACCEPTED if answer.accepted else refused


def _bx_k_request(body: bytes) -> Said:
    match bx.read_request(body):
        case bx.Ping():
            return Said("询问是否在线", "ping")
        case bx.ClearScreen():
            return Said("清屏", "clear the screen")
        case bx.ShowAreas(areas=()):
            return Said("熄灭区域", "darken an area")
        case bx.ShowAreas(areas=areas):
            texts = [(area, *bx.plain_text(area.text)) for area in areas]
            zh = "；".join(f"区域 {a.area_id}「{t}」{c} {a.timeout_s} 秒" for a, t, c in texts)
            en = "; ".join(f'area {a.area_id} "{t}" {c} {a.timeout_s} s' for a, t, c in texts)
            return Said(f"显示 {zh}", f"show {en}")
        case bx.OtherRequest(group=group, command=command):
            return Said(f"其他指令 {group:02x} {command:02x}", f"request {group:02x} {command:02x}")
        case _:
            return Said("不是指令", "no request")


def _bx_e_request(body: bytes) -> Said:
    addressed = bx_e.read_request(body)
    match None if addressed is None else addressed.request:
        case bx_e.Ping():
            return Said("询问是否在线", "ping")
        case bx_e.SetBrightness(level=level):
            return Said(f"亮度 {level}", f"brightness {level}")
        case bx_e.ShowArea(area_id=area_id, pages=pages, timeout_s=seconds):
            count = len(pages)
            return Said(
                f"显示区域 {area_id}，{count} 页图，{seconds} 秒",
                f"show area {area_id}, {count} pictures, {seconds} s",
            )
        case bx_e.DeleteAreas() | bx_e.DeleteAll():
            return Said("熄灭区域", "darken areas")
        case bx_e.OtherRequest(group=group, command=command):
            return Said(f"其他指令 {group:02x} {command:02x}", f"request {group:02x} {command:02x}")
        case _:
            return Said("不是指令", "no request")


def _modbus_request(unit: int, request: modbus.Request | modbus.OtherRequest) -> Said:
    match request:
        case modbus.WriteRegisters(first=first, data=data):
            text = _register_text(data)
            return Said(f"{unit} 号站：{first} 起写「{text}」", f'unit {unit}: {first} = "{text}"')
        case modbus.ReadRegisters(first=first, count=count):
            return Said(
                f"{unit} 号站：读 {first} 起 {count} 个", f"unit {unit}: read {count} at {first}"
            )
        case modbus.OtherRequest(function=function):
            return Said(f"{unit} 号站：功能 {function}", f"unit {unit}: function {function}")


def _modbus_answer(answer: modbus.Answer) -> Said:
    match answer:
        case modbus.Written(first=first, count=count):
            return Said(f"已写 {first} 起 {count} 个", f"wrote {count} at {first}")
        case modbus.Found(data=data):
            text = _register_text(data)
            return Said(f"读到「{text}」", f'found "{text}"')
        case modbus.Refused(reason=reason):
            return Said(f"拒绝，原因 {reason}", f"refused, reason {reason}")


def _register_text(data: bytes) -> str:
    """As a bar with the usual set would show it; numbers in hex."""
    text = data.rstrip(b"\0").decode("gb18030", "replace")
    return text if text.isprintable() else data.hex(" ")
