"""A derived copy (副本，非原件): masks painted over, time, place and number of the export burnt in.

    ┌──────────────────────────┐
    │                          │   the picture as it was, masks in black
    │ 副本 非原件               │
    ├──────────────────────────┤
    │ time   camera   No. 123  │   a band below, so that nothing of the picture is hidden by words
    └──────────────────────────┘

It is decoded and coded anew with one thread; it proves nothing by itself, and its manifest names
the files it is from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from monitor.cameras.polygon import Polygon
from monitor.recording.clips import MS
from monitor.recording.forgetting import HALL_TIME

CODERS = ("libx264", "mpeg4")
"""The first that this library has: an FFmpeg without GPL parts has no x264."""
QUALITY = {"libx264": {"preset": "veryfast", "crf": "24"}, "mpeg4": {"qscale": "4"}}
MARK = Path(__file__).parent / "derived.png"
DARK, LIGHT, NO_COLOUR = 16, 235, 128
BAND_SHARE, BAND_LEAST = 14, 28
FRAMES_A_SECOND = 25

Plane = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Marking:
    """What is painted into every picture of a copy."""

    masks: Sequence[Polygon]
    place: str
    """Window or camera, in letters that every font has."""
    number: int


def coder() -> str:
    """The encoder that this machine's library has."""
    return next(name for name in CODERS if name in av.codec.codecs_available)


def derive(
    source: Path,
    target: Path,
    marking: Marking,
    *,
    starts_ms: int,
    from_ms: int,
    tell: Callable[[int], None] = lambda _at_ms: None,
) -> None:
    """Code ``source`` anew into ``target``; pictures before ``from_ms`` are left out."""
    cv2.setNumThreads(1)
    name = coder()
    with av.open(str(source)) as file, av.open(str(target), "w", format="mp4") as out:
        stream = file.streams.video[0]
        stream.codec_context.thread_count = 1
        coded: av.VideoStream | None = None
        for frame in file.decode(stream):
            at_ms = starts_ms + int((frame.time or 0.0) * 1000 + 0.5)
            if at_ms < from_ms:
                continue
            painted = paint(frame, at_ms, marking)
            if coded is None:
                coded = _stream(out, name, painted)
            painted.pts, painted.time_base = at_ms - from_ms, MS
            out.mux(coded.encode(painted))
            tell(at_ms)
        if coded is not None:
            out.mux(coded.encode(None))


def _stream(out: av.container.OutputContainer, name: str, like: av.VideoFrame) -> av.VideoStream:
    stream = out.add_stream(name, rate=FRAMES_A_SECOND, options=QUALITY[name])
    if not isinstance(stream, av.VideoStream):
        raise TypeError(f"{name} codes no pictures")
    stream.width, stream.height, stream.pix_fmt = like.width, like.height, "yuv420p"
    stream.codec_context.thread_count = 1
    stream.codec_context.time_base = Fraction(1, 1000)
    return stream


def paint(frame: av.VideoFrame, at_ms: int, marking: Marking) -> av.VideoFrame:
    """The picture with its masks and the mark, and the band below it."""
    width, height = frame.width // 2 * 2, frame.height // 2 * 2
    planes = np.asarray(frame.reformat(width, height, "yuv420p").to_ndarray(), np.uint8)
    band = max(BAND_LEAST, height // BAND_SHARE // 4 * 4)
    whole = np.full(((height + band) * 3 // 2, width), NO_COLOUR, np.uint8)
    bright = whole[: height + band]
    bright[:height] = planes[:height]
    bright[height:] = DARK
    colours = whole[height + band :].reshape(2, (height + band) // 2, width // 2)
    colours[:, : height // 2] = planes[height:].reshape(2, height // 2, width // 2)
    _mask(bright[:height], colours[:, : height // 2], marking.masks)
    _mark(bright[:height])
    time = datetime.fromtimestamp(at_ms / 1000, HALL_TIME).strftime("%Y-%m-%d %H:%M:%S")
    _write(bright[height:], f"{time}  {marking.place}  No. {marking.number}  COPY, NO ORIGINAL")
    return av.VideoFrame.from_ndarray(whole, format="yuv420p")


def _mask(bright: Plane, colours: Plane, masks: Sequence[Polygon]) -> None:
    height, width = bright.shape
    for one in masks:  # one by one: filled together, what lies under two of them would be bare
        points = np.array([(x * width, y * height) for x, y in one], np.int32)
        cv2.fillPoly(bright, [points], DARK)
        for plane in colours:
            cv2.fillPoly(plane, [points // 2], NO_COLOUR)


@cache
def _sign(height: int) -> Plane:
    """The words 副本 非原件, which no font of the library can write."""
    drawn = cv2.imdecode(np.frombuffer(MARK.read_bytes(), np.uint8), cv2.IMREAD_GRAYSCALE)
    if drawn is None:
        raise ValueError(f"{MARK.name} is no picture")
    width = drawn.shape[1] * height // drawn.shape[0]
    return np.asarray(cv2.resize(drawn, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _mark(bright: Plane) -> None:
    """White with a dark edge, so that it is read on any picture, where cameras seldom write."""
    sign = _sign(max(16, bright.shape[0] // 20))
    high, wide = sign.shape
    edge = max(4, high // 3)
    corner = bright[-edge - high : -edge, edge : edge + wide]
    sign = sign[: corner.shape[0], : corner.shape[1]]
    around = cv2.dilate(sign, np.ones((3, 3), np.uint8))
    corner[around > 127] = DARK
    corner[sign > 127] = LIGHT


def _write(band: Plane, text: str) -> None:
    """As large as the band allows."""
    high, wide = band.shape
    font, thick = cv2.FONT_HERSHEY_SIMPLEX, max(1, high // 32)
    (long, tall), _ = cv2.getTextSize(text, font, 1.0, thick)
    scale = min((wide - 16) / long, high * 0.5 / tall)
    place = (8, int(high / 2 + tall * scale / 2))
    cv2.putText(band, text, place, font, scale, (LIGHT,), thick, cv2.LINE_AA)
