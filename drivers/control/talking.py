"""One device at an address: asking what it is, telling it bytes, and hearing it out, in words."""

import time
from collections.abc import Iterator
from contextlib import suppress

from drivers.errors import DeviceFault
from drivers.kinds import KINDS, probes
from drivers.probing import Probed, probe
from drivers.raw_log import line_of
from drivers.transport import Direction, Tap, TapEntry, Transport, open_transport

_OPEN_WITHIN_S = 3.0
_WRITE_WITHIN_S = 5.0


def probed(url: str, kind: str = "") -> Probed | None:
    """What answers at this address, as one of this kind or of any."""
    way = open_transport(url)
    way.open(_OPEN_WITHIN_S)
    try:
        return probe(way, probes(kind))
    finally:
        way.close()


def sent_and_heard(url: str, data: bytes, kind: str, seconds: float) -> Iterator[str]:
    """Send this, listen for so long; every transfer as a line of a log with its meaning below."""
    tap = Tap(lambda: time.time_ns() // 1_000_000)
    way = open_transport(url, tap=tap)
    way.open(_OPEN_WITHIN_S)
    try:
        with suppress(DeviceFault):  # what befell the link stands in its trace
            way.write(data, _WRITE_WITHIN_S)
            _listen(way, seconds)
    finally:
        way.close()
    yield from explained(tap.entries(), kind)


def explained(entries: tuple[TapEntry, ...], kind: str) -> Iterator[str]:
    """Each entry as a line, and what a decoder of this kind understood of it."""
    known = KINDS.get(kind)
    explainer = known.explainer() if known and known.explainer else None
    for entry in entries:
        yield line_of(entry)
        if explainer is None or not entry.data or entry.direction is Direction.NOTE:
            continue
        is_sent = entry.direction is Direction.SENT
        for said in explainer.sent(entry.data) if is_sent else explainer.received(entry.data):
            yield f"      {said.zh}   {said.en}"
    if explainer is not None:
        line = explainer.counters
        yield (
            f"收到 received: {line.frames_ok} 帧 frames, {line.crc_bad} 校验错 bad sums, "
            f"{line.noise_bytes} 乱码字节 bytes of noise, {line.resyncs} 重新同步 resyncs"
        )


def _listen(way: Transport, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while (left_s := deadline - time.monotonic()) > 0:
        way.read(4096, left_s)
