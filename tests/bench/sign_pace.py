"""The signs' pace: an order made into bytes, and bytes read as an answer, for each make.

Pictures are drawn once and remembered, so drawing is measured apart. Floors: the same bytes sent by
UDP on this machine, and one pass over them in Python (less than any checksum costs).
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from functools import partial

from drivers.codec import bx, bx_e, modbus
from drivers.codec.bx_frame import FrameReader
from drivers.codec.ddp import DdpStream
from drivers.codec.sacn import SacnStream, Sender
from drivers.fonts import FontChain
from drivers.orders import Colour, ShowText
from drivers.signs.areas import SignArea
from drivers.signs.bx_e import BxE, CardSettings
from drivers.signs.bx_k import BxK
from drivers.signs.modbus_text import BarRegisters, ModbusText
from drivers.signs.picture import Painter
from drivers.signs.pixel_wall import PixelWall, WallSettings
from drivers.signs.texts import SignTask

SECONDS = 0.4
BAR = {"main": SignArea(0, 0, 0, 192, 32)}
AddRow = Callable[[str, str, str], None]


def measure(add_row: AddRow) -> None:
    task = SignTask(ShowText("s", "main", "请A001号到12号窗口", 1, Colour.YELLOW), 60_000)
    painter = Painter(FontChain())
    card = CardSettings(bx_e.CONTROLLERS["6e1"], has_two_colours=True)
    k = BxK(BAR, "〓", length_in_reserved=True)
    e = BxE(BAR, card, painter)
    m = ModbusText(BarRegisters(1, 0, 16))
    big = WallSettings(256, 64)
    walls = {
        "DDP, 256×64": PixelWall(DdpStream(), big, painter),
        "sACN, 256×64": PixelWall(SacnStream(Sender(bytes(16), "x"), 1), big, painter),
    }
    makes: dict[str, Callable[[], list[bytes]]] = {
        "BX-K text": lambda: [next(k.show(task, 0))],
        "BX-6E, 192×32 in two colours": lambda: [next(e.show(task, 0))],
        "Modbus, 16 registers": lambda: [next(m.show(task, 0))],
        **{
            name: partial(lambda wall: list(wall.show(task, 0)), wall)
            for name, wall in walls.items()
        },
    }
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        for name, make in makes.items():
            frames = make()
            rate, floor = per_second(make), per_second(partial(send, link, frames))
            size = sum(map(len, frames))
            add_row(
                f"sign order → bytes: {name} ({size} B)",
                f"{rate:.0f}/s",
                f"{floor / rate:.1f} × sending them by UDP ({floor:.0f}/s)",
            )
    drawn = per_second(lambda: Painter(FontChain()).pages(task.order.text, 192, 32))
    add_row("a text drawn for 192×32 dots, the first time", f"{drawn:.0f}/s", "")
    for name, read, data in readers():
        rate, floor = per_second(partial(read, data)), per_second(partial(sum, data))
        add_row(
            f"bytes → answer: {name} ({len(data)} B)",
            f"{rate:.0f}/s",
            f"{floor / rate:.1f} × one pass over them",
        )


def readers() -> list[tuple[str, Callable[[bytes], object], bytes]]:
    card, k_reader, e_reader = bx_e.CONTROLLERS["6e1"], FrameReader(), FrameReader()
    found = modbus.Found(bytes(32))

    def read_modbus(data: bytes) -> object:
        reader = modbus.AnswerReader(1)
        reader.expect(modbus.ReadRegisters(0, 16))
        return reader.feed(data)

    return [
        (
            "BX-K",
            lambda data: bx.read_answer(k_reader.feed(data)[0]),
            bx.encode_answer(bx.Answer(accepted=True)),
        ),
        (
            "BX-6E",
            lambda data: bx_e.read_answer(e_reader.feed(data)[0]),
            bx_e.encode_answer(bx_e.Answer(accepted=True), card),
        ),
        ("Modbus", read_modbus, modbus.encode_answer(1, found)),
    ]


def send(link: socket.socket, frames: list[bytes]) -> None:
    for frame in frames:
        link.sendto(frame, ("127.0.0.1", 9))


def per_second(act: Callable[[], object]) -> float:
    act()
    count, began = 0, time.perf_counter()
    while (took := time.perf_counter() - began) < SECONDS:
        act()
        count += 1
    return count / took


if __name__ == "__main__":
    measure(lambda what, measured, ratio: print(f"  {what:<56}{measured:<14}{ratio}"))
