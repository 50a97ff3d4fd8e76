"""From configuration to signs: one builder for each make."""

from collections.abc import Collection
from enum import StrEnum

from drivers.bench import Device
from drivers.codec.plain_text import SUBSTITUTE, can_stand_in
from drivers.health import HealthRecord
from drivers.lane import Lane
from drivers.options import Options
from drivers.orders import DeviceConfig, ShowText, TextShown
from drivers.signs.areas import areas_of
from drivers.signs.bx_k import BxK
from drivers.signs.texts import LatestTexts
from drivers.signs.worker import Answer, SignDevice, SignMake, SignWorker
from drivers.surroundings import Surroundings
from drivers.transport import Tap, link_speed


class _Reserved(StrEnum):
    LENGTH = "length"
    ZERO = "zero"


def bx_k(config: DeviceConfig, surroundings: Surroundings) -> Device:
    options = Options(config)
    areas = areas_of(options)
    reserved = options.choice("reserved", _Reserved.LENGTH)
    make = BxK(areas, _substitute(options), length_in_reserved=reserved is _Reserved.LENGTH)
    options.finish()
    return _sign(config, surroundings, make, areas, LatestTexts(surroundings.now_ms))


def _sign(
    config: DeviceConfig,
    surroundings: Surroundings,
    make: SignMake[Answer],
    areas: Collection[str],
    texts: LatestTexts,
) -> SignDevice:
    tap = Tap(surroundings.now_ms)

    def report_shown(order: ShowText) -> None:
        surroundings.report(TextShown(config.id, order, surroundings.now_ms()))

    worker = SignWorker(
        surroundings.way_to(config, tap),
        make,
        texts,
        report_shown,
        surroundings.now_ms,
        baud=link_speed(config.url),
    )
    record = HealthRecord(config.id, config.kind, surroundings.now_ms())
    lane = Lane(record, worker, texts, surroundings.report, surroundings.now_ms)
    return SignDevice(areas, texts, lane, tap, lambda: make.counters)


def _substitute(options: Options) -> str:
    """What stands for a character that the sign's own font lacks."""
    substitute = options.text("substitute", SUBSTITUTE)
    if not can_stand_in(substitute):
        raise options.wrong("substitute", f"one character of GB2312, found {substitute!r}")
    return substitute
