"""The signs that are played besides the window bar: their words, buttons and engines."""

from drivers.codec.bx_e import CONTROLLERS
from drivers.simulator.bx_e_engine import CardEngine, CardFault
from drivers.simulator.modbus_engine import ModbusEngine, ModbusFault
from drivers.simulator.pixel_engine import PixelEngine
from drivers.simulator.played import CABLE, Choice, Control, Group, KindWords
from drivers.simulator.player import PlayedKind, Player

_SIZES = ("64x16", "128x32", "192x32", "256x64")

_BX_E = KindWords(
    "bx-e",
    "点阵条屏",
    "Bars without a font",
    (
        Group(
            "控制卡",
            "Card",
            faults=(
                Control(CardFault.REFUSING, "拒绝指令", "Refusing"),
                Control(CardFault.BUSY, "忙", "Busy"),
            ),
            actions=(
                Control(
                    "controller",
                    "控制卡型号",
                    "Type of controller",
                    choices=tuple(
                        Choice(name, f"BX-{name.upper()}", f"BX-{name.upper()}")
                        for name in CONTROLLERS
                    ),
                ),
            ),
        ),
        CABLE,
    ),
    "没有字库，收到的是文字的图形；到时自行熄灭",
    "They have no letters and are sent pictures of texts; they go dark by themselves",
)
_MODBUS_TEXT = KindWords(
    "modbus-text",
    "Modbus 条屏",
    "Modbus bars",
    (
        Group(
            "条屏",
            "Bar",
            faults=(
                Control(ModbusFault.REFUSING, "拒绝写入", "Refusing"),
                Control(ModbusFault.STUCK, "应答但不更新", "Says yes, keeps its text"),
            ),
        ),
        CABLE,
    ),
    "站号 1，文字在寄存器 0 至 15；写入后可以读回",
    "Unit 1, the text in registers 0 to 15; what is written can be read back",
)


def _wall(kind: str, zh: str, en: str) -> KindWords:
    sizes = tuple(Choice(size, size.replace("x", "×"), size.replace("x", "×")) for size in _SIZES)
    size = Control("size", "点阵大小", "Size in pixels", choices=sizes)
    return KindWords(
        kind,
        zh,
        en,
        (Group("屏体", "Wall", actions=(size,)), CABLE),
        "从不应答；2.5 秒没有数据即熄灭",
        "It never answers, and goes dark when nothing comes for 2.5 s",
    )


_DDP = _wall("ddp", "DDP 像素屏", "Pixel walls, DDP")
_SACN = _wall("sacn", "sACN 像素屏", "Pixel walls, sACN")

BX_E = PlayedKind(_BX_E, lambda seat: Player(seat, _BX_E, CardEngine()))
MODBUS_TEXT = PlayedKind(_MODBUS_TEXT, lambda seat: Player(seat, _MODBUS_TEXT, ModbusEngine()))
DDP = PlayedKind(_DDP, lambda seat: Player(seat, _DDP, PixelEngine()))
SACN = PlayedKind(_SACN, lambda seat: Player(seat, _SACN, PixelEngine()))
