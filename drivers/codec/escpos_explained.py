"""The two directions of a ticket printer's line, in words. Pure."""

from drivers.codec.counters import Counters
from drivers.codec.escpos_commands import Command, CommandReader, Text
from drivers.codec.escpos_status import (
    AutomaticStatus,
    Block,
    FullStatus,
    ProcessDone,
    Query,
    RealTimeReply,
    Reply,
    SensorReply,
    StatusReader,
    codes_of,
    codes_of_automatic,
)
from drivers.codec.explained import Said, noise

_QUESTIONS = {
    Query.PRINTER: Said("联机", "on line"),
    Query.OFFLINE_CAUSE: Said("脱机原因", "why off line"),
    Query.ERROR_CAUSE: Said("错误原因", "which error"),
    Query.PAPER: Said("纸", "paper"),
}
_COMMANDS = {
    b"\x1b@": Said("复位", "initialise"),
    b"\x1cS": Said("汉字间距", "spacing of Chinese"),
    b"\x1c&": Said("进入汉字", "into Chinese"),
    b"\x1c.": Said("退出汉字", "out of Chinese"),
    b"\x1c!": Said("汉字大小", "size of Chinese"),
    b"\x1d!": Said("字符大小", "size"),
    b"\x1ba": Said("对齐", "alignment"),
    b"\x1bE": Said("加粗", "bold"),
    b"\x1b3": Said("行距", "line spacing"),
    b"\x1b2": Said("默认行距", "usual line spacing"),
    b"\x1bJ": Said("进纸", "feed"),
    b"\x1bd": Said("走行", "feed lines"),
    b"\x1dV": Said("切纸", "cut"),
    b"\x1d(k": Said("二维码", "QR code"),
    b"\x1d(H": Said("完成后请应答", "tell when done"),
    b"\x1dr": Said("执行到此请应答", "tell when carried out"),
    b"\x1dI": Said("询问型号", "ask the model"),
    b"\x1de": Said("出纸口", "mouth"),
    b"\x1da": Said("自动状态", "automatic status"),
    b"\x1dv0": Said("图像", "picture"),
    b"\x10\x05": Said("恢复", "recover"),
    b"\x10\x14": Said("清空缓冲", "clear the buffer"),
}
_LEADS = {0x1B: "ESC", 0x1C: "FS", 0x1D: "GS", 0x10: "DLE"}
_SHOWN_BYTES = 8


class EscposExplainer:
    def __init__(self) -> None:
        self._orders = CommandReader()
        self._replies = StatusReader()
        self._asked: list[Query] = []

    @property
    def counters(self) -> Counters:
        return self._replies.counters

    def sent(self, data: bytes) -> list[Said]:
        before = self._orders.noise_bytes
        orders = self._orders.feed(data)
        if asked := [query for query in map(_query, orders) if query is not None]:
            self._asked = asked  # what was asked before and is not answered yet never will be
        told = [_order(order) for order in orders]
        return [*filter(None, told), *noise(before, self._orders.noise_bytes)]

    def received(self, data: bytes) -> list[Said]:
        before = self._replies.noise_bytes
        told = [self._reply(reply) for reply in self._replies.feed(data)]
        return [*told, *noise(before, self._replies.noise_bytes)]

    def _reply(self, reply: Reply) -> Said:
        match reply:
            case RealTimeReply(status):
                query = self._asked.pop(0) if self._asked else None
                codes = codes_of(query, status) if query is not None else frozenset()
                found = ", ".join(sorted(codes))
                asked = f"DLE EOT {query}" if query is not None else "DLE EOT"
                zh = found or ("正常" if query is not None else "（未曾询问）")
                en = found or ("well" if query is not None else "(not asked)")
                return Said(f"{asked} = {status:02x} {zh}", f"{asked} = {status:02x} {en}")
            case AutomaticStatus(status):
                found = ", ".join(sorted(codes_of_automatic(status)))
                return Said(f"自动状态 {found or '正常'}", f"automatic status {found or 'well'}")
            case FullStatus():
                is_held = reply.ticket_in_mouth
                zh, en = ("有票", "a ticket in it") if is_held else ("无票", "empty")
                return Said(f"完整状态 出纸口{zh}", f"full status, mouth: {en}")
            case SensorReply(status):
                return Said(f"GS r = {status:02x} 已执行", f"GS r = {status:02x} carried out")
            case ProcessDone(process_id):
                return Said(f"打印完成 {process_id}", f"printing done {process_id}")
            case Block(data):
                text = data[1:-1].decode("ascii", "replace")
                return Said(f"应答「{text}」", f'answers "{text}"')


def _query(order: Text | Command) -> Query | None:
    is_one = isinstance(order, Command) and order.name == b"\x10\x04" and order.data[0] in {*Query}
    return Query(order.data[0]) if is_one else None


def _order(order: Text | Command) -> Said | None:
    if isinstance(order, Text):
        text = order.data.decode("gb18030", "replace")
        return Said(f"「{text}」", f'"{text}"')
    query = _query(order)
    if query is not None:
        zh, en = _QUESTIONS[query]
        return Said(f"DLE EOT {query} 问{zh}？", f"DLE EOT {query} asks: {en}?")
    if len(order.name) == 1:
        return None  # a line's end
    name = _name(order)
    zh, en = _COMMANDS.get(order.name, Said("", ""))
    return Said(f"{name} {zh}".strip(), f"{name} {en}".strip())


def _name(order: Command) -> str:
    letters = order.name[1:].decode("latin-1")
    if not letters.isprintable():
        letters = order.name[1:].hex()
    shown = order.data[:_SHOWN_BYTES].hex(" ")
    rest = f" … ({len(order.data)})" if len(order.data) > _SHOWN_BYTES else ""
    return f"{_LEADS[order.name[0]]} {letters} {shown}{rest}".strip()
