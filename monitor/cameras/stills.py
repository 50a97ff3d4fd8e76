"""Pictures of key frames: small, masked, grey for whoever looks and in colour for people.

A key frame is decoded once, scaled to 640×360 whatever the camera's shape (zones are shares of the
picture and do not mind), and its privacy masks are painted over before anybody has seen it.

    planar 4:2:0, 540 rows of 640 bytes:  0…359 grey (Y) │ 360…449 blue (U) │ 450…539 red (V)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.video.reformatter import Interpolation

from monitor.cameras.polygon import Polygon
from monitor.feed.packets import Still

WIDTH, HEIGHT = 640, 360
ROWS = HEIGHT * 3 // 2
JPEG_QUALITY = 80
REFUSED_MOST = 30
"""Key frames on end."""
BLACK, NO_COLOUR = 16, 128
Codec = Literal["h264", "hevc", "mjpeg"]
DECODERS: dict[str, Codec] = {"avc1": "h264", "hvc1": "hevc", "mjpeg": "mjpeg"}

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class KeyFrame:
    """One picture of a camera; ``picture`` is planar as drawn above and must not be written to."""

    camera: str
    at_ms: int
    picture: Picture
    skew_ms: int = 0
    """How far the camera's own clock is ahead, as last known (``clocks.py``)."""

    @property
    def gray(self) -> Picture:
        """640×360, one byte a point."""
        return self.picture[:HEIGHT]

    @cached_property
    def bgr(self) -> Picture:
        """640×360 in colour, as OpenCV wants it."""
        return np.asarray(cv2.cvtColor(self.picture, cv2.COLOR_YUV2BGR_I420), np.uint8)

    @cached_property
    def jpeg(self) -> bytes:
        """The picture for people, made when first asked for."""
        _, coded = cv2.imencode(".jpg", self.bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        return coded.tobytes()

    @property
    def still(self) -> Still:
        """The picture as it goes over the recorder's socket."""
        return Still(camera=self.camera, at_ms=self.at_ms, picture=self.picture.tobytes())


def key_frame(still: Still, skew_ms: int = 0) -> KeyFrame:
    """The picture that came over the socket."""
    picture = np.frombuffer(still.picture, np.uint8).reshape(ROWS, WIDTH)
    return KeyFrame(still.camera, still.at_ms, picture, skew_ms)


def mask(picture: Picture, polygons: Sequence[Polygon]) -> None:
    """Paint over, in place, what nobody may see."""
    if not polygons:
        return
    half = [points // 2 for points in mask_gray(picture[:HEIGHT], polygons)]
    for plane in (picture[HEIGHT : HEIGHT + HEIGHT // 4], picture[HEIGHT + HEIGHT // 4 :]):
        for points in half:
            cv2.fillPoly(plane.reshape(HEIGHT // 2, WIDTH // 2), [points], NO_COLOUR)


def mask_gray(gray: Picture, polygons: Sequence[Polygon]) -> list[npt.NDArray[np.int32]]:
    """The same in a grey picture alone; the corners in its points."""
    whole = [np.array([(x * WIDTH, y * HEIGHT) for x, y in one], np.int32) for one in polygons]
    for points in whole:  # one by one: filled together, what lies under two of them would be bare
        cv2.fillPoly(gray, [points], BLACK)
    return whole


def small_picture(frame: av.VideoFrame, masks: Sequence[Polygon]) -> Picture:
    """A decoded frame as pictures are here: small and masked."""
    area = Interpolation.AREA
    small = frame.reformat(WIDTH, HEIGHT, "yuv420p", interpolation=area, threads=1)
    picture = np.ascontiguousarray(small.to_ndarray(), np.uint8)
    mask(picture, masks)
    return picture


class StillDecoder:
    """Decodes single key frames of one stream, in one thread, each by a decoder of its own.

    A picture of which a part was lost is no picture: the library would fill in what it likes, and
    that would be taken for what the camera saw. A decoder used again would fill in what a picture
    before showed there, or give that picture out late; in a fresh one what was never written is
    zero. Only of a camera whose every picture is found fault with are they taken as they come.
    """

    def __init__(self, codec: str) -> None:
        """``codec`` is the stream's name as in ``StreamStart``."""
        self._name = DECODERS[codec.partition(".")[0]]
        self._refused = 0

    def picture(self, data: bytes, masks: Sequence[Polygon]) -> Picture | None:
        """The masked picture of a key frame; None for one that is not whole."""
        frame = _decoded(self._name, data, {"err_detect": "explode"})
        frame = None if frame and (frame.is_corrupt or _is_unwritten(frame)) else frame
        self._refused = 0 if frame else self._refused + 1
        if frame is None and self._refused > REFUSED_MOST:
            frame = _decoded(self._name, data, {})
        return small_picture(frame, masks) if frame else None


def _is_unwritten(frame: av.VideoFrame) -> bool:
    """Whether the decoder ended before all of the picture was there, which H.265's never says.

    No colour that a camera sends is zero in blue and red at once. One point in each smallest block.
    """
    if len(frame.planes) != 3:
        return False
    form = "u1" if frame.format.components[0].bits == 8 else "u2"
    blue, red = (
        np.frombuffer(bytes(plane), form).reshape(plane.height, -1)[3::8, 3 : plane.width : 8]
        for plane in frame.planes[1:]
    )
    return not np.all(blue | red)


def _decoded(name: Codec, data: bytes, options: dict[str, str]) -> av.VideoFrame | None:
    decoder = av.CodecContext.create(name, "r")
    decoder.thread_count = 1
    # Made small at once, nobody sees the edges of blocks; not to smooth them saves a tenth.
    decoder.options = {"skip_loop_filter": "all", **options}
    try:
        frames = [*decoder.decode(av.Packet(data)), *decoder.decode(None)]
    except av.FFmpegError:
        return None
    return frames[0] if frames else None
