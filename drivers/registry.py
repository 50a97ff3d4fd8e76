"""From configuration to devices: the one place that knows every kind.

    escpos   a ticket printer; options: profile, confirmation, font_set, font, columns, width_dots,
             status, near_end_sensor, presenter, roll_m, take_within_s,
             untaken = retract or hold, stand_in_for = another printer
    bx-k     an Onbon window bar; options: x, y, width, height of area "main",
             area.<name> = x,y,w,h, substitute and reserved = length or zero
    bx-e     an Onbon bar without a font (BX-5E, 6E); options as bx-k's areas, and controller,
             colours = one or two, font, address, programs = stop or run, brightness
    modbus-text
             a text bar on Modbus RTU; options: unit, register, registers, encoding, byte_order,
             colour_register, timeout_register, substitute
    ddp, sacn
             a wall of pixels; options: width, height, wiring = rows or zigzag, brightness, font,
             refresh_ms, and for sacn universe and priority
    call-pad, rating-pad, frame-bar
             a pad or bar by a table; options: spec, address. Those with one url share its line
    scanner  a code reader on a serial port; HID ones type into the page and need no driver
    id-card  a reader of identity cards
    null     takes every order and does nothing; its health is "disabled"

A mistake is refused before any device is opened, naming device, key and what is wanted.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from drivers.bench import Bench, Device
from drivers.codec.escpos_profile import Confirmation, Presenter, PrinterProfile
from drivers.errors import DeviceSettingsError
from drivers.escpos_link import EscposLink
from drivers.fonts import FontChain
from drivers.health import HealthRecord
from drivers.inputs.line import ON_A_LINE, build_alone, build_line
from drivers.inputs.reader import build_card_reader, build_scanner
from drivers.jobs import PrintQueue
from drivers.kept_roll import KeptRoll
from drivers.lane import Lane
from drivers.memory import MemoryExchange
from drivers.null_device import NullDevice
from drivers.options import Options
from drivers.orders import DeviceConfig, DeviceEvent, JobChanged, PaperNotTaken, PrintResult
from drivers.printer import PrinterDevice, PrinterWorker
from drivers.profiles import printer_profiles
from drivers.raster import Picture
from drivers.signs import builders
from drivers.surroundings import Surroundings
from drivers.transport import Transport, link_speed

_SLOWEST_FOR_PICTURES = 115_200  # a ticket as a picture is 40 kB: 42 s at 9600 baud


def open_bench(
    devices: Sequence[DeviceConfig],
    on_event: Callable[[DeviceEvent], None],
    *,
    now_ms: Callable[[], int] | None = None,
    exchange: MemoryExchange | None = None,
    folder: Path | None = None,
    wrap: Callable[[Transport], Transport] | None = None,
    person_key: Callable[[], bytes] = bytes,
) -> Bench:
    """Start every device. `on_event` is called on their threads and must not wait."""
    surroundings = Surroundings(
        on_event, now_ms or utc_ms, exchange or MemoryExchange(), folder, wrap, person_key
    )
    built: dict[str, Device] = {}
    lines: dict[str, list[DeviceConfig]] = {}
    for place, config in enumerate(devices):
        if any(config.id == other.id for other in devices[:place]):
            wanted = "wanted a name of its own, found it twice"
            raise DeviceSettingsError(config.id, "id", wanted, "设备名重复，应各不相同")
        if config.kind in ON_A_LINE:
            lines.setdefault(config.url, []).append(config)
        else:
            built[config.id] = build(config, surroundings)
    for configs in lines.values():
        built |= build_line(configs, surroundings)
    return Bench(built)


def cable_of(config: DeviceConfig) -> str:
    """Devices of one cable must be opened on one bench; the others have a cable each."""
    return config.url if config.kind in ON_A_LINE else config.id


def known_kinds() -> tuple[str, ...]:
    """Every kind that can be configured."""
    return tuple(_BUILDERS)


def build(config: DeviceConfig, surroundings: Surroundings) -> Device:
    """The device, not yet started."""
    builder = _BUILDERS.get(config.kind)
    if builder is None:
        known = ", ".join(sorted(_BUILDERS))
        wanted = f"wanted one of {known}, found {config.kind!r}"
        zh = f"应为以下之一：{known}，现为 {config.kind!r}"
        raise DeviceSettingsError(config.id, "kind", wanted, zh)
    return builder(config, surroundings)


def _printer(config: DeviceConfig, surroundings: Surroundings) -> Device:
    tap = surroundings.tap(config)
    transport = surroundings.way_to(config, tap)
    speed = link_speed(config.url)
    options = Options(config)
    profile = _profile(options)
    fonts = FontChain(options.text("font", ""))
    options.text("stand_in_for", "")  # the station's: whose paper it prints
    options.finish()
    is_fast = speed is None or speed >= _SLOWEST_FOR_PICTURES
    picture = Picture(fonts) if is_fast else None

    def report_job(job_id: str, result: PrintResult) -> None:
        now_ms = surroundings.now_ms()
        surroundings.report(JobChanged(config.id, job_id, result, now_ms))

    def report_left(job_id: str, retracted: bool) -> None:  # noqa: FBT001 — as the mouth tells it
        surroundings.report(PaperNotTaken(config.id, job_id, retracted, surroundings.now_ms()))

    queue = PrintQueue(report_job)
    folder = surroundings.folder
    roll_file = folder / f"{config.id}.roll.json" if folder else None
    roll = KeptRoll(roll_file, profile.roll_m, surroundings.now_ms)
    link = EscposLink(transport, profile.status)
    worker = PrinterWorker(link, profile, picture, surroundings.now_ms, speed, roll, report_left)
    record = HealthRecord(config.id, config.kind, surroundings.now_ms())
    lane = Lane(record, worker, queue, surroundings.report, surroundings.now_ms)
    return PrinterDevice(queue, lane, tap, worker)


def _profile(options: Options) -> PrinterProfile:
    profiles = printer_profiles()
    name = options.text("profile", "generic-80")
    profile = profiles.get(name)
    if profile is None:
        known = ", ".join(sorted(profiles))
        zh = f"应为以下之一：{known}，现为 {name!r}"
        raise options.wrong("profile", f"one of {known}, found {name!r}", zh)
    chosen = replace(
        profile,
        confirmation=options.choice("confirmation", profile.confirmation),
        font_set=options.choice("font_set", profile.font_set),
        columns=options.number("columns", profile.columns, 16, 96),
        width_dots=options.number("width_dots", profile.width_dots, 192, 1248),
        near_end_sensor=options.choice("near_end_sensor", profile.near_end_sensor),
        status=options.choice("status", profile.status),
        presenter=options.choice("presenter", profile.presenter),
        take_within_s=options.number("take_within_s", profile.take_within_s, 1, 40),
        untaken=options.choice("untaken", profile.untaken),
        roll_m=options.number("roll_m", profile.roll_m, 0, 500),
    )
    can_tell = chosen.confirmation in {Confirmation.PROCESS_ID, Confirmation.GS_R}
    if chosen.presenter is not Presenter.NONE and not can_tell:
        # Without it nobody knows when a ticket is in the mouth, and whether the next may follow.
        zh = "带出纸口的打印机应为 process_id 或 gs_r"
        raise options.wrong("confirmation", "process_id or gs_r for one with a mouth", zh)
    return chosen


def _null(config: DeviceConfig, surroundings: Surroundings) -> Device:
    Options(config).finish()
    return NullDevice(config, surroundings.now_ms)


def utc_ms() -> int:
    return time.time_ns() // 1_000_000


_BUILDERS: dict[str, Callable[[DeviceConfig, Surroundings], Device]] = {
    "escpos": _printer,
    "bx-e": builders.bx_e,
    "bx-k": builders.bx_k,
    "ddp": builders.ddp,
    "modbus-text": builders.modbus_text,
    "null": _null,
    "sacn": builders.sacn,
    **dict.fromkeys(ON_A_LINE, build_alone),
    "scanner": build_scanner,
    "id-card": build_card_reader,
}
