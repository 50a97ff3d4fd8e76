"""From configuration to devices: the one place that knows every kind.

    escpos   a ticket printer; options: profile, confirmation, font_set, font, columns, width_dots
    bx-k     an Onbon window bar; options: x, y, width, height of area "main",
             area.<name> = x,y,w,h and reserved = length or zero
    null     takes every order and does nothing; its health is "disabled"

A mistake is refused before any device is opened, naming device, key and what is wanted.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from drivers.bench import Bench, Device
from drivers.codec.escpos_profile import PrinterProfile
from drivers.errors import DeviceSettingsError
from drivers.escpos_link import EscposLink
from drivers.fonts import FontChain
from drivers.health import HealthRecord
from drivers.jobs import PrintQueue
from drivers.lane import Lane
from drivers.memory import MemoryExchange
from drivers.null_device import NullDevice
from drivers.options import Options
from drivers.orders import DeviceConfig, DeviceEvent, JobChanged, PrintResult, ShowText, TextShown
from drivers.printer import PrinterDevice, PrinterWorker
from drivers.profiles import printer_profiles
from drivers.raster import Picture
from drivers.sign import BxWorker, LatestTexts, SignArea, SignDevice
from drivers.transport import BadUrl, Tap, Transport, link_speed, open_transport

_SLOWEST_FOR_PICTURES = 115_200  # a ticket as a picture is 40 kB: 42 s at 9600 baud


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every device is given besides its configuration."""

    report: Callable[[DeviceEvent], None]
    now_ms: Callable[[], int]
    exchange: MemoryExchange


class _Reserved(StrEnum):
    LENGTH = "length"
    ZERO = "zero"


def open_bench(
    devices: Sequence[DeviceConfig],
    on_event: Callable[[DeviceEvent], None],
    *,
    now_ms: Callable[[], int] | None = None,
    exchange: MemoryExchange | None = None,
) -> Bench:
    """Start every device. `on_event` is called on their threads and must not wait."""
    surroundings = Surroundings(on_event, now_ms or _utc_ms, exchange or MemoryExchange())
    built: dict[str, Device] = {}
    for config in devices:
        if config.id in built:
            raise DeviceSettingsError(config.id, "id", "wanted a name of its own, found it twice")
        built[config.id] = build(config, surroundings)
    return Bench(built)


def build(config: DeviceConfig, surroundings: Surroundings) -> Device:
    """The device, not yet started."""
    builder = _BUILDERS.get(config.kind)
    if builder is None:
        known = ", ".join(sorted(_BUILDERS))
        wanted = f"wanted one of {known}, found {config.kind!r}"
        raise DeviceSettingsError(config.id, "kind", wanted)
    return builder(config, surroundings)


def _printer(config: DeviceConfig, surroundings: Surroundings) -> Device:
    tap = Tap(surroundings.now_ms)
    transport = _transport(config, surroundings, tap)
    speed = link_speed(config.url)
    options = Options(config)
    profile = _profile(options)
    fonts = FontChain(options.text("font", ""))
    options.finish()
    is_fast = speed is None or speed >= _SLOWEST_FOR_PICTURES
    picture = Picture(fonts) if is_fast else None

    def report_job(job_id: str, result: PrintResult) -> None:
        now_ms = surroundings.now_ms()
        surroundings.report(JobChanged(config.id, job_id, result, now_ms))

    queue = PrintQueue(report_job)
    worker = PrinterWorker(EscposLink(transport), profile, picture, surroundings.now_ms, speed)
    record = HealthRecord(config.id, config.kind, surroundings.now_ms())
    lane = Lane(record, worker, queue, surroundings.report, surroundings.now_ms)
    return PrinterDevice(queue, lane, tap)


def _profile(options: Options) -> PrinterProfile:
    profiles = printer_profiles()
    name = options.text("profile", "generic-80")
    profile = profiles.get(name)
    if profile is None:
        known = ", ".join(sorted(profiles))
        raise options.wrong("profile", f"one of {known}, found {name!r}")
    return replace(
        profile,
        confirmation=options.choice("confirmation", profile.confirmation),
        font_set=options.choice("font_set", profile.font_set),
        columns=options.number("columns", profile.columns, 16, 96),
        width_dots=options.number("width_dots", profile.width_dots, 192, 1248),
    )


def _bar(config: DeviceConfig, surroundings: Surroundings) -> Device:
    tap = Tap(surroundings.now_ms)
    transport = _transport(config, surroundings, tap)
    options = Options(config)
    areas = _areas(options)
    reserved = options.choice("reserved", _Reserved.LENGTH)
    options.finish()
    texts = LatestTexts(surroundings.now_ms)

    def report_shown(order: ShowText) -> None:
        surroundings.report(TextShown(config.id, order, surroundings.now_ms()))

    worker = BxWorker(
        transport,
        areas,
        texts,
        report_shown,
        surroundings.now_ms,
        length_in_reserved=reserved is _Reserved.LENGTH,
    )
    record = HealthRecord(config.id, config.kind, surroundings.now_ms())
    lane = Lane(record, worker, texts, surroundings.report, surroundings.now_ms)
    return SignDevice(texts, areas, lane, tap)


def _areas(options: Options) -> dict[str, SignArea]:
    x, y = options.number("x", 0, 0, 4096), options.number("y", 0, 0, 4096)
    width = options.number("width", 192, 8, 4096)
    height = options.number("height", 16, 8, 1024)
    areas = {"main": SignArea(0, x, y, width, height)}
    for name, text in options.with_prefix("area.").items():
        numbers = text.split(",")
        if len(numbers) != 4 or not all(number.strip().isdecimal() for number in numbers):
            raise options.wrong(f"area.{name}", f"x,y,width,height, found {text!r}")
        areas[name] = SignArea(len(areas), *(int(number) for number in numbers))
    return areas


def _null(config: DeviceConfig, surroundings: Surroundings) -> Device:
    Options(config).finish()
    return NullDevice(config, surroundings.now_ms)


def _transport(config: DeviceConfig, surroundings: Surroundings, tap: Tap) -> Transport:
    try:
        return open_transport(config.url, tap=tap, exchange=surroundings.exchange)
    except BadUrl as error:
        raise DeviceSettingsError(config.id, "url", str(error)) from error


def _utc_ms() -> int:
    return time.time_ns() // 1_000_000


_BUILDERS: dict[str, Callable[[DeviceConfig, Surroundings], Device]] = {
    "escpos": _printer,
    "bx-k": _bar,
    "null": _null,
}
