"""From configuration to signs: one builder for each make."""

from collections.abc import Mapping
from enum import StrEnum
from uuid import NAMESPACE_OID, uuid5

from drivers.bench import Device
from drivers.codec.bx_e import ANY_CARD, BRIGHTEST, CONTROLLERS
from drivers.codec.ddp import DdpStream
from drivers.codec.modbus import MOST_REGISTERS
from drivers.codec.plain_text import SUBSTITUTE, can_stand_in
from drivers.codec.sacn import LAST_UNIVERSE, SacnStream, Sender, universe_count
from drivers.codec.sign_text import Encoding
from drivers.fonts import FontChain
from drivers.health import HealthRecord
from drivers.lane import Lane
from drivers.options import Options
from drivers.orders import DeviceConfig, ShowText, TextShown
from drivers.signs.areas import SignArea, areas_of
from drivers.signs.bx_e import BxE, CardSettings
from drivers.signs.bx_k import BxK
from drivers.signs.device import SignDevice
from drivers.signs.modbus_text import BarRegisters, ModbusText
from drivers.signs.picture import Painter
from drivers.signs.pixel_wall import PixelStream, PixelWall, WallSettings, Wiring
from drivers.signs.sights import CELL_PIXELS
from drivers.signs.texts import LatestTexts
from drivers.signs.worker import Answer, SignMake, SignWorker
from drivers.surroundings import Surroundings
from drivers.transport import link_speed

_LAST_REGISTER = 0xFFFF
_MODBUS_SILENCE_S = 0.005  # between frames; 3.5 characters at 9600 baud are 3.6 ms


class _Reserved(StrEnum):
    LENGTH = "length"
    ZERO = "zero"


class _Colours(StrEnum):
    ONE = "one"
    TWO = "two"


class _ByteOrder(StrEnum):
    """Which byte of a register holds the first of two letters."""

    HIGH = "high-first"
    LOW = "low-first"


class _Programs(StrEnum):
    """Of the card itself, while a text is shown."""

    STOP = "stop"
    RUN = "run"


def bx_k(config: DeviceConfig, surroundings: Surroundings) -> Device:
    options = Options(config)
    areas = areas_of(options)
    reserved = options.choice("reserved", _Reserved.LENGTH)
    make = BxK(areas, _substitute(options), length_in_reserved=reserved is _Reserved.LENGTH)
    options.finish()
    return _sign(config, surroundings, make, areas, LatestTexts(surroundings.now_ms))


def bx_e(config: DeviceConfig, surroundings: Surroundings) -> Device:
    options = Options(config)
    areas = areas_of(options)
    painter = Painter(FontChain(options.text("font", "")))
    make = BxE(areas, _card_settings(options, len(areas)), painter)
    options.finish()
    return _sign(config, surroundings, make, areas, LatestTexts(surroundings.now_ms))


def _card_settings(options: Options, areas: int) -> CardSettings:
    name = options.text("controller", "")
    controller = CONTROLLERS.get(name)
    if controller is None:
        known = ", ".join(CONTROLLERS)
        raise options.wrong("controller", f"the type printed on the card, one of {known}")
    if areas > controller.areas_most:
        raise options.wrong("area.…", f"at most {controller.areas_most} areas on a {name}")
    several = areas > 1
    programs = options.choice("programs", _Programs.RUN if several else _Programs.STOP)
    if several and programs is _Programs.STOP:
        raise options.wrong("programs", "run: of several areas the card would show one only")
    bright = options.is_given("brightness")
    return CardSettings(
        controller=controller,
        has_two_colours=options.choice("colours", _Colours.ONE) is _Colours.TWO,
        address=options.number("address", ANY_CARD, 1, ANY_CARD),
        alone=programs is _Programs.STOP,
        brightness=options.number("brightness", BRIGHTEST, 0, BRIGHTEST) if bright else None,
    )


def modbus_text(config: DeviceConfig, surroundings: Surroundings) -> Device:
    options = Options(config)
    registers = BarRegisters(
        unit=options.number("unit", 1, 1, 247),
        first=options.number("register", 0, 0, _LAST_REGISTER),
        count=options.number("registers", 16, 1, MOST_REGISTERS),
        encoding=options.choice("encoding", Encoding.GB2312),
        low_byte_first=options.choice("byte_order", _ByteOrder.HIGH) is _ByteOrder.LOW,
        colour=_register(options, "colour_register"),
        timeout=_register(options, "timeout_register"),
        substitute=_substitute(options),
    )
    options.finish()
    areas = {"main": SignArea(0, 0, 0, registers.count * CELL_PIXELS, CELL_PIXELS)}
    forgets = registers.timeout is not None
    texts = LatestTexts(surroundings.now_ms, darkened=() if forgets else areas)
    make = ModbusText(registers)
    return _sign(config, surroundings, make, areas, texts, pause_s=_MODBUS_SILENCE_S)


def ddp(config: DeviceConfig, surroundings: Surroundings) -> Device:
    return _pixel_wall(config, surroundings, Options(config), DdpStream())


def sacn(config: DeviceConfig, surroundings: Surroundings) -> Device:
    options = Options(config)
    sender = Sender(
        cid=uuid5(NAMESPACE_OID, f"hall:{config.id}").bytes,
        name=f"Hall {config.id}",
        priority=options.number("priority", 100, 0, 200),
    )
    first = options.number("universe", 1, 1, LAST_UNIVERSE)
    return _pixel_wall(config, surroundings, options, SacnStream(sender, first), first)


def _pixel_wall(
    config: DeviceConfig,
    surroundings: Surroundings,
    options: Options,
    stream: PixelStream,
    first_universe: int = 0,
) -> Device:
    settings = WallSettings(
        width=options.number("width", 64, 8, 1024),
        height=options.number("height", 16, 8, 256),
        wiring=options.choice("wiring", Wiring.ROWS),
        brightness=options.number("brightness", 100, 1, 100),
    )
    if first_universe + universe_count(settings.width * settings.height) - 1 > LAST_UNIVERSE:
        raise options.wrong("universe", f"room for the wall up to universe {LAST_UNIVERSE}")
    painter = Painter(FontChain(options.text("font", "")))
    refresh_ms = options.number("refresh_ms", 500, 50, 1000)
    options.finish()
    areas = {"main": SignArea(0, 0, 0, settings.width, settings.height)}
    texts = LatestTexts(surroundings.now_ms, refresh_ms=refresh_ms, darkened=areas)
    return _sign(config, surroundings, PixelWall(stream, settings, painter), areas, texts)


def _register(options: Options, key: str) -> int | None:
    return options.number(key, 0, 0, _LAST_REGISTER) if options.is_given(key) else None


def _sign(
    config: DeviceConfig,
    surroundings: Surroundings,
    make: SignMake[Answer],
    areas: Mapping[str, SignArea],
    texts: LatestTexts,
    *,
    pause_s: float = 0.0,
) -> SignDevice:
    tap = surroundings.tap(config)

    def report_shown(order: ShowText) -> None:
        if not device.is_test(order):
            surroundings.report(TextShown(config.id, order, surroundings.now_ms()))

    worker = SignWorker(
        surroundings.way_to(config, tap),
        make,
        texts,
        report_shown,
        surroundings.now_ms,
        baud=link_speed(config.url),
        pause_s=pause_s,
    )
    record = HealthRecord(config.id, config.kind, surroundings.now_ms())
    lane = Lane(record, worker, texts, surroundings.report, surroundings.now_ms)
    device = SignDevice(areas, texts, lane, tap, lambda: make.counters)
    return device


def _substitute(options: Options) -> str:
    """What stands for a character that the sign's own font lacks."""
    substitute = options.text("substitute", SUBSTITUTE)
    if not can_stand_in(substitute):
        raise options.wrong("substitute", f"one character of GB2312, found {substitute!r}")
    return substitute
